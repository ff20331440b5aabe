/** What conditions say once a call cannot fail for want of memory any more. */
import type { FunctionTree, Node } from '../syntax.js';

/** The call and what its success means. */
export interface Success {
  call: Node;
  /** The lvalue that receives the result, as written; '' when the call is only tested. */
  target: string;
  /** 'null': the result is not NULL (or false). 'enomem': it is not -ENOMEM, and may be any other error. */
  means: 'null' | 'enomem';
}

/** A condition's value: known, or what remains to be tested, as text. */
export type Residue = boolean | string;

/** What is left of a condition after the call's success. */
export function residue(tree: FunctionTree, condition: Node, success: Success): Residue {
  const text = tree.text(condition);
  const e = tree.bare(condition);
  if (tree.is(e, 'true')) return true;
  if (tree.is(e, 'false')) return false;
  if (tree.is(e, 'number_literal')) return /^0+$/.test(tree.text(e)) ? false : /^\d+$/.test(tree.text(e)) ? true : text;
  if (isResult(tree, e, success)) return success.means === 'null' ? true : text;
  if (tree.is(e, 'unary_expression') && tree.operator(e) === '!') {
    const operand = tree.child(e, 'argument');
    const inner = operand === undefined ? text : residue(tree, operand, success);
    return typeof inner === 'boolean' ? !inner : text;
  }
  if (tree.is(e, 'call_expression')) {
    const name = tree.callee(e);
    const arg = tree.args(e)[0];
    if (arg === undefined) return text;
    // WARN_ON() has its argument's truth; it goes when that is known to be false.
    if (/^(WARN_ON|WARN_ON_ONCE|unlikely|likely|BUG_ON|VM_BUG_ON)$/.test(name)) {
      const inner = residue(tree, arg, success);
      return typeof inner === 'boolean' ? inner : text;
    }
    if (name === 'IS_ERR_OR_NULL' && success.means === 'null' && isResult(tree, tree.bare(arg), success)) return false;
    return text;
  }
  if (!tree.is(e, 'binary_expression')) return text;
  const [left, right] = [tree.child(e, 'left'), tree.child(e, 'right')];
  if (left === undefined || right === undefined) return text;
  const op = tree.operator(e);
  if (op === '&&' || op === '||') return joined(tree, op, left, right, text, success);
  if (op !== '==' && op !== '!=') return text;
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    const value = tree.text(tree.bare(b));
    const fails = success.means === 'null' ? /^(NULL|0|false)$/.test(value) : /^-\s*ENOMEM$/.test(value);
    if (fails && isResult(tree, tree.bare(a), success)) return op === '!=';
    if (success.means === 'enomem' && /^ERR_PTR\(\s*-\s*ENOMEM\s*\)$/.test(value) && isResult(tree, tree.bare(a), success))
      return op === '!=';
  }
  return text;
}

function joined(tree: FunctionTree, op: '&&' | '||', left: Node, right: Node, whole: string, success: Success): Residue {
  const [a, b] = [residue(tree, left, success), residue(tree, right, success)];
  const decides = op === '||';
  if (a === decides) return decides;
  if (a === !decides) return b;
  // `x && false`: what stands left may have to be evaluated all the same.
  if (b === decides && !acts(tree, left)) return decides;
  if (b === !decides) return a;
  return typeof a === 'string' && typeof b === 'string' && (a !== tree.text(left) || b !== tree.text(right)) ? `${a} ${op} ${b}` : whole;
}

/** The call's value: the call, the assignment that holds it, its target, or the error that a pointer carries. */
function isResult(tree: FunctionTree, e: Node, success: Success): boolean {
  if (e === success.call) return true;
  if (tree.is(e, 'cast_expression')) {
    const value = tree.child(e, 'value');
    return value !== undefined && isResult(tree, tree.bare(value), success);
  }
  if (tree.is(e, 'assignment_expression')) {
    const right = tree.child(e, 'right');
    return tree.operator(e) === '=' && right !== undefined && isResult(tree, tree.bare(right), success);
  }
  if (success.means === 'enomem' && tree.is(e, 'call_expression') && /^(PTR_ERR|PTR_ERR_OR_ZERO)$/.test(tree.callee(e))) {
    const arg = tree.args(e)[0];
    return arg !== undefined && isResult(tree, tree.bare(arg), success);
  }
  return success.target !== '' && tree.text(e) === success.target;
}

/** Does evaluating the expression change anything: a call, an assignment, a step? */
export function acts(tree: FunctionTree, e: Node): boolean {
  for (const kind of ['call_expression', 'assignment_expression', 'update_expression'] as const)
    for (const at of tree.below(e, kind)) if (!(kind === 'call_expression' && PURE.test(tree.callee(at)))) return true;
  return false;
}

const PURE = /^(un)?likely$|^IS_ERR(_OR_NULL)?$|^PTR_ERR(_OR_ZERO)?$|^READ_ONCE$|^IS_ENABLED$/;
