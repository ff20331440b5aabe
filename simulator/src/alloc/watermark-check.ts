/** __zone_watermark_ok() and zone_watermark_fast() of mm/page_alloc.c, both reserve models. */
import { GFP } from '../gfp-bits.js';
import type { Profile } from '../profiles/types.js';
import { countedFree, type Zone } from '../machine/machine.js';
import { ZONE_NAMES, type ZoneName } from '../machine/watermarks.js';
import { ALLOC, hidesHighatomic } from './alloc-flags.js';

const half = (n: number): number => Math.floor(n / 2);
const quarter = (n: number): number => Math.floor(n / 4);

/** What is left of a watermark (pages) after the reductions that the flags grant. Truncating, in the kernel's order. */
export function reducedMark(p: Profile, mark: number, flags: number): number {
  let min = mark;
  if (p.reserveModel === 'high-harder') {
    if (flags & ALLOC.HIGH) min -= half(min);
    if (flags & ALLOC.OOM) min -= half(min);
    else if (flags & ALLOC.HARDER) min -= quarter(min);
    return min;
  }
  if (flags & ALLOC.HIGH) {
    min -= half(min);
    if (flags & ALLOC.HARDER) min -= quarter(min);
  }
  if (flags & ALLOC.OOM) min -= half(min);
  return min;
}

/** Free pages the request may not count. */
function unusable(p: Profile, zone: Zone, order: number, flags: number): number {
  let pages = (1 << order) - 1;
  if (hidesHighatomic(p, flags)) pages += p.highatomicHides === 'free' ? zone.buddy.freeHighatomic : zone.reservedHighatomic;
  return pages;
}

/** __zone_watermark_ok(): may a block of the order be taken with `free` pages, at this mark, leaving the reserves intact. */
export function watermarkOk(p: Profile, zone: Zone, order: number, mark: number, highest: number, flags: number, free: number): boolean {
  const reserve = zone.lowmemReserve[ZONE_NAMES[highest] as ZoneName];
  if (free - unusable(p, zone, order, flags) <= reducedMark(p, mark, flags) + reserve) return false;
  if (order === 0) return true;
  const highatomic = p.reserveModel === 'high-harder' ? ALLOC.HARDER | ALLOC.OOM : ALLOC.HIGHATOMIC | ALLOC.OOM;
  return zone.buddy.hasBlock(order, (flags & highatomic) !== 0);
}

/** The zone's watermark selected by the flags, boost included. */
export function selectedMark(zone: Zone, flags: number): number {
  const which = flags & ALLOC.WMARK_MASK;
  return (which === ALLOC.WMARK_LOW ? zone.low : which === ALLOC.WMARK_HIGH ? zone.high : zone.min) + zone.boost;
}

/** zone_watermark_fast(): the test of get_page_from_freelist, with the retest that ignores boost for some order-0 requests. */
export function watermarkFast(p: Profile, zone: Zone, order: number, highest: number, flags: number, gfp: number): boolean {
  const free = countedFree(zone);
  if (watermarkOk(p, zone, order, selectedMark(zone, flags), highest, flags, free)) return true;
  if (order !== 0 || zone.boost === 0 || (flags & ALLOC.WMARK_MASK) !== ALLOC.WMARK_MIN) return false;
  const ignoresBoost = p.boostIgnoredBy === 'atomic-flag' ? (gfp & GFP.__GFP_ATOMIC) !== 0 : (flags & ALLOC.HIGH) !== 0;
  return ignoresBoost && watermarkOk(p, zone, 0, zone.min, highest, flags, free);
}
