// SPDX-License-Identifier: MIT
/* Otter: a block device over a ring of pages. */
#include <linux/blkdev.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#define OTTER_BUFFER_ORDER	4

struct otter_device {
	struct page *buffer;
	struct page **ring;
	unsigned int nr_pages;
};

/* Sixteen pages in a row, for ever if need be: no such promise is kept at this order. */
void otter_alloc_buffer(struct otter_device *otter)
{
	otter->buffer = alloc_pages(GFP_NOIO | __GFP_NOFAIL, OTTER_BUFFER_ORDER);
}

/* The bulk allocator returns what it has: __GFP_NOFAIL does not reach all pages of the request. */
unsigned long otter_fill_ring(struct otter_device *otter)
{
	return alloc_pages_bulk_array(GFP_KERNEL | __GFP_NOFAIL, otter->nr_pages, otter->ring);
}
