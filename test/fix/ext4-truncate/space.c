#include "marl.h"
#include "journal.h"

int marl_remove_space(struct inode *inode, u32 from, u32 to)
{
	struct marl_path *path = NULL;
	struct log_handle *handle;
	u32 next;
	int err = 0;

	handle = marl_start(inode, 1, MARL_I(inode)->depth + 1);
	if (IS_ERR(handle))
		return PTR_ERR(handle);

	if (to < MARL_BLOCKS_MAX - 1) {
		/* a hole inside the tree: the node right of it may be split */
		path = marl_find_path(inode, to, NULL, MARL_FIND_NOCACHE);
		if (IS_ERR(path)) {
			log_stop(handle);
			return PTR_ERR(path);
		}
		err = marl_search_right(inode, path, &next);
		if (err)
			goto out;
	} else {
		path = kcalloc(MARL_I(inode)->depth + 1, sizeof(*path),
			       GFP_NOFS);
		if (!path) {
			log_stop(handle);
			return -ENOMEM;
		}
	}
	path->block = from;
out:
	kfree(path);
	log_stop(handle);
	return err;
}

/* The inode already has its new size: this must not give up half way. */
int marl_truncate_tail(struct inode *inode)
{
	u32 first;
	int err;

	MARL_I(inode)->disk_size = inode->i_size;
	first = (inode->i_size + 4095) >> 12;
retry:
	err = marl_span_remove(inode, first, MARL_BLOCKS_MAX - first);
	if (err == -ENOMEM) {
		cond_resched();
		congestion_wait(BLK_RW_ASYNC, HZ/50);
		goto retry;
	}
	if (err)
		return err;
retry_remove_space:
	err = marl_remove_space(inode, first, MARL_BLOCKS_MAX - 1);
	if (err == -ENOMEM) {
		cond_resched();
		congestion_wait(BLK_RW_ASYNC, HZ/50);
		goto retry_remove_space;
	}
	return err;
}
