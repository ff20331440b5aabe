/** What differs between kernel lines, as switches. The allocator model asks these and never a version number. */

export type ProfileId = '5.10-early' | '5.10' | '5.15-early' | '5.15' | '6.1-early' | '6.1' | '6.6' | '6.12' | 'mainline';

export interface Profile {
  readonly id: ProfileId;
  /** Words for reports: which releases it stands for. */
  readonly title: string;
  /** VERSION.PATCHLEVEL.SUBLEVEL of the tree it was read in. */
  readonly readIn: string;

  /** Individual flags (name to bit) and composite masks (name to mask). */
  readonly flags: ReadonlyMap<string, number>;
  readonly composites: ReadonlyMap<string, number>;
  readonly hasAtomicFlag: boolean;
  readonly nowaitHasNowarn: boolean;

  /** mm/page_alloc.c: ALLOC_HIGH with ALLOC_HARDER, or ALLOC_MIN_RESERVE with ALLOC_NON_BLOCK. */
  readonly reserveModel: 'high-harder' | 'min-reserve';
  /** Real-time task bonus asks in_task() (5.15 and later) or !in_interrupt() (5.10). */
  readonly rtBonusTest: 'in-task' | 'not-in-interrupt';
  /** Who may use and create the high-order atomic reserve: ALLOC_HARDER; any non-blocking; non-blocking with __GFP_HIGH. */
  readonly highatomicRight: 'harder' | 'non-blocking' | 'non-blocking-high';
  /** Order-0 fallback into HIGHATOMIC free blocks when the other lists are empty. */
  readonly highatomicFallback: 'none' | 'oom' | 'oom-or-non-blocking';
  /** Pages hidden from requests without reserve rights: all reserved ones, or only the free ones among them. */
  readonly highatomicHides: 'reserved' | 'free';
  /** Limit of the reserve: managed/100 + one pageblock; or managed/100 aligned up and nothing below one pageblock. */
  readonly highatomicLimit: 'percent-plus-block' | 'aligned';
  /** A request with the right to that reserve refills a per-cpu list (up to 6.12) or passes an empty one by (newer). */
  readonly highatomicRefillsLists: boolean;
  /** Who ignores watermark_boost at the min mark for order 0. */
  readonly boostIgnoredBy: 'atomic-flag' | 'min-reserve';

  /** Shape of the slow path. */
  readonly slowPath: 'classic' | 'unified';
  /** Task scope applied at entry of the allocator (5.15 and later) or before the slow path only. */
  readonly scopeAtEntry: boolean;
  /** PF flag that keeps pages out of movable memory: 'nocma' drops CMA only, 'pin' drops __GFP_MOVABLE. */
  readonly pinScope: 'nocma' | 'pin';
  /** The reserve retry keeps ALLOC_KSWAPD (6.1 and later). */
  readonly reserveRetryKeepsKswapd: boolean;
  /** Costly __GFP_THISNODE leaves after the first compaction, as costly NORETRY does on SKIPPED/DEFERRED. */
  readonly costlyThisnodeExit: boolean;
  /** should_reclaim_retry releases a highatomic pageblock also when no zone could pass, not only after sixteen rounds. */
  readonly unreserveHighatomicWhenNoZonePasses: boolean;
  /** should_reclaim_retry sleeps HZ/10 when much is under writeback (up to 5.15). */
  readonly writebackWaitInRetry: boolean;
  /** Loops longer than ten seconds print a stall message. */
  readonly stallWarning: boolean;

  /** Direct reclaim waits: congestion_wait family (up to 5.15) or reclaim_throttle. */
  readonly throttle: 'congestion' | 'reclaim-throttle';
  readonly hasCongestionWait: boolean;
  readonly hasMemallocRetryWait: boolean;
  /** Delay of the oom_reaper, in HZ. */
  readonly oomReaperDelayHz: number;

  /** Warnings for __GFP_NOFAIL. */
  readonly nofailOrderWarn: 'rmqueue' | 'slow-path' | 'none';
  readonly nofailCostlyWarn: boolean;
  readonly nofailNonBlockingWarn: 'nopage' | 'slow-path';
  /** WARN_ON_ONCE_GFP: __GFP_NOWARN silences the NOFAIL warnings. */
  readonly nowarnSilencesNofailWarn: boolean;

  /** Largest order served, inclusive. */
  readonly maxOrder: number;
  /** Largest order kept on per-cpu lists besides the huge page order. */
  readonly pcpMaxOrder: number;
  /** Per-cpu batches grow by doubling up to 2^5 batches (6.7 and later). */
  readonly pcpBatchScale: number;
  /** Zones below GFP_USER that lowmem_pages counts: ZONE_MOVABLE left out (6.7 and later). */
  readonly movableLikeHighmem: boolean;
  /** min_free_kbytes is computed a second time when khugepaged is off, over managed less the high watermark. */
  readonly recomputesMinFreeWithoutThp: boolean;

  /** memcg: which requests are charged beyond the limit instead of failing. */
  readonly memcgForce: 'atomic-flag' | 'high';

  readonly vmallocHonoursScope: boolean;
  readonly vmallocHonoursNofail: boolean;
  readonly vmallocNonBlocking: boolean;
  /** kvmalloc falls back to vmalloc only for supersets of GFP_KERNEL. */
  readonly kvmallocNeedsKernel: boolean;
  /** What kvmalloc does to the mask of its kmalloc attempt. */
  readonly kvmallocTry: 'noretry' | 'no-direct-reclaim';
  readonly kvmallocTryDropsNofail: boolean;
  readonly hasNolock: boolean;
  readonly hasKmallocNolock: boolean;
  readonly hasBulk: boolean;
}
