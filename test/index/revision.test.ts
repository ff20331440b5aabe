/** A revision of a linked tree finds what linking anew finds, wherever the change reaches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelProfile } from '../../server/src/catalog/profile.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { findingsIn } from '../../server/src/fix/trial.js';
import { Program } from '../../server/src/index/program.js';
import { Revision } from '../../server/src/index/revision.js';
import { Tree } from '../../server/src/index/tree.js';
import { catalogueFor } from '../../server/src/session/catalogue.js';
import { createParser } from '../../server/src/syntax/parser.js';

const files: Record<string, string> = {
  'drivers/otter/otter.h': `struct den { spinlock_t lock; struct mutex big; void *buf; };

struct den_tools { void (*mend)(struct den *d); };

void *den_get(struct den *d, size_t n);
static inline void *den_small(struct den *d)
{
	return den_get(d, 8);
}
`,
  'drivers/otter/low.c': `#include "otter.h"

static void *take(size_t n, gfp_t gfp)
{
	return kmalloc(n, gfp);
}

void *den_get(struct den *d, size_t n)
{
	return take(n, GFP_ATOMIC);
}

int den_loop(struct den *d, int depth)
{
	return depth ? den_loop(d, depth - 1) : 0;
}
`,
  'drivers/otter/high.c': `#include "otter.h"

static void fill(struct den *d)
{
	d->buf = kmalloc(64, GFP_NOFS);
}

void den_open(struct den *d)
{
	unsigned int flags = memalloc_nofs_save();

	fill(d);
	memalloc_nofs_restore(flags);
}

void den_put(struct den *d)
{
	spin_lock(&d->lock);
	d->buf = den_small(d);
	spin_unlock(&d->lock);
}

void den_through(struct den *d, void *(*get)(struct den *))
{
	mutex_lock(&d->big);
	den_put(d);
	mutex_unlock(&d->big);
}

struct den_ops { void *(*get)(struct den *d, size_t n); };
static struct den_ops ops = { .get = den_get };

void den_call(struct den_ops *o, struct den *d)
{
	spin_lock(&d->lock);
	d->buf = o->get(d, 4);
	spin_unlock(&d->lock);
}

void den_mend(const struct den_tools *t, struct den *d)
{
	spin_lock(&d->lock);
	t->mend(d);
	spin_unlock(&d->lock);
}
`,
  // More than are followed one by one.
  'drivers/otter/tools.c': [0, 1, 2, 3, 4].reduce(
    (text, i) => `${text}
static void mend${i}(struct den *d)
{
	mutex_lock(&d->big);
	mutex_unlock(&d->big);
}
static const struct den_tools tools${i} = { .mend = mend${i} };
`,
    '#include "otter.h"\n',
  ),
};

const changes: [what: string, file: string, from: string | RegExp, to: string][] = [
  ['a callee begins to sleep, two files below the lock', 'drivers/otter/low.c', 'GFP_ATOMIC', 'GFP_KERNEL'],
  ['a mask that is handed on', 'drivers/otter/low.c', 'take(n, GFP_ATOMIC)', 'take(n, d ? GFP_KERNEL : GFP_ATOMIC)'],
  [
    'a lock appears around a call',
    'drivers/otter/high.c',
    '\td->buf = kmalloc(64, GFP_NOFS);',
    '\tspin_lock(&d->lock);\n\td->buf = kmalloc(64, GFP_NOFS);\n\tspin_unlock(&d->lock);',
  ],
  [
    'a lock around a call of a function below',
    'drivers/otter/high.c',
    '\tfill(d);',
    '\tspin_lock(&d->lock);\n\tfill(d);\n\tspin_unlock(&d->lock);',
  ],
  ['the scope of the only caller goes', 'drivers/otter/high.c', /\tunsigned int flags.*\n\n|\tmemalloc_nofs_restore.*\n/g, ''],
  ['the lock goes', 'drivers/otter/high.c', /\tspin_(un)?lock\(&d->lock\);\n/g, ''],
  [
    'an inline function of a header',
    'drivers/otter/otter.h',
    'return den_get(d, 8);',
    'mutex_lock(&d->big);\n\tmutex_unlock(&d->big);\n\treturn NULL;',
  ],
  ['lines above move everything', 'drivers/otter/high.c', '#include', '/* one\n * two\n */\n#include'],
  ['a function gets another name', 'drivers/otter/low.c', /\btake\b/g, 'grab'],
  ['a function is left out', 'drivers/otter/high.c', /void den_through[\s\S]*?\n}\n/, ''],
  ['one of many implementations sleeps no more', 'drivers/otter/tools.c', /(?<=mend0.*\n\{\n)(\tmutex.*\n){2}/g, '\td->buf = NULL;\n'],
  ['a call of an operation that many implement moves', 'drivers/otter/high.c', '\tt->mend(d);', '\td->buf = NULL;\n\tt->mend(d);'],
  ['a recursive function sleeps', 'drivers/otter/low.c', 'return depth ?', 'msleep(1);\n\treturn depth ?'],
];

const parser = await createParser();
const { kernel } = kernelProfile('6.12');
const facts = (texts: Record<string, string>) => Object.entries(texts).map(([path, text]) => extractFile(path, text, parser));

function linked(texts: Record<string, string>): Program {
  const program = new Program(new Tree(facts(texts)), catalogueFor('6.12'));
  program.link();
  return program;
}

/** Findings of a program's functions as lines of text. */
function said(program: Program, refs: Program['tree']['functions']): Map<string, string[]> {
  return new Map(
    refs.map((ref) => [
      `${ref.file.path} ${ref.facts.name}`,
      findingsIn(program, ref, { profile: kernel, options: { rt: false } })
        .map((f) => `${f.at.line} ${f.ruleId} ${f.confidence}`)
        .sort(),
    ]),
  );
}

for (const [what, file, from, to] of changes) {
  test(what, () => {
    const changed = files[file]!.replaceAll(
      from instanceof RegExp ? new RegExp(from, from.flags.includes('g') ? from.flags : `${from.flags}g`) : from,
      to,
    );
    assert.notEqual(changed, files[file]);
    const base = linked(files);
    const revision = new Revision(base, facts({ [file]: changed }));
    const anew = linked({ ...files, [file]: changed });
    const expected = said(anew, anew.tree.functions);
    // What the revision does not name is as it was.
    const now = said(
      base,
      base.tree.functions.filter((ref) => ref.file.path !== file),
    );
    for (const [name, list] of said(revision, revision.tree.functions)) now.set(name, list);
    for (const [name, list] of said(revision, revision.affected())) now.set(name, list);
    const plain = (map: Map<string, string[]>): [string, string[]][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(plain(now), plain(expected));
  });
}

test('a revision of a revision', () => {
  const first = new Revision(
    linked(files),
    facts({ 'drivers/otter/low.c': files['drivers/otter/low.c']!.replace('GFP_ATOMIC', 'GFP_KERNEL') }),
  );
  const names = first.affected().map((ref) => ref.facts.name);
  assert.ok(names.includes('den_get') && names.includes('den_put'), names.join());
  assert.ok(!names.includes('fill'), 'what it does not reach stays');
});
