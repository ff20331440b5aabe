/** Conditions on parameters: what a call's arguments, a path and an entry context say about them. */
import type { Expr } from '../facts/model.js';
import type { CallPoint, EntryContext, FunctionFlow, MaskValue, ParamCondition, PathState } from '../flow/model.js';
import { contradicts } from '../flow/bind.js';
import { answers, guardsAt } from '../flow/commands.js';
import { guardConditions } from '../flow/fields.js';
import { NAMED } from '../flow/know.js';
import { bare } from './expr.js';
import { blocking, type Sureness } from './gfp.js';

/** Whether a mask allows blocking when the function was entered through `context`. */
export function blockingIn(mask: MaskValue, state: PathState | undefined, context: EntryContext | undefined): Sureness {
  const how = blocking(mask);
  if (how !== 'may' || mask.unknown) return how;
  let may = blocking({ ...mask, params: [] }) !== 'no';
  for (const p of mask.params) {
    if (blocking({ must: 0, may: 0, params: [p], unknown: false }) === 'no') continue;
    const given = paramAnswer(p.index, [...(state?.paramAssume ?? []), ...(context?.params ?? [])]);
    if (given === 'blocking' && !p.maybe) return 'must';
    if (given !== 'nonblocking') may = true;
  }
  return may ? 'may' : 'no';
}

const paramAnswer = (index: number, known: readonly ParamCondition[]): 'blocking' | 'nonblocking' | undefined => {
  for (const c of known) if (c.index === index && (c.op === 'blocking' || c.op === 'nonblocking')) return c.op;
  return undefined;
};

/** Whether a condition on the callee's parameters holds for this call in its state `i`. */
export function holds(flow: FunctionFlow, call: CallPoint, i: number, condition: ParamCondition, context?: EntryContext): Sureness {
  const arg = call.args[condition.index];
  if (arg === undefined) return 'may';
  if (condition.op === 'blocking' || condition.op === 'nonblocking') {
    const mask = call.masks[condition.index]?.[i];
    const how = mask ? blockingIn(mask, call.states[i], context) : 'may';
    if (how === 'may') return 'may';
    return (how === 'must') === (condition.op === 'blocking') ? 'must' : 'no';
  }
  const value = constant(arg);
  if (value !== undefined) {
    const answer = compare(value, condition);
    return answer === undefined ? 'may' : answer ? 'must' : 'no';
  }
  const index = flow.ref.facts.params.findIndex((p) => p.name !== '' && p.name === bare(arg));
  if (index < 0) return 'may';
  const known = [...(call.states[i]?.paramAssume ?? []), ...(context?.params ?? [])].filter((c) => c.index === index);
  for (const k of known) {
    const answer = implied(k, condition);
    if (answer !== undefined) return answer ? 'must' : 'no';
  }
  // A pointer of the caller's is taken as good.
  if (condition.op === '!=' && condition.value === 0 && flow.ref.facts.params[index]!.type.includes('*')) return 'must';
  return 'may';
}

function constant(arg: Expr): number | string | undefined {
  const e = bare(arg);
  if (typeof e === 'number') return e;
  if (e === 'true' || e === 'NULL' || e === 'false') return e === 'true' ? 1 : 0;
  return typeof e === 'string' && NAMED.test(e) ? e : undefined;
}

function compare(value: number | string, c: ParamCondition): boolean | undefined {
  if (typeof value === 'string' || typeof c.value === 'string') {
    if (c.op === '==') return value === c.value ? true : undefined;
    if (c.op === '!=') return value === c.value ? false : undefined;
    return undefined;
  }
  switch (c.op) {
    case '==':
      return value === c.value;
    case '!=':
      return value !== c.value;
    case '<':
      return value < c.value;
    case '>':
      return value > c.value;
    case '<=':
      return value <= c.value;
    case '>=':
      return value >= c.value;
    case 'bit':
      return (value & c.value) !== 0;
    case 'nobit':
      return (value & c.value) === 0;
    default:
      return undefined;
  }
}

const OPPOSITE: Partial<Record<ParamCondition['op'], ParamCondition['op']>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  bit: 'nobit',
  nobit: 'bit',
  blocking: 'nonblocking',
  nonblocking: 'blocking',
};

/** Whether `known` about a parameter decides `asked` about the same one. */
function implied(known: ParamCondition, asked: ParamCondition): boolean | undefined {
  if (known.op === '==') return compare(known.value, asked);
  if (known.value === asked.value && known.op === asked.op) return true;
  if (known.value === asked.value && OPPOSITE[known.op] === asked.op) return false;
  return undefined;
}

/**
 * Whether the context answers every condition on scalar parameters (flags, modes) that a state assumes: where it does not, the
 * path may be one that this caller never takes. Pointer tests are mere sanity checks.
 */
export function answered(flow: FunctionFlow, state: PathState, context: EntryContext): boolean {
  return state.paramAssume.every(
    (asked) =>
      /[*(]/.test(flow.ref.facts.params[asked.index]?.type ?? '') ||
      context.params.some((known) => known.index === asked.index && implied(known, asked) === true),
  );
}

/** Whether a state can be reached when the function is entered through `context`. */
export function compatible(state: PathState, context: EntryContext): boolean {
  return !state.paramAssume.some((asked) => excluded(asked, context));
}

const excluded = (asked: ParamCondition, context: EntryContext): boolean =>
  context.params.some((known) => known.index === asked.index && (implied(known, asked) === false || contradicts(known, asked)));

/** Whether the function is entered with arguments with which it does not get to a block: by what every way there asks of them. */
export function turnedAway({ ref }: FunctionFlow, block: number, context: EntryContext): boolean {
  if (!context.params.length || !ref.facts.body) return false;
  return (
    guardConditions(ref.facts, block, () => true).some((asked) => excluded(asked, context)) ||
    guardsAt(ref.facts, block).some((guard) =>
      context.params.some((known) => known.index === guard.index && known.op === '==' && answers(guard, known.value) === false),
    )
  );
}
