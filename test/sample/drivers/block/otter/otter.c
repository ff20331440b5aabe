// SPDX-License-Identifier: MIT
/* Otter: a block device over a pool of requests. */
#include <linux/blkdev.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/slab.h>

#define OTTER_BUFFER_ORDER	4

struct otter_device {
	struct page *buffer;
	mempool_t *requests;
};

/* Sixteen pages in a row, for ever if need be: no such promise is kept at this order. */
void otter_alloc_buffer(struct otter_device *otter)
{
	otter->buffer = alloc_pages(GFP_NOIO | __GFP_NOFAIL, OTTER_BUFFER_ORDER);
}

/* A pool waits for an element by itself: the flag only makes the allocation behind the pool loop, and the reserve stay unused. */
void *otter_next_request(struct otter_device *otter)
{
	return mempool_alloc(otter->requests, GFP_NOIO | __GFP_NOFAIL);
}
