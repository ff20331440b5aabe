import { FIELD, KIND } from '../../syntax/kinds.js';
import type { Pos } from '../model.js';
import type { Tree } from '../tree.js';

/** Position of a macro and its arguments, without the body. */
export function headPos(tree: Tree, node: number, args: number): Pos {
  return tree.range(tree.start[node]!, args < 0 ? tree.start[node]! + 1 : tree.end[args]!);
}

/** The arguments of a macro written as `while (a, b, c)`. */
export function macroArguments(tree: Tree, args: number): number[] {
  if (args < 0) return [];
  if (tree.kind[args] === KIND.argument_list) return tree.named(args);
  let list = tree.bare(args);
  if (tree.kind[list] === KIND.parenthesized_expression) return [];
  const out: number[] = [];
  while (tree.kind[list] === KIND.comma_expression) {
    const left = tree.child(list, FIELD.left);
    const right = tree.child(list, FIELD.right);
    if (left < 0 || right < 0) break;
    out.push(left);
    list = right;
  }
  out.push(list);
  return out;
}
