/** What is decided elsewhere than at the sleep: by an argument, another definition, an arm, a lookup. Each beside a bug of the same shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextAuditOptions } from '../../server/src/engine.js';
import { shownAt } from './shown.js';

const shown = async (files: Record<string, string>, options: TextAuditOptions = { kernel: '6.12' }): Promise<string[]> =>
  (await shownAt(files, options)).map((f) => f.mark).sort();

const LOCKED = (calls: string): string => `
struct ibex { spinlock_t lock; struct mutex m; bool busy; };
void ibex_climb(struct ibex *i)
{
	spin_lock(&i->lock);
${calls}
	spin_unlock(&i->lock);
}`;
const SLEEP = `
void ibex_rest(struct ibex *i)
{
	mutex_lock(&i->m);
	mutex_unlock(&i->m);
}`;

describe('a function of which only the calls are known', () => {
  it('does something else where it is not given a list', async () => {
    const drop = `
struct ibex;
static inline bool ibex_drop(struct ibex *i, struct llist_head *later)
{
	if (!later) {
		ibex_rest(i);
		return false;
	}
	return llist_add(&i->node, later);
}`;
    const files = (call: string) => ({
      'drivers/ibex/rest.c': SLEEP,
      'drivers/ibex/climb.c': `${drop}${LOCKED(call)}`,
    });
    assert.deepEqual(await shown(files('\tibex_drop(i, &i->later);')), []);
    assert.deepEqual(await shown(files('\tibex_rest(i); // rest')), ['rest']);
  });

  it('has arms that a macro of no configuration decides', async () => {
    const write = (arm: string): string => `
int ibex_write(struct ibex *i)
{
#ifdef ${arm}
	return ibex_poke(i);
#else
	return ibex_rest(i);
#endif
}`;
    const files = (arm: string) => ({
      'drivers/ibex/rest.c': SLEEP,
      'drivers/ibex/write.c': write(arm),
      'drivers/ibex/climb.c': LOCKED('\tibex_write(i); // write'),
    });
    assert.deepEqual(await shown(files('IBEX_MAPPED')), []);
    assert.deepEqual(await shown(files('CONFIG_IBEX_MAPPED')), ['write']);
  });

  it('asks its object whether it may wait', async () => {
    const send = (asked: string): string => `
int ibex_send(struct ibex *i)
{
	if (ibex_ready(i) && !i->${asked})
		return ibex_rest(i);
	return ibex_poll(i);
}`;
    const files = (asked: string) => ({
      'drivers/ibex/rest.c': SLEEP,
      'drivers/ibex/send.c': send(asked),
      'drivers/ibex/climb.c': LOCKED('\tibex_send(i); // send'),
    });
    assert.deepEqual(await shown(files('atomic')), []);
    assert.deepEqual(await shown(files('late')), ['send']);
  });
});

describe('a name with two definitions', () => {
  const kept = 'int ibex_enter(struct ibex *i) { ibex_look(i); return 0; }';
  const sleeping = 'int ibex_enter(struct ibex *i) { msleep(1); return 0; }';
  it('means either, in files of which one is built; a stub of a header is none', async () => {
    const climb = LOCKED('\tibex_enter(i); // enter');
    assert.deepEqual(await shown({ 'arch/a/ibex_a.c': kept, 'arch/a/ibex_b.c': sleeping, 'arch/a/climb.c': climb }), []);
    const stub = `#ifdef CONFIG_IBEX\nint ibex_enter(struct ibex *i);\n#else\nstatic inline ${kept}\n#endif\n`;
    const files = { 'include/linux/ibex.h': stub, 'arch/a/ibex_b.c': sleeping, 'arch/a/climb.c': `#include <linux/ibex.h>${climb}` };
    assert.deepEqual(await shown(files), ['enter']);
  });
});

describe('an argument', () => {
  it('is none of those that wait', async () => {
    const text = (kind: string): string => `
enum { FastReset, SlowReset, NoReset };
int ibex_ready(struct ibex *i);
static int ibex_reset(struct ibex *i, int how, int kind)
{
	int n;

	for (n = how == SlowReset ? 100 : 10; n; n--) {
		if (ibex_ready(i))
			return 0;
		if (how == SlowReset)
			schedule_timeout_uninterruptible(1);
		else
			udelay(1);
	}
	switch (kind) {
	case IBEX_A:
	case IBEX_B:
		ibex_ready(i);
		break;
	default:
		break;
	}
	if (kind == IBEX_C || kind == IBEX_D)
		msleep(10);
	return 0;
}
${LOCKED(`\tibex_reset(i, FastReset, IBEX_A);
	ibex_reset(i, ${kind}); // chosen`)}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('FastReset, IBEX_B') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('SlowReset, IBEX_B') }), ['chosen']);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('FastReset, IBEX_D') }), ['chosen']);
  });

  it('keeps a callback away from what its function does for others', async () => {
    const text = (flags: string): string => `
struct ibex { struct timer_list timer; struct mutex m; int state; };
static int ibex_change(struct ibex *i, int to, int flags)
{
	if (i->state != to && !(flags & (IBEX_LOCAL | IBEX_HARD))) {
		mutex_lock(&i->m); // mutex
		mutex_unlock(&i->m);
	}
	i->state = to;
	return 0;
}
static void ibex_tick(struct timer_list *t)
{
	struct ibex *i = from_timer(i, t, timer);

	ibex_change(i, 3, ${flags});
}
void ibex_start(struct ibex *i)
{
	timer_setup(&i->timer, ibex_tick, 0);
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('IBEX_LOUD | IBEX_HARD') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('IBEX_LOUD | IBEX_SOFT') }), ['mutex']);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('0') }), ['mutex']);
  });
});

describe('a flag, an operation, a word to lockdep', () => {
  it('that is set where an argument asks for it', async () => {
    const text = (wait: string): string => `
struct ibex { spinlock_t lock; struct timer_list timer; struct completion done; };
void ibex_settle(struct ibex *i, bool *late);
static int ibex_free(struct ibex *i, int wait)
{
	bool late = false;

	if (wait)
		ibex_settle(i, &late);
	ibex_put(i);
	if (late)
		wait_for_completion(&i->done); // waits
	return 0;
}
static void ibex_tick(struct timer_list *t)
{
	struct ibex *i = from_timer(i, t, timer);

	ibex_free(i, ${wait});
}
void ibex_start(struct ibex *i)
{
	timer_setup(&i->timer, ibex_tick, 0);
}
void ibex_drop(struct ibex *i)
{
	spin_lock(&i->lock);
	ibex_free(i, ${wait}); // drops
	spin_unlock(&i->lock);
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('0') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('1') }), ['drops', 'waits']);
  });

  it('that not every object has', async () => {
    const core = (asked: boolean): string => `
struct herd_ops { int (*prepare)(struct herd *h); int (*move)(struct herd *h); };
struct herd { const struct herd_ops *ops; struct tasklet_struct task; struct mutex m; };
int herd_move(struct herd *h)
{
	rcu_read_lock();
	h->seen = herd_find(h);
	rcu_read_unlock();
	${asked ? 'if (h->ops->prepare)' : ''}
		h->ops->prepare(h);
	return h->ops->move(h);
}`;
    const slow = `
static int slow_prepare(struct herd *h)
{
	mutex_lock(&h->m); // prepares
	mutex_unlock(&h->m);
	return 0;
}
const struct herd_ops slow_ops = { .prepare = slow_prepare };`;
    const fast = `
static void fast_task(unsigned long data)
{
	herd_move((struct herd *)data);
}
void fast_start(struct herd *h)
{
	tasklet_init(&h->task, fast_task, (unsigned long)h);
}`;
    const files = (asked: boolean) => ({ 'net/herd/core.c': core(asked), 'net/herd/slow.c': slow, 'net/herd/fast.c': fast });
    assert.deepEqual(await shown(files(true)), []);
    assert.deepEqual(await shown(files(false)), ['prepares']);
  });

  it('that reclaim takes the lock', async () => {
    const text = (told: boolean): string => `
struct ibex { struct mutex m; void *a; void *b; };
static void ibex_prime(struct ibex *i)
{
	${told ? 'fs_reclaim_acquire(GFP_KERNEL);\n\tmight_lock(&i->m);\n\tfs_reclaim_release(GFP_KERNEL);' : ''}
}
int ibex_fill(struct ibex *i)
{
	mutex_lock(&i->m);
	i->a = kmalloc(64, GFP_ATOMIC); // weak
	mutex_unlock(&i->m);
	return 0;
}
int ibex_more(struct ibex *i)
{
	mutex_lock(&i->m);
	i->b = kmalloc(64, GFP_KERNEL); // strong
	mutex_unlock(&i->m);
	return 0;
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text(true) }), ['strong']);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text(false) }), ['weak']);
  });
});

describe('a lock, a mapping, a list', () => {
  it('that an unlock gives back, in the configuration in which it was taken', async () => {
    const text = (unlock: string): string => `
#ifdef CONFIG_IBEX_FAR
#define ibex_lock_irqsave(i, flags) \\
do { \\
	local_irq_save(flags); \\
	if (ibex_far(i)) \\
		raw_spin_lock(&(i)->far_lock); \\
} while (0)
static void ibex_unlock_irqrestore(struct ibex *i, unsigned long flags)
{
	if (ibex_far(i)) {
		lockdep_assert_irqs_disabled();
		raw_spin_unlock_irqrestore(&i->far_lock, flags);
	} else {
		local_irq_restore(flags);
	}
}
#else
#define ibex_lock_irqsave(i, flags) local_irq_save(flags)
static void ibex_unlock_irqrestore(struct ibex *i, unsigned long flags)
{
	local_irq_restore(flags);
}
#endif
struct ibex { raw_spinlock_t far_lock; };
void ibex_look(struct ibex *i)
{
	unsigned long flags;

	ibex_lock_irqsave(i, flags);
	lockdep_assert_held(&i->far_lock);
	${unlock}
	msleep(1); // sleeps
	ibex_unlock_irqrestore(i, flags);
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('ibex_unlock_irqrestore(i, flags);') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('') }), ['sleeps']);
  });

  it('stated as a spinlock, given back as what it is in another configuration', async () => {
    const text = (give: string): string => `
#ifdef HAVE_IBEX_RWLOCK
struct ibex { rwlock_t lock; };
#else
struct ibex { spinlock_t lock; };
#endif
static void ibex_split(struct ibex *i)
{
	${give}
	cond_resched();
	write_lock(&i->lock);
}
void ibex_protect(struct ibex *i)
{
	lockdep_assert_held(&i->lock);
	ibex_split(i); // split
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('write_unlock(&i->lock);') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('') }), ['split']);
  });

  it('made at once only where none is found', async () => {
    const text = (find: string): string => `
static int ibex_read(struct ibex *i, phys_addr_t at)
{
	void *p;
	bool unmap = false;

	rcu_read_lock();
	p = ${find}(at);
	rcu_read_unlock();
	if (!p) {
		p = ioremap(at, 8);
		unmap = true;
	}
	i->seen = readl(p);
	if (unmap)
		iounmap(p);
	return 0;
}
${LOCKED('\tibex_read(i, 16); // read')}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('ibex_map_lookup') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('ibex_make') }), ['read']);
  });

  it('is walked in a read section of its own', async () => {
    const text = (walk: boolean): string => `
static void ibex_collect(struct work_struct *w)
{
	struct rhashtable_iter hti;
	void *p;

	${walk ? 'rhashtable_walk_start(&hti);' : ''}
	p = kmalloc(64, GFP_ATOMIC); // alloc
	ibex_keep(p);
	${walk ? 'rhashtable_walk_stop(&hti);' : ''}
}
void ibex_start(struct ibex *i)
{
	INIT_WORK(&i->work, ibex_collect);
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text(true) }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text(false) }), ['alloc']);
  });
});

describe('masks and pauses', () => {
  it('__GFP_HIGH alone is meant, a counted reference allocates in builds that track it only', async () => {
    const text = `
int ibex_hold(struct ibex *i, struct net_device *dev)
{
	i->a = kmalloc(8, __GFP_HIGH);
	i->b = kmalloc(8, __GFP_ZERO); // zero
	mutex_lock(&i->m);
	netdev_hold(dev, &i->tracker, GFP_ATOMIC);
	i->c = kmalloc(8, GFP_ATOMIC); // atomic
	mutex_unlock(&i->m);
	return 0;
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text }), ['atomic', 'zero']);
  });

  it('a bio without room for data waits for nothing that its set may not have', async () => {
    const text = (vecs: string, set: string): string => `
int ibex_flush(struct ibex *i)
{
	struct bio *flush = bio_alloc_bioset(i->bdev, ${vecs}, REQ_OP_WRITE, GFP_NOIO, ${set}); // flush

	if (!flush)
		return -ENOMEM;
	submit_bio(flush);
	return 0;
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('0', '&i->set') }), ['flush']);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('4', '&i->set') }), []);
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('0', 'NULL') }), []);
  });

  it('the failure of another machine is not waited for by this one', async () => {
    const text = (failed: string): string => `
int ibex_ask(struct ibex *i)
{
	int ret, status = 0;

again:
	ret = ibex_send_message(i, &status);
	if (ret == -EPIPE)
		return ret;
	if (${failed} == -ENOMEM) {
		msleep(50); // pause
		goto again;
	}
	return ret;
}
int ibex_send_message(struct ibex *i, int *status)
{
	void *p = kmalloc(64, GFP_NOFS);

	if (!p)
		return -ENOMEM;
	*status = ibex_transmit(i, p);
	return 0;
}`;
    assert.deepEqual(await shown({ 'drivers/ibex/a.c': text('status') }), []);
    assert.ok((await shown({ 'drivers/ibex/a.c': text('ret') })).includes('pause'));
  });
});
