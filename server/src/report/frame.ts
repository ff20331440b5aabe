/** The piece of source shown under a finding: the line before, the line itself, a marker below. */
import type { Where } from '../flow/model.js';
import { palette, printable } from './colour.js';

const tabWidth = 8;

/** Column on the screen (from 0) of a UTF-16 column (from 1), tabs expanded. */
function screenColumn(line: string, column: number): number {
  return expandTabs(line.slice(0, Math.max(0, column - 1))).length;
}

function expandTabs(line: string): string {
  let out = '';
  for (const char of line) out += char === '\t' ? ' '.repeat(tabWidth - (out.length % tabWidth)) : char;
  return out;
}

/** Lines of the frame, indented; none when the file has no such line. */
export function codeFrame(source: readonly string[] | undefined, at: Where, colour: boolean): string[] {
  const text = source?.[at.line - 1];
  if (text === undefined) return [];
  const colours = palette(colour);
  const gutter = String(at.line).length;
  const numbered = (line: number, content: string): string =>
    `    ${colours.dim(`${String(line).padStart(gutter)} |`)} ${expandTabs(printable(content)).trimEnd()}`;
  const before = at.line > 1 ? source?.[at.line - 2] : undefined;
  const from = screenColumn(text, at.column);
  const lastColumn = at.endLine > at.line ? text.trimEnd().length + 1 : at.endColumn;
  const length = Math.max(1, screenColumn(text, lastColumn) - from);
  return [
    ...(before !== undefined && before.trim() !== '' ? [numbered(at.line - 1, before)] : []),
    numbered(at.line, text),
    `    ${colours.dim(`${' '.repeat(gutter)} |`)} ${' '.repeat(from)}${colours.red('^'.repeat(length))}`,
  ];
}
