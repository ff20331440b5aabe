/**
 * kmalloc and kmem_cache_alloc when the cpu's freelist is empty, so that a slab page is needed (the only case in which the
 * mask matters). Read in mm/slub.c (allocate_slab, new_slab) and mm/slab_common.c (kmalloc_large) of 5.10 to 7.2.
 */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking } from '../gfp.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt, warn, type Attempt, type Env, type PageResult, type Step } from '../alloc/env.js';
import type { Task } from '../alloc/alloc-flags.js';

/** Largest object served from a cache (SLUB): two pages; larger ones come from the page allocator. */
export const KMALLOC_MAX_CACHE_SIZE = 8192;
/** Order that SLUB prefers for its caches. */
const PREFERRED_ORDER = 3;

/** get_order(): smallest order of 4 KiB pages that holds `size` bytes; 0 for up to a page. */
export const getOrder = (size: number): number => Math.max(0, Math.ceil(Math.log2(Math.max(1, Math.ceil(size / 4096)))));

/** kmalloc of `size` bytes, 0 excluded by the caller. */
export function* kmalloc(env: Env, size: number, gfp: number, task: Task, a: Attempt = newAttempt()): Step<PageResult> {
  const order = getOrder(size);
  let mask = gfp;
  if (mask & (GFP.__GFP_HIGHMEM | GFP.__GFP_DMA32)) {
    warn(env, a, 'slab-unexpected-zone');
    mask &= ~(GFP.__GFP_HIGHMEM | GFP.__GFP_DMA32);
  }
  if (order > env.profile.maxOrder) {
    if (!(mask & GFP.__GFP_NOWARN)) warn(env, a, 'order-too-large');
    return { reason: 'size-too-large', attempt: a, gfp: mask, order };
  }
  if (size > KMALLOC_MAX_CACHE_SIZE) return yield* allocPages(env, { gfp: mask | GFP.__GFP_COMP, order, task }, a);
  return yield* newSlab(env, order, mask, task, a);
}

/** One slab page: a large one if that is easy, else the smallest that holds an object, with the caller's mask. */
function* newSlab(env: Env, minOrder: number, gfp: number, task: Task, a: Attempt): Step<PageResult> {
  const keep = (env.profile.composites.get('GFP_RECLAIM_MASK') ?? 0) | (env.profile.composites.get('GFP_CONSTRAINT_MASK') ?? 0);
  const mask = gfp & (keep | GFP.__GFP_ZERO | GFP.__GFP_DMA | GFP.__GFP_ACCOUNT);
  if (minOrder < PREFERRED_ORDER) {
    let first = (mask | GFP.__GFP_NOWARN | GFP.__GFP_NORETRY) & ~GFP.__GFP_NOFAIL;
    if (allowsBlocking(first)) first = (first | GFP.__GFP_NOMEMALLOC) & ~(GFP.__GFP_DIRECT_RECLAIM | GFP.__GFP_KSWAPD_RECLAIM);
    const large = yield* allocPages(env, { gfp: first | GFP.__GFP_COMP, order: PREFERRED_ORDER, task }, a);
    if (large.grant) return large;
  }
  return yield* allocPages(env, { gfp: mask | (minOrder > 0 ? GFP.__GFP_COMP : 0), order: minOrder, task }, a);
}
