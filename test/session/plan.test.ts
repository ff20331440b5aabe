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

test('a fix that alone makes another finding surer is made beside the fix of that one', async () => {
  const text = `struct den { struct mutex lock; void *a, *b; };

int fill(struct den *d, int n)
{
	d->a = kmalloc(n, GFP_KERNEL | GFP_NOFS);
	return d->a ? 0 : -ENOMEM;
}

int pour(struct den *d, int n)
{
	d->b = kmalloc(n, GFP_KERNEL | GFP_NOFS);
	return d->b ? 0 : -ENOMEM;
}
`;
  const b = bench(text);
  const [one, two] = await Promise.all(
    b.findings.filter((f: Finding) => f.ruleId === 'contradictory-mask').map(async (finding) => ({ finding, ...(await b.mends(finding)) })),
  );
  assert.ok(one && two);
  const late = await b.plan([one, { ...two, fixes: [], late: two.fixes }], 'review');
  assert.equal(late.made.length, 2);
  assert.deepEqual((await b.plan([{ ...two, fixes: [], late: two.fixes }], 'review')).made, [], 'never alone');
  const clash = { ...two, fixes: [], late: one.fixes.map((f) => ({ ...f, edits: f.edits.map((e) => ({ ...e, text: 'GFP_NOIO' })) })) };
  assert.equal((await b.plan([one, clash], 'review')).made.length, 1, 'nor over the text of another');
});
