/**
 * The law of fixes: an edit is offered only when the audit of its result finds less and nothing new. The result is parsed and its
 * functions audited again, with every function that the change reaches, in the tree that the finding was made in.
 */
import type { KernelProfile } from '../catalog/model.js';
import { decodeFacts, encodeFacts, hasBody } from '../facts/codec.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import type { FunctionRef } from '../flow/model.js';
import type { Program } from '../index/program.js';
import { Revision, TooWide } from '../index/revision.js';
import { checkFunction, RULES, type RunOptions } from '../rules/index.js';
import type { Finding, TextEdit } from '../rules/model.js';
import { normaliseFunction } from '../syntax/normalise.js';
import { scanFunctions } from '../syntax/scan.js';
import type { KernelParser } from '../syntax/model.js';
import { objection } from './guards.js';
import { applyEdits } from './verified.js';

/** A tree as it was audited, and how. */
export interface Audited {
  readonly program: Program;
  readonly profile: KernelProfile;
  readonly options: Pick<RunOptions, 'rt' | 'severities'>;
  readonly parser: KernelParser;
  /** A file's facts with another text, where they can be had without reading all of it. */
  facts?(file: string, text: string): FileFacts | undefined;
  /** The text of a file as it was audited; undefined when it cannot be had any more. */
  text(file: string): Promise<string | undefined>;
}

export interface Accepted {
  ok: true;
  /** The tree with the edits made. */
  revision: Revision;
  /** Changed files with their new text. */
  texts: ReadonlyMap<string, string>;
}

export interface Rejected {
  ok: false;
  /** Completes 'is not offered: '. */
  reason: string;
}

/**
 * Makes the edits in memory and audits what they reach. Accepted when each of `findings` is gone, no function has a finding more
 * than before, and nothing parses worse.
 */
export async function tryEdits(audited: Audited, findings: readonly Finding[], edits: readonly TextEdit[]): Promise<Accepted | Rejected> {
  const made = await changedFiles(audited, edits);
  if (typeof made === 'string') return { ok: false, reason: made };
  let revision: Revision;
  try {
    revision = new Revision(audited.program, made.facts);
  } catch (error) {
    if (!(error instanceof TooWide)) throw error;
    return { ok: false, reason: error.message };
  }
  const refs = new Map(revision.affected().map((ref) => [ref.facts, ref]));
  for (const finding of findings) {
    const was = functionOf(audited.program, finding);
    const ref = was && revision.current(was);
    if (ref) refs.set(ref.facts, ref);
  }
  const before = new Tally();
  const after = new Tally();
  for (const ref of refs.values()) {
    const was = revision.twin(ref);
    if (was) before.add(findingsIn(audited.program, was, audited));
    after.add(findingsIn(revision, ref, audited));
  }
  const worse = after.moreThan(before);
  if (worse.length > 0) {
    const [first] = worse;
    return {
      ok: false,
      reason: `the result would have a new finding: ${first!.message} [${first!.ruleId}] in ${first!.function}()`,
    };
  }
  const stays = findings.find((f) => after.count(f) >= before.count(f));
  if (stays) return { ok: false, reason: `the finding would still be there: ${stays.message}` };
  return { ok: true, revision, texts: made.texts };
}

interface Changed {
  facts: FileFacts[];
  texts: Map<string, string>;
}

/** Facts of the files with the edits made, or why they cannot be made. */
async function changedFiles(audited: Audited, edits: readonly TextEdit[]): Promise<Changed | string> {
  const made: Changed = { facts: [], texts: new Map() };
  for (const file of new Set(edits.map((e) => e.file))) {
    const text = await audited.text(file);
    const was = audited.program.tree.file(file);
    if (text === undefined || !was) return `${file} cannot be read as it was audited`;
    const mine = edits.filter((e) => e.file === file);
    const why = objection(text, mine);
    if (why !== undefined) return why;
    const result = applyEdits(text, mine);
    if (result === text) return 'it changes nothing';
    if (!parsesAsWell(text, result, mine, audited.parser)) return 'the result would not parse';
    made.texts.set(file, result);
    made.facts.push(audited.facts?.(file, result) ?? extractFile(file, result, audited.parser));
  }
  return made;
}

/** Whether the functions that edits touch have no error in their trees that was not there before, and none got lost. */
function parsesAsWell(before: string, after: string, edits: readonly TextEdit[], parser: KernelParser): boolean {
  const was = scanFunctions(before).functions;
  const is = scanFunctions(after).functions;
  if (was.length !== is.length || was.some((span, i) => span.name !== is[i]!.name)) return false;
  const damaged = (text: string, span: (typeof was)[number]): boolean => {
    const { text: normalised, base } = normaliseFunction(text, span);
    return parser.parse(normalised, base).damaged(0);
  };
  return was.every((span, i) => {
    const touched = edits.some((e) => e.start <= span.close && span.start <= e.end);
    return !touched || !damaged(after, is[i]!) || damaged(before, span);
  });
}

/** Findings of one function, possible ones included. */
export function findingsIn(program: Program, ref: FunctionRef, { profile, options }: Pick<Audited, 'profile' | 'options'>): Finding[] {
  if (!hasBody(ref.facts) || !program.worthChecking(ref)) return [];
  const reclaimTakes = (lockClass: string): ReturnType<Program['reclaimTakes']> => program.reclaimTakes(lockClass);
  return checkFunction(program.flow(ref), RULES, { profile, ...options, reclaimTakes });
}

/** The function that a finding stands in. */
export function functionOf(program: Program, { at, function: name }: Finding): FunctionRef | undefined {
  const file = program.tree.file(at.file);
  const facts = file?.functions.find((f) => f.name === name && f.line <= at.line && at.line <= f.endLine);
  return file && facts && { file, facts };
}

/** Whether a text still says what `facts` were made from. */
export function saysTheSame(facts: FileFacts, text: string, parser: KernelParser): boolean {
  const plain = (f: FileFacts): string => encodeFacts(decodeFacts(encodeFacts({ ...f, bytes: 0 }))!);
  return plain(extractFile(facts.path, text, parser)) === plain(facts);
}

const RANK = { possible: 0, likely: 1, certain: 2 } as const;

/** Findings counted by function and rule. */
class Tally {
  private readonly by = new Map<string, Finding[]>();

  add(findings: readonly Finding[]): void {
    for (const f of findings) this.by.set(key(f), [...(this.by.get(key(f)) ?? []), f]);
  }

  count(f: Finding): number {
    return this.by.get(key(f))?.length ?? 0;
  }

  /** Findings of which there are more than in `other`, or which are surer than those there. */
  moreThan(other: Tally): Finding[] {
    const atLeast = (list: readonly Finding[], rank: number): number => list.filter((f) => RANK[f.confidence] >= rank).length;
    return [...this.by].flatMap(([k, list]) => {
      const had = other.by.get(k) ?? [];
      return [0, 1, 2].some((rank) => atLeast(list, rank) > atLeast(had, rank)) ? [list[list.length - 1]!] : [];
    });
  }
}

const key = (f: Finding): string => `${f.at.file}\0${f.function}\0${f.ruleId}`;
