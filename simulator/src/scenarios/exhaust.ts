/** One requester keeps taking pages while nothing can be reclaimed: how deep does its mask dig? */
import { allocate } from '../api/index.js';
import { makeMempool } from '../api/mempool.js';
import { effectiveMask, fastPathFlags, highestZone, makeTask, slowPathFlags } from '../alloc/alloc-flags.js';
import type { PageResult } from '../alloc/env.js';
import { getPageFromFreelist } from '../alloc/freelist.js';
import { selectedMark, watermarkFast } from '../alloc/watermark-check.js';
import { GFP } from '../gfp-bits.js';
import type { Machine } from '../machine/machine.js';
import { ZONE_NAMES, type ZoneName } from '../machine/watermarks.js';
import type { Normalised } from '../request.js';
import { AloneDriver, LoopStopped } from '../run/alone.js';
import { atomicServed } from '../run/atomic-probe.js';
import { machineFor } from '../run/build.js';
import { requestOutcome, type Outcome } from '../run/outcome.js';
import { Series } from '../run/series.js';

export interface ExhaustResult {
  outcome: Outcome;
  driver: AloneDriver;
  series: Series;
  machine: Machine;
  taken: number;
}

/** Nominal time of a request served at once, milliseconds. */
const QUICK_MS = 0.001;
/** Pieces a zone is taken in. */
const CHART_POINTS = 64;

/**
 * Takes blocks until the first refusal ('null'), the OOM call ('oom'; 'panic' with nobody to kill) or a loop without progress
 * ('loops'). Pages of the machine's `reclaimable` are left alone.
 */
export function exhaust(n: Normalised): ExhaustResult {
  const machine = machineFor(n, { ...n.machine, reclaimable: {} });
  const atomicBefore = atomicServed(machine);
  const task = makeTask(n.context, n.scopes);
  const driver = new AloneDriver(machine, n.machine.killable ? 'stop' : 'nobody');
  const pool = makeMempool('pool', 4, n.order);
  const series = new Series(machine);
  const highest = highestZone(n.gfp, machine.zone('HighMem') !== undefined);
  const quick = n.cls === 'page';
  let taken = 0;
  let last: PageResult | undefined;
  let ended: Outcome['result'] | undefined;
  let quickMs = 0;
  series.sample(0);
  for (;;) {
    if (quick) {
      const got = takeQuickly(machine, n, highest);
      if (got > 0) {
        taken += got;
        quickMs += got * QUICK_MS;
        series.sample(driver.now() + quickMs);
        continue;
      }
    }
    try {
      last = driver.drive(
        allocate(driver, { cls: n.cls, gfp: n.gfp, order: n.order, ...(n.size !== undefined && { size: n.size }), task, pool }),
      );
    } catch (e) {
      if (!(e instanceof LoopStopped)) throw e;
      ended = driver.oomReached && driver.policy === 'stop' ? 'oom' : 'loops';
      driver.event('stopped', { why: e.message });
      break;
    }
    if (driver.oomReached) {
      ended = driver.policy === 'stop' ? 'oom' : 'panic';
      break;
    }
    series.sample(driver.now() + quickMs);
    if (!last.grant && !('fromPool' in last)) {
      ended = last.reason === 'panic' ? 'panic' : 'null';
      break;
    }
    taken++;
  }
  driver.event('end', { result: ended, taken });
  const outcome = requestOutcome(n, driver, machine, last, ended);
  return {
    outcome: {
      ...outcome,
      atomicFailuresCaused: atomicBefore && !atomicServed(machine) ? 1 : 0,
      milliseconds: outcome.milliseconds + Math.round(quickMs),
    },
    driver,
    series,
    machine,
    taken,
  };
}

/** As many blocks as the zones give without entering reclaim, up to one run through the first zone that passes. */
function takeQuickly(m: Machine, n: Normalised, highest: number): number {
  const p = m.profile;
  const task = makeTask(n.context, n.scopes);
  const masks = effectiveMask(p, n.gfp, task);
  if (n.order > p.maxOrder) return 0;
  const many = takeRun(m, n, highest, fastPathFlags(masks));
  if (many > 0) return many;
  if (n.gfp !== masks && !p.scopeAtEntry) return 0;
  // Below the low mark every request enters the slow path, whose first look at the lists decides most of them.
  const flags = slowPathFlags(p, masks, n.order, task);
  const strange = (masks & GFP.__GFP_ATOMIC) !== 0 && (masks & GFP.__GFP_DIRECT_RECLAIM) !== 0;
  const nofail = (masks & GFP.__GFP_NOFAIL) !== 0;
  if (strange || nofail) return 0;
  return takeRun(m, n, highest, flags);
}

/** Takes with these flags; single pages above the mark in one go when lists and boosting are off. */
function takeRun(m: Machine, n: Normalised, highest: number, flags: number): number {
  if (n.order === 0 && m.options.boostFactor === 0 && !m.options.perCpuLists) {
    const zone = m.zonelist(highest).find((z) => watermarkFast(m.profile, z, 0, highest, flags, n.gfp));
    if (!zone) return 0;
    const reserve = zone.lowmemReserve[ZONE_NAMES[highest] as ZoneName];
    const spare = zone.buddy.free - Math.max(zone.reservedHighatomic, zone.buddy.freeHighatomic) - selectedMark(zone, flags) - reserve;
    // In pieces, so that the chart has points.
    if (spare > 1) return zone.buddy.takeMany(0, Math.min(spare - 1, Math.ceil(zone.managed / CHART_POINTS)));
  }
  return getPageFromFreelist(m, n.gfp, n.order, flags, highest) ? 1 : 0;
}
