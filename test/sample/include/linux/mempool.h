/* SPDX-License-Identifier: MIT */
#ifndef _SAMPLE_MEMPOOL_H
#define _SAMPLE_MEMPOOL_H

#include <linux/gfp.h>

typedef struct mempool_s mempool_t;

void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask);
void mempool_free(void *element, mempool_t *pool);

#endif
