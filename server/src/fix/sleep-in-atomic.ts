/** An allocation that may sleep where sleeping is forbidden: before the lock, or with a mask that does not sleep. */
import type { FunctionFlow, Site } from '../flow/model.js';
import type { Finding } from '../rules/model.js';
import { beforeTheLock } from './before-the-lock.js';
import { handled, maskSite, refusal, type MaskSite } from './mask-site.js';
import { notSleeping } from './mask-text.js';
import type { Fixer, FixWorld, Proposal } from './model.js';

const TITLE = 'Ask for the memory without sleeping';

export const sleepInAtomicFixer: Fixer = {
  rules: ['sleep-in-atomic'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [flow.sites.some((s) => at(s, finding)) ? refusal(TITLE, place) : below(finding)];
    return [...(await beforeTheLock(finding, flow, place, world)), ...masks(finding, flow, place, world)];
  },
};

/** Between non_block_start() and non_block_end() the same mask is asked for, and the reserve is not for such sections. */
export const nonblockFixer: Fixer = {
  rules: ['nonblock-violation'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    if (finding.confidence === 'possible') return [unsure];
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

/** A mask that may fail sooner is no price for a finding that only some paths could have. */
const unsure: Proposal = {
  kind: 'advice',
  title: 'Make sure whether this place may sleep',
  detail:
    'The finding holds on some paths only, if at all. Where it does, GFP_ATOMIC or GFP_NOWAIT with a failure path, or memory from before the lock, mends it.',
};

function masks(finding: Finding, flow: FunctionFlow, place: MaskSite, world: FixWorld): Proposal[] {
  if (finding.confidence === 'possible') return [unsure];
  const [atomic, nowait] = (['GFP_ATOMIC', 'GFP_NOWAIT'] as const).map((base) => notSleeping(place.written, base));
  if (atomic === undefined || nowait === undefined || !handled(place)) return [refusal(TITLE, unfit(place))];
  if (mayAlsoSleep(flow, place.site, world))
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

/**
 * Known ways in that are no atomic context, while the function itself holds nothing atomic. Callers that hold nothing make no context: they
 * are asked for one by one.
 */
function mayAlsoSleep(flow: FunctionFlow, site: Site, { program }: FixWorld): boolean {
  if (site.states.some((s) => s.held.some((h) => h.atomic))) return false;
  const atomic = (held: readonly { atomic: boolean }[]): boolean => held.some((h) => h.atomic);
  const sleeps = (c: FunctionFlow['contexts'][number]): boolean => !atomic(c.held) && !['hardirq', 'softirq', 'nmi'].includes(c.task);
  if (flow.contexts.some(sleeps)) return true;
  const { facts } = flow.ref;
  return program.callersOf(new Set([facts])).some((caller) => {
    const contexts = program.contextsOf(caller);
    // Entered in atomic contexts alone, as far as is known: then its calls are no way to sleep.
    if (contexts.length > 0 && !contexts.some(sleeps)) return false;
    return program.edgesFrom(caller).some((edge) => edge.target.facts === facts && edge.variants.some((v) => !atomic(v.held)));
  });
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
