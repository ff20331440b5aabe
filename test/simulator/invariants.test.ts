/**
 * Every subset of the gfp bits that the allocator asks about, every order and every profile, in changing states of memory and
 * task contexts, against what no kernel does. The expectations are written down here anew, from the rules, not taken from the model.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GFP, PROFILE_IDS, profileById, simulate, type Profile } from '../../simulator/src/index.js';
import { makeTask, type TaskContext } from '../../simulator/src/alloc/alloc-flags.js';
import { allocPages } from '../../simulator/src/alloc/alloc-pages.js';
import type { PageResult } from '../../simulator/src/alloc/env.js';
import { AloneDriver, LoopStopped } from '../../simulator/src/run/alone.js';
import { MODEL_MIN, modelMachine } from '../../simulator/src/verdict/states.js';

const BITS = [
  GFP.__GFP_HIGH,
  GFP.__GFP_IO,
  GFP.__GFP_FS,
  GFP.__GFP_DIRECT_RECLAIM,
  GFP.__GFP_KSWAPD_RECLAIM,
  GFP.__GFP_RETRY_MAYFAIL,
  GFP.__GFP_NOFAIL,
  GFP.__GFP_NORETRY,
  GFP.__GFP_MEMALLOC,
  GFP.__GFP_NOMEMALLOC,
  GFP.__GFP_THISNODE,
  GFP.__GFP_MOVABLE,
];
const CONTEXTS: TaskContext[] = ['task', 'kthread', 'rt', 'softirq', 'hardirq', 'oom-victim', 'workqueue'];
/** Free pages and what reclaim could add. */
const STATES = [
  { free: 4 * MODEL_MIN, reclaimable: {} },
  { free: MODEL_MIN, reclaimable: {} },
  { free: MODEL_MIN - 100, reclaimable: { cleanFile: 3000 } },
  { free: 700, reclaimable: {} },
  { free: 400, reclaimable: { slabFs: 2000, stuck: 500 } },
  { free: 300, reclaimable: { writeback: 4000, dirtyFile: 4000 } },
  { free: 0, reclaimable: {} },
];

interface Outcome {
  last?: PageResult;
  looped: boolean;
  driver: AloneDriver;
}

function run(
  profile: Profile,
  gfp: number,
  order: number,
  context: TaskContext,
  state: (typeof STATES)[number],
  scopes: 'noreclaim'[] = [],
): Outcome {
  const driver = new AloneDriver(modelMachine(profile, 'Normal', state), 'hangs', 0, false);
  try {
    return { last: driver.drive(allocPages(driver, { gfp, order, task: makeTask(context, scopes) })), looped: false, driver };
  } catch (e) {
    if (!(e instanceof LoopStopped)) throw e;
    return { looped: true, driver };
  }
}

/** Lowest share of the min watermark, in 1/8, that the mask and the task may reach by any step. */
function allowedEighths(p: Profile, gfp: number, order: number, context: TaskContext, memalloc: boolean): number {
  const has = (bit: number): boolean => (gfp & bit) !== 0;
  const blocking = has(GFP.__GFP_DIRECT_RECLAIM);
  const irq = context === 'softirq' || context === 'hardirq';
  const hh = p.reserveModel === 'high-harder';
  if (!has(GFP.__GFP_NOMEMALLOC) && (has(GFP.__GFP_MEMALLOC) || (memalloc && !irq))) return 0;
  let floor = 8;
  if (has(GFP.__GFP_HIGH)) floor = Math.min(floor, 4);
  const harder = hh ? has(GFP.__GFP_ATOMIC) && !has(GFP.__GFP_NOMEMALLOC) : !blocking && !has(GFP.__GFP_NOMEMALLOC);
  if (harder && has(GFP.__GFP_HIGH)) floor = 3;
  else if (harder && hh) floor = Math.min(floor, 6);
  if (context === 'rt') floor = Math.min(floor, hh ? (has(GFP.__GFP_HIGH) ? 3 : 6) : blocking ? 4 : 8);
  if (context === 'oom-victim' && !has(GFP.__GFP_NOMEMALLOC)) floor = Math.min(floor, 4);
  if (has(GFP.__GFP_NOFAIL) && blocking) {
    const reachesOom = order <= 3 && !has(GFP.__GFP_NORETRY) && !has(GFP.__GFP_RETRY_MAYFAIL) && !has(GFP.__GFP_THISNODE);
    // The OOM path of a lone task whose victims hang ends in a try without watermark.
    floor = Math.min(floor, reachesOom ? 0 : hh ? 6 : 4);
  }
  return floor;
}

test('all subsets of 12 bits (13 where __GFP_ATOMIC exists), orders 0 to 11, all profiles', () => {
  let runs = 0;
  let granted = 0;
  for (const id of PROFILE_IDS) {
    const profile = profileById(id);
    const bits = profile.hasAtomicFlag ? [...BITS, GFP.__GFP_ATOMIC] : BITS;
    for (let subset = 0; subset < 1 << bits.length; subset++) {
      let gfp = 0;
      bits.forEach((bit, i) => {
        if (subset & (1 << i)) gfp |= bit;
      });
      for (let order = 0; order <= 11; order++) {
        const pick = subset * 12 + order;
        const context = CONTEXTS[pick % CONTEXTS.length]!;
        const state = STATES[Math.floor(pick / CONTEXTS.length) % STATES.length]!;
        const memalloc = pick % 11 === 0;
        const { last, looped, driver } = run(profile, gfp, order, context, state, memalloc ? ['noreclaim'] : []);
        const where = (): string =>
          `${id} gfp 0x${gfp.toString(16)} order ${order} ${context}${memalloc ? ' noreclaim' : ''} free ${state.free}`;
        const blocking = (gfp & GFP.__GFP_DIRECT_RECLAIM) !== 0;
        const free = driver.machine.free;
        runs++;

        if (!(free >= 0)) assert.fail(`free pages ${free}: ${where()}`);
        if (driver.now() < 0 || (looped && driver.now() <= 0)) assert.fail(`time stands still: ${where()}`);
        if (!blocking) {
          if (looped) assert.fail(`loops without direct reclaim: ${where()}`);
          if (last!.attempt.sleeps > 0 || last!.attempt.reclaimRounds > 0 || last!.attempt.compactRounds > 0)
            assert.fail(`reclaims or sleeps without the right: ${where()}`);
        }
        if (memalloc && last && last.attempt.reclaimRounds > 0) assert.fail(`PF_MEMALLOC enters reclaim: ${where()}`);
        if (driver.kills > 0) {
          const refusing = GFP.__GFP_NORETRY | GFP.__GFP_RETRY_MAYFAIL | GFP.__GFP_THISNODE;
          const allowed =
            blocking && (gfp & GFP.__GFP_FS) !== 0 && order <= 3 && (gfp & refusing) === 0 && !memalloc && context !== 'oom-victim';
          if (!allowed) assert.fail(`OOM kill without its conditions: ${where()}`);
        }
        if (last && !last.grant) {
          if (blocking && gfp & GFP.__GFP_NOFAIL && order <= 10) assert.fail(`NOFAIL with direct reclaim returned NULL: ${where()}`);
          if (order > 10 && last.reason !== 'order-too-large') assert.fail(`order 11 refused for ${last.reason}: ${where()}`);
          if (state.free === 4 * MODEL_MIN && order <= 10) assert.fail(`NULL with plenty free: ${where()}`);
        }
        if (last?.grant) {
          granted++;
          if (order > 10) assert.fail(`order 11 granted: ${where()}`);
          // Pages reclaimed in between only add, so the level before the grant is what is left plus the block.
          const before = free + (1 << order);
          const need = Math.floor((MODEL_MIN * allowedEighths(profile, gfp, order, context, memalloc)) / 8) + (1 << order);
          if (before < need) assert.fail(`took a block at ${before} free pages, its right ends at ${need}: ${where()}`);
        }
      }
    }
  }
  assert.ok(runs > 500_000, String(runs));
  assert.ok(granted > 100_000, String(granted));
});

test('the same request gives the same trace, byte for byte', () => {
  for (const scenario of ['request', 'exhaust']) {
    for (const gfp of ['GFP_KERNEL|__GFP_NOFAIL', 'GFP_NOFS', 'GFP_ATOMIC']) {
      const ask = (): string =>
        JSON.stringify(simulate({ kernel: '6.12', gfp, scenario, machine: { memory: '256M', perCpuLists: true, boost: true } }));
      assert.equal(ask(), ask());
    }
  }
});

test('event times never run backwards', () => {
  const r = simulate({
    kernel: '5.15.100',
    gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL',
    order: 2,
    machine: { memory: '256M', reclaimable: { dirtyFile: 5000, writeback: 5000 }, zones: undefined },
  });
  let t = 0;
  for (const e of r.events) {
    assert.ok(e.t >= t);
    t = e.t;
  }
});
