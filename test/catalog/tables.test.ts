import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES, PROFILE_IDS } from '../../simulator/src/index.js';
import { allocatorTable } from '../../server/src/catalog/allocators.js';
import { callbackRows } from '../../server/src/catalog/callbacks.js';
import { BACKOFFS } from '../../server/src/catalog/failure.js';
import { MASK_FIELDS, MASK_HELPERS } from '../../server/src/catalog/helpers.js';
import { guardTable, lockTable } from '../../server/src/catalog/locks.js';
import { scopeTable } from '../../server/src/catalog/scopes.js';
import { sleeperTable } from '../../server/src/catalog/sleepers.js';
import { parseTable } from '../../server/src/catalog/table.js';
import { parseRange, parseVersion } from '../../server/src/catalog/version.js';

test('a row takes the words of its section and replaces values by its own', () => {
  const [first, second] = parseTable('[wait "why=waits for a page" maybe]\n# remark\nfoo gfp=1 @5.16-6.11\nbar "why=waits for a bit"\n');
  assert.equal(first!.section, 'wait');
  assert.equal(first!.values.get('why'), 'waits for a page');
  assert.ok(first!.words.has('maybe'));
  assert.deepEqual(first!.range, { since: 5_016_000, until: 6_011_999 });
  assert.equal(second!.values.get('why'), 'waits for a bit');
});

test('what is no table, range or version is refused', () => {
  assert.throws(() => parseTable('[open section\nfoo'), /open section/);
  for (const bad of ['-', '5-6', '6.1', '6.2-6.1']) assert.throws(() => parseRange(bad), bad);
  assert.equal(parseVersion('v6.12.117-rt5'), 6_012_117);
  assert.equal(parseVersion('six'), null);
});

const tables = { allocators: allocatorTable(), locks: lockTable(), guards: guardTable(), scopes: scopeTable(), sleepers: sleeperTable() };

for (const [what, table] of Object.entries(tables)) {
  test(`${what}: no name has two rows for one version`, () => {
    for (const name of table.names()) {
      const rows = [...table.rowsOf(name)].sort((a, b) => a.range.since - b.range.since);
      for (let i = 1; i < rows.length; i++) assert.ok(rows[i - 1]!.range.until < rows[i]!.range.since, `${what}: ${name}`);
    }
  });
}

test('argument indices of an allocator are distinct', () => {
  for (const name of allocatorTable().names()) {
    for (const { entry } of allocatorTable().rowsOf(name)) {
      const used = [entry.gfp, entry.size, entry.count, entry.order, entry.pool].filter((i) => i !== undefined && i !== null);
      assert.equal(new Set(used).size, used.length, name);
    }
  }
});

test('masks of the tables are names that some profile has', () => {
  const known = new Set(PROFILE_IDS.flatMap((id) => [...PROFILES[id].flags.keys(), ...PROFILES[id].composites.keys(), '0']));
  const masks = [
    ...allocatorTable()
      .names()
      .flatMap((n) =>
        allocatorTable()
          .rowsOf(n)
          .map((r) => r.entry.implied ?? '0'),
      ),
    ...MASK_HELPERS.flatMap((h) => [h.must, h.may, h.clears ?? '0']),
    ...MASK_FIELDS.flatMap((f) => [f.must, f.may]),
  ];
  for (const mask of masks) for (const part of mask.split('|')) assert.ok(known.has(part), mask);
});

test('every lock that can be taken can be given back, in every version', () => {
  // What gives these back is a plain unlock of another name, or the end of a larger operation.
  const elsewhere = /^(?:page|buffer_head)$/;
  for (const version of [5_010_223, 5_015_100, 6_001_192, 6_006_30, 6_012_117, 7_002_013]) {
    const entries = [...lockTable().at(version).values()];
    for (const open of entries.filter((e) => e.op === 'open' || e.op === 'try')) {
      if (elsewhere.test(open.class ?? '')) continue;
      const closes = entries.filter((e) => e.op === 'close' && e.kind === open.kind);
      assert.ok(closes.length > 0, `${open.name} (${open.kind}) at ${version}`);
      const byClass = closes.filter((e) => e.class === open.class);
      assert.ok(byClass.length > 0 || open.class !== undefined, `${open.name}: nothing of its kind closes it at ${version}`);
    }
  }
});

test('lock names say what they switch', () => {
  for (const entry of lockTable().at(6_012_117).values()) {
    if (/^(?:raw_)?(?:spin|read|write)_/.test(entry.name) && !/seqlock|seqcount/.test(entry.name)) {
      if (/_irq|_irqsave|_irqrestore/.test(entry.name)) assert.equal(entry.irq, 'irq', entry.name);
      else if (/_bh/.test(entry.name)) assert.equal(entry.irq, 'bh', entry.name);
      else assert.equal(entry.irq, undefined, entry.name);
      const op = /unlock/.test(entry.name) ? 'close' : /trylock/.test(entry.name) ? 'try' : 'open';
      assert.equal(entry.op, op, entry.name);
    }
    if (/_interruptible|_killable/.test(entry.name)) assert.equal(entry.heldIf, 'zero', entry.name);
  }
});

test('guard classes mean what the lock of the same name means', () => {
  const locks = lockTable().at(6_012_117);
  const pairs: [guard: string, lock: string][] = [
    ['mutex', 'mutex_lock'],
    ['mutex_intr', 'mutex_lock_interruptible'],
    ['spinlock', 'spin_lock'],
    ['spinlock_irqsave', 'spin_lock_irqsave'],
    ['raw_spinlock_irq', 'raw_spin_lock_irq'],
    ['rwsem_read', 'down_read'],
    ['rwsem_write_try', 'down_write_trylock'],
    ['irq', 'local_irq_disable'],
    ['preempt', 'preempt_disable'],
    ['rcu', 'rcu_read_lock'],
    ['read_lock_irqsave', 'read_lock_irqsave'],
    ['rtnl', 'rtnl_lock'],
    ['cpus_read_lock', 'cpus_read_lock'],
    ['task_lock', 'task_lock'],
    ['srcu', 'srcu_read_lock'],
  ];
  for (const [guard, lock] of pairs) {
    const g = guardTable().at(6_012_117).get(guard)!;
    const l = locks.get(lock)!;
    assert.deepEqual([g.kind, g.lock, g.irq, g.sleeps, g.class], [l.kind, l.lock, l.irq, l.sleeps, l.class], guard);
  }
});

test('a scope that opens can close, and a cookie goes back', () => {
  for (const version of [5_010_223, 6_001_192, 6_012_117, 7_002_013]) {
    const scopes = [...scopeTable().at(version).values()];
    for (const open of scopes.filter((s) => s.op === 'open')) {
      const closes = scopes.filter((s) => s.op === 'close' && s.kind === open.kind && s.handle === open.handle);
      assert.ok(closes.length > 0, open.name);
      if (/^memalloc_.*_save$/.test(open.name)) {
        assert.equal(closes.find((c) => c.name === open.name.replace('_save', '_restore'))?.cookie, 0, open.name);
      }
    }
  }
});

test('callbacks: reclaim says what it needs, a field stands in one context', () => {
  for (const { entry } of callbackRows()) {
    if (entry.context === 'reclaim' && entry.struct !== undefined) assert.ok(entry.needs, `${entry.struct}.${entry.field}`);
    assert.match(entry.why, /^(?:may|[a-z]+s)\b(?!.*\.$)/);
  }
});

test('what sleeps before the next try of an allocation is also known to sleep', () => {
  const sleepers = new Map([...sleeperTable().at(5_015_000), ...sleeperTable().at(6_012_117)]);
  const missing = BACKOFFS.filter(({ name, kind }) => (kind === 'spin') === sleepers.has(name)).map(({ name }) => name);
  // The core's own inside of other calls.
  assert.deepEqual(missing, ['usleep_idle_range', '_cond_resched']);
});
