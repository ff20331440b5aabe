import { CR } from './chars.js';

/** Same-length edits of a text, collected in any order and applied at once. Where two overlap the one that starts first wins. */
export class Edits {
  private readonly list: { at: number; end: number; text: string }[] = [];
  private sorted = true;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  get empty(): boolean {
    return this.list.length === 0;
  }

  /** Replaces [at, end) by spaces, newlines kept. */
  blank(at: number, end: number): void {
    if (end > at) this.push(at, end, blanks(this.source, at, end));
  }

  /** Replaces [at, end) by `word` and spaces, newlines kept behind it. The word must fit before the first newline. */
  put(at: number, end: number, word: string): void {
    this.push(at, end, word + blanks(this.source, at + word.length, end));
  }

  private push(at: number, end: number, text: string): void {
    const before = this.list[this.list.length - 1];
    if (before !== undefined && before.at > at) this.sorted = false;
    this.list.push({ at, end, text });
  }

  apply(): string {
    if (this.list.length === 0) return this.source;
    if (!this.sorted) this.list.sort((a, b) => a.at - b.at || b.end - a.end);
    const parts: string[] = [];
    let done = 0;
    for (const edit of this.list) {
      if (edit.at < done) continue;
      if (edit.at > done) parts.push(this.source.slice(done, edit.at));
      parts.push(edit.text);
      done = edit.end;
    }
    parts.push(this.source.slice(done));
    return parts.join('');
  }
}

const SPACES = ' '.repeat(256);

function blanks(source: string, from: number, to: number): string {
  if (to <= from) return '';
  const nl = source.indexOf('\n', from);
  if (nl < 0 || nl >= to) return to - from <= 256 ? SPACES.slice(0, to - from) : ' '.repeat(to - from);
  const out: string[] = [];
  let at = from;
  for (let end = nl; ; end = source.indexOf('\n', at)) {
    if (end < 0 || end >= to) {
      out.push(' '.repeat(to - at));
      return out.join('');
    }
    const cr = end > at && source.charCodeAt(end - 1) === CR ? 1 : 0;
    out.push(' '.repeat(end - at - cr), cr ? '\r\n' : '\n');
    at = end + 1;
  }
}
