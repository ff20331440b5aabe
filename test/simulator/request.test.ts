/** Bad requests are refused with a message that lists what is known; defaults and single runs do what they say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answerSvg,
  answerText,
  CONTEXTS,
  normalise,
  profileFor,
  RequestError,
  SCENARIO_NAMES,
  simulate,
} from '../../simulator/src/index.js';
import { backOff } from '../../simulator/src/scenarios/kit.js';
import { newAttempt } from '../../simulator/src/alloc/env.js';
import { congestionWait } from '../../simulator/src/alloc/reclaim.js';
import { AloneDriver } from '../../simulator/src/run/alone.js';
import { modelMachine } from '../../simulator/src/verdict/states.js';

test('what is unknown or out of range is named', () => {
  const refuse = (r: unknown, says: RegExp): void => {
    assert.throws(
      () => simulate(r),
      (e: Error) => e instanceof RequestError && says.test(e.message),
      JSON.stringify(r),
    );
  };
  refuse({ gfp: 'GFP_KERNLE' }, /GFP_KERNLE.*known:.*GFP_KERNEL/s);
  refuse({ kernel: '6.12', gfp: '__GFP_ATOMIC' }, /__GFP_ATOMIC/);
  refuse({ scenario: 'nope' }, /nope.*exhaust/);
  refuse({ kernel: 'woody' }, /woody.*6\.12/);
  refuse({ api: 'malloc' }, /malloc.*kmalloc/);
  refuse({ context: 'moon' }, new RegExp(`moon.*${CONTEXTS[0]}`));
  refuse({ scope: ['nox'] }, /nox.*nofs/);
  refuse({ scope: 'nofs' }, /list/);
  refuse({ order: 11 }, /order.*0 to 10/);
  refuse({ order: -1 }, /order/);
  refuse({ order: 1.5 }, /order/);
  refuse({ size: -4096 }, /size/);
  refuse({ machine: { memory: '-1G' } }, /memory/);
  refuse({ machine: { memory: 'much' } }, /256M/);
  refuse({ machine: { memory: '1M' } }, /64M/);
  refuse({ machine: { memory: '1G', zones: [{ name: 'DMA', managed: 1 }] } }, /not both/);
  refuse({ machine: { zones: [] } }, /zones/);
  refuse({ machine: { zones: [{ name: 'Fish', managed: 1 }] } }, /Fish.*Normal/);
  refuse({ machine: { zones: [{ name: 'Normal', managed: -5 }] } }, /managed/);
  refuse({ machine: { zones: [{ name: 'Normal', managed: 5, free: 6 }] } }, /free/);
  refuse(
    {
      machine: {
        zones: [
          { name: 'Normal', managed: 5 },
          { name: 'Normal', managed: 5 },
        ],
      },
    },
    /twice/,
  );
  refuse({ machine: { zones: [{ name: 'Normal', managed: 5, lowmemReserve: { Fish: 1 } }] } }, /Fish/);
  refuse({ machine: { watermarkScaleFactor: 0 } }, /watermarkScaleFactor/);
  refuse({ machine: { thp: 'yes' } }, /thp/);
  refuse({ gpf: 'GFP_KERNEL' }, /gpf.*gfp/);
  refuse('GFP_KERNEL', /object/);
  refuse(null, /object/);
  refuse([], /object/);
});

test('defaults: mainline, GFP_KERNEL, order 0, alloc_pages, a task, one request on 1 GiB', () => {
  const n = normalise({});
  assert.deepEqual(
    [n.profile.id, n.gfp, n.order, n.api, n.context, n.scenario, n.scopes.length],
    ['mainline', 0xcc0, 0, 'alloc_pages', 'task', 'request', 0],
  );
  assert.equal(simulate({}).outcome.result, 'page');
});

test('a run that cannot end is stopped and says so', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 0 }];
  const r = simulate({ kernel: '6.12', gfp: 'GFP_NOFS', machine: { zones } });
  assert.equal(r.outcome.result, 'loops');
  assert.ok(r.events.some((e) => e.event === 'stopped'));
  const horizon = simulate({ kernel: '6.12', scenario: 'storage-stack', horizonMs: 500 });
  assert.ok(horizon.variants!.some((v) => v.outcome.result === 'livelock' && v.outcome.milliseconds <= 501));
});

test('nobody to kill: panic, in one request and in exhaust', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 100 }];
  for (const scenario of ['request', 'exhaust']) {
    assert.equal(simulate({ kernel: '6.12', gfp: 'GFP_KERNEL', scenario, machine: { zones, killable: false } }).outcome.result, 'panic');
  }
  assert.equal(
    simulate({ kernel: '6.12', gfp: 'GFP_NOFS', scenario: 'exhaust', machine: { zones, killable: false } }).outcome.result,
    'loops',
  );
});

test('a request reclaims what its mask allows', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 500 }];
  const run = (gfp: string, reclaimable: object): string =>
    simulate({ kernel: '6.12', gfp, machine: { zones, reclaimable } }).outcome.result;
  assert.equal(run('GFP_NOFS', { cleanFile: 1000 }), 'reclaimed');
  assert.equal(run('GFP_KERNEL', { slabFs: 1000 }), 'reclaimed');
  assert.equal(run('GFP_NOFS|__GFP_NORETRY', { slabFs: 1000 }), 'null', 'dentries and inodes need __GFP_FS');
  assert.equal(run('GFP_NOFS', { slabFs: 1000 }), 'reclaimed', 'kswapd, woken by the request, has __GFP_FS');
  assert.equal(run('GFP_NOFS & ~__GFP_KSWAPD_RECLAIM', { slabFs: 1000 }), 'loops', 'nobody wakes kswapd');
  assert.equal(run('GFP_NOIO|__GFP_NORETRY', { anon: 1000, swapFree: 1000 }), 'null', 'swap needs __GFP_IO');
});

test('dirty memory: the request waits for the disk, and longer where the kernel waits by the clock', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 500 }];
  const run = (kernel: string, gfp: string): ReturnType<typeof simulate> =>
    simulate({ kernel, gfp, machine: { zones, reclaimable: { dirtyFile: 5000, writeRate: 4 } } });
  const old = run('5.15.100', 'GFP_KERNEL');
  const now = run('6.12', 'GFP_KERNEL');
  assert.equal(old.outcome.result, 'reclaimed');
  assert.equal(now.outcome.result, 'reclaimed');
  assert.ok(old.outcome.slept >= 100 && now.outcome.slept <= 60, `${old.outcome.slept} and ${now.outcome.slept}`);
  assert.ok(now.events.some((e) => e.actor === 'requester' && e.event === 'throttled'));
  assert.equal(run('6.12', 'GFP_KERNEL|__GFP_NORETRY').outcome.result, 'null', 'one try does not wait');
});

test('what a request leaves of GFP_ATOMIC', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 30_000 }];
  const caused = (gfp: string): number =>
    simulate({ kernel: '6.12', gfp, scenario: 'exhaust', machine: { zones } }).outcome.atomicFailuresCaused;
  assert.equal(caused('GFP_NOFS|__GFP_NOFAIL'), 1);
  assert.equal(caused('GFP_NOFS'), 0);
});

test('a user task deep in the reserve waits for kswapd, a kernel thread does not', () => {
  const zones = [{ name: 'Normal', managed: 100_000, free: 100 }];
  const events = (context: string): string[] =>
    simulate({ kernel: '6.12', gfp: 'GFP_KERNEL', context, machine: { zones, reclaimable: { cleanFile: 5000 } } }).events.map(
      (e) => e.event,
    );
  assert.ok(events('task').includes('throttled') && events('task').includes('kswapd'));
  assert.ok(!events('kthread').includes('throttled'));
});

test('a mask that may sleep, in a context that may not: the warning of might_alloc(), whatever becomes of the page', () => {
  const warned = (gfp: string, context: string): string[] =>
    simulate({ kernel: '6.12', gfp, context, machine: { memory: '1G' } }).outcome.warned;
  assert.deepEqual(warned('GFP_KERNEL', 'softirq'), ['sleep-in-atomic']);
  assert.deepEqual(warned('GFP_ATOMIC', 'softirq'), []);
  assert.deepEqual(warned('GFP_KERNEL', 'task'), []);
});

test('congestion_wait sleeps its full time, memory or not', () => {
  const p = profileFor('5.10.223');
  for (const free of [0, 100_000]) {
    const driver = new AloneDriver(modelMachine(p, 'Normal', { free }), 'hangs');
    const a = newAttempt();
    driver.drive(congestionWait(driver, a, 20));
    assert.equal(driver.now(), 20);
    assert.equal(a.sleptMs, 20);
  }
});

test('memalloc_retry_wait: a jiffy for blocking masks without NORETRY, a fiftieth of a second otherwise', () => {
  const p = profileFor('6.1.192');
  const slept = (gfp: number): number => {
    const driver = new AloneDriver(modelMachine(p, 'Normal', { free: 5000 }), 'hangs');
    driver.drive(backOff(driver, newAttempt(), 'memalloc_retry_wait', gfp));
    return driver.now();
  };
  assert.equal(slept(0xcc0), 4);
  assert.equal(slept(0xc40 | 0x10000), 20);
  assert.equal(slept(0x820), 20);
});

test('text and svg of every scenario are whole', () => {
  for (const scenario of SCENARIO_NAMES.filter((s) => s !== 'nofail-vs-atomic' && s !== 'storage-stack' && s !== 'nolock')) {
    const a = simulate({ kernel: '6.12', gfp: 'GFP_ATOMIC', scenario, machine: { memory: '256M' } });
    const text = answerText(a);
    assert.match(text, /^kernel {5}6\.12/);
    assert.doesNotMatch(text, /undefined|NaN|\[object/);
    const svg = answerSvg(a);
    assert.match(svg, /^<svg [^>]*>\n<title>/);
    assert.ok(svg.trimEnd().endsWith('</svg>'));
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  }
});
