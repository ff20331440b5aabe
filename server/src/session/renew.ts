/**
 * The result of an audit after a few files have changed, from the result before: what stands in functions that the change reaches, or runs
 * through one of them, is judged anew, the rest is taken over and put where its code is now.
 */
import type { AuditResult } from '../engine.js';
import { hasBody } from '../facts/codec.js';
import type { FunctionFacts } from '../facts/model.js';
import { carriesMask } from '../flow/masks.js';
import type { FunctionRef } from '../flow/model.js';
import type { Moves } from '../index/kept/moves.js';
import type { Program } from '../index/program.js';
import { sameFacts, type Revision } from '../index/revision.js';
import { foundOf } from '../rules/merge.js';
import type { Finding } from '../rules/model.js';
import { checkOne, shownOf, type CheckOptions, type Judge } from './check.js';
import { MovedFindings, stale } from './moved.js';
import { emptyRecords, type Records } from './records.js';

export interface Renewal {
  /** The result before; `echoes` as checkProgram gives them. */
  old: Pick<AuditResult, 'findings' | 'sites' | 'retryLoops' | 'scopes' | 'waits' | 'nonBlock' | 'flagUses'> & {
    echoes: readonly Finding[];
  };
  /** Allocations counted before. */
  sites: number;
  before: Program;
  revision: Revision;
  moves: Moves;
  /** Paths of the files that changed. */
  changed: ReadonlySet<string>;
  /** Files reported on, in order. */
  files: readonly string[];
  judge: Judge;
  options: CheckOptions;
}

const LISTS = ['sites', 'retryLoops', 'scopes', 'waits', 'nonBlock', 'flagUses'] as const;

export function renewed(renewal: Renewal): { findings: Finding[]; echoes: Finding[]; records: Records; sites: number } {
  const { old, revision, before, files, options } = renewal;
  const order = new Map(files.map((file, i) => [file, i]));
  const { reached, kept: findings } = reachedFunctions(renewal, order);
  const byFile = new Map<string, FunctionRef[]>();
  for (const ref of reached.values()) byFile.set(ref.file.path, [...(byFile.get(ref.file.path) ?? []), ref]);

  let { sites } = renewal;
  const gfp = revision.cat.gfp;
  const affected = new Set(revision.affected().map(({ facts }) => facts));
  /** Allocations are counted again only where there can be others than before: to analyse what was takes as long as to judge what is. */
  const counted = new Set<FunctionFacts>();
  for (const ref of reached.values()) {
    const was = revision.twin(ref);
    const worth = was !== undefined && hasBody(was.facts) && before.worthChecking(was);
    if (worth && !affected.has(ref.facts) && revision.worthChecking(ref) && sameFacts(was.facts, ref.facts)) continue;
    counted.add(ref.facts);
    if (worth) sites -= before.flow(was).sites.filter(carriesMask).length;
  }
  const records = emptyRecords();
  for (const list of LISTS) (records[list] as unknown[]) = old[list].filter((record) => !byFile.has(record.file));
  for (const file of [...byFile.keys()].sort((a, b) => order.get(a)! - order.get(b)!)) {
    const kept = LISTS.map((list) => old[list].filter((record) => record.file === file));
    const own = emptyRecords();
    for (const ref of revision.tree.functionsIn(file)) {
      const within = (record: { line: number }): boolean => ref.facts.line <= record.line && record.line <= ref.facts.endLine;
      if (!reached.has(ref.facts)) {
        LISTS.forEach((list, i) => (own[list] as unknown[]).push(...kept[i]!.filter(within)));
        continue;
      }
      if (!hasBody(ref.facts) || !revision.worthChecking(ref)) continue;
      const flow = revision.flow(ref);
      if (counted.has(ref.facts)) sites += flow.sites.filter(carriesMask).length;
      findings.push(...checkOne(flow, { ...renewal.judge, gfp }, options, own));
    }
    for (const list of LISTS) insert(records[list] as { file: string }[], own[list], order);
  }
  return { ...shownOf(findings, options.minConfidence), records, sites };
}

/** Functions of the wanted files whose findings or inventory may be others than before, as they are now, and the findings of all others. */
function reachedFunctions(
  { old, revision, moves, changed, options }: Renewal,
  wanted: ReadonlyMap<string, number>,
): { reached: Map<FunctionFacts, FunctionRef>; kept: Finding[] } {
  const reached = new Map<FunctionFacts, FunctionRef>();
  const take = (ref: FunctionRef): void => {
    if (wanted.has(ref.file.path)) reached.set(ref.facts, ref);
  };
  const at = ({ file, line }: { file: string; line: number }): FunctionRef | undefined => {
    const moved = changed.has(file) ? moves.functionAt(file, line) : undefined;
    return revision.tree
      .functionsIn(file)
      .find(({ facts }) => (changed.has(file) ? facts === moved : facts.line <= line && line <= facts.endLine));
  };
  const same = new Set<FunctionFacts>();
  for (const path of changed) {
    const own = revision.tree.functionsIn(path);
    const twins = own.map((ref) => revision.twin(ref));
    // Names are another function's now, or the inventory's lines have moved.
    const all = options.want !== 'findings' || twins.includes(undefined);
    own.forEach((ref, i) => {
      const was = twins[i];
      if (!all && was && sameFacts(was.facts, ref.facts)) same.add(ref.facts);
      else take(ref);
    });
  }
  revision.affected().forEach(take);
  const movedFindings = new MovedFindings(moves, changed, (facts) => same.has(facts));
  const left: { ref: FunctionRef | undefined; finding: Finding }[] = [];
  for (const f of foundOf(old.findings, old.echoes)) {
    const finding = movedFindings.finding(f);
    // To look a function up is to read its file's facts.
    const ref = finding === stale || changed.has(f.at.file) ? at(f.at) : undefined;
    if (finding !== stale) left.push({ ref, finding });
    else if (ref) take(ref);
  }
  for (const ref of old.sites.filter(mentioning(changed)).map(at)) if (ref) take(ref);
  const byFile = new Map<string, FunctionFacts[]>();
  for (const { file, facts } of reached.values()) byFile.set(file.path, [...(byFile.get(file.path) ?? []), facts]);
  const isReached = ({ file, line }: Finding['at']): boolean =>
    byFile.get(file)?.some((facts) => facts.line <= line && line <= facts.endLine) ?? false;
  return {
    reached,
    kept: left.filter(({ ref, finding }) => !(ref ? reached.has(ref.facts) : isReached(finding.at))).map((l) => l.finding),
  };
}

/** Whether a record names one of the files anywhere, in its words too. What records share is looked at once. */
function mentioning(files: ReadonlySet<string>): (record: object) => boolean {
  const paths = [...files];
  const known = new Map<object, boolean>();
  const mentions = (value: unknown): boolean => {
    if (typeof value === 'string') return paths.some((path) => value.includes(path));
    if (typeof value !== 'object' || value === null) return false;
    let answer = known.get(value);
    if (answer === undefined) known.set(value, (answer = Object.values(value).some(mentions)));
    return answer;
  };
  return mentions;
}

/** Puts one file's records where they belong in a list in the order of files. */
function insert(list: { file: string }[], own: readonly { file: string }[], order: ReadonlyMap<string, number>): void {
  const [first] = own;
  if (!first) return;
  const at = order.get(first.file)!;
  const index = list.findIndex(({ file }) => order.get(file)! > at);
  list.splice(index < 0 ? list.length : index, 0, ...own);
}
