/** Baselines: identity that survives edits, counts, and files that cannot be trusted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError, type AuditResult } from '../../server/src/engine.js';
import { inspectText } from '../../server/src/session/audit-text.js';
import { baselineOf, checkBaseline, pruned, readBaseline, writeBaseline } from '../../server/src/session/baseline.js';
import type { RunScope } from '../../server/src/session/scope-of-run.js';
import { finding, result } from '../cli/stub.js';

const everything: RunScope = { paths: ['.'], minConfidence: 'possible', looksFor: () => true, excluded: () => false };
const roundTrip = (from: AuditResult) => readBaseline(writeBaseline(baselineOf(from)), 'b.json');

/** One function of generated C, each kind with a finding of another rule (or none). */
const kinds: Record<string, (n: number) => string> = {
  locked: (n) => `\tspin_lock(&ring->lock);\n\tp = kmalloc(${n}, GFP_KERNEL);\n\tspin_unlock(&ring->lock);\n`,
  twice: (n) =>
    `\tspin_lock(&ring->lock);\n\tp = kmalloc(${n}, GFP_KERNEL);\n\tq = kmalloc(${n}, GFP_KERNEL);\n\tspin_unlock(&ring->lock);\n`,
  retry: () => '\tdo {\n\t\tp = kmalloc(64, GFP_NOFS);\n\t} while (!p);\n',
  scope: () => '\tunsigned int f = memalloc_nofs_save();\n\n\tif (ring->bad)\n\t\treturn;\n\tmemalloc_nofs_restore(f);\n',
  called: (n) => `\tspin_lock(&ring->lock);\n\tshared_grow(ring, ${n});\n\tspin_unlock(&ring->lock);\n`,
  plain: () => '\tp = kmalloc(64, GFP_KERNEL);\n\tkfree(p);\n',
};

const functionOf = ({ name, kind, size }: { name: string; kind: string; size: number }): string =>
  `void ${name}(struct ring *ring)\n{\n\tvoid *p, *q;\n\n${kinds[kind]!(size)}}\n`;

const shared = 'void *shared_grow(struct ring *ring, int n)\n{\n\treturn kmalloc(n, GFP_KERNEL);\n}\n';

const audited = async (pieces: readonly string[]): Promise<AuditResult> => {
  const { findings, records } = await inspectText([{ path: 'drivers/a.c', text: [shared, ...pieces].join('\n') }]);
  return result({ findings, ...records });
};

const someFunctions = fc
  .array(fc.record({ kind: fc.constantFrom(...Object.keys(kinds)), size: fc.integer({ min: 8, max: 99 }) }), { minLength: 1, maxLength: 7 })
  .map((list) => list.map((one, i) => ({ ...one, name: `op_${i}` })));

test('lines inserted and functions moved: nothing is new, nothing is gone', async () => {
  await fc.assert(
    fc.asyncProperty(
      someFunctions,
      fc.array(fc.nat(120), { maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      async (functions, gaps, order) => {
        const known = roundTrip(await audited(functions.map(functionOf)));
        const moved = functions.map((one) => ({ one, at: order.next().value as number })).sort((a, b) => a.at - b.at);
        const pieces = moved.flatMap(({ one }, i) => ['/* line */\n'.repeat(gaps[i] ?? 0), functionOf(one)]);
        const { fresh, mended, unseen } = checkBaseline(await audited(pieces), known, everything);
        assert.deepEqual([fresh, mended, unseen], [[], [], 0]);
      },
    ),
    { numRuns: 25 },
  );
});

test('functions deleted and added: exactly their findings are mended and new', async () => {
  await fc.assert(
    fc.asyncProperty(someFunctions, fc.integer({ min: 0, max: 6 }), async (functions, at) => {
      const gone = functions[at % functions.length]!;
      const rest = functions.filter((one) => one !== gone);
      const [before, after] = [await audited(functions.map(functionOf)), await audited(rest.map(functionOf))];
      const there = (list: AuditResult['findings']) => list.filter((one) => one.function === gone.name).length;
      const removed = checkBaseline(after, roundTrip(before), everything);
      assert.deepEqual(removed.fresh, []);
      const mended = removed.mended.filter((entry) => entry.function === gone.name).reduce((n, entry) => n + entry.count, 0);
      assert.equal(mended, there(before.findings));
      const added = checkBaseline(before, roundTrip(after), everything);
      assert.equal(there(added.fresh), there(before.findings));
      assert.deepEqual(added.mended, []);
      for (const [check, of, known] of [
        [removed, after, before],
        [added, before, after],
      ] as const) {
        const gone = check.mended.reduce((n, { count }) => n + count, 0) + check.unseen;
        assert.equal(check.fresh.length + check.unchanged.length, of.findings.length, 'every finding is new or unchanged');
        const folded = [of, known].flatMap(({ findings }) => findings).some(({ data }) => data['folded'] !== undefined);
        if (!folded) assert.equal(check.unchanged.length + gone, known.findings.length, 'every known one is unchanged, mended or unseen');
      }
    }),
    { numRuns: 25 },
  );
});

test('of one cause in many functions three are shown: one that takes the place of another is not new', async () => {
  const five = [0, 1, 2, 3, 4].map((i) => functionOf({ name: `op_${i}`, kind: 'called', size: 8 }));
  const [all, less] = [await audited(five), await audited(five.slice(1))];
  assert.deepEqual(all.findings[0]!.data['folded'], ['op_3', 'op_4']);
  const removed = checkBaseline(less, roundTrip(all), everything);
  assert.deepEqual([removed.fresh, removed.unchanged.length, removed.mended.map((entry) => entry.function)], [[], 3, ['op_0']]);
  const added = checkBaseline(all, roundTrip(less), everything);
  assert.deepEqual([added.fresh.map((one) => one.function), added.unchanged.length, added.mended], [['op_0'], 2, []]);
});

test('equal findings are counted: a third one is new, one less is mended', () => {
  const of = (...lines: number[]) => result({ findings: lines.map((line) => finding({ line })) });
  const known = roundTrip(of(3, 9));
  assert.equal(known.entries.length, 1);
  assert.equal(known.entries[0]!.count, 2);
  assert.equal(checkBaseline(of(13, 19, 29), known, everything).fresh.length, 1);
  const less = checkBaseline(of(4), known, everything);
  assert.deepEqual([less.fresh.length, less.mended.map(({ count }) => count)], [0, [1]]);
  assert.deepEqual(
    pruned(known, less.mended).entries.map(({ count }) => count),
    [1],
  );
});

test('another mask in the same call is the same finding, another lock or another function is not', () => {
  const at = (gfp: string, lock = 'ring.lock') => ({ data: { api: 'kmalloc', lock, gfp } });
  const known = roundTrip(result({ findings: [finding(at('GFP_KERNEL | __GFP_ZERO'))] }));
  assert.equal(known.entries[0]!.call, 'kmalloc(GFP_KERNEL|__GFP_ZERO)');
  const news = (found: Parameters<typeof finding>[0]) =>
    checkBaseline(result({ findings: [finding(found)] }), known, everything).fresh.length;
  assert.equal(news(at('GFP_NOFS')), 0);
  assert.equal(news(at('GFP_KERNEL | __GFP_ZERO', 'other.lock')), 1);
  assert.equal(news({ ...at('GFP_KERNEL | __GFP_ZERO'), function: 'shrink' }), 1);
});

test('of two calls that differ in their mask the right one is mended', async () => {
  const two = ['GFP_KERNEL', 'GFP_NOFS'].map((mask) => `\tp = kmalloc(64, ${mask});\n`);
  const text = (calls: string[]) =>
    `void op(struct ring *ring)\n{\n\tvoid *p;\n\n\tspin_lock(&ring->lock);\n${calls.join('')}\tspin_unlock(&ring->lock);\n}\n`;
  const known = roundTrip(await audited([text(two)]));
  const { fresh, mended } = checkBaseline(await audited([text(two.slice(1))]), known, everything);
  assert.deepEqual([fresh, mended.map(({ call }) => call)], [[], ['kmalloc(GFP_KERNEL)']]);
});

test('what a run did not look at is neither mended nor pruned', () => {
  const known = roundTrip(result({ findings: [finding(), finding({ file: 'mm/b.c', confidence: 'possible' })] }));
  const check = (change: Partial<AuditResult>, scope: Partial<RunScope>) => {
    const { mended, unseen } = checkBaseline(result(change), known, { ...everything, ...scope });
    return [mended.map(({ file }) => file), unseen];
  };
  assert.deepEqual(check({}, {}), [['fs/a.c', 'mm/b.c'], 0]);
  assert.deepEqual(check({}, { paths: ['fs'] }), [['fs/a.c'], 1]);
  assert.deepEqual(check({}, { minConfidence: 'likely' }), [['fs/a.c'], 1]);
  assert.deepEqual(check({}, { looksFor: () => false }), [[], 2]);
  assert.deepEqual(check({}, { excluded: (file) => file === 'mm/b.c' }), [['fs/a.c'], 1]);
  const parts = [1, 2, 3].map((index) => check({ shard: { index, count: 3, options: {} } }, {}));
  assert.deepEqual(parts.flatMap(([files]) => files as string[]).sort(), ['fs/a.c', 'mm/b.c'], 'each part speaks of its own files');
  assert.deepEqual(check({ problems: [{ file: 'fs/a.c', message: 'gone', kind: 'unreadable' }] }, {}), [['mm/b.c'], 1]);
});

test('a baseline that cannot be trusted is refused, with what to do', () => {
  const good = writeBaseline(baselineOf(result({ findings: [finding(), finding({ function: 'shrink' })] })));
  const refused: [text: string, why: RegExp][] = [
    ['', /^b\.json: not a baseline, or cut off/],
    [good.slice(0, -40), /^b\.json: not a baseline, or cut off/],
    ['[]', /^b\.json: not a baseline of gfp-audit: write it anew/],
    ['null', /^b\.json: not a baseline of gfp-audit: write it anew/],
    ['{"version": "2.1.0", "runs": []}', /^b\.json: not a baseline of gfp-audit: write it anew/],
    [good.replace('"baseline": 1', '"baseline": 7'), /format 7; this gfp-audit reads format 1: write it anew/],
    [good.replace('"count":1', '"count":0'), /entries\.0\.count.*it was edited/],
    [good.replace('"count":1', '"count":9'), /its entries were changed since it was written/],
    [good.replace('"function":"shrink"', '"function":"other"'), /its entries were changed since it was written/],
    [good.replace(/,\n {4}\{.*\}(?=\n {2}\])/, ''), /its entries were changed since it was written/],
    [good.replace('"tool"', '"extra": 1, "tool"'), /extra: .*it was edited/],
  ];
  for (const [text, why] of refused) {
    assert.notEqual(text, good);
    assert.throws(
      () => readBaseline(text, 'b.json'),
      (error) => error instanceof InputError && why.test(error.message),
      String(why),
    );
  }
  assert.equal(writeBaseline(readBaseline(good, 'b.json')), good);
  assert.equal(writeBaseline(readBaseline(`\uFEFF${good}`, 'b.json')), good);
  assert.equal(readBaseline(writeBaseline(baselineOf(result())), 'b.json').entries.length, 0);
});
