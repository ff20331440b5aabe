/** The page order of a request: constants, macros of the tree, and variables that only look like them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectText } from '../../server/src/session/audit-text.js';

async function orders(text: string): Promise<(number | null)[]> {
  const { records } = await inspectText([{ path: 'drivers/otter/otter.c', text }], {});
  return records.sites.map((s) => s.order);
}

test('a macro of the file, alone and in an expression', async () => {
  const text = `
#define OTTER_ORDER 4
void *a(void) { return alloc_pages(GFP_KERNEL, OTTER_ORDER); }
void *b(void) { return alloc_pages(GFP_KERNEL, OTTER_ORDER - 1); }
void *c(void) { return kmalloc(4096 << OTTER_ORDER, GFP_KERNEL); }`;
  assert.deepEqual(await orders(text), [4, 3, 4]);
});

test('a definition in terms of itself, an unknown name and a variable of that name stay unknown', async () => {
  const text = `
#define LOOP LOOP
#define depth 3
void *a(void) { return alloc_pages(GFP_KERNEL, LOOP); }
void *b(void) { return alloc_pages(GFP_KERNEL, OTHER_ORDER); }
void *c(int depth) { return alloc_pages(GFP_KERNEL, depth); }`;
  assert.deepEqual(await orders(text), [null, null, null]);
});
