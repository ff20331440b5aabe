/** Requests from where no lock may be taken: per-cpu lists only, one lockless pass, (gfp_t)0, or a reserve of their own. */
import { makeTask } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import type { Grant } from '../alloc/freelist.js';
import { GFP } from '../gfp-bits.js';
import { allocPagesNolock } from '../api/nolock.js';
import { takeFromPcp } from '../alloc/freelist.js';
import type { Machine } from '../machine/machine.js';
import { release, spawnKswapd } from '../run/actors.js';
import { World } from '../run/world.js';
import { fromWorld, mask, percent, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

const EVENTS = 2000;
const EVENT_MS = 0.25;
/** Requests arrive in bursts, one page each, freed after a while. */
const BURST = 24;
const HOLD_MS = 5;
/** Share of requests that interrupt a holder of the zone lock. */
const CONTENDED = 0.25;
/** Pages of the dedicated reserve, refilled from a safe context every tick. */
const POOL = 64;
const REFILL_MS = 4;

type Way = 'pcp' | 'nolock' | 'gfp0' | 'pool';

const WAYS: readonly { name: string; way: Way }[] = [
  { name: "the cpu's own list and nothing else (GFP_NO_LOCK as proposed)", way: 'pcp' },
  { name: '(gfp_t)0', way: 'gfp0' },
  { name: 'alloc_pages_nolock', way: 'nolock' },
  { name: `a reserve of ${POOL} pages of its own`, way: 'pool' },
];

const STATES = [
  { name: 'memory plentiful', free: 20_000 },
  { name: 'memory runs down to the min watermark', free: 700 },
];

/** One attempt without waiting for any lock. 'deadlock': it spun on a lock that the interrupted code holds. */
function attempt(world: World, way: Way, pool: Grant[], contended: boolean): Grant | 'deadlock' | undefined {
  const m: Machine = world.machine;
  const zone = m.zones[0]!;
  if (way === 'pool') return pool.pop();
  if (way === 'pcp') {
    const onList = (zone.pcp?.blocks[0] ?? 0) > 0;
    return onList && takeFromPcp(m, zone, 0) ? { zone, order: 0, flags: 0 } : undefined;
  }
  if (way === 'gfp0') {
    // An ordinary request: it takes the zone lock whenever its list is empty.
    if (contended && (zone.pcp?.blocks[0] ?? 0) === 0) return 'deadlock';
  }
  return undefined;
}

function runOne(c: ScenarioContext, w: (typeof WAYS)[number], s: (typeof STATES)[number]): Variant | undefined {
  if (w.way === 'nolock' && !c.profile.hasNolock) return undefined;
  const machine = smallMachine(c.profile, { free: s.free, perCpuLists: true });
  const world = new World(machine, c.seed);
  spawnKswapd(world);
  const pool: Grant[] = [];
  let asked = 0;
  let failed = 0;
  let deadlocks = 0;
  const other = makeTask('task', []);
  if (w.way === 'pool') {
    world.spawn(
      'refill',
      other,
      function* (env) {
        for (;;) {
          while (pool.length < POOL) {
            const r = yield* allocPages(env, {
              gfp: mask(c.profile, 'GFP_KERNEL') | GFP.__GFP_NORETRY | GFP.__GFP_NOWARN,
              order: 0,
              task: other,
            });
            if (!r.grant) break;
            pool.push(r.grant);
          }
          yield { do: 'run', ms: REFILL_MS };
        }
      },
      { background: true },
    );
  }
  // Ordinary requests on the same cpu fill and empty its list.
  world.spawn(
    'workload',
    other,
    function* (env) {
      const held: Grant[] = [];
      for (;;) {
        const r = yield* allocPages(env, { gfp: mask(c.profile, 'GFP_NOWAIT') | GFP.__GFP_NOWARN, order: 0, task: other });
        if (r.grant) held.push(r.grant);
        if (held.length > 300) held.splice(0, 100).forEach(release);
        yield { do: 'run', ms: 0.1 };
      }
    },
    { background: true },
  );
  const task = makeTask('nmi', []);
  world.spawn('tracer', task, function* (env) {
    const held: { until: number; grant: Grant }[] = [];
    for (let i = 0; i < EVENTS; i++) {
      yield { do: 'run', ms: EVENT_MS * (i % BURST === 0 ? BURST : 0.04) };
      while (held[0] && held[0].until <= env.now()) {
        const { grant } = held.shift()!;
        if (w.way === 'pool' && pool.length < POOL) pool.push(grant);
        else release(grant);
      }
      asked++;
      const contended = world.rng.next() < CONTENDED;
      let got = attempt(world, w.way, pool, contended);
      if (w.way === 'nolock') got = allocPagesNolock(env, 0, 0, task, { zoneLockHeld: contended }).grant;
      if (w.way === 'gfp0' && got !== 'deadlock') got = (yield* allocPages(env, { gfp: GFP.__GFP_NOWARN, order: 0, task })).grant;
      if (got === 'deadlock') deadlocks++;
      else if (got) held.push({ until: env.now() + HOLD_MS, grant: got });
      else failed++;
    }
  });
  world.run(c.horizonMs);
  return fromWorld(world, {
    name: `${s.name}: ${w.name}`,
    result: deadlocks > 0 ? 'deadlock' : failed > 0 ? 'null' : 'page',
    metrics: {
      'requests failed': percent(failed, asked),
      'spun on a lock held by the interrupted code': deadlocks,
      'pages set aside': w.way === 'pool' ? POOL : 0,
      'lowest free / min': Math.round((100 * world.lowestFree) / machine.zones[0]!.min) / 100,
    },
  });
}

export const nolock: Scenario = {
  name: 'nolock',
  run: (c) => STATES.flatMap((s) => WAYS.map((w) => runOne(c, w, s))).filter((v) => v !== undefined),
};
