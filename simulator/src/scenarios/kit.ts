/** What the named scenarios share: a machine of 256 MiB, result rows, and retry loops as clients of the allocator. */
import { allocPages } from '../alloc/alloc-pages.js';
import { JIFFY_MS, newAttempt, type Attempt, type Env, type PageResult, type Step } from '../alloc/env.js';
import { Machine, type Reclaimable } from '../machine/machine.js';
import type { Task } from '../alloc/alloc-flags.js';
import { autoMinFreeKbytes, lowmemReserves, zoneWatermarks } from '../machine/watermarks.js';
import type { Profile } from '../profiles/types.js';
import type { ResultWord } from '../run/outcome.js';
import { round3, type TraceEvent } from '../run/alone.js';
import type { World } from '../run/world.js';

export interface Variant {
  name: string;
  result: ResultWord;
  /** Figures of the table, in column order. */
  metrics: Record<string, number | string>;
  cycle?: string[];
  milliseconds: number;
  slept: number;
  oomKills: number;
  warned: string[];
  atomicFailures: number;
  lowestOverMin: number;
  events: TraceEvent[];
  eventsDropped: number;
  series: Record<string, number[]>;
}

export interface ScenarioContext {
  profile: Profile;
  seed: number;
  horizonMs: number;
}

export interface Scenario {
  name: string;
  run(c: ScenarioContext): Variant[];
}

/** Pages of the scenarios' single zone: 256 MiB. */
export const MANAGED = 65_536;

/** One Normal zone of 256 MiB: min 512, low 640, high 768 pages. */
export function smallMachine(
  profile: Profile,
  o: { free: number; reclaimable?: Partial<Reclaimable>; scattered?: number; perCpuLists?: boolean },
): Machine {
  const size = [{ name: 'Normal' as const, managed: MANAGED }];
  const marks = zoneWatermarks(profile, size, autoMinFreeKbytes(profile, size, 10, false), 10)[0]!;
  const zone = { ...size[0]!, free: o.free, ...marks, lowmemReserve: lowmemReserves(size)[0]!, scattered: o.scattered ?? 0 };
  return new Machine(
    profile,
    [zone],
    { perCpuLists: o.perCpuLists ?? false, cpus: 1, boostFactor: 0, compactable: o.scattered === undefined },
    o.reclaimable ?? {},
  );
}

/** Bits of a flag or composite in a profile; 0 where that kernel has none of the name. */
export const mask = (p: Profile, name: string): number => p.composites.get(name) ?? p.flags.get(name) ?? 0;

/** How an open-coded loop waits between its tries. */
export type Backoff = 'none' | 'congestion_wait' | 'memalloc_retry_wait' | 'cond_resched';

/** Waits as the loop of a caller does; `gfp` is what memalloc_retry_wait is told. */
export function* backOff(env: Env, a: Attempt, how: Backoff, gfp: number): Step<void> {
  a.sleeps += how === 'none' || how === 'cond_resched' ? 0 : 1;
  if (how === 'congestion_wait') {
    a.sleptMs += 20;
    yield { do: 'sleep', ms: 1000 / 50, why: 'congestion_wait(HZ/50)' };
  } else if (how === 'memalloc_retry_wait') {
    const long = !(gfp & 0x400) || (gfp & 0x10000) !== 0;
    const ms = long ? 1000 / 50 : JIFFY_MS;
    a.sleptMs += ms;
    yield { do: 'sleep', ms, why: 'memalloc_retry_wait' };
  } else {
    yield { do: 'round', why: how };
  }
  env.event('retry', { backoff: how });
}

/** do { p = alloc_page(gfp) } while (!p) with a backoff. */
export function* untilPage(env: Env, gfp: number, task: Task, how: Backoff, a: Attempt = newAttempt()): Step<PageResult> {
  for (;;) {
    const r = yield* allocPages(env, { gfp, order: 0, task }, a);
    if (r.grant) return r;
    yield* backOff(env, a, how, gfp);
  }
}

/** The part of a variant that follows from the world after its run. */
export function fromWorld(
  world: World,
  o: { name: string; result: ResultWord; metrics: Record<string, number | string>; slept?: number; atomicFailures?: number },
): Variant {
  const zone = world.machine.zones[0]!;
  return {
    name: o.name,
    result: o.result,
    metrics: o.metrics,
    ...(world.cycle && { cycle: world.cycle }),
    milliseconds: round3(world.clock),
    slept: round3(o.slept ?? 0),
    oomKills: world.oom.kills,
    warned: [...world.warned],
    atomicFailures: o.atomicFailures ?? 0,
    lowestOverMin: round3(world.lowestFree / zone.min),
    events: world.events,
    eventsDropped: world.droppedEvents,
    series: world.series.toJSON(),
  };
}

export const percent = (part: number, whole: number): string => (whole === 0 ? '0%' : `${Math.round((1000 * part) / whole) / 10}%`);
export const ms = (n: number): number => Math.round(n);
