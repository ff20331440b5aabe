import type { Rewrite } from '../../syntax/model.js';
import type { Expr, LoopFacts, Pos } from '../model.js';
import type { Tree } from '../tree.js';
import { Evaluator } from './evaluate.js';
import type { Graph } from './graph.js';
import { Scopes, type Cleanup, type Target } from './scopes.js';

/** What the normaliser changed in the text, as the builder needs it. Offsets are those of the file. */
export interface SideTable {
  /** The construct that was given another shape at this offset. */
  rewriteAt(offset: number): Rewrite | undefined;
  /** The first of a kind that begins in [start, end). */
  rewriteIn(kind: Rewrite['kind'], start: number, end: number): Rewrite | undefined;
  /** Argument of the first `__free()` that begins in [start, end). */
  freeIn(start: number, end: number): string | undefined;
  /** Text before normalisation. */
  original(start: number, end: number): string;
  /** What stands in the macro's parentheses, before normalisation. */
  argumentsOf(rewrite: Rewrite): string;
}

/** A source loop before its blocks are known. */
export interface SourceLoop {
  kind: LoopFacts['kind'];
  pos: Pos;
  head: number;
  label?: string;
  macro?: string;
  /** For 'goto': the blocks that jump. */
  from?: number[];
}

/** What the parts of the builder share while they build one body. */
export class BodyContext {
  readonly vars: Record<string, string> = Object.create(null) as Record<string, string>;
  readonly loops: SourceLoop[] = [];
  readonly targets: Target[] = [];
  readonly scopes = new Scopes();
  readonly evaluator: Evaluator;
  /** Something could not be followed: a jump to a label that is not in the text, nesting beyond all bounds. */
  lost = false;
  /** Set by the statement builder: builds one statement. */
  statement: (node: number) => void = () => undefined;

  constructor(
    readonly tree: Tree,
    readonly graph: Graph,
    readonly side: SideTable,
  ) {
    this.evaluator = new Evaluator(tree, graph, this.scopes);
  }

  /** Runs `inside` in a scope of its own, and the scope's cleanups where the flow falls out of it. */
  scoped(node: number, inside: () => void): void {
    const tree = this.tree;
    this.scopes.push(tree.offset(node), tree.end[node]! + tree.ast.base);
    inside();
    if (this.graph.reachable) this.close(this.scopes.leaving(this.scopes.depth - 1), () => this.closingPos(node));
    this.scopes.pop();
  }

  /** Position of a compound statement's brace, or of the last character of another statement. */
  private closingPos(node: number): Pos {
    const end = this.tree.end[node]!;
    return this.tree.range(end - 1, end);
  }

  close(cleanups: Cleanup[], pos: () => Pos): void {
    for (const { fn, args } of cleanups) this.graph.emit({ k: 'call', fn, args, use: 'discarded', pos: pos() });
  }

  /** Starts a block that may be a loop's head. */
  head(node: number): number {
    const head = this.graph.label(this.tree.line(node));
    this.graph.pinned.add(head);
    return head;
  }

  /** Runs `inside` on one way out of the open block and nothing on another, for a reason that is not known. */
  maybe(line: number, inside: () => void): void {
    const from = this.graph.seal(line);
    if (from < 0) return inside();
    this.graph.resume([this.graph.edgeFrom(from)]);
    const past = this.graph.edgeFrom(from);
    inside();
    this.graph.resume([past]);
  }

  /** Reduced arguments of a macro or call. */
  exprs(nodes: readonly number[]): Expr[] {
    return nodes.map((node) => this.evaluator.expr(node));
  }
}
