import { FIELD, KIND } from '../../syntax/kinds.js';
import type { Expr, Pos } from '../model.js';
import type { Tree } from '../tree.js';
import type { BodyContext } from './context.js';
import type { Evaluator } from './evaluate.js';
import { EXIT, type Graph, type Loose } from './graph.js';
import type { Scopes, Target } from './scopes.js';

interface Label {
  /** -1 until seen. */
  block: number;
  line: Pos | undefined;
  waiting: Loose[];
}

/** The ways out of a statement list: return, break, continue, goto, each with the cleanups of the scopes it leaves. */
export class Exits {
  private readonly tree: Tree;
  private readonly graph: Graph;
  private readonly evaluator: Evaluator;
  private readonly scopes: Scopes;
  private readonly labels = new Map<string, Label>();
  /** File offset of every label: cleanups must know which scopes a goto leaves before its label is reached. */
  private readonly labelOffsets = new Map<string, number>();
  private readonly hiddenLabels: Label[] = [];

  constructor(
    private readonly context: BodyContext,
    root: number,
  ) {
    this.tree = context.tree;
    this.graph = context.graph;
    this.evaluator = context.evaluator;
    this.scopes = context.scopes;
    const { tree, evaluator } = context;
    for (let at = root, count = tree.ast.count; at < count; at++) {
      if (tree.kind[at] !== KIND.labeled_statement) continue;
      const label = tree.child(at, FIELD.label);
      if (label >= 0) this.labelOffsets.set(tree.textOf(label), tree.offset(at));
    }
    evaluator.calls.labels = new Set(this.labelOffsets.keys());
    evaluator.calls.onJump = (label, pos) => this.mayJump(label, pos);
  }

  /** Ties what is still open when the body's end is reached. */
  finish(): void {
    const { graph } = this;
    graph.tie(graph.suspend(), EXIT);
    for (const label of this.hiddenLabels) if (!graph.pinned.has(label.block)) this.context.lost = true;
    for (const label of this.labels.values()) {
      if (label.waiting.length === 0) continue;
      this.context.lost = true;
      graph.tie(label.waiting, EXIT);
    }
  }

  returnValue(value: number, pos: Pos, disarm = false): void {
    const tree = this.tree;
    const leave = (expr: Expr | undefined): void => {
      this.context.close(this.scopes.leaving(0), () => pos);
      this.graph.emit(expr === undefined ? { k: 'ret', pos } : { k: 'ret', value: expr, pos });
      this.graph.tie(this.graph.suspend(), EXIT);
    };
    if (value < 0) return leave(undefined);
    const inScope = (node: number, evaluated: boolean): void => {
      if (!evaluated && this.evaluator.splits(node)) return this.evaluator.conditional(tree.bare(node), inScope);
      // What no_free_ptr() disarms here is disarmed for this return only.
      this.scopes.push(0, 0);
      if (disarm) this.scopes.disarm(tree.textOf(node));
      if (!evaluated) this.evaluator.events(node, 'returned');
      leave(this.evaluator.expr(node));
      this.scopes.pop();
    };
    inScope(value, false);
  }

  leave(pos: Pos, fits: (target: Target) => boolean, which: 'breaks' | 'continues'): void {
    if (!this.graph.reachable) return;
    const target = this.context.targets.findLast(fits);
    if (!target) {
      this.context.lost = true;
      this.graph.tie(this.graph.suspend(), EXIT);
      return;
    }
    this.context.close(this.scopes.leaving(target.depth), () => pos);
    (target[which] ?? target.breaks).push(...this.graph.suspend());
  }

  private labelNamed(name: string): Label {
    let label = this.labels.get(name);
    if (!label) this.labels.set(name, (label = { block: -1, line: undefined, waiting: [] }));
    return label;
  }

  /** Starts a label's block. */
  label(node: number): void {
    const { tree, graph } = this;
    const name = tree.child(node, FIELD.label);
    const label = this.labelNamed(name < 0 ? '' : tree.textOf(name));
    graph.resume(label.waiting);
    label.waiting = [];
    label.line = tree.pos(name < 0 ? node : name);
    // A label that nothing leads to is reached in a way that cannot be seen, through a macro.
    if (!graph.reachable) this.hiddenLabels.push(label);
    label.block = graph.label(tree.line(node));
  }

  gotoStatement(node: number): void {
    if (!this.graph.reachable) return;
    const tree = this.tree;
    const name = tree.child(node, FIELD.label);
    const pos = tree.pos(node);
    if (name < 0 || (tree.flags[name]! & 4) !== 0 || /^goto\s*\*/.test(tree.textOf(node))) {
      // A computed goto may lead anywhere; the exit stands for that.
      this.context.lost = true;
      this.graph.tie(this.graph.suspend(), EXIT);
      return;
    }
    this.jump(tree.textOf(name), pos);
  }

  jump(name: string, pos: Pos): void {
    const label = this.labelNamed(name);
    const at = this.labelOffsets.get(name);
    if (at !== undefined) this.context.close(this.scopes.jumpingTo(at), () => pos);
    if (label.block < 0) {
      label.waiting.push(...this.graph.suspend());
      return;
    }
    const from = this.graph.here(pos[0]);
    this.graph.tie(this.graph.suspend(), label.block);
    this.graph.pinned.add(label.block);
    const start = label.line ?? pos;
    this.context.loops.push({ kind: 'goto', pos: [start[0], start[1], pos[2], pos[3]], head: label.block, label: name, from: [from] });
  }

  /** Something in the open block may jump to a label, or go on. */
  private mayJump(name: string, pos: Pos): void {
    const from = this.graph.seal(pos[0]);
    if (from < 0) return;
    this.graph.resume([this.graph.edgeFrom(from)]);
    this.jump(name, pos);
    this.graph.resume([this.graph.edgeFrom(from)]);
  }
}
