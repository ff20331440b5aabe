/** What a maintainer would answer "that cannot be" to, in our own words, each beside a bug of the same shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditText, type TextAuditOptions } from '../../server/src/engine.js';
import { shownAt } from './shown.js';

const shown = async (files: Record<string, string>, options: TextAuditOptions = {}): Promise<string[]> =>
  (await shownAt(files, options)).map((f) => `${f.rule} ${f.mark}`).sort();

describe('a lock that an allocator of the core lets go of', () => {
  it("a maple state's tree is locked by its own lock, not by the user's", async () => {
    const text = `
struct maple_tree { spinlock_t ma_lock; };
struct ma_state { struct maple_tree *tree; };
void vole_own(struct maple_tree *mt)
{
	MA_STATE(mas, mt, 0, 0);

	mtree_lock(mt);
	mas_store_gfp(&mas, mt, GFP_KERNEL); // own
	mtree_unlock(mt);
}
void vole_other(struct maple_tree *mt, spinlock_t *lock)
{
	MA_STATE(mas, mt, 0, 0);

	spin_lock(lock);
	mas_store_gfp(&mas, mt, GFP_KERNEL); // other
	spin_unlock(lock);
}
static void *vole_node(gfp_t gfp)
{
	return kmalloc(64, gfp);
}
void vole_nomem(struct ma_state *mas, gfp_t gfp)
	__must_hold(mas->tree->ma_lock)
{
	mtree_unlock(mas->tree);
	vole_node(GFP_KERNEL); // unlocked
	mtree_lock(mas->tree);
	vole_node(GFP_KERNEL); // locked
}`;
    assert.deepEqual(await shown({ 'lib/vole.c': text }), ['sleep-in-atomic locked', 'sleep-in-atomic other']);
  });
});

describe('what a call says of the object that it hands over', () => {
  const digger = (asks: string): string => `
struct digger { int state; struct timer_list t; struct mutex m; };
static int digger_step(struct digger *d)
{
	struct digger *own = d;

	switch (own->state) {
	case DIGGER_RESTS:
		return 0;
	case DIGGER_DIGS:
		mutex_lock(&d->m); // step
		mutex_unlock(&d->m);
		break;
	}
	return 1;
}
static void digger_tick(struct timer_list *t)
{
	struct digger *d = from_timer(d, t, t);

	kfree(kmalloc(8, GFP_ATOMIC));
	${asks}
}
void digger_start(struct digger *d) { timer_setup(&d->t, digger_tick, 0); }
`;
  it('a state that the caller sets, and one that it asks for', async () => {
    assert.deepEqual(await shown({ 'drivers/d.c': digger('d->state = DIGGER_RESTS;\n\tdigger_step(d);') }), []);
    assert.deepEqual(
      await shown({ 'drivers/d.c': digger('if (d->state == DIGGER_RESTS || d->state == DIGGER_ILL)\n\t\tdigger_step(d);') }),
      [],
    );
    const bug = ['sleeping-call-in-atomic step'];
    assert.deepEqual(await shown({ 'drivers/d.c': digger('d->state = DIGGER_DIGS;\n\tdigger_step(d);') }), bug);
    assert.deepEqual(await shown({ 'drivers/d.c': digger('digger_step(d);') }), bug);
  });
});

describe('what is looked up', () => {
  it('was made before a callback looks for it', async () => {
    const text = (name: string): string => `
struct hen { struct list_head eggs; };
static void *hen_allocate_egg(struct hen *h)
{
	return kzalloc(64, GFP_KERNEL); // egg
}
static void *${name}(struct hen *h)
{
	return hen_allocate_egg(h);
}
static void hen_tick(struct timer_list *t)
{
	struct hen *h = hen_of(t);

	${name}(h);
}
void hen_start(struct hen *h) { timer_setup(&h->t, hen_tick, 0); }
`;
    assert.deepEqual(await shown({ 'drivers/h.c': text('hen_find_egg') }), []);
    assert.deepEqual(await shown({ 'drivers/h.c': text('hen_next_egg') }), ['sleep-in-atomic egg']);
  });
});

describe('what is for a broken kernel only', () => {
  const text = (test: string): string => `
struct hare { spinlock_t lock; int busy; };
static void hare_tell(struct hare *h) { kfree(kmalloc(64, GFP_KERNEL)); }
static void hare_end(struct hare *h)
{
	kfree(kmalloc(8, GFP_ATOMIC));
	if (${test})
		hare_tell(h);
}
void hare_stop(struct hare *h)
{
	spin_lock(&h->lock);
	hare_end(h); // stop
	spin_unlock(&h->lock);
}`;
  it('behind a warning', async () => {
    assert.deepEqual(await shown({ 'drivers/h.c': text('WARN(h->busy, "busy\\n")') }), []);
    assert.deepEqual(await shown({ 'drivers/h.c': text('WARN_ON(!h->busy)') }), []);
    const bug = ['sleep-in-atomic stop'];
    assert.deepEqual(await shown({ 'drivers/h.c': text('!WARN_ON(h->busy)') }), bug);
    assert.deepEqual(await shown({ 'drivers/h.c': text('h->busy') }), bug);
  });

  it('in a debugging build, below a function of which the calls alone are known', async () => {
    const half = (arm: string) => `
struct stag { spinlock_t lock; int n; };
#ifdef ${arm}
static void stag_leaks(struct stag *s) { kfree(kmalloc(64, GFP_KERNEL)); }
#else
static void stag_leaks(struct stag *s) { }
#endif
void stag_down(struct stag *s)
{
	stag_leaks(s);
}
void stag_fini(struct stag *s)
{
	spin_lock(&s->lock);
	stag_down(s); // fini
	spin_unlock(&s->lock);
}`;
    assert.deepEqual(await shown({ 'drivers/s.c': half('CONFIG_STAG_DEBUG') }), []);
    assert.deepEqual(await shown({ 'drivers/s.c': half('CONFIG_STAG_TRACKS') }), ['sleep-in-atomic fini']);
  });
});

describe('the reaper', () => {
  const text = (label: string): string => `
struct otter { struct mmu_interval_notifier n; struct mutex m; };
static void otter_drop(struct otter *o)
{
	mutex_lock(&o->m); // drop
	mutex_unlock(&o->m);
}
static bool otter_invalidate(struct mmu_interval_notifier *n, const struct mmu_notifier_range *range, unsigned long seq)
{
	struct otter *o = container_of(n, struct otter, n);
	void *p = kmalloc(8, GFP_NOWAIT);

	switch (range->event) {
	case MMU_NOTIFY_UNMAP:
		${label === 'unmap' ? 'otter_drop(o);' : ''}
		break;
	default:
		${label === 'default' ? 'otter_drop(o);' : ''}
		break;
	}
	return true;
}
static const struct mmu_interval_notifier_ops otter_ops = { .invalidate = otter_invalidate };
`;
  it('unmaps, and sends no other event', async () => {
    assert.deepEqual(await shown({ 'drivers/o.c': text('default') }), []);
    assert.deepEqual(await shown({ 'drivers/o.c': text('unmap') }), ['nonblock-violation drop']);
  });
});

describe('one after the other', () => {
  it('a set of bits of which one is taken each time', async () => {
    const text = `
struct call *rook_ask(struct rook *r, int i) { return kzalloc(64, GFP_KERNEL) ?: ERR_PTR(-ENOMEM); }
bool rook_probe_all(struct rook *r)
{
	struct call *call;
	unsigned long left = 15;
	int i, best;
	bool asked = false;

	while (left) { // loop
		best = 0;
		for (i = 0; i < r->count; i++)
			if (test_bit(i, &left))
				best = i;
		__clear_bit(best, &left);
		call = rook_ask(r, best);
		if (!IS_ERR(call))
			asked = true;
		else
			rook_note(r, PTR_ERR(call));
	}
	return asked;
}`;
    assert.deepEqual(await shown({ 'fs/r.c': text }), []);
    const again = `
void *rook_get(unsigned long *seen)
{
	void *p;
	unsigned long own = 0;

	while (!(p = kmalloc(64, GFP_KERNEL))) { // again
		__set_bit(3, &own);
		cond_resched();
	}
	*seen = own;
	return p;
}`;
    assert.deepEqual(await shown({ 'fs/r.c': again }), ['open-coded-retry again']);
  });
});

describe('who calls', () => {
  it('a function that nobody names is called from somewhere', async () => {
    const text = (table: string): string => `
struct marten { struct mutex m; struct virtqueue *vq; };
static void marten_fill(struct virtqueue *vq, void *buf)
{
	struct scatterlist sg[1];

	sg_init_one(sg, buf, 64);
	virtqueue_add_inbuf(vq, sg, 1, buf, GFP_ATOMIC); // fill
}
static void marten_got(struct virtqueue *vq) { ${table === '' ? '' : 'marten_fill(vq, vq->priv);'} }
static int marten_init(struct marten *x)
{
	${table}
	marten_fill(x->vq, kmalloc(64, GFP_KERNEL));
	return 0;
}
static int marten_probe(struct virtio_device *v)
{
	struct marten *x = v->priv;

	mutex_lock(&x->m);
	marten_init(x);
	mutex_unlock(&x->m);
	return 0;
}
static struct virtio_driver marten_driver = { .probe = marten_probe };
`;
    const bug = ['atomic-where-sleepable fill'];
    assert.deepEqual(await shown({ 'drivers/m.c': text('') }), bug);
    const tables = ['vq_callback_t *cbs[1] = { marten_got };\n\tvirtio_find_vqs(x->v, 1, &x->vq, cbs);'];
    tables.push('struct virtqueue_info infos[] = { { "got", marten_got } };\n\tvirtio_find_vqs(x->v, 1, &x->vq, infos);');
    for (const table of tables) assert.deepEqual(await shown({ 'drivers/m.c': text(table) }), []);
  });
});

describe('what goes round again', () => {
  it('for another error than the one that an allocation gives', async () => {
    const text = (code: string): string => `
enum rc { RC_OK };
static enum rc stoat_send(struct stoat *s)
{
	void *p = kzalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	return stoat_push(s, p);
}
enum rc stoat_push_all(struct stoat *s)
{
	enum rc status;

	while (1) { // loop
		status = stoat_send(s);
		if (status != -${code})
			break;
		msleep(1);
	}
	return status;
}`;
    assert.deepEqual(await shown({ 'drivers/s.c': text('EAGAIN') }), []);
    assert.deepEqual(await shown({ 'drivers/s.c': text('ENOMEM') }), ['congestion-wait line 19', 'open-coded-retry loop']);
  });
});

describe('at once or later', () => {
  const text = (otherwise: string): string => `
struct lynx { struct mutex m; struct work_struct work; int mode; };
static void lynx_submit(struct lynx *x)
{
	mutex_lock(&x->m); // submit
	mutex_unlock(&x->m);
}
static int lynx_command(struct Scsi_Host *host, struct scsi_cmnd *cmd)
{
	struct lynx *x = cmd->host_scribble;
	int mode = x->mode;

	kfree(kmalloc(8, GFP_ATOMIC));
	if (mode == LYNX_DIRECT) {
		lynx_submit(x);
		return 0;
	}
	${otherwise}
	return 0;
}
static struct scsi_host_template lynx_template = { .queuecommand = lynx_command };
`;
  it('what is put off otherwise', async () => {
    assert.deepEqual(await shown({ 'drivers/l.c': text('queue_work(system_wq, &x->work);') }), []);
    assert.deepEqual(await shown({ 'drivers/l.c': text('lynx_queue_one(x);') }), []);
    const bug = ['sleeping-call-in-atomic submit'];
    assert.deepEqual(await shown({ 'drivers/l.c': text('x->mode = 1;') }), bug);
    assert.deepEqual(await shown({ 'drivers/l.c': text('queue_work(system_wq, &other->work);') }), bug);
    const build = text('').replace(
      /if \(mode == LYNX_DIRECT\) \{[^}]*\}/,
      '#ifdef CONFIG_LYNX_LATE\n\tqueue_work(system_wq, &x->work);\n#else\n\tlynx_submit(x);\n#endif',
    );
    assert.deepEqual(await shown({ 'drivers/l.c': build }), bug);
  });

  it('in a function of which the calls alone are known', async () => {
    const plain = (otherwise: string): string =>
      text('')
        .replace('kfree(kmalloc(8, GFP_ATOMIC));', '')
        .replace('{\n\t\tlynx_submit(x);\n\t\treturn 0;\n\t}', `return lynx_submit(x);\n\n\t${otherwise}`);
    assert.deepEqual(await shown({ 'drivers/l.c': plain('lynx_queue_one(x);') }), []);
    assert.deepEqual(await shown({ 'drivers/l.c': plain('lynx_count(x);') }), ['sleeping-call-in-atomic submit']);
  });

  it('before the first task runs', async () => {
    const boot = (name: string): string => `
void ${name}(void)
{
	local_irq_disable();
	msleep(1); // boot
	local_irq_enable();
}`;
    assert.deepEqual(await shown({ 'arch/parisc/kernel/irq.c': boot('init_IRQ') }), []);
    assert.deepEqual(await shown({ 'arch/parisc/kernel/irq.c': boot('reset_IRQ') }), ['sleeping-call-in-atomic boot']);
  });
});

describe('tables of two kinds', () => {
  it('maps of descriptors are changed by system calls', async () => {
    const text = (more: string): string => `
static DEFINE_MUTEX(eel_mutex);
static long eel_delete(struct bpf_map *map, void *key)
{
	mutex_lock(&eel_mutex); // delete
	mutex_unlock(&eel_mutex);
	return 0;
}
const struct bpf_map_ops eel_plain_ops = { .map_delete_elem = eel_plain };
const struct bpf_map_ops eel_ops = { ${more}.map_delete_elem = eel_delete };
`;
    assert.deepEqual(await shown({ 'kernel/bpf/eel.c': text('.map_fd_get_ptr = eel_get, ') }), []);
    assert.deepEqual(await shown({ 'kernel/bpf/eel.c': text('.map_alloc = eel_alloc, ') }), ['sleeping-call-in-atomic delete']);
  });
});

describe('before a fence is signalled', () => {
  it('a job of a GPU may sleep and must not reclaim', async () => {
    const text = (field: string): string => `
struct coot { struct mutex m; void *p; };
static enum drm_gpu_sched_stat coot_late(struct drm_sched_job *job)
{
	struct coot *c = coot_of(job);

	mutex_lock(&c->m);
	c->p = kmalloc(64, GFP_NOWAIT); // late
	mutex_unlock(&c->m);
	return DRM_GPU_SCHED_STAT_NOMINAL;
}
static const struct drm_sched_backend_ops coot_ops = { .${field} = coot_late };
`;
    assert.deepEqual(await shown({ 'drivers/gpu/c.c': text('timedout_job') }), []);
    assert.deepEqual(await shown({ 'drivers/gpu/c.c': text('free_job') }), ['atomic-where-sleepable late']);
  });
});

describe('what was reserved', () => {
  it('is stored without an allocation', async () => {
    const text = (first: string): string => `
void smelt_check(struct xarray *xa, void *p)
{
	${first}
	msleep(1);
	xa_store(xa, 7, p, GFP_NOWAIT); // store
}`;
    assert.deepEqual(await shown({ 'lib/s.c': text('xa_reserve(xa, 7, GFP_KERNEL);') }), []);
    assert.deepEqual(await shown({ 'lib/s.c': text('xa_reserve(&other, 7, GFP_KERNEL);') }), ['atomic-where-sleepable store']);
  });
});

describe('words', () => {
  const messages = async (text: string): Promise<string[]> => (await auditText([{ path: 'drivers/w.c', text }], {})).map((f) => f.message);
  it('a lock that a function of its own takes has a name', async () => {
    const text = `
void wren_list(struct wren *w)
{
	rtnl_lock();
	w->p = kmalloc(64, GFP_ATOMIC);
	rtnl_unlock();
}`;
    assert.match((await messages(text)).join(), /the mutex 'rtnl_mutex' is held since line 4/);
  });

  it('a lock in a structure that is not known is named as it is written', async () => {
    const text = `
static void wren_fill(struct wren *w)
{
	w->p = kmalloc(64, GFP_ATOMIC);
}
void wren_list(struct nest *n)
{
	mutex_lock(&n->eggs.lock);
	wren_fill(n->first);
	mutex_unlock(&n->eggs.lock);
}`;
    assert.match((await messages(text)).join(), /'wren_list' calls it with n\.eggs\.lock held/);
  });
});
