import type { Confidence, Rule } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { mustHave, NOFAIL } from './gfp.js';
import { stepAt } from './query.js';

const COSTLY = 3;

export const nofailHighOrder: Rule = {
  meta: {
    id: 'nofail-high-order',
    summary: '__GFP_NOFAIL with order above 1',
    severity: 'warning',
    doc: `
A request for more than two contiguous pages that must not fail depends on compaction to succeed, and nothing bounds how long that
takes. Above order 3 it is worse: a costly request never reaches the OOM killer, so with fragmented memory it loops until
somebody else frees a fitting block.

| kernel | order 2 and above | order 4 and above |
|---|---|---|
| up to 6.11 | \`WARN_ON_ONCE()\` on each attempt, also on one that succeeds at once | a second warning in the slow path |
| 6.12 | \`WARN_ON_ONCE()\` when the slow path is entered | the same |
| mainline (read in 7.2 and 7.3) | no warning; the documentation alone advises against it | the same |

Where the kernel does not warn and the OOM killer still ends the wait (order 2 and 3 on mainline) the finding is a note.

\`kmalloc()\` counts: above two pages it is a page request of that order. (Measured on booted 5.10, 6.1, 6.12 and mainline kernels.)

**What to do.** \`kvmalloc()\` with \`__GFP_NOFAIL\` from 5.17 on (it falls back to single pages), an array of single pages, or an
allocation at setup time that may fail.

**Silent** where the order is not a constant, for \`kvmalloc()\` and for orders 0 and 1.`,
    noFix:
      'The mend is another way to get the memory (single pages, kvmalloc(), memory set aside at start), which the code around has to be written for.',
    examples: [
      {
        title: 'four pages that must come',
        bad: `
struct page *ring(void)
{
	return alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 2); // finds
}

void *big(void)
{
	return kmalloc(65536, GFP_NOFS | __GFP_NOFAIL); // finds
}`,
        good: `
struct page *ring(void)
{
	return alloc_pages(GFP_KERNEL | __GFP_NOFAIL, 1);
}

void *big(void)
{
	return kvmalloc(65536, GFP_KERNEL | __GFP_NOFAIL);
}`,
        kernel: '6.12',
      },
    ],
  },

  check(flow, rule) {
    const kernel = behaviour(rule.profile);
    for (const site of flow.sites) {
      const order = site.order;
      if (order === null || order < 2 || !['page', 'slab', 'wrapper'].includes(site.apiClass)) continue;
      const nofail = site.requested.filter((m) => mustHave(m, NOFAIL));
      if (nofail.length === 0 || order > kernel.maxOrder) continue;
      const confidence: Confidence = nofail.length === site.requested.length && site.apiClass !== 'wrapper' ? 'certain' : 'likely';
      const warns =
        kernel.nofailOrderWarn === 'rmqueue'
          ? 'warns once even when the first attempt succeeds'
          : kernel.nofailOrderWarn === 'slow-path'
            ? 'warns once when the request enters the slow path'
            : 'gives no warning';
      const ends =
        order > COSTLY
          ? `a request above order ${COSTLY} never calls the OOM killer, so with fragmented memory it loops until somebody else frees ${2 ** order} pages in one piece`
          : `it loops until compaction or reclaim yields ${2 ** order} pages in one piece`;
      rule.report({
        at: site.at,
        confidence,
        message: `'${site.api}' asks for order ${order} (${2 ** order} pages in one piece) with '__GFP_NOFAIL'. ${kernelName(rule.profile)} ${warns}; ${ends}.`,
        contexts: rule.context(site.states),
        path: [stepAt(flow, site.at, `'${site.api}' of order ${order} loops`)],
        data: { api: site.api, order },
      });
    }
  },
};
