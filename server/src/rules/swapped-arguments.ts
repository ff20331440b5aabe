import { isSite } from '../flow/sites.js';
import type { Expr } from '../facts/model.js';
import type { FunctionFlow } from '../flow/model.js';
import type { Rule } from './model.js';
import { bare, holdsGfpToken, looksLikeSize, text } from './expr.js';
import { callsOf } from './query.js';

/** Allocators by where they take the mask and what stands in the place that a mask is mistaken for. */
const PLACES: { api: RegExp; gfp: number; size: number[] }[] = [
  {
    api: /^(kmalloc|kzalloc|kvmalloc|kvzalloc|__vmalloc|kmalloc_node|kzalloc_node|kvmalloc_node|kvzalloc_node|alloc_skb|__alloc_skb|vmalloc_huge|kmalloc_track_caller)(_noprof)?$/,
    gfp: 1,
    size: [0],
  },
  { api: /^(kmalloc_array|kcalloc|kvmalloc_array|kvcalloc|kmalloc_array_node|kcalloc_node)(_noprof)?$/, gfp: 2, size: [0, 1] },
  { api: /^(devm_kmalloc|devm_kzalloc|sock_kmalloc|krealloc)(_noprof)?$/, gfp: 2, size: [1] },
  { api: /^(devm_kcalloc|devm_kmalloc_array|devm_kmemdup|krealloc_array)$/, gfp: 3, size: [1, 2] },
  { api: /^(kmemdup|kmemdup_nul|kstrndup|__alloc_percpu_gfp)(_noprof)?$/, gfp: 2, size: [1] },
  { api: /^(alloc_pages|__get_free_pages|folio_alloc)(_noprof)?$/, gfp: 0, size: [1] },
  { api: /^(alloc_pages_node|__alloc_pages_node)(_noprof)?$/, gfp: 1, size: [2] },
  { api: /^alloc_pages_exact(_noprof)?$/, gfp: 1, size: [0] },
];

/** Where an allocator takes its mask, and where what a mask is mistaken for. */
export const placeOf = (api: string): { gfp: number; size: number[] } | undefined => PLACES.find((p) => p.api.test(api));

export const swappedArguments: Rule = {
  meta: {
    id: 'swapped-arguments',
    summary: "size and mask in each other's place",
    severity: 'error',
    doc: `
\`gfp_t\` is an integer type; only sparse tells it from a size. \`kzalloc(GFP_KERNEL, sizeof(*p))\` compiles: it asks for 3264 bytes (\`0xcc0\`) with the mask
\`sizeof(*p)\`, whose bits select zones, reclaim or nothing at all as the size happens to be. With \`alloc_pages(0, GFP_KERNEL)\` the order is 3264 and the request
fails, always.

The rule looks at the shapes: a gfp flag where the size, count or order belongs, and a size, a plain number or a variable that is no mask where the mask belongs.`,
    examples: [
      {
        title: 'the mask first',
        bad: `
struct ctl { int a[16]; };

struct ctl *ctl_new(void)
{
	return kzalloc(GFP_KERNEL, sizeof(struct ctl)); // finds
}

struct page *ctl_page(void)
{
	return alloc_pages(0, GFP_KERNEL); // finds
}

int *ctl_table(unsigned int n)
{
	return kcalloc(GFP_KERNEL, n, sizeof(int)); // finds
}`,
        good: `
struct ctl { int a[16]; };

struct ctl *ctl_new(void)
{
	return kzalloc(sizeof(struct ctl), GFP_KERNEL);
}

struct page *ctl_page(gfp_t gfp)
{
	return alloc_pages(gfp | GFP_KERNEL, 0);
}

int *ctl_table(unsigned int n)
{
	return kcalloc(n, sizeof(int), GFP_KERNEL);
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const call of callsOf(flow)) {
      const name = isSite(call) ? call.api : call.name;
      const place = placeOf(name);
      if (!place) continue;
      const misplaced = place.size.map((i) => call.args[i]).find((a) => a !== undefined && holdsGfpToken(a));
      const mask = call.args[place.gfp];
      if (misplaced === undefined || mask === undefined || holdsGfpToken(mask) || !notAMask(mask, flow)) continue;
      rule.report({
        at: call.at,
        confidence: 'certain',
        message: `'${name}' is given the mask '${text(misplaced)}' as ${place.gfp === 0 ? 'the order' : 'a size'} and '${text(mask)}' as the mask. It asks for the wrong amount with the wrong permissions.`,
        contexts: rule.context(call.states),
        data: { api: name },
      });
    }
  },
};

/** A size, a number, or a variable whose type is no mask. */
function notAMask(arg: Expr, flow: FunctionFlow): boolean {
  const e = bare(arg);
  if (typeof e === 'number' || looksLikeSize(e)) return true;
  if (typeof e !== 'string') return !(Array.isArray(e) && (e[0] === '->' || e[0] === '.' || e[0] === '?' || e[0] === 'call'));
  const type = flow.ref.facts.body?.vars[e] ?? flow.ref.facts.params.find((p) => p.name === e)?.type ?? '';
  return type !== '' && !/\bgfp_t\b/.test(type);
}
