/** Opening and restoring memalloc scopes on one state, by a call or by hand, and the journal handles that bring one. */
import type { ScopeEntry } from '../catalog/model.js';
import type { CallEvent, SetEvent } from '../facts/model.js';
import { NONZERO, ZERO } from './know.js';
import { acquire, release } from './locks.js';
import type { Held, OpenScope, ScopeKind, Where } from './model.js';
import { learn, type State } from './state.js';
import { textOf } from './text.js';
import type { Transfer } from './transfer.js';

/** Scopes open at a time; more is a loop that opens one each round. */
const MAX_SCOPES = 6;
/** Scopes of the caller that are counted as closed; more is a loop that closes one each round. */
const MAX_CLOSED = 4;

/** Told of scope events while states are recorded (see scopes.ts). */
export interface ScopeListener {
  closed(scope: OpenScope, at: Where): void;
  wrong(at: Where, why: 'other-cookie' | 'order' | 'other-kind' | 'unopened', scope: OpenScope | undefined): void;
}

/** A journal or transaction handle is held like a lock: reclaim that starts one of the same log waits for its holders. */
const handle = (name: string, at: Where): Held => ({
  kind: 'handle',
  text: '',
  class: name,
  atomic: false,
  rtAtomic: false,
  at,
  origin: 'local',
});

/** What a call that opens or restores a scope makes of a state. `subject`: the text under which its result is known. */
export function scopeCall(t: Transfer, s: State, ev: CallEvent, scope: ScopeEntry, subject: string): readonly State[] {
  const at = t.where(ev.pos);
  if (scope.op === 'close') {
    const cookie = scope.cookie === undefined ? '' : textOf(ev.args[scope.cookie]);
    const closed = closeScope(t.listener, s, scope.kind, cookie, at, scope.implied === true);
    return [scope.handle ? release(closed, handle(scope.handle, at)) : closed];
  }
  if (s.scopes.length >= MAX_SCOPES) return [s];
  const cookie = scope.implied || ev.to === undefined ? '' : textOf(ev.to);
  const taken = scope.handle ? acquire(s, handle(scope.handle, at)) : s;
  const open: State = {
    ...taken,
    scopes: [
      ...s.scopes,
      { kind: scope.kind, cookie, at, origin: 'local', by: ev.fn as string, ...(scope.implied ? { implied: true } : {}) },
    ],
  };
  if (!scope.fails) return [open];
  // A handle that could not be started opens nothing; the test of the result tells the two apart.
  const result = `IS_ERR(${ev.to === undefined ? subject : textOf(ev.to)})`;
  if (scope.fails === 'nonzero') return [learn(open, subject, ZERO), learn(s, subject, NONZERO)];
  return [learn(open, result, ZERO), learn(s, result, NONZERO)];
}

/** Restores the scope that the cookie or, failing that, the kind names; the listener hears of what does not fit. */
export function closeScope(
  listener: ScopeListener | undefined,
  s: State,
  kind: ScopeKind,
  cookie: string,
  at: Where,
  implied: boolean,
): State {
  let i = -1;
  for (let k = s.scopes.length - 1; k >= 0; k--) {
    const o = s.scopes[k]!;
    if (o.kind === kind && (o.cookie === cookie || implied || cookie === '')) {
      i = k;
      break;
    }
  }
  if (i < 0) {
    const sameCookie = s.scopes.find((o) => o.cookie === cookie && cookie !== '');
    const sameKind = s.scopes.find((o) => o.kind === kind);
    if (sameCookie) listener?.wrong(at, 'other-kind', sameCookie);
    else if (sameKind) listener?.wrong(at, 'other-cookie', sameKind);
    const hit = sameCookie ?? sameKind;
    if (!hit) {
      listener?.wrong(at, 'unopened', undefined);
      return s.closed.length < MAX_CLOSED ? { ...s, closed: [...s.closed, kind] } : s;
    }
    listener?.closed(hit, at);
    return { ...s, scopes: s.scopes.filter((o) => o !== hit) };
  }
  const scope = s.scopes[i]!;
  // The caller's own: it is told.
  if (scope.origin === 'entry') return { ...s, scopes: s.scopes.filter((_, k) => k !== i), closed: [...s.closed, kind] };
  if (!implied && s.scopes.slice(i + 1).some((o) => !o.implied)) {
    listener?.wrong(at, 'order', scope);
  }
  listener?.closed(scope, at);
  return { ...s, scopes: s.scopes.filter((_, k) => k !== i) };
}

/** PF_MEMALLOC set and cleared by hand is a scope like memalloc_noreclaim_save. */
export function taskFlags(t: Transfer, s: State, ev: SetEvent): State {
  const text = textOf(ev.value);
  const at = t.where(ev.pos);
  const kind: ScopeKind | null = /\bPF_MEMALLOC\b/.test(text)
    ? 'noreclaim'
    : /\bPF_MEMALLOC_NOFS\b/.test(text)
      ? 'nofs'
      : /\bPF_MEMALLOC_NOIO\b/.test(text)
        ? 'noio'
        : null;
  if (!kind) return s;
  if (ev.op === '|=') return { ...s, scopes: [...s.scopes, { kind, cookie: '', at, origin: 'local', by: 'PF_MEMALLOC' }] };
  if (ev.op === '&=') return closeScope(t.listener, s, kind, '', at, true);
  return s;
}
