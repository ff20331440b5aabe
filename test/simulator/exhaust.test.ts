/** How deep masks dig on every kernel line: levels by the integer rules of both reserve models, zone by zone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILE_IDS, profileById, simulate } from '../../simulator/src/index.js';

const ZONES = [
  { name: 'DMA', managed: 3840, free: 3808, min: 33, low: 41, high: 49, lowmemReserve: { DMA: 0, DMA32: 202, Normal: 202, Movable: 202 } },
  { name: 'DMA32', managed: 51815, free: 45021, min: 425, low: 531, high: 637, lowmemReserve: { DMA: 0, DMA32: 0, Normal: 0, Movable: 0 } },
];

/** Steps of the reserve: min less half, less a quarter of the rest; min less a quarter. */
const half = (m: number): number => m - Math.floor(m / 2);
const quarter = (m: number): number => m - Math.floor(m / 4);
const RULES = { min: (m: number) => m, half, threeQuarters: quarter, atomic: (m: number) => quarter(half(m)), none: () => 0 };

interface Case {
  gfp: string;
  context?: string;
  scope?: string[];
  /** high-harder model (5.10, early 5.15 and 6.1) and min-reserve model. */
  old: keyof typeof RULES;
  now: keyof typeof RULES;
  result: 'null' | 'oom' | 'loops';
}

const cases: Case[] = [
  { gfp: 'GFP_ATOMIC', old: 'atomic', now: 'atomic', result: 'null' },
  { gfp: 'GFP_ATOMIC', context: 'hardirq', old: 'atomic', now: 'atomic', result: 'null' },
  { gfp: 'GFP_ATOMIC', context: 'softirq', scope: ['noreclaim'], old: 'atomic', now: 'atomic', result: 'null' },
  { gfp: 'GFP_ATOMIC|__GFP_NOMEMALLOC', old: 'half', now: 'half', result: 'null' },
  { gfp: '__GFP_HIGH', old: 'half', now: 'atomic', result: 'null' },
  { gfp: 'GFP_NOWAIT|__GFP_HIGH', old: 'half', now: 'atomic', result: 'null' },
  { gfp: 'GFP_NOWAIT', old: 'min', now: 'min', result: 'null' },
  { gfp: '(gfp_t)0', old: 'min', now: 'min', result: 'null' },
  { gfp: 'GFP_NOWAIT', context: 'rt', old: 'threeQuarters', now: 'min', result: 'null' },
  { gfp: 'GFP_KERNEL|__GFP_NORETRY', context: 'rt', old: 'threeQuarters', now: 'half', result: 'null' },
  { gfp: 'GFP_KERNEL|__GFP_HIGH|__GFP_NORETRY', context: 'rt', old: 'atomic', now: 'half', result: 'null' },
  { gfp: 'GFP_KERNEL|__GFP_HIGH', old: 'half', now: 'half', result: 'oom' },
  { gfp: 'GFP_KERNEL', old: 'min', now: 'min', result: 'oom' },
  { gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL', old: 'min', now: 'min', result: 'null' },
  { gfp: 'GFP_NOFS', old: 'min', now: 'min', result: 'loops' },
  { gfp: 'GFP_KERNEL', scope: ['noio'], old: 'min', now: 'min', result: 'loops' },
  { gfp: 'GFP_KERNEL', context: 'oom-victim', old: 'half', now: 'half', result: 'null' },
  { gfp: 'GFP_KERNEL|__GFP_NOMEMALLOC', context: 'oom-victim', old: 'min', now: 'min', result: 'null' },
  { gfp: 'GFP_NOFS|__GFP_NOFAIL', old: 'none', now: 'none', result: 'loops' },
  { gfp: 'GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY', old: 'threeQuarters', now: 'half', result: 'loops' },
  { gfp: 'GFP_NOWAIT', scope: ['noreclaim'], old: 'none', now: 'none', result: 'null' },
  { gfp: 'GFP_NOWAIT|__GFP_MEMALLOC', old: 'none', now: 'none', result: 'null' },
  { gfp: 'GFP_NOWAIT|__GFP_MEMALLOC|__GFP_NOMEMALLOC', old: 'min', now: 'min', result: 'null' },
];

test('pages left per zone and the end of the run, all lines', () => {
  for (const id of PROFILE_IDS) {
    const model = profileById(id).reserveModel;
    for (const c of cases) {
      const r = simulate({
        kernel: id,
        gfp: c.gfp,
        context: c.context ?? 'task',
        scope: c.scope ?? [],
        scenario: 'exhaust',
        machine: { zones: ZONES },
      });
      const rule = RULES[model === 'high-harder' ? c.old : c.now];
      const name = `${id} ${c.gfp} ${c.context ?? ''} ${c.scope?.join() ?? ''}`;
      assert.equal(r.outcome.result, c.result, name);
      for (const z of ZONES) {
        const reserve = rule === RULES.none ? 0 : z.lowmemReserve.Normal;
        assert.equal(r.outcome.zones.find((o) => o.name === z.name)!.free, rule(z.min) + reserve, `${name} ${z.name}`);
      }
    }
  }
});

test('the boost: ignored by GFP_ATOMIC everywhere, by __GFP_HIGH alone only since 6.3', () => {
  const boosted = ZONES.map((z) => (z.name === 'DMA32' ? { ...z, boost: 512 } : z));
  const left = (kernel: string, gfp: string): number =>
    simulate({ kernel, gfp, scenario: 'exhaust', machine: { zones: boosted } }).outcome.zones.find((z) => z.name === 'DMA32')!.free;
  for (const kernel of ['6.1.192', '6.12', 'mainline']) {
    assert.equal(left(kernel, 'GFP_ATOMIC'), RULES.atomic(425), kernel);
    assert.equal(left(kernel, 'GFP_NOWAIT'), 937, kernel);
  }
  assert.equal(left('6.1.192', '__GFP_HIGH'), RULES.atomic(937), 'measured: 352');
  assert.equal(left('6.12', '__GFP_HIGH'), RULES.atomic(425));
});

test('high-order atomic reserve: created up to its limit, hidden from others, open to order 0 without reclaim', () => {
  const run = (kernel: string, gfp: string, order: number, more: object = {}): ReturnType<typeof simulate> =>
    simulate({
      kernel,
      gfp,
      order,
      scenario: 'exhaust',
      machine: { zones: ZONES.map((z) => (z.name === 'DMA32' ? { ...z, ...more } : z)) },
    });
  const left = (r: ReturnType<typeof simulate>): number => r.outcome.zones.find((z) => z.name === 'DMA32')!.free;
  const reserved = { reservedHighatomic: 1536, freeHighatomic: 1536 };
  assert.equal(left(run('6.1.192', 'GFP_KERNEL|__GFP_NORETRY', 0, reserved)), 425 + 1536);
  assert.equal(left(run('6.1.192', 'GFP_NOWAIT', 0, reserved)), 425, 'ALLOC_NON_BLOCK is not charged and falls back into the blocks');
  assert.equal(left(run('5.10.223', 'GFP_NOWAIT', 0, reserved)), 425 + 1536, 'no such right in the older model');
  assert.equal(left(run('6.1.192', 'GFP_ATOMIC', 2)), 161, 'and it serves itself from what it reserved');
});

test('default per-cpu lists: a whole batch is gone after the check, and newer kernels take many batches', () => {
  const run = (kernel: string): { free: number; onCpuList: number } =>
    simulate({ kernel, gfp: 'GFP_ATOMIC', scenario: 'exhaust', machine: { zones: ZONES, perCpuLists: true } }).outcome.zones.find(
      (z) => z.name === 'DMA32',
    )!;
  const old = run('6.1.192');
  assert.ok(old.free <= 160 && old.free > 160 - 20 && old.onCpuList === 14, JSON.stringify(old));
  const now = run('6.12');
  assert.ok(now.free < 160 && now.onCpuList > 200 && now.onCpuList <= 480, JSON.stringify(now));
});

test('an atomic request of order 2 below the low mark: refills the list up to 6.12, passes the empty list by since', () => {
  const zones = [{ name: 'DMA32', managed: 242_000, free: 1100, min: 971, low: 1213, high: 1455 }];
  const after = (kernel: string): { free: number; onCpuList: number } =>
    simulate({ kernel, gfp: 'GFP_ATOMIC', order: 2, scenario: 'request', machine: { zones, perCpuLists: true } }).outcome.zones[0]!;
  for (const kernel of ['6.1.192', '6.12.117']) assert.ok(after(kernel).onCpuList >= 4, `${kernel} leaves blocks on the list`);
  assert.equal(after('7.2.13').onCpuList, 0);
  assert.ok(after('7.2.13').free >= 1096, 'one block is gone, and the counter may lag by it');
  assert.equal(after('5.10.223').onCpuList, 0, '5.10 has lists of single pages only');
});

test('6.12 with its own lists, 256 MiB: both measured ends belong to one phase of the refills of 480', () => {
  const end = (gfp: string, free: number): { free: number; onCpuList: number } => {
    const zones = [{ name: 'DMA32', managed: 51_300, free, min: 421, low: 526, high: 631 }];
    return simulate({ kernel: '6.12.117', gfp, scenario: 'exhaust', machine: { zones, perCpuLists: true } }).outcome.zones[0]!;
  };
  let found = 0;
  for (let free = 44_400; free < 44_880; free += 8) {
    const nowait = end('GFP_NOWAIT', free);
    if (nowait.free < 399 || nowait.free > 410) continue;
    found++;
    assert.equal(nowait.onCpuList, 479, 'measured');
    const atomic = end('GFP_ATOMIC', free);
    assert.ok(atomic.free <= 4, `measured 0 to 4 free: ${atomic.free}`);
    assert.ok(atomic.onCpuList >= 390 && atomic.onCpuList <= 410, `measured about 400 on the list: ${atomic.onCpuList}`);
  }
  assert.ok(found > 0, 'some phase ends where the kernel did');
});
