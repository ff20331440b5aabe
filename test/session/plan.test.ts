/** Fixes made together: the first of two that touch one text, and what does not hold beside the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Fix } from '../../server/src/rules/model.js';
import { mergedEdits } from '../../server/src/session/plan.js';
import { bench } from '../fix/mend.js';

const fix = (edits: Fix['edits']): Fix => ({ title: '', safety: 'safe', edits });

test('what two fixes do alike is done once, in the order of files and places', () => {
  const include = { file: 'a.c', start: 10, end: 10, text: '#include <linux/sched/mm.h>\n' };
  const merged = mergedEdits([
    fix([{ file: 'b.c', start: 5, end: 6, text: 'x' }]),
    fix([{ file: 'a.c', start: 40, end: 44, text: 'y' }, include]),
    fix([{ ...include }, { file: 'a.c', start: 20, end: 21, text: 'z' }]),
  ]);
  assert.deepEqual(
    merged.map((e) => `${e.file}:${e.start}`),
    ['a.c:10', 'a.c:20', 'a.c:40', 'b.c:5'],
  );
});

test('two waits in one file share the header that both need', async () => {
  const wait = (name: string): string => `
void *${name}(size_t n)
{
	void *p;

again:
	p = kmalloc(n, GFP_NOFS);
	if (!p) {
		congestion_wait(BLK_RW_ASYNC, HZ / 50);
		goto again;
	}
	return p;
}
`;
  const b = bench(`#include <linux/slab.h>\n${wait('one')}${wait('two')}`, { kernel: '6.1' });
  const offers = await Promise.all(
    b.findings
      .filter((f: Finding) => f.ruleId === 'congestion-wait')
      .map(async (finding) => ({ finding, fixes: (await b.mends(finding)).fixes })),
  );
  assert.equal(offers.length, 2);
  const plan = await b.plan(offers, 'review');
  assert.deepEqual([plan.made.length, plan.left.length], [2, 0]);
  const text = Object.values(b.apply(fix(mergedEdits(plan.made.map((c) => c.fix))))).join('');
  assert.equal(text.match(/sched\/mm\.h/g)?.length, 1);
  assert.equal(text.match(/memalloc_retry_wait\(GFP_NOFS\)/g)?.length, 2);
  assert.deepEqual((await b.plan(offers, 'safe')).made, [], 'only what was asked for');
});
