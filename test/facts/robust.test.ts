import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractFile } from '../../server/src/facts/extract.js';
import type { FileFacts } from '../../server/src/facts/model.js';
import { printBody } from '../../server/src/facts/print.js';
import { factsOf, parser } from './helper.js';

const SOURCE = `#include <linux/slab.h>
#define OTTER_GFP (GFP_NOFS | __GFP_NOWARN)
#define otter_each(o, p) \\
	list_for_each_entry(p, &(o)->list, link)

struct otter {
	spinlock_t lock;
	struct { struct mutex m; } in;
};

static DEFINE_SPINLOCK(otter_lock);

/**
 * otter_dive - dive
 * Context: atomic
 */
static int otter_dive(struct otter *o, gfp_t gfp)
	__must_hold(&o->lock)
{
	char *name __free(kfree) = kmalloc(8, gfp);
	struct page *p;

	guard(mutex)(&o->in.m);
retry:
	if (!(p = alloc_page(OTTER_GFP)) && !signal_pending(current))
		goto retry;
#ifdef CONFIG_OTTER
	switch (o->state) {
	case 1 ... 3:
		return -EIO;
	default:
		break;
	}
#endif
	scoped_guard(spinlock, &otter_lock) {
		otter_each(o, p)
			put(p->x ? one(p) : two(p));
	}
	return ({ int x = f(p); x; });
}

static const struct file_operations otter_fops = {
	.open = otter_dive,
	.release = NULL,
};
`;

function check(source: string, facts: FileFacts): void {
  const lines = source.split('\n').length;
  for (const { line, endLine, body } of facts.functions) {
    assert.ok(line >= 1 && endLine >= line && endLine <= lines, `${line}..${endLine} of ${lines}`);
    for (const [index, block] of (body?.blocks ?? []).entries()) {
      assert.ok(
        block.next.every(({ to }) => to >= 1 && to < body!.blocks.length),
        `block ${index}`,
      );
      for (const { pos } of block.ev) {
        assert.ok(pos[0] >= 0 && line + pos[2] <= lines && (pos[2] > pos[0] || (pos[2] === pos[0] && pos[3] >= pos[1])), `${pos.join()}`);
      }
    }
    if (body) printBody(body);
  }
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts);
}

test('texts cut, doubled and strewn with brackets never throw and keep positions inside the file', () => {
  const pieces = [
    '{',
    '}',
    '(',
    ')',
    '"',
    "'",
    '/*',
    '#if 0\n',
    '#endif\n',
    '#else\n',
    ';',
    ',',
    '\\\n',
    'case 1:',
    'else',
    'goto',
    '\0',
    'guard(mutex)',
    '__free(',
    '=',
    '->',
    'GFP_KERNEL',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(SOURCE.length), fc.nat(40), fc.constantFrom('', ...pieces)), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      (edits, doubled) => {
        let text = SOURCE;
        for (const [at, length, insert] of edits) text = text.slice(0, at) + insert + text.slice(at + length);
        if (doubled) text += text;
        check(text, factsOf(text));
      },
    ),
    { numRuns: 600, seed: 11 },
  );
});

test('an empty file, one without functions, one that ends in a function, one of bytes that are no text', () => {
  check('', factsOf(''));
  check('int x;\n', factsOf('int x;\n'));
  for (let length = 0; length < SOURCE.length; length += 7) check(SOURCE.slice(0, length), factsOf(SOURCE.slice(0, length)));
  const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3)) & 255);
  assert.equal(extractFile('a.c', bytes, parser, { all: true }).bytes, 4096);
});

test('line ends of either kind give the same graphs', () => {
  const crlf = SOURCE.replaceAll('\n', '\r\n');
  const [a, b] = [factsOf(SOURCE), factsOf(crlf)].map(({ functions }) =>
    functions.map((fn) => [fn.name, fn.line, fn.endLine, fn.marks, fn.body && printBody(fn.body)]),
  );
  assert.deepEqual(b, a);
});

test('a byte that is no UTF-8 counts as one column', () => {
  const source = 'void f(void)\n{\n\t/* \xe9\xe9 */ one();\n}\n';
  const facts = extractFile(
    'a.c',
    Uint8Array.from(source, (c) => c.charCodeAt(0)),
    parser,
    { all: true },
  );
  assert.deepEqual(
    facts.functions[0]?.body?.blocks[0]?.ev.map(({ pos }) => pos),
    [[2, 11, 2, 16]],
  );
});
