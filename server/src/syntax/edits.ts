import { CR } from './chars.js';

/** Same-length edits of a text, collected in any order and applied at once. Where two overlap the one that starts first wins. */
export class Edits {
  private readonly list: { at: number; end: number; word: string }[] = [];
  private sorted = true;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Replaces [at, end) by spaces, newlines kept. */
  blank(at: number, end: number): void {
    this.put(at, end, '');
  }

  /**
   * Replaces [at, end) by `word` and spaces, newlines kept. The words of `word` go where they fit between the newlines; what has no
   * room is left out.
   */
  put(at: number, end: number, word: string): void {
    if (end <= at) return;
    if (word !== '' && !fits(this.source, at, end, word)) {
      let from = at;
      for (const part of word.split(' ')) {
        let to = from;
        while (to + part.length <= end && !fits(this.source, to, end, part)) to++;
        if (to + part.length > end) break;
        this.blank(from, to);
        this.put(to, to + part.length, part);
        from = to + part.length;
      }
      this.blank(from, end);
      return;
    }
    const before = this.list[this.list.length - 1];
    if (before !== undefined && before.at > at) this.sorted = false;
    this.list.push({ at, end, word });
  }

  apply(): string {
    if (this.list.length === 0) return this.source;
    if (!this.sorted) this.list.sort((a, b) => a.at - b.at || b.end - a.end);
    const parts: string[] = [];
    let done = 0;
    for (const edit of this.list) {
      if (edit.at < done) {
        // The rest of a blanked span that begins inside another.
        if (edit.word === '' && edit.end > done) {
          parts.push(blanks(this.source, done, edit.end));
          done = edit.end;
        }
        continue;
      }
      if (edit.at > done) parts.push(this.source.slice(done, edit.at));
      parts.push(edit.word, blanks(this.source, edit.at + edit.word.length, edit.end));
      done = edit.end;
    }
    parts.push(this.source.slice(done));
    return parts.join('');
  }
}

function fits(source: string, at: number, end: number, word: string): boolean {
  return at + word.length <= end && !source.slice(at, at + word.length).includes('\n');
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
