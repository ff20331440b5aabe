/**
 * Top-down: from every place where a context begins (a registered callback, an author's word, a lock taken around a call) to
 * the functions that run in it. Breadth first, so that the first path found to a context is a shortest one.
 */
import type { CallbackContext, CallbackEntry } from '../catalog/model.js';
import type { ChainStep, EntryContext, FunctionRef, Held, LockKind, ParamCondition } from '../flow/model.js';
import { conditionsKey, contradicts, implies } from '../flow/bind.js';
import type { CallEdge, EdgeVariant } from './edges.js';

/** Contexts kept per function; steps followed from where one begins. */
export const MAX_CONTEXTS = 8;
export const MAX_DEPTH = 12;

export interface Root {
  ref: FunctionRef;
  context: EntryContext;
}

type Key = FunctionRef['facts'];

/** A context on its way down, with the number of its signature. */
interface Front extends Root {
  key: number;
}

export class Contexts {
  private readonly of = new Map<Key, EntryContext[]>();
  /** Their signatures by number, while they spread. */
  private readonly keys = new Map<Key, number[]>();
  /** There are few different ones in a tree. */
  private readonly signatures = new Map<string, number>();
  /** Signature of what a call that changes nothing hands on of a context, by that context's; odd: of a call that may mean several functions. */
  private readonly handed = new Map<number, number>();

  constructor(private readonly edges: (ref: FunctionRef) => readonly CallEdge[]) {}

  get(ref: FunctionRef): EntryContext[] {
    return this.of.get(ref.facts) ?? [];
  }

  /** Spreads the roots, then what callers hold. `functions` are all whose calls begin a context of their own. */
  spread(roots: readonly Root[], functions: readonly FunctionRef[]): void {
    let front: Front[] = [];
    const begin = (ref: FunctionRef, context: EntryContext): void => {
      const key = this.keyOf(context);
      if (this.add(ref, context, key)) front.push({ ref, context, key });
    };
    for (const { ref, context } of roots) begin(ref, context);
    // A function that nobody registers and nobody calls is entered from outside: its calls carry only what it holds itself.
    for (const ref of functions) {
      for (const edge of this.edges(ref)) {
        for (const v of edge.variants) {
          const context = opens(v) ? begun(ref, edge, v) : null;
          if (context) begin(edge.target, context);
        }
      }
    }
    for (let depth = 0; depth < MAX_DEPTH && front.length; depth++) {
      const next: Front[] = [];
      for (const from of front) {
        for (const edge of this.edges(from.ref)) {
          for (const v of edge.variants) this.handOn(from, edge, v, next);
        }
      }
      front = next;
    }
    // Called from where nothing is known of, a function may run otherwise than the tasks that are known call it.
    for (const ref of functions) {
      if (this.of.has(ref.facts) || ref.facts.marks.some((m) => m.kind === 'init')) continue;
      for (const { target } of this.edges(ref))
        for (const c of this.get(target))
          if (c instanceof PassedContext && c.depth > 1 && c.held.length === 0)
            c.says = this.sharing(c.says, { ...c.says, sure: false, open: true });
    }
    // Nothing is added any more.
    this.keys.clear();
    this.derived.clear();
    this.signatures.clear();
    this.handed.clear();
  }

  /** What came of what a context says, one call on. */
  private readonly derived = new Map<Says | EntryContext, Says[]>();
  /** What was said already in place of its equal. */
  private sharing(before: Says | EntryContext, now: Says): Says {
    const list = this.derived.get(before);
    const known = list?.find((one) => saysTheSame(one, now));
    if (known) return known;
    if (list) list.push(now);
    else this.derived.set(before, [now]);
    return now;
  }

  private handOn({ ref, context, key }: Front, edge: CallEdge, v: EdgeVariant, next: Front[]): void {
    const { target } = edge;
    const known = this.of.get(target.facts);
    if (known && known.length >= MAX_CONTEXTS) return;
    // Most of what is handed on is there already: that is seen before it is made.
    const same = context.begins !== undefined && changesNothing(v) ? 2 * key + Number(edge.several) : undefined;
    const expected = same === undefined || !known ? undefined : this.handed.get(same);
    if (expected !== undefined && this.keys.get(target.facts)!.includes(expected)) return;
    const passed = pass(ref, context, edge, v);
    if (!passed) return;
    if (passed.says !== saysOf(context)) passed.says = this.sharing(saysOf(context), passed.says);
    const passedKey = this.keyOf(passed);
    if (same !== undefined) this.handed.set(same, passedKey);
    if (this.add(target, passed, passedKey)) next.push({ ref: target, context: passed, key: passedKey });
  }

  private keyOf(context: EntryContext): number {
    const text = signature(context);
    let key = this.signatures.get(text);
    if (key === undefined) this.signatures.set(text, (key = this.signatures.size));
    return key;
  }

  private add(ref: FunctionRef, context: EntryContext, key: number): boolean {
    const known = this.of.get(ref.facts);
    if (!known) {
      this.of.set(ref.facts, [context]);
      this.keys.set(ref.facts, [key]);
      return true;
    }
    const keys = this.keys.get(ref.facts)!;
    if (known.length >= MAX_CONTEXTS || keys.includes(key)) return false;
    // Longer by one, not by the sixteen that push() would add: a tree has hundreds of thousands of these.
    this.keys.set(ref.facts, keys.concat(key));
    this.of.set(ref.facts, known.concat(context));
    return true;
  }
}

/** Whether a call holds or opens anything at all. */
const opens = (v: EdgeVariant): boolean => v.held.length > 0 || v.scopes.length > 0 || v.nonBlock;

/** Whether a call hands a context on as it is, whatever it tells of parameters. */
const changesNothing = (v: EdgeVariant): boolean => !opens(v) && !v.chosen && v.dropped.length === 0 && v.assume.length === 0;

/** What tells two contexts apart: what is forbidden, what is held by class, scopes and the task; not the path. */
export function signature(c: EntryContext): string {
  const held = joined(c.held, (h) => `${h.kind}:${h.class}`);
  return `${c.task}|${held}|${joined(c.scopes, (s) => s.kind)}|${c.nonBlock}|${c.begins === 'callback'}|${c.sure}|${c.open === true}`;
}

/** Words for a list, each once, in order. */
function joined<T>(list: readonly T[], word: (item: T) => string): string {
  if (list.length < 2) return list.length ? word(list[0]!) : '';
  return [...new Set(list.map(word))].sort().join();
}

const MAX_CARRIED = 4;
/** Shared by all that carry nothing of a kind: a tree has millions of contexts. */
const NO_SCOPES: EntryContext['scopes'] = [];
const NO_PARAMS: ParamCondition[] = [];

/** What a context says, whatever its way: most calls hand it on as it is, and share it. */
interface Says {
  readonly held: Held[];
  readonly scopes: EntryContext['scopes'];
  readonly nonBlock: boolean;
  readonly task: EntryContext['task'];
  readonly begins: NonNullable<EntryContext['begins']>;
  readonly params: ParamCondition[];
  readonly sure: boolean;
  readonly open: boolean;
}

/** A context that a call brought. */
abstract class Brought {
  constructor(
    readonly caller: FunctionRef,
    readonly edge: CallEdge,
    public says: Says,
  ) {}

  get held(): Held[] {
    return this.says.held;
  }
  get scopes(): EntryContext['scopes'] {
    return this.says.scopes;
  }
  get nonBlock(): boolean {
    return this.says.nonBlock;
  }
  get task(): EntryContext['task'] {
    return this.says.task;
  }
  get from(): 'caller' {
    return 'caller';
  }
  get begins(): NonNullable<EntryContext['begins']> {
    return this.says.begins;
  }
  get params(): ParamCondition[] {
    return this.says.params;
  }
  get sure(): boolean {
    return this.says.sure;
  }
  get open(): boolean {
    return this.says.open;
  }
}

/** The context that a caller opens around one call; null when it holds nothing there. */
export function begun(ref: FunctionRef, edge: CallEdge, v: EdgeVariant): BegunContext | null {
  const local = v.held.filter((h) => h.origin === 'local');
  const stated = v.held.filter((h) => h.origin === 'entry');
  const scopes = v.scopes.filter((s) => s.origin === 'local');
  const held = [...stated, ...local];
  if (!held.length && !scopes.length && !v.nonBlock) return null;
  return new BegunContext(ref, edge, held[0], {
    held: held.slice(-MAX_CARRIED),
    scopes: scopes.length ? scopes : NO_SCOPES,
    nonBlock: v.nonBlock,
    task: 'unknown',
    begins: local.length || scopes.length || v.nonBlock ? 'lock' : 'author',
    params: v.params.length ? [...v.params] : NO_PARAMS,
    sure: !edge.several && !v.chosen && v.assume.length === 0,
    open: edge.several || v.chosen,
  });
}

/** A context that a caller opens around one call. Its words are found when a finding asks for them. */
class BegunContext extends Brought implements EntryContext {
  constructor(
    caller: FunctionRef,
    edge: CallEdge,
    /** The first thing held. */
    private readonly first: Held | undefined,
    says: Says,
  ) {
    super(caller, edge, says);
  }

  get why(): string {
    const { first } = this;
    return `'${this.caller.facts.name}' calls it ${first ? `with ${first.class || first.kind} held` : 'inside a scope'}`;
  }

  get path(): ChainStep[] {
    const { caller, edge } = this;
    const { name } = caller.facts;
    return [this.begin(name), { file: caller.file.path, line: edge.line, function: name, what: `calls ${edge.target.facts.name}` }];
  }

  private begin(name: string): ChainStep {
    const { first } = this;
    const [scope] = this.scopes;
    const { file, line } = (first ?? scope)?.at ?? { file: this.caller.file.path, line: this.edge.line };
    const what = first
      ? `${first.origin === 'entry' ? 'is entered with' : 'takes'} ${first.class || first.kind}`
      : scope
        ? `opens a ${scope.kind} scope`
        : 'is inside non_block_start()';
    return { file, line, function: name, what };
  }
}

/** A call through which a context came. */
export interface Hop {
  caller: FunctionRef;
  edge: CallEdge;
}

/** The call that brought a context, and the caller's context that it was handed on from; undefined for one that no call brought. */
export function originOf(context: EntryContext): (Hop & { before: EntryContext | undefined }) | undefined {
  if (context instanceof PassedContext) return context;
  return context instanceof BegunContext ? { caller: context.caller, edge: context.edge, before: undefined } : undefined;
}

/** The calls through which a context came, the last one first. */
export function* hopsOf(context: EntryContext): Generator<Hop> {
  let at: EntryContext = context;
  for (; at instanceof PassedContext; at = at.before) yield at;
  if (at instanceof BegunContext) yield at;
}

/** Contexts that say no more than that a task runs there: how many calls they are followed. */
const BARE_DEPTH = 6;
const TASKS: ReadonlySet<EntryContext['task']> = new Set<EntryContext['task']>(['process', 'workqueue', 'kthread']);

/**
 * What a call hands on of what is known of the caller's parameters. `sure`: that the path there is taken follows from it. `entered`: the caller is
 * entered from outside, as a callback, with whatever it may be given.
 * Null when the path cannot be taken with such parameters.
 */
export function hand(
  known: readonly ParamCondition[],
  v: EdgeVariant,
  entered = false,
): { params: ParamCondition[]; sure: boolean } | null {
  if (v.assume.some((a) => known.some((k) => k.index === a.index && contradicts(k, a)))) return null;
  const params: ParamCondition[] = v.params.length || (v.through.length && known.length) ? [...v.params] : NO_PARAMS;
  for (const [callee, caller] of v.through) {
    for (const k of known) if (k.index === caller) params.push({ ...k, index: callee });
  }
  const given = (a: ParamCondition): boolean => (entered && excludesOne(a)) || known.some((k) => k.index === a.index && implies(k, a));
  return { params: params.length ? params.slice() : NO_PARAMS, sure: v.assume.every(given) };
}

const saysOf = (c: EntryContext): Says | EntryContext => (c instanceof Brought ? c.says : c);

/** Whether two that came of one say the same. */
const saysTheSame = (a: Says, b: Says): boolean =>
  sameItems(a.held, b.held) &&
  sameItems(a.scopes, b.scopes) &&
  a.nonBlock === b.nonBlock &&
  a.sure === b.sure &&
  a.open === b.open &&
  (a.params === b.params || conditionsKey(a.params) === conditionsKey(b.params));

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a === b || (a.length === b.length && a.every((item, i) => item === b[i]));

/** A callback is told of more errors than the one that it turns away (`if (err == -EINPROGRESS) return;`). */
const excludesOne = (a: ParamCondition): boolean => a.op === '!=' && typeof a.value === 'number' && a.value < 0;

/** A context handed on by a call, with what the caller added and dropped; null when the path cannot be taken in it. */
export function pass(ref: FunctionRef, c: EntryContext, edge: CallEdge, v: EdgeVariant): PassedContext | null {
  const handed = hand(c.params, v, c.from === 'callback');
  if (!handed) return null;
  const left = c.held.filter(
    (h) => !v.dropped.some((d) => d.kind === h.kind && (d.class === h.class || d.text === h.text || d.text === '')),
  );
  const local = v.held.filter((h) => h.origin === 'local' && !left.some((o) => o.kind === h.kind && o.class === h.class));
  const held = local.length === 0 && left.length === c.held.length ? c.held : [...left, ...local].slice(-MAX_CARRIED);
  const opened = v.scopes.filter((s) => !c.scopes.some((o) => o.kind === s.kind));
  const scopes = opened.length ? [...c.scopes, ...opened] : c.scopes;
  // Nothing left of what made the context: the callee is entered as from anywhere.
  const bare = c.from === 'caller' && !held.length && !scopes.length && !c.nonBlock && !v.nonBlock;
  if (bare && (!TASKS.has(c.task) || !(c instanceof PassedContext) || c.depth >= BARE_DEPTH)) return null;
  const now: Says = {
    held,
    scopes,
    nonBlock: c.nonBlock || v.nonBlock,
    task: c.task,
    begins: c.begins ?? (c.from === 'callback' ? 'callback' : c.from === 'author' ? 'author' : 'lock'),
    params: handed.params,
    sure: c.sure && !edge.several && !v.chosen && handed.sure,
    open: c.open === true || edge.several || v.chosen,
  };
  return new PassedContext(c, ref, edge, c instanceof Brought && saysTheSame(c.says, now) ? c.says : now);
}

/** A context one call further down. It knows its path by the context before it: written out, a tree's paths would fill gigabytes. */
class PassedContext extends Brought implements EntryContext {
  /** Calls since the context began. */
  readonly depth: number;

  constructor(
    readonly before: EntryContext,
    caller: FunctionRef,
    edge: CallEdge,
    says: Says,
  ) {
    super(caller, edge, says);
    this.depth = before instanceof PassedContext ? before.depth + 1 : 1;
  }

  get why(): string {
    return this.before.why;
  }

  get path(): ChainStep[] {
    const hops: ChainStep[] = [];
    let at: EntryContext = this;
    for (; at instanceof PassedContext; at = at.before) {
      const { caller, edge } = at;
      hops.push({ file: caller.file.path, line: edge.line, function: caller.facts.name, what: `calls ${edge.target.facts.name}` });
    }
    return [...at.path, ...hops.reverse()];
  }
}

const HELD_BY_CONTEXT: Partial<Record<CallbackContext, LockKind>> = {
  hardirq: 'hardirq',
  softirq: 'softirq',
  bh_off: 'bh_off',
  irq_off: 'irq_off',
  rcu: 'rcu',
  atomic: 'preempt_off',
  nmi: 'nmi',
};
const TASK_BY_CONTEXT: Partial<Record<CallbackContext, EntryContext['task']>> = {
  hardirq: 'hardirq',
  softirq: 'softirq',
  nmi: 'nmi',
  process: 'process',
  workqueue: 'workqueue',
  kthread: 'kthread',
  reclaim: 'reclaim',
  non_block: 'unknown',
};

/** Of the callbacks that run with interrupts off, those that do with PREEMPT_RT as well: there a spinlock leaves interrupts on. */
const OFF_ON_RT = /interrupts off|raw lock|\bprocessors?\b|reads a clock|programs a clock|counts events/;

/** Keys and signatures that the core computes itself are asked for by tasks (crypto/{dh,ecdh,ecdsa}.c, 5.10 to 6.12); a driver's may be asked for by others. */
const KEY_OPERATIONS = /^(kpp|akcipher|sig)_alg$/;

/** Entry context of a registered callback. `at` is where it was registered or put into its table. */
export function callbackContext(
  ref: FunctionRef,
  entry: CallbackEntry,
  at: { file: string; line: number; function: string },
): EntryContext {
  const where = {
    file: ref.file.path,
    line: ref.facts.line,
    column: ref.facts.column,
    endLine: ref.facts.line,
    endColumn: ref.facts.column + ref.facts.name.length,
  };
  const kind = HELD_BY_CONTEXT[entry.context];
  // A spinlock that callers hold is named: code that drops it and takes it again is then seen doing so.
  const lock = entry.context === 'atomic' && entry.holds ? entry.holds : '';
  const held: Held[] = kind
    ? [
        {
          kind: lock ? 'spin' : kind,
          text: '',
          class: lock,
          atomic: true,
          rtAtomic: kind === 'nmi' || (kind === 'irq_off' && OFF_ON_RT.test(entry.why)) || (kind === 'hardirq' && !entry.rtThread),
          at: where,
          origin: 'entry',
        },
      ]
    : [];
  const sure = entry.sure && !(KEY_OPERATIONS.test(entry.struct ?? '') && ref.file.path.startsWith('crypto/'));
  return {
    held,
    scopes: [],
    nonBlock: entry.context === 'non_block',
    task: TASK_BY_CONTEXT[entry.context] ?? 'unknown',
    path: [
      {
        ...at,
        what: entry.register ? `registers ${ref.facts.name} with ${entry.register}` : `${ref.facts.name} is ${entry.struct}.${entry.field}`,
      },
      { file: ref.file.path, line: ref.facts.line, function: ref.facts.name, what: entry.why },
    ],
    from: 'callback',
    begins: 'callback',
    why: entry.why,
    params: [],
    sure,
    open: !sure,
  };
}

/** Entry context stated by a kernel-doc `Context:` section; null when its words do not decide. */
export function statedContext(ref: FunctionRef, text: string): EntryContext | null {
  const words = text.toLowerCase();
  const sleeps = /may sleep|can sleep|might sleep|sleeps|can block|may block|process context|task context|user context/.test(words);
  // 'non-atomic', 'not from atomic context', 'not suitable for atomic' say the contrary.
  const denies =
    /(?:must not|does not|doesn't|not|never|cannot|can't) (?:sleep|block)|non-?sleep/.test(words) ||
    (/\batomic\b/.test(words) && !/\b(?:not?|non|never|cannot|can't|don't|isn't|outside|unsuitable|sleeping)\b/.test(words));
  const interrupt = /\b(?:softirq|bh context|bottom half|tasklet)\b/.test(words)
    ? 'softirq'
    : /\b(?:hardirq|hard irq|interrupt|irq) context|interrupts? disabled|irqs? (?:off|disabled)/.test(words)
      ? 'hardirq'
      : null;
  if (sleeps || /any context|or |either|unless|if /.test(words)) return null;
  // "Don't call from IRQ context."
  if (/\b(?:not|never|cannot|can't|don't)\b[^.]*\b(?:from|in)\b/.test(words)) return null;
  if (!interrupt && !denies) return null;
  const kind: LockKind = interrupt ?? 'preempt_off';
  const where = { file: ref.file.path, line: ref.facts.line, column: 1, endLine: ref.facts.line, endColumn: 1 };
  return {
    held: [{ kind, text: '', class: '', atomic: true, rtAtomic: false, at: where, origin: 'entry' }],
    scopes: [],
    nonBlock: false,
    task: interrupt ?? 'unknown',
    path: [{ file: ref.file.path, line: ref.facts.line, function: ref.facts.name, what: 'its kernel-doc states the context' }],
    from: 'author',
    begins: 'author',
    why: `its kernel-doc says: ${text.slice(0, 60)}`,
    params: [],
    sure: true,
  };
}
