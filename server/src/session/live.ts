/**
 * Audits texts that change: the open files of an editor as one small tree, with headers from disk around them. After an edit the
 * function that was edited is looked at first, by what is known of the others; then, in steps, everything that depends on it. The end
 * is what an audit from scratch gives. Inside, lines are far lines (facts/far-lines.ts); whatever leaves this file has lines of the text.
 */
import type { Catalogue } from '../catalog/lookup.js';
import type { KernelProfile } from '../catalog/model.js';
import type { RetryLoopRecord, ScopeRecord, SiteRecord } from '../engine.js';
import type { LockRecord } from '../explain/lock.js';
import { hasBody } from '../facts/codec.js';
import { FarLines } from '../facts/far-lines.js';
import type { FileFacts, FunctionFacts } from '../facts/model.js';
import { LiveFacts } from '../facts/units.js';
import type { EntryContext, FunctionFlow, FunctionRef, RetryLoop, Site } from '../flow/model.js';
import { Program } from '../index/program.js';
import { Tree } from '../index/tree.js';
import type { Finding } from '../rules/model.js';
import { withoutEchoes } from '../rules/query.js';
import type { KernelParser } from '../syntax/model.js';
import { checkOne, inOrder, type CheckOptions } from './check.js';
import { emptyRecords, type Records } from './records.js';
import { underLock } from './under-lock.js';
import { SurroundedMemo, type Surroundings } from './surroundings.js';

/** An allocation with its record: masks by path, and the words that reports use. */
export interface LiveSite {
  site: Site;
  record: SiteRecord;
  flow: FunctionFlow;
}

/** What an audit says of one function; lines are far. */
interface Checked {
  flow: FunctionFlow;
  findings: readonly Finding[];
  records: Records;
  loops: readonly RetryLoop[];
  /** What besides these it rests on: callers and contexts. */
  rest: string;
  /** What it asked of reclaim, by lock class, and was told. */
  reclaim: readonly (readonly [lockClass: string, told: string])[];
}

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
   * The open files linked anew, on lines of the text: for fixes, which compare facts with texts. Linked without what was kept, and so
   * slower; the same until a text changes.
   */
  settledProgram(): Program {
    const steps = this.settling();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** `settledProgram` in many small steps, of the texts as they are at the first: to be dropped when one changes meanwhile. */
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

/** Findings and inventory of one state of the texts: to be asked before the next change. */
export class Inspection {
  private all: readonly Finding[] | undefined;

  constructor(
    private readonly program: Program,
    private readonly checked: ReadonlyMap<FunctionFacts, Checked>,
    private readonly far: FarLines,
    private readonly files: ReadonlyMap<string, LiveFacts>,
  ) {}

  /** In order of place. */
  get findings(): readonly Finding[] {
    return (this.all ??= withoutEchoes(inOrder(this.far.settle([...this.checked.values()].flatMap(({ findings }) => findings)))));
  }

  findingsIn(file: string): Finding[] {
    return this.findings.filter(({ at }) => at.file === file);
  }

  /** The innermost allocation call around a place; line and column count from 1. */
  siteAt(file: string, line: number, column: number): LiveSite | undefined {
    const far = this.files.get(file)?.farLine(line) ?? 0;
    let best: LiveSite | undefined;
    for (const { flow, records } of this.at(file, line)) {
      for (const site of flow.sites) {
        const { at } = site;
        const within =
          (at.line < far || (at.line === far && at.column <= column)) &&
          (far < at.endLine || (far === at.endLine && column <= at.endColumn));
        const before = best?.site.at;
        if (!within || (before && (before.line > at.line || (before.line === at.line && before.column > at.column)))) continue;
        const record = records.sites.find((r) => r.line === at.line && r.column === at.column);
        if (record) best = { site, record, flow };
      }
    }
    return best && { ...best, record: this.far.settle(best.record) };
  }

  scopesAt(file: string, line: number): ScopeRecord[] {
    return this.at(file, line).flatMap(({ records }) => this.far.settle(records.scopes).filter((s) => s.line === line));
  }

  /** The lock that the call beginning at a place takes, and what happens under it. */
  lockAt(file: string, line: number, column: number): LockRecord | undefined {
    const ref = this.functionAt(file, line);
    if (!ref || !hasBody(ref.facts)) return undefined;
    const checked = this.checked.get(ref.facts);
    const far = this.files.get(file)?.farLine(line) ?? 0;
    const reclaimTakes = (lockClass: string): ReturnType<Program['reclaimTakes']> => this.program.reclaimTakes(lockClass);
    return this.far.settle(underLock(checked?.flow ?? this.program.flow(ref), far, column, checked?.records.sites ?? [], reclaimTakes));
  }

  loopsAt(file: string, line: number): RetryLoopRecord[] {
    return this.at(file, line).flatMap(({ records }) =>
      this.far.settle(records.retryLoops).filter((l) => l.line <= line && line <= l.endLine),
    );
  }

  /** Retry loops as the flow analysis has them, with the function they stand in. */
  retriesAt(file: string, from: number, to: number): { loop: RetryLoop; flow: FunctionFlow }[] {
    return this.at(file, from, to).flatMap(({ flow }) =>
      flow.loops
        .map((loop) => this.far.settle(loop))
        .filter(({ at }) => at.line <= to && from <= at.endLine)
        .map((loop) => ({ loop, flow })),
    );
  }

  /**
   * What forbids sleeping at a place, in words; undefined where nothing is known to. Within a call it is what stands when the call is
   * made, elsewhere what stands at the next one.
   */
  atomicAt(file: string, line: number, column: number): string | undefined {
    const ref = this.functionAt(file, line);
    const far = this.files.get(file)?.farLine(line) ?? 0;
    if (!ref || !hasBody(ref.facts)) return undefined;
    const flow = this.checked.get(ref.facts)?.flow ?? this.program.flow(ref);
    const after = (at: { endLine: number; endColumn: number }): boolean =>
      at.endLine > far || (at.endLine === far && at.endColumn >= column);
    const calls = flow.calls.filter((call) => after(call.at) && call.states.length > 0);
    const begun = calls.filter(({ at }) => at.line < far || (at.line === far && at.column <= column));
    const call = begun[begun.length - 1] ?? calls[0];
    if (call?.states.every((state) => state.held.some((h) => h.atomic))) {
      const held = call.states[0]!.held.find((h) => h.atomic)!;
      return `${held.class || held.kind} is held`;
    }
    const contexts = flow.contexts.filter((c) => c.sure);
    const [first] = contexts;
    const forbids = (c: EntryContext): boolean => c.nonBlock || c.held.some((h) => h.atomic);
    return first && this.callersComplete(ref) && contexts.length === flow.contexts.length && contexts.every(forbids)
      ? first.why
      : undefined;
  }

  /** The function whose lines hold a line. */
  functionAt(file: string, line: number): FunctionRef | undefined {
    return this.functionsIn(file).find(({ facts }) => {
      const first = this.far.near(facts.line);
      return first <= line && line <= first + facts.endLine - facts.line;
    });
  }

  /** Functions of an open file, in order, as they were linked. */
  functionsIn(file: string): FunctionRef[] {
    return this.program.tree.functions.filter((ref) => ref.file.path === file && this.checkedOrBody(ref));
  }

  functionsNamed(name: string): readonly FunctionRef[] {
    return this.program.tree.named(name);
  }

  /** Contexts in which a function is entered, on lines of the text. */
  contextsOf(ref: FunctionRef): EntryContext[] {
    return this.program.contextsOf(ref).map((context) => {
      const { held, scopes, nonBlock, task, path, from, begins, why, params, sure } = context;
      return this.far.settle({ held, scopes, nonBlock, task, path, from, ...(begins ? { begins } : {}), why, params, sure });
    });
  }

  /** Functions that call one, each with the line of its call and what is held there. */
  callersOf(ref: FunctionRef): { caller: FunctionRef; line: number; held: string[]; several: boolean }[] {
    return this.program.callersOf(new Set([ref.facts])).flatMap((caller) =>
      this.program
        .edgesFrom(caller)
        .filter((edge) => edge.target.facts === ref.facts)
        .map((edge) => ({
          caller,
          line: this.far.near(edge.line),
          held: [
            ...new Set(edge.variants.flatMap((v) => [...v.held.map((h) => h.class || h.kind), ...v.scopes.map((o) => `${o.kind} scope`)])),
          ],
          several: edge.several,
        })),
    );
  }

  /** Functions of the tree that one calls, each with the line of the call. */
  calleesOf(ref: FunctionRef): { callee: FunctionRef; line: number }[] {
    return this.program.edgesFrom(ref).map((edge) => ({ callee: edge.target, line: this.far.near(edge.line) }));
  }

  /** The allocations of a function, on lines of the text. */
  sitesOf(ref: FunctionRef): SiteRecord[] {
    return this.far.settle(this.checked.get(ref.facts)?.records.sites ?? []);
  }

  /** Whether every caller of a function is known. */
  callersComplete(ref: FunctionRef): boolean {
    return this.program.callersComplete(ref);
  }

  /** First and last line of a function. */
  linesOf({ facts }: FunctionRef): { first: number; last: number } {
    const first = this.far.near(facts.line);
    return { first, last: first + facts.endLine - facts.line };
  }

  private checkedOrBody({ facts }: FunctionRef): boolean {
    return !facts.macro || this.checked.has(facts);
  }

  /** Functions whose lines meet a range, as they were checked. */
  private at(file: string, from: number, to = from): Checked[] {
    const out: Checked[] = [];
    for (const facts of this.files.get(file)?.facts.functions ?? []) {
      const line = this.far.near(facts.line);
      const checked = line <= to && from <= line + facts.endLine - facts.line ? this.checked.get(facts) : undefined;
      if (checked) out.push(checked);
    }
    return out;
  }
}
