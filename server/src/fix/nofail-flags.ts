/** __GFP_NOFAIL where it cannot keep its promise: the flag goes where the failure is provided for, or what defeats it goes. */
import { handled, maskSite, refusal, type MaskSite } from './mask-site.js';
import { summands, without } from './mask-text.js';
import type { Fixer, Proposal } from './model.js';
import type { Finding } from '../rules/model.js';

const FLAG = '__GFP_NOFAIL';

/** Without direct reclaim: the kernel warns and returns NULL all the same. */
export const nofailNonblockingFixer: Fixer = {
  rules: ['nofail-nonblocking'],
  async propose(finding, flow, world) {
    const title = `Drop ${FLAG}`;
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(title, place)];
    const mask = without(place.written, [FLAG]);
    if (mask === undefined) return [refusal(title, `the flag comes into '${place.written}' elsewhere`)];
    if (!handled(place))
      return [
        refusal(title, 'the code behind it trusts the flag and has no error path'),
        {
          kind: 'advice',
          title: 'Allocate where waiting is allowed',
          detail:
            'No mask that does not wait keeps the promise: make the request before the atomic section with GFP_KERNEL, or give it an error path.',
        },
      ];
    return [
      {
        kind: 'edit',
        title,
        safety: 'safe',
        edits: place.edits(mask),
        detail: 'The request fails as it does now, without the warning; its failure is provided for.',
      },
    ];
  },
};

/** With a flag that says "give up early": one of the two goes. */
export const nofailConflictFixer: Fixer = {
  rules: ['nofail-conflict'],
  async propose(finding, flow, world) {
    const other = String(finding.data['flag']);
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(`Drop ${other}`, place)];
    if (!['__GFP_NORETRY', '__GFP_RETRY_MAYFAIL', '__GFP_THISNODE'].includes(other)) return [zoneOrScope(other)];
    return conflict(finding, place, other);
  },
};

function conflict(_finding: Finding, place: MaskSite, other: string): Proposal[] {
  const [nofail, mayFail] = [without(place.written, [other]), without(place.written, [FLAG])];
  const found: Proposal[] = [];
  if (handled(place) && mayFail !== undefined)
    found.push({
      kind: 'edit',
      title: `Drop ${FLAG}`,
      safety: 'review',
      edits: place.edits(mayFail),
      detail: `The request may fail, as ${other} and the error path behind it expect, in place of looping without an OOM kill.`,
    });
  if (nofail !== undefined)
    found.push({
      kind: 'edit',
      title: `Drop ${other}`,
      safety: 'review',
      edits: place.edits(nofail),
      detail:
        other === '__GFP_THISNODE'
          ? 'The memory may come from any node; the OOM killer can end the wait.'
          : 'The request still never fails; the OOM killer can end the wait now.',
    });
  return found.length ? found : [refusal(`Drop ${other}`, `the flags come into '${place.written}' elsewhere`)];
}

function zoneOrScope(other: string): Proposal {
  return other === 'PF_MEMALLOC'
    ? {
        kind: 'advice',
        title: 'Give the request a failure path, or memory of its own',
        detail:
          'Inside a PF_MEMALLOC scope nothing is reclaimed: a request that must not fail needs memory that was set aside (a mempool), or a path for failure and no __GFP_NOFAIL.',
      }
    : {
        kind: 'advice',
        title: 'Set the memory aside at start',
        detail: `A request for ${other} never calls the OOM killer: what cannot do without such memory allocates it once, when it starts, and handles failure there.`,
      };
}

/** On an interface that does not honour the flag. */
export const nofailUnsupportedFixer: Fixer = {
  rules: ['nofail-unsupported'],
  async propose(finding, flow, world) {
    const title = `Drop ${FLAG}`;
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(title, place)];
    const mask = without(place.written, [FLAG]);
    if (mask === undefined || !summands(place.written)) return [refusal(title, `the flag comes into '${place.written}' elsewhere`)];
    const waits = place.site.apiClass === 'mempool' && place.site.traits?.waits === true;
    if (!waits && !handled(place))
      return [refusal(title, 'the result can be NULL and is used without a check: it needs an error path first')];
    return [
      {
        kind: 'edit',
        title,
        safety: waits ? 'safe' : 'review',
        edits: place.edits(mask),
        detail: waits
          ? 'The pool waits for an element whatever the mask says; without the flag it can use its reserve in place of looping in the page allocator.'
          : 'The request may fail sooner than now; its failure is provided for.',
      },
    ];
  },
};
