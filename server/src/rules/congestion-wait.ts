import { isSite } from '../flow/sites.js';
import type { FunctionFlow, RetryLoop, WaitUse } from '../flow/model.js';
import type { Rule, RuleContext } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { text } from './expr.js';
import { stepAt } from './query.js';

/** Pauses that know nothing of memory. Not among them: memalloc_retry_wait(), which is made for it, and cond_resched(), which is no pause. */
const FITTING = /^(memalloc_retry_wait|cond_resched\w*)$/;
const LEGACY = /^(congestion_wait|wait_iff_congested)$/;

export const congestionWait: Rule = {
  meta: {
    id: 'congestion-wait',
    summary: 'blind backoff around memory: congestion_wait() and other pauses that wait for nothing',
    severity: 'warning',
    tags: ['deprecated'],
    doc: `
\`congestion_wait(sync, timeout)\` was meant to sleep until a block device has room again. Since the block layer stopped marking devices
as congested (5.0), only a few network and FUSE file systems wake its waiters, so it is a plain uninterruptible sleep of the whole
timeout. It never looks at memory.

| kernel | what it does |
|---|---|
| 5.10, 5.15 | \`congestion_wait(BLK_RW_ASYNC, HZ/50)\` sleeps its full time every time (measured: 20 to 24 ms); \`wait_iff_congested()\` never sleeps (measured) |
| 5.16, 5.17 | \`wait_iff_congested()\` is gone; reclaim uses \`reclaim_throttle()\` |
| 5.18 and later | \`congestion_wait()\` is gone |

In a loop that waits for memory, \`memalloc_retry_wait(gfp)\` replaces it from 5.17 on: one jiffy for masks that may block and are not
\`__GFP_NORETRY\`, else HZ/50. Before, \`schedule_timeout_uninterruptible()\` says honestly what happens.

The rule also reports other pauses in a loop that retries an allocation (\`msleep()\`, \`yield()\`, \`schedule_timeout()\`, \`io_schedule_timeout()\`). Pauses in
loops that count their attempts or do something of their own between them are left alone. A \`congestion_wait()\` that has nothing to do with an allocation is shown as possible.`,
    examples: [
      {
        title: 'congestion_wait in a retry loop',
        kernel: '5.10',
        bad: `
int add_entry(struct inode *inode, int key);

void must_add(struct inode *inode, int key)
{
	int err;

retry:
	err = add_entry(inode, key);
	if (err == -ENOMEM) {
		cond_resched();
		congestion_wait(BLK_RW_ASYNC, HZ / 50); // finds
		goto retry;
	}
}`,
      },
      {
        title: 'gone from the kernel',
        kernel: '6.12',
        bad: `
void settle(void)
{
	congestion_wait(BLK_RW_ASYNC, HZ / 10); // finds
}`,
        good: `
void *must_get(struct kmem_cache *cache)
{
	void *p;

	while (!(p = kmem_cache_alloc(cache, GFP_NOFS)))
		memalloc_retry_wait(GFP_NOFS);
	return p;
}`,
      },
      {
        title: 'a sleep before the same request, unless it is no longer needed',
        bad: `
struct node { int key; };
extern struct list_head users;

int node_publish(struct node **at)
{
	struct node *n;

	do {
		if (list_empty(&users))
			return 0;
		n = kmalloc(sizeof(*n), GFP_KERNEL);
		if (!n)
			msleep(1); // finds
	} while (!n);
	*at = n;
	return 1;
}`,
        good: `
struct node { int key; };
extern struct list_head users;

int node_publish(struct node **at)
{
	struct node *n;
	int tries = 10;

	do {
		if (list_empty(&users))
			return 0;
		n = kmalloc(sizeof(*n), GFP_KERNEL);
		if (!n)
			msleep(1);
	} while (!n && --tries);
	*at = n;
	return n ? 1 : -ENOMEM;
}`,
      },
      {
        title: 'yield() as a wait for memory',
        bad: `
struct node { int key; };

struct node *node_alloc(void)
{
	struct node *n;

repeat:
	n = kmalloc(sizeof(*n), GFP_NOFS);
	if (!n) {
		yield(); // finds
		goto repeat;
	}
	return n;
}`,
      },
    ],
  },

  check(flow, rule) {
    const inLoops = new Set<string>();
    for (const loop of flow.loops) {
      for (const pause of loop.backoff) {
        if (FITTING.test(pause.api) || honest(pause.api, rule)) continue;
        inLoops.add(`${pause.at.line}:${pause.at.column}`);
        if (loop.verdict === 'convertible' || loop.verdict === 'needs-retry-wait' || LEGACY.test(pause.api) || onlyLooks(loop))
          reportPause(flow, loop, pause, rule);
      }
    }
    for (const wait of flow.waits) {
      if (LEGACY.test(wait.api) && !inLoops.has(`${wait.at.line}:${wait.at.column}`)) reportWait(flow, wait, rule);
    }
  },
};

/** A plain request that is asked for again unless something else has made it unnecessary: the pause is for nothing but memory. */
const onlyLooks = (loop: RetryLoop): boolean =>
  isSite(loop.site) &&
  loop.site.traits !== undefined &&
  loop.verdict === 'clever' &&
  loop.reasons.every((r) => r === 'checks-state' || r === 'mode');

/** Where no wait for a failed allocation exists, a plain sleep that says what it is. */
const honest = (api: string, rule: RuleContext): boolean =>
  api === 'schedule_timeout_uninterruptible' && !behaviour(rule.profile).hasMemallocRetryWait;

/** What a legacy wait does in this kernel; undefined when it does not exist there. */
function legacy(api: string, arg: string, rule: RuleContext): string {
  const kernel = behaviour(rule.profile);
  const name = kernelName(rule.profile);
  if (!kernel.hasCongestionWait) return `'${api}' is not declared in ${name}: it went with ${api === 'congestion_wait' ? '5.18' : '5.16'}.`;
  return api === 'congestion_wait'
    ? `'congestion_wait' in ${name} sleeps its whole timeout${arg ? ` (${arg})` : ''} without looking at memory: nothing but a few network file systems ends it early.`
    : `'wait_iff_congested' in ${name} does not sleep: no block device is ever marked as congested.`;
}

function replacement(rule: RuleContext): string {
  return behaviour(rule.profile).hasMemallocRetryWait
    ? 'memalloc_retry_wait() is the wait for a failed allocation.'
    : 'memalloc_retry_wait() comes with 5.17.';
}

function reportPause(flow: FunctionFlow, loop: RetryLoop, pause: RetryLoop['backoff'][number], rule: RuleContext): void {
  const old = LEGACY.test(pause.api);
  const fact = old ? legacy(pause.api, pause.arg, rule) : `'${pause.api}' waits blindly before '${loop.callee}' is tried again.`;
  const gone = old && !behaviour(rule.profile).hasCongestionWait;
  const consequence = old
    ? `It stands before another try of '${loop.callee}'; ${replacement(rule)}`
    : `In ${kernelName(rule.profile)} it neither frees memory nor ends when some is free; ${replacement(rule)}`;
  rule.report({
    at: pause.at,
    // What comes back through an argument may be another machine's failure.
    confidence: gone
      ? 'certain'
      : !old && loop.reasons.some((r) => r === 'unknown-callee' || r === 'out-parameter')
        ? 'possible'
        : 'likely',
    ...(old ? {} : { severity: 'note' as const }),
    message: `${fact} ${consequence}`,
    contexts: rule.context(loop.site.states),
    path: [stepAt(flow, loop.site.at, `'${loop.callee}' fails`), stepAt(flow, pause.at, `'${pause.api}' waits`)],
    data: { api: pause.api, callee: loop.callee, verdict: loop.verdict },
  });
}

function reportWait(flow: FunctionFlow, wait: WaitUse, rule: RuleContext): void {
  const gone = !behaviour(rule.profile).hasCongestionWait;
  const timeout = wait.args[1] === undefined ? '' : text(wait.args[1]);
  rule.report({
    at: wait.at,
    // Pacing of I/O is not a wait for memory: true, and of little use to its author.
    confidence: gone ? 'certain' : 'possible',
    ...(gone ? {} : { severity: 'note' as const }),
    message: `${legacy(wait.api, timeout, rule)}${gone ? '' : wait.inLoop ? ' It paces a loop that is not about an allocation.' : ' It stands outside any loop: a plain pause.'}`,
    contexts: rule.context(wait.states),
    path: [stepAt(flow, wait.at, `'${wait.api}' waits`)],
    data: { api: wait.api },
  });
}
