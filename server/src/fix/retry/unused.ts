/** Local variables that nothing uses any more once a draft's text is gone. */
import type { Draft } from '../draft.js';
import type { FunctionTree, Node } from '../syntax.js';

/** Removes the declarations of locals whose last uses the draft removes. What was unused before stays: it is not ours. */
export function dropUnused(tree: FunctionTree, draft: Draft): void {
  for (const declaration of [...tree.all('declaration')]) {
    if (draft.gone(tree.start(declaration))) continue;
    const declarators = tree.children(declaration).filter((n) => tree.isField(n, 'declarator'));
    const unused = declarators.filter((d) => isUnused(tree, draft, d));
    if (unused.length === 0) continue;
    if (unused.length === declarators.length) {
      draft.remove(tree.start(declaration), tree.end(declaration));
      continue;
    }
    for (const d of unused) {
      const i = declarators.indexOf(d);
      // With the comma behind, or for the last the comma before.
      if (i + 1 < declarators.length) draft.replace(tree.start(d), tree.start(declarators[i + 1]!), '');
      else draft.replace(tree.end(declarators[i - 1]!), tree.end(d), '');
    }
  }
}

function isUnused(tree: FunctionTree, draft: Draft, declarator: Node): boolean {
  const name = nameOf(tree, declarator);
  if (name === undefined) return false;
  // An initialiser that does something keeps its variable.
  if (tree.is(declarator, 'init_declarator')) {
    const value = tree.child(declarator, 'value');
    if (value === undefined || [...tree.below(value, 'call_expression')].length > 0) return false;
  }
  let removed = 0;
  for (const id of tree.all('identifier')) {
    if (tree.text(id) !== name || tree.within(id, declarator)) continue;
    if (!draft.gone(tree.start(id))) return false;
    removed++;
  }
  return removed > 0;
}

function nameOf(tree: FunctionTree, declarator: Node): string | undefined {
  for (let at: Node | undefined = declarator; at !== undefined; at = tree.child(at, 'declarator'))
    if (tree.is(at, 'identifier')) return tree.text(at);
  return undefined;
}
