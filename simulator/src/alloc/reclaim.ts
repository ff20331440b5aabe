/**
 * Direct reclaim: what a request that may sleep can turn into free pages, what __GFP_FS and __GFP_IO allow it, and how it is
 * made to wait. Read in mm/vmscan.c (do_try_to_free_pages, throttle_direct_reclaim, reclaim_throttle, consider_reclaim_throttle)
 * and mm/backing-dev.c (congestion_wait, up to 5.15).
 */
import { allowsFs, allowsIo } from '../gfp.js';
import type { Machine, Zone } from '../machine/machine.js';
import { zoneIndex } from '../machine/watermarks.js';
import { JIFFY_MS, sleepFor, type Attempt, type Env, type PageRequest, type Step } from './env.js';

export const SWAP_CLUSTER_MAX = 32;
/** Nominal cpu time of one reclaim call that scans in vain, and per page freed, milliseconds. */
const SCAN_MS = 0.05;
const PER_PAGE_MS = 0.002;

/** Frees up to `want` pages from one counter of the machine. */
function takeFrom(r: Record<'cleanFile' | 'slabAny' | 'slabFs', number>, key: 'cleanFile' | 'slabAny' | 'slabFs', want: number): number {
  const n = Math.min(want, r[key]);
  r[key] -= n;
  return n;
}

/**
 * What shrinking may free with this mask, without waiting: clean cache and co-operative slab for everybody, the slab of file
 * systems only with __GFP_FS, anonymous pages only with __GFP_IO and free swap (they go to writeback first).
 * Returns the pages freed.
 */
export function shrink(m: Machine, gfp: number, want: number): number {
  const r = m.reclaimable;
  let freed = takeFrom(r, 'cleanFile', want);
  if (freed < want) freed += takeFrom(r, 'slabAny', want - freed);
  if (freed < want && allowsFs(gfp)) freed += takeFrom(r, 'slabFs', want - freed);
  if (freed < want && allowsIo(gfp)) {
    const out = Math.min(want - freed, r.anon, r.swapFree);
    r.anon -= out;
    r.swapFree -= out;
    r.writeback += out;
  }
  if (freed > 0) m.freePages(freed);
  return freed;
}

/** allow_direct_reclaim(): free pages of the node are above half of its summed min watermarks, or reclaim is pointless. */
export function allowDirectReclaim(m: Machine): boolean {
  if (m.kswapdHopeless) return true;
  let reserve = 0;
  let free = 0;
  for (const zone of m.zones) {
    if (zone.index > zoneIndex('Normal') || m.zoneReclaimable(zone) === 0) continue;
    reserve += zone.min + zone.boost;
    free += zone.buddy.free;
  }
  return reserve === 0 || free > Math.floor(reserve / 2);
}

/** throttle_direct_reclaim(): user tasks wait here while the node is at half of its reserve. True: killed while waiting. */
function* throttleDirectReclaim(env: Env, req: PageRequest, a: Attempt): Step<boolean> {
  if (req.task.kthread || req.task.dying || allowDirectReclaim(env.machine)) return false;
  env.wakeKswapd();
  env.event('throttled', { why: 'pfmemalloc', fs: allowsFs(req.gfp) });
  const began = env.now();
  // Without __GFP_FS at most one second; with it until kswapd makes room or a fatal signal comes.
  yield { do: 'wait', on: env.pfmemallocWait, ms: allowsFs(req.gfp) ? Infinity : 1000, why: 'pfmemalloc throttle', killable: true };
  a.sleeps++;
  a.sleptMs += env.now() - began;
  return req.task.dying;
}

/** Waits that reclaim without progress imposes, by throttling engine. */
function* throttleNoProgress(env: Env, req: PageRequest, a: Attempt): Step<void> {
  const m = env.machine;
  const pending = m.reclaimable.dirtyFile + m.reclaimable.writeback;
  if (env.profile.throttle === 'congestion') {
    // wait_iff_congested: nothing sets congestion any more on these kernels for ordinary disks, so it does not sleep.
    return;
  }
  if (req.task.kthread || m.kswapdHopeless || 2 * pending <= m.lruPages()) return;
  env.event('throttled', { why: 'noprogress' });
  yield* sleepFor(a, JIFFY_MS, 'reclaim_throttle NOPROGRESS');
}

/**
 * One call of direct reclaim. Returns did_some_progress: pages freed, or 1 when the task was killed while throttled.
 */
export function* directReclaim(env: Env, req: PageRequest, a: Attempt): Step<number> {
  a.reclaimRounds++;
  if (yield* throttleDirectReclaim(env, req, a)) return 1;
  for (const lock of env.reclaimLocks(req.gfp)) {
    yield { do: 'lock', lock };
    yield { do: 'unlock', lock };
  }
  const freed = shrink(env.machine, req.gfp, SWAP_CLUSTER_MAX);
  yield { do: 'run', ms: SCAN_MS + freed * PER_PAGE_MS };
  env.event('reclaim', { freed });
  if (freed === 0) yield* throttleNoProgress(env, req, a);
  return freed;
}

/** congestion_wait(): sleeps its full time; it never looks at the state of memory (up to 5.17). */
export function* congestionWait(env: Env, a: Attempt, ms: number): Step<void> {
  env.event('congestion_wait', { ms });
  yield* sleepFor(a, ms, 'congestion_wait');
}

/** Whether the zone could pass at its min watermark if all its reclaimable pages were free. */
export function availablePages(m: Machine, zone: Zone): number {
  return m.zoneReclaimable(zone) + zone.buddy.free;
}
