/** All rules, in the order of the documentation. The id of a rule is the name of its file and of its page. */
import type { Rule } from './model.js';
import { atomicFailureFatal } from './atomic-failure-fatal.js';
import { atomicWhereSleepable } from './atomic-where-sleepable.js';
import { congestionWait } from './congestion-wait.js';
import { contradictoryMask } from './contradictory-mask.js';
import { gfpParameterIgnored } from './gfp-parameter-ignored.js';
import { kvmallocFlags } from './kvmalloc-flags.js';
import { locklessAlloc } from './lockless-alloc.js';
import { mempoolNested } from './mempool-nested.js';
import { mempoolNullCheck } from './mempool-null-check.js';
import { nofailConflict } from './nofail-conflict.js';
import { nofailHighOrder } from './nofail-high-order.js';
import { nofailNonblocking } from './nofail-nonblocking.js';
import { nofailNullCheck } from './nofail-null-check.js';
import { nofailUnsupported } from './nofail-unsupported.js';
import { nonblockViolation } from './nonblock-violation.js';
import { openCodedRetry } from './open-coded-retry.js';
import { reclaimRecursion } from './reclaim-recursion.js';
import { rtAtomic } from './rt-atomic.js';
import { scopeOneOff } from './scope-one-off.js';
import { scopeRedundantFlag } from './scope-redundant-flag.js';
import { scopeUnbalanced } from './scope-unbalanced.js';
import { sleepInAtomic } from './sleep-in-atomic.js';
import { sleepingCallInAtomic } from './sleeping-call-in-atomic.js';
import { swappedArguments } from './swapped-arguments.js';

export const RULES: readonly Rule[] = [
  sleepInAtomic,
  sleepingCallInAtomic,
  atomicWhereSleepable,
  openCodedRetry,
  congestionWait,
  nofailNonblocking,
  nofailConflict,
  nofailHighOrder,
  nofailNullCheck,
  nofailUnsupported,
  scopeUnbalanced,
  scopeOneOff,
  scopeRedundantFlag,
  reclaimRecursion,
  kvmallocFlags,
  nonblockViolation,
  contradictoryMask,
  mempoolNullCheck,
  mempoolNested,
  rtAtomic,
  locklessAlloc,
  gfpParameterIgnored,
  swappedArguments,
  atomicFailureFatal,
];

/** The rule with this id. */
export const ruleById = (id: string): Rule | undefined => RULES.find((r) => r.meta.id === id);

/** Link to a rule's page, as editors and SARIF show it. */
export const helpUri = (id: string): string => `docs/rules/${id}.md`;

export { checkFunction, activeRules, type RunOptions } from './run.js';
