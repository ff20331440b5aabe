/** Which changes of a file leave what others see of it as it was: facts as they were kept against facts as they are read. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { decodeFacts, encodeFacts } from '../../server/src/facts/codec.js';
import { extractFile } from '../../server/src/facts/extract.js';
import { onlyBodies } from '../../server/src/session/only-bodies.js';
import { createParser } from '../../server/src/syntax/parser.js';

const parser = await createParser();
after(() => parser.dispose());

const file = (macro: string, call: string): string => `
#define plover_each(p, fn)	do { ${macro} } while (0)
#define plover_name(p)	plover_text((p)->name)

static void plover_count(struct plover *p)
{
	p->count++;
}

void plover_land(struct plover *p)
{
	mutex_lock(&p->lock);
	${call}
	mutex_unlock(&p->lock);
}
`;
const read = (text: string) => extractFile('drivers/plover.c', new TextEncoder().encode(text), parser);
const kept = (text: string) => decodeFacts(encodeFacts(read(text)))!;
const was = file('mutex_lock(&(p)->lock); fn(p); mutex_unlock(&(p)->lock);', 'p->nest = kmalloc(8, GFP_KERNEL);');

test('nothing, or another statement', () => {
  assert.equal(onlyBodies(kept(was), read(was)), true);
  assert.equal(onlyBodies(kept(was), read(was.replace('GFP_KERNEL', 'GFP_NOFS'))), true);
});

test('a macro that does something else, with a graph or without', () => {
  assert.equal(onlyBodies(kept(was), read(was.replace('fn(p); ', 'fn(p); msleep(1); '))), false);
  assert.equal(onlyBodies(kept(was), read(was.replace('plover_text', 'plover_label'))), false);
});
