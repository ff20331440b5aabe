/** GFP_NOFS or GFP_NOIO inside a scope that says the same: GFP_KERNEL there has the same effect. */
import { maskSite, refusal } from './mask-site.js';
import { summands } from './mask-text.js';
import type { Fixer } from './model.js';

const TITLE = 'Leave the restriction to the scope';

export const redundantFlagFixer: Fixer = {
  rules: ['scope-redundant-flag'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    const parts = summands(place.written);
    if (!parts?.some((p) => p === 'GFP_NOFS' || p === 'GFP_NOIO'))
      return [refusal(TITLE, `the mask '${place.written}' is put together elsewhere`)];
    const rest = parts.filter((p) => p !== 'GFP_NOFS' && p !== 'GFP_NOIO');
    const mask = rest.length === 1 && rest[0] === '__GFP_ACCOUNT' ? 'GFP_KERNEL_ACCOUNT' : ['GFP_KERNEL', ...rest].join(' | ');
    const certain = finding.confidence === 'certain';
    return [
      {
        kind: 'edit',
        title: 'Ask for the memory with GFP_KERNEL: the scope restricts it',
        // Where callers open the scope, a caller that is not seen from here would lose the restriction.
        safety: certain ? 'safe' : 'review',
        edits: place.edits(mask),
        detail: certain
          ? 'The open scope clears the same bits from every mask: the request is the same.'
          : 'The scope that callers open clears the same bits. A caller outside of this tree that opens none would lose the restriction.',
      },
    ];
  },
};
