/** What a fix says of this kernel's allocator: both sides in numbers, also where the request lies below the loop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendsOf } from './mend.js';

const loop = `struct den { int n; };

static struct den *den_get(void)
{
	return kmalloc(sizeof(struct den), GFP_NOFS);
}

void den_keep(struct den **kept)
{
	struct den *den;

again:
	den = den_get();
	if (!den) {
		cond_resched();
		goto again;
	}
	*kept = den;
}
`;

for (const kernel of ['5.10', '6.1', '6.12']) {
  test(`a loop over a helper, ${kernel}: reserve, failure, time and what GFP_ATOMIC suffers, before and after`, async () => {
    const { fixes } = await mendsOf(loop, 'open-coded-retry', { kernel });
    const [fix] = fixes;
    const [effect, ...more] = fix?.effects ?? [];
    assert.ok(fix && effect);
    assert.deepEqual(more, []);
    assert.equal(effect.function, 'den_get');
    assert.match(fix.detail ?? '', /In this kernel the request .*never returns NULL; before, the loop asked again/);
    assert.match(fix.detail ?? '', /many such requests at once on a slow disk \d+ GFP_ATOMIC requests fail .* \(in a loop: \d+, \d+ ms\)/);
    const text = effect.lines.join('\n');
    assert.match(text, /^mask +GFP_NOFS +GFP_NOFS\|__GFP_NOFAIL$/m);
    assert.match(text, /^may return NULL +yes, and is asked again +no$/m);
    assert.match(text, /^gets pages down to +\S+ of the min watermark +\S/m);
    assert.equal(effect.lines.filter((l) => l.startsWith('many at once')).length > 2, true);
  });
}

test('a mask mended under a lock: what it takes of the reserve, when it fails', async () => {
  const { fixes } = await mendsOf(
    `struct box { spinlock_t lock; void *buf; };

int box_fill(struct box *b, int n)
{
	spin_lock(&b->lock);
	b->buf = kmalloc(n, GFP_KERNEL);
	spin_unlock(&b->lock);
	return b->buf ? 0 : -ENOMEM;
}
`,
    'sleep-in-atomic',
  );
  const said = fixes.map((f) => f.detail).join('\n');
  assert.match(said, /never waits \(before: for reclaim\)/);
  assert.match(said, /returns NULL when free memory is down to 37\.5% of the min watermark \(before: when its own process has been chosen/);
  assert.ok(fixes.some((f) => (f.effects ?? []).some((e) => e.lines.some((l) => /^gets pages down to/.test(l)))));
});

test('a scope that a mask takes over from: the same to the allocator, and said', async () => {
  const { fixes } = await mendsOf(
    `void *save(size_t n)
{
	unsigned int flags;
	void *p;

	flags = memalloc_noio_save();
	p = kmalloc(n, GFP_KERNEL);
	memalloc_noio_restore(flags);
	return p;
}
`,
    'scope-one-off',
  );
  const [fix] = fixes;
  assert.match(fix?.detail ?? '', /In this kernel the allocator does the same with the request\.$/);
  assert.match(fix?.effects?.[0]?.lines.join('\n') ?? '', /^mask +GFP_KERNEL, noio scope +GFP_NOIO$/m);
});
