import type { FunctionFlow, Site } from '../flow/model.js';
import type { Confidence, Rule } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { blocking, mustHave, NOFAIL } from './gfp.js';
import { later, stepAt } from './query.js';
import { extentOf, type Extent } from './size.js';
import { maskName } from './words.js';

/** The API keeps the promise, and memory (or a size beyond its limit) is its only way to fail. */
const keepsPromise = (site: Site): boolean =>
  site.traits !== undefined && site.traits.nofail === 'honoured' && site.traits.otherFailure !== true;

export const nofailNullCheck: Rule = {
  meta: {
    id: 'nofail-null-check',
    summary: 'an error path after an allocation that cannot fail',
    severity: 'note',
    tags: ['unnecessary'],
    doc: `
A request with \`__GFP_NOFAIL\` that may block comes back with memory or not at all. A NULL check behind it is dead code: its error path
is never run, never tested, and hides from the reader that the call can loop.

It is **not** dead, and the rule is silent, where the call can fail for another reason than memory:

- a size or count that can exceed what the API serves: \`kmalloc()\` above 4 MiB on 4 KiB pages, \`kvmalloc()\` above \`INT_MAX\`,
  \`kcalloc()\` and its kin when the product overflows. Counts of 64-bit type are taken as able to do that (and shown as possible),
  32-bit counts times a structure's size are not;
- an order above 10, or one that is not known;
- \`vmalloc()\` before 5.17, which ignores the flag for page tables and address space;
- a mask without direct reclaim, which breaks the promise (see [nofail-nonblocking](nofail-nonblocking.md));
- a test that does not belong to the allocation: at the head of a retry loop, or shared with a branch that allocates otherwise or not.

**What to do.** Drop the check, or drop \`__GFP_NOFAIL\` if the error path is good.`,
    examples: [
      {
        title: 'a dead error path',
        bad: `
struct path { int depth; };

int path_grow(struct path **out, int depth)
{
	struct path *p;

	p = kcalloc(depth + 1, sizeof(*p), GFP_NOFS | __GFP_NOFAIL); // finds
	if (!p)
		return -ENOMEM;
	*out = p;
	return 0;
}`,
        good: `
struct path { int depth; };

int path_grow(struct path **out, int depth)
{
	*out = kcalloc(depth + 1, sizeof(**out), GFP_NOFS | __GFP_NOFAIL);
	return 0;
}`,
      },
      {
        title: 'a size_t computed once from less; a page of the page cache',
        bad: `
struct otter_buf { int blocks; void *addr; };

int otter_fill(struct otter_buf *b)
{
	size_t size = BLOCKS_TO_BYTES(b->blocks);

	b->addr = kmalloc(size, GFP_KERNEL | __GFP_NOFAIL); // finds
	if (!b->addr)
		return -ENOMEM;
	return 0;
}

struct page *otter_page(struct address_space *mapping, pgoff_t at)
{
	struct page *page = find_or_create_page(mapping, at, GFP_NOFS | __GFP_NOFAIL); // finds

	if (!page)
		return ERR_PTR(-ENOMEM);
	return page;
}`,
        good: `
struct otter_args { u64 bytes; };

void *otter_copy(const struct otter_args *args)
{
	size_t size = args->bytes;
	void *p = kmalloc(size, GFP_KERNEL | __GFP_NOFAIL);

	if (!p)
		return NULL;
	return p;
}

struct page *otter_lookup(struct address_space *mapping, pgoff_t at)
{
	struct page *page = pagecache_get_page(mapping, at, FGP_NOWAIT | FGP_CREAT, GFP_NOFS | __GFP_NOFAIL);

	if (!page)
		return ERR_PTR(-EAGAIN);
	return page;
}`,
      },
      {
        title: 'a size that can exceed the limit; a test shared with another branch; the head of a loop',
        good: `
struct rec { int key; };
struct rec *rec_find(int key);

void *copy(const void *from, size_t len)
{
	void *p = kmalloc(len, GFP_KERNEL | __GFP_NOFAIL);

	if (!p)
		return NULL;
	memcpy(p, from, len);
	return p;
}

struct rec *rec_get(bool must)
{
	struct rec *r;

	if (must)
		r = kmalloc(sizeof(*r), GFP_NOFS | __GFP_NOFAIL);
	else
		r = kmalloc(sizeof(*r), GFP_NOWAIT);
	if (!r)
		return NULL;
	r->key = 0;
	return r;
}

struct rec *rec_insert(spinlock_t *lock, int key)
{
	struct rec *spare = NULL, *r;

again:
	spin_lock(lock);
	r = rec_find(key);
	if (!r && !spare) {
		spin_unlock(lock);
		spare = kmalloc(sizeof(*spare), GFP_NOFS | __GFP_NOFAIL);
		goto again;
	}
	spin_unlock(lock);
	return r ? r : spare;
}`,
      },
    ],
  },

  check(flow, rule) {
    const kernel = behaviour(rule.profile);
    for (const site of flow.sites) {
      if (!site.nullCheck || !keepsPromise(site)) continue;
      if (site.states.length === 0 || !site.requested.every((m) => mustHave(m, NOFAIL) && blocking(m) === 'must')) continue;
      if (site.order !== null && site.order > kernel.maxOrder) continue;
      // An assertion states what the code relies on: it is no error path.
      const check = site.nullCheck;
      if (flow.calls.some((c) => /ASSERT/.test(c.name) && c.at.line === check.line && c.at.column === check.column)) continue;
      const extent = requestExtent(flow, site);
      const confidence: Confidence = extent === 'constant' ? 'certain' : extent === 'wide' ? 'possible' : 'likely';
      const unless = extent === 'unknown' || extent === 'wide' ? ', unless the size exceeds what the allocator serves' : '';
      rule.report({
        at: site.at,
        confidence,
        message:
          `The result of '${site.api}' with ${maskName(site.gfpText)} is tested although the request cannot fail${unless}. ` +
          `${kernelName(rule.profile)} loops until it succeeds: the error path is never run.`,
        contexts: rule.context(site.states),
        path: [
          stepAt(flow, site.at, `'${site.api}' loops until it succeeds`),
          stepAt(flow, later(site.nullCheck, site.at), 'tests the result'),
        ],
        data: { api: site.api, check: later(site.nullCheck, site.at).line },
      });
    }
  },
};

/** Extent of the request: its size and count where the API has them; an API without is taken to ask for one object. */
function requestExtent(flow: FunctionFlow, site: Site): Extent {
  if (site.order !== null) return 'constant';
  const { size, count, order } = site.traits ?? {};
  if (order !== undefined) return 'unknown';
  const all = [size, count].flatMap((i) => (i !== undefined && site.args[i] !== undefined ? [extentOf(flow, site.args[i]!)] : []));
  return all.includes('wide') ? 'wide' : all.includes('unknown') ? 'unknown' : all.includes('small') ? 'small' : 'constant';
}
