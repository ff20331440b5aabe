/**
 * Locals that stand for a question about a parameter: `wait = !callback`, or `wait` set to 1 where there is no callback and to 0 where
 * there is one. A branch on such a local is rewritten as one on the parameter, for callers can answer that, and so can other branches.
 */
import type { Block, Body, CallEvent, Expr, Param } from './model.js';
import { reached } from './reached.js';

interface Assigned {
  block: number;
  /** The value; undefined for one that is not plain (another operator, a call's result). */
  value: Expr | undefined;
}

/** A question, and the truth value of it that the local being true stands for. */
interface StandIn {
  when: Expr;
  is: boolean;
  /** Block that ends in the branch which decides the local; -1 for one that is assigned the question itself. */
  branch: number;
  /** The number that the local has when it is not 0. */
  one: number | undefined;
}

/** Rewrites branches on such locals in place. */
export function resolveStandIns(body: Body, params: readonly Param[]): void {
  const asked = new Set<string>();
  for (const { next } of body.blocks) for (const { when } of next) if (when !== undefined) asked.add(localIn(when, body) ?? '');
  asked.delete('');
  if (asked.size === 0) return;
  const assigned = assignments(body);
  const fixed = new Set(params.flatMap(({ name }) => (name !== '' && !assigned.has(name) ? [name] : [])));
  const standIns = new Map<string, StandIn>();
  for (const local of asked) {
    const list = assigned.get(local);
    const found = list && (assignedQuestion(list, fixed) ?? decidedByBranch(body.blocks, list, fixed));
    if (found) standIns.set(local, found);
  }
  if (standIns.size === 0) return;
  const before = new Map([...standIns].map(([local, { branch }]) => [local, reachedWithout(body.blocks, branch, assigned.get(local)!)]));
  body.blocks.forEach((block, b) => {
    for (const edge of block.next) {
      const local = edge.when === undefined ? undefined : localIn(edge.when, body);
      const standIn = local === undefined ? undefined : standIns.get(local);
      // Before it is decided it means nothing.
      if (!standIn || edge.is === undefined || before.get(local!)!.has(b)) continue;
      const truth = truthAsked(edge.when!, standIn.one);
      if (truth === undefined) continue;
      edge.when = standIn.when;
      if (truth !== standIn.is) edge.is = !edge.is;
    }
  });
}

/** The local that a branch asks for, by itself or against a number. */
function localIn(when: Expr, body: Body): string | undefined {
  const name = Array.isArray(when) && when[0] === 'b' && typeof when[3] === 'number' ? when[2] : when;
  return typeof name === 'string' && Object.hasOwn(body.vars, name) ? name : undefined;
}

/** The truth of the local that makes the condition true; undefined for comparisons that ask for more than that. */
function truthAsked(when: Expr, one: number | undefined): boolean | undefined {
  if (typeof when === 'string') return true;
  if (!Array.isArray(when) || when[0] !== 'b' || (when[1] !== '==' && when[1] !== '!=')) return undefined;
  if (when[3] === 0) return when[1] === '!=';
  return when[3] === one ? when[1] === '==' : undefined;
}

/** What is assigned to every variable, with a name whose address is taken as assigned something unknown. */
function assignments(body: Body): Map<string, Assigned[]> {
  const out = new Map<string, Assigned[]>();
  const note = (name: string, block: number, value: Expr | undefined): void => {
    out.set(name, [...(out.get(name) ?? []), { block, value }]);
  };
  const addresses = (e: Expr | undefined, block: number): void => {
    if (!Array.isArray(e)) return;
    if (e[0] === 'u' && e[1] === '&' && typeof e[2] === 'string') note(e[2], block, undefined);
    if (e[0] === '=' && typeof e[2] === 'string') note(e[2], block, undefined);
    for (const part of e.slice(1)) addresses(part as Expr, block);
  };
  body.blocks.forEach((block, b) => {
    for (const ev of block.ev) {
      if (ev.k === 'set') {
        if (typeof ev.to === 'string') note(ev.to, b, ev.op === '=' ? ev.value : undefined);
        addresses(ev.value, b);
      } else if (ev.k === 'call') {
        // A call's result is put down by the assignment too.
        if (typeof ev.to === 'string' && !isQuestion(ev)) note(ev.to, b, undefined);
        for (const arg of ev.args) addresses(arg, b);
      }
    }
  });
  return out;
}

const isQuestion = (e: CallEvent): boolean => e.fn === ALLOWS;
/** The one call that only asks for a bit of a mask. */
const ALLOWS = 'gfpflags_allow_blocking';

/** `wait = !callback;`, and nothing else is ever assigned. */
function assignedQuestion(list: readonly Assigned[], fixed: ReadonlySet<string>): StandIn | undefined {
  const [only, more] = list;
  if (!only || more || only.value === undefined) return undefined;
  let { value } = only;
  let is = true;
  while (Array.isArray(value) && value[0] === 'u' && value[1] === '!') [value, is] = [value[2], !is];
  if (!isAbout(value, fixed)) return undefined;
  // Compared with a number other than 0, only what is 0 or 1 stands for the question.
  const truth = !is || (Array.isArray(value) && (value[0] === 'call' || (value[0] === 'b' && value[1] !== '&')));
  return { when: value, is, branch: -1, one: truth ? 1 : undefined };
}

/** Two numbers, of which a branch on a parameter chooses one. */
function decidedByBranch(blocks: readonly Block[], list: readonly Assigned[], fixed: ReadonlySet<string>): StandIn | undefined {
  const [a, b, more] = list;
  if (!a || !b || more) return undefined;
  const [x, y] = [numberOf(a.value), numberOf(b.value)];
  if (x === undefined || y === undefined || (x === 0) === (y === 0)) return undefined;
  for (const [later, other, value] of [
    [a, b, x],
    [b, a, y],
  ] as const) {
    const into = blocks.flatMap(({ next }, from) => next.filter(({ to }) => to === later.block).map((edge) => ({ from, edge })));
    const [way, second] = into;
    if (!way || second || way.edge.when === undefined || way.edge.is === undefined || !isAbout(way.edge.when, fixed)) continue;
    const { next } = blocks[way.from]!;
    const opposite = next.some(({ to, is }) => to === other.block && is === !way.edge.is) && entered(blocks, other.block) === 1;
    // Or it has the other value from before, and is only changed here.
    const first = !opposite && (other.block === 0 || other.block === way.from) && later.block !== way.from;
    if (!opposite && !first) continue;
    return { when: way.edge.when, is: way.edge.is === (value !== 0), branch: way.from, one: x || y };
  }
  return undefined;
}

const entered = (blocks: readonly Block[], block: number): number =>
  blocks.reduce((n, { next }) => n + next.filter(({ to }) => to === block).length, 0);

function numberOf(e: Expr | undefined): number | undefined {
  if (typeof e === 'number') return e;
  if (e === 'true') return 1;
  return e === 'false' || e === 'NULL' ? 0 : undefined;
}

/** Whether an expression asks for parameters that keep their value, and for nothing else. */
function isAbout(e: Expr, fixed: ReadonlySet<string>): boolean {
  if (typeof e === 'string') return fixed.has(e);
  if (!Array.isArray(e)) return false;
  if (e[0] === 'call') return e[1] === ALLOWS && typeof e[2] === 'string' && fixed.has(e[2]);
  if (e[0] === 'cast') return isAbout(e[2], fixed);
  if (e[0] !== 'b' || !['==', '!=', '<', '>', '<=', '>=', '&'].includes(e[1])) return false;
  const constant = (x: Expr): boolean => typeof x === 'number' || (typeof x === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(x));
  return (isAbout(e[2], fixed) && constant(e[3])) || (constant(e[2]) && isAbout(e[3], fixed));
}

/** Blocks to which a way leads that does not pass the deciding branch or, without one, the assignment. */
function reachedWithout(blocks: readonly Block[], branch: number, list: readonly Assigned[]): ReadonlySet<number> {
  const through = branch >= 0 ? branch : list[0]!.block;
  const others = new Set(reached(blocks, (_, b) => b !== through));
  // The block itself ends in the branch, or holds the assignment before it asks.
  if (branch < 0) others.delete(through);
  return others;
}
