import { isSite } from '../flow/sites.js';
import type { FunctionFlow, RetryLoop } from '../flow/model.js';
import type { Confidence, Finding, Rule, RuleContext, Step } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, isEvaluated } from './gfp.js';
import { atomicHeld, stepAt } from './query.js';
import { RETRY_REASONS } from './retry-words.js';
import { lockName, maskName } from './words.js';

const words = (reasons: readonly string[]): string =>
  reasons.map((r) => (r === 'no-backoff' ? 'does not pause' : (RETRY_REASONS[r] ?? r))).join(', ');

export const openCodedRetry: Rule = {
  meta: {
    id: 'open-coded-retry',
    summary: 'a loop that repeats an allocation, or a call that fails with -ENOMEM, until it succeeds',
    severity: 'warning',
    doc: `
A loop such as \`do { p = kmalloc(...); } while (!p);\` already cannot fail, but the allocator does not know. Up to order 3 a \`GFP_KERNEL\` request
loops inside the allocator and returns NULL only in corner cases (an OOM victim, a memory cgroup at its limit), so the loop outside
runs exactly then, without the access to reserves that \`__GFP_NOFAIL\` gets after an OOM kill, invisible to lockdep and to anybody who looks for
unbounded allocations. With \`GFP_NOWAIT\` or \`GFP_ATOMIC\` it is a busy loop.

The other side: \`__GFP_NOFAIL\` may take the last pages, and many such requests at once drain the reserves for all. The conversion
changes behaviour and is a change to review, never a mechanical one.

What the finding says of a loop:

- **convertible**: nothing but the allocation is repeated; \`__GFP_NOFAIL\` on the request (or a way to ask the callee for it) does the same.
- **needs memalloc_retry_wait**: the callee offers no such way, or the loop repeats more than the request; from 5.17 \`memalloc_retry_wait(gfp)\` is the wait
  that fits (one jiffy for blocking masks without \`__GFP_NORETRY\`, else HZ/50; measured 4 to 8 ms and 20 to 24 ms at HZ=250).
- **clever** or **bounded** (shown with \`--min-confidence possible\`): the loop drops a lock, checks a signal, counts, shrinks its own cache or asks for less each time.
  Leave it.`,
    examples: [
      {
        title: 'a loop around one allocation',
        bad: `
struct node { int key; };

struct node *node_alloc(void)
{
	struct node *n;

	do { // finds
		n = kmalloc(sizeof(*n), GFP_NOFS);
	} while (!n);
	return n;
}`,
        good: `
struct node { int key; };

struct node *node_alloc(void)
{
	return kmalloc(sizeof(struct node), GFP_NOFS | __GFP_NOFAIL);
}`,
      },
      {
        title: 'a goto with a pause',
        bad: `
struct node { int key; };

struct node *node_alloc(void)
{
	struct node *n;

retry: // finds
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n) {
		schedule_timeout_uninterruptible(HZ / 50);
		goto retry;
	}
	return n;
}`,
      },
      {
        title: 'two requests in turn',
        bad: `
void *shadow(size_t len)
{
	void *p;

	do { // finds
		p = kmalloc(len, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
		if (!p)
			p = vmalloc(len);
	} while (!p);
	return p;
}`,
        good: `
struct pool { void *idle; };
void *pool_take(struct pool *pool);

void *object(struct pool *pool, size_t len)
{
	void *p;

	do {
		p = kmalloc(len, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
		if (!p)
			p = pool_take(pool);
	} while (!p);
	return p;
}`,
      },
      {
        title: 'bounded, leaving on a signal, asking for less, waiting for a free object',
        good: `
struct node { int key; };
struct pool { wait_queue_head_t wait; struct list_head idle; spinlock_t lock; };

struct node *few_tries(void)
{
	struct node *n = NULL;
	int i;

	for (i = 0; i < 3 && !n; i++)
		n = kmalloc(sizeof(*n), GFP_KERNEL);
	return n;
}

void *until_killed(size_t len)
{
	void *p;

	while (!(p = kvmalloc(len, GFP_KERNEL))) {
		if (fatal_signal_pending(current))
			return NULL;
		cond_resched();
	}
	return p;
}

void *smaller(size_t len)
{
	void *p;

	while (len > 4096) {
		p = kmalloc(len, GFP_KERNEL | __GFP_NOWARN);
		if (p)
			return p;
		len >>= 1;
	}
	return NULL;
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const loop of flow.loops) report(flow, loop, rule);
  },
};

function report(flow: FunctionFlow, loop: RetryLoop, rule: RuleContext): void {
  const kernel = behaviour(rule.profile);
  const name = kernelName(rule.profile);
  const site = isSite(loop.site) ? loop.site : undefined;
  const held = loop.site.states.map((s) => atomicHeld(s)).find((h) => h !== undefined);
  const chain: Step[] = loop.site.effects?.enomem?.map((s) => ({ ...s })) ?? [];
  const what = site
    ? `'${loop.callee}' with ${site.traits?.ofObject ? 'the mask of what it adds to' : maskName(site.gfpText)}`
    : chain.length > 0
      ? `'${loop.callee}', which passes on -ENOMEM from '${chain.map((s) => s.function).join("' -> '")}'`
      : `'${loop.callee}'`;
  const fact = `The loop repeats ${what} until it succeeds${loop.test === 'enomem' ? ' whenever it returns -ENOMEM' : ''}.`;
  const pauses = [...new Set(loop.backoff.map((b) => b.api))];
  let consequence: string;
  let confidence: Confidence;
  let severity: Finding['severity'] | undefined;
  if (loop.verdict === 'bounded' || loop.verdict === 'clever') {
    consequence = `It is no case for __GFP_NOFAIL: it ${words(loop.reasons) || 'does more than repeat the request'}.`;
    confidence = 'possible';
    severity = 'note';
  } else if (held) {
    consequence = `The ${lockName(held)} is held, so the request may not wait and __GFP_NOFAIL is no way out: in ${name} the loop spins with the lock until somebody else frees memory.`;
    confidence = 'likely';
  } else if (
    site &&
    !site.traits?.ofObject &&
    // Another request in the same round may be one that reclaims.
    !loop.reasons.includes('repeats-more') &&
    site.requested.length > 0 &&
    site.requested.every((m) => isEvaluated(m) && blocking(m) === 'no')
  ) {
    consequence = `The mask forbids direct reclaim, so ${name} spins${pauses.length > 0 ? ` (with ${pauses.join(', ')} between the rounds)` : ''} without freeing anything; a blocking mask with __GFP_NOFAIL would wait inside the allocator.`;
    confidence = 'likely';
  } else if (loop.verdict === 'convertible') {
    // What takes no mask must first learn to be told.
    const where = !site ? `, once '${loop.callee}' can be asked for it` : '';
    const wait = pauses.length > 0 ? ` after ${pauses.join(', ')}` : '';
    consequence = `It cannot fail either, but ${name} does not know: each round starts anew${wait}, without the reserves that __GFP_NOFAIL is given after an OOM kill. Convertible${where}.`;
    // A function of the tree that takes a mask allocates along a chain of calls, as one without a mask does.
    confidence = site?.traits ? 'certain' : 'likely';
  } else {
    consequence =
      `A conversion is not plain${loop.reasons.length > 0 ? `: it ${words(loop.reasons)}` : ''}. ` +
      (kernel.hasMemallocRetryWait ? `${name} has memalloc_retry_wait() for the pause.` : `${name} has no memalloc_retry_wait() yet.`);
    // What looks like an allocator by its name alone may hand out anything.
    // So may what writes an error through a pointer: it may be that of somebody else, such as another machine.
    confidence =
      (loop.reasons.includes('unknown-callee') && chain.length === 0) || loop.reasons.includes('out-parameter') ? 'possible' : 'likely';
    severity = 'note';
  }
  rule.report({
    at: loop.at,
    confidence,
    ...(severity ? { severity } : {}),
    message: `${fact} ${consequence}`,
    contexts: rule.context(loop.site.states),
    path: [
      stepAt(flow, loop.at, 'the loop'),
      stepAt(flow, loop.site.at, site ? `'${loop.callee}' fails` : `calls '${loop.callee}'`),
      ...chain,
      ...loop.backoff.map((b) => stepAt(flow, b.at, `'${b.api}(${b.arg})' before the next round`)),
    ],
    data: { callee: loop.callee, verdict: loop.verdict, reasons: loop.reasons, backoff: pauses },
  });
}
