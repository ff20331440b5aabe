/** Cleaning pages through three storage levels, each of which needs memory for its own request. */
import { makeTask, type Task } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import type { Env, Step } from '../alloc/env.js';
import type { Grant } from '../alloc/freelist.js';
import { makeMempool, mempoolAlloc, mempoolFree, type Mempool } from '../api/mempool.js';
import { GFP } from '../gfp-bits.js';
import type { Profile } from '../profiles/types.js';
import { release, spawnAtomicBursts, spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, ms, percent, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

const LEVELS = ['file system', 'device mapper', 'driver'];
const DIRTY = 6000;
/** Pages one I/O cleans, and how long the device takes for it. */
const BATCH = 16;
const IO_MS = 4;
const FLUSHERS = 24;

type Means = 'mempool' | 'enomem' | 'loops' | 'nofail' | 'pf-memalloc';

const MEANS: readonly { name: string; means: Means }[] = [
  { name: 'a mempool at every level', means: 'mempool' },
  { name: 'plain requests, -ENOMEM is an I/O error', means: 'enomem' },
  { name: 'GFP_NOIO that loops in the allocator: global min watermark only', means: 'loops' },
  { name: 'GFP_NOIO|__GFP_NOFAIL: global reserve', means: 'nofail' },
  { name: 'PF_MEMALLOC: global reserve without limit', means: 'pf-memalloc' },
];

/** One level's memory: how to give it back, or undefined when there was none. */
function* levelMemory(env: Env, p: Profile, pool: Mempool, means: Means, task: Task): Step<(() => void) | undefined> {
  const noio = mask(p, 'GFP_NOIO') | GFP.__GFP_NOWARN;
  if (means === 'mempool') {
    const r = yield* mempoolAlloc(env, pool, noio, task);
    return () => {
      const kept = mempoolFree(pool);
      if (r.grant && !kept) release(r.grant);
    };
  }
  const extra = means === 'enomem' ? GFP.__GFP_NORETRY : means === 'nofail' ? GFP.__GFP_NOFAIL : 0;
  const r = yield* allocPages(env, { gfp: noio | extra, order: 0, task });
  const grant: Grant | undefined = r.grant;
  return grant && (() => release(grant));
}

function runOne(c: ScenarioContext, m: (typeof MEANS)[number], free: number): Variant {
  const machine = smallMachine(c.profile, { free, reclaimable: { dirtyFile: DIRTY } });
  const world = new World(machine, c.seed);
  const pools = LEVELS.map((name) => makeMempool(name, 2));
  const r = machine.reclaimable;
  let cleaned = 0;
  let errors = 0;
  spawnKswapd(world);
  const bursts = spawnAtomicBursts(world, { pages: 8, everyMs: 20, holdMs: 10 });
  // Somebody keeps using up what is freed, so that memory stays short until the pages are clean.
  world.spawn(
    'consumer',
    makeTask('kthread', []),
    function* (env) {
      for (;;) {
        const got = yield* allocPages(env, {
          gfp: mask(c.profile, 'GFP_NOWAIT') | GFP.__GFP_NOWARN,
          order: 0,
          task: makeTask('kthread', []),
        });
        yield { do: 'run', ms: got.grant ? 0.2 : 2 };
      }
    },
    { background: true },
  );
  for (let i = 0; i < FLUSHERS; i++) {
    const task = makeTask('workqueue', m.means === 'pf-memalloc' ? ['noreclaim'] : []);
    world.spawn(`flusher${i}`, task, function* (env) {
      while (r.dirtyFile > 0) {
        const n = Math.min(BATCH, r.dirtyFile);
        r.dirtyFile -= n;
        r.writeback += n;
        const undo: (() => void)[] = [];
        let failed = false;
        for (const pool of pools) {
          const back = yield* levelMemory(env, c.profile, pool, m.means, task);
          if (!back) {
            failed = true;
            break;
          }
          undo.push(back);
        }
        if (!failed) yield { do: 'sleep', ms: IO_MS, why: 'device' };
        r.writeback -= n;
        if (failed) errors++;
        else {
          r.cleanFile += n;
          cleaned += n;
        }
        undo.forEach((f) => f());
        if (m.means === 'mempool') pools.forEach((p) => world.wake(p.wait));
        if (failed) yield { do: 'run', ms: 1 };
      }
    });
  }
  world.run(Math.min(c.horizonMs, 6000));
  const stuck = world.cutOff;
  return fromWorld(world, {
    name: `${free} pages free: ${m.name}`,
    result: stuck ? 'livelock' : errors > 0 ? 'null' : 'page',
    atomicFailures: bursts.failed,
    metrics: {
      'pages cleaned': `${cleaned} of ${DIRTY}`,
      'I/O errors': errors,
      'time ms': stuck ? `stopped at ${ms(world.clock)}` : ms(world.clock),
      'lowest free / min': Math.round((100 * world.lowestFree) / machine.zones[0]!.min) / 100,
      'GFP_ATOMIC failed': percent(bursts.failed, bursts.asked),
    },
  });
}

export const storageStack: Scenario = {
  name: 'storage-stack',
  run: (c) => [500, 40].flatMap((free) => MEANS.map((m) => runOne(c, m, free))),
};
