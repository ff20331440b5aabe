/**
 * Takes a retry loop apart once its request cannot fail: tests of the failure go, with what only a failure did; the loop, or label and goto,
 * gives way to what its last round does.
 */
import type { TextEdit } from '../../rules/model.js';
import { alignment, blank, Draft } from '../draft.js';
import { indentAt, lineStart, width } from '../edit-text.js';
import type { FunctionTree, Node } from '../syntax.js';
import { acts, residue, type Success } from './success.js';
import { dropUnused } from './unused.js';

/** Why the text of a loop is left as it is. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

const LOOPS = ['do_statement', 'while_statement', 'for_statement'] as const;

export interface Retry {
  success: Success;
  /** Offset at which the loop (or its label) begins. */
  at: number;
  /** The label of a backward goto. */
  label?: string;
}

/**
 * Edits that leave the request alone where the loop was. `ask` writes the request itself: the flag into its mask, or into an argument.
 * @throws {Unfit} when the loop is written in a way that cannot be taken apart with its other work unharmed.
 */
export function unloop(tree: FunctionTree, file: string, retry: Retry, ask: (draft: Draft) => void): TextEdit[] {
  return new Unloop(tree, new Draft(file, tree.source), retry).run(ask);
}

/**
 * Edits that take out the tests of a failure that cannot happen, with what only a failure did: labels, and variables that nothing uses any more.
 * @throws {Unfit} when no such test can be taken out with the rest unharmed.
 */
export function dropTests(tree: FunctionTree, file: string, success: Success): TextEdit[] {
  return new Unloop(tree, new Draft(file, tree.source), { success, at: -1 }).testsOnly();
}

type Flow = 'on' | 'jumps' | 'stop';

class Unloop {
  private readonly success: Success;
  /** The statement that holds the call. */
  private readonly asks: Node;
  private folded = 0;

  constructor(
    private readonly tree: FunctionTree,
    private readonly draft: Draft,
    private readonly retry: Retry,
  ) {
    this.success = retry.success;
    this.asks = this.statementOf(retry.success.call);
  }

  run(ask: (draft: Draft) => void): TextEdit[] {
    const { tree, retry } = this;
    const loop = this.loopNode();
    if (loop !== undefined && !tree.within(this.success.call, loop)) throw new Unfit('the request does not stand in the loop');
    this.noDirectives(loop ?? this.asks);
    if (loop !== undefined && this.inHeader(loop)) {
      this.headed(loop);
      this.after(loop);
    } else this.climb(this.asks, loop);
    if (this.folded === 0) throw new Unfit('no test of its failure was found where it surely concerns the request');
    if (retry.label !== undefined) this.dropLabel(retry.label);
    this.unreachable();
    dropUnused(tree, this.draft);
    ask(this.draft);
    return this.draft.edits();
  }

  testsOnly(): TextEdit[] {
    this.noDirectives(this.asks);
    this.climb(this.asks, undefined);
    if (this.folded === 0) throw new Unfit('no test of its failure was found where it surely concerns the request');
    this.unreachable();
    dropUnused(this.tree, this.draft);
    return this.draft.edits();
  }

  /** The loop statement that begins at the retry's place; undefined for a label. */
  private loopNode(): Node | undefined {
    if (this.retry.label !== undefined) return undefined;
    for (const kind of LOOPS)
      for (const node of this.tree.all(kind)) if (this.tree.start(node) === this.retry.at && this.isLoop(node)) return node;
    throw new Unfit('the loop is made by a macro');
  }

  /** Iterating macros stand in the tree as while statements too. */
  private isLoop(node: Node): boolean {
    return /^(do|while|for)\b/.test(this.tree.source.slice(this.tree.start(node), this.tree.start(node) + 6));
  }

  private noDirectives(node: Node): void {
    const text = this.tree.source.slice(lineStart(this.tree.source, this.tree.start(node)), this.tree.end(node));
    if (/^[ \t]*#/m.test(text)) throw new Unfit('a preprocessor directive stands in the loop');
    if (/\\\r?$/m.test(text)) throw new Unfit('the loop stands in a macro');
  }

  /** The statement around an expression. */
  private statementOf(node: Node): Node {
    const { tree } = this;
    for (let at: Node | undefined = node; at !== undefined; at = tree.parent(at)) {
      const parent = tree.parent(at);
      if (parent === undefined) break;
      if (
        tree.is(parent, 'compound_statement') ||
        tree.is(parent, 'labeled_statement') ||
        tree.is(parent, 'case_statement') ||
        tree.is(parent, 'else_clause')
      )
        return at;
      if (['consequence', 'body'].some((f) => tree.child(parent, f as 'body') === at)) return at;
    }
    throw new Unfit('the request stands outside any statement');
  }

  private inHeader(loop: Node): boolean {
    const condition = this.tree.child(loop, 'condition');
    return condition !== undefined && this.tree.within(this.success.call, condition);
  }

  /** while (!(p = alloc())) ...: what the condition does remains. */
  private headed(loop: Node): void {
    const { tree } = this;
    const condition = tree.child(loop, 'condition')!;
    if (residue(tree, condition, this.success) !== false) throw new Unfit('the loop goes on for other reasons too');
    const expression = this.effect(condition);
    if (tree.is(loop, 'do_statement')) {
      const body = tree.child(loop, 'body')!;
      this.noJumps(loop, body);
      if (tree.statements(body).some((s) => tree.text(s) !== ';')) throw new Unfit('the loop does more than ask');
    } else if (tree.is(loop, 'for_statement')) throw new Unfit('the request stands in the head of a for loop');
    this.keep(loop, expression, ';');
    this.folded++;
  }

  /** The part of a condition that must still be evaluated: the assignment or the call itself. */
  private effect(condition: Node): Node {
    const { tree } = this;
    let best: Node = this.success.call;
    for (let at = tree.parent(best); at !== undefined && tree.within(at, condition); at = tree.parent(at))
      if (tree.is(at, 'assignment_expression')) best = at;
    for (const kind of ['call_expression', 'assignment_expression', 'update_expression'] as const)
      for (const other of tree.below(condition, kind))
        if (!tree.within(other, best) && !tree.within(best, other)) throw new Unfit('the condition does more than ask');
    return best;
  }

  /** Leaves of a statement only a part, and a tail. */
  private keep(statement: Node, part: Node, tail: string): void {
    const { tree, draft } = this;
    const { source } = draft;
    draft.replace(tree.start(statement), tree.start(part), '');
    draft.replace(tree.end(part), tree.end(statement), tail);
    const deeper = indentAt(source, tree.start(part));
    const own = indentAt(source, tree.start(statement));
    draft.unindent(tree.start(part) + 1, tree.end(part), deeper, own);
    // Continued arguments keep their place relative to the call.
    const shift = tree.start(part) - tree.start(statement);
    const sameLine = lineStart(source, tree.start(part)) === lineStart(source, tree.start(statement));
    if (!sameLine) return;
    draft.shifted(tree.start(part), shift);
    this.shiftLeft(tree.start(part), tree.end(part), shift);
  }

  /** Moves continuation lines left by `columns`, as far as they are made of blanks and tabs that allow it. */
  private shiftLeft(start: number, end: number, columns: number): void {
    const { source } = this.draft;
    for (let line = source.indexOf('\n', start) + 1; line > 0 && line < end; line = source.indexOf('\n', line) + 1) {
      const indent = /^[ \t]*/.exec(source.slice(line, end))![0];
      this.draft.replace(line, line + indent.length, alignment(Math.max(width(indent) - columns, 0)));
    }
  }

  /** Folds what follows the request, in its block and in the blocks around it, up to the loop and beyond. */
  private climb(from: Node, loop: Node | undefined): void {
    const { tree } = this;
    let at = from;
    for (;;) {
      const parent = tree.parent(at);
      if (parent === undefined) return;
      const flow = tree.is(parent, 'labeled_statement') ? 'on' : this.siblings(at, parent);
      if (parent === loop) {
        this.bodyDone(loop);
        return this.after(loop);
      }
      if (tree.is(parent, 'compound_statement') || tree.is(parent, 'labeled_statement')) {
        const outer = tree.parent(parent);
        if (outer !== undefined && outer === loop) {
          this.bodyDone(loop);
          return this.after(loop);
        }
        if (flow === 'on' && outer !== undefined && (tree.is(outer, 'compound_statement') || tree.is(outer, 'labeled_statement'))) {
          at = parent;
          continue;
        }
        if (tree.is(parent, 'labeled_statement')) {
          at = parent;
          continue;
        }
      }
      // Under a condition of its own: what follows, and the loop's own test, may be reached without the request.
      return;
    }
  }

  /** Folds the statements behind `at` in its block; 'stop' when what follows may be reached otherwise. */
  private siblings(at: Node, parent: Node): Flow {
    const { tree } = this;
    if (!tree.is(parent, 'compound_statement') && !tree.is(parent, 'case_statement')) return 'on';
    const list = tree.children(parent);
    for (let i = list.indexOf(at) + 1; i < list.length; i++) {
      const statement = list[i]!;
      if (tree.is(statement, 'labeled_statement') && this.enteredFromElsewhere(statement)) return 'stop';
      if (this.assigns(statement)) return 'stop';
      const flow = this.fold(statement);
      if (flow !== 'jumps') continue;
      this.removeUpToLabel(list.slice(i + 1));
      return 'jumps';
    }
    return 'on';
  }

  private removeUpToLabel(statements: readonly Node[]): void {
    for (const s of statements) {
      if (this.tree.is(s, 'labeled_statement') || this.tree.is(s, 'case_statement')) return;
      this.dropStatement(s);
    }
  }

  /** Does a goto from before the request lead to this label? */
  private enteredFromElsewhere(labeled: Node): boolean {
    const { tree } = this;
    const name = this.labelName(labeled);
    return this.gotos(name).some((g) => tree.start(g) < tree.start(this.success.call) || tree.start(g) > tree.start(labeled));
  }

  private labelName(labeled: Node): string {
    const label = this.tree.child(labeled, 'label');
    return label === undefined ? '' : this.tree.text(label);
  }

  /** Gotos to a label that remain. */
  private gotos(name: string): Node[] {
    const { tree } = this;
    return [...tree.all('goto_statement')].filter((g) => {
      const label = tree.child(g, 'label');
      return label !== undefined && tree.text(label) === name && !this.draft.gone(tree.start(g));
    });
  }

  /** Is the result's place given something else in there? */
  private assigns(statement: Node): boolean {
    const { tree, success } = this;
    if (success.target === '') return false;
    const same = (e: Node | undefined): boolean => e !== undefined && tree.text(e) === success.target;
    for (const a of tree.below(statement, 'assignment_expression'))
      if (same(tree.child(a, 'left')) && !tree.within(success.call, a)) return true;
    for (const u of tree.below(statement, 'update_expression')) if (same(tree.child(u, 'argument'))) return true;
    for (const p of tree.below(statement, 'pointer_expression'))
      if (tree.operator(p) === '&' && same(tree.child(p, 'argument'))) return true;
    // A member may be changed by any call in between.
    return !/^\w+$/.test(success.target) && !tree.is(statement, 'if_statement') && [...tree.below(statement, 'call_expression')].length > 0;
  }

  /** Folds one statement that only follows the request. */
  private fold(statement: Node): Flow {
    const { tree } = this;
    if (tree.is(statement, 'if_statement')) return this.foldIf(statement);
    if (tree.is(statement, 'compound_statement')) return this.foldAll(tree.children(statement));
    if (tree.is(statement, 'labeled_statement')) {
      const inner = tree.children(statement)[1];
      return inner === undefined ? 'on' : this.fold(inner);
    }
    if (tree.is(statement, 'expression_statement')) {
      const call = tree.children(statement)[0];
      if (call !== undefined && tree.is(call, 'call_expression') && /^(BUG_ON|WARN_ON|WARN_ON_ONCE|VM_BUG_ON)$/.test(tree.callee(call))) {
        if (residue(tree, call, this.success) === false && !acts(tree, tree.args(call)[0]!)) {
          this.dropStatement(statement);
          this.folded++;
          return 'on';
        }
      }
    }
    for (const kind of LOOPS) {
      if (!tree.is(statement, kind)) continue;
      const body = tree.child(statement, 'body');
      if (body !== undefined) this.fold(body);
      return 'on';
    }
    for (const e of tree.below(statement, 'conditional_expression')) this.foldChoice(e);
    for (const jump of ['break_statement', 'continue_statement', 'goto_statement', 'return_statement'] as const)
      if (tree.is(statement, jump)) return 'jumps';
    return 'on';
  }

  private foldAll(list: readonly Node[]): Flow {
    for (let i = 0; i < list.length; i++) {
      if (this.fold(list[i]!) !== 'jumps') continue;
      this.removeUpToLabel(list.slice(i + 1));
      return list.slice(i + 1).some((s) => this.tree.is(s, 'labeled_statement')) ? 'on' : 'jumps';
    }
    return 'on';
  }

  private foldChoice(e: Node): void {
    const { tree } = this;
    const [condition, yes, no] = [tree.child(e, 'condition'), tree.child(e, 'consequence'), tree.child(e, 'alternative')];
    if (condition === undefined || no === undefined || acts(tree, condition)) return;
    const value = residue(tree, condition, this.success);
    if (typeof value !== 'boolean') return;
    const kept = value ? (yes ?? condition) : no;
    this.draft.replace(tree.start(e), tree.start(kept), '');
    this.draft.replace(tree.end(kept), tree.end(e), '');
    this.folded++;
  }

  private foldIf(statement: Node): Flow {
    const { tree, draft } = this;
    const condition = tree.child(statement, 'condition');
    const way = tree.child(statement, 'consequence');
    const otherwise = tree.child(statement, 'alternative');
    if (condition === undefined || way === undefined) return 'on';
    const other = otherwise === undefined ? undefined : tree.children(otherwise)[0];
    const value = residue(tree, condition, this.success);
    if (typeof value === 'string') {
      if (value !== tree.text(condition)) {
        this.folded++;
        draft.replace(tree.start(condition), tree.end(condition), value.startsWith('(') && value.endsWith(')') ? value : `(${value})`);
      }
      const flows = [this.fold(way), other === undefined ? 'on' : this.fold(other)];
      return flows.every((f) => f === 'jumps') ? 'jumps' : 'on';
    }
    if (acts(tree, condition)) throw new Unfit('the test of its failure does something else too');
    this.noDirectives(statement);
    this.folded++;
    const kept = value ? way : other;
    if (kept === undefined) {
      this.dropStatement(statement);
      return 'on';
    }
    const flow = this.fold(kept);
    this.unwrap(statement, kept);
    return flow;
  }

  /** Removes a statement; one that stands where the grammar wants a statement leaves an empty one. */
  private dropStatement(statement: Node): void {
    const { tree, draft } = this;
    const parent = tree.parent(statement);
    if (tree.is(parent, 'else_clause')) {
      const before = draft.source.slice(0, tree.start(parent)).trimEnd().length;
      return draft.replace(before, tree.end(parent), '');
    }
    if (tree.is(parent, 'if_statement') && tree.child(parent, 'consequence') === statement) {
      const condition = tree.child(parent, 'condition')!;
      if (tree.child(parent, 'alternative') === undefined && !acts(tree, condition)) return this.dropStatement(parent);
      return draft.replace(tree.start(statement), tree.end(statement), ';');
    }
    if (parent !== undefined && LOOPS.some((k) => tree.is(parent, k)))
      return draft.replace(tree.start(statement), tree.end(statement), ';');
    if (tree.is(parent, 'labeled_statement') && !this.statementFollows(parent))
      return draft.replace(tree.start(statement), tree.end(statement), ';');
    draft.remove(tree.start(statement), tree.end(statement));
  }

  private statementFollows(labeled: Node): boolean {
    const next = this.tree.next(labeled);
    return next !== undefined && !this.tree.is(next, 'declaration') && !this.draft.gone(this.tree.start(next));
  }

  /** Puts a part of a statement in its place: a block gives up its braces and moves left. */
  private unwrap(statement: Node, kept: Node): void {
    const { tree, draft } = this;
    const { source } = draft;
    const own = indentAt(source, tree.start(statement));
    const items = (tree.is(kept, 'compound_statement') ? tree.withComments(kept) : [kept]).filter((n) => !this.dropped(n));
    const real = items.filter((n) => !tree.is(n, 'comment'));
    const parent = tree.parent(statement);
    const listed = tree.is(parent, 'compound_statement') || tree.is(parent, 'labeled_statement') || tree.is(parent, 'case_statement');
    if (!listed && (real.length !== 1 || tree.is(real[0], 'declaration'))) {
      // Braces are needed here: the block stays whole.
      draft.replace(tree.start(statement), tree.start(kept), '');
      draft.replace(tree.end(kept), tree.end(statement), '');
      return;
    }
    if (items.some((n) => tree.is(n, 'declaration'))) throw new Unfit('the loop has declarations of its own');
    if (real.length === 0) {
      this.dropStatement(statement);
      return;
    }
    const [first, last] = [items[0]!, items[items.length - 1]!];
    const deeper = indentAt(source, tree.start(first));
    const alone = blank(source.slice(lineStart(source, tree.start(statement)), tree.start(statement)));
    const opens = blank(source.slice(lineStart(source, tree.start(first)), tree.start(first)));
    if (alone && opens) {
      draft.replace(lineStart(source, tree.start(statement)), lineStart(source, tree.start(first)), '');
      draft.unindent(tree.start(first), tree.end(last), deeper, own);
    } else {
      draft.replace(tree.start(statement), tree.start(first), '');
      draft.unindent(tree.start(first) + 1, tree.end(last), deeper, own);
    }
    draft.replace(tree.end(last), tree.end(statement), '');
  }

  /** What follows a loop that is gone: the result is still known to be good. */
  private after(loop: Node): void {
    let at: Node = loop;
    for (;;) {
      const parent = this.tree.parent(at);
      if (parent === undefined || !(this.tree.is(parent, 'compound_statement') || this.tree.is(parent, 'labeled_statement'))) return;
      if (this.tree.is(parent, 'compound_statement') && this.siblings(at, parent) !== 'on') return;
      at = parent;
      const outer = this.tree.parent(at);
      if (outer === undefined || !(this.tree.is(outer, 'compound_statement') || this.tree.is(outer, 'labeled_statement'))) return;
    }
  }

  /** The body is folded: what is left of the loop around it. */
  private bodyDone(loop: Node): void {
    const { tree } = this;
    const body = tree.child(loop, 'body')!;
    const condition = tree.child(loop, 'condition');
    const value = condition === undefined ? true : residue(tree, condition, this.success);
    if (tree.is(loop, 'do_statement')) {
      if (value !== false) throw new Unfit('the loop goes on for other reasons too');
      this.noJumps(loop, body, this.finalJump(body, 'break_statement'));
      this.folded++;
      return this.unwrap(loop, body);
    }
    const extra =
      tree.is(loop, 'for_statement') && (tree.child(loop, 'initializer') !== undefined || tree.child(loop, 'update') !== undefined);
    if (value === true) {
      const jump = this.lastJump(body);
      // Other work goes on in the loop: only its repetition of the request is gone.
      if (jump === undefined) return;
      if (extra) throw new Unfit('the loop steps something between the attempts');
      this.noJumps(loop, body, tree.is(jump, 'break_statement') ? jump : undefined);
      if (tree.is(jump, 'continue_statement')) throw new Unfit('the loop goes on for other reasons too');
      if (tree.is(jump, 'break_statement')) this.dropStatement(jump);
      return this.unwrap(loop, body);
    }
    if (value !== false || extra) throw new Unfit('the loop goes on for other reasons too');
    this.noJumps(loop, body, this.finalJump(body, 'break_statement'));
    this.folded++;
    this.guarded(loop, body, condition!);
  }

  /** while (!p) p = alloc(): the loop may not be entered at all, unless p is surely NULL before it. */
  private guarded(loop: Node, body: Node, condition: Node): void {
    const { tree, draft } = this;
    const initialiser = this.nullBefore(loop);
    if (initialiser !== undefined) {
      this.unwrap(loop, body);
      return draft.replace(tree.end(tree.child(initialiser, 'declarator')!), tree.end(initialiser), '');
    }
    draft.replace(tree.start(loop), tree.start(condition), 'if ');
    const statements = tree.is(body, 'compound_statement') ? tree.withComments(body).filter((n) => !draft.gone(tree.start(n))) : [];
    const [only] = statements;
    const next = tree.parent(loop) === undefined ? undefined : tree.parent(loop);
    if (only === undefined || statements.length !== 1 || tree.is(only, 'comment') || tree.is(next, 'if_statement')) return;
    // Kernel style: no braces around one statement.
    const { source } = draft;
    if (source.slice(tree.start(body) + 1, tree.start(only)).trim() !== '') return;
    draft.replace(source.slice(0, tree.start(body)).trimEnd().length, tree.start(body) + 1, '');
    draft.replace(tree.end(only), tree.end(body), '');
  }

  /** The initialiser with NULL of the result's variable, when nothing gives it another value, or looks at it, before the loop. */
  private nullBefore(loop: Node): Node | undefined {
    const { tree, success } = this;
    if (!/^\w+$/.test(success.target)) return undefined;
    const enclosing = [...LOOPS, 'labeled_statement' as const].some((kind) =>
      [...tree.all(kind)].some(
        (n) => n !== loop && (kind === 'labeled_statement' ? tree.start(n) < tree.start(loop) : tree.within(loop, n)),
      ),
    );
    if (enclosing) return undefined;
    let found: Node | undefined;
    for (const init of tree.all('init_declarator')) {
      const declarator = tree.child(init, 'declarator');
      const value = tree.child(init, 'value');
      if (declarator === undefined || value === undefined || tree.text(declarator).replace(/^[*\s]+/, '') !== success.target) continue;
      if (!/^(NULL|0)$/.test(tree.text(value))) return undefined;
      found = init;
    }
    if (found === undefined) return undefined;
    for (const id of tree.all('identifier'))
      if (tree.text(id) === success.target && tree.start(id) < tree.start(loop) && !tree.within(id, found)) return undefined;
    return found;
  }

  /** The jump that a folded body surely ends in; undefined when it runs off its end. */
  private lastJump(body: Node): Node | undefined {
    const { tree, draft } = this;
    const left = (list: readonly Node[]): Node[] => list.filter((s) => !this.dropped(s));
    let list = left(tree.statements(body));
    for (;;) {
      const last = list[list.length - 1];
      if (last === undefined) return undefined;
      if ((['break_statement', 'continue_statement', 'goto_statement', 'return_statement'] as const).some((k) => tree.is(last, k)))
        return last;
      if (tree.is(last, 'compound_statement')) list = left(tree.children(last));
      else if (tree.is(last, 'if_statement')) {
        // What an unwrapped test left of itself.
        const inner = [tree.child(last, 'consequence'), tree.child(last, 'alternative')].flatMap((n) => (n === undefined ? [] : [n]));
        if (!draft.gone(tree.start(last))) return undefined;
        list = left(inner.flatMap((n) => tree.statements(tree.is(n, 'else_clause') ? (tree.children(n)[0] ?? n) : n)));
      } else return undefined;
    }
  }

  private finalJump(body: Node, kind: 'break_statement'): Node | undefined {
    const jump = this.lastJump(body);
    if (!this.tree.is(jump, kind)) return undefined;
    this.dropStatement(jump);
    return jump;
  }

  /** Everything of a statement goes: no part of it was kept by an unwrapping. */
  private dropped(statement: Node): boolean {
    for (let at = this.tree.start(statement); at < this.tree.end(statement); at++)
      if (!/\s/.test(this.tree.source[at]!) && !this.draft.gone(at)) return false;
    return true;
  }

  /** @throws {Unfit} when a break or continue of the loop itself remains in its body. */
  private noJumps(loop: Node, body: Node, except?: Node): void {
    const { tree } = this;
    for (const kind of ['break_statement', 'continue_statement'] as const) {
      for (const jump of tree.below(body, kind)) {
        if (jump === except || this.draft.gone(tree.start(jump))) continue;
        for (let at = tree.parent(jump); at !== undefined; at = tree.parent(at)) {
          if (at === loop) throw new Unfit(`a ${kind === 'break_statement' ? 'break' : 'continue'} of its own remains in the loop`);
          if (LOOPS.some((k) => tree.is(at, k)) || (kind === 'break_statement' && tree.is(at, 'switch_statement'))) break;
        }
      }
    }
  }

  /** A label that no goto names any more goes, with its line when it has one. */
  private dropLabel(name: string): void {
    if (this.gotos(name).length > 0) return;
    const { tree, draft } = this;
    for (const labeled of tree.all('labeled_statement')) {
      if (this.labelName(labeled) !== name) continue;
      const statement = tree.children(labeled)[1];
      const label = tree.child(labeled, 'label')!;
      const colon = draft.source.indexOf(':', tree.end(label)) + 1;
      const { source } = draft;
      const line = lineStart(source, tree.start(labeled));
      const rest = statement === undefined ? colon : tree.start(statement);
      if (statement === undefined || lineStart(source, rest) !== line) return draft.remove(tree.start(labeled), colon);
      return draft.replace(tree.start(labeled), source.slice(colon).search(/\S/) + colon, '');
    }
  }

  /** Labels that only the failure jumped to, and what nothing else reaches behind them. */
  private unreachable(): void {
    const { tree, draft } = this;
    for (let again = true; again;) {
      again = false;
      for (const labeled of tree.all('labeled_statement')) {
        const name = this.labelName(labeled);
        if (draft.gone(tree.start(labeled)) || this.gotos(name).length > 0) continue;
        const had = [...tree.all('goto_statement')].some((g) => tree.text(g).replace(/^goto\s+|\s*;$/g, '') === name);
        // A label that nothing used before is not ours.
        if (!had) continue;
        again = true;
        const parent = tree.parent(labeled);
        const list = parent === undefined ? [] : tree.children(parent);
        const at = list.indexOf(labeled);
        let before = at - 1;
        while (before >= 0 && this.dropped(list[before]!)) before--;
        if (!this.endsInJump(list[before])) {
          this.dropLabel(name);
          continue;
        }
        this.removeLabeled(labeled, list, at);
      }
    }
  }

  private removeLabeled(labeled: Node, list: readonly Node[], at: number): void {
    const { tree, draft } = this;
    let end = tree.end(labeled);
    const inner = tree.children(labeled)[1];
    if (inner !== undefined && tree.is(inner, 'labeled_statement')) return this.dropLabel(this.labelName(labeled));
    for (let i = at + 1; i < list.length && !tree.is(list[i], 'labeled_statement') && !tree.is(list[i], 'case_statement'); i++)
      end = tree.end(list[i]!);
    draft.remove(tree.start(labeled), end);
  }

  private endsInJump(statement: Node | undefined): boolean {
    const { tree } = this;
    if (statement === undefined) return false;
    if (tree.is(statement, 'labeled_statement')) {
      const inner = tree.children(statement)[1];
      return this.endsInJump(inner);
    }
    if (tree.is(statement, 'compound_statement')) {
      const list = tree.children(statement).filter((s) => !this.dropped(s));
      return this.endsInJump(list[list.length - 1]);
    }
    return (['break_statement', 'continue_statement', 'goto_statement', 'return_statement'] as const).some((k) => tree.is(statement, k));
  }
}
