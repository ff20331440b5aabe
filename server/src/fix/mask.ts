/** Flags added to a mask where it is written, in kernel style. */
import type { Draft } from './draft.js';
import { alignment } from './draft.js';
import { eolAt, indentAt, lineEnd, lineStart, width } from './edit-text.js';
import type { FunctionTree, Node } from './syntax.js';

/** Columns of a line that the kernel's style keeps. */
const WIDTH = 80;

/** The mask with a flag more, as text: what binds less than `|`, or mixes with it badly, is put in parentheses. */
export function withFlag(tree: FunctionTree, mask: Node, flag: string): string {
  const text = tree.text(mask);
  if (text === '0') return flag;
  return `${orOperand(tree, mask) ? text : `(${text})`} | ${flag}`;
}

/** Can the expression stand beside `|` without parentheses, and without a compiler's warning? */
function orOperand(tree: FunctionTree, e: Node): boolean {
  if (tree.is(e, 'binary_expression')) {
    const [left, right] = [tree.child(e, 'left'), tree.child(e, 'right')];
    return tree.operator(e) === '|' && left !== undefined && right !== undefined && orOperand(tree, left) && orOperand(tree, right);
  }
  return !tree.is(e, 'conditional_expression') && !tree.is(e, 'assignment_expression') && !tree.is(e, 'comma_expression');
}

/**
 * Puts an argument in place of another. A line that becomes too long, and was not before, is broken before the argument, or at its last `|`
 * when even that is not enough; an argument that stood on a line of its own because it was too long goes up when it fits.
 */
export function replaceArgument(draft: Draft, tree: FunctionTree, call: Node, argument: Node, text: string): void {
  const { source } = draft;
  const [start, end] = [tree.start(argument), tree.end(argument)];
  const open = openParen(tree, call);
  if (open === undefined || source.slice(start, end).includes('\n')) return draft.replace(start, end, text);
  const line = lineStart(source, start);
  const tail = source.slice(end, lineEnd(source, end)).replace(/\s+$/, '');
  const left = draft.movedLeft(start);
  const before = width(source.slice(line, start)) - left;
  // A line that was broken for nothing but its length, and fits now.
  const above = source.slice(lineStart(source, Math.max(line - 1, 0)), Math.max(line - 1, 0)).replace(/\s+$/, '');
  const joined = (mask: string): number => width(`${above} ${mask}${tail}`) - left;
  if (
    above.endsWith(',') &&
    open < line &&
    source.slice(line, start).trim() === '' &&
    joined(source.slice(start, end)) > WIDTH &&
    joined(text) <= WIDTH
  )
    return draft.replace(source.slice(0, start).trimEnd().length, end, ` ${text}`);
  if (width(source.slice(line, end) + tail) > WIDTH || before + (text + tail).length <= WIDTH) return draft.replace(start, end, text);
  const align = alignment(columnBehind(draft, open));
  const eol = eolAt(source, start);
  // The rest of the arguments goes along unless the argument begins its line already.
  const own = source.slice(line, start).trim() === '' || source.slice(0, start).trimEnd().endsWith('(');
  if (!own && width(align + text + tail) <= WIDTH) {
    return draft.replace(source.slice(0, start).trimEnd().length, end, `${eol}${align}${text}`);
  }
  const bar = text.lastIndexOf(' | ');
  if (bar < 0) return draft.replace(start, end, text);
  const pad = own ? alignment(before) : align;
  const broken = `${text.slice(0, bar)} |${eol}${pad}${text.slice(bar + 3)}`;
  if (own) draft.replace(start, end, broken);
  else draft.replace(source.slice(0, start).trimEnd().length, end, `${eol}${pad}${broken}`);
}

/** Column behind an opening parenthesis, where continued arguments are aligned. */
const columnBehind = (draft: Draft, open: number): number =>
  width(draft.source.slice(lineStart(draft.source, open), open + 1)) - draft.movedLeft(open);

function openParen(tree: FunctionTree, call: Node): number | undefined {
  const list = tree.child(call, 'arguments');
  return list === undefined ? undefined : tree.start(list);
}

/** Appends an argument to a call, on its last line when it fits, else on a line of its own below the first argument. */
export function appendArgument(draft: Draft, tree: FunctionTree, call: Node, text: string): void {
  const list = tree.child(call, 'arguments');
  if (list === undefined) return;
  const close = tree.end(list) - 1;
  const args = tree.args(call);
  if (args.length === 0) return draft.replace(close, close, text);
  appendToList(draft, tree.start(list), tree.end(args[args.length - 1]!), close, text);
}

/** The same for any parenthesised list: `last` is the end of its last element, `close` the offset of its `)`. */
export function appendToList(draft: Draft, open: number, last: number, close: number, text: string): void {
  const { source } = draft;
  const line = source.slice(lineStart(source, last), last);
  const tail = source.slice(close, lineEnd(source, close)).replace(/\s+$/, '');
  const left = draft.movedLeft(last);
  if (width(line) - left + `, ${text}${tail}`.length <= WIDTH || width(line + tail) > WIDTH) return draft.replace(last, last, `, ${text}`);
  const below = lineStart(source, last) !== lineStart(source, open);
  const continued = below ? width(indentAt(source, last)) - left : columnBehind(draft, open);
  draft.replace(last, last, `,${eolAt(source, last)}${alignment(continued)}${text}`);
}
