/**
 * vmalloc and kvmalloc. Read in mm/vmalloc.c (__vmalloc_area_node, vm_area_alloc_pages) and mm/util.c, mm/slub.c (kvmalloc_node).
 */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking, allowsFs, allowsIo, isNofail, isRetryMayfail, type Scope } from '../gfp.js';
import { contextIsAtomic, type Task } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { JIFFY_MS, newAttempt, sleepFor, warn, type Attempt, type Env, type PageResult, type Step } from '../alloc/env.js';
import type { Grant } from '../alloc/freelist.js';
import { getOrder, kmalloc } from './slab.js';

const INT_MAX = 2 ** 31 - 1;
/** Data pages covered by one page of page tables. Smaller areas mostly lie in tables that exist already. */
const PER_TABLE = 512;

/** vmalloc of `size` bytes with the mask. `pages`: data pages to run through, when fewer than the size has are to stand for all. */
export function* vmalloc(
  env: Env,
  size: number,
  gfp: number,
  task: Task,
  a: Attempt = newAttempt(),
  pages = Math.ceil(size / 4096),
): Step<PageResult> {
  const p = env.profile;
  const blocking = allowsBlocking(gfp);
  const fail = (reason: PageResult['reason']): PageResult => ({ ...(reason && { reason }), attempt: a, gfp, order: 0 });
  if (contextIsAtomic(task) && !(p.vmallocNonBlocking && !blocking && task.context !== 'hardirq' && task.context !== 'nmi')) {
    warn(env, a, 'vmalloc-in-atomic');
    return fail('unsupported');
  }
  const data = gfp | GFP.__GFP_NOWARN | (gfp & (GFP.__GFP_DMA | GFP.__GFP_DMA32) ? 0 : GFP.__GFP_HIGHMEM);
  const got: Grant[] = [];
  const release = (): void => got.forEach((g) => g.zone.buddy.give(g.order));
  for (let i = 0; i < pages; i++) {
    const r = yield* allocPages(env, { gfp: data, order: 0, task }, a);
    if (!r.grant) {
      release();
      if (!(gfp & GFP.__GFP_NOWARN)) warn(env, a, 'allocation-failure');
      return { ...r, attempt: a };
    }
    got.push(r.grant);
  }
  const tables = pageTableRequest(env, gfp, task);
  for (let i = 0; i < Math.floor(pages / PER_TABLE);) {
    const r = yield* allocPages(env, { gfp: tables.gfp, order: 0, task: tables.task }, a);
    if (r.grant) {
      got.push(r.grant);
      i++;
      continue;
    }
    if (!(isNofail(gfp) && blocking && p.vmallocHonoursNofail)) {
      release();
      return { ...r, attempt: a };
    }
    yield* sleepFor(a, JIFFY_MS, 'vmalloc retries its page tables');
    yield { do: 'round', why: 'vmalloc nofail' };
  }
  const last = got[got.length - 1];
  return { ...(last && { grant: last }), attempt: a, gfp: data, order: 0 };
}

/** Mask and task for the page tables: GFP_KERNEL, inside the scope that the mask implies where the version does that. */
function pageTableRequest(env: Env, gfp: number, task: Task): { gfp: number; task: Task } {
  const p = env.profile;
  const kernel = p.composites.get('GFP_KERNEL') ?? 0;
  if (!p.vmallocHonoursScope) return { gfp: kernel, task };
  const fragile = p.vmallocNonBlocking && (!allowsBlocking(gfp) || (gfp & (GFP.__GFP_NORETRY | GFP.__GFP_RETRY_MAYFAIL)) !== 0);
  if (fragile) return { gfp: kernel, task: { ...task, memalloc: true } };
  const scope: Scope | undefined = allowsFs(gfp) ? undefined : allowsIo(gfp) ? 'nofs' : 'noio';
  return { gfp: kernel, task: scope ? { ...task, scopes: [...task.scopes, scope] } : task };
}

/** Mask of kvmalloc's first attempt, for sizes above a page. */
export function kvmallocTryMask(env: Env, gfp: number): number {
  const p = env.profile;
  let mask = gfp | GFP.__GFP_NOWARN;
  if (!isRetryMayfail(gfp)) mask = p.kvmallocTry === 'noretry' ? mask | GFP.__GFP_NORETRY : mask & ~GFP.__GFP_DIRECT_RECLAIM;
  if (p.kvmallocTryDropsNofail) mask &= ~GFP.__GFP_NOFAIL;
  return mask;
}

/** kvmalloc of `size` bytes. `via` in the answer says which of the two served it; `pages` as for vmalloc. */
export function* kvmalloc(
  env: Env,
  size: number,
  gfp: number,
  task: Task,
  a: Attempt = newAttempt(),
  pages = Math.ceil(size / 4096),
): Step<PageResult & { via?: 'kmalloc' | 'vmalloc' }> {
  const p = env.profile;
  const kernel = p.composites.get('GFP_KERNEL') ?? 0;
  if (size <= 4096 || (p.kvmallocNeedsKernel && (gfp & kernel) !== kernel)) {
    return { ...(yield* kmalloc(env, size, gfp, task, a)), via: 'kmalloc' };
  }
  const first = yield* kmalloc(env, size, kvmallocTryMask(env, gfp), task, a);
  if (first.grant) return { ...first, via: 'kmalloc' };
  if (size > INT_MAX) {
    if (!(gfp & GFP.__GFP_NOWARN)) warn(env, a, 'kvmalloc-int-max');
    return { ...first, reason: 'size-too-large' };
  }
  if (!allowsBlocking(gfp) && !p.vmallocNonBlocking) return { ...first, order: getOrder(size) };
  env.event('kvmalloc-falls-back', { pages: Math.ceil(size / 4096) });
  return { ...(yield* vmalloc(env, size, gfp, task, a, pages)), via: 'vmalloc' };
}
