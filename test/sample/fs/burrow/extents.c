// SPDX-License-Identifier: MIT
/* Extent index of the burrow file system: loading, splitting, writing back. */
#include <linux/backing-dev.h>
#include <linux/delay.h>
#include "burrow.h"

/*
 * The index must be had, whatever it takes: so said the first version, and it
 * has been looping here ever since.
 */
struct burrow_index *burrow_load_index(struct burrow_sb_info *sbi)
{
	struct burrow_index *index;

	do {
		index = kmalloc(sbi->index_bytes, GFP_NOFS);
		if (!index)
			congestion_wait(BLK_RW_ASYNC, HZ / 50);
	} while (!index);

	index->count = 0;
	return index;
}

/* A second extent for the part behind a hole. */
int burrow_split_extent(struct burrow_sb_info *sbi, struct burrow_extent *left, u32 at)
{
	struct burrow_extent *right;

	right = kmem_cache_alloc(sbi->extent_cache, GFP_NOFS | __GFP_NOFAIL);
	if (!right)
		return -ENOMEM;

	right->logical = left->logical + at;
	right->physical = left->physical + at;
	right->length = left->length - at;
	left->length = at;
	return burrow_insert_extent(sbi, right);
}

/* Two minds in one mask: try for ever, and give up early. */
struct burrow_extent *burrow_clone_extent(struct burrow_sb_info *sbi, const struct burrow_extent *from)
{
	struct burrow_extent *copy;

	copy = kmem_cache_alloc(sbi->extent_cache, GFP_NOFS | __GFP_NOFAIL | __GFP_NORETRY);
	*copy = *from;
	return copy;
}

/* Leaves the scope open when the read fails. */
int burrow_reload_index(struct burrow_sb_info *sbi, struct burrow_index *index)
{
	unsigned int nofs;
	int err;

	nofs = memalloc_nofs_save();
	err = burrow_read_block(sbi, 0, index);
	if (err)
		return err;
	err = burrow_write_index(sbi, index);
	memalloc_nofs_restore(nofs);
	return err;
}

/* kvmalloc() takes GFP_NOFS itself since 5.18: no scope is needed for one call. */
void *burrow_bitmap_buffer(size_t bytes)
{
	unsigned int nofs;
	void *buffer;

	nofs = memalloc_nofs_save();
	buffer = kvmalloc(bytes, GFP_KERNEL);
	memalloc_nofs_restore(nofs);
	return buffer;
}

/* The whole commit runs in a scope: the flag on the record says it twice. */
int burrow_commit_index(struct burrow_sb_info *sbi, struct burrow_index *index)
{
	struct burrow_extent *record;
	unsigned int nofs;
	int err;

	nofs = memalloc_nofs_save();
	err = burrow_read_block(sbi, index->count, index);
	if (err)
		goto out;
	record = kzalloc(sizeof(*record), GFP_NOFS);
	if (!record) {
		err = -ENOMEM;
		goto out;
	}
	err = burrow_write_index(sbi, index);
	kfree(record);
out:
	memalloc_nofs_restore(nofs);
	return err;
}
