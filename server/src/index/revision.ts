/**
 * A linked program in which a few files have another text, without linking the whole tree again. Summaries go up to the callers
 * as far as they differ; contexts go down as far as the calls differ. What the new text registers as a callback is not followed:
 * a function keeps the contexts that its name had.
 */
import type { Body, FileFacts, FunctionFacts } from '../facts/model.js';
import type { EntryContext, FunctionRef, SleepChain } from '../flow/model.js';
import { begun, hopsOf, pass } from './brought.js';
import { MAX_CONTEXTS, MAX_DEPTH, signature } from './contexts.js';
import type { CallEdge } from './edges.js';
import { calleesOf } from './link.js';
import type { Use } from './memo.js';
import type { OperationWay } from './operation.js';
import { Program } from './program.js';
import type { ReclaimLock } from './reclaim.js';
import { RevisedTree } from './revised-tree.js';
import type { Summary } from './summary.js';
import { factsAtHand, pathOf } from './reach.js';
import type { Worth } from './worth.js';

/** Functions analysed again for one change: beyond this the change is taken as too wide to be judged. */
const MAX_AFFECTED = 1500;

/** Calls up which a changed summary is followed: longer chains than the linker's own are cycles. */
const MAX_ROUNDS = 40;

/** A change reaches more callers than can be looked at. */
export class TooWide extends Error {
  override readonly name = 'TooWide';
}

export class Revision extends Program {
  /** Functions as they were, by what they are now, and the other way round; a function of another name has no twin. */
  private readonly before = new Map<FunctionFacts, FunctionRef>();
  private readonly after = new Map<FunctionFacts, FunctionRef>();
  /** Functions that were analysed anew. */
  private readonly renewed = new Set<FunctionFacts>();
  /** Targets whose calls by a function are not what they were: caller as it was (and is) to callees as they were. */
  private readonly changedHops = new Map<FunctionFacts, Set<FunctionFacts>>();
  private readonly gained = new Map<FunctionFacts, EntryContext[]>();
  private readonly touched = new Map<FunctionFacts, FunctionRef>();
  private bereft = false;
  private readonly changed: ReadonlySet<FileFacts>;
  private readonly replaced: ReadonlySet<string>;

  /**
   * @param lines follow code that only moved too, so that every line in a summary or context is that of the new text
   * @throws {TooWide}
   */
  constructor(
    private readonly base: Program,
    changed: readonly FileFacts[],
    private readonly lines = false,
  ) {
    super(new RevisedTree(base.tree, changed), base.cat, base.linker);
    this.changed = new Set(changed);
    this.replaced = new Set(changed.map((f) => f.path));
    for (const file of changed) this.pair(base.tree.file(file.path), file);
    this.relink();
  }

  /** Functions about which the change may have changed a finding, as they are now. */
  affected(): FunctionRef[] {
    return [...this.touched.values()];
  }

  /** The function as it was before the change; undefined when it was not there. */
  twin(ref: FunctionRef): FunctionRef | undefined {
    return this.replaced.has(pathOf(ref)) && this.changed.has(ref.file) ? this.before.get(ref.facts) : ref;
  }

  /** The function as it is now; undefined when it is no more. */
  current(ref: FunctionRef): FunctionRef | undefined {
    return this.replaced.has(pathOf(ref)) && !this.changed.has(ref.file) ? this.after.get(ref.facts) : ref;
  }

  override edgesFrom(ref: FunctionRef): readonly CallEdge[] {
    const facts = factsAtHand(ref);
    const own = facts && this.edges.get(facts);
    if (own) return own;
    const was = this.twin(ref);
    if (!was) return [];
    return this.base.edgesFrom(was).flatMap((edge) => {
      const target = this.current(edge.target);
      return target ? [target === edge.target ? edge : { ...edge, target }] : [];
    });
  }

  override callersComplete(ref: FunctionRef): boolean {
    const was = this.twin(ref);
    return was !== undefined && this.base.callersComplete(was);
  }

  override useOf(ref: FunctionRef): Use {
    const was = this.twin(ref);
    if (!was) return super.useOf(ref);
    const use = this.base.useOf(was);
    if (![...this.changedHops.values()].some((targets) => targets.has(was.facts) || targets.has(ref.facts))) return use;
    const callers = [...this.base.callersOf(new Set([was.facts])).flatMap((caller) => this.current(caller) ?? []), ...this.tree.functions];
    const left = callers.filter((caller) => this.edgesFrom(caller).some(({ target }) => target.facts === ref.facts));
    const unknown = left
      .flatMap((caller) => this.twin(caller) ?? [])
      .some((c) => this.base.startsUnknown(c) || this.base.useOf(c).fromUnknown);
    return { ...use, called: left.length > 0, fromUnknown: use.fromUnknown && unknown };
  }

  override get reclaimed(): ReadonlyMap<string, readonly ReclaimLock[]> {
    return this.base.reclaimed;
  }

  override operationsIn(field: string): readonly FunctionRef[] {
    const own = super.operationsIn(field);
    const others = this.base.operationsIn(field).flatMap((ref) => this.current(ref) ?? []);
    return [...others, ...own.filter((o) => !others.some((ref) => ref.facts === o.facts))];
  }

  protected override findWay(key: string): OperationWay | null | undefined {
    const mine = super.operationsIn(key).length > 0 || this.base.operationsIn(key).some((ref) => this.replaced.has(pathOf(ref)));
    return mine ? super.findWay(key) : this.base.wayOf(key);
  }

  /** As the whole tree has it. */
  protected override servesBoth(key: string): boolean {
    return this.base.wayOf(key)?.sure === false;
  }

  override worthOf(ref: FunctionRef): Worth | undefined {
    if (this.renewed.has(ref.facts)) return super.worthOf(ref);
    const was = this.twin(ref);
    return was && this.base.worthOf(was);
  }

  override worthJudging(ref: FunctionRef): boolean {
    if (super.worthJudging(ref)) return true;
    const was = this.renewed.has(ref.facts) ? undefined : this.twin(ref);
    return was !== undefined && this.base.worthJudging(was);
  }

  override plainRequests(ref: FunctionRef): number {
    if (this.renewed.has(ref.facts)) return super.plainRequests(ref);
    const was = this.twin(ref);
    return was ? this.base.plainRequests(was) : 0;
  }

  override reclaimTakes(lockClass: string): ReturnType<Program['reclaimTakes']> {
    return this.base.reclaimTakes(lockClass);
  }

  override contextsOf(ref: FunctionRef): EntryContext[] {
    const was = this.twin(ref);
    const left = was ? this.base.contextsOf(was) : [];
    const there = this.changedHops.size ? left.filter((c) => !this.gone(c)) : left;
    const kept = this.lines ? there.map((c) => this.relocated(c)) : there;
    const gained = this.gained.get(ref.facts);
    return gained ? [...kept, ...gained] : kept;
  }

  /** A context that begins in a changed file, on that file's lines as they are now. */
  private relocated(context: EntryContext): EntryContext {
    if (!context.path.some(({ file }) => this.replaced.has(file)) || !hopsOf(context).next().done) return context;
    const { held, path } = context;
    const moved = <T extends { file: string; line: number }>(at: T): T => ({ ...at, line: this.lineNow(at.file, at.line) });
    return { ...context, held: held.map((h) => ({ ...h, at: moved(h.at) })), path: path.map(moved) };
  }

  /** Where a line of a changed file stands now: with its function, else with the entry of a table that stood on it. */
  private lineNow(path: string, line: number): number {
    const is = [...this.changed].find((file) => file.path === path);
    const was = is && this.base.tree.file(path);
    if (!was) return line;
    const facts = was.functions.find((f) => f.line <= line && line <= f.endLine);
    const now = facts && this.after.get(facts)?.facts;
    if (now) return line + now.line - facts.line;
    const entry = was.ops.findIndex((op) => op.line === line);
    const global = was.globals.findIndex((g) => g.line === line);
    return (entry >= 0 ? is.ops[entry]?.line : is.globals[global]?.line) ?? line;
  }

  private gone(context: EntryContext): boolean {
    for (const { caller, edge } of hopsOf(context)) {
      const facts = factsAtHand(caller);
      const targets = facts && this.changedHops.get(facts);
      if (targets?.has(edge.target.facts)) return true;
    }
    return false;
  }

  /** Functions of one name in one file are paired in their order. */
  private pair(was: FileFacts | undefined, is: FileFacts): void {
    const left = new Map<string, FunctionRef[]>();
    if (was) for (const facts of was.functions) left.set(facts.name, [...(left.get(facts.name) ?? []), { file: was, facts }]);
    for (const ref of this.tree.functions) {
      if (ref.file !== is) continue;
      const twin = left.get(ref.facts.name)?.shift();
      if (!twin) continue;
      this.before.set(ref.facts, twin);
      this.after.set(twin.facts, ref);
    }
  }

  private relink(): void {
    const first: FunctionRef[] = [];
    for (const ref of this.tree.functions) {
      const was = this.before.get(ref.facts);
      if (was) this.linker.keep(ref, this.base.linker.summary(was));
      if (!was || !sameFacts(was.facts, ref.facts) || (this.lines && was.facts.line !== ref.facts.line)) first.push(ref);
    }
    const changedEdges: { ref: FunctionRef; was: FunctionRef }[] = [];
    let wave = calleesFirst(first, (name, from) => this.tree.resolve(name, from));
    for (let round = 0; wave.length; round++) {
      if (round > MAX_ROUNDS) throw new TooWide(`the change reaches callers more than ${MAX_ROUNDS} calls above`);
      const differ = new Set<FunctionFacts>();
      for (const ref of wave) {
        const was = this.twin(ref);
        const old = was ? this.base.linker.summary(was) : undefined;
        const before = this.linker.summary(ref);
        const edgesBefore = was ? this.base.edgesFrom(was) : [];
        const { analysis, summary } = this.linker.resummarise(ref);
        if (analysis) this.note(ref, analysis);
        else this.noteLight(ref);
        this.renewed.add(ref.facts);
        this.touched.set(ref.facts, ref);
        if (this.touched.size > MAX_AFFECTED) throw new TooWide(`the change reaches more than ${MAX_AFFECTED} functions`);
        const now = this.edges.get(ref.facts) ?? [];
        const moved =
          this.lines &&
          was !== undefined &&
          sameSummary(before, summary) &&
          edgeKeys(this, edgesBefore, false) === edgeKeys(this, now, false) &&
          this.base.adopt(was, now, summary);
        if (moved) continue;
        if (!sameSummary(before, summary) || !old || (this.lines && chainKeys(before) !== chainKeys(summary))) {
          if (was) differ.add(was.facts);
          differ.add(ref.facts);
        }
        const keys = (edges: readonly CallEdge[]): string => edgeKeys(this, edges, this.lines);
        if (was && keys(edgesBefore) !== keys(now)) changedEdges.push({ ref, was });
      }
      wave = differ.size ? this.callersAmong(differ) : [];
    }
    this.respread(changedEdges);
  }

  /** Functions, as they are now, that call one of those whose summary has changed. */
  private callersAmong(differ: ReadonlySet<FunctionFacts>): FunctionRef[] {
    const found = new Map<FunctionFacts, FunctionRef>();
    for (const was of this.base.callersOf(differ)) {
      const ref = this.current(was);
      if (ref) found.set(ref.facts, ref);
    }
    for (const ref of this.tree.functions) if (this.edgesFrom(ref).some((e) => isIn(differ, e.target))) found.set(ref.facts, ref);
    return calleesFirst([...found.values()], (name, from) => this.tree.resolve(name, from));
  }

  /** Functions that lose a context are looked at again: some findings come from what is not held. Goes down as far as contexts were lost. */
  private touchBereft(targets: readonly FunctionRef[]): void {
    const seen = new Set<FunctionFacts>();
    const left = [...targets];
    for (let was = left.pop(); was; was = left.pop()) {
      if (seen.has(was.facts)) continue;
      seen.add(was.facts);
      if (!this.base.contextsOf(was).some((c) => this.gone(c))) continue;
      this.bereft = true;
      const ref = this.current(was);
      if (ref) this.touched.set(ref.facts, ref);
      if (this.touched.size > MAX_AFFECTED) throw new TooWide(`the change reaches more than ${MAX_AFFECTED} functions`);
      left.push(...this.base.edgesFrom(was).map((e) => e.target));
    }
  }

  /** Functions, as they were and as they are, whose calls by one function differ. */
  private changedTargets(before: readonly CallEdge[], after: readonly CallEdge[]): Set<FunctionFacts> {
    const byTarget = (edges: readonly CallEdge[]): Map<FunctionFacts, CallEdge[]> => {
      const out = new Map<FunctionFacts, CallEdge[]>();
      for (const edge of edges) {
        const { facts } = this.current(edge.target) ?? edge.target;
        const list = out.get(facts);
        if (list) list.push(edge);
        else out.set(facts, [edge]);
      }
      return out;
    };
    const [was, is] = [byTarget(before), byTarget(after)];
    const out = new Set<FunctionFacts>();
    for (const facts of new Set([...was.keys(), ...is.keys()])) {
      const [old, now] = [was.get(facts) ?? [], is.get(facts) ?? []];
      if (edgeKeys(this, old, this.lines) === edgeKeys(this, now, this.lines)) continue;
      for (const edge of [...old, ...now]) out.add(edge.target.facts);
    }
    return out;
  }

  /** Whether some function is entered otherwise than before. */
  get reenters(): boolean {
    return this.gained.size > 0 || this.bereft;
  }

  /** Contexts below calls that have changed: those that came through them are left out, those that come now are added. */
  private respread(changed: readonly { ref: FunctionRef; was: FunctionRef }[]): void {
    let front: { ref: FunctionRef; context: EntryContext }[] = [];
    for (const { ref, was } of changed) this.changedHops.set(was.facts, this.changedTargets(this.base.edgesFrom(was), this.edgesFrom(ref)));
    this.touchBereft(changed.flatMap(({ was }) => this.base.edgesFrom(was).map((e) => e.target)));
    const add = (target: FunctionRef, context: EntryContext): boolean => {
      const there = this.contextsOf(target);
      const key = signature(context);
      if (there.length >= MAX_CONTEXTS || there.some((c) => signature(c) === key)) return false;
      this.gained.set(target.facts, [...(this.gained.get(target.facts) ?? []), context]);
      this.touched.set(target.facts, target);
      return true;
    };
    const spread = (ref: FunctionRef, contexts: readonly EntryContext[], next: typeof front): void => {
      for (const edge of this.edgesFrom(ref)) {
        for (const v of edge.variants) {
          for (const context of contexts) {
            const passed = pass(ref, context, edge, v);
            if (passed && add(edge.target, passed)) next.push({ ref: edge.target, context: passed });
          }
        }
      }
    };
    for (const { ref } of changed) {
      for (const edge of this.edgesFrom(ref)) {
        for (const v of edge.variants) {
          const context = begun(ref, edge, v);
          if (context && add(edge.target, context)) front.push({ ref: edge.target, context });
        }
      }
      spread(ref, this.contextsOf(ref), front);
    }
    for (let depth = 0; depth < MAX_DEPTH && front.length; depth++) {
      const next: typeof front = [];
      for (const { ref, context } of front) spread(ref, [context], next);
      front = next;
    }
  }
}

/** Whether two versions of a function say the same, their places in the file aside. */
export function sameFacts(a: FunctionFacts, b: FunctionFacts): boolean {
  const text = (f: FunctionFacts): string =>
    JSON.stringify([
      f.static,
      f.inline,
      f.returns,
      f.params,
      f.marks,
      f.arms ?? null,
      f.body ?? null,
      f.callees ?? null,
      f.selects ?? false,
      f.armed ?? null,
      f.cases ?? null,
    ]);
  return text(a) === text(b);
}

/** Where a call on a line of a function stands in another version of it; undefined when that is not clear. */
export function callMoved(was: FunctionFacts, is: FunctionFacts, line: number): number | undefined {
  if (!was.body || !is.body || sameFacts(was, is)) return undefined;
  const calls = (body: Body): { text: string; at: number }[] =>
    body.blocks.flatMap(({ ev }) => ev.flatMap((e) => (e.k === 'call' ? [{ text: JSON.stringify([e.fn, e.args]), at: e.pos[0] }] : [])));
  const [old, now] = [calls(was.body), calls(is.body)];
  const there = old.flatMap(({ text, at }, i) => {
    if (at !== line - was.line) return [];
    const before = old.slice(0, i).filter((o) => o.text === text).length;
    return now.filter((o) => o.text === text).slice(before, before + 1);
  });
  return there[0] && there.every(({ at }) => at === there[0]!.at) ? is.line + there[0].at : undefined;
}

/** What callers see of a summary: everything but lines. */
function sameSummary(a: Summary, b: Summary): boolean {
  const key = (s: Summary): string =>
    JSON.stringify([
      s.net,
      s.enomem !== undefined,
      s.sleeps.map((x) => [x.kind, x.sure, x.when, x.drops.map((d) => [d.kind, d.class, d.text])]),
    ]);
  return key(a) === key(b);
}

/** The steps that a summary names, with their lines. */
function chainKeys({ enomem, sleeps }: Summary): string {
  const steps = (first: SleepChain): unknown[] => {
    const out: unknown[] = [first.kind, first.api, first.why, first.sure];
    for (let at: SleepChain | undefined = first; at; at = at.next) out.push(at.file, at.line, at.function, at.what ?? '', at.depth);
    return out;
  };
  return JSON.stringify([enomem ?? null, sleeps.map(steps)]);
}

/** What callees see of a function's calls; lines only where they are followed. */
function edgeKeys(revision: Revision, edges: readonly CallEdge[], lines: boolean): string {
  return JSON.stringify(
    edges.map((e) => {
      const target = revision.current(e.target) ?? e.target;
      const held = (list: readonly { kind: string; class: string; text: string; at?: { line: number } }[]): unknown[] =>
        list.map((h) => [h.kind, h.class, h.text, lines ? h.at?.line : 0]);
      return [
        target.file.path,
        target.facts.name,
        lines ? e.line : 0,
        e.several,
        e.variants.map((v) => [held(v.held), held(v.dropped), v.scopes.map((s) => s.kind), v.nonBlock, v.assume, v.params, v.through]),
      ];
    }),
  );
}

/** Whether a function is in a set of facts: what was never read is in none. */
function isIn(set: ReadonlySet<FunctionFacts>, ref: FunctionRef): boolean {
  const facts = factsAtHand(ref);
  return facts !== undefined && set.has(facts);
}

/** The functions in an order in which callees among them stand before their callers; cycles are cut anywhere. */
function calleesFirst(refs: readonly FunctionRef[], resolve: (name: string, from: FileFacts) => readonly FunctionRef[]): FunctionRef[] {
  const among = new Map(refs.map((ref) => [ref.facts, ref]));
  const order: FunctionRef[] = [];
  const seen = new Set<FunctionFacts>();
  for (const root of refs) {
    const work: { ref: FunctionRef; left: FunctionRef[] }[] = [];
    const enter = (ref: FunctionRef): void => {
      seen.add(ref.facts);
      const left = calleesOf(ref).flatMap((name) => resolve(name, ref.file).flatMap((t) => among.get(t.facts) ?? []));
      work.push({ ref, left });
    };
    if (!seen.has(root.facts)) enter(root);
    while (work.length) {
      const top = work[work.length - 1]!;
      const next = top.left.pop();
      if (!next) {
        order.push(top.ref);
        work.pop();
      } else if (!seen.has(next.facts)) enter(next);
    }
  }
  return order;
}
