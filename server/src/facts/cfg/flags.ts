import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import { HINTS, WARNINGS, FATAL_TESTS } from '../names.js';
import type { Body } from '../model.js';
import type { Tree } from '../tree.js';

type FlagUse = Body['flags'][number];

/** The deepest node over an offset of the parsed text. */
function nodeAt(tree: Tree, root: number, offset: number): number {
  let at = root;
  for (;;) {
    let child = tree.first[at]!;
    while (child >= 0 && tree.end[child]! <= offset) child = tree.next[child]!;
    if (child < 0 || tree.start[child]! > offset) return at;
    at = child;
  }
}

/** What is done with the token, by the nearest construct around it that says so. */
function kindOf(tree: Tree, token: number, root: number): FlagUse['kind'] {
  let negated = false;
  for (let at = token; at >= 0 && at !== root; at = tree.parent[at]!) {
    const parent = tree.parent[at]!;
    if (parent < 0) break;
    const operator = tree.operator(parent);
    switch (tree.kind[parent]!) {
      case KIND.argument_list: {
        const call = tree.parent[parent]!;
        const name = call >= 0 ? tree.calledName(call) : '';
        if (HINTS.has(name) || WARNINGS.has(name) || FATAL_TESTS.has(name)) break;
        return 'argument';
      }
      case KIND.unary_expression:
        if (operator === '~') negated = !negated;
        else if (operator === '!') return 'test';
        break;
      case KIND.binary_expression:
        if (operator === '&') {
          if (inArgument(tree, parent, root)) return 'argument';
          return negated ? 'clear' : 'test';
        }
        if (operator === '==' || operator === '!=') return inArgument(tree, parent, root) ? 'argument' : 'test';
        break;
      case KIND.assignment_expression:
        if (tree.field[at] === FIELD.left) return 'other';
        if (operator === '&=') return negated ? 'clear' : 'test';
        return 'assign';
      case KIND.init_declarator:
      case KIND.initializer_pair:
      case KIND.initializer_list:
        return 'assign';
      case KIND.case_statement:
        return tree.field[at] === FIELD.value ? 'test' : 'other';
      case KIND.if_statement:
      case KIND.while_statement:
      case KIND.switch_statement:
        return tree.field[at] === FIELD.condition ? 'test' : 'other';
      case KIND.return_statement:
      case KIND.expression_statement:
      case KIND.compound_statement:
        return 'other';
    }
  }
  return 'other';
}

/** True when an expression is handed to a call. */
function inArgument(tree: Tree, node: number, root: number): boolean {
  for (let at = node; at >= 0 && at !== root; at = tree.parent[at]!) {
    const kind = tree.kind[at];
    if (kind === KIND.argument_list) {
      const call = tree.parent[at]!;
      const name = call >= 0 ? tree.calledName(call) : '';
      if (!HINTS.has(name) && !WARNINGS.has(name) && !FATAL_TESTS.has(name)) return true;
    }
    if (kind === KIND.expression_statement || kind === KIND.compound_statement || kind === KIND.return_statement) return false;
  }
  return false;
}

/** Comments and literals, or a gfp token; the first alternatives swallow what must not be searched. */
const TOKENS = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\b_{0,3}GFP_\w+/g;

/**
 * Every gfp token of the text below `root`, found in the text and not in the tree, so that damage hides none. Tokens in
 * comments and strings do not count.
 */
export function findFlags(tree: Tree, root: number, original: string): FlagUse[] {
  if (!original.includes('GFP_')) return [];
  const out: FlagUse[] = [];
  const base = tree.start[root]!;
  for (const match of original.matchAll(TOKENS)) {
    const flag = match[0];
    const first = flag.charCodeAt(0);
    if (first === 0x2f || first === 0x22 || first === 0x27) continue;
    const start = base + match.index;
    const token = nodeAt(tree, root, start);
    out.push({
      flag,
      kind: tree.kind[token] === TOKEN['{'] ? 'other' : kindOf(tree, token, root),
      pos: tree.range(start, start + flag.length),
    });
  }
  return out;
}
