/** The engine of the two sleep rules: every call that sleeps where sleeping is forbidden, one report per call. */
import { isSite } from '../flow/sites.js';
import type { CallPoint, EntryContext, FunctionFlow, Held } from '../flow/model.js';
import { excludedByTable } from '../flow/own-table.js';
import type { Confidence, RuleContext, Step } from './model.js';
import { alwaysAfter, alwaysBefore, mayRunBetween } from '../flow/dominators.js';
import {
  askedForDebugging,
  askedForFirstUse,
  askedForSleepable,
  askedOnTheWay,
  atomicBrought,
  atomicHeld,
  beginSteps,
  callName,
  callsOf,
  answered,
  compatible,
  doubtful,
  isInside,
  openedByCaller,
  reasonOf,
  saidOtherwise,
  sleeps,
  sleepSteps,
  turnedAway,
  yieldsForSome,
  type Cause,
  type Sleep,
} from './query.js';
import { excludedByFlag } from '../flow/state-flag.js';
import { maskName, whileHeld } from './words.js';

interface Offence {
  cause: Cause;
  sleep: Sleep;
  confidence: Confidence;
  path: Step[];
}
/** Calls between the lock and the sleep beyond which conditions on the way, which a summary does not keep, decide more often than not. */
const FAR = 6;
/** The same from a callback down: what one interrupt or one timer does in its several cases is told apart by conditions still earlier. */
const FAR_FROM_CALLBACK = 4;
const RANK = { possible: 0, likely: 1, certain: 2 } as const;

/** Both sleep rules ask about every call of a function, one after the other. */
let judged: {
  flow?: FunctionFlow;
  /** An analysis that is used again may be entered otherwise. */
  contexts?: FunctionFlow['contexts'];
  calls: Map<CallPoint, { own: Offence | undefined; brought: readonly Offence[] }>;
} = { calls: new Map() };

function offencesOf(flow: FunctionFlow, call: CallPoint): { own: Offence | undefined; brought: readonly Offence[] } {
  if (judged.flow !== flow || judged.contexts !== flow.contexts) judged = { flow, contexts: flow.contexts, calls: new Map() };
  let known = judged.calls.get(call);
  if (!known) {
    const own = best(localOffences(flow, call));
    judged.calls.set(call, (known = { own, brought: own ? [] : broughtOffences(flow, call) }));
  }
  return known;
}

/** Reports the calls whose best witness is an allocation ('alloc') or anything else ('other'). */
export function reportSleeps(
  flow: FunctionFlow,
  rule: RuleContext,
  wanted: 'alloc' | 'other',
  consequence: (o: { call: CallPoint; cause: Cause; sleep: Sleep }) => string,
): void {
  const brought = new Map<string, { call: CallPoint; offence: Offence; also: number[] }>();
  for (const call of callsOf(flow)) {
    const { own, brought: others } = offencesOf(flow, call);
    if (own) {
      if (allocates(own.sleep) === (wanted === 'alloc')) report(flow, rule, call, own, [], consequence);
      continue;
    }
    // One entry context, one report: at the first statement that sleeps under it.
    for (const offence of others) {
      if (allocates(offence.sleep) !== (wanted === 'alloc')) continue;
      const begin = offence.path[0];
      const key = begin ? `${begin.file}:${begin.line}:${begin.function}:${begin.what}` : '';
      const old = brought.get(key);
      if (!old) brought.set(key, { call, offence, also: [] });
      else if (RANK[offence.confidence] > RANK[old.offence.confidence])
        brought.set(key, { call, offence, also: [...old.also, old.call.at.line] });
      else if (call.at.line !== old.call.at.line) old.also.push(call.at.line);
    }
  }
  for (const { call, offence, also } of brought.values()) report(flow, rule, call, offence, also, consequence);
}

function report(
  flow: FunctionFlow,
  rule: RuleContext,
  call: CallPoint,
  o: Offence,
  also: number[],
  consequence: (o: { call: CallPoint; cause: Cause; sleep: Sleep }) => string,
): void {
  const lines = [...new Set(also)].sort((a, b) => a - b);
  rule.report({
    at: call.at,
    confidence: o.confidence,
    message: `${fact(call, o)} ${consequence({ call, cause: o.cause, sleep: o.sleep })}`,
    contexts: rule.context(call.states),
    path: o.path,
    data: {
      api: o.sleep.api,
      lock: o.cause.held.class || o.cause.held.text || o.cause.held.kind,
      ...(lines.length > 0 ? { alsoLines: lines } : {}),
    },
  });
}

/** Some primitives sleep because they allocate inside (request_irq() and its kin). */
const allocates = (sleep: Sleep): boolean => sleep.kind === 'alloc' || /^allocates\b/.test(sleep.why);

/** The first sentence: what is called, why it sleeps, under what. */
function fact(call: CallPoint, { cause, sleep, confidence }: Offence): string {
  const name = callName(call);
  const where = whileHeld(cause.held);
  const since = cause.from === 'local' ? ` (since line ${cause.held.at.line})` : cause.context ? ` (${reasonOf(cause.context)})` : '';
  const may = sleep.how === 'must' && confidence !== 'possible' ? 'may sleep' : 'may sleep on some paths';
  if (sleep.path.length > 0) {
    const last = sleep.path[sleep.path.length - 1]!;
    return `'${name}' ${may}: ${ofMany(sleep)}'${last.function}' ${sleep.kind === 'alloc' ? 'reaches' : 'calls'} '${sleep.api}', which ${sleep.why}, ${where}${since}.`;
  }
  if (sleep.kind === 'alloc' && 'gfpText' in call) return `'${name}' with ${maskName(String(call.gfpText))} ${may} ${where}${since}.`;
  return `'${name}' ${sleep.why} ${where}${since}.`;
}

/** How many of an operation's implementations sleep, where it has many. */
function ofMany({ tail }: Sleep): string {
  if (!tail?.among) return '';
  const { sleeping, of, names } = tail.among;
  const others = names.filter((name) => name !== tail.function).map((name) => `'${name}'`);
  return `${sleeping} of its ${of} implementations do${others.length ? `, ${others.join(' and ')} as well as '${tail.function}'` : ''}; `;
}

/** Offences under what this function holds (taken here or stated by its author). */
function localOffences(flow: FunctionFlow, call: CallPoint): Offence[] {
  const perState = call.states.map((state, i) =>
    sleeps(flow, call, i).flatMap((sleep) => {
      const held = atomicHeld(state, sleep.drops);
      return held && !excludedByFlag(flow, call, sleep.path) && !excludedByTable(flow, call, sleep.path[0]) ? [{ held, sleep }] : [];
    }),
  );
  const sure = perState.filter((list) => list.some((o) => o.sleep.how === 'must')).length;
  if (!perState.some((list) => list.length > 0)) return [];
  return perState.flat().map(({ held, sleep }) => {
    const cause: Cause = { held, from: held.origin === 'local' ? 'local' : 'author' };
    let confidence: Confidence = 'possible';
    if (
      sleep.how === 'must' &&
      sleep.sure &&
      !doubtful(flow, held) &&
      !atBoot(flow, held) &&
      !dying(flow) &&
      !askedForDebugging(flow, call) &&
      (held.origin === 'local' || !yieldsForSome(flow, call))
    ) {
      // A lock that only some paths hold mostly excludes the sleep in a way that the states do not show.
      if (sure === call.states.length && sleep.path.length <= FAR)
        confidence = sleep.path.length === 0 && cause.from === 'local' ? 'certain' : 'likely';
      else if (!isInside(sleep) && bound(flow, held, call)) confidence = 'likely';
    }
    return { cause, sleep, confidence, path: [...beginSteps(flow, cause), ...sleepSteps(flow, call, sleep)] };
  });
}

/** What takes a lock itself, whatever is true: a helper may ask once more whether it should. */
const TAKES = /^(raw_)?(spin|read|write)_lock(_(irq|irqsave|bh|nested))?$/;
/** Words of calls that let go of something, or are made to let go of it on some paths. */
const RELEASES = /unlock|release|enable|restore|_end\b|leave|exit|put|drop|complete/i;

/**
 * Whoever takes this lock, under a condition of this function, comes to the call; and nothing between lets go of it, or is given what it would take to:
 * the object that has the lock, or the cookie.
 */
function bound(flow: FunctionFlow, held: Held, call: CallPoint): boolean {
  const [taken, ...others] = flow.calls.filter((c) => c.at.line === held.at.line && c.at.column === held.at.column);
  if (held.origin !== 'local' || held.text === '' || !taken || others.length > 0 || !TAKES.test(taken.name)) return false;
  if (alwaysBefore(flow, taken, call) || !alwaysAfter(flow, taken.block, call.block)) return false;
  const keys = new Set([/^\w+/.exec(held.text)?.[0], ...taken.args.slice(1)]);
  return !flow.calls.some(
    (c) =>
      mayRunBetween(flow, taken, c, call) &&
      (RELEASES.test(callName(c)) || c.args.some((arg) => keys.has(typeof arg === 'string' ? arg : undefined))),
  );
}

/** Code that tells of an oops: the machine does not go on from there. */
const dying = (flow: FunctionFlow): boolean => flow.calls.some((c) => /^(bust_spinlocks|oops_enter|crash_kexec)$/.test(c.name));

/** At boot interrupts are off as well, but nothing else runs: allocators and might_sleep() know (gfp_allowed_mask, system_state). */
const atBoot = ({ ref: { facts } }: FunctionFlow, held: Held): boolean =>
  BOOT.test(facts.name) || (held.kind === 'irq_off' && facts.marks.some((m) => m.kind === 'init'));
/** What start_kernel() calls before the first task runs, and need not say so by a section (init/main.c, 5.10 to 7.2). */
const BOOT = /^(start_kernel|(arch_call_)?rest_init|setup_arch|init_IRQ|trap_init|time_init)$/;

/** Offences of a statement that itself sleeps, in contexts that callers or registrations bring. */
function broughtOffences(flow: FunctionFlow, call: CallPoint): Offence[] {
  const out: Offence[] = [];
  if (!isSite(call) && !call.effects?.sleeps.length) return out;
  for (const context of flow.contexts) {
    // A context that a caller opened is that caller's business (see openedByCaller).
    if (!context.held.some((h) => h.atomic) || (context.from === 'caller' && context.begins !== 'callback')) continue;
    if (turnedAway(flow, call.block, context)) continue;
    let top: Offence | undefined;
    // A way here on which the same call may not sleep: its mask was chosen, mostly by what the context allows.
    let chosen: boolean | undefined;
    const isChosen = (): boolean =>
      (chosen ??= call.states.some((state, i) => compatible(state, context) && sleeps(flow, call, i, context).length === 0));
    call.states.forEach((state, i) => {
      if (!compatible(state, context) || askedForSleepable(flow, call)) return;
      for (const sleep of sleeps(flow, call, i, context)) {
        // The callee reports it, at the statement that sleeps; to those who implement an operation that many do the context is not brought.
        if (isInside(sleep) && !(sleep.tail?.among && sleep.sure)) continue;
        const held = atomicBrought(state, context, sleep.drops);
        if (!held || openedByCaller(context, [...state.dropped, ...sleep.drops])) continue;
        const cause: Cause = { held, from: context.from, context };
        const confidence: Confidence =
          sleep.how === 'must' &&
          sleep.sure &&
          !isChosen() &&
          !askedForFirstUse(flow, call) &&
          !yieldsForSome(flow, call) &&
          !flow.ref.facts.macro &&
          context.sure &&
          !far(context) &&
          answered(flow, state, context)
            ? 'likely'
            : 'possible';
        if (top && RANK[confidence] <= RANK[top.confidence]) continue;
        top = { cause, sleep, confidence, path: [...beginSteps(flow, cause), ...sleepSteps(flow, call, sleep)] };
      }
    });
    // Asked last: it looks into the callers' graphs.
    if (top && !askedOnTheWay(flow, context) && !(top.confidence === 'likely' && saidOtherwise(flow, call, context))) out.push(top);
  }
  return out;
}

/** The path of a callback's context begins with two steps that are no calls: where it is registered and what it is. */
const far = (context: EntryContext): boolean => context.path.length - 2 > FAR_FROM_CALLBACK;

/** Surest first, then the shortest path, then allocations, then by words: the same whatever the order of the witnesses. */
function best(list: Offence[]): Offence | undefined {
  return [...list].sort(
    (a, b) =>
      RANK[b.confidence] - RANK[a.confidence] ||
      a.path.length - b.path.length ||
      Number(b.sleep.kind === 'alloc') - Number(a.sleep.kind === 'alloc') ||
      (a.sleep.why < b.sleep.why ? -1 : a.sleep.why > b.sleep.why ? 1 : 0),
  )[0];
}
