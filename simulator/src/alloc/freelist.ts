/**
 * get_page_from_freelist() and what lies below it: the walk over the zones, per-cpu lists, the buddy lists, the high-order
 * atomic reserve and the watermark boost. Read in mm/page_alloc.c of 5.10.223, 6.1.192, 6.12.117 and 7.2.13.
 */
import { countedFree, countFree, type Machine, type Zone } from '../machine/machine.js';
import { refillCount } from '../machine/pcp.js';
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from '../machine/watermarks.js';
import { ALLOC, mayUseHighatomic } from './alloc-flags.js';
import { watermarkFast, watermarkOk } from './watermark-check.js';

/** Where a page came from. `depth`: the zone's free pages after, over its min watermark, when that is below one. */
export interface Grant {
  zone: Zone;
  order: number;
  flags: number;
}

/**
 * One pass over the zones the request may use. The page is taken from the machine. undefined: no zone let it pass or had a
 * block. `highest`: index of the highest zone type allowed.
 */
export function getPageFromFreelist(m: Machine, gfp: number, order: number, flags: number, highest: number): Grant | undefined {
  const p = m.profile;
  for (let i = m.zones.length - 1; i >= 0; i--) {
    const zone = m.zones[i]!;
    if (zone.index > highest) continue;
    if (p.pcpBatchScale > 0) zone.belowHigh = !watermarkOk(p, zone, order, zone.high + zone.boost, highest, flags, countedFree(zone));
    if (!watermarkFast(p, zone, order, highest, flags, gfp) && !(flags & ALLOC.NO_WATERMARKS)) continue;
    if (removeFromZone(m, zone, order, flags)) return { zone, order, flags };
  }
  return undefined;
}

/** rmqueue(): takes one block out of a zone whose watermark was passed. */
function removeFromZone(m: Machine, zone: Zone, order: number, flags: number): boolean {
  const p = m.profile;
  if (zone.pcp && (order <= p.pcpMaxOrder || (order === PAGEBLOCK_ORDER && p.pcpMaxOrder > 0))) {
    const right = mayUseHighatomic(p, flags, order);
    const empty = (zone.pcp.blocks[order] ?? 0) === 0;
    if (!(right && empty && !p.highatomicRefillsLists) && takeFromPcp(m, zone, order)) {
      // Up to 6.12 the reserve grows by the block of a page from the list too; one refill mostly comes from one block.
      if (right && empty) reserveHighatomic(m, zone, PAGEBLOCK_ORDER, order);
      return true;
    }
    if (p.pcpMaxOrder === 0) return false; // 5.10 does not try the zone after its list
  }
  if (!takeFromBuddy(m, zone, order, flags)) return false;
  countFree(zone, -(1 << order));
  return true;
}

/** rmqueue_pcplist(): from the cpu's own list, refilled by a batch when empty. */
export function takeFromPcp(m: Machine, zone: Zone, order: number): boolean {
  const pcp = zone.pcp;
  if (!pcp) return false;
  let have = pcp.blocks[order] ?? 0;
  if (have === 0) {
    have = refill(m, zone, order, refillCount(pcp, order, m.profile.pcpBatchScale, zone.belowHigh));
    pcp.count += have << order;
    if (have > 0) countFree(zone, -(have << order));
  }
  pcp.blocks[order] = Math.max(0, have - 1);
  if (have === 0) return false;
  pcp.count -= 1 << order;
  return true;
}

/** rmqueue_bulk(). */
function refill(m: Machine, zone: Zone, order: number, count: number): number {
  if (m.options.boostFactor === 0) return zone.buddy.takeMany(order, count);
  let got = 0;
  while (got < count && takePlain(m, zone, order) >= 0) got++;
  return got;
}

/**
 * One block from the ordinary lists; the order it was split from, or -1. While whole pageblocks are free they change type as a
 * whole; after that the largest part of another type's block is stolen, which boosts the watermark (boost_watermark()). The DMA
 * zone is left out: its blocks were of one type in every measured run.
 */
function takePlain(m: Machine, zone: Zone, order: number): number {
  const largest = zone.buddy.largestOrder();
  const from = zone.buddy.take(order);
  if (from < 0 || m.options.boostFactor === 0 || zone.name === 'DMA' || largest >= PAGEBLOCK_ORDER) return from;
  if (zone.stolen < 1 << order) {
    zone.boost = Math.min(zone.boost + PAGEBLOCK_PAGES, m.boostLimit(zone));
    zone.stolen += 1 << largest;
  }
  zone.stolen -= 1 << order;
  return from;
}

/** rmqueue_buddy(). */
function takeFromBuddy(m: Machine, zone: Zone, order: number, flags: number): boolean {
  const p = m.profile;
  const right = mayUseHighatomic(p, flags, order);
  if (right && zone.buddy.takeHighatomic(order)) return true;
  const from = takePlain(m, zone, order);
  if (from >= 0) {
    if (right) reserveHighatomic(m, zone, from, order);
    return true;
  }
  const fallback = p.highatomicFallback === 'none' ? 0 : p.highatomicFallback === 'oom' ? ALLOC.OOM : ALLOC.OOM | ALLOC.HARDER;
  return (flags & fallback) !== 0 && zone.buddy.takeHighatomic(order);
}

/** Most pages the high-order atomic reserve of the zone may hold. */
function highatomicLimit(m: Machine, zone: Zone): number {
  const percent = Math.floor(zone.managed / 100);
  if (m.profile.highatomicLimit === 'percent-plus-block') return percent + PAGEBLOCK_PAGES;
  if (percent < PAGEBLOCK_PAGES) return 0;
  return Math.ceil(percent / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
}

/** reserve_highatomic_pageblock(): the pageblock the page was cut from joins the reserve. */
function reserveHighatomic(m: Machine, zone: Zone, from: number, order: number): void {
  if (zone.reservedHighatomic >= highatomicLimit(m, zone)) return;
  zone.reservedHighatomic += PAGEBLOCK_PAGES;
  zone.buddy.reservePageblock(from, order);
}

/** unreserve_highatomic_pageblock(): gives one pageblock back to ordinary use; without `force` each zone keeps one. */
export function unreserveHighatomic(m: Machine, highest: number, force: boolean): boolean {
  for (const zone of m.zonelist(highest)) {
    if (!force && zone.reservedHighatomic <= PAGEBLOCK_PAGES) continue;
    if (zone.buddy.freeHighatomic === 0) continue;
    zone.reservedHighatomic = Math.max(0, zone.reservedHighatomic - PAGEBLOCK_PAGES);
    if (zone.buddy.unreservePageblock()) return true;
  }
  return false;
}
