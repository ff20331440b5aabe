/** When does a small allocation that may reclaim fail at all? One request under exhaustion, by who asks. */
import { makeTask, type TaskContext } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import type { PageResult } from '../alloc/env.js';
import { GFP } from '../gfp-bits.js';
import type { Scope } from '../gfp.js';
import { spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

interface Case {
  name: string;
  context: TaskContext;
  gfp: string;
  extra?: number;
  scopes?: Scope[];
  /** What the OOM killer finds. */
  victim: 'exits' | 'holds-lock' | 'none';
  memcgFull?: boolean;
  free?: number;
}

const CASES: readonly Case[] = [
  { name: 'kernel thread, a process can be killed', context: 'kthread', gfp: 'GFP_KERNEL', victim: 'exits' },
  { name: 'kernel thread, GFP_NOFS, a process could be killed', context: 'kthread', gfp: 'GFP_NOFS', victim: 'exits' },
  { name: 'kernel thread, the victim waits for a lock the thread holds', context: 'kthread', gfp: 'GFP_KERNEL', victim: 'holds-lock' },
  { name: 'kernel thread, nobody to kill', context: 'kthread', gfp: 'GFP_KERNEL', victim: 'none' },
  { name: 'user task, a process can be killed', context: 'task', gfp: 'GFP_KERNEL', victim: 'exits' },
  { name: 'user task that is itself the OOM victim', context: 'oom-victim', gfp: 'GFP_KERNEL', victim: 'exits', free: 200 },
  {
    name: 'user task, victim, __GFP_NOFAIL',
    context: 'oom-victim',
    gfp: 'GFP_KERNEL',
    extra: GFP.__GFP_NOFAIL,
    victim: 'exits',
    free: 200,
  },
  { name: 'user task, __GFP_RETRY_MAYFAIL', context: 'task', gfp: 'GFP_KERNEL', extra: GFP.__GFP_RETRY_MAYFAIL, victim: 'exits' },
  { name: 'user task, __GFP_NORETRY', context: 'task', gfp: 'GFP_KERNEL', extra: GFP.__GFP_NORETRY, victim: 'exits' },
  { name: 'inside PF_MEMALLOC, no page free', context: 'kthread', gfp: 'GFP_KERNEL', scopes: ['noreclaim'], victim: 'exits', free: 0 },
  {
    name: 'GFP_KERNEL_ACCOUNT at the limit of its memcg',
    context: 'task',
    gfp: 'GFP_KERNEL_ACCOUNT',
    victim: 'exits',
    memcgFull: true,
    free: 5000,
  },
];

function runOne(c: ScenarioContext, k: Case): Variant {
  const machine = smallMachine(c.profile, { free: k.free ?? 500 });
  if (k.memcgFull) machine.memcg = { room: 0, reclaimable: 0, killable: 0 };
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  if (k.victim !== 'none') world.oom.addProcess({ name: 'hog', pages: 4000, ...(k.victim === 'holds-lock' && { blockedOn: 'i_rwsem' }) });
  const task = makeTask(k.context, k.scopes ?? []);
  let answer: PageResult | undefined;
  world.spawn('requester', task, function* (env) {
    if (k.victim === 'holds-lock') yield { do: 'lock', lock: 'i_rwsem' };
    answer = yield* allocPages(env, { gfp: mask(c.profile, k.gfp) | (k.extra ?? 0) | GFP.__GFP_NOWARN, order: 0, task });
    if (k.victim === 'holds-lock') yield { do: 'unlock', lock: 'i_rwsem' };
  });
  world.run(Math.min(c.horizonMs, 5000));
  const a = answer?.attempt;
  const result = !answer
    ? 'loops'
    : answer.reason === 'panic'
      ? 'panic'
      : answer.grant
        ? (a?.lowestOverMin ?? 2) < 1
          ? 'reserve'
          : 'reclaimed'
        : 'null';
  return fromWorld(world, {
    name: k.name,
    result,
    slept: a?.sleptMs ?? 0,
    metrics: {
      result,
      'why NULL': answer && !answer.grant ? (answer.reason ?? '') : '',
      'after ms': answer ? ms(world.clock) : `still looping at ${ms(world.clock)}`,
      'OOM kills': world.oom.kills,
      'OOM passes': a?.oomPasses ?? '',
      'reclaim calls': a?.reclaimRounds ?? '',
    },
  });
}

export const smallAllocations: Scenario = { name: 'small-allocations', run: (c) => CASES.map((k) => runOne(c, k)) };
