/** Statements of one function as they go, lose their block or their label, in a draft. */
import { blank, type Draft } from '../draft.js';
import { eolAt, indentAt, lineEnd, lineStart } from '../edit-text.js';
import type { FunctionTree, Node } from '../syntax.js';
import { acts } from './success.js';

/** Why the text of a function is left as it is. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

export const LOOPS = ['do_statement', 'while_statement', 'for_statement'] as const;

export const JUMPS = ['break_statement', 'continue_statement', 'goto_statement', 'return_statement'] as const;

export class Statements {
  constructor(
    protected readonly tree: FunctionTree,
    protected readonly draft: Draft,
  ) {}

  protected noDirectives(node: Node): void {
    const text = this.tree.source.slice(lineStart(this.tree.source, this.tree.start(node)), this.tree.end(node));
    if (/^[ \t]*#/m.test(text)) throw new Unfit('a preprocessor directive stands in the loop');
    if (/\\\r?$/m.test(text)) throw new Unfit('the loop stands in a macro');
  }

  protected labelName(labeled: Node): string {
    const label = this.tree.child(labeled, 'label');
    return label === undefined ? '' : this.tree.text(label);
  }

  /** Gotos to a label that remain. */
  protected gotos(name: string): Node[] {
    const { tree } = this;
    return [...tree.all('goto_statement')].filter((g) => {
      const label = tree.child(g, 'label');
      return label !== undefined && tree.text(label) === name && !this.draft.gone(tree.start(g));
    });
  }

  /** Removes a statement; one that stands where the grammar wants a statement leaves an empty one. */
  protected dropStatement(statement: Node): void {
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

  protected statementFollows(labeled: Node): boolean {
    const next = this.tree.next(labeled);
    return next !== undefined && !this.tree.is(next, 'declaration') && !this.draft.gone(this.tree.start(next));
  }

  /** Puts a part of a statement in its place: a block gives up its braces and moves left. */
  protected unwrap(statement: Node, kept: Node): void {
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
    // A // comment reaches up to its line feed, a carriage return included.
    const end = tree.start(first) + source.slice(tree.start(first), tree.end(last)).trimEnd().length;
    const deeper = indentAt(source, tree.start(first));
    const alone = blank(source.slice(lineStart(source, tree.start(statement)), tree.start(statement)));
    const opens = blank(source.slice(lineStart(source, tree.start(first)), tree.start(first)));
    if (alone && opens) {
      draft.replace(lineStart(source, tree.start(statement)), lineStart(source, tree.start(first)), this.gapBefore(statement));
      draft.unindent(tree.start(first), end, deeper, own);
    } else {
      draft.replace(tree.start(statement), tree.start(first), '');
      draft.unindent(tree.start(first) + 1, end, deeper, own);
    }
    draft.replace(end, tree.end(statement), '');
  }

  /** Declarations and what follows them are set apart by a blank line: a line end where a statement that is to go stood in for one. */
  protected gapBefore(statement: Node): string {
    const { tree, draft } = this;
    const { source } = draft;
    const parent = tree.parent(statement);
    const list = parent === undefined ? [] : tree.children(parent);
    const previous = list[list.indexOf(statement) - 1];
    const between = previous === undefined ? '' : source.slice(tree.end(previous), tree.start(statement));
    return tree.is(previous, 'declaration') && !draft.gone(tree.start(previous)) && /^[ \t]*\r?\n[ \t]*$/.test(between)
      ? eolAt(source, tree.start(statement))
      : '';
  }

  /** Kernel style: no braces around one statement. Where all but one of a block's went, they go too. */
  protected looseBraces(): void {
    const { tree, draft } = this;
    const { source } = draft;
    for (const block of [...tree.all('compound_statement')]) {
      const parent = tree.parent(block);
      const whole = tree.is(parent, 'if_statement')
        ? tree.child(parent, 'alternative') === undefined
        : LOOPS.some((k) => k !== 'do_statement' && tree.is(parent, k));
      if (!whole || draft.gone(tree.start(block)) || tree.is(tree.parent(parent!), 'else_clause')) continue;
      const items = tree.withComments(block);
      const left = items.filter((n) => !this.dropped(n));
      const [only] = left;
      if (only === undefined || left.length > 1 || items.length === 1 || tree.text(only).includes('\n')) continue;
      if (!tree.is(only, 'expression_statement') && !JUMPS.some((k) => tree.is(only, k))) continue;
      const head = source.slice(0, tree.start(block)).trimEnd().length;
      // A comment behind the brace or the statement stays where it is, with them.
      const behind = source.slice(tree.end(only), lineEnd(source, tree.end(only)));
      if (!blank(source.slice(tree.start(block) + 1, lineEnd(source, tree.start(block)))) || !blank(behind)) continue;
      draft.replace(head, tree.start(block) + 1, '');
      draft.replace(tree.end(only), tree.end(block), '');
    }
  }

  /** Everything of a statement goes: no part of it was kept by an unwrapping. */
  protected dropped(statement: Node): boolean {
    for (let at = this.tree.start(statement); at < this.tree.end(statement); at++)
      if (!/\s/.test(this.tree.source[at]!) && !this.draft.gone(at)) return false;
    return true;
  }

  /** A label that no goto names any more goes, with its line when it has one. */
  protected dropLabel(name: string): void {
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
  protected unreachable(): void {
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

  protected removeLabeled(labeled: Node, list: readonly Node[], at: number): void {
    const { tree, draft } = this;
    let end = tree.end(labeled);
    const inner = tree.children(labeled)[1];
    if (inner !== undefined && tree.is(inner, 'labeled_statement')) return this.dropLabel(this.labelName(labeled));
    for (let i = at + 1; i < list.length && !tree.is(list[i], 'labeled_statement') && !tree.is(list[i], 'case_statement'); i++)
      end = tree.end(list[i]!);
    draft.remove(tree.start(labeled), end);
  }

  protected endsInJump(statement: Node | undefined): boolean {
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
    return JUMPS.some((k) => tree.is(statement, k));
  }
}
