import type { Rule } from './model.js';
import { reportSleeps } from './atomic.js';
import { kernelName } from './behaviour.js';

/** They spin until hard handlers are through and sleep for threaded ones only, forced ones included (kernel/irq/manage.c, 5.10 to 6.12). */
const FOR_THREADS = /^(disable_irq|synchronize_irq)$/;

export const sleepingCallInAtomic: Rule = {
  meta: {
    id: 'sleeping-call-in-atomic',
    summary: 'a call that sleeps, other than by allocating, where sleeping is forbidden',
    severity: 'error',
    doc: `
The contexts of [sleep-in-atomic](sleep-in-atomic.md) with another kind of sleep: taking a mutex or semaphore, waiting for
a completion, a work item, an interrupt handler or a grace period, \`msleep()\`, copying from or to user space, freeing an interrupt, stopping
a thread. The engine has to know these to judge allocations, so it says so.

Unlike an allocation, which needs memory pressure to sleep, many of these sleep nearly always: \`msleep()\` and
\`synchronize_rcu()\` do on every call.

**What to do.** Move the call out of the section; take a spinlock in place of the mutex where all users are short; use the variant
that does not wait (\`disable_irq_nosync()\`, \`cancel_work()\`, \`udelay()\`, \`copy_from_user_nofault()\`).

**Silent** where the lock is dropped first (here or inside the callee), for trylocks, and where a condition on the caller's
argument (\`may_sleep\`, \`atomic\`) excludes the sleep.`,
    noFix:
      'What sleeps has to move out of the section, or the section has to become one that may sleep: both change what the lock guards, which only its author can judge.',
    examples: [
      {
        title: 'a mutex and a nap under a spinlock',
        bad: `
struct dev { spinlock_t lock; struct mutex cfg; int state; };

void dev_stop(struct dev *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	d->state = 0;
	msleep(20); // finds
	spin_unlock_irqrestore(&d->lock, flags);
}

void dev_config(struct dev *d)
{
	spin_lock_bh(&d->lock);
	mutex_lock(&d->cfg); // finds
	d->state = 2;
	mutex_unlock(&d->cfg);
	spin_unlock_bh(&d->lock);
}`,
        good: `
struct dev { spinlock_t lock; struct mutex cfg; int state; };

void dev_stop(struct dev *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	d->state = 0;
	spin_unlock_irqrestore(&d->lock, flags);
	msleep(20);
}

void dev_config(struct dev *d)
{
	mutex_lock(&d->cfg);
	spin_lock_bh(&d->lock);
	d->state = 2;
	spin_unlock_bh(&d->lock);
	mutex_unlock(&d->cfg);
}`,
      },
      {
        title: 'waiting with interrupts or preemption off',
        bad: `
struct dev { struct completion done; int irq; };

void dev_sync(struct dev *d)
{
	local_irq_disable();
	free_irq(d->irq, d); // finds
	local_irq_enable();
}

void dev_wait(struct dev *d)
{
	preempt_disable();
	wait_for_completion(&d->done); // finds
	preempt_enable();
}`,
      },
      {
        title: 'an argument that excludes the sleep, a trylock',
        good: `
struct dev { spinlock_t lock; struct mutex cfg; int state; };

void dev_poll(struct dev *d, bool may_sleep)
{
	if (!may_sleep)
		spin_lock(&d->lock);
	if (may_sleep)
		msleep(1);
	if (!may_sleep)
		spin_unlock(&d->lock);
}

bool dev_try(struct dev *d)
{
	bool got;

	spin_lock(&d->lock);
	got = mutex_trylock(&d->cfg);
	if (got)
		mutex_unlock(&d->cfg);
	spin_unlock(&d->lock);
	return got;
}`,
      },
    ],
  },

  check(flow, rule) {
    const kernel = kernelName(rule.profile);
    reportSleeps(flow, rule, 'other', ({ sleep }) =>
      sleep.kind === 'lock'
        ? `In ${kernel} it schedules while atomic whenever the lock is contended.`
        : FOR_THREADS.test(sleep.api)
          ? `In ${kernel} it schedules while atomic where a handler of the interrupt runs in a thread; elsewhere might_sleep() complains.`
          : `In ${kernel} it schedules while atomic.`,
    );
  },
};
