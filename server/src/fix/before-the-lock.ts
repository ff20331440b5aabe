/**
 * Moves an allocation in front of the lock under which it stands. Only where nothing can tell: the statement follows the lock in the same
 * block with nothing but plain statements between, what it reads cannot have changed in between, and its failure path undoes nothing
 * but the lock.
 */
import type { FunctionFlow } from '../flow/model.js';
import type { Finding, TextEdit } from '../rules/model.js';
import { eolAt, indentAt, lineEnd, lineStart } from './edit-text.js';
import { Draft } from './draft.js';
import type { MaskSite } from './mask-site.js';
import type { FixWorld, Proposal } from './model.js';
import { acts } from './retry/success.js';
import type { FunctionTree, Node } from './syntax.js';

export async function beforeTheLock(finding: Finding, flow: FunctionFlow, place: MaskSite, world: FixWorld): Promise<Proposal[]> {
  const { site, found } = place;
  const held = site.states.flatMap((s) => s.held).find((h) => h.atomic);
  const text = await world.text(finding.at.file);
  if (!held || held.origin !== 'local' || text === undefined) return [];
  const advice: Proposal = {
    kind: 'advice',
    title: 'Allocate before the lock is taken',
    detail: `'${held.text || held.kind}' is taken in line ${held.at.line}. Allocate in front of it, and free the memory where the code under the lock finds that it needs none.`,
  };
  const edits = move(found.tree, found.call, held.at.line, text, finding.at.file);
  if (!edits) return [advice];
  return [
    {
      kind: 'edit',
      title: 'Allocate before the lock is taken',
      safety: 'review',
      edits,
      detail: `The request may sleep and reclaim again, and the lock of line ${held.at.line} is not held for it. The memory is now asked for before what the lock guards is looked at.`,
    },
  ];
}

function move(tree: FunctionTree, call: Node, lockLine: number, text: string, file: string): TextEdit[] | undefined {
  const statement = assignmentAround(tree, call);
  const block = statement === undefined ? undefined : tree.parent(statement);
  if (statement === undefined || block === undefined || !tree.is(block, 'compound_statement')) return undefined;
  const list = tree.children(block);
  const at = list.indexOf(statement);
  const from = list.findIndex((s) => lineAt(text, tree.start(s)) === lockLine);
  if (from < 0 || from >= at || !tree.is(list[from], 'expression_statement')) return undefined;
  const lock = list[from]!;
  const between = list.slice(from + 1, at);
  if (!between.every((s) => tree.is(s, 'expression_statement'))) return undefined;
  const assignment = tree.children(statement)[0]!;
  const target = tree.child(assignment, 'left')!;
  // A plain local, so that nobody else sees when it is written, and arguments that no statement in between can change.
  if (!tree.is(target, 'identifier') || !isLocal(tree, tree.text(target))) return undefined;
  const reads = namesIn(tree, call).filter((n) => isVariable(tree, n));
  if (!reads.every((n) => isLocal(tree, n) || isParameter(tree, n)) || dereferences(tree, call)) return undefined;
  for (const s of [lock, ...between]) {
    if (namesIn(tree, s).includes(tree.text(target))) return undefined;
    if (s !== lock && reads.some((n) => namesIn(tree, s).includes(n))) return undefined;
  }
  const check = list[at + 1];
  const failure = check === undefined ? undefined : failurePath(tree, check, tree.text(target), unlockOf(tree.text(lock)));
  if (failure === undefined || check === undefined) return undefined;
  const draft = new Draft(file, text);
  const eol = eolAt(text, tree.start(lock));
  const indent = indentAt(text, tree.start(lock));
  if (indentAt(text, tree.start(statement)) !== indent) return undefined;
  const start = lineStart(text, tree.start(statement));
  const end = lineEnd(text, tree.end(check));
  if (text.slice(start, tree.start(statement)).trim() !== '' || text.slice(tree.end(check), end).trim() !== '') return undefined;
  const middle = text.slice(tree.end(statement), tree.start(check));
  if (middle.trim() !== '') return undefined;
  const request = text.slice(start, lineEnd(text, tree.end(statement)));
  const moved = `${request}${indent}if (!${tree.text(target)})${eol}${indent}\t${failure}${eol}`;
  const lockAt = lineStart(text, tree.start(lock));
  const blankBefore = /\n[ \t]*\r?\n$/.test(text.slice(0, lockAt));
  draft.replace(lockAt, lockAt, blankBefore || /[;})]\s*$/.test(text.slice(0, lockAt)) ? `${moved}${eol}` : moved);
  draft.remove(start, end - (text.slice(0, end).endsWith('\r\n') ? 2 : 1));
  return draft.edits();
}

/** The statement `x = call(...)` around a call. */
function assignmentAround(tree: FunctionTree, call: Node): Node | undefined {
  const assignment = tree.parent(call);
  if (assignment === undefined || !tree.is(assignment, 'assignment_expression') || tree.operator(assignment) !== '=') return undefined;
  const statement = tree.parent(assignment);
  return tree.is(statement, 'expression_statement') ? statement : undefined;
}

/** `if (!x) { unlock; return E; }`: what remains of the failure path without the lock; undefined for any other path. */
function failurePath(tree: FunctionTree, check: Node, target: string, unlock: string | undefined): string | undefined {
  if (!tree.is(check, 'if_statement') || tree.child(check, 'alternative') !== undefined || unlock === undefined) return undefined;
  const condition = tree.child(check, 'condition');
  const tested = condition === undefined ? undefined : tree.nullTested(condition);
  const way = tree.child(check, 'consequence');
  if (tested === undefined || tree.text(tested) !== target || way === undefined) return undefined;
  const steps =
    tree.withComments(way).length === tree.statements(way).length || !tree.is(way, 'compound_statement') ? tree.statements(way) : [];
  const [first, last, ...more] = steps;
  if (first === undefined || last === undefined || more.length > 0 || !tree.is(last, 'return_statement')) return undefined;
  if (squeeze(tree.text(first)) !== unlock) return undefined;
  const value = tree.children(last)[0];
  // A value that the lock may guard must not be read without it.
  return value === undefined || (!acts(tree, value) && /^-?\w+$/.test(tree.text(value))) ? tree.text(last) : undefined;
}

/** The unlocking statement that belongs to a locking one, without blanks. */
function unlockOf(lock: string): string | undefined {
  const [, name, args] = /^(\w+)\s*\(([\s\S]*)\)\s*;$/.exec(lock) ?? [];
  if (name === undefined || args === undefined) return undefined;
  const undone = UNLOCKS.find(([pattern]) => pattern.test(name));
  return undone && `${squeeze(name.replace(undone[0], undone[1]))}(${squeeze(args)});`;
}

const UNLOCKS: readonly [RegExp, string][] = [
  [/^rcu_read_lock(?=$|_bh$|_sched$)/, 'rcu_read_unlock'],
  [/^(raw_spin|spin|read|write)_lock_irqsave$/, '$1_unlock_irqrestore'],
  [/^(raw_spin|spin|read|write)_lock(?=$|_bh$|_irq$)/, '$1_unlock'],
  [/^local_irq_save$/, 'local_irq_restore'],
  [/^local_irq_disable$/, 'local_irq_enable'],
  [/^local_bh_disable$/, 'local_bh_enable'],
  [/^preempt_disable$/, 'preempt_enable'],
];

const squeeze = (text: string): string => text.replace(/\s+/g, '');
const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function namesIn(tree: FunctionTree, node: Node): string[] {
  return [...tree.below(node, 'identifier')].map((n) => tree.text(n));
}

/** Whether the call reads memory through a pointer; sizeof does not. */
function dereferences(tree: FunctionTree, call: Node): boolean {
  for (const kind of ['field_expression', 'pointer_expression', 'subscript_expression'] as const) {
    for (const node of tree.below(call, kind)) {
      let sized = false;
      for (let at = tree.parent(node); at !== undefined && at !== call; at = tree.parent(at))
        if (tree.is(at, 'sizeof_expression')) sized = true;
      if (!sized) return true;
    }
  }
  return false;
}

const isVariable = (tree: FunctionTree, name: string): boolean =>
  isLocal(tree, name) || isParameter(tree, name) || (/^[a-z]\w*$/.test(name) && !isCalled(tree, name));

const isCalled = (tree: FunctionTree, name: string): boolean => [...tree.all('call_expression')].some((c) => tree.callee(c) === name);

function isLocal(tree: FunctionTree, name: string): boolean {
  for (const declaration of tree.all('declaration')) {
    if (/^\s*static\b/.test(tree.text(declaration))) continue;
    for (let d of tree.children(declaration).filter((n) => tree.isField(n, 'declarator'))) {
      for (let inner: Node | undefined = d; inner !== undefined; inner = tree.child(inner, 'declarator')) d = inner;
      if (tree.is(d, 'identifier') && tree.text(d) === name) return true;
    }
  }
  return false;
}

function isParameter(tree: FunctionTree, name: string): boolean {
  for (const parameter of tree.all('parameter_declaration')) if (namesIn(tree, parameter).includes(name)) return true;
  return false;
}
