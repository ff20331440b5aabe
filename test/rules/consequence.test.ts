/** What the allocator model adds to findings: its clause, its severity, its data; and sites that share a run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Simulation } from '../../server/src/engine.js';
import { inspectText } from '../../server/src/session/audit-text.js';
import { only } from './helper.js';

const simulation = (f: { data: Record<string, unknown> }): Simulation => f.data.simulation as Simulation;

test('a retry loop is set against __GFP_NOFAIL, both floors in numbers, from the allocation inside it', async () => {
  const f = await only(
    `void *otter(size_t n)
{
	void *p;

	do {
		p = kmalloc(n, GFP_NOFS);
	} while (!p);
	return p;
}`,
    'open-coded-retry',
    { kernel: '6.1.190' },
  );
  assert.match(f.message, /Convertible: the request gets no page below 100% of the min watermark .*, __GFP_NOFAIL goes on to 0%\.$/);
  assert.equal(simulation(f).reserveFloor, 1);
});

test('one branch of a mask is judged with the flag that the finding is about', async () => {
  const f = await only(
    'void *otter(struct kmem_cache *c, bool must)\n{\n\treturn kmem_cache_alloc(c, GFP_ATOMIC | (must ? __GFP_NOFAIL : 0));\n}',
    'nofail-nonblocking',
    { kernel: '6.1.190' },
  );
  assert.match(f.message, /returns NULL; it does so when free memory is down to 37\.5% of the min watermark\.$/);
  assert.deepEqual(simulation(f).warns.includes('nofail-non-blocking'), true);
});

test('the reserve that a spinning request may take follows the kernel', async () => {
  const code = 'void *otter(size_t n)\n{\n\treturn kmalloc(n, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);\n}';
  const share = async (kernel: string): Promise<string | undefined> =>
    /may take (\S+) of the reserve/.exec((await only(code, 'nofail-conflict', { kernel })).message)?.[1];
  assert.equal(await share('5.10.223'), '40%');
  assert.equal(await share('6.12.17'), '80%');
});

test('where paths bring different masks, the one that the finding is about is judged', async () => {
  const f = await only(
    `void *otter(size_t n, int mode)
{
	gfp_t gfp = GFP_KERNEL;

	if (mode & 1)
		gfp |= __GFP_NOFAIL;
	else if (mode & 2)
		gfp = GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY;
	return kmalloc(n, gfp);
}`,
    'nofail-conflict',
    { kernel: '6.12.17' },
  );
  assert.equal(simulation(f).oomKill, false, 'the mask with __GFP_NORETRY never calls the OOM killer');
  assert.doesNotMatch(f.message, /process killed/);
});

test('a high order without a warning and with an OOM kill is a note, unless the user says otherwise', async () => {
  const code = (order: number): string => `struct page *otter(void)\n{\n\treturn alloc_pages(GFP_KERNEL | __GFP_NOFAIL, ${order});\n}`;
  const severity = async (order: number, options: Parameters<typeof only>[2]): Promise<string> =>
    (await only(code(order), 'nofail-high-order', options)).severity;
  assert.equal(await severity(2, { kernel: '7.2' }), 'note');
  assert.equal(await severity(2, { kernel: '6.12' }), 'warning');
  assert.equal(await severity(4, { kernel: '7.2' }), 'warning', 'never reaches the OOM killer');
  assert.equal(await severity(2, { kernel: '7.2', rules: { 'nofail-high-order': 'error' } }), 'error');
});

test('kvmalloc without a fallback: small requests loop, large ones end in NULL', async () => {
  const f = await only('void *otter(size_t n)\n{\n\treturn kvmalloc(n, GFP_NOFS);\n}', 'kvmalloc-flags', { kernel: '5.10.223' });
  assert.match(f.message, /: 4 pages keep trying, 16 pages end in NULL\.$/);
});

test('vmalloc that ignores __GFP_NOFAIL is not said to never fail', async () => {
  const f = await only('void *otter(unsigned long n)\n{\n\treturn __vmalloc(n * 64, GFP_KERNEL | __GFP_NOFAIL);\n}', 'nofail-unsupported', {
    kernel: '5.10.223',
  });
  assert.equal(simulation(f).mayFail, true);
  assert.doesNotMatch(simulation(f).text, /Never returns NULL/);
});

test('a cycle through reclaim stands in the message once, and in the data of the model', async () => {
  const f = await only(
    `struct lake { struct mutex lock; void *page; };

static unsigned long scan(struct shrinker *s, struct shrink_control *sc)
{
	struct lake *l = s->private_data;

	mutex_lock(&l->lock);
	l->page = NULL;
	mutex_unlock(&l->lock);
	return 1;
}

static struct shrinker lake_shrinker = {
	.scan_objects = scan,
};

int fill(struct lake *l)
{
	mutex_lock(&l->lock);
	l->page = kmalloc(4096, GFP_KERNEL);
	mutex_unlock(&l->lock);
	return l->page ? 0 : -ENOMEM;
}`,
    'reclaim-recursion',
  );
  assert.equal(f.message.split('. ').length, 2, f.message);
  assert.match(simulation(f).deadlock?.join() ?? '', /this task holds .*lock/);
});

test('sites with the same inputs share one run and its data', async () => {
  const text = `
void *a(size_t n) { return kmalloc(n, GFP_NOFS); }
void *b(size_t n) { return kzalloc(n, GFP_NOFS); }
void *c(size_t n) { return kmalloc(n, GFP_ATOMIC); }`;
  const { records } = await inspectText([{ path: 'drivers/otter/otter.c', text }], {});
  const [a, b, c] = records.sites.map((s) => s.simulation);
  assert.ok(a && c);
  assert.equal(a, b);
  assert.notEqual(a, c);
});
