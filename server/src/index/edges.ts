/** Calls between functions of the tree, with what is held at each: the raw material of entry contexts and of reclaim cycles. */
import type { Expr, PlainArgument } from '../facts/model.js';
import type { Analysis } from '../flow/analyse.js';
import { behindPresence, isPutOffElse } from '../flow/asked.js';
import { textOf } from '../flow/text.js';
import { constantOf, NAMED } from '../flow/know.js';
import { conditionKey, conditionsKey, isFunction, orNames } from '../flow/bind.js';
import { guardConditions } from '../flow/fields.js';
import { blocking } from '../flow/masks.js';
import type { CallPoint, FunctionRef, Held, OpenScope, ParamCondition, PathState } from '../flow/model.js';

/** One family of paths to a call. */
export interface EdgeVariant {
  held: readonly Held[];
  dropped: readonly Held[];
  scopes: readonly OpenScope[];
  nonBlock: boolean;
  /** What the path assumes of the caller's own parameters. */
  assume: readonly ParamCondition[];
  /** What the caller's arguments tell of the callee's parameters. */
  params: readonly ParamCondition[];
  /**
   * Another path makes the same call with a mask that may not block, and this one may: the mask was chosen, mostly by what the context allows.
   * Or the call is made only where the object has such an operation.
   */
  chosen: boolean;
  /** Callee parameters that are the caller's own, unchanged: callee index to caller index. */
  through: Through;
}
type Through = readonly (readonly [callee: number, caller: number])[];

export interface CallEdge {
  target: FunctionRef;
  line: number;
  variants: readonly EdgeVariant[];
  /** One of several definitions or operations that the call may mean. */
  several: boolean;
}

const MAX_VARIANTS = 4;

/** Edges of one analysed function to the functions that `resolve` names, and to those that a call is given and runs (`run`). */
export function edgesOf(
  a: Analysis,
  shared: SharedVariants,
  resolve: (point: CallPoint) => readonly FunctionRef[],
  run: (point: CallPoint) => readonly FunctionRef[] = () => [],
): CallEdge[] {
  const out: CallEdge[] = [];
  for (const point of a.calls) {
    if (!point.states.length) continue;
    for (const target of run(point)) {
      const variants = variantsOf(a, point, shared).map((v) => ({ ...v, params: NONE, through: NONE }));
      out.push({ target, line: point.at.line, variants, several: false });
    }
    const targets = resolve(point);
    if (!targets.length) continue;
    const variants = variantsOf(a, point, shared);
    const choice = targets.length > 1 && tableOf(point.target) === undefined;
    for (const target of targets) {
      // Whether reclaim gets there by some object is another question than whether this caller's has the operation.
      const ways = isOptional(a, point, target)
        ? variants.map((v) => ({ ...v, chosen: true }))
        : isMadeOnMiss(a.ref.facts.name, target.facts.name) || isPutOffElse(a.ref.facts.body!, point.block, point.args)
          ? unanswered(variants)
          : variants;
      out.push({ target, line: point.at.line, variants: ways, several: choice });
    }
  }
  return out.slice();
}

/** An operation that not every object has, and another file's have: whether this object is one of those nobody says. */
const isOptional = (a: Analysis, point: CallPoint, target: FunctionRef): boolean =>
  point.name === '' && target.file.path !== a.ref.file.path && behindPresence(a.ref.facts.body!, point.block, textOf(point.target));

/**
 * What is looked up and, where it is not found, made: `x_find()` calls `x_alloc()`. A callback looks for what a task has made before it could run, so
 * whether it gets there nobody says.
 */
export const isMadeOnMiss = (caller: string, callee: string): boolean => FINDS.test(caller) && MAKES.test(callee);
const FINDS = /(^|_)(find|lookup)(_|$)/;
const MAKES = /(^|_)(alloc|allocate|create|new)(_|$)/;

/** The same families of paths, each with a condition that no parameter answers. */
export const unanswered = (variants: readonly EdgeVariant[]): readonly EdgeVariant[] =>
  variants.map((v) => ({ ...v, assume: [...v.assume, NO_PARAMETER] }));
const NO_PARAMETER: ParamCondition = { index: -1, op: '!=', value: 0 };

/** The table whose functions a call runs by index: `steps[i](x)`. */
export const tableOf = (target: Expr): string | undefined =>
  Array.isArray(target) && target[0] === '[]' && typeof target[1] === 'string' ? target[1] : undefined;

function variantsOf(a: Analysis, point: CallPoint, shared: SharedVariants): readonly EdgeVariant[] {
  const through: [number, number][] = [];
  const constants: ParamCondition[] = [];
  point.args.forEach((arg, i) => {
    const c = constantCondition(arg, i);
    if (c) constants.push(...named(c, (name) => a.transfer.know.constant(name, a.ref.file)));
    else if (typeof arg === 'string') {
      const own = a.transfer.paramIndex(arg);
      if (own !== undefined && !a.transfer.isAssigned(arg)) through.push([i, own]);
    }
    if (isFunction(arg, a.transfer)) constants.push({ index: i, op: '!=', value: 0 });
  });
  const seen = new Map<string, EdgeVariant>();
  const guards = guardConditions(a.ref.facts, point.block, a.transfer.isAssigned);
  point.states.forEach((s, i) => {
    const params = [...constants];
    for (const [index, masks] of Object.entries(point.masks)) {
      const b = masks[i] && blocking(masks[i]);
      if (b !== undefined) params.push({ index: Number(index), op: b ? 'blocking' : 'nonblocking', value: 0 });
    }
    const key = variantKey(s, params);
    if (seen.has(key) || seen.size >= MAX_VARIANTS) return;
    seen.set(key, {
      held: some(s.held),
      dropped: some(s.dropped),
      scopes: some(s.scopes),
      nonBlock: s.nonBlock > 0,
      assume: some(withGuards(s.paramAssume, guards)),
      params: some(params),
      through: shared.through(through),
      chosen: false,
    });
  });
  const list = [...seen.values()];
  for (const v of list)
    v.chosen = v.params.some(
      (c) => c.op === 'blocking' && list.some((o) => o.params.some((d) => d.op === 'nonblocking' && d.index === c.index)),
    );
  return list.length === 1 && isBare(list[0]!) ? shared.bare(list[0]!.params, through) : list;
}

function withGuards(assume: readonly ParamCondition[], guards: readonly ParamCondition[]): readonly ParamCondition[] {
  if (!guards.length) return assume;
  const have = assume.map(conditionKey);
  return [...assume, ...guards.filter((c) => !have.includes(conditionKey(c)))];
}

/** Most calls carry nothing: they share one empty list, for a tree has millions of them. A copy takes no more than it holds, what grew does. */
const NONE: readonly never[] = [];
const some = <T>(list: readonly T[]): readonly T[] => (list.length ? list.slice() : NONE);

/** A call under which nothing is held and of which nothing is known. */
export const PLAIN: readonly EdgeVariant[] = [
  { held: NONE, dropped: NONE, scopes: NONE, nonBlock: false, assume: NONE, params: NONE, through: NONE, chosen: false },
];

/** Most calls differ in nothing but what they hand on, and that in few ways: a tree's millions share what is equal. */
export class SharedVariants {
  private readonly lists = new Map<string, readonly EdgeVariant[]>([['|', PLAIN]]);
  private readonly handed = new Map<string, Through>([['', NONE]]);

  through(list: Through): Through {
    const key = list.join(' ');
    const known = this.handed.get(key);
    if (!known) this.handed.set(key, list);
    return known ?? list;
  }

  /** The one family of paths to a call under which nothing is held. */
  bare(params: readonly ParamCondition[], through: Through): readonly EdgeVariant[] {
    const key = `${conditionsKey(params)}|${through.join(' ')}`;
    let list = this.lists.get(key);
    if (!list) this.lists.set(key, (list = [{ ...PLAIN[0]!, params: some(params), through: this.through(through) }]));
    return list;
  }
}

/** A call in a function without a graph: nothing is held, and of its arguments those are known that say themselves what they are. */
export function givenOnly(
  args: readonly PlainArgument[],
  constant: (name: string) => Expr | undefined,
  shared: SharedVariants,
): readonly EdgeVariant[] {
  const params: ParamCondition[] = [];
  const through: [number, number][] = [];
  args.forEach((arg, index) => {
    if (typeof arg === 'object' && arg) through.push([index, arg.own]);
    else if (arg !== null) params.push(...named({ index, op: '==', value: arg }, constant));
  });
  return shared.bare(params, through);
}

/** A constant with a name is compared with others by name, with 0 by its value. */
function named(c: ParamCondition, constant: (name: string) => Expr | undefined): ParamCondition[] {
  const value = typeof c.value === 'string' ? constantOf(constant(c.value)) : undefined;
  return value === undefined ? [c] : [c, { ...c, value }];
}

const isBare = (v: EdgeVariant): boolean =>
  !v.nonBlock && !v.chosen && [v.held, v.dropped, v.scopes, v.assume].every((list) => list === NONE);

function variantKey(s: PathState, params: readonly ParamCondition[]): string {
  return [
    s.held.map((h) => h.kind + h.text).join(),
    s.dropped.map((h) => h.kind + h.text).join(),
    s.scopes.map((o) => o.kind).join(),
    s.nonBlock,
    conditionsKey(s.paramAssume),
    conditionsKey(params),
  ].join('|');
}

function constantCondition(arg: Expr, index: number): ParamCondition | undefined {
  const v = constantOf(arg);
  if (v !== undefined) return { index, op: '==', value: v };
  if (typeof arg === 'string' && NAMED.test(arg)) return { index, op: '==', value: arg };
  const flags = orNames(arg);
  return flags && flags.length > 1 ? { index, op: '==', value: flags.join('|') } : undefined;
}
