/** A linked program read from the store, a file at a time. It answers as the program that was written does. */
import type { FunctionFacts } from '../../facts/model.js';
import type { ChainStep, EntryContext, FieldGuard, FunctionRef, Held, ParamCondition, SleepChain } from '../../flow/model.js';
import type { NetEffect } from '../../flow/knowledge.js';
import { begun, pass } from '../brought.js';
import { PLAIN, type CallEdge, type EdgeVariant } from '../edges.js';
import { Linker } from '../link.js';
import type { Use } from '../memo.js';
import { wayThrough, type OperationWay } from '../operation.js';
import type { ProgramCatalogue } from '../operations.js';
import { Program } from '../program.js';
import type { Worth } from '../worth.js';
import type { ReclaimLock } from '../reclaim.js';
import type { Summary } from '../summary.js';
import {
  BEGUN,
  FLAG,
  KINDS,
  REQUESTS,
  ROOT,
  WAYS,
  type ChainRecord,
  type FileRecord,
  type FunctionRecord,
  type StepRecord,
} from './record.js';
import { KeptLost, KeptRef, KeptTree, type TreeSource } from './tree.js';

/** What a kept program is read from. */
export interface ProgramSource extends TreeSource {
  readonly reclaim: ReadonlyMap<string, ReclaimLock[]>;
  /** @throws {KeptLost} */
  record(file: number): FileRecord;
  /** Where a line of the linked version of a file is now. */
  line(file: string, line: number): number;
  /** Plain data with every line in it where it is now. */
  placed<T>(data: T): T;
}

export class KeptProgram extends Program {
  private readonly records: Records;

  constructor(
    private readonly source: ProgramSource,
    cat: ProgramCatalogue,
  ) {
    const tree = new KeptTree(source);
    const records = new Records(source, tree);
    super(tree, cat, new KeptLinker(tree, cat, records));
    this.records = records;
  }

  /** They are kept by name. */
  protected override collectOperations(): void {
    return;
  }

  private idOf(ref: FunctionRef): number | undefined {
    return ref instanceof KeptRef ? ref.id : this.records.tree.idOf(ref.facts);
  }

  private flags(ref: FunctionRef): number {
    const id = this.idOf(ref);
    return id === undefined ? 0 : this.records.of(id)[0];
  }

  override edgesFrom(ref: FunctionRef): readonly CallEdge[] {
    const id = this.idOf(ref);
    return id === undefined ? [] : this.records.edges(id);
  }

  override callersOf(targets: ReadonlySet<FunctionFacts>): FunctionRef[] {
    const { tree } = this.records;
    const ids = [...targets].flatMap((facts) => {
      const id = tree.idOf(facts);
      return id === undefined ? [] : (this.records.of(id)[2] || []).map((caller) => caller + id);
    });
    return [...new Set(ids)].sort((a, b) => a - b).map((id) => tree.ref(id));
  }

  override useOf(ref: FunctionRef): Use {
    const flags = this.flags(ref);
    return {
      addressTaken: (flags & FLAG.addressTaken) !== 0,
      called: (flags & FLAG.called) !== 0,
      fromUnknown: (flags & FLAG.fromUnknown) !== 0,
    };
  }

  override get reclaimed(): ReadonlyMap<string, readonly ReclaimLock[]> {
    return this.source.reclaim;
  }

  override operationsIn(field: string): readonly FunctionRef[] {
    return (this.source.meaning('op', field) ?? []).map((id) => this.records.tree.ref(id));
  }

  protected override findWay(key: string): OperationWay | null {
    const kept = this.source.meaning('way', key);
    if (!kept) return null;
    const [first, sure, sleeping, ...names] = kept;
    const of = this.source.meaning('op', key)!.length;
    return wayThrough(this.records.tree.ref(first), this.records.summary(first), sure === 1, { sleeping, of, names });
  }

  override worthOf(ref: FunctionRef): Worth | undefined {
    const flags = this.flags(ref);
    return flags & FLAG.always ? 'always' : flags & FLAG.sleeps ? 'sleeps' : flags >= REQUESTS ? 'plain' : undefined;
  }

  override plainRequests(ref: FunctionRef): number {
    return Math.floor(this.flags(ref) / REQUESTS);
  }

  override locksOver(ref: FunctionRef): readonly string[] {
    const id = this.idOf(ref);
    return id === undefined ? [] : this.records.of(id)[7] || [];
  }

  override contextsOf(ref: FunctionRef): EntryContext[] {
    const id = this.idOf(ref);
    return id === undefined ? [] : this.records.contexts(id);
  }

  override adopt(was: FunctionRef, edges: readonly CallEdge[], { sleeps, enomem }: Summary): boolean {
    const id = this.idOf(was);
    if (id === undefined) return false;
    const [oldEdges, old] = [this.records.edges(id), this.records.summary(id)];
    if (oldEdges.length !== edges.length || old.sleeps.length !== sleeps.length || old.enomem?.length !== enomem?.length) return false;
    const sameWay = (a: SleepChain, b: SleepChain): boolean =>
      a.next === b.next && a.api === b.api && a.why === b.why && a.what === b.what && a.depth === b.depth;
    if (!old.sleeps.every((way, i) => sameWay(way, sleeps[i]!))) return false;
    const sameStep = (a: ChainStep, b: ChainStep, i: number): boolean =>
      a === b || (i === 0 && a.file === b.file && a.function === b.function && a.what === b.what);
    if (old.enomem && !old.enomem.every((step, i) => sameStep(step, enomem![i]!, i))) return false;
    // Whoever calls this function, or is called by it, holds these very objects.
    for (const [i, edge] of oldEdges.entries()) {
      Object.assign(edge, { line: edges[i]!.line });
      for (const [j, variant] of edge.variants.entries()) {
        const now = edges[i]!.variants[j]!;
        for (const list of ['held', 'dropped', 'scopes'] as const)
          for (const [k, item] of variant[list].entries()) Object.assign(item, { at: now[list][k]!.at });
      }
    }
    for (const [i, way] of old.sleeps.entries()) Object.assign(way, { line: sleeps[i]!.line, drops: sleeps[i]!.drops });
    if (old.enomem) Object.assign(old.enomem[0]!, enomem![0]);
    return true;
  }
}

/** Summaries as they were written. */
class KeptLinker extends Linker {
  constructor(
    private readonly kept: KeptTree,
    cat: ProgramCatalogue,
    private readonly records: Records,
  ) {
    super(kept, cat);
  }

  protected override summaryOf(facts: FunctionFacts): Summary | undefined {
    const id = this.kept.idOf(facts);
    return id === undefined ? undefined : this.records.summary(id);
  }
}

/** One file's record with the objects that its functions share. */
class FileView {
  readonly held: readonly Held[];
  readonly scopes: EdgeVariant['scopes'];
  private readonly variants: readonly EdgeVariant[];
  readonly lists: readonly (readonly EdgeVariant[])[];

  constructor(
    readonly path: string,
    readonly first: number,
    readonly record: FileRecord,
    readonly source: ProgramSource,
  ) {
    const placed = <T extends { at: { file: string } }>(list: readonly T[]): T[] =>
      list.map((item) => ({ ...item, at: source.placed({ ...item.at, file: item.at.file || path }) }));
    this.held = placed(record.held);
    this.scopes = placed(record.scopes);
    this.variants = record.variants.map(([held, dropped, scopes, flags, assume, params, through]) => ({
      held: held.map((i) => this.held[i]!),
      dropped: dropped.map((i) => this.held[i]!),
      scopes: scopes.map((i) => this.scopes[i]!),
      nonBlock: (flags & 1) !== 0,
      chosen: (flags & 2) !== 0,
      assume: assume.map((i) => record.conditions[i]!),
      params: params.map((i) => record.conditions[i]!),
      through: Array.from({ length: through.length / 2 }, (_, i) => [through[2 * i]!, through[2 * i + 1]!] as const),
    }));
    this.lists = record.lists.map((list) => list.map((i) => this.variants[i]!));
  }

  text(at: number): string {
    return this.record.texts[at]!;
  }
}

/** Records of functions by number, and what has been made of them. */
class Records {
  private readonly views = new Map<number, FileView>();
  private readonly edgesOf = new Map<number, readonly CallEdge[]>();
  private readonly summaries = new Map<number, KeptSummary>();
  /** By function and place in its list; undefined while nobody has asked for it. */
  private readonly contextsAt = new Map<number, (EntryContext | undefined)[]>();

  constructor(
    private readonly source: ProgramSource,
    readonly tree: KeptTree,
  ) {}

  view(id: number): FileView {
    const file = this.tree.fileOf(id);
    let view = this.views.get(file);
    if (!view) {
      const { path, first } = this.source.files[file]!;
      this.views.set(file, (view = new FileView(path, first, this.source.record(file), this.source)));
    }
    return view;
  }

  of(id: number): FunctionRecord {
    const view = this.view(id);
    return view.record.functions[id - view.first]!;
  }

  edges(id: number): readonly CallEdge[] {
    let edges = this.edgesOf.get(id);
    if (!edges) {
      const view = this.view(id);
      const flat = view.record.functions[id - view.first]![1] || [];
      const made: CallEdge[] = [];
      const rows = flat.length / 3;
      let line = 0;
      for (let at = 0; at < rows; at++) {
        line += flat[rows + at]!;
        const list = flat[2 * rows + at]!;
        const variants = list < 2 ? PLAIN : view.lists[(list >> 1) - 1]!;
        made.push({ target: this.tree.ref(id + flat[at]!), line: this.source.line(view.path, line), variants, several: (list & 1) === 1 });
      }
      this.edgesOf.set(id, (edges = made));
    }
    return edges;
  }

  contexts(id: number): EntryContext[] {
    const flat = this.of(id)[3] || [];
    return Array.from({ length: flat.length / 4 }, (_, i) => this.context(id, i));
  }

  private context(id: number, index: number): EntryContext {
    let known = this.contextsAt.get(id);
    if (!known) this.contextsAt.set(id, (known = []));
    return (known[index] ??= this.makeContext(id, index));
  }

  private makeContext(id: number, index: number): EntryContext {
    const view = this.view(id);
    const flat = view.record.functions[id - view.first]![3] || [];
    const rows = flat.length / 4;
    const [from, before, edgeAt, variantAt] = [0, 1, 2, 3].map((column) => flat[column * rows + index]!) as [
      number,
      number,
      number,
      number,
    ];
    if (before === ROOT) return this.source.placed(view.record.roots[from]!);
    const caller = id + from;
    const edge = this.edges(caller)[edgeAt]!;
    const ref = this.tree.ref(caller);
    const variant = edge.variants[variantAt >> 2];
    const context = variant && (before === BEGUN ? begun(ref, edge, variant) : pass(ref, this.context(caller, before), edge, variant));
    if (!context) throw new KeptLost(`a context in ${view.path} is not what was written`);
    context.says = { ...context.says, sure: (variantAt & 1) === 1, open: (variantAt & 2) === 2 };
    return context;
  }

  summary(id: number): Summary {
    let summary = this.summaries.get(id);
    if (!summary) this.summaries.set(id, (summary = new KeptSummary(this, id)));
    return summary;
  }

  /** The way to sleep that ChainRecord's `next` means. */
  next(view: FileView, next: number): SleepChain | undefined {
    if (next === 0) return undefined;
    if (next < 0) return new KeptChain(this, view, '', view.record.chains[-next - 1]!);
    const id = Math.floor((next - 1) / WAYS);
    return this.summary(id).sleeps[(next - 1) % WAYS];
  }

  name(id: number): string {
    return this.tree.ref(id).facts.name;
  }
}

class KeptSummary implements Summary {
  readonly net: readonly NetEffect[];
  private ways: readonly SleepChain[] | undefined;
  private failure: ChainStep[] | undefined;

  constructor(
    private readonly records: Records,
    private readonly id: number,
  ) {
    this.net = records.of(id)[5] || [];
  }

  get sleeps(): readonly SleepChain[] {
    if (!this.ways) {
      const list = this.records.of(this.id)[4] || [];
      const view = this.records.view(this.id);
      this.ways = list.length === 0 ? [] : list.map((record) => new KeptChain(this.records, view, this.records.name(this.id), record));
    }
    return this.ways;
  }

  get enomem(): ChainStep[] | undefined {
    const record = this.records.of(this.id)[6];
    if (!record) return undefined;
    if (!this.failure) {
      const view = this.records.view(this.id);
      const step = ([file, line, fn, what]: StepRecord): ChainStep => ({
        file: file < 0 ? view.path : view.text(file),
        line: view.source.line(file < 0 ? view.path : view.text(file), line),
        function: view.text(fn),
        what: view.text(what),
      });
      this.failure =
        record.length === 1 ? record[0].map(step) : [step(record[0]), ...(this.records.summary(record[1]) as KeptSummary).enomem!];
    }
    return this.failure;
  }
}

/** A way to sleep whose rest is read when somebody follows it. */
class KeptChain implements SleepChain {
  readonly kind: SleepChain['kind'];
  readonly api: string;
  readonly why: string;
  readonly when: ParamCondition[];
  readonly drops: Held[];
  readonly fields?: readonly FieldGuard[];
  readonly sure: boolean;
  readonly depth: number;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly what?: string;
  readonly #rest: () => SleepChain | undefined;
  #next: SleepChain | undefined;

  constructor(records: Records, view: FileView, name: string, record: ChainRecord) {
    const [kind, api, why, when, drops, fields, sure, depth, line, what, next, file, fn] = record;
    this.kind = KINDS[kind]!;
    this.api = view.text(api);
    this.why = view.text(why);
    this.when = when.map((i) => view.record.conditions[i]!);
    this.drops = drops.map((i) => view.held[i]!);
    if (fields) this.fields = fields;
    this.sure = sure === 1;
    this.depth = depth;
    this.file = file === undefined ? view.path : view.text(file);
    this.line = view.source.line(this.file, line);
    this.function = fn === undefined ? name : view.text(fn);
    if (what >= 0) this.what = view.text(what);
    this.#rest = () => records.next(view, next);
  }

  get next(): SleepChain | undefined {
    return (this.#next ??= this.#rest());
  }
}
