/** Where a finding stands, and what its path and contexts say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';
import { findings, lineOf, only } from './helper.js';

const below = `
struct otter { spinlock_t lock; void *fish; };

static int otter_catch(struct otter *o)
{
	o->fish = kmalloc(64, GFP_KERNEL); // sleeps
	return o->fish ? 0 : -ENOMEM;
}

int otter_dive(struct otter *o)
{
	int err;

	spin_lock(&o->lock); // begins
	err = otter_catch(o); // call
	spin_unlock(&o->lock);
	return err;
}
`;

test('a context that a function opens is reported at its call, with the path from the lock to the sleep', async () => {
  const found = await only(below, 'sleep-in-atomic');
  assert.equal(found.at.line, lineOf(below, 'call'));
  assert.equal(found.function, 'otter_dive');
  assert.equal(found.confidence, 'likely');
  assert.deepEqual(
    found.path.map((s) => [s.function, s.line]),
    [
      ['otter_dive', lineOf(below, 'begins')],
      ['otter_dive', lineOf(below, 'call')],
      ['otter_catch', lineOf(below, 'sleeps')],
    ],
  );
});

test('the same path across files', async () => {
  const cut = below.indexOf('int otter_dive');
  const files = [
    { path: 'drivers/otter/catch.c', text: below.slice(0, cut).replace('static int', 'int') },
    {
      path: 'drivers/otter/dive.c',
      text: `struct otter { spinlock_t lock; void *fish; };\nint otter_catch(struct otter *o);\n${below.slice(cut)}`,
    },
  ];
  const [found, ...others] = (await auditText(files)).filter((f) => f.ruleId === 'sleep-in-atomic');
  assert.equal(others.length, 0);
  assert.equal(found?.at.file, 'drivers/otter/dive.c');
  assert.equal(found.path.at(-1)?.file, 'drivers/otter/catch.c');
});

const callback = `
struct otter { void *fish; struct timer_list timer; };

static void otter_eat(struct otter *o)
{
	o->fish = kmalloc(64, GFP_KERNEL); // sleeps
}

static void otter_tick(struct timer_list *t)
{
	struct otter *o = from_timer(o, t, timer);

	otter_eat(o); // call
}

void otter_init(struct otter *o)
{
	timer_setup(&o->timer, otter_tick, 0); // registered
}
`;

test('a context that a callback brings is reported at the statement that sleeps', async () => {
  const found = await only(callback, 'sleep-in-atomic');
  assert.equal(found.at.line, lineOf(callback, 'sleeps'));
  assert.equal(found.path[0]?.line, lineOf(callback, 'registered'));
  assert.equal(found.path.at(-1)?.line, lineOf(callback, 'sleeps'));
  assert.ok(found.contexts.some((c) => c.task === 'softirq' && c.atomic === 'must'));
});

test('contexts that disagree are kept apart', async () => {
  const text = `${callback}
int otter_open(struct inode *inode, struct file *file)
{
	otter_eat(file->private_data);
	return 0;
}

static const struct file_operations otter_fops = {
	.open = otter_open,
};
`;
  const found = await only(text, 'sleep-in-atomic');
  assert.deepEqual([...new Set(found.contexts.map((c) => c.task))].sort(), ['process', 'softirq']);
  assert.equal(found.contexts.find((c) => c.task === 'process')?.atomic, 'no');
});

test('one statement is reported once, however many paths and locks lead to it', async () => {
  const text = `
struct otter { spinlock_t a, b; void *fish; };

void otter_hold(struct otter *o, bool both)
{
	spin_lock(&o->a);
	if (both)
		spin_lock(&o->b);
	o->fish = kmalloc(64, GFP_KERNEL);
	if (both)
		spin_unlock(&o->b);
	spin_unlock(&o->a);
}
`;
  assert.equal((await only(text, 'sleep-in-atomic')).confidence, 'certain');
});

test('an allocation and another sleep under one lock belong to the two rules, one finding each', async () => {
  const text = `
struct otter { spinlock_t lock; void *fish; };

void otter_hold(struct otter *o)
{
	spin_lock(&o->lock);
	o->fish = kmalloc(64, GFP_KERNEL); // alloc
	msleep(10); // nap
	spin_unlock(&o->lock);
}
`;
  assert.equal((await only(text, 'sleep-in-atomic')).at.line, lineOf(text, 'alloc'));
  assert.equal((await only(text, 'sleeping-call-in-atomic')).at.line, lineOf(text, 'nap'));
});

test('findings come in order of position and do not depend on the order of the files', async () => {
  const files = [
    { path: 'drivers/otter/b.c', text: below },
    { path: 'drivers/otter/a.c', text: callback },
  ];
  const there = await auditText(files);
  const back = await auditText([...files].reverse());
  assert.deepEqual(there, back);
  assert.ok(there.length >= 2);
  assert.deepEqual(
    there.map((f) => f.at.file),
    there.map((f) => f.at.file).sort(),
  );
});

test('nothing of a function whose text could not be read wholly is certain', async () => {
  const text = `
struct otter { spinlock_t lock; void *fish; };

void otter_torn(struct otter *o)
{
	spin_lock(&o->lock);
	o->fish = kmalloc(64, GFP_KERNEL);
	if (o->fish ((
	spin_unlock(&o->lock);
}
`;
  for (const f of await findings(text)) assert.notEqual(f.confidence, 'certain', f.message);
});
