/**
 * Watermarks, lowmem reserves and per-cpu list sizes by the kernel's formulas.
 * Read in mm/page_alloc.c (__setup_per_zone_wmarks, setup_per_zone_lowmem_reserve, calculate_min_free_kbytes, zone_batchsize,
 * zone_highsize) and mm/khugepaged.c (set_recommended_min_free_kbytes) of 5.10.223, 6.1.192, 6.12.117 and 7.2.13.
 * All figures are pages of 4 KiB unless the name says kbytes. Integer arithmetic throughout, as in the kernel.
 */
import type { Profile } from '../profiles/types.js';

export const PAGE_KBYTES = 4;
/** Pages of a pageblock and of a huge page on x86-64 (order 9). */
export const PAGEBLOCK_PAGES = 512;
export const PAGEBLOCK_ORDER = 9;
const SWAP_CLUSTER_MAX = 32;
const MIGRATE_PCPTYPES = 3;
/** Below this much usable memory hugepage_init() leaves khugepaged and min_free_kbytes alone (512 MiB). */
const THP_MIN_PAGES = (512 * 1024) / PAGE_KBYTES;

/** Zone types, lowest first. HighMem exists on 32-bit machines only. */
export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'] as const;
export type ZoneName = (typeof ZONE_NAMES)[number];
/** Index in ZONE_NAMES: the higher, the fewer requests may use it. */
export const zoneIndex = (name: ZoneName): number => ZONE_NAMES.indexOf(name);

/** sysctl vm.lowmem_reserve_ratio, defaults. */
const LOWMEM_RESERVE_RATIO: Readonly<Record<ZoneName, number>> = { DMA: 256, DMA32: 256, Normal: 32, HighMem: 0, Movable: 0, Device: 0 };

export interface ZoneSize {
  name: ZoneName;
  managed: number;
}

export interface ZoneMarks {
  min: number;
  low: number;
  high: number;
}

/** int_sqrt(): floor of the square root; exact for the kilobyte counts in question (below 2^53). */
export function intSqrt(n: number): number {
  let root = Math.floor(Math.sqrt(n));
  while (root * root > n) root--;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

const isHighmem = (name: ZoneName): boolean => name === 'HighMem';
const cappedMin = (profile: Profile, name: ZoneName): boolean => isHighmem(name) || (profile.movableLikeHighmem && name === 'Movable');

/**
 * Watermarks of every zone for a given min_free_kbytes and watermark_scale_factor (tenths of a per mille, default 10).
 * Products stay below 2^53 for any machine up to 8 PiB, so plain numbers are exact.
 */
export function zoneWatermarks(profile: Profile, zones: readonly ZoneSize[], minFreeKbytes: number, scaleFactor: number): ZoneMarks[] {
  const pagesMin = Math.floor(minFreeKbytes / PAGE_KBYTES);
  let lowmemPages = 0;
  for (const z of zones) if (!cappedMin(profile, z.name)) lowmemPages += z.managed;
  return zones.map((z) => {
    const share = lowmemPages > 0 ? Math.floor((pagesMin * z.managed) / lowmemPages) : 0;
    const min = cappedMin(profile, z.name) ? Math.min(128, Math.max(SWAP_CLUSTER_MAX, Math.floor(z.managed / 1024))) : share;
    return withGap(min, share, z.managed, scaleFactor);
  });
}

/** low and high from min, for a zone whose proportional share of min_free_kbytes is `share`. */
function withGap(min: number, share: number, managed: number, scaleFactor: number): ZoneMarks {
  const gap = Math.max(Math.floor(share / 4), multFrac(managed, scaleFactor, 10000));
  return { min, low: min + gap, high: min + 2 * gap };
}

/** low and high of a zone of which only min is known. */
export function marksFromMin(min: number, managed: number, scaleFactor: number): ZoneMarks {
  return withGap(min, min, managed, scaleFactor);
}

/** mult_frac(): x * n / d without the product's overflow; same truncation. */
export function multFrac(x: number, n: number, d: number): number {
  return Math.floor(x / d) * n + Math.floor(((x % d) * n) / d);
}

/**
 * lowmem_reserve of every zone: pages withheld from requests that could have used a higher zone, by the highest zone the
 * request may use. Unpopulated zone types count with zero pages, so every type has an entry.
 */
export function lowmemReserves(zones: readonly ZoneSize[]): Record<ZoneName, number>[] {
  const managedOf = new Map(zones.map((z) => [z.name, z.managed]));
  return zones.map((z) => {
    const ratio = LOWMEM_RESERVE_RATIO[z.name];
    const reserve = Object.fromEntries(ZONE_NAMES.map((n) => [n, 0])) as Record<ZoneName, number>;
    let above = 0;
    for (let j = zoneIndex(z.name) + 1; j < ZONE_NAMES.length; j++) {
      const name = ZONE_NAMES[j] as ZoneName;
      above += managedOf.get(name) ?? 0;
      reserve[name] = ratio === 0 || z.managed === 0 ? 0 : Math.floor(above / ratio);
    }
    return reserve;
  });
}

/** nr_free_buffer_pages(): managed pages above the high watermark in zones a GFP_USER request may use. */
function freeBufferPages(zones: readonly ZoneSize[], high: readonly number[]): number {
  let sum = 0;
  zones.forEach((z, i) => {
    if (zoneIndex(z.name) <= zoneIndex('Normal')) sum += Math.max(0, z.managed - (high[i] ?? 0));
  });
  return sum;
}

/** Square-root rule on the pages given: clamp(int_sqrt(16 * kbytes), 128, 262144). */
function sqrtRule(pages: number): number {
  return Math.min(262144, Math.max(128, intSqrt(pages * PAGE_KBYTES * 16)));
}

/**
 * min_free_kbytes as the kernel sets it at boot, from the managed pages of that moment: the square-root rule, then, from
 * 512 MiB on, the huge page raise (thp) or, in newer kernels without thp, the square-root rule again on what is above
 * the high watermarks of the first pass.
 */
export function autoMinFreeKbytes(profile: Profile, zones: readonly ZoneSize[], scaleFactor: number, thp: boolean): number {
  const first = sqrtRule(freeBufferPages(zones, []));
  const total = zones.reduce((sum, z) => sum + z.managed, 0);
  if (total < THP_MIN_PAGES) return first;
  const high = zoneWatermarks(profile, zones, first, scaleFactor).map((m) => m.high);
  const spare = freeBufferPages(zones, high);
  if (!thp) return profile.recomputesMinFreeWithoutThp ? sqrtRule(spare) : first;
  const populated = zones.filter((z) => z.managed > 0 && zoneIndex(z.name) <= zoneIndex('Normal')).length;
  const wanted = PAGEBLOCK_PAGES * populated * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
  return Math.max(first, Math.min(wanted, Math.floor(spare / 20)) * PAGE_KBYTES);
}

/** zone_batchsize(): pages moved between a zone and a per-cpu list at a time. At least 1. */
export function pcpBatch(managed: number): number {
  let batch = Math.floor(Math.min(Math.floor(managed / 1024), 256) / 4);
  if (batch < 1) batch = 1;
  const rounded = 2 ** Math.floor(Math.log2(batch + Math.floor(batch / 2)));
  return Math.max(1, rounded - 1);
}

/** Most pages a per-cpu list keeps (its lower limit where the kernel tunes it). */
export function pcpHigh(profile: Profile, low: number, batch: number, cpus: number): number {
  if (profile.pcpMaxOrder === 0) return 6 * batch; // 5.10
  return Math.max(Math.floor(low / cpus), batch * 4);
}

/** Upper limit of the list where the kernel tunes it (6.7 and later): an eighth of the zone, split over the cpus. */
export function pcpHighMax(managed: number, batch: number, cpus: number): number {
  return Math.max(Math.floor(Math.floor(managed / 8) / cpus), batch * 4);
}

/** Most pages watermark_boost can grow to; 0 when the zone is too small to be boosted. factor: sysctl, default 15000. */
export function maxBoost(managed: number, high: number, factor: number): number {
  if (factor === 0 || PAGEBLOCK_PAGES * 4 > managed || high === 0) return 0;
  return Math.max(PAGEBLOCK_PAGES, multFrac(high, factor, 10000));
}

/**
 * calculate_normal_threshold() of mm/vmstat.c: how far a zone's counter may lag behind on one cpu before it is folded in. The
 * watermark check reads the lagging counter.
 */
export function statThreshold(managed: number, cpus: number): number {
  const fls = (n: number): number => (n <= 0 ? 0 : Math.floor(Math.log2(n)) + 1);
  return Math.min(125, 2 * fls(cpus) * (1 + fls(Math.floor(managed / 2 ** 15))));
}
