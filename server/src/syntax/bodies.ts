import { matchBrace } from './brace.js';
import { COMMA, NL, SEMICOLON } from './chars.js';
import { isElse, isIf, readDirective } from './directive.js';

/**
 * Finds where braced bodies at file scope end, without reading them where kernel style lets it: a body that opens with `{` at the end
 * of a line closes with the next `}` in column 0. Where the text between says otherwise the braces are matched token by token.
 */
export class Bodies {
  private readonly text: string;
  /** Offset of a `\n{`, `\n#`, `\nstatic ` or `};` at or after the place last asked, the text's length when none: each is found once. */
  private nextOpen = -1;
  private nextHash = -1;
  private nextStatic = -1;
  private nextEnd = -1;
  /** The last body that was found by a jump, in case the jump was wrong. */
  jumped: { open: number; close: number; apply: (close: number) => void } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * Offset one past the body that opens at `open`; the text's length when nothing closes it. `code` says that it holds statements, not
   * values. Should a jump turn out wrong, its `apply` is to be called with the right end.
   */
  end(open: number, code: boolean, apply: (close: number) => void): number {
    const text = this.text;
    this.jumped = undefined;
    let after = open + 1;
    while (text.charCodeAt(after) === 32 || text.charCodeAt(after) === 9 || text.charCodeAt(after) === 13) after++;
    if (text.charCodeAt(after) === NL) {
      const close = text.indexOf('\n}', after);
      if (close >= 0 && this.plain(after, close, code)) {
        this.jumped = { open, close: close + 2, apply };
        return close + 2;
      }
    }
    const close = matchBrace(text, open);
    if (close >= 0) return close;
    const column0 = text.indexOf('\n}', open);
    return column0 < 0 ? text.length : column0 + 2;
  }

  /** True when nothing between the ends of a body speaks against a jump. */
  private plain(from: number, close: number, code: boolean): boolean {
    const text = this.text;
    const n = text.length;
    if (this.nextOpen < from) this.nextOpen = find(text, '\n{', from);
    if (this.nextOpen < close) return false;
    const after = text.charCodeAt(close + 2);
    if (after === COMMA || (after === 32 && text.startsWith('else', close + 3))) return false;
    if (this.nextStatic < from) this.nextStatic = find(text, '\nstatic ', from);
    if (this.nextStatic < close) return false;
    if (code) {
      if (after === SEMICOLON) return false;
    } else {
      // A table whose own brace is indented; or a structure inside of one, which is matched to be sure.
      if (this.nextEnd < from) this.nextEnd = find(text, '};', from);
      if (this.nextEnd < close) return false;
    }
    if (this.nextHash < from) this.nextHash = find(text, '\n#', from);
    let depth = 0;
    while (this.nextHash < close) {
      const d = readDirective(text, this.nextHash + 1);
      if (d.end > close) return false; // the brace belongs to a macro
      if (isIf(d.word)) depth++;
      else if (isElse(d.word) && depth === 0) return false;
      else if (d.word === 'endif' && --depth < 0) return false;
      this.nextHash = d.end >= n ? n : find(text, '\n#', d.end);
    }
    return depth === 0;
  }
}

function find(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}
