/** Edits of one file while they are being thought out: statements go, blocks lose their braces, lines move left. */
import type { TextEdit } from '../rules/model.js';
import { lineEnd, lineStart, width } from './edit-text.js';

interface Cut {
  start: number;
  end: number;
  put: string;
}

/**
 * Collects changes that may nest: what lies in a removed range goes with it, whatever else was planned there. A removed statement takes its
 * line along when nothing else stands on it, and a blank line that would otherwise stand beside another one or at the border of a block.
 */
export class Draft {
  private readonly cuts: Cut[] = [];
  /** Line starts and how many characters of their indent go. */
  private readonly indents = new Map<number, number>();
  /** Line starts and how many columns what stands on them moves left for another reason. */
  private readonly shifts = new Map<number, number>();

  constructor(
    readonly file: string,
    readonly source: string,
  ) {}

  replace(start: number, end: number, put: string): void {
    this.cuts.push({ start, end, put });
  }

  /** Removes a construct, with its line when it stands alone there. */
  remove(start: number, end: number): void {
    const { source } = this;
    const line = lineStart(source, start);
    const next = lineEnd(source, end);
    const alone = blank(source.slice(line, start)) && blank(source.slice(end, next));
    if (!alone) {
      const before = blank(source.slice(end, next)) ? start - /[ \t]*$/.exec(source.slice(line, start))![0].length : start;
      this.cuts.push({ start: before, end, put: '' });
    } else this.cuts.push({ start: line, end: next, put: '' });
  }

  /** Moves the lines that begin in [start, end) left by as much as `from` is deeper than `to`; lines with less indent stay. */
  unindent(start: number, end: number, from: string, to: string): void {
    if (!from.startsWith(to) || from === to) return;
    for (let line = lineStart(this.source, start); line < end; line = lineEnd(this.source, line)) {
      if (line >= start - from.length && this.source.startsWith(from, line))
        this.indents.set(line, (this.indents.get(line) ?? 0) + from.length - to.length);
      if (lineEnd(this.source, line) === line) break;
    }
  }

  /** Whether an offset lies in text that goes. */
  gone(offset: number): boolean {
    return this.cuts.some((c) => c.start <= offset && offset < c.end);
  }

  get empty(): boolean {
    return this.cuts.length === 0;
  }

  /** Says that text in front of an offset goes, by columns: who breaks long lines must know. */
  shifted(offset: number, columns: number): void {
    this.shifts.set(lineStart(this.source, offset), columns);
  }

  /** By how many columns the text at an offset moves left. */
  movedLeft(offset: number): number {
    const line = lineStart(this.source, offset);
    return width(this.source.slice(line, line + (this.indents.get(line) ?? 0))) + (this.shifts.get(line) ?? 0);
  }

  /** Edits in the order of the text, none overlapping another. */
  edits(): TextEdit[] {
    const { source } = this;
    const cuts = [...this.cuts].sort((a, b) => a.start - b.start || b.end - a.end);
    const merged: Cut[] = [];
    for (const cut of cuts) {
      const last = merged[merged.length - 1];
      // Inside what goes anyway.
      if (last && cut.start < last.end && cut.end <= last.end) continue;
      if (last && cut.start <= last.end && last.put === '' && cut.put === '') last.end = Math.max(last.end, cut.end);
      else merged.push({ ...cut });
    }
    for (const cut of merged) tidyBlankLines(source, cut);
    for (let i = merged.length - 1; i > 0; i--) {
      const [a, b] = [merged[i - 1]!, merged[i]!];
      if (b.start >= a.end || a.put !== '' || b.put !== '') continue;
      a.end = Math.max(a.end, b.end);
      merged.splice(i, 1);
    }
    for (const [line, count] of this.indents)
      if (!merged.some((c) => c.start < line + count && line < c.end)) merged.push({ start: line, end: line + count, put: '' });
    return merged.sort((a, b) => a.start - b.start).map(({ start, end, put }) => ({ file: this.file, start, end, text: put }));
  }
}

/** Whole lines that go leave no two blank lines in a row, none before a closing brace and none behind an opening one. */
function tidyBlankLines(source: string, cut: Cut): void {
  if (cut.put !== '' || lineStart(source, cut.start) !== cut.start || lineStart(source, cut.end) !== cut.end) return;
  const previous = source.slice(lineStart(source, Math.max(cut.start - 1, 0)), cut.start);
  const following = source.slice(cut.end, lineEnd(source, cut.end));
  const opens = /\{\s*$/.test(previous);
  if (blank(following) && following !== '' && (blank(previous) || opens)) cut.end += following.length;
  else if (/^\s*\}/.test(following) && blank(previous) && cut.start > 0) cut.start -= previous.length;
}

export const blank = (text: string): boolean => text.trim() === '';

/** Blanks that reach a column, in kernel style: tabs as far as they go. */
export const alignment = (columns: number): string => '\t'.repeat(Math.floor(columns / 8)) + ' '.repeat(columns % 8);
