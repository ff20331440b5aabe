/** An allocation under a lock that reclaim takes too. kswapd is behind, so the request has to reclaim for itself. */
import { makeTask } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { GFP } from '../gfp-bits.js';
import type { Scope } from '../gfp.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

interface Case {
  name: string;
  gfp: string;
  extra?: number;
  scopes?: Scope[];
  /** Which reclaim takes the lock: that of file systems, or every blocking one (a notifier). */
  needs: 'fs' | 'any';
  free?: number;
  /** Reclaim takes M instead, which another task holds while it waits for L. */
  other?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'GFP_KERNEL under a lock of the shrinker', gfp: 'GFP_KERNEL', needs: 'fs' },
  { name: 'GFP_KERNEL under L; reclaim takes M, whose holder waits for L', gfp: 'GFP_KERNEL', needs: 'fs', other: true },
  { name: 'the same with GFP_NOFS', gfp: 'GFP_NOFS', needs: 'fs', other: true },
  { name: 'GFP_KERNEL under a lock of the shrinker, memory plentiful', gfp: 'GFP_KERNEL', needs: 'fs', free: 20_000 },
  { name: 'GFP_NOFS', gfp: 'GFP_NOFS', needs: 'fs' },
  { name: 'GFP_KERNEL inside memalloc_nofs_save', gfp: 'GFP_KERNEL', scopes: ['nofs'], needs: 'fs' },
  { name: 'GFP_KERNEL|GFP_NOFS (a union, not a restriction)', gfp: 'GFP_KERNEL', extra: 0xc40, needs: 'fs' },
  { name: 'GFP_KERNEL|__GFP_NOFAIL', gfp: 'GFP_KERNEL', extra: GFP.__GFP_NOFAIL, needs: 'fs' },
  { name: 'GFP_NOFS under a lock of invalidate_range_start', gfp: 'GFP_NOFS', needs: 'any' },
  { name: 'GFP_NOWAIT under a lock of invalidate_range_start', gfp: 'GFP_NOWAIT', needs: 'any' },
];

function runOne(c: ScenarioContext, k: Case): Variant {
  const machine = smallMachine(c.profile, { free: k.free ?? 500, reclaimable: { cleanFile: 4000, slabFs: 2000 } });
  const world = new World(machine, c.seed);
  const task = makeTask('task', k.scopes ?? []);
  let served: boolean | undefined;
  const actor = world.spawn('requester', task, function* (env) {
    yield { do: 'lock', lock: 'L' };
    yield { do: 'run', ms: 0.01 };
    const gfp = mask(c.profile, k.gfp) | (k.extra ?? 0);
    const r = yield* allocPages(env, { gfp: gfp, order: 0, task });
    served = r.grant !== undefined;
    yield { do: 'unlock', lock: 'L' };
  });
  actor.reclaimLocks = [{ lock: k.other ? 'M' : 'L', needs: k.needs }];
  if (k.other) {
    const holder = makeTask('kthread', []);
    world.spawn('other', holder, function* () {
      yield { do: 'lock', lock: 'M' };
      yield { do: 'run', ms: 0.1 };
      yield { do: 'lock', lock: 'L' };
      yield { do: 'unlock', lock: 'L' };
      yield { do: 'unlock', lock: 'M' };
    });
  }
  world.run(Math.min(c.horizonMs, 10_000));
  const result = served === undefined ? (world.cycle ? 'deadlock' : 'loops') : served ? 'page' : 'null';
  return fromWorld(world, {
    name: k.name,
    result,
    metrics: { result, 'after ms': served === undefined ? 'never' : ms(world.clock), cycle: (world.cycle ?? []).join('; ') },
  });
}

export const reclaimDeadlock: Scenario = { name: 'reclaim-deadlock', run: (c) => CASES.map((k) => runOne(c, k)) };
