/**
 * Which statements of a function always come before which others. The flow layer answers what holds at a point; rules that
 * compare two points (a test and its allocation, an allocation and a sleep) ask here.
 */
import type { Body, Edge, Expr } from '../facts/model.js';
import type { CallPoint, FunctionFlow, Site, Where } from '../flow/model.js';
import { bare, same } from './expr.js';

interface Order { dominators: (Set<number> | undefined)[]; reach: Map<number, Set<number>> }
const known = new WeakMap<Body, Order>();

function orderOf(body: Body): Order {
  const cached = known.get(body);
  if (cached) return cached;
  const made: Order = { dominators: dominators(body), reach: new Map() };
  known.set(body, made);
  return made;
}

/** Dominator sets by iteration to a fixed point, in reverse postorder; blocks that the entry does not reach have none. */
function dominators(body: Body): (Set<number> | undefined)[] {
  const order = postorder(body).reverse();
  const before: number[][] = body.blocks.map(() => []);
  for (const b of order) for (const e of body.blocks[b]!.next) before[e.to]!.push(b);
  const dom: (Set<number> | undefined)[] = body.blocks.map(() => undefined);
  dom[0] = new Set([0]);
  for (let changed = true; changed;) {
    changed = false;
    for (const b of order) {
      if (b === 0) continue;
      let meet: Set<number> | undefined;
      for (const p of before[b]!) {
        const set = dom[p];
        if (!set) continue;
        meet = meet ? new Set([...meet].filter((x) => set.has(x))) : new Set(set);
      }
      if (!meet) continue;
      meet.add(b);
      if (meet.size !== dom[b]?.size) { dom[b] = meet; changed = true; }
    }
  }
  return dom;
}

function postorder(body: Body): number[] {
  const out: number[] = [];
  const seen = new Set<number>([0]);
  const stack: [number, number][] = [[0, 0]];
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    const edge: Edge | undefined = body.blocks[top[0]]!.next[top[1]++];
    if (!edge) { out.push(top[0]); stack.pop(); }
    else if (!seen.has(edge.to)) { seen.add(edge.to); stack.push([edge.to, 0]); }
  }
  return out;
}

const earlier = (a: CallPoint, b: CallPoint): boolean =>
  a.at.line !== b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;

/** Whether `a` has run on every path that reaches `b`. */
export function alwaysBefore(flow: FunctionFlow, a: CallPoint, b: CallPoint): boolean {
  const body = flow.ref.facts.body;
  if (!body) return false;
  if (a.block === b.block) return earlier(a, b);
  return orderOf(body).dominators[b.block]?.has(a.block) ?? false;
}

/** Whether some path leads from block `from` to block `to` (one step at least). */
export function reaches(flow: FunctionFlow, from: number, to: number): boolean {
  const body = flow.ref.facts.body;
  if (!body) return false;
  const { reach } = orderOf(body);
  let set = reach.get(from);
  if (!set) {
    set = new Set();
    const todo = [from];
    for (let b = todo.pop(); b !== undefined; b = todo.pop()) {
      for (const e of body.blocks[b]!.next) if (!set.has(e.to)) { set.add(e.to); todo.push(e.to); }
    }
    reach.set(from, set);
  }
  return set.has(to);
}

/**
 * Whether the test of a site's result asks about that allocation alone: it stands after the site and no path comes to it
 * past the site. A test that another assignment, an earlier round of a loop or a branch without the
 * allocation also leads to is live whatever the allocation returns.
 */
export function testBelongsTo(flow: FunctionFlow, site: Site): boolean {
  const body = flow.ref.facts.body;
  const test = site.nullCheck;
  if (!body || !test) return false;
  if (test.line < site.at.line) return false;
  const blocks = testingBlocks(flow, site, test);
  if (blocks.length === 0) return test.line === site.at.line; // the result is tested in the same statement
  const { dominators: dom } = orderOf(body);
  return blocks.every((b) => b === site.block || (dom[b]?.has(site.block) ?? false)) && !overwritten(body, site, blocks);
}

/** Blocks whose branch condition tests what the site assigned, at the line of the recorded test. */
function testingBlocks(flow: FunctionFlow, site: Site, test: Where): number[] {
  const body = flow.ref.facts.body!;
  const target = assignedBy(body, site);
  if (target === undefined) return [];
  const out: number[] = [];
  const rank = (b: number): number => Math.abs(body.blocks[b]!.line + flow.ref.facts.line - test.line);
  body.blocks.forEach((block, b) => {
    if (block.next.some((e) => e.when !== undefined && tests(e.when, target)) && (b === site.block || reaches(flow, site.block, b))) out.push(b);
  });
  const least = Math.min(...out.map(rank));
  return out.filter((b) => rank(b) === least);
}

function assignedBy(body: Body, site: Site): Expr | undefined {
  for (const ev of body.blocks[site.block]?.ev ?? []) {
    if (ev.k === 'call' && ev.to !== undefined && ev.pos[0] === site.pos[0] && ev.pos[1] === site.pos[1]) return ev.to;
  }
  return undefined;
}

function tests(when: Expr, target: Expr): boolean {
  const e = bare(when);
  if (same(e, target)) return true;
  if (!Array.isArray(e)) return false;
  if (e[0] === 'b' && /^[=!<>]=?$/.test(e[1])) return same(e[2], target) || same(e[3], target);
  if (e[0] === 'call' && typeof e[1] === 'string' && /^(PTR_)?IS_ERR|^ZERO_OR_NULL_PTR$/.test(e[1])) return e[2] !== undefined && same(e[2], target);
  if (e[0] === '=') return same(e[2], target);
  return false;
}

/** Whether something between the site and its test gives the variable another value. */
function overwritten(body: Body, site: Site, blocks: number[]): boolean {
  const target = assignedBy(body, site);
  if (target === undefined) return false;
  return blocks.some((b) => b !== site.block && body.blocks[b]!.ev.some((ev) =>
    (ev.k === 'set' && same(ev.to, target)) || (ev.k === 'call' && ev.to !== undefined && same(ev.to, target))));
}
