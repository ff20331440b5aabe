import { FIELD, KIND } from '../../syntax/kinds.js';
import { integerOf } from '../expr.js';
import { HINTS, WARNING_ARGUMENT, WARNING_STATEMENTS, WARNINGS } from '../names.js';
import type { UnaryOp } from '../model.js';
import type { Tree } from '../tree.js';
import type { Evaluator } from './evaluate.js';
import type { Graph, Outcome } from './graph.js';

/** Takes conditions apart: short circuits, negations, hints and warnings become edges, each with a plain test. */
export class Conditions {
  constructor(
    private readonly tree: Tree,
    private readonly graph: Graph,
    private readonly evaluator: Evaluator,
  ) {}

  /** Evaluates a condition and ends the block. */
  decide(node: number): Outcome {
    const tree = this.tree;
    const bare = tree.bare(node);
    switch (tree.kind[bare]!) {
      case KIND.update_expression: {
        const misread = tree.misreadUpdate(bare);
        if (!misread || misread.prefixes.some((prefix) => prefix !== '!')) break;
        this.evaluator.events(bare, 'tested');
        const ways = this.graph.branch(
          ['u', `post${this.tree.operator(bare)}` as UnaryOp, this.evaluator.expr(misread.target)],
          tree.line(bare),
        );
        return misread.prefixes.length % 2 === 1 ? { yes: ways.no, no: ways.yes } : ways;
      }
      case KIND.unary_expression: {
        const argument = tree.child(bare, FIELD.argument);
        if (this.tree.operator(bare) === '!' && argument >= 0) {
          const ways = this.evaluator.condition(argument);
          return { yes: ways.no, no: ways.yes };
        }
        break;
      }
      case KIND.binary_expression: {
        const operator = this.tree.operator(bare);
        const left = tree.child(bare, FIELD.left);
        const right = tree.child(bare, FIELD.right);
        if ((operator !== '&&' && operator !== '||') || left < 0 || right < 0) break;
        return this.shortCircuit(bare, operator);
      }
      case KIND.conditional_expression: {
        const condition = tree.child(bare, FIELD.condition);
        const then = tree.child(bare, FIELD.consequence);
        const otherwise = tree.child(bare, FIELD.alternative);
        if (condition < 0 || otherwise < 0) break;
        const first = this.evaluator.condition(condition);
        this.graph.resume(first.yes);
        const whenTrue = then < 0 ? { yes: this.graph.suspend(), no: [] } : this.evaluator.condition(then);
        this.graph.resume(first.no);
        const whenFalse = this.evaluator.condition(otherwise);
        return { yes: [...whenTrue.yes, ...whenFalse.yes], no: [...whenTrue.no, ...whenFalse.no] };
      }
      case KIND.comma_expression: {
        const right = tree.child(bare, FIELD.right);
        if (right < 0) break;
        const left = tree.child(bare, FIELD.left);
        if (left >= 0) this.evaluator.events(left, 'discarded');
        return this.evaluator.condition(right);
      }
      case KIND.number_literal: {
        const value = integerOf(tree.textOf(bare));
        if (value !== undefined) return this.constant(value !== 0);
        break;
      }
      case KIND.true:
        return this.constant(true);
      case KIND.false:
        return this.constant(false);
      case KIND.call_expression: {
        const ways = this.wrapped(bare);
        if (ways) return ways;
        break;
      }
      case KIND.parenthesized_expression:
        // A statement expression: its events, then its value.
        this.evaluator.events(bare, 'tested');
        return this.graph.branch(this.evaluator.expr(bare), tree.line(bare));
    }
    this.evaluator.events(bare, 'tested');
    const when = this.evaluator.expr(bare);
    if (typeof when === 'number') return this.constant(when !== 0);
    return this.graph.branch(when, tree.line(bare));
  }

  private constant(value: boolean): Outcome {
    const edges = this.graph.suspend();
    return value ? { yes: edges, no: [] } : { yes: [], no: edges };
  }

  /** `a && b && c`, left spines in a loop. */
  private shortCircuit(node: number, operator: string): Outcome {
    const tree = this.tree;
    const parts: number[] = [];
    let at = node;
    for (;;) {
      if (tree.kind[at] !== KIND.binary_expression || this.tree.operator(at) !== operator) break;
      const left = tree.child(at, FIELD.left);
      const right = tree.child(at, FIELD.right);
      if (left < 0 || right < 0) break;
      parts.push(right);
      at = left;
    }
    parts.push(at);
    parts.reverse();
    const out: Outcome = { yes: [], no: [] };
    parts.forEach((part, index) => {
      const ways = this.evaluator.condition(part);
      const last = index === parts.length - 1;
      if (operator === '&&') {
        out.no.push(...ways.no);
        if (last) out.yes.push(...ways.yes);
        else this.graph.resume(ways.yes);
      } else {
        out.yes.push(...ways.yes);
        if (last) out.no.push(...ways.no);
        else this.graph.resume(ways.no);
      }
    });
    return out;
  }

  /** Conditions inside likely(), WARN_ON() and the like. */
  private wrapped(call: number): Outcome | undefined {
    const tree = this.tree;
    const name = tree.calledName(call);
    if (name === '') return undefined;
    const list = tree.child(call, FIELD.arguments);
    const args = list < 0 ? [] : tree.named(list);
    if (HINTS.has(name) && args[0] !== undefined) return this.evaluator.condition(args[0]);
    if (!WARNINGS.has(name) || WARNING_STATEMENTS.has(name)) return undefined;
    const at = WARNING_ARGUMENT.get(name) ?? 0;
    const condition = args[at];
    if (condition === undefined) return undefined;
    args.forEach((arg, index) => {
      if (index !== at) this.evaluator.events(arg, 'argument');
    });
    if (this.isPlain(condition)) {
      this.evaluator.events(condition, 'tested');
      this.evaluator.calls.emit(call, name, args, 'tested', undefined);
      const flipped = this.negations(condition);
      const when = this.evaluator.expr(flipped.node);
      if (typeof when === 'number') return this.constant((when !== 0) !== flipped.odd);
      const ways = this.graph.branch(when, tree.line(call));
      return flipped.odd ? { yes: ways.no, no: ways.yes } : ways;
    }
    this.evaluator.calls.emit(call, name, args, 'tested', undefined);
    return this.evaluator.condition(condition);
  }

  /** True for a condition of one test. */
  private isPlain(node: number): boolean {
    const { node: at } = this.negations(node);
    const kind = this.tree.kind[at];
    if (kind === KIND.conditional_expression || kind === KIND.comma_expression) return false;
    if (kind === KIND.call_expression) {
      const name = this.tree.calledName(at);
      return !HINTS.has(name) && !WARNINGS.has(name);
    }
    const operator = kind === KIND.binary_expression ? this.tree.operator(at) : '';
    return operator !== '&&' && operator !== '||';
  }

  private negations(node: number): { node: number; odd: boolean } {
    let at = this.tree.bare(node);
    let odd = false;
    while (this.tree.kind[at] === KIND.unary_expression && this.tree.operator(at) === '!') {
      const argument = this.tree.child(at, FIELD.argument);
      if (argument < 0) break;
      at = this.tree.bare(argument);
      odd = !odd;
    }
    return { node: at, odd };
  }
}
