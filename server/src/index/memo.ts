/**
 * Linking again after an edit: an analysis is used again when its function is the same and everything it had asked of the rest of the
 * tree is answered as it was. What comes out is what linking anew would give; only the work is less.
 */
import type { FunctionFacts } from '../facts/model.js';
import { analyseFunction, type Analysis } from '../flow/analyse.js';
import type { FlowCatalogue, Knowledge } from '../flow/knowledge.js';
import type { CallEffects, CallPoint, ChainStep, EntryContext, FunctionRef, RetryLoop, SleepChain } from '../flow/model.js';
import type { ReclaimLock } from './reclaim.js';
import type { Summary } from './summary.js';

/** Chain to an allocation whose failure a call hands on; undefined when it cannot fail for want of memory. */
export type CanFail = (call: CallPoint) => { chain: ChainStep[] } | undefined;

/** What a tree does with a function: takes its address, calls it, lets an operation of unknown context lead to it. */
export interface Use {
  addressTaken: boolean;
  called: boolean;
  fromUnknown: boolean;
}

/** What a program knows beyond the files it is given; every part may say nothing. */
export interface Beyond {
  /** The analysis of a function, new or known. */
  analysis(ref: FunctionRef, cat: FlowCatalogue, know: Knowledge): Analysis;
  /** The summary to keep for a function, where linking made `fresh` of it. */
  summary(facts: FunctionFacts, fresh: Summary): Summary;
  /** The retry loops of an analysed function. */
  loops(analysis: Analysis, canFail: CanFail, find: (canFail: CanFail) => RetryLoop[]): RetryLoop[];
  /** Contexts in which functions are entered from files that are not here. */
  entries(functions: readonly FunctionRef[]): Iterable<{ ref: FunctionRef; contexts: readonly EntryContext[] }>;
  /** What files that are not here do with a function. */
  use(ref: FunctionRef): Use | undefined;
  /** Locks that reclaim takes in files that are not here. */
  reclaimTakes(lockClass: string): readonly ReclaimLock[];
}

interface Entry {
  analysis: Analysis;
  questions: readonly Question[];
}

type Question = { [K in keyof Knowledge]: { kind: K; args: Parameters<Knowledge[K]>; answer: ReturnType<Knowledge[K]> } }[keyof Knowledge];

/** A function in a cycle of calls is analysed twice a link, with different answers. */
const KEPT = 2;

export class Memo implements Beyond {
  private readonly entriesOf = new WeakMap<FunctionFacts, Entry[]>();
  private readonly summaries = new WeakMap<FunctionFacts, Summary[]>();
  private readonly loopsOf = new WeakMap<
    Analysis,
    { asked: readonly (readonly [CallPoint, ChainStep[] | undefined])[]; loops: RetryLoop[] }
  >();
  private know!: Knowledge;
  private log: Map<unknown, Question> | undefined;
  /** Analyses made, and used again, since the beginning. */
  readonly count = { made: 0, kept: 0 };

  analysis(ref: FunctionRef, cat: FlowCatalogue, know: Knowledge): Analysis {
    this.know = know;
    const list = this.entriesOf.get(ref.facts) ?? [];
    const known = list.find((entry) => entry.analysis.ref.file === ref.file && entry.questions.every((q) => this.holds(q)));
    if (known) {
      this.count.kept++;
      return known.analysis;
    }
    this.count.made++;
    const log = new Map<unknown, Question>();
    this.log = log;
    try {
      const analysis = analyseFunction(ref, cat, this.asked);
      this.entriesOf.set(ref.facts, [{ analysis, questions: [...log.values()] }, ...list].slice(0, KEPT));
      return analysis;
    } finally {
      this.log = undefined;
    }
  }

  summary(facts: FunctionFacts, fresh: Summary): Summary {
    const list = this.summaries.get(facts) ?? [];
    const known = list.find((old) => sameSummary(old, fresh));
    if (known) return known;
    this.summaries.set(facts, [fresh, ...list].slice(0, KEPT));
    return fresh;
  }

  loops(analysis: Analysis, canFail: CanFail, find: (canFail: CanFail) => RetryLoop[]): RetryLoop[] {
    const known = this.loopsOf.get(analysis);
    if (known?.asked.every(([call, chain]) => canFail(call)?.chain === chain)) return known.loops;
    const asked = new Map<CallPoint, ChainStep[] | undefined>();
    const loops = find((call) => {
      const answer = canFail(call);
      asked.set(call, answer?.chain);
      return answer;
    });
    this.loopsOf.set(analysis, { asked: [...asked], loops });
    return loops;
  }

  entries(_functions: readonly FunctionRef[]): Iterable<{ ref: FunctionRef; contexts: readonly EntryContext[] }> {
    return [];
  }

  use(_ref: FunctionRef): Use | undefined {
    return undefined;
  }

  reclaimTakes(_lockClass: string): readonly ReclaimLock[] {
    return [];
  }

  /** What analyses hold on to: passes questions on to whoever links now, and writes them down while one is made. */
  private readonly asked: Knowledge = {
    constant: (name, file) => this.ask('constant', `c${name}`, [name, file]),
    fieldType: (struct, field) => this.ask('fieldType', `f${struct}.${field}`, [struct, field]),
    returns: (fn, file) => this.ask('returns', `r${fn}`, [fn, file]),
    global: (name, file) => this.ask('global', `g${name}`, [name, file]),
    gfpParameter: (fn, file) => this.ask('gfpParameter', `p${fn}`, [fn, file]),
    parameters: (fn, file) => this.ask('parameters', `a${fn}`, [fn, file]),
    net: (fn, file) => this.ask('net', `n${fn}`, [fn, file]),
    effects: (fn, file, caller) => this.ask('effects', typeof fn === 'string' ? `e${fn}` : fn, [fn, file, caller]),
  };

  /** One analysis asks about one file: its own. So the rest of the arguments tells questions apart. */
  private ask<K extends keyof Knowledge>(kind: K, key: unknown, args: Parameters<Knowledge[K]>): ReturnType<Knowledge[K]> {
    const known = this.log?.get(key);
    if (known) return known.answer as ReturnType<Knowledge[K]>;
    const answer = this.answer(kind, args);
    this.log?.set(key, { kind, args, answer } as Question);
    return answer;
  }

  private answer<K extends keyof Knowledge>(kind: K, args: Parameters<Knowledge[K]>): ReturnType<Knowledge[K]> {
    const answer = this.know[kind] as (...args: Parameters<Knowledge[K]>) => ReturnType<Knowledge[K]>;
    return answer(...args);
  }

  private holds(q: Question): boolean {
    const now = this.answer(q.kind, q.args as never) as unknown;
    if (now === q.answer) return true;
    return q.kind === 'effects' ? sameEffects(now as CallEffects | undefined, q.answer) : sameData(now, q.answer);
  }
}

const sameData = (a: unknown, b: unknown): boolean =>
  typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);

/** Effects as the linker makes them: all that they say stands in the summaries that they lead to. */
function sameEffects(a: CallEffects | undefined, b: CallEffects | undefined): boolean {
  if (!a || !b || a.sleeps.length !== b.sleeps.length) return false;
  return a.sleeps.every((w, i) => w.tail !== undefined && w.sure === b.sleeps[i]!.sure && sameWay(w.tail, b.sleeps[i]!.tail));
}

/** What an operation does is said anew each time the tree is linked. */
const sameWay = (a: SleepChain, b: SleepChain | undefined): boolean =>
  a === b || (a.among !== undefined && a.next === b?.next && JSON.stringify(a.among) === JSON.stringify(b?.among));

function sameSummary(a: Summary, b: Summary): boolean {
  if (a.sleeps.length !== b.sleeps.length || !a.sleeps.every((s, i) => sameChain(s, b.sleeps[i]!))) return false;
  return JSON.stringify([a.net, a.enomem]) === JSON.stringify([b.net, b.enomem]);
}

function sameChain(a: SleepChain, b: SleepChain): boolean {
  if (a.next !== b.next) return false;
  return JSON.stringify({ ...a, next: 0 }) === JSON.stringify({ ...b, next: 0 });
}
