import type { EntryContext, FunctionFlow, OpenScope, PathState, Site } from '../flow/model.js';
import type { Confidence, Rule } from './model.js';
import { kernelName } from './behaviour.js';
import { names } from './gfp.js';
import { compatible, stepAt } from './query.js';
import { scopeName } from './words.js';

export const scopeRedundantFlag: Rule = {
  meta: {
    id: 'scope-redundant-flag',
    summary: 'GFP_NOFS or GFP_NOIO where an open scope already says so',
    severity: 'note',
    tags: ['unnecessary'],
    doc: `
Inside \`memalloc_nofs_save()\` the allocator clears \`__GFP_FS\` from every mask, inside \`memalloc_noio_save()\` \`__GFP_IO\` as well. \`GFP_NOFS\` there says nothing more
than \`GFP_KERNEL\`, but makes the reader look for a second reason. File systems have been moving to scopes for years for this.

All kernels from 5.10 (5.10 applies the scope in the slow path, later ones at entry; the effect is the same).

A journal handle opens a NOFS scope too; flags under it are shown as possible only, since code often runs with and without a handle. Scopes opened
by callers count when every caller is known and opens one. A function that looks into the xfs transaction it is given, without asking whether there
is one, always runs in its scope.

**Silent** for \`GFP_NOFS\` outside any scope, for \`GFP_NOIO\` in a NOFS scope (it says more), and where some path reaches the allocation without
the scope.`,
    examples: [
      {
        title: 'said twice',
        bad: `
void *block(size_t len)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(len, GFP_NOFS); // finds
	void *q = kmalloc(len, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	kfree(q);
	return p;
}`,
        good: `
void *block(size_t len, bool deep)
{
	unsigned int flags;
	void *p, *q;

	if (deep)
		flags = memalloc_nofs_save();
	p = kmalloc(len, GFP_NOFS);
	if (deep)
		memalloc_nofs_restore(flags);
	flags = memalloc_nofs_save();
	q = kmalloc(len, GFP_NOIO);
	memalloc_nofs_restore(flags);
	kfree(q);
	return p;
}`,
      },
    ],
  },

  check(flow, rule) {
    for (const site of flow.sites) {
      const wanted = saidBy(site);
      if (!wanted || site.states.length === 0) continue;
      const found = everywhere(flow, site, wanted);
      if (!found) continue;
      rule.report({
        at: site.at,
        confidence: found.confidence,
        message:
          `'${wanted === 'nofs' ? 'GFP_NOFS' : 'GFP_NOIO'}' repeats what the ${scopeName(found.scope.kind)} of '${found.scope.by}' says${found.scope.origin === 'local' ? ` (line ${found.scope.at.line})` : ''}. ` +
          `${kernelName(rule.profile)} clears the bits from every mask inside it.`,
        contexts: rule.context(site.states),
        path: [
          ...(found.context?.path ?? [
            stepAt(
              flow,
              found.scope.at,
              found.scope.origin === 'local'
                ? `'${found.scope.by}' opens the ${scopeName(found.scope.kind)}`
                : `is given what '${found.scope.by}' opened, with the ${scopeName(found.scope.kind)}`,
            ),
          ]),
          stepAt(flow, site.at, `'${site.api}' with ${site.gfpText}`),
        ],
        data: { api: site.api, scope: found.scope.kind },
      });
    }
  },
};

/** The restriction that the written mask carries. */
function saidBy(site: Site): 'nofs' | 'noio' | undefined {
  if (site.gfpText.includes('?') || site.apiClass === 'wrapper') return undefined;
  return names(site.gfpText, 'GFP_NOIO') ? 'noio' : names(site.gfpText, 'GFP_NOFS') ? 'nofs' : undefined;
}

const covers = (scope: OpenScope, wanted: 'nofs' | 'noio'): boolean => scope.kind === 'noio' || scope.kind === wanted;

/** A scope that is open on every way to the site. */
function everywhere(
  flow: FunctionFlow,
  site: Site,
  wanted: 'nofs' | 'noio',
): { scope: OpenScope; confidence: Confidence; context?: EntryContext } | undefined {
  const local = (s: PathState): OpenScope | undefined => s.scopes.find((o) => covers(o, wanted));
  const all = site.states.map(local);
  if (all.every((s) => s !== undefined)) {
    const scope = all[0]!;
    // What a function is given open it has open every time.
    return {
      scope,
      confidence: scope.by.startsWith('memalloc_') ? 'certain' : all.every((s) => s?.origin === 'entry') ? 'likely' : 'possible',
    };
  }
  if (!flow.callersComplete || flow.contexts.length === 0 || all.some((s) => s !== undefined)) return undefined;
  let first: { scope: OpenScope; context: EntryContext } | undefined;
  for (const context of flow.contexts) {
    if (!site.states.some((s) => compatible(s, context))) continue;
    const scope = context.scopes.find((o) => covers(o, wanted));
    if (!scope) return undefined;
    first ??= { scope, context };
  }
  // A way in that holds nothing leaves no context: another caller may come without the scope.
  return first && { ...first, confidence: 'possible' };
}
