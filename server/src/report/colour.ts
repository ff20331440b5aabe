/** Terminal colours, and the cleaning of text that comes from a tree nobody here wrote. */
import type { Severity } from '../rules/model.js';

export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const wrap =
  (open: number, close: number) =>
  (text: string): string =>
    `\x1b[${open}m${text}\x1b[${close}m`;
const plainText = (text: string): string => text;

/** Functions that colour text, or leave it alone when `enabled` is false. */
export function palette(enabled: boolean): Palette {
  if (!enabled) return { bold: plainText, dim: plainText, red: plainText, yellow: plainText, cyan: plainText };
  return { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), yellow: wrap(33, 39), cyan: wrap(36, 39) };
}

/** The severity's word in its colour. */
export function severityWord(colours: Palette, severity: Exclude<Severity, 'off'>): string {
  return severity === 'error' ? colours.red('error') : severity === 'warning' ? colours.yellow('warning') : colours.cyan('note');
}

/** Control characters (a source file may hold terminal escapes) as visible stand-ins; tabs are kept. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\u00b7');
}
