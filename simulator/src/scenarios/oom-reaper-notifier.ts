/** The oom_reaper meets a notifier of the victim's address space that needs a lock. */
import { makeTask } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { GFP } from '../gfp-bits.js';
import { spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

interface Case {
  name: string;
  /** The notifier waits for the lock although it was told not to block; false: it gives up with -EAGAIN. */
  blocks: boolean;
  /** What the holder of the notifier's lock allocates under it. */
  gfp: string;
  extra?: number;
  /** A second process to kill after the first is given up. */
  second: boolean;
}

const CASES: readonly Case[] = [
  { name: 'the notifier blocks; its lock is held by a GFP_KERNEL allocation', blocks: true, gfp: 'GFP_KERNEL', second: true },
  { name: 'the notifier returns -EAGAIN, another process can be killed', blocks: false, gfp: 'GFP_KERNEL', second: true },
  { name: 'the notifier returns -EAGAIN, no other process', blocks: false, gfp: 'GFP_KERNEL', second: false },
  {
    name: 'the notifier blocks; the holder allocates with __GFP_NORETRY',
    blocks: true,
    gfp: 'GFP_KERNEL',
    extra: GFP.__GFP_NORETRY,
    second: true,
  },
  { name: 'the notifier blocks; the holder allocates with GFP_NOWAIT', blocks: true, gfp: 'GFP_NOWAIT', second: true },
];

function runOne(c: ScenarioContext, k: Case): Variant {
  const machine = smallMachine(c.profile, { free: 500 });
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  world.oom.addProcess({ name: 'victim', pages: 6000, blockedOn: 'mn_lock', notifier: { lock: 'mn_lock', blocks: k.blocks } });
  if (k.second) world.oom.addProcess({ name: 'second', pages: 3000 });
  const task = makeTask('task', []);
  let answered: boolean | undefined;
  let panic = false;
  world.spawn('driver', task, function* (env) {
    yield { do: 'lock', lock: 'mn_lock' };
    const r = yield* allocPages(env, { gfp: mask(c.profile, k.gfp) | (k.extra ?? 0) | GFP.__GFP_NOWARN, order: 0, task });
    answered = r.grant !== undefined;
    panic = r.reason === 'panic';
    yield { do: 'run', ms: 1 };
    yield { do: 'unlock', lock: 'mn_lock' };
  });
  // Another task calls the OOM killer first, so that the victim is already chosen.
  const other = makeTask('kthread', []);
  world.spawn(
    'other',
    other,
    function* (env) {
      yield* allocPages(env, { gfp: mask(c.profile, 'GFP_KERNEL') | GFP.__GFP_NOWARN, order: 0, task: other });
    },
    { at: 0.001 },
  );
  world.run(Math.min(c.horizonMs, 10_000));
  const stuck = world.cutOff || answered === undefined;
  const result = panic ? 'panic' : !stuck ? (answered ? 'reclaimed' : 'null') : world.cycle ? 'deadlock' : 'loops';
  return fromWorld(world, {
    name: k.name,
    result,
    metrics: {
      result,
      'memory back after ms': stuck ? 'never' : ms(world.clock),
      'processes killed': world.oom.kills,
      'given up by the reaper': world.oom.skipped,
      cycle: stuck ? (world.cycle ?? []).join('; ') : '',
    },
  });
}

export const oomReaperNotifier: Scenario = { name: 'oom-reaper-notifier', run: (c) => CASES.map((k) => runOne(c, k)) };
