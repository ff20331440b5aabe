/** What fits a loop that __GFP_NOFAIL does not: by the reasons that the flow analysis saw. */
import type { KernelProfile } from '../../catalog/model.js';
import type { RetryLoop } from '../../flow/model.js';
import { behaviour, kernelName } from '../../rules/behaviour.js';
import type { Proposal } from '../model.js';

/** What was seen, completing 'the loop ...'. Machine words of flow/retry/judge.ts. */
const SEEN: Readonly<Record<string, string>> = {
  'drops-lock': 'drops a lock between the attempts, so that others can go on',
  'checks-signal': 'can be left by a signal',
  'checks-state': 'looks at other state before it asks again',
  'time-limit': 'gives up after some time',
  bounded: 'counts its attempts',
  'shrinks-cache': 'frees memory of its own between the attempts',
  'submits-work': 'sends off work that holds memory',
  'changes-request': 'asks for something else each time',
  'changes-mask': 'changes its mask',
  'takes-alternative': 'has another way to get what it needs',
  'waits-for-event': 'waits for somebody to give something back',
  'other-errors': 'repeats other errors than -ENOMEM too',
  'any-error': 'repeats any error',
  'rejects-result': 'asks again for what does not suit it',
  'implements-nofail': "is how the caller's __GFP_NOFAIL is kept",
  'repeats-more': 'repeats more than the request',
  'holds-atomic': 'runs where waiting is forbidden',
  'nonblocking-mask': 'asks with a mask that may not wait',
  'high-order': 'asks for more than two pages in one piece',
  'nofail-unsupported': 'asks an API that does not honour __GFP_NOFAIL in this kernel',
  'partial-progress': 'keeps what it got so far',
  'unknown-callee': 'calls what cannot be told __GFP_NOFAIL from here',
  'out-parameter': 'gets its result through an argument',
  mode: 'repeats in one mode only',
};

export const seen = (loop: RetryLoop): string =>
  loop.reasons
    .map((r) => SEEN[r])
    .filter((r) => r !== undefined)
    .join(', ');

const LEAVE = ['drops-lock', 'checks-signal', 'checks-state', 'shrinks-cache', 'submits-work', 'waits-for-event', 'implements-nofail'];

/** Why the loop is not converted, and the mends that fit it. */
export function otherMends(loop: RetryLoop, profile: KernelProfile): Proposal[] {
  const has = (reason: string): boolean => loop.reasons.includes(reason);
  const out: Proposal[] = [
    { kind: 'refusal', title: 'Ask once, with __GFP_NOFAIL', reason: `the loop ${seen(loop) || 'does more than repeat the request'}` },
  ];
  const advise = (title: string, detail: string): void => void out.push({ kind: 'advice', title, detail });
  if (has('holds-atomic') || has('nonblocking-mask'))
    advise(
      'Allocate before the lock is taken',
      `${has('holds-atomic') ? 'Nothing may wait here' : 'The mask may not wait'}, so the loop can only spin until others free memory. Allocate in front of the locked region with a mask that sleeps, hand the object in, and free it when it was not needed; or take it from a mempool that keeps a reserve.`,
    );
  if (has('high-order') || has('nofail-unsupported'))
    advise(
      has('high-order') ? 'Ask for less in one piece' : 'Use an API that honours __GFP_NOFAIL',
      has('high-order')
        ? 'Above order 1 __GFP_NOFAIL is not supported: split the object, or use kvmalloc() where this kernel honours the flag for it.'
        : 'The flag would be dropped on the way to the page allocator: ask kmalloc() or a slab cache, or keep a mempool.',
    );
  if (loop.verdict === 'convertible' && has('mode'))
    advise(
      'Give __GFP_NOFAIL in the mode that repeats',
      'In the other mode the caller wants the failure: add the flag to the mask under that condition, keep the way out for the other mode, and drop the loop.',
    );
  if (has('takes-alternative') || has('submits-work') || has('waits-for-event'))
    advise(
      'Consider a mempool',
      'The loop lives on what others give back. A mempool with a minimum that one operation needs makes that promise explicit and waits without polling.',
    );
  if (loop.verdict === 'needs-retry-wait' && !has('holds-atomic') && loop.backoff.some((b) => b.api !== 'memalloc_retry_wait'))
    advise(...pause(loop, profile));
  if (loop.verdict === 'needs-retry-wait' && loop.backoff.length === 0 && !has('holds-atomic')) advise(...pause(loop, profile));
  if (LEAVE.some(has)) advise('Leave the loop', `It ${seen(loop)}: an allocator that waits for ever could not do that.`);
  return out;
}

function pause(loop: RetryLoop, profile: KernelProfile): [title: string, detail: string] {
  const name = kernelName(profile);
  const now = [...new Set(loop.backoff.map((b) => `${b.api}(${b.arg})`))].join(', ');
  if (!behaviour(profile).hasMemallocRetryWait)
    return [
      'Wait a fixed short time between the attempts',
      `${name} has no memalloc_retry_wait(); schedule_timeout_uninterruptible(HZ / 50) is what its congestion_wait(BLK_RW_ASYNC, HZ / 50) comes to.`,
    ];
  return [
    'Wait with memalloc_retry_wait()',
    `${now === '' ? 'The loop does not pause' : `The loop pauses with ${now}`}. memalloc_retry_wait(gfp) of ${name} is the wait that the allocator's own maintainers chose: one jiffy for a mask that blocks and retries, HZ/50 otherwise.`,
  ];
}
