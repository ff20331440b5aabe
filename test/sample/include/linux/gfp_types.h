/* SPDX-License-Identifier: MIT */
#ifndef _SAMPLE_GFP_TYPES_H
#define _SAMPLE_GFP_TYPES_H

typedef unsigned int __bitwise gfp_t;

enum {
	___GFP_DMA_BIT,
	___GFP_HIGHMEM_BIT,
	___GFP_DMA32_BIT,
	___GFP_MOVABLE_BIT,
	___GFP_RECLAIMABLE_BIT,
	___GFP_HIGH_BIT,
	___GFP_IO_BIT,
	___GFP_FS_BIT,
	___GFP_ZERO_BIT,
	___GFP_UNUSED_BIT,
	___GFP_DIRECT_RECLAIM_BIT,
	___GFP_KSWAPD_RECLAIM_BIT,
	___GFP_WRITE_BIT,
	___GFP_NOWARN_BIT,
	___GFP_RETRY_MAYFAIL_BIT,
	___GFP_NOFAIL_BIT,
	___GFP_NORETRY_BIT,
	___GFP_MEMALLOC_BIT,
	___GFP_COMP_BIT,
	___GFP_NOMEMALLOC_BIT,
	___GFP_HARDWALL_BIT,
	___GFP_THISNODE_BIT,
	___GFP_ACCOUNT_BIT,
	___GFP_ZEROTAGS_BIT,
};

#define __GFP_DMA		((__force gfp_t)BIT(___GFP_DMA_BIT))
#define __GFP_HIGHMEM		((__force gfp_t)BIT(___GFP_HIGHMEM_BIT))
#define __GFP_DMA32		((__force gfp_t)BIT(___GFP_DMA32_BIT))
#define __GFP_MOVABLE		((__force gfp_t)BIT(___GFP_MOVABLE_BIT))
#define __GFP_RECLAIMABLE	((__force gfp_t)BIT(___GFP_RECLAIMABLE_BIT))
#define __GFP_WRITE		((__force gfp_t)BIT(___GFP_WRITE_BIT))
#define __GFP_MEMALLOC		((__force gfp_t)BIT(___GFP_MEMALLOC_BIT))
#define __GFP_NOMEMALLOC	((__force gfp_t)BIT(___GFP_NOMEMALLOC_BIT))
#define __GFP_HARDWALL		((__force gfp_t)BIT(___GFP_HARDWALL_BIT))
#define __GFP_THISNODE		((__force gfp_t)BIT(___GFP_THISNODE_BIT))
#define __GFP_ACCOUNT		((__force gfp_t)BIT(___GFP_ACCOUNT_BIT))
#define __GFP_HIGH		((__force gfp_t)BIT(___GFP_HIGH_BIT))
#define __GFP_IO		((__force gfp_t)BIT(___GFP_IO_BIT))
#define __GFP_FS		((__force gfp_t)BIT(___GFP_FS_BIT))
#define __GFP_ZERO		((__force gfp_t)BIT(___GFP_ZERO_BIT))
#define __GFP_DIRECT_RECLAIM	((__force gfp_t)BIT(___GFP_DIRECT_RECLAIM_BIT))
#define __GFP_KSWAPD_RECLAIM	((__force gfp_t)BIT(___GFP_KSWAPD_RECLAIM_BIT))
#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define __GFP_NOWARN		((__force gfp_t)BIT(___GFP_NOWARN_BIT))
#define __GFP_RETRY_MAYFAIL	((__force gfp_t)BIT(___GFP_RETRY_MAYFAIL_BIT))
#define __GFP_NOFAIL		((__force gfp_t)BIT(___GFP_NOFAIL_BIT))
#define __GFP_NORETRY		((__force gfp_t)BIT(___GFP_NORETRY_BIT))
#define __GFP_COMP		((__force gfp_t)BIT(___GFP_COMP_BIT))

#define GFP_ATOMIC	(__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL	(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_NOWAIT	(__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_NOIO	(__GFP_RECLAIM)
#define GFP_NOFS	(__GFP_RECLAIM | __GFP_IO)

#endif
