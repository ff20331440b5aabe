import { Graph } from './cfg/graph.js';
import { findFlags } from './cfg/flags.js';
import { findLoops, tidy } from './cfg/loops.js';
import { prune } from './cfg/prune.js';
import type { SideTable } from './cfg/context.js';
import { StatementBuilder } from './cfg/statements.js';
import type { Body } from './model.js';
import type { Tree } from './tree.js';

/**
 * Builds the facts of one function body. `root` is its compound statement; `original` the body's own text before
 * normalisation, of the same length. Time is linear in the body, but for functions with loops, whose dominators are computed.
 */
export function buildBody(tree: Tree, root: number, side: SideTable, original: string): Body {
  const graph = new Graph();
  const builder = new StatementBuilder(tree, graph, side, root);
  builder.build();
  prune(graph.blocks);
  const { blocks, loops } = tidy(graph.blocks, graph.pinned, builder.context.loops);
  const body: Body = {
    vars: { ...builder.context.vars },
    blocks,
    loops: findLoops(blocks, loops),
    flags: findFlags(tree, root, original),
  };
  if (builder.context.lost || tree.ast.damaged(root)) body.damaged = true;
  return body;
}
