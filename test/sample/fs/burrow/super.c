// SPDX-License-Identifier: MIT
/* Mounting, the map of free blocks, and the I/O elements of the burrow file system. */
#include <linux/shrinker.h>
#include "burrow.h"

/* Gives cached parts of the map back; reclaim calls it from inside an allocation. */
static unsigned long burrow_map_scan(struct shrinker *shrink, struct shrink_control *sc)
{
	struct burrow_sb_info *sbi = shrink->private_data;
	unsigned long freed;

	mutex_lock(&sbi->map_lock);
	freed = burrow_drop_map(sbi, sc->nr_to_scan);
	mutex_unlock(&sbi->map_lock);
	return freed;
}

static unsigned long burrow_map_count(struct shrinker *shrink, struct shrink_control *sc)
{
	return burrow_map_length(shrink->private_data);
}

int burrow_register_shrinker(struct burrow_sb_info *sbi)
{
	sbi->shrinker = shrinker_alloc(0, "burrow-map");
	if (!sbi->shrinker)
		return -ENOMEM;
	sbi->shrinker->scan_objects = burrow_map_scan;
	sbi->shrinker->count_objects = burrow_map_count;
	sbi->shrinker->private_data = sbi;
	shrinker_register(sbi->shrinker);
	return 0;
}

/* Reclaim may want map_lock while this allocation, made under it, waits for reclaim. */
int burrow_extend_map(struct burrow_sb_info *sbi, u64 block)
{
	struct burrow_extent *extent;

	mutex_lock(&sbi->map_lock);
	extent = kmem_cache_alloc(sbi->extent_cache, GFP_KERNEL);
	if (!extent) {
		mutex_unlock(&sbi->map_lock);
		return -ENOMEM;
	}
	extent->physical = block;
	burrow_link_extent(sbi, extent);
	mutex_unlock(&sbi->map_lock);
	return 0;
}

/* A pool whose caller waits hands out an element in the end: the test never fires. */
int burrow_submit_read(struct burrow_sb_info *sbi, u64 block)
{
	struct burrow_io *io;

	io = mempool_alloc(sbi->io_pool, GFP_NOIO);
	if (!io)
		return -ENOMEM;
	io->block = block;
	return burrow_queue_io(sbi, io);
}

/* Two elements of one pool: with as many callers as elements, each holds one and waits for one. */
int burrow_submit_mirror(struct burrow_sb_info *sbi, u64 near, u64 far)
{
	struct burrow_io *first, *second;

	first = mempool_alloc(sbi->io_pool, GFP_NOIO);
	first->block = near;
	second = mempool_alloc(sbi->io_pool, GFP_NOIO);
	second->block = far;
	burrow_queue_io(sbi, first);
	return burrow_queue_io(sbi, second);
}

/* Size and mask in each other's place: a few thousand bytes, with the bits of a length for a mask. */
struct burrow_name *burrow_new_name(unsigned int length)
{
	struct burrow_name *name;

	name = kmalloc(GFP_KERNEL, sizeof(*name) + length);
	if (!name)
		return NULL;
	name->length = length;
	return name;
}

/* The union of both masks is GFP_KERNEL: nothing was restricted. */
struct burrow_name *burrow_copy_name(const struct burrow_name *from)
{
	struct burrow_name *name;

	name = kmalloc(sizeof(*name) + from->length, GFP_KERNEL | GFP_NOFS);
	if (!name)
		return NULL;
	memcpy(name->text, from->text, from->length);
	name->length = from->length;
	return name;
}
