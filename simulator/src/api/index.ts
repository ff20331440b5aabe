/** The allocation interfaces by the name of their functions. */
import { GFP } from '../gfp-bits.js';
import type { Task } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt, type Env, type PageResult, type Step } from '../alloc/env.js';
import { allocPagesBulk } from './bulk.js';
import { makeMempool, mempoolAlloc, type Mempool } from './mempool.js';
import { allocPagesNolock } from './nolock.js';
import { kmalloc } from './slab.js';
import { kvmalloc, vmalloc } from './vmalloc.js';

export type ApiClass = 'page' | 'slab' | 'kvmalloc' | 'vmalloc' | 'mempool' | 'bulk' | 'nolock';

/** Function names the simulator takes, by class. Names of one class behave alike. */
export const APIS: Readonly<Record<ApiClass, readonly string[]>> = {
  page: [
    'alloc_pages',
    'alloc_page',
    '__alloc_pages',
    'alloc_pages_node',
    '__alloc_pages_node',
    'folio_alloc',
    'vma_alloc_folio',
    '__get_free_pages',
    '__get_free_page',
    'get_zeroed_page',
    'alloc_pages_exact',
  ],
  slab: [
    'kmalloc',
    'kzalloc',
    'kcalloc',
    'kmalloc_array',
    'kmalloc_node',
    'kzalloc_node',
    'krealloc',
    'kmem_cache_alloc',
    'kmem_cache_zalloc',
    'kmem_cache_alloc_node',
    'kmem_cache_alloc_lru',
    'kstrdup',
    'kmemdup',
    'kmalloc_obj',
    'kzalloc_obj',
    'alloc_skb',
  ],
  kvmalloc: ['kvmalloc', 'kvzalloc', 'kvcalloc', 'kvmalloc_array', 'kvmalloc_node', 'kvzalloc_node', 'kvrealloc'],
  vmalloc: ['vmalloc', 'vzalloc', '__vmalloc', 'vmalloc_node', 'vmalloc_user'],
  mempool: ['mempool_alloc', 'bio_alloc', 'bio_alloc_bioset', 'bio_alloc_clone', 'bio_clone_fast', 'bio_split'],
  bulk: ['alloc_pages_bulk', 'alloc_pages_bulk_array', 'alloc_pages_bulk_list'],
  nolock: ['alloc_pages_nolock', 'kmalloc_nolock', 'try_alloc_pages'],
};

const CLASS_OF = new Map<string, ApiClass>();
for (const [cls, names] of Object.entries(APIS)) for (const name of names) CLASS_OF.set(name, cls as ApiClass);

/** The class of an allocation function, undefined when the simulator does not know the name. */
export function apiClass(name: string): ApiClass | undefined {
  return CLASS_OF.get(name);
}

export interface ApiRequest {
  cls: ApiClass;
  gfp: number;
  order: number;
  /** Bytes; for the byte-sized interfaces. Defaults to a whole block of the order. */
  size?: number;
  task: Task;
  /** The pool of a mempool request; a fresh one of four elements otherwise. */
  pool?: Mempool;
  /** Data pages that stand for all of a vmalloc. */
  vmallocPages?: number;
}

/** Runs one request through its interface. */
export function* allocate(env: Env, r: ApiRequest): Step<PageResult> {
  const size = r.size ?? 4096 * 2 ** r.order;
  switch (r.cls) {
    case 'page':
      return yield* allocPages(env, r);
    case 'slab':
      return yield* kmalloc(env, size, r.gfp, r.task);
    case 'kvmalloc':
      return yield* kvmalloc(env, size, r.gfp, r.task, newAttempt(), r.vmallocPages);
    case 'vmalloc':
      return yield* vmalloc(env, size, r.gfp, r.task, newAttempt(), r.vmallocPages);
    case 'mempool':
      return yield* mempoolAlloc(env, r.pool ?? makeMempool('pool', 4, r.order), r.gfp, r.task);
    case 'nolock':
      return allocPagesNolock(env, r.gfp & ~GFP.__GFP_ZERO, r.order, r.task);
    case 'bulk': {
      const a = newAttempt();
      const got = yield* allocPagesBulk(env, r.gfp, 2 ** r.order, r.task, a);
      const zone = env.machine.zones[env.machine.zones.length - 1];
      if (got > 0 && zone) return { grant: { zone, order: 0, flags: 0 }, attempt: a, gfp: r.gfp, order: 0 };
      return { reason: 'retries-exhausted', attempt: a, gfp: r.gfp, order: 0 };
    }
  }
}
