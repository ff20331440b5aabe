import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { verdict } from './find.js';

/** One loop as parts, to be written in several forms. `fail` are statements between a failure and the next try. */
interface Shape {
  verdict: string;
  fail: string[];
}
const SHAPES: Shape[] = [
  { verdict: 'kmalloc convertible', fail: ['cond_resched();'] },
  { verdict: 'kmalloc convertible', fail: ['msleep(VAR_STEP);'] },
  { verdict: 'kmalloc clever', fail: ['if (fatal_signal_pending(current)) return NULL;', 'msleep(1);'] },
  { verdict: 'kmalloc clever', fail: ['VAR_SIZE >>= 1;', 'if (VAR_SIZE < 64) return NULL;'] },
  { verdict: 'kmalloc clever', fail: ['demo_shrink(VAR_DEMO);'] },
  { verdict: 'kmalloc bounded', fail: ['if (++VAR_TRIES > 9) return NULL;', 'yield();'] },
];
type Form = 'while' | 'do' | 'for' | 'goto' | 'goto-else';
const FORMS: Form[] = ['while', 'do', 'for', 'goto', 'goto-else'];
const IDLE = [
  'demo_stat(VAR_DEMO);',
  'pr_debug("round\\n");',
  'VAR_OTHER = demo_now();',
  'if (VAR_OTHER) demo_note(VAR_DEMO);',
  '/* nothing */;',
  '{ int x = 3; demo_mark(x); }',
];

function write(shape: Shape, form: Form, names: Record<string, string>, before: string[], between: string[], after: string[]): string {
  const call = 'VAR_PTR = kmalloc(VAR_SIZE, GFP_NOFS);';
  const fail = shape.fail.join('\n\t\t');
  const mid = between.join('\n\t\t');
  const loop: Record<Form, string> = {
    while: `while (!(VAR_PTR = kmalloc(VAR_SIZE, GFP_NOFS))) {\n\t\t${mid}\n\t\t${fail}\n\t}`,
    do: `do {\n\t\t${call}\n\t\tif (!VAR_PTR) {\n\t\t${mid}\n\t\t${fail}\n\t\t}\n\t} while (!VAR_PTR);`,
    for: `for (;;) {\n\t\t${call}\n\t\tif (VAR_PTR)\n\t\t\tbreak;\n\t\t${mid}\n\t\t${fail}\n\t}`,
    goto: `VAR_LABEL:\n\t${call}\n\tif (VAR_PTR == NULL) {\n\t\t${mid}\n\t\t${fail}\n\t\tgoto VAR_LABEL;\n\t}`,
    'goto-else': `VAR_LABEL:\n\t${call}\n\tif (VAR_PTR) {\n\t\tdemo_good(VAR_PTR);\n\t} else {\n\t\t${mid}\n\t\t${fail}\n\t\tgoto VAR_LABEL;\n\t}`,
  };
  const code = `void *work(struct demo *VAR_DEMO, size_t VAR_SIZE, int VAR_STEP)\n{\n\tvoid *VAR_PTR;\n\tint VAR_TRIES = 0;\n\tint VAR_OTHER = 0;\n\n\t${before.join('\n\t')}\n\t${loop[form]}\n\t${after.join('\n\t')}\n\treturn VAR_PTR;\n}\n`;
  return code.replace(/VAR_\w+/g, (v) => names[v] ?? v);
}
const KEYS = ['VAR_PTR', 'VAR_SIZE', 'VAR_DEMO', 'VAR_TRIES', 'VAR_OTHER', 'VAR_LABEL', 'VAR_STEP'];
const word = fc.constantFrom(
  'a',
  'buf',
  'ctx',
  'node',
  'retry',
  'len',
  'again',
  'x1',
  'page',
  'left',
  'want',
  'tmp',
  'err',
  'ret',
  'out',
  'tries',
);
const naming = fc
  .uniqueArray(word, { minLength: KEYS.length, maxLength: KEYS.length })
  .map((ws) => Object.fromEntries(KEYS.map((k, i) => [k, ws[i]!])));

describe('the verdict belongs to the mechanism', () => {
  it('names, the form of the loop and statements beside it do not change it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.constantFrom(...FORMS),
        naming,
        fc.array(fc.constantFrom(...IDLE), { maxLength: 3 }),
        fc.array(fc.constantFrom(...IDLE), { maxLength: 2 }),
        fc.array(fc.constantFrom(...IDLE), { maxLength: 3 }),
        (shape, form, names, before, between, after) => {
          const code = write(shape, form, names, before, between, after);
          assert.equal(verdict(code), shape.verdict, code);
        },
      ),
      { numRuns: 300, seed: 20260 },
    );
  });
});
