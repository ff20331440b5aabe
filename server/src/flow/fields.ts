/**
 * Modes kept in structures: `args->force = true; send(args);` where send() waits only `if (!args->force)`; and parameters that are asked
 * about once. The states do not follow what a function never asks again; the graphs of caller and callee tell it.
 */
import { makesZeros } from '../catalog/failure.js';
import type { Body, Expr, FunctionFacts, SetEvent } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { orNames } from './bind.js';
import { dominates } from './dominators.js';
import { constantOf } from './know.js';
import type { FieldGuard, ParamCondition } from './model.js';
import { textOf } from './text.js';
import { ofBody } from './of-body.js';

/** Fields of parameters that are looked at in one function; more are not followed. */
const MAX_FIELDS = 12;

/** Tests of its parameters and of their fields that every way from the function's entry to the block passes, with the outcome it takes. */
export function fieldGuards(facts: FunctionFacts, block: number): FieldGuard[] {
  const { body } = facts;
  if (!body) return [];
  const out: FieldGuard[] = [];
  for (const { guard, reached } of guardsOf(body, facts).values()) if (!reached.has(block)) out.push(guard);
  return out;
}

const guardsOf = ofBody((body, facts: FunctionFacts): Map<string, { guard: FieldGuard; reached: ReadonlySet<number> }> => {
  const out = new Map<string, { guard: FieldGuard; reached: ReadonlySet<number> }>();
  const assigned = new Set<string>();
  const copies: Copies = new Map();
  for (const block of body.blocks) {
    for (const ev of block.ev) {
      if ((ev.k !== 'set' && ev.k !== 'call') || ev.to === undefined) continue;
      const to = textOf(ev.to);
      const local = !assigned.has(to) && !facts.params.some((p) => p.name === to);
      const source = local && ev.k === 'set' && ev.op === '=' ? fieldOf(ev.value) : undefined;
      if (source) copies.set(to, source);
      else copies.delete(to);
      assigned.add(to);
    }
  }
  const tests: (FieldTest | undefined)[][] = body.blocks.map(({ next }) =>
    next.map(({ when, is }) => (when === undefined || is === undefined ? undefined : fieldTest(when, is, copies))),
  );
  for (const [b, ofBlock] of tests.entries()) {
    for (const test of ofBlock) {
      if (!test || out.size >= 2 * MAX_FIELDS) continue;
      const index = facts.params.findIndex((p) => p.name !== '' && p.name === test.object);
      if (index < 0 || assigned.has(`${test.object}.${test.field}`)) continue;
      // What was assigned to before is not what the caller gave.
      const own = test.field === '' || test.field.startsWith(BITS);
      if (assigned.has(test.object) && (!own || setBefore(body, test.object).has(b))) continue;
      const guard: FieldGuard = { index, field: test.field, is: test.is };
      const key = `${index}.${test.field}=${test.is}`;
      if (!out.has(key)) out.set(key, { guard, reached: reachedOtherwise(body, test, tests) });
    }
  }
  if (out.size > 0) throughFlags(facts, body, tests, out);
  return out;
});

/**
 * Locals that are 0 but where a guard holds: `bool late = false; if (wait) settle(x, &late); ... if (late) wait_for(x);`. Where one of them is
 * found to be set, the guard held. Likewise members of an object that the function has made of zeros itself.
 */
function throughFlags(
  facts: FunctionFacts,
  body: Body,
  tests: (FieldTest | undefined)[][],
  guards: Map<string, { guard: FieldGuard; reached: ReadonlySet<number> }>,
): void {
  const asked = new Map<string, [block: number, at: number][]>();
  for (const [b, { next }] of body.blocks.entries())
    for (const [at, { when, is }] of next.entries())
      if (is === true && when !== undefined && isOwn(when, body)) {
        const text = textOf(when);
        asked.set(text, [...(asked.get(text) ?? []), [b, at]]);
      }
  for (const [name, edges] of asked) {
    const all = setsOf(body, name);
    // What is done after the question does not answer it.
    const sets = name.includes('.') ? all.filter((s) => before(body, s.block, edges)) : all;
    const on = sets.filter((s) => !s.off).map((s) => s.block);
    if (on.length === 0 || on.length === sets.length) continue;
    for (const known of guards.values()) {
      if (on.some((b) => known.reached.has(b))) continue;
      const { index, field, is } = known.guard;
      const test: FieldTest = { object: facts.params[index]!.name, field, is };
      for (const [b, at] of edges) tests[b]![at] = test;
      known.reached = reachedOtherwise(body, test, tests);
      break;
    }
  }
}

/** Whether what a block does may be done before one of the edges is taken. */
function before({ blocks }: Body, block: number, edges: readonly [block: number, at: number][]): boolean {
  const after = reached(blocks, () => true, block);
  return edges.some(([b]) => after.has(b));
}

/** A local, or a member of an object that a local points to. */
function isOwn(e: Expr, { vars }: Body): boolean {
  if (Array.isArray(e)) return e[0] === '->' && typeof e[1] === 'string' && e[1] in vars;
  return typeof e === 'string' && e in vars;
}

/**
 * Where a local, or a member of what a local points to, is given a value, also by those that are given its address (or that of the object); `off`: it
 * is 0, as all members of an object are that was allocated so.
 */
function setsOf(body: Body, name: string): { block: number; off: boolean }[] {
  const object = name.includes('.') ? name.slice(0, name.indexOf('.')) : undefined;
  const points = (arg: Expr): boolean => {
    const at = Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&' ? textOf(arg[2]) : undefined;
    return at !== undefined && (at === name || (object !== undefined && at.startsWith(`${object}.`) && name.startsWith(`${at}.`)));
  };
  return body.blocks.flatMap(({ ev }, block) =>
    ev.flatMap((e) => {
      if (e.k !== 'set' && e.k !== 'call') return [];
      const to = e.to === undefined ? undefined : textOf(e.to);
      if (object !== undefined && to === object) {
        // A call's result is put down by the call and by the assignment.
        const value = e.k === 'set' ? (Array.isArray(e.value) && e.value[0] === 'call' ? e.value[1] : undefined) : e.fn;
        return [{ block, off: typeof value === 'string' && makesZeros(value) }];
      }
      if (e.k === 'set' && to === name) return [{ block, off: e.op === '=' && constantOf(e.value) === 0 }];
      if (e.k !== 'call') return [];
      const given = e.args.some((arg) => points(arg) || arg === object);
      return to === name || given ? [{ block, off: false }] : [];
    }),
  );
}

interface Field {
  object: string;
  field: string;
}
interface FieldTest extends Field {
  is: boolean;
}
/** What the edges of each block assert. */
type Tests = readonly (readonly (FieldTest | undefined)[])[];

/** Locals that hold a field of a parameter and nothing else: `file = store->file`. */
type Copies = Map<string, Field>;

/** `p->f`, or a bit of it that is asked for by its name: `test_bit(BUSY, &p->f)`. */
function fieldOf(e: Expr): Field | undefined {
  if (!Array.isArray(e)) return undefined;
  if (e[0] === '->' && typeof e[1] === 'string') return { object: e[1], field: e[2] };
  const [bit, at] = e[0] === 'call' && e[1] === 'test_bit' ? [e[2], e[3]] : [];
  const word = Array.isArray(at) && at[0] === 'u' && at[1] === '&' && typeof bit === 'string' ? fieldOf(at[2]) : undefined;
  return word && { object: word.object, field: `${word.field}#${bit as string}` };
}

/** Begins a field that stands for bits of the parameter itself: `&A|B`. */
export const BITS = '&';

/** `p->f`, `p`, some bits of p, or a comparison of one of them with 0, as an edge asserts it. */
function fieldTest(when: Expr, is: boolean, copies: Copies): FieldTest | undefined {
  if (typeof when === 'string') return tested(copies.get(when) ?? { object: when, field: '' }, is);
  if (!Array.isArray(when)) return undefined;
  if (when[0] === 'b' && when[1] === '&' && typeof when[2] === 'string') {
    const names = orNames(when[3]);
    return names?.length ? { object: when[2], field: BITS + names.join('|'), is } : undefined;
  }
  if (when[0] === 'b' && (when[1] === '==' || when[1] === '!=') && constantOf(when[3]) === 0)
    return fieldTest(when[2], when[1] === '==' ? !is : is, copies);
  const field = fieldOf(when);
  return field && tested(field, is);
}
const tested = ({ object, field }: Field, is: boolean): FieldTest => ({ object, field, is });

/**
 * What every way to the block asserts of the function's own parameters as conditions that callers can answer: bits of flags words, and truths of
 * those that the function assigns to afterwards, which the states forget. Of scalars only.
 */
export function guardConditions(facts: FunctionFacts, block: number, isAssigned: (name: string) => boolean): ParamCondition[] {
  // Pointers are tested for being there; what scalars say is what callers choose.
  if (facts.params.every(({ type }) => type === '' || /[*(\[]/.test(type))) return [];
  return fieldGuards(facts, block).flatMap(({ index, field, is }): ParamCondition[] => {
    if (field === '') return isAssigned(facts.params[index]!.name) ? [{ index, op: is ? '!=' : '==', value: 0 }] : [];
    if (!field.startsWith(BITS)) return [];
    const names = field.slice(1).split('|');
    if (!is) return names.map((value) => ({ index, op: 'nobit', value }));
    return names.length === 1 ? [{ index, op: 'bit', value: names[0]! }] : [];
  });
}

/** Blocks at whose end a variable may have been assigned to. */
export function setBefore(body: Body, name: string): ReadonlySet<number> {
  const out = new Set<number>();
  for (const [b, block] of body.blocks.entries())
    if (block.ev.some((ev) => (ev.k === 'set' || ev.k === 'call') && ev.to !== undefined && textOf(ev.to) === name)) out.add(b);
  for (const b of out) for (const { to } of body.blocks[b]!.next) out.add(to);
  return out;
}

/** Blocks that can be reached without the outcome. */
function reachedOtherwise(body: Body, { object, field, is }: FieldTest, tests: Tests): ReadonlySet<number> {
  const stale = setBefore(body, object);
  return reached(body.blocks, (_, b, at) => {
    const test = stale.has(b) ? undefined : tests[b]![at];
    return !(test && test.object === object && test.field === field && test.is === is);
  });
}

/**
 * Whether an argument (field '') or a field of it is set (not 0) at a call, a field by the last constant that every way to it assigns;
 * undefined when that does not tell, or when some way assigns something else.
 *
 * @param line of the call, relative to the function
 */
export function fieldAt(body: Body, block: number, line: number, arg: Expr, field: string): boolean | undefined {
  if (field === '') {
    const value = constantOf(arg);
    if (value !== undefined) return value !== 0;
    return Array.isArray(arg) && (arg[0] === 'str' || (arg[0] === 'u' && arg[1] === '&')) ? true : undefined;
  }
  if (field.startsWith(BITS)) {
    const [names, asked] = [orNames(arg), field.slice(1).split('|')];
    return names?.some((name) => name.includes('GFP_')) ? undefined : names?.some((name) => asked.includes(name));
  }
  const value = constantOf(assignedAt(body, block, line, textOf(['->', arg, field]))?.value);
  return value === undefined ? undefined : value !== 0;
}

/** The last assignment to an lvalue before a line; undefined where some assignment to it is not on every way to the block, or is none by `=`. */
export function assignedAt(body: Body, block: number, line: number, text: string): SetEvent | undefined {
  let last: SetEvent | undefined;
  for (const [b, { ev }] of body.blocks.entries()) {
    for (const e of ev) {
      if (e.k !== 'set' || e.pos[0] > line || textOf(e.to) !== text) continue;
      if (e.op !== '=' || (b !== block && !dominates(body, b, block))) return undefined;
      if (!last || e.pos[0] >= last.pos[0]) last = e;
    }
  }
  return last;
}
