/** False alarms met while reading an audit of a whole tree, each by its cause, and the finding that must stay beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

const at = (text: string, mark: string): number[] => text.split('\n').flatMap((line, i) => (line.includes(`// ${mark}`) ? [i + 1] : []));
async function holds(text: string): Promise<void> {
  const all = await findings(text, undefined, { minConfidence: 'likely', kernel: '6.12' });
  const sleeping = all.filter((f) => ['sleep-in-atomic', 'sleeping-call-in-atomic', 'reclaim-recursion'].includes(f.ruleId));
  assert.deepEqual(
    sleeping.map((f) => f.at.line).sort((a, b) => a - b),
    at(text, 'finds'),
  );
}

test('a kernel-doc context that says non-atomic, or that a call is not for atomic context', () =>
  holds(`
/**
 * heron_get - gets a heron
 * Context: non-atomic
 */
void *heron_get(void)
{
	return kzalloc(8, GFP_KERNEL);
}

/**
 * heron_put - puts a heron
 * Context: takes sleeping locks, not suitable for atomic context.
 */
void heron_put(struct mutex *m)
{
	mutex_lock(m);
	mutex_unlock(m);
}

/**
 * heron_tick - counts
 * Context: atomic context.
 */
void *heron_tick(void)
{
	return kzalloc(8, GFP_KERNEL); // finds
}
`));

test('a member of an unnamed inner structure does not hide the member of that name', () =>
  holds(`
struct heron {
	struct mutex lock;
	struct {
		spinlock_t lock;
		spinlock_t inner;
	} fds;
};

void *heron_make(struct heron *h)
{
	lockdep_assert_held(&h->lock);
	return kzalloc(8, GFP_KERNEL);
}

void *heron_fd(struct heron *h)
{
	lockdep_assert_held(&h->fds.inner);
	return kzalloc(8, GFP_KERNEL); // finds
}
`));

test('lock_sock() is annotated by the spinlock inside', () =>
  holds(`
void *heron_send(struct heron *rx) __releases(&rx->sk.sk_lock.slock)
{
	void *p = kzalloc(8, GFP_KERNEL);

	release_sock(&rx->sk);
	return p;
}
`));

test('a flag by its name decides between the mutex and the spinlock', () =>
  holds(`
struct heron { unsigned int flags; struct mutex mutex; spinlock_t spin; };

static int heron_send(struct heron *h)
{
	if (h->flags & HERON_ATOMIC_CONTEXT_PORTAL)
		spin_lock(&h->spin);
	else
		mutex_lock(&h->mutex);
	return 0;
}

static void heron_stats(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	heron_send(netdev_priv(dev));
}

static const struct net_device_ops heron_ops = { .ndo_get_stats64 = heron_stats };
`));

test('interrupts are off at boot, and nobody minds', () =>
  holds(`
void __init heron_boot(void)
{
	local_irq_disable();
	heron_cache = kzalloc(64, GFP_KERNEL);
	local_irq_enable();
}

void heron_later(void)
{
	local_irq_disable();
	heron_cache = kzalloc(64, GFP_KERNEL); // finds
	local_irq_enable();
}
`));

test('an address space that ends is not reclaim', () =>
  holds(`
static DEFINE_MUTEX(heron_mutex);

static void heron_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	mutex_lock(&heron_mutex);
	mutex_unlock(&heron_mutex);
}

static const struct mmu_notifier_ops heron_ops = { .release = heron_release };

void *heron_make(void)
{
	void *p;

	mutex_lock(&heron_mutex);
	p = kzalloc(8, GFP_KERNEL);
	mutex_unlock(&heron_mutex);
	return p;
}
`));

test('a mask that the context chooses', () =>
  holds(`
static int heron_resume(void)
{
	gfp_t flags = irqs_disabled() ? GFP_ATOMIC : GFP_KERNEL;

	return kmalloc(8, flags) ? 0 : -ENOMEM;
}

static int heron_suspend(void)
{
	return kmalloc(8, GFP_KERNEL) ? 0 : -ENOMEM; // finds
}

static struct syscore_ops heron_ops = { .resume = heron_resume, .suspend = heron_suspend };
`));
