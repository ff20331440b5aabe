#include "journal.h"

static struct kmem_cache *log_handle_cachep;

struct log_handle *log_start(struct super_block *sb, int credits, gfp_t gfp)
{
	struct log_handle *handle;

	handle = kmem_cache_zalloc(log_handle_cachep, gfp);
	if (!handle)
		return ERR_PTR(-ENOMEM);
	handle->credits = credits;
	return handle;
}

void log_stop(struct log_handle *handle)
{
	kmem_cache_free(log_handle_cachep, handle);
}

/**
 * marl_start_sb - begin an operation
 * @sb: the filesystem
 * @type: what the operation is, for statistics
 * @credits: blocks that it may dirty
 *
 * Return: the handle, or an error pointer.
 */
struct log_handle *marl_start_sb(struct super_block *sb, int type, int credits)
{
	if (sb_rdonly(sb))
		return ERR_PTR(-EROFS);
	return log_start(sb, credits, GFP_NOFS);
}

int marl_rename_start(struct inode *dir)
{
	struct log_handle *handle = marl_start(dir, 4, 8);

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	log_stop(handle);
	return 0;
}
