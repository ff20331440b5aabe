/* SPDX-License-Identifier: MIT */
#ifndef _SAMPLE_GFP_H
#define _SAMPLE_GFP_H

#include <linux/gfp_types.h>

struct page;

struct page *alloc_pages(gfp_t gfp, unsigned int order);
unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array);
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);

#endif
