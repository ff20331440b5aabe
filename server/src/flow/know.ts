/**
 * What is known of a value on one family of paths: an interval, excluded numbers, and equality with named constants.
 * Conditions are turned into atoms over a subject (a canonical text); branches decide and refine by them, so that
 * `if (a) lock(); ... if (a) unlock();` and `if (!(p = get())) return;` are seen for what they are.
 */
import type { Expr } from '../facts/model.js';
import { textOf } from './text.js';

export interface Know {
  lo: number;
  hi: number;
  /** Excluded values inside [lo, hi]. */
  ne: readonly number[];
  /** Equality with named constants that have no number here; undefined: with none. */
  named: ReadonlyMap<string, boolean> | undefined;
  /** Given to a member of a structure here, not asked of it: what is handed the structure may give it another value. */
  given: boolean;
}

/** One shape for all: millions are made, and a copy that gains a member costs V8 a hidden class of its own. */
export const range = (lo: number, hi: number, ne: readonly number[] = NONE, named?: Know['named'], given = false): Know => ({
  lo,
  hi,
  ne,
  named,
  given,
});
const NONE: readonly number[] = [];

export interface Atom {
  subject: string;
  rel: '==' | '!=' | '<' | '>' | '<=' | '>=';
  value: number | string;
}

const INF = Number.POSITIVE_INFINITY;
export const ANYTHING: Know = range(-INF, INF);
export const ZERO: Know = range(0, 0);
export const NONZERO: Know = range(-INF, INF, [0]);
export const NEGATIVE: Know = range(-INF, -1);

/** errno values of include/uapi/asm-generic/errno-base.h and errno.h, as far as allocation code compares them. */
const ERRNO: Record<string, number> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  EWOULDBLOCK: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ERANGE: 34,
  EDEADLK: 35,
  ENOSYS: 38,
  ENODATA: 61,
  EOVERFLOW: 75,
  EOPNOTSUPP: 95,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  EALREADY: 114,
  EINPROGRESS: 115,
  ESTALE: 116,
  EUCLEAN: 117,
  EFSCORRUPTED: 117,
  EDQUOT: 122,
  ECANCELED: 125,
  ERESTARTSYS: 512,
  EPROBE_DEFER: 517,
  EIOCBQUEUED: 529,
};

/** Number of a constant expression, or undefined. */
export function constantOf(e: Expr | undefined): number | undefined {
  if (typeof e === 'number') return e;
  if (typeof e === 'string') {
    if (e === 'NULL' || e === 'false' || e === 'FALSE') return 0;
    if (e === 'true' || e === 'TRUE') return 1;
    return ERRNO[e];
  }
  if (!Array.isArray(e)) return undefined;
  if (e[0] === 'u') {
    const v = constantOf(e[2]);
    if (v === undefined) return undefined;
    return e[1] === '-' ? -v : e[1] === '!' ? Number(v === 0) : e[1] === '+' ? v : undefined;
  }
  if (e[0] === 'cast') return constantOf(e[2]);
  if (e[0] === 'call' && e[1] === 'ERR_PTR') return constantOf(e[2] as Expr);
  if (e[0] === 'b') {
    const [a, b] = [constantOf(e[2]), constantOf(e[3])];
    if (a === undefined || b === undefined) return undefined;
    switch (e[1]) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '<<':
        return b < 31 ? a * 2 ** b : undefined;
      case '>>':
        return a >> b;
      case '|':
        return a | b;
      case '&':
        return a & b;
      case '/':
        return b ? Math.trunc(a / b) : undefined;
      default:
        return undefined;
    }
  }
  return undefined;
}

const FLIP = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' } as const;
const NEGATE = { '<': '>=', '>': '<=', '<=': '>', '>=': '<', '==': '!=', '!=': '==' } as const;
/** A constant by its name; an enumerator of several words joined without `_` begins with a capital (`WaitNoSleep`). */
export const NAMED = /^(?:[A-Z_][A-Z0-9_]*|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)$/;

let atoms = [new Map<object, Atom | null>(), new Map<object, Atom | null>()] as const;

/** Forgets the atoms of the function analysed before. */
export function forgetAtoms(): void {
  atoms = [new Map(), new Map()];
}

/** The atom that a branch on `when` being `is` asserts, or null when it says nothing that can be kept. */
export function atomOf(when: Expr, is: boolean): Atom | null {
  if (typeof when !== 'object') return makeAtom(when, is);
  const cache = atoms[is ? 1 : 0];
  let atom = cache.get(when);
  if (atom === undefined) cache.set(when, (atom = makeAtom(when, is)));
  return atom;
}

function makeAtom(when: Expr, is: boolean): Atom | null {
  if (Array.isArray(when)) {
    if (when[0] === 'u' && when[1] === '!') return atomOf(when[2], !is);
    if (when[0] === 'cast') return atomOf(when[2], is);
    if (when[0] === '=') return when[1] === '=' ? atomOf(when[2], is) : null;
    if (when[0] === 'b' && when[1] in FLIP) {
      let rel = when[1] as keyof typeof FLIP;
      let [left, right] = [when[2], when[3]];
      if (Array.isArray(left) && left[0] === '=') left = left[2];
      if (Array.isArray(right) && right[0] === '=') right = right[2];
      let value: number | string | undefined = constantOf(right);
      if (value === undefined && typeof right === 'string' && NAMED.test(right)) value = right;
      if (value === undefined) {
        const other = constantOf(left) ?? (typeof left === 'string' && NAMED.test(left) ? left : undefined);
        if (other === undefined) {
          // Two variables: their comparison as a whole is the subject.
          if (rel === '!=' || rel === '>=' || rel === '>') {
            rel = NEGATE[rel];
            is = !is;
          }
          return { subject: textOf(['b', rel, left, right]), rel: is ? '!=' : '==', value: 0 };
        }
        [left, right] = [right, left];
        value = other;
        rel = FLIP[rel];
      }
      if (typeof value === 'string' && rel !== '==' && rel !== '!=') {
        return { subject: textOf(when), rel: is ? '!=' : '==', value: 0 };
      }
      return { subject: textOf(left), rel: is ? rel : NEGATE[rel], value };
    }
  }
  if (constantOf(when) !== undefined) return null;
  return { subject: textOf(when), rel: is ? '!=' : '==', value: 0 };
}

/** True, false, or undefined when `know` does not decide the atom. */
export function decide(know: Know | undefined, atom: Atom): boolean | undefined {
  if (!know) return undefined;
  const v = atom.value;
  if (typeof v === 'string') {
    const same = know.named?.get(v);
    if (same !== undefined) return atom.rel === '==' ? same : !same;
    // Equal to another name: taken as different, as enumerators and flags mostly are.
    if (know.named) for (const is of know.named.values()) if (is) return atom.rel === '!=';
    return undefined;
  }
  const { lo, hi } = know;
  switch (atom.rel) {
    case '==':
      if (lo === hi) return lo === v;
      return v < lo || v > hi || know.ne.includes(v) ? false : undefined;
    case '!=':
      if (lo === hi) return lo !== v;
      return v < lo || v > hi || know.ne.includes(v) ? true : undefined;
    case '<':
      return hi < v ? true : lo >= v ? false : undefined;
    case '<=':
      return hi <= v ? true : lo > v ? false : undefined;
    case '>':
      return lo > v ? true : hi <= v ? false : undefined;
    case '>=':
      return lo >= v ? true : hi < v ? false : undefined;
  }
}

/** `know` with the atom added; null when they contradict each other. */
export function refine(know: Know | undefined, atom: Atom): Know | null {
  const old = know ?? ANYTHING;
  if (decide(old, atom) === false) return null;
  const v = atom.value;
  if (typeof v === 'string') return range(old.lo, old.hi, old.ne, new Map(old.named).set(v, atom.rel === '=='), old.given);
  switch (atom.rel) {
    case '==':
      return range(v, v, NONE, old.named);
    case '!=':
      if (v === old.lo) return range(v + 1, old.hi, old.ne, old.named, old.given);
      if (v === old.hi) return range(old.lo, v - 1, old.ne, old.named, old.given);
      return old.ne.includes(v)
        ? old
        : range(
            old.lo,
            old.hi,
            [...old.ne, v].sort((a, b) => a - b),
            old.named,
            old.given,
          );
    case '<':
      return range(old.lo, Math.min(old.hi, v - 1), old.ne, old.named, old.given);
    case '<=':
      return range(old.lo, Math.min(old.hi, v), old.ne, old.named, old.given);
    case '>':
      return range(Math.max(old.lo, v + 1), old.hi, old.ne, old.named, old.given);
    case '>=':
      return range(Math.max(old.lo, v), old.hi, old.ne, old.named, old.given);
  }
}

/** What holds of both; undefined when that is nothing. */
export function join(a: Know | undefined, b: Know | undefined): Know | undefined {
  if (!a || !b) return undefined;
  if (a === b) return a;
  const lo = Math.min(a.lo, b.lo);
  const hi = Math.max(a.hi, b.hi);
  const excluded = (k: Know, v: number) => v < k.lo || v > k.hi || k.ne.includes(v);
  const ne = [...new Set([...a.ne, ...b.ne, 0])].filter((v) => v > lo && v < hi && excluded(a, v) && excluded(b, v)).sort((x, y) => x - y);
  let named: Map<string, boolean> | undefined;
  if (a.named && b.named) {
    for (const [name, is] of a.named) if (b.named.get(name) === is) (named ??= new Map()).set(name, is);
  }
  if (lo === -INF && hi === INF && !ne.length && !named) return undefined;
  return range(lo, hi, ne, named, a.given || b.given);
}

export function sameKnow(a: Know | undefined, b: Know | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  if (a.lo !== b.lo || a.hi !== b.hi || a.ne.length !== b.ne.length || a.ne.some((v, i) => v !== b.ne[i])) return false;
  if ((a.named?.size ?? 0) !== (b.named?.size ?? 0)) return false;
  if (a.named) for (const [name, is] of a.named) if (b.named?.get(name) !== is) return false;
  return true;
}
