/**
 * The questions that rules share: may this call sleep here, is sleeping forbidden here and since when, what is the context
 * in the command line's words, which path leads from one to the other.
 */
import { isSite } from '../flow/sites.js';
import type { CallPoint, EntryContext, FunctionFlow, Held, MaskValue, PathState, Site, SleepWitness, Where } from '../flow/model.js';
import { behind, forSomeCallers } from '../flow/asked.js';
import { pointedTo } from '../flow/effects.js';
import { saysOtherwise } from '../flow/given-values.js';
import { hopsOf } from '../index/brought.js';
import { lockText } from '../flow/text.js';
import { blockingIn, compatible, holds } from './conditions.js';
import { text } from './expr.js';
import { blocking, canHave, FS, GFP_KERNEL, IO, mustHave, type Sureness } from './gfp.js';
import { among, atomicBrought, atomicHeld, mayBeDropped, type Cause } from './held.js';
import type { Context, Step } from './model.js';
import { beginStep, lockName, maskName } from './words.js';

export { answered, compatible, turnedAway } from './conditions.js';
export { atomicBrought, atomicHeld, doubtful, openedByCaller, type Cause } from './held.js';
export { dedupe, withoutEchoes } from './merge.js';

const weaker = (a: Sureness, b: Sureness): Sureness => (a === 'no' || b === 'no' ? 'no' : a === 'may' || b === 'may' ? 'may' : 'must');

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
        drops: droppedBy(flow, call, state),
        how,
        why: call.traits?.sleeps === 'always' ? 'may sleep whatever its mask says' : `allocates with ${maskName(call.gfpText)}`,
        // A function of the tree whose inside shows no sleep has a mask for something else.
        sure: call.apiClass !== 'wrapper' || call.traits !== undefined || call.effects !== undefined,
      });
    }
  }
  for (const w of call.effects?.sleeps ?? []) {
    if (w.inStates && !w.inStates.includes(i)) continue;
    if (
      faults(w) &&
      (FAULTS_OFF.test(flow.ref.facts.name) || state?.held.some((h) => h.kind === 'pagefault_off' || h.kind === 'kmap_atomic'))
    )
      continue;
    const how = w.when.reduce<Sureness>((all, c) => weaker(all, holds(flow, call, i, c, context)), 'must');
    if (how !== 'no')
      found.push(new WitnessedSleep(w, w.kind === 'wait' && w.tail === undefined ? [...w.drops, ...given(call, state)] : w.drops, how));
  }
  return found;
}

/** What a witness says of one state; its path is written out only when asked for. */
class WitnessedSleep implements Sleep {
  readonly kind: Sleep['kind'];
  readonly api: string;
  readonly why: string;
  readonly when: Sleep['when'];
  readonly sure: boolean;

  constructor(
    private readonly witness: SleepWitness,
    readonly drops: Held[],
    readonly how: Sleep['how'],
  ) {
    this.kind = witness.kind;
    this.api = witness.api;
    this.why = witness.why;
    this.when = witness.when;
    this.sure = witness.sure;
  }

  get path(): Sleep['path'] {
    return this.witness.path;
  }

  get tail(): SleepWitness['tail'] {
    return this.witness.tail;
  }

  /** Whether the path has steps. */
  get inside(): boolean {
    return this.witness.tail !== undefined || this.witness.path.length > 0;
  }
}

/** Whether the sleep lies inside what is called: its path, which is long to write out, has steps. */
export const isInside = (sleep: Sleep): boolean => (sleep instanceof WitnessedSleep ? sleep.inside : sleep.path.length > 0);

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
function droppedBy({ ref }: FunctionFlow, site: Site, state: PathState | undefined): Held[] {
  const arg = site.traits?.drops === undefined ? undefined : pointedTo(ref.facts, site.args[site.traits.drops]);
  if (arg === undefined) return [];
  const object = lockText(arg);
  const { lock } = site.traits!;
  return (state?.held ?? []).filter(
    (h) => h.atomic && (h.text === object || h.text.startsWith(`${object}.`) || (lock !== undefined && h.class === lock)),
  );
}

/** Functions that are called with page faults off, by the names that the kernel gives them (futex_atomic_cmpxchg_inatomic()). */
const FAULTS_OFF = /_(inatomic|inuser|nofault)(_local)?$/;

/** The call sleeps only to page in user memory. */
const faults = (w: SleepWitness): boolean =>
  /user(space)?\b|user[ -]space|page fault/i.test(w.why) ||
  /^(__)?(copy_(from|to|in)_user|[gp]et_user|clear_user|strn?cpy_from_user|strnlen_user)/.test(w.api);

/** The same variable is allocated with a blocking mask elsewhere: the first was an attempt. */
export const secondAttempt = (flow: FunctionFlow, site: Site): boolean =>
  site.to !== '' && flow.sites.some((o) => o !== site && o.to === site.to && o.requested.some((m) => blocking(m) !== 'no'));

/** Room in the array was reserved before (xa_reserve(), idr_preload(), radix_tree_preload()): storing allocates nothing. */
export const reserved = (flow: FunctionFlow, site: Site): boolean =>
  flow.calls.some(
    (c) =>
      c.at.line < site.at.line &&
      (/^(?:idr_preload|radix_tree_(?:maybe_)?preload)/.test(c.name) ||
        (/^xa_reserve/.test(c.name) && c.args[0] !== undefined && site.args[0] !== undefined && text(c.args[0]) === text(site.args[0]))),
  );

/** Whether the code asked itself, before this call, whether it may sleep. */
export const askedForSleepable = (flow: FunctionFlow, call: CallPoint): boolean =>
  flow.ref.facts.body !== undefined && behind(flow.ref.facts.body, call.block, 'may-sleep');

/** Whether the call stands in code that only a debugging build has. */
export const askedForDebugging = (flow: FunctionFlow, call: CallPoint): boolean =>
  flow.ref.facts.body !== undefined && behind(flow.ref.facts.body, call.block, 'debugging');

/** Whether the call stands in code that runs until something has been set up. */
export const askedForFirstUse = (flow: FunctionFlow, call: CallPoint): boolean =>
  flow.ref.facts.body !== undefined && behind(flow.ref.facts.body, call.block, 'first-use');

/** Whether the call, a scheduling point, is for some kinds of callers only (`if (worker->task) cond_resched();`). */
export const yieldsForSome = (flow: FunctionFlow, call: CallPoint): boolean =>
  flow.ref.facts.body !== undefined && call.effects?.sleeps.some((w) => w.yields) === true && forSomeCallers(flow.ref.facts, call.block);

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

/** Whether a call that the context comes through says of the object that it hands over what keeps the function called from the next step. */
export function saidOtherwise(flow: FunctionFlow, call: CallPoint, context: EntryContext): boolean {
  let [callee, next] = [flow.ref.facts, call.at.line];
  for (const { caller, edge } of hopsOf(context)) {
    if (saysOtherwise(caller.facts, edge.line - caller.facts.line, callee, next - callee.line)) return true;
    [callee, next] = [caller.facts, edge.line];
  }
  return false;
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
    locks: held.map((h) => ({
      class: h.class || h.text || h.kind,
      kind: h.kind,
      line: h.at.line,
      ...(h.at.file !== flow.ref.file.path && { file: h.at.file }),
    })),
    scopes,
    task: entry?.task ?? 'unknown',
    path: entry ? entry.path.map((s) => ({ ...s })) : [],
  };
}
