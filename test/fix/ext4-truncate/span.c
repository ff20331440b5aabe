#include "marl.h"

static struct kmem_cache *marl_span_cachep;

static int __span_insert(struct inode *inode, struct marl_span *new);

static struct marl_span *marl_span_alloc(struct inode *inode, u32 first,
					 u32 len, u32 kind)
{
	struct marl_span *span;

	span = kmem_cache_alloc(marl_span_cachep, GFP_NOFS);
	if (!span)
		return NULL;
	span->first = first;
	span->len = len;
	span->kind = kind;
	return span;
}

static int __span_insert(struct inode *inode, struct marl_span *new)
{
	struct marl_span *span;

	span = marl_span_alloc(inode, new->first, new->len, new->kind);
	if (!span)
		return -ENOMEM;
	rb_link_node(&span->node, NULL, &MARL_I(inode)->spans.rb_node);
	return 0;
}

/*
 * Cutting a hole into one span leaves two: the second of them needs memory.
 */
static int __span_remove(struct inode *inode, u32 first, u32 end)
{
	struct marl_span rest = { .first = end + 1, .len = 1 };
	int err = 0;

	if (end < MARL_BLOCKS_MAX - 1)
		err = __span_insert(inode, &rest);
	return err;
}

int marl_span_insert(struct inode *inode, u32 first, u32 len, u32 kind)
{
	struct marl_span new = { .first = first, .len = len, .kind = kind };
	int err;

	mutex_lock(&MARL_I(inode)->span_mutex);
	err = __span_remove(inode, first, first + len - 1);
	if (!err)
		err = __span_insert(inode, &new);
	mutex_unlock(&MARL_I(inode)->span_mutex);
	return err;
}

int marl_span_remove(struct inode *inode, u32 first, u32 len)
{
	int err;

	mutex_lock(&MARL_I(inode)->span_mutex);
	err = __span_remove(inode, first, first + len - 1);
	mutex_unlock(&MARL_I(inode)->span_mutex);
	return err;
}
