/**
 * From a gfp mask and the calling task to the allocator's own flags.
 * Read in mm/page_alloc.c: gfp_to_alloc_flags, __gfp_pfmemalloc_flags; include/linux/gfp.h: gfp_zone. 5.10.223, 6.1.192, 6.12.117, 7.2.13.
 */
import { GFP } from '../gfp-bits.js';
import { scopedMask, type Scope } from '../gfp.js';
import type { Profile } from '../profiles/types.js';
import { zoneIndex } from '../machine/watermarks.js';

/** ALLOC_* bits. HIGH doubles as MIN_RESERVE and HARDER as NON_BLOCK: which one is meant is the profile's reserveModel. */
export const ALLOC = {
  WMARK_MIN: 0,
  WMARK_LOW: 1,
  WMARK_HIGH: 2,
  WMARK_MASK: 3,
  NO_WATERMARKS: 0x4,
  OOM: 0x8,
  /** ALLOC_HARDER (high-harder model) or ALLOC_NON_BLOCK (min-reserve model). */
  HARDER: 0x10,
  /** ALLOC_HIGH or ALLOC_MIN_RESERVE; equals __GFP_HIGH. */
  HIGH: 0x20,
  CPUSET: 0x40,
  HIGHATOMIC: 0x200,
  NOLOCK: 0x400,
  KSWAPD: 0x800,
} as const;

/** What the task that calls is doing, as far as the allocator asks. */
export type TaskContext = 'task' | 'kthread' | 'rt' | 'bh-off' | 'softirq' | 'hardirq' | 'nmi' | 'oom-victim' | 'kswapd' | 'workqueue';

export const CONTEXTS: readonly TaskContext[] = [
  'task',
  'kthread',
  'rt',
  'bh-off',
  'softirq',
  'hardirq',
  'nmi',
  'oom-victim',
  'kswapd',
  'workqueue',
];

export interface Task {
  context: TaskContext;
  scopes: readonly Scope[];
  /** PF_MEMALLOC set while reclaiming or by the noreclaim scope. */
  memalloc: boolean;
  /** tsk_is_oom_victim(): set by the OOM killer, or from the start in context 'oom-victim'. */
  oomVictim: boolean;
  /** A fatal signal is pending (not yet an OOM victim). */
  dying: boolean;
  /** PF_KTHREAD: never throttled by the pfmemalloc rule or reclaim_throttle. */
  kthread: boolean;
}

export function makeTask(context: TaskContext, scopes: readonly Scope[]): Task {
  return {
    context,
    scopes,
    memalloc: scopes.includes('noreclaim') || context === 'kswapd',
    oomVictim: context === 'oom-victim',
    dying: context === 'oom-victim',
    kthread: context === 'kthread' || context === 'kswapd' || context === 'workqueue',
  };
}

const inHardirq = (t: Task): boolean => t.context === 'hardirq' || t.context === 'nmi';
/** in_interrupt(): hard or soft interrupt, or a task with bottom halves disabled. */
export const inInterrupt = (t: Task): boolean => inHardirq(t) || t.context === 'softirq' || t.context === 'bh-off';
/** in_task(): true for a task with bottom halves disabled. */
export const inTask = (t: Task): boolean => !inHardirq(t) && t.context !== 'softirq';
/** Sleeping is impossible here whatever the mask says. */
export const contextIsAtomic = (t: Task): boolean => inInterrupt(t);

/** Highest zone type the mask may use: gfp_zone(). `hasHighmem`: the machine has a HighMem zone. */
export function highestZone(gfp: number, hasHighmem: boolean): number {
  const highmem = (gfp & GFP.__GFP_HIGHMEM) !== 0;
  const picked = [GFP.__GFP_DMA, GFP.__GFP_DMA32, GFP.__GFP_HIGHMEM].filter((b) => gfp & b).length;
  if (picked > 1) return zoneIndex('DMA'); // GFP_ZONE_BAD: the table holds zero there
  if (gfp & GFP.__GFP_DMA) return zoneIndex('DMA');
  if (gfp & GFP.__GFP_DMA32) return zoneIndex('DMA32');
  if (highmem) {
    if (gfp & GFP.__GFP_MOVABLE) return zoneIndex('Movable');
    return zoneIndex(hasHighmem ? 'HighMem' : 'Normal');
  }
  return zoneIndex('Normal');
}

/** gfp_to_alloc_flags(): flags of the slow path at the min watermark. */
export function slowPathFlags(p: Profile, gfp: number, order: number, t: Task): number {
  let flags = ALLOC.WMARK_MIN | ALLOC.CPUSET | (gfp & (GFP.__GFP_HIGH | GFP.__GFP_KSWAPD_RECLAIM));
  const rt = t.context === 'rt';
  if (p.reserveModel === 'high-harder') {
    if (gfp & GFP.__GFP_ATOMIC) {
      if (!(gfp & GFP.__GFP_NOMEMALLOC)) flags |= ALLOC.HARDER;
      flags &= ~ALLOC.CPUSET;
    } else if (rt && (p.rtBonusTest === 'in-task' ? inTask(t) : !inInterrupt(t))) {
      flags |= ALLOC.HARDER;
    }
    return flags;
  }
  if (!(gfp & GFP.__GFP_DIRECT_RECLAIM)) {
    if (!(gfp & GFP.__GFP_NOMEMALLOC)) {
      flags |= ALLOC.HARDER;
      if (order > 0 && (p.highatomicRight === 'non-blocking' || flags & ALLOC.HIGH)) flags |= ALLOC.HIGHATOMIC;
    }
    if (flags & ALLOC.HIGH) flags &= ~ALLOC.CPUSET;
  } else if (rt && inTask(t)) {
    flags |= ALLOC.HIGH;
  }
  return flags;
}

/** __gfp_pfmemalloc_flags(): rights that replace the flags at the retry point; 0 when there are none. */
export function reserveFlags(gfp: number, t: Task): number {
  if (gfp & GFP.__GFP_NOMEMALLOC) return 0;
  if (gfp & GFP.__GFP_MEMALLOC) return ALLOC.NO_WATERMARKS;
  // Softirq entry masks the interrupted task's PF_MEMALLOC, so only tasks outside interrupts profit from theirs.
  if (inInterrupt(t)) return 0;
  if (t.memalloc) return ALLOC.NO_WATERMARKS;
  if (t.oomVictim) return ALLOC.OOM;
  return 0;
}

/** Flags of the very first attempt, at the low watermark. */
export function fastPathFlags(gfp: number): number {
  return ALLOC.WMARK_LOW | (gfp & GFP.__GFP_KSWAPD_RECLAIM);
}

/** The mask after the task's scopes, at allocator entry (or before the slow path where the profile does it there). */
export function effectiveMask(p: Profile, gfp: number, t: Task): number {
  return scopedMask(p, gfp, t.scopes);
}

/** Whether the flags let a request pass by, or use, the high-order atomic reserve. */
export function hidesHighatomic(p: Profile, flags: number): boolean {
  if (p.reserveModel === 'high-harder') return !(flags & (ALLOC.HARDER | ALLOC.OOM));
  return !(flags & (ALLOC.HARDER | ALLOC.HIGH | ALLOC.HIGHATOMIC | ALLOC.OOM));
}

/** Whether the flags make HIGHATOMIC free blocks usable for order > 0. */
export function mayUseHighatomic(p: Profile, flags: number, order: number): boolean {
  if (order === 0) return false;
  return p.reserveModel === 'high-harder' ? (flags & ALLOC.HARDER) !== 0 : (flags & ALLOC.HIGHATOMIC) !== 0;
}

/** ALLOC_* names of a set of flags, as the profile's kernel calls them, joined by '|'. */
export function describeAllocFlags(p: Profile, flags: number): string {
  const hh = p.reserveModel === 'high-harder';
  const mark = ['WMARK_MIN', 'WMARK_LOW', 'WMARK_HIGH'][flags & ALLOC.WMARK_MASK] ?? '';
  const names: [number, string][] = [
    [ALLOC.NO_WATERMARKS, 'NO_WATERMARKS'],
    [ALLOC.OOM, 'OOM'],
    [ALLOC.HARDER, hh ? 'HARDER' : 'NON_BLOCK'],
    [ALLOC.HIGH, hh ? 'HIGH' : 'MIN_RESERVE'],
    [ALLOC.CPUSET, 'CPUSET'],
    [ALLOC.HIGHATOMIC, 'HIGHATOMIC'],
    [ALLOC.NOLOCK, 'NOLOCK'],
    [ALLOC.KSWAPD, 'KSWAPD'],
  ];
  return [mark, ...names.filter(([bit]) => flags & bit).map(([, name]) => name)].join('|');
}
