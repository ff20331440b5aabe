/** The dataflow fixpoint over one control-flow graph: which states reach the beginning of which block. */
import type { Block, Body } from '../facts/model.js';
import { assume, joinStates, keyOf, type State } from './state.js';
import type { Transfer } from './transfer.js';

/** States kept apart per block; beyond that masks no longer tell states apart, and beyond twice that new ones are left out. */
const MAX_STATES = 20;
/** State transfers of one function after which states are joined more readily, and after which the run is called off. */
const BUSY = 3_000;
const EXHAUSTED = 30_000;
const MAX_STATES_BUSY = 6;
/** Visits of one block before the run is called off: a guard against a lattice that would not settle. */
const MAX_VISITS = 400;

export interface Fixpoint {
  /** States at the beginning of each block; an empty array for blocks that cannot be reached. */
  in: State[][];
  imprecise: boolean;
}

/** Runs all blocks until no state is new. Ends on any graph: where states or visits are cut, it is `imprecise`, and what depends on all states is not sure. */
export function solve(body: Body, entry: readonly State[], transfer: Transfer): Fixpoint {
  const blocks = body.blocks;
  const order = reversePostorder(blocks);
  const rank = new Int32Array(blocks.length).fill(-1);
  order.forEach((b, i) => (rank[b] = i));
  const at = blocks.map(() => new Arrivals());
  const visits = new Int32Array(blocks.length);
  let imprecise = false;
  let work = 0;

  const add = (block: number, s: State) => {
    const here = at[block]!;
    let key = keyOf(s, here.withMasks);
    let old = here.get(key);
    const limit = work > BUSY ? MAX_STATES_BUSY : MAX_STATES;
    if (!old && here.states.length >= limit) {
      imprecise = true;
      if (here.withMasks) here.forgetMasks();
      key = keyOf(s, false);
      old = here.get(key);
      if (!old && here.states.length >= 2 * limit) return;
    }
    if (!old) {
      here.set(key, s);
      return;
    }
    const joined = joinStates(old, s);
    if (joined !== old) here.set(key, joined);
  };

  for (const s of entry) add(0, s);
  let again = true;
  while (again) {
    again = false;
    for (const b of order) {
      const here = at[b]!;
      if (!here.pending.length) continue;
      const keys = here.pending;
      here.pending = NONE;
      if (++visits[b]! > MAX_VISITS || work > EXHAUSTED) {
        imprecise = true;
        continue;
      }
      for (const key of keys) {
        const s = here.get(key);
        if (!s) continue;
        work++;
        flow(blocks[b]!, s, transfer, (to, out) => {
          add(to, out);
          if (rank[to]! <= rank[b]!) again = true;
        });
      }
    }
    if (!again && order.some((b) => at[b]!.pending.length > 0)) again = true;
  }
  return { in: at.map((here) => here.states), imprecise };
}

const NONE: string[] = [];

/** The states that reach one block, in order of arrival. They are one or two nearly always: lists beat maps. */
class Arrivals {
  readonly states: State[] = [];
  private readonly keys: string[] = [];
  /** Keys of the states that the block was not run with yet. */
  pending = NONE;
  /** Whether masks keep states apart here. */
  withMasks = true;

  get(key: string): State | undefined {
    const i = this.keys.indexOf(key);
    return i < 0 ? undefined : this.states[i];
  }

  set(key: string, s: State): void {
    const i = this.keys.indexOf(key);
    if (i < 0) {
      this.keys.push(key);
      this.states.push(s);
    } else this.states[i] = s;
    if (this.pending === NONE) this.pending = [key];
    else if (!this.pending.includes(key)) this.pending.push(key);
  }

  /** From here on masks no longer keep states apart; all of them are run again. */
  forgetMasks(): void {
    this.withMasks = false;
    const all = this.states.splice(0);
    this.keys.length = 0;
    this.pending = NONE;
    for (const s of all) {
      const key = keyOf(s, false);
      const same = this.get(key);
      this.set(key, same ? joinStates(same, s) : s);
    }
  }
}

/** Outcomes of one event kept apart inside a block, and the most that are kept at all. */
const FEW = 8;
const MAX_INSIDE = 40;

/**
 * States after an event, equal ones joined once there are many: a run of calls with two outcomes each would double them
 * at every call, though most outcomes come to the same.
 */
export function settle(states: readonly State[]): readonly State[] {
  if (states.length <= FEW) return states;
  const byKey = new Map<string, State>();
  for (const s of states) {
    const key = keyOf(s, true);
    const same = byKey.get(key);
    byKey.set(key, same ? joinStates(same, s) : s);
  }
  return [...byKey.values()].slice(0, MAX_INSIDE);
}

/** All outcomes in order; the list of a single state's is handed on as it is. */
export function flatMapped(states: readonly State[], outcomes: (s: State) => readonly State[]): readonly State[] {
  return states.length === 1 ? outcomes(states[0]!) : states.flatMap((s) => outcomes(s) as State[]);
}

/** Runs a block's events on one state and hands each outcome to the edges it can take. */
function flow(block: Block, s: State, transfer: Transfer, out: (to: number, s: State) => void): void {
  let states: readonly State[] = [s];
  for (const ev of block.ev) {
    if (ev.k !== 'call' && ev.k !== 'set') continue;
    states = settle(flatMapped(states, (x) => transfer.apply(x, ev)));
  }
  for (const edge of block.next) {
    for (const x of states) {
      if (edge.when === undefined) out(edge.to, x);
      else {
        const on = assume(x, edge.when, edge.is !== false, transfer.tracks);
        if (on) out(edge.to, on);
      }
    }
  }
}

function reversePostorder(blocks: readonly Block[]): number[] {
  const seen = new Uint8Array(blocks.length);
  const post: number[] = [];
  const stack: [block: number, edge: number][] = [[0, 0]];
  seen[0] = 1;
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    const next = blocks[top[0]]!.next;
    if (top[1] < next.length) {
      const to = next[top[1]++]!.to;
      if (!seen[to]) {
        seen[to] = 1;
        stack.push([to, 0]);
      }
    } else {
      post.push(top[0]);
      stack.pop();
    }
  }
  return post.reverse();
}
