/** Walking a function's graph. */
import type { Block, Edge } from './model.js';

/** Blocks that can be reached from one (the entry, unless said) along the edges that are taken, that block included. */
export function reached(
  blocks: readonly Block[],
  taken: (edge: Edge, block: number, at: number) => boolean,
  from = 0,
): ReadonlySet<number> {
  const seen = new Set<number>([from]);
  // A set is walked in the order in which it grows.
  for (const block of seen)
    for (const [at, edge] of blocks[block]!.next.entries()) if (!seen.has(edge.to) && taken(edge, block, at)) seen.add(edge.to);
  return seen;
}
