import type { Expr } from '../facts/model.js';
import type { CallPoint, FunctionFlow, Site } from '../flow/model.js';
import type { Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { mentions, same, text } from './expr.js';
import { blocking } from './gfp.js';
import { alwaysBefore, reaches } from '../flow/dominators.js';
import { callsOf, stepAt } from './query.js';

/** The pool that an element comes from; undefined for calls that do not wait for one. */
const poolOf = (site: Site): Expr | undefined =>
  site.traits?.waits && site.traits.pool !== undefined ? site.args[site.traits.pool] : undefined;

export const mempoolNested: Rule = {
  meta: {
    id: 'mempool-nested',
    summary: 'two elements of one pool held at once by one task',
    severity: 'warning',
    doc: `
A pool guarantees progress for one element per task: whoever waits is served when another task frees the element it has. A task that holds one
element and waits for a second of the same pool breaks that. With as many such tasks as the pool has elements, each holds one, all wait, and
nobody frees: under memory pressure, which is what the pool is for, they wait for ever.

The rule reports a blocking \`mempool_alloc()\` that is reached while an element of the same pool, taken with a blocking mask in the same function, has neither been
freed nor handed on.

**What to do.** Take both elements from two pools, or both with \`GFP_NOWAIT\` under a fallback that frees the first, or serialise the takers with a mutex
(the rule is silent when a mutex is held at both).`,
    noFix: 'The mend is a pool of its own for each level, or elements that are freed by somebody who does not wait: a change of design.',
    examples: [
      {
        title: 'a second element before the first is gone',
        bad: `
struct seg { void *page; };

void pair(mempool_t *pool, struct seg *a, struct seg *b)
{
	void *first = mempool_alloc(pool, GFP_NOIO);
	void *second = mempool_alloc(pool, GFP_NOIO); // finds

	memset(first, 0, 64);
	memset(second, 0, 64);
	mempool_free(second, pool);
	mempool_free(first, pool);
}`,
        good: `
struct seg { void *page; };

void one_by_one(mempool_t *pool)
{
	void *p = mempool_alloc(pool, GFP_NOIO);

	mempool_free(p, pool);
	p = mempool_alloc(pool, GFP_NOIO);
	mempool_free(p, pool);
}

void two_pools(mempool_t *left, mempool_t *right)
{
	void *a = mempool_alloc(left, GFP_NOIO);
	void *b = mempool_alloc(right, GFP_NOIO);

	mempool_free(b, right);
	mempool_free(a, left);
}

void fallback(mempool_t *pool)
{
	void *a = mempool_alloc(pool, GFP_NOIO);
	void *b = mempool_alloc(pool, GFP_NOWAIT);

	if (b)
		mempool_free(b, pool);
	mempool_free(a, pool);
}`,
      },
    ],
  },

  check(flow, rule) {
    const waits = flow.sites.filter(
      (s) => poolOf(s) !== undefined && s.states.length > 0 && s.requested.every((m) => blocking(m) === 'must'),
    );
    for (const second of waits) {
      const pool = poolOf(second)!;
      const first = waits.find(
        (s) => s !== second && samePool(s, pool) && alwaysBefore(flow, s, second) && !serialised(s, second) && !handedOn(flow, s, second),
      );
      if (!first) continue;
      rule.report({
        at: second.at,
        confidence: 'likely',
        message:
          `'${second.api}' waits for a second element of the pool '${text(pool)}' while the one of line ${first.at.line} is held. ` +
          `${kernelName(rule.profile)} serves a waiter when somebody frees an element: as many such tasks as the pool has elements wait for each other for ever.`,
        contexts: rule.context(second.states),
        path: [stepAt(flow, first.at, 'takes the first element'), stepAt(flow, second.at, 'waits for the second')],
        data: { pool: text(pool) },
      });
    }
  },
};

const samePool = (site: Site, pool: Expr): boolean => {
  const other = poolOf(site);
  return other !== undefined && same(other, pool);
};

/** A sleeping lock held at both keeps other tasks out of the section. */
const serialised = (a: Site, b: Site): boolean =>
  [a, b].every((s) => s.states.every((st) => st.held.some((h) => ['mutex', 'rwsem_write', 'semaphore', 'rt_mutex'].includes(h.kind))));

/** Whether the first element is freed or given to somebody on the way: its name is an argument of a call, or stored. */
function handedOn(flow: FunctionFlow, first: Site, second: Site): boolean {
  if (first.to === '') return true;
  const name = /^\w+$/.test(first.to) ? first.to : undefined;
  const between = (c: CallPoint): boolean => c !== first && c !== second && after(flow, first, c) && after(flow, c, second);
  return callsOf(flow).some((c) => between(c) && !/^mem(set|cpy)$/.test(c.name) && c.args.some((a) => (name ? mentions(a, name) : true)));
}

const after = (flow: FunctionFlow, a: CallPoint, b: CallPoint): boolean =>
  alwaysBefore(flow, a, b) || (a.block !== b.block && reaches(flow, a.block, b.block));
