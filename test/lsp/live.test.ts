/** Open texts, incrementally: whatever was typed, what is known is what an audit from scratch finds. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { after, test } from 'node:test';
import { profileForTree } from '../../server/src/catalog/profile.js';
import { createCatalogue } from '../../server/src/catalog/lookup.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { FarLines } from '../../server/src/facts/far-lines.js';
import { LiveFacts } from '../../server/src/facts/units.js';
import { Program } from '../../server/src/index/program.js';
import { Tree } from '../../server/src/index/tree.js';
import type { Finding } from '../../server/src/rules/model.js';
import { checkProgram } from '../../server/src/session/check.js';
import { LiveTree } from '../../server/src/session/live.js';
import { createWasmParser } from '../../server/src/syntax/wasm.js';

const parser = await createWasmParser();
after(() => parser.dispose());
const { kernel, gfp } = await profileForTree(null, '6.1');
const options = { rt: false, rules: {}, minConfidence: 'possible' } as const;
const catalogue = createCatalogue(kernel, gfp);

/** Texts that call each other: contexts and summaries cross files, a cycle, a table of operations, a macro, a lock class. */
const files: Readonly<Record<string, string>> = {
  'fs/den/den.h': `#define den_new(n) kzalloc(n, GFP_NOFS)
#define DEN_MASK (GFP_NOFS | __GFP_NOFAIL)
struct den { spinlock_t lock; struct mutex m; struct list_head all; };
void *den_get(struct den *d, gfp_t gfp);
int den_fill(struct den *d, int depth);
`,
  'fs/den/a.c': `#include <linux/slab.h>
#include "den.h"

void *den_get(struct den *d, gfp_t gfp)
{
	void *p;

	do {
		p = kmalloc(64, gfp);
	} while (!p);
	return p;
}

static int den_look(struct den *d)
{
	spin_lock(&d->lock);
	if (!den_get(d, GFP_KERNEL)) {
		spin_unlock(&d->lock);
		return -ENOMEM;
	}
	den_fill(d, 1);
	spin_unlock(&d->lock);
	return 0;
}

static const struct file_operations den_ops = {
	.open = den_look,
};
`,
  'fs/den/b.c': `#include <linux/slab.h>
#include "den.h"

/**
 * den_fill - fills a den
 * @d: the den
 *
 * Context: any context.
 */
int den_fill(struct den *d, int depth)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = den_new(32);

	if (depth > 0)
		den_fill(d, depth - 1);
	mutex_lock(&d->m);
	p = kmalloc(16, DEN_MASK);
	mutex_unlock(&d->m);
	memalloc_nofs_restore(flags);
	return p ? 0 : -ENOMEM;
}

#ifdef CONFIG_DEN
static void den_timer(struct timer_list *t)
{
	den_fill(NULL, 0);
}
static void den_start(struct timer_list *t) { timer_setup(t, den_timer, 0); }
#endif
`,
};
const names = Object.keys(files);

/** What people type, and what they only pass through on the way. */
const typed = fc.constantFrom(
  ...[
    '\n',
    '\n\n',
    ' ',
    'x',
    ';',
    '{',
    '}',
    '(',
    '"',
    '/*',
    '*/',
    '\\\n',
    '#if 0\n',
    '#endif\n',
    'return 0;',
    'spin_lock(&d->lock);',
    '}\n',
  ],
  ...['p = kmalloc(8, GFP_ATOMIC);', 'msleep(1);', 'GFP_KERNEL', 'static ', 'den_look', 'den_fill(d, 2);', '#define DEN_MASK GFP_KERNEL\n'],
  'static int den_more(struct den *d)\n{\n\treturn den_look(d);\n}\n',
);
const edit = fc.record({
  file: fc.constantFrom(...names),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Mostly at the beginning of a line, where whole statements fit. */
  onLine: fc.boolean(),
  removed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 80 })),
  text: typed,
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, { at, onLine, removed, text: typing }: Edit): string {
  let from = Math.floor(at * text.length);
  if (onLine) from = text.lastIndexOf('\n', from) + 1;
  return text.slice(0, from) + typing + text.slice(from + removed);
}

function scratch(texts: ReadonlyMap<string, string>): readonly Finding[] {
  const facts = [...texts].map(([name, text]) => extractFile(name, text, parser)).sort((a, b) => (a.path < b.path ? -1 : 1));
  const program = new Program(new Tree(facts), catalogue);
  program.link();
  return checkProgram(
    program,
    kernel,
    options,
    program.tree.files.map(({ path }) => path),
  ).findings;
}

test('facts of a text that changes are those of the text read anew, on the same lines', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const far = new FarLines();
      const texts = new Map(Object.entries(files));
      const live = new Map(names.map((name) => [name, new LiveFacts(name, parser, far)]));
      for (const one of edits) {
        const text = edited(texts.get(one.file)!, one);
        texts.set(one.file, text);
        live.get(one.file)!.update(text);
        assert.deepEqual(far.settle(live.get(one.file)!.facts), extractFile(one.file, text, parser));
      }
    }),
    { numRuns: 60 },
  );
});

test('after every step of a trace of edits the findings are those of an audit from scratch', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 10 }), (edits) => {
      const tree = new LiveTree(catalogue, kernel, options, parser);
      const texts = new Map(Object.entries(files));
      for (const [name, text] of texts) tree.set(name, text);
      for (const one of edits) {
        const text = edited(texts.get(one.file)!, one);
        texts.set(one.file, text);
        const changed = tree.set(one.file, text);
        tree.glance(one.file, changed);
        // Half-done work is dropped by the next edit.
        const steps = tree.inspecting();
        for (let n = 0; n < one.removed; n++) steps.next();
        if (one.onLine) assert.deepEqual(tree.inspect().findings, scratch(texts));
      }
      assert.deepEqual(tree.inspect().findings, scratch(texts));
    }),
    { numRuns: 80 },
  );
});

test('opening and closing files leaves nothing behind', () => {
  const tree = new LiveTree(catalogue, kernel, options, parser);
  for (const [name, text] of Object.entries(files)) tree.set(name, text);
  tree.inspect();
  tree.delete('fs/den/a.c');
  tree.inspect();
  const rest = new Map(Object.entries(files).filter(([name]) => name !== 'fs/den/a.c'));
  assert.deepEqual(tree.inspect().findings, scratch(rest));
  assert.deepEqual(tree.names().sort(), [...rest.keys()].sort());
});

test('an edit is judged at once by what was known of the rest, and only what was edited is analysed again', () => {
  const tree = new LiveTree(catalogue, kernel, options, parser);
  for (const [name, text] of Object.entries(files)) tree.set(name, text);
  tree.inspect();
  const { made } = tree.count;
  const text = files['fs/den/b.c']!.replace('Context: any', '\n * Context: any').replace('den_new(32)', 'kmalloc(32, GFP_KERNEL)');
  const changed = tree.set('fs/den/b.c', text);
  const at = text.slice(0, text.indexOf('kmalloc(32')).split('\n').length;
  const glance = tree.glance('fs/den/b.c', changed)!.findingsIn('fs/den/b.c');
  assert.ok(
    glance.some((f) => f.at.line === at && f.ruleId === 'sleep-in-atomic'),
    JSON.stringify(glance.map((f) => [f.ruleId, f.at.line])),
  );
  assert.ok(tree.count.made - made <= 2, `analysed ${tree.count.made - made} functions for one edit`);
  const settled = tree.inspect().findings;
  assert.ok(settled.some((f) => f.at.file === 'fs/den/b.c' && f.at.line === at && f.ruleId === 'sleep-in-atomic'));
});

test('lines far away survive a walk through plain data, and numbers that are no lines stay', () => {
  const far = new FarLines();
  const one = far.take(10, 3);
  const two = far.take(20, 5);
  const data = { line: one.from + 1, said: `since line ${two.from}, not 1234567890123456`, mask: 0xffffffff, list: [two.from + 4, 'x'] };
  assert.deepEqual(far.settle(data), { line: 11, said: 'since line 20, not 1234567890123456', mask: 0xffffffff, list: [24, 'x'] });
  two.line = 40;
  one.line = 0;
  far.sweep();
  assert.deepEqual(far.settle(data.list), [44, 'x']);
  assert.equal(far.size, 1);
});
