/** Actors that scenarios share: kswapd, the disk, atomic bursts. */
import { allocPages } from '../alloc/alloc-pages.js';
import { makeTask } from '../alloc/alloc-flags.js';
import type { Grant } from '../alloc/freelist.js';
import { allowDirectReclaim, shrink, SWAP_CLUSTER_MAX } from '../alloc/reclaim.js';
import { GFP } from '../gfp-bits.js';
import type { Actor, World } from './world.js';

const KSWAPD_PAGE_MS = 0.002;
const KSWAPD_SCAN_MS = 0.5;
/** kswapd's wait when it meets pages under writeback that were already marked for reclaim (both engines). */
const KSWAPD_WRITEBACK_MS = 100;
/** Balance runs without a page after which kswapd gives up. */
const HOPELESS_AFTER = 16;
const DISK_TICK_MS = 4;

/** Gives a page back. */
export function release(grant: Grant): void {
  grant.zone.buddy.give(grant.order);
}

/** kswapd: woken at the low mark, reclaims until every zone is above high, gives up after sixteen fruitless runs. */
export function spawnKswapd(world: World): Actor {
  const m = world.machine;
  const task = makeTask('kswapd', []);
  const kernel = m.profile.composites.get('GFP_KERNEL') ?? 0;
  return world.spawn(
    'kswapd',
    task,
    function* (env) {
      let failures = 0;
      for (;;) {
        if (m.zones.every((z) => z.buddy.free > z.high + z.boost)) {
          for (const z of m.zones) z.boost = 0;
          if (world.hasWaiters(world.pfmemallocWait)) world.wake(world.pfmemallocWait);
          yield { do: 'wait', on: world.kswapdWait, ms: Infinity, why: 'balanced' };
          continue;
        }
        const freed = shrink(m, kernel, SWAP_CLUSTER_MAX);
        yield { do: 'run', ms: KSWAPD_SCAN_MS + freed * KSWAPD_PAGE_MS };
        if (allowDirectReclaim(m)) world.wake(world.pfmemallocWait);
        if (freed > 0) {
          failures = 0;
          m.kswapdHopeless = false;
          continue;
        }
        if (m.reclaimable.writeback > 0) {
          yield { do: 'sleep', ms: KSWAPD_WRITEBACK_MS, why: 'pages under writeback' };
          continue;
        }
        failures++;
        if (failures < HOPELESS_AFTER) continue;
        m.kswapdHopeless = true;
        env.event('kswapd-hopeless');
        world.wake(world.pfmemallocWait);
        failures = 0;
        yield { do: 'wait', on: world.kswapdWait, ms: 1000, why: 'hopeless' };
      }
    },
    { background: true },
  );
}

/** The disk: finishes pages under writeback at the machine's write rate, and starts dirty ones when `flushes`. */
export function spawnDisk(world: World, flushes = true): Actor {
  const r = world.machine.reclaimable;
  return world.spawn(
    'disk',
    makeTask('workqueue', []),
    function* () {
      let credit = 0;
      for (;;) {
        yield { do: 'run', ms: DISK_TICK_MS };
        if (flushes) {
          const start = Math.min(r.dirtyFile, Math.ceil(r.writeRate * DISK_TICK_MS * 4) - r.writeback);
          if (start > 0) {
            r.dirtyFile -= start;
            r.writeback += start;
          }
        }
        credit = r.writeback > 0 ? credit + r.writeRate * DISK_TICK_MS : 0;
        const done = Math.min(r.writeback, Math.floor(credit));
        if (done === 0) continue;
        credit -= done;
        r.writeback -= done;
        r.cleanFile += done;
        world.machine.kswapdHopeless = false;
        world.wakeKswapd();
      }
    },
    { background: true },
  );
}

export interface BurstStats {
  asked: number;
  failed: number;
}

/** Network receive: every `everyMs` (jittered by the seed) a burst of GFP_ATOMIC pages, kept for `holdMs`. */
export function spawnAtomicBursts(world: World, o: { pages: number; everyMs: number; holdMs: number }): BurstStats {
  const stats: BurstStats = { asked: 0, failed: 0 };
  const task = makeTask('softirq', []);
  const atomic = (world.machine.profile.composites.get('GFP_ATOMIC') ?? 0) | GFP.__GFP_NOWARN;
  const queue: { until: number; grants: Grant[] }[] = [];
  world.spawn(
    'network',
    task,
    function* (env) {
      for (;;) {
        while (queue[0] && queue[0].until <= env.now()) queue.shift()!.grants.forEach(release);
        const grants: Grant[] = [];
        let failed = 0;
        for (let i = 0; i < o.pages; i++) {
          stats.asked++;
          const r = yield* allocPages(env, { gfp: atomic, order: 0, task });
          if (r.grant) grants.push(r.grant);
          else failed++;
        }
        stats.failed += failed;
        if (failed > 0) env.event('atomic-failed', { pages: failed });
        queue.push({ until: env.now() + o.holdMs, grants });
        yield { do: 'run', ms: o.everyMs * (0.5 + world.rng.next()) };
      }
    },
    { background: true },
  );
  return stats;
}
