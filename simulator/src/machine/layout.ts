/**
 * From a memory size to the zones of an x86-64 machine. The split follows QEMU's pc machine (3 GiB below the hole); what the
 * kernel keeps for itself is estimated, so figures that must be exact are to be given as zones with their managed pages.
 */
import type { ZoneSize } from './watermarks.js';

const DMA_MANAGED = 3840;
const DMA_SPAN = 4096;
const BELOW_HOLE = (3 * 1024 * 1024) / 4;
/** Kernel image, initial ramdisk and early boot allocations, pages. */
const BOOT_PAGES = 8600;
/** Init memory freed after the watermarks were computed, pages. */
const INIT_PAGES = 2650;

/** Bytes of a size such as '256M', '4G', '1.5G', '65536K' or a plain number of bytes; NaN when it is none. */
export function parseSize(text: string): number {
  const m = /^\s*(-?\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*$/i.exec(text);
  if (!m) return NaN;
  const unit = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }[(m[2] ?? '').toUpperCase()] ?? NaN;
  return Number(m[1]) * unit;
}

export interface Layout {
  zones: ZoneSize[];
  /** Managed pages when the watermarks were computed at boot. */
  atInit: ZoneSize[];
}

/** Smallest machine the layout stands for, bytes. */
export const SMALLEST_MEMORY = 64 * 2 ** 20;

/** Zones of a machine with this many bytes of memory. Throws RangeError below SMALLEST_MEMORY or above 64 TiB. */
export function layoutFor(bytes: number): Layout {
  if (!(bytes >= SMALLEST_MEMORY && bytes <= 64 * 2 ** 40)) throw new RangeError(`memory size must be from 64M to 64T`);
  const pages = Math.floor(bytes / 4096);
  const dma32Present = Math.min(pages, BELOW_HOLE) - DMA_SPAN;
  const normalPresent = Math.max(0, pages - BELOW_HOLE);
  const mapped = (present: number): number => present - Math.ceil(present / 64);
  const zones: ZoneSize[] = [
    { name: 'DMA', managed: DMA_MANAGED },
    { name: 'DMA32', managed: Math.max(1024, mapped(dma32Present) - (normalPresent > 0 ? BOOT_PAGES / 2 : BOOT_PAGES)) },
  ];
  if (normalPresent > 0) zones.push({ name: 'Normal', managed: Math.max(1024, mapped(normalPresent) - BOOT_PAGES / 2) });
  const atInit = zones.map((z) => (z.name === 'DMA32' ? { ...z, managed: Math.max(1024, z.managed - INIT_PAGES) } : z));
  return { zones, atInit };
}
