/** One side of a change, line by line: what of it the change put there, or takes away. */
import type { Origin, TrackedFile } from './apply.js';

export interface SideLine {
  text: string;
  /** The patch line that added it (new side) or removes it (old side). */
  origin?: Origin;
  /** A change that shows on the other side only and stands just before this line. */
  beside?: Origin;
}

/** The file as it is after the change. */
export function newSide(file: TrackedFile): SideLine[] {
  const out: SideLine[] = file.lines.map(({ text, from }) => ({ text, ...(from && { origin: from }) }));
  const index = new Map(file.lines.map((line, i) => [line, i]));
  for (const { by, before } of file.removed) {
    const at = before === null ? out.length - 1 : index.get(before);
    const line = at === undefined ? undefined : out[at];
    if (line) line.beside ??= by;
  }
  return out;
}

/** The file as it was before the change. @param text all of it */
export function oldSide(text: string, file: TrackedFile | null): SideLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const out: SideLine[] = lines.map((line) => ({ text: line }));
  if (!file) return out;
  for (const { old, by } of file.removed) if (old !== undefined && out[old - 1]) out[old - 1]!.origin = by;
  let added: Origin | undefined;
  for (const { old, from } of file.lines) {
    if (from) added ??= from;
    else if (old !== undefined) {
      if (added && out[old - 1]) out[old - 1]!.beside ??= added;
      added = undefined;
    }
  }
  const last = out.at(-1);
  if (added && last) last.beside ??= added;
  return out;
}

export interface Extent {
  /** Indices of the first line of the head and of the closing brace. */
  from: number;
  to: number;
  name: string;
}

/** Lines of a function's head above its opening brace. */
const MAX_HEAD = 12;

/** The function around a line of kernel-style C, whose braces stand in column 0; undefined outside of one. */
export function functionAround(lines: readonly SideLine[], index: number): Extent | undefined {
  const begins = (i: number, c: string): boolean => lines[i]?.text.startsWith(c) === true;
  let open = index;
  while (open >= 0 && !begins(open, '{') && !(begins(open, '}') && open !== index)) open--;
  if (!begins(open, '{')) {
    // In the head of a function, above its brace?
    for (open = index; open < index + MAX_HEAD && !begins(open, '{'); open++) {
      const text = lines[open]?.text;
      if (text === undefined || text.trim() === '' || /[;}]\s*$/.test(text) || text.startsWith('#')) return undefined;
    }
    if (!begins(open, '{')) return undefined;
  }
  let to = Math.max(open, index);
  while (to < lines.length && !begins(to, '}')) to++;
  let from = open;
  while (from > 0 && open - from < MAX_HEAD && !/^(\s*$|[}#]|.*[;}]\s*$|\s*\*)/.test(lines[from - 1]!.text)) from--;
  const head = lines
    .slice(from, open)
    .map(({ text }) => text)
    .join(' ');
  const name = /(\w+)\s*\(/.exec(head.replace(/__\w+\(\([^)]*\)\)/g, ''))?.[1];
  return name === undefined ? undefined : { from, to, name };
}
