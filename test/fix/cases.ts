/** Code before and after each fixer's first offer. */

export interface Case {
  rule: string;
  title: string;
  before: string;
  /** The text after the first fix (whose title matches `pick`). */
  after: string;
  pick?: RegExp;
  kernel?: string;
}

/** A structure that several snippets use. */
export const box = 'struct box { spinlock_t lock; struct mutex big; void *buf; int n; };\n\n';

export const cases: Case[] = [
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
    rule: 'scope-one-off',
    title: 'a comment that gives the reason alone still holds',
    before: `void *load(size_t size)
{
	unsigned int flags;
	void *p;

	/* A transaction is open: the file system must not be entered. */
	flags = memalloc_nofs_save();
	p = kmalloc(size, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	return p;
}
`,
    after: `void *load(size_t size)
{
	void *p;

	/* A transaction is open: the file system must not be entered. */
	p = kmalloc(size, GFP_NOFS);
	return p;
}
`,
  },
  {
    rule: 'atomic-where-sleepable',
    title: 'in a file that keeps reclaim away from its I/O, as the others there do',
    before: `${box}void *box_bio(struct box *b)
{
	return mempool_alloc(b->buf, GFP_NOIO);
}

int box_fill(struct box *b, size_t n)
{
	mutex_lock(&b->big);
	b->buf = kmalloc(n, GFP_ATOMIC);
	mutex_unlock(&b->big);
	return b->buf ? 0 : -ENOMEM;
}
`,
    after: `${box}void *box_bio(struct box *b)
{
	return mempool_alloc(b->buf, GFP_NOIO);
}

int box_fill(struct box *b, size_t n)
{
	mutex_lock(&b->big);
	b->buf = kmalloc(n, GFP_NOIO);
	mutex_unlock(&b->big);
	return b->buf ? 0 : -ENOMEM;
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
    rule: 'contradictory-mask',
    title: 'two flags that say nothing go at once',
    before: 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_NOWAIT | __GFP_NORETRY | __GFP_NOWARN);\n}\n',
    after: 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_NOWAIT);\n}\n',
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
  {
    rule: 'nofail-unsupported',
    title: 'an argument that was below because it was too long goes up again',
    before:
      'struct pack { mempool_t *members_of_the_pack; };\n\nvoid *pack_call(struct pack *p)\n{\n\treturn mempool_alloc(p->members_of_the_pack,\n\t\t\t     GFP_NOIO | __GFP_NOFAIL | __GFP_NOWARN);\n}\n',
    after:
      'struct pack { mempool_t *members_of_the_pack; };\n\nvoid *pack_call(struct pack *p)\n{\n\treturn mempool_alloc(p->members_of_the_pack, GFP_NOIO | __GFP_NOWARN);\n}\n',
  },
  {
    rule: 'nofail-unsupported',
    title: 'an argument that its author put below stays there',
    before:
      'struct pack { mempool_t *members; };\n\nvoid *pack_call(struct pack *p)\n{\n\treturn mempool_alloc(p->members,\n\t\t\t     GFP_NOIO | __GFP_NOFAIL);\n}\n',
    after:
      'struct pack { mempool_t *members; };\n\nvoid *pack_call(struct pack *p)\n{\n\treturn mempool_alloc(p->members,\n\t\t\t     GFP_NOIO);\n}\n',
  },
  {
    rule: 'open-coded-retry',
    title: 'what stood in a loop right below the declarations is set apart from them',
    before: `struct cub { int n; };

static struct cub *cub_new(void)
{
	struct cub *cub;
	while (1) {
		cub = kmalloc(sizeof(*cub), GFP_NOFS);
		if (cub)
			return cub;
		yield();
	}
}
`,
    after: `struct cub { int n; };

static struct cub *cub_new(void)
{
	struct cub *cub;

	cub = kmalloc(sizeof(*cub), GFP_NOFS | __GFP_NOFAIL);
	return cub;
}
`,
  },
  {
    rule: 'open-coded-retry',
    title: 'the same, where the request stands in the head of the loop',
    before: `struct cub { int n; };

void cub_keep(struct cub **kept)
{
	struct cub *cub;
	while (!(cub = kmalloc(sizeof(*cub), GFP_NOFS)))
		cond_resched();
	*kept = cub;
}
`,
    after: `struct cub { int n; };

void cub_keep(struct cub **kept)
{
	struct cub *cub;

	cub = kmalloc(sizeof(*cub), GFP_NOFS | __GFP_NOFAIL);
	*kept = cub;
}
`,
  },
  {
    rule: 'nofail-null-check',
    title: 'braces around the one statement that is left go',
    before: `void *keep(struct box *b, void *p)
{
	if (!p) {
		p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
		if (!p)
			return NULL;
	}
	b->buf = p;
	return p;
}
`,
    after: `void *keep(struct box *b, void *p)
{
	if (!p)
		p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
	b->buf = p;
	return p;
}
`,
  },
  {
    rule: 'nofail-null-check',
    title: 'braces that a comment or an else needs stay',
    before: `void *keep(struct box *b, void *p)
{
	if (!p) {
		/* The caller had none. */
		p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
		if (!p)
			return NULL;
	}
	b->buf = p;
	return p;
}
`,
    after: `void *keep(struct box *b, void *p)
{
	if (!p) {
		/* The caller had none. */
		p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);
	}
	b->buf = p;
	return p;
}
`,
  },
];
