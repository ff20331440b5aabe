/** Tests that a request's success decides: what stands behind them stays or goes. */
import type { Draft } from '../draft.js';
import type { FunctionTree, Node } from '../syntax.js';
import { JUMPS, LOOPS, Statements, Unfit } from './statements.js';
import { acts, residue, type Success } from './success.js';

/** How a list of statements goes on: to its end, into a jump, or not to be followed further. */
export type Flow = 'on' | 'jumps' | 'stop';

export class Fold extends Statements {
  /** Tests that were decided. */
  protected folded = 0;

  constructor(
    tree: FunctionTree,
    draft: Draft,
    protected readonly success: Success,
  ) {
    super(tree, draft);
  }

  /** Folds the statements behind `at` in its block; 'stop' when what follows may be reached otherwise. */
  protected siblings(at: Node, parent: Node): Flow {
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

  protected removeUpToLabel(statements: readonly Node[]): void {
    for (const s of statements) {
      if (this.tree.is(s, 'labeled_statement') || this.tree.is(s, 'case_statement')) return;
      this.dropStatement(s);
    }
  }

  /** Does a goto from before the request lead to this label? */
  protected enteredFromElsewhere(labeled: Node): boolean {
    const { tree } = this;
    const name = this.labelName(labeled);
    return this.gotos(name).some((g) => tree.start(g) < tree.start(this.success.call) || tree.start(g) > tree.start(labeled));
  }

  /** Is the result's place given something else in there? */
  protected assigns(statement: Node): boolean {
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
  protected fold(statement: Node): Flow {
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
    for (const jump of JUMPS) if (tree.is(statement, jump)) return 'jumps';
    return 'on';
  }

  protected foldAll(list: readonly Node[]): Flow {
    for (let i = 0; i < list.length; i++) {
      if (this.fold(list[i]!) !== 'jumps') continue;
      this.removeUpToLabel(list.slice(i + 1));
      return list.slice(i + 1).some((s) => this.tree.is(s, 'labeled_statement')) ? 'on' : 'jumps';
    }
    return 'on';
  }

  protected foldChoice(e: Node): void {
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

  protected foldIf(statement: Node): Flow {
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
}
