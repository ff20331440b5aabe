/** GFP_ATOMIC or GFP_NOWAIT where every known context may sleep: GFP_KERNEL, or less where a scope or the lock asks for less. */
import { maskSite, refusal } from './mask-site.js';
import { sleeping } from './mask-text.js';
import type { Fixer } from './model.js';

const TITLE = 'Ask for the memory with GFP_KERNEL';

export const atomicWhereSleepableFixer: Fixer = {
  rules: ['atomic-where-sleepable'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    if (finding.confidence === 'possible') return [refusal(TITLE, 'whether every context may sleep is not sure')];
    const mask = sleeping(place.written);
    if (mask === undefined) return [refusal(TITLE, `the mask '${place.written}' is put together elsewhere`)];
    return [
      {
        kind: 'edit',
        title: TITLE,
        safety: 'review',
        edits: place.edits(mask),
        detail:
          'The request may sleep and reclaim, leaves the reserve to those who cannot wait, and practically never fails (up to order 3). Make sure that no caller outside of this tree holds a spinlock.',
      },
    ];
  },
};
