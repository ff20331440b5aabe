/** Real bugs that a study of the kernel's own fixes found missed, each by its cause, with what must stay silent beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

async function holds(
  text: string,
  rules: readonly string[] = ['sleep-in-atomic', 'sleeping-call-in-atomic'],
  minConfidence: 'possible' | 'likely' = 'likely',
  kernel: '6.1' | '6.12' = '6.12',
): Promise<void> {
  const all = await findings(text, undefined, { minConfidence, kernel });
  assert.deepEqual(
    all.filter((f) => rules.includes(f.ruleId)).map((f) => f.at.line),
    text.split('\n').flatMap((line, i) => (line.includes('// finds') ? [i + 1] : [])),
  );
}

test('a callback that only turns one value of its argument away', () =>
  holds(`
static int otter_finish(struct otter *o, int err)
{
	void *pad = kzalloc(64, GFP_KERNEL); // finds

	if (!pad)
		return -ENOMEM;
	kfree(pad);
	return err;
}

static void otter_done(void *data, int err)
{
	if (err == -EINPROGRESS)
		return;
	otter_finish(data, err);
}

static void *otter_copy(void)
{
	return kzalloc(64, GFP_KERNEL);
}

static void otter_may(void *data, int err)
{
	if (err == 0)
		otter_copy();
}

int otter_start(struct akcipher_request *req, struct otter *o)
{
	akcipher_request_set_callback(req, 0, otter_done, o);
	akcipher_request_set_callback(req, 0, otter_may, o);
	return crypto_akcipher_encrypt(req);
}
`));

test('a lock under a condition of its own, and a sleep that everybody gets to', () =>
  holds(`
struct otter { spinlock_t *lock, inner; void __iomem *base; bool poll; };

int otter_set(struct otter *o, u32 v)
{
	unsigned long flags = 0;

	if (o->lock)
		spin_lock_irqsave(o->lock, flags);
	writel(v, o->base);
	msleep(20); // finds
	if (o->lock)
		spin_unlock_irqrestore(o->lock, flags);
	return 0;
}

int otter_poll(struct otter *o, u32 v)
{
	unsigned long flags = 0;

	if (o->lock)
		spin_lock_irqsave(o->lock, flags);
	if (!o->lock)
		msleep(20);
	if (o->poll)
		msleep(20);
	if (o->lock)
		spin_unlock_irqrestore(o->lock, flags);
	return 0;
}

int otter_wait(struct otter *o, bool atomic)
{
	if (atomic)
		spin_lock(o->lock);
	otter_set_mode(o, atomic);
	if (atomic)
		spin_unlock(o->lock);
	msleep(20);
	return 0;
}

void otter_toggle(struct otter *o, unsigned long flags);

int otter_given(struct otter *o)
{
	unsigned long flags = 0;

	if (o->poll)
		spin_lock_irqsave(&o->inner, flags);
	otter_toggle(o, flags);
	msleep(20);
	return 0;
}
`));

test('a poll of which the pause is a constant by its name', () =>
  holds(`
#define OTTER_POLL_US 10
#define OTTER_BUSY_POLL 0

int otter_settle(struct otter *o)
{
	u32 v;
	int err;

	spin_lock(&o->lock);
	err = readl_poll_timeout(o->base, v, v & 1, OTTER_POLL_US, 1000); // finds
	spin_unlock(&o->lock);
	return err;
}

int otter_spin(struct otter *o)
{
	u32 v;
	int err;

	spin_lock(&o->lock);
	err = readl_poll_timeout(o->base, v, v & 1, OTTER_BUSY_POLL, 1000);
	spin_unlock(&o->lock);
	return err;
}

int otter_pause(struct otter *o, unsigned int pause)
{
	u32 v;
	int err;

	spin_lock(&o->lock);
	err = readl_poll_timeout(o->base, v, v & 1, pause, 1000);
	spin_unlock(&o->lock);
	return err;
}
`));

test('two reasons, each of which alone is not enough', () =>
  holds(
    `
struct otter { void *key, *ctl; };

static int otter_key(struct otter *o, const void *key, unsigned int len)
{
	o->key = kmemdup(key, len, GFP_ATOMIC); // finds
	if (!o->key)
		return -ENOMEM;
	o->ctl = kzalloc(64, GFP_KERNEL);
	return o->ctl ? 0 : -ENOMEM;
}

static int otter_set_key(struct crypto_akcipher *tfm, const void *key, unsigned int len)
{
	return otter_key(akcipher_tfm_ctx(tfm), key, len);
}

static struct akcipher_alg otter_alg = { .set_pub_key = otter_set_key };

int otter_alone(struct otter *o, const void *key, unsigned int len)
{
	o->key = kmemdup(key, len, GFP_ATOMIC);
	if (!o->key)
		return -ENOMEM;
	o->ctl = kzalloc(64, GFP_KERNEL);
	return o->ctl ? 0 : -ENOMEM;
}
`,
    ['atomic-where-sleepable'],
  ));

test('operations of several drivers, all of them below the function that calls them', () =>
  holds(
    `
struct heron_ops { int (*add)(struct heron *h); int (*count)(struct heron *h); };
struct heron { const struct heron_ops *ops; spinlock_t lock; void *buf; };

void heron_add_all(struct heron *h)
{
	spin_lock(&h->lock);
	h->ops->count(h);
	if (h->ops->add(h)) // finds
		heron_warn(h);
	spin_unlock(&h->lock);
}

static int otter_count(struct heron *h)
{
	return 1;
}

static int otter_add(struct heron *h)
{
	h->buf = kzalloc(64, GFP_KERNEL);
	return h->buf ? 0 : -ENOMEM;
}

static int stoat_add(struct heron *h)
{
	return 0;
}

static const struct heron_ops otter_ops = { .add = otter_add, .count = otter_count };
static const struct heron_ops stoat_ops = { .add = stoat_add, .count = otter_count };
`,
    undefined,
    'possible',
  ));

test('callbacks that their contract makes atomic: of stations, of rates, of ready jobs, of compressed frames, of interrupts', () =>
  holds(`
struct wren { struct mutex lock; void *p; };
static struct wren wren;

static void wren_rc_update(struct ieee80211_hw *hw, struct ieee80211_vif *vif, struct ieee80211_sta *sta, u32 changed)
{
	mutex_lock(&wren.lock); // finds
	mutex_unlock(&wren.lock);
}
static const struct ieee80211_ops wren_ops = { .sta_rc_update = wren_rc_update };

static void wren_rate_init(void *priv, struct ieee80211_supported_band *sband, struct cfg80211_chan_def *c, struct ieee80211_sta *sta, void *ps)
{
	wren.p = kzalloc(64, GFP_KERNEL); // finds
}
static void *wren_rate_alloc(struct ieee80211_hw *hw)
{
	return kzalloc(64, GFP_KERNEL);
}
static const struct rate_control_ops wren_rate = { .alloc = wren_rate_alloc, .rate_init = wren_rate_init };

static int wren_ready(void *priv)
{
	mutex_lock(&wren.lock); // finds
	mutex_unlock(&wren.lock);
	return 1;
}
static const struct v4l2_m2m_ops wren_m2m = { .job_ready = wren_ready };

static int wren_compress(void *arg, unsigned char *in, unsigned char *out, int isize, int osize)
{
	void *tmp = kmalloc(isize, GFP_KERNEL); // finds

	kfree(tmp);
	return 0;
}
static void *wren_comp_alloc(unsigned char *options, int len)
{
	return kmalloc(len, GFP_KERNEL);
}
static const struct compressor wren_comp = { .comp_alloc = wren_comp_alloc, .compress = wren_compress };

static int wren_irqchip_state(struct irq_data *d, enum irqchip_irq_state which, bool *state)
{
	mutex_lock(&wren.lock); // finds
	mutex_unlock(&wren.lock);
	return 0;
}
static const struct irq_chip wren_chip = { .irq_get_irqchip_state = wren_irqchip_state };
`));

const SLEEPABLE = ['atomic-where-sleepable'];

test('what a driver of any bus does when it is bound, several calls down', () =>
  holds(
    `
struct heron { void *p, *q; spinlock_t lock; };

static int heron_deepest(struct heron *h)
{
	h->p = kzalloc(64, GFP_ATOMIC); // finds
	return h->p ? 0 : -ENOMEM;
}
static int heron_deeper(struct heron *h) { return heron_deepest(h); }
static int heron_deep(struct heron *h) { return heron_deeper(h); }
static int heron_attach(struct heron *h) { return heron_deep(h); }
static int heron_probe(struct marsh_device *dev)
{
	return heron_attach(dev->priv);
}

static int heron_shared(struct heron *h)
{
	h->q = kzalloc(64, GFP_ATOMIC);
	return h->q ? 0 : -ENOMEM;
}
static void heron_remove(struct marsh_device *dev)
{
	struct heron *h = dev->priv;

	heron_shared(h);
	spin_lock(&h->lock);
	heron_shared(h);
	spin_unlock(&h->lock);
}
static struct marsh_driver heron_driver = { .probe = heron_probe, .remove = heron_remove };
`,
    SLEEPABLE,
  ));

test('a socket is created, a tunnel set up and a sound stream given its buffers by tasks', () =>
  holds(
    `
static int heron_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	struct sock *sk = sk_alloc(net, 1, GFP_ATOMIC, &heron_proto, kern); // finds

	return sk ? 0 : -ENOMEM;
}
static const struct net_proto_family heron_family = { .create = heron_create };

static int heron_build(struct net *net, struct nlattr *nla, unsigned int family, const void *cfg)
{
	void *p = kzalloc(64, GFP_ATOMIC); // finds

	kfree(p);
	return 0;
}
static int heron_input(struct sk_buff *skb)
{
	void *p = kzalloc(64, GFP_ATOMIC);

	kfree(p);
	return 0;
}
static const struct lwtunnel_encap_ops heron_encap = { .build_state = heron_build, .input = heron_input };

static int heron_hw_params(struct snd_soc_component *c, struct snd_pcm_substream *s, struct snd_pcm_hw_params *params)
{
	void *p = kzalloc(64, GFP_NOWAIT); // finds

	kfree(p);
	return 0;
}
static const struct snd_soc_component_driver heron_component = { .hw_params = heron_hw_params };
`,
    SLEEPABLE,
  ));

test('a function that is handed over with a cast may be run by anybody', () =>
  holds(
    `
struct heron { void *p; };

static int heron_read(struct heron *h)
{
	h->p = kzalloc(64, GFP_ATOMIC);
	return h->p ? 0 : -ENOMEM;
}
static void heron_event(u32 opcode, void *priv)
{
	heron_read(priv);
}
static int heron_open(struct inode *inode, struct file *file)
{
	marsh_client_alloc((marsh_callback)heron_event, file->private_data);
	return heron_read(file->private_data);
}
static const struct file_operations heron_fops = { .open = heron_open };
`,
    SLEEPABLE,
  ));

test('what is given to a macro among the fields of a table is called as the macro says', () =>
  holds(
    `
struct stork { void *p, *q; };

static int stork_fill(struct stork *s)
{
	s->p = kzalloc(64, GFP_ATOMIC); // finds
	return s->p ? 0 : -ENOMEM;
}
static int stork_suspend(struct device *dev)
{
	return 0;
}
static int stork_resume(struct device *dev)
{
	return stork_fill(dev_get_drvdata(dev));
}
static int stork_runtime_suspend(struct device *dev)
{
	return 0;
}
static int stork_runtime_resume(struct device *dev)
{
	return stork_fill(dev_get_drvdata(dev));
}
static const struct dev_pm_ops stork_pm = {
	SET_SYSTEM_SLEEP_PM_OPS(stork_suspend, stork_resume)
	RUNTIME_PM_OPS(stork_runtime_suspend, stork_runtime_resume, NULL)
};
`,
    SLEEPABLE,
  ));

test('power management that its driver allows where interrupts are off', () =>
  holds(
    `
struct stork { void *p; };

static int stork_fill(struct stork *s)
{
	s->p = kzalloc(64, GFP_ATOMIC);
	return s->p ? 0 : -ENOMEM;
}
static int stork_runtime_suspend(struct device *dev)
{
	return 0;
}
static int stork_runtime_resume(struct device *dev)
{
	return stork_fill(dev_get_drvdata(dev));
}
static const struct dev_pm_ops stork_pm = {
	RUNTIME_PM_OPS(stork_runtime_suspend, stork_runtime_resume, NULL)
};
static int stork_probe(struct platform_device *pdev)
{
	pm_runtime_irq_safe(&pdev->dev);
	return 0;
}
static struct platform_driver stork_driver = { .probe = stork_probe };
`,
    SLEEPABLE,
  ));

test('what is set up before the first use is not set up by those that come later', () =>
  holds(`
static DEFINE_MUTEX(stork_lock);
static bool stork_pool_populated;
static void *stork_pool;

static bool stork_pool_get(void)
{
	if (!READ_ONCE(stork_pool_populated)) {
		mutex_lock(&stork_lock);
		stork_pool_populated = true;
		mutex_unlock(&stork_lock);
	}
	return stork_pool_populated;
}
static void stork_plain(void)
{
	mutex_lock(&stork_lock); // finds
	stork_pool = NULL;
	mutex_unlock(&stork_lock);
}
static void stork_tick(struct timer_list *t)
{
	stork_pool_get();
	stork_plain();
}
void stork_start(struct timer_list *t)
{
	timer_setup(t, stork_tick, 0);
}
`));

/** Reclaim gives back quota entries, by an operation that not every format has, and takes the lock of the quota files for it. */
const MINK = `
struct quota_info { struct rw_semaphore dqio_sem; const struct quota_format_ops *ops; };
struct super_block { const struct super_operations *s_op; struct quota_info s_dquot; };
struct dquot { struct super_block *dq_sb; struct mutex dq_lock; };

static int mink_drop(struct dquot *dquot)
{
	struct super_block *sb = dquot->dq_sb;

	down_write(&sb->s_dquot.dqio_sem);
	up_write(&sb->s_dquot.dqio_sem);
	return 0;
}

static const struct quota_format_ops mink_format = { .release_dqblk = mink_drop };

static int mink_release(struct dquot *dquot)
{
	int err = 0;

	mutex_lock(&dquot->dq_lock);
	if (dquot->dq_sb->s_dquot.ops->release_dqblk)
		err = dquot->dq_sb->s_dquot.ops->release_dqblk(dquot);
	mutex_unlock(&dquot->dq_lock);
	return err;
}

static const struct dquot_operations mink_quota = { .release_dquot = mink_release };
`;

test('a careful request hides none that follows it and is not, nor does a helper without a graph', () =>
  holds(
    `${MINK}
static ssize_t mink_block(struct super_block *sb, char *buf)
{
	return sb->s_op->quota_read(sb, 0, buf, 8, 0);
}

static int mink_walk(struct super_block *sb)
{
	char *buf = kmalloc(1024, GFP_NOFS);
	int err = buf ? mink_block(sb, buf) : -ENOMEM;

	kfree(buf);
	return err;
}

int mink_next(struct super_block *sb)
{
	int err;

	down_write(&sb->s_dquot.dqio_sem);
	err = mink_walk(sb); // finds
	up_write(&sb->s_dquot.dqio_sem);
	return err;
}

static int mink_careful(struct super_block *sb)
{
	char *buf = kmalloc(1024, GFP_NOFS);
	char *more = kmalloc(1024, GFP_NOFS);

	kfree(buf);
	kfree(more);
	return 0;
}

int mink_quiet(struct super_block *sb)
{
	int err;

	down_write(&sb->s_dquot.dqio_sem);
	err = mink_careful(sb);
	up_write(&sb->s_dquot.dqio_sem);
	return err;
}

static int mink_read(struct dquot *dquot)
{
	int err;

	down_write(&dquot->dq_sb->s_dquot.dqio_sem);
	err = mink_walk(dquot->dq_sb);
	up_write(&dquot->dq_sb->s_dquot.dqio_sem);
	return err;
}

int mink_acquire(struct dquot *dquot)
{
	unsigned int flags = memalloc_nofs_save();
	int err = mink_read(dquot);

	memalloc_nofs_restore(flags);
	return err;
}
`,
    ['reclaim-recursion'],
    'likely',
    // From 6.6 on a work item gives quota entries back.
    '6.1',
  ));

test('the lock that every inode has: reclaim takes that of another', () =>
  holds(
    `
struct inode { struct rw_semaphore i_rwsem; void *i_private; };

static void mole_evict(struct inode *inode)
{
	struct inode *log = inode->i_private;

	down_write(&log->i_rwsem);
	up_write(&log->i_rwsem);
}

static const struct super_operations mole_ops = { .evict_inode = mole_evict };

int mole_fill(struct inode *inode)
{
	down_write(&inode->i_rwsem);
	inode->i_private = kmalloc(64, GFP_KERNEL);
	up_write(&inode->i_rwsem);
	return inode->i_private ? 0 : -ENOMEM;
}
`,
    ['reclaim-recursion'],
  ));

test('a notifier that takes a mutex in a helper of a header, which it gives nothing to ask', async () => {
  const { shownAt } = await import('./shown.js');
  const files = {
    'drivers/otter/range.h': `
struct otter_range { struct mutex lock; struct mmu_interval_notifier notifier; };

static inline void otter_lock(struct otter_range *r)
{
	mutex_lock(&r->lock);
}

static inline bool otter_may_lock(struct otter_range *r, const struct mmu_notifier_range *range)
{
	if (!mmu_notifier_range_blockable(range))
		return mutex_trylock(&r->lock);
	mutex_lock(&r->lock);
	return true;
}
`,
    'drivers/otter/range.c': `
#include "range.h"

static bool otter_invalidate(struct mmu_interval_notifier *mni, const struct mmu_notifier_range *range, unsigned long seq)
{
	struct otter_range *r = container_of(mni, struct otter_range, notifier);

	otter_lock(r); // blind
	mmu_interval_set_seq(mni, seq);
	mutex_unlock(&r->lock);
	return true;
}

static bool otter_asks(struct mmu_interval_notifier *mni, const struct mmu_notifier_range *range, unsigned long seq)
{
	struct otter_range *r = container_of(mni, struct otter_range, notifier);

	if (!otter_may_lock(r, range))
		return false;
	mutex_unlock(&r->lock);
	return true;
}

static const struct mmu_interval_notifier_ops otter_ops = { .invalidate = otter_invalidate };
static const struct mmu_interval_notifier_ops otter_asking_ops = { .invalidate = otter_asks };
`,
  };
  assert.deepEqual(await shownAt(files, { kernel: '6.12' }), [{ rule: 'nonblock-violation', mark: 'blind' }]);
});
