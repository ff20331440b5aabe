/** Sleeps that a mode keeps away: a bit of a flags word, a case of a dispatcher, a table without the operation; and the bug beside each that must stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

const at = (text: string, mark: string): number[] => text.split('\n').flatMap((line, i) => (line.includes(`// ${mark}`) ? [i + 1] : []));
async function holds(text: string): Promise<void> {
  const all = await findings(text, undefined, { minConfidence: 'likely', kernel: '6.12' });
  const sleeping = all.filter((f) => ['sleep-in-atomic', 'sleeping-call-in-atomic', 'nonblock-violation'].includes(f.ruleId));
  assert.deepEqual(
    sleeping.map((f) => f.at.line).sort((a, b) => a - b),
    at(text, 'finds'),
  );
}

const ENDURE = `
enum endure { EV_HARD = 1 << 0, EV_LOUD = 1 << 1, EV_LOCAL = 1 << 2 };
struct egret { spinlock_t lock; struct mutex m; struct timer_list timer; struct tasklet_struct tasklet; void *note; int state; };
`;

/** Sends unless it may not, by the bits that it was given. */
const MOVE = `static int egret_move(struct egret *e, int to, enum endure flags)
{
	if (!(flags & (EV_LOCAL | EV_HARD)))
		egret_send(e);
	flags |= EV_LOCAL;
	e->note = kmalloc(8, GFP_ATOMIC);
	e->state = to;
	return flags;
}
`;

test('none of several bits, asked before the flags change', () =>
  holds(`${ENDURE}
static void egret_send(struct egret *e)
{
	mutex_lock(&e->m);
	mutex_unlock(&e->m);
}

${MOVE}
static void egret_hard(struct timer_list *t)
{
	struct egret *e = from_timer(e, t, timer);

	egret_move(e, 2, EV_LOUD | EV_HARD);
}

void egret_setup(struct egret *e)
{
	timer_setup(&e->timer, egret_hard, 0);
}
`));

test('another bit than those asked for', () =>
  holds(`${ENDURE}
static void egret_send(struct egret *e)
{
	mutex_lock(&e->m); // finds
	mutex_unlock(&e->m);
}

${MOVE}
static void egret_loud(struct tasklet_struct *t)
{
	struct egret *e = from_tasklet(e, t, tasklet);

	egret_move(e, 2, EV_LOUD);
}

void egret_prepare(struct egret *e)
{
	tasklet_setup(&e->tasklet, egret_loud);
}
`));

test('the same under a lock of the caller', () =>
  holds(`${ENDURE}
static void egret_send(struct egret *e, enum endure flags)
{
	if (!(flags & (EV_LOCAL | EV_HARD)))
		mutex_lock(&e->m);
	flags = 0;
	e->state = flags;
}

void egret_kick(struct egret *e)
{
	spin_lock(&e->lock);
	egret_send(e, EV_LOUD | EV_HARD);
	egret_send(e, EV_LOUD); // finds
	spin_unlock(&e->lock);
}
`));

test('a lock of the architecture alone leaves preemption on; with interrupts off before it nothing may sleep', () =>
  holds(`
struct egret { arch_spinlock_t lock; void *note; };

void egret_fill(struct egret *e)
{
	arch_spin_lock(&e->lock);
	e->note = kmalloc(8, GFP_KERNEL);
	arch_spin_unlock(&e->lock);
}

void egret_swap(struct egret *e)
{
	local_irq_disable();
	arch_spin_lock(&e->lock);
	e->note = kmalloc(8, GFP_KERNEL); // finds
	arch_spin_unlock(&e->lock);
	local_irq_enable();
}
`));

test('a loop around what takes no mask is no loop around a mask that forbids reclaim', async () => {
  const [keeps, passes] = await findings(
    `
static void egret_keep(struct radix_tree_root *root, unsigned long at, void *item)
{
	while (radix_tree_insert(root, at, item))
		cond_resched();
}

static int egret_grow(struct egret *e)
{
	e->note = kmalloc(8, GFP_NOFS);
	return e->note ? 0 : -ENOMEM;
}

void egret_must(struct egret *e)
{
	while (egret_grow(e) == -ENOMEM)
		cond_resched();
}
`,
    'open-coded-retry',
  );
  assert.match(
    keeps!.message,
    /with the mask of what it adds to until it succeeds\. A conversion is not plain: it repeats any error\..*the pause\.$/,
  );
  assert.match(passes!.message, /Convertible, once 'egret_grow' can be asked for it\.$/);
});

const ORDERS = `
struct egret { spinlock_t lock; struct mutex m; void *note; };
struct order { int cmd; int unit; };
`;
const SERVE = `
static int egret_serve(struct egret *e, struct order *o)
{
	switch (o->cmd) {
	case ORDER_STOP:
	case ORDER_RESET:
		msleep(10);
		break;
	case ORDER_START:
		e->note = kmalloc(8, GFP_ATOMIC);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}
`;

test('a command that the caller puts into a structure', () =>
  holds(`${ORDERS}${SERVE}
int egret_reset(struct egret *e)
{
	struct order o = { .cmd = ORDER_RESET };
	int err;

	spin_lock(&e->lock);
	err = egret_serve(e, &o); // finds
	spin_unlock(&e->lock);
	return err;
}

int egret_start(struct egret *e)
{
	struct order o = {};
	int err;

	o.cmd = ORDER_START;
	spin_lock(&e->lock);
	err = egret_serve(e, &o);
	spin_unlock(&e->lock);
	return err;
}

int egret_again(struct egret *e)
{
	struct order o = {};
	int err;

	o.cmd = ORDER_START;
	egret_choose(&o);
	spin_lock(&e->lock);
	err = egret_serve(e, &o); // finds
	spin_unlock(&e->lock);
	return err;
}
`));

test('a command that came from further up may be any of them', () =>
  holds(`${ORDERS}${SERVE}
int egret_forward(struct egret *e, struct order *o)
{
	int err;

	spin_lock(&e->lock);
	err = egret_serve(e, o); // finds
	spin_unlock(&e->lock);
	return err;
}

void egret_each(struct egret *e, struct order *o, int n)
{
	spin_lock(&e->lock);
	while (n--)
		egret_serve(e, &o[n]); // finds
	spin_unlock(&e->lock);
}
`));

test('the same through a function that only hands on', () =>
  holds(`${ORDERS}
static void egret_stop(struct egret *e)
{
	mutex_lock(&e->m);
	mutex_unlock(&e->m);
}

static int egret_route(struct egret *e, struct order *o)
{
	switch (o->cmd) {
	case ORDER_STOP:
		egret_stop(e);
		break;
	case ORDER_START:
		e->note = NULL;
		break;
	}
	return 0;
}

void egret_quick(struct egret *e, struct order *o)
{
	rcu_read_lock();
	egret_route(e, o); // finds
	rcu_read_unlock();
}

void egret_slow(struct egret *e)
{
	rcu_read_lock();
	egret_stop(e); // finds
	rcu_read_unlock();
}
`));

test('an operation that the own table does not have', () =>
  holds(`
struct nest { const struct nest_ops *ops; struct mutex poke; void **eggs; };
struct nest_ops {
	void (*release)(struct nest *n);
	void (*poke_run)(struct nest *n, int at);
};

static void nest_drop(struct nest *n, int at)
{
	if (n->ops->poke_run) {
		mutex_lock(&n->poke);
		n->ops->poke_run(n, at);
		mutex_unlock(&n->poke);
	}
	n->eggs[at] = NULL;
}

static void wren_release(struct nest *n)
{
	rcu_read_lock();
	nest_drop(n, 0);
	rcu_read_unlock();
}

static void cuckoo_release(struct nest *n)
{
	rcu_read_lock();
	nest_drop(n, 0); // finds
	rcu_read_unlock();
}

static void cuckoo_poke(struct nest *n, int at)
{
	n->eggs[at] = n;
}

static const struct nest_ops wren_ops = { .release = wren_release };
static const struct nest_ops cuckoo_ops = { .release = cuckoo_release, .poke_run = cuckoo_poke };
`));

test('what waits for the handlers of an interrupt sleeps for those in threads', async () => {
  const [hard, other] = await findings(
    `
struct egret { spinlock_t lock; int irq; };

void egret_mask(struct egret *e)
{
	spin_lock(&e->lock);
	disable_irq(e->irq);
	msleep(1);
	spin_unlock(&e->lock);
}
`,
    'sleeping-call-in-atomic',
  );
  assert.match(
    hard!.message,
    /schedules while atomic where a handler of the interrupt runs in a thread; elsewhere might_sleep\(\) complains\.$/,
  );
  assert.match(other!.message, /it schedules while atomic\.$/);
});

test('a state of the object that is asked for by an if is no command', () =>
  holds(`
struct grebe { spinlock_t lock; struct mutex m; int errors; };

static void grebe_withdraw(struct grebe *g)
{
	if (g->errors == GREBE_PANIC)
		return;
	if (g->errors == GREBE_WITHDRAW) {
		mutex_lock(&g->m);
		mutex_unlock(&g->m);
	}
}

void grebe_flush(struct grebe *g)
{
	spin_lock(&g->lock);
	grebe_withdraw(g); // finds
	spin_unlock(&g->lock);
}
`));
