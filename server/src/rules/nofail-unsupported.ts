import type { Site } from '../flow/model.js';
import type { Confidence, Rule, RuleContext } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, mustHave, NOFAIL } from './gfp.js';
import { extentOf } from './size.js';
import { maskName } from './words.js';

const PAGE = 4096;

/** What the flag does on this API in this kernel, when that is not what it says. */
function effect(site: Site, rule: RuleContext): { what: string; confidence: Confidence } | undefined {
  const kernel = behaviour(rule.profile);
  const name = kernelName(rule.profile);
  if (site.apiClass === 'bulk')
    return { what: `${name} hands out what it has: a bulk request yields one page at best of what was asked`, confidence: 'possible' };
  switch (site.apiClass) {
    case 'mempool':
      if (!site.traits?.waits) return undefined;
      return {
        what: `in ${name} a pool waits for an element anyway; the flag makes the allocation behind the pool loop in the page allocator, so the reserve is not used`,
        confidence: 'certain',
      };
    case 'vmalloc':
      return kernel.vmallocHonoursNofail
        ? undefined
        : { what: `${name} ignores it for page tables and address space, where vmalloc still returns NULL`, confidence: 'certain' };
    case 'kvmalloc': {
      if (kernel.kvmallocTryDropsNofail || (site.order === 0 && site.args.some((a) => typeof a === 'number' && a <= PAGE)))
        return undefined;
      return {
        what: `${name} leaves it on the kmalloc attempt, which then loops for contiguous pages and never falls back to vmalloc (above one page)`,
        confidence: 'likely',
      };
    }
    case 'percpu':
      return {
        what: `in ${name} it only makes the wait for the allocator's mutex unkillable; the result can be NULL`,
        confidence: 'certain',
      };
    default:
      return undefined;
  }
}

export const nofailUnsupported: Rule = {
  meta: {
    id: 'nofail-unsupported',
    summary: '__GFP_NOFAIL on an API that does not honour it in this version',
    severity: 'warning',
    doc: `
\`__GFP_NOFAIL\` is a promise of the page allocator. APIs that stand on top of it keep it or not, depending on the version:

| API | kernels | what the flag does |
|---|---|---|
| \`vmalloc\` family | up to 5.16 | ignored for page tables and address space: NULL is possible |
| \`vmalloc\` family | 5.17 and later | honoured (with a blocking mask) |
| \`kvmalloc\` family | up to 5.16 | stays on the kmalloc attempt, which loops; vmalloc is never tried (measured in 5.10) |
| \`kvmalloc\` family | 5.17 and later | taken off the kmalloc attempt, honoured by vmalloc |
| \`mempool_alloc()\` | all | pointless; the backing allocation loops and the reserve is not used |
| per-cpu allocator | all | only makes a mutex wait unkillable |
| bulk page allocation | all | one page at best |

**What to do.** Leave the flag out and handle failure, or use an API that honours it.`,
    examples: [
      {
        title: 'a pool that waits anyway; per-cpu memory',
        bad: `
void *element(mempool_t *pool)
{
	return mempool_alloc(pool, GFP_NOIO | __GFP_NOFAIL); // finds
}

void __percpu *counters(void)
{
	return __alloc_percpu_gfp(64, 8, GFP_KERNEL | __GFP_NOFAIL); // finds
}`,
        good: `
void *element(mempool_t *pool)
{
	return mempool_alloc(pool, GFP_NOIO);
}`,
      },
      {
        title: 'vmalloc and kvmalloc before 5.17',
        kernel: '5.10',
        bad: `
void *table(unsigned long n)
{
	return __vmalloc(n * 64, GFP_KERNEL | __GFP_NOFAIL); // finds
}

void *array(size_t n)
{
	return kvmalloc_array(n, 64, GFP_KERNEL | __GFP_NOFAIL); // finds
}`,
      },
      {
        title: 'the same from 5.17 on',
        kernel: '6.1',
        good: `
void *table(unsigned long n)
{
	return __vmalloc(n * 64, GFP_KERNEL | __GFP_NOFAIL);
}

void *array(size_t n)
{
	return kvmalloc_array(n, 64, GFP_KERNEL | __GFP_NOFAIL);
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      const nofail = site.requested.filter((m) => mustHave(m, NOFAIL) && blocking(m) !== 'no');
      if (nofail.length === 0) continue;
      const found = effect(site, rule);
      if (!found) continue;
      if (
        site.apiClass === 'kvmalloc' &&
        site.args.every((a, i) => site.masks[i] !== undefined || extentOf(flow, a) === 'constant') &&
        site.order === 0
      )
        continue;
      rule.report({
        at: site.at,
        confidence: nofail.length === site.requested.length || found.confidence === 'possible' ? found.confidence : 'likely',
        message: `'${site.api}' with ${maskName(site.gfpText)} does not honour '__GFP_NOFAIL': ${found.what}.`,
        contexts: rule.context(site.states),
        data: { api: site.api, gfp: site.gfpText },
      });
    }
  },
};
