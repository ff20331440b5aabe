/** The idioms that cause most false alarms elsewhere, and the laws of advice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, lineOf, only } from './helper.js';

const shown = async (text: string, id: string, kernel?: string): Promise<number[]> =>
  (await findings(text, id, { minConfidence: 'likely', ...(kernel ? { kernel } : {}) })).map((f) => f.at.line);

test('a callee that drops the lock and takes it again may sleep', async () => {
  const text = `
struct pond { spinlock_t lock; void *frog; };

static void pond_refill(struct pond *p) __must_hold(&p->lock)
{
	spin_unlock(&p->lock);
	p->frog = kmalloc(32, GFP_KERNEL);
	spin_lock(&p->lock);
}

void pond_use(struct pond *q)
{
	spin_lock(&q->lock);
	pond_refill(q);
	spin_unlock(&q->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), []);
});

test('a wait that is given the lock lets go of it', async () => {
  const text = `
struct pond { spinlock_t lock; wait_queue_head_t wait; int level; };

void pond_wait(struct pond *p)
{
	spin_lock_irq(&p->lock);
	wait_event_lock_irq(p->wait, p->level > 0, p->lock);
	spin_unlock_irq(&p->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleeping-call-in-atomic'), []);
});

test('an argument of the callee selects the mask: only the call that lets it sleep is found', async () => {
  const text = `
struct pond { spinlock_t lock; };

static void *pond_get(bool atomic)
{
	gfp_t gfp = atomic ? GFP_ATOMIC : GFP_KERNEL;

	return kmalloc(32, gfp);
}

void pond_right(struct pond *p)
{
	spin_lock(&p->lock);
	kfree(pond_get(true));
	spin_unlock(&p->lock);
}

void pond_wrong(struct pond *p)
{
	spin_lock(&p->lock);
	kfree(pond_get(false)); // found
	spin_unlock(&p->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), [lineOf(text, 'found')]);
});

test('a mask handed down decides: GFP_ATOMIC is fine, GFP_KERNEL is not', async () => {
  const text = `
struct pond { spinlock_t lock; };

static void *pond_get(size_t n, gfp_t gfp)
{
	return kzalloc(n, gfp);
}

void pond_fill(struct pond *p)
{
	spin_lock(&p->lock);
	kfree(pond_get(8, GFP_ATOMIC));
	kfree(pond_get(8, GFP_KERNEL)); // found
	spin_unlock(&p->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), [lineOf(text, 'found')]);
});

test('a test at the head of a loop belongs to the next round, not to the allocation', async () => {
  const text = `
struct frog { int legs; };
struct frog *pond_find(void);

struct frog *pond_insert(spinlock_t *lock)
{
	struct frog *spare = NULL;

again:
	spin_lock(lock);
	if (!spare && !pond_find()) {
		spin_unlock(lock);
		spare = kmalloc(sizeof(*spare), GFP_NOFS | __GFP_NOFAIL);
		goto again;
	}
	spin_unlock(lock);
	return spare;
}
`;
  assert.deepEqual(await findings(text, 'nofail-null-check'), []);
});

test('no rule proposes a scope around one allocation, and a scope around one is advice only', async () => {
  const text = `
struct pond { struct mutex lock; void *frog; };

int pond_fill(struct pond *p)
{
	unsigned int flags;

	mutex_lock(&p->lock);
	flags = memalloc_nofs_save();
	p->frog = kmalloc(32, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	mutex_unlock(&p->lock);
	return p->frog ? 0 : -ENOMEM;
}

void *pond_plain(void)
{
	return kmalloc(32, GFP_NOFS);
}
`;
  const all = await findings(text);
  assert.deepEqual(
    all.map((f) => [f.ruleId, f.severity]),
    [['scope-one-off', 'note']],
  );
});

const shrinker = (mask: string): string => `
struct pond { struct mutex lock; struct shrinker *shrinker; void *frog; };

static unsigned long pond_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct pond *p = s->private_data;

	mutex_lock(&p->lock);
	mutex_unlock(&p->lock);
	return 0;
}

void pond_register(struct pond *p)
{
	p->shrinker->scan_objects = pond_scan;
}

int pond_fill(struct pond *p)
{
	mutex_lock(&p->lock);
	p->frog = kmalloc(32, ${mask});
	mutex_unlock(&p->lock);
	return p->frog ? 0 : -ENOMEM;
}
`;

test('__GFP_NOLOCKDEP is a stated intent', async () => {
  assert.equal((await findings(shrinker('GFP_KERNEL'), 'reclaim-recursion')).length, 1);
  assert.equal((await findings(shrinker('GFP_KERNEL | __GFP_NOLOCKDEP'), 'reclaim-recursion')).length, 0);
  assert.equal((await findings(shrinker('GFP_ATOMIC'), 'reclaim-recursion')).length, 0);
});

test('the cycle of a reclaim recursion is spelled out', async () => {
  const found = await only(shrinker('GFP_KERNEL'), 'reclaim-recursion');
  assert.match(found.message, /mutex 'p\.lock' -> reclaim -> .*pond_scan.* -> mutex 'p\.lock'/);
  assert.equal(found.path.at(-1)?.function, 'pond_scan');
});

test('a flag that the caller sets keeps the callee from the sleep', async () => {
  const text = (value: number): string => `
struct pond { spinlock_t lock; struct mutex slow; int in_timeout; };

static void pond_reset(struct pond *p)
{
	if (!p->in_timeout)
		mutex_lock(&p->slow);
	p->in_timeout++;
	if (!p->in_timeout)
		mutex_unlock(&p->slow);
}

void pond_timeout(struct pond *p)
{
	spin_lock(&p->lock);
	p->in_timeout = ${value};
	pond_reset(p); // found
	spin_unlock(&p->lock);
}
`;
  assert.deepEqual(await shown(text(1), 'sleeping-call-in-atomic'), []);
  assert.deepEqual(await shown(text(0), 'sleeping-call-in-atomic'), [lineOf(text(0), 'found')]);
});

test('behind the last reference, or a question about the context, a sleep is only possible', async () => {
  const text = `
struct pond { spinlock_t lock; refcount_t refs; struct work_struct work; };

static void pond_put(struct pond *p)
{
	if (refcount_dec_and_test(&p->refs))
		cancel_work_sync(&p->work);
}

static void pond_poke(struct pond *p)
{
	if (!in_atomic())
		flush_work(&p->work);
}

void pond_use(struct pond *p)
{
	spin_lock(&p->lock);
	pond_put(p);
	pond_poke(p);
	spin_unlock(&p->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleeping-call-in-atomic'), []);
});

test('a cookie that is put away is closed elsewhere', async () => {
  const text = `
struct pond { struct mutex lock; unsigned int flags; };

void pond_lock(struct pond *p)
{
	unsigned int flags = memalloc_nofs_save();

	mutex_lock(&p->lock);
	p->flags = flags;
}

void pond_unlock(struct pond *p)
{
	unsigned int flags = p->flags;

	mutex_unlock(&p->lock);
	memalloc_nofs_restore(flags);
}
`;
  assert.deepEqual(await shown(text, 'scope-unbalanced'), []);
});
