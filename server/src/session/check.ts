/** From a linked program to findings and inventory: the last step of every audit, of files on disk and of open ones. */
import type { Profile } from '../../../simulator/src/index.js';
import type { KernelProfile } from '../catalog/model.js';
import { hasBody } from '../facts/codec.js';
import { carriesMask } from '../flow/masks.js';
import type { FunctionFlow, FunctionRef } from '../flow/model.js';
import type { Program } from '../index/program.js';
import { RULES } from '../rules/index.js';
import type { Confidence, Finding, ReclaimTaking, Severity } from '../rules/model.js';
import { byPlace } from '../rules/order.js';
import { withoutEchoes } from '../rules/query.js';
import { checkFunction } from '../rules/run.js';
import { withConsequence } from './consequence.js';
import { addRecords, emptyRecords, type Records } from './records.js';
import { Shared } from './share.js';
import { verdictOf, type Simulate } from './simulation.js';

const RANK: Record<Confidence, number> = { possible: 0, likely: 1, certain: 2 };

export interface CheckOptions {
  rt: boolean;
  rules: Record<string, Severity>;
  minConfidence: Confidence;
  /** One of the two only, where the other would be thrown away: a whole tree's takes gigabytes. Both when absent. */
  want?: 'findings' | 'inventory';
}

/** Findings and inventory of files, in the order given, over a linked program. */
export function checkProgram(
  program: Program,
  profile: KernelProfile,
  options: CheckOptions,
  files: readonly string[],
  each?: (done: number, total: number) => void,
): { findings: Finding[]; echoes: Finding[]; records: Records; sites: number } {
  let sites = 0;
  const records = emptyRecords();
  const findings: Finding[] = [];
  const shared = new Shared();
  const reclaimTakes = (lockClass: string) => program.reclaimTakes(lockClass);
  const check = (ref: FunctionRef): void => {
    if (!hasBody(ref.facts)) return;
    if (options.want === 'findings' && !program.worthJudging(ref)) {
      sites += program.plainRequests(ref);
      return;
    }
    if (!program.worthChecking(ref)) return;
    const flow = program.flow(ref);
    sites += flow.sites.filter(carriesMask).length;
    const listed = records.sites.length;
    const found = checkOne(flow, { profile, gfp: program.cat.gfp, reclaimTakes }, options, records);
    for (const finding of found) findings.push(shared.finding(finding));
    for (let at = listed; at < records.sites.length; at++) records.sites[at] = shared.site(records.sites[at]!);
  };
  files.forEach((file, i) => {
    if (each && (i & 15) === 0) each(i, files.length);
    program.tree.functionsIn(file).forEach(check);
  });
  return { ...shownOf(findings, options.minConfidence), records, sites };
}

/** What is shown of all that was found, and what is not shown as it was found: together they are all that was found (rules/merge.ts, foundOf). */
export function shownOf(findings: Finding[], least: Confidence): { findings: Finding[]; echoes: Finding[] } {
  const shown = withoutEchoes(findings.sort(byPlace), least);
  const kept = new Set(shown);
  return { findings: shown, echoes: findings.filter((f) => !kept.has(f)) };
}

/** What one function is judged by, besides its flow. */
export interface Judge {
  profile: KernelProfile;
  gfp: Profile;
  reclaimTakes(lockClass: string): readonly ReclaimTaking[];
}

/** Findings in one function; its inventory goes into `records`. */
export function checkOne(flow: FunctionFlow, { profile, gfp, reclaimTakes }: Judge, options: CheckOptions, records: Records): Finding[] {
  const simulate: Simulate = (site, trial) => verdictOf(flow, site, gfp, reclaimTakes, trial);
  if (options.want !== 'findings') addRecords(records, flow, gfp, simulate);
  if (options.want === 'inventory') return [];
  return checkFunction(flow, RULES, { profile, rt: options.rt, severities: options.rules, reclaimTakes })
    .filter((finding) => RANK[finding.confidence] >= RANK[options.minConfidence])
    .map((finding) => withConsequence(finding, flow, simulate, options.rules[finding.ruleId] !== undefined));
}
