/**
 * Takes a retry loop apart once its request cannot fail: tests of the failure go, with what only a failure did; the loop, or label and goto,
 * gives way to what its last round does.
 */
import type { TextEdit } from '../../rules/model.js';
import { alignment, Draft } from '../draft.js';
import { indentAt, lineStart, width } from '../edit-text.js';
import type { FunctionTree, Node } from '../syntax.js';
import { Fold } from './fold.js';
import { JUMPS, LOOPS, Unfit } from './statements.js';
import { residue, type Success } from './success.js';
import { dropUnused } from './unused.js';

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
class Unloop extends Fold {
  /** The statement that holds the call. */
  private readonly asks: Node;

  constructor(
    tree: FunctionTree,
    draft: Draft,
    private readonly retry: Retry,
  ) {
    super(tree, draft, retry.success);
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
    this.looseBraces();
    dropUnused(tree, this.draft);
    ask(this.draft);
    return this.draft.edits();
  }

  testsOnly(): TextEdit[] {
    this.noDirectives(this.asks);
    this.climb(this.asks, undefined);
    if (this.folded === 0) throw new Unfit('no test of its failure was found where it surely concerns the request');
    this.unreachable();
    this.looseBraces();
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
    const gap = this.gapBefore(statement);
    if (gap === '') draft.replace(tree.start(statement), tree.start(part), '');
    else draft.replace(lineStart(source, tree.start(statement)), tree.start(part), `${gap}${indentAt(source, tree.start(statement))}`);
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
      if (JUMPS.some((k) => tree.is(last, k))) return last;
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
}
