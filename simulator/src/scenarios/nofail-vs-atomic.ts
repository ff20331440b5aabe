/** __GFP_NOFAIL users against GFP_ATOMIC bursts while memory is short, compared with loops around failing requests. */
import { makeTask } from '../alloc/alloc-flags.js';
import { newAttempt } from '../alloc/env.js';
import type { Grant } from '../alloc/freelist.js';
import { GFP } from '../gfp-bits.js';
import type { Profile } from '../profiles/types.js';
import { release, spawnAtomicBursts, spawnDisk, spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import {
  fromWorld,
  mask,
  ms,
  percent,
  smallMachine,
  untilPage,
  type Backoff,
  type Scenario,
  type ScenarioContext,
  type Variant,
} from './kit.js';

interface Load {
  name: string;
  workers: number;
  /** Pages one transaction holds before it can finish and give them back. */
  pages: number;
  transactions: number;
  reclaimable: { cleanFile: number; dirtyFile: number; writeRate: number };
}

const LOADS: readonly Load[] = [
  { name: 'slow disk', workers: 12, pages: 60, transactions: 2, reclaimable: { cleanFile: 0, dirtyFile: 12_000, writeRate: 1 } },
  { name: 'nothing to reclaim', workers: 16, pages: 60, transactions: 1, reclaimable: { cleanFile: 0, dirtyFile: 0, writeRate: 0 } },
];

/** Requests of the workers: mask and what they do about NULL. */
function requests(p: Profile): { name: string; gfp: number; backoff: Backoff }[] {
  const nofs = mask(p, 'GFP_NOFS') | GFP.__GFP_NOWARN;
  const wait: Backoff = p.hasCongestionWait ? 'congestion_wait' : 'memalloc_retry_wait';
  return [
    { name: 'GFP_NOFS|__GFP_NOFAIL', gfp: nofs | GFP.__GFP_NOFAIL, backoff: 'none' },
    { name: 'GFP_NOFS, allocator loops', gfp: nofs, backoff: 'none' },
    { name: `GFP_NOFS|__GFP_NORETRY, loop with ${wait}`, gfp: nofs | GFP.__GFP_NORETRY, backoff: wait },
    { name: 'GFP_NOFS|__GFP_HIGH, allocator loops', gfp: nofs | GFP.__GFP_HIGH, backoff: 'none' },
  ];
}

function runOne(c: ScenarioContext, load: Load, r: { name: string; gfp: number; backoff: Backoff }): Variant {
  const machine = smallMachine(c.profile, { free: 700, reclaimable: load.reclaimable });
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  spawnDisk(world);
  const bursts = spawnAtomicBursts(world, { pages: 24, everyMs: 8, holdMs: 6 });
  let finished = 0;
  let slept = 0;
  for (let i = 0; i < load.workers; i++) {
    const task = makeTask('kthread', []);
    world.spawn(`worker${i}`, task, function* (env) {
      for (let n = 0; n < load.transactions; n++) {
        const held: Grant[] = [];
        const a = newAttempt();
        while (held.length < load.pages) {
          const got = yield* untilPage(env, r.gfp, task, r.backoff, a);
          held.push(got.grant!);
        }
        slept += a.sleptMs;
        yield { do: 'run', ms: 10 };
        held.forEach(release);
        finished++;
      }
    });
  }
  world.run(Math.min(c.horizonMs, 1000));
  const all = load.workers * load.transactions;
  return fromWorld(world, {
    name: `${load.name}: ${r.name}`,
    result: finished === all ? 'page' : 'livelock',
    slept,
    atomicFailures: bursts.failed,
    metrics: {
      'transactions done': `${finished} of ${all}`,
      'time ms': finished === all ? ms(world.clock) : `stopped at ${ms(world.clock)}`,
      'lowest free / min': Math.round((100 * world.lowestFree) / machine.zones[0]!.min) / 100,
      'GFP_ATOMIC failed': percent(bursts.failed, bursts.asked),
      'slept ms': ms(slept),
    },
  });
}

export const nofailVsAtomic: Scenario = {
  name: 'nofail-vs-atomic',
  run: (c) => LOADS.flatMap((load) => requests(c.profile).map((r) => runOne(c, load, r))),
};
