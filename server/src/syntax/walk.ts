import { ERROR_NODE, MISSING_NODE, NAMED, type AstStore } from './ast.js';
import { canonicalKind, isNamedKind, KIND } from './kinds.js';

/** What both engines' tree cursors offer. Each member is a call into the engine, so as few as possible are used. */
export interface Cursor {
  readonly nodeTypeId: number;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly nodeIsMissing: boolean;
  readonly currentFieldId: number | undefined;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

/** Fills the store with every node below and including the cursor's, in preorder. */
export function fillFromCursor(store: AstStore, cursor: Cursor): void {
  let parent = -1;
  let previous = -1;
  for (;;) {
    const node = store.count++;
    if (node >= store.kind.length) store.reserve(node + 1);
    const kind = canonicalKind(cursor.nodeTypeId);
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    store.kind[node] = kind;
    store.start[node] = start;
    store.end[node] = end;
    store.parent[node] = parent;
    store.firstChild[node] = -1;
    store.nextSibling[node] = -1;
    store.field[node] = cursor.currentFieldId ?? 0;
    let flags = isNamedKind(kind) ? NAMED : 0;
    if (kind === KIND.ERROR) flags = NAMED | ERROR_NODE;
    else if (start === end && cursor.nodeIsMissing) flags |= MISSING_NODE;
    store.flags[node] = flags;
    if (flags > NAMED) store.noteBroken(node);
    if (previous >= 0) store.nextSibling[previous] = node;
    else if (parent >= 0) store.firstChild[parent] = node;

    if (cursor.gotoFirstChild()) {
      parent = node;
      previous = -1;
      continue;
    }
    let at = node;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) return;
      at = parent;
      parent = store.parent[at]!;
    }
    previous = at;
  }
}
