import { isSite } from '../flow/sites.js';
import type { FunctionFlow, ScopeUse, Site, Where } from '../flow/model.js';
import type { Rule, RuleContext } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import { stepAt } from './query.js';
import { scopeName } from './words.js';

export const scopeOneOff: Rule = {
  meta: {
    id: 'scope-one-off',
    summary: 'a scope around one allocation that takes a mask itself',
    severity: 'note',
    tags: ['unnecessary'],
    doc: `
A memalloc scope marks a section in which reclaim must not come back: it belongs where that section begins (the lock, the transaction) and covers all
that is called from there, also what takes no mask. A scope around a single allocation says less than the mask \`GFP_NOFS\` would, and
hides that the reason is somewhere else.

Such scopes were needed for APIs that did not honour the mask:

| API | kernels that needed it |
|---|---|
| \`kvmalloc()\` with NOFS or NOIO | up to 5.17 |
| \`vmalloc()\` page tables | up to 5.16 |

The finding is advice: give the mask, or better, open the scope where the reason for it begins. This tool never proposes the opposite; file-system
maintainers turned down a checker that asked for a scope around every allocation.

**Silent** for callees that take no mask (then the scope is the only way), for more than one call inside, and for \`kvmalloc()\` and \`vmalloc()\` in versions
that need it.`,
    examples: [
      {
        title: 'one allocation inside',
        bad: `
int set_acl(size_t size, void **value)
{
	unsigned int flags;

	flags = memalloc_nofs_save(); // finds
	*value = kmalloc(size, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	return *value ? 0 : -ENOMEM;
}`,
        good: `
int read_page(struct address_space *mapping);
int write_page(struct address_space *mapping);

int set_acl(size_t size, void **value)
{
	*value = kmalloc(size, GFP_NOFS);
	return *value ? 0 : -ENOMEM;
}

int update(struct address_space *mapping)
{
	unsigned int flags = memalloc_nofs_save();
	int err = read_page(mapping);

	if (!err)
		err = write_page(mapping);
	memalloc_nofs_restore(flags);
	return err;
}`,
      },
      {
        title: 'its size is computed by a call, its mask comes from elsewhere',
        bad: `
void *buffer(size_t size, gfp_t gfp)
{
	unsigned int flags = memalloc_noio_save(); // finds
	void *p = __vmalloc(size, gfp);

	memalloc_noio_restore(flags);
	return p;
}

struct sums { unsigned int len; };

static inline size_t sums_size(unsigned int bytes)
{
	return sizeof(struct sums) + bytes / 64;
}

struct sums *sums_new(unsigned int bytes)
{
	unsigned int flags = memalloc_nofs_save(); // finds
	struct sums *sums = kzalloc(sums_size(bytes), GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return sums;
}`,
      },
      {
        title: 'kvmalloc before 5.18',
        kernel: '5.10',
        good: `
void *table(size_t len)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kvmalloc(len, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return p;
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const scope of flow.scopes) {
      if ((scope.kind !== 'nofs' && scope.kind !== 'noio') || scope.balanced !== true || scope.restores.length === 0) continue;
      // Opened by a helper, which does something else beside (takes the lock that the scope is for).
      if (!flow.calls.some((c) => c.name === scope.by && c.at.line === scope.at.line)) continue;
      const site = onlySite(flow, scope);
      if (!site || needed(site, rule)) continue;
      const mask = scope.kind === 'nofs' ? 'GFP_NOFS' : 'GFP_NOIO';
      rule.report({
        at: scope.at,
        confidence: site.apiClass === 'wrapper' || !/GFP_/.test(site.gfpText) ? 'likely' : 'certain',
        message:
          `The ${scopeName(scope.kind)} covers one allocation, '${site.api}', which takes a mask itself. ` +
          `In ${kernelName(rule.profile)} ${mask} in that mask has the same effect; a scope says more where the section that reclaim must not enter begins.`,
        contexts: rule.context(site.states),
        path: [
          stepAt(flow, scope.at, `'${scope.by}' opens the ${scopeName(scope.kind)}`),
          stepAt(flow, site.at, `'${site.api}' allocates`),
        ],
        data: { scope: scope.kind, api: site.api },
      });
    }
  },
};

/** The allocation that is all a scope covers, written with a mask. */
function onlySite(flow: FunctionFlow, scope: ScopeUse): Site | undefined {
  const inside = scope.inside.filter((c) => !scope.restores.some((r) => r.line === c.at.line && r.column === c.at.column));
  // What is called for an argument of another call (its size, mostly) is part of that one.
  const [call, ...others] = inside.filter((c) => !inside.some((o) => o !== c && within(c.at, o.at)));
  if (!call || others.length > 0) return undefined;
  const site = isSite(call) ? call : flow.sites.find((s) => s.at.line === call.at.line && s.at.column === call.at.column);
  if (!site) return undefined;
  // A mask that somebody else chose can be narrowed as well, where the allocator itself is given it.
  const chosen = /^\w+$/.test(site.gfpText) && !/GFP_/.test(site.gfpText) && site.traits !== undefined && site.apiClass !== 'wrapper';
  return chosen || /\bGFP_(KERNEL|USER|NOFS|NOIO)/.test(site.gfpText) ? site : undefined;
}

const within = (a: Where, b: Where): boolean =>
  (a.line > b.line || (a.line === b.line && a.column >= b.column)) &&
  (a.endLine < b.endLine || (a.endLine === b.endLine && a.endColumn <= b.endColumn));

/** The API does not honour the mask in this version. */
function needed(site: Site, rule: RuleContext): boolean {
  const kernel = behaviour(rule.profile);
  if (site.apiClass === 'kvmalloc') return kernel.kvmallocNeedsKernel;
  if (site.apiClass === 'vmalloc') return !kernel.vmallocHonoursScope;
  return false;
}
