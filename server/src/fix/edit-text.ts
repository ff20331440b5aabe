/** Text around an edit: places by line and column, indents, line ends, and the 80 columns of kernel style. */
import type { TextEdit } from '../rules/model.js';

/** Offset of a line and column, both counted from 1. */
export function offsetOf(text: string, at: { line: number; column: number }): number {
  let from = 0;
  for (let i = 1; i < at.line; i++) {
    const next = text.indexOf('\n', from);
    if (next < 0) return text.length;
    from = next + 1;
  }
  return from + at.column - 1;
}

/** Line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Offset behind the line's end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Blanks at the beginning of the line around an offset. */
export const indentAt = (text: string, offset: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))![0];

/** The line end that the file uses around an offset. */
export function eolAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  const seen = end >= 0 ? end : text.indexOf('\n');
  return seen > 0 && text[seen - 1] === '\r' ? '\r\n' : '\n';
}

/** Whether nothing but blanks stands on the lines of [start, end) beside it. */
export function ownLines(text: string, start: number, end: number): boolean {
  const rest = text.slice(end, lineEnd(text, end));
  return text.slice(lineStart(text, start), start).trim() === '' && rest.trim() === '' && (rest.endsWith('\n') || end === text.length);
}

/**
 * Takes [start, end) out: with its lines where nothing else stands on them, and with one of two blank lines that would then
 * follow each other.
 */
export function removal(file: string, text: string, start: number, end: number): TextEdit {
  if (!ownLines(text, start, end)) return { file, start, end, text: '' };
  const from = lineStart(text, start);
  let to = lineEnd(text, end);
  const blankBefore =
    from === 0 ||
    /\n[ \t]*\r?\n$/.test(text.slice(Math.max(0, from - 200), from)) ||
    /\{[ \t]*\r?\n$/.test(text.slice(Math.max(0, from - 200), from));
  const blankAfter = /^[ \t]*\r?\n/.exec(text.slice(to, to + 200));
  if (blankBefore && blankAfter) to += blankAfter[0].length;
  return { file, start: from, end: to, text: '' };
}

/** Columns of a text with tabs of eight. */
export function width(line: string): number {
  let columns = 0;
  for (const c of line) columns = c === '\t' ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
  return columns;
}

const LIMIT = 80;

/**
 * The edits with lines broken where one that kept to 80 columns no longer does: before the argument that does not fit, aligned
 * with the open parenthesis as the kernel's style has it. A line that was longer before stays as long.
 */
export function wrapped(text: string, edits: readonly TextEdit[]): TextEdit[] {
  return edits.map((edit) => {
    if (edit.text === '' || edit.text.includes('\n')) return edit;
    const from = lineStart(text, edit.start);
    const end = lineEnd(text, edit.end);
    const old = text.slice(from, end).replace(/\r?\n$/, '');
    if (text.slice(edit.start, edit.end).includes('\n') || width(old) > LIMIT) return edit;
    const line = text.slice(from, edit.start) + edit.text + text.slice(edit.end, end).replace(/\r?\n$/, '');
    if (width(line) <= LIMIT) return edit;
    const head = text.slice(from, edit.start);
    // The argument that the edit stands in begins behind the last comma before it, inside the innermost open parenthesis.
    const open = openParenthesis(text, edit.start);
    if (open === undefined) return edit;
    const comma = head.lastIndexOf(', ');
    const openHere = open - from;
    if (comma < 0 || comma < openHere || head.slice(comma + 2).includes('(')) return edit;
    const column = width(text.slice(lineStart(text, open), open + 1));
    const pad = '\t'.repeat(Math.floor(column / 8)) + ' '.repeat(column % 8);
    if (width(pad + line.slice(comma + 2)) > LIMIT) return edit;
    const start = from + comma + 1;
    return { ...edit, start, text: eolAt(text, edit.start) + pad + text.slice(start + 1, edit.start) + edit.text };
  });
}

/** Offset of the innermost parenthesis that is open at an offset; strings and comments are not expected among arguments of a call. */
function openParenthesis(text: string, offset: number): number | undefined {
  let depth = 0;
  for (let i = offset - 1; i >= 0 && text[i] !== ';' && text[i] !== '{'; i--) {
    if (text[i] === ')') depth++;
    else if (text[i] === '(' && depth-- === 0) return i;
  }
  return undefined;
}

/** Whether a name occurs in a text as a word, comments and strings left out. */
export function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(bareCode(text));
}

/** The text with comments and strings blanked, of the same length. */
export function bareCode(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (m) => m.replace(/[^\n]/g, ' '));
}
