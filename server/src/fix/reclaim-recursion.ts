/**
 * Reclaim that comes back for what is held: the scope belongs where the lock or the transaction begins, and only its author can put it
 * there; the mask at the site is offered for review.
 */
import { siteAt } from './call.js';
import { maskSite, refusal } from './mask-site.js';
import { summands } from './mask-text.js';
import type { Fixer, Proposal } from './model.js';

const SCOPES = { fs: 'memalloc_nofs', io: 'memalloc_noio' } as const;
const BASES = { fs: 'GFP_NOFS', io: 'GFP_NOIO' } as const;

export const reclaimRecursionFixer: Fixer = {
  rules: ['reclaim-recursion'],
  async propose(finding, flow, world) {
    const needs = String(finding.data['needs']);
    const held = flow.calls.flatMap((c) => c.states.flatMap((s) => s.held)).find((h) => h.class === finding.data['lock']);
    const begin = finding.path[0];
    const place = begin
      ? `${begin.file}:${begin.line} (${begin.function}() ${begin.what})`
      : held
        ? `${held.at.file}:${held.at.line}`
        : 'the place where the lock is taken';
    if (needs !== 'fs' && needs !== 'io')
      return [
        {
          kind: 'advice',
          title: `Allocate before '${String(finding.data['lock'])}' is taken`,
          detail: `Reclaim gets to the lock with any mask that may wait, so no scope keeps it out: allocate before ${place}, or make ${String(finding.data['by'])} try the lock.`,
        },
      ];
    const advice: Proposal = {
      kind: 'advice',
      title: `Open a ${SCOPES[needs]}_save() scope where '${String(finding.data['lock'])}' is taken`,
      detail: `Open it at ${place} and close it with ${SCOPES[needs]}_restore() where the lock is dropped: everything under the lock is covered then, also what takes no mask.`,
    };
    if (!siteAt(flow.sites, finding) || finding.confidence === 'possible') return [advice];
    const title = `Ask for the memory with ${BASES[needs]}`;
    const site = await maskSite(finding, flow, world);
    if (typeof site === 'string') return [advice, refusal(title, site)];
    const parts = summands(site.written);
    const wide = needs === 'fs' ? ['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT'] : ['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT', 'GFP_NOFS'];
    if (!parts?.some((p) => wide.includes(p)) || parts.some((p) => p.startsWith('GFP_') && !wide.includes(p)))
      return [advice, refusal(title, `the mask '${site.written}' is put together elsewhere`)];
    const mask = parts
      .flatMap((p) => (p === 'GFP_KERNEL_ACCOUNT' ? [BASES[needs], '__GFP_ACCOUNT'] : wide.includes(p) ? [BASES[needs]] : [p]))
      .join(' | ');
    return [
      advice,
      {
        kind: 'edit',
        title,
        safety: 'review',
        edits: site.edits(mask),
        detail: `This request no longer enters the reclaim that takes '${String(finding.data['lock'])}'; whatever else is allocated under it still may. A scope at ${place} is what maintainers ask for.`,
      },
    ];
  },
};
