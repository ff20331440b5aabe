/** An allocation that may sleep where sleeping is forbidden: before the lock, or with a mask that does not sleep. */
import type { FunctionFlow, Site } from '../flow/model.js';
import type { Finding } from '../rules/model.js';
import { beforeTheLock } from './before-the-lock.js';
import { handled, maskSite, refusal, type MaskSite } from './mask-site.js';
import { notSleeping } from './mask-text.js';
import type { Fixer, Proposal } from './model.js';

const TITLE = 'Ask for the memory without sleeping';

export const sleepInAtomicFixer: Fixer = {
  rules: ['sleep-in-atomic'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [flow.sites.some((s) => at(s, finding)) ? refusal(TITLE, place) : below(finding)];
    return [...(await beforeTheLock(finding, flow, place, world)), ...masks(finding, flow, place)];
  },
};

/** Between non_block_start() and non_block_end() the same mask is asked for, and the reserve is not for such sections. */
export const nonblockFixer: Fixer = {
  rules: ['nonblock-violation'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    const mask = notSleeping(place.written, 'GFP_NOWAIT');
    if (mask === undefined || !handled(place)) return [refusal(TITLE, unfit(place))];
    return [
      {
        kind: 'edit',
        title: 'Ask for the memory with GFP_NOWAIT',
        safety: 'review',
        edits: place.edits(mask),
        detail:
          'The section makes progress without waiting for memory; the request fails as soon as free memory is short. Make sure that the failure path serves those who count on the section.',
      },
    ];
  },
};

function masks(finding: Finding, flow: FunctionFlow, place: MaskSite): Proposal[] {
  const [atomic, nowait] = (['GFP_ATOMIC', 'GFP_NOWAIT'] as const).map((base) => notSleeping(place.written, base));
  if (atomic === undefined || nowait === undefined || !handled(place)) return [refusal(TITLE, unfit(place))];
  if (mayAlsoSleep(flow, place.site))
    return [
      {
        kind: 'advice',
        title: 'Let the callers say how to allocate',
        detail: `Some ways into ${finding.function}() may sleep, others may not: with a gfp_t parameter the ones pass GFP_KERNEL, and ${finding.path[0]?.function ?? 'the others'}() GFP_ATOMIC.`,
      },
    ];
  return [
    {
      kind: 'edit',
      title: 'Ask for the memory with GFP_ATOMIC',
      safety: 'review',
      edits: place.edits(atomic),
      detail:
        'The request no longer sleeps; it may take from the reserve and fails when that is used up. Make sure that the failure path does what the caller needs.',
    },
    {
      kind: 'edit',
      title: 'Ask for the memory with GFP_NOWAIT',
      safety: 'review',
      edits: place.edits(nowait),
      detail:
        'The request no longer sleeps and leaves the reserve alone; it fails as soon as free memory is short. For requests whose failure costs little.',
    },
  ];
}

const at = (site: Site, finding: Finding): boolean => site.at.line === finding.at.line && site.at.column === finding.at.column;

function unfit(place: MaskSite): string {
  if (/__GFP_NOFAIL/.test(place.written)) return 'a request that may not sleep cannot promise success: __GFP_NOFAIL has to go, or the lock';
  if (!handled(place)) return 'a request that may not sleep fails under pressure, and the result is used without a check';
  return `the mask '${place.written}' is put together elsewhere`;
}

/** Known ways in that are no atomic context, while the function itself holds nothing atomic. */
function mayAlsoSleep(flow: FunctionFlow, site: Site): boolean {
  if (site.states.some((s) => s.held.some((h) => h.atomic))) return false;
  return flow.contexts.some((c) => !c.held.some((h) => h.atomic) && !['hardirq', 'softirq', 'nmi'].includes(c.task));
}

/** The call leads to an allocation somewhere below. */
function below(finding: Finding): Proposal {
  const last = finding.path[finding.path.length - 1];
  const first = finding.path[0];
  return {
    kind: 'advice',
    title: 'Allocate before the context begins',
    detail: `The allocation stands ${last ? `in ${last.function}() (${last.file}:${last.line})` : 'in a callee'}: make it before ${first ? `${first.function}() ${first.what} (line ${first.line})` : 'the lock is taken'}, or hand a mask down to it as a gfp_t parameter.`,
  };
}
