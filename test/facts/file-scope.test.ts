import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFile } from '../../server/src/facts/extract.js';
import { factsOf, parser } from './helper.js';
import { printBody } from '../../server/src/facts/print.js';

test('operation structures: fields, nested ones, arrays, and functions among macro arguments', () => {
  const { ops } = factsOf(`
static int otter_open(struct inode *i, struct file *f) { return 0; }
static void otter_work(void) { }
static const struct file_operations otter_fops = {
	.owner = THIS_MODULE,
	.open = otter_open, /* .open = other */
	.read = generic_read,
	.flags = OTTER_FLAG,
	.nested = { .inner = inner_fn, },
};
static struct hook_ops otter_hooks[] = {
	{ .hook = otter_hook, .pf = 2 },
	{ "name", otter_work },
};
static SIMPLE_PM_OPS(otter_pm, otter_open, otter_work);
`);
  assert.deepEqual(
    ops.map(({ struct, field, fn, line, variable }) => [struct, field, fn, line, variable]),
    [
      ['file_operations', 'open', 'otter_open', 6, 'otter_fops'],
      ['file_operations', 'read', 'generic_read', 7, 'otter_fops'],
      ['', 'inner', 'inner_fn', 9, 'otter_fops'],
      ['hook_ops', 'hook', 'otter_hook', 12, 'otter_hooks'],
      ['hook_ops', '', 'otter_work', 13, 'otter_hooks'],
      ['', 'SIMPLE_PM_OPS', 'otter_open', 15, 'otter_pm'],
      ['', 'SIMPLE_PM_OPS', 'otter_work', 15, 'otter_pm'],
    ],
  );
});

test('functions put into members inside a function, with the struct of the variable', () => {
  const { ops } = factsOf(`
static void otter_setup(struct net_device *dev, journal_t *j)
{
	struct otter *o = netdev_priv(dev);
	struct ctx c = { .actor = otter_fill };

	dev->netdev_ops = &otter_netdev_ops;
	o->done = otter_done;
	j->commit = otter_commit;
	o->sub->deep = otter_deep;
	o->count = count;
	o->other = count;
}
`);
  assert.deepEqual(
    ops.map(({ struct, field, fn, variable }) => [struct, field, fn, variable]),
    [
      ['ctx', 'actor', 'otter_fill', undefined],
      ['net_device', 'netdev_ops', 'otter_netdev_ops', 'dev'],
      ['otter', 'done', 'otter_done', 'o'],
      ['journal_t', 'commit', 'otter_commit', 'j'],
      ['', 'deep', 'otter_deep', undefined],
    ],
  );
});

test('struct fields: anonymous inner structs, groups and typedefs; scalars are left out', () => {
  const { structs } = factsOf(`
struct otter {
	spinlock_t lock ____cacheline_aligned;	/* protects all */
	int count;
	unsigned long flags, more:3;
	struct inode vfs_inode, *link;
	void (*done)(struct otter *o, int err);
	struct {
		struct mutex inner_lock;
		u32 x;
	};
	union { struct rcu_head rcu; struct list_head list; } u;
#ifdef CONFIG_X
	gfp_t gfp;
#endif
	struct_group(pair,
		struct work_struct work;
		int y;
	);
	struct page *pages[4];
};
typedef struct mole { mempool_t *pool; char *name; } mole_t;
`);
  assert.deepEqual(
    structs.map(({ name, line }) => [name, line]),
    [
      ['otter', 2],
      ['mole', 22],
      ['mole_t', 22],
    ],
  );
  assert.deepEqual(structs[0]?.fields, {
    lock: 'spinlock_t',
    vfs_inode: 'struct inode',
    link: 'struct inode *',
    done: 'void (*)(struct otter *o, int err)',
    inner_lock: 'struct mutex',
    u: 'struct',
    'u.rcu': 'struct rcu_head',
    'u.list': 'struct list_head',
    rcu: 'struct rcu_head',
    list: 'struct list_head',
    gfp: 'gfp_t',
    work: 'struct work_struct',
    pages: 'struct page * []',
  });
  assert.deepEqual(structs[1]?.fields, { pool: 'mempool_t *' });
});

test('prototypes that carry a mask or an annotation', () => {
  const { prototypes } = factsOf(`
extern void *otter_alloc(struct otter *o, size_t size, gfp_t gfp) __malloc;
int otter_plain(int x);
void otter_unlock(struct otter *o) __releases(&o->lock);
`);
  assert.deepEqual(
    prototypes.map(({ name, returns, params, marks }) => [name, returns, params.map((p) => `${p.type} ${p.name}`), marks]),
    [
      ['otter_alloc', 'void *', ['struct otter * o', 'size_t size', 'gfp_t gfp'], [{ kind: 'other', text: '__malloc' }]],
      ['otter_unlock', 'void', ['struct otter * o'], [{ kind: 'releases', text: '&o->lock' }]],
    ],
  );
});

test('constants: masks of the file, sizes and orders, aliases; registers are left out', () => {
  const { constants } = factsOf(`
#define OTTER_GFP (GFP_NOFS | __GFP_NOWARN)
#define OTTER_ORDER 3
#define OTTER_MAX_SIZE (PAGE_SIZE << 2)
#define OTTER_REG 0x1234
#define otter_get	mole_get
#define OTTER_NAME "GFP_KERNEL"
enum { OTTER_A, OTTER_RETRIES = 5, OTTER_NEXT_RETRY };
`);
  assert.deepEqual(
    constants.map(({ name, value }) => [name, value]),
    [
      ['OTTER_GFP', ['b', '|', 'GFP_NOFS', '__GFP_NOWARN']],
      ['OTTER_ORDER', 3],
      ['OTTER_MAX_SIZE', ['b', '<<', 'PAGE_SIZE', 2]],
      ['otter_get', 'mole_get'],
      ['OTTER_RETRIES', 5],
      ['OTTER_NEXT_RETRY', 6],
    ],
  );
});

test('globals: locks, pools, caches, work', () => {
  const { globals } = factsOf(`
static DEFINE_SPINLOCK(otter_lock);
static struct kmem_cache *otter_cachep __read_mostly;
static DECLARE_WORK(otter_work, otter_fn);
DEFINE_PER_CPU(struct mutex, otter_pcpu);
static int otter_count;
mempool_t otter_pools[2];
`);
  assert.deepEqual(
    globals.map(({ name, type, static: isStatic, init }) => [name, type, isStatic, init ?? null]),
    [
      ['otter_lock', 'spinlock_t', true, ['call', 'DEFINE_SPINLOCK', 'otter_lock']],
      ['otter_cachep', 'struct kmem_cache *', true, null],
      ['otter_work', 'struct work_struct', true, ['call', 'DECLARE_WORK', 'otter_work', 'otter_fn']],
      ['otter_pcpu', 'struct mutex', false, null],
      ['otter_pools', 'mempool_t []', false, null],
    ],
  );
});

test('a function-like macro is a function with the positions of its own lines', () => {
  const { functions } = factsOf(`#define otter_lock(o) do {		\\
	spin_lock(&(o)->lock);		\\
	if (x)				\\
		count(o);		\\
} while (0)
#define otter_alloc(n) kmalloc((n) * 2, GFP_KERNEL)
#define otter_pair(o, which) mutex_lock(&(o)->which##_lock)
#define OTTER_SHIFT(x) ((x) << 3)
#define otter_light(x) other(x)
`);
  const [lock, alloc, pair, light] = functions;
  assert.equal(functions.length, 4);
  assert.deepEqual(
    lock?.body?.blocks[0]?.ev.map((event) => event.pos),
    [[1, 2, 1, 23]],
  );
  assert.deepEqual([lock?.line, lock?.endLine, lock?.macro, lock?.params], [1, 5, true, [{ name: 'o', type: '' }]]);
  assert.equal(lock?.body?.blocks.length, 3);
  assert.ok(alloc?.body);
  assert.equal(printBody(alloc.body).split('\n')[1]?.trim(), 'call kmalloc(n * 2, GFP_KERNEL) returned');
  assert.deepEqual(alloc.body.blocks[0]?.ev[0]?.pos, [0, 24, 0, 52]);
  assert.ok(pair?.body);
  assert.match(printBody(pair.body), /mutex_lock\(&o->which___lock\)/);
  assert.deepEqual([light?.name, light?.callees], ['otter_light', [['other', 0]]]);
});

test('signatures: storage, types, annotations, kernel-doc context', () => {
  const { functions } = factsOf(`/**
 * otter_dive - go down
 * @o: the otter
 *
 * Longer text.
 *
 * Context: Process context. Takes and
 *          releases o->lock.
 * Return: 0
 */
static noinline int __must_check
otter_dive(struct otter *o, const char __user *buf, unsigned long,
	   int (*fn)(struct otter *, void *), u8 key[16], ...)
	__acquires(&o->lock) __must_hold(RCU)
{
	spin_lock(&o->lock);
}

SYSCALL_DEFINE2(otter, int, fd, struct otter __user *, uo)
{
	return 0;
}
`);
  const [dive, call] = functions;
  assert.deepEqual(dive && { line: dive.line, column: dive.column, endLine: dive.endLine, static: dive.static, returns: dive.returns }, {
    line: 11,
    column: 1,
    endLine: 17,
    static: true,
    returns: 'int',
  });
  assert.deepEqual(dive?.params, [
    { name: 'o', type: 'struct otter *' },
    { name: 'buf', type: 'char *' },
    { name: '', type: 'unsigned long' },
    { name: 'fn', type: 'int (*)(struct otter *, void *)' },
    { name: 'key', type: 'u8 []' },
    { name: '', type: '...' },
  ]);
  assert.deepEqual(dive?.marks, [
    { kind: 'other', text: '__must_check' },
    { kind: 'acquires', text: '&o->lock' },
    { kind: 'must_hold', text: 'RCU' },
    { kind: 'context', text: 'Process context. Takes and releases o->lock.' },
  ]);
  assert.deepEqual(call?.params, [
    { name: 'fd', type: 'int' },
    { name: 'uo', type: 'struct otter *' },
  ]);
});

test('a function without a graph names what it calls; one that registers a function of its file gets a graph', () => {
  const source = `
static void otter_timeout(struct timer_list *t) { }
static void otter_light(struct otter *o)
{
	first(o->x, second(o));
	first(o->y, 2);
	register_it(o, other_file_fn);
}
static void otter_start(struct otter *o)
{
	timer_setup(&o->timer, otter_timeout, 0);
}
`;
  const { functions, ops } = extractFile('otter.c', source, parser);
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  assert.deepEqual(byName.get('otter_light')?.callees, [
    ['first', 2],
    ['second', 2],
    ['register_it', 4],
  ]);
  assert.equal(byName.get('otter_light')?.body, undefined);
  assert.ok(byName.get('otter_start')?.body);
  assert.deepEqual(
    ops.map(({ struct, field, fn }) => [struct, field, fn]),
    [['', '', 'other_file_fn']],
  );
});

test('a call that is made once keeps those of its arguments that say what they are', () => {
  const source = `
static int otter_wrap(struct otter *o, int depth, bool wet, unsigned flags)
{
	twice(o, 1);
	flags |= 4;
	if (dive(o, 0x10UL, true, depth + 1, wet) < 0)
		twice(o, 2);
	words(o, "a, b", NULL);
	nested(find(o, 3), OTTER_DEEP, flags, -1);
	return plain(o, depth);
}
`;
  const { functions } = extractFile('otter.c', source, parser);
  assert.deepEqual(functions[0]?.callees, [
    ['twice', 2],
    ['dive', 4, [null, 16, 1, null, { own: 2 }]],
    ['words', 6],
    ['nested', 7, [null, 'OTTER_DEEP', null, -1]],
    ['find', 7, [null, 3]],
    ['plain', 8, [null, { own: 1 }]],
  ]);
});
