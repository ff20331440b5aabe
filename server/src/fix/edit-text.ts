/** Text around an edit: places by line and column, indents, line ends, widths, names. */

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

/** Columns of a text with tabs of eight. */
export function width(line: string): number {
  let columns = 0;
  for (const c of line) columns = c === '\t' ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
  return columns;
}

/** Whether a name occurs in a text as a word, comments and strings left out. */
export function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(bareCode(text));
}

/** The text with comments and strings blanked, of the same length. */
export function bareCode(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (m) => m.replace(/[^\n]/g, ' '));
}
