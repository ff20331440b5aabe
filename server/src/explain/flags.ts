/**
 * What each gfp flag does, in a line. Read in include/linux/gfp.h (5.10), include/linux/gfp_types.h (6.12, 7.2) and mm/page_alloc.c of the same.
 */
import { compositeMask, flagBits, nameMask, type Profile } from '../../../simulator/src/index.js';

interface FlagWords {
  set: string;
  /** Worth saying when the flag is absent. */
  clear?: string;
}

const FLAGS: Readonly<Record<string, FlagWords>> = {
  __GFP_DIRECT_RECLAIM: {
    set: 'may sleep: frees memory itself when there is none',
    clear: 'never sleeps and frees nothing itself: fails instead',
  },
  __GFP_KSWAPD_RECLAIM: { set: 'wakes kswapd when memory runs low', clear: 'does not wake kswapd' },
  __GFP_IO: { set: 'its reclaim may start block I/O', clear: 'its reclaim starts no block I/O' },
  __GFP_FS: { set: 'its reclaim may enter file systems', clear: 'its reclaim stays out of file systems' },
  __GFP_NOFAIL: { set: 'never fails: loops inside the allocator until there is memory' },
  __GFP_NORETRY: { set: 'one light round of reclaim, then fails; no OOM kill' },
  __GFP_RETRY_MAYFAIL: { set: 'tries hard, then fails instead of an OOM kill' },
  __GFP_HIGH: { set: 'may dig into the reserve below the min watermark' },
  __GFP_ATOMIC: { set: 'cannot sleep and may dig deeper into the reserve' },
  __GFP_MEMALLOC: { set: 'may use all reserves, down to the last page: for what frees more memory than it takes' },
  __GFP_NOMEMALLOC: { set: 'leaves the emergency reserves alone, even for a task that may use them' },
  __GFP_NOWARN: { set: 'a failure leaves no warning in the log' },
  __GFP_ZERO: { set: 'the memory is zeroed' },
  __GFP_ACCOUNT: { set: 'charged to the memory cgroup: fails at its limit too' },
  __GFP_COMP: { set: 'pages of one request form a compound page' },
  __GFP_THISNODE: { set: 'only from the node asked for, no other is tried' },
  __GFP_HARDWALL: { set: 'only from nodes of the cpuset' },
  __GFP_WRITE: { set: 'the page is about to be dirtied: spread over zones' },
  __GFP_MOVABLE: { set: 'the page can be migrated' },
  __GFP_RECLAIMABLE: { set: 'from a slab that a shrinker frees' },
  __GFP_DMA: { set: 'from ZONE_DMA only: the lowest memory, small and easily used up' },
  __GFP_DMA32: { set: 'from the low 4 GiB only' },
  __GFP_HIGHMEM: { set: 'may come from high memory' },
  __GFP_NOLOCKDEP: { set: 'hides the request from the reclaim check of lockdep: the author vouches for it' },
  __GFP_NO_OBJ_EXT: { set: 'no extension record for the slab object' },
  __GFP_ZEROTAGS: { set: 'zeroes memory tags with the memory' },
  __GFP_SKIP_ZERO: { set: 'skips zeroing on allocation' },
  __GFP_SKIP_KASAN: { set: 'KASAN does not poison or unpoison it' },
  __GFP_SKIP_KASAN_POISON: { set: 'KASAN does not poison it when it is freed' },
  __GFP_SKIP_KASAN_UNPOISON: { set: 'KASAN does not unpoison it' },
};

/** What one flag does; undefined for a name without words. */
export const flagWords = (name: string): string | undefined => FLAGS[name.replace(/^___/, '__')]?.set;

export interface FlagLine {
  flag: string;
  set: boolean;
  words: string;
}

/** What the flags of a mask do, set ones in the order above, then those whose absence matters. Inert ones are left out. */
export function maskLines(profile: Profile, mask: number): FlagLine[] {
  const known = [...flagBits(profile)];
  const bit = (name: string): number => flagBits(profile).get(name) ?? 0;
  const blocks = (mask & bit('__GFP_DIRECT_RECLAIM')) !== 0;
  // Reclaim that does not happen enters nothing.
  const inert = (name: string): boolean => !blocks && (name === '__GFP_IO' || name === '__GFP_FS');
  const order = Object.keys(FLAGS);
  const set = known
    .filter(([name, value]) => (mask & value) !== 0 && !inert(name))
    .map(([flag]) => ({ flag, set: true, words: FLAGS[flag]?.set ?? 'set' }))
    .sort((a, b) => order.indexOf(a.flag) - order.indexOf(b.flag));
  const clear = order
    .filter((name) => FLAGS[name]?.clear !== undefined && bit(name) !== 0 && (mask & bit(name)) === 0 && !inert(name))
    .map((flag) => ({ flag, set: false, words: FLAGS[flag]?.clear ?? '' }));
  return [...set, ...clear];
}

/** Whether the profile has this flag or composite. */
export const isMaskName = (profile: Profile, name: string): boolean => nameMask(profile, name) !== undefined;

/** Flags that a composite stands for; undefined for a single flag or an unknown name. */
export function partsOf(profile: Profile, name: string): string[] | undefined {
  const mask = compositeMask(profile, name);
  if (mask === undefined) return undefined;
  return [...flagBits(profile)].filter(([, value]) => (mask & value) !== 0).map(([flag]) => flag);
}
