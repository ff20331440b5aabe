/** What is known of one state of an editor's texts, by place and by function: to be asked before the next change. */
import type { RetryLoopRecord, ScopeRecord, SiteRecord } from '../engine.js';
import type { LockRecord } from '../explain/lock.js';
import { hasBody } from '../facts/codec.js';
import type { FarLines } from '../facts/far-lines.js';
import type { FunctionFacts } from '../facts/model.js';
import type { LiveFacts } from '../facts/units.js';
import type { EntryContext, FunctionFlow, FunctionRef, RetryLoop, Site } from '../flow/model.js';
import type { Program } from '../index/program.js';
import type { Finding } from '../rules/model.js';
import { byPlace } from '../rules/order.js';
import { withoutEchoes } from '../rules/query.js';
import type { Records } from './records.js';
import { underLock } from './under-lock.js';

/** An allocation with its record: masks by path, and the words that reports use. */
export interface LiveSite {
  site: Site;
  record: SiteRecord;
  flow: FunctionFlow;
}

/** What an audit says of one function; lines are far. */
export interface Checked {
  flow: FunctionFlow;
  findings: readonly Finding[];
  records: Records;
  loops: readonly RetryLoop[];
  /** What besides these it rests on: callers and contexts. */
  rest: string;
  /** What it asked of reclaim, by lock class, and was told. */
  reclaim: readonly (readonly [lockClass: string, told: string])[];
}

/** Lines that it is asked by and answers with are those of the text; inside they are far (facts/far-lines.ts). */
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
    return (this.all ??= withoutEchoes(this.far.settle([...this.checked.values()].flatMap(({ findings }) => findings)).sort(byPlace)));
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
