import { fieldName, kindName } from './kinds.js';
import type { Ast } from './model.js';

export const NAMED = 1;
export const ERROR_NODE = 2;
export const MISSING_NODE = 4;

/**
 * The arrays behind an Ast: they grow and are reused from parse to parse, so an Ast is valid until its parser's next parse.
 */
export class AstStore implements Ast {
  text = '';
  base = 0;
  count = 0;
  kind = new Uint16Array(0);
  start = new Int32Array(0);
  end = new Int32Array(0);
  parent = new Int32Array(0);
  firstChild = new Int32Array(0);
  nextSibling = new Int32Array(0);
  field = new Uint16Array(0);
  flags = new Uint8Array(0);
  readonly kindName = kindName;
  readonly fieldName = fieldName;
  private broken: number[] = [];

  constructor(capacity = 1 << 14) {
    this.reserve(capacity);
  }

  /** Starts a new tree. */
  begin(text: string, base: number): void {
    this.text = text;
    this.base = base;
    this.count = 0;
    this.broken = [];
  }

  /** Makes room for at least `nodes` nodes; the arrays are replaced when they grow, so re-read them. */
  reserve(nodes: number): void {
    const had = this.kind.length;
    if (had >= nodes) return;
    const size = Math.max(nodes, had * 2);
    const grow = <T extends Uint8Array | Uint16Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.kind = grow(this.kind, new Uint16Array(size));
    this.start = grow(this.start, new Int32Array(size));
    this.end = grow(this.end, new Int32Array(size));
    this.parent = grow(this.parent, new Int32Array(size));
    this.firstChild = grow(this.firstChild, new Int32Array(size));
    this.nextSibling = grow(this.nextSibling, new Int32Array(size));
    this.field = grow(this.field, new Uint16Array(size));
    this.flags = grow(this.flags, new Uint8Array(size));
  }

  /** Notes that `node` is ERROR or MISSING; nodes are noted in preorder. */
  noteBroken(node: number): void {
    this.broken.push(node);
  }

  /** Index one past the last node below `node`. */
  subtreeEnd(node: number): number {
    for (let at = node; at >= 0; at = this.parent[at]!) {
      const next = this.nextSibling[at]!;
      if (next >= 0) return next;
    }
    return this.count;
  }

  damaged(node: number): boolean {
    const broken = this.broken;
    if (broken.length === 0) return false;
    const end = this.subtreeEnd(node);
    let low = 0;
    let high = broken.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (broken[mid]! < node) low = mid + 1;
      else high = mid;
    }
    return low < broken.length && broken[low]! < end;
  }
}
