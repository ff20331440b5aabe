import { constantOf } from '../flow/know.js';
import type { Site } from '../flow/model.js';
import type { Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { blocking } from './gfp.js';
import { later, stepAt } from './query.js';
import { maskName } from './words.js';

export const mempoolNullCheck: Rule = {
  meta: {
    id: 'mempool-null-check',
    summary: 'an error path after a pool allocation that waits until it has an element',
    severity: 'note',
    tags: ['unnecessary'],
    doc: `
\`mempool_alloc()\` with a mask that allows direct reclaim never returns NULL: when neither the allocator nor the reserve has an element it sleeps
until one is freed (woken, or after five seconds). \`bio_alloc()\` is built on it. A NULL check behind such a call is dead code, and often the sign
that the wait, with its own deadlock rules, was not expected. (All kernels from 5.10, mm/mempool.c and block/bio.c.)

With \`GFP_NOWAIT\` or \`GFP_ATOMIC\` NULL is possible and the check is needed; \`mempool_alloc_preallocated()\` never waits; \`bio_alloc_bioset()\` may return
NULL for a set without bio_vecs, unless it is asked for a bio without any. The rule is silent for all of these, for masks that a caller chooses, and for tests that a branch without the
allocation shares.`,
    examples: [
      {
        title: 'a pool that waits',
        bad: `
struct req { int tag; };

int submit(mempool_t *pool)
{
	struct req *r = mempool_alloc(pool, GFP_NOIO); // finds

	if (!r)
		return -ENOMEM;
	r->tag = 1;
	mempool_free(r, pool);
	return 0;
}`,
        good: `
struct req { int tag; };

int submit(mempool_t *pool)
{
	struct req *r = mempool_alloc(pool, GFP_NOIO);

	r->tag = 1;
	mempool_free(r, pool);
	return 0;
}

int try_submit(mempool_t *pool)
{
	struct req *r = mempool_alloc(pool, GFP_NOWAIT);

	if (!r)
		return -EAGAIN;
	mempool_free(r, pool);
	return 0;
}

int either(mempool_t *pool, gfp_t gfp)
{
	struct req *r = mempool_alloc(pool, gfp);

	if (!r)
		return -ENOMEM;
	mempool_free(r, pool);
	return 0;
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      if (site.traits?.waits !== true || site.traits.otherFailure || !site.nullCheck || site.states.length === 0) continue;
      if (!site.requested.every((m) => blocking(m) === 'must')) continue;
      rule.report({
        at: site.at,
        // A bioset may be without a pool of bio_vecs; nobody can tell that from here.
        confidence: site.apiClass === 'mempool' || site.api === 'bio_alloc' ? 'certain' : needsNoVecs(site) ? 'likely' : 'possible',
        message:
          `The result of '${site.api}' with ${maskName(site.gfpText)} is tested although the call waits until it has an element. ` +
          `In ${kernelName(rule.profile)} it never returns NULL with a mask that may block: the error path is never run.`,
        contexts: rule.context(site.states),
        path: [
          stepAt(flow, site.at, `'${site.api}' waits for an element`),
          stepAt(flow, later(site.nullCheck, site.at), 'tests the result'),
        ],
        data: { api: site.api, check: later(site.nullCheck, site.at).line },
      });
    }
  },
};

/** A bio without room for data asks the set for nothing but itself (bio_alloc_bioset(), block/bio.c, 5.10 to 6.12); without a set it is allocated plainly. */
const needsNoVecs = ({ api, args, traits }: Site): boolean => {
  const set = traits?.pool === undefined ? undefined : args[traits.pool];
  return (
    api === 'bio_alloc_bioset' &&
    traits?.count !== undefined &&
    args[traits.count] === 0 &&
    set !== undefined &&
    constantOf(set) === undefined
  );
};
