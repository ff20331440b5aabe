/**
 * Values along one walk of a retry loop: what the tracked variables hold after the repeated call came back with a chosen result.
 * Pointers are read as numbers: NULL is 0, an error pointer its negative errno, a valid one positive.
 */
import { ERROR_MATCHES } from '../../catalog/failure.js';
import type { Expr } from '../../facts/model.js';
import { atomOf, constantOf, decide, type Know, range, refine, sameKnow } from '../know.js';
import { identifiersOf, textOf } from '../text.js';

/** A value and the call that it came from ('#' for the repeated call itself, '' for none). */
export interface Value {
  know: Know | undefined;
  from: string;
}
export type Env = ReadonlyMap<string, Value>;

export const RESULT = '#';
export const exactly = (n: number): Know => range(n, n);
export const NULL_RESULT = exactly(0);
export const ENOMEM_RESULT = exactly(-12);
export const OTHER_ERROR: Know = range(-4095, -1, [-12]);
export const GOOD_POINTER: Know = range(1, Number.POSITIVE_INFINITY);

const NAMED = /^[A-Z_][A-Z0-9_]+$/;
const truthKnow = (t: boolean | undefined): Know | undefined => (t === undefined ? undefined : exactly(Number(t)));

function truthOfKnow(k: Know | undefined): boolean | undefined {
  if (!k) return undefined;
  if (k.lo > 0 || k.hi < 0 || k.ne.includes(0)) return true;
  return k.lo === 0 && k.hi === 0 ? false : undefined;
}

/** Value of an expression; undefined when nothing is known. */
export function valueOf(e: Expr, env: Env): Know | undefined {
  const constant = constantOf(e);
  if (constant !== undefined) return exactly(constant);
  if (typeof e === 'number') return exactly(e);
  if (typeof e === 'string') {
    const v = env.get(e);
    if (v) return v.know;
    return NAMED.test(e) ? range(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, [], new Map([[e, true]])) : undefined;
  }
  switch (e[0]) {
    case 'cast':
      return valueOf(e[2], env);
    case ',':
      return valueOf(e[2], env);
    case '=':
      return e[1] === '=' ? (env.get(textOf(e[2]))?.know ?? valueOf(e[3], env)) : env.get(textOf(e[2]))?.know;
    case '?': {
      const t = truth(e[1], env);
      if (t !== undefined) return valueOf(t ? e[2] : e[3], env);
      const [a, b] = [valueOf(e[2], env), valueOf(e[3], env)];
      return sameKnow(a, b) ? a : undefined;
    }
    case 'u':
      if (e[1] === '!') {
        const t = truth(e[2], env);
        return truthKnow(t === undefined ? undefined : !t);
      }
      if (e[1] === '-') {
        const k = valueOf(e[2], env);
        return k
          ? range(
              -k.hi,
              -k.lo,
              k.ne.map((n) => -n),
            )
          : undefined;
      }
      if (e[1] === '&') return GOOD_POINTER;
      return e[1] === '*' ? env.get(textOf(e))?.know : undefined;
    case 'b':
      return binary(e[1], e[2], e[3], env);
    case 'call':
      return callValue(e, env);
    case '->':
    case '.':
    case '[]':
      return env.get(textOf(e))?.know;
    default:
      return undefined;
  }
}

function binary(op: string, left: Expr, right: Expr, env: Env): Know | undefined {
  if (op === '&&' || op === '||') {
    const [a, b] = [truth(left, env), truth(right, env)];
    const stop = op === '||';
    if (a === stop || b === stop) return exactly(Number(stop));
    return a === undefined || b === undefined ? undefined : exactly(Number(!stop));
  }
  const [l, r] = [valueOf(left, env), valueOf(right, env)];
  if (op === '==' || op === '!=' || op === '<' || op === '>' || op === '<=' || op === '>=') {
    const single = (k: Know | undefined) => (k && k.lo === k.hi ? k.lo : undefined);
    const name = (k: Know | undefined) => [...(k?.named ?? [])].find(([, is]) => is)?.[0];
    const flip = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' } as const;
    // A code without a number here is another one than -ENOMEM.
    const code = (e: Expr) =>
      Array.isArray(e) && e[0] === 'u' && e[1] === '-' && typeof e[2] === 'string' && NAMED.test(e[2]) && constantOf(e) === undefined;
    if ((op === '==' || op === '!=') && ((code(right) && single(l) !== undefined) || (code(left) && single(r) !== undefined)))
      return truthKnow(op === '!=');
    // Named constants that are no errno stand for counts, states and bits: never below zero.
    if ((op === '==' || op === '!=') && ((l && l.hi < 0 && name(r)) || (r && r.hi < 0 && name(l)))) return truthKnow(op === '!=');
    if (r && single(r) !== undefined) return truthKnow(decide(l, { subject: '', rel: op, value: single(r)! }));
    if (l && single(l) !== undefined) return truthKnow(decide(r, { subject: '', rel: flip[op], value: single(l)! }));
    // Equal names are equal; different names of enumerators or sizes are only taken as different for (in)equality.
    if (name(l) && name(r) && (op === '==' || op === '!=')) return truthKnow((name(l) === name(r)) === (op === '=='));
    return undefined;
  }
  if (op === '&' && ((l && l.lo === 0 && l.hi === 0) || (r && r.lo === 0 && r.hi === 0))) return exactly(0);
  return undefined;
}

function callValue(e: Expr & unknown[], env: Env): Know | undefined {
  const name = e[1];
  const arg = e[2] as Expr | undefined;
  if (typeof name === 'string' && arg !== undefined) {
    const k = () => valueOf(arg, env);
    const isError = (v: Know | undefined) => (!v ? undefined : v.hi < 0 && v.lo >= -4095 ? true : v.lo >= 0 ? false : undefined);
    switch (name) {
      case 'IS_ERR':
      case 'IS_ERR_VALUE':
      case 'xa_is_err':
        return truthKnow(isError(k()));
      case 'IS_ERR_OR_NULL': {
        const v = k();
        return truthKnow(truthOfKnow(v) === false ? true : isError(v));
      }
      case 'PTR_ERR':
      case 'ERR_PTR':
      case 'ERR_CAST':
      case 'xa_err':
        return k();
      case 'PTR_ERR_OR_ZERO': {
        const v = k();
        const error = isError(v);
        return error === undefined ? undefined : error ? v : exactly(0);
      }
      case 'likely':
      case 'unlikely':
      case '__builtin_expect':
      case 'WARN_ON':
      case 'WARN_ON_ONCE':
      case 'READ_ONCE':
        return k();
    }
    if (ERROR_MATCHES.has(name)) {
      const [v, code] = [k(), constantOf(e[3] as Expr)];
      return v && code !== undefined ? truthKnow(decide(v, { subject: '', rel: '==', value: -code })) : undefined;
    }
  }
  return env.get(textOf(e as Expr))?.know;
}

/** Truth of a condition; undefined when the environment does not decide it. */
export const truth = (e: Expr, env: Env): boolean | undefined => truthOfKnow(valueOf(e, env));

/** The environment on the branch where `when` is `is`; null when it cannot be taken. Only `tracked` variables are refined. */
export function branch(env: Env, when: Expr, is: boolean, tracked: (name: string) => boolean): Env | null {
  const t = truth(when, env);
  if (t !== undefined) return t === is ? env : null;
  const atom = atomOf(when, is);
  if (!atom || !tracked(atom.subject)) return env;
  const old = env.get(atom.subject);
  const know = refine(old?.know, atom);
  if (!know) return null;
  return new Map(env).set(atom.subject, { know, from: old?.from ?? '' });
}

/** Forgets everything that depends on an lvalue. */
export function forget(env: Env, text: string): Env {
  const plain = /^\w+$/.test(text);
  const stale = [...env.keys()].filter((k) => k === text || k.startsWith(`${text}.`) || (plain && identifiersOf(k).includes(text)));
  if (!stale.length) return env;
  const out = new Map(env);
  for (const k of stale) out.delete(k);
  return out;
}

/**
 * The call that an expression's value came from: RESULT wins, then a direct call, then what its variables came from. What a call was
 * given does not count: its answer is its own.
 */
export function originOf(e: Expr, env: Env): string {
  if (typeof e === 'number') return '';
  const from = env.get(textOf(e))?.from;
  if (from) return from;
  if (typeof e === 'string') return '';
  if (e[0] === 'call') {
    const [, fn, ...args] = e;
    if (typeof fn !== 'string') return textOf(fn);
    return TRANSPARENT.has(fn) ? firstOrigin(args, env) : fn;
  }
  switch (e[0]) {
    case '->':
    case '.':
      return originOf(e[1], env);
    case 'cast':
    case 'u':
      return originOf(e[2], env);
    case '[]':
    case ',':
      return firstOrigin([e[1], e[2]], env);
    case 'b':
    case '=':
      return firstOrigin([e[2], e[3]], env);
    case '?':
      return firstOrigin([e[1], e[2], e[3]], env);
    default:
      return '';
  }
}
function firstOrigin(parts: readonly Expr[], env: Env): string {
  const all = parts.map((p) => originOf(p, env)).filter((o) => o !== '');
  return all.includes(RESULT) ? RESULT : (all[0] ?? '');
}
const TRANSPARENT = new Set([
  'IS_ERR',
  'IS_ERR_OR_NULL',
  'IS_ERR_VALUE',
  'PTR_ERR',
  'PTR_ERR_OR_ZERO',
  'ERR_PTR',
  'ERR_CAST',
  'likely',
  'unlikely',
  'WARN_ON',
  'WARN_ON_ONCE',
  'READ_ONCE',
  ...ERROR_MATCHES,
  'IS_ENABLED',
  'xa_err',
  'xa_is_err',
]);

/** Most edges leave an environment as it is. */
const keys = new WeakMap<Env, string>();

export function envKey(env: Env): string {
  if (env.size === 0) return '';
  let key = keys.get(env);
  if (key === undefined) keys.set(env, (key = makeKey(env)));
  return key;
}

function makeKey(env: Env): string {
  let key = '';
  for (const [name, v] of [...env].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    key += `${name}=${v.know ? `${v.know.lo},${v.know.hi},${v.know.ne.join('/')},${[...(v.know.named ?? [])].join('/')}` : ''}@${v.from};`;
  }
  return key;
}
