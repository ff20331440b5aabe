/** Entry of the flow layer: one function's facts in, every point that matters with its states out. */
import type { AllocatorEntry } from '../catalog/model.js';
import type { CallEvent, Expr, Pos } from '../facts/model.js';
import { bindConditions, isNonzero } from './bind.js';
import { fieldsContradict, guardAt, guardsAt } from './commands.js';
import { flatMapped, settle, solve } from './fixpoint.js';
import type { FlowCatalogue, Knowledge } from './knowledge.js';
import { mentionsGfp } from './masks.js';
import type {
  CallEffects,
  CallPoint,
  ChainStep,
  EntryContext,
  ExitState,
  FieldGuard,
  FunctionFlow,
  FunctionRef,
  Held,
  MaskValue,
  NonBlockUse,
  OpenScope,
  ParamCondition,
  PathState,
  Site,
  SleepChain,
  SleepWitness,
  Where,
} from './model.js';
import { fateOf } from './nullcheck.js';
import { pageOrder } from './order.js';
import { ScopeRecorder } from './scopes.js';
import { assume, EMPTY_STATE, type State } from './state.js';
import { forgetAtoms } from './know.js';
import { forgetTexts, lockText, textOf } from './text.js';
import { Transfer } from './transfer.js';
import { isAtomicKind, isRtAtomicKind, lockClass, lockKindOfType, structOf, typeOf } from './types.js';
import { toPathState } from './conditions.js';
import { parseLockText } from './annotations.js';
import { givenScopes } from './given-handle.js';
import { toldApart } from './told-apart.js';

export interface Analysis extends FunctionFlow {
  /** Mask arguments and scopes by call, exits by return: raw material for summaries. */
  transfer: Transfer;
}

/** Runs the flow analysis of one function with a body. Throws only on facts that break their own contract. */
export function analyseFunction(
  ref: FunctionRef,
  cat: FlowCatalogue,
  know: Knowledge,
  contexts: EntryContext[] = [],
  callersComplete = false,
): Analysis {
  const body = ref.facts.body;
  if (!body) throw new Error(`${ref.file.path}: ${ref.facts.name} has no body to analyse`);
  forgetTexts();
  forgetAtoms();
  const transfer = new Transfer(ref, cat, know);
  const entry = entryStates(transfer);
  const { in: states, imprecise } = solve(body, entry, transfer);
  const scopes = new ScopeRecorder(transfer);
  const calls: CallPoint[] = [];
  const sites: Site[] = [];
  const waits: FunctionFlow['waits'] = [];
  const exits: ExitState[] = [];
  const nonBlock: NonBlockUse[] = [];
  const inLoop = (block: number): boolean => body.loops.some((l) => l.blocks.includes(block));

  body.blocks.forEach((block, b) => {
    let current: readonly State[] = states[b]!;
    block.ev.forEach((ev, index) => {
      if (ev.k === 'call') {
        const point = callPoint(transfer, ev, current, b);
        calls.push(point);
        const site = siteOf(transfer, ev, point, current, index);
        if (site) sites.push(site);
        scopes.inside(point, current);
        if (point.name in WAITS) waits.push({ api: point.name, at: point.at, args: ev.args, states: point.states, inLoop: inLoop(b) });
        nonBlockPoint(nonBlock, point, current);
      } else if (ev.k === 'ret') {
        for (const s of current) exits.push(exitOf(transfer, s, ev.value, ev.pos));
      }
      if (ev.k === 'call' || ev.k === 'set') {
        transfer.listener = scopes;
        current = settle(
          flatMapped(current, (s) => {
            const out = transfer.apply(s, ev);
            scopes.opened(ev, s, out);
            return out;
          }),
        );
        transfer.listener = undefined;
      }
    });
    const last = block.ev[block.ev.length - 1];
    if (b !== 1 && last?.k !== 'ret') {
      const end = ref.facts.endLine - ref.facts.line;
      for (const e of block.next) {
        if (e.to !== 1) continue;
        for (const s of current) {
          const left = e.when === undefined ? s : assume(s, e.when, e.is !== false, transfer.tracks);
          if (left) exits.push(exitOf(transfer, left, undefined, [end, 1, end, 2]));
        }
      }
    }
  });
  argumentsOfWaits(calls);
  calls.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  sites.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  return {
    ref,
    calls,
    sites,
    scopes: scopes.finish(exits),
    loops: [],
    waits,
    nonBlock,
    flagUses: body.flags.map((f) => ({ flag: f.flag, kind: f.kind, at: transfer.where(f.pos) })),
    exits,
    contexts,
    callersComplete,
    entry: entry.map((s) => toPathState(transfer, s)),
    imprecise: imprecise || body.damaged === true,
    transfer,
  };
}

/**
 * A macro that lets go of a lock while it waits (`wait_event_cmd()` and what is built on it) runs what stands among its arguments
 * without the lock too: nothing is concluded from calls inside its parentheses.
 */
function argumentsOfWaits(calls: readonly CallPoint[]): void {
  for (const outer of calls) {
    if (!outer.effects?.sleeps.some((w) => w.drops.length > 0)) continue;
    const [line, column, endLine, endColumn] = outer.pos;
    for (const inner of calls) {
      const [l, c, el, ec] = inner.pos;
      const within = inner !== outer && (l > line || (l === line && c > column)) && (el < endLine || (el === endLine && ec < endColumn));
      if (within) delete inner.effects;
    }
  }
}

/** Waits that the inventory lists. */
export const WAITS: Readonly<Record<string, true>> = {
  congestion_wait: true,
  wait_iff_congested: true,
  memalloc_retry_wait: true,
  reclaim_throttle: true,
};

/** What the author states at the function's head: sparse annotations name locks that the caller holds. */
function entryStates(t: Transfer): State[] {
  const held: Held[] = [];
  const { facts, file } = t.ref;
  for (const [i, mark] of facts.marks.entries()) {
    if (mark.kind !== 'must_hold' && mark.kind !== 'releases') continue;
    // `__acquires(x) __releases(x)`, in this order, is a function that takes the lock and gives it back.
    if (facts.marks.slice(0, i).some((m) => m.kind === 'acquires' && m.text === mark.text)) continue;
    const expr = parseLockText(mark.text);
    if (expr === undefined) continue;
    const text = textOf(Array.isArray(expr) && expr[0] === 'u' && expr[1] === '&' ? expr[2] : expr);
    // lock_sock() is annotated by the spinlock inside (include/net/sock.h): what is held is the socket.
    const kind =
      text === 'RCU' || text === 'rcu'
        ? 'rcu'
        : /(?:^|\.)sk_lock(?:\.slock)?$/.test(text)
          ? 'sock_lock'
          : lockKindOfType(typeOf(expr, facts, file, t.know));
    if (!kind || held.some((h) => h.text === text)) continue;
    held.push({
      kind,
      text: kind === 'rcu' ? '' : text,
      class: kind === 'rcu' ? '' : lockClass(expr, facts, file, t.know),
      atomic: isAtomicKind(kind),
      rtAtomic: isRtAtomicKind(kind),
      at: t.where([0, 1, 0, 1]),
      origin: 'entry',
    });
  }
  const scopes = givenScopes(facts, t.cat).map(({ kind, name }): OpenScope => ({
    kind,
    cookie: '',
    at: t.where([0, 1, 0, 1]),
    origin: 'entry',
    by: name,
    implied: true,
  }));
  return [{ ...EMPTY_STATE, held, scopes }];
}

function callPoint(t: Transfer, ev: CallEvent, states: readonly State[], block: number): CallPoint {
  const name = typeof ev.fn === 'string' ? ev.fn : '';
  const point: CallPoint = {
    name,
    target: ev.fn,
    args: ev.args,
    to: ev.to === undefined ? '' : textOf(ev.to),
    use: ev.use,
    at: t.where(ev.pos),
    pos: ev.pos,
    states: states.map((s) => toPathState(t, s)),
    masks: {},
    block,
  };
  const gfpIndex = name ? (t.called(name).allocator?.gfp ?? t.gfpParameter(name)) : undefined;
  ev.args.forEach((arg, i) => {
    if (i === gfpIndex || mentionsGfp(arg, t.masks.isName)) point.masks[i] = states.map((s) => t.masks.of(s, arg));
  });
  const effects = effectsOf(t, ev);
  if (effects) point.effects = applicable(effects, point, t);
  return point;
}

/** Leaves out ways to sleep that the arguments rule out, and names the states in which the others apply. */
function applicable(effects: CallEffects, point: CallPoint, t: Transfer): CallEffects {
  const sleeps: SleepWitness[] = [];
  // Under a lock of the function's own there was no choice.
  const chosen = isChosen(t, point.name) && !point.states.some((s) => s.held.some((h) => h.atomic && h.origin === 'local'));
  for (const known of effects.sleeps) {
    if (known.tail?.fields?.some((g) => excludes(point, t, g))) continue;
    const conditions = known.tail?.when ?? known.when;
    const inStates: number[] = [];
    let sure =
      known.sure && !chosen && !known.tail?.fields?.some((g) => askedBefore(point, t, g)) && !(known.tail?.among && isToldApart(point, t));
    let open = false;
    point.states.forEach((state, i) => {
      if (known.faults && state.held.some((h) => h.kind === 'pagefault_off')) return;
      const bound = conditions.length ? bindConditions(conditions, point, i, t) : UNCONDITIONAL;
      if (!bound) return;
      inStates.push(i);
      if (!bound.sure) sure = false;
      if (bound.when.length) open = true;
    });
    if (!inStates.length && point.states.length) continue;
    const drops = known.drops.map((d) => t.instantiate(d, point.args));
    sleeps.push(new BoundWitness(known, drops, sure, open ? conditions : [], inStates.length < point.states.length ? inStates : undefined));
  }
  return { ...effects, sleeps };
}

/** A witness with the call's arguments put in; its path is the callee's, and written out only when asked for. */
class BoundWitness implements SleepWitness {
  readonly kind: SleepWitness['kind'];
  readonly api: string;
  readonly why: string;
  readonly yields?: boolean;
  readonly tail?: SleepChain;
  readonly inStates?: number[];

  constructor(
    private readonly known: SleepWitness,
    readonly drops: Held[],
    readonly sure: boolean,
    readonly when: ParamCondition[],
    inStates: number[] | undefined,
  ) {
    this.kind = known.kind;
    this.api = known.api;
    this.why = known.why;
    if (known.yields) this.yields = true;
    if (known.tail) this.tail = known.tail;
    if (inStates) this.inStates = inStates;
  }

  get path(): ChainStep[] {
    return this.known.path;
  }
}
const UNCONDITIONAL = { when: [], sure: true };

/** Whether the caller itself gets to the call only where a test of the field says what keeps the callee from its sleep. */
function askedBefore(point: CallPoint, t: Transfer, guard: FieldGuard): boolean {
  const arg = point.args[guard.index];
  if (guard.field === '' || typeof arg !== 'string') return false;
  const index = t.paramIndex(arg);
  if (index === undefined) return false;
  return guardsAt(t.ref.facts, point.block).some((g) => g.index === index && fieldsContradict(g, guard));
}

/** Whether the caller asked the object which of an operation's implementations it has. */
const isToldApart = (point: CallPoint, t: Transfer): boolean =>
  toldApart(t.ref.facts.body!, point.block, point.target, (member) => /[*\[]/.test(typeOf(member, t.ref.facts, t.ref.file, t.know)));

/** Whether the caller set the field to what keeps the callee from its sleep. */
function excludes(point: CallPoint, t: Transfer, guard: FieldGuard): boolean {
  const arg = point.args[guard.index];
  const value = arg === undefined ? undefined : guardAt(t.ref.facts, point.block, point.pos[0], arg, guard.field);
  return value !== undefined && value !== guard.is;
}

/** What a call does itself and through the functions that it is given to run. */
function effectsOf(t: Transfer, ev: CallEvent): CallEffects | undefined {
  const own = ownEffects(t, ev);
  const runs = typeof ev.fn === 'string' ? t.called(ev.fn).runs : [];
  if (!runs.length) return own;
  const given = runs.flatMap((i) => runEffects(t, ev.args[i]));
  return given.length ? { ...own, sleeps: [...(own?.sleeps ?? []), ...given] } : own;
}

/** How a function that is handed over to be run may sleep, whatever it is given. */
function runEffects(t: Transfer, arg: Expr | undefined): readonly SleepWitness[] {
  const fn = Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' ? arg[2] : arg;
  if (typeof fn !== 'string' || t.paramIndex(fn) !== undefined) return [];
  const { sleeps } = t.know.effects(fn, t.ref.file, t.ref.facts) ?? { sleeps: [] };
  return sleeps.filter((w) => w.when.length === 0 && !w.tail?.fields?.length && w.drops.every((d) => !d.text.includes('$')));
}

/** What the catalogue says of the called primitive, else what the tree knows of the callee. */
function ownEffects(t: Transfer, ev: CallEvent): CallEffects | undefined {
  if (typeof ev.fn === 'string') {
    const { lock, sleeper, allocator } = t.called(ev.fn);
    if (lock) {
      if (lock.op !== 'open' || !lock.sleeps) return undefined;
      return {
        sleeps: [
          { kind: 'lock', api: ev.fn, why: LOCK_WORDS[lock.kind] ?? 'takes a sleeping lock', path: [], when: [], drops: [], sure: true },
        ],
      };
    }
    if (sleeper) {
      const given = sleeper.when && 'nonzero' in sleeper.when ? isNonzero(t, ev.args[sleeper.when.nonzero]) : undefined;
      if (given === false) return undefined;
      const when: ParamCondition[] =
        !sleeper.when || given
          ? []
          : 'gfp' in sleeper.when
            ? [{ index: sleeper.when.gfp, op: 'blocking', value: 0 }]
            : [{ index: sleeper.when.nonzero, op: '!=', value: 0 }];
      const drops = sleeper.drops === undefined ? [] : [droppedLock(t, ev, sleeper.drops)];
      return {
        sleeps: [
          {
            kind: 'wait',
            api: ev.fn,
            why: sleeper.why,
            path: [],
            when,
            drops,
            sure: sleeper.sure,
            ...(sleeper.fault ? { faults: true } : {}),
            ...(sleeper.yields ? { yields: true } : {}),
          },
        ],
      };
    }
    if (allocator) return allocator.drops === undefined ? undefined : { sleeps: [dropping(t, ev, allocator)] };
  }
  return operationEffects(t, ev) ?? t.know.effects(ev.fn, t.ref.file, t.ref.facts);
}

/** Of two halves, one that sleeps and one that does not (`gpiod_get_value_cansleep()`), the function calls both: which one, it chooses by what it may do. */
function isChosen({ ref }: Transfer, fn: string): boolean {
  const other = /^(\w+)_cansleep$/.exec(fn)?.[1];
  return other !== undefined && ref.facts.body!.blocks.some(({ ev }) => ev.some((e) => e.k === 'call' && e.fn === other));
}

/** A call through a field of which the catalogue knows that every implementation allocates. */
function operationEffects(t: Transfer, ev: CallEvent): CallEffects | undefined {
  if (!Array.isArray(ev.fn) || (ev.fn[0] !== '->' && ev.fn[0] !== '.')) return undefined;
  const field = ev.fn[2];
  const why = t.cat.allocatingOperation(structOf(typeOf(ev.fn[1], t.ref.facts, t.ref.file, t.know)), field);
  return why === undefined ? undefined : { sleeps: [{ kind: 'alloc', api: field, why, path: [], when: [], drops: [], sure: true }] };
}

/** The lock that a call lets go of while it sleeps, by the argument that names its object. */
function droppedLock(t: Transfer, ev: CallEvent, argument: number, known?: string): Held {
  const arg = ev.args[argument];
  return {
    kind: 'spin',
    text: lockText(arg),
    class: known ?? (arg === undefined ? '' : lockClass(arg, t.ref.facts, t.ref.file, t.know)),
    atomic: true,
    rtAtomic: false,
    at: t.where(ev.pos),
    origin: 'local',
  };
}

/** __xa_alloc() and its kin let go of the lock they are called under while they allocate with a blocking mask. */
function dropping(t: Transfer, ev: CallEvent, allocator: AllocatorEntry): SleepWitness {
  return {
    kind: 'alloc',
    api: ev.fn as string,
    why: 'allocates with the mask it is given',
    path: [],
    drops: [droppedLock(t, ev, allocator.drops!, allocator.lock)],
    sure: true,
    when: allocator.gfp === null ? [] : [{ index: allocator.gfp, op: 'blocking', value: 0 }],
  };
}

const LOCK_WORDS: Record<string, string> = {
  mutex: 'takes a mutex',
  rwsem_read: 'takes a read-write semaphore for reading',
  rwsem_write: 'takes a read-write semaphore for writing',
  semaphore: 'takes a semaphore',
  page_lock: 'waits for a page lock',
  sock_lock: 'takes the socket lock',
  percpu_rwsem: 'takes a per-cpu read-write semaphore',
  ww_mutex: 'takes a wound-wait mutex',
  rt_mutex: 'takes an rt_mutex',
  handle: 'starts a journal handle',
};

/** An allocation site: a catalogued allocator, or a function of the tree that takes a gfp mask. */
function siteOf(t: Transfer, ev: CallEvent, point: CallPoint, states: readonly State[], index: number): Site | undefined {
  if (!point.name) return undefined;
  const entry = t.called(point.name).allocator;
  const wrapper = entry ? undefined : t.gfpParameter(point.name);
  if (entry?.helper || (!entry && wrapper === undefined)) return undefined;
  if (!entry && t.cat.maskHelper(point.name)) return undefined;
  const gfp = entry ? entry.gfp : wrapper!;
  const requested: MaskValue[] = states.map((s) => t.masks.requested(s, ev.args, gfp, entry?.implied));
  const effective = states.map((s, i) => t.masks.effective(s, requested[i]!));
  const fate = fateOf(t.ref.facts.body!, point.block, index, ev);
  const { body, params } = t.ref.facts;
  const own = (name: string): boolean => name in (body?.vars ?? {}) || params.some((p) => p.name === name);
  const order = entry ? pageOrder(entry, ev.args, (name) => (own(name) ? undefined : t.know.constant(name, t.ref.file))) : null;
  const { name, target, args, to, use, at, pos, masks, block } = point;
  const site: Site = {
    name,
    target,
    args,
    to,
    use,
    at,
    pos,
    states: point.states,
    masks,
    block,
    api: name,
    apiClass: entry?.class ?? 'wrapper',
    gfpText: gfp !== null && ev.args[gfp] !== undefined ? sourceText(ev.args[gfp]) : '',
    requested,
    effective,
    order,
    nullChecked: fate.tested !== undefined && fate.testIsOwn,
  };
  if (entry) site.traits = entry;
  if (point.effects) site.effects = point.effects;
  if (fate.tested && fate.testIsOwn) site.nullCheck = t.where(fate.tested);
  if (fate.deref) site.uncheckedDeref = t.where(fate.deref);
  if (fate.fatal) site.fatalOnFailure = t.where(fate.fatal);
  return site;
}

/** A mask as its author wrote it, near enough. */
export function sourceText(e: Expr): string {
  if (typeof e === 'string') return e;
  if (typeof e === 'number') return String(e);
  switch (e[0]) {
    case 'b':
      return `${group(e[2], e[1])} ${e[1]} ${group(e[3], e[1])}`;
    case 'u':
      return `${e[1]}${Array.isArray(e[2]) && (e[2][0] === 'b' || e[2][0] === '?') ? `(${sourceText(e[2])})` : sourceText(e[2])}`;
    case '?':
      return `${sourceText(e[1])} ? ${sourceText(e[2])} : ${sourceText(e[3])}`;
    case 'cast':
      return `(${e[1]})${sourceText(e[2])}`;
    case '->':
      return `${sourceText(e[1])}->${e[2]}`;
    case '.':
      return `${sourceText(e[1])}.${e[2]}`;
    case 'call':
      return `${sourceText(e[1])}(${(e.slice(2) as Expr[]).map(sourceText).join(', ')})`;
    default:
      return textOf(e);
  }
}
const group = (e: Expr, op: string): string =>
  Array.isArray(e) && (e[0] === '?' || (e[0] === 'b' && e[1] !== op)) ? `(${sourceText(e)})` : sourceText(e);

function exitOf(t: Transfer, s: State, value: Expr | undefined, pos: Pos): ExitState {
  const at = t.where(pos);
  const state: PathState = toPathState(t, s);
  if (value === undefined) return { at, state, value: 'void' };
  const exit: ExitState = { at, state, value: 'unknown' };
  const text = textOf(value);
  const know = s.know.get(text);
  if (value === 'NULL') exit.value = 'null';
  else if (value === 'true' || value === 'false') exit.value = value;
  else if (text === '-ENOMEM' || text === 'ERR_PTR(-ENOMEM)') exit.value = 'enomem';
  else if (Array.isArray(value) && value[0] === 'call' && value[1] === 'ERR_PTR') exit.value = 'errptr';
  else if (typeof value === 'number') exit.value = value === 0 ? 'zero' : value < 0 ? 'negative' : 'nonzero';
  else if (Array.isArray(value) && value[0] === 'u' && value[1] === '-' && typeof value[2] === 'string' && /^E[A-Z0-9]+$/.test(value[2]))
    exit.value = 'negative';
  else if (know) {
    if (know.lo === 0 && know.hi === 0) exit.value = 'zero';
    else if (know.lo === -12 && know.hi === -12) exit.value = 'enomem';
    else if (know.hi < 0) exit.value = 'negative';
    else if (know.lo > 0 || know.ne.includes(0)) exit.value = 'nonzero';
  }
  if (exit.value === 'unknown' && typeof value === 'string' && t.paramIndex(value) !== undefined) exit.value = 'param';
  if (Array.isArray(value) && value[0] === 'call' && typeof value[1] === 'string') exit.from = value[1];
  return exit;
}

function nonBlockPoint(list: NonBlockUse[], point: CallPoint, states: readonly State[]): void {
  if (point.name === 'non_block_start') list.push({ at: point.at, ends: [], inside: [] });
  else if (point.name === 'non_block_end') list[list.length - 1]?.ends.push(point.at);
  else if (states.some((s) => s.nonBlock > 0)) list[list.length - 1]?.inside.push(point);
}

export type { Where };
