/** A whole tree, linked: the one object that rules, reports and the language server ask about functions. */
import type { CallbackEntry } from '../catalog/model.js';
import type { Expr, FileFacts, OpsEntry } from '../facts/model.js';
import { hasBody } from '../facts/codec.js';
import type { Analysis } from '../flow/analyse.js';
import { carriesMask } from '../flow/masks.js';
import type { CallPoint, ChainStep, FunctionFlow, FunctionRef, Held } from '../flow/model.js';
import { couldRetry, findRetryLoops } from '../flow/retry/index.js';
import { constantOf } from '../flow/know.js';
import { typeOf, structOf } from '../flow/types.js';
import { asHere } from './as-here.js';
import { callbackContext, statedContext } from './beginnings.js';
import { Contexts, type Root } from './contexts.js';
import { edgesOf, givenOnly, isMadeOnMiss, PLAIN, SharedVariants, tableOf, unanswered, type CallEdge } from './edges.js';
import { inBuildOf, type Linker } from './link.js';
import { Operations, type ProgramCatalogue } from './operations.js';
import type { Beyond, CanFail, Use } from './memo.js';
import { reclaimLocks, takenLocks, toldLocks, type ReclaimLock, type TakenLock } from './reclaim.js';
import type { Summary } from './summary.js';
import type { Tree } from './tree.js';
import { locksOverAllocations, worthOf, type Worth } from './worth.js';

/** Calls that set up their first argument to run a function. */
const SETS_UP = /^(timer_setup|setup_timer|tasklet_setup|tasklet_init)$/;
/** Lines that a call's arguments may take. */
const ARGUMENT_LINES = 2;

/** A value that is handed on, without the address operator and the casts around it: a function is the same with them. */
function passed(e: Expr | undefined): Expr | undefined {
  while (Array.isArray(e) && (e[0] === 'cast' || (e[0] === 'u' && e[1] === '&'))) e = e[2];
  return e;
}

/** Whether the table that a function stands in has another member. */
const hasMember = (file: FileFacts, { struct, variable }: OpsEntry, field: string): boolean =>
  file.ops.some((op) => op.field === field && op.struct === struct && op.variable === variable);

/** Whether a function of the file gives a member of this name a value, other than 0. */
const sets = (file: FileFacts, member: string): boolean =>
  file.functions.some(
    (f) =>
      hasBody(f) &&
      f.body!.blocks.some(({ ev }) =>
        ev.some((e) => e.k === 'set' && Array.isArray(e.to) && e.to[0] === '->' && e.to[2] === member && constantOf(e.value) !== 0),
      ),
  );

export class Program extends Operations {
  protected readonly edges = new Map<FunctionRef['facts'], readonly CallEdge[]>();
  private readonly variants = new SharedVariants();
  private readonly taken = new Map<FunctionRef['facts'], readonly TakenLock[]>();
  /** Sleeping locks by function; see `locksOverAllocations`. */
  private readonly underLocks = new Map<FunctionRef['facts'], readonly string[]>();
  private readonly requests = new Map<FunctionRef['facts'], number>();
  private readonly addressTaken = new Set<FunctionRef['facts']>();
  private readonly called = new Set<FunctionRef['facts']>();
  private readonly contexts: Contexts;
  private reclaim = new Map<string, ReclaimLock[]>();

  constructor(
    tree: Tree,
    cat: ProgramCatalogue,
    base?: Linker,
    private readonly beyond?: Beyond,
  ) {
    super(tree, cat, base, beyond);
    this.contexts = new Contexts((ref) => this.edges.get(ref.facts) ?? []);
    this.collectOperations();
  }

  /** Summaries bottom-up, then contexts top-down. Must run once before anything is asked. */
  link(progress?: (phase: string, done: number, total: number) => void): void {
    const steps = this.linking(progress);
    while (steps.next().done !== true);
  }

  /** `link` in many small steps. */
  *linking(progress?: (phase: string, done: number, total: number) => void): Generator<void, void> {
    const roots: Root[] = [];
    const reclaimRoots: { ref: FunctionRef; entry: CallbackEntry; at: ChainStep }[] = [];
    const slots = new Map<string, { by: string; root: Root }[]>();
    const root = (ref: FunctionRef, entry: CallbackEntry, at: ChainStep, slot?: string) => {
      roots.push({ ref, context: callbackContext(ref, entry, at) });
      if (entry.context === 'reclaim')
        reclaimRoots.push({ ref, entry, at: { ...at, what: `reclaim calls ${ref.facts.name}: ${entry.why}` } });
      if (slot === undefined) return;
      // Structures of one name in two drivers are two structures.
      const key = `${ref.file.path} ${slot}`;
      slots.set(key, [...(slots.get(key) ?? []), { by: at.function, root: roots[roots.length - 1]! }]);
    };
    const told: ReclaimLock[] = [];
    yield* this.linker.link(
      (ref, a) => {
        this.note(ref, a);
        const taken = takenLocks(a);
        if (taken.length) this.taken.set(ref.facts, taken);
        else this.taken.delete(ref.facts);
        told.push(...toldLocks(a));
        this.registrations(ref, a, root);
      },
      (done, total) => progress?.('link', done, total),
      // What operations do is known to their callers then, but for those that implementations of others lead to.
      this.implementations(),
    );
    this.allSummarised();
    // A timer that one function sets up and another sets up anew with another function: which of them runs is not known.
    for (const list of slots.values()) {
      if (list.every((s) => s.by === list[0]!.by || s.root.ref.facts === list[0]!.root.ref.facts)) continue;
      for (const { root: r } of list) r.context.sure = false;
    }
    for (const ref of this.tree.functions) {
      if (!hasBody(ref.facts)) this.noteLight(ref);
      for (const mark of ref.facts.marks) {
        const context = mark.kind === 'context' ? statedContext(ref, mark.text) : null;
        if (context) roots.push({ ref, context });
      }
    }
    for (const file of this.tree.files) {
      for (const op of file.ops) {
        for (const ref of this.tree.resolve(op.fn, file)) {
          if (op.variable === undefined || !this.tablesCalled.get(file)?.has(op.variable) || op.field !== '')
            this.addressTaken.add(ref.facts);
          const entry = this.callback(this.structOf(op), op.field) ?? this.byMacro(op.field);
          if (
            entry &&
            !(entry.without !== undefined && hasMember(file, op, entry.without)) &&
            !(entry.unless !== undefined && sets(file, entry.unless))
          )
            root(ref, asHere(entry, file), {
              file: file.path,
              line: op.line,
              function: op.variable ?? '',
              what: '',
            });
        }
      }
      for (const g of file.globals) {
        const { init } = g;
        if (!Array.isArray(init) || init[0] !== 'call' || typeof init[1] !== 'string') continue;
        this.registration(init[1], init.slice(2) as Expr[], file, { file: file.path, line: g.line, function: g.name, what: '' }, root);
      }
    }
    for (const list of this.edges.values()) for (const e of list) this.called.add(e.target.facts);
    for (const { ref, contexts } of this.beyond?.entries(this.tree.functions) ?? [])
      for (const context of contexts) roots.push({ ref, context });
    progress?.('contexts', 0, 0);
    this.contexts.spread(roots, this.tree.functions);
    this.spreadUnknown();
    this.reclaim = reclaimLocks(
      reclaimRoots,
      (ref) => this.edges.get(ref.facts) ?? [],
      (ref) => this.taken.get(ref.facts) ?? [],
    );
    for (const lock of told) this.reclaim.set(lock.class, [...(this.reclaim.get(lock.class) ?? []), lock]);
  }

  /** Keeps what one function's analysis says to others. */
  protected note(ref: FunctionRef, a: Analysis): void {
    this.edges.set(
      ref.facts,
      // What stands inside an allocator or a wait of the core is judged at the call of it.
      edgesOf(
        a,
        this.variants,
        (point) => (this.cat.allocator(point.name) || this.cat.sleeper(point.name) ? [] : this.targets(point, a)),
        (point) => this.cat.runs(point.name).flatMap((i) => this.named(point.args[i], a.ref.file)),
      ),
    );
    for (const { target } of a.calls) {
      const table = tableOf(target);
      if (table === undefined) continue;
      const tables = this.tablesCalled.get(ref.file) ?? new Set();
      this.tablesCalled.set(ref.file, tables.add(table));
    }
    const worth = couldRetry(ref, a.calls, this.cat, (c) => this.canFail(c, ref))
      ? 'always'
      : worthOf(a, (c) => c.name === '' && this.indirectTargets(c.target, ref).length > 0);
    if (worth) this.worth.set(ref.facts, worth);
    if (worth === 'plain') this.requests.set(ref.facts, a.sites.filter(carriesMask).length);
    else this.requests.delete(ref.facts);
    if (worth !== 'always') this.awaitOperations(ref, a);
    const locks = locksOverAllocations(a, worth);
    if (locks.length > 0) this.underLocks.set(ref.facts, locks);
  }

  /** The same for a function without a graph. */
  protected noteLight(ref: FunctionRef): void {
    this.edges.set(ref.facts, this.lightEdges(ref));
  }

  /** Calls that a function makes of others of the tree. */
  edgesFrom(ref: FunctionRef): readonly CallEdge[] {
    return this.edges.get(ref.facts) ?? [];
  }

  /** Functions of a few files. */
  functionsIn(files: Iterable<string>): FunctionRef[] {
    return [...files].flatMap((file) => this.tree.functionsIn(file));
  }

  /** Functions that call one of `targets`, directly or through an operations structure. */
  callersOf(targets: ReadonlySet<FunctionRef['facts']>): FunctionRef[] {
    return this.tree.functions.filter((ref) => this.edgesFrom(ref).some((e) => targets.has(e.target.facts)));
  }

  /** Functions that an operation of unknown context leads to. */
  private readonly fromUnknown = new Set<FunctionRef['facts']>();

  /** What a function calls runs in no known context where it does not itself. */
  private spreadUnknown(): void {
    const front = this.tree.functions.filter((ref) => this.startsUnknown(ref));
    for (let ref = front.pop(); ref; ref = front.pop()) {
      for (const { target } of this.edges.get(ref.facts) ?? []) {
        if (this.fromUnknown.has(target.facts)) continue;
        this.fromUnknown.add(target.facts);
        front.push(target);
      }
    }
  }

  /**
   * A function whose address is taken runs in no known context where nothing tells it. One of a file's own that nobody names stands in a
   * table of a form that is not read (`vq_callback_t *cbs[] = { fn };`).
   */
  startsUnknown(ref: FunctionRef): boolean {
    const { facts } = ref;
    const { addressTaken, called } = this.useOf(ref);
    const unnamed = facts.static && !facts.inline && !facts.macro && !called && !facts.marks.some((m) => m.kind === 'init');
    return (addressTaken || unnamed) && this.contextsOf(ref).length === 0;
  }

  /** Whether every caller is known, and how each of them is entered where it is not called by name. */
  callersComplete(ref: FunctionRef): boolean {
    const own = this.useOf(ref);
    const use = this.beyond?.use(ref);
    if (own.fromUnknown || use?.fromUnknown === true) return false;
    return !own.addressTaken && use?.addressTaken !== true && (own.called || use?.called === true);
  }

  /** What the files of the tree do with a function. */
  useOf({ facts }: FunctionRef): Use {
    return { addressTaken: this.addressTaken.has(facts), called: this.called.has(facts), fromUnknown: this.fromUnknown.has(facts) };
  }

  /** Lock classes that reclaim takes, each with the paths to it. */
  get reclaimed(): ReadonlyMap<string, readonly ReclaimLock[]> {
    return this.reclaim;
  }

  worthOf(ref: FunctionRef): Worth | undefined {
    return this.worth.get(ref.facts);
  }

  /** How many requests a function of plain worth makes. */
  plainRequests(ref: FunctionRef): number {
    return this.requests.get(ref.facts) ?? 0;
  }

  /** Classes of the sleeping locks that a function holds over calls below which something is allocated. */
  locksOver(ref: FunctionRef): readonly string[] {
    return this.underLocks.get(ref.facts) ?? [];
  }

  /** The catalogue's word on a field; where the structure is not known, a field that only one structure has tells it. */
  private callback(struct: string, field: string): CallbackEntry | undefined {
    const entry = this.cat.callbackByField(struct, field);
    if (struct !== '' || !entry?.struct) return entry;
    return this.tree.onlyIn(entry.struct, field) ? this.cat.callbackByField(entry.struct, field) : entry;
  }

  /** The same for a function that is given to a macro at file scope or in an initialiser, where all that the macro is given run alike. */
  private byMacro(name: string): CallbackEntry | undefined {
    const [first, ...others] = /^[A-Z][A-Z0-9_]+$/.test(name) ? this.cat.callbacksByRegister(name) : [];
    return first && others.every((e) => e.context === first.context && e.sure === first.sure && !e.via) ? first : undefined;
  }

  /** False when neither a rule nor the inventory could say a word about the function: it need not be analysed again. */
  worthChecking(ref: FunctionRef): boolean {
    return this.worthOf(ref) === 'plain' || this.worthJudging(ref);
  }

  /** The same for rules alone. */
  worthJudging(ref: FunctionRef): boolean {
    const worth = this.worthOf(ref);
    const reclaimed = (lockClass: string): boolean => this.reclaimTakes(lockClass).length > 0;
    if (worth === 'always' || this.locksOver(ref).some(reclaimed)) return true;
    const here = (h: Held): boolean => h.atomic || (worth === 'plain' && (h.rtAtomic || reclaimed(h.class)));
    return worth !== undefined && this.contextsOf(ref).some((c) => c.nonBlock || c.task === 'reclaim' || c.held.some(here));
  }

  /** Everything known of one function with a body. */
  flow(ref: FunctionRef): FunctionFlow {
    const a = this.linker.analyse(ref);
    a.contexts = this.contextsOf(ref);
    a.callersComplete = this.callersComplete(ref);
    const find = (canFail: CanFail) =>
      findRetryLoops(
        ref,
        a.calls.map((c) => a.sites.find((s) => s.at.line === c.at.line && s.at.column === c.at.column) ?? c),
        this.cat,
        canFail,
      );
    const canFail: CanFail = (call) => this.canFail(call, ref);
    a.loops = this.beyond ? this.beyond.loops(a, canFail, find) : find(canFail);
    return a;
  }

  /**
   * Takes over where the calls and ways to sleep of a function stand now that it was analysed anew, where nothing else about them differs.
   * False: this program tells what it was linked from, lines included.
   */
  adopt(_was: FunctionRef, _edges: readonly CallEdge[], _summary: Summary): boolean {
    return false;
  }

  contextsOf(ref: FunctionRef): FunctionFlow['contexts'] {
    return this.contexts.get(ref);
  }

  reclaimTakes(lockClass: string): readonly ReclaimLock[] {
    const own = this.reclaimed.get(lockClass) ?? [];
    const beyond = this.beyond?.reclaimTakes(lockClass) ?? [];
    return beyond.length === 0 ? own : [...own, ...beyond.filter((b) => !own.some((o) => o.by === b.by))];
  }

  private canFail(call: CallPoint, ref: FunctionRef): { chain: ChainStep[] } | undefined {
    if (!call.name) return undefined;
    for (const target of this.tree.resolve(call.name, ref.file)) {
      const chain = this.linker.summary(target).enomem;
      if (chain) return { chain };
    }
    return undefined;
  }

  /** Functions that an argument names. */
  private named(arg: Expr | undefined, file: FunctionRef['file']): readonly FunctionRef[] {
    const fn = passed(arg);
    return typeof fn === 'string' && this.tree.named(fn).length ? this.tree.resolve(fn, file) : [];
  }

  private targets(point: CallPoint, a: Analysis): readonly FunctionRef[] {
    return point.name ? inBuildOf(a.ref.facts, this.tree.resolve(point.name, a.ref.file)) : this.indirectTargets(point.target, a.ref);
  }

  /** Tables of functions that a file calls by index, and so in turn. */
  private readonly tablesCalled = new Map<FunctionRef['file'], Set<string>>();

  private lightEdges(ref: FunctionRef): CallEdge[] {
    const out: CallEdge[] = [];
    for (const [name, line, args] of ref.facts.callees ?? []) {
      const at = ref.facts.line + line;
      if (this.cat.runs(name).length) {
        // Its arguments were not kept, but the functions among them were, with the line.
        for (const op of ref.file.ops) {
          if (op.struct || op.field || op.line < at || op.line > at + ARGUMENT_LINES) continue;
          for (const target of this.tree.resolve(op.fn, ref.file)) out.push({ target, line: at, variants: PLAIN, several: false });
        }
      }
      const targets = inBuildOf(ref.facts, this.tree.resolve(name, ref.file));
      const variants = args ? givenOnly(args, (constant) => this.linker.constant(constant, ref.file), this.variants) : PLAIN;
      const several = targets.length > 1 || ref.facts.selects === true || ref.facts.armed?.includes(name) === true;
      const ways = isMadeOnMiss(ref.facts.name, name) ? unanswered(variants) : variants;
      for (const target of targets) if (target.facts !== ref.facts) out.push({ target, line: at, variants: ways, several });
    }
    return out.slice();
  }

  /** The member of a structure that is set up with a callback: a timer, by the structure's name and its own. */
  private slotOf({ name, args: [arg] }: CallPoint, from: FunctionRef): string | undefined {
    const e = Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' ? arg[2] : undefined;
    if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.')) return undefined;
    if (!SETS_UP.test(name)) return undefined;
    const struct = structOf(typeOf(e[1], from.facts, from.file, this.linker));
    return struct && `${name} ${struct}.${e[2]}`;
  }

  private registrations(
    ref: FunctionRef,
    a: Analysis,
    root: (ref: FunctionRef, entry: CallbackEntry, at: ChainStep, slot?: string) => void,
  ): void {
    for (const point of a.calls) {
      const at = { file: ref.file.path, line: point.at.line, function: ref.facts.name, what: '' };
      if (point.name)
        this.registration(point.name, point.args, ref.file, at, (r, entry, from) => root(r, entry, from, this.slotOf(point, ref)));
    }
    for (const block of ref.facts.body!.blocks) {
      for (const ev of block.ev) {
        if (ev.k === 'set') this.noteAddress(ev.value, ref);
        else if (ev.k === 'ret' && ev.value !== undefined) this.noteAddress(ev.value, ref);
      }
    }
  }

  private noteAddress(e: Expr, ref: FunctionRef): void {
    const name = passed(e);
    if (typeof name !== 'string' || name in (ref.facts.body?.vars ?? {})) return;
    for (const target of this.tree.resolve(name, ref.file)) this.addressTaken.add(target.facts);
  }

  private registration(
    name: string,
    args: readonly Expr[],
    file: FunctionRef['file'],
    at: ChainStep,
    root: (ref: FunctionRef, entry: CallbackEntry, at: ChainStep) => void,
  ): void {
    const entries = this.cat.callbacksByRegister(name);
    const runs = this.cat.runs(name);
    args.forEach((arg, i) => {
      // Run by the call itself: an edge of the call graph.
      if (runs.includes(i)) return;
      const fn = passed(arg);
      if (typeof fn !== 'string') return;
      for (const entry of entries) {
        // The callback stands in a structure that is handed over: `register_netdevice_notifier(&nb)`.
        if (entry.arg !== i || !entry.via) continue;
        for (const op of file.ops) {
          if (op.variable !== fn || op.field !== entry.via) continue;
          for (const ref of this.tree.resolve(op.fn, file)) root(ref, entry, at);
        }
      }
      const targets = this.tree.named(fn).length ? this.tree.resolve(fn, file) : [];
      for (const ref of targets) {
        this.addressTaken.add(ref.facts);
        const entry = entries.find((e) => e.arg === i && !e.via);
        if (entry) root(ref, entry, at);
      }
    });
  }
}
