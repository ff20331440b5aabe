/**
 * Commands kept in structures: `o.cmd = STOP; serve(&o);` where serve() does this for one command and that for another, by a `switch`.
 * A guard of such a field is written `cmd==STOP|RESET`: one of those, or (`is` false) none of them; `==STOP|RESET` is one of the parameter itself,
 * which the states forget where they are many, or know one value at a time only.
 */
import type { Body, Edge, Expr, FunctionFacts } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { assignedAt, BITS, fieldAt, fieldGuards, setBefore } from './fields.js';
import { constantOf } from './know.js';
import type { FieldGuard } from './model.js';
import { textOf } from './text.js';
import { ofBody } from './of-body.js';

/** What every way from the function's entry to the block asserts of fields of its parameters: truths, bits and commands. */
export const guardsAt = (facts: FunctionFacts, block: number): FieldGuard[] => [
  ...fieldGuards(facts, block),
  ...commandGuards(facts, block),
];

/**
 * Whether what a guard asks holds of an argument at a call, by the last constant that every way to it assigns; undefined when that does not tell.
 *
 * @param line of the call, relative to the function
 */
export function guardAt(facts: FunctionFacts, block: number, line: number, arg: Expr, field: string): boolean | undefined {
  const body = facts.body!;
  const [name, values] = field.split('==');
  if (values === undefined) return fieldAt(body, block, line, arg, field);
  // The argument itself is compared.
  if (name === '') return among(constantName(arg, facts), values.split('|'));
  const last = assignedAt(body, block, line, textOf(['->', arg, name!]));
  const value = last && constantName(last.value, facts);
  // A state may be another one once somebody else was given the object.
  return value === undefined || givenSince(body, last!.pos[0], line, arg) ? undefined : among(value, values.split('|'));
}

/** Fields of parameters that a function compares with constants, and constants that one of them is compared with; more are not followed. */
const MAX_COMPARED = 12;
const MAX_VALUES = 16;
/** What no `switch` goes by is a state of the object rather than a command: `if (fs->errors == WITHDRAW)`. */
const MIN_CASES = 2;

/** A field of a parameter that a `switch` goes by, with all comparisons of it. */
interface Compared {
  index: number;
  field: string;
  values: string[];
  /** Where the field has the value (undefined: none of those): blocks that can be reached. */
  reached: Map<string | undefined, ReadonlySet<number>>;
}

/** What every way to the block asserts of the values of such fields. */
function commandGuards(facts: FunctionFacts, block: number): FieldGuard[] {
  const { body } = facts;
  if (!body) return [];
  const known = comparedIn(body, facts);
  if (!known.length) return [];
  return known.flatMap(({ index, field, values, reached }): FieldGuard[] => {
    const others = reached.get(undefined)!.has(block);
    const those = values.filter((value) => reached.get(value)!.has(block) !== others);
    return those.length ? [{ index, field: `${field}==${those.join('|')}`, is: !others }] : [];
  });
}

/** What an edge asks of such a field. */
interface Question {
  of: Compared;
  value: string;
  /** `==`, as the cases of a switch are; else `!=`. */
  equal: boolean;
}
type Questions = readonly (readonly (Question | undefined)[] | undefined)[];

const comparedIn = ofBody((body, facts: FunctionFacts): readonly Compared[] => {
  const compares = ({ when }: Edge): boolean =>
    Array.isArray(when) && when[0] === 'b' && (when[1] === '==' || when[1] === '!=') && typeof when[2] !== 'number';
  if (!facts.params.length || !body.blocks.some(({ next }) => next.some(compares))) return NONE;
  const aliases = addressesIn(facts, body);
  const list: Compared[] = [];
  const texts = new Map<Compared, Set<string>>();
  const question = (edge: Edge, b: number): Question | undefined => {
    if (!compares(edge)) return undefined;
    const [, op, left, right] = edge.when as ['b', string, Expr, Expr];
    const stored = typeof left === 'string' ? left : storedIn(facts, body, b, textOf(left));
    const at = stored !== undefined ? { object: stored, field: '' } : memberOf(left, aliases);
    const index = at ? facts.params.findIndex((p) => p.name === at.object) : -1;
    const value = index < 0 ? undefined : constantName(right, facts);
    if (value === undefined) return undefined;
    let of = list.find((c) => c.index === index && c.field === at!.field);
    if (!of) {
      if (list.length >= MAX_COMPARED) return undefined;
      list.push((of = { index, field: at!.field, values: [], reached: new Map() }));
      const { name } = facts.params[index]!;
      texts.set(of, new Set(of.field === '' ? [name] : [name, `${name}.${of.field}`]));
    }
    if (stored === undefined || stored === left) texts.get(of)!.add(textOf(left));
    if (!of.values.includes(value)) of.values.push(value);
    return { of, value, equal: op === '==' };
  };
  const questions: Questions = body.blocks.map(({ next }, b) => (next.some(compares) ? next.map((edge) => question(edge, b)) : undefined));
  const switched = (of: Compared): boolean =>
    questions.some((row) => row !== undefined && new Set(row.map((q) => (q?.of === of && q.equal ? q.value : ''))).size > MIN_CASES);
  const found = list.filter((c) => c.values.length <= MAX_VALUES && (c.field === '' ? c.values.length > 1 : switched(c)));
  for (const c of found) {
    // Where the function may have given the field a value of its own, its questions are about that.
    const stale = new Set([...texts.get(c)!].flatMap((text) => [...setBefore(body, text)]));
    for (const value of [undefined, ...c.values]) c.reached.set(value, reachedWith(body, c, value, questions, stale));
  }
  return found;
});
const NONE: readonly Compared[] = [];

/** The parameter that a member holds once the function has put it there, and nothing else: `x->state = new_state; ... if (x->state == LIVE)`. */
function storedIn({ params }: FunctionFacts, body: Body, block: number, member: string): string | undefined {
  const values = body.blocks.flatMap(({ ev }) => ev.flatMap((e) => (e.k === 'set' && textOf(e.to) === member ? [e] : [])));
  const [first] = values;
  if (first === undefined || typeof first.value !== 'string' || !params.some((p) => p.name === first.value)) return undefined;
  const same = values.every((e) => e.op === '=' && e.value === first.value);
  return same && setBefore(body, member).has(block) && !setBefore(body, first.value).size ? first.value : undefined;
}

/** Blocks that can be reached where the field has a value; undefined: none of those that are asked for. */
function reachedWith(
  body: Body,
  of: Compared,
  value: string | undefined,
  questions: Questions,
  stale: ReadonlySet<number>,
): ReadonlySet<number> {
  const askedIn = (b: number): Questions[number] => (stale.has(b) ? undefined : questions[b]);
  const isCase = (b: number): boolean =>
    askedIn(b)?.some((q, i) => q?.of === of && q.equal && q.value === value && body.blocks[b]!.next[i]!.is === true) === true;
  return reached(body.blocks, ({ when, is }, b, at) => {
    const q = askedIn(b)?.[at];
    // The default of the switch is not for its cases.
    if (q?.of !== of) return when !== undefined || !isCase(b);
    const same = value === undefined ? false : equal(q.value, value);
    return same === undefined || same === (q.equal === is);
  });
}

/** Names of constants are taken to be different values; a number may be any of them. */
const equal = (a: string, b: string): boolean | undefined => (a === b ? true : isNumber(a) === isNumber(b) ? false : undefined);
const isNumber = (value: string): boolean => /^-?\d/.test(value);

/** A constant by its name or its number: not a variable of the function. */
function constantName(e: Expr, facts: FunctionFacts): string | undefined {
  if (typeof e === 'number') return String(e);
  if (typeof e !== 'string' || !/^[A-Za-z_]\w*$/.test(e) || constantOf(e) !== undefined) return undefined;
  return e in facts.body!.vars || facts.params.some((p) => p.name === e) ? undefined : e;
}

interface Member {
  object: string;
  field: string;
}

/** Locals that point into a parameter and nowhere else: `nd = &p->ndev`, `q = p`. */
function addressesIn(facts: FunctionFacts, body: Body): ReadonlyMap<string, Member> {
  const out: Map<string, Member> = new Map();
  const seen = new Set<string>();
  for (const { ev } of body.blocks) {
    for (const e of ev) {
      if ((e.k !== 'set' && e.k !== 'call') || typeof e.to !== 'string') continue;
      const value = e.k === 'set' && e.op === '=' && !seen.has(e.to) && e.to in body.vars ? e.value : undefined;
      const at = Array.isArray(value) && value[0] === 'u' && value[1] === '&' ? memberOf(value[2], out) : undefined;
      seen.add(e.to);
      if (at && facts.params.some((p) => p.name === at.object)) out.set(e.to, at);
      else out.delete(e.to);
    }
  }
  return out;
}

/** `p->a.b`, through locals that point into p. */
function memberOf(e: Expr, aliases: ReadonlyMap<string, Member>): Member | undefined {
  if (!Array.isArray(e) || (e[0] !== '->' && e[0] !== '.')) return undefined;
  if (typeof e[1] !== 'string') {
    const outer = e[0] === '.' ? memberOf(e[1], aliases) : undefined;
    return outer && { ...outer, field: `${outer.field}.${e[2]}` };
  }
  if (e[0] === '.') return undefined;
  const alias = aliases.get(e[1]);
  return alias ? { object: alias.object, field: `${alias.field}.${e[2]}` } : { object: e[1], field: e[2] };
}

/** Whether a call after the assignment, other than the one at `line`, is given the object. */
function givenSince(body: Body, set: number, line: number, arg: Expr): boolean {
  const object = textOf(arg);
  const given = (e: Body['blocks'][number]['ev'][number]): boolean =>
    e.k === 'call' && e.pos[0] > set && e.pos[0] !== line && e.args.some((a) => textOf(a) === object);
  return body.blocks.some(({ ev }) => ev.some(given));
}

/** Whether two tests of one field of one object cannot both come out so. */
export function fieldsContradict(a: FieldGuard, b: FieldGuard): boolean {
  if (a.field === b.field) return a.is !== b.is;
  const [[name, own], [other, asked]] = [a.field.split('=='), b.field.split('==')];
  if (name !== other || own === undefined || asked === undefined || (!a.is && !b.is)) return false;
  const [mine, theirs] = [own.split('|'), asked.split('|')];
  if (a.is && b.is) return mine.every((value) => among(value, theirs) === false);
  return a.is ? mine.every((value) => theirs.includes(value)) : theirs.every((value) => mine.includes(value));
}

/** Whether an argument of this value is what a guard of the parameter itself asks for; undefined when that cannot be told. */
export function answers({ field, is }: FieldGuard, value: string | number): boolean | undefined {
  if (field === '' || field.startsWith(BITS)) {
    const set = field === '' ? (typeof value === 'number' ? value !== 0 : undefined) : bitsOf(String(value), field.slice(BITS.length));
    return set === undefined ? undefined : set === is;
  }
  const [name, values] = field.split('==');
  const one = name === '' && values !== undefined ? among(String(value), values.split('|')) : undefined;
  return one === undefined ? undefined : one === is;
}

/** Whether a flags word, by its names or 0, has one of some bits; undefined when it is another number or a mask of the allocator. */
function bitsOf(word: string, bits: string): boolean | undefined {
  if (word === '0') return false;
  if (isNumber(word) || word.includes('GFP_')) return undefined;
  const asked = bits.split('|');
  return word.split('|').some((name) => asked.includes(name));
}

/** Whether a value is one of those; undefined where it is a number and they are names. */
function among(value: string | undefined, values: readonly string[]): boolean | undefined {
  if (value === undefined) return undefined;
  if (values.includes(value)) return true;
  return values.some((v) => isNumber(v) !== isNumber(value)) ? undefined : false;
}
