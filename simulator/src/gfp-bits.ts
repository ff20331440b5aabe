/**
 * Bit values of gfp flags. The low 23 bits never moved between 5.10 and mainline; what lies above depends on version
 * and configuration. There the positions of a build with CONFIG_LOCKDEP and CONFIG_KASAN_HW_TAGS are used, so that every
 * name has a bit of its own; no decision of the allocator depends on them.
 * Read in include/linux/gfp.h (5.10, 5.15) and include/linux/gfp_types.h (6.1, 6.5, 6.12, 7.2).
 */

/** Flags whose value is the same in every profile. Plain numbers, every bit below 2^31. */
export const GFP = {
  __GFP_DMA: 0x1,
  __GFP_HIGHMEM: 0x2,
  __GFP_DMA32: 0x4,
  __GFP_MOVABLE: 0x8,
  __GFP_RECLAIMABLE: 0x10,
  __GFP_HIGH: 0x20,
  __GFP_IO: 0x40,
  __GFP_FS: 0x80,
  __GFP_ZERO: 0x100,
  /** Only where the profile has it (up to 6.2 and the 5.15/6.1 stable lines); an unused bit elsewhere. */
  __GFP_ATOMIC: 0x200,
  __GFP_DIRECT_RECLAIM: 0x400,
  __GFP_KSWAPD_RECLAIM: 0x800,
  __GFP_WRITE: 0x1000,
  __GFP_NOWARN: 0x2000,
  __GFP_RETRY_MAYFAIL: 0x4000,
  __GFP_NOFAIL: 0x8000,
  __GFP_NORETRY: 0x10000,
  __GFP_MEMALLOC: 0x20000,
  __GFP_COMP: 0x40000,
  __GFP_NOMEMALLOC: 0x80000,
  __GFP_HARDWALL: 0x100000,
  __GFP_THISNODE: 0x200000,
  __GFP_ACCOUNT: 0x400000,
} as const;

/** Names above bit 22, by layout. */
export const HIGH_BITS = {
  '5.10': { __GFP_NOLOCKDEP: 1 << 23 },
  '5.15': { __GFP_ZEROTAGS: 1 << 23, __GFP_SKIP_KASAN_POISON: 1 << 24, __GFP_NOLOCKDEP: 1 << 25 },
  '6.1': {
    __GFP_ZEROTAGS: 1 << 23,
    __GFP_SKIP_ZERO: 1 << 24,
    __GFP_SKIP_KASAN_UNPOISON: 1 << 25,
    __GFP_SKIP_KASAN_POISON: 1 << 26,
    __GFP_NOLOCKDEP: 1 << 27,
  },
  '6.6': { __GFP_ZEROTAGS: 1 << 23, __GFP_SKIP_ZERO: 1 << 24, __GFP_SKIP_KASAN: 1 << 25, __GFP_NOLOCKDEP: 1 << 26 },
  '6.12': {
    __GFP_ZEROTAGS: 1 << 23,
    __GFP_SKIP_ZERO: 1 << 24,
    __GFP_SKIP_KASAN: 1 << 25,
    __GFP_NOLOCKDEP: 1 << 26,
    __GFP_NO_OBJ_EXT: 1 << 27,
  },
} as const satisfies Record<string, Record<string, number>>;

export type HighBitLayout = keyof typeof HIGH_BITS;

/** Individual flags of one profile, name to bit. */
export function buildFlags(layout: HighBitLayout, hasAtomicFlag: boolean): ReadonlyMap<string, number> {
  const flags = new Map<string, number>(Object.entries(GFP));
  if (!hasAtomicFlag) flags.delete('__GFP_ATOMIC');
  for (const [name, bit] of Object.entries(HIGH_BITS[layout])) flags.set(name, bit);
  return flags;
}

/**
 * Composite masks of one profile. The KASAN skip bits that GFP_HIGHUSER_MOVABLE carries since 5.14 are left out: they are
 * zero on builds without hardware tags.
 */
export function buildComposites(o: {
  flags: ReadonlyMap<string, number>;
  hasAtomicFlag: boolean;
  nowaitHasNowarn: boolean;
}): ReadonlyMap<string, number> {
  const reclaim = GFP.__GFP_DIRECT_RECLAIM | GFP.__GFP_KSWAPD_RECLAIM;
  const kernel = reclaim | GFP.__GFP_IO | GFP.__GFP_FS;
  const user = kernel | GFP.__GFP_HARDWALL;
  const highuser = user | GFP.__GFP_HIGHMEM;
  const movable = highuser | GFP.__GFP_MOVABLE;
  const thpLight = (movable | GFP.__GFP_COMP | GFP.__GFP_NOMEMALLOC | GFP.__GFP_NOWARN) & ~reclaim;
  const nolockdep = o.flags.get('__GFP_NOLOCKDEP') ?? 0;
  const atomicFlag = o.hasAtomicFlag ? GFP.__GFP_ATOMIC : 0;
  let all = 0;
  for (const bit of o.flags.values()) all |= bit;
  return new Map<string, number>([
    ['__GFP_RECLAIM', reclaim],
    ['GFP_ATOMIC', GFP.__GFP_HIGH | GFP.__GFP_KSWAPD_RECLAIM | atomicFlag],
    ['GFP_KERNEL', kernel],
    ['GFP_KERNEL_ACCOUNT', kernel | GFP.__GFP_ACCOUNT],
    ['GFP_NOWAIT', GFP.__GFP_KSWAPD_RECLAIM | (o.nowaitHasNowarn ? GFP.__GFP_NOWARN : 0)],
    ['GFP_NOIO', reclaim],
    ['GFP_NOFS', reclaim | GFP.__GFP_IO],
    ['GFP_USER', user],
    ['GFP_DMA', GFP.__GFP_DMA],
    ['GFP_DMA32', GFP.__GFP_DMA32],
    ['GFP_HIGHUSER', highuser],
    ['GFP_HIGHUSER_MOVABLE', movable],
    ['GFP_TRANSHUGE_LIGHT', thpLight],
    ['GFP_TRANSHUGE', thpLight | GFP.__GFP_DIRECT_RECLAIM],
    ['GFP_ZONEMASK', GFP.__GFP_DMA | GFP.__GFP_HIGHMEM | GFP.__GFP_DMA32 | GFP.__GFP_MOVABLE],
    ['GFP_MOVABLE_MASK', GFP.__GFP_RECLAIMABLE | GFP.__GFP_MOVABLE],
    ['GFP_CONSTRAINT_MASK', GFP.__GFP_HARDWALL | GFP.__GFP_THISNODE],
    [
      'GFP_RECLAIM_MASK',
      kernel |
        GFP.__GFP_HIGH |
        GFP.__GFP_NOWARN |
        GFP.__GFP_RETRY_MAYFAIL |
        GFP.__GFP_NOFAIL |
        GFP.__GFP_NORETRY |
        GFP.__GFP_MEMALLOC |
        GFP.__GFP_NOMEMALLOC |
        atomicFlag |
        (o.flags.has('__GFP_SKIP_ZERO') ? nolockdep : 0),
    ],
    ['__GFP_BITS_MASK', all],
    ['GFP_BOOT_MASK', all & ~kernel],
  ]);
}
