/** Calls of lock primitives: what is taken, under which name and class, and what a try or an assertion says of it. */
import { isAtomicKind, isRtAtomicKind } from '../catalog/kinds.js';
import type { LockEntry } from '../catalog/model.js';
import type { CallEvent, Expr } from '../facts/model.js';
import { NONZERO, ZERO } from './know.js';
import { acquire, release } from './locks.js';
import type { Held } from './model.js';
import { learn, type State } from './state.js';
import { isWord, lockText, ofArray } from './text.js';
import type { Transfer } from './transfer.js';
import { lockClass, lockKindOfType, typeOf } from './types.js';

/** The lock object's text, with a local pointer replaced by what it is known to point to. */
function lockObject(s: State, e: Expr | undefined): string {
  const text = lockText(e);
  return isWord(text) ? (s.alias.get(text) ?? text) : text;
}

function held(t: Transfer, s: State, ev: CallEvent, lock: LockEntry): Held {
  const arg = lock.lock === null ? undefined : ofArray(ev.args[lock.lock]);
  const text = lockObject(s, arg);
  return {
    kind: lock.kind,
    text,
    class: lock.class ?? (arg === undefined ? '' : lockClass(arg, t.ref.facts, t.ref.file, t.know)),
    atomic: isAtomicKind(lock.kind),
    rtAtomic: isRtAtomicKind(lock.kind),
    ...(lock.irq ? { irq: lock.irq } : {}),
    at: t.where(ev.pos),
    origin: 'local',
  };
}

/** What a call of a lock primitive makes of a state. `subject`: the text under which its result is known. */
export function lockCall(t: Transfer, s: State, ev: CallEvent, lock: LockEntry, subject: string): readonly State[] {
  const h = held(t, s, ev, lock);
  if (lock.op === 'close') return [release(s, h)];
  if (lock.op === 'assert') return [assertHeld(t, s, ev, h, lock)];
  if (lock.op === 'open' && !lock.heldIf) return [acquire(s, h)];
  // Trylocks and interruptible locks: one state where it is held, one where it is not, each knowing the result.
  const heldIf = lock.heldIf ?? 'nonzero';
  const got = learn(acquire(s, lock.op === 'try' ? { ...h, tried: true } : h), subject, heldIf === 'zero' ? ZERO : NONZERO);
  const not = learn(s, subject, heldIf === 'zero' ? NONZERO : ZERO);
  return [got, not];
}

/** `lockdep_assert_held(&l)`: from here on the lock counts as held by the caller, unless this function took it. */
function assertHeld(t: Transfer, s: State, ev: CallEvent, h: Held, lock: LockEntry): State {
  const arg = ev.args[0];
  // The kind follows from the object's type; an assertion about an object of unknown type says nothing about sleeping.
  const kind = lock.anyKind ? lockKindOfType(typeOf(arg, t.ref.facts, t.ref.file, t.know)) : h.kind;
  if (!kind) return s;
  if (s.held.some((o) => o.text === h.text && o.kind === kind) || s.dropped.some((d) => d.text === h.text)) return s;
  if (s.held.some((o) => o.class !== '' && o.class === h.class)) return s;
  return {
    ...s,
    held: [...s.held, { ...h, kind, atomic: isAtomicKind(kind), rtAtomic: isRtAtomicKind(kind), origin: 'entry' }],
  };
}
