import type { Rule } from './model.js';
import { reportSleeps } from './atomic.js';
import { behaviour, kernelName } from './behaviour.js';

export const sleepInAtomic: Rule = {
  meta: {
    id: 'sleep-in-atomic',
    summary: 'an allocation that may sleep where sleeping is forbidden',
    severity: 'error',
    doc: `
An allocation whose mask has \`__GFP_DIRECT_RECLAIM\` (\`GFP_KERNEL\`, \`GFP_NOFS\`, \`GFP_NOIO\`, \`GFP_USER\` and whatever is built on
them) may enter direct reclaim: it waits for I/O, for locks, for other reclaimers. Under a spinlock, with interrupts, softirqs or
preemption off, in an RCU read section or in an interrupt that means scheduling while atomic. Nothing shows it as long as a
free page is at hand; under memory pressure the CPU stalls with the lock held, or a task that wants the lock on the same CPU never
gets it.

The rule follows the locks and switches of the function (also \`guard()\` and its kin, trylocks, \`goto\` ways out and a lock and unlock
under the same condition), what the author states (\`lockdep_assert_held()\`, \`__must_hold()\`, kernel-doc \`Context:\`), and, where a
whole tree is at hand, callers and registered callbacks. Calls count as allocations when they lead to one, by the chain given
in the path.

**What to do.** Allocate before the lock is taken; or drop it, allocate, take it again and look once more at what it guards;
or use \`GFP_ATOMIC\` or \`GFP_NOWAIT\` and handle failure. A mask with \`__GFP_NOFAIL\` can not be made non-blocking.

**Silent** where the lock is dropped before the allocation (here or inside the callee), where the mask is chosen by an argument
or a state that excludes the lock, for page faults merely disabled (only faults are forbidden there), for SRCU, and for \`mutex_trylock()\`.

All kernels from 5.10: \`might_alloc()\` and \`might_sleep()\` report it, with \`CONFIG_DEBUG_ATOMIC_SLEEP\` only. On PREEMPT_RT a
\`spinlock_t\` is a sleeping lock, so the scheduler survives it there; the code is shared with configurations where it does not.`,
    examples: [
      {
        title: 'allocation under a spinlock',
        bad: `
struct box { spinlock_t lock; struct list_head items; };
struct item { struct list_head node; int key; };

int box_add(struct box *b, int key)
{
	struct item *it;

	spin_lock(&b->lock);
	it = kmalloc(sizeof(*it), GFP_KERNEL); // finds
	if (!it) {
		spin_unlock(&b->lock);
		return -ENOMEM;
	}
	it->key = key;
	list_add(&it->node, &b->items);
	spin_unlock(&b->lock);
	return 0;
}`,
        good: `
struct box { spinlock_t lock; struct list_head items; };
struct item { struct list_head node; int key; };

int box_add(struct box *b, int key)
{
	struct item *it = kmalloc(sizeof(*it), GFP_KERNEL);

	if (!it)
		return -ENOMEM;
	it->key = key;
	spin_lock(&b->lock);
	list_add(&it->node, &b->items);
	spin_unlock(&b->lock);
	return 0;
}`,
      },
      {
        title: 'guard() and an RCU read section',
        bad: `
struct box { spinlock_t lock; int *table; };

int box_grow(struct box *b, unsigned int n)
{
	guard(spinlock_irqsave)(&b->lock);
	b->table = kcalloc(n, sizeof(int), GFP_NOFS); // finds
	return b->table ? 0 : -ENOMEM;
}

void *box_copy(struct box *b)
{
	void *copy;

	rcu_read_lock();
	copy = kmemdup(rcu_dereference(b->table), 64, GFP_KERNEL); // finds
	rcu_read_unlock();
	return copy;
}`,
      },
      {
        title: 'the author says the lock is held',
        bad: `
struct box { spinlock_t lock; void *buf; };

static int box_refill(struct box *b)
{
	lockdep_assert_held(&b->lock);
	b->buf = kzalloc(128, GFP_KERNEL); // finds
	return b->buf ? 0 : -ENOMEM;
}`,
        good: `
struct box { spinlock_t lock; void *buf; };

static int box_refill(struct box *b)
{
	lockdep_assert_held(&b->lock);
	spin_unlock(&b->lock);
	b->buf = kzalloc(128, GFP_KERNEL);
	spin_lock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}`,
      },
      {
        title: 'an interrupt handler; an allocation two calls below the lock',
        bad: `
struct box {
	spinlock_t lock;
	void *buf;
};

static irqreturn_t box_irq(int irq, void *data)
{
	struct box *b = data;

	b->buf = kmalloc(64, GFP_KERNEL); // finds
	return IRQ_HANDLED;
}

static int box_alloc(struct box *b)
{
	b->buf = kzalloc(64, GFP_KERNEL);
	return b->buf ? 0 : -ENOMEM;
}

static int box_prepare(struct box *b)
{
	return box_alloc(b);
}

int box_start(struct box *b, int irq)
{
	int err;

	spin_lock(&b->lock);
	err = box_prepare(b); // finds
	spin_unlock(&b->lock);
	if (err)
		return err;
	return request_irq(irq, box_irq, 0, "box", b);
}`,
        good: `
struct box {
	spinlock_t lock;
	void *buf;
};

static irqreturn_t box_hard(int irq, void *data)
{
	return IRQ_WAKE_THREAD;
}

static irqreturn_t box_thread(int irq, void *data)
{
	struct box *b = data;

	b->buf = kmalloc(64, GFP_KERNEL);
	return IRQ_HANDLED;
}

static int box_fill(struct box *b)
{
	spin_unlock(&b->lock);
	b->buf = kzalloc(64, GFP_KERNEL);
	spin_lock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}

int box_start(struct box *b, int irq)
{
	int err;

	spin_lock(&b->lock);
	err = box_fill(b);
	spin_unlock(&b->lock);
	if (err)
		return err;
	return request_threaded_irq(irq, box_hard, box_thread, 0, "box", b);
}`,
      },
      {
        title: 'lock and unlock under one condition, a mask that an argument selects, a trylock that failed',
        good: `
struct box { spinlock_t lock; void *buf; bool shared; };

int box_fill(struct box *b, bool locked)
{
	if (!locked)
		spin_lock(&b->lock);
	b->shared = true;
	if (!locked)
		spin_unlock(&b->lock);
	b->buf = kmalloc(64, GFP_KERNEL);
	return b->buf ? 0 : -ENOMEM;
}

int box_reserve(struct box *b, bool atomic)
{
	gfp_t gfp = atomic ? GFP_ATOMIC : GFP_KERNEL;

	if (atomic)
		spin_lock(&b->lock);
	b->buf = kmalloc(64, gfp);
	if (atomic)
		spin_unlock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}

void *box_peek(struct box *b)
{
	if (!spin_trylock(&b->lock))
		return kmalloc(64, GFP_KERNEL);
	spin_unlock(&b->lock);
	return b->buf;
}`,
      },
    ],
  },

  check(flow, rule) {
    const kernel = kernelName(rule.profile);
    const stalls = behaviour(rule.profile).stallWarning ? ' (a stall message follows after ten seconds)' : '';
    reportSleeps(flow, rule, 'alloc', ({ cause, sleep }) => {
      if (sleep.api.startsWith('vmalloc') && ['hardirq', 'softirq', 'bh_off'].includes(cause.held.kind)) {
        return `${kernel} has a BUG_ON() for vmalloc there.`;
      }
      if (rule.rt && ['spin', 'read_lock', 'write_lock'].includes(cause.held.kind)) {
        return `PREEMPT_RT makes this lock a sleeping one; every other build of ${kernel} schedules while atomic as soon as the request enters direct reclaim.`;
      }
      return `In ${kernel} the request schedules while atomic as soon as it enters direct reclaim${stalls}.`;
    });
  },
};
