/** Every fixer, by snippets before and after; what must not be offered, and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXERS } from '../../server/src/fix/fixers.js';
import { RULES } from '../../server/src/rules/index.js';
import { mended, mendsOf } from './mend.js';

interface Case {
  rule: string;
  title: string;
  before: string;
  /** The text after the first fix (whose title matches `pick`). */
  after: string;
  pick?: RegExp;
  kernel?: string;
}

const box = 'struct box { spinlock_t lock; struct mutex big; void *buf; int n; };\n\n';

const cases: Case[] = [
  {
    rule: 'sleep-in-atomic',
    title: 'in front of the lock, with its failure path',
    before: `${box}int box_fill(struct box *b, size_t n)
{
	void *p;

	spin_lock(&b->lock);
	b->n++;
	p = kmalloc(n, GFP_KERNEL);
	if (!p) {
		spin_unlock(&b->lock);
		return -ENOMEM;
	}
	b->buf = p;
	spin_unlock(&b->lock);
	return 0;
}
`,
    after: `${box}int box_fill(struct box *b, size_t n)
{
	void *p;

	p = kmalloc(n, GFP_KERNEL);
	if (!p)
		return -ENOMEM;

	spin_lock(&b->lock);
	b->n++;
	b->buf = p;
	spin_unlock(&b->lock);
	return 0;
}
`,
  },
  {
    rule: 'sleep-in-atomic',
    title: 'the size is read under the lock: only the mask',
    before: `${box}int box_fill(struct box *b)
{
	void *p;

	spin_lock(&b->lock);
	p = kmalloc(b->n, GFP_KERNEL_ACCOUNT);
	if (!p) {
		spin_unlock(&b->lock);
		return -ENOMEM;
	}
	b->buf = p;
	spin_unlock(&b->lock);
	return 0;
}
`,
    after: `${box}int box_fill(struct box *b)
{
	void *p;

	spin_lock(&b->lock);
	p = kmalloc(b->n, GFP_ATOMIC | __GFP_ACCOUNT);
	if (!p) {
		spin_unlock(&b->lock);
		return -ENOMEM;
	}
	b->buf = p;
	spin_unlock(&b->lock);
	return 0;
}
`,
  },
  {
    rule: 'sleep-in-atomic',
    title: 'GFP_NOWAIT, a line that would pass 80 columns broken at the argument',
    pick: /NOWAIT/,
    before: `${box}int box_fill(struct box *b)
{
	spin_lock(&b->lock);
	b->buf = kmalloc_array(b->n, sizeof(struct box), GFP_KERNEL_ACCOUNT);
	spin_unlock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}
`,
    after: `${box}int box_fill(struct box *b)
{
	spin_lock(&b->lock);
	b->buf = kmalloc_array(b->n, sizeof(struct box),
			       GFP_NOWAIT | __GFP_ACCOUNT);
	spin_unlock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}
`,
  },
  {
    rule: 'nonblock-violation',
    title: 'in a section that must not block',
    before: `int zap(void)
{
	void *p;

	non_block_start();
	p = kmalloc(32, GFP_KERNEL);
	non_block_end();
	if (!p)
		return -ENOMEM;
	kfree(p);
	return 0;
}
`,
    after: `int zap(void)
{
	void *p;

	non_block_start();
	p = kmalloc(32, GFP_NOWAIT);
	non_block_end();
	if (!p)
		return -ENOMEM;
	kfree(p);
	return 0;
}
`,
  },
  {
    rule: 'atomic-where-sleepable',
    title: 'under a mutex',
    before: `${box}int box_fill(struct box *b)
{
	mutex_lock(&b->big);
	b->buf = kzalloc(64, GFP_ATOMIC | __GFP_NOWARN);
	mutex_unlock(&b->big);
	return b->buf ? 0 : -ENOMEM;
}
`,
    after: `${box}int box_fill(struct box *b)
{
	mutex_lock(&b->big);
	b->buf = kzalloc(64, GFP_KERNEL | __GFP_NOWARN);
	mutex_unlock(&b->big);
	return b->buf ? 0 : -ENOMEM;
}
`,
  },
  {
    rule: 'congestion-wait',
    title: 'after a failed allocation, with the header',
    kernel: '6.1',
    before: `#include <linux/slab.h>
#include <linux/string.h>

void *grab(size_t n)
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
`,
    after: `#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

void *grab(size_t n)
{
	void *p;

again:
	p = kmalloc(n, GFP_NOFS);
	if (!p) {
		memalloc_retry_wait(GFP_NOFS);
		goto again;
	}
	return p;
}
`,
  },
  {
    rule: 'congestion-wait',
    title: 'before 5.17 the same duration',
    kernel: '5.10',
    before: `void *grab(size_t n)
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
`,
    after: `void *grab(size_t n)
{
	void *p;

again:
	p = kmalloc(n, GFP_NOFS);
	if (!p) {
		schedule_timeout_uninterruptible(HZ / 50);
		goto again;
	}
	return p;
}
`,
  },
  {
    rule: 'nofail-nonblocking',
    title: 'a promise that is not kept, and a failure that is handled',
    before: `int grab(void **out)
{
	void *p = kmalloc(32, GFP_ATOMIC | __GFP_NOFAIL | __GFP_NOWARN);

	if (!p)
		return -ENOMEM;
	*out = p;
	return 0;
}
`,
    after: `int grab(void **out)
{
	void *p = kmalloc(32, GFP_ATOMIC | __GFP_NOWARN);

	if (!p)
		return -ENOMEM;
	*out = p;
	return 0;
}
`,
  },
  {
    rule: 'nofail-conflict',
    title: 'nothing handles a failure: the other flag goes',
    before: `void fill(struct list *l)
{
	l->next = kmalloc(sizeof(*l), GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);
	l->next->next = NULL;
}
`,
    after: `void fill(struct list *l)
{
	l->next = kmalloc(sizeof(*l), GFP_KERNEL | __GFP_NOFAIL);
	l->next->next = NULL;
}
`,
  },
  {
    rule: 'nofail-unsupported',
    title: 'a pool waits anyway',
    before: 'void *grab(mempool_t *pool)\n{\n\treturn mempool_alloc(pool, GFP_NOIO | __GFP_NOFAIL);\n}\n',
    after: 'void *grab(mempool_t *pool)\n{\n\treturn mempool_alloc(pool, GFP_NOIO);\n}\n',
  },
  {
    rule: 'nofail-null-check',
    title: 'the check, its label and what only it reaches',
    before: `int grow(struct box *b)
{
	int err;
	void *p;

	p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
	if (!p) {
		err = -ENOMEM;
		goto fail;
	}
	b->buf = p;
	return 0;

fail:
	pr_warn("no memory\\n");
	return err;
}
`,
    after: `int grow(struct box *b)
{
	void *p;

	p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
	b->buf = p;
	return 0;
}
`,
  },
  {
    rule: 'mempool-null-check',
    title: 'a label that others use stays',
    before: `int send(struct box *b, int id)
{
	void *p;
	int err = -EINVAL;

	if (id < 0)
		goto out;
	p = mempool_alloc(b->pool, GFP_NOIO);
	if (!p) {
		err = -ENOMEM;
		goto out;
	}
	err = queue(b, p);
out:
	return err;
}
`,
    after: `int send(struct box *b, int id)
{
	void *p;
	int err = -EINVAL;

	if (id < 0)
		goto out;
	p = mempool_alloc(b->pool, GFP_NOIO);
	err = queue(b, p);
out:
	return err;
}
`,
  },
  {
    rule: 'scope-unbalanced',
    title: 'a return without braces',
    before: `int sync_it(struct inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err = sync_tree(inode);

	if (err)
		return err; /* nothing was written */
	memalloc_nofs_restore(flags);
	return 0;
}
`,
    after: `int sync_it(struct inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err = sync_tree(inode);

	if (err) {
		memalloc_nofs_restore(flags);
		return err; /* nothing was written */
	}
	memalloc_nofs_restore(flags);
	return 0;
}
`,
  },
  {
    rule: 'scope-unbalanced',
    title: 'restores in reverse order',
    before: `void both(struct inode *inode)
{
	unsigned int fs = memalloc_nofs_save();
	unsigned int io = memalloc_noio_save();

	sync_tree(inode);
	memalloc_nofs_restore(fs);
	memalloc_noio_restore(io);
}
`,
    after: `void both(struct inode *inode)
{
	unsigned int fs = memalloc_nofs_save();
	unsigned int io = memalloc_noio_save();

	sync_tree(inode);
	memalloc_noio_restore(io);
	memalloc_nofs_restore(fs);
}
`,
  },
  {
    rule: 'scope-one-off',
    title: 'the mask says it; the cookie goes',
    before: `void *load(size_t size, int kind)
{
	unsigned int flags;
	void *p;

	flags = memalloc_nofs_save();
	p = kmalloc(size, GFP_KERNEL | __GFP_ZERO);
	memalloc_nofs_restore(flags);
	return p;
}
`,
    after: `void *load(size_t size, int kind)
{
	void *p;

	p = kmalloc(size, GFP_NOFS | __GFP_ZERO);
	return p;
}
`,
  },
  {
    rule: 'scope-redundant-flag',
    title: 'GFP_NOFS inside its scope',
    before: `void *load(size_t n)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(n, GFP_NOFS | __GFP_ACCOUNT);
	void *q = kmalloc(n, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	kfree(q);
	return p;
}
`,
    after: `void *load(size_t n)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(n, GFP_KERNEL_ACCOUNT);
	void *q = kmalloc(n, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	kfree(q);
	return p;
}
`,
  },
  {
    rule: 'contradictory-mask',
    title: 'two base masks: the stricter is meant',
    before: 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_KERNEL | GFP_NOFS | __GFP_ZERO);\n}\n',
    after: 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_NOFS | __GFP_ZERO);\n}\n',
  },
  {
    rule: 'kvmalloc-flags',
    title: 'no fallback for GFP_ATOMIC',
    before: 'void *load(size_t n)\n{\n\treturn kvcalloc(n, sizeof(int), GFP_ATOMIC);\n}\n',
    after: 'void *load(size_t n)\n{\n\treturn kcalloc(n, sizeof(int), GFP_ATOMIC | __GFP_NOWARN);\n}\n',
  },
  {
    rule: 'lockless-alloc',
    title: 'an empty mask',
    before: 'void *load(size_t n)\n{\n\treturn kmalloc(n, 0);\n}\n',
    after: 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_NOWAIT);\n}\n',
  },
  {
    rule: 'gfp-parameter-ignored',
    title: "the caller's mask, zeroing kept",
    before: 'static void *load(size_t n, gfp_t how)\n{\n\treturn kmalloc(n, GFP_KERNEL | __GFP_ZERO);\n}\n',
    after: 'static void *load(size_t n, gfp_t how)\n{\n\treturn kmalloc(n, how | __GFP_ZERO);\n}\n',
  },
  {
    rule: 'swapped-arguments',
    title: 'the mask before count and size',
    before: 'int *load(unsigned int n)\n{\n\treturn kcalloc(GFP_KERNEL, n, sizeof(int));\n}\n',
    after: 'int *load(unsigned int n)\n{\n\treturn kcalloc(n, sizeof(int), GFP_KERNEL);\n}\n',
  },
];

for (const { rule, title, before, after, pick, kernel } of cases) {
  test(`${rule}: ${title}`, async () => {
    const options = { ...(kernel === undefined ? {} : { kernel }), ...(pick ? { title: pick } : {}) };
    assert.equal(await mended(before, rule, options), after);
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    assert.equal(await mended(crlf(before), rule, options), crlf(after), 'with CRLF');
  });
}

interface Denied {
  rule: string;
  title: string;
  text: string;
  /** What refusal or advice must say. */
  says: RegExp;
  kernel?: string;
}

const denied: Denied[] = [
  {
    rule: 'sleep-in-atomic',
    title: 'the result is used without a check',
    text: `${box}void box_fill(struct box *b)\n{\n\tstruct box *p;\n\n\tspin_lock(&b->lock);\n\tp = kmalloc(8, GFP_KERNEL);\n\tp->n = 1;\n\tspin_unlock(&b->lock);\n}\n`,
    says: /used without a check/,
  },
  {
    rule: 'sleep-in-atomic',
    title: '__GFP_NOFAIL cannot be kept without waiting',
    text: `${box}void box_fill(struct box *b)\n{\n\tspin_lock(&b->lock);\n\tb->buf = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);\n\tspin_unlock(&b->lock);\n}\n`,
    says: /__GFP_NOFAIL has to go, or the lock/,
  },
  {
    rule: 'sleep-in-atomic',
    title: 'the allocation stands below: its place is named',
    text: `${box}static void *deep(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n\nvoid box_fill(struct box *b)\n{\n\tspin_lock(&b->lock);\n\tb->buf = deep();\n\tspin_unlock(&b->lock);\n}\n`,
    says: /in deep\(\) \(drivers\/otter\/otter\.c:5\).*box_fill\(\) takes the spinlock/,
  },
  {
    rule: 'scope-unbalanced',
    title: 'the value that is returned is computed inside the scope',
    text: `int sync_it(struct inode *inode)\n{\n\tunsigned int flags = memalloc_nofs_save();\n\n\tif (inode->bad)\n\t\treturn sync_tree(inode);\n\tmemalloc_nofs_restore(flags);\n\treturn 0;\n}\n`,
    says: /computed inside the scope/,
  },
  {
    rule: 'nofail-null-check',
    title: 'an #if stands in the check',
    text: `int grow(struct box *b)\n{\n\tvoid *p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);\n\n\tif (!p) {\n#ifdef CONFIG_OTTER\n\t\tpr_warn("x");\n#endif\n\t\treturn -ENOMEM;\n\t}\n\tb->buf = p;\n\treturn 0;\n}\n`,
    says: /directive/,
  },
  {
    rule: 'kvmalloc-flags',
    title: 'before 5.18 a scope where its reason begins, never around the call',
    kernel: '5.10',
    text: 'void *load(size_t n)\n{\n\treturn kvmalloc(n, GFP_NOFS);\n}\n',
    says: /where the lock is taken or the transaction begins/,
  },
  {
    rule: 'contradictory-mask',
    title: 'a macro of the file makes the call: its other users share it',
    text: '#define GRAB(n) kmalloc(n, GFP_KERNEL | GFP_NOFS)\n\nvoid *load(size_t n)\n{\n\treturn GRAB(n);\n}\n',
    says: /macro/,
  },
];

for (const { rule, title, text, says, kernel } of denied) {
  test(`not offered, ${rule}: ${title}`, async () => {
    const { fixes, advice, refusals } = await mendsOf(text, rule, kernel === undefined ? {} : { kernel });
    assert.deepEqual(
      fixes.map((f) => f.title),
      [],
    );
    assert.match(JSON.stringify([advice, refusals]), says);
  });
}

test('reclaim recursion: the scope is advice that names the place, the mask at the site is to review', async () => {
  const text = `struct cache { struct mutex lock; struct list_head items; struct shrinker *s; void *spare; };

static unsigned long cache_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct cache *c = s->private_data;

	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	mutex_lock(&c->lock);
	mutex_unlock(&c->lock);
	return 0;
}

static struct shrinker cache_shrinker = { .scan_objects = cache_scan };

int cache_fill(struct cache *c)
{
	mutex_lock(&c->lock);
	c->spare = kmalloc(64, GFP_KERNEL);
	mutex_unlock(&c->lock);
	return c->spare ? 0 : -ENOMEM;
}
`;
  const { fixes, advice } = await mendsOf(text, 'reclaim-recursion');
  assert.match(`${advice[0]?.title} ${advice[0]?.detail}`, /scope|before/);
  assert.ok(
    fixes.every((f) => f.safety === 'review'),
    'never safe',
  );
});

test('every rule has a fixer, or says why it has none', () => {
  for (const { meta } of RULES) {
    const fixer = FIXERS.some((f) => f.rules.includes(meta.id));
    assert.notEqual(fixer, meta.noFix !== undefined, `${meta.id}: a fixer, or a reason in its metadata`);
  }
});
