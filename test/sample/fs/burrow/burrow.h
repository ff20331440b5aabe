/* SPDX-License-Identifier: MIT */
#ifndef _BURROW_H
#define _BURROW_H

#include <linux/fs.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* One run of blocks of a file. */
struct burrow_extent {
	u64 logical;
	u64 physical;
	u32 length;
};

struct burrow_index {
	unsigned int count;
	struct burrow_extent extents[];
};

struct burrow_sb_info {
	struct super_block *sb;
	struct mutex map_lock;		/* protects map, taken by the shrinker too */
	struct list_head map;
	struct kmem_cache *extent_cache;
	mempool_t *io_pool;
	struct shrinker *shrinker;
	unsigned int index_bytes;
};

struct burrow_io {
	struct burrow_sb_info *sbi;
	struct list_head link;
	u64 block;
};

struct burrow_name {
	struct list_head link;
	unsigned int length;
	char text[];
};

int burrow_write_index(struct burrow_sb_info *sbi, struct burrow_index *index);
int burrow_read_block(struct burrow_sb_info *sbi, u64 block, void *to);

#endif
