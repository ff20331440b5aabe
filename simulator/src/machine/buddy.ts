/**
 * Free pages of one zone as counts of free blocks by order. Addresses are not modelled: blocks given back merge with
 * any other block of their order, except pages in `scattered`, whose buddies are in use and which only compaction joins.
 * The highatomic reserve is a second set of the same counts.
 */
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from './watermarks.js';

export const MAX_ORDER = 10;

export class Buddy {
  /** Free blocks by order, outside the highatomic reserve. */
  readonly blocks = new Array<number>(MAX_ORDER + 1).fill(0);
  /** Free blocks by order inside the highatomic reserve. */
  readonly highatomic = new Array<number>(MAX_ORDER + 1).fill(0);
  /** Order-0 pages that cannot merge. */
  scattered = 0;
  /** NR_FREE_PAGES: all of the above. */
  free = 0;
  /** nr_free_highatomic. */
  freeHighatomic = 0;

  /** Puts `pages` in as the largest blocks possible. */
  addMerged(pages: number): void {
    const top = 2 ** MAX_ORDER;
    this.blocks[MAX_ORDER]! += Math.floor(pages / top);
    this.free += Math.floor(pages / top) * top;
    const rest = pages % top;
    for (let order = MAX_ORDER - 1; order >= 0; order--) if (rest & (1 << order)) this.give(order, false);
  }

  /** Puts single pages in that cannot merge with each other. */
  addScattered(pages: number): void {
    this.scattered += pages;
    this.free += pages;
  }

  /** Whether a block of at least this order is free, with or without the highatomic lists. */
  hasBlock(order: number, withHighatomic: boolean): boolean {
    if (order === 0 && this.scattered > 0) return true;
    for (let o = order; o <= MAX_ORDER; o++) {
      if (this.blocks[o]! > 0 || (withHighatomic && this.highatomic[o]! > 0)) return true;
    }
    return false;
  }

  /** Takes one block; false when there is none. The order of the block it was split from, or -1. */
  take(order: number): number {
    if (order === 0 && this.scattered > 0) {
      this.scattered--;
      this.free--;
      return 0;
    }
    const from = split(this.blocks, order);
    if (from >= 0) this.free -= 1 << order;
    return from;
  }

  takeHighatomic(order: number): boolean {
    if (split(this.highatomic, order) < 0) return false;
    this.free -= 1 << order;
    this.freeHighatomic -= 1 << order;
    return true;
  }

  /** Takes up to `count` blocks at once; returns how many. Equivalent to that many take() calls. */
  takeMany(order: number, count: number): number {
    let taken = 0;
    if (order === 0) {
      taken = Math.min(count, this.scattered);
      this.scattered -= taken;
      this.free -= taken;
    }
    // Whole top-order blocks first where that cannot change the result.
    const per = 1 << (MAX_ORDER - order);
    const whole = Math.min(this.blocks[MAX_ORDER]!, Math.floor((count - taken) / per));
    if (whole > 0) {
      this.blocks[MAX_ORDER]! -= whole;
      this.free -= whole * (1 << MAX_ORDER);
      taken += whole * per;
    }
    while (taken < count && this.take(order) >= 0) taken++;
    return taken;
  }

  /** Gives one block back. */
  give(order: number, merge = true): void {
    this.free += 1 << order;
    this.blocks[order]!++;
    if (!merge) return;
    for (let o = order; o < MAX_ORDER && this.blocks[o]! >= 2; o++) {
      this.blocks[o]! -= 2;
      this.blocks[o + 1]!++;
    }
  }

  /** Gives single pages back, merged as far as they go. */
  givePages(pages: number): void {
    let rest = pages;
    for (let order = MAX_ORDER; order >= 0; order--) {
      while (rest >= 1 << order) {
        this.give(order);
        rest -= 1 << order;
      }
    }
  }

  /**
   * Moves what is free of one pageblock, just split by an allocation from a block of order `from`, to the highatomic lists.
   */
  reservePageblock(from: number, order: number): void {
    for (let o = order; o < Math.min(from, PAGEBLOCK_ORDER); o++) {
      if (this.blocks[o]! === 0) continue;
      this.blocks[o]!--;
      this.highatomic[o]!++;
      this.freeHighatomic += 1 << o;
    }
  }

  /** Moves free pages of one reserved pageblock back. Whether any page moved. */
  unreservePageblock(): boolean {
    let moved = 0;
    for (let o = 0; o <= MAX_ORDER && moved < PAGEBLOCK_PAGES; o++) {
      while (this.highatomic[o]! > 0 && moved < PAGEBLOCK_PAGES) {
        this.highatomic[o]!--;
        this.blocks[o]!++;
        this.freeHighatomic -= 1 << o;
        moved += 1 << o;
      }
    }
    return moved > 0;
  }

  /** Compaction: joins scattered pages into one block of the order, when there are enough. */
  compact(order: number): boolean {
    const pages = 1 << order;
    if (order === 0 || this.scattered < pages) return false;
    this.scattered -= pages;
    this.blocks[order]!++;
    return true;
  }

  /** Largest order with a free block, -1 when nothing is free. */
  largestOrder(): number {
    for (let o = MAX_ORDER; o >= 0; o--) if (this.blocks[o]! > 0) return o;
    return this.scattered > 0 ? 0 : -1;
  }

  clone(): Buddy {
    const copy = new Buddy();
    for (let o = 0; o <= MAX_ORDER; o++) {
      copy.blocks[o] = this.blocks[o]!;
      copy.highatomic[o] = this.highatomic[o]!;
    }
    copy.scattered = this.scattered;
    copy.free = this.free;
    copy.freeHighatomic = this.freeHighatomic;
    return copy;
  }
}

/** Splits the smallest sufficient block of the lists; its order, or -1. */
function split(lists: number[], order: number): number {
  let from = order;
  while (from <= MAX_ORDER && lists[from] === 0) from++;
  if (from > MAX_ORDER) return -1;
  lists[from]!--;
  for (let o = from - 1; o >= order; o--) lists[o]!++;
  return from;
}
