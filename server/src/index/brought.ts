/** Contexts that a call brings: what they say, what a call hands on of them, and the way that they came. */
import type { ChainStep, EntryContext, FunctionRef, Held, ParamCondition } from '../flow/model.js';
import { conditionsKey, contradicts, implies } from '../flow/bind.js';
import type { CallEdge, EdgeVariant } from './edges.js';

const MAX_CARRIED = 4;
/** Shared by all that carry nothing of a kind: a tree has millions of contexts. */
const NO_SCOPES: EntryContext['scopes'] = [];
const NO_PARAMS: ParamCondition[] = [];

/** What a context says, whatever its way: most calls hand it on as it is, and share it. */
export interface Says {
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

/** What is held, by its class; a member of an unknown structure as it is written. */
const nameOf = (held: Held): string => (held.class.startsWith('?.') ? held.text : held.class) || held.kind;

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
    return `'${this.caller.facts.name}' calls it ${first ? `with ${nameOf(first)} held` : 'inside a scope'}`;
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
      ? `${first.origin === 'entry' ? 'is entered with' : 'takes'} ${nameOf(first)}`
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

export const saysOf = (c: EntryContext): Says | EntryContext => (c instanceof Brought ? c.says : c);

/** Whether two that came of one say the same. */
export const saysTheSame = (a: Says, b: Says): boolean =>
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
export class PassedContext extends Brought implements EntryContext {
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
