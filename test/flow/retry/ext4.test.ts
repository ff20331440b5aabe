import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { find } from './find.js';

/** The old way to cut a file's tail: two operations, each repeated while memory is short. In our own words. */
const OLD = `
static int demo_truncate_tail(struct demo_handle *h, struct inode *inode)
{
	demo_block_t first;
	int err;

	DEMO_I(inode)->disk_size = inode->i_size;
	err = demo_mark_dirty(h, inode);
	if (err)
		return err;
	first = demo_blocks(inode->i_size);
again_status:
	err = demo_status_remove(inode, first, DEMO_MAX_BLOCKS - first);
	if (err == -ENOMEM) {
		cond_resched();
		congestion_wait(BLK_RW_ASYNC, HZ/50);
		goto again_status;
	}
	if (err)
		return err;
again_space:
	err = demo_remove_space(h, inode, first);
	if (err == -ENOMEM) {
		cond_resched();
		congestion_wait(BLK_RW_ASYNC, HZ/50);
		goto again_space;
	}
	return err;
}
`;

/** The state in between: a bit of the flags decides whether the tree's nodes may fail to be allocated. */
const BETWEEN = `
static struct demo_extent *demo_extent_alloc(struct inode *inode, int nofail)
{
	struct demo_extent *e;

	e = kmem_cache_alloc(demo_cachep, GFP_ATOMIC | (nofail ? __GFP_NOFAIL : 0));
	if (e == NULL)
		return NULL;
	demo_count(inode);
	return e;
}

static int demo_truncate_tail(struct demo_handle *h, struct inode *inode)
{
	int err;

	err = demo_status_remove(inode, 0, DEMO_NOFAIL);
	if (err)
		return err;
	return demo_remove_space(h, inode, DEMO_NOFAIL);
}
`;

describe('the truncate path of ext4', () => {
  const { loops, waits } = find(OLD, { kernel: '5.10' });
  it('has two loops, each convertible', () => {
    assert.deepEqual(
      loops.map((l) => [l.callee, l.verdict, l.test, l.at.line, l.at.endLine]),
      [
        ['demo_status_remove', 'convertible', 'enomem', 12, 17],
        ['demo_remove_space', 'convertible', 'enomem', 21, 26],
      ],
    );
  });
  it('waits for congestion in both', () => {
    assert.deepEqual(
      loops.map((l) => l.backoff.map((b) => `${b.api}(${b.arg})`)),
      [
        ['cond_resched()', 'congestion_wait(BLK_RW_ASYNC, HZ / 50)'],
        ['cond_resched()', 'congestion_wait(BLK_RW_ASYNC, HZ / 50)'],
      ],
    );
    assert.deepEqual(
      waits.filter((w) => w.api === 'congestion_wait').map((w) => [w.at.line, w.inLoop]),
      [
        [16, true],
        [25, true],
      ],
    );
  });
  it('keeps both labels for a conversion', () =>
    assert.deepEqual(
      loops.map((l) => l.parts?.label),
      ['again_status', 'again_space'],
    ));
  it('has no loop left in the state between', () => assert.deepEqual(find(BETWEEN, { kernel: '5.15' }).loops, []));
});

describe('waits', () => {
  it('outside any loop they are listed as such', () => {
    const { waits } = find(
      'static void demo_release(struct inode *inode)\n{\n\tdemo_flush(inode);\n\tcongestion_wait(BLK_RW_ASYNC, HZ/10);\n\tmsleep(3);\n}\n',
      { kernel: '5.10' },
    );
    assert.deepEqual(
      waits.map((w) => [w.api, w.inLoop]),
      [['congestion_wait', false]],
    );
  });
});
