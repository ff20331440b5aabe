/** Single calls in fragmented, empty and plentiful memory, and mempools, against booted 6.1.192 kernels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { simulate, type SimulateAnswer } from '../../simulator/src/index.js';

interface Call {
  call: string;
  size: number;
  gfp: string;
  scope?: string[];
  outcome: 'ok' | 'null' | 'stalled';
  /** Free memory: single pages only, none, or nearly all. */
  layout: 'scattered' | 'none' | 'plain';
  free: Record<string, number>;
  /** The address came from vmalloc. */
  vmalloc?: boolean;
  /** Calls of the OOM notifier: passes through the OOM path. */
  oom?: number;
  difference?: string;
}

const calls = JSON.parse(readFileSync(new URL('data/oracle-6.1-fragmentation.json', import.meta.url), 'utf8')) as Call[];
const MANAGED: Record<string, { managed: number; min: number; low: number; high: number }> = {
  DMA: { managed: 3840, min: 33, low: 41, high: 49 },
  DMA32: { managed: 51815, min: 425, low: 531, high: 637 },
};

function run(c: Call, kernel = '6.1.192'): SimulateAnswer {
  const zones = Object.entries(c.free).map(([name, free]) => ({
    name,
    free,
    ...MANAGED[name]!,
    lowmemReserve: name === 'DMA' ? { DMA32: 202, Normal: 202 } : {},
    ...(c.layout === 'scattered' && { scattered: free }),
  }));
  const order = c.call === 'alloc_pages' ? Math.log2(c.size / 4096) : 0;
  return simulate({
    kernel,
    gfp: c.gfp,
    api: c.call,
    order,
    size: c.size,
    scope: c.scope ?? [],
    machine: { zones, compactable: c.layout !== 'scattered' },
  });
}

const WORD: Record<string, Call['outcome']> = {
  page: 'ok',
  reclaimed: 'ok',
  reserve: 'ok',
  null: 'null',
  invalid: 'null',
  loops: 'stalled',
};

test('143 calls: outcome, whether vmalloc served it, whether somebody was killed', () => {
  assert.equal(calls.length, 143);
  let compared = 0;
  for (const c of calls) {
    if (c.difference !== undefined) continue;
    const r = run(c);
    const name = `${c.call}(${c.size}, ${c.gfp}) ${c.scope?.join() ?? ''} ${c.layout}`;
    assert.equal(WORD[r.outcome.result], c.outcome, name);
    if (c.call === 'kvmalloc' && c.outcome !== 'null')
      assert.equal(
        r.events.some((e) => e.event === 'kvmalloc-falls-back'),
        c.vmalloc === true,
        `${name}: vmalloc`,
      );
    const kills = c.gfp.startsWith('GFP_KERNEL') && !c.scope && (c.oom ?? 0) > 0;
    assert.equal(r.outcome.oomKills > 0, kills, `${name}: OOM kill`);
    compared++;
  }
  assert.ok(compared >= 120, String(compared));
});

test('the listed differences have one cause: a free object of the cache', () => {
  const listed = calls.filter((c) => c.difference !== undefined);
  assert.ok(listed.length > 0);
  for (const c of listed) {
    assert.equal(c.size, 8192);
    assert.equal(c.outcome, 'ok');
    assert.notEqual(run(c).outcome.result, 'page', 'the model serves it now: take it off the list');
  }
});

test('kvmalloc before and after the change, as measured on 5.10.223 and on newer kernels', () => {
  const scattered = { layout: 'scattered' as const, free: { DMA: 954, DMA32: 11250 }, outcome: 'ok' as const, call: 'kvmalloc' };
  const on = (kernel: string, size: number, gfp: string, scope?: string[]): string =>
    run({ ...scattered, size, gfp, ...(scope && { scope }) }, kernel).outcome.result;
  for (const gfp of ['GFP_NOFS', 'GFP_NOIO']) {
    assert.equal(on('5.10.223', 16384, gfp), 'loops');
    assert.equal(on('5.10.223', 32768, gfp), 'loops');
    assert.equal(on('5.10.223', 65536, gfp), 'null');
    for (const kernel of ['6.1.192', '6.12.117', 'mainline']) assert.equal(WORD[on(kernel, 65536, gfp)], 'ok');
  }
  assert.equal(WORD[on('5.10.223', 65536, 'GFP_KERNEL', ['nofs'])], 'ok');
  assert.equal(on('5.10.223', 65536, 'GFP_KERNEL|__GFP_NOFAIL'), 'loops');
  for (const gfp of ['GFP_NOWAIT', 'GFP_ATOMIC']) {
    assert.equal(on('6.12.117', 65536, gfp), 'null');
    assert.equal(WORD[on('mainline', 65536, gfp)], 'ok');
  }
});

test('mempool of four at half of min and at nothing: four elements, then sleep or NULL', () => {
  for (const percent of [50, 0]) {
    for (const [gfp, then] of [
      ['GFP_NOIO', 'loops'],
      ['GFP_NOFS', 'loops'],
      ['GFP_KERNEL', 'loops'],
      ['GFP_NOWAIT', 'null'],
      ['GFP_ATOMIC', 'null'],
    ]) {
      const zones = Object.entries(MANAGED).map(([name, z]) => ({
        name,
        ...z,
        free: Math.floor((z.min * percent) / 100),
        lowmemReserve: name === 'DMA' ? { DMA32: 202, Normal: 202 } : {},
      }));
      const r = simulate({ kernel: '6.1.192', gfp, api: 'mempool_alloc', scenario: 'exhaust', machine: { zones } });
      assert.equal(r.outcome.result, then, `${gfp} at ${percent}%`);
      assert.equal(r.events.find((e) => e.event === 'end')?.taken, 4, `${gfp} at ${percent}%`);
      assert.equal(
        r.events.some((e) => e.event === 'sleep' && e.ms === 5000),
        then === 'loops',
        'naps of five seconds',
      );
    }
  }
});
