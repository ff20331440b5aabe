/** What an assignment makes of a state: masks, values that are asked for later, other names of objects. */
import type { Expr, SetEvent } from '../facts/model.js';
import { constantOf, type Know, NONZERO, range, ZERO } from './know.js';
import { taskFlags } from './scope-calls.js';
import { assume, forget, learn, truthOf, withMask, type State } from './state.js';
import { textOf } from './text.js';
import type { Transfer } from './transfer.js';

/**
 * A mask chosen by a condition (`gfp = atomic ? GFP_ATOMIC : GFP_KERNEL`) makes two states, each knowing its choice, so
 * that a lock taken under the same condition meets the right mask.
 */
export function assign(t: Transfer, s: State, ev: SetEvent): readonly State[] {
  if (typeof ev.to === 'string' && t.masks.isName(ev.to)) {
    const condition = undecided(ev.value, (c) => truthOf(s, c));
    if (condition !== undefined) {
      const [yes, no] = [assume(s, condition, true, () => true), assume(s, condition, false, () => true)];
      if (yes && no && yes !== s && no !== s) return [set(t, yes, ev), set(t, no, ev)];
    }
  }
  return [set(t, s, ev)];
}

function set(t: Transfer, s: State, ev: SetEvent): State {
  const to = textOf(ev.to);
  const before = s;
  let next = forget(s, to);
  if (to === 'current.flags') return taskFlags(t, next, ev);
  if (typeof ev.to !== 'string') {
    if (ev.op !== '=' || !t.tracks(to)) return next;
    const c = constantOf(ev.value);
    // `vmf->pte = pte_offset_map_lock(...)`: whether the lock is held is asked of the field afterwards.
    const known = c !== undefined ? range(c, c) : before.know.get(textOf(ev.value));
    return known ? learn(next, to, c === undefined ? known : range(known.lo, known.hi, known.ne, known.named, true)) : next;
  }
  if (t.masks.isName(ev.to)) next = withMask(next, ev.to, t.masks.assigned(before, ev));
  if (ev.op === '=') {
    const c = constantOf(ev.value);
    if (c !== undefined) return t.tracks(to) ? learn(next, to, range(c, c)) : next;
    if (Array.isArray(ev.value) && ev.value[0] === 'u' && ev.value[1] === '&') return setAlias(next, ev.to, textOf(ev.value[2]));
    const known = t.tracks(to) ? knownOf(before, ev.value) : undefined;
    if (known) next = learn(next, to, known);
    if (Array.isArray(ev.value) && (ev.value[0] === '->' || ev.value[0] === '.')) return setAlias(next, ev.to, textOf(ev.value));
    if (typeof ev.value === 'string' && before.alias.has(ev.value)) return setAlias(next, ev.to, before.alias.get(ev.value)!);
    return next;
  }
  if (ev.op === '|=') {
    const c = t.tracks(to) ? constantOf(ev.value) : undefined;
    if (c) return learn(next, to, NONZERO);
  }
  return next;
}

/** What is known of a value that is no constant: by the conditions it is made of, as another object's, or by a constant's name. */
function knownOf(s: State, value: Expr): Know | undefined {
  if (truthOf(s, value) === false) return ZERO;
  const copied = s.know.get(textOf(value));
  if (copied) return copied;
  return typeof value === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(value)
    ? range(-Infinity, Infinity, [], new Map([[value, true]]))
    : undefined;
}

/** Names of objects longer than this are computed: nobody writes them twice. */
const LONGEST_ALIAS = 100;

function setAlias(s: State, name: string, to: string): State {
  if (to.length > LONGEST_ALIAS) return s;
  const alias = new Map(s.alias);
  alias.set(name, to);
  return { ...s, alias };
}

/** The first condition in a mask expression that the state does not decide. */
function undecided(e: Expr, truth: (condition: Expr) => boolean | undefined): Expr | undefined {
  if (!Array.isArray(e)) return undefined;
  switch (e[0]) {
    case '?': {
      const t = truth(e[1]);
      return t === undefined ? e[1] : undecided(t ? e[2] : e[3], truth);
    }
    case 'b':
      return undecided(e[2], truth) ?? undecided(e[3], truth);
    case 'u':
    case 'cast':
      return undecided(e[2], truth);
    default:
      return undefined;
  }
}
