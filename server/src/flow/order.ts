/** Page order of an allocation where its arguments tell. */
import type { AllocatorEntry } from '../catalog/model.js';
import type { Expr } from '../facts/model.js';
import { constantOf } from './know.js';

/** 4 KiB pages, as on x86 and most others; the order is a statement about those. */
const PAGE_SHIFT = 12;

/**
 * Order from a constant order or size argument (bytes); null when it cannot be known. Sizes up to a page are order 0:
 * slab may use a larger block first but falls back to what one object needs (mm/slub.c, all versions).
 */
export function pageOrder(entry: AllocatorEntry, args: readonly Expr[]): number | null {
  if (entry.order !== undefined) return constantOf(args[entry.order]) ?? null;
  if (entry.class === 'page' && entry.size === undefined && entry.count === undefined) return 0;
  if (entry.class === 'vmalloc') return 0;
  let bytes = entry.size === undefined ? undefined : constantOf(args[entry.size]);
  if (bytes !== undefined && entry.count !== undefined) {
    const n = constantOf(args[entry.count]);
    bytes = n === undefined ? undefined : bytes * n;
  }
  if (bytes === undefined || bytes < 0) return null;
  let order = 0;
  while (2 ** (PAGE_SHIFT + order) < bytes) order++;
  return order;
}
