/**
 * What the allocator model adds to a finding: one clause in its message, its severity, its data. The rules say what is
 * wrong with the code; only here is said what this kernel's allocator would do with the request, in numbers.
 */
import { isSite } from '../flow/sites.js';
import { GFP, type SiteVerdict } from '../../../simulator/src/index.js';
import type { FunctionFlow, MaskValue, Site } from '../flow/model.js';
import type { Finding } from '../rules/model.js';
import { simulationData, type Simulate } from './simulation.js';

interface Told {
  finding: Finding;
  site: Site;
  verdict: SiteVerdict;
  simulate: Simulate;
}

/** The finding with its consequence. `asked`: the user set the severity of its rule, which then stays. */
export function withConsequence(finding: Finding, flow: FunctionFlow, simulate: Simulate, asked: boolean): Finding {
  const site = siteOf(finding, flow);
  const when = about(finding);
  // A mask that an object keeps is not known: nothing is run with what is sure of it.
  const verdict =
    site && !site.traits?.ofObject && (simulate(site, { when }) ?? simulate(site, { when, gfp: MUST_FAIL_NEVER[finding.ruleId] }));
  // The mask as written is part of what makes a finding the same one in another state of the tree.
  const masked =
    site && site.gfpText !== '' && finding.data.gfp === undefined ? { ...finding, data: { ...finding.data, gfp: site.gfpText } } : finding;
  if (!verdict) return masked;
  const told: Told = { finding, site, verdict, simulate };
  const clause = CLAUSES[finding.ruleId]?.(told);
  const severity = asked ? undefined : SEVERITY[finding.ruleId]?.(told);
  return {
    ...finding,
    ...(severity && { severity }),
    message: clause === undefined ? finding.message : joined(finding.message, clause),
    data: { ...masked.data, simulation: simulationData(verdict) },
  };
}

/** A retry loop's finding stands at the loop; every other at its call. */
export function siteOf({ at }: Finding, flow: FunctionFlow): Site | undefined {
  const here = (p: { line: number; column: number }): boolean => p.line === at.line && p.column === at.column;
  const loop = flow.loops.find((l) => here(l.at));
  if (loop) return isSite(loop.site) ? loop.site : undefined;
  return flow.sites.find((s) => here(s.at));
}

/** Paths may bring several masks to a call: the ones that the finding is about. */
function about({ ruleId, data }: Finding): ((mask: MaskValue) => boolean) | undefined {
  if (ruleId === 'nofail-conflict') {
    const flag = Object.entries(GFP).find(([name]) => name === data.flag)?.[1] ?? 0;
    return (m) => (m.must & GFP.__GFP_NOFAIL) !== 0 && (m.must & flag) === flag;
  }
  if (ruleId === 'nofail-nonblocking') return (m) => (m.may & GFP.__GFP_NOFAIL) !== 0 && (m.must & GFP.__GFP_DIRECT_RECLAIM) === 0;
  if (ruleId.startsWith('nofail-')) return (m) => (m.must & GFP.__GFP_NOFAIL) !== 0;
  if (ruleId.startsWith('atomic-')) return (m) => (m.may & GFP.__GFP_DIRECT_RECLAIM) === 0;
  if (ruleId === 'sleep-in-atomic' || ruleId === 'reclaim-recursion') return (m) => (m.may & GFP.__GFP_DIRECT_RECLAIM) !== 0;
  return undefined;
}

/** Rules about one branch of a mask: the branch they mean. */
const MUST_FAIL_NEVER: Readonly<Record<string, (mask: MaskValue) => number>> = {
  'nofail-nonblocking': (mask) => mask.must | GFP.__GFP_NOFAIL,
};

/** Ends a message's last sentence with one more clause. */
function joined(message: string, clause: string): string {
  const open = message.replace(/\.$/, '');
  return `${open}${/\b(?:Convertible|above one page\))$/.test(open) ? ':' : ';'} ${clause}.`;
}

/** '37.5% of the min watermark', 'the min watermark', 'the last free page' */
function level(v: SiteVerdict): string {
  return v.reserveFloor >= 1
    ? 'the min watermark'
    : v.reserveFloor === 0
      ? 'the last free page'
      : `${percent(v.reserveFloor)} of the min watermark`;
}
const percent = (part: number): string => `${Math.round(part * 1000) / 10}%`;
const share = (part: number): string => (part >= 1 ? 'all' : percent(part));

/** What a request that does not give up does to the rest of the machine: completes 'it may ...'. */
function toll(v: SiteVerdict): string | undefined {
  const parts = [
    ...(v.oomKill ? ['have a process killed'] : []),
    ...(v.reserveFloor === 0
      ? ['take the last free page']
      : v.takesFromAtomic > 0
        ? [`take ${share(v.takesFromAtomic)} of the reserve that GFP_ATOMIC lives on`]
        : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}
const may = (subject: string, v: SiteVerdict): string | undefined => {
  const what = toll(v);
  return what && `${subject} ${what}`;
};

/** By rule: a clause that its message leaves open; undefined where the message has said it all. */
const CLAUSES: Readonly<Record<string, (told: Told) => string | undefined>> = {
  'nofail-nonblocking': ({ verdict }) => (verdict.mayFail ? `it does so when ${verdict.failsWhen.join(', or when ')}` : undefined),
  // A PF_MEMALLOC request's reserve is told by the rule.
  'nofail-conflict': ({ finding, verdict }) => (finding.data.flag === 'PF_MEMALLOC' ? undefined : may('before that it may', verdict)),
  'nofail-high-order': ({ verdict }) => may('on the way it may', verdict),
  'nofail-unsupported': ({ site, verdict }) =>
    site.apiClass === 'kvmalloc' || site.apiClass === 'mempool' ? may('on the way it may', verdict) : undefined,
  'nofail-null-check': ({ verdict }) => (verdict.mayFail ? undefined : may('sooner than fail it may', verdict)),
  'atomic-failure-fatal': ({ verdict }) => (verdict.mayFail ? `that is at ${level(verdict)}` : undefined),
  'atomic-where-sleepable': ({ verdict }) =>
    verdict.takesFromAtomic > 0 ? `it may take ${share(verdict.takesFromAtomic)} of the reserve that interrupts live on` : undefined,
  'kvmalloc-flags': ({ site, verdict, simulate }) => {
    if (site.apiClass !== 'kvmalloc') return undefined;
    if (site.order !== null) return `these ${2 ** site.order} pages ${inFragments(verdict)}`;
    const [small, large] = [2, 4].map((order) => simulate(site, { order })).map((v) => v && inFragments(v));
    if (small === large) return undefined;
    return `4 pages ${String(small)}, 16 pages ${String(large)}`;
  },
  'open-coded-retry': retryClause,
};

function inFragments(v: SiteVerdict): string {
  const result = v.states.find((s) => s.state === 'fragmented')?.result;
  return result === 'loops' ? 'keep trying' : result === 'null' ? 'end in NULL' : 'are served';
}

/** Both sides in numbers: where the request inside the loop stops getting pages, and where __GFP_NOFAIL would. */
function retryClause({ finding, site, verdict, simulate }: Told): string | undefined {
  if (finding.data.verdict === 'bounded' || finding.data.verdict === 'clever' || site.apiClass === 'mempool') return undefined;
  const { reasons } = finding.data;
  // Another request of the same round may be one that reclaims.
  if (!verdict.maySleep && Array.isArray(reasons) && reasons.includes('repeats-more')) return undefined;
  if (!verdict.maySleep) return verdict.mayFail ? `the spinning starts at ${level(verdict)}` : undefined;
  const nofail = simulate(site, { gfp: (mask) => mask.must | GFP.__GFP_NOFAIL });
  if (!nofail || nofail.mayFail || nofail.reserveFloor >= verdict.reserveFloor) return undefined;
  const onlyVictims = verdict.loops && !verdict.states.some((s) => s.result === 'null');
  const floor = (v: SiteVerdict): string => `${percent(v.reserveFloor)} of the min watermark`;
  return `the request gets no page below ${floor(verdict)}${onlyVictims ? ' and returns NULL only to a victim of the OOM killer' : ''}, __GFP_NOFAIL goes on to ${percent(nofail.reserveFloor)}`;
}

/** By rule: a severity other than the rule's own. */
const SEVERITY: Readonly<Record<string, (told: Told) => Finding['severity'] | undefined>> = {
  // No warning from this kernel, and the OOM killer still ends the wait: advice, not a fault.
  'nofail-high-order': ({ verdict }) =>
    verdict.warns.some((w) => w === 'nofail-order' || w === 'nofail-costly') || verdict.reserveFloor > 0 ? undefined : 'note',
};
