/** From the way back to a verdict: what else the loop does between two tries. */
import type { Body, CallEvent, Expr } from '../../facts/model.js';
import { GFP } from '../../../../simulator/src/index.js';
import type { FlowCatalogue } from '../knowledge.js';
import type { CallPoint, RetryVerdict } from '../model.js';
import { identifiersOf, lockText, textOf, walkExpr } from '../text.js';
import type { Changes } from './changes.js';
import { argDependsOn, stepsIn, targetOf } from './changes.js';
import { RESULT } from './values.js';
import type { CallSpot, Decision, Walk } from './walk.js';
import {
  acquires,
  checksSignal,
  isBackoff,
  isPlainSchedule,
  preparesToWait,
  readsClock,
  releases,
  shrinksCache,
  submitsWork,
  waitsForEvent,
} from './words.js';

/** Words that make a loop clever: it does more than ask again. */
export const CLEVER = [
  'drops-lock',
  'checks-signal',
  'checks-state',
  'shrinks-cache',
  'submits-work',
  'changes-request',
  'changes-mask',
  'takes-alternative',
  'waits-for-event',
  'other-errors',
  'implements-nofail',
  'rejects-result',
] as const;
const BOUNDED = ['bounded', 'time-limit'] as const;
/** Words for which __GFP_NOFAIL is not the answer, though nothing clever goes on. */
const KEEP_WAITING = [
  'repeats-more',
  'holds-atomic',
  'nonblocking-mask',
  'high-order',
  'nofail-unsupported',
  'any-error',
  'partial-progress',
  'unknown-callee',
  'out-parameter',
] as const;

export function verdictOf(reasons: ReadonlySet<string>): RetryVerdict {
  if (BOUNDED.some((r) => reasons.has(r))) return 'bounded';
  if (CLEVER.some((r) => reasons.has(r))) return 'clever';
  return KEEP_WAITING.some((r) => reasons.has(r)) ? 'needs-retry-wait' : 'convertible';
}

export interface WayBack {
  body: Body;
  spot: CallSpot;
  /** Block that a new round begins with. */
  head: number;
  walk: Walk;
  /** Blocks that only a failure reaches. */
  failing: ReadonlySet<number>;
  changes: Changes;
  /** The gfp argument's index, -1 where there is none. */
  gfpArg: number;
  isPointer(name: string): boolean;
  isInvariant(e: Expr): boolean;
  /** A call that asks the allocator itself and may come back without. */
  asksForMemory(callee: string): boolean;
  /** Initialisers and assignments of plain locals, by name. */
  definitions(name: string): readonly Expr[];
}

/** Calls on the way back, in block order; of the call's own block only what lies after the call counts as failing. */
export function* callsOn(w: WayBack): Generator<{ ev: CallEvent; block: number; index: number; failing: boolean }> {
  for (const b of w.walk.blocks) {
    const { ev } = w.body.blocks[b]!;
    for (let i = 0; i < ev.length; i++) {
      const e = ev[i]!;
      if (e.k === 'call' && !(b === w.spot.block && i === w.spot.index)) yield { ev: e, block: b, index: i, failing: w.failing.has(b) };
    }
  }
}

const sameCall = (a: CallEvent, b: CallEvent): boolean => textOf(['call', a.fn, ...a.args]) === textOf(['call', b.fn, ...b.args]);

const nameOf = (fn: Expr): string => (typeof fn === 'string' ? fn : Array.isArray(fn) && (fn[0] === '->' || fn[0] === '.') ? fn[2] : '');

/** Calls named anywhere in a condition. */
function namesIn(e: Expr): string[] {
  const out: string[] = [];
  walkExpr(e, (x) => {
    if (Array.isArray(x) && x[0] === 'call') out.push(nameOf(x[1]));
    else if (typeof x === 'string') out.push(x);
  });
  return out;
}

export const decisionNames = (d: Decision): string[] => [
  ...namesIn(d.when),
  ...(d.origin && d.origin !== RESULT ? [d.origin.split('.').pop()!] : []),
];

/** Reasons that the way back shows. */
export function reasonsOf(w: WayBack): Set<string> {
  const reasons = new Set<string>();
  for (const d of w.walk.decisions) decide(w, d, reasons);
  request(w, reasons);
  let queued = false;
  for (const c of callsOn(w)) if (preparesToWait(nameOf(c.ev.fn))) queued = true;
  for (const c of callsOn(w)) {
    const name = nameOf(c.ev.fn);
    if (isPlainSchedule(name) && queued) reasons.add('waits-for-event');
    if (checksSignal(name) && !w.walk.decisions.length) continue;
    if (!c.failing || isBackoff(name)) continue;
    if (waitsForEvent(name)) reasons.add('waits-for-event');
    else if (shrinksCache(name)) reasons.add('shrinks-cache');
    else if (submitsWork(name)) reasons.add('submits-work');
  }
  if (dropsLock(w)) reasons.add('drops-lock');
  if (w.walk.openTest) reasons.add('partial-progress');
  return reasons;
}

function decide(w: WayBack, d: Decision, reasons: Set<string>): void {
  const names = decisionNames(d);
  // The same call once more, and only its success goes round again.
  if (d.origin === textOf(w.spot.ev.fn) && leavesOnError(w, d) && [...callsOn(w)].some((c) => sameCall(c.ev, w.spot.ev)))
    return void reasons.add('bounded');
  const ids = identifiersOf(textOf(d.when));
  const request = requested(w);
  const counters = [...w.changes.stepped, ...stepsIn(d.when)].filter(
    (t) => textOf(d.when).includes(t) && (/^\w+$/.test(t) ? ids.includes(t) : true),
  );
  if (counters.length) {
    reasons.add(counters.some((t) => request.has(t)) ? 'changes-request' : 'bounded');
    return;
  }
  if ([...request].some((t) => ids.includes(t))) return void reasons.add('changes-request');
  if (names.some(checksSignal)) return void reasons.add('checks-signal');
  if (names.some(readsClock)) return void reasons.add('time-limit');
  if (testsNofail(w, d.when)) return void reasons.add('implements-nofail');
  if (d.origin === RESULT) return void reasons.add('partial-progress');
  if (w.isInvariant(d.when)) return void reasons.add('mode');
  if (d.origin) {
    // Another request of memory is but another try.
    if (w.asksForMemory(d.origin) && !leavesOnError(w, d)) return void reasons.add('repeats-more');
    // The other call is made because this one failed: it is what the retry hopes for.
    if (w.failing.has(d.block) || [...callsOn(w)].some((c) => c.failing && textOf(c.ev.fn) === d.origin))
      return void reasons.add('takes-alternative');
    reasons.add(leavesOnError(w, d) ? 'repeats-more' : subjectIsPointer(w, d.when) ? 'takes-alternative' : 'checks-state');
    return;
  }
  reasons.add('checks-state');
}

/** Changed lvalues that the next request is made of, directly or through others computed on the way. */
function requested(w: WayBack): Set<string> {
  const out = new Set([...w.changes.changed].filter((t) => w.spot.ev.args.some((a) => argDependsOn(a, new Set([t])))));
  for (let size = -1; size !== out.size;) {
    size = out.size;
    for (const b of w.walk.blocks) {
      for (const ev of w.body.blocks[b]!.ev) {
        if (ev.k !== 'set' || !out.has(targetOf(ev.to))) continue;
        for (const id of identifiersOf(textOf(ev.value))) if (w.changes.changed.has(id)) out.add(id);
      }
    }
  }
  return out;
}

/** A test of __GFP_NOFAIL itself, or of a local that holds it: the loop is how an allocator keeps that promise. */
function testsNofail(w: WayBack, e: Expr): boolean {
  const holds = (x: Expr): boolean => {
    let found = false;
    walkExpr(x, (y) => {
      if (y === '__GFP_NOFAIL') found = true;
    });
    return found;
  };
  if (holds(e)) return true;
  return identifiersOf(textOf(e)).some((n) =>
    w.definitions(n).some((v) => holds(v) && Array.isArray(v) && v[0] !== 'call' && !(v[0] === 'b' && v[1] === '|')),
  );
}

const subjectOf = (e: Expr): Expr => {
  if (Array.isArray(e)) {
    if (e[0] === 'u' && e[1] === '!') return subjectOf(e[2]);
    if (e[0] === 'cast') return subjectOf(e[2]);
    if (e[0] === 'b') return subjectOf(e[2]);
    if (e[0] === 'call' && typeof e[1] === 'string' && /^(IS_ERR|IS_ERR_OR_NULL|PTR_ERR)$/.test(e[1])) return subjectOf(e[2] as Expr);
  }
  return e;
};
const subjectIsPointer = (w: WayBack, e: Expr): boolean => {
  const s = subjectOf(e);
  return typeof s === 'string' && w.isPointer(s);
};

/** Does the condition leave because another call failed (error code, error pointer, NULL)? */
function leavesOnError(w: WayBack, d: Decision): boolean {
  let { when, leavesIf } = { when: d.when, leavesIf: d.leavesIf };
  while (Array.isArray(when) && when[0] === 'u' && when[1] === '!') [when, leavesIf] = [when[2], !leavesIf];
  if (Array.isArray(when) && when[0] === 'call') return typeof when[1] === 'string' && /^IS_ERR/.test(when[1]) && leavesIf;
  if (Array.isArray(when) && when[0] === 'b') {
    const zero = when[3] === 0 || when[3] === 'NULL';
    if (when[1] === '<' && zero) return leavesIf;
    if (when[1] === '>=' && zero) return !leavesIf;
    if (when[1] === '==' && when[3] === 'NULL') return leavesIf;
    if (when[1] === '!=' && when[3] === 'NULL') return !leavesIf;
    if ((when[1] === '!=' || when[1] === '==') && zero) return leavesIf === (when[1] === '!=');
    return when[1] === '==' && leavesIf && Array.isArray(when[3]) && when[3][0] === 'u' && when[3][1] === '-';
  }
  return subjectIsPointer(w, when) ? !leavesIf : leavesIf;
}

/** The next try differs: another size, order, mask or structure. */
function request(w: WayBack, reasons: Set<string>): void {
  w.spot.ev.args.forEach((arg, i) => {
    if (argDependsOn(arg, w.changes.changed)) reasons.add(i === w.gfpArg ? 'changes-mask' : 'changes-request');
    else if (argDependsOn(arg, w.changes.recomputed)) reasons.add('repeats-more');
  });
}

/** A lock that was held at the call is given up on the way back. */
function dropsLock(w: WayBack): boolean {
  const order: { text: string; open: boolean; block: number; index: number }[] = [];
  for (const c of callsOn(w)) {
    const name = nameOf(c.ev.fn);
    const open = acquires(name);
    if (open || releases(name)) order.push({ text: lockText(c.ev.args[0]), open, block: c.block, index: c.index });
  }
  const after = reachable(w);
  return order.some((r) => {
    if (r.open || !after(w.spot.block, w.spot.index, r.block, r.index)) return false;
    // Taken after the call and given back before the next try: that lock was not held across it.
    return !order.some(
      (o) =>
        o.open &&
        o.text === r.text &&
        after(w.spot.block, w.spot.index, o.block, o.index) &&
        after(o.block, o.index, r.block, r.index, w.head),
    );
  });
}

/** Can the second point follow the first on the way back without passing the repeated call (nor the block `without`)? */
function reachable(w: WayBack): (b: number, i: number, to: number, j: number, without?: number) => boolean {
  const on = new Set(w.walk.blocks);
  return (b, i, to, j, without) => {
    if (b === to && j > i && !(b === w.spot.block && i < w.spot.index && j > w.spot.index)) return true;
    const seen = new Set<number>();
    const work = b === w.spot.block && i < w.spot.index ? [] : [b];
    for (const at of work) {
      for (const { to: next } of w.body.blocks[at]!.next) {
        if (!on.has(next) || seen.has(next) || next === without) continue;
        seen.add(next);
        if (next === to && !(next === w.spot.block && j > w.spot.index)) return true;
        if (next !== w.spot.block) work.push(next);
      }
    }
    return false;
  };
}

/** Reasons that lie in the call itself: its mask, its context, what the catalogue says of it. */
export function callReasons(point: CallPoint, cat: FlowCatalogue, gfpArg: number): string[] {
  const out: string[] = [];
  const entry = cat.allocator(point.name);
  if (entry?.nofail === 'ignored') out.push('nofail-unsupported');
  if (entry?.returns === 'count') out.push('partial-progress');
  if (point.states.length && point.states.every((s) => s.held.some((h) => h.atomic))) out.push('holds-atomic');
  const masks = gfpArg >= 0 ? point.masks[gfpArg] : undefined;
  if (masks?.length && masks.every((m) => !m.unknown && !m.params.length && !(m.may & GFP.__GFP_DIRECT_RECLAIM)))
    out.push('nonblocking-mask');
  const order = 'order' in point ? (point.order as number | null) : null;
  if (order !== null && order > 1) out.push('high-order');
  return out;
}
