/**
 * Which statements of a function always come before which others. The states answer what holds at a point; who compares two
 * points (an allocation and a sleep, two elements of a pool) asks here.
 */
import type { Body, Edge } from '../facts/model.js';
import type { CallPoint, FunctionFlow } from './model.js';
import { ofBody } from './of-body.js';

interface Order {
  /** Immediate dominator by block, -1 for blocks that the entry does not reach; the entry is its own. */
  idom: Int32Array;
  reach: Map<number, Set<number>>;
}
const orderOf = ofBody((body): Order => ({ idom: immediateDominators(body), reach: new Map() }));

/** Immediate dominators by the two-finger iteration of Cooper, Harvey and Kennedy (2001). */
function immediateDominators(body: Body): Int32Array {
  const post = postorder(body);
  const rank = new Int32Array(body.blocks.length).fill(-1);
  post.forEach((b, i) => (rank[b] = i));
  const before: number[][] = body.blocks.map(() => []);
  for (const b of post) for (const e of body.blocks[b]!.next) before[e.to]!.push(b);
  const idom = new Int32Array(body.blocks.length).fill(-1);
  idom[0] = 0;
  const meet = (x: number, y: number): number => {
    let [a, b] = [x, y];
    while (a !== b) {
      while (rank[a]! < rank[b]!) a = idom[a]!;
      while (rank[b]! < rank[a]!) b = idom[b]!;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let i = post.length - 1; i >= 0; i--) {
      const b = post[i]!;
      if (b === 0) continue;
      let dominator = -1;
      for (const p of before[b]!) if (idom[p]! >= 0) dominator = dominator < 0 ? p : meet(dominator, p);
      if (dominator >= 0 && idom[b] !== dominator) {
        idom[b] = dominator;
        changed = true;
      }
    }
  }
  return idom;
}

function postorder(body: Body): number[] {
  const out: number[] = [];
  const seen = new Set<number>([0]);
  const stack: [number, number][] = [[0, 0]];
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    const edge: Edge | undefined = body.blocks[top[0]]!.next[top[1]++];
    if (!edge) {
      out.push(top[0]);
      stack.pop();
    } else if (!seen.has(edge.to)) {
      seen.add(edge.to);
      stack.push([edge.to, 0]);
    }
  }
  return out;
}

const earlier = (a: CallPoint, b: CallPoint): boolean => (a.at.line !== b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column);

/** Whether `a` has run on every path that reaches `b`. */
export function alwaysBefore(flow: FunctionFlow, a: CallPoint, b: CallPoint): boolean {
  const body = flow.ref.facts.body;
  if (!body) return false;
  if (a.block === b.block) return earlier(a, b);
  return dominates(body, a.block, b.block);
}

/** Whether every path to block `b` runs through block `a`. */
export function dominates(body: Body, a: number, b: number): boolean {
  const { idom } = orderOf(body);
  if (idom[b]! < 0) return false;
  for (let at = b; ; at = idom[at]!) {
    if (at === a) return true;
    if (at === 0) return false;
  }
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
      for (const e of body.blocks[b]!.next)
        if (!set.has(e.to)) {
          set.add(e.to);
          todo.push(e.to);
        }
    }
    reach.set(from, set);
  }
  return set.has(to);
}

/** Whether every path from block `from` to the function's end runs through block `to`. */
export function alwaysAfter(flow: FunctionFlow, from: number, to: number): boolean {
  const body = flow.ref.facts.body;
  if (!body || from === to) return false;
  const seen = new Set<number>([from, to]);
  const todo = [from];
  for (let b = todo.pop(); b !== undefined; b = todo.pop()) {
    const { next } = body.blocks[b]!;
    if (next.length === 0) return false;
    for (const e of next) {
      if (seen.has(e.to)) continue;
      seen.add(e.to);
      todo.push(e.to);
    }
  }
  return reaches(flow, from, to);
}

/** Whether `c` may run after `a` and before `b`. */
export function mayRunBetween(flow: FunctionFlow, a: CallPoint, c: CallPoint, b: CallPoint): boolean {
  const follows = (x: CallPoint, y: CallPoint): boolean => (x.block === y.block && earlier(x, y)) || reaches(flow, x.block, y.block);
  return c !== a && c !== b && follows(a, c) && follows(c, b);
}
