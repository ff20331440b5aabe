/** Page order of an allocation where its arguments tell. */
import type { AllocatorEntry } from '../catalog/model.js';
import type { Expr } from '../facts/model.js';
import { constantOf } from './know.js';

/** 4 KiB pages, as on x86 and most others; the order is a statement about those. */
const PAGE_SHIFT = 12;

/** Macros inside macros that are followed; more is a definition in terms of itself. */
const MACRO_DEPTH = 4;

/** An expression with the names of macros and enumerators replaced by their values. */
function expanded(e: Expr | undefined, macro: (name: string) => Expr | undefined, depth: number): Expr | undefined {
  if (typeof e === 'string') {
    const value = depth > 0 && constantOf(e) === undefined ? macro(e) : undefined;
    return value === undefined ? e : expanded(value, macro, depth - 1);
  }
  if (!Array.isArray(e)) return e;
  const inside = (part: Expr): Expr => expanded(part, macro, depth) ?? part;
  if (e[0] === 'u') return ['u', e[1], inside(e[2])];
  if (e[0] === 'b') return ['b', e[1], inside(e[2]), inside(e[3])];
  if (e[0] === 'cast') return ['cast', e[1], inside(e[2])];
  return e;
}

/**
 * Order from a constant order or size argument (bytes), macros of the tree included; null when it cannot be known. Sizes up to a page are order 0:
 * slab may use a larger block first but falls back to what one object needs (mm/slub.c, all versions).
 */
export function pageOrder(entry: AllocatorEntry, args: readonly Expr[], macro: (name: string) => Expr | undefined): number | null {
  const valueOf = (at: number): number | undefined => constantOf(expanded(args[at], macro, MACRO_DEPTH));
  if (entry.order !== undefined) return valueOf(entry.order) ?? null;
  if (entry.class === 'page' && entry.size === undefined && entry.count === undefined) return 0;
  if (entry.class === 'vmalloc') return 0;
  let bytes = entry.size === undefined ? undefined : valueOf(entry.size);
  if (bytes !== undefined && entry.count !== undefined) {
    const n = valueOf(entry.count);
    bytes = n === undefined ? undefined : bytes * n;
  }
  if (bytes === undefined || bytes < 0) return null;
  let order = 0;
  while (2 ** (PAGE_SHIFT + order) < bytes) order++;
  return order;
}
