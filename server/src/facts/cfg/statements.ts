import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import type { Rewrite } from '../../syntax/model.js';
import { typeText } from '../expr.js';
import { FATAL_TESTS, LOCAL_DECLARERS, NORETURN } from '../names.js';
import { splitArguments } from '../signature.js';
import { squeeze, type Tree } from '../tree.js';
import { declaredName, declaredType } from '../types.js';
import type { Expr, ResultUse } from '../model.js';
import { directiveWays } from './config.js';
import { BodyContext, type SideTable } from './context.js';
import type { Evaluator } from './evaluate.js';
import { Exits } from './exits.js';
import type { Graph, Loose } from './graph.js';
import { BlockMacros } from './guards.js';
import { Iteration } from './iteration.js';
import type { Target } from './scopes.js';

interface Switch {
  from: number;
  subject: Expr;
  hasDefault: boolean;
}

const MAX_NESTING = 400;

/** Builds the blocks of one body from its statements. */
export class StatementBuilder {
  readonly context: BodyContext;
  private readonly graph: Graph;
  private readonly evaluator: Evaluator;
  private readonly exits: Exits;
  private readonly iteration: Iteration;
  private readonly blocks: BlockMacros;
  private readonly switches: Switch[] = [];
  private nesting = 0;

  constructor(
    private readonly tree: Tree,
    graph: Graph,
    private readonly side: SideTable,
    private readonly root: number,
  ) {
    this.graph = graph;
    this.context = new BodyContext(tree, graph, side);
    this.evaluator = this.context.evaluator;
    this.exits = new Exits(this.context, root);
    this.iteration = new Iteration(this.context);
    this.blocks = new BlockMacros(this.context, this.exits);
    this.context.statement = (node) => this.statement(node);
    this.evaluator.onStatements = (compound, use, to) => this.statementExpression(compound, use, to);
  }

  /** Builds the whole body; falling off its end leads to the exit. */
  build(): void {
    this.compound(this.root);
    this.exits.finish();
  }

  private compound(node: number): void {
    this.context.scoped(node, () => this.children(node));
  }

  private children(node: number): void {
    const tree = this.tree;
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) {
      if (tree.flags[at]! & 1) at = this.statementIn(at);
    }
  }

  /** A statement of a list; returns the last node that was used up. */
  private statementIn(node: number): number {
    const block = this.unknownBlockMacro(node);
    if (block < 0) {
      this.statement(node);
      const guarded = this.guardedSibling(node);
      if (guarded < 0) return node;
      this.context.maybe(this.tree.line(node), () => this.statement(guarded));
      return guarded;
    }
    this.iteration.iterator(
      node,
      this.tree.calledName(this.tree.inner(node)),
      this.tree.child(this.tree.inner(node), FIELD.arguments),
      block,
    );
    return block;
  }

  /** `some_for_each(x) { ... }` that no table knows: a call without semicolon before a block. -1 when it is not that. */
  private unknownBlockMacro(node: number): number {
    const tree = this.tree;
    if (tree.kind[node] !== KIND.expression_statement) return -1;
    let last = -1;
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) last = at;
    if (last < 0 || !(tree.flags[last]! & 4)) return -1;
    const body = tree.next[node]!;
    const call = tree.inner(node);
    if (body < 0 || tree.kind[body] !== KIND.compound_statement || call < 0 || tree.kind[call] !== KIND.call_expression) return -1;
    return /(?:for|FOR|each|EACH|iter|ITER|loop|LOOP|walk)/.test(tree.calledName(call)) ? body : -1;
  }

  private statement(node: number): void {
    if (this.nesting >= MAX_NESTING) {
      this.context.lost = true;
      return;
    }
    this.nesting++;
    this.dispatch(node);
    this.nesting--;
  }

  private dispatch(node: number): void {
    const tree = this.tree;
    switch (tree.kind[node]) {
      case KIND.compound_statement:
        return this.compound(node);
      case KIND.expression_statement:
        return this.expressionStatement(node);
      case KIND.declaration:
        return this.declaration(node);
      case KIND.if_statement:
        return this.ifStatement(node);
      case KIND.while_statement:
        return this.whileStatement(node);
      case KIND.do_statement:
        return this.iteration.doStatement(node);
      case KIND.for_statement:
        return this.iteration.forStatement(node);
      case KIND.switch_statement:
        return this.switchStatement(node);
      case KIND.case_statement:
        return this.caseStatement(node);
      case KIND.labeled_statement:
        return this.labeled(node);
      case KIND.goto_statement:
        return this.exits.gotoStatement(node);
      case KIND.return_statement:
        return this.exits.returnValue(tree.inner(node), tree.pos(node));
      case KIND.break_statement:
        return this.exits.leave(tree.pos(node), () => true, 'breaks');
      case KIND.continue_statement:
        return this.exits.leave(tree.pos(node), (target) => target.continues !== undefined, 'continues');
      case KIND.preproc_if:
      case KIND.preproc_ifdef:
        return this.preproc(node);
      case KIND.attributed_statement:
      case KIND.else_clause:
      case KIND.ERROR:
      case KIND.linkage_specification:
        return this.children(node);
      case KIND.function_definition: {
        // A misread macro with a block, or a nested function: its statements still run here as far as can be told.
        const body = tree.child(node, FIELD.body);
        if (body >= 0) this.statement(body);
        return;
      }
      case KIND.comment:
      case KIND.type_definition:
      case KIND.preproc_def:
      case KIND.preproc_function_def:
      case KIND.preproc_call:
      case KIND.preproc_include:
      case KIND.struct_specifier:
      case KIND.enum_specifier:
      case KIND.union_specifier:
      case KIND.statement_identifier:
      case KIND.type_identifier:
      case KIND.identifier:
        return;
      default:
        return this.evaluator.events(node, 'discarded');
    }
  }

  // --- simple statements ---------------------------------------------------------------------------------------

  private expressionStatement(node: number): void {
    const tree = this.tree;
    const value = tree.inner(node);
    if (value < 0) return this.blankedCall(node);
    const bare = tree.bare(value);
    if (tree.kind[bare] === KIND.call_expression && this.specialCall(bare)) return;
    this.evaluator.events(value, 'discarded');
  }

  /** A macro call that lacks its semicolon is an empty statement in the tree. */
  private blankedCall(node: number): void {
    const rewrite = this.side.rewriteAt(this.tree.offset(node));
    if (rewrite?.kind !== 'statement') return;
    const from = this.tree.start[node]!;
    const args = splitArguments(this.side.argumentsOf(rewrite)).map((text): Expr =>
      /^\s*[A-Za-z_]\w*\s*$/.test(text) ? text.trim() : ['opaque', squeeze(text)],
    );
    this.graph.emit({ k: 'call', fn: rewrite.name, args, use: 'discarded', pos: this.tree.range(from, from + rewrite.end - rewrite.at) });
  }

  /** The statement that an unknown `scoped_...(args)` before it without braces may skip; -1 for none. */
  private guardedSibling(node: number): number {
    const tree = this.tree;
    if (tree.kind[node] !== KIND.expression_statement) return -1;
    const rewrite = this.side.rewriteAt(tree.offset(node));
    if (rewrite?.kind !== 'statement' || !rewrite.name.startsWith('scoped_')) return -1;
    let next = tree.next[node]!;
    while (next >= 0 && !(tree.flags[next]! & 1 && tree.kind[next] !== KIND.comment)) next = tree.next[next]!;
    return next;
  }

  /** Calls that end the block: BUG(), BUG_ON(x), return_ptr(p). */
  private specialCall(call: number): boolean {
    const tree = this.tree;
    const name = tree.calledName(call);
    if (name === '') return false;
    const list = tree.child(call, FIELD.arguments);
    const args = list < 0 ? [] : tree.named(list);
    if (name === 'return_ptr' && args[0] !== undefined) {
      this.exits.returnValue(args[0], tree.pos(call), true);
      return true;
    }
    if (FATAL_TESTS.has(name) && args[0] !== undefined) {
      const ways = this.evaluator.condition(args[0]);
      this.graph.resume(ways.yes);
      this.graph.emit({ k: 'call', fn: name, args: args.map((arg) => this.evaluator.expr(arg)), use: 'discarded', pos: tree.pos(call) });
      this.graph.halt(tree.line(call));
      this.graph.resume(ways.no);
      return true;
    }
    if (NORETURN.has(name)) {
      this.evaluator.events(call, 'discarded');
      this.graph.halt(tree.line(call));
      return true;
    }
    const type = LOCAL_DECLARERS.get(name);
    if (type !== undefined && args[0] !== undefined) this.context.vars[tree.textOf(args[0])] = type;
    return false;
  }

  private declaration(node: number): void {
    const tree = this.tree;
    const type = tree.child(node, FIELD.type);
    const base = type < 0 ? '' : tree.textOf(type).replace(/\{[\s\S]*\}/, '');
    const free = this.side.freeIn(tree.offset(node), tree.end[node]! + tree.ast.base);
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) {
      if (tree.field[at] !== FIELD.declarator) continue;
      const value = tree.kind[at] === KIND.init_declarator ? tree.child(at, FIELD.value) : -1;
      const declarator = tree.kind[at] === KIND.init_declarator ? tree.child(at, FIELD.declarator) : at;
      const name = declarator < 0 ? '' : declaredName(tree, declarator);
      if (name === '') continue;
      if (tree.kind[declarator] === KIND.function_declarator) {
        this.declaringMacro(base, name, declarator);
        continue;
      }
      this.context.vars[name] = declaredType(tree, base, declarator);
      if (value >= 0) this.evaluator.set(name, '=', value, tree.pos(at));
      if (free !== undefined) this.context.scopes.add({ fn: `free:${free.trim()}`, args: [name], variable: name, at: tree.offset(node) });
    }
    // `__free` on a declaration without declarators that could be read stays without effect.
  }

  /** `struct x AUTO_KFREE(p);` reads like a prototype: a macro that declares its argument, as a pointer. */
  private declaringMacro(base: string, name: string, declarator: number): void {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return;
    const parameters = this.tree.child(declarator, FIELD.parameters);
    const [first, ...more] = parameters < 0 ? [] : this.tree.named(parameters);
    if (first === undefined || more.length > 0) return;
    const variable = this.tree.textOf(first);
    if (!/^[a-z_]\w*$/.test(variable)) return;
    this.context.vars[variable] = typeText(`${base} *`);
    this.graph.emit({ k: 'call', fn: name, args: [variable], use: 'discarded', pos: this.tree.pos(declarator) });
  }

  // --- branches ----------------------------------------------------------------------------------------------------

  private whileStatement(node: number): void {
    const rewrite = this.side.rewriteAt(this.tree.offset(node));
    if (rewrite) this.macro(node, rewrite, this.tree.child(node, FIELD.body));
    else this.iteration.whileStatement(node);
  }

  /** A macro before a statement, which the normaliser gave a keyword's shape. */
  private macro(node: number, rewrite: Rewrite, body: number): void {
    const args = this.tree.child(node, FIELD.condition);
    if (rewrite.kind === 'iterator') this.iteration.iterator(node, rewrite.name, args, body);
    else this.blocks.build(node, rewrite, args, body);
  }

  private ifStatement(node: number): void {
    const tree = this.tree;
    const rewrite = this.side.rewriteAt(tree.offset(node));
    if (rewrite) return this.macro(node, rewrite, tree.child(node, FIELD.consequence));
    const ends: Loose[] = [];
    let at = node;
    for (;;) {
      const condition = tree.child(at, FIELD.condition);
      const then = tree.child(at, FIELD.consequence);
      const otherwise = tree.child(at, FIELD.alternative);
      if (condition < 0) break;
      const ways = this.evaluator.condition(condition);
      this.graph.resume(ways.yes);
      if (then >= 0) this.context.scoped(then, () => this.statement(then));
      ends.push(...this.graph.suspend());
      this.graph.resume(ways.no);
      if (otherwise < 0) break;
      const inner = tree.inner(otherwise);
      if (inner >= 0 && tree.kind[inner] === KIND.if_statement && tree.named(otherwise).length === 1) {
        at = inner;
        continue;
      }
      this.context.scoped(otherwise, () => this.children(otherwise));
      break;
    }
    this.graph.resume(ends);
  }

  private labeled(node: number): void {
    const tree = this.tree;
    this.exits.label(node);
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) {
      if (tree.flags[at]! & 1 && tree.field[at] !== FIELD.label) at = this.statementIn(at);
    }
  }

  private switchStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const body = tree.child(node, FIELD.body);
    if (condition < 0 || body < 0) return;
    this.evaluator.events(condition, 'tested');
    const subject = this.evaluator.expr(condition);
    const dispatch: Switch = { from: this.graph.seal(tree.line(node)), subject, hasDefault: false };
    const target: Target = { breaks: [], depth: this.context.scopes.depth };
    this.switches.push(dispatch);
    this.context.targets.push(target);
    this.statement(body);
    this.context.targets.pop();
    this.switches.pop();
    if (!dispatch.hasDefault && dispatch.from >= 0) target.breaks.push(this.graph.edgeFrom(dispatch.from));
    this.graph.resume(target.breaks);
  }

  private caseStatement(node: number): void {
    const tree = this.tree;
    const dispatch = this.switches[this.switches.length - 1];
    const isDefault = tree.kind[tree.first[node]!] === TOKEN.default;
    if (dispatch && dispatch.from >= 0) {
      if (isDefault) dispatch.hasDefault = true;
      const edge = this.graph.edgeFrom(dispatch.from, isDefault ? undefined : ['b', '==', dispatch.subject, this.caseLabel(node)]);
      this.graph.resume([edge]);
    }
    let past = false;
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) {
      if (tree.kind[at] === TOKEN[':']) past = true;
      else if (past && tree.flags[at]! & 1) at = this.statementIn(at);
    }
  }

  /** A label's value; a range `A ... B` stays text. */
  private caseLabel(node: number): Expr {
    const tree = this.tree;
    const value = tree.child(node, FIELD.value);
    if (value < 0) return ['opaque', ''];
    const base = tree.ast.base;
    const range = this.side.rewriteIn('range', tree.start[value]! + base, tree.end[value]! + base);
    if (!range) return this.evaluator.expr(value);
    return ['opaque', squeeze(this.side.original(tree.start[value]! + base, tree.end[value]! + base))];
  }

  private preproc(node: number): void {
    const tree = this.tree;
    const ends: Loose[] = [];
    let at = node;
    while (at >= 0) {
      const kind = tree.kind[at];
      const last = kind === KIND.preproc_else;
      const ways = last ? undefined : directiveWays(tree, this.graph, at);
      if (ways) this.graph.resume(ways.yes);
      const alternative = tree.child(at, FIELD.alternative);
      for (let child = tree.first[at]!; child >= 0; child = tree.next[child]!) {
        if (tree.flags[child]! & 1 && tree.field[child] === 0) child = this.statementIn(child);
      }
      ends.push(...this.graph.suspend());
      if (ways) this.graph.resume(ways.no);
      if (last) break;
      at = alternative;
    }
    this.graph.resume(ends);
  }

  // --- statement expressions ---------------------------------------------------------------------------------------

  /** `({ ...; value; })`: the statements' events here, the value's result used as the whole is. */
  private statementExpression(compound: number, use: ResultUse, to: Expr | undefined): void {
    const tree = this.tree;
    const statements = tree.named(compound);
    const last = statements[statements.length - 1];
    if (this.nesting >= MAX_NESTING) {
      this.context.lost = true;
      return;
    }
    this.nesting++;
    this.context.scoped(compound, () => {
      for (const statement of statements) {
        const value = statement === last && tree.kind[statement] === KIND.expression_statement ? tree.inner(statement) : -1;
        const bare = value < 0 ? -1 : tree.bare(value);
        const ends = bare >= 0 && tree.kind[bare] === KIND.call_expression && this.endsBlock(bare);
        if (value >= 0 && !ends) this.evaluator.events(value, use, to);
        else this.statement(statement);
      }
    });
    this.nesting--;
  }

  private endsBlock(call: number): boolean {
    const name = this.tree.calledName(call);
    return NORETURN.has(name) || FATAL_TESTS.has(name) || name === 'return_ptr';
  }
}
