/**
 * Which statements of a function always come before which others. The flow layer answers what holds at a point; rules that
 * compare two points (an allocation and a sleep, two elements of a pool) ask here.
 */
import type { Body, Edge } from '../facts/model.js';
import type { CallPoint, FunctionFlow } from '../flow/model.js';

interface Order {
  dominators: (Set<number> | undefined)[];
  reach: Map<number, Set<number>>;
}
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
      if (meet.size !== dom[b]?.size) {
        dom[b] = meet;
        changed = true;
      }
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
