/** Restores that are missing on early ways out, given the wrong cookie, or in the wrong order. */
import type { FunctionFlow, ScopeUse, Where } from '../flow/model.js';
import type { Finding, TextEdit } from '../rules/model.js';
import { eolAt, indentAt, lineEnd, lineStart, offsetOf } from './edit-text.js';
import { refusal } from './mask-site.js';
import type { Fixer, FixWorld, Proposal } from './model.js';
import { acts } from './retry/success.js';
import { FunctionTree, type Node } from './syntax.js';

const TITLE = 'Close the scope on this way out';

export const scopeBalanceFixer: Fixer = {
  rules: ['scope-unbalanced'],
  async propose(finding, flow, world) {
    const text = await world.text(finding.at.file);
    if (text === undefined) return [refusal(TITLE, 'the file cannot be read as it was audited')];
    return finding.data['why'] === undefined ? missing(finding, flow, text, world) : wrong(finding, flow, text, world);
  },
};

const same = (a: { line: number; column: number }, b: { line: number; column: number }): boolean =>
  a.line === b.line && a.column === b.column;
const restoreOf = (by: string): string | undefined => (/^memalloc_\w+_save$/.test(by) ? by.replace(/_save$/, '_restore') : undefined);

function missing(finding: Finding, flow: FunctionFlow, text: string, world: FixWorld): Proposal[] {
  const scope = flow.scopes.find((s) => s.kind === finding.data['scope'] && s.leaks.some((leak) => same(leak, finding.at)));
  const restore = scope && restoreOf(scope.by);
  // A callee may leave one open (fs/jbd2: start_this_handle() keeps its cookie in the handle): what its result went to is no cookie.
  const own = scope && flow.calls.some((c) => c.name === scope.by && c.at.line === scope.at.line);
  if (!scope || !restore || !own || !/^[A-Za-z_]\w*$/.test(scope.cookie))
    return [refusal(TITLE, 'the scope is opened by a helper, or its cookie is not kept in a variable')];
  const statement = `${restore}(${scope.cookie});`;
  // Where no way out closes the scope, closing one would leave the others: all of them are one mend.
  const ways = scope.restores.length > 0 ? [finding.at] : scope.leaks;
  const edits: TextEdit[] = [];
  for (const way of ways) {
    const edit = closeAt(way, statement, text, finding.at.file, world);
    if (typeof edit === 'string') return [refusal(TITLE, edit)];
    edits.push(...edit);
  }
  return [
    {
      kind: 'edit',
      title: ways.length > 1 ? 'Close the scope on every way out' : TITLE,
      safety: 'safe',
      edits,
      detail: `The task leaves with the flags that it came with: '${restore}(${scope.cookie})' undoes line ${scope.at.line}.`,
    },
  ];
}

/** Edits that put a statement before the return at a place (or the end of the function), or why they cannot be made. */
function closeAt(way: Where, statement: string, text: string, file: string, world: FixWorld): TextEdit[] | string {
  const offset = offsetOf(text, way);
  const tree = FunctionTree.at(text, Math.min(offset, text.length - 1), world.parser);
  if (!tree) return 'the function cannot be read without error';
  const eol = eolAt(text, offset);
  for (const node of tree.all('return_statement')) {
    if (tree.start(node) !== offset) continue;
    const value = tree.children(node)[0];
    // What the value calls would run outside of the scope.
    if (value !== undefined && acts(tree, value)) return 'the value that is returned is computed inside the scope: it needs a variable';
    return beforeStatement(tree, node, statement, text, file, eol);
  }
  // The end of a function without a return.
  const close = text[offset] === '}' ? offset : text.indexOf('}', offset);
  if (close < 0 || text.slice(offset, close).trim() !== '') return 'the way out is made by a macro';
  const at = lineStart(text, close);
  if (text.slice(at, close).trim() !== '') return 'the end of the function shares its line';
  return [{ file, start: at, end: at, text: `${indentAt(text, close)}\t${statement}${eol}` }];
}

function beforeStatement(tree: FunctionTree, node: Node, statement: string, text: string, file: string, eol: string): TextEdit[] | string {
  const parent = tree.parent(node);
  const start = tree.start(node);
  const line = lineStart(text, start);
  const indent = indentAt(text, start);
  if (text.slice(line, start).trim() !== '') return 'the return shares its line with other code';
  if (tree.is(parent, 'compound_statement') || tree.is(parent, 'case_statement') || tree.is(parent, 'labeled_statement'))
    return [{ file, start: line, end: line, text: `${indent}${statement}${eol}` }];
  if (!tree.is(parent, 'if_statement') || tree.child(parent, 'alternative') !== undefined || tree.is(tree.parent(parent), 'else_clause'))
    return 'the return stands alone in a statement that would need braces';
  // Kernel style: the brace goes behind the condition.
  const condition = tree.child(parent, 'condition')!;
  const head = tree.end(condition);
  if (text.slice(head, line).trim() !== '') return 'a comment stands between condition and return';
  const own = indentAt(text, tree.start(parent));
  // A comment behind the return stays with it.
  const end = tree.end(node) + text.slice(tree.end(node), lineEnd(text, tree.end(node))).trimEnd().length;
  return [
    { file, start: head, end: head, text: ' {' },
    { file, start: line, end: line, text: `${indent}${statement}${eol}` },
    { file, start: end, end, text: `${eol}${own}}` },
  ];
}

function wrong(finding: Finding, flow: FunctionFlow, text: string, world: FixWorld): Proposal[] {
  const title = 'Give the restore its own cookie';
  const scope = flow.scopes.find((s) => s.kind === finding.data['scope'] && s.wrong.some((w) => same(w.at, finding.at)));
  const tree = FunctionTree.at(text, offsetOf(text, finding.at), world.parser);
  const call = tree && [...tree.all('call_expression')].find((c) => tree.start(c) === offsetOf(text, finding.at));
  if (!scope || !tree || call === undefined) return [refusal(title, 'the restore is made by a macro')];
  switch (finding.data['why']) {
    case 'order':
      return order(flow, tree, call, text, finding);
    case 'other-cookie':
    case 'other-kind':
      return cookie(scope, tree, call, finding);
    default:
      return [refusal(title, 'which save it was to undo cannot be told from here')];
  }
}

/** The restore whose cookie was meant: the one that no other restore of the function is given. */
function cookie(scope: ScopeUse, tree: FunctionTree, call: Node, finding: Finding): Proposal[] {
  const title = 'Give the restore its own cookie';
  const [argument] = tree.args(call);
  const restore = restoreOf(scope.by);
  const name = tree.child(call, 'function');
  if (argument === undefined || name === undefined || !restore || !/^[A-Za-z_]\w*$/.test(scope.cookie))
    return [refusal(title, 'its cookie is not kept in a variable')];
  const edits: TextEdit[] = [];
  const file = finding.at.file;
  // Of name and cookie the one that does not belong to the scope is changed.
  if (tree.text(argument) === scope.cookie) {
    if (tree.text(name) === restore) return [refusal(title, 'both name and cookie are those of the scope')];
    edits.push({ file, start: tree.start(name), end: tree.end(name), text: restore });
  } else if (tree.text(name) === restore) edits.push({ file, start: tree.start(argument), end: tree.end(argument), text: scope.cookie });
  else return [refusal(title, 'neither its name nor its cookie belongs to the scope')];
  return [
    {
      kind: 'edit',
      title,
      safety: 'safe',
      edits,
      detail: `The restore undoes '${scope.by}' of line ${scope.at.line}, and the flags of the task come out as they were.`,
    },
  ];
}

/** Two restores that follow each other change places. */
function order(_flow: FunctionFlow, tree: FunctionTree, call: Node, text: string, finding: Finding): Proposal[] {
  const title = 'Close the inner scope first';
  const statement = tree.parent(call);
  const next = statement === undefined ? undefined : tree.next(statement);
  const isRestore = (n: Node | undefined): n is Node =>
    tree.is(n, 'expression_statement') && /^memalloc_\w+_restore\s*\(/.test(tree.text(n));
  if (!isRestore(statement) || !isRestore(next)) return [refusal(title, 'other code stands between the two restores')];
  if (text.slice(tree.end(statement), tree.start(next)).trim() !== '') return [refusal(title, 'a comment stands between the two restores')];
  const file = finding.at.file;
  return [
    {
      kind: 'edit',
      title,
      safety: 'safe',
      edits: [
        { file, start: tree.start(statement), end: tree.end(statement), text: tree.text(next) },
        { file, start: tree.start(next), end: tree.end(next), text: tree.text(statement) },
      ],
      detail: 'Scopes nest: each restore gets the flags that its own save left, in reverse order.',
    },
  ];
}
