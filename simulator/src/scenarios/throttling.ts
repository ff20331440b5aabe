/** Direct reclaimers on a slow disk: waiting for congestion or for a clock against waiting for reclaim progress. */
import { makeTask } from '../alloc/alloc-flags.js';
import { newAttempt, type WaitQueue } from '../alloc/env.js';
import type { Grant } from '../alloc/freelist.js';
import { GFP } from '../gfp-bits.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { spawnDisk, spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

const TASKS = 6;
const PAGES = 64;

type Wait = 'own' | 'fixed-100ms' | 'progress';

/** What a reclaimer does after NULL: the kernel's own waits only, a blind sleep, or asleep until pages became clean. */
const WAITS: readonly { name: string; wait: Wait; gfp: 'GFP_KERNEL' | 'noretry' }[] = [
  { name: "the kernel's own waits (GFP_KERNEL)", wait: 'own', gfp: 'GFP_KERNEL' },
  { name: 'NORETRY, then a blind wait of 100 ms', wait: 'fixed-100ms', gfp: 'noretry' },
  { name: 'NORETRY, then until reclaim made progress', wait: 'progress', gfp: 'noretry' },
];

function runOne(c: ScenarioContext, w: (typeof WAITS)[number], writeRate: number): Variant {
  const machine = smallMachine(c.profile, { free: 500, reclaimable: { dirtyFile: 20_000, writeRate } });
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  spawnDisk(world);
  world.oom.addProcess({ name: 'hog', pages: 8000 });
  const kernel = mask(c.profile, 'GFP_KERNEL');
  const gfp = w.gfp === 'noretry' ? kernel | GFP.__GFP_NORETRY | GFP.__GFP_NOWARN : kernel;
  const progress: WaitQueue = { name: 'reclaim progress' };
  if (w.wait === 'progress') {
    // Stands for the wake-up that reclaim gives once it has freed pages.
    let last = machine.free;
    world.spawn(
      'progress',
      makeTask('kthread', []),
      function* () {
        for (;;) {
          yield { do: 'run', ms: 1 };
          if (machine.free + machine.reclaimable.cleanFile > last) world.wake(progress);
          last = machine.free;
        }
      },
      { background: true },
    );
  }
  let slept = 0;
  let wasted = 0;
  let wakeups = 0;
  let rounds = 0;
  let worst = 0;
  for (let i = 0; i < TASKS; i++) {
    const task = makeTask('task', []);
    world.spawn(`reclaimer${i}`, task, function* (env, self) {
      const began = env.now();
      const held: Grant[] = [];
      const a = newAttempt();
      while (held.length < PAGES) {
        const r = yield* allocPages(env, { gfp, order: 0, task }, a);
        if (r.grant) {
          held.push(r.grant);
          continue;
        }
        if (w.wait === 'own') continue;
        const from = env.now();
        if (w.wait === 'fixed-100ms') yield { do: 'sleep', ms: 100, why: 'blind wait' };
        else yield { do: 'wait', on: progress, ms: 100, why: 'reclaim progress' };
        a.sleptMs += env.now() - from;
        // Memory could have been had for as long as clean pages were waiting to be taken.
        if (machine.reclaimable.cleanFile > 32) wasted += env.now() - from;
      }
      slept += a.sleptMs;
      rounds += a.reclaimRounds;
      wakeups += self.wakeups;
      worst = Math.max(worst, env.now() - began);
    });
  }
  world.run(c.horizonMs);
  return fromWorld(world, {
    name: `${writeRate} pages/ms: ${w.name}`,
    result: world.cutOff ? 'livelock' : world.oom.kills > 0 ? 'oom' : 'reclaimed',
    slept,
    metrics: {
      'all served after ms': world.cutOff ? 'never' : ms(world.clock),
      'slowest task ms': ms(worst),
      'slept ms (sum)': ms(slept),
      'slept while clean pages waited ms': w.wait === 'own' ? '' : ms(wasted),
      'reclaim calls': rounds,
      'wake-ups': wakeups,
      'OOM kills': world.oom.kills,
    },
  });
}

export const throttling: Scenario = {
  name: 'throttling',
  run: (c) => [0.5, 4].flatMap((rate) => WAITS.map((w) => runOne(c, w, rate))),
};
