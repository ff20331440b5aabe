/** A caller's lock that a function lets go of and takes again, in our own words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from '../../server/src/engine.js';

/** Lines of the function that are marked, and those that are found at likely or above. */
async function found(body: string): Promise<{ marked: number[]; found: number[]; words: string[] }> {
  const text = `
struct heron { spinlock_t lock; struct mutex m; void *nest; int eggs; };
int heron_ask(struct heron *h);

${body}`;
  const { findings } = { findings: await auditText([{ path: 'drivers/heron.c', text }]) };
  const shown = findings.filter((f) => f.confidence !== 'possible');
  return {
    marked: text.split('\n').flatMap((line, i) => (line.includes('// finds') ? [i + 1] : [])),
    found: [...new Set(shown.map((f) => f.at.line))],
    words: shown.map((f) => f.message),
  };
}

test('from there on it is held, and its end is that of the caller', async () => {
  const { marked, found: lines } = await found(`
static int heron_fill(struct heron *h)
{
	int eggs;

	spin_unlock_irq(&h->lock);
	eggs = heron_ask(h);
	h->nest = kmalloc(eggs, GFP_KERNEL);
	spin_lock_irq(&h->lock);
	h->eggs = eggs;
	h->nest = kmalloc(eggs, GFP_KERNEL); // finds
	spin_unlock_irq(&h->lock);
	h->nest = kmalloc(eggs, GFP_KERNEL);
	spin_lock_irq(&h->lock);
	return 0;
}
`);
  assert.deepEqual(lines, marked);
});

test('for who calls it nothing has changed', async () => {
  const {
    marked,
    found: lines,
    words,
  } = await found(`
static void heron_wait(struct heron *h)
{
	spin_unlock(&h->lock);
	mutex_lock(&h->m);
	mutex_unlock(&h->m);
	spin_lock(&h->lock);
}

void heron_walk(struct heron *h)
{
	spin_lock(&h->lock);
	heron_wait(h);
	h->nest = kmalloc(8, GFP_KERNEL); // finds
	spin_unlock(&h->lock);
	h->nest = kmalloc(8, GFP_KERNEL);
}

void heron_run(struct heron *h)
{
	heron_wait(h);
	h->nest = kmalloc(8, GFP_KERNEL);
}
`);
  assert.deepEqual(lines, marked);
  assert.match(words[0]!, /since line 16/);
});
