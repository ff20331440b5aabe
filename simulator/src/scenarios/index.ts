/** Registry of the scenarios with several actors. */
import { kvmallocNofs } from './kvmalloc-nofs.js';
import type { Scenario } from './kit.js';
import { nofailOrders } from './nofail-orders.js';
import { nofailVsAtomic } from './nofail-vs-atomic.js';
import { nolock } from './nolock.js';
import { oomReaperNotifier } from './oom-reaper-notifier.js';
import { preallocation } from './preallocation.js';
import { reclaimDeadlock } from './reclaim-deadlock.js';
import { smallAllocations } from './small-allocations.js';
import { storageStack } from './storage-stack.js';
import { throttling } from './throttling.js';

export const NAMED: readonly Scenario[] = [
  nofailVsAtomic,
  throttling,
  smallAllocations,
  storageStack,
  preallocation,
  reclaimDeadlock,
  oomReaperNotifier,
  kvmallocNofs,
  nofailOrders,
  nolock,
];

export function namedScenario(name: string): Scenario | undefined {
  return NAMED.find((s) => s.name === name);
}
