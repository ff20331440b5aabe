/** Functions that are given an open transaction run in its scope. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from './helper.js';

/** Findings of scope-redundant-flag against those marked: likely, but for one marked as possible. */
async function holds(text: string): Promise<void> {
  const all = await findings(text, 'scope-redundant-flag', { kernel: '6.1' });
  assert.ok(all.every((f) => f.confidence === 'likely' || /finds possible/.test(text.split('\n')[f.at.line - 1]!)));
  const lines = text.split('\n').flatMap((line, i) => (line.includes('// finds') ? [i + 1] : []));
  assert.deepEqual(
    all.map((f) => f.at.line),
    lines,
  );
}

test('a transaction that is looked into is open: its scope too', () =>
  holds(`
struct plover_item { struct list_head list; int kind; };

void plover_defer(struct xfs_trans *tp, int kind)
{
	struct plover_item *item = kmalloc(sizeof(*item), GFP_NOFS | __GFP_NOFAIL); // finds

	item->kind = kind;
	plover_add(tp->t_mountp, item);
}

void plover_stated(struct xfs_trans *tp)
{
	void *p;

	ASSERT(tp != NULL);
	p = kzalloc(64, GFP_NOFS); // finds
	plover_use(tp->t_mountp, p);
}
`));

test('one that may be absent, is only handed on, is opened here, or has ended by then', () =>
  holds(`
void *plover_read(struct xfs_trans *tp, int n)
{
	void *p = kzalloc(n, GFP_NOFS);

	if (tp)
		tp->t_flags |= 1;
	return p;
}

struct plover_cursor { struct xfs_trans *tp; };
struct plover_cursor *plover_cursor(struct xfs_trans *tp)
{
	struct plover_cursor *cur = kzalloc(sizeof(*cur), GFP_NOFS);

	cur->tp = tp;
	return cur;
}

int plover_begin(struct xfs_trans *tp)
{
	void *p = kzalloc(8, GFP_NOFS);

	xfs_trans_set_context(tp);
	tp->t_item = p;
	return 0;
}

int plover_end(struct xfs_trans *tp)
{
	struct xfs_mount *mp = tp->t_mountp;
	int err = xfs_trans_commit(tp);

	mp->m_pad = kzalloc(8, GFP_NOFS);
	return err;
}

int plover_roll(struct xfs_trans **tpp)
{
	void *p = kzalloc(8, GFP_NOFS);

	return plover_swap((*tpp)->t_mountp, p);
}
`));

test('a function that ends the transaction it is given ends the scope of its caller', () =>
  holds(`
static void plover_finish(struct xfs_trans *tp)
{
	plover_add(tp->t_mountp, 0);
	xfs_trans_cancel(tp);
}

int plover_both(struct xfs_mount *mp, struct xfs_trans_res *res)
{
	struct xfs_trans *tp;
	int err = xfs_trans_alloc(mp, res, 0, 0, 0, &tp);

	if (err)
		return err;
	mp->m_pad = kzalloc(8, GFP_NOFS); // finds possible
	plover_finish(tp);
	mp->m_end = kzalloc(8, GFP_NOFS);
	return 0;
}
`));
