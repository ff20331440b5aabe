/** The state of memory a request meets: zones, and what reclaim could turn into free pages. */
import type { Memcg } from '../alloc/memcg.js';
import type { Profile } from '../profiles/types.js';
import { Buddy, MAX_ORDER } from './buddy.js';
import { drain, makePcp, type PcpList } from './pcp.js';
import { maxBoost, pcpBatch, pcpHigh, pcpHighMax, statThreshold, zoneIndex, type ZoneName } from './watermarks.js';

export interface Zone {
  readonly name: ZoneName;
  readonly index: number;
  managed: number;
  /** Watermarks without boost. */
  min: number;
  low: number;
  high: number;
  /** Added to every watermark read. */
  boost: number;
  /** Pages withheld, by the highest zone the request may use. */
  lowmemReserve: Readonly<Record<ZoneName, number>>;
  /** nr_reserved_highatomic. */
  reservedHighatomic: number;
  buddy: Buddy;
  /** undefined: lists are off, every page comes straight from the zone. */
  pcp: PcpList | undefined;
  /** Tested below high on the last pass (ZONE_BELOW_HIGH, 6.7 and later). */
  belowHigh: boolean;
  /** Most that the zone's free counter may lag behind; 0 with per-cpu lists off. */
  statThreshold: number;
  /** Change of the free pages not yet in the counter. */
  pending: number;
  /** Pages left of the last partial pageblock stolen from another type. */
  stolen: number;
}

/** Pages that reclaim could free, and what each kind needs. Node-wide. */
export interface Reclaimable {
  /** Clean page cache: freed by any reclaimer. */
  cleanFile: number;
  /** Dirty page cache: must be written by the flusher first. */
  dirtyFile: number;
  /** Under writeback: becomes clean when the device is done. */
  writeback: number;
  /** Anonymous pages: need __GFP_IO and free swap. */
  anon: number;
  swapFree: number;
  /** Slab objects whose shrinker refuses without __GFP_FS (dentries, inodes). */
  slabFs: number;
  /** Slab objects any reclaimer may free. */
  slabAny: number;
  /** Pages the storage writes per millisecond. */
  writeRate: number;
  /** On the LRU, counted by zone_reclaimable_pages, but never freed (mlocked, pinned, in use). */
  stuck: number;
}

export const NOTHING_RECLAIMABLE: Reclaimable = {
  cleanFile: 0,
  dirtyFile: 0,
  writeback: 0,
  anon: 0,
  swapFree: 0,
  slabFs: 0,
  slabAny: 0,
  writeRate: 0,
  stuck: 0,
};

export interface ZoneInit {
  name: ZoneName;
  managed: number;
  free: number;
  min: number;
  low: number;
  high: number;
  lowmemReserve: Readonly<Record<ZoneName, number>>;
  boost?: number;
  reservedHighatomic?: number;
  freeHighatomic?: number;
  /** Of the free pages, those that are single and cannot merge. */
  scattered?: number;
}

/** NR_FREE_PAGES as zone_page_state() reads it: without this cpu's pending change. */
export function countedFree(zone: Zone): number {
  return Math.max(0, zone.buddy.free - zone.pending);
}

/** __mod_zone_page_state(): notes that free pages changed by `pages`, folding in once beyond the threshold. */
export function countFree(zone: Zone, pages: number): void {
  const pending = zone.pending + pages;
  zone.pending = Math.abs(pending) > zone.statThreshold ? 0 : pending;
}

export interface MachineOptions {
  perCpuLists: boolean;
  cpus: number;
  /** sysctl vm.watermark_boost_factor; 0 switches boosting off. */
  boostFactor: number;
  /** Pages in use next to free ones can be moved, so that compaction can build blocks. Default true. */
  compactable?: boolean;
}

export class Machine {
  /** Populated zones, lowest first. */
  readonly zones: Zone[];
  readonly reclaimable: Reclaimable;
  /** kswapd finds nothing any more (kswapd_failures at its limit). */
  kswapdHopeless = false;
  kswapdAwake = false;
  readonly compactable: boolean;
  /** Limit of the cgroup that __GFP_ACCOUNT requests are charged to; undefined: none. */
  memcg: Memcg | undefined;

  constructor(
    readonly profile: Profile,
    inits: readonly ZoneInit[],
    readonly options: MachineOptions,
    reclaimable: Partial<Reclaimable> = {},
  ) {
    this.compactable = options.compactable ?? true;
    this.reclaimable = { ...NOTHING_RECLAIMABLE, ...reclaimable };
    this.zones = inits
      .filter((z) => z.managed > 0)
      .map((z) => makeZone(profile, z, options))
      .sort((a, b) => a.index - b.index);
  }

  zone(name: ZoneName): Zone | undefined {
    return this.zones.find((z) => z.name === name);
  }

  /** Zones a request may use, in the order they are tried: the highest first. */
  zonelist(highest: number): Zone[] {
    return this.zones.filter((z) => z.index <= highest).reverse();
  }

  /** Sum of free pages over all zones. */
  get free(): number {
    let sum = 0;
    for (const z of this.zones) sum += z.buddy.free;
    return sum;
  }

  /** Pages on the LRU lists that should_reclaim_retry counts as available. */
  lruPages(): number {
    const r = this.reclaimable;
    return r.cleanFile + r.dirtyFile + r.writeback + r.stuck + Math.min(r.anon, r.swapFree);
  }

  /** zone_reclaimable_pages(): the zone's share of the LRU, by size. */
  zoneReclaimable(zone: Zone): number {
    const total = this.zones.reduce((sum, z) => sum + z.managed, 0);
    return Math.floor((this.lruPages() * zone.managed) / total);
  }

  /** NR_ZONE_WRITE_PENDING share of the zone. */
  zoneWritePending(zone: Zone): number {
    const total = this.zones.reduce((sum, z) => sum + z.managed, 0);
    return Math.floor(((this.reclaimable.dirtyFile + this.reclaimable.writeback) * zone.managed) / total);
  }

  /** Gives order-0 pages back, to the zone furthest below its high mark. */
  freePages(pages: number): void {
    let rest = pages;
    for (const zone of [...this.zones].reverse()) {
      const room = Math.max(0, zone.managed - zone.buddy.free);
      const n = Math.min(rest, room);
      zone.buddy.givePages(n);
      rest -= n;
      if (rest === 0) return;
    }
  }

  /** drain_all_pages(): per-cpu lists back to their zones. */
  drainPcp(): number {
    let pages = 0;
    for (const zone of this.zones) {
      if (!zone.pcp) continue;
      pages += zone.pcp.count;
      countFree(zone, zone.pcp.count);
      drain(zone.pcp).forEach((n, order) => {
        for (let i = 0; i < (n ?? 0); i++) zone.buddy.give(order);
      });
    }
    return pages;
  }

  /** Most pages the boost of this zone can reach. */
  boostLimit(zone: Zone): number {
    return maxBoost(zone.managed, zone.high, this.options.boostFactor);
  }
}

function makeZone(profile: Profile, init: ZoneInit, options: MachineOptions): Zone {
  const buddy = new Buddy();
  const ha = Math.min(init.freeHighatomic ?? 0, init.free);
  const scattered = Math.min(init.scattered ?? 0, init.free - ha);
  buddy.addMerged(init.free - ha - scattered);
  buddy.addScattered(scattered);
  for (let order = MAX_ORDER, rest = ha; order >= 0; order--) {
    const n = order === MAX_ORDER ? Math.floor(rest / 2 ** order) : (rest >> order) & 1;
    buddy.highatomic[order]! += n;
    buddy.free += n * 2 ** order;
    buddy.freeHighatomic += n * 2 ** order;
    if (order === MAX_ORDER) rest %= 2 ** order;
  }
  const batch = pcpBatch(init.managed);
  const highMin = pcpHigh(profile, init.low, batch, options.cpus);
  const highMax = profile.pcpBatchScale > 0 ? pcpHighMax(init.managed, batch, options.cpus) : highMin;
  return {
    name: init.name,
    index: zoneIndex(init.name),
    managed: init.managed,
    min: init.min,
    low: init.low,
    high: init.high,
    boost: init.boost ?? 0,
    lowmemReserve: init.lowmemReserve,
    reservedHighatomic: init.reservedHighatomic ?? 0,
    buddy,
    pcp: options.perCpuLists ? makePcp(batch, highMin, highMax) : undefined,
    belowHigh: false,
    statThreshold: options.perCpuLists ? statThreshold(init.managed, options.cpus) : 0,
    pending: 0,
    stolen: 0,
  };
}
