/**
 * Per-cpu page list of the cpu the requester runs on, one zone. Pages on it are not in NR_FREE_PAGES, so a refill moves the
 * zone's counter by a whole batch after the watermark was checked.
 * Read in mm/page_alloc.c: rmqueue_pcplist, nr_pcp_alloc (6.7 and later).
 */

export interface PcpList {
  /** Pages per refill before scaling; 1 and `enabled` false when lists are off. */
  batch: number;
  high: number;
  highMin: number;
  highMax: number;
  /** Doublings of the batch reached so far (6.7 and later). */
  allocFactor: number;
  /** Pages on the list, all orders. */
  count: number;
  /** Blocks by order. */
  blocks: number[];
}

export function makePcp(batch: number, highMin: number, highMax: number): PcpList {
  return { batch, high: highMin, highMin, highMax, allocFactor: 0, count: 0, blocks: [] };
}

/** How many blocks of the order a refill asks for. `scaleMax`: limit of the doublings; `belowHigh`: zone under its high mark. */
export function refillCount(pcp: PcpList, order: number, scaleMax: number, belowHigh: boolean): number {
  let batch = pcp.batch;
  if (scaleMax > 0) {
    pcp.high = Math.min(pcp.highMax, Math.max(pcp.highMin, pcp.high));
    if (order === 0) batch = pcp.batch << pcp.allocFactor;
    if (pcp.highMin !== pcp.highMax && !belowHigh) pcp.high = Math.min(pcp.high + batch, pcp.highMax);
    if (order === 0) {
      const most = Math.max(pcp.high - pcp.count - pcp.batch, pcp.batch);
      if (batch <= most && pcp.allocFactor < scaleMax) pcp.allocFactor++;
      batch = Math.min(batch, most);
    }
  }
  return batch > 1 ? Math.max(batch >> order, 2) : batch;
}

/** Empties the list: pages by order, for the zone to take back. */
export function drain(pcp: PcpList): number[] {
  const out = pcp.blocks;
  pcp.blocks = [];
  pcp.count = 0;
  return out;
}
