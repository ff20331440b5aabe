/** Questions about masks with unknowns, in the words rules use. */
import { GFP } from '../../../simulator/src/index.js';
import type { MaskValue } from '../flow/model.js';

export const {
  __GFP_DMA: DMA,
  __GFP_HIGHMEM: HIGHMEM,
  __GFP_DMA32: DMA32,
  __GFP_MOVABLE: MOVABLE,
  __GFP_RECLAIMABLE: RECLAIMABLE,
  __GFP_HIGH: HIGH,
  __GFP_IO: IO,
  __GFP_FS: FS,
  __GFP_ZERO: ZERO,
  __GFP_ATOMIC: ATOMIC_BIT,
  __GFP_DIRECT_RECLAIM: DIRECT_RECLAIM,
  __GFP_KSWAPD_RECLAIM: KSWAPD_RECLAIM,
  __GFP_NOWARN: NOWARN,
  __GFP_RETRY_MAYFAIL: RETRY_MAYFAIL,
  __GFP_NOFAIL: NOFAIL,
  __GFP_NORETRY: NORETRY,
  __GFP_MEMALLOC: MEMALLOC,
  __GFP_COMP: COMP,
  __GFP_NOMEMALLOC: NOMEMALLOC,
  __GFP_THISNODE: THISNODE,
  __GFP_ACCOUNT: ACCOUNT,
} = GFP;
export const RECLAIM = DIRECT_RECLAIM | KSWAPD_RECLAIM;
export const GFP_KERNEL = RECLAIM | IO | FS;
export const ZONES = DMA | HIGHMEM | DMA32;

export type Sureness = 'must' | 'may' | 'no';

/** All of `bits` are set whatever path, parameters and unknowns are. */
export const mustHave = (mask: MaskValue, bits: number): boolean => (mask.must & bits) === bits;

/** Some of `bits` can be set. */
export const canHave = (mask: MaskValue, bits: number): boolean =>
  (mask.may & bits) !== 0 || mask.unknown || mask.params.some((p) => (bits & ~p.cleared) !== 0);

/** The whole mask is known. */
export const isExact = (mask: MaskValue): boolean => isEvaluated(mask) && mask.must === mask.may;

/** Everything that flows in could be evaluated, though not every bit is set on every path. */
export const isEvaluated = (mask: MaskValue): boolean => !mask.unknown && mask.params.length === 0;

/** Whether direct reclaim is allowed, and with it sleeping (gfpflags_allow_blocking). */
export function blocking(mask: MaskValue): Sureness {
  if (mustHave(mask, DIRECT_RECLAIM)) return 'must';
  return canHave(mask, DIRECT_RECLAIM) ? 'may' : 'no';
}

/** gfp tokens (GFP_*, __GFP_*) of a mask as written. */
export const tokens = (text: string): string[] => text.match(/\b(?:__)?GFP_[A-Z0-9_]+\b/g) ?? [];

/** Whether the mask as written names one of these tokens. */
export const names = (text: string, ...wanted: string[]): boolean => tokens(text).some((t) => wanted.includes(t));
