/** Which of a callee's ways to sleep are left at one call of it: by its arguments, by what the caller set and by what it asked before. */
import { bindConditions, isPointer } from './bind.js';
import { fieldsContradict, guardAt, guardsAt } from './commands.js';
import type { CallEffects, CallPoint, ChainStep, FieldGuard, Held, ParamCondition, SleepChain, SleepWitness } from './model.js';
import { instantiate } from './templates.js';
import { toldApart } from './told-apart.js';
import type { Transfer } from './transfer.js';
import { typeOf } from './types.js';

const UNCONDITIONAL = { when: [], sure: true };

/** Leaves out ways to sleep that the arguments rule out, and names the states in which the others apply. */
export function applicable(effects: CallEffects, point: CallPoint, t: Transfer): CallEffects {
  const sleeps: SleepWitness[] = [];
  // Under a lock of the function's own there was no choice.
  const chosen = isChosen(t, point.name) && !point.states.some((s) => s.held.some((h) => h.atomic && h.origin === 'local'));
  for (const known of effects.sleeps) {
    if (known.tail?.fields?.some((g) => excludes(point, t, g))) continue;
    const conditions = known.tail?.when ?? known.when;
    const inStates: number[] = [];
    let sure =
      known.sure &&
      !chosen &&
      !known.tail?.fields?.some((g) => askedBefore(point, t, g) || isGiven(point, t, g)) &&
      !(known.tail?.among && isToldApart(point, t));
    let open = false;
    point.states.forEach((state, i) => {
      if (known.faults && state.held.some((h) => h.kind === 'pagefault_off')) return;
      const bound = conditions.length ? bindConditions(conditions, point, i, t) : UNCONDITIONAL;
      if (!bound) return;
      inStates.push(i);
      if (!bound.sure) sure = false;
      if (bound.when.length) open = true;
    });
    if (!inStates.length && point.states.length) continue;
    const drops = known.drops.map((d) => instantiate(d, point.args));
    sleeps.push(new BoundWitness(known, drops, sure, open ? conditions : [], inStates.length < point.states.length ? inStates : undefined));
  }
  return { ...effects, sleeps };
}

/** A witness with the call's arguments put in; its path is the callee's, and written out only when asked for. */
class BoundWitness implements SleepWitness {
  readonly kind: SleepWitness['kind'];
  readonly api: string;
  readonly why: string;
  readonly yields?: boolean;
  readonly tail?: SleepChain;
  readonly inStates?: number[];

  constructor(
    private readonly known: SleepWitness,
    readonly drops: Held[],
    readonly sure: boolean,
    readonly when: ParamCondition[],
    inStates: number[] | undefined,
  ) {
    this.kind = known.kind;
    this.api = known.api;
    this.why = known.why;
    if (known.yields) this.yields = true;
    if (known.tail) this.tail = known.tail;
    if (inStates) this.inStates = inStates;
  }

  get path(): ChainStep[] {
    return this.known.path;
  }
}

/** Whether the caller itself gets to the call only where a test of the field says what keeps the callee from its sleep. */
function askedBefore(point: CallPoint, t: Transfer, guard: FieldGuard): boolean {
  const arg = point.args[guard.index];
  if (guard.field === '' || typeof arg !== 'string') return false;
  const index = t.paramIndex(arg);
  if (index === undefined) return false;
  return guardsAt(t.ref.facts, point.block).some((g) => g.index === index && fieldsContradict(g, guard));
}

/** Whether the callee gets to its sleep only where it was not given what the caller hands it: a pointer is taken as good. */
function isGiven(point: CallPoint, t: Transfer, { index, field, is }: FieldGuard): boolean {
  const arg = point.args[index];
  return field === '' && !is && typeof arg === 'string' && arg in t.ref.facts.body!.vars && isPointer(arg, t);
}

/** Whether the caller asked the object which of an operation's implementations it has. */
const isToldApart = (point: CallPoint, t: Transfer): boolean =>
  toldApart(t.ref.facts.body!, point.block, point.target, (member) => /[*\[]/.test(typeOf(member, t.ref.facts, t.ref.file, t.know)));

/** Whether the caller set the field to what keeps the callee from its sleep. */
function excludes(point: CallPoint, t: Transfer, guard: FieldGuard): boolean {
  const arg = point.args[guard.index];
  const value = arg === undefined ? undefined : guardAt(t.ref.facts, point.block, point.pos[0], arg, guard.field);
  return value !== undefined && value !== guard.is;
}

/** Of two halves, one that sleeps and one that does not (`gpiod_get_value_cansleep()`), the function calls both: which one, it chooses by what it may do. */
function isChosen({ ref }: Transfer, fn: string): boolean {
  const other = /^(\w+)_cansleep$/.exec(fn)?.[1];
  return other !== undefined && ref.facts.body!.blocks.some(({ ev }) => ev.some((e) => e.k === 'call' && e.fn === other));
}
