/** Nodes set aside per task before a lock is taken: enough, too few, or the radix_tree_preload pattern. */
import { makeTask } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt } from '../alloc/env.js';
import type { Grant } from '../alloc/freelist.js';
import { GFP } from '../gfp-bits.js';
import { release, spawnDisk, spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, percent, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

const TASKS = 8;
const OPERATIONS = 40;
/** Nodes one operation may need under the lock: usually few, seldom all of a tree's height. */
const MOST_NODES = 7;

interface Plan {
  name: string;
  /** Nodes kept ready per task; shared by all tasks of a cpu when `perCpu`. */
  stash: number;
  perCpu?: boolean;
  /** Mask used under the lock when the stash is empty; undefined: none, the operation fails. */
  underLock?: 'GFP_ATOMIC' | 'GFP_NOWAIT';
}

const PLANS: readonly Plan[] = [
  { name: 'per task, as many as an operation can need', stash: MOST_NODES },
  { name: 'per task, as many as it needs on average', stash: 2 },
  { name: 'per task, average, then GFP_ATOMIC', stash: 2, underLock: 'GFP_ATOMIC' },
  { name: 'radix_tree_preload: per cpu, full height, preemption off', stash: MOST_NODES, perCpu: true, underLock: 'GFP_NOWAIT' },
  { name: 'nothing set aside, GFP_NOWAIT under the lock', stash: 0, underLock: 'GFP_NOWAIT' },
  { name: 'nothing set aside, GFP_ATOMIC under the lock', stash: 0, underLock: 'GFP_ATOMIC' },
];

function runOne(c: ScenarioContext, plan: Plan): Variant {
  const machine = smallMachine(c.profile, { free: 560, reclaimable: { dirtyFile: 6000, writeRate: 1 } });
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  spawnDisk(world);
  const nodes = (): number => (world.rng.next() < 0.1 ? world.rng.int(3, MOST_NODES) : world.rng.int(1, 2));
  let failed = 0;
  let fallback = 0;
  let waited = 0;
  let set = 0;
  const shared: Grant[] = [];
  for (let i = 0; i < TASKS; i++) {
    const task = makeTask('task', []);
    world.spawn(`task${i}`, task, function* (env) {
      const own: Grant[] = plan.perCpu ? shared : [];
      const kept: Grant[] = [];
      for (let op = 0; op < OPERATIONS; op++) {
        const from = env.now();
        const a = newAttempt();
        while (own.length < plan.stash) {
          const r = yield* allocPages(env, { gfp: mask(c.profile, 'GFP_KERNEL') | GFP.__GFP_NOWARN, order: 0, task }, a);
          if (!r.grant) break;
          own.push(r.grant);
        }
        waited += env.now() - from;
        set = Math.max(set, own.length);
        const need = nodes();
        let ok = true;
        for (let n = 0; n < need && ok; n++) {
          const ready = own.pop();
          if (ready) {
            kept.push(ready);
            continue;
          }
          fallback++;
          const r = plan.underLock
            ? yield* allocPages(env, { gfp: mask(c.profile, plan.underLock) | GFP.__GFP_NOWARN, order: 0, task: makeTask('bh-off', []) })
            : undefined;
          if (r?.grant) kept.push(r.grant);
          else ok = false;
        }
        if (!ok) failed++;
        yield { do: 'run', ms: 1 };
        // The tree is pruned again, so that memory stays as short as it was.
        while (kept.length > 20) release(kept.shift()!);
      }
      kept.forEach(release);
    });
  }
  world.run(Math.min(c.horizonMs, 20_000));
  return fromWorld(world, {
    name: plan.name,
    result: failed > 0 ? 'null' : 'page',
    slept: waited,
    metrics: {
      'operations failed': `${failed} of ${TASKS * OPERATIONS} (${percent(failed, TASKS * OPERATIONS)})`,
      'allocated under the lock': fallback,
      'pages set aside at most': plan.perCpu ? set : set * TASKS,
      'waited before the lock ms': ms(waited),
      'lowest free / min': Math.round((100 * world.lowestFree) / machine.zones[0]!.min) / 100,
    },
  });
}

export const preallocation: Scenario = { name: 'preallocation', run: (c) => PLANS.map((p) => runOne(c, p)) };
