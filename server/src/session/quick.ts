/**
 * States of a tree that differ in the bodies of functions only: the disk's is linked once, each other is a revision of it, and only
 * functions that the change reaches are checked. A change of anything that a revision does not follow (tables of operations, callbacks,
 * structures, macros, files that come or go, what reclaim takes) is judged by whole audits instead.
 */
import type { AuditOptions, AuditResult } from '../engine.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts, FunctionFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import type { Host } from '../host/host.js';
import type { Overlay } from '../host/overlay.js';
import { hasBody } from '../facts/codec.js';
import type { Program } from '../index/program.js';
import { Revision, TooWide } from '../index/revision.js';
import type { Finding } from '../rules/model.js';
import { byPlace } from '../rules/order.js';
import { withoutEchoes } from '../rules/query.js';
import { createParser } from '../syntax/parser.js';
import { auditTree, type AuditedTree } from './audit.js';
import type { PreparedChange } from './change.js';
import { checkOne } from './check.js';
import { loadConfig } from './config.js';
import { onlyBodies, sameForReclaim } from './only-bodies.js';
import { emptyRecords } from './records.js';

/**
 * Results of all states, with the findings of functions that the change reaches; null when the change is not of this kind.
 * @param host of the disk
 * @param options as for an audit; `root` set or the base a folder of its own
 * @param linked the tree on disk, where somebody holds it linked already
 */
export async function quickStates(
  host: Host,
  base: string,
  { states, disk }: PreparedChange,
  options: AuditOptions,
  linked?: AuditedTree,
): Promise<AuditResult[] | null> {
  const revised = await revisedFacts(host, base, states);
  if (!revised) return null;
  const changed = [...new Set(revised.flatMap((facts) => facts.map(({ path }) => path)))];
  if (changed.length === 0) return null;
  const tree = linked ?? (await auditTree(host, { ...options, paths: changed.map((path) => host.resolve(path, base)) }));
  const { result, program, profile, rt, severities } = tree;
  const revisions = revisionsOf(program, revised);
  if (!revisions) return null;
  const reached = new Map<FunctionFacts, FunctionRef>();
  for (const revision of revisions) {
    for (const ref of revision?.affected() ?? []) {
      const was = revision!.twin(ref);
      if (was) reached.set(was.facts, was);
    }
  }
  const excluded = (await loadConfig(host, base, options.configFile)).excluded;
  const check = (state: Program, refs: Iterable<FunctionRef>): Finding[] => {
    const judge = { profile, gfp: state.cat.gfp, reclaimTakes: (lockClass: string) => state.reclaimTakes(lockClass) };
    const settings = { rt, rules: severities, minConfidence: options.minConfidence, want: 'findings' as const };
    const once = new Map([...refs].map((ref) => [ref.facts, ref]));
    const found = [...once.values()]
      .filter((ref) => hasBody(ref.facts) && !excluded(ref.file.path) && state.worthChecking(ref))
      .flatMap((ref) => checkOne(state.flow(ref), judge, settings, emptyRecords()));
    return withoutEchoes(found.sort(byPlace), options.minConfidence);
  };
  return states.map((_, i) => {
    const revision = i === disk ? null : revisions[i]!;
    const own = changed.flatMap((path) => (revision ?? program).tree.functionsIn(path));
    // Files that this state has as the disk has them are not the revision's own.
    const rest = revision ? changed.flatMap((path) => program.tree.functionsIn(path)) : [];
    const others = [...reached.values(), ...rest].flatMap((was) => (revision ? (revision.current(was) ?? []) : [was]));
    return { ...result, findings: check(revision ?? program, [...own, ...others]) };
  });
}

/** Files that are no C and steer an audit all the same. */
const STEERING = /(?:^|[/\\])(?:Makefile|Kconfig|\.config|gfp-audit\.json)$/;

/** Facts of the files that each state has otherwise than the disk; null where a change goes beyond bodies of functions. */
async function revisedFacts(host: Host, base: string, states: readonly Overlay[]): Promise<FileFacts[][] | null> {
  const parser = await createParser();
  try {
    const onDisk = new Map<string, FileFacts>();
    const out: FileFacts[][] = [];
    for (const state of states) {
      const facts: FileFacts[] = [];
      for (const [path, bytes] of state) {
        if (STEERING.test(path)) return null;
        if (!/\.[ch]$/.test(path)) continue;
        if (bytes === null || (await host.stat(path)).kind !== 'file') return null;
        const name = host.relative(base, path);
        const was = onDisk.get(path) ?? extractFile(name, await host.readBytes(path), parser);
        onDisk.set(path, was);
        const is = extractFile(name, bytes, parser);
        if (!onlyBodies(was, is)) return null;
        facts.push(is);
      }
      out.push(facts);
    }
    return out;
  } finally {
    parser.dispose();
  }
}

function revisionsOf(program: Program, revised: readonly FileFacts[][]): (Revision | null)[] | null {
  try {
    const revisions = revised.map((facts) => (facts.length === 0 ? null : new Revision(program, facts, true)));
    // What reclaim takes is known of the tree on disk: a change below reclaim may change it.
    const below = (state: Program, ref: FunctionRef): boolean => state.contextsOf(ref).some((c) => c.task === 'reclaim');
    const changes = (revision: Revision, ref: FunctionRef): boolean => {
      const was = revision.twin(ref);
      if (!below(revision, ref) && !(was && below(program, was))) return false;
      return !was || !sameForReclaim(program, was, revision, ref);
    };
    if (revisions.some((r) => r?.affected().some((ref) => changes(r, ref)))) return null;
    return revisions;
  } catch (error) {
    if (error instanceof TooWide) return null;
    throw error;
  }
}
