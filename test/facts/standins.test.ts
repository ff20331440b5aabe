/** Branches on locals that stand for a question about a parameter become branches on the parameter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFile } from '../../server/src/facts/extract.js';
import { printBody } from '../../server/src/facts/print.js';
import { createParser } from '../../server/src/syntax/parser.js';

const parser = await createParser();

/** What is asked on the way to `mark()`: the conditions of the branches that lead to its block, as they are printed. */
function asked(head: string, before: string, condition: string): string[] {
  const text = `int otter(struct otter *o, otter_fn done, int how, gfp_t gfp)\n{\n${head}\n${before}\n\tif (${condition})\n\t\tmark();\n\tspin_lock(&o->lock);\n}\n`;
  const body = extractFile('otter.c', text, parser).functions[0]?.body;
  assert.ok(body);
  const block = body.blocks.findIndex(({ ev }) => ev.some((e) => e.k === 'call' && e.fn === 'mark'));
  return printBody(body)
    .split('\n')
    .filter((line) => line.endsWith(`-> B${block}`))
    .map((line) => line.trim().replace(/ -> B\d+$/, ''));
}

test('what a branch decides, what is decided before it, what is assigned', () => {
  assert.deepEqual(asked('int w;', 'if (done) w = 0; else w = 1;', 'w'), ['unless done']);
  assert.deepEqual(asked('bool w = true;', 'if (how == 3) w = false;', '!w'), ['if how == 3']);
  assert.deepEqual(asked('bool w = !done;', '', 'w'), ['unless done']);
  assert.deepEqual(asked('bool w = how == 2;', '', 'w != 1'), ['unless how == 2']);
  assert.deepEqual(asked('int w = how & 4;', '', 'w == 0'), ['unless how & 4']);
  assert.deepEqual(asked('bool w = gfpflags_allow_blocking(gfp);', '', 'w'), ['if gfpflags_allow_blocking(gfp)']);
});

test('what may have another value stands for nothing', () => {
  assert.deepEqual(asked('int w = 1;', 'if (done) w = 0; find(&w);', 'w'), ['if w']);
  assert.deepEqual(asked('int w = 1;', 'if (done) w = 0; if (how) w = 2;', 'w'), ['if w']);
  assert.deepEqual(asked('int w = 1;', 'if (done) w = 0; done = NULL;', 'w'), ['if w']);
  assert.deepEqual(asked('int w = 1;', 'if (o->x) w = 0;', 'w'), ['if w']);
  assert.deepEqual(asked('int w = how & 4;', '', 'w == 4'), ['if w == 4']);
  assert.deepEqual(asked('int w = how;', '', 'w == 1'), ['if w == 1']);
  // Asked before it is decided.
  assert.deepEqual(asked('int w = 1;', 'again: if (w) mark(); if (done) w = 0; if (o->more) goto again;', 'o->y'), ['if w']);
});
