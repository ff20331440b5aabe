/** Every fixer, in the order in which their offers are shown. */
import { atomicWhereSleepableFixer } from './atomic-where-sleepable.js';
import { congestionWaitFixer } from './congestion-wait.js';
import { contradictoryMaskFixer } from './contradictory-mask.js';
import { deadCheckFixer } from './dead-check.js';
import { kvmallocFixer, locklessFixer, parameterFixer, swappedFixer } from './few-masks.js';
import type { Fixer } from './model.js';
import { nofailConflictFixer, nofailNonblockingFixer, nofailUnsupportedFixer } from './nofail-flags.js';
import { reclaimRecursionFixer } from './reclaim-recursion.js';
import { redundantFlagFixer } from './redundant-flag.js';
import { retryFixer } from './retry/fixer.js';
import { scopeBalanceFixer } from './scope-balance.js';
import { scopeOneOffFixer } from './scope-one-off.js';
import { nonblockFixer, sleepInAtomicFixer } from './sleep-in-atomic.js';

export const FIXERS: readonly Fixer[] = [
  sleepInAtomicFixer,
  nonblockFixer,
  atomicWhereSleepableFixer,
  retryFixer,
  congestionWaitFixer,
  nofailNonblockingFixer,
  nofailConflictFixer,
  nofailUnsupportedFixer,
  deadCheckFixer,
  scopeBalanceFixer,
  scopeOneOffFixer,
  redundantFlagFixer,
  reclaimRecursionFixer,
  contradictoryMaskFixer,
  kvmallocFixer,
  locklessFixer,
  parameterFixer,
  swappedFixer,
];
