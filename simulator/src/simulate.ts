/** The `simulate` command's library call: a request in, the answer of the contract out. */
import { ZONE_NAMES } from './machine/watermarks.js';
import { normalise, type Normalised } from './request.js';
import { AloneDriver, round3, type TraceEvent } from './run/alone.js';
import { machineFor } from './run/build.js';
import { requestOutcome, type Outcome } from './run/outcome.js';
import { exhaust } from './scenarios/exhaust.js';
import { single } from './scenarios/single.js';
import { namedScenario } from './scenarios/index.js';
import { smallMachine, type Variant } from './scenarios/kit.js';

export interface SimulateAnswer {
  profile: string;
  /** Set when no profile stands for the kernel exactly. */
  profileNote?: string;
  machine: {
    zones: { name: string; managed: number; min: number; low: number; high: number; lowmemReserve: Record<string, number> }[];
    minFreeKbytes: number;
  };
  request: {
    kernel: string;
    gfp: string;
    mask: string;
    flags: string[];
    order: number;
    size?: number;
    api: string;
    context: string;
    scope: string[];
    seed: number;
  };
  scenario: string;
  outcome: Outcome;
  events: TraceEvent[];
  /** Events beyond those kept. */
  eventsDropped?: number;
  series: Record<string, number[]>;
  /** Scenarios of several actors: every case that was run; outcome, events and series above are those of the first. */
  variants?: { name: string; metrics: Record<string, number | string>; outcome: Outcome }[];
}

/** Runs one request. Throws RequestError for bad input. Deterministic: the same request gives the same answer. */
export function simulate(input: unknown): SimulateAnswer {
  const n = normalise(input);
  switch (n.scenario) {
    case 'watermarks':
      return answer(n, watermarksOnly(n), [], {});
    case 'exhaust': {
      const r = exhaust(n);
      return answer(n, r.outcome, r.driver.events, r.series.toJSON(), r.driver.droppedEvents);
    }
    case 'request': {
      const r = single(n);
      return answer(n, r.outcome, r.events, r.series, r.dropped);
    }
    default:
      return named(n);
  }
}

/** A scenario of several actors: its own machine and masks; the request's kernel, seed and horizon count. */
function named(n: Normalised): SimulateAnswer {
  const scenario = namedScenario(n.scenario);
  const variants = scenario?.run({ profile: n.profile, seed: n.seed, horizonMs: n.horizonMs }) ?? [];
  const machine = smallMachine(n.profile, { free: 0 });
  const first = variants[0];
  if (!first) throw new Error(`scenario ${n.scenario} has no variants`);
  const outcome = (v: Variant): Outcome => ({
    result: v.result,
    milliseconds: v.milliseconds,
    slept: v.slept,
    oomKills: v.oomKills,
    warned: v.warned,
    reserve: { floorPages: Math.round(v.lowestOverMin * (machine.zones[0]?.min ?? 0)), floorOfMin: v.lowestOverMin, zone: 'Normal' },
    zones: [{ name: 'Normal', free: v.series.Normal?.[v.series.Normal.length - 1] ?? 0, onCpuList: 0 }],
    atomicFailuresCaused: v.atomicFailures,
    cycle: v.cycle ?? [],
  });
  const own = {
    ...n,
    machine: {
      ...n.machine,
      zones: machine.zones.map((z) => ({ ...z, free: z.buddy.free })),
      minFreeKbytes: 4 * (machine.zones[0]?.min ?? 0),
    },
  };
  return {
    ...answer(own, outcome(first), first.events, first.series, first.eventsDropped),
    variants: variants.map((v) => ({ name: v.name, metrics: v.metrics, outcome: outcome(v) })),
  };
}

function watermarksOnly(n: Normalised): Outcome {
  const machine = machineFor(n);
  return requestOutcome(n, new AloneDriver(machine, 'hangs'), machine, undefined, 'page');
}

export function answer(
  n: Normalised,
  outcome: Outcome,
  events: TraceEvent[],
  series: Record<string, number[]>,
  dropped = 0,
): SimulateAnswer {
  const highmem = n.machine.zones.some((z) => z.name === 'HighMem');
  return {
    profile: n.profile.id,
    ...(n.profileNote !== undefined && { profileNote: n.profileNote }),
    machine: {
      zones: n.machine.zones.map((z) => ({
        name: z.name,
        managed: z.managed,
        min: z.min,
        low: z.low,
        high: z.high,
        lowmemReserve: Object.fromEntries(
          ZONE_NAMES.filter((name) => highmem || name !== 'HighMem').map((name) => [name, z.lowmemReserve[name]]),
        ),
      })),
      minFreeKbytes: n.machine.minFreeKbytes,
    },
    request: {
      kernel: n.profile.readIn,
      gfp: n.gfpText,
      mask: '0x' + n.gfp.toString(16),
      flags: n.gfpNames,
      order: n.order,
      ...(n.size !== undefined && { size: n.size }),
      api: n.api,
      context: n.context,
      scope: [...n.scopes],
      seed: n.seed,
    },
    scenario: n.scenario,
    outcome: { ...outcome, milliseconds: round3(outcome.milliseconds) },
    events,
    ...(dropped > 0 && { eventsDropped: dropped }),
    series,
  };
}
