import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from './mend.js';

test('a scope that a callee leaves open is not closed with the result of its call', async () => {
  const b = bench(`struct handle { unsigned int saved; int left; };

static int handle_start(struct handle *h)
{
	if (h->left < 1)
		return -ENOSPC;
	h->saved = memalloc_nofs_save();
	return 0;
}

struct handle *begin(struct handle *h)
{
	int err;

	err = handle_start(h);
	if (err < 0)
		return ERR_PTR(err);
	return h;
}
`);
  for (const finding of b.findings) {
    const { fixes } = await b.mends(finding);
    assert.deepEqual(
      fixes.map((f) => f.edits.map((e) => e.text)),
      [],
    );
  }
});
