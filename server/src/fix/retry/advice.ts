/** What fits a loop that __GFP_NOFAIL does not: by the reasons that the flow analysis saw. */
import type { KernelProfile } from '../../catalog/model.js';
import type { RetryLoop } from '../../flow/model.js';
import { behaviour, kernelName } from '../../rules/behaviour.js';
import { RETRY_REASONS } from '../../rules/retry-words.js';
import type { Proposal } from '../model.js';

/** What was seen, completing 'the loop ...'; where advice follows, some of it is told at more length. */
const SEEN: Readonly<Record<string, string>> = {
  ...RETRY_REASONS,
  'drops-lock': 'drops a lock between the attempts, so that others can go on',
  'checks-signal': 'can be left by a signal',
  'checks-state': 'looks at other state before it asks again',
  'time-limit': 'gives up after some time',
  'rejects-result': 'asks again for what does not suit it',
  'holds-atomic': 'runs where waiting is forbidden',
  'nofail-unsupported': 'asks an API that does not honour __GFP_NOFAIL in this kernel',
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
