/**
 * The questions that rules share: may this call sleep here, is sleeping forbidden here and since when, what is the context
 * in the command line's words, which path leads from one to the other.
 */
import type {
  CallPoint,
  EntryContext,
  FunctionFlow,
  Held,
  LockKind,
  MaskValue,
  ParamCondition,
  PathState,
  Site,
  SleepWitness,
  Where,
} from '../flow/model.js';
import type { Expr } from '../facts/model.js';
import type { Context, Finding, Step } from './model.js';
import { behind } from '../flow/asked.js';
import { lockText } from '../flow/text.js';
import { bare, text } from './expr.js';
import { blocking, canHave, FS, GFP_KERNEL, IO, mustHave, type Sureness } from './gfp.js';
import { beginStep, lockName, maskName, scopeName } from './words.js';

const weaker = (a: Sureness, b: Sureness): Sureness => (a === 'no' || b === 'no' ? 'no' : a === 'may' || b === 'may' ? 'may' : 'must');

export const isSite = (call: CallPoint): call is Site => 'api' in call;

const points = new WeakMap<FunctionFlow, readonly CallPoint[]>();

/** All calls in source order, an allocation as its site. */
export function callsOf(flow: FunctionFlow): readonly CallPoint[] {
  let list = points.get(flow);
  if (!list) {
    const key = (p: CallPoint): string => `${p.at.line}:${p.at.column}:${p.name}`;
    const sites = new Map(flow.sites.map((s) => [key(s), s]));
    list = flow.calls.map((c) => sites.get(key(c)) ?? c);
    points.set(flow, list);
  }
  return list;
}

/** A way in which a call sleeps in one state. */
export interface Sleep extends SleepWitness {
  how: 'must' | 'may';
}

/**
 * How a call can sleep in its state number `i` (index into call.states), entered through `context` when one is given.
 * An allocation sleeps by its effective mask (or always, where the API does not look at it); everything else by what the
 * catalogue or the index knows of the call.
 */
export function sleeps(flow: FunctionFlow, call: CallPoint, i: number, context?: EntryContext): Sleep[] {
  const found: Sleep[] = [];
  const state = call.states[i];
  const inside = call.effects?.sleeps.some((w) => w.tail !== undefined || w.path.length > 0) ?? false;
  // A wrapper of the tree whose inside is known sleeps as its inside does; otherwise its mask is all there is to go by.
  if (isSite(call) && !inside) {
    const mask = call.effective[i] ?? call.requested[i];
    const how =
      call.traits?.sleeps === 'always' ? 'must' : call.traits?.sleeps === 'never' || !mask ? 'no' : maskSleeps(call, mask, state, context);
    if (how !== 'no') {
      found.push({
        kind: 'alloc',
        api: call.api,
        path: [],
        when: [],
        drops: droppedBy(call, state),
        how,
        why: call.traits?.sleeps === 'always' ? 'may sleep whatever its mask says' : `allocates with ${maskName(call.gfpText)}`,
        // A function of the tree whose inside shows no sleep has a mask for something else.
        sure: call.apiClass !== 'wrapper' || call.traits !== undefined || call.effects !== undefined,
      });
    }
  }
  for (const w of call.effects?.sleeps ?? []) {
    if (w.inStates && !w.inStates.includes(i)) continue;
    if (faults(w) && state?.held.some((h) => h.kind === 'pagefault_off' || h.kind === 'kmap_atomic')) continue;
    const how = w.when.reduce<Sureness>((all, c) => weaker(all, holds(flow, call, i, c, context)), 'must');
    if (how !== 'no')
      found.push({
        kind: w.kind,
        api: w.api,
        why: w.why,
        get path() {
          return w.path;
        },
        when: w.when,
        drops: w.kind === 'wait' && w.tail === undefined ? [...w.drops, ...given(call, state)] : w.drops,
        sure: w.sure,
        how,
      });
  }
  return found;
}

/** Per-cpu allocations of 5.10 to 5.19 sleep with the full GFP_KERNEL only; everything else with direct reclaim. */
function maskSleeps(site: Site, mask: MaskValue, state: PathState | undefined, context: EntryContext | undefined): Sureness {
  const how = blockingIn(mask, state, context);
  if (site.traits?.onlyWith !== 'GFP_KERNEL' || how === 'no') return how;
  return mustHave(mask, GFP_KERNEL) ? 'must' : canHave(mask, FS) && canHave(mask, IO) ? 'may' : 'no';
}

/** Held locks that a wait is given (wait_event_lock_irq(), cond_resched_lock()): it lets go of them while it sleeps. */
function given(call: CallPoint, state: PathState | undefined): Held[] {
  const names = new Set(call.args.map((arg) => lockText(arg).replace(/^[*&]/, '')));
  return (state?.held ?? []).filter((h) => h.text !== '' && names.has(h.text.replace(/^[*&]/, '')));
}

/** What the API lets go of while it allocates (the lock inside an xarray, for one). */
function droppedBy(site: Site, state: PathState | undefined): Held[] {
  const arg = site.traits?.drops === undefined ? undefined : site.args[site.traits.drops];
  if (arg === undefined) return [];
  const object = lockText(arg);
  return (state?.held ?? []).filter((h) => h.atomic && (h.text === object || h.text.startsWith(`${object}.`)));
}

/** The call sleeps only to page in user memory. */
const faults = (w: SleepWitness): boolean =>
  /user(space)?\b|user[ -]space|page fault/i.test(w.why) ||
  /^(__)?(copy_(from|to|in)_user|[gp]et_user|clear_user|strn?cpy_from_user|strnlen_user)/.test(w.api);

/** Whether a mask allows blocking when the function was entered through `context`. */
function blockingIn(mask: MaskValue, state: PathState | undefined, context: EntryContext | undefined): Sureness {
  const how = blocking(mask);
  if (how !== 'may' || mask.unknown) return how;
  let may = blocking({ ...mask, params: [] }) !== 'no';
  for (const p of mask.params) {
    if (blocking({ must: 0, may: 0, params: [p], unknown: false }) === 'no') continue;
    const given = paramAnswer(p.index, [...(state?.paramAssume ?? []), ...(context?.params ?? [])]);
    if (given === 'blocking' && !p.maybe) return 'must';
    if (given !== 'nonblocking') may = true;
  }
  return may ? 'may' : 'no';
}

const paramAnswer = (index: number, known: readonly ParamCondition[]): 'blocking' | 'nonblocking' | undefined => {
  for (const c of known) if (c.index === index && (c.op === 'blocking' || c.op === 'nonblocking')) return c.op;
  return undefined;
};

/** Whether a condition on the callee's parameters holds for this call in its state `i`. */
function holds(flow: FunctionFlow, call: CallPoint, i: number, condition: ParamCondition, context?: EntryContext): Sureness {
  const arg = call.args[condition.index];
  if (arg === undefined) return 'may';
  if (condition.op === 'blocking' || condition.op === 'nonblocking') {
    const mask = call.masks[condition.index]?.[i];
    const how = mask ? blockingIn(mask, call.states[i], context) : 'may';
    if (how === 'may') return 'may';
    return (how === 'must') === (condition.op === 'blocking') ? 'must' : 'no';
  }
  const value = constant(arg);
  if (value !== undefined) {
    const answer = compare(value, condition);
    return answer === undefined ? 'may' : answer ? 'must' : 'no';
  }
  const index = flow.ref.facts.params.findIndex((p) => p.name !== '' && p.name === bare(arg));
  if (index < 0) return 'may';
  const known = [...(call.states[i]?.paramAssume ?? []), ...(context?.params ?? [])].filter((c) => c.index === index);
  for (const k of known) {
    const answer = implied(k, condition);
    if (answer !== undefined) return answer ? 'must' : 'no';
  }
  // A pointer of the caller's is taken as good.
  if (condition.op === '!=' && condition.value === 0 && flow.ref.facts.params[index]!.type.includes('*')) return 'must';
  return 'may';
}

function constant(arg: Expr): number | string | undefined {
  const e = bare(arg);
  if (typeof e === 'number') return e;
  if (e === 'true' || e === 'NULL' || e === 'false') return e === 'true' ? 1 : 0;
  return typeof e === 'string' && /^[A-Z][A-Z0-9_]*$/.test(e) ? e : undefined;
}

function compare(value: number | string, c: ParamCondition): boolean | undefined {
  if (typeof value === 'string' || typeof c.value === 'string') {
    if (c.op === '==') return value === c.value ? true : undefined;
    if (c.op === '!=') return value === c.value ? false : undefined;
    return undefined;
  }
  switch (c.op) {
    case '==':
      return value === c.value;
    case '!=':
      return value !== c.value;
    case '<':
      return value < c.value;
    case '>':
      return value > c.value;
    case '<=':
      return value <= c.value;
    case '>=':
      return value >= c.value;
    case 'bit':
      return (value & c.value) !== 0;
    case 'nobit':
      return (value & c.value) === 0;
    default:
      return undefined;
  }
}

const OPPOSITE: Partial<Record<ParamCondition['op'], ParamCondition['op']>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  bit: 'nobit',
  nobit: 'bit',
  blocking: 'nonblocking',
  nonblocking: 'blocking',
};

/** Whether `known` about a parameter decides `asked` about the same one. */
function implied(known: ParamCondition, asked: ParamCondition): boolean | undefined {
  if (known.op === '==') return compare(known.value, asked);
  if (known.value === asked.value && known.op === asked.op) return true;
  if (known.value === asked.value && OPPOSITE[known.op] === asked.op) return false;
  return undefined;
}

/**
 * Whether the context answers every condition on scalar parameters (flags, modes) that a state assumes: where it does not, the
 * path may be one that this caller never takes. Pointer tests are mere sanity checks.
 */
export function answered(flow: FunctionFlow, state: PathState, context: EntryContext): boolean {
  return state.paramAssume.every(
    (asked) =>
      /[*(]/.test(flow.ref.facts.params[asked.index]?.type ?? '') ||
      context.params.some((known) => known.index === asked.index && implied(known, asked) === true),
  );
}

/** Whether a state can be reached when the function is entered through `context`. */
export function compatible(state: PathState, context: EntryContext): boolean {
  return !state.paramAssume.some((asked) => context.params.some((known) => known.index === asked.index && implied(known, asked) === false));
}

/** Whether the code asked itself, before this call, whether it may sleep. */
export const askedForSleepable = (flow: FunctionFlow, call: CallPoint): boolean =>
  flow.ref.facts.body !== undefined && behind(flow.ref.facts.body, call.block, 'may-sleep');

/** The same for the functions of this file that a context comes through. */
export function askedOnTheWay(flow: FunctionFlow, context: EntryContext): boolean {
  return context.path.some((step) => {
    if (step.file !== flow.ref.file.path) return false;
    const caller = flow.ref.file.functions.find((f) => f.name === step.function && f.line <= step.line && step.line <= f.endLine);
    const body = caller?.body;
    if (!caller || !body) return false;
    const at = step.line - caller.line;
    const block = body.blocks.findIndex((b) => b.ev.some((ev) => ev.k === 'call' && ev.pos[0] === at));
    return block >= 0 && behind(body, block, 'may-sleep');
  });
}

/** Kinds that have no object to name. */
const NAMELESS: readonly LockKind[] = [
  'irq_off',
  'bh_off',
  'preempt_off',
  'rcu',
  'srcu',
  'kmap_atomic',
  'hardirq',
  'softirq',
  'nmi',
  'local_lock',
  'seq_write',
];
/** The primitives that switch interrupts or softirqs off. */
const SWITCHES = /^(raw_)?local_|(spin|read|write)_(try)?lock|^(guard|class):|^(disable_irq|get_cpu|hard_irq_disable|arch_local_irq)/;
/** What the names of functions say that are made to enter and leave sections for their caller. */
const ENTERS = /lock|irq|_bh|disable|enter|begin|start|acquire|hold|grab|get_cpu|guard|suspend|freeze|kmap|scoped/i;

/**
 * A lock that cannot be relied on: one without a name, or named by a variable of somebody else, came out of a helper that knows it by a
 * local of its own; one that a function leaves taken that is not made for that has been left on some of its paths only.
 */
export function doubtful(flow: FunctionFlow, held: Held): boolean {
  if (held.origin !== 'local') return false;
  if (held.text === '' && !NAMELESS.includes(held.kind)) return true;
  const base = /^\w+/.exec(held.text)?.[0] ?? '';
  if (base.startsWith('_') && !(base in (flow.ref.facts.body?.vars ?? {})) && !flow.ref.facts.params.some((p) => p.name === base))
    return true;
  const taken = flow.calls.filter((c) => c.at.line === held.at.line && c.at.column === held.at.column);
  // Interrupts left off by a helper that takes locks: its counterpart switches them on in a way that was not matched.
  if ((held.kind === 'irq_off' || held.kind === 'bh_off') && taken.length > 0 && !taken.some((c) => SWITCHES.test(c.name))) return true;
  return taken.length > 0 && !taken.some((c) => ENTERS.test(c.name));
}

/** What forbids sleeping at a call in one state. */
export interface Cause {
  held: Held;
  /** 'local': taken in this function; 'author': stated by annotation; else how it came. */
  from: 'local' | EntryContext['from'];
  context?: EntryContext;
}

const sameThing = (a: Held, b: Held): boolean => a.kind === b.kind && (a.class === b.class || (a.text !== '' && a.text === b.text));
const among = (list: readonly Held[], h: Held): boolean => list.some((d) => sameThing(d, h));

const SPINS: readonly string[] = ['spin', 'raw_spin', 'bit_spin'];
const lastField = (text: string): string => /(?:^|\.)(\w+)$/.exec(text)?.[1] ?? '';

/**
 * Whether a callee that releases `dropped` may release `held`: both names are of different functions, so a plain name, an
 * unnamed object or the same last member is enough. Taking one lock for another costs a finding, not taking it a false alarm.
 */
function mayDrop(dropped: Held, held: Held): boolean {
  // A callback that is called with some lock held, and releases one that it did not take, released that one.
  if (held.kind === 'preempt_off' && held.text === '' && held.origin === 'entry') return dropped.atomic && dropped.kind !== 'rcu';
  const kin =
    dropped.kind === held.kind ||
    (SPINS.includes(dropped.kind) && SPINS.includes(held.kind)) ||
    (dropped.irq !== undefined && held.kind === (dropped.irq === 'irq' ? 'irq_off' : 'bh_off'));
  if (!kin) return false;
  if (dropped.text === '' || held.text === '' || dropped.text === held.text) return true;
  // A lock inside a structure that is itself locked by name: a lockref, an xarray.
  if (dropped.text.startsWith(`${held.text}.`) || held.text.startsWith(`${dropped.text}.`)) return true;
  if (dropped.class !== '' && dropped.class === held.class) return true;
  if (/^\w+$/.test(dropped.text) || /^\w+$/.test(held.text) || /[([]/.test(dropped.text + held.text)) return true;
  return lastField(dropped.text) === lastField(held.text);
}
const mayBeDropped = (list: readonly Held[], h: Held): boolean => list.some((d) => mayDrop(d, h));

/** Innermost thing held in a state that forbids sleeping, less what the callee drops before it sleeps. */
export function atomicHeld(
  state: PathState,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): Held | undefined {
  const held = state.held.filter((h) => forbids(h) && !mayBeDropped(drops, h));
  return [...held].reverse().find((h) => h.origin === 'local') ?? held[held.length - 1];
}

/** The same for what came with the caller, less what this function dropped. */
export function atomicBrought(
  state: PathState,
  context: EntryContext,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): Held | undefined {
  const held = context.held.filter((h) => forbids(h) && !mayBeDropped(drops, h) && !mayBeDropped(state.dropped, h));
  return held[held.length - 1];
}

/**
 * Whether the finding for a context that came down a call path belongs to a function further up: one that took a lock, or whose
 * author states one, reports what it calls under it itself. Only what a callback brings has no such function.
 */
export function openedByCaller(
  context: EntryContext,
  drops: readonly Held[] = [],
  forbids: (h: Held) => boolean = (h) => h.atomic,
): boolean {
  if (context.from !== 'caller') return false;
  if (context.held.some((h) => forbids(h) && h.origin === 'local' && !mayBeDropped(drops, h))) return true;
  return context.begins !== 'callback';
}

/** Where sleeping is known to be forbidden at all, over every state and entry context: for `explain` and the JSON. */
export function atomicity(flow: FunctionFlow, states: readonly PathState[]): { verdict: Sureness; causes: Cause[] } {
  const causes: Cause[] = [];
  let atomic = 0;
  let total = 0;
  for (const state of states) {
    const here = atomicHeld(state);
    if (here) causes.push({ held: here, from: here.origin === 'local' ? 'local' : 'author' });
    const contexts = here ? [] : flow.contexts.filter((c) => compatible(state, c));
    if (here || contexts.length === 0) {
      total++;
      if (here) atomic++;
      continue;
    }
    for (const context of contexts) {
      total++;
      const held = atomicBrought(state, context);
      if (!held) continue;
      causes.push({ held, from: context.from, context });
      if (context.sure) atomic++;
    }
  }
  const verdict: Sureness =
    causes.length === 0 ? 'no' : atomic === total && (flow.callersComplete || causes.every((c) => c.from === 'local')) ? 'must' : 'may';
  return { verdict, causes };
}

/** A context's reason as a clause: ''foo_open' is a file operation'. */
export function reasonOf(context: EntryContext): string {
  if (context.from === 'author' || /^['A-Z]|^its /.test(context.why)) return context.why;
  const callback = context.path[1]?.function ?? context.path[0]?.function;
  return callback ? `'${callback}' ${context.why}` : context.why;
}

/** Statement of this function as a step. */
export const stepAt = (flow: FunctionFlow, at: Where, what: string): Step => ({
  file: at.file,
  line: at.line,
  function: flow.ref.facts.name,
  what,
});

/** The later of two positions: a test that shares its block with the allocation is known by the block's first line only. */
export const later = (a: Where, b: Where): Where => (a.line < b.line ? b : a);

/** Steps from where something begins to be held to (and without) the call. */
export function beginSteps(flow: FunctionFlow, cause: Cause): Step[] {
  if (cause.context && cause.context.path.length > 0) return cause.context.path.map((s) => ({ ...s }));
  return [stepAt(flow, cause.held.at, beginStep(cause.held))];
}

/** Steps from the call down to what sleeps, both included. */
export function sleepSteps(flow: FunctionFlow, call: CallPoint, sleep: SleepWitness): Step[] {
  const name = callName(call);
  if (sleep.path.length === 0) return [stepAt(flow, call.at, `'${name}' ${sleep.why}`)];
  return [stepAt(flow, call.at, `calls '${name}'`), ...sleep.path.map((s) => ({ ...s }))];
}

export const callName = (call: CallPoint): string => (isSite(call) ? call.api : call.name) || text(call.target);

const CONTEXTS_SHOWN = 8;

/** The command line's contexts of a set of states; those that disagree are kept apart, equal ones are given once. */
export function contextsOf(flow: FunctionFlow, states: readonly PathState[]): Context[] {
  const out = new Map<string, Context>();
  for (const state of states) {
    const entries = flow.contexts.filter((c) => compatible(state, c));
    for (const entry of entries.length > 0 ? entries : [undefined]) {
      const made = contextOf(flow, state, entry);
      const key = JSON.stringify([made.atomic, made.locks.map((l) => [l.class, l.kind]), made.scopes, made.task]);
      if (!out.has(key)) out.set(key, made);
      if (out.size >= CONTEXTS_SHOWN) return [...out.values()];
    }
  }
  return [...out.values()];
}

function contextOf(flow: FunctionFlow, state: PathState, entry: EntryContext | undefined): Context {
  const brought = (entry?.held ?? []).filter((h) => !mayBeDropped(state.dropped, h) && !among(state.held, h));
  const held = [...brought, ...state.held];
  const here = atomicHeld(state);
  const came = entry ? atomicBrought(state, entry) : undefined;
  const atomic: Sureness = here ? 'must' : came ? (entry!.sure ? 'must' : 'may') : 'no';
  const cause = here ?? came;
  const scopes = [...new Set([...(entry?.scopes ?? []), ...state.scopes].map((s) => s.kind as string))];
  if (state.nonBlock > 0 || entry?.nonBlock) scopes.push('non_block');
  const nothing = held.length > 0 ? held.map((h) => lockName(h)).join(', ') : scopes.length > 0 ? scopes.join(', ') : '';
  const why = cause
    ? beginStep(cause)
    : entry
      ? entry.why
      : nothing !== ''
        ? `holds ${nothing}`
        : 'nothing is held in this function; its callers are not known';
  return {
    atomic,
    why,
    locks: held.map((h) => ({ class: h.class || h.text || h.kind, kind: h.kind, line: h.at.line })),
    scopes,
    task: entry?.task ?? 'unknown',
    path: entry ? entry.path.map((s) => ({ ...s })) : [],
  };
}

/** Scopes open in a state: opened here, or brought by a context. */
export const scopesIn = (state: PathState, context?: EntryContext): string[] =>
  [...(context?.scopes ?? []), ...state.scopes].map((s) => scopeName(s.kind));

/**
 * Leaves out what another finding says already: one whose path runs through the statement of another finding of the same
 * rule that begins at the same place. It is the same sleep, seen one call deeper.
 */
export function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const key = (f: Finding, at: { file: string; line: number }): string => {
    const begin = f.path[0];
    return `${f.ruleId}|${begin ? `${begin.file}:${begin.line}` : ''}|${at.file}:${at.line}`;
  };
  const stands = new Map<string, Finding>();
  for (const f of findings) if (f.path.length > 1 && RANK[f.confidence] > 0) stands.set(key(f, f.at), f);
  return findings.filter(
    (f) =>
      !f.path.slice(1, -1).some((step) => {
        const other = stands.get(key(f, step));
        return other !== undefined && other !== f && (other.at.file !== f.at.file || other.at.line !== f.at.line);
      }),
  );
}

const RANK = { possible: 0, likely: 1, certain: 2 } as const;

/**
 * One finding per rule and statement, the surest one with the shortest path, with the contexts of all of them; in order of
 * position, then rule, so that the result does not depend on the order of the checks.
 */
export function dedupe(findings: readonly Finding[]): Finding[] {
  const best = new Map<string, Finding>();
  for (const f of findings) {
    const key = `${f.at.file}:${f.at.line}:${f.at.column}:${f.ruleId}:${String(f.data['part'] ?? '')}`;
    const old = best.get(key);
    if (!old) {
      best.set(key, f);
      continue;
    }
    const first = RANK[f.confidence] - RANK[old.confidence] || old.path.length - f.path.length || (f.message < old.message ? 1 : -1);
    best.set(key, first > 0 ? { ...f, contexts: merge(f.contexts, old.contexts) } : { ...old, contexts: merge(old.contexts, f.contexts) });
  }
  return [...best.values()].sort(
    (a, b) =>
      cmp(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column ||
      cmp(a.ruleId, b.ruleId) ||
      cmp(a.message, b.message),
  );
}

const cmp = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function merge(a: Context[], b: Context[]): Context[] {
  const seen = new Set(a.map((c) => JSON.stringify(c)));
  return [...a, ...b.filter((c) => !seen.has(JSON.stringify(c)))].slice(0, CONTEXTS_SHOWN);
}
