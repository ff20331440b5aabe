/** Causes of wrong findings on real kernels, each in our own words, beside a bug of the same shape that must still be shown. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextAuditOptions } from '../../server/src/engine.js';
import { findings } from './helper.js';

/** Lines of what is shown by default, as 'rule:mark of the line'. */
async function shown(text: string, options: TextAuditOptions = {}): Promise<string[]> {
  const source = text.split('\n');
  const list = (await findings(text, undefined, options)).filter((f) => f.confidence !== 'possible');
  return list.map((f) => `${f.ruleId} ${/\/\/ (\w+)/.exec(source[f.at.line - 1] ?? '')?.[1] ?? `line ${f.at.line}`}`).sort();
}

const LOCKED = (body: string) => `
struct otter { spinlock_t lock; struct mutex m; atomic_t refs; int count; bool fast; void *buf; struct task_struct *owner; };
${body}`;

describe('what a callee does not always do', () => {
  it('a last reference, kept in a variable and in a flag', async () => {
    const text = LOCKED(`
void otter_free(struct otter *o) { mutex_lock(&o->m); mutex_unlock(&o->m); }
void otter_put(struct otter *o)
{
	bool last, dead = false;

	last = atomic_dec_and_test(&o->refs);
	if (last)
		dead = true;
	if (dead)
		otter_free(o);
}
void otter_drop(struct otter *o)
{
	if (--o->count > 0)
		return;
	otter_free(o);
}
void otter_use(struct otter *o)
{
	spin_lock(&o->lock);
	otter_put(o);
	otter_drop(o);
	otter_free(o); // wrong
	spin_unlock(&o->lock);
}`);
    assert.deepEqual(await shown(text), ['sleeping-call-in-atomic wrong']);
  });

  it('a mode that the caller sets in a structure, a parameter that is asked about once', async () => {
    const text = LOCKED(`
void otter_send(struct otter *o, void *extra)
{
	if (!o->fast)
		mutex_lock(&o->m);
	if (extra) {
		extra = o->buf;
		msleep(1);
	}
}
void otter_quick(struct otter *o)
{
	o->fast = true;
	spin_lock(&o->lock);
	otter_send(o, NULL);
	spin_unlock(&o->lock);
}
void otter_slow(struct otter *o)
{
	o->fast = false;
	spin_lock(&o->lock);
	otter_send(o, NULL); // wrong
	spin_unlock(&o->lock);
}
struct den { bool quiet; };
void den_close(struct den *d)
{
	bool quiet = d->quiet;

	if (!quiet)
		msleep(1);
}
void den_swap(struct otter *o, struct den *d)
{
	d->quiet = true;
	spin_lock(&o->lock);
	den_close(d);
	spin_unlock(&o->lock);
}
void otter_more(struct otter *o)
{
	o->fast = true;
	spin_lock(&o->lock);
	otter_send(o, &o->count); // also
	spin_unlock(&o->lock);
}`);
    assert.deepEqual(await shown(text), ['sleeping-call-in-atomic also', 'sleeping-call-in-atomic wrong']);
  });

  it('a debugging arm, a first use, a wait for another task, a yield between rounds', async () => {
    const text = LOCKED(`
void otter_count(struct otter *o)
{
#ifdef OTTER_DEBUG
	msleep(1);
#endif
	o->count++;
}
int otter_stats(struct otter *o)
{
	if (!o->buf)
		o->buf = kmalloc(64, GFP_KERNEL);
	return o->buf ? 0 : -ENOMEM;
}
void otter_wait(struct otter *o)
{
	while (o->owner != current)
		schedule();
}
void otter_step(int i);
void otter_rounds(int n)
{
	int i = 0;

	for (;;) {
		otter_step(i);
		if (++i == n)
			break;
		cond_resched();
	}
}
void otter_always(struct otter *o) { otter_step(1); cond_resched(); }
void otter_all(struct otter *o)
{
	spin_lock(&o->lock);
	otter_count(o);
	otter_stats(o);
	otter_wait(o);
	otter_rounds(1);
	otter_always(o); // wrong
	spin_unlock(&o->lock);
}`);
    assert.deepEqual(await shown(text), ['sleeping-call-in-atomic wrong']);
  });

  it('a yield for those callers that are tasks', async () => {
    const text = `
struct mole { struct task_struct *task; int jobs; bool busy; spinlock_t lock; };
void mole_dig(struct mole *m);
static void mole_work(struct mole *m)
{
	mole_dig(m);
	if (m->task)
		cond_resched();
}
static void mole_rest(struct mole *m)
{
	mole_dig(m);
	if (need_resched())
		cond_resched(); // wrong
}
static void mole_count(struct mole *m)
{
	m->busy = m->jobs > 8;
	if (m->busy)
		cond_resched(); // also
}
static void mole_tasklet(unsigned long data)
{
	struct mole *m = (struct mole *)data;

	mole_work(m);
	mole_rest(m);
	mole_count(m);
}
static int mole_thread(void *m)
{
	mole_work(m);
	return 0;
}
void mole_start(struct mole *m, struct tasklet_struct *t)
{
	tasklet_init(t, mole_tasklet, (unsigned long)m);
	kthread_run(mole_thread, m, "mole");
}
void mole_now(struct mole *m)
{
	spin_lock(&m->lock);
	mole_work(m);
	mole_rest(m); // below
	if (m->task)
		cond_resched(); // here
	spin_unlock(&m->lock);
}`;
    assert.deepEqual(await shown(text), [
      'sleeping-call-in-atomic also',
      'sleeping-call-in-atomic below',
      'sleeping-call-in-atomic here',
      'sleeping-call-in-atomic wrong',
    ]);
  });

  it('a lock that is released on those ways on which it was taken', async () => {
    const text = LOCKED(`
void otter_split(struct otter *o, struct otter *map)
{
	if (map)
		spin_unlock(&map->lock);
	msleep(1);
}
void otter_both(struct otter *o, struct otter *map)
{
	if (map)
		spin_lock(&map->lock);
	otter_split(o, map);
}`);
    assert.deepEqual(await shown(text), []);
  });
});

it('one cause deep below is shown once in a function and a few times in a file', async () => {
  const user = (n: number) => `
void otter_user${n}(struct otter *o)
{
	spin_lock(&o->lock);
	otter_deep(o);
	otter_deep(o);
	spin_unlock(&o->lock);
}`;
  const text = LOCKED(`
void otter_rest(struct otter *o) { msleep(1); }
void otter_deep(struct otter *o) { otter_rest(o); }
${[1, 2, 3, 4, 5].map(user).join('')}`);
  const list = (await findings(text, 'sleeping-call-in-atomic')).filter((f) => f.confidence !== 'possible');
  assert.deepEqual(
    list.map((f) => f.function),
    ['otter_user1', 'otter_user2', 'otter_user3'],
  );
  assert.match(list[0]!.message, /2 more functions of this file .*: otter_user4, otter_user5\.$/);
});

describe('masks and checks', () => {
  it('something behind a quick first try, an assertion, a reserved slot, a trylock', async () => {
    const text = `
struct set { struct xarray slots; struct mutex m; };
void *bounce(size_t n, mempool_t *pool)
{
	void *p = kvmalloc(n, GFP_NOWAIT);

	if (!p)
		p = mempool_alloc(pool, GFP_NOIO);
	return p;
}
void *once(size_t n)
{
	return kvmalloc(n, GFP_NOWAIT); // alone
}
void *sure(void)
{
	void *p = kmalloc(64, GFP_KERNEL | __GFP_NOFAIL);

	ASSERT(p != NULL);
	return p;
}
int keep(struct set *s, void *p)
{
	int err = xa_reserve(&s->slots, 1, GFP_KERNEL);

	if (err)
		return err;
	xa_lock(&s->slots);
	p = __xa_store(&s->slots, 1, p, GFP_ATOMIC);
	BUG_ON(p);
	xa_unlock(&s->slots);
	return 0;
}
int show(struct set *s)
{
	void *p;

	if (!mutex_trylock(&s->m))
		return 0;
	p = kmalloc(64, GFP_ATOMIC);
	kfree(p);
	mutex_unlock(&s->m);
	return 1;
}`;
    assert.deepEqual(await shown(text, { kernel: '6.12' }), ['kvmalloc-flags alone']);
  });

  it('a scope that comes with a lock is none around one allocation', async () => {
    const text = `
struct host { struct mutex m; unsigned int flags; void *key; };
static inline void host_lock(struct host *h)
{
	unsigned int flags = memalloc_nofs_save();

	mutex_lock(&h->m);
	h->flags = flags;
}
static inline void host_unlock(struct host *h)
{
	unsigned int flags = h->flags;

	mutex_unlock(&h->m);
	memalloc_nofs_restore(flags);
}
int host_open(struct host *h)
{
	host_lock(h);
	h->key = kmalloc(64, GFP_KERNEL);
	host_unlock(h);
	return h->key ? 0 : -ENOMEM;
}`;
    assert.deepEqual(
      (await shown(text)).filter((s) => s.startsWith('scope-one-off')),
      [],
    );
  });
});

it('a list that was not empty may be so after a round', async () => {
  const text = `
void reap(struct list_head *list);
int drain(struct list_head *list)
{
	unsigned int flags;

	if (list_empty(list))
		return 0;
	flags = memalloc_noreclaim_save();
	do {
		list_del(list->next);
		reap(list);
	} while (!list_empty(list));
	memalloc_nofs_restore(flags); // other
	return 1;
}`;
  assert.deepEqual(await shown(text), ['scope-unbalanced other']);
});
