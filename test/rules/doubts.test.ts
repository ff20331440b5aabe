/** Causes of wrong findings on whole kernels that need several files or tables of the core, in our own words, each beside a bug of the same shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TextAuditOptions } from '../../server/src/engine.js';
import { shownAt } from './shown.js';

const shown = async (files: Record<string, string>, options: TextAuditOptions = {}): Promise<string[]> =>
  (await shownAt(files, options)).map((f) => `${f.rule} ${f.mark}`).sort();

describe('what many callers do alike', () => {
  const core = `
struct burrow { int busy; struct mutex m; };
void burrow_wait(struct burrow *b) { if (b->busy & 4) msleep(1); }
void burrow_push(struct burrow *b) { burrow_wait(b); }
`;
  const user = (name: string): string => `
struct ${name} { spinlock_t lock; struct burrow *b; };
void ${name}_tick(struct ${name} *x)
{
	spin_lock(&x->lock);
	burrow_push(x->b); // ${name}
	spin_unlock(&x->lock);
}`;

  it('a sleep that three files reach under their own locks is one that they exclude', async () => {
    const two = { 'lib/burrow.c': core, 'drivers/a/ant.c': user('ant'), 'drivers/b/bee.c': user('bee') };
    assert.deepEqual(await shown(two), ['sleeping-call-in-atomic ant', 'sleeping-call-in-atomic bee']);
    assert.deepEqual(await shown({ ...two, 'drivers/c/cat.c': user('cat') }), []);
  });

  it('programs beside the kernel are no kernel code', async () => {
    const text = `
struct mole { spinlock_t lock; void *p; };
void mole_dig(struct mole *m)
{
	spin_lock(&m->lock);
	m->p = kmalloc(8, GFP_KERNEL); // dig
	spin_unlock(&m->lock);
}`;
    assert.deepEqual(await shown({ 'tools/testing/mole.c': text }), []);
    assert.deepEqual(await shown({ 'lib/mole.c': text }), ['sleep-in-atomic dig']);
  });
});

describe('what a caller chose', () => {
  it('a mask that one path makes blocking and another does not', async () => {
    const text = `
struct stoat { void *p; int flags; };
static void stoat_fill(struct stoat *s, gfp_t gfp)
{
	s->p = kmalloc(8, gfp); // fill
}
static void stoat_tick(struct timer_list *t)
{
	struct stoat *s = stoat_of(t);
	gfp_t gfp = s->flags & STOAT_SLEEPS ? GFP_KERNEL : GFP_ATOMIC;

	stoat_fill(s, gfp);
}
static void stoat_tock(struct timer_list *t)
{
	struct stoat *s = stoat_of(t);

	s->p = kmalloc(8, GFP_KERNEL); // tock
}
void stoat_start(struct timer_list *a, struct timer_list *b)
{
	timer_setup(a, stoat_tick, 0);
	timer_setup(b, stoat_tock, 0);
}`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleep-in-atomic tock']);
  });

  it('a mode by the name of a constant, which may mean no', async () => {
    const text = `
enum { HARE_HURRIES };
struct hare { struct mutex m; int n; };
static void hare_run(struct hare *h, int how)
{
	if (how) {
		mutex_lock(&h->m); // run
		h->n++;
		mutex_unlock(&h->m);
	}
}
static void hare_tick(struct timer_list *t)
{
	hare.p = kmalloc(8, GFP_ATOMIC);
	hare_run(hare_of(t), HARE_NAME);
}
void hare_start(struct timer_list *t) { timer_setup(t, hare_tick, 0); }`;
    assert.deepEqual(await shown({ 'lib/hare.c': text.replace('HARE_NAME', 'HARE_HURRIES') }), []);
    assert.deepEqual(await shown({ 'lib/hare.c': text.replace('HARE_NAME', 'true') }), ['sleeping-call-in-atomic run']);
  });
});

describe('tables of the core', () => {
  it('with PREEMPT_RT a callback under a spinlock has interrupts on', async () => {
    const text = `
struct newt { void *p; };
static void newt_trigger(struct snd_rawmidi_substream *s, int up)
{
	newt.p = kmalloc(8, GFP_ATOMIC); // trigger
}
static const struct snd_rawmidi_ops newt_ops = { .trigger = newt_trigger };
static int newt_suspend(void *data)
{
	newt.p = kmalloc(8, GFP_ATOMIC); // suspend
	return 0;
}
static const struct syscore_ops newt_syscore = { .suspend = newt_suspend };`;
    assert.deepEqual(await shown({ 'lib/newt.c': text }, { rt: true }), ['rt-atomic suspend']);
  });

  it('keys are agreed on for tasks where the core does it itself', async () => {
    const text = `
static int vole_agree(struct kpp_request *req) { return vole_keep(kmalloc(8, GFP_KERNEL)); } // agree
static struct kpp_alg vole_kpp = { .generate_public_key = vole_agree };`;
    assert.deepEqual(await shown({ 'crypto/vole.c': text }), []);
    assert.deepEqual(await shown({ 'drivers/crypto/vole.c': text }), ['sleep-in-atomic agree']);
  });
});

describe('what is not done every time', () => {
  const STOAT = `
struct stoat { spinlock_t lock; struct mutex m; struct completion done; bool configured, async; int flags; struct timer_list t; };`;

  it('what is set up once', async () => {
    const text = `${STOAT}
static int stoat_prepare(struct stoat *s)
{
	if (!s->configured) {
		mutex_lock(&s->m);
		s->configured = true;
		mutex_unlock(&s->m);
	}
	return 0;
}
static int stoat_refresh(struct stoat *s)
{
	mutex_lock(&s->m);
	s->flags = 0;
	mutex_unlock(&s->m);
	return 0;
}
void stoat_run(struct stoat *s)
{
	spin_lock(&s->lock);
	stoat_prepare(s);
	stoat_refresh(s); // refresh
	spin_unlock(&s->lock);
}`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleeping-call-in-atomic refresh']);
  });

  it('a request that says that nobody waits for it', async () => {
    const text = `${STOAT}
static int stoat_send(struct stoat *s)
{
	if (s->async)
		return 0;
	wait_for_completion(&s->done);
	return 1;
}
static int stoat_ask(struct stoat *s)
{
	if (s->flags & STOAT_ASYNC)
		return 0;
	wait_for_completion(&s->done);
	return 1;
}
static int stoat_wait(struct stoat *s)
{
	if (s->flags & STOAT_EMPTY)
		return 0;
	wait_for_completion(&s->done);
	return 1;
}
void stoat_run(struct stoat *s)
{
	spin_lock(&s->lock);
	stoat_send(s);
	stoat_ask(s);
	stoat_wait(s); // wait
	spin_unlock(&s->lock);
}`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleeping-call-in-atomic wait']);
  });

  it('a timer that is set up anew with another function', async () => {
    const text = `${STOAT}
static void stoat_late(struct timer_list *t) { mutex_lock(&stoat.m); stoat.flags = 1; mutex_unlock(&stoat.m); } // late
static void stoat_quick(struct timer_list *t) { stoat.flags = 2; }
void stoat_probe(struct stoat *s) { timer_setup(&s->t, stoat_late, 0); }
void stoat_press(struct stoat *s) { timer_setup(&s->t, SECOND, 0); add_timer(&s->t); }`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text.replace('SECOND', 'stoat_quick') }), []);
    assert.deepEqual(await shown({ 'lib/stoat.c': text.replace('SECOND', 'stoat_late') }), ['sleeping-call-in-atomic late']);
  });

  it('an oops, user memory with page faults off by the name of the function', async () => {
    const text = `${STOAT}
void stoat_die(struct stoat *s)
{
	bust_spinlocks(1);
	spin_lock(&s->lock);
	mutex_lock(&s->m);
	mutex_unlock(&s->m);
	spin_unlock(&s->lock);
}
int stoat_cmpxchg_inatomic(struct stoat *s, int __user *p)
{
	int v;

	preempt_disable();
	if (get_user(v, p))
		v = 0;
	preempt_enable();
	return v;
}
int stoat_peek(struct stoat *s, int __user *p)
{
	int v;

	preempt_disable();
	if (get_user(v, p)) // peek
		v = 0;
	preempt_enable();
	return v;
}`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleeping-call-in-atomic peek']);
  });

  it('one call of a callback below which many statements sleep', async () => {
    const text = `${STOAT}
static void stoat_a(void)
{
	stoat.p = kmalloc(8, GFP_KERNEL);
}
static void stoat_b(void)
{
	stoat_a();
	stoat.q = kmalloc(8, GFP_KERNEL); // b
}
static void stoat_c(void)
{
	stoat_b();
	stoat.r = kmalloc(8, GFP_KERNEL); // c
}
static void stoat_tick(struct timer_list *t)
{
	stoat_c();
}
void stoat_start(struct timer_list *t) { timer_setup(t, stoat_tick, 0); }`;
    assert.deepEqual(await shown({ 'lib/stoat.c': text }), ['sleep-in-atomic b', 'sleep-in-atomic c']);
  });
});

describe('what reclaim reaches', () => {
  const fs = (name: string): string => `
struct inode { int i_no; };
struct burrow_quota { struct mutex bq_lock; };
static void ${name}_evict_inode(struct inode *inode) { burrow_release(quota_of(inode)); }
static const struct super_operations ${name}_sops = { .evict_inode = ${name}_evict_inode };`;
  const quota = `
struct burrow_quota { struct mutex bq_lock; };
void burrow_release(struct burrow_quota *q) { mutex_lock(&q->bq_lock); mutex_unlock(&q->bq_lock); }`;
  const user = `
struct burrow_quota { struct mutex bq_lock; void *p; };
void acquire(struct burrow_quota *q)
{
	mutex_lock(&q->bq_lock);
	q->p = kmalloc(8, GFP_KERNEL); // acquire
	mutex_unlock(&q->bq_lock);
}`;

  it('inodes that their dentries pin are not evicted', async () => {
    const litter = (kill: string): string => `${user}
static void den_evict_inode(struct inode *inode) { struct burrow_quota *q = quota_of(inode); mutex_lock(&q->bq_lock); mutex_unlock(&q->bq_lock); }
static const struct super_operations den_sops = { .evict_inode = den_evict_inode };
static void den_kill(struct super_block *sb) { ${kill}(sb); }`;
    assert.deepEqual(await shown({ 'fs/den/super.c': litter('kill_litter_super') }), []);
    assert.deepEqual(await shown({ 'fs/den/super.c': litter('kill_block_super') }), ['reclaim-recursion acquire']);
  });

  it("a file system's own inodes, not another's", async () => {
    const own = { 'fs/quota/q.c': quota, 'fs/mole/super.c': fs('mole'), 'fs/mole/quota.c': user };
    assert.deepEqual(await shown(own), ['reclaim-recursion acquire']);
    assert.deepEqual(await shown({ 'fs/quota/q.c': quota, 'fs/hare/super.c': fs('hare'), 'fs/mole/quota.c': user }), []);
  });
});

describe('what reclaim hands down', () => {
  const text = (argument: string): string => `
struct eel { struct mutex e_lock; void *p; };
static void eel_enter(struct eel *e) { mutex_lock(&e->e_lock); }
static void eel_leave(struct eel *e) { mutex_unlock(&e->e_lock); }
static int eel_write(struct eel *e, bool clean)
{
	if (!clean)
		eel_enter(e);
	e->p = kmalloc(8, GFP_NOFS);
	if (!clean)
		eel_leave(e);
	return 0;
}
static void eel_evict_inode(struct inode *inode) { eel_write(eel_of(inode), ${argument}); }
static const struct super_operations eel_sops = { .evict_inode = eel_evict_inode };
void eel_grow(struct eel *e)
{
	mutex_lock(&e->e_lock);
	e->p = kmalloc(8, GFP_KERNEL); // grow
	mutex_unlock(&e->e_lock);
}`;

  it('an argument decides whether a lock is taken', async () => {
    assert.deepEqual(await shown({ 'fs/eel/file.c': text('true') }), []);
    assert.deepEqual(await shown({ 'fs/eel/file.c': text('false') }), ['reclaim-recursion grow']);
  });
});

describe('what a wrapper says by its arguments', () => {
  const text = (first: string, second: string): string => `
static int shrew_find(struct shrew *s, bool may_wait, int how)
{
	if (may_wait)
		msleep(10);
	return how;
}
static int shrew_wrap(struct shrew *s, bool wait) { return shrew_find(s, ${first}, SHREW_DEEP); }
static int shrew_outer(struct shrew *s) { return shrew_wrap(s, ${second}); }
void shrew_visit(struct shrew *s)
{
	spin_lock(&s->lock);
	shrew_outer(s); // visit
	spin_unlock(&s->lock);
}`;

  it('a constant decides, also through its own parameter', async () => {
    assert.deepEqual(await shown({ 'lib/shrew.c': text('true', 'false') }), ['sleeping-call-in-atomic visit']);
    assert.deepEqual(await shown({ 'lib/shrew.c': text('false', 'true') }), []);
    assert.deepEqual(await shown({ 'lib/shrew.c': text('wait', 'true') }), ['sleeping-call-in-atomic visit']);
    assert.deepEqual(await shown({ 'lib/shrew.c': text('wait', 'false') }), []);
  });
});

describe('a local that stands for a question', () => {
  const visit = (call: string): string => `
static void asp_done(int x) { }
void asp_visit(struct asp *a)
{
	spin_lock(&a->lock);
	${call} // visit
	spin_unlock(&a->lock);
}`;

  it('whether somebody is to be called back', async () => {
    const text = (call: string): string => `
static int asp_send(struct asp *a, asp_fn done)
{
	int wait;

	if (done)
		wait = 0;
	else
		wait = 1;
	asp_put(a);
	if (wait)
		msleep(10);
	return 0;
}${visit(call)}`;
    assert.deepEqual(await shown({ 'lib/asp.c': text('asp_send(a, (asp_fn)asp_done);') }), []);
    assert.deepEqual(await shown({ 'lib/asp.c': text('asp_send(a, NULL);') }), ['sleeping-call-in-atomic visit']);
  });

  it('whether it may sleep', async () => {
    const text = (value: string, asked: string): string => `
static int asp_busy(struct asp *a)
{
	bool fine = ${value};

	if (${asked})
		msleep(3);
	return 0;
}${visit('asp_busy(a);')}`;
    assert.deepEqual(await shown({ 'lib/asp.c': text('!in_atomic() && !irqs_disabled()', 'likely(fine)') }), []);
    assert.deepEqual(await shown({ 'lib/asp.c': text('in_atomic() || a->late', '!fine') }), []);
    assert.deepEqual(await shown({ 'lib/asp.c': text('in_atomic() && a->late', '!fine') }), ['sleeping-call-in-atomic visit']);
  });
});

describe('what caller and callee ask of one object', () => {
  const text = (asked: string, answered: string): string => `
static void knot_check(struct knot *k)
{
	if (${answered})
		return;
	k->turn++;
	msleep(5);
}
void knot_tick(struct knot *k)
{
	spin_lock(&k->lock);
	while (${asked})
		knot_check(k); // tick
	spin_unlock(&k->lock);
}`;

  it('a bit, a field', async () => {
    const bit = 'test_bit(KNOT_RESET, &k->flags)';
    assert.deepEqual(await shown({ 'lib/knot.c': text(bit, bit) }), []);
    assert.deepEqual(await shown({ 'lib/knot.c': text(bit, `!${bit}`) }), ['sleeping-call-in-atomic tick']);
    assert.deepEqual(await shown({ 'lib/knot.c': text(bit, 'test_bit(KNOT_OTHER, &k->flags)') }), ['sleeping-call-in-atomic tick']);
    assert.deepEqual(await shown({ 'lib/knot.c': text('k->dead', 'k->dead') }), []);
  });
});

describe('a section that may sleep and must not reclaim', () => {
  it('before a fence is signalled', async () => {
    const text = (begin: string, end: string): string => `
struct brant { struct mutex lock; void *p; };
static void brant_dump(struct brant *b)
{
	mutex_lock(&b->lock);
	b->p = kzalloc(64, GFP_NOWAIT); // dump
	mutex_unlock(&b->lock);
}
void brant_hang(struct brant *b)
{
	${begin}
	brant_dump(b);
	${end}
}`;
    assert.deepEqual(await shown({ 'lib/brant.c': text('', '') }), ['atomic-where-sleepable dump']);
    const section = text('bool cookie = dma_fence_begin_signalling();', 'dma_fence_end_signalling(cookie);');
    assert.deepEqual(await shown({ 'lib/brant.c': section }), []);
  });
});

describe('a callback in a structure inside another', () => {
  it('is known by the type of the member', async () => {
    const text = (type: string): string => `
struct ibis_led { int on; };
struct ibis { struct ${type} good; struct mutex lock; };
static void ibis_set(struct led_classdev *led, enum led_brightness b)
{
	struct ibis *i = ibis_of(led);

	mutex_lock(&i->lock); // set
	mutex_unlock(&i->lock);
}
int ibis_setup(struct ibis *birds)
{
	birds[2].good.brightness_set = ibis_set;
	return 0;
}`;
    assert.deepEqual(await shown({ 'lib/ibis.c': text('led_classdev') }), ['sleeping-call-in-atomic set']);
    assert.deepEqual(await shown({ 'lib/ibis.c': text('ibis_led') }), []);
  });
});

describe('what runs over the stations', () => {
  it('runs in a read section of the core where its name says atomic, else as its caller does', async () => {
    const text = (iterate: string): string => `
struct grebe { struct mutex lock; };
static void grebe_count(void *data, struct ieee80211_sta *sta)
{
	struct entry *e = kmalloc(8, GFP_ATOMIC); // count

	if (e)
		list_add(&e->list, data);
}
static void grebe_all(struct grebe *g)
{
	mutex_lock(&g->lock);
	${iterate}(g->hw, grebe_count, g);
	mutex_unlock(&g->lock);
}
static int grebe_start(struct ieee80211_hw *hw) { grebe_all(hw->priv); return 0; }
static const struct ieee80211_ops grebe_ops = { .start = grebe_start };`;
    assert.deepEqual(await shown({ 'lib/grebe.c': text('ieee80211_iterate_stations_atomic') }), []);
    assert.deepEqual(await shown({ 'lib/grebe.c': text('ieee80211_iterate_stations') }), ['atomic-where-sleepable count']);
  });
});

describe('a timer', () => {
  it('of the soft kind runs in softirq, which PREEMPT_RT makes a thread', async () => {
    const text = (mode: string): string => `
struct rail { struct hrtimer beat; void *p; };
static enum hrtimer_restart rail_beat(struct hrtimer *t)
{
	struct rail *r = rail_of(t);

	r->p = kmalloc(8, GFP_ATOMIC); // beat
	return HRTIMER_NORESTART;
}
void rail_start(struct rail *r)
{
	hrtimer_init(&r->beat, CLOCK_MONOTONIC, ${mode});
	r->beat.function = rail_beat;
}`;
    assert.deepEqual(await shown({ 'lib/rail.c': text('HRTIMER_MODE_REL') }, { kernel: '6.12', rt: true }), ['rt-atomic beat']);
    assert.deepEqual(await shown({ 'lib/rail.c': text('HRTIMER_MODE_REL_SOFT') }, { kernel: '6.12', rt: true }), []);
  });
});

describe('a mode that caller and callee look at', () => {
  it('is seen in a function that does nothing else', async () => {
    const text = (mode: string): string => `
static void dove_set(struct dove *d)
{
	if (d->${mode})
		gpiod_set_value_cansleep(d->line, 1);
	else
		gpiod_set_value(d->line, 1);
}
void dove_all(struct dove *d)
{
	if (d->can_sleep) {
		mutex_lock(&d->big);
		dove_set(d);
		mutex_unlock(&d->big);
	} else {
		spin_lock(&d->small);
		dove_set(d); // set
		spin_unlock(&d->small);
	}
}`;
    assert.deepEqual(await shown({ 'lib/dove.c': text('can_sleep') }), []);
    const other = text('can_sleep').replace('if (d->can_sleep)\n\t\tgpiod', 'if (d->slow)\n\t\tgpiod');
    // The sleeping half and the other one: it chooses, by whatever name.
    assert.deepEqual(await shown({ 'lib/dove.c': other }), []);
    assert.deepEqual(await shown({ 'lib/dove.c': other.replace('gpiod_set_value(', 'gpiod_toggle(') }), ['sleeping-call-in-atomic set']);
    const own = `
void dove_own(struct dove *d)
{
	spin_lock(&d->small);
	if (d->slow)
		gpiod_set_value_cansleep(d->line, 1); // own
	else
		gpiod_set_value(d->line, 1);
	spin_unlock(&d->small);
}`;
    assert.deepEqual(await shown({ 'lib/dove.c': own }), ['sleeping-call-in-atomic own']);
  });
});

describe('tables of functions', () => {
  it('what is called by index runs as its caller does', async () => {
    const text = `
struct hare { void *p; };
static int hare_head(struct hare *h) { return 0; }
static int hare_body(struct hare *h)
{
	h->p = kmalloc(8, GFP_ATOMIC); // body
	return h->p ? 0 : -ENOMEM;
}
static int (*const hare_steps[])(struct hare *h) = { hare_head, hare_body };
static ssize_t hare_write(struct file *file, const char __user *buf, size_t n, loff_t *pos)
{
	int i;

	hare.q = kmalloc(n, GFP_KERNEL);
	for (i = 0; i < 2; i++)
		hare_steps[i](&hare);
	return n;
}
static const struct file_operations hare_fops = { .write = hare_write };`;
    assert.deepEqual(await shown({ 'lib/hare.c': text }), ['atomic-where-sleepable body']);
  });
});

describe('a task that comes through several calls', () => {
  const text = (elsewhere: string): string => `
struct vole { void *p; };
static int vole_fill(struct vole *v)
{
	v->p = kmalloc(8, GFP_ATOMIC); // fill
	return v->p ? 0 : -ENOMEM;
}
static int vole_make(struct vole *v) { return vole_fill(v); }
static int vole_setup(struct vole *v) { return vole_make(v); }
static int vole_probe(struct platform_device *pdev) { return vole_setup(vole_of(pdev)); }
static struct platform_driver vole_driver = { .probe = vole_probe };
${elsewhere}`;

  it('may sleep, unless the function is called from elsewhere too', async () => {
    assert.deepEqual(await shown({ 'lib/vole.c': text('') }), ['atomic-where-sleepable fill']);
    assert.deepEqual(await shown({ 'lib/vole.c': text('int vole_refill(struct vole *v) { return vole_fill(v); }') }), []);
  });
});

describe('sleeps in functions that do nothing else of interest', () => {
  it('polling with a delay', async () => {
    const text = `
struct eel { spinlock_t lock; void __iomem *regs; };
static int eel_settle(struct eel *e, u32 usec)
{
	u32 status;

	return readl_relaxed_poll_timeout(e->regs, status, status & 1, DELAY, usec);
}
void eel_reset(struct eel *e)
{
	spin_lock(&e->lock);
	eel_settle(e, 500); // reset
	spin_unlock(&e->lock);
}`;
    assert.deepEqual(await shown({ 'lib/eel.c': text.replace('DELAY', '10') }), ['sleeping-call-in-atomic reset']);
    assert.deepEqual(await shown({ 'lib/eel.c': text.replace('DELAY', '0') }), []);
  });
});
