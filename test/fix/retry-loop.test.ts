/** A loop becomes one request: each form that is known, and loops that must be left alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createCatalogue } from '../../server/src/catalog/lookup.js';
import { kernelProfile } from '../../server/src/catalog/profile.js';
import { nofailInstead } from '../../server/src/fix/retry-loop.js';
import { Unfit } from '../../server/src/fix/retry/statements.js';
import { applyEdits, mends } from '../../server/src/fix/verified.js';
import { LiveTree } from '../../server/src/session/live.js';
import { createWasmParser } from '../../server/src/syntax/wasm.js';
import type { KernelParser } from '../../server/src/syntax/model.js';

let parser: KernelParser;
before(async () => {
  parser = await createWasmParser();
});
after(() => parser.dispose());

const frame = (body: string): string => `struct node { int key; };

struct node *node_get(struct node *n, gfp_t gfp, bool big)
{
${body}
	return n;
}
`;

/** Findings and loops of one text. */
function inspect(text: string) {
  const { kernel, gfp } = kernelProfile('6.12');
  const live = new LiveTree(createCatalogue(kernel, gfp), kernel, { rt: false, rules: {}, minConfidence: 'possible' }, parser);
  live.set('a.c', text);
  return live.inspect();
}

/** The text after the fix of its first retry loop; undefined when none is offered or the audit of the result objects. */
function fixed(text: string): string | undefined {
  const was = inspect(text);
  const [retry] = was.retriesAt('a.c', 1, 1000);
  if (!retry) return undefined;
  try {
    const result = applyEdits(text, nofailInstead(text, retry.loop, parser));
    return mends('open-coded-retry', 'node_get', was.findings, inspect(result).findings) ? result : undefined;
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}

const forms: [name: string, loop: string, request: string][] = [
  ['do while', '\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_NOFS);\n\t} while (!n);', '\tn = kmalloc(sizeof(*n), GFP_NOFS | __GFP_NOFAIL);'],
  [
    'do while, the call over two lines, a pause on failure',
    '\tdo {\n\t\tn = kmalloc(sizeof(*n),\n\t\t\t    GFP_NOFS);\n\t\tif (!n)\n\t\t\tcond_resched();\n\t} while (n == NULL);',
    '\tn = kmalloc(sizeof(*n),\n\t\t    GFP_NOFS | __GFP_NOFAIL);',
  ],
  [
    'while around an assignment',
    '\twhile (!(n = kzalloc(sizeof(*n), GFP_KERNEL)))\n\t\tcond_resched();',
    '\tn = kzalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);',
  ],
  [
    'while over a variable',
    '\twhile (!n)\n\t\tn = kzalloc(sizeof(*n), GFP_NOIO);',
    '\tif (!n)\n\t\tn = kzalloc(sizeof(*n), GFP_NOIO | __GFP_NOFAIL);',
  ],
  [
    'for ever until a break',
    '\tfor (;;) {\n\t\tn = kzalloc(sizeof(*n), GFP_KERNEL);\n\t\tif (n)\n\t\t\tbreak;\n\t\tmsleep(20);\n\t}',
    '\tn = kzalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);',
  ],
  [
    'goto behind a label',
    'retry:\n\tn = kzalloc(sizeof(*n), GFP_KERNEL);\n\tif (unlikely(!n)) {\n\t\tschedule_timeout_uninterruptible(HZ / 50);\n\t\tgoto retry;\n\t}',
    '\tn = kzalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);',
  ],
  [
    'a mask chosen between two',
    '\tdo {\n\t\tn = kmalloc(sizeof(*n), big ? GFP_NOFS : GFP_NOIO);\n\t} while (!n);',
    '\tn = kmalloc(sizeof(*n), (big ? GFP_NOFS : GFP_NOIO) | __GFP_NOFAIL);',
  ],
  [
    'a label with a second way to it stays',
    'retry:\n\tn = kzalloc(sizeof(*n), GFP_KERNEL);\n\tif (!n)\n\t\tgoto retry;\n\tif (n->key)\n\t\tgoto retry;',
    'retry:\n\tn = kzalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);\n\tif (n->key)\n\t\tgoto retry;',
  ],
  [
    'a second result is still computed',
    '\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_KERNEL);\n\t\tbig = !n;\n\t} while (!n);',
    '\tn = kmalloc(sizeof(*n), GFP_KERNEL | __GFP_NOFAIL);\n\tbig = !n;',
  ],
];

for (const [name, loop, request] of forms) {
  test(`fixes: ${name}`, () => assert.equal(fixed(frame(loop)), frame(request)));
}

test('keeps CRLF line ends', () => {
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
  for (const [, loop, request] of forms) assert.equal(fixed(crlf(frame(loop))), crlf(frame(request)));
});

const left: [name: string, loop: string][] = [
  ['a counted loop', '\tint i;\n\tfor (i = 0; i < 3 && !n; i++)\n\t\tn = kmalloc(sizeof(*n), GFP_KERNEL);'],
  [
    'a loop that looks for a signal',
    '\twhile (!n) {\n\t\tif (fatal_signal_pending(current))\n\t\t\treturn NULL;\n\t\tn = kmalloc(sizeof(*n), GFP_KERNEL);\n\t}',
  ],
  [
    'work between the attempts',
    '\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_KERNEL);\n\t\tif (!n)\n\t\t\tnode_shrink_cache();\n\t} while (!n);',
  ],
  ['a mask that cannot wait', '\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_ATOMIC);\n\t} while (!n);'],
  ['a mask against it', '\tdo {\n\t\tn = kmalloc(sizeof(*n), GFP_KERNEL | __GFP_NORETRY);\n\t} while (!n);'],
];

for (const [name, loop] of left) {
  test(`leaves alone: ${name}`, () => assert.equal(fixed(frame(loop)), undefined));
}

test('an edit that overlaps another is refused', () => {
  const edit = (start: number, end: number) => ({ file: 'a.c', start, end, text: '' });
  assert.throws(() => applyEdits('abcdef', [edit(0, 3), edit(2, 4)]), RangeError);
  assert.throws(() => applyEdits('abcdef', [edit(4, 9)]), RangeError);
});
