import type { Site } from '../flow/model.js';
import type { Rule } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { isExact } from './gfp.js';
import { atomicHeld, beginSteps, stepAt } from './query.js';
import { maskName, whileHeld } from './words.js';

/** APIs for which a mask of 0 says "allocate with no help", and not "allocate nothing" as it does for look-ups and erasures. */
const ALLOCATES = new Set(['slab', 'page', 'kvmalloc', 'vmalloc', 'skb', 'percpu', 'string', 'devm', 'dma']);

export const locklessAlloc: Rule = {
  meta: {
    id: 'lockless-alloc',
    summary: 'a mask that pretends to be lockless, or an allocation where only the nolock API is legal',
    severity: 'warning',
    doc: `
A mask of \`0\` is not a lighter \`GFP_ATOMIC\`. It takes the same locks inside the allocator; it only gives up what helps it to succeed: no direct reclaim, no wake-up of kswapd,
no reserves. It fails as soon as free memory is at the min watermark and leaves nobody behind to refill it. The flag for a lockless request that was
discussed in 2020 was never merged.

Where locks are forbidden for good (NMI handlers, code that may interrupt the allocator itself), no mask helps: from 6.15 there is \`alloc_pages_nolock()\` (first called
\`try_alloc_pages()\`), from 6.18 \`kmalloc_nolock()\`.

**Silent** for calls in which \`0\` means that nothing need be allocated (page cache look-ups, erasing from an xarray, preloads).`,
    examples: [
      {
        title: 'a mask of zero',
        bad: `
struct buf { void *data; };

int buf_init(struct buf *b)
{
	b->data = kzalloc(256, 0); // finds
	return b->data ? 0 : -ENOMEM;
}

struct page *spare(void)
{
	return alloc_page((__force gfp_t)0); // finds
}`,
        good: `
struct buf { void *data; };

int buf_init(struct buf *b)
{
	b->data = kzalloc(256, GFP_KERNEL);
	return b->data ? 0 : -ENOMEM;
}

void drop(struct xarray *xa, unsigned long i)
{
	xa_store(xa, i, NULL, 0);
}`,
      },
    ],
  },

  check(flow, rule) {
    const kernel = kernelName(rule.profile);
    const nolock = behaviour(rule.profile).hasKmallocNolock
      ? 'kmalloc_nolock() and alloc_pages_nolock() take none.'
      : `${kernel} has no allocator that takes none.`;
    for (const site of flow.sites) {
      if (site.states.length === 0 || site.apiClass === 'nolock') continue;
      const nmi = site.states.map((s) => atomicHeld(s, [], (h) => h.kind === 'nmi')).find((h) => h !== undefined);
      if (nmi) {
        rule.report({
          at: site.at,
          confidence: 'likely',
          severity: 'error',
          message: `'${site.api}' with ${maskName(site.gfpText)} allocates ${whileHeld(nmi)}. It takes locks that the interrupted code may hold; ${nolock}`,
          contexts: rule.context(site.states),
          path: [...beginSteps(flow, { held: nmi, from: 'local' }), stepAt(flow, site.at, `'${site.api}' takes the allocator's locks`)],
          data: { api: site.api },
        });
        continue;
      }
      if (!zero(site)) continue;
      rule.report({
        at: site.at,
        // A device may have a pool of its own, which asks nobody (dma_alloc_from_dev_coherent()).
        confidence: site.apiClass === 'dma' ? 'likely' : 'certain',
        message: `'${site.api}' is given an empty mask. In ${kernel} it takes the allocator's locks like any other request, but neither reclaims nor wakes kswapd: it fails at the min watermark.`,
        contexts: rule.context(site.states),
        data: { api: site.api, gfp: site.gfpText },
      });
    }
  },
};

/** The mask is a 0 that was written as one; a mask whose bits were cleared on purpose is left alone. */
function zero(site: Site): boolean {
  if (!ALLOCATES.has(site.apiClass) || site.gfpText === '' || site.requested.length === 0) return false;
  if (!site.requested.every((m) => isExact(m) && m.must === 0)) return false;
  return !/GFP_/.test(site.gfpText);
}
