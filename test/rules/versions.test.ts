/** One text, several kernels: rules ask the profile, and messages say what that kernel does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings, only } from './helper.js';

const order = 'struct page *four(void)\n{\n\treturn alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 2);\n}\n';

test('the warning for a high order under __GFP_NOFAIL', async () => {
  const said = async (kernel: string): Promise<string> => (await only(order, 'nofail-high-order', { kernel })).message;
  assert.match(await said('6.1'), /even when the first attempt succeeds/);
  assert.match(await said('6.12'), /when the request enters the slow path/);
  assert.match(await said('7.2'), /gives no warning/);
});

test('the warning for __GFP_NOFAIL that may not block', async () => {
  const text = 'void *get(void)\n{\n\treturn kmalloc(8, GFP_NOWAIT | __GFP_NOFAIL);\n}\n';
  assert.match((await only(text, 'nofail-nonblocking', { kernel: '6.6' })).message, /at the end of its slow path/);
  assert.match((await only(text, 'nofail-nonblocking', { kernel: '6.12' })).message, /on entering its slow path/);
});

test('kvmalloc falls back with other masks in each line', async () => {
  const rows: [mask: string, kernel: string, found: boolean][] = [
    ['GFP_NOFS', '5.10', true],
    ['GFP_NOFS', '5.15', true],
    ['GFP_NOFS', '6.1', false],
    ['GFP_ATOMIC', '6.1', true],
    ['GFP_ATOMIC', '6.12', true],
    ['GFP_ATOMIC', '7.2', false],
    ['GFP_KERNEL', '5.10', false],
    ['GFP_KERNEL | __GFP_NORETRY', '5.10', false],
  ];
  for (const [mask, kernel, found] of rows) {
    const list = await findings(`void *get(size_t n)\n{\n\treturn kvmalloc(n, ${mask});\n}\n`, 'kvmalloc-flags', { kernel });
    assert.equal(list.length > 0, found, `${mask} on ${kernel}`);
  }
});

test('congestion_wait sleeps in 5.10 and is undeclared in 6.1', async () => {
  const text = 'void settle(void)\n{\n\tcongestion_wait(BLK_RW_ASYNC, HZ / 50);\n}\n';
  const old = await only(text, 'congestion-wait', { kernel: '5.10' });
  assert.match(old.message, /sleeps its whole timeout/);
  assert.equal(old.confidence, 'possible');
  const gone = await only(text, 'congestion-wait', { kernel: '6.1' });
  assert.match(gone.message, /not declared/);
  assert.equal(gone.confidence, 'certain');
});

test('flags that a kernel does not have, or says itself', async () => {
  const atomic = 'void *get(void)\n{\n\treturn kmalloc(8, GFP_NOWAIT | __GFP_ATOMIC);\n}\n';
  assert.deepEqual(await findings(atomic, 'contradictory-mask', { kernel: '6.1' }), []);
  assert.match((await only(atomic, 'contradictory-mask', { kernel: '6.6' })).message, /not declared/);
  const quiet = 'void *get(void)\n{\n\treturn kmalloc(8, GFP_NOWAIT | __GFP_NOWARN);\n}\n';
  assert.deepEqual(await findings(quiet, 'contradictory-mask', { kernel: '6.6' }), []);
  assert.equal((await only(quiet, 'contradictory-mask', { kernel: '6.12' })).severity, 'note');
});

test('vmalloc with __GFP_NOFAIL: an error path is alive before 5.17 only', async () => {
  const text = `
int get(void **out)
{
	*out = __vmalloc(65536, GFP_KERNEL | __GFP_NOFAIL);
	if (!*out)
		return -ENOMEM;
	return 0;
}
`;
  assert.deepEqual(await findings(text, 'nofail-null-check', { kernel: '5.10' }), []);
  assert.equal((await findings(text, 'nofail-unsupported', { kernel: '5.10' })).length, 1);
  assert.equal((await findings(text, 'nofail-null-check', { kernel: '6.1' })).length, 1);
  assert.deepEqual(await findings(text, 'nofail-unsupported', { kernel: '6.1' }), []);
});
