/** Taking and releasing things, on one state: locks by name, interrupt and softirq switches, and what belongs to the caller. */
import type { Held, LockKind } from './model.js';
import type { State } from './state.js';

/** Kinds that one unlock name may release: spin_unlock also ends a raw lock seen through a macro, and so on. */
const FAMILY: Partial<Record<LockKind, string>> = {
  spin: 'spin',
  raw_spin: 'spin',
  bit_spin: 'bit',
  read_lock: 'rw',
  write_lock: 'rw',
  rwsem_read: 'rwsem',
  rwsem_write: 'rwsem',
};
const family = (kind: LockKind): string => FAMILY[kind] ?? kind;

const lastField = (text: string): string => /(?:^|\.)(\w+)$/.exec(text)?.[1] ?? text;

/**
 * Could two texts name one lock? Equal ones do; a plain variable may alias anything; two members are the same only
 * when the field is (`a->lock`, `b->lock`), since the bases may be two names of one object.
 */
function mayBeSame(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return true;
  // lockref_put_or_lock(&x->ref) is ended by spin_unlock(&x->ref.lock).
  if (a === `${b}.lock` || b === `${a}.lock`) return true;
  const [plainA, plainB] = [/^\w+$/.test(a), /^\w+$/.test(b)];
  if (plainA || plainB) return true;
  if (/[([]/.test(a) || /[([]/.test(b)) return true;
  return lastField(a) === lastField(b);
}

/** A lock that is known to be a member of a structure. */
const isMember = (h: Held): boolean => /^\w+\./.test(h.class);

/** How often one lock text may be held at a time: a loop that takes lock after lock must not grow without end. */
const MAX_SAME = 2;
const MAX_HELD = 12;

/** The state with `h` held. What the caller had and lost here comes back to it; a lock that is held too often already (a loop) is not counted again. */
export function acquire(s: State, h: Held): State {
  const i = s.dropped.findIndex((d) => d.kind === h.kind && (d.text === h.text || (h.text === '' && d.text === '')));
  if (i >= 0) {
    const dropped = s.dropped.filter((_, k) => k !== i);
    return h.atomic && h.text !== '' ? { ...s, dropped, held: [...s.held, { ...h, again: true }] } : { ...s, dropped };
  }
  if (s.held.length >= MAX_HELD || s.held.filter((o) => o.kind === h.kind && o.text === h.text).length >= MAX_SAME) return s;
  return { ...s, held: [...s.held, h] };
}

/**
 * Releases what matches best; what this function does not hold is the caller's and goes to `dropped`.
 * `named`: the lock is known by its own name, and no other name can mean it.
 */
export function release(s: State, r: Held, named = false): State {
  const candidates = (test: (h: Held) => boolean) => {
    for (let i = s.held.length - 1; i >= 0; i--) if (test(s.held[i]!)) return i;
    return -1;
  };
  const sameFamily = (h: Held) => family(h.kind) === family(r.kind);
  let i = candidates((h) => sameFamily(h) && h.text === r.text);
  if (i < 0) i = candidates((h) => sameFamily(h) && mayBeSame(h.text, r.text) && !(named && isMember(h)));
  // mtree_unlock(mas->tree) is given the tree, `__must_hold(mas->tree->ma_lock)` names the lock in it.
  if (i < 0) i = candidates((h) => sameFamily(h) && isMember(h) && h.class === r.class && h.text.startsWith(`${r.text}.`));
  if (i < 0) {
    // An interrupt switch may have come with a lock: spin_lock_irq(), spin_unlock(), local_irq_enable().
    if (r.kind === 'irq_off' || r.kind === 'bh_off') {
      const want = r.kind === 'irq_off' ? 'irq' : 'bh';
      const k = candidates((h) => h.irq === want);
      if (k >= 0) {
        const { irq: _dropped, ...rest } = s.held[k]!;
        return { ...s, held: s.held.map((h, n) => (n === k ? rest : h)) };
      }
    }
    // Held on some of the paths that were joined: the branch that releases it is the one that took it.
    if (!r.atomic && s.doubtful.has(r.text)) return s;
    if (s.dropped.length >= 4 || s.dropped.some((d) => d.kind === r.kind && d.text === r.text)) return s;
    return { ...s, dropped: [...s.dropped, r] };
  }
  const taken = s.held[i]!;
  let held = s.held.filter((_, k) => k !== i);
  let dropped = s.dropped;
  // An author's word (__releases(), lockdep_assert_held()) does not say that interrupts come back with it; the unlock does.
  if (taken.origin === 'entry' || taken.again) dropped = [...dropped, r.irq && !taken.irq ? { ...taken, irq: r.irq } : taken];
  if (taken.irq && !r.irq && r.kind !== 'irq_off' && r.kind !== 'bh_off') {
    // spin_lock_irq() ended by plain spin_unlock(): interrupts stay off until they are switched on.
    const { irq, ...rest } = taken;
    held = [...held, { ...rest, kind: irq === 'irq' ? 'irq_off' : 'bh_off', text: '', class: '' }];
  } else if (!taken.irq && r.irq) {
    // local_irq_disable(); spin_lock(); ... spin_unlock_irq(): both end here.
    const k = held.findIndex((h) => h.kind === (r.irq === 'irq' ? 'irq_off' : 'bh_off'));
    if (k >= 0) held = held.filter((_, n) => n !== k);
  }
  return { ...s, held, dropped };
}
