/**
 * Worked examples: a zone with min 1024, low 1280, high 1536. `floor` is the smallest number of free pages with which the
 * request can still obtain its page through any step of the slow path.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseGfp,
  profileFor,
  siteVerdict,
  verdictChart,
  type Scope,
  type SiteVerdict,
  type TaskContext,
} from '../../simulator/src/index.js';

interface Row {
  kernel: string;
  gfp: string;
  order?: number;
  api?: string;
  size?: number;
  context?: TaskContext;
  scopes?: Scope[];
  floor: number | null;
  sleep: boolean;
  kill: boolean;
  /** 'victim': only once its own process was chosen by the OOM killer. */
  null: boolean | 'victim';
  loop: boolean;
  warns?: string[];
}

const ATOMIC = { sleep: false, kill: false, null: true, loop: false } as const;
const rows: Row[] = [
  { kernel: '5.10', gfp: 'GFP_ATOMIC', context: 'bh-off', floor: 385, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_ATOMIC', context: 'hardirq', floor: 385, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_ATOMIC', order: 2, context: 'softirq', floor: 388, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '5.10', gfp: 'GFP_NOWAIT', floor: 1025, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_NOWAIT', floor: 1025, ...ATOMIC, warns: [] },
  { kernel: '6.6', gfp: 'GFP_NOWAIT', order: 1, floor: 1026, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_KERNEL', floor: 1025, sleep: true, kill: true, null: 'victim', loop: true, warns: [] },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL',
    order: 4,
    floor: 1040,
    sleep: true,
    kill: false,
    null: true,
    loop: false,
    warns: ['allocation-failure'],
  },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL', order: 9, floor: 1536, sleep: true, kill: false, null: true, loop: false },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL|__GFP_NORETRY',
    floor: 1025,
    sleep: true,
    kill: false,
    null: true,
    loop: false,
    warns: ['allocation-failure'],
  },
  { kernel: '6.12', gfp: 'GFP_NOFS', floor: 1025, sleep: true, kill: false, null: 'victim', loop: true, warns: [] },
  { kernel: '6.1', gfp: 'GFP_NOFS|__GFP_NOFAIL', floor: 1, sleep: true, kill: false, null: false, loop: true, warns: [] },
  { kernel: '5.10', gfp: 'GFP_KERNEL|__GFP_NOFAIL', floor: 1, sleep: true, kill: true, null: false, loop: true, warns: [] },
  { kernel: '5.10', gfp: '0x1acc0', order: 2, floor: 772, sleep: true, kill: false, null: false, loop: true, warns: ['nofail-order'] },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL|__GFP_NOFAIL',
    order: 2,
    floor: 4,
    sleep: true,
    kill: true,
    null: false,
    loop: true,
    warns: ['nofail-order'],
  },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL|__GFP_NOFAIL',
    order: 4,
    floor: 528,
    sleep: true,
    kill: false,
    null: false,
    loop: true,
    warns: ['nofail-order'],
  },
  { kernel: 'mainline', gfp: 'GFP_KERNEL|__GFP_NOFAIL', order: 2, floor: 4, sleep: true, kill: true, null: false, loop: true, warns: [] },
  {
    kernel: '6.12',
    gfp: 'GFP_ATOMIC|__GFP_NOFAIL',
    context: 'bh-off',
    floor: 385,
    ...ATOMIC,
    warns: ['allocation-failure', 'nofail-non-blocking'],
  },
  {
    kernel: '6.1-early',
    gfp: 'GFP_ATOMIC|__GFP_NOFAIL',
    context: 'bh-off',
    floor: 385,
    ...ATOMIC,
    warns: ['allocation-failure', 'nofail-non-blocking'],
  },
  { kernel: '6.12', gfp: 'GFP_KERNEL', scopes: ['noreclaim'], floor: 1, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_NOMEMALLOC', scopes: ['noreclaim'], floor: 1025, ...ATOMIC },
  { kernel: '6.12', gfp: 'GFP_KERNEL', scopes: ['nofs'], floor: 1025, sleep: true, kill: false, null: 'victim', loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL|GFP_NOFS', floor: 1025, sleep: true, kill: true, null: 'victim', loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL', context: 'oom-victim', floor: 513, sleep: true, kill: false, null: true, loop: false },
  { kernel: '5.10', gfp: 'GFP_KERNEL', context: 'rt', floor: 769, sleep: true, kill: true, null: 'victim', loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL', context: 'rt', floor: 513, sleep: true, kill: true, null: 'victim', loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL|GFP_DMA', floor: 1025, sleep: true, kill: false, null: true, loop: false },
  { kernel: '6.12', gfp: 'GFP_TRANSHUGE_LIGHT', order: 9, floor: 1536, ...ATOMIC, warns: [] },
  { kernel: 'mainline', gfp: '0', api: 'alloc_pages_nolock', context: 'nmi', floor: 1025, ...ATOMIC, warns: [] },
  { kernel: '6.12', gfp: 'GFP_NOIO', api: 'mempool_alloc', floor: 1025, sleep: true, kill: false, null: false, loop: true, warns: [] },
  {
    kernel: '5.15',
    gfp: 'GFP_NOFS',
    order: 4,
    api: 'kvmalloc',
    floor: 1040,
    sleep: true,
    kill: false,
    null: true,
    loop: false,
    warns: ['allocation-failure'],
  },
  { kernel: '6.12', gfp: 'GFP_NOFS', order: 4, api: 'kvmalloc', floor: 1025, sleep: true, kill: false, null: 'victim', loop: true },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL|__GFP_NOFAIL',
    order: 4,
    api: 'kvmalloc',
    floor: 1,
    sleep: true,
    kill: true,
    null: false,
    loop: true,
    warns: [],
  },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_THISNODE', floor: 1025, sleep: true, kill: false, null: true, loop: false },
  {
    kernel: '6.12',
    gfp: 'GFP_KERNEL',
    order: 11,
    floor: null,
    sleep: true,
    kill: false,
    null: true,
    loop: false,
    warns: ['order-too-large'],
  },
  { kernel: '6.12', gfp: 'GFP_NOWAIT|__GFP_HIGH', floor: 385, ...ATOMIC, warns: [] },
  { kernel: '5.10', gfp: 'GFP_NOWAIT|__GFP_HIGH', floor: 513, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_KERNEL & ~__GFP_DIRECT_RECLAIM', floor: 1025, ...ATOMIC, warns: ['allocation-failure'] },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_NOFAIL|__GFP_RETRY_MAYFAIL', floor: 513, sleep: true, kill: false, null: false, loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_MEMALLOC', floor: 1, sleep: true, kill: true, null: false, loop: true },
  // The table of lowest free counts, high-harder against min-reserve model.
  { kernel: '5.10', gfp: 'GFP_KERNEL|__GFP_HIGH', floor: 513, sleep: true, kill: true, null: 'victim', loop: true },
  { kernel: '5.10', gfp: 'GFP_KERNEL|__GFP_HIGH', context: 'rt', floor: 385, sleep: true, kill: true, null: true, loop: true },
  { kernel: '6.12', gfp: 'GFP_KERNEL|__GFP_HIGH', context: 'rt', floor: 513, sleep: true, kill: true, null: 'victim', loop: true },
  { kernel: '5.10', gfp: 'GFP_NOWAIT', context: 'rt', floor: 769, ...ATOMIC },
  { kernel: '6.12', gfp: 'GFP_NOWAIT', context: 'rt', floor: 1025, ...ATOMIC },
  { kernel: '6.12', gfp: 'GFP_ATOMIC|__GFP_NOMEMALLOC', context: 'bh-off', floor: 513, ...ATOMIC },
];

function verdictOf(r: Row): SiteVerdict {
  const profile = profileFor(r.kernel);
  return siteVerdict({
    profile,
    gfp: parseGfp(profile, r.gfp),
    order: r.order ?? 0,
    ...(r.size !== undefined && { size: r.size }),
    ...(r.api !== undefined && { api: r.api }),
    context: r.context ?? 'task',
    scopes: r.scopes ?? [],
  });
}

test('every worked example', () => {
  for (const r of rows) {
    const v = verdictOf(r);
    const name = `${r.kernel} ${r.gfp} order ${r.order ?? 0} ${r.api ?? ''} ${r.context ?? 'task'}`;
    if (r.floor !== null) assert.equal(v.floorPages, r.floor, `${name}: floor`);
    assert.equal(v.maySleep, r.sleep, `${name}: sleep`);
    assert.equal(v.oomKill, r.kill, `${name}: kill`);
    assert.equal(v.loops, r.loop, `${name}: loop`);
    if (r.null === 'victim') assert.deepEqual(v.failsWhen, ['its own process has been chosen by the OOM killer'], name);
    else if (r.null === false) assert.equal(v.mayFail, false, `${name}: null`);
    else assert.equal(v.mayFail, true, `${name}: null`);
    if (r.warns) assert.deepEqual(v.warns, [...r.warns].sort(), `${name}: warns`);
  }
});

test('what a site takes from GFP_ATOMIC', () => {
  const of = (kernel: string, gfp: string): SiteVerdict => verdictOf({ kernel, gfp, floor: 0, ...ATOMIC });
  assert.equal(of('6.12', 'GFP_KERNEL').takesFromAtomic, 0);
  assert.equal(of('6.12', 'GFP_ATOMIC').takesFromAtomic, 1);
  assert.equal(of('6.12', 'GFP_ATOMIC').starvesAtomic, false);
  assert.equal(of('6.12', 'GFP_NOFS|__GFP_NOFAIL').starvesAtomic, true);
  assert.equal(of('6.12', 'GFP_KERNEL|__GFP_HIGH').takesFromAtomic, 0.8);
});

test('a lock that reclaim takes: deadlock for the masks that enter that reclaim, none otherwise', () => {
  const profile = profileFor('6.12');
  const v = (gfp: string, needs: 'fs' | 'io' | 'any', scopes: Scope[] = []): string[] | undefined =>
    siteVerdict({ profile, gfp: parseGfp(profile, gfp), scopes, reclaimLocks: [{ name: 'inode->lock', needs }] }).deadlock;
  assert.ok(v('GFP_KERNEL', 'fs')?.some((s) => s.includes('inode->lock')));
  assert.equal(v('GFP_NOFS', 'fs'), undefined);
  assert.equal(v('GFP_KERNEL', 'fs', ['nofs']), undefined);
  assert.ok(v('GFP_NOFS', 'io'));
  assert.equal(v('GFP_NOIO', 'io'), undefined);
  assert.ok(v('GFP_NOIO', 'any'), 'an invalidate callback is entered by every blocking mask');
  assert.equal(v('GFP_ATOMIC', 'any'), undefined);
});

test('texts are whole sentences and say what the figures say', () => {
  for (const r of rows) {
    const v = verdictOf(r);
    assert.match(v.text, /^[A-Z(].*\.$/);
    assert.equal(v.text.includes('May sleep.'), v.maySleep);
    assert.equal(v.text.includes('May call the OOM killer.'), v.oomKill);
    assert.doesNotMatch(v.text, /undefined|NaN|\.\./);
  }
});

test('the small chart: how deep it digs, and one line per state', () => {
  const chart = (gfp: string): string[] => verdictChart(verdictOf({ kernel: '6.12', gfp, floor: 0, ...ATOMIC }));
  assert.equal(chart('GFP_KERNEL')[0], 'reserve  min ....................|............ 0');
  assert.equal(chart('GFP_ATOMIC')[0], 'reserve  min ####################|............ 0');
  assert.equal(chart('GFP_KERNEL|__GFP_NOFAIL')[0], 'reserve  min ####################|############ 0');
  assert.ok(chart('GFP_KERNEL').some((l) => l.startsWith('memory is plenty') && l.endsWith('a page at once')));
  assert.ok(chart('GFP_KERNEL').some((l) => l.endsWith('kills a process')));
});

test('equal inputs share one answer; the answer is not changed by use', () => {
  const profile = profileFor('6.1.192');
  const ask = (): SiteVerdict => siteVerdict({ profile, gfp: 0xcc0, order: 0 });
  assert.equal(ask(), ask());
});
