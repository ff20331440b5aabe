/** The profiles as data. Each entry lists only what changed against the one before. */
import { buildComposites, buildFlags, type HighBitLayout } from '../gfp-bits.js';
import type { Profile, ProfileId } from './types.js';

type Switches = Omit<Profile, 'flags' | 'composites'>;

function make(s: Switches, layout: HighBitLayout): Profile {
  const flags = buildFlags(layout, s.hasAtomicFlag);
  return { ...s, flags, composites: buildComposites({ flags, hasAtomicFlag: s.hasAtomicFlag, nowaitHasNowarn: s.nowaitHasNowarn }) };
}

const v5_10_early: Switches = {
  id: '5.10-early',
  title: '5.10 stable, early',
  readIn: '5.10.223',
  hasAtomicFlag: true,
  nowaitHasNowarn: false,
  reserveModel: 'high-harder',
  rtBonusTest: 'not-in-interrupt',
  highatomicRight: 'harder',
  highatomicFallback: 'none',
  highatomicHides: 'reserved',
  highatomicLimit: 'percent-plus-block',
  highatomicRefillsLists: true,
  boostIgnoredBy: 'atomic-flag',
  slowPath: 'classic',
  scopeAtEntry: false,
  pinScope: 'nocma',
  reserveRetryKeepsKswapd: false,
  costlyThisnodeExit: false,
  unreserveHighatomicWhenNoZonePasses: false,
  writebackWaitInRetry: true,
  stallWarning: false,
  throttle: 'congestion',
  hasCongestionWait: true,
  hasMemallocRetryWait: false,
  oomReaperDelayHz: 2,
  nofailOrderWarn: 'rmqueue',
  nofailCostlyWarn: true,
  nofailNonBlockingWarn: 'nopage',
  nowarnSilencesNofailWarn: false,
  maxOrder: 10,
  pcpMaxOrder: 0,
  pcpBatchScale: 0,
  movableLikeHighmem: false,
  recomputesMinFreeWithoutThp: false,
  memcgForce: 'atomic-flag',
  vmallocHonoursScope: false,
  vmallocHonoursNofail: false,
  vmallocNonBlocking: false,
  kvmallocNeedsKernel: true,
  kvmallocTry: 'noretry',
  kvmallocTryDropsNofail: false,
  hasNolock: false,
  hasKmallocNolock: false,
  hasBulk: false,
};

const v5_10: Switches = {
  ...v5_10_early,
  id: '5.10',
  title: '5.10 stable, late',
  readIn: '5.10.262',
  costlyThisnodeExit: true,
};

const v5_15_early: Switches = {
  ...v5_10,
  id: '5.15-early',
  title: '5.11 to 5.15 and 5.15 stable before the reserve rework',
  readIn: '5.15 (bracketed by 5.10.262 and 5.19)',
  rtBonusTest: 'in-task',
  scopeAtEntry: true,
  pinScope: 'pin',
  costlyThisnodeExit: false,
  pcpMaxOrder: 3,
  hasBulk: true,
};

const v5_15: Switches = {
  ...v5_15_early,
  id: '5.15',
  title: '5.15 stable with the reserve rework',
  readIn: '5.15.223',
  reserveModel: 'min-reserve',
  highatomicRight: 'non-blocking-high',
  highatomicFallback: 'oom-or-non-blocking',
  costlyThisnodeExit: true,
};

const v6_1_early: Switches = {
  ...v5_15_early,
  id: '6.1-early',
  title: '5.16 to 6.2 and 6.1 stable before the reserve rework',
  readIn: '6.1 (bracketed by 5.19 and 6.2.16)',
  recomputesMinFreeWithoutThp: true,
  reserveRetryKeepsKswapd: true,
  writebackWaitInRetry: false,
  throttle: 'reclaim-throttle',
  hasCongestionWait: false,
  hasMemallocRetryWait: true,
  nowarnSilencesNofailWarn: true,
  memcgForce: 'high',
  vmallocHonoursScope: true,
  vmallocHonoursNofail: true,
  kvmallocNeedsKernel: false,
  kvmallocTryDropsNofail: true,
};

const v6_1: Switches = {
  ...v6_1_early,
  id: '6.1',
  title: '6.1 stable with the reserve rework',
  readIn: '6.1.192',
  reserveModel: 'min-reserve',
  highatomicRight: 'non-blocking-high',
  highatomicFallback: 'oom-or-non-blocking',
  costlyThisnodeExit: true,
  unreserveHighatomicWhenNoZonePasses: true,
};

const v6_6: Switches = {
  ...v6_1,
  id: '6.6',
  title: '6.3 to 6.11',
  readIn: '6.6 (bracketed by 6.5 and 6.8)',
  hasAtomicFlag: false,
  highatomicRight: 'non-blocking',
  highatomicFallback: 'oom',
  boostIgnoredBy: 'min-reserve',
  costlyThisnodeExit: false,
};

const v6_12: Switches = {
  ...v6_6,
  id: '6.12',
  title: '6.12 to 6.14',
  readIn: '6.12.117',
  nowaitHasNowarn: true,
  highatomicRight: 'non-blocking-high',
  highatomicFallback: 'oom-or-non-blocking',
  highatomicHides: 'free',
  highatomicLimit: 'aligned',
  costlyThisnodeExit: true,
  nofailOrderWarn: 'slow-path',
  nofailCostlyWarn: false,
  nofailNonBlockingWarn: 'slow-path',
  nowarnSilencesNofailWarn: false,
  pcpBatchScale: 5,
  movableLikeHighmem: true,
};

const mainline: Switches = {
  ...v6_12,
  id: 'mainline',
  title: '6.15 and later',
  readIn: '7.2.13',
  slowPath: 'unified',
  stallWarning: true,
  highatomicRefillsLists: false,
  nofailOrderWarn: 'none',
  vmallocNonBlocking: true,
  kvmallocTry: 'no-direct-reclaim',
  hasNolock: true,
  hasKmallocNolock: true,
};

export const PROFILES: Readonly<Record<ProfileId, Profile>> = {
  '5.10-early': make(v5_10_early, '5.10'),
  '5.10': make(v5_10, '5.10'),
  '5.15-early': make(v5_15_early, '5.15'),
  '5.15': make(v5_15, '5.15'),
  '6.1-early': make(v6_1_early, '6.1'),
  '6.1': make(v6_1, '6.1'),
  '6.6': make(v6_6, '6.6'),
  '6.12': make(v6_12, '6.12'),
  mainline: make(mainline, '6.12'),
};
