/**
 * Evaluates gfp expressions to masks with unknowns. Composites come from the kernel profile; locals, parameters and
 * assumptions from the state; macros of the tree from the knowledge.
 */
import { GFP, nameMask, type Profile } from '../../../simulator/src/index.js';
import type { Expr, FileFacts } from '../facts/model.js';
import type { Knowledge } from './knowledge.js';
import type { MaskParameter, MaskValue, Site } from './model.js';

/** Every bit a mask can have. */
export const ALL_BITS = 0x7fffffff;
export const UNKNOWN_MASK: MaskValue = { must: 0, may: ALL_BITS, params: [], unknown: true };

export const maskOf = (bits: number): MaskValue => ({ must: bits, may: bits, params: [], unknown: false });

export interface MaskScope {
  profile: Profile;
  file: FileFacts;
  knowledge: Knowledge;
  /** Value of a local, undefined when it is not a tracked mask. */
  local(name: string): MaskValue | undefined;
  /** Index of a parameter that can carry a mask. */
  param(name: string): number | undefined;
  /** Truth of a condition in the current state. */
  truth(condition: Expr): boolean | undefined;
  /** Mask of a call that returns one (mapping_gfp_mask and the like), undefined when it is none of those. */
  helper(name: string, args: Expr[]): MaskValue | undefined;
  /** Mask that a structure's field is known to keep. */
  field(e: Expr): MaskValue | undefined;
}

const GFP_NAME = /^(?:GFP_|__GFP_|___GFP_)[A-Z0-9_]+$/;
export const isGfpName = (name: string): boolean => GFP_NAME.test(name);

/** Both or-ed: `a | b`. */
export function union(a: MaskValue, b: MaskValue): MaskValue {
  return {
    must: a.must | b.must,
    may: a.may | b.may,
    // A bit that one side surely sets cannot be cleared by what the other side's parameter lacks.
    params: mergeParams(a.params, b.params),
    unknown: a.unknown || b.unknown,
  };
}

/** Either of two: what both branches of a condition, or two paths, can give. */
export function either(a: MaskValue, b: MaskValue): MaskValue {
  if (a === b || sameMask(a, b)) return a;
  return { must: a.must & b.must, may: a.may | b.may, params: mergeParams(a.params, b.params, false), unknown: a.unknown || b.unknown };
}

function mergeParams(a: readonly MaskParameter[], b: readonly MaskParameter[], both = true): MaskParameter[] {
  const out = new Map<number, MaskParameter>();
  for (const p of [...a, ...b]) {
    const old = out.get(p.index);
    const inBoth = a.some((q) => q.index === p.index && !q.maybe) && b.some((q) => q.index === p.index && !q.maybe);
    const sure = both ? !p.maybe || (old !== undefined && !old.maybe) : inBoth;
    out.set(p.index, { index: p.index, cleared: old ? old.cleared & p.cleared : p.cleared, ...(sure ? {} : { maybe: true as const }) });
  }
  return [...out.values()].sort((x, y) => x.index - y.index);
}

function intersect(a: MaskValue, b: MaskValue): MaskValue {
  const constant = isConstant(a) ? a : isConstant(b) ? b : null;
  if (constant) {
    const other = constant === a ? b : a;
    const keep = constant.must;
    return {
      must: other.must & keep,
      may: other.may & keep,
      params: other.params.map((p) => ({ ...p, cleared: p.cleared | (ALL_BITS & ~keep) })),
      unknown: other.unknown && (other.may & keep) !== (other.must & keep),
    };
  }
  return { must: a.must & b.must, may: a.params.length || b.params.length ? ALL_BITS : a.may & b.may, params: [], unknown: true };
}

/** Whether every bit is known, whoever calls. */
export const isConstant = (m: MaskValue): boolean => m.must === m.may && !m.params.length && !m.unknown;

export function sameMask(a: MaskValue, b: MaskValue): boolean {
  return (
    a.must === b.must &&
    a.may === b.may &&
    a.unknown === b.unknown &&
    a.params.length === b.params.length &&
    a.params.every((p, i) => p.index === b.params[i]!.index && p.cleared === b.params[i]!.cleared && p.maybe === b.params[i]!.maybe)
  );
}

/** Clears bits (what a scope does). */
export function without(m: MaskValue, bits: number): MaskValue {
  return intersect(m, maskOf(ALL_BITS & ~bits));
}

/** True, false, or undefined (depends on a parameter or on something unknown). */
export function hasBit(m: MaskValue, bit: number): boolean | undefined {
  if ((m.must & bit) === bit) return true;
  if (m.params.some((p) => (p.cleared & bit) !== bit)) return undefined;
  if ((m.may & bit) === 0) return false;
  return undefined;
}

/** Does the mask allow direct reclaim, thus sleeping? */
export const blocking = (m: MaskValue): boolean | undefined => hasBit(m, GFP.__GFP_DIRECT_RECLAIM);

/** Evaluates an expression that stands where a mask is expected. Never throws; what cannot be read is unknown. */
export function evaluateMask(e: Expr | undefined, scope: MaskScope, depth = 0): MaskValue {
  if (e === undefined || depth > 24) return UNKNOWN_MASK;
  if (typeof e === 'number') return maskOf(e & ALL_BITS);
  if (typeof e === 'string') {
    const local = scope.local(e);
    if (local) return local;
    const param = scope.param(e);
    if (param !== undefined) return { must: 0, may: 0, params: [{ index: param, cleared: 0 }], unknown: false };
    const bits = nameMask(scope.profile, e);
    if (bits !== undefined) return maskOf(bits);
    const constant = scope.knowledge.constant(e, scope.file);
    if (constant !== undefined && constant !== e) return evaluateMask(constant, scope, depth + 1);
    return UNKNOWN_MASK;
  }
  switch (e[0]) {
    case 'b': {
      if (e[1] === '|' || e[1] === '+') return union(evaluateMask(e[2], scope, depth + 1), evaluateMask(e[3], scope, depth + 1));
      if (e[1] === '&') return intersect(evaluateMask(e[2], scope, depth + 1), evaluateMask(e[3], scope, depth + 1));
      if (e[1] === '^') {
        const [a, b] = [evaluateMask(e[2], scope, depth + 1), evaluateMask(e[3], scope, depth + 1)];
        return isConstant(a) && isConstant(b) ? maskOf(a.must ^ b.must) : UNKNOWN_MASK;
      }
      return UNKNOWN_MASK;
    }
    case 'u': {
      if (e[1] === '~') {
        const m = evaluateMask(e[2], scope, depth + 1);
        return { must: ALL_BITS & ~m.may, may: ALL_BITS & ~m.must, params: [], unknown: m.unknown || m.params.length > 0 };
      }
      if (e[1] === '+') return evaluateMask(e[2], scope, depth + 1);
      return UNKNOWN_MASK;
    }
    case '?': {
      const truth = scope.truth(e[1]);
      if (truth === true) return evaluateMask(e[2], scope, depth + 1);
      if (truth === false) return evaluateMask(e[3], scope, depth + 1);
      return either(evaluateMask(e[2], scope, depth + 1), evaluateMask(e[3], scope, depth + 1));
    }
    case 'cast':
      return evaluateMask(e[2], scope, depth + 1);
    case ',':
      return evaluateMask(e[2], scope, depth + 1);
    case '=':
      return e[1] === '=' ? evaluateMask(e[3], scope, depth + 1) : UNKNOWN_MASK;
    case 'call':
      return typeof e[1] === 'string' ? (scope.helper(e[1], e.slice(2) as Expr[]) ?? UNKNOWN_MASK) : UNKNOWN_MASK;
    case '->':
    case '.':
      return scope.field(e) ?? UNKNOWN_MASK;
    default:
      return UNKNOWN_MASK;
  }
}

/** True when an expression names a gfp flag anywhere, so that it is worth evaluating as a mask. */
export function mentionsGfp(e: Expr | undefined, isMaskVariable: (name: string) => boolean): boolean {
  if (e === undefined || typeof e === 'number') return false;
  if (typeof e === 'string') return isGfpName(e) || isMaskVariable(e);
  switch (e[0]) {
    case 'b':
      return (
        (e[1] === '|' || e[1] === '&' || e[1] === '^' || e[1] === '+') &&
        (mentionsGfp(e[2], isMaskVariable) || mentionsGfp(e[3], isMaskVariable))
      );
    case 'u':
      return e[1] === '~' && mentionsGfp(e[2], isMaskVariable);
    case '?':
      return mentionsGfp(e[2], isMaskVariable) || mentionsGfp(e[3], isMaskVariable);
    case 'cast':
      return /\bgfp_t\b/.test(e[1]) || mentionsGfp(e[2], isMaskVariable);
    case 'call':
      return false;
    default:
      return false;
  }
}

/** Listed: what allocates, by the catalogue or by a mask that the call shows. */
export const carriesMask = (site: Site): boolean => site.gfpText !== '' || site.requested.length > 0 || site.apiClass !== 'wrapper';
