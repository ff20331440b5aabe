/** Puts a caller's arguments into conditions that a callee's witness makes on its parameters. */
import type { CallPoint, ParamCondition } from './model.js';
import { blocking } from './masks.js';
import { constantOf, NAMED } from './know.js';
import type { Transfer } from './transfer.js';
import { typeOf } from './types.js';
import type { Expr, PlainArgument } from '../facts/model.js';

/**
 * Null when the arguments contradict the conditions; otherwise what is left as conditions on the caller's own
 * parameters. `sure` is false when an argument's value could not be told.
 */
export function bindConditions(
  when: readonly ParamCondition[],
  point: CallPoint,
  state: number,
  t: Transfer,
): { when: ParamCondition[]; sure: boolean } | null {
  const out: ParamCondition[] = [];
  let sure = true;
  for (const c of when) {
    const arg = point.args[c.index];
    if (arg === undefined) continue;
    if (c.op === 'blocking' || c.op === 'nonblocking') {
      const mask = point.masks[c.index]?.[state];
      if (!mask) {
        sure = false;
        continue;
      }
      const effective = blocking(mask);
      if (effective === undefined) {
        if (mask.unknown || !mask.params.length) sure = false;
        for (const p of mask.params) out.push({ index: p.index, op: c.op, value: c.value });
      } else if (effective !== (c.op === 'blocking')) return null;
      continue;
    }
    if (c.value === 0 && (c.op === '==' || c.op === '!=') && isAddress(arg, t)) {
      if (c.op === '==') return null;
      continue;
    }
    const known = constantOf(arg);
    const verdict = known !== undefined ? test(known, c) : typeof arg === 'string' ? named(arg, c) : undefined;
    if (verdict === false) return null;
    if (verdict === true) continue;
    const own = typeof arg === 'string' ? t.ref.facts.params.findIndex((p) => p.name === arg) : -1;
    if (own >= 0 && !t.isAssigned(arg as string)) {
      // What this path assumes of the parameter may already answer.
      const s = point.states[state]!;
      const excluded = s.paramAssume.some((h) => h.index === own && contradicts(h, c));
      if (excluded) return null;
      out.push({ ...c, index: own });
      continue;
    }
    if (c.op === '!=' && c.value === 0 && isPointer(arg, t)) continue;
    const bits = flagArgument(arg, c);
    if (bits === false) return null;
    if (bits === true) continue;
    sure = false;
  }
  return { when: out, sure };
}

/**
 * The same for a call of which only plain arguments are known, from a function without a graph. How large a number must be is left open:
 * such a condition mostly ends a recursion, which gets there by and by.
 */
export function bindPlain(
  when: readonly ParamCondition[],
  args: readonly PlainArgument[],
  constant: (name: string) => Expr | undefined,
): { when: ParamCondition[]; sure: boolean } | null {
  const out: ParamCondition[] = [];
  let sure = true;
  for (const c of when) {
    const arg = args[c.index] ?? null;
    if (arg === null || !DECIDED.has(c.op)) {
      sure = false;
      continue;
    }
    if (typeof arg === 'object') {
      out.push({ ...c, index: arg.own });
      continue;
    }
    const value = typeof arg === 'number' ? arg : constantOf(constant(arg));
    const verdict = (typeof arg === 'string' ? named(arg, c) : undefined) ?? (value === undefined ? undefined : test(value, c));
    if (verdict === false) return null;
    if (verdict === undefined) sure = false;
  }
  return { when: out, sure };
}

const DECIDED: ReadonlySet<ParamCondition['op']> = new Set<ParamCondition['op']>(['==', '!=', 'bit', 'nobit']);

/** Whether an argument is not 0; undefined where it cannot be told. A constant by its name is not 0 unless the tree says so: zeros are kept. */
export function isNonzero(t: Transfer, e: Expr | undefined): boolean | undefined {
  const value = numberOf(t, e);
  if (value !== undefined) return value !== 0;
  return typeof e === 'string' && isConstant(t, e) ? true : undefined;
}

const isConstant = (t: Transfer, name: string): boolean =>
  /^[A-Z][A-Z0-9_]*$/.test(name) && t.paramIndex(name) === undefined && !(name in t.ref.facts.body!.vars);

function numberOf(t: Transfer, e: Expr | undefined, depth = 4): number | undefined {
  if (typeof e === 'string' && depth > 0 && isConstant(t, e)) {
    const value = t.know.constant(e, t.ref.file);
    return value === undefined ? constantOf(e) : numberOf(t, value, depth - 1);
  }
  if (!Array.isArray(e) || e[0] !== 'b') return constantOf(e);
  const [a, b] = [numberOf(t, e[2], depth), numberOf(t, e[3], depth)];
  return a === undefined || b === undefined ? undefined : constantOf(['b', e[1], a, b]);
}

/** What is never NULL: the address of something, a text, a function by its name. */
function isAddress(arg: Expr, t: Transfer): boolean {
  if (Array.isArray(arg)) return arg[0] === 'cast' ? isAddress(arg[2], t) : arg[0] === 'str' || (arg[0] === 'u' && arg[1] === '&');
  return isFunction(arg, t);
}

/** Whether an argument, casts aside, is a function by its name. */
export function isFunction(arg: Expr, t: Transfer): boolean {
  if (Array.isArray(arg) && arg[0] === 'cast') return isFunction(arg[2], t);
  if (typeof arg !== 'string' || !/[a-z]/.test(arg) || t.paramIndex(arg) !== undefined || arg in t.ref.facts.body!.vars) return false;
  return t.know.returns(arg, t.ref.file) !== undefined;
}

/** A pointer that is handed on is taken as good: callees test for NULL far more often than callers pass it. */
export function isPointer(arg: Expr, t: Transfer): boolean {
  return /[*[]/.test(typeOf(arg, t.ref.facts, t.ref.file, t.know));
}

/** A flags argument such as `FOO_A | FOO_B` against `param & FOO_C`. */
function flagArgument(arg: Expr, c: ParamCondition): boolean | undefined {
  if ((c.op !== 'bit' && c.op !== 'nobit') || typeof c.value !== 'string') return undefined;
  const names = orNames(arg);
  if (!names) return undefined;
  const has = names.includes(c.value);
  return c.op === 'bit' ? has : !has;
}

/** The names of a flags word that is written as such: `FOO_A | FOO_B`, a single name, or 0; undefined for anything else. */
export function orNames(e: Expr): string[] | undefined {
  if (e === 0) return [];
  if (typeof e === 'string') return /^[A-Z_][A-Z0-9_]*$/.test(e) ? [e] : undefined;
  if (Array.isArray(e) && e[0] === 'b' && e[1] === '|') {
    const [a, b] = [orNames(e[2]), orNames(e[3])];
    return a && b ? [...a, ...b] : undefined;
  }
  if (Array.isArray(e) && e[0] === 'cast') return orNames(e[2]);
  return undefined;
}

function test(v: number, c: ParamCondition): boolean | undefined {
  if (typeof c.value === 'string') {
    if (c.op === 'bit') return v === 0 ? false : undefined;
    if (c.op === 'nobit') return v === 0 ? true : undefined;
    return undefined;
  }
  switch (c.op) {
    case '==':
      return v === c.value;
    case '!=':
      return v !== c.value;
    case '<':
      return v < c.value;
    case '>':
      return v > c.value;
    case '<=':
      return v <= c.value;
    case '>=':
      return v >= c.value;
    default:
      return undefined;
  }
}

/** @param arg a constant's name, or the names of a flags word with `|` between them */
function named(arg: string, c: ParamCondition): boolean | undefined {
  if (!NAMED.test(arg)) return arg.includes('|') ? flagsNamed(arg.split('|'), c) : undefined;
  if (typeof c.value === 'string') {
    if (c.op === '==') return arg === c.value;
    if (c.op === '!=') return arg !== c.value;
    if (c.op === 'bit') return arg === c.value ? true : undefined;
    if (c.op === 'nobit') return flagsNamed([arg], c);
  }
  return undefined;
}

/** A bit of a flags word by the names that make it; names of masks are made of others. */
function flagsNamed(names: readonly string[], c: ParamCondition): boolean | undefined {
  if ((c.op !== 'bit' && c.op !== 'nobit') || typeof c.value !== 'string') return undefined;
  if (names.includes(c.value)) return c.op === 'bit';
  return names.some((name) => name.includes('GFP_')) ? undefined : c.op === 'nobit';
}

/** A condition, and a list of them, as a text that tells it from others. */
export const conditionKey = (c: ParamCondition): string => `${c.index}${c.op}${c.value}`;
export const conditionsKey = (list: readonly ParamCondition[]): string => list.map(conditionKey).join();

/** Does the one condition on a parameter make the other hold? */
export function implies(have: ParamCondition, want: ParamCondition): boolean {
  if (have.op === want.op && have.value === want.value) return true;
  if (have.op !== '==') return false;
  return typeof have.value === 'number' ? test(have.value, want) === true : named(have.value, want) === true;
}

/** Can the two conditions on one parameter not hold together? */
export function contradicts(have: ParamCondition, want: ParamCondition): boolean {
  if (have.op === 'bit' && want.op === 'nobit' && have.value === want.value) return true;
  if (have.op === 'nobit' && want.op === 'bit' && have.value === want.value) return true;
  if (have.op === 'blocking' && want.op === 'nonblocking') return true;
  if (have.op === 'nonblocking' && want.op === 'blocking') return true;
  if (have.op === '==' && typeof have.value === 'number') return test(have.value, want) === false;
  if (have.op === '==' && (want.op === 'bit' || want.op === 'nobit')) return named(String(have.value), want) === false;
  if (have.op === '!=' && want.op === '==') return have.value === want.value;
  if (have.op === '==' && want.op === '!=') return have.value === want.value;
  if (have.op === '==' && want.op === '==' && typeof have.value === typeof want.value) return have.value !== want.value;
  return false;
}
