/**
 * Audits texts that change: the open files of an editor as one small tree, with headers from disk around them. After an edit the
 * function that was edited is looked at first, by what is known of the others; then, in steps, everything that depends on it. The end
 * is what an audit from scratch gives. Inside, lines are far lines (facts/far-lines.ts); whatever leaves this file has lines of the text.
 */
import type { Catalogue } from '../catalog/lookup.js';
import type { KernelProfile } from '../catalog/model.js';
import { hasBody } from '../facts/codec.js';
import { FarLines } from '../facts/far-lines.js';
import type { FileFacts, FunctionFacts } from '../facts/model.js';
import { LiveFacts } from '../facts/units.js';
import type { EntryContext, FunctionRef } from '../flow/model.js';
import { Program } from '../index/program.js';
import { Tree } from '../index/tree.js';
import type { KernelParser } from '../syntax/model.js';
import { checkOne, type CheckOptions } from './check.js';
import { type Checked, Inspection } from './inspection.js';
import { emptyRecords } from './records.js';
import { SurroundedMemo, type Surroundings } from './surroundings.js';

/** Constructs that are gone and not yet swept, at most, per construct that is there. */
const SWEEP_AT = 4;

export class LiveTree {
  private readonly files = new Map<string, LiveFacts>();
  private readonly far = new FarLines();
  private readonly memo = new SurroundedMemo();
  private around: Surroundings | undefined;
  private headers: readonly FileFacts[] = [];
  private checked = new Map<FunctionFacts, Checked>();
  /** What was linked last; it may be older than the texts. */
  private program: Program | undefined;
  private current = false;
  /** More than graphs of functions has changed since: what the program knows of names and types no longer holds. */
  private shaken = false;
  private last: Inspection | undefined;
  private kept = 0;
  private settled: Program | undefined;
  private settledFor: Inspection | undefined;

  /** The parser stays its owner's. */
  constructor(
    readonly cat: Catalogue,
    readonly profile: KernelProfile,
    readonly options: CheckOptions,
    private readonly parser: KernelParser,
  ) {}

  /** Takes over a file's text; `name` is relative to the tree's base. Returns the functions that are new or other than before. */
  set(name: string, text: string): FunctionFacts[] {
    let file = this.files.get(name);
    if (!file) this.files.set(name, (file = new LiveFacts(name, this.parser, this.far)));
    const { changed, replaced, moved, surroundings } = file.update(text);
    if (surroundings) this.shaken = true;
    if (replaced) this.stale();
    else if (moved) this.last = this.program && this.current ? this.inspection(this.program) : undefined;
    return changed;
  }

  /** Files that are open now. */
  names(): string[] {
    return [...this.files.keys()];
  }

  delete(name: string): void {
    const file = this.files.get(name);
    if (!file) return;
    file.release();
    this.files.delete(name);
    this.shaken = true;
    this.stale();
  }

  /** Headers around the open texts. */
  surround(headers: readonly FileFacts[]): void {
    if (headers.length === this.headers.length && headers.every((h, i) => h === this.headers[i])) return;
    this.headers = headers;
    this.stale();
  }

  /** What an index of the whole tree tells of the open files' surroundings, in place of headers; undefined: there is none. */
  place(around: Surroundings | undefined): void {
    if (this.around === around) return;
    this.around = around;
    this.memo.surround(around);
    this.shaken = true;
    this.stale();
  }

  /** Whether the surroundings come from an index of the whole tree. */
  get placed(): boolean {
    return this.around !== undefined;
  }

  /** What is known of the texts as they are now. */
  inspect(): Inspection {
    const steps = this.inspecting();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** `inspect` in many small steps. To be dropped when a text changes meanwhile: what was done is not lost. */
  *inspecting(): Generator<void, Inspection> {
    if (this.last) return this.last;
    if (!this.current || !this.program) {
      const program = this.programOf([...this.files.values()].map(({ facts }) => facts));
      yield* program.linking();
      this.program = program;
    }
    const checked = yield* this.checking(this.program, (path) => this.files.has(path));
    this.checked = checked;
    this.current = true;
    this.shaken = false;
    this.sweep();
    return (this.last = this.inspection(this.program));
  }

  /**
   * What can be said of a file at once after an edit: `changed` functions are judged by what was known of all others before it, the
   * findings of the others stand as they were. Undefined before the first inspection, and when more than the inside of functions
   * has changed.
   */
  glance(name: string, changed: readonly FunctionFacts[]): Inspection | undefined {
    const { program } = this;
    const file = this.files.get(name);
    if (!program || !file) return undefined;
    if (this.last) return this.last;
    if (this.shaken) return undefined;
    const before = new Map<string, FunctionRef>();
    for (const ref of program.tree.functions) if (ref.file === file.facts) before.set(ref.facts.name, ref);
    const fresh = new Set(changed);
    const checked = new Map<FunctionFacts, Checked>();
    for (const facts of file.facts.functions) {
      if (!hasBody(facts)) continue;
      const one = fresh.has(facts) ? this.check(program, { file: file.facts, facts }, before.get(facts.name)) : this.checked.get(facts);
      if (!one) continue;
      checked.set(facts, one);
      // Until everything is looked at again, the next glance begins from here.
      this.checked.set(facts, one);
    }
    return new Inspection(program, checked, this.far, this.files);
  }

  /**
   * The open files linked anew, on lines of the text, in many small steps: for fixes, which compare facts with texts. Linked without what was kept,
   * and so slower; the same until a text changes, which is when it is to be dropped.
   */
  *settling(): Generator<void, Program> {
    const now = yield* this.inspecting();
    if (this.settled && this.settledFor === now) return this.settled;
    const open = [...this.files.values()].map(({ facts }) => this.far.settleFacts(facts));
    const memo = new SurroundedMemo();
    memo.surround(this.around);
    const program = new Program(new Tree(this.treeOf(open)), this.cat, undefined, memo);
    yield* program.linking();
    this.settledFor = now;
    return (this.settled = program);
  }

  /** Whether what was found is still of the texts as they are. */
  holds(inspection: Inspection): boolean {
    return this.last === inspection;
  }

  /** Facts that an open file would have with another text; undefined for a file that is not open. */
  tried(name: string, text: string): FileFacts | undefined {
    return this.files.get(name)?.tried(text);
  }

  /** Work done and saved by what was kept, since the beginning: for tests and the bench. */
  get count(): { made: number; kept: number } {
    return this.memo.count;
  }

  private stale(): void {
    this.current = false;
    this.last = undefined;
  }

  private programOf(open: readonly FileFacts[]): Program {
    return new Program(new Tree(this.treeOf(open)), this.cat, undefined, this.memo);
  }

  private treeOf(open: readonly FileFacts[]): FileFacts[] {
    const paths = new Set(open.map(({ path }) => path));
    const around = (this.around?.files ?? this.headers).filter((h) => !paths.has(h.path));
    // In the order of names, as a run over a folder has it: which file was opened first must not matter.
    return [...open, ...around].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private *checking(program: Program, wanted: (path: string) => boolean): Generator<void, Map<FunctionFacts, Checked>> {
    const checked = new Map<FunctionFacts, Checked>();
    for (const ref of program.tree.functions) {
      if (!wanted(ref.file.path) || !hasBody(ref.facts) || !program.worthChecking(ref)) continue;
      checked.set(ref.facts, this.check(program, ref));
      yield;
    }
    return checked;
  }

  /** Checks one function, or finds that all that its check rests on is as it was. `as`: who it was when the program was linked. */
  private check(program: Program, ref: FunctionRef, as = ref): Checked {
    const flow = program.flow(ref);
    if (as !== ref) {
      flow.contexts = program.contextsOf(as);
      flow.callersComplete = program.callersComplete(as);
    }
    const rest = JSON.stringify([flow.callersComplete, flow.contexts.map(contextData)]);
    const known = this.checked.get(ref.facts);
    if (
      known &&
      known.flow === flow &&
      known.rest === rest &&
      known.reclaim.every(([of, said]) => said === JSON.stringify(program.reclaimTakes(of)))
    )
      return known;
    const reclaim = new Map<string, string>();
    const reclaimTakes = (lockClass: string): ReturnType<Program['reclaimTakes']> => {
      const answer = program.reclaimTakes(lockClass);
      reclaim.set(lockClass, JSON.stringify(answer));
      return answer;
    };
    const records = emptyRecords();
    const findings = checkOne(flow, { profile: this.profile, gfp: this.cat.gfp, reclaimTakes }, this.options, records);
    return { flow, loops: flow.loops, findings, records, rest, reclaim: [...reclaim] };
  }

  private inspection(program: Program): Inspection {
    return new Inspection(program, this.checked, this.far, this.files);
  }

  private sweep(): void {
    if (this.far.size < this.kept * SWEEP_AT + 1000) return;
    this.far.sweep();
    this.kept = this.far.size;
  }
}

/** A context's own data: what it is made of leads through the whole tree. */
const contextData = ({ held, scopes, nonBlock, task, path, from, begins, why, params, sure, open }: EntryContext): unknown[] => [
  held,
  scopes,
  nonBlock,
  task,
  path,
  from,
  begins,
  why,
  params,
  sure,
  open === true,
];
