/** A callee's locks in the words of its caller: parameters replaced by arguments, what it returns by the variable that gets it. */
import type { CallEvent, Expr } from '../facts/model.js';
import type { LockTemplate } from './knowledge.js';
import type { Held } from './model.js';
import { RESULT, substitute, substituteFields, textOf } from './text.js';
import type { Transfer } from './transfer.js';

/** A callee's lock in this function's words: its $0, $1, ... replaced by the arguments. */
export function instantiate(h: Held, args: readonly Expr[]): Held {
  return h.text.includes('$') ? { ...h, text: argumentText(h.text, args) } : h;
}

function argumentText(text: string, args: readonly Expr[]): string {
  const given = new Map(args.map((arg, i) => [`$${i}`, textOf(arg)]));
  return substituteFields(substitute(text, given), given).replace(/^&/, '');
}

/** A lock inside what the call returns, in the words of this function: by the variable that gets the result. */
function inResult(t: Transfer, text: string, ev: CallEvent): string {
  if (!text.startsWith(RESULT)) return text;
  if (ev.to !== undefined) return textOf(ev.to) + text.slice(RESULT.length);
  return t.ref.facts.macro || ev.use === 'returned' ? text : '';
}

/** What a call takes or gives back by its callee's template. */
export function fromTemplate(t: Transfer, lock: LockTemplate, ev: CallEvent): Held {
  const text = inResult(t, argumentText(lock.text, ev.args), ev);
  return {
    kind: lock.kind,
    text,
    class: lock.class,
    atomic: lock.atomic,
    rtAtomic: lock.rtAtomic,
    ...(lock.irq ? { irq: lock.irq } : {}),
    ...(lock.tried ? { tried: true } : {}),
    at: t.where(ev.pos),
    origin: 'local',
  };
}
