/** A linked program as records for the disk, file by file. */
import type { FunctionFacts } from '../../facts/model.js';
import type { ChainStep, EntryContext, FunctionRef, Held, SleepChain } from '../../flow/model.js';
import { begun, originOf, pass } from '../brought.js';
import type { CallEdge, EdgeVariant } from '../edges.js';
import { PLAIN } from '../edges.js';
import type { Program } from '../program.js';
import {
  BEGUN,
  FLAG,
  REQUESTS,
  KINDS,
  ROOT,
  WAYS,
  type ChainRecord,
  type FailureRecord,
  type FileRecord,
  type FunctionRecord,
  type StepRecord,
  type VariantRecord,
} from './record.js';

/** Values in the order of their first use, each once. */
class Table<T> {
  readonly list: T[] = [];
  private readonly byText = new Map<string, number>();
  private readonly byValue = new Map<T, number>();

  /** @param shown the value as it is written */
  constructor(private readonly shown: (value: T) => T = (value) => value) {}

  at(value: T): number {
    let index = this.byValue.get(value);
    if (index !== undefined) return index;
    const plain = this.shown(value);
    const text = typeof plain === 'string' ? plain : JSON.stringify(plain);
    index = this.byText.get(text);
    if (index === undefined) this.byText.set(text, (index = this.list.push(plain) - 1));
    this.byValue.set(value, index);
    return index;
  }

  all(values: readonly T[]): number[] {
    return values.map((value) => this.at(value));
  }
}

/** Numbers of the functions of a program, and what leads from one to another. */
export class Encoder {
  private readonly ids = new Map<FunctionFacts, number>();
  private readonly ways = new Map<SleepChain, number>();
  private readonly failures = new Map<ChainStep, number>();
  /** Callers of function i: `callers` from starts[i] up to starts[i + 1]. */
  private readonly starts: Int32Array;
  private readonly callers: Int32Array;

  constructor(private readonly program: Program) {
    const { functions } = program.tree;
    functions.forEach((ref, id) => this.ids.set(ref.facts, id));
    const count = new Int32Array(functions.length + 1);
    const each = (visit: (target: number, caller: number) => void): void => {
      const last = new Int32Array(functions.length).fill(-1);
      functions.forEach((ref, caller) => {
        for (const edge of program.edgesFrom(ref)) {
          const target = this.ids.get(edge.target.facts)!;
          if (last[target] === caller) continue;
          last[target] = caller;
          visit(target, caller);
        }
      });
    };
    each((target) => count[target + 1]!++);
    for (let i = 1; i < count.length; i++) count[i]! += count[i - 1]!;
    this.starts = count.slice();
    this.callers = new Int32Array(count[functions.length]!);
    each((target, caller) => (this.callers[count[target]!++] = caller));
    functions.forEach((ref, id) => {
      const { sleeps, enomem } = program.linker.summary(ref);
      sleeps.forEach((chain, i) => this.ways.set(chain, id * WAYS + i));
      if (enomem) this.failures.set(enomem[0]!, id);
    });
  }

  id(ref: FunctionRef): number {
    return this.ids.get(ref.facts)!;
  }

  callersOf(id: number): Int32Array {
    return this.callers.subarray(this.starts[id], this.starts[id + 1]);
  }

  file(path: string, refs: readonly FunctionRef[]): FileRecord {
    return new FileEncoder(this.program, this, path).encode(refs);
  }

  /** Number of a way to sleep that some function's summary keeps. */
  way(chain: SleepChain): number | undefined {
    return this.ways.get(chain);
  }

  /** The function whose own way to fail these steps are. */
  failing(steps: readonly ChainStep[]): number | undefined {
    const id = steps.length ? this.failures.get(steps[0]!) : undefined;
    if (id === undefined) return undefined;
    const known = this.program.linker.summary(this.program.tree.functions[id]!).enomem;
    return known?.length === steps.length && known.every((step, i) => step === steps[i]) ? id : undefined;
  }
}

class FileEncoder {
  private readonly texts = new Table<string>();
  private readonly held = new Table<Held>((h) => (h.at.file === this.path ? { ...h, at: { ...h.at, file: '' } } : h));
  private readonly scopes = new Table<EdgeVariant['scopes'][number]>((s) =>
    s.at.file === this.path ? { ...s, at: { ...s.at, file: '' } } : s,
  );
  private readonly conditions = new Table<EdgeVariant['params'][number]>();
  private readonly variants: VariantRecord[] = [];
  private readonly variantAt = new Map<string, number>();
  private readonly lists: number[][] = [];
  private readonly listAt = new Map<string, number>();
  private readonly listOf = new Map<readonly EdgeVariant[], number>();
  private readonly roots: EntryContext[] = [];
  private readonly chains: ChainRecord[] = [];

  constructor(
    private readonly program: Program,
    private readonly ids: Encoder,
    private readonly path: string,
  ) {}

  encode(refs: readonly FunctionRef[]): FileRecord {
    const functions = refs.map((ref) => this.function(ref));
    return {
      texts: this.texts.list,
      held: this.held.list,
      scopes: this.scopes.list,
      conditions: this.conditions.list,
      variants: this.variants,
      lists: this.lists,
      roots: this.roots,
      chains: this.chains,
      functions,
    };
  }

  private function(ref: FunctionRef): FunctionRecord {
    const { program } = this;
    const id = this.ids.id(ref);
    const use = program.useOf(ref);
    const worth = program.worthOf(ref);
    const { sleeps, net, enomem } = program.linker.summary(ref);
    const locks = program.locksOver(ref);
    const flags =
      (use.addressTaken ? FLAG.addressTaken : 0) |
      (use.called ? FLAG.called : 0) |
      (use.fromUnknown ? FLAG.fromUnknown : 0) |
      (worth === 'always' ? FLAG.always : worth === 'sleeps' ? FLAG.sleeps : 0) |
      (worth === 'plain' ? REQUESTS * program.plainRequests(ref) : 0);
    const parts: FunctionRecord = [
      flags,
      this.edges(program.edgesFrom(ref), id),
      orNone(Array.from(this.ids.callersOf(id), (caller) => caller - id)),
      inColumns(program.contextsOf(ref).map((context) => this.context(context, id))),
      orNone(sleeps.map((chain) => this.chain(chain, ref.facts.name))),
      orNone(net),
      enomem ? this.failure(enomem) : 0,
      orNone(locks),
    ];
    while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
    return parts;
  }

  private edges(edges: readonly CallEdge[], id: number): number[] | 0 {
    let last = 0;
    const rows = edges.map(({ target, line, variants, several }) => {
      const row = [this.ids.id(target) - id, line - last, 2 * this.list(variants) + Number(several)];
      last = line;
      return row;
    });
    return inColumns(rows);
  }

  private list(variants: readonly EdgeVariant[]): number {
    if (variants === PLAIN) return 0;
    let index = this.listOf.get(variants);
    if (index !== undefined) return index;
    const numbers = variants.map((v) => this.variant(v));
    const key = numbers.join();
    index = this.listAt.get(key);
    if (index === undefined) this.listAt.set(key, (index = this.lists.push(numbers)));
    this.listOf.set(variants, index);
    return index;
  }

  private variant(v: EdgeVariant): number {
    const record: VariantRecord = [
      this.held.all(v.held),
      this.held.all(v.dropped),
      this.scopes.all(v.scopes),
      (v.nonBlock ? 1 : 0) | (v.chosen ? 2 : 0),
      this.conditions.all(v.assume),
      this.conditions.all(v.params),
      v.through.flat(),
    ];
    const key = JSON.stringify(record);
    let index = this.variantAt.get(key);
    if (index === undefined) this.variantAt.set(key, (index = this.variants.push(record) - 1));
    return index;
  }

  private context(context: EntryContext, id: number): number[] {
    const origin = originOf(context);
    if (!origin) return [this.roots.push(context) - 1, ROOT, 0, 0];
    const { caller, edge, before } = origin;
    const from = this.ids.id(caller) - id;
    const index = this.program.edgesFrom(caller).indexOf(edge);
    const made = (v: EdgeVariant): boolean => {
      const now = before ? pass(caller, before, edge, v) : begun(caller, edge, v);
      return now !== null && sameContent(now, context);
    };
    const variant = 4 * variantOf(edge, made) + 2 * Number(context.open === true) + Number(context.sure);
    return [from, before ? this.program.contextsOf(caller).indexOf(before) : BEGUN, index, variant];
  }

  /** @param own the function that the record is found by; none for one of the file's own `chains` */
  private chain(chain: SleepChain, own: string | undefined): ChainRecord {
    const { kind, api, why, when, drops, fields, sure, depth, line, what, next, file, function: fn } = chain;
    const record: ChainRecord = [
      KINDS.indexOf(kind),
      this.texts.at(api),
      this.texts.at(why),
      this.conditions.all(when),
      this.held.all(drops),
      fields ?? 0,
      sure ? 1 : 0,
      depth,
      line,
      what === undefined ? -1 : this.texts.at(what),
      next ? this.next(next) : 0,
    ];
    if (file !== this.path || fn !== own) record.push(this.texts.at(file), this.texts.at(fn));
    return record;
  }

  /** In a cycle of calls a way may go on in one that a later round of linking has replaced: such a one is written out. */
  private next(chain: SleepChain): number {
    const way = this.ids.way(chain);
    return way === undefined ? -this.chains.push(this.chain(chain, undefined)) : way + 1;
  }

  private failure(steps: readonly ChainStep[]): FailureRecord {
    const rest = this.ids.failing(steps.slice(1));
    return rest === undefined ? [steps.map((step) => this.step(step))] : [this.step(steps[0]!), rest];
  }

  private step({ file, line, function: fn, what }: ChainStep): StepRecord {
    return [file === this.path ? -1 : this.texts.at(file), line, this.texts.at(fn), this.texts.at(what)];
  }
}

/** Rows of equal length, written column after column: what is alike stands together. */
function inColumns(rows: readonly (readonly number[])[]): number[] | 0 {
  const [first] = rows;
  return first ? first.flatMap((_, column) => rows.map((row) => row[column]!)) : 0;
}

const orNone = <T>(list: readonly T[]): T[] | 0 => (list.length ? [...list] : 0);

/** The first family of paths that could have made a context; they are told apart by what they make. */
function variantOf({ variants }: CallEdge, made: (v: EdgeVariant) => boolean): number {
  return variants.length < 2 ? 0 : Math.max(0, variants.findIndex(made));
}

/** Sureness aside: another way to a context may have taken it away since. */
function sameContent(a: EntryContext, b: EntryContext): boolean {
  const text = (c: EntryContext): string => JSON.stringify([c.held, c.scopes, c.nonBlock, c.task, c.params]);
  return text(a) === text(b);
}
