/** Retry loops taken apart: each way to write one, what goes with it, and what must stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bench, mended, mendsOf } from './mend.js';

const RULE = 'open-coded-retry';
const HEAD = `struct node { int key; struct node *next; };
struct store { struct node *spare; spinlock_t lock; };
`;

/** The body of the function after its fix, or what was said instead. */
async function body(code: string, head = 'static struct node *node_get(struct store *st, gfp_t gfp)'): Promise<string> {
  const text = await mended(`${HEAD}\n${head}\n{\n${code}}\n`, RULE);
  return text.slice(text.indexOf('\n{\n') + 3).replace(/\}\n$/, '');
}

const forms: [name: string, before: string, after: string][] = [
  [
    'for ever with continue: what follows success stays',
    `	struct node *n;

	for (;;) {
		n = kzalloc(sizeof(*n), GFP_NOFS);
		if (!n) {
			cond_resched();
			continue;
		}
		n->key = 1;
		break;
	}
	return n;
`,
    `	struct node *n;

	n = kzalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);
	n->key = 1;
	return n;
`,
  ],
  [
    'a return out of the loop',
    `	struct node *n;

	while (1) {
		n = kmalloc(sizeof(*n), GFP_KERNEL);
		if (likely(n))
			return n;
		msleep(1);
	}
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);
	return n;
`,
  ],
  [
    'the dead error path goes with its label',
    `	struct node *n;

	do {
		n = kmalloc(sizeof(*n), GFP_KERNEL);
	} while (!n);
	if (!n)
		goto nomem;
	n->key = 2;
	return n;

nomem:
	pr_err("no node\\n");
	return NULL;
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);
	n->key = 2;
	return n;
`,
  ],
  [
    'a label that others jump to stays',
    `	struct node *n;

	if (!st)
		goto out;
	do {
		n = kmalloc(sizeof(*n), GFP_KERNEL);
	} while (!n);
	if (!n)
		goto out;
	return n;
out:
	return NULL;
`,
    `	struct node *n;

	if (!st)
		goto out;
	n = kmalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);
	return n;
out:
	return NULL;
`,
  ],
  [
    'the waiting stands far below, out of line',
    `	struct node *n;

again:
	n = kmalloc(sizeof(*n), GFP_NOIO);
	if (!n)
		goto wait;
	n->key = 3;
	return n;

wait:
	schedule_timeout_uninterruptible(HZ / 50);
	goto again;
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), GFP_NOIO | __GFP_NOFAIL);
	n->key = 3;
	return n;
`,
  ],
  [
    'comments that still hold stay',
    `	struct node *n;

	/* The caller cannot give up here. */
	do {
		/* one node for each key */
		n = kmalloc(sizeof(*n), GFP_NOFS);
		if (!n) {
			/* give others a chance */
			cond_resched();
		}
	} while (!n);
	return n;
`,
    `	struct node *n;

	/* The caller cannot give up here. */
	/* one node for each key */
	n = kmalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);
	return n;
`,
  ],
  [
    'a variable that only the failure used goes',
    `	struct node *n;
	int delay = HZ / 50, key = 7;

	do {
		n = kmalloc(sizeof(*n), GFP_NOFS);
		if (!n)
			schedule_timeout_uninterruptible(delay);
	} while (!n);
	n->key = key;
	return n;
`,
    `	struct node *n;
	int key = 7;

	n = kmalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);
	n->key = key;
	return n;
`,
  ],
  [
    'braces on lines of their own',
    `	struct node *n;

	do
	{
		n = kmalloc(sizeof(*n), GFP_NOFS);
	}
	while (n == NULL);
	return n;
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);
	return n;
`,
  ],
  [
    'a line that kept to 80 columns still does',
    `	struct node *first_of_the_nodes;

	do {
		first_of_the_nodes = kmalloc(sizeof(*first_of_the_nodes), gfp);
	} while (!first_of_the_nodes);
	return first_of_the_nodes;
`,
    `	struct node *first_of_the_nodes;

	first_of_the_nodes = kmalloc(sizeof(*first_of_the_nodes),
				     gfp | __GFP_NOFAIL);
	return first_of_the_nodes;
`,
  ],
  [
    'a variable that starts as NULL needs no guard',
    `	struct node *n = NULL;

	while (!n) {
		n = kmem_cache_alloc(node_cachep, GFP_NOFS);
		if (!n)
			cond_resched();
	}
	return n;
`,
    `	struct node *n;

	n = kmem_cache_alloc(node_cachep, GFP_NOFS | __GFP_NOFAIL);
	return n;
`,
  ],
  [
    'a structure member as the place of the result',
    `	while (!st->spare)
		st->spare = kmalloc(sizeof(*st->spare), GFP_NOFS);
	return st->spare;
`,
    `	if (!st->spare)
		st->spare = kmalloc(sizeof(*st->spare),
				    GFP_NOFS | __GFP_NOFAIL);
	return st->spare;
`,
  ],
  [
    'an else behind the test of success',
    `	struct node *n;

retry:
	n = kmalloc(sizeof(*n), GFP_NOFS);
	if (n) {
		n->key = 4;
	} else {
		cond_resched();
		goto retry;
	}
	return n;
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);
	n->key = 4;
	return n;
`,
  ],
  [
    'a mask with a flag taken out',
    `	struct node *n;

	do
		n = kmalloc(sizeof(*n), GFP_KERNEL & ~__GFP_IO);
	while (!n);
	return n;
`,
    `	struct node *n;

	n = kmalloc(sizeof(*n), (GFP_KERNEL & ~__GFP_IO) | __GFP_NOFAIL);
	return n;
`,
  ],
];

for (const [name, before, after] of forms) {
  test(name, async () => assert.equal(await body(before), after));
  test(`${name}, CRLF`, async () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    const frame = (code: string): string => `${HEAD}\nstatic struct node *node_get(struct store *st, gfp_t gfp)\n{\n${code}}\n`;
    assert.equal(await mended(crlf(frame(before)), RULE), crlf(frame(after)));
  });
}

const refused: [name: string, code: string, reason: RegExp][] = [
  [
    'a macro that makes the loop',
    `	struct node *n;

	do {
		n = kmalloc(sizeof(*n), GFP_KERNEL);
#ifdef CONFIG_NODE_STATS
		count_node();
#endif
	} while (!n);
	return n;
`,
    /preprocessor directive/,
  ],
  [
    'a mode in which failing is wanted',
    `	struct node *n;
	bool optional = gfp & __GFP_NORETRY;

	do {
		n = kmalloc(sizeof(*n), GFP_NOFS);
		if (n || optional)
			return n;
		msleep(20);
	} while (1);
`,
    /one mode only/,
  ],
  [
    'a request that is not made in every round',
    `	struct node *n = NULL;

	do {
		if (st->spare)
			n = kmalloc(sizeof(*n), GFP_NOFS);
		msleep(1);
	} while (!n);
	return n;
`,
    /no test of its failure|mode|looks at other state/,
  ],
  [
    'a signal',
    `	struct node *n;

	while (!(n = kmalloc(sizeof(*n), GFP_KERNEL))) {
		if (fatal_signal_pending(current))
			return NULL;
		cond_resched();
	}
	return n;
`,
    /left by a signal/,
  ],
  [
    'a lock that is dropped',
    `	struct node *n;

	mutex_lock(&node_mutex);
	while (!(n = kmalloc(sizeof(*n), GFP_KERNEL))) {
		mutex_unlock(&node_mutex);
		cond_resched();
		mutex_lock(&node_mutex);
	}
	mutex_unlock(&node_mutex);
	return n;
`,
    /drops a lock/,
  ],
  [
    'a count',
    `	struct node *n = NULL;
	int i;

	for (i = 0; i < 5; i++) {
		n = kmalloc(sizeof(*n), GFP_KERNEL);
		if (n)
			break;
		msleep(10);
	}
	return n;
`,
    /counts its attempts/,
  ],
];

for (const [name, code, reason] of refused) {
  test(`says why not: ${name}`, async () => {
    const { fixes, refusals } = await mendsOf(`${HEAD}\nstatic struct node *node_get(struct store *st, gfp_t gfp)\n{\n${code}}\n`, RULE);
    assert.deepEqual(fixes, []);
    assert.match(refusals.map((r) => r.reason).join('; '), reason);
  });
}

test('a loop that drops a lock is advised to stay; one under a lock to allocate before it', async () => {
  const code = (inner: string): string =>
    `${HEAD}\nstatic struct node *node_get(struct store *st)\n{\n\tstruct node *n;\n\n${inner}\treturn n;\n}\n`;
  const spinning = await mendsOf(
    code('\tspin_lock(&st->lock);\n\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_ATOMIC);\n\t} while (!n);\n\tspin_unlock(&st->lock);\n'),
    RULE,
  );
  assert.deepEqual(spinning.fixes, []);
  assert.match(spinning.advice.map((a) => a.title).join(), /before the lock/);
  const waiting = await mendsOf(
    code('\twhile (!(n = kmalloc(sizeof(*n), GFP_KERNEL))) {\n\t\tif (signal_pending(current))\n\t\t\treturn NULL;\n\t\tmsleep(1);\n\t}\n'),
    RULE,
  );
  assert.match(waiting.advice.map((a) => a.title).join(), /Leave the loop/);
});

test('whatever comments and blank lines stand between: the loop goes, the request stays, the text is whole', async () => {
  let offered = 0;
  const spot = fc.record({ line: fc.nat(30), text: fc.constantFrom('/* why */', '/* } */', '// {', '/* goto retry; */', '') });
  await fc.assert(
    fc.asyncProperty(fc.nat(forms.length - 1), fc.array(spot, { maxLength: 4 }), fc.boolean(), async (which, spots, crlf) => {
      const lines = forms[which]![1].split('\n').flatMap((line, i, all) => {
        const here = spots.filter((s) => s.line % all.length === i && /[;{}:]$/.test(line)).map((s) => s.text && `\t\t${s.text}`);
        return [line, ...here];
      });
      const before = `${HEAD}\nstatic struct node *node_get(struct store *st, gfp_t gfp)\n{\n${lines.join('\n')}}\n`;
      const b = bench(crlf ? before.replaceAll('\n', '\r\n') : before);
      const finding = b.findings.find((f) => f.ruleId === RULE);
      if (!finding) return;
      const [fix] = (await b.mends(finding)).fixes;
      if (!fix) return;
      offered++;
      const [after] = Object.values(b.apply(fix));
      assert.deepEqual(
        bench(after!).findings.filter((f) => f.ruleId === RULE),
        [],
      );
      assert.equal(after!.match(/__GFP_NOFAIL/g)?.length, 1);
      assert.equal(/\r(?!\n)|[^\r]\n/.test(after!), !crlf, after);
      const code = after!.replace(/\/\*.*?\*\/|\/\/.*/g, '');
      assert.equal(code.match(/\{/g)?.length, code.match(/\}/g)?.length, after);
    }),
    { numRuns: 80, seed: 7 },
  );
  assert.ok(offered > 50, `${offered} offered`);
});
