/* SPDX-License-Identifier: MIT */
#ifndef _SAMPLE_SLAB_H
#define _SAMPLE_SLAB_H

#include <linux/gfp.h>

struct kmem_cache;

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void *kvmalloc(size_t size, gfp_t flags);
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cachep, void *objp);
void kfree(const void *objp);
void kvfree(const void *addr);

#endif
