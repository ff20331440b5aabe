import { describeGfp } from '../../../simulator/src/index.js';
import { behaviour } from './behaviour.js';
import { isExact } from './gfp.js';
import { MASK_LOOKS } from './mask-looks.js';
import type { Rule } from './model.js';

export const contradictoryMask: Rule = {
  meta: {
    id: 'contradictory-mask',
    summary: 'a mask whose parts cancel, are ignored, or mean something else than they say',
    severity: 'warning',
    doc: `
Masks are sets of bits. \`|\` only adds; to take a permission away it must be cleared (\`GFP_KERNEL & ~__GFP_FS\`) or a smaller base
be used (\`GFP_NOFS\`).

| mask | what it is (5.10 to mainline unless said) |
|---|---|
| \`GFP_KERNEL \\| GFP_NOFS\`, \`... \\| GFP_NOIO\` | \`GFP_KERNEL\`: file-system reclaim stays allowed |
| \`GFP_NOFS \\| GFP_NOIO\` | \`GFP_NOFS\` |
| \`GFP_ATOMIC \\| GFP_KERNEL\` | may sleep, and takes from the atomic reserves |
| \`GFP_ATOMIC \\| __GFP_DIRECT_RECLAIM\` | the same; up to 6.2 the slow path warns and drops \`__GFP_ATOMIC\` |
| \`GFP_ATOMIC \\| GFP_NOWAIT\` | \`GFP_ATOMIC\` (from 6.7 with \`__GFP_NOWARN\`) |
| \`GFP_DMA\`, \`__GFP_ZERO\`, ... alone | no reclaim bit: neither reclaims nor wakes kswapd |
| \`__GFP_RETRY_MAYFAIL\`, \`__GFP_IO\`, \`__GFP_FS\` without reclaim | the same: they only say how to reclaim |
| \`__GFP_RECLAIM \\| __GFP_FS\` without \`__GFP_IO\` | file systems may, but not what they would start (a note) |
| \`GFP_KERNEL \\| GFP_HIGHUSER\` | \`GFP_HIGHUSER\` (a note) |
| \`kmalloc()\` with \`__GFP_HIGHMEM\` or \`__GFP_DMA32\` | "Unexpected gfp" and a stack trace, flag dropped |
| \`__GFP_NORETRY \\| __GFP_RETRY_MAYFAIL\` | \`__GFP_NORETRY\` |
| \`__GFP_MEMALLOC \\| __GFP_NOMEMALLOC\` | \`__GFP_NOMEMALLOC\` |
| \`__GFP_RECLAIMABLE \\| __GFP_MOVABLE\`, two zones | undefined; debug builds stop or warn |
| \`mempool_alloc()\` with \`__GFP_ZERO\` | elements from the reserve are not zeroed |
| \`__get_free_pages()\` with \`__GFP_HIGHMEM\` | flag masked off |
| \`__GFP_ATOMIC\` from 6.3 on | not declared |
| \`GFP_NOWAIT \\| __GFP_NOWARN\` from 6.7 on | says it twice (a note) |

Legal, and not reported: \`GFP_KERNEL | __GFP_HIGH\`, a choice (\`c ? GFP_ATOMIC : GFP_KERNEL\`), a mask with bits cleared, and tests such as
\`gfp & (GFP_ATOMIC | GFP_KERNEL)\`, which allocate nothing.`,
    examples: [
      {
        title: 'joined where it should be cleared',
        bad: `
void *list_xattr(size_t len)
{
	return kvmalloc(len, GFP_KERNEL | GFP_NOFS); // finds
}

void *both(size_t len)
{
	return kmalloc(len, GFP_ATOMIC | GFP_KERNEL); // finds
}

struct page *early(void)
{
	return alloc_page(GFP_ATOMIC | __GFP_DIRECT_RECLAIM); // finds
}`,
        good: `
void *list_xattr(size_t len)
{
	return kvmalloc(len, GFP_KERNEL & ~__GFP_FS);
}

void *either(size_t len, bool atomic)
{
	return kmalloc(len, atomic ? GFP_ATOMIC : GFP_KERNEL);
}

void *urgent(size_t len)
{
	return kmalloc(len, GFP_KERNEL | __GFP_HIGH);
}

bool cheap(gfp_t gfp)
{
	return (gfp & (GFP_ATOMIC | GFP_KERNEL)) == GFP_ATOMIC;
}`,
      },
      {
        title: 'a modifier that stands alone, zones that slab does not have',
        bad: `
void *bounce(void)
{
	return kmalloc(4096, GFP_DMA); // finds
}

void *low(void)
{
	return kzalloc(512, GFP_KERNEL | __GFP_DMA32); // finds
}`,
        good: `
void *bounce(void)
{
	return kmalloc(4096, GFP_KERNEL | GFP_DMA);
}

struct page *low(void)
{
	return alloc_page(GFP_KERNEL | __GFP_DMA32);
}`,
      },
      {
        title: 'how to reclaim, without reclaim',
        bad: `
void *table(size_t len)
{
	return kmalloc(len, __GFP_RETRY_MAYFAIL); // finds
}

struct page *spare(void)
{
	return alloc_page(__GFP_NOWARN | __GFP_IO); // finds
}

void *level(bool first, bool high, unsigned int order)
{
	gfp_t gfp = high ? GFP_KERNEL : GFP_DMA32;

	return first ? (void *)__get_free_pages(gfp | __GFP_ZERO, order) : NULL; // finds
}

struct page *flushed(void)
{
	return alloc_page(__GFP_RECLAIM | __GFP_FS); // finds
}

struct page *both(void)
{
	return alloc_page(GFP_KERNEL | GFP_HIGHUSER | __GFP_ZERO); // finds
}

void *ring(struct device *dev, dma_addr_t *handle)
{
	return dma_alloc_coherent(dev, 64, handle, GFP_DMA); // finds
}`,
        good: `
void *table(size_t len)
{
	return kmalloc(len, GFP_KERNEL | __GFP_RETRY_MAYFAIL);
}

struct page *try(void)
{
	return alloc_page(__GFP_NOWARN | __GFP_NORETRY);
}

void *level(bool high, unsigned int order)
{
	gfp_t gfp = __GFP_ZERO;

	if (high)
		gfp |= GFP_KERNEL;
	else
		gfp |= GFP_KERNEL | GFP_DMA32;
	return (void *)__get_free_pages(gfp, order);
}

struct page *cheap(void)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO;

	gfp &= ~__GFP_RECLAIM;
	return alloc_page(gfp);
}

struct page *quiet(void)
{
	return alloc_page(GFP_KERNEL & ~__GFP_DIRECT_RECLAIM);
}

void *ring(struct device *dev, dma_addr_t *handle)
{
	return dma_alloc_coherent(dev, 64, handle, GFP_KERNEL | GFP_DMA);
}`,
      },
      {
        title: 'pairs of which one wins',
        bad: `
void *try(size_t len)
{
	return kvmalloc(len, GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL); // finds
}

void *element(mempool_t *pool)
{
	return mempool_alloc(pool, GFP_NOIO | __GFP_ZERO); // finds
}`,
      },
      {
        title: 'gone since 6.3',
        kernel: '6.12',
        bad: `
void *old(size_t len)
{
	return kmalloc(len, GFP_NOWAIT | __GFP_ATOMIC); // finds
}

void *quiet(size_t len)
{
	return kmalloc(len, GFP_NOWAIT | __GFP_NOWARN); // finds
}`,
      },
      {
        title: 'needed before 6.7',
        kernel: '6.1',
        good: `
void *quiet(size_t len)
{
	return kmalloc(len, GFP_NOWAIT | __GFP_NOWARN);
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      if (site.states.length === 0) continue;
      for (const look of MASK_LOOKS) {
        const verdict = look(site, flow, rule);
        if (!verdict) continue;
        const value = site.requested[0];
        rule.report({
          at: site.at,
          confidence: verdict.confidence,
          message: `${verdict.fact} ${verdict.consequence}`,
          ...(verdict.severity ? { severity: verdict.severity } : {}),
          contexts: rule.context(site.states),
          data: {
            api: site.api,
            gfp: site.gfpText,
            ...(value && isExact(value) ? { effective: describeGfp(behaviour(rule.profile), value.must) } : {}),
          },
        });
        break;
      }
    }
  },
};
