import { FIELD, KIND } from '../syntax/kinds.js';
import type { Ast } from '../syntax/model.js';
import type { Pos } from './model.js';

/** Start offsets of a file's lines, to turn offsets into positions. */
export class Lines {
  private readonly starts: Int32Array;
  private readonly count: number;
  /** Line of the previous answer: questions come in clusters. */
  private last = 0;

  constructor(text: string) {
    let starts = new Int32Array(Math.max(16, text.length >> 4));
    let count = 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (count === starts.length) {
        const grown = new Int32Array(count * 2);
        grown.set(starts);
        starts = grown;
      }
      starts[count++] = at + 1;
    }
    this.starts = starts;
    this.count = count;
  }

  /** 0-based line of an offset. */
  lineOf(offset: number): number {
    const starts = this.starts;
    let low = this.last;
    if (starts[low]! <= offset) {
      // Near hits first: the next few lines.
      for (let step = 0; step < 4; step++) {
        if (low + 1 >= this.count || starts[low + 1]! > offset) return (this.last = low);
        low++;
      }
    } else {
      low = 0;
    }
    let high = this.count - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (starts[mid]! <= offset) low = mid;
      else high = mid - 1;
    }
    return (this.last = low);
  }

  /** 1-based column of an offset, in UTF-16 units. */
  columnOf(offset: number): number {
    return offset - this.starts[this.lineOf(offset)]! + 1;
  }
}

const TYPE_NAME = /(?:_t|_T)$|^(?:__)?[us](?:8|16|32|64)$|^__[bl]e(?:16|32|64)$|^(?:uint|ulong|ushort|uchar|bool)$/;

/** An Ast with the questions the extractor asks. Valid as long as the Ast is: until the parser's next parse. */
export class Tree {
  readonly kind: Uint16Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly parent: Int32Array;
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly field: Uint16Array;
  readonly flags: Uint8Array;
  readonly text: string;

  constructor(
    readonly ast: Ast,
    private readonly lines: Lines,
    /** 0-based line of the file that positions are relative to. */
    private readonly firstLine: number,
  ) {
    this.kind = ast.kind;
    this.start = ast.start;
    this.end = ast.end;
    this.parent = ast.parent;
    this.first = ast.firstChild;
    this.next = ast.nextSibling;
    this.field = ast.field;
    this.flags = ast.flags;
    this.text = ast.text;
  }

  /** The child in a field, -1 for none. */
  child(node: number, field: number): number {
    const fields = this.field;
    const next = this.next;
    for (let at = this.first[node]!; at >= 0; at = next[at]!) if (fields[at] === field) return at;
    return -1;
  }

  /** The first named child that is no comment, -1 for none. */
  inner(node: number): number {
    for (let at = this.first[node]!; at >= 0; at = this.next[at]!) {
      if (this.flags[at]! & 1 && this.kind[at] !== KIND.comment) return at;
    }
    return -1;
  }

  /** Named children, comments left out. */
  named(node: number): number[] {
    const found: number[] = [];
    for (let at = this.first[node]!; at >= 0; at = this.next[at]!) {
      if (this.flags[at]! & 1 && this.kind[at] !== KIND.comment) found.push(at);
    }
    return found;
  }

  textOf(node: number): string {
    return this.text.slice(this.start[node]!, this.end[node]!);
  }

  /** One past the last node below `node`. */
  subtreeEnd(node: number): number {
    for (let at = node; at >= 0; at = this.parent[at]!) {
      const sibling = this.next[at]!;
      if (sibling >= 0) return sibling;
    }
    return this.ast.count;
  }

  /** Offset in the file. */
  offset(node: number): number {
    return this.start[node]! + this.ast.base;
  }

  pos(node: number): Pos {
    return this.range(this.start[node]!, this.end[node]!);
  }

  /** Position of a range of the parsed text. */
  range(start: number, end: number): Pos {
    const from = start + this.ast.base;
    const to = end + this.ast.base;
    const line = this.lines.lineOf(from);
    const column = this.lines.columnOf(from);
    const endLine = this.lines.lineOf(to);
    return [line - this.firstLine, column, endLine - this.firstLine, this.lines.columnOf(to)];
  }

  line(node: number): number {
    return this.lines.lineOf(this.start[node]! + this.ast.base) - this.firstLine;
  }

  /** Through parentheses, `__extension__` and comments to what they hold. */
  bare(node: number): number {
    for (;;) {
      const kind = this.kind[node];
      if (kind !== KIND.parenthesized_expression && kind !== KIND.extension_expression) return node;
      const inside = this.inner(node);
      if (inside < 0) return node;
      node = inside;
    }
  }

  /**
   * The grammar cannot tell `(gfp_t)(x)` from a call and `(gfp_t)-1` from a subtraction. When the parenthesised word
   * has the shape of a type's name they are casts: the type, and what is cast (for the second form an operator and its operand).
   */
  asCast(node: number): { type: string; operator: string; value: number } | undefined {
    const kind = this.kind[node];
    if (kind !== KIND.call_expression && kind !== KIND.binary_expression) return undefined;
    const head = this.first[node]!;
    if (head < 0 || this.kind[head] !== KIND.parenthesized_expression) return undefined;
    const word = this.inner(head);
    if (word < 0 || this.kind[word] !== KIND.identifier || this.end[word]! - this.start[word]! > 40) return undefined;
    const type = this.textOf(word);
    if (!TYPE_NAME.test(type)) return undefined;
    if (kind === KIND.call_expression) {
      const list = this.child(node, FIELD.arguments);
      const args = list < 0 ? [] : this.named(list);
      return args.length === 1 ? { type, operator: '', value: args[0]! } : undefined;
    }
    const operator = this.child(node, FIELD.operator);
    const value = this.child(node, FIELD.right);
    const text = operator < 0 ? '' : this.textOf(operator);
    return value >= 0 && /^[-+*&]$/.test(text) ? { type, operator: text, value } : undefined;
  }

  /** `!p++`, which the grammar reads as `(!p)++`: the prefix operators from outside in, and the real operand. */
  misreadUpdate(node: number): { prefixes: string[]; target: number } | undefined {
    if (this.kind[node] !== KIND.update_expression || this.field[this.first[node]!] === FIELD.operator) return undefined;
    const prefixes: string[] = [];
    let at = this.child(node, FIELD.argument);
    while (at >= 0 && this.kind[at] === KIND.unary_expression) {
      const operator = this.child(at, FIELD.operator);
      prefixes.push(operator < 0 ? '' : this.textOf(operator));
      at = this.child(at, FIELD.argument);
    }
    return prefixes.length > 0 && at >= 0 ? { prefixes, target: at } : undefined;
  }

  /** Text of a node's operator, '' for none. */
  operator(node: number): string {
    const operator = this.child(node, FIELD.operator);
    return operator < 0 ? '' : this.textOf(operator);
  }

  /** Name of the function called by a call_expression, '' when it is no plain identifier. */
  calledName(call: number): string {
    const fn = this.child(call, FIELD.function);
    return fn >= 0 && this.kind[fn] === KIND.identifier ? this.textOf(fn) : '';
  }
}

/** Whitespace runs to one space, cut at `limit` characters. */
export function squeeze(text: string, limit = 80): string {
  const squeezed = (text.length > limit * 4 ? text.slice(0, limit * 4) : text).replace(/\s+/g, ' ').trim();
  return squeezed.length > limit ? squeezed.slice(0, limit) : squeezed;
}
