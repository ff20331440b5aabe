/** Calls through an operation that many functions implement: what most of them do, and what tells that a call means others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';
import { findings } from './helper.js';

/** Confidence of the sleep at each `// here`, in order; '-' for none. */
async function at(text: string): Promise<string> {
  const all = (await findings(text, undefined, { kernel: '6.12' })).filter((f) => /^sleep(-|ing-)/.test(f.ruleId));
  const lines = text.split('\n').flatMap((line, i) => (line.includes('// here') ? [i + 1] : []));
  return lines.map((line) => all.find((f) => f.at.line === line)?.confidence ?? '-').join(' ');
}

/** Drivers 0, 1, ... of which each pins its mutex (m), or pokes a register (p), or tries its mutex (t). */
const drivers = (kinds: string, fields = ''): string => `
struct stork;
struct stork_ops { int (*fold)(struct stork *s); int (*open)(struct stork *s);${fields} };
struct stork { const struct stork_ops *ops; spinlock_t lock; struct mutex big; void __iomem *base; int kind; struct device *dev; };
${[...kinds]
  .map(
    (kind, i) => `static int stork${i}_fold(struct stork *s)
{
${
  {
    m: '	mutex_lock(&s->big);\n	writel(1, s->base);\n	mutex_unlock(&s->big);',
    p: '	writel(1, s->base);',
    t: '	if (!mutex_trylock(&s->big))\n		return -EBUSY;\n	mutex_unlock(&s->big);',
  }[kind]
}
	return 0;
}
static const struct stork_ops stork${i}_ops = { .fold = stork${i}_fold };
`,
  )
  .join('')}`;

const CALL = `
int stork_fold(struct stork *s)
{
	int err;

	spin_lock(&s->lock);
	err = s->ops->fold(s); // here
	spin_unlock(&s->lock);
	return err;
}
`;

test('most of many implementations sleep: whoever is called does, and some are named', async () => {
  const text = drivers('mmmmp') + CALL;
  const [found] = await findings(text, 'sleeping-call-in-atomic', { kernel: '6.12' });
  assert.equal(found?.confidence, 'likely');
  assert.match(
    found.message,
    /'s->ops->fold' may sleep: 4 of its 5 implementations do, 'stork1_fold' and 'stork2_fold' as well as 'stork0_fold'/,
  );
  assert.ok(found.path.some((step) => step.function === 'stork0_fold' && /takes a mutex/.test(step.what)));
});

test('a function that calls the operation hands it up', async () =>
  assert.equal(
    await at(
      drivers('mmmmp') +
        `
int stork_refold(struct stork *s)
{
	lockdep_assert_irqs_enabled();
	return s->ops->fold(s);
}

void stork_all(struct stork *a, struct stork *b)
{
	rcu_read_lock();
	stork_refold(a); // here
	rcu_read_unlock();
	stork_refold(b); // here
}
`,
    ),
    'likely -',
  ));

test('in a context that a callback brings, the call is where it sleeps', async () => {
  const timer = (kinds: string): string =>
    drivers(kinds) +
    `
static void stork_step(struct stork *s)
{
	lockdep_assert_irqs_enabled();
	s->ops->fold(s); // here
}

static void stork_tick(struct timer_list *t)
{
	stork_step(from_timer(0, t, timer));
}

void stork_start(struct stork *s)
{
	timer_setup(&s->timer, stork_tick, 0);
}
`;
  assert.equal(await at(timer('mmmmp')), 'likely');
  assert.equal(await at(timer('mmppp')), '-');
});

test('only some sleep, or too few: possible', async () => {
  assert.equal(await at(drivers('mmppp') + CALL), 'possible');
  assert.equal(await at(drivers('mmmpppp') + CALL), 'possible');
  assert.equal(await at(drivers('ppppp') + CALL), '-');
});

test('implementations that try the lock are written for callers that must not sleep', async () =>
  assert.equal(await at(drivers('mmmmtt') + CALL), 'possible'));

test('a table of two kinds says so: a flag, an object with one, a half that may sleep', async () => {
  assert.equal(await at(drivers('mmmmm', ' bool can_sleep;') + CALL), 'possible');
  assert.equal(await at((drivers('mmmmm') + CALL).replace('int kind;', 'int kind; bool fast_io;')), 'possible');
  const halves = drivers('mmmmm', ' int (*fold_blocking)(struct stork *s);').replace(
    '{ .fold = stork4_fold',
    '{ .fold_blocking = stork4_fold, .fold = stork4_fold',
  );
  assert.equal(await at(halves + CALL), 'possible');
});

test('a caller that asks the object what it is calls some of them only', async () => {
  const asked = (when: string): string => drivers('mmmmm') + CALL.replace('	err = s->ops', `	${when}\n		err = s->ops`);
  assert.equal(await at(asked('if (s->kind == 2)')), 'possible');
  assert.equal(await at(asked('if (s->ops->fold)')), 'likely');
  assert.equal(await at(asked('if (s->dev)')), 'likely');
});

test('who implements the operation himself may mean his own', async () => {
  const others = drivers('mmmmm');
  const own = (text: string, path: string): Promise<string[]> =>
    auditText(
      [
        { path: 'drivers/stork/a.c', text: others },
        { path, text: text + CALL },
      ],
      { kernel: '6.12' },
    ).then((all) => all.map((f) => f.confidence));
  const mine =
    'static int egret_fold(struct stork *s)\n{\n	return 0;\n}\nstatic const struct stork_ops egret_ops = { .fold = egret_fold };\n';
  assert.deepEqual(await own('', 'drivers/stork/core.c'), ['likely']);
  assert.deepEqual(await own(mine, 'drivers/egret/e.c'), ['possible']);
});

test('two structures of one name are two structures', async () => {
  const files = [
    { path: 'drivers/stork/a.c', text: drivers('mmmmm') + CALL },
    { path: 'drivers/ibis/b.c', text: 'struct stork_ops { int (*fold)(struct stork *s); struct device *dev; };\n' },
  ];
  const confidences = async (which: typeof files): Promise<string[]> =>
    (await auditText(which, { kernel: '6.12' })).map((f) => f.confidence);
  assert.deepEqual(await confidences(files.slice(0, 1)), ['likely']);
  assert.deepEqual(await confidences(files), ['possible']);
});
