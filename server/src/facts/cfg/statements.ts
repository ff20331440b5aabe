import { FIELD, KIND, TOKEN } from '../../syntax/kinds.js';
import { configTest, integerOf, toExpr, typeText } from '../expr.js';
import { FATAL_TESTS, LOCAL_DECLARERS, NORETURN } from '../names.js';
import { splitArguments } from '../signature.js';
import { squeeze, type Tree } from '../tree.js';
import { declaredName, declaredType } from '../types.js';
import type { Rewrite } from '../../syntax/model.js';
import type { Expr, LoopFacts, Pos, ResultUse } from '../model.js';
import { Evaluator } from './evaluate.js';
import { EXIT, type Graph, type Loose, type Outcome } from './graph.js';
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

interface Label {
  /** -1 until seen. */
  block: number;
  line: Pos | undefined;
  waiting: Loose[];
}

interface Switch {
  from: number;
  subject: Expr;
  hasDefault: boolean;
}

const MAX_NESTING = 400;
/** Guard classes whose acquisition may fail: the body of a scoped guard runs only when it did not. */
const CONDITIONAL_CLASS = /_(?:try|intr|kill|trylock|timeout)$/;

/** Builds the blocks of one body from its statements. */
export class StatementBuilder {
  readonly vars: Record<string, string> = Object.create(null) as Record<string, string>;
  readonly loops: SourceLoop[] = [];
  /** Something could not be followed: a jump to a label that is not in the text, nesting beyond all bounds. */
  lost = false;
  private readonly scopes = new Scopes();
  private readonly evaluator: Evaluator;
  private readonly targets: Target[] = [];
  private readonly switches: Switch[] = [];
  private readonly labels = new Map<string, Label>();
  /** File offset of every label: cleanups must know which scopes a goto leaves before its label is reached. */
  private readonly labelOffsets = new Map<string, number>();
  private readonly hiddenLabels: Label[] = [];
  private nesting = 0;

  constructor(
    private readonly tree: Tree,
    private readonly graph: Graph,
    private readonly side: SideTable,
    private readonly root: number,
  ) {
    this.evaluator = new Evaluator(tree, graph, this.scopes);
    this.evaluator.onStatements = (compound, use, to) => this.statementExpression(compound, use, to);
    const kinds = tree.kind;
    for (let at = root, count = tree.ast.count; at < count; at++) {
      if (kinds[at] !== KIND.labeled_statement) continue;
      const label = tree.child(at, FIELD.label);
      if (label >= 0) this.labelOffsets.set(tree.textOf(label), tree.offset(at));
    }
    this.evaluator.labels = new Set(this.labelOffsets.keys());
    this.evaluator.onJump = (label, pos) => this.mayJump(label, pos);
  }

  /** Builds the whole body; falling off its end leads to the exit. */
  build(): void {
    this.compound(this.root);
    this.graph.tie(this.graph.suspend(), EXIT);
    for (const label of this.hiddenLabels) if (!this.graph.pinned.has(label.block)) this.lost = true;
    for (const label of this.labels.values()) {
      if (label.waiting.length === 0) continue;
      this.lost = true;
      this.graph.tie(label.waiting, EXIT);
    }
  }

  private compound(node: number): void {
    this.scoped(node, () => this.children(node));
  }

  /** Runs `inside` in a scope of its own, and the scope's cleanups where the flow falls out of it. */
  private scoped(node: number, inside: () => void): void {
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

  private close(cleanups: Cleanup[], pos: () => Pos): void {
    for (const { fn, args } of cleanups) this.graph.emit({ k: 'call', fn, args, use: 'discarded', pos: pos() });
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
      return node;
    }
    this.iterator(node, this.tree.calledName(this.tree.inner(node)), this.tree.child(this.tree.inner(node), FIELD.arguments), block);
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
      this.lost = true;
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
        return this.doStatement(node);
      case KIND.for_statement:
        return this.forStatement(node);
      case KIND.switch_statement:
        return this.switchStatement(node);
      case KIND.case_statement:
        return this.caseStatement(node);
      case KIND.labeled_statement:
        return this.labeled(node);
      case KIND.goto_statement:
        return this.gotoStatement(node);
      case KIND.return_statement:
        return this.returnValue(tree.inner(node), tree.pos(node));
      case KIND.break_statement:
        return this.leave(tree.pos(node), () => true, 'breaks');
      case KIND.continue_statement:
        return this.leave(tree.pos(node), (target) => target.continues !== undefined, 'continues');
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
    const args = splitArguments(this.side.argumentsOf(rewrite)).map(
      (text): Expr => (/^\s*[A-Za-z_]\w*\s*$/.test(text) ? text.trim() : ['opaque', squeeze(text)]),
    );
    this.graph.emit({ k: 'call', fn: rewrite.name, args, use: 'discarded', pos: this.tree.range(from, from + rewrite.end - rewrite.at) });
  }

  /** Calls that end the block: BUG(), BUG_ON(x), return_ptr(p). */
  private specialCall(call: number): boolean {
    const tree = this.tree;
    const name = tree.calledName(call);
    if (name === '') return false;
    const list = tree.child(call, FIELD.arguments);
    const args = list < 0 ? [] : tree.named(list);
    if (name === 'return_ptr' && args[0] !== undefined) {
      this.returnValue(args[0], tree.pos(call), true);
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
    if (type !== undefined && args[0] !== undefined) this.vars[tree.textOf(args[0])] = type;
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
      this.vars[name] = declaredType(tree, base, declarator);
      if (value >= 0) this.evaluator.set(name, '=', value, tree.pos(at));
      if (free !== undefined) this.scopes.add({ fn: `free:${free.trim()}`, args: [name], variable: name, at: tree.offset(node) });
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
    this.vars[variable] = typeText(`${base} *`);
    this.graph.emit({ k: 'call', fn: name, args: [variable], use: 'discarded', pos: this.tree.pos(declarator) });
  }

  private returnValue(value: number, pos: Pos, disarm = false): void {
    const tree = this.tree;
    const leave = (expr: Expr | undefined): void => {
      this.close(this.scopes.leaving(0), () => pos);
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

  private leave(pos: Pos, fits: (target: Target) => boolean, which: 'breaks' | 'continues'): void {
    if (!this.graph.reachable) return;
    const target = this.targets.findLast(fits);
    if (!target) {
      this.lost = true;
      this.graph.tie(this.graph.suspend(), EXIT);
      return;
    }
    this.close(this.scopes.leaving(target.depth), () => pos);
    (target[which] ?? target.breaks).push(...this.graph.suspend());
  }

  // --- labels and jumps ------------------------------------------------------------------------------------------

  private labelNamed(name: string): Label {
    let label = this.labels.get(name);
    if (!label) this.labels.set(name, (label = { block: -1, line: undefined, waiting: [] }));
    return label;
  }

  private labeled(node: number): void {
    const tree = this.tree;
    const name = tree.child(node, FIELD.label);
    const label = this.labelNamed(name < 0 ? '' : tree.textOf(name));
    this.graph.resume(label.waiting);
    label.waiting = [];
    label.line = tree.pos(name < 0 ? node : name);
    // A label that nothing leads to is reached in a way that cannot be seen, through a macro.
    if (!this.graph.reachable) this.hiddenLabels.push(label);
    label.block = this.graph.label(tree.line(node));
    for (let at = tree.first[node]!; at >= 0; at = tree.next[at]!) {
      if (tree.flags[at]! & 1 && tree.field[at] !== FIELD.label) at = this.statementIn(at);
    }
  }

  private gotoStatement(node: number): void {
    if (!this.graph.reachable) return;
    const tree = this.tree;
    const name = tree.child(node, FIELD.label);
    const pos = tree.pos(node);
    if (name < 0 || (tree.flags[name]! & 4) !== 0 || /^goto\s*\*/.test(tree.textOf(node))) {
      // A computed goto may lead anywhere; the exit stands for that.
      this.lost = true;
      this.graph.tie(this.graph.suspend(), EXIT);
      return;
    }
    this.jump(tree.textOf(name), pos);
  }

  private jump(name: string, pos: Pos): void {
    const label = this.labelNamed(name);
    const at = this.labelOffsets.get(name);
    if (at !== undefined) this.close(this.scopes.jumpingTo(at), () => pos);
    if (label.block < 0) {
      label.waiting.push(...this.graph.suspend());
      return;
    }
    const from = this.graph.here(pos[0]);
    this.graph.tie(this.graph.suspend(), label.block);
    this.graph.pinned.add(label.block);
    const start = label.line ?? pos;
    this.loops.push({ kind: 'goto', pos: [start[0], start[1], pos[2], pos[3]], head: label.block, label: name, from: [from] });
  }

  /** Something in the open block may jump to a label, or go on. */
  private mayJump(name: string, pos: Pos): void {
    const from = this.graph.seal(pos[0]);
    if (from < 0) return;
    this.graph.resume([this.graph.edgeFrom(from)]);
    this.jump(name, pos);
    this.graph.resume([this.graph.edgeFrom(from)]);
  }

  // --- branches ----------------------------------------------------------------------------------------------------

  private ifStatement(node: number): void {
    const tree = this.tree;
    const rewrite = this.side.rewriteAt(tree.offset(node));
    if (rewrite) return this.macroBlock(node, rewrite, tree.child(node, FIELD.condition), tree.child(node, FIELD.consequence));
    const ends: Loose[] = [];
    let at = node;
    for (;;) {
      const condition = tree.child(at, FIELD.condition);
      const then = tree.child(at, FIELD.consequence);
      const otherwise = tree.child(at, FIELD.alternative);
      if (condition < 0) break;
      const ways = this.evaluator.condition(condition);
      this.graph.resume(ways.yes);
      if (then >= 0) this.scoped(then, () => this.statement(then));
      ends.push(...this.graph.suspend());
      this.graph.resume(ways.no);
      if (otherwise < 0) break;
      const inner = tree.inner(otherwise);
      if (inner >= 0 && tree.kind[inner] === KIND.if_statement && tree.named(otherwise).length === 1) {
        at = inner;
        continue;
      }
      this.scoped(otherwise, () => this.children(otherwise));
      break;
    }
    this.graph.resume(ends);
  }

  private switchStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const body = tree.child(node, FIELD.body);
    if (condition < 0 || body < 0) return;
    this.evaluator.events(condition, 'tested');
    const subject = this.evaluator.expr(condition);
    const dispatch: Switch = { from: this.graph.seal(tree.line(node)), subject, hasDefault: false };
    const target: Target = { breaks: [], depth: this.scopes.depth };
    this.switches.push(dispatch);
    this.targets.push(target);
    this.statement(body);
    this.targets.pop();
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
      const ways = last ? undefined : this.configCondition(at);
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

  private configCondition(node: number): Outcome {
    const tree = this.tree;
    const kind = tree.kind[node];
    if (kind === KIND.preproc_ifdef || kind === KIND.preproc_elifdef) {
      const name = tree.child(node, FIELD.name);
      const ways = this.graph.branch(configTest('defined', name < 0 ? '' : tree.textOf(name)), tree.line(node));
      const negative = kind === KIND.preproc_ifdef ? tree.kind[tree.first[node]!] === TOKEN['#ifndef'] : tree.kind[tree.first[node]!] === TOKEN['#elifndef'];
      return negative ? { yes: ways.no, no: ways.yes } : ways;
    }
    const condition = tree.child(node, FIELD.condition);
    if (condition < 0) return this.graph.branch(['config', ''], tree.line(node));
    return this.configWays(condition);
  }

  private configWays(node: number): Outcome {
    const tree = this.tree;
    const bare = tree.bare(node);
    const kind = tree.kind[bare];
    const operator = tree.child(bare, FIELD.operator);
    if (kind === KIND.unary_expression && operator >= 0 && tree.textOf(operator) === '!') {
      const argument = tree.child(bare, FIELD.argument);
      if (argument >= 0) {
        const ways = this.configWays(argument);
        return { yes: ways.no, no: ways.yes };
      }
    }
    if (kind === KIND.binary_expression && operator >= 0) {
      const text = tree.textOf(operator);
      const left = tree.child(bare, FIELD.left);
      const right = tree.child(bare, FIELD.right);
      if ((text === '&&' || text === '||') && left >= 0 && right >= 0) {
        const first = this.configWays(left);
        this.graph.resume(text === '&&' ? first.yes : first.no);
        const second = this.configWays(right);
        return text === '&&'
          ? { yes: second.yes, no: [...first.no, ...second.no] }
          : { yes: [...first.yes, ...second.yes], no: second.no };
      }
    }
    if (kind === KIND.number_literal) {
      const edges = this.graph.suspend();
      return integerOf(tree.textOf(bare)) === 0 ? { yes: [], no: edges } : { yes: edges, no: [] };
    }
    const reduced = toExpr(tree, bare);
    const when: Expr = Array.isArray(reduced) && reduced[0] === 'config' ? reduced : ['config', squeeze(tree.textOf(bare))];
    return this.graph.branch(when, tree.line(bare));
  }

  // --- loops -------------------------------------------------------------------------------------------------------

  private loopBody(body: number, breaks: Loose[], continues: Loose[]): void {
    if (body < 0) return;
    this.targets.push({ breaks, continues, depth: this.scopes.depth });
    this.scoped(body, () => this.statement(body));
    this.targets.pop();
  }

  private head(node: number): number {
    const head = this.graph.label(this.tree.line(node));
    this.graph.pinned.add(head);
    return head;
  }

  private whileStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const body = tree.child(node, FIELD.body);
    const rewrite = this.side.rewriteAt(tree.offset(node));
    if (rewrite !== undefined) return this.macroBlock(node, rewrite, condition, body);
    const head = this.head(node);
    this.loops.push({ kind: 'while', pos: tree.pos(node), head });
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

  private doStatement(node: number): void {
    const tree = this.tree;
    const condition = tree.child(node, FIELD.condition);
    const head = this.head(node);
    this.loops.push({ kind: 'do', pos: tree.pos(node), head });
    const breaks: Loose[] = [];
    const continues: Loose[] = [];
    this.loopBody(tree.child(node, FIELD.body), breaks, continues);
    this.graph.resume(continues);
    const ways: Outcome = condition < 0 ? { yes: [], no: this.graph.suspend() } : this.evaluator.condition(condition);
    this.graph.tie(ways.yes, head);
    this.graph.resume(ways.no);
    this.graph.resume(breaks);
  }

  private forStatement(node: number): void {
    const tree = this.tree;
    const body = tree.child(node, FIELD.body);
    this.scoped(node, () => {
      const initializer = tree.child(node, FIELD.initializer);
      if (initializer >= 0) {
        if (tree.kind[initializer] === KIND.declaration) this.statement(initializer);
        else this.evaluator.events(initializer, 'discarded');
      }
      const head = this.head(node);
      this.loops.push({ kind: 'for', pos: tree.pos(node), head });
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

  /** A macro before a statement, which the normaliser gave a keyword's shape: an iterator, a scoped guard, or another block. */
  private macroBlock(node: number, rewrite: Rewrite, args: number, body: number): void {
    if (rewrite.kind === 'iterator') return this.iterator(node, rewrite.name, args, body);
    switch (rewrite.name) {
      case 'scoped_guard':
        return this.scopedGuard(node, args, body);
      case 'scoped_cond_guard':
        return this.scopedCondGuard(node, args, body, this.side.argumentsOf(rewrite));
      case 'scoped_class':
        return this.scopedClass(node, args, body);
      default:
        return this.onceBlock(node, rewrite.name, args, body);
    }
  }

  /** `some_macro(args) { body }` that is no loop: a call, then the body once or not at all; break leaves it, for most are written as a loop. */
  private onceBlock(node: number, name: string, argsNode: number, body: number): void {
    const args = this.macroArguments(argsNode);
    for (const arg of args) this.evaluator.events(arg, 'argument');
    const pos = this.headPos(node, argsNode);
    this.graph.emit({ k: 'call', fn: name, args: args.map((arg) => this.evaluator.expr(arg)), use: 'tested', pos });
    const from = this.graph.seal(pos[0]);
    if (from < 0) return;
    const leave: Loose[] = [];
    this.graph.resume([this.graph.edgeFrom(from)]);
    leave.push(this.graph.edgeFrom(from));
    this.targets.push({ breaks: leave, continues: leave, depth: this.scopes.depth });
    if (body >= 0) this.scoped(body, () => this.statement(body));
    this.targets.pop();
    this.graph.resume(leave);
  }

  /** Position of a macro and its arguments, without the body. */
  private headPos(node: number, args: number): Pos {
    const tree = this.tree;
    return tree.range(tree.start[node]!, args < 0 ? tree.start[node]! + 1 : tree.end[args]!);
  }

  /** The arguments of a macro written as `while (a, b, c)`. */
  private macroArguments(args: number): number[] {
    const tree = this.tree;
    if (args < 0) return [];
    if (tree.kind[args] === KIND.argument_list) return tree.named(args);
    let list = tree.bare(args);
    if (tree.kind[list] === KIND.parenthesized_expression) return [];
    const out: number[] = [];
    while (tree.kind[list] === KIND.comma_expression) {
      const left = tree.child(list, FIELD.left);
      const right = tree.child(list, FIELD.right);
      if (left < 0 || right < 0) break;
      out.push(left);
      list = right;
    }
    out.push(list);
    return out;
  }

  private iterator(node: number, macro: string, argsNode: number, body: number): void {
    const tree = this.tree;
    const args = this.macroArguments(argsNode);
    const head = this.head(node);
    const start = tree.pos(node);
    const end = body < 0 ? start : tree.pos(body);
    this.loops.push({ kind: 'iter', pos: [start[0], start[1], end[2], end[3]], head, macro });
    for (const arg of args) this.evaluator.events(arg, 'argument');
    const pos = this.headPos(node, argsNode);
    this.graph.emit({ k: 'call', fn: macro, args: args.map((arg) => this.evaluator.expr(arg)), use: 'tested', pos });
    for (const arg of args) {
      // Which arguments are cursors differs by macro: every local among them may have changed.
      const bare = tree.bare(arg);
      if (tree.kind[bare] !== KIND.identifier) continue;
      const name = tree.textOf(bare);
      if (name in this.vars || arg === args[0]) this.graph.emit({ k: 'set', to: name, op: '=', value: ['opaque', macro], pos: tree.pos(bare) });
    }
    const from = this.graph.seal(start[0]);
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

  /** Runs a body under a guard; break and continue leave the guard, for the kernel writes it as a loop of one round. */
  private guarded(node: number, cls: string, args: Expr[], body: number, open: () => void): void {
    const leave: Loose[] = [];
    this.scoped(node, () => {
      open();
      this.targets.push({ breaks: leave, continues: leave, depth: this.scopes.depth - 1 });
      this.scopes.add({ fn: `unguard:${cls}`, args, variable: '', at: this.tree.offset(node) });
      if (body >= 0) this.statement(body);
      this.targets.pop();
    });
    this.graph.resume(leave);
  }

  private scopedGuard(node: number, argsNode: number, body: number): void {
    const tree = this.tree;
    const [cls, ...rest] = this.macroArguments(argsNode);
    if (cls === undefined) return;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const args = rest.map((arg) => this.evaluator.expr(arg));
    const failed: Loose[] = [];
    this.guarded(node, name, args, body, () => this.openGuard(this.headPos(node, argsNode), name, args, CONDITIONAL_CLASS.test(name) ? failed : undefined));
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
    const nodes = this.macroArguments(argsNode);
    const [cls] = nodes;
    if (cls === undefined) return;
    const rest = nodes.slice(nodes.length - Math.max(0, texts.length - 2));
    const failNode = nodes.length === texts.length && !/^(?:return|break|continue)$/.test(fail) ? nodes[1] : undefined;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const args = rest.map((arg) => this.evaluator.expr(arg));
    const failed: Loose[] = [];
    const pos = this.headPos(node, argsNode);
    this.guarded(node, name, args, body, () => this.openGuard(pos, name, args, failed));
    const end = this.graph.suspend();
    this.graph.resume(failed);
    this.failStatement(fail, failNode, pos);
    this.graph.resume(end);
  }

  /** The failure statement, of which the parser saw only what is an expression in it. */
  private failStatement(text: string, node: number | undefined, pos: Pos): void {
    if (/^return\b/.test(text)) return this.returnValue(node ?? -1, pos);
    if (/^break\b/.test(text)) return this.leave(pos, () => true, 'breaks');
    if (/^continue\b/.test(text)) return this.leave(pos, (target) => target.continues !== undefined, 'continues');
    const goto = /^goto\s+(\w+)/.exec(text);
    if (goto) {
      if (this.graph.reachable) this.jump(goto[1]!, pos);
      return;
    }
    if (node !== undefined) this.evaluator.events(node, 'discarded');
  }

  /** `scoped_class(class, var, args...)`. */
  private scopedClass(node: number, argsNode: number, body: number): void {
    const tree = this.tree;
    const [cls, variable, ...rest] = this.macroArguments(argsNode);
    if (cls === undefined || variable === undefined) return;
    for (const arg of rest) this.evaluator.events(arg, 'argument');
    const name = tree.textOf(cls);
    const holder = tree.textOf(variable);
    this.scoped(node, () => {
      const pos = this.headPos(node, argsNode);
      this.graph.emit({ k: 'call', fn: `class:${name}`, args: rest.map((arg) => this.evaluator.expr(arg)), to: holder, use: 'assigned', pos });
      this.scopes.add({ fn: `unclass:${name}`, args: [holder], variable: holder, at: tree.offset(node) });
      if (body >= 0) this.statement(body);
    });
  }

  // --- statement expressions ---------------------------------------------------------------------------------------

  /** `({ ...; value; })`: the statements' events here, the value's result used as the whole is. */
  private statementExpression(compound: number, use: ResultUse, to: Expr | undefined): void {
    const tree = this.tree;
    const statements = tree.named(compound);
    const last = statements[statements.length - 1];
    if (this.nesting >= MAX_NESTING) {
      this.lost = true;
      return;
    }
    this.nesting++;
    this.scoped(compound, () => {
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

