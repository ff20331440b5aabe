import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import { configTest, integerOf, toExpr } from '../expr.js';
import { squeeze, type Tree } from '../tree.js';
import type { Expr } from '../model.js';
import type { Graph, Outcome } from './graph.js';

/** The two ways out of an #if, #ifdef or #elif line inside a body. */
export function directiveWays(tree: Tree, graph: Graph, node: number): Outcome {
  const kind = tree.kind[node];
  if (kind === KIND.preproc_ifdef || kind === KIND.preproc_elifdef) {
    const name = tree.child(node, FIELD.name);
    const ways = graph.branch(configTest('defined', name < 0 ? '' : tree.textOf(name)), tree.line(node));
    const negative =
      kind === KIND.preproc_ifdef ? tree.kind[tree.first[node]!] === TOKEN['#ifndef'] : tree.kind[tree.first[node]!] === TOKEN['#elifndef'];
    return negative ? { yes: ways.no, no: ways.yes } : ways;
  }
  const condition = tree.child(node, FIELD.condition);
  if (condition < 0) return graph.branch(['config', ''], tree.line(node));
  return conditionWays(tree, graph, condition);
}

/** A directive's condition, its `&&`, `||` and `!` taken apart so that arms under one symbol correlate. */
function conditionWays(tree: Tree, graph: Graph, node: number): Outcome {
  const bare = tree.bare(node);
  const kind = tree.kind[bare];
  const operator = tree.child(bare, FIELD.operator);
  if (kind === KIND.unary_expression && operator >= 0 && tree.textOf(operator) === '!') {
    const argument = tree.child(bare, FIELD.argument);
    if (argument >= 0) {
      const ways = conditionWays(tree, graph, argument);
      return { yes: ways.no, no: ways.yes };
    }
  }
  if (kind === KIND.binary_expression && operator >= 0) {
    const text = tree.textOf(operator);
    const left = tree.child(bare, FIELD.left);
    const right = tree.child(bare, FIELD.right);
    if ((text === '&&' || text === '||') && left >= 0 && right >= 0) {
      const first = conditionWays(tree, graph, left);
      graph.resume(text === '&&' ? first.yes : first.no);
      const second = conditionWays(tree, graph, right);
      return text === '&&' ? { yes: second.yes, no: [...first.no, ...second.no] } : { yes: [...first.yes, ...second.yes], no: second.no };
    }
  }
  if (kind === KIND.number_literal) {
    const edges = graph.suspend();
    return integerOf(tree.textOf(bare)) === 0 ? { yes: [], no: edges } : { yes: edges, no: [] };
  }
  const reduced = toExpr(tree, bare);
  const when: Expr = Array.isArray(reduced) && reduced[0] === 'config' ? reduced : ['config', squeeze(tree.textOf(bare))];
  return graph.branch(when, tree.line(bare));
}
