/** The states that a function starts in, by what its author states at its head: locks that the caller holds, handles that it has open. */
import { isAtomicKind, isRtAtomicKind } from '../catalog/kinds.js';
import { parseLockText } from './annotations.js';
import { givenScopes } from './given-handle.js';
import type { Held, OpenScope } from './model.js';
import { EMPTY_STATE, type State } from './state.js';
import { lockText, ofArray } from './text.js';
import type { Transfer } from './transfer.js';
import { lockClass, lockKindOfType, typeOf } from './types.js';

/** What the author states at the function's head: sparse annotations name locks that the caller holds. */
export function entryStates(t: Transfer): State[] {
  const held: Held[] = [];
  const { facts, file } = t.ref;
  for (const [i, mark] of facts.marks.entries()) {
    if (mark.kind !== 'must_hold' && mark.kind !== 'releases') continue;
    // `__acquires(x) __releases(x)`, in this order, is a function that takes the lock and gives it back.
    if (facts.marks.slice(0, i).some((m) => m.kind === 'acquires' && m.text === mark.text)) continue;
    const expr = parseLockText(mark.text);
    if (expr === undefined) continue;
    const text = lockText(ofArray(expr));
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
      class: kind === 'rcu' ? '' : lockClass(ofArray(expr), facts, file, t.know),
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
