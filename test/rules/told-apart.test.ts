/** What decides between the ways of a callee: arguments in their places, copied operations, members that were never set. Each beside a bug of the same shape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditText, type TextAuditOptions } from '../../server/src/engine.js';
import { shownAt } from './shown.js';

const shown = async (files: Record<string, string>, options: TextAuditOptions = {}): Promise<string[]> =>
  (await shownAt(files, options)).map((f) => `${f.rule} ${f.mark}`).sort();

describe('a macro that stands for two arguments', () => {
  const text = (given: string, takes: string): string => `
struct mole { struct mutex m; struct timer_list t; };
static int mole_request(struct mole *m, ${takes}, bool waits)
{
	kfree(kmalloc(8, GFP_ATOMIC));
	if (waits) {
		mutex_lock(&m->m); // request
		mutex_unlock(&m->m);
	}
	return 0;
}
static void mole_tick(struct timer_list *t)
{
	struct mole *m = from_timer(m, t, t);

	kfree(kmalloc(8, GFP_ATOMIC));
	mole_request(m, STATE(conn, TIMEOUT), ${given});
}
void mole_start(struct mole *m) { timer_setup(&m->t, mole_tick, 0); }
`;
  it('what follows it is found in its place', async () => {
    const two = 'unsigned int mask, unsigned int value';
    assert.deepEqual(await shown({ 'drivers/m.c': text('false', two) }), []);
    assert.deepEqual(await shown({ 'drivers/m.c': text('true', two) }), ['sleeping-call-in-atomic request']);
    assert.deepEqual(await shown({ 'drivers/m.c': text('false', 'unsigned int value') }), []);
  });
});

describe('an operation that is copied from another structure', () => {
  const text = (lock: string): string => `
struct hive { int (*unwrap)(struct hive *h, void *skb); };
struct bee { spinlock_t lock; struct hive *hive; int (*unwrap)(struct hive *, void *skb); };
static int hive_unwrap(struct hive *h, void *skb)
{
	void *p = kmalloc(64, GFP_KERNEL);

	h->p = kmalloc(64, GFP_ATOMIC); // copy
	return p != NULL;
}
void hive_bind(struct hive *h) { h->unwrap = hive_unwrap; }
void bee_connect(struct bee *b, struct hive *link) { b->unwrap = link->unwrap; }
void bee_done(struct bee *b, void *skb)
{
	${lock}_lock(&b->lock);
	b->unwrap(b->hive, skb); // done
	${lock}_unlock(&b->lock);
}
`;
  it('is called as the original is', async () => {
    assert.deepEqual(await shown({ 'drivers/b.c': text('spin') }), ['sleep-in-atomic done']);
    assert.deepEqual(await shown({ 'drivers/b.c': text('mutex').replace('spinlock_t', 'struct mutex') }), ['atomic-where-sleepable copy']);
  });

  it('only where the types are the same', async () => {
    const other = text('spin').replace('(*unwrap)(struct hive *, void *skb)', '(*unwrap)(struct hive *, int n)');
    assert.deepEqual(await shown({ 'drivers/b.c': other }), ['atomic-where-sleepable copy']);
  });
});

describe('a member of an object made of zeros', () => {
  const text = (node: string, made: string): string => `
struct newt { struct workqueue_struct *wq; void *stats; };
int newt_start(struct newt **out, void *node)
{
	struct newt *n = ${made}(sizeof(*n), GFP_ATOMIC);

	if (!n)
		return -ENOMEM;
	if (!node) {
		n->wq = newt_queue();
		if (!n->wq) {
			kfree(n);
			return -ENOMEM;
		}
	}
	n->stats = newt_stats();
	if (!n->stats) {
		if (n->wq)
			destroy_workqueue(n->wq);
		kfree(n);
		return -ENOMEM;
	}
	*out = n;
	return 0;
}
void newt_create(struct pond *p)
{
	struct frog *f;

	spin_lock(&p->lock);
	f = frog_of(p);
	newt_start(&p->newt, ${node}); // create
	spin_unlock(&p->lock);
}
`;
  it('was set where a parameter was not given', async () => {
    const bug = ['sleeping-call-in-atomic create'];
    assert.deepEqual(await shown({ 'net/n.c': text('f', 'kzalloc') }), []);
    assert.deepEqual(await shown({ 'net/n.c': text('&p->frog', 'kzalloc') }), []);
    assert.deepEqual(await shown({ 'net/n.c': text('NULL', 'kzalloc') }), bug);
    assert.deepEqual(await shown({ 'net/n.c': text('f', 'kmalloc') }), bug);
  });
});

describe('states by the names of enumerators', () => {
  const text = (state: string): string => `
struct crab { int state; struct timer_list t; };
static void crab_step(struct crab *c)
{
	kfree(kmalloc(8, GFP_ATOMIC));
	switch (c->state) {
	case crab_rests:
		break;
	case crab_walks:
		crab_note(c);
		break;
	case crab_swims:
		rtnl_lock(); // step
		rtnl_unlock();
		break;
	}
}
static void crab_tick(struct timer_list *t)
{
	struct crab *c = from_timer(c, t, t);

	kfree(kmalloc(8, GFP_ATOMIC));
	c->state = ${state};
	crab_step(c);
	if (c->state == crab_rests)
		crab_note(c);
}
void crab_start(struct crab *c) { timer_setup(&c->t, crab_tick, 0); }
`;
  it('in lower case', async () => {
    assert.deepEqual(await shown({ 'net/c.c': text('crab_walks') }), []);
    assert.deepEqual(await shown({ 'net/c.c': text('crab_swims') }), ['sleeping-call-in-atomic step']);
  });
});

describe('commands of a function of which the calls alone are known', () => {
  const text = (asks: string, arms = 'case WASP_STINGS:\n\t\twasp_make(w);\n\t\tbreak;') => `
struct wasp { int cmd; struct timer_list t; };
static void wasp_make(struct wasp *w)
{
	kfree(kmalloc(64, GFP_KERNEL)); // make
}
static void wasp_serve(struct wasp *of)
{
	struct wasp *w;

	w = (struct wasp *)of;
	switch (w->cmd) {
	case WASP_RESTS: /* case WASP_DREAMS: */
	case WASP_FLIES:
		if (wasp_up(w)) {
			wasp_note("case}");
			break;
		}
		wasp_rest(w);
		return;
	${arms}
	default:
		wasp_err(w);
	}
}
static void wasp_tick(struct timer_list *t)
{
	struct wasp *w = from_timer(w, t, t);

	kfree(kmalloc(8, GFP_ATOMIC));
	${asks}
}
void wasp_start(struct wasp *w) { timer_setup(&w->t, wasp_tick, 0); }
`;
  const bug = ['sleep-in-atomic make'];
  it('the caller says another one', async () => {
    const rests = 'if (w->cmd == WASP_RESTS || w->cmd == WASP_FLIES)\n\t\twasp_serve(w);';
    assert.deepEqual(await shown({ 'drivers/w.c': text(rests) }), []);
    assert.deepEqual(await shown({ 'drivers/w.c': text('w->cmd = WASP_FLIES;\n\twasp_serve(w);') }), []);
    assert.deepEqual(await shown({ 'drivers/w.c': text('wasp_serve(w);') }), bug);
    assert.deepEqual(await shown({ 'drivers/w.c': text(rests.replace('WASP_FLIES', 'WASP_STINGS')) }), bug);
  });

  it('also under a lock', async () => {
    const locked = (command: string): string =>
      `${text('wasp_note("tick");')}
void wasp_reset(struct wasp *w, spinlock_t *lock)
{
	spin_lock(lock);
	w->cmd = ${command};
	wasp_serve(w); // reset
	spin_unlock(lock);
}`;
    assert.deepEqual(await shown({ 'drivers/w.c': locked('WASP_FLIES') }), []);
    assert.deepEqual(await shown({ 'drivers/w.c': locked('WASP_STINGS') }), ['sleep-in-atomic reset']);
  });

  it('not where the function has put the command there itself, or one arm goes on into the other', async () => {
    const rests = 'w->cmd = WASP_RESTS;\n\twasp_serve(w);';
    assert.deepEqual(await shown({ 'drivers/w.c': text(rests) }), []);
    assert.deepEqual(await shown({ 'drivers/w.c': text(rests).replace('switch (w', 'w->cmd = wasp_next(w);\n\tswitch (w') }), bug);
    assert.deepEqual(await shown({ 'drivers/w.c': text(rests).replace('wasp_rest(w);\n\t\treturn;', 'wasp_rest(w);') }), bug);
    assert.deepEqual(
      await shown({ 'drivers/w.c': text(rests, 'default:\n\t\twasp_make(w);\n\t\tbreak;\n\tcase WASP_STINGS:\n\t\tbreak;') }),
      bug,
    );
  });
});

describe('registers', () => {
  const text = `
void ibis_restart(void)
{
	void __iomem *wdt;

	local_irq_disable();
	wdt = ioremap(IBIS_WDT, 32); // wdt
	writel(1, wdt);
}`;
  it('that an architecture has mapped already', async () => {
    assert.deepEqual(await shown({ 'arch/mips/ibis/setup.c': text }), []);
    assert.deepEqual(await shown({ 'arch/powerpc/platforms/ibis.c': text }), ['sleep-in-atomic wdt']);
  });
});

describe('a SCSI host that says that it may block', () => {
  const text = (member: string): string => `
static int ruff_queue(struct Scsi_Host *host, struct scsi_cmnd *cmd)
{
	msleep(1); // queue
	return 0;
}
static const struct scsi_host_template ruff_template = { .queuecommand = ruff_queue };
int ruff_init(struct Scsi_Host *host)
{
	host->hostdata[0] = (unsigned long)kzalloc(64, GFP_KERNEL);
	host->${member} = !!(host->flags & RUFF_GATES);
	return 0;
}`;
  it('has its commands queued by tasks', async () => {
    assert.deepEqual(await shown({ 'drivers/r.c': text('queuecommand_may_block') }), []);
    assert.deepEqual(await shown({ 'drivers/r.c': text('can_queue') }), ['sleeping-call-in-atomic queue']);
  });
});

describe('a loop that asks twice in a round', () => {
  it('does not spin at the first request alone', async () => {
    const text = (second: string): string => `
void *rail_alloc(size_t size)
{
	void *p;

	do {
		p = kmalloc(size, GFP_NOWAIT | __GFP_NORETRY);
		${second}
	} while (!p);
	return p;
}`;
    const words = async (second: string): Promise<string> =>
      (await auditText([{ path: 'fs/r.c', text: text(second) }], {}))
        .filter((f) => f.ruleId === 'open-coded-retry')
        .map((f) => f.message)
        .join();
    assert.match(await words(''), /spinning starts/);
    assert.doesNotMatch(await words('if (!p)\n\t\t\tp = vmalloc(size);'), /spinning starts/);
    assert.match(await words('if (!p)\n\t\t\tp = vmalloc(size);'), /repeats more/);
  });
});

describe("an array's own lock", () => {
  it('has the name of the array, asserted or taken', async () => {
    const text = (kept: string): string => `
struct xarray { spinlock_t xa_lock; };
struct shrew { struct xarray ids; u32 id, next; };
static void shrew_drop(struct shrew *s)
{
	lockdep_assert_held(&s->ids.xa_lock);
	${kept === 'held' ? '' : 'xa_unlock_irq(&s->ids);'}
	kfree(kmalloc(64, GFP_KERNEL)); // drop
	${kept === 'held' ? '' : 'xa_lock_irq(&s->ids);'}
}
void shrew_add(struct shrew *s, void *p, spinlock_t *lock)
{
	struct xarray *xa = &s->ids;

	${kept === 'other' ? 'spin_lock(lock);' : 'xa_lock_irq(xa);'}
	__xa_alloc_cyclic(xa, &s->id, p, xa_limit_32b, &s->next, GFP_KERNEL); // add
	${kept === 'other' ? 'spin_unlock(lock);' : 'xa_unlock_irq(xa);'}
}`;
    assert.deepEqual(await shown({ 'drivers/s.c': text('') }), []);
    assert.deepEqual(await shown({ 'drivers/s.c': text('held') }), ['sleep-in-atomic drop']);
    assert.deepEqual(await shown({ 'drivers/s.c': text('other') }), ['sleep-in-atomic add']);
  });
});

describe('a member that holds a parameter', () => {
  it('is asked for what the caller gives', async () => {
    const text = (state: string): string => `
struct gull { int state; spinlock_t lock; struct rw_semaphore sem; };
bool gull_change(struct gull *g, int state)
{
	bool changed = false;

	spin_lock(&g->lock);
	switch (state) {
	case GULL_LIVE:
	case GULL_DEAD:
		changed = gull_may(g);
		break;
	}
	if (changed)
		g->state = state;
	spin_unlock(&g->lock);
	if (!changed)
		return false;
	if (g->state == GULL_LIVE) {
		down_read(&g->sem);
		up_read(&g->sem);
	}
	return true;
}
void gull_end(struct gull *g, spinlock_t *lock)
{
	spin_lock(lock);
	gull_change(g, ${state}); // end
	spin_unlock(lock);
}`;
    assert.deepEqual(await shown({ 'drivers/g.c': text('GULL_DEAD') }), []);
    assert.deepEqual(await shown({ 'drivers/g.c': text('GULL_LIVE') }), ['sleeping-call-in-atomic end']);
  });
});

describe('at once or in a task', () => {
  it('by the name of what hands it over', async () => {
    const text = (otherwise: string): string => `
struct ibex { struct mutex m; struct timer_list t; bool polled; };
static void ibex_copy(struct ibex *x)
{
	mutex_lock(&x->m); // copy
	mutex_unlock(&x->m);
}
static void ibex_tick(struct timer_list *t)
{
	struct ibex *x = from_timer(x, t, t);

	kfree(kmalloc(8, GFP_ATOMIC));
	if (x->polled)
		ibex_copy(x);
	else
		${otherwise};
}
void ibex_start(struct ibex *x) { timer_setup(&x->t, ibex_tick, 0); }
`;
    assert.deepEqual(await shown({ 'drivers/i.c': text('ibex_complete_in_task(x, ibex_copy)') }), []);
    assert.deepEqual(await shown({ 'drivers/i.c': text('ibex_note(x)') }), ['sleeping-call-in-atomic copy']);
  });
});

describe('two builds', () => {
  const text = (arm: string): string => `
struct dace { spinlock_t lock; };
#ifdef CONFIG_DACE_SPARSE
static void dace_free(struct dace *d) { remove_proc_entry("dace", NULL); }
#else
static void dace_free(struct dace *d) { }
#endif
#if${arm} CONFIG_DACE_SPARSE
void dace_reset(struct dace *d)
{
	dace_free(d);
}
#endif
void dace_end(struct dace *d)
{
	spin_lock(&d->lock);
	dace_reset(d); // end
	spin_unlock(&d->lock);
}`;
  it('a function of the one does not call what the other has', async () => {
    assert.deepEqual(await shown({ 'kernel/d.c': text('ndef') }), []);
    assert.deepEqual(await shown({ 'kernel/d.c': text('def') }), ['sleeping-call-in-atomic end']);
  });
});

describe('a kernel that stops', () => {
  const text = (stop: string): string => `
struct mutex last_words;
static void ${stop}(void)
{
	mutex_lock(&last_words);
	mutex_unlock(&last_words);
}
static void shrew_check(struct shrew *s)
{
	if (!s->alive)
		${stop}();
}
void shrew_step(struct shrew *s)
{
	spin_lock(&s->lock);
	shrew_check(s); // check
	spin_unlock(&s->lock);
}
`;
  it('may do then what it likes', async () => {
    assert.deepEqual(await shown({ 'drivers/s.c': text('panic') }, { minConfidence: 'possible' }), []);
    assert.deepEqual(await shown({ 'drivers/s.c': text('shrew_cry') }), ['sleeping-call-in-atomic check']);
  });
});
