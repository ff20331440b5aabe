import type { Block, LoopFacts } from '../model.js';
import type { SourceLoop } from './context.js';

/** Reverse postorder of the blocks that the entry reaches. */
function reversePostorder(blocks: Block[]): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(blocks.length);
  const stack: number[] = [0];
  const edge: number[] = [0];
  seen[0] = 1;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const block = stack[top]!;
    const next = blocks[block]!.next;
    if (edge[top]! < next.length) {
      const to = next[edge[top]!++]!.to;
      if (!seen[to]) {
        seen[to] = 1;
        stack.push(to);
        edge.push(0);
      }
    } else {
      order.push(block);
      stack.pop();
      edge.pop();
    }
  }
  return order.reverse();
}

function predecessorsOf(blocks: Block[]): number[][] {
  const before: number[][] = blocks.map(() => []);
  blocks.forEach((block, from) => {
    for (const { to } of block.next) before[to]!.push(from);
  });
  return before;
}

/** Immediate dominators, by the simple iteration over reverse postorder; -1 for blocks out of reach. */
function dominators(blocks: Block[], order: number[], before: number[][]): Int32Array {
  const rank = new Int32Array(blocks.length).fill(-1);
  order.forEach((block, index) => (rank[block] = index));
  const idom = new Int32Array(blocks.length).fill(-1);
  idom[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (const block of order) {
      if (block === 0) continue;
      let best = -1;
      for (const from of before[block]!) {
        if (idom[from]! < 0) continue;
        if (best < 0) {
          best = from;
          continue;
        }
        let left = from;
        let right = best;
        while (left !== right) {
          while (rank[left]! > rank[right]!) left = idom[left]!;
          while (rank[right]! > rank[left]!) right = idom[right]!;
        }
        best = left;
      }
      if (best !== idom[block]) {
        idom[block] = best;
        changed = true;
      }
    }
  }
  return idom;
}

function dominates(idom: Int32Array, head: number, block: number): boolean {
  for (let at = block; at >= 0; at = idom[at]!) {
    if (at === head) return true;
    if (at === 0) return false;
  }
  return false;
}

/** Blocks from which one of `tails` can be reached without passing through `head`, head included. */
function natural(head: number, tails: readonly number[], before: number[][], within?: Uint8Array): number[] {
  const found = new Set<number>([head]);
  const work = tails.filter((tail) => !found.has(tail));
  while (work.length > 0) {
    const block = work.pop()!;
    if (found.has(block)) continue;
    found.add(block);
    for (const from of before[block]!) if (!found.has(from) && (!within || within[from])) work.push(from);
  }
  return [...found].sort((a, b) => a - b);
}

function reachableFrom(blocks: Block[], from: number): Uint8Array {
  const seen = new Uint8Array(blocks.length);
  const work = [from];
  while (work.length > 0) {
    const block = work.pop()!;
    for (const { to } of blocks[block]!.next) {
      if (seen[to]) continue;
      seen[to] = 1;
      work.push(to);
    }
  }
  return seen;
}

/**
 * The loops that really go round: a statement whose body never comes back (`do { } while (0)`, a body that always leaves) is
 * none. A goto loop with a second way in is kept, with the blocks between its label and its goto.
 */
export function findLoops(blocks: Block[], sources: SourceLoop[]): LoopFacts[] {
  if (sources.length === 0) return [];
  const order = reversePostorder(blocks);
  const before = predecessorsOf(blocks);
  const idom = dominators(blocks, order, before);
  const out: LoopFacts[] = [];
  for (const source of sources) {
    const { kind, head, pos } = source;
    if (idom[head]! < 0) continue;
    let back: number[];
    let body: number[];
    if (kind === 'goto') {
      back = source.from!.filter((from) => idom[from]! >= 0);
      if (back.length === 0) continue;
      if (back.every((from) => dominates(idom, head, from))) {
        body = natural(head, back, before);
      } else {
        const after = reachableFrom(blocks, head);
        back = back.filter((from) => after[from]);
        if (back.length === 0) continue;
        after[head] = 1;
        body = natural(head, back, before, after);
      }
    } else {
      const gotos = new Set(sources.filter((other) => other.kind === 'goto' && other.head === head).flatMap((other) => other.from ?? []));
      back = [...new Set(before[head]!)]
        .filter((from) => !gotos.has(from) && idom[from]! >= 0 && dominates(idom, head, from))
        .sort((a, b) => a - b);
      if (back.length === 0) continue;
      body = natural(head, back, before);
    }
    const loop: LoopFacts = { kind, pos, head, blocks: body, back };
    if (source.label !== undefined) loop.label = source.label;
    if (source.macro !== undefined) loop.macro = source.macro;
    out.push(loop);
  }
  return out.sort((a, b) => a.pos[0] - b.pos[0] || a.pos[1] - b.pos[1] || a.pos[2] - b.pos[2]);
}

/**
 * Removes what only the building needed: empty blocks that lead on, chains of blocks that could be one, empty dead blocks.
 * Entry and exit keep their numbers, pinned blocks stay blocks. Source loops are renumbered.
 */
export function tidy(blocks: Block[], pinned: ReadonlySet<number>, loops: SourceLoop[]): { blocks: Block[]; loops: SourceLoop[] } {
  const count = blocks.length;
  // A head that only one edge leads to is no loop's: `do { } while (0)`.
  const arrivals = new Int32Array(count);
  for (const block of blocks) for (const { to } of block.next) if (to >= 0) arrivals[to]!++;
  const keep = new Set<number>();
  for (const block of pinned) if (arrivals[block]! > 1) keep.add(block);
  // 1. Empty blocks with one unconditional way out are stepped over.
  // A jump's own block may go that way: the jump then happens in the blocks before it.
  const jumps = new Map<number, Set<number>>();
  for (const { from } of loops) if (from !== undefined) for (const block of from) jumps.set(block, new Set([block]));
  const forward = (start: number, from: number): number => {
    let at = start;
    for (let steps = 0; steps < count; steps++) {
      const block = blocks[at]!;
      if (at <= 1 || keep.has(at) || block.ev.length > 0 || block.next.length !== 1 || block.next[0]!.when !== undefined) return at;
      const to = block.next[0]!.to;
      if (to === at) return at;
      jumps.get(at)?.add(from);
      at = to;
    }
    return at;
  };
  blocks.forEach((block, from) => {
    for (const edge of block.next) edge.to = forward(edge.to, from);
  });
  // 2. A block that only one unconditional edge leads to is joined to the block before it.
  const before = predecessorsOf(blocks);
  const merged = new Int32Array(count).fill(-1);
  const owner = (block: number): number => {
    let at = block;
    while (merged[at]! >= 0) at = merged[at]!;
    return at;
  };
  for (let index = 0; index < count; index++) {
    if (merged[index]! >= 0 || index === 1) continue;
    const block = blocks[index]!;
    for (;;) {
      const edge = block.next.length === 1 ? block.next[0]! : undefined;
      if (!edge || edge.when !== undefined || edge.to <= 1 || edge.to === index || keep.has(edge.to) || merged[edge.to]! >= 0) break;
      if (before[edge.to]!.length !== 1) break;
      const next = blocks[edge.to]!;
      merged[edge.to] = index;
      if (block.ev.length === 0) block.line = next.line;
      for (const event of next.ev) block.ev.push(event);
      block.next = next.next;
    }
  }
  // 3. Dead blocks without events go, and what only they lead to.
  const alive = new Uint8Array(count);
  alive[1] = 1;
  const reach = (root: number): void => {
    const work = [root];
    while (work.length > 0) {
      const at = work.pop()!;
      if (alive[at]) continue;
      alive[at] = 1;
      for (const { to } of blocks[at]!.next) work.push(to);
    }
  };
  alive[1] = 0;
  reach(0);
  alive[1] = 1;
  for (let index = 2; index < count; index++) {
    if (!alive[index] && merged[index]! < 0 && blocks[index]!.ev.length > 0) reach(index);
  }
  const number = new Int32Array(count).fill(-1);
  const kept: Block[] = [];
  for (let index = 0; index < count; index++) {
    if (!alive[index] || merged[index]! >= 0) continue;
    number[index] = kept.length;
    kept.push(blocks[index]!);
  }
  for (const block of kept) for (const edge of block.next) edge.to = number[edge.to]!;
  const renumbered: SourceLoop[] = [];
  for (const loop of loops) {
    const head = keep.has(loop.head) ? number[loop.head]! : -1;
    if (head < 0) continue;
    const next: SourceLoop = { ...loop, head };
    if (loop.from !== undefined) {
      const from = loop.from.flatMap((block) => [...(jumps.get(block) ?? [])]).map((block) => number[owner(block)]!);
      next.from = [...new Set(from)]
        .filter((block) => block >= 0 && kept[block]!.next.some((edge) => edge.to === head))
        .sort((a, b) => a - b);
      if (next.from.length === 0) continue;
    }
    renumbered.push(next);
  }
  return { blocks: kept, loops: renumbered };
}
