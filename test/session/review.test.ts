/** The two ways in which a change is judged: one linked tree and its revisions, or whole audits. They must say the same. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import type { AuditOptions, AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { review } from '../../server/src/session/review.js';

const scratch = mkdtempSync(join(tmpdir(), 'gfp-review-'));
after(() => rmSync(scratch, { recursive: true }));

const masks = ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_NOFS'];
const locks: Record<string, [string, string]> = {
  none: ['', ''],
  spin: ['\tspin_lock(&pool->lock);\n', '\tspin_unlock(&pool->lock);\n'],
  mutex: ['\tmutex_lock(&pool->mutex);\n', '\tmutex_unlock(&pool->mutex);\n'],
  rcu: ['\trcu_read_lock();\n', '\trcu_read_unlock();\n'],
};
const header =
  'struct pool {\n\tspinlock_t lock;\n\tstruct mutex mutex;\n};\nvoid *pool_grow(struct pool *pool);\nint pool_fill(struct pool *pool);\n';
/** Three files, each a caller of the one before; what each holds and asks for is drawn. */
const allocates = ({ mask, lock, blanks }: Choice): string =>
  `#include "pool.h"\n\n${'/* words */\n'.repeat(blanks)}void *pool_grow(struct pool *pool)\n{\n\tvoid *p;\n\n${locks[lock]![0]}\tp = kmalloc(64, ${mask});\n${locks[lock]![1]}\treturn p;\n}\n`;
const calls = ({ mask, lock, blanks }: Choice): string =>
  `#include "pool.h"\n\n${'/* words */\n'.repeat(blanks)}static int own(struct pool *pool)\n{\n\treturn !kmalloc(8, ${mask});\n}\n\nint pool_fill(struct pool *pool)\n{\n\tvoid *p;\n\n${locks[lock]![0]}\tp = pool_grow(pool);\n\town(pool);\n${locks[lock]![1]}\treturn !p;\n}\n`;
const uses = ({ lock, blanks }: Choice): string =>
  `#include "pool.h"\n\n${'/* words */\n'.repeat(blanks)}int user(struct pool *pool)\n{\n\tint ret;\n\n${locks[lock]![0]}\tret = pool_fill(pool);\n${locks[lock]![1]}\treturn ret;\n}\n`;
interface Choice {
  mask: string;
  lock: string;
  blanks: number;
}
const choice = fc.record({ mask: fc.constantFrom(...masks), lock: fc.constantFrom(...Object.keys(locks)), blanks: fc.nat(3) });
const makers: Record<string, (choice: Choice) => string> = { 'lib/grow.c': allocates, 'lib/fill.c': calls, 'lib/user.c': uses };
const texts = fc
  .tuple(choice, choice, choice)
  .map((all) => Object.fromEntries(Object.entries(makers).map(([file, make], i) => [file, make(all[i]!)])));

let trees = 0;
function place(files: Record<string, string>): string {
  const tree = join(scratch, `tree${trees++}`);
  const all = { Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n', Kconfig: '', 'lib/pool.h': header, ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
  return tree;
}

const patchOf = (from: Record<string, string>, to: Record<string, string>): string =>
  Object.keys(makers)
    .filter((file) => from[file] !== to[file])
    .map((file) => createTwoFilesPatch(`a/${file}`, `b/${file}`, from[file]!, to[file]!, '', '').replace(/^=+\n/, ''))
    .join('');

const ask = (tree: string, patches: string[], quick: boolean): Promise<AuditResult> => {
  const options: AuditOptions = { paths: [], root: tree, kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'possible', rules: {} };
  const sources = patches.map((text, i) => ({ name: `p${i}`, bytes: new TextEncoder().encode(text) }));
  return review(new NodeHost(tree), { ...options, change: { kind: 'patch', sources, each: patches.length > 1 } }, { quick });
};

const said = ({ findings, change }: AuditResult): unknown => {
  const one = ({ ruleId, at, message, confidence, data }: AuditResult['findings'][number]): unknown => [
    ruleId,
    at,
    confidence,
    message,
    data['cause'],
  ];
  return { findings: findings.map(one), mended: change!.mended.map(one), known: change!.touched.known.map(one) };
};

test('quick and whole give the same findings, causes and words, for one patch and for a series', async () => {
  let news = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 2, maxLength: 3 }), async (states) => {
      const patches = states.slice(1).map((to, i) => patchOf(states[i]!, to));
      fc.pre(patches.every((patch) => patch !== ''));
      const tree = place(states[0]!);
      const quick = await ask(tree, patches, true);
      news += quick.findings.length;
      assert.deepEqual(said(quick), said(await ask(tree, patches, false)));
    }),
    { numRuns: 30 },
  );
  assert.ok(news > 10, `only ${news} findings in all runs`);
});

test('a patch and its reverse: what one brings the other mends', async () => {
  await fc.assert(
    fc.asyncProperty(texts, texts, async (a, b) => {
      const [forth, back] = [patchOf(a, b), patchOf(b, a)];
      fc.pre(forth !== '');
      const [there, again] = [await ask(place(a), [forth], true), await ask(place(b), [back], true)];
      const names = (list: AuditResult['findings']): string[] =>
        list.map(({ ruleId, at, function: name }) => `${ruleId} ${at.file} ${name}`).sort();
      assert.deepEqual(names(there.findings), names(again.change!.mended));
      assert.deepEqual(names(there.change!.mended), names(again.findings));
    }),
    { numRuns: 15 },
  );
});
