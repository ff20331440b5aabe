/** What a callee leaves held, or gives back, for its caller: by its value, by a macro, by the name of a member. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

const lines = async (text: string): Promise<number[]> =>
  (await findings(text, 'sleep-in-atomic')).map((f) => f.at.line).sort((a, b) => a - b);
const at = (text: string, mark: string): number[] => text.split('\n').flatMap((line, i) => (line.includes(`// ${mark}`) ? [i + 1] : []));

test('a macro that returns the object whose lock it took, by the name of a member', async () => {
  const text = `
struct nest { spinlock_t latch; int eggs; };
struct tree { struct nest *nests; };

#define nest_trylock(type, member, ptr) ({ type *_n; preempt_disable(); _n = this_cpu_ptr(ptr); if (!spin_trylock(&_n->member)) { preempt_enable(); _n = NULL; } _n; })
#define nest_unlock(member, ptr) ({ spin_unlock(&(ptr)->member); preempt_enable(); })
#define tree_trylock(ptr) nest_trylock(struct nest, latch, ptr)
#define tree_unlock(ptr) nest_unlock(latch, ptr)

int tree_count(struct tree *t)
{
	struct nest *n = tree_trylock(t->nests);
	int eggs;

	if (!n)
		return 0;
	eggs = n->eggs;
	tree_unlock(n);
	return eggs;
}

void *tree_copy(struct tree *t)
{
	tree_count(t);
	return kmalloc(8, GFP_KERNEL);
}

void *tree_wrong(struct tree *t)
{
	struct nest *n = tree_trylock(t->nests);
	void *copy;

	if (!n)
		return NULL;
	copy = kmalloc(8, GFP_KERNEL); // finds
	tree_unlock(n);
	return copy;
}
`;
  assert.deepEqual(await lines(text), at(text, 'finds'));
});

test('a lookup that returns its find locked, through a wrapper; the release stated by an annotation', async () => {
  const text = `
struct owl { raw_spinlock_t lock; int *feathers; };

struct owl *__owl_get_lock(int id, unsigned long *flags)
{
	struct owl *o = owl_by_id(id);

	if (o)
		raw_spin_lock_irqsave(&o->lock, *flags);
	return o;
}

static inline struct owl *owl_get_lock(int id, unsigned long *flags)
{
	return __owl_get_lock(id, flags);
}

void owl_put_unlock(struct owl *o, unsigned long flags) __releases(&o->lock)
{
	raw_spin_unlock_irqrestore(&o->lock, flags);
}

int owl_preen(int id)
{
	unsigned long flags;
	struct owl *bird = owl_get_lock(id, &flags);
	int *fresh;

	if (!bird)
		return -EINVAL;
	fresh = kmalloc(4, GFP_KERNEL); // finds
	bird->feathers = fresh;
	owl_put_unlock(bird, flags);
	fresh = kmalloc(4, GFP_KERNEL);
	kfree(fresh);
	return 0;
}
`;
  assert.deepEqual(await lines(text), at(text, 'finds'));
});

test('a condition that lock and unlock share but that was not followed leaves nothing behind', async () => {
  const text = `
struct newt { spinlock_t lock; struct newt *owner; int depth; };

static unsigned long newt_lock(struct newt *n)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(&n->lock, flags)) {
		if (n->owner == current_newt()) {
			n->depth++;
			return flags;
		}
		spin_lock_irqsave(&n->lock, flags);
	}
	n->owner = current_newt();
	return flags;
}

static void newt_unlock(struct newt *n, unsigned long flags)
{
	if (--n->depth)
		return;
	spin_unlock_irqrestore(&n->lock, flags);
}

void newt_feed(struct newt *n)
{
	unsigned long flags = newt_lock(n);

	n->depth += 2;
	newt_unlock(n, flags);
}

void *newt_grow(struct newt *n)
{
	newt_feed(n);
	return kmalloc(64, GFP_KERNEL);
}
`;
  assert.deepEqual(await lines(text), []);
});

test('a reference put under a lock that the last release gives back', async () => {
  const text = `
static DEFINE_SPINLOCK(pond_lock);

static inline int frog_put_lock(struct kref *kref, void (*release)(struct kref *kref), spinlock_t *lock)
{
	if (refcount_dec_and_lock(&kref->refcount, lock)) {
		release(kref);
		return 1;
	}
	return 0;
}

static void frog_gone(struct kref *kref)
{
	spin_unlock(&pond_lock);
}

void *frog_done(struct kref *kref)
{
	frog_put_lock(kref, frog_gone, &pond_lock);
	return kmalloc(16, GFP_KERNEL);
}
`;
  assert.deepEqual(await lines(text), []);
});

test('a variable that a macro declares is no lock of the caller', async () => {
  const text = `
struct den { spinlock_t lock; struct xarray foxes; };

int den_slot(struct den *d, unsigned long index)
{
	XA_STATE(xas, &d->foxes, index);

	do {
		if (!xas_find(&xas, ULONG_MAX))
			return 0;
		xas_unlock(&xas);
		cpu_relax();
		xas_lock(&xas);
	} while (index--);
	xas_unlock(&xas);
	return 1;
}

int den_fill(struct den *d)
{
	void *fox;

	spin_lock(&d->lock);
	den_slot(d, 1);
	fox = kmalloc(8, GFP_KERNEL); // finds
	spin_unlock(&d->lock);
	return fox != NULL;
}
`;
  assert.deepEqual(await lines(text), at(text, 'finds'));
});

test('an unlock that refuses when its own check fails', async () => {
  const text = `
static raw_spinlock_t teal_latch;

static inline void teal_lock(void)
{
	raw_spin_lock(&teal_latch);
	teal_owner = current;
}
static inline void teal_unlock(void)
{
	if (teal_watch && TEAL_WARN_ON(teal_owner != current))
		return;
	teal_owner = NULL;
	raw_spin_unlock(&teal_latch);
}
void teal_lock_class(struct teal *t)
{
	teal_lock();
	t->seen++;
	teal_unlock();
}
void *teal_start(struct teal *t)
{
	teal_lock_class(t);
	return kmalloc(8, GFP_KERNEL);
}
void *teal_wrong(struct teal *t)
{
	void *p;

	teal_lock();
	p = kmalloc(8, GFP_KERNEL); // finds
	teal_unlock();
	return p;
}
`;
  assert.deepEqual(await lines(text), at(text, 'finds'));
});
