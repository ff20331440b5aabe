/**
 * What a caller says with the members of an object that it hands over: `d->state = CONFIG; step(d);` where step() does this in one state and that
 * in another, or `if (m->cmd == OPEN || m->cmd == CLOSE) serve(m);`. Of one call and the callee's graph.
 */
import type { Block, Body, CallEvent, Edge, Expr, FunctionFacts } from '../facts/model.js';
import { reached } from '../facts/reached.js';
import { dominates } from './dominators.js';
import { setBefore } from './fields.js';
import { type Atom, atomOf, constantOf } from './know.js';
import { textOf } from './text.js';
import { ofBody } from './of-body.js';

/** Members of a callee's parameters that are compared with constants; more are not followed. */
const MAX_MEMBERS = 8;
const MAX_VALUES = 24;
/** None of those that are asked for. */
const OTHER = '<other>';

interface Member {
  index: number;
  /** `ndev.state` of the parameter. */
  field: string;
  values: Set<string>;
  /** Blocks at whose end the callee may have given it another value. */
  stale: Set<number>;
}
type Values = ReadonlyMap<Member, string>;

interface Asked {
  members: readonly Member[];
  /** What the edges of each block ask of them. */
  questions: readonly (readonly ({ of: Member; atom: Atom } | undefined)[] | undefined)[];
}

/**
 * Whether what the caller's one call of the callee says of such members keeps the callee from a call of its own.
 *
 * @param line of the call in the caller, relative to it
 * @param at line of the callee's own call, relative to it
 */
export function saysOtherwise(caller: FunctionFacts, line: number, callee: FunctionFacts, at: number): boolean {
  if (!caller.body) return false;
  if (!callee.body) return inOtherCase(caller, caller.body, line, callee, at);
  const asked = askedOf(callee.body, callee);
  if (!asked.members.length) return false;
  const targets = callee.body.blocks.flatMap(({ ev }, b) => (ev.some((e) => e.k === 'call' && e.pos[0] === at) ? [b] : []));
  // Most calls are made whatever the members are.
  if (!targets.length || !asked.members.some((m) => m.values.size > 0)) return false;
  const made = callAt(caller.body, line, callee.name);
  if (!made) return false;
  const gets = (values: Values): boolean => {
    const blocks = reachedGiven(callee.body!, asked, values);
    return targets.some((b) => blocks.has(b));
  };
  const single = new Map<Member, string>();
  const several: [Member, string[]][] = [];
  for (const member of asked.members) {
    const values = valuesOf(caller, caller.body, made, member);
    if (values?.length === 1) single.set(member, values[0]!);
    else if (values) several.push([member, values]);
  }
  if (single.size > 0 && !gets(single)) return true;
  return several.some(([member, values]) => values.every((value) => !gets(new Map(single).set(member, value))));
}

/** The same of a callee without a graph: by the arms of its `switch`. */
function inOtherCase(caller: FunctionFacts, body: Body, line: number, callee: FunctionFacts, at: number): boolean {
  const { cases } = callee;
  const names = cases ? (callee.callees ?? []).flatMap(([name, of]) => (of === at ? [name] : [])) : [];
  const [labels, ...others] = cases?.calls.flatMap(([name, list]) => (names.includes(name) ? [list] : [])) ?? [];
  const made = labels && others.length === 0 && names.length === 1 ? callAt(body, line, callee.name) : undefined;
  if (!made) return false;
  const { index, field } = cases!;
  const values = valuesOf(caller, body, made, { index, field, values: new Set(labels), stale: new Set() });
  return values?.every((value) => !labels!.includes(value) && !isNumber(value)) === true;
}

interface Made {
  block: number;
  call: CallEvent;
}

function callAt(body: Body, line: number, name: string): Made | undefined {
  const found: Made[] = [];
  for (const [block, { ev }] of body.blocks.entries())
    for (const e of ev) if (e.k === 'call' && e.pos[0] === line && e.fn === name) found.push({ block, call: e });
  return found.length === 1 ? found[0] : undefined;
}

const askedOf = ofBody((body, facts: FunctionFacts): Asked => {
  const members: Member[] = [];
  if (!facts.params.some((p) => p.type.includes('*'))) return { members, questions: [] };
  let names: ReadonlyMap<string, { index: number; prefix: string }> | undefined;
  const texts = new Map<Member, Set<string>>();
  const question = (edge: Edge, block: Block): { of: Member; atom: Atom } | undefined => {
    const atom = atomFor(edge, block);
    const parts = atom && /^([A-Za-z_]\w*)\.([\w.]+)$/.exec(atom.subject);
    if (!parts) return undefined;
    const at = (names ??= namesOf(facts, body)).get(parts[1]!);
    if (!at) return undefined;
    const field = at.prefix + parts[2]!;
    let of = members.find((m) => m.index === at.index && m.field === field);
    if (!of) {
      if (members.length >= MAX_MEMBERS) return undefined;
      members.push((of = { index: at.index, field, values: new Set(), stale: new Set() }));
      texts.set(of, new Set());
    }
    texts.get(of)!.add(atom.subject);
    of.values.add(String(atom.value));
    return { of, atom };
  };
  const questions = body.blocks.map((block) => {
    const row = block.next.map((edge) => question(edge, block));
    return row.some((q) => q) ? row : undefined;
  });
  for (const m of members) {
    for (const text of texts.get(m)!) for (const b of setBefore(body, text)) m.stale.add(b);
    if (m.values.size > MAX_VALUES) m.values.clear();
  }
  return { members, questions };
});

/** What an edge asserts by `==` and `!=`. The labels of a switch are constants, in lower case too: `case link_up:`. */
function atomFor({ when, is }: Edge, { next }: Block): Atom | null {
  const label = next.length > 2 && Array.isArray(when) && when[0] === 'b' && when[1] === '==' && is !== undefined ? when[3] : undefined;
  if (typeof label === 'string' && constantOf(label) === undefined)
    return { subject: textOf((when as Expr[])[2]!), rel: is ? '==' : '!=', value: label };
  const atom = when === undefined || is === undefined ? null : atomOf(when, is);
  return atom && (atom.rel === '==' || atom.rel === '!=') ? atom : null;
}

/** Pointers to parameters and into them: the parameters themselves, `q = p`, `nd = &p->ndev`. */
function namesOf(facts: FunctionFacts, body: Body): ReadonlyMap<string, { index: number; prefix: string }> {
  const out = new Map<string, { index: number; prefix: string }>();
  const set = new Set<string>();
  for (const [index, p] of facts.params.entries()) if (p.name !== '' && p.type.includes('*')) out.set(p.name, { index, prefix: '' });
  for (const { ev } of body.blocks) {
    for (const e of ev) {
      if ((e.k !== 'set' && e.k !== 'call') || typeof e.to !== 'string') continue;
      // A call's result is put down by the call and by the assignment.
      const value = e.k === 'set' && e.op === '=' && !set.has(e.to) && e.to in body.vars ? bare(e.value) : undefined;
      const text = value === undefined ? '' : pointed(value);
      const parts = /^([A-Za-z_]\w*)((?:\.\w+)*)$/.exec(text);
      const base = parts && out.get(parts[1]!);
      set.add(e.to);
      if (base) out.set(e.to, { index: base.index, prefix: parts[2] === '' ? base.prefix : `${base.prefix}${parts[2]!.slice(1)}.` });
      else out.delete(e.to);
    }
  }
  return out;
}

/** The text of what an expression points to, where that is a parameter or a member of one; '' for a pointer that is read from memory. */
function pointed(e: Expr): string {
  if (typeof e === 'string') return e;
  return Array.isArray(e) && e[0] === 'u' && e[1] === '&' ? textOf(e[2]) : '';
}

const bare = (e: Expr): Expr => (Array.isArray(e) && e[0] === 'cast' ? bare(e[2]) : e);

/** Whether a value is what an atom asserts; undefined where names and numbers meet. */
function holds(value: string, { rel, value: other }: Atom): boolean | undefined {
  const asked = String(other);
  const same = value === asked ? true : value !== OTHER && isNumber(value) !== isNumber(asked) ? undefined : false;
  return same === undefined ? undefined : same === (rel === '==');
}
const isNumber = (value: string): boolean => /^-?\d/.test(value);

function reachedGiven(body: Body, { questions }: Asked, values: Values): ReadonlySet<number> {
  const answer = (b: number, at: number): boolean | undefined => {
    const q = questions[b]?.[at];
    const value = q && !q.of.stale.has(b) ? values.get(q.of) : undefined;
    return value === undefined ? undefined : holds(value, q!.atom);
  };
  const isCase = (b: number): boolean => body.blocks[b]!.next.some((edge, at) => edge.is === true && answer(b, at) === true);
  // What a switch does by default it does for none of its cases.
  return reached(body.blocks, (edge, b, at) => (edge.when === undefined ? !isCase(b) : answer(b, at) !== false));
}

/** Values that a member of an argument may have at the call; undefined where nothing tells. */
function valuesOf(caller: FunctionFacts, body: Body, { block, call }: Made, { index, field, values }: Member): string[] | undefined {
  const arg = call.args[index] === undefined ? undefined : bare(call.args[index]);
  if (arg === undefined || !values.size || (typeof arg !== 'string' && pointed(arg) === '')) return undefined;
  const object = textOf(['->', arg, 'x']).slice(0, -2);
  const text = `${object}.${field}`;
  const set = lastGiven(body, block, call.pos[0], object, text);
  if (set !== undefined) return set === null ? undefined : constantName(set, caller, body);
  const may = [...values, OTHER].filter((value) => asserted(body, text, value).has(block));
  return may.length <= values.size ? may : undefined;
}

/** Blocks of a caller that can be reached where a member has a value, as far as its own tests tell. */
function asserted(body: Body, text: string, value: string): ReadonlySet<number> {
  const stale = setBefore(body, text);
  const answer = (edge: Edge, b: number): boolean | undefined => {
    const atom = stale.has(b) ? null : atomFor(edge, body.blocks[b]!);
    return atom?.subject === text ? holds(value, atom) : undefined;
  };
  const isCase = (b: number): boolean => body.blocks[b]!.next.some((edge) => edge.is === true && answer(edge, b) === true);
  return reached(body.blocks, (edge, b) => (edge.when === undefined ? !isCase(b) : answer(edge, b) !== false));
}

/**
 * The value that every way to the call gives a member; null where it is given values in more ways than one, or may have been by others,
 * undefined where it is not given any.
 */
function lastGiven(body: Body, block: number, line: number, object: string, text: string): Expr | null | undefined {
  let last: { line: number; value: Expr } | undefined;
  let unsure = false;
  const around = body.loops.some((loop) => loop.blocks.includes(block));
  for (const [b, { ev }] of body.blocks.entries()) {
    const always = b === block || dominates(body, b, block);
    for (const e of ev) {
      if (e.k !== 'set' && e.k !== 'call') continue;
      if (e.pos[0] > line) {
        // In a loop what comes later was done in the round before.
        if (around && e.k === 'set' && textOf(e.to) === text) unsure = true;
        continue;
      }
      if (e.k === 'set' && textOf(e.to) === text) {
        if (e.op !== '=' || !always) unsure = true;
        else if (!last || e.pos[0] >= last.line) last = { line: e.pos[0], value: e.value };
      } else if (e.k === 'call' && e.pos[0] < line && last && e.args.some((a) => isWhole(a, object))) {
        // Somebody else was given the object since.
        unsure = true;
      } else if (e.to !== undefined && textOf(e.to) === object && last && e.pos[0] > last.line) unsure = true;
    }
  }
  return unsure ? null : last?.value;
}

const isWhole = (arg: Expr | undefined, object: string): boolean =>
  arg !== undefined && (textOf(arg) === object || pointed(bare(arg)) === object);

/** A constant by its name or its number: not a variable of the function. */
function constantName(e: Expr, facts: FunctionFacts, body: Body): string[] | undefined {
  const number = constantOf(e);
  if (number !== undefined) return [String(number)];
  if (typeof e !== 'string' || !/^[A-Za-z_]\w*$/.test(e)) return undefined;
  return e in body.vars || facts.params.some((p) => p.name === e) ? undefined : [e];
}
