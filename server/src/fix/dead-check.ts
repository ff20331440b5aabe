/** Tests of a result that cannot be NULL: they go, with the labels and variables that only they used. */
import { callAt, siteAt } from './call.js';
import { refusal, targetOf } from './mask-site.js';
import type { Fixer } from './model.js';
import { Unfit } from './retry/statements.js';
import { dropTests } from './retry/unloop.js';

const TITLE = 'Drop the error path that is never run';

export const deadCheckFixer: Fixer = {
  rules: ['nofail-null-check', 'mempool-null-check'],
  async propose(finding, flow, world) {
    const site = siteAt(flow.sites, finding);
    const text = await world.text(finding.at.file);
    const found = site && text !== undefined ? callAt(text, site.at, site.name, world.parser) : undefined;
    if (!site || !found) return [refusal(TITLE, 'the call is made by a macro')];
    try {
      const edits = dropTests(found.tree, finding.at.file, { call: found.call, target: targetOf(found.tree, found.call), means: 'null' });
      const sure = finding.confidence === 'certain';
      return [
        {
          kind: 'edit',
          title: TITLE,
          // An unknown size may exceed what the allocator serves at all: then the check is alive.
          safety: sure ? 'safe' : 'review',
          edits,
          detail: sure
            ? 'The request comes back with memory or not at all: what goes is never run.'
            : 'The request comes back with memory or not at all, unless its size exceeds what the allocator serves: make sure that it does not.',
        },
      ];
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return [refusal(TITLE, error.message)];
    }
  },
};
