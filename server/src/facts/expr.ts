import { FIELD, KIND, TOKEN } from '../syntax/kinds.js';
import { CONFIG_TESTS, HINTS } from './names.js';
import { squeeze, type Tree } from './tree.js';
import type { BinaryOp, Expr, UnaryOp } from './model.js';

/** Largest number of nodes an expression keeps; what lies beyond becomes opaque. */
const MAX_NODES = 60;
const MAX_DEPTH = 40;
/** Strings are kept for names of caches and queues only. */
const MAX_STRING = 32;

/**
 * Value of a C integer literal with any base and suffix; undefined for a floating one, or where a double cannot hold it exactly.
 */
export function integerOf(literal: string): number | undefined {
  const digits = literal.replace(/[uUlL]+$/, '').replaceAll("'", '');
  if (/^(?:[1-9][0-9]*|0)$/.test(digits)) {
    const value = Number(digits);
    if (Number.isSafeInteger(value)) return value;
  }
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)$/.test(digits)) return undefined;
  const octal = /^0[0-9]+$/.test(digits);
  if (octal && /[89]/.test(digits)) return undefined;
  const exact = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const value = Number(exact);
  return BigInt(value) === exact ? value : undefined;
}

const ESCAPES: Record<string, number> = { n: 10, t: 9, r: 13, 0: 0, a: 7, b: 8, f: 12, v: 11, '\\': 92, "'": 39, '"': 34, '?': 63, e: 27 };

/** Value of a character constant; undefined for several characters. */
export function characterOf(literal: string): number | undefined {
  const inside = literal.replace(/^(?:L|u8|u|U)?'/, '').replace(/'$/, '');
  if (inside.length === 1) return inside.charCodeAt(0);
  if (!inside.startsWith('\\')) return undefined;
  const hex = /^\\x([0-9a-fA-F]+)$/.exec(inside);
  if (hex) return parseInt(hex[1]!, 16);
  const octal = /^\\([0-7]{1,3})$/.exec(inside);
  if (octal) return parseInt(octal[1]!, 8);
  return inside.length === 2 ? ESCAPES[inside[1]!] : undefined;
}

/** Type text as in Param.type: qualifiers and address spaces dropped, one space between words and before stars. */
export function typeText(text: string): string {
  if (/^\w+$/.test(text) && !text.startsWith('_')) return text;
  return text
    .replace(
      /\b(?:const|volatile|restrict|__restrict|__force|__user|__iomem|__rcu|__percpu|__bitwise|__private|register|static|inline|extern|__always_inline|__maybe_unused|__kernel)\b/g,
      ' ',
    )
    .replace(/\s+/g, ' ')
    .replace(/\s*\*\s*/g, '*')
    .replace(/([^\s*(])\*/g, '$1 *')
    .trim();
}

/**
 * The condition of a build-time test of `symbol`: IS_ENABLED(X), #ifdef X and defined(X) ask the same and give the same expression, so
 * that arms under one symbol correlate.
 */
export function configTest(test: string, symbol: string): Expr {
  return ['config', test === 'IS_MODULE' || test === 'IS_BUILTIN' ? `${test}(${symbol})` : symbol];
}

/**
 * Reduces an expression node. Assignments inside stand for their target, for their effect is a set event of its own; with
 * `keepAssignments` they stay (macro values, where there are no events).
 */
export function toExpr(tree: Tree, node: number, keepAssignments = false, calls?: CallExprs): Expr {
  return new Reducer(tree, keepAssignments, calls).reduce(node, 0);
}

/** Calls reduced before, by node: the event, the assignment and the condition of one call then share one object. */
export type CallExprs = Map<number, Expr>;

class Reducer {
  private nodes = 0;

  constructor(
    private readonly tree: Tree,
    private readonly keepAssignments: boolean,
    private readonly calls: CallExprs | undefined,
  ) {}

  private opaque(node: number): Expr {
    return ['opaque', squeeze(this.tree.text.slice(this.tree.start[node]!, Math.min(this.tree.end[node]!, this.tree.start[node]! + 320)))];
  }

  private field(node: number, field: number, depth: number): Expr {
    const child = this.tree.child(node, field);
    return child < 0 ? ['opaque', ''] : this.reduce(child, depth + 1);
  }

  reduce(node: number, depth: number): Expr {
    const tree = this.tree;
    if (++this.nodes > MAX_NODES || depth > MAX_DEPTH) return this.opaque(node);
    switch (tree.kind[node]) {
      case KIND.identifier:
      case KIND.type_identifier:
      case KIND.field_identifier:
      case KIND.primitive_type:
        return tree.textOf(node);
      case KIND.null:
        return 'NULL';
      case KIND.true:
        return 'true';
      case KIND.false:
        return 'false';
      case KIND.number_literal: {
        const text = tree.textOf(node);
        const negative = text.startsWith('-');
        const value = integerOf(negative ? text.slice(1).trimStart() : text);
        if (value === undefined) return this.opaque(node);
        return negative ? ['u', '-', value] : value;
      }
      case KIND.char_literal:
        return characterOf(tree.textOf(node)) ?? this.opaque(node);
      case KIND.string_literal:
      case KIND.concatenated_string:
        return ['str', this.string(node)];
      case KIND.parenthesized_expression: {
        const inside = tree.inner(node);
        if (inside < 0) return this.opaque(node);
        this.nodes--;
        return tree.kind[inside] === KIND.compound_statement ? this.statementValue(inside, depth) : this.reduce(inside, depth + 1);
      }
      case KIND.extension_expression: {
        const inside = tree.inner(node);
        return inside < 0 ? this.opaque(node) : this.reduce(inside, depth + 1);
      }
      case KIND.compound_statement:
        return this.statementValue(node, depth);
      case KIND.field_expression: {
        const name = tree.child(node, FIELD.field);
        const operator = tree.child(node, FIELD.operator);
        const arrow = operator >= 0 && tree.kind[operator] === TOKEN['->'];
        const member = name < 0 ? '' : tree.textOf(name);
        const object = this.field(node, FIELD.argument, depth);
        return arrow ? ['->', object, member] : ['.', object, member];
      }
      case KIND.subscript_expression:
        return ['[]', this.field(node, FIELD.argument, depth), this.field(node, FIELD.index, depth)];
      case KIND.pointer_expression:
      case KIND.unary_expression:
        return ['u', this.tree.operator(node) as UnaryOp, this.field(node, FIELD.argument, depth)];
      case KIND.update_expression: {
        const misread = tree.misreadUpdate(node);
        if (misread) {
          const update: Expr = ['u', `post${this.tree.operator(node)}` as UnaryOp, this.reduce(misread.target, depth + 1)];
          return misread.prefixes.reduceRight<Expr>((inner, prefix) => ['u', prefix as UnaryOp, inner], update);
        }
        const operator = this.tree.operator(node);
        const prefix = tree.field[tree.first[node]!] === FIELD.operator;
        return ['u', (prefix ? operator : `post${operator}`) as UnaryOp, this.field(node, FIELD.argument, depth)];
      }
      case KIND.binary_expression:
        return this.binary(node, depth);
      case KIND.conditional_expression: {
        const condition = this.field(node, FIELD.condition, depth);
        const then = tree.child(node, FIELD.consequence);
        return ['?', condition, then < 0 ? condition : this.reduce(then, depth + 1), this.field(node, FIELD.alternative, depth)];
      }
      case KIND.cast_expression: {
        const type = tree.child(node, FIELD.type);
        return ['cast', type < 0 ? '' : typeText(tree.textOf(type)), this.field(node, FIELD.value, depth)];
      }
      case KIND.assignment_expression: {
        const target = this.field(node, FIELD.left, depth);
        if (!this.keepAssignments) return target;
        return ['=', this.tree.operator(node), target, this.field(node, FIELD.right, depth)];
      }
      case KIND.comma_expression:
        if (!this.keepAssignments) return this.field(node, FIELD.right, depth);
        return [',', this.field(node, FIELD.left, depth), this.field(node, FIELD.right, depth)];
      case KIND.call_expression:
        return this.call(node, depth);
      case KIND.sizeof_expression:
        return [
          'sizeof',
          squeeze(
            tree
              .textOf(node)
              .replace(/^sizeof\s*/, '')
              .replace(/^\(([^()]*)\)$/, '$1'),
          ),
        ];
      case KIND.preproc_defined: {
        const name = tree.inner(node);
        return name < 0 ? this.opaque(node) : configTest('defined', tree.textOf(name));
      }
      default:
        return this.opaque(node);
    }
  }

  private string(node: number): string {
    const text = this.tree.text.slice(this.tree.start[node]!, Math.min(this.tree.end[node]!, this.tree.start[node]! + 2 * MAX_STRING));
    return text.replace(/^L?"/, '').replace(/"\s*$/, '').slice(0, MAX_STRING);
  }

  /** Left spines (`a | b | c | ...`) are walked in a loop: generated tables have thousands of links. */
  private binary(node: number, depth: number): Expr {
    const tree = this.tree;
    const spine: number[] = [];
    let at = node;
    while (tree.kind[at] === KIND.binary_expression && !tree.asCast(at)) {
      spine.push(at);
      const left = tree.child(at, FIELD.left);
      if (left < 0) break;
      at = left;
    }
    if (spine.length > MAX_NODES) return this.opaque(node);
    if (spine.length === 0) return this.cast(node, depth);
    let value = this.reduce(at, depth + 1);
    for (let index = spine.length - 1; index >= 0; index--) {
      const link = spine[index]!;
      value = ['b', this.tree.operator(link) as BinaryOp, value, this.field(link, FIELD.right, depth)];
    }
    return value;
  }

  /** What Tree.asCast recognised. */
  private cast(node: number, depth: number): Expr {
    const cast = this.tree.asCast(node)!;
    const value = this.reduce(cast.value, depth + 1);
    return ['cast', cast.type, cast.operator === '' ? value : ['u', cast.operator as UnaryOp, value]];
  }

  /** A statement expression's value is that of its last expression. */
  private statementValue(compound: number, depth: number): Expr {
    const statements = this.tree.named(compound);
    const last = statements[statements.length - 1];
    if (last === undefined || this.tree.kind[last] !== KIND.expression_statement) return this.opaque(compound);
    const value = this.tree.inner(last);
    return value < 0 ? this.opaque(compound) : this.reduce(value, depth + 1);
  }

  private call(node: number, depth: number): Expr {
    const tree = this.tree;
    const known = this.calls?.get(node);
    if (known !== undefined) return known;
    if (tree.asCast(node)) return this.cast(node, depth);
    const list = tree.child(node, FIELD.arguments);
    const args = list < 0 ? [] : tree.named(list);
    const name = tree.calledName(node);
    if (name !== '' && args.length > 0) {
      if (HINTS.has(name)) return this.reduce(args[0]!, depth + 1);
      if (CONFIG_TESTS.has(name)) return configTest(name, tree.textOf(args[0]!));
    }
    const out: ['call', Expr, ...Expr[]] = ['call', name !== '' ? name : this.field(node, FIELD.function, depth)];
    for (const arg of args) out.push(this.reduce(arg, depth + 1));
    this.calls?.set(node, out);
    return out;
  }
}
