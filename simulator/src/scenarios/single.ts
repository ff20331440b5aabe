/**
 * One request in the machine as given. When reclaim would have to wait for a disk the request runs among kswapd, the disk and a
 * process that can be killed; otherwise alone.
 */
import { makeTask } from '../alloc/alloc-flags.js';
import type { PageResult } from '../alloc/env.js';
import { allocate, type ApiRequest } from '../api/index.js';
import type { Machine } from '../machine/machine.js';
import type { Normalised } from '../request.js';
import { spawnDisk, spawnKswapd } from '../run/actors.js';
import { AloneDriver, LoopStopped, round3, type TraceEvent } from '../run/alone.js';
import { atomicServed } from '../run/atomic-probe.js';
import { machineFor } from '../run/build.js';
import { requestOutcome, resultWord, type Outcome } from '../run/outcome.js';
import { Series } from '../run/series.js';
import { World } from '../run/world.js';

export interface SingleResult {
  outcome: Outcome;
  events: TraceEvent[];
  dropped: number;
  series: Record<string, number[]>;
}

/** Share of memory that the process the OOM killer finds has. */
const VICTIM_SHARE = 1 / 10;

const victimPages = (m: Machine): number => Math.floor(m.zones.reduce((sum, z) => sum + z.managed, 0) * VICTIM_SHARE);

export function single(n: Normalised): SingleResult {
  const machine = machineFor(n);
  const r = machine.reclaimable;
  const atomicBefore = atomicServed(machine);
  const result = r.dirtyFile + r.writeback + r.anon > 0 ? amongOthers(n, machine) : alone(n, machine);
  const caused = atomicBefore && !atomicServed(machine) ? 1 : 0;
  return { ...result, outcome: { ...result.outcome, atomicFailuresCaused: caused } };
}

function apiRequest(n: Normalised): ApiRequest {
  return { cls: n.cls, gfp: n.gfp, order: n.order, ...(n.size !== undefined && { size: n.size }), task: makeTask(n.context, n.scopes) };
}

function alone(n: Normalised, machine: Machine): SingleResult {
  const driver = new AloneDriver(machine, n.machine.killable ? 'frees' : 'nobody', victimPages(machine));
  const series = new Series(machine);
  series.sample(0);
  let last: PageResult | undefined;
  let stopped: string | undefined;
  try {
    last = driver.drive(allocate(driver, apiRequest(n)));
  } catch (e) {
    if (!(e instanceof LoopStopped)) throw e;
    stopped = e.message;
    driver.event('stopped', { why: stopped });
  }
  series.sample(driver.now());
  const outcome = requestOutcome(n, driver, machine, last, stopped === undefined ? undefined : 'loops');
  driver.event('end', { result: outcome.result });
  return {
    outcome: { ...outcome, ...(stopped !== undefined && { reason: stopped }) },
    events: driver.events,
    dropped: driver.droppedEvents,
    series: series.toJSON(),
  };
}

function amongOthers(n: Normalised, machine: Machine): SingleResult {
  const world = new World(machine, n.seed, true);
  spawnKswapd(world);
  spawnDisk(world);
  if (n.machine.killable) world.oom.addProcess({ name: 'process', pages: victimPages(machine) });
  const request = apiRequest(n);
  let last: PageResult | undefined;
  const requester = world.spawn('requester', request.task, function* (env) {
    last = yield* allocate(env, request);
  });
  world.run(n.horizonMs);
  const result = last ? resultWord(last) : 'loops';
  world.event('requester', 'end', { result });
  const outcome = requestOutcome(n, new AloneDriver(machine, 'hangs'), machine, last, result);
  return {
    outcome: {
      ...outcome,
      milliseconds: round3(world.clock),
      slept: round3(requester.sleptMs),
      oomKills: world.oom.kills,
      warned: world.warned,
    },
    events: world.events,
    dropped: world.droppedEvents,
    series: world.series.toJSON(),
  };
}
