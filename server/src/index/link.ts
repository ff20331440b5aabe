/** Bottom-up linking: every function's summary, callees before callers, from the facts of a whole tree. */
import type { SleeperEntry } from '../catalog/model.js';
import type { Expr, FileFacts, FunctionFacts, PlainArgument } from '../facts/model.js';
import { calledNames, hasBody } from '../facts/codec.js';
import { NORETURN, STOPS } from '../facts/names.js';
import type { CallEffects, CallPoint, ChainStep, FunctionRef, SleepWitness } from '../flow/model.js';
import { analyseFunction, type Analysis } from '../flow/analyse.js';
import { isQuestion } from '../flow/asked.js';
import { bindPlain } from '../flow/bind.js';
import { answers } from '../flow/commands.js';
import { isMappedIn } from '../flow/effects.js';
import type { FlowCatalogue, Knowledge, NetEffect } from '../flow/knowledge.js';
import type { FieldGuard, SleepChain } from '../flow/model.js';
import { chainOf, isRestrained, summarise, type Summary } from './summary.js';
import type { Beyond } from './memo.js';
import type { Tree } from './tree.js';
import { Way } from './way.js';

const NOTHING: Summary = { net: [], sleeps: [] };

/** A callee's way to sleep. Its path is written out when a finding asks for it: most witnesses are never shown. */
class ChainWitness implements SleepWitness {
  readonly kind: SleepWitness['kind'];
  readonly api: string;
  readonly why: string;
  readonly when: SleepWitness['when'];
  readonly drops: SleepWitness['drops'];

  constructor(
    readonly tail: SleepChain,
    readonly sure: boolean,
  ) {
    this.kind = tail.kind;
    this.api = tail.api;
    this.why = tail.why;
    this.when = tail.when;
    this.drops = tail.drops;
  }

  get path(): ChainStep[] {
    return chainOf(this.tail);
  }
}

/** What the name of a called function says where no arguments are known. */
interface Said {
  /** After it nothing is sure. */
  unsure: boolean;
  never: boolean;
  sleeper: SleeperEntry | undefined;
}

export class Linker implements Knowledge {
  private readonly summaries = new Map<FunctionRef['facts'], Summary>();
  /** By the one function called, or by the places of several; null: nothing is known. */
  private readonly effectCache = new Map<string | FunctionFacts, CallEffects | null>();
  private readonly ofOperations = new Map<SleepChain, CallEffects>();

  constructor(
    readonly tree: Tree,
    readonly cat: FlowCatalogue,
    readonly indirect: (target: Expr, from: FunctionRef) => readonly FunctionRef[] = () => [],
    /** Knows the functions that this one has not summarised itself. */
    private readonly base?: Linker,
    private readonly beyond?: Beyond,
    /** What a call through an operation does that more functions implement than `indirect` tells. */
    private readonly operation: (target: Expr, from: FunctionRef) => SleepChain | undefined = () => undefined,
  ) {}

  constant = (name: string, file: FileFacts): Expr | undefined => this.tree.constant(name, file)?.value;
  fieldType = (struct: string, field: string): string | undefined => this.tree.fieldType(struct, field);
  returns = (fn: string, file: FileFacts): string | undefined => this.tree.returns(fn, file);
  global = (name: string, file: FileFacts) => this.tree.global(name, file);
  gfpParameter = (fn: string, file: FileFacts): number | undefined => this.tree.gfpParameter(fn, file);
  parameters = (fn: string, file: FileFacts): number | undefined => this.tree.parameters(fn, file);

  /** Summaries of every function that a call can mean. Definitions without a body do nothing themselves. */
  private targets(fn: string, file: FileFacts): readonly FunctionRef[] {
    return this.tree.resolve(fn, file);
  }

  net = (fn: string, file: FileFacts): readonly NetEffect[] | undefined => {
    // Of several configurations that one which does most: a lock and its unlock are then of the same.
    let most: readonly NetEffect[] | undefined;
    for (const r of this.targets(fn, file)) {
      const net = this.summaryOf(r.facts)?.net;
      if (net?.length && (!most || weight(net) > weight(most))) most = net;
    }
    return most;
  };

  effects = (fn: Expr, file: FileFacts, caller: FunctionFacts): CallEffects | undefined => {
    // What the kernel does once it has stopped is no sleep of whoever finds that it must.
    if (typeof fn === 'string' && (this.cat.neverSleeps(fn) || STOPS.has(fn))) return undefined;
    const targets = typeof fn === 'string' ? inBuildOf(caller, this.targets(fn, file)) : this.indirect(fn, { file, facts: caller });
    if (!targets.length) return typeof fn === 'string' ? undefined : this.operationEffects(fn, { file, facts: caller });
    const single = targets.length === 1 ? targets[0]!.facts : undefined;
    const key = single ?? targets.map((t) => `${t.file.path}:${t.facts.line}`).join();
    const cached = this.effectCache.get(key);
    if (cached !== undefined) return cached ?? undefined;
    const sleeps: SleepWitness[] = [];
    for (const target of targets) {
      for (const s of this.summaryOf(target.facts)?.sleeps ?? []) {
        const only = targets.length === 1 || (typeof fn === 'string' && isOnly(target, targets));
        sleeps.push(new ChainWitness(s, s.sure && only));
      }
    }
    const effects = sleeps.length ? { sleeps } : undefined;
    this.effectCache.set(key, effects ?? null);
    return effects;
  };

  private operationEffects(fn: Expr, from: FunctionRef): CallEffects | undefined {
    const way = this.operation(fn, from);
    if (!way) return undefined;
    let effects = this.ofOperations.get(way);
    if (!effects) this.ofOperations.set(way, (effects = { sleeps: [new ChainWitness(way, way.sure)] }));
    return effects;
  }

  /** What was summarised so far; undefined for a function that was not. */
  summarised(ref: FunctionRef): Summary | undefined {
    return this.summaryOf(ref.facts);
  }

  summary(ref: FunctionRef): Summary {
    return this.summaryOf(ref.facts) ?? NOTHING;
  }

  protected summaryOf(facts: FunctionFacts): Summary | undefined {
    return this.summaries.get(facts) ?? this.base?.summaryOf(facts);
  }

  /** Summarises one function, its callees being summarised already. */
  resummarise(ref: FunctionRef): { analysis?: Analysis; summary: Summary } {
    if (!hasBody(ref.facts)) {
      const summary = this.light(ref);
      this.keep(ref, summary);
      return { summary };
    }
    const analysis = this.analyse(ref);
    const summary = summarise(analysis, (point) => this.failure(point, ref));
    this.keep(ref, summary);
    return { analysis, summary };
  }

  /**
   * Summarises all functions, strongly connected components one after another; inside a cycle two rounds are made, which
   * finds what one turn of the recursion can do. Yields between components: an editor lets others have a turn there.
   * @param first functions that come, with what they call, before all others
   */
  *link(
    each: (ref: FunctionRef, a: Analysis) => void,
    progress?: (done: number, total: number) => void,
    first: Iterable<FunctionRef> = [],
  ): Generator<void, void> {
    const { order, sizes } = bottomUp(this.tree, first);
    let done = 0;
    for (const size of sizes) {
      const component = order.slice(done, done + size);
      const rounds = component.length > 1 ? 2 : 1;
      for (let round = 0; round < rounds; round++) {
        // Inside a cycle the effects seen so far are those of half-finished summaries.
        if (component.length > 1) this.effectCache.clear();
        for (const ref of component) {
          const { analysis } = this.resummarise(ref);
          if (analysis && round === rounds - 1) each(ref, analysis);
        }
      }
      yield;
      done += component.length;
      if (progress && (done & 1023) < component.length) progress(done, this.tree.functions.length);
    }
    // Operations are called in no order: what was asked of them on the way may have been asked too early.
    this.effectCache.clear();
    // Two of three functions do nothing that counts: once all are summarised, no summary says as much.
    if (!this.base)
      for (const [facts, { net, sleeps, enomem }] of this.summaries)
        if (!net.length && !sleeps.length && !enomem) this.summaries.delete(facts);
  }

  /** A new summary makes what was concluded from the old one void. */
  keep(ref: FunctionRef, summary: Summary): void {
    this.summaries.set(ref.facts, this.beyond?.summary(ref.facts, summary) ?? summary);
    if (this.base) this.effectCache.clear();
    else this.effectCache.delete(ref.facts);
  }

  analyse(ref: FunctionRef): Analysis {
    return this.beyond ? this.beyond.analysis(ref, this.cat, this) : analyseFunction(ref, this.cat, this);
  }

  /** Chain to an allocation through a call's callee. */
  private failure(point: CallPoint, ref: FunctionRef): ChainStep[] | undefined {
    if (!point.name) return undefined;
    for (const t of this.targets(point.name, ref.file)) {
      const chain = this.summaryOf(t.facts)?.enomem;
      if (chain) return chain;
    }
    return undefined;
  }

  private readonly names = new Map<string, Said | null>();

  /** What a called name says by itself; null for most. A tree without graphs calls the same names millions of times. */
  private said(name: string): Said | null {
    let said = this.names.get(name);
    if (said === undefined) {
      const unsure = isQuestion(name) || (NORETURN.has(name) && name !== 'BUG');
      const never = STOPS.has(name) || this.cat.neverSleeps(name);
      const sleeper = this.cat.sleeper(name);
      this.names.set(name, (said = unsure || never || sleeper ? { unsure, never, sleeper } : null));
    }
    return said;
  }

  /** A function without a graph: it may do what any of its callees does, without conditions it could know of. */
  private light(ref: FunctionRef): Summary {
    const sleeps: Summary['sleeps'][number][] = [];
    // After "was this the last reference?" or "may I sleep?" nothing is sure (see flow/asked.ts), nor after panic(), which may be the end.
    let unsure = ref.facts.selects === true;
    for (const [name, line, args] of ref.facts.callees ?? []) {
      const said = this.said(name);
      if (said?.unsure) unsure = true;
      if (said?.never) continue;
      const sleeper = said?.sleeper;
      if (sleeper) {
        if (!sleeper.when && sleeps.length < 3 && !sleeps.some((o) => o.depth === 0)) {
          sleeps.push(
            new Way({
              kind: 'wait',
              api: name,
              why: sleeper.why,
              when: [],
              fields: caseOf(ref.facts, name),
              drops: [],
              sure: sleeper.sure && !isMappedIn(sleeper, ref.file.path) && !unsure && !ref.facts.armed?.includes(name),
              depth: 0,
              file: ref.file.path,
              line: ref.facts.line + line,
              function: ref.facts.name,
              what: sleeper.why,
            }),
          );
        }
        continue;
      }
      const targets = inBuildOf(ref.facts, this.targets(name, ref.file));
      for (const target of targets) {
        if (target.facts === ref.facts) continue;
        const only = isOnly(target, targets) && !ref.facts.armed?.includes(name);
        for (const s of this.summaryOf(target.facts)?.sleeps ?? []) {
          if (s.depth > 20 || sleeps.length >= 3) continue;
          const bound = bindPlain(s.when, args ?? [], (constant) => this.constant(constant, ref.file));
          const handed = bound && handedPlainly(s.fields, args ?? []);
          if (!bound || !handed) continue;
          const fields = [...(caseOf(ref.facts, name) ?? []), ...handed];
          const sure = s.sure && bound.sure && only && !unsure;
          if (
            sleeps.some(
              (o) => o.kind === s.kind && o.sure === sure && o.when.length <= bound.when.length && isRestrained(o) === isRestrained(s),
            )
          )
            continue;
          sleeps.push(
            new Way({
              kind: s.kind,
              api: s.api,
              why: s.why,
              when: bound.when,
              fields: fields.length ? fields : undefined,
              drops: s.drops,
              sure,
              depth: s.depth + 1,
              file: ref.file.path,
              line: ref.facts.line + line,
              function: ref.facts.name,
              next: s,
            }),
          );
        }
      }
    }
    return sleeps.length ? { net: NOTHING.net, sleeps: sleeps.slice() } : NOTHING;
  }
}

/** The command under which a function without a graph makes a call, as a guard of what it is given. */
function caseOf({ cases }: FunctionFacts, name: string): FieldGuard[] | undefined {
  const labels = cases?.calls.find(([callee]) => callee === name)?.[1];
  return labels ? [{ index: cases!.index, field: `${cases!.field}==${labels.join('|')}`, is: true }] : undefined;
}

/** What callers of a function without a graph can tell of a callee's guards, by the arguments that say what they are; null when one of these denies a guard. */
function handedPlainly(fields: readonly FieldGuard[] | undefined, args: readonly PlainArgument[]): FieldGuard[] | null {
  const out: FieldGuard[] = [];
  for (const g of fields ?? []) {
    const arg = args[g.index] ?? null;
    if (typeof arg === 'object' && arg) out.push({ ...g, index: arg.own });
    else if (arg !== null && answers(g, arg) === false) return null;
    // Which object is handed on is not kept; wrappers mostly have theirs in the same place.
    else if (/^\w/.test(g.field)) out.push(g);
  }
  return out;
}

/** Of several definitions those that a build with this caller has: `#ifdef A` there, and not `#ifndef A`. */
export function inBuildOf({ arms }: FunctionFacts, targets: readonly FunctionRef[]): readonly FunctionRef[] {
  if (!arms || targets.length < 2) return targets;
  const others = new Set(arms.map((arm) => (arm.startsWith('!') ? arm.slice(1) : `!${arm}`)));
  return targets.filter(({ facts }) => facts.arms?.some((arm) => others.has(arm)) !== true);
}

/** What a function takes and gives back in the fullest of its outcomes. */
const weight = (net: readonly NetEffect[]): number => Math.max(...net.map((n) => n.acquires.length + n.releases.length));

/** Whether a call of a name means this function in every configuration that has one at all. */
const isOnly = (target: FunctionRef, targets: readonly FunctionRef[]): boolean =>
  targets.every((t) => t === target || t.facts.arms?.length || isStub(t.facts)) && !(targets.length > 1 && isDebugging(target.facts));

/** What only a debugging build has, and others a stub for, is mostly not there. */
const isDebugging = ({ arms }: FunctionFacts): boolean => arms?.some((arm) => /DEBUG/.test(arm)) === true;

/** What stands in for a function where a configuration leaves it out; a second function of another file is for another machine. */
const isStub = (facts: FunctionFacts): boolean => !hasBody(facts) && (facts.inline || facts.static || !facts.callees?.length);

/** Names that a function calls directly. */
export function calleesOf({ facts }: FunctionRef): readonly string[] {
  if (facts.calls) return facts.calls;
  return facts.callees?.map(([name]) => name) ?? (facts.body ? calledNames(facts.body) : []);
}

/** Strongly connected components of the call graph, callees first (Tarjan, without recursion): the functions in order, and how many each component takes. */
function bottomUp(tree: Tree, first: Iterable<FunctionRef>): { order: FunctionRef[]; sizes: number[] } {
  const index = new Map<FunctionRef['facts'], number>();
  tree.functions.forEach((r, i) => index.set(r.facts, i));
  const n = tree.functions.length;
  const called = new Array<readonly number[]>(n);
  const successors = (i: number): readonly number[] => {
    const ref = tree.functions[i]!;
    const out: number[] = [];
    for (const name of calleesOf(ref)) for (const t of tree.resolve(name, ref.file)) out.push(index.get(t.facts)!);
    return (called[i] = out.slice());
  };
  const number = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const onStack = new Uint8Array(n);
  const stack: number[] = [];
  const order: FunctionRef[] = [];
  const sizes: number[] = [];
  let counter = 0;
  for (let root = 0; root < n; root++) {
    if (number[root]! >= 0) continue;
    const work: { v: number; next: readonly number[]; i: number }[] = [];
    const enter = (v: number) => {
      number[v] = low[v] = counter++;
      stack.push(v);
      onStack[v] = 1;
      work.push({ v, next: successors(v), i: 0 });
    };
    enter(root);
    while (work.length) {
      const top = work[work.length - 1]!;
      if (top.i < top.next.length) {
        const w = top.next[top.i++]!;
        if (number[w]! < 0) enter(w);
        else if (onStack[w]) low[top.v] = Math.min(low[top.v]!, number[w]!);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent) low[parent.v] = Math.min(low[parent.v]!, low[top.v]!);
      if (low[top.v] === number[top.v]) {
        const first = order.length;
        for (;;) {
          const w = stack.pop()!;
          onStack[w] = 0;
          order.push(tree.functions[w]!);
          if (w === top.v) break;
        }
        sizes.push(order.length - first);
      }
    }
  }
  const early = new Uint8Array(n);
  for (const ref of first) early[index.get(ref.facts)!] = 1;
  return broughtForward(order, sizes, (ref) => index.get(ref.facts)!, called, early);
}

/** The components that some functions need, then the others, both in the order that they had: callees stay before their callers. */
function broughtForward(
  order: readonly FunctionRef[],
  sizes: readonly number[],
  at: (ref: FunctionRef) => number,
  called: readonly (readonly number[])[],
  early: Uint8Array,
): { order: FunctionRef[]; sizes: number[] } {
  const needed = new Uint8Array(sizes.length);
  // Callers first: what they need is marked by the time it is looked at.
  let end = order.length;
  for (let c = sizes.length - 1; c >= 0; c--) {
    const members = order.slice(end - sizes[c]!, end).map(at);
    end -= sizes[c]!;
    if (!members.some((i) => early[i])) continue;
    needed[c] = 1;
    for (const i of members) for (const callee of called[i]!) early[callee] = 1;
  }
  const out = { order: [] as FunctionRef[], sizes: [] as number[] };
  for (const wanted of [1, 0]) {
    let start = 0;
    for (const [c, size] of sizes.entries()) {
      if (needed[c] === wanted) {
        for (let i = start; i < start + size; i++) out.order.push(order[i]!);
        out.sizes.push(size);
      }
      start += size;
    }
  }
  return out;
}
