/** Functions that a call is given and runs before it returns, and operations that allocate whoever implements them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

const at = (text: string, mark: string): number[] => text.split('\n').flatMap((line, i) => (line.includes(`// ${mark}`) ? [i + 1] : []));
const shown = async (text: string, id: string): Promise<number[]> =>
  (await findings(text, id, { minConfidence: 'likely', kernel: '6.1' })).map((f) => f.at.line);

test('the context of a callback reaches what it has run', async () => {
  const text = `
struct gull { struct mutex lock; };

static int gull_sync(struct net_device *dev, const unsigned char *addr)
{
	struct gull *g = netdev_priv(dev);

	mutex_lock(&g->lock); // finds
	mutex_unlock(&g->lock);
	return 0;
}

static void gull_set_rx_mode(struct net_device *dev)
{
	if (!(dev->flags & IFF_PROMISC))
		__dev_mc_sync(dev, gull_sync, NULL);
}

static const struct net_device_ops gull_ops = {
	.ndo_set_rx_mode = gull_set_rx_mode,
};
`;
  assert.deepEqual(await shown(text, 'sleeping-call-in-atomic'), at(text, 'finds'));
});

test('what is run under a lock of the caller sleeps under it', async () => {
  const text = `
struct flock { spinlock_t lock; struct idr sheep; };

static int sheep_shear(int id, void *p, void *data)
{
	return kmalloc(8, GFP_KERNEL) ? 0 : -ENOMEM;
}

void flock_shear(struct flock *f)
{
	spin_lock(&f->lock);
	idr_for_each(&f->sheep, sheep_shear, NULL); // finds
	spin_unlock(&f->lock);
	idr_for_each(&f->sheep, sheep_shear, NULL);
}
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), at(text, 'finds'));
});

test('a quota file read under the lock by which reclaim gives back quota entries', async () => {
  const text = `
struct quota_info { struct rw_semaphore dqio_sem; };
struct super_block { const struct super_operations *s_op; struct quota_info s_dquot; };
struct dquot { struct super_block *dq_sb; };

static int mink_release(struct dquot *dquot)
{
	struct super_block *sb = dquot->dq_sb;

	down_write(&sb->s_dquot.dqio_sem);
	up_write(&sb->s_dquot.dqio_sem);
	return 0;
}

static const struct dquot_operations mink_quota = { .release_dquot = mink_release };

ssize_t mink_info(struct super_block *sb, char *buf)
{
	ssize_t size;

	down_read(&sb->s_dquot.dqio_sem);
	size = sb->s_op->quota_read(sb, 0, buf, 8, 0); // finds
	up_read(&sb->s_dquot.dqio_sem);
	return size;
}

ssize_t mink_scoped(struct super_block *sb, char *buf)
{
	unsigned int flags;
	ssize_t size;

	down_read(&sb->s_dquot.dqio_sem);
	flags = memalloc_nofs_save();
	size = sb->s_op->quota_read(sb, 0, buf, 8, 0);
	memalloc_nofs_restore(flags);
	up_read(&sb->s_dquot.dqio_sem);
	return size;
}
`;
  assert.deepEqual(await shown(text, 'reclaim-recursion'), at(text, 'finds'));
});

test('a cipher request may come from softirq context', async () => {
  const text = `
static int otter_secret(struct kpp_request *req)
{
	void *key = kmalloc(64, GFP_KERNEL); // finds

	return key ? 0 : -ENOMEM;
}

static int otter_public(struct kpp_request *req)
{
	gfp_t gfp = req->base.flags & CRYPTO_TFM_REQ_MAY_SLEEP ? GFP_KERNEL : GFP_ATOMIC;

	return kmalloc(64, gfp) ? 0 : -ENOMEM;
}

static struct kpp_alg otter = {
	.compute_shared_secret = otter_secret,
	.generate_public_key = otter_public,
};
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), at(text, 'finds'));
});

test('a member that was given a value may have another one after a call that was handed the structure', async () => {
  const text = `
struct swan { spinlock_t lock; bool wet; bool seen; void *nest; };

void swan_swim(struct swan *s)
{
	s->wet = false;
	swan_look(s);
	if (s->wet) {
		spin_lock(&s->lock);
		s->nest = kmalloc(8, GFP_KERNEL); // finds
		spin_unlock(&s->lock);
	}
}

void swan_rest(struct swan *s)
{
	s->seen = false;
	spin_lock(&s->lock);
	if (s->seen)
		s->nest = kmalloc(8, GFP_KERNEL);
	spin_unlock(&s->lock);
}

void swan_ask(struct swan *s)
{
	if (s->wet)
		spin_lock(&s->lock);
	swan_look(s);
	if (!s->wet)
		s->nest = kmalloc(8, GFP_KERNEL);
	if (s->wet)
		spin_unlock(&s->lock);
}
`;
  assert.deepEqual(await shown(text, 'sleep-in-atomic'), at(text, 'finds'));
});
