/** Reading one function's tree for an edit: nodes by offset in the file, and the few shapes that fixes ask for. */
import { FIELD, KIND } from '../syntax/kinds.js';
import { NAMED } from '../syntax/ast.js';
import type { Ast, KernelParser } from '../syntax/model.js';
import { normaliseFunction } from '../syntax/normalise.js';
import { scanFunctions } from '../syntax/scan.js';

/** A node by its index in the tree. */
export type Node = number;

export class FunctionTree {
  private constructor(
    private readonly ast: Ast,
    /** Text of the file, as the author wrote it. */
    readonly source: string,
  ) {}

  /** The function around an offset; undefined when there is none or its tree has an error. Valid until the parser's next parse. */
  static at(source: string, offset: number, parser: KernelParser): FunctionTree | undefined {
    const span = scanFunctions(source).functions.find((f) => f.start <= offset && offset < f.close);
    if (!span) return undefined;
    const { text, base } = normaliseFunction(source, span);
    const ast = parser.parse(text, base);
    return ast.damaged(0) ? undefined : new FunctionTree(ast, source);
  }

  start(node: Node): number {
    return this.ast.start[node]! + this.ast.base;
  }

  end(node: Node): number {
    return this.ast.end[node]! + this.ast.base;
  }

  /** As written in the file. */
  text(node: Node): string {
    return this.source.slice(this.start(node), this.end(node));
  }

  is(node: Node | undefined, kind: keyof typeof KIND): node is Node {
    return node !== undefined && this.ast.kind[node] === KIND[kind];
  }

  /** Named children, comments left out. */
  children(node: Node): Node[] {
    const found: Node[] = [];
    for (let child = this.ast.firstChild[node]!; child >= 0; child = this.ast.nextSibling[child]!)
      if (this.ast.flags[child]! & NAMED && this.ast.kind[child] !== KIND.comment) found.push(child);
    return found;
  }

  /** Named children with comments, in the order of the text. */
  withComments(node: Node): Node[] {
    const found: Node[] = [];
    for (let child = this.ast.firstChild[node]!; child >= 0; child = this.ast.nextSibling[child]!)
      if (this.ast.flags[child]! & NAMED && this.ast.end[child]! > this.ast.start[child]!) found.push(child);
    return found;
  }

  /** The node around; undefined for the root. */
  parent(node: Node): Node | undefined {
    const parent = this.ast.parent[node]!;
    return parent < 0 ? undefined : parent;
  }

  /** Whether `inner` is `outer` or lies in it. */
  within(inner: Node, outer: Node): boolean {
    return this.ast.start[outer]! <= this.ast.start[inner]! && this.ast.end[inner]! <= this.ast.end[outer]! && inner >= outer;
  }

  isField(node: Node, field: keyof typeof FIELD): boolean {
    return this.ast.field[node] === FIELD[field];
  }

  /** All nodes of a kind at or below a node, in the order of the text. */
  *below(node: Node, kind: keyof typeof KIND): Generator<Node> {
    const end = this.ast.end[node]!;
    for (let at = node; at < this.ast.count && this.ast.start[at]! < end; at++)
      if (this.ast.kind[at] === KIND[kind] && this.ast.end[at]! <= end) yield at;
  }

  /** The operator of a unary or binary expression, or of an assignment, as written. */
  operator(node: Node): string {
    for (let child = this.ast.firstChild[node]!; child >= 0; child = this.ast.nextSibling[child]!)
      if (this.ast.field[child] === FIELD.operator) return this.text(child);
    // Assignments have no such field: their operator is the one token.
    for (let child = this.ast.firstChild[node]!; child >= 0; child = this.ast.nextSibling[child]!)
      if (!(this.ast.flags[child]! & NAMED)) return this.text(child);
    return '';
  }

  child(node: Node, field: keyof typeof FIELD): Node | undefined {
    for (let child = this.ast.firstChild[node]!; child >= 0; child = this.ast.nextSibling[child]!)
      if (this.ast.field[child] === FIELD[field]) return child;
    return undefined;
  }

  /** The statement behind a node in its block, comments left out. */
  next(node: Node): Node | undefined {
    const parent = this.ast.parent[node]!;
    if (parent < 0) return undefined;
    const siblings = this.children(parent);
    return siblings[siblings.indexOf(node) + 1];
  }

  /** All nodes of a kind, in the order of the text. */
  *all(kind: keyof typeof KIND): Generator<Node> {
    for (let node = 0; node < this.ast.count; node++) if (this.ast.kind[node] === KIND[kind]) yield node;
  }

  /** Statements of a block, or the one statement that stands in a block's place. */
  statements(node: Node): Node[] {
    return this.is(node, 'compound_statement') ? this.children(node) : [node];
  }

  /** Parentheses, likely() and unlikely() taken off. */
  bare(node: Node): Node {
    for (;;) {
      if (this.is(node, 'parenthesized_expression')) {
        const inner = this.children(node)[0];
        if (inner === undefined) return node;
        node = inner;
      } else if (this.is(node, 'call_expression') && /^(un)?likely$/.test(this.callee(node))) {
        const argument = this.args(node)[0];
        if (argument === undefined) return node;
        node = argument;
      } else return node;
    }
  }

  /** Name of the function called; '' when called through an expression. */
  callee(call: Node): string {
    const fn = this.child(call, 'function');
    return this.is(fn, 'identifier') ? this.text(fn) : '';
  }

  args(call: Node): Node[] {
    const list = this.child(call, 'arguments');
    return list === undefined ? [] : this.children(list);
  }

  /** What is tested for NULL (`!p`, `p == NULL`); undefined for any other condition. */
  nullTested(condition: Node): Node | undefined {
    const test = this.bare(condition);
    if (this.is(test, 'unary_expression') && this.text(test).startsWith('!')) {
      const operand = this.child(test, 'argument');
      return operand === undefined ? undefined : this.bare(operand);
    }
    if (!this.is(test, 'binary_expression')) return undefined;
    const [left, right] = [this.child(test, 'left'), this.child(test, 'right')];
    if (left === undefined || right === undefined || !/==/.test(this.source.slice(this.end(left), this.start(right)))) return undefined;
    if (this.text(this.bare(right)) === 'NULL') return this.bare(left);
    return this.text(this.bare(left)) === 'NULL' ? this.bare(right) : undefined;
  }
}
