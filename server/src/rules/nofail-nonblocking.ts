import type { MaskValue } from '../flow/model.js';
import type { Confidence, Rule } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, canHave, mustHave, NOFAIL } from './gfp.js';
import { stepAt } from './query.js';
import { maskName } from './words.js';

/** How a mask asks for "never fail" without being allowed to wait; undefined when it does not. */
function offends(mask: MaskValue): Confidence | undefined {
  if (blocking(mask) !== 'no') return undefined;
  if (mustHave(mask, NOFAIL)) return 'certain';
  // A branch of the expression sets it, while no branch allows reclaim.
  if ((mask.may & NOFAIL) !== 0 && !mask.unknown) return 'likely';
  return canHave(mask, NOFAIL) ? 'possible' : undefined;
}

export const nofailNonblocking: Rule = {
  meta: {
    id: 'nofail-nonblocking',
    summary: '__GFP_NOFAIL without direct reclaim',
    severity: 'error',
    doc: `
\`__GFP_NOFAIL\` promises that the request loops until memory is there. Without \`__GFP_DIRECT_RECLAIM\` the page allocator can not
wait, so it breaks the promise: \`GFP_ATOMIC | __GFP_NOFAIL\` and \`GFP_NOWAIT | __GFP_NOFAIL\` **can return NULL** on every kernel. The
code behind such a call has no error path, since it trusts the flag.

| kernel | what the allocator does |
|---|---|
| up to 6.11 | \`WARN_ON_ONCE()\` at the end of the slow path, then NULL |
| 6.12 and later | \`WARN_ON_ONCE()\` on entering the slow path, then NULL |

No warning comes when the first attempt succeeds, so tests rarely see it. No kernel has a \`BUG_ON()\` for it.

The finding also stands where only a branch of the mask has the flag, as in \`GFP_ATOMIC | (must ? __GFP_NOFAIL : 0)\`.

**What to do.** Allocate before the atomic section with a blocking mask, or keep the atomic mask and handle failure.`,
    examples: [
      {
        title: 'an atomic mask that must not fail',
        bad: `
struct page *refill(void)
{
	return alloc_page(GFP_ATOMIC | __GFP_NOFAIL); // finds
}

void *twice(size_t len)
{
	gfp_t gfp = GFP_NOWAIT;

	gfp |= __GFP_NOFAIL;
	return kmalloc(len, gfp); // finds
}`,
        good: `
struct page *refill(void)
{
	return alloc_page(GFP_NOFS | __GFP_NOFAIL);
}`,
      },
      {
        title: 'only on one branch',
        bad: `
struct ext_path *find_path(struct kmem_cache *cache, bool must)
{
	return kmem_cache_zalloc(cache, GFP_ATOMIC | (must ? __GFP_NOFAIL : 0)); // finds
}`,
        good: `
struct ext_path *find_path(struct kmem_cache *cache, bool must)
{
	return kmem_cache_zalloc(cache, must ? GFP_NOFS | __GFP_NOFAIL : GFP_ATOMIC);
}

struct ext_path *ask(struct kmem_cache *cache, gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp))
		gfp &= ~__GFP_NOFAIL;
	return kmem_cache_zalloc(cache, gfp);
}`,
      },
    ],
  },

  check(flow, rule) {
    const kernel = behaviour(rule.profile);
    const warns = kernel.nofailNonBlockingWarn === 'slow-path' ? 'on entering its slow path' : 'at the end of its slow path';
    for (const site of flow.sites) {
      const found = site.requested.map(offends);
      const hit = found.filter((f) => f !== undefined);
      if (hit.length === 0) continue;
      const confidence: Confidence = hit.includes('certain')
        ? hit.length === found.length && hit.every((f) => f === 'certain')
          ? 'certain'
          : 'likely'
        : hit.includes('likely')
          ? 'likely'
          : 'possible';
      rule.report({
        at: site.at,
        confidence,
        message:
          `'${site.api}' with ${maskName(site.gfpText)} asks not to fail but may not enter direct reclaim${confidence === 'certain' ? '' : ' on some paths'}. ` +
          `${kernelName(rule.profile)} warns once ${warns} and returns NULL.`,
        contexts: rule.context(site.states),
        path: [stepAt(flow, site.at, `'${site.api}' can return NULL`)],
        data: { api: site.api, gfp: site.gfpText },
      });
    }
  },
};
