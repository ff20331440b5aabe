/**
 * Calls through members of structures: which functions they may mean, and, of those that many implement, how they sleep (operation.ts). What every
 * linked program knows beside the functions themselves.
 */
import { SAYS_WHETHER_IT_SLEEPS } from '../facts/toplevel/fields.js';
import type { CallbackEntry } from '../catalog/model.js';
import type { Expr, OpsEntry } from '../facts/model.js';
import type { Analysis } from '../flow/analyse.js';
import type { FlowCatalogue } from '../flow/knowledge.js';
import type { FunctionRef } from '../flow/model.js';
import { typeOf, structOf } from '../flow/types.js';
import { tableOf } from './edges.js';
import { Linker } from './link.js';
import type { Beyond } from './memo.js';
import { copiedMembers } from './copied-members.js';
import { operationWay, otherHalves, runsAtomic, type OperationWay } from './operation.js';
import { pathOf } from './reach.js';
import type { Tree } from './tree.js';
import { underLock, type Worth } from './worth.js';

export interface ProgramCatalogue extends FlowCatalogue {
  callbackByField(struct: string, field: string): CallbackEntry | undefined;
  callbacksByRegister(name: string): readonly CallbackEntry[];
}

/** Targets of one indirect call that are still followed; a table with more users says nothing about one call. */
const MAX_INDIRECT = 4;
/** Functions of a table that is called by index which are still followed. */
const MAX_TABLE = 24;
export abstract class Operations {
  /** Public for revisions, which ask it about what they leave as it is. */
  readonly linker: Linker;
  /** What a function has that a rule or the inventory could want; see `Program.worthChecking`. */
  protected readonly worth = new Map<FunctionRef['facts'], Worth>();
  /** By structure and field. */
  readonly operations = new Map<string, FunctionRef[]>();
  /** What operations with many implementations do, as far as it is known; see `operationWay`. */
  private readonly ways = new Map<string, OperationWay | null>();
  /** Functions that call such an operation, and what that makes them worth once it is known to sleep. */
  private readonly awaiting = new Map<string, Map<FunctionRef['facts'], Worth>>();
  private linked: boolean;

  constructor(
    readonly tree: Tree,
    readonly cat: ProgramCatalogue,
    base?: Linker,
    beyond?: Beyond,
  ) {
    this.linker = new Linker(
      tree,
      cat,
      (target, from) => this.indirectTargets(target, from),
      base,
      beyond,
      (target, from) => this.throughOperation(target, from),
    );
    this.linked = base !== undefined;
  }

  /** Functions that stand in a field of a structure of operations. */
  operationsIn(field: string): readonly FunctionRef[] {
    return this.operations.get(field) ?? [];
  }

  /** Functions of a table at file scope: `steps[i](x)` runs them all. */
  private inTable(table: string, file: FunctionRef['file']): readonly FunctionRef[] {
    const list = file.ops.filter((op) => op.variable === table && op.struct === '' && op.field === '');
    return list.length <= MAX_TABLE ? [...new Set(list.flatMap((op) => this.tree.resolve(op.fn, file)))] : [];
  }

  /** Functions that an indirect call through a member of an operations structure can reach; empty when there are many. */
  protected indirectTargets(e: Expr, from: FunctionRef): readonly FunctionRef[] {
    const table = tableOf(e);
    if (table !== undefined) return this.inTable(table, from.file);
    const list = this.operationsIn(this.operationOf(e, from));
    return list.length <= MAX_INDIRECT ? list : [];
  }

  /** The operation that a call goes through, by structure and field; '' for any other call. */
  private operationOf(e: Expr, from: FunctionRef): string {
    if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.')) return '';
    const struct = structOf(typeOf(e[1], from.facts, from.file, this.linker));
    return struct && `${struct}.${e[2]}`;
  }

  /** How a call through an operation sleeps that many functions implement. */
  private throughOperation(e: Expr, from: FunctionRef): OperationWay | undefined {
    const key = this.operationOf(e, from);
    const way = key && this.wayOf(key);
    if (!way) return undefined;
    // `x->ops->f()`, where x says whether it may sleep.
    const table = Array.isArray(e) && (e[0] === '->' || e[0] === '.') ? e[1] : '';
    const object = Array.isArray(table) && (table[0] === '->' || table[0] === '.') ? table[1] : '';
    const doubted =
      way.sure &&
      (this.ownAmong(key, from.file.path) || this.saysWhetherItSleeps(structOf(typeOf(object, from.facts, from.file, this.linker))));
    return doubted ? way.doubted : way;
  }

  /** Whether a file belongs to one of those who implement an operation, and so may mean its own by it: a folder with a few of many implementations. */
  private ownAmong(key: string, path: string): boolean {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const all = this.operationsIn(key);
    const own = all.filter((ref) => pathOf(ref).startsWith(folder)).length;
    return own > 0 && own <= all.length / 2;
  }

  private saysWhetherItSleeps(struct: string): boolean {
    const fields = struct === '' ? undefined : this.tree.fieldsOf(struct);
    return fields !== undefined && [...fields.keys()].some((name) => SAYS_WHETHER_IT_SLEEPS.test(name));
  }

  /** How an operation sleeps that many functions implement; null when it does not, undefined when that is not known yet. */
  wayOf(key: string): OperationWay | null | undefined {
    let way = this.ways.get(key);
    if (way === undefined) {
      way = this.findWay(key);
      if (way !== undefined) this.ways.set(key, way);
    }
    return way;
  }

  protected findWay(key: string): OperationWay | null | undefined {
    const targets = this.operationsIn(key);
    if (targets.length <= MAX_INDIRECT) return null;
    return operationWay(targets, (ref) => (this.linked ? this.linker.summary(ref) : this.linker.summarised(ref)), this.servesBoth(key));
  }

  /** Whether an operation is called where it must not sleep too, or by its name means several. */
  protected servesBoth(key: string): boolean {
    const [struct, field] = key.split('.') as [string, string];
    if (runsAtomic(this.cat.callbackByField(struct, field)?.context) || this.saysWhetherItSleeps(struct)) return true;
    return otherHalves(key).some((half) => this.operationsIn(half).length > 0) || this.tree.definedOften(struct);
  }

  /** Functions that implement an operation. */
  protected *implementations(): Generator<FunctionRef> {
    for (const list of this.operations.values()) yield* list;
  }

  /** A call through an operation may turn out to sleep: so may make its function worth a look. */
  protected awaitOperations(ref: FunctionRef, a: Analysis): void {
    for (const c of a.calls) {
      const key = c.name === '' && this.operationOf(c.target, ref);
      if (!key || this.operationsIn(key).length <= MAX_INDIRECT) continue;
      const worth: Worth = underLock(c) ? 'always' : 'sleeps';
      const list = this.awaiting.get(key) ?? new Map<FunctionRef['facts'], Worth>();
      this.awaiting.set(key, list);
      if (list.get(ref.facts) !== 'always') list.set(ref.facts, worth);
    }
    if (this.linked) this.settle();
  }

  private settle(): void {
    for (const [key, functions] of this.awaiting) {
      const way = this.wayOf(key);
      if (!way) continue;
      for (const [facts, worth] of functions) if (worth === 'always' || (way.sure && !this.worth.has(facts))) this.worth.set(facts, worth);
    }
    this.awaiting.clear();
  }

  /** The structure whose member an entry fills; '' when it is not known. */
  protected structOf(op: OpsEntry): string {
    const [first, ...members] = op.struct === '' && op.within ? op.within : [op.struct];
    return members.reduce((struct, member) => structOf(this.linker.fieldType(struct, member) ?? ''), first ?? '');
  }

  protected collectOperations(): void {
    for (const file of this.tree.files) {
      for (const op of file.ops) {
        const struct = this.structOf(op);
        if (!struct) continue;
        const key = `${struct}.${op.field}`;
        const list = this.operations.get(key) ?? [];
        for (const ref of this.tree.resolve(op.fn, file)) if (!list.includes(ref)) list.push(ref);
        this.operations.set(key, list);
      }
    }
    for (const [key, from] of copiedMembers(this.tree.files, (member) => this.operations.has(member)))
      this.operations.set(key, this.operations.get(from)!);
  }

  /** All functions are summarised: what was asked of operations on the way may have been asked too early. */
  protected allSummarised(): void {
    this.linked = true;
    this.ways.clear();
    this.settle();
  }
}
