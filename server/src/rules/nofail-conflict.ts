import type { MaskValue, Site } from '../flow/model.js';
import type { Confidence, Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { blocking, DMA, DMA32, mustHave, NOFAIL, NORETRY, RETRY_MAYFAIL, THISNODE } from './gfp.js';
import { stepAt } from './query.js';
import { maskName } from './words.js';

/** Flags that fight with __GFP_NOFAIL, and what comes of it (mm/page_alloc.c, alike from 5.10 to mainline). */
const CONFLICTS: { bits: number; flag: string; what: string }[] = [
  {
    bits: NORETRY,
    flag: '__GFP_NORETRY',
    what: 'every round ends after one reclaim and starts again: it never fails and never calls the OOM killer, so it can spin without end',
  },
  {
    bits: RETRY_MAYFAIL,
    flag: '__GFP_RETRY_MAYFAIL',
    what: 'the request never fails and never calls the OOM killer, so it can spin without end',
  },
  {
    bits: THISNODE,
    flag: '__GFP_THISNODE',
    what: 'the request loops on one node and never calls the OOM killer, however much memory the others have',
  },
  {
    bits: DMA,
    flag: '__GFP_DMA',
    what: 'a request for this zone never calls the OOM killer, so it can loop without end once the zone is full',
  },
  {
    bits: DMA32,
    flag: '__GFP_DMA32',
    what: 'a request for this zone never calls the OOM killer, so it can loop without end once the zone is full',
  },
];

const conflicts = (mask: MaskValue): typeof CONFLICTS =>
  mustHave(mask, NOFAIL) && blocking(mask) !== 'no' ? CONFLICTS.filter((c) => mustHave(mask, c.bits)) : [];

/** DMA zones are cleared from slab masks or served by other caches only where the API says so; page and slab requests keep them. */
const keepsZone = (site: Site): boolean => site.apiClass === 'page' || site.apiClass === 'slab' || site.apiClass === 'kvmalloc';

export const nofailConflict: Rule = {
  meta: {
    id: 'nofail-conflict',
    summary: '__GFP_NOFAIL with a flag or a context that defeats it',
    severity: 'warning',
    doc: `
\`__GFP_NOFAIL\` says "loop until it works"; some flags say "give up early" or take the means away. The flag wins, but the loop
loses what would end it:

| with | what happens (5.10 to mainline) |
|---|---|
| \`__GFP_NORETRY\` | each round jumps to the end after one reclaim, then starts again; no OOM kill |
| \`__GFP_RETRY_MAYFAIL\` | never fails; the OOM killer is not called for it |
| \`__GFP_THISNODE\` | loops on that node alone; no OOM kill |
| \`__GFP_DMA\`, \`__GFP_DMA32\` | requests below the normal zone never call the OOM killer |
| \`PF_MEMALLOC\` (\`memalloc_noreclaim_save()\`) | warns once; no reclaim, only the reserves, then round again |

Without an OOM kill such a loop ends only when somebody else frees memory.

**What to do.** Decide which of the two is meant: a fallback path (\`__GFP_NORETRY\`, \`__GFP_RETRY_MAYFAIL\`, and a NULL check), or
\`__GFP_NOFAIL\` alone. To prefer a node without insisting, leave \`__GFP_THISNODE\` out.`,
    examples: [
      {
        title: 'two opposite wishes',
        bad: `
void *grab(size_t n)
{
	return kmalloc(n, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY); // finds
}

struct page *local(int nid)
{
	return alloc_pages_node(nid, GFP_NOFS | __GFP_THISNODE | __GFP_NOFAIL, 0); // finds
}`,
        good: `
void *grab(size_t n)
{
	void *p = kmalloc(n, GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

	if (!p)
		p = kmalloc(n, GFP_KERNEL | __GFP_NOFAIL);
	return p;
}`,
      },
      {
        title: 'in a PF_MEMALLOC scope',
        bad: `
void *writeback_buffer(void)
{
	unsigned int flags = memalloc_noreclaim_save();
	void *p;

	p = kzalloc(512, GFP_NOIO | __GFP_NOFAIL); // finds
	memalloc_noreclaim_restore(flags);
	return p;
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      if (site.apiClass === 'mempool') continue;
      const all = site.requested.map(conflicts);
      const hit = all.flat().filter((c) => (c.bits & (DMA | DMA32)) === 0 || keepsZone(site));
      const conflict = CONFLICTS.find((c) => hit.includes(c));
      const inReclaim = site.states.filter(
        (s, i) =>
          mustHave(site.requested[i]!, NOFAIL) && blocking(site.requested[i]!) === 'must' && s.scopes.some((o) => o.kind === 'noreclaim'),
      );
      if (conflict) {
        const confidence: Confidence = all.every((list) => list.includes(conflict)) ? 'certain' : 'likely';
        rule.report({
          at: site.at,
          confidence,
          message: `'${site.api}' with ${maskName(site.gfpText)} combines '__GFP_NOFAIL' with '${conflict.flag}'. In ${kernelName(rule.profile)} ${conflict.what}.`,
          contexts: rule.context(site.states),
          path: [stepAt(flow, site.at, `'${site.api}' loops`)],
          data: { api: site.api, flag: conflict.flag },
        });
      } else if (inReclaim.length > 0) {
        const scope = inReclaim[0]!.scopes.find((o) => o.kind === 'noreclaim')!;
        rule.report({
          at: site.at,
          confidence: inReclaim.length === site.states.length ? 'certain' : 'likely',
          message:
            `'${site.api}' with ${maskName(site.gfpText)} must not fail inside a PF_MEMALLOC scope ('${scope.by}', line ${scope.at.line}). ` +
            `${kernelName(rule.profile)} warns once; the request may not reclaim, so it takes the reserves to the last page and then spins.`,
          contexts: rule.context(site.states),
          path: [stepAt(flow, scope.at, `'${scope.by}' sets PF_MEMALLOC`), stepAt(flow, site.at, `'${site.api}' loops`)],
          data: { api: site.api, flag: 'PF_MEMALLOC' },
        });
      }
    }
  },
};
