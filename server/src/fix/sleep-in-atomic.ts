/** An allocation that may sleep where sleeping is forbidden: a mask that does not sleep, where the failure is provided for. */
import type { Finding } from '../rules/model.js';
import type { FunctionFlow, Site } from '../flow/model.js';
import { callAt, maskArgument, siteAt } from './call.js';
import { wrapped } from './edit-text.js';
import { notSleeping } from './mask-text.js';
import type { Fixer, FixWorld, Proposal } from './model.js';

const TITLE = 'Ask for the memory without sleeping';

export const sleepInAtomicFixer: Fixer = {
  rules: ['sleep-in-atomic'],
  async propose(finding, flow, world) {
    const site = siteAt(flow.sites, finding);
    const text = await world.text(finding.at.file);
    if (!site || text === undefined) return [elsewhere(finding)];
    const mask = proposeMask(finding, flow, site, text, world);
    return mask;
  },
};

function proposeMask(finding: Finding, flow: FunctionFlow, site: Site, text: string, world: FixWorld): Proposal[] {
  const call = callAt(text, site.at, site.name, world.parser);
  const mask = call && maskArgument(call, site);
  if (!call || mask === undefined)
    return [
      {
        kind: 'refusal',
        title: TITLE,
        reason:
          site.gfpText === '' ? `${site.api}() takes no mask: allocate before the context begins` : 'the mask does not stand in the call',
      },
    ];
  const written = call.tree.text(mask);
  if (/__GFP_NOFAIL/.test(written))
    return [{ kind: 'refusal', title: TITLE, reason: '__GFP_NOFAIL means waiting: a request that may not sleep cannot promise success' }];
  const atomic = notSleeping(written, 'GFP_ATOMIC');
  if (atomic === undefined) return [{ kind: 'refusal', title: TITLE, reason: `the mask '${written}' is put together elsewhere` }];
  if (!handled(site))
    return [
      {
        kind: 'refusal',
        title: TITLE,
        reason: 'a request that may not sleep fails under pressure, and the result is used here without a check',
      },
    ];
  const sleepers = flow.contexts.filter(
    (c) => !c.held.some((h) => h.atomic) && c.task !== 'hardirq' && c.task !== 'softirq' && c.task !== 'nmi',
  );
  const local = site.states.some((s) => s.held.some((h) => h.atomic));
  if (!local && sleepers.length > 0)
    return [
      {
        kind: 'advice',
        title: 'Let the callers say how to allocate',
        detail: `Some callers of ${finding.function}() may sleep, others may not: a gfp_t parameter, GFP_KERNEL from those that may and GFP_ATOMIC from ${why(finding)}, serves both.`,
      },
    ];
  const edit = (with_: string): Proposal & { kind: 'edit' } => ({
    kind: 'edit',
    title: '',
    safety: 'review',
    edits: wrapped(text, [{ file: finding.at.file, start: call.tree.start(mask), end: call.tree.end(mask), text: with_ }]),
    detail: '',
  });
  return [
    {
      ...edit(atomic),
      title: `Ask for the memory with GFP_ATOMIC`,
      detail: `The request no longer sleeps; it may take from the reserve and fails when that is used up. Make sure that the failure path does what the caller needs.`,
    },
    {
      ...edit(notSleeping(written, 'GFP_NOWAIT')!),
      title: `Ask for the memory with GFP_NOWAIT`,
      detail: `The request no longer sleeps and leaves the reserve alone; it fails as soon as free memory is short. For requests whose failure costs little.`,
    },
  ];
}

/** A result that is tested, or handed to a caller who may test it. */
const handled = (site: Site): boolean => site.nullChecked || site.use === 'returned';

const why = (finding: Finding): string => finding.path[0]?.function ?? 'those that may not';

function elsewhere(finding: Finding): Proposal {
  const last = finding.path[finding.path.length - 1];
  return {
    kind: 'advice',
    title: 'Allocate before the context begins',
    detail: `The allocation stands in ${last ? `${last.function}() (${last.file}:${last.line})` : 'a callee'}: make it before ${finding.path[0] ? `${finding.path[0].what} (line ${finding.path[0].line})` : 'the lock is taken'}, or hand the mask down to it as a gfp_t parameter.`,
  };
}
