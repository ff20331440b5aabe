import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import { toExpr, type CallExprs } from '../expr.js';
import { CONFIG_TESTS, isSilent, STORES } from '../names.js';
import type { Expr, Pos, ResultUse } from '../model.js';
import type { Tree } from '../tree.js';
import { Calls } from './calls.js';
import { Conditions } from './conditions.js';
import type { Graph, Outcome } from './graph.js';
import type { Scopes } from './scopes.js';

/** Beyond this nesting only the calls of an expression are read, in text order. */
const MAX_DEPTH = 150;

/** Turns expressions into events, in evaluation order. Calls and conditions are its parts. */
export class Evaluator {
  /** Locals and parameters that got a call's result so far. */
  readonly fromCall = new Set<string>();
  private depth = 0;
  /** Inside a warning that nothing depends on, short circuits are not worth blocks of their own. */
  private flat = false;
  private readonly reduced: CallExprs = new Map();
  private readonly conditions: Conditions;
  readonly calls: Calls;
  /** Set by the statement builder: runs the statements of a statement expression. */
  onStatements: (compound: number, use: ResultUse, to: Expr | undefined) => void = () => undefined;

  constructor(
    private readonly tree: Tree,
    private readonly graph: Graph,
    scopes: Scopes,
  ) {
    this.calls = new Calls(tree, graph, scopes, this);
    this.conditions = new Conditions(tree, graph, this);
  }

  expr(node: number): Expr {
    return toExpr(this.tree, node, false, this.reduced);
  }

  /** True when evaluating the node does something: a call, an assignment, statements. */
  acts(node: number): boolean {
    const tree = this.tree;
    const end = tree.subtreeEnd(node);
    for (let at = node; at < end; at++) {
      const kind = tree.kind[at];
      if (kind === KIND.call_expression) {
        const name = tree.calledName(at);
        if (name === '' || STORES.has(name) || !(isSilent(name) || CONFIG_TESTS.has(name))) return true;
      } else if (kind === KIND.assignment_expression || kind === KIND.update_expression || kind === KIND.compound_statement) {
        return true;
      }
    }
    return false;
  }

  /** Writes the events of evaluating an expression. */
  events(node: number, use: ResultUse, to?: Expr): void {
    if (this.depth >= MAX_DEPTH) return this.flatEvents(node);
    this.depth++;
    this.dispatch(node, use, to);
    this.depth--;
  }

  private dispatch(node: number, use: ResultUse, to: Expr | undefined): void {
    const tree = this.tree;
    switch (tree.kind[node]) {
      case KIND.identifier:
      case KIND.number_literal:
      case KIND.string_literal:
      case KIND.concatenated_string:
      case KIND.char_literal:
      case KIND.null:
      case KIND.true:
      case KIND.false:
      case KIND.field_identifier:
      case KIND.type_identifier:
      case KIND.primitive_type:
      case KIND.type_descriptor:
      case KIND.sizeof_expression:
      case KIND.alignof_expression:
      case KIND.offsetof_expression:
      case KIND.comment:
        return;
      case KIND.parenthesized_expression:
      case KIND.extension_expression: {
        const inside = tree.inner(node);
        if (inside >= 0) this.events(inside, use, to);
        return;
      }
      case KIND.compound_statement:
        return this.onStatements(node, use, to);
      case KIND.cast_expression: {
        const value = tree.child(node, FIELD.value);
        const type = tree.child(node, FIELD.type);
        const dropped = type >= 0 && tree.textOf(type) === 'void';
        if (value >= 0) this.events(value, dropped ? 'discarded' : use, to);
        return;
      }
      case KIND.comma_expression: {
        this.field(node, FIELD.left, 'discarded');
        this.field(node, FIELD.right, use, to);
        return;
      }
      case KIND.assignment_expression:
        return this.assignment(node);
      case KIND.update_expression: {
        const target = tree.misreadUpdate(node)?.target ?? tree.child(node, FIELD.argument);
        if (target < 0) return;
        this.events(target, 'other');
        this.graph.emit({ k: 'set', to: this.expr(target), op: this.tree.operator(node), value: 1, pos: tree.pos(node) });
        return;
      }
      case KIND.binary_expression:
        return this.binary(node);
      case KIND.conditional_expression:
        return this.conditional(node, (arm, evaluated) => {
          if (!evaluated) this.events(arm, use, to);
        });
      case KIND.call_expression:
        return this.calls.evaluate(node, use, to);
      case KIND.field_expression: {
        const argument = tree.child(node, FIELD.argument);
        const operator = tree.child(node, FIELD.operator);
        if (operator >= 0 && tree.kind[operator] === TOKEN['->']) this.deref(argument, node);
        if (argument >= 0) this.events(argument, 'other');
        return;
      }
      case KIND.subscript_expression:
        this.deref(tree.child(node, FIELD.argument), node);
        this.field(node, FIELD.argument, 'other');
        this.field(node, FIELD.index, 'other');
        return;
      case KIND.pointer_expression: {
        const argument = tree.child(node, FIELD.argument);
        if (argument < 0) return;
        if (this.tree.operator(node) === '&') return this.addressOf(argument);
        this.deref(argument, node);
        return this.events(argument, 'other');
      }
      case KIND.unary_expression:
        this.field(node, FIELD.argument, this.tree.operator(node) === '!' ? 'tested' : 'other');
        return;
      default:
        for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) if (tree.flags[at]! & 1) this.events(at, 'other');
    }
  }

  /** Evaluates arguments. `flat`: as those of a warning that nothing depends on. */
  arguments(args: readonly number[], flat = false): void {
    const outer = this.flat;
    if (flat) this.flat = true;
    for (const arg of args) this.events(arg, 'argument');
    this.flat = outer;
  }

  private field(node: number, field: number, use: ResultUse, to?: Expr): void {
    const child = this.tree.child(node, field);
    if (child >= 0) this.events(child, use, to);
  }

  /** Calls of a subtree in text order, without recursion. */
  private flatEvents(node: number): void {
    const end = this.tree.subtreeEnd(node);
    for (let at = node; at < end; at++) {
      if (this.tree.kind[at] !== KIND.call_expression) continue;
      const name = this.tree.calledName(at);
      if (name !== '' && !isSilent(name)) this.graph.emit({ k: 'call', fn: name, args: [], use: 'other', pos: this.tree.pos(at) });
    }
  }

  private deref(pointer: number, at: number): void {
    if (pointer < 0 || this.fromCall.size === 0) return;
    const bare = this.tree.bare(pointer);
    if (this.tree.kind[bare] !== KIND.identifier) return;
    const name = this.tree.textOf(bare);
    if (!this.fromCall.has(name)) return;
    const pos = this.tree.pos(at);
    if (this.graph.firstDeref(name, pos[0])) this.graph.emit({ k: 'deref', v: name, pos });
  }

  /** `&p->a.b[i]` only computes an address: the outermost `->` reads nothing. */
  private addressOf(node: number): void {
    const tree = this.tree;
    let at = tree.bare(node);
    for (;;) {
      const kind = tree.kind[at];
      if (kind === KIND.field_expression) {
        const argument = tree.child(at, FIELD.argument);
        const operator = tree.child(at, FIELD.operator);
        if (argument < 0) return;
        if (operator >= 0 && tree.kind[operator] === TOKEN['->']) return this.events(argument, 'other');
        at = tree.bare(argument);
      } else if (kind === KIND.subscript_expression) {
        this.field(at, FIELD.index, 'other');
        const argument = tree.child(at, FIELD.argument);
        if (argument < 0) return;
        at = tree.bare(argument);
      } else {
        return this.events(at, 'other');
      }
    }
  }

  private assignment(node: number): void {
    const tree = this.tree;
    const left = tree.child(node, FIELD.left);
    const right = tree.child(node, FIELD.right);
    if (left < 0 || right < 0) return;
    const operator = this.tree.operator(node) || '=';
    this.set(this.expr(left), operator, right, tree.pos(node), () => this.events(left, 'other'));
  }

  /**
   * `to OP value`, as an assignment or an initialised declaration. A conditional value whose arms call something becomes a
   * branch with one assignment each, so that the result is known on each way.
   */
  set(to: Expr, operator: string, value: number, pos: Pos, target?: () => void, evaluated = false): void {
    const tree = this.tree;
    const bare = tree.bare(value);
    if (!evaluated && this.splits(bare)) {
      return this.conditional(bare, (arm, evaluated) => this.set(to, operator, arm, pos, target, evaluated));
    }
    if (tree.kind[bare] === KIND.initializer_list) return this.initialise(to, bare, pos);
    if (!evaluated) this.events(value, operator === '=' ? 'assigned' : 'other', operator === '=' ? to : undefined);
    target?.();
    if (typeof to === 'string' && this.givesResult(bare)) this.fromCall.add(to);
    this.graph.emit({ k: 'set', to, op: operator, value: this.expr(value), pos });
  }

  /** The fields of an initialised structure are assignments; the rest of a list only matters for its calls. */
  private initialise(to: Expr, list: number, pos: Pos): void {
    const tree = this.tree;
    for (const item of tree.named(list)) {
      if (tree.kind[item] !== KIND.initializer_pair) {
        this.events(item, 'other');
        continue;
      }
      const value = tree.child(item, FIELD.value);
      const designator = tree.child(item, FIELD.designator);
      if (value < 0) continue;
      let target: Expr | undefined = designator < 0 ? undefined : to;
      for (let at = tree.first[item]!; at >= 0 && target !== undefined; at = tree.next[at]!) {
        if (tree.field[at] !== FIELD.designator) continue;
        const name = tree.kind[at] === KIND.field_designator ? tree.inner(at) : -1;
        target = name < 0 ? undefined : ['.', target, tree.textOf(name)];
      }
      if (target !== undefined) this.set(target, '=', value, tree.pos(item));
      else this.events(value, 'other');
    }
    if (typeof to === 'string') this.graph.emit({ k: 'set', to, op: '=', value: ['opaque', '{}'], pos });
  }

  private givesResult(value: number): boolean {
    let at = value;
    while (this.tree.kind[at] === KIND.cast_expression) {
      const inside = this.tree.child(at, FIELD.value);
      if (inside < 0) return false;
      at = this.tree.bare(inside);
    }
    // container_of() and its like find what was there already.
    return this.tree.kind[at] === KIND.call_expression && !isSilent(this.tree.calledName(at));
  }

  private armsAct(conditional: number): boolean {
    const then = this.tree.child(conditional, FIELD.consequence);
    const otherwise = this.tree.child(conditional, FIELD.alternative);
    return (then >= 0 && this.acts(then)) || (otherwise >= 0 && this.acts(otherwise));
  }

  /** True when an expression is best taken apart into two ways, each with its own value. */
  splits(node: number): boolean {
    const bare = this.tree.bare(node);
    return this.tree.kind[bare] === KIND.conditional_expression && this.armsAct(bare);
  }

  /**
   * Evaluates `c ? a : b`: as a branch when an arm acts, `visit` being called in each arm. `evaluated` is true for the value of GNU
   * `a ?: b` where the condition's own events are already written.
   */
  conditional(node: number, visit: (arm: number, evaluated: boolean) => void): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const then = tree.child(node, FIELD.consequence);
    const otherwise = tree.child(node, FIELD.alternative);
    if (condition < 0) return;
    if (!this.armsAct(node)) {
      this.events(condition, 'tested');
      if (then >= 0) this.events(then, 'other');
      if (otherwise >= 0) this.events(otherwise, 'other');
      return;
    }
    const ways = this.condition(condition);
    this.graph.resume(ways.yes);
    if (then >= 0) visit(then, false);
    else visit(condition, true);
    const end = this.graph.suspend();
    this.graph.resume(ways.no);
    if (otherwise >= 0) visit(otherwise, false);
    this.graph.resume(end);
  }

  private binary(node: number): void {
    const tree = this.tree;
    const cast = tree.asCast(node);
    if (cast) return cast.operator === '&' ? this.addressOf(cast.value) : this.events(cast.value, 'other');
    const operator = this.tree.operator(node);
    if (operator === '&&' || operator === '||') {
      const left = tree.child(node, FIELD.left);
      const right = tree.child(node, FIELD.right);
      if (left < 0 || right < 0) return;
      if (this.flat || !this.acts(right)) {
        this.events(left, 'tested');
        this.events(right, 'tested');
        return;
      }
      const ways = this.condition(left);
      const on = operator === '&&' ? ways.yes : ways.no;
      this.graph.resume(on);
      this.events(right, 'tested');
      this.graph.resume(on === ways.yes ? ways.no : ways.yes);
      return;
    }
    const use: ResultUse =
      operator === '==' || operator === '!=' || operator === '<' || operator === '>' || operator === '<=' || operator === '>='
        ? 'tested'
        : 'other';
    const rights: number[] = [];
    let at = node;
    while (tree.kind[at] === KIND.binary_expression) {
      const op = this.tree.operator(at);
      if (op === '&&' || op === '||') break;
      const right = tree.child(at, FIELD.right);
      const left = tree.child(at, FIELD.left);
      if (right >= 0) rights.push(right);
      if (left < 0) {
        at = -1;
        break;
      }
      at = left;
    }
    if (at >= 0) this.events(at, use);
    for (let index = rights.length - 1; index >= 0; index--) this.events(rights[index]!, use);
  }

  /** Evaluates a condition and ends the block: the ways where it holds and where it does not. */
  condition(node: number): Outcome {
    if (this.depth >= MAX_DEPTH) {
      this.flatEvents(node);
      return this.graph.branch(this.expr(node), this.tree.line(node));
    }
    this.depth++;
    const ways = this.conditions.decide(node);
    this.depth--;
    return ways;
  }
}
