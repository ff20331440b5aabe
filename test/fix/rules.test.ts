/** Every fixer, by snippets before and after; what must not be offered, and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXERS } from '../../server/src/fix/fixers.js';
import { RULES } from '../../server/src/rules/index.js';
import { box, cases } from './cases.js';
import { mended, mendsOf } from './mend.js';

for (const { rule, title, before, after, pick, kernel } of cases) {
  test(`${rule}: ${title}`, async () => {
    const options = { ...(kernel === undefined ? {} : { kernel }), ...(pick ? { title: pick } : {}) };
    assert.equal(await mended(before, rule, options), after);
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    assert.equal(await mended(crlf(before), rule, options), crlf(after), 'with CRLF');
  });
}

interface Denied {
  rule: string;
  title: string;
  text: string;
  /** What refusal or advice must say. */
  says: RegExp;
  kernel?: string;
}

const denied: Denied[] = [
  {
    rule: 'sleep-in-atomic',
    title: 'the result is used without a check',
    text: `${box}void box_fill(struct box *b)\n{\n\tstruct box *p;\n\n\tspin_lock(&b->lock);\n\tp = kmalloc(8, GFP_KERNEL);\n\tp->n = 1;\n\tspin_unlock(&b->lock);\n}\n`,
    says: /used without a check/,
  },
  {
    rule: 'sleep-in-atomic',
    title: '__GFP_NOFAIL cannot be kept without waiting',
    text: `${box}void box_fill(struct box *b)\n{\n\tspin_lock(&b->lock);\n\tb->buf = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);\n\tspin_unlock(&b->lock);\n}\n`,
    says: /__GFP_NOFAIL has to go, or the lock/,
  },
  {
    rule: 'sleep-in-atomic',
    title: 'the allocation stands below: its place is named',
    text: `${box}static void *deep(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n\nvoid box_fill(struct box *b)\n{\n\tspin_lock(&b->lock);\n\tb->buf = deep();\n\tspin_unlock(&b->lock);\n}\n`,
    says: /in deep\(\) \(drivers\/otter\/otter\.c:5\).*box_fill\(\) takes the spinlock/,
  },
  {
    rule: 'scope-unbalanced',
    title: 'the value that is returned is computed inside the scope',
    text: `int sync_it(struct inode *inode)\n{\n\tunsigned int flags = memalloc_nofs_save();\n\n\tif (inode->bad)\n\t\treturn sync_tree(inode);\n\tmemalloc_nofs_restore(flags);\n\treturn 0;\n}\n`,
    says: /computed inside the scope/,
  },
  {
    rule: 'nofail-null-check',
    title: 'an #if stands in the check',
    text: `int grow(struct box *b)\n{\n\tvoid *p = kmalloc(64, GFP_NOFS | __GFP_NOFAIL);\n\n\tif (!p) {\n#ifdef CONFIG_OTTER\n\t\tpr_warn("x");\n#endif\n\t\treturn -ENOMEM;\n\t}\n\tb->buf = p;\n\treturn 0;\n}\n`,
    says: /directive/,
  },
  {
    rule: 'kvmalloc-flags',
    title: 'before 5.18 a scope where its reason begins, never around the call',
    kernel: '5.10',
    text: 'void *load(size_t n)\n{\n\treturn kvmalloc(n, GFP_NOFS);\n}\n',
    says: /where the lock is taken or the transaction begins/,
  },
  {
    rule: 'gfp-parameter-ignored',
    title: 'the parameter is the mask of something else',
    text: 'struct den { struct inode *inode; void *info; };\n\nint den_init(struct den *d, gfp_t gfp)\n{\n\td->info = kzalloc(64, GFP_NOFS);\n\tif (!d->info)\n\t\treturn -ENOMEM;\n\tmapping_set_gfp_mask(d->inode->i_mapping, gfp);\n\treturn 0;\n}\n',
    says: /what 'gfp' is the mask of/,
  },
  {
    rule: 'scope-one-off',
    title: 'the comment above speaks of the scope',
    text: `void *load(struct den *d, size_t size)\n{\n\tunsigned int flags;\n\tvoid *p;\n\n\t/*\n\t * A transaction is open: use a NOFS allocation context.\n\t */\n\tflags = memalloc_nofs_save();\n\tp = kmalloc(size, GFP_KERNEL);\n\tmemalloc_nofs_restore(flags);\n\treturn p;\n}\n`,
    says: /comment above the scope \(line 9\) speaks of it/,
  },
  {
    rule: 'contradictory-mask',
    title: 'a macro of the file makes the call: its other users share it',
    text: '#define GRAB(n) kmalloc(n, GFP_KERNEL | GFP_NOFS)\n\nvoid *load(size_t n)\n{\n\treturn GRAB(n);\n}\n',
    says: /macro/,
  },
];

for (const { rule, title, text, says, kernel } of denied) {
  test(`not offered, ${rule}: ${title}`, async () => {
    const { fixes, advice, refusals } = await mendsOf(text, rule, kernel === undefined ? {} : { kernel });
    assert.deepEqual(
      fixes.map((f) => f.title),
      [],
    );
    assert.match(JSON.stringify([advice, refusals]), says);
  });
}

test('reclaim recursion: the scope is advice that names the place, the mask at the site is to review', async () => {
  const text = `struct cache { struct mutex lock; struct list_head items; struct shrinker *s; void *spare; };

static unsigned long cache_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct cache *c = s->private_data;

	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	mutex_lock(&c->lock);
	mutex_unlock(&c->lock);
	return 0;
}

static struct shrinker cache_shrinker = { .scan_objects = cache_scan };

int cache_fill(struct cache *c)
{
	mutex_lock(&c->lock);
	c->spare = kmalloc(64, GFP_KERNEL);
	mutex_unlock(&c->lock);
	return c->spare ? 0 : -ENOMEM;
}
`;
  const { fixes, advice } = await mendsOf(text, 'reclaim-recursion');
  assert.match(`${advice[0]?.title} ${advice[0]?.detail}`, /scope|before/);
  assert.ok(
    fixes.every((f) => f.safety === 'review'),
    'never safe',
  );
});

test('every rule has a fixer, or says why it has none', () => {
  for (const { meta } of RULES) {
    const fixer = FIXERS.some((f) => f.rules.includes(meta.id));
    assert.notEqual(fixer, meta.noFix !== undefined, `${meta.id}: a fixer, or a reason in its metadata`);
  }
});
