import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import type { Tree } from '../tree.js';
import type { BodyContext } from './context.js';
import type { Evaluator } from './evaluate.js';
import type { Graph, Loose, Outcome } from './graph.js';
import { headPos, macroArguments } from './macro-arguments.js';

/** Loop statements and iterating macros. */
export class Iteration {
  private readonly tree: Tree;
  private readonly graph: Graph;
  private readonly evaluator: Evaluator;

  constructor(private readonly context: BodyContext) {
    this.tree = context.tree;
    this.graph = context.graph;
    this.evaluator = context.evaluator;
  }

  private loopBody(body: number, breaks: Loose[], continues: Loose[]): void {
    if (body < 0) return;
    this.context.targets.push({ breaks, continues, depth: this.context.scopes.depth });
    this.context.scoped(body, () => this.context.statement(body));
    this.context.targets.pop();
  }

  whileStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const body = tree.child(node, FIELD.body);
    const head = this.context.head(node);
    this.context.loops.push({ kind: 'while', pos: tree.pos(node), head });
    const ways: Outcome = condition < 0 ? { yes: this.graph.suspend(), no: [] } : this.evaluator.condition(condition);
    const breaks: Loose[] = [];
    const continues: Loose[] = [];
    this.graph.resume(ways.yes);
    this.loopBody(body, breaks, continues);
    this.graph.tie(this.graph.suspend(), head);
    this.graph.tie(continues, head);
    this.graph.resume(ways.no);
    this.graph.resume(breaks);
  }

  doStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const head = this.context.head(node);
    this.context.loops.push({ kind: 'do', pos: tree.pos(node), head });
    const breaks: Loose[] = [];
    const continues: Loose[] = [];
    this.loopBody(tree.child(node, FIELD.body), breaks, continues);
    this.graph.resume(continues);
    const ways = this.again(node, condition);
    this.graph.tie(ways.yes, head);
    this.graph.resume(ways.no);
    this.graph.resume(breaks);
  }

  /** The end of a do loop: its condition, or an iterating macro in its place (`do { } for_each_vma(vmi, vma);`). */
  private again(node: number, condition: number): Outcome {
    const tree = this.tree;
    if (condition < 0) return { yes: [], no: this.graph.suspend() };
    let keyword = tree.first[node]!;
    while (keyword >= 0 && tree.kind[keyword] !== TOKEN.while) keyword = tree.next[keyword]!;
    const rewrite = keyword < 0 ? undefined : this.context.side.rewriteAt(tree.offset(keyword));
    if (rewrite === undefined) return this.evaluator.condition(condition);
    const from = this.step(keyword, rewrite.name, condition);
    return from < 0 ? { yes: [], no: [] } : { yes: [this.graph.edgeFrom(from)], no: [this.graph.edgeFrom(from)] };
  }

  forStatement(node: number): void {
    const tree = this.tree;
    const body = tree.child(node, FIELD.body);
    this.context.scoped(node, () => {
      const initializer = tree.child(node, FIELD.initializer);
      if (initializer >= 0) {
        if (tree.kind[initializer] === KIND.declaration) this.context.statement(initializer);
        else this.evaluator.events(initializer, 'discarded');
      }
      const head = this.context.head(node);
      this.context.loops.push({ kind: 'for', pos: tree.pos(node), head });
      const condition = tree.child(node, FIELD.condition);
      const ways: Outcome = condition < 0 ? { yes: this.graph.suspend(), no: [] } : this.evaluator.condition(condition);
      const breaks: Loose[] = [];
      const continues: Loose[] = [];
      this.graph.resume(ways.yes);
      this.loopBody(body, breaks, continues);
      this.graph.resume(continues);
      const update = tree.child(node, FIELD.update);
      if (update >= 0) this.evaluator.events(update, 'discarded');
      this.graph.tie(this.graph.suspend(), head);
      this.graph.resume(ways.no);
      this.graph.resume(breaks);
    });
  }

  /** One step of an iterating macro: its call and what it changes. The block that decides, -1 in dead code. */
  private step(at: number, macro: string, argsNode: number): number {
    const tree = this.tree;
    const args = macroArguments(tree, argsNode);
    for (const arg of args) this.evaluator.events(arg, 'argument');
    const pos = headPos(tree, at, argsNode);
    this.graph.emit({ k: 'call', fn: macro, args: this.context.exprs(args), use: 'tested', pos });
    for (const arg of args) {
      // Which arguments are cursors differs by macro: every local among them may have changed.
      const bare = tree.bare(arg);
      if (tree.kind[bare] !== KIND.identifier) continue;
      const name = tree.textOf(bare);
      if (name in this.context.vars || arg === args[0])
        this.graph.emit({ k: 'set', to: name, op: '=', value: ['opaque', macro], pos: tree.pos(bare) });
    }
    return this.graph.seal(pos[0]);
  }

  iterator(node: number, macro: string, argsNode: number, body: number): void {
    const tree = this.tree;
    const head = this.context.head(node);
    const start = tree.pos(node);
    const end = body < 0 ? start : tree.pos(body);
    this.context.loops.push({ kind: 'iter', pos: [start[0], start[1], end[2], end[3]], head, macro });
    const from = this.step(node, macro, argsNode);
    if (from < 0) return;
    const into = this.graph.edgeFrom(from);
    const past = this.graph.edgeFrom(from);
    const breaks: Loose[] = [];
    const continues: Loose[] = [];
    this.graph.resume([into]);
    this.loopBody(body, breaks, continues);
    this.graph.tie(this.graph.suspend(), head);
    this.graph.tie(continues, head);
    this.graph.resume([past]);
    this.graph.resume(breaks);
  }
}
