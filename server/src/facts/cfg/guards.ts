import type { Rewrite } from '../../syntax/model.js';
import { splitArguments } from '../signature.js';
import type { Expr, Pos } from '../model.js';
import type { Tree } from '../tree.js';
import type { BodyContext } from './context.js';
import type { Exits } from './exits.js';
import type { Evaluator } from './evaluate.js';
import type { Graph, Loose } from './graph.js';
import { headPos, macroArguments } from './macro-arguments.js';
import type { Scopes } from './scopes.js';

/** Guard classes whose acquisition may fail: the body of a scoped guard runs only when it did not. */
const CONDITIONAL_CLASS = /_(?:try|intr|kill|trylock|timeout)$/;

/** Macros before a block that are no loops: the scoped guards of linux/cleanup.h and others that run the block once. */
export class BlockMacros {
  private readonly tree: Tree;
  private readonly graph: Graph;
  private readonly evaluator: Evaluator;
  private readonly scopes: Scopes;

  constructor(
    private readonly context: BodyContext,
    private readonly exits: Exits,
  ) {
    this.tree = context.tree;
    this.graph = context.graph;
    this.evaluator = context.evaluator;
    this.scopes = context.scopes;
  }

  /** A macro before a statement, which the normaliser gave a keyword's shape: a scoped guard, or another block. */
  build(node: number, rewrite: Rewrite, args: number, body: number): void {
    switch (rewrite.name) {
      case 'scoped_guard':
        return this.scopedGuard(node, args, body);
      case 'scoped_cond_guard':
        return this.scopedCondGuard(node, args, body, this.context.side.argumentsOf(rewrite));
      case 'scoped_class':
        return this.scopedClass(node, args, body);
      default:
        return this.onceBlock(node, rewrite.name, args, body);
    }
  }

  /** `some_macro(args) { body }` that is no loop: a call, then the body once or not at all; break leaves it, for most are written as a loop. */
  private onceBlock(node: number, name: string, argsNode: number, body: number): void {
    const args = macroArguments(this.tree, argsNode);
    for (const arg of args) this.evaluator.events(arg, 'argument');
    const pos = headPos(this.tree, node, argsNode);
    this.graph.emit({ k: 'call', fn: name, args: this.context.exprs(args), use: 'tested', pos });
    const leave: Loose[] = [];
    this.context.maybe(pos[0], () => {
      this.context.targets.push({ breaks: leave, continues: leave, depth: this.scopes.depth });
      if (body >= 0) this.context.scoped(body, () => this.context.statement(body));
      this.context.targets.pop();
    });
    this.graph.resume(leave);
  }

  /** Runs a body under a guard; break and continue leave the guard, for the kernel writes it as a loop of one round. */
  private guarded(node: number, cls: string, args: Expr[], body: number, open: () => void): void {
    const leave: Loose[] = [];
    this.context.scoped(node, () => {
      open();
      this.context.targets.push({ breaks: leave, continues: leave, depth: this.scopes.depth - 1 });
      this.scopes.add({ fn: `unguard:${cls}`, args, variable: '', at: this.tree.offset(node) });
      if (body >= 0) this.context.statement(body);
      this.context.targets.pop();
    });
    this.graph.resume(leave);
  }

  private scopedGuard(node: number, argsNode: number, body: number): void {
    const tree = this.tree;
    const [cls, ...rest] = macroArguments(this.tree, argsNode);
    if (cls === undefined) return;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const args = this.context.exprs(rest);
    const failed: Loose[] = [];
    this.guarded(node, name, args, body, () =>
      this.openGuard(headPos(this.tree, node, argsNode), name, args, CONDITIONAL_CLASS.test(name) ? failed : undefined),
    );
    this.graph.resume(failed);
  }

  /** The guard's opening; where it may fail, the flow goes on with it taken and `failed` gets the other way. */
  private openGuard(pos: Pos, cls: string, args: Expr[], failed: Loose[] | undefined): void {
    this.graph.emit({ k: 'call', fn: `guard:${cls}`, args, use: failed ? 'tested' : 'discarded', pos });
    if (!failed) return;
    const ways = this.graph.branch(['call', `guard:${cls}`, ...args], pos[0]);
    failed.push(...ways.no);
    this.graph.resume(ways.yes);
  }

  /** `scoped_cond_guard(class, statement on failure, args...)`. */
  private scopedCondGuard(node: number, argsNode: number, body: number, original: string): void {
    const tree = this.tree;
    const texts = splitArguments(original);
    const fail = (texts[1] ?? '').trim();
    // A bare `return` or `break` has nothing to evaluate: the normaliser puts a zero there, or nothing.
    const nodes = macroArguments(this.tree, argsNode);
    const [cls] = nodes;
    if (cls === undefined) return;
    const rest = nodes.slice(nodes.length - Math.max(0, texts.length - 2));
    const failNode = nodes.length === texts.length && !/^(?:return|break|continue)$/.test(fail) ? nodes[1] : undefined;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const args = this.context.exprs(rest);
    const failed: Loose[] = [];
    const pos = headPos(this.tree, node, argsNode);
    this.guarded(node, name, args, body, () => this.openGuard(pos, name, args, failed));
    const end = this.graph.suspend();
    this.graph.resume(failed);
    this.failStatement(fail, failNode, pos);
    this.graph.resume(end);
  }

  /** The failure statement, of which the parser saw only what is an expression in it. */
  private failStatement(text: string, node: number | undefined, pos: Pos): void {
    if (/^return\b/.test(text)) return this.exits.returnValue(node ?? -1, pos);
    if (/^break\b/.test(text)) return this.exits.leave(pos, () => true, 'breaks');
    if (/^continue\b/.test(text)) return this.exits.leave(pos, (target) => target.continues !== undefined, 'continues');
    const goto = /^goto\s+(\w+)/.exec(text);
    if (goto) {
      if (this.graph.reachable) this.exits.jump(goto[1]!, pos);
      return;
    }
    if (node !== undefined) this.evaluator.events(node, 'discarded');
  }

  /** `scoped_class(class, var, args...)`. */
  private scopedClass(node: number, argsNode: number, body: number): void {
    const tree = this.tree;
    const [cls, variable, ...rest] = macroArguments(this.tree, argsNode);
    if (cls === undefined || variable === undefined) return;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const holder = tree.textOf(variable);
    this.context.scoped(node, () => {
      const pos = headPos(this.tree, node, argsNode);
      this.graph.emit({ k: 'call', fn: `class:${name}`, args: this.context.exprs(rest), to: holder, use: 'assigned', pos });
      this.scopes.add({ fn: `unclass:${name}`, args: [holder], variable: holder, at: tree.offset(node) });
      if (body >= 0) this.context.statement(body);
    });
  }
}
