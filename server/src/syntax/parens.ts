import { APOSTROPHE, CLOSE, commentEnd, literalEnd, OPEN, QUOTE, SLASH } from './chars.js';

/** How far a closing parenthesis is looked for before all of the text's are matched. */
const NEAR = 500;

/** The matching parentheses of a text. Near ones are looked for; once one is not near, all are found in one pass. */
export class Parens {
  private readonly text: string;
  private closes: Map<number, number> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Offset of the `)` that closes the `(` at `open`, or -1; comments and literals hold no parentheses. */
  closeOf(open: number): number {
    if (this.closes === undefined) {
      const near = this.near(open);
      if (near >= 0) return near;
      this.closes = this.match();
    }
    return this.closes.get(open) ?? -1;
  }

  private near(open: number): number {
    const text = this.text;
    const limit = Math.min(text.length, open + NEAR);
    let depth = 0;
    for (let i = open; i < limit;) {
      const c = text.charCodeAt(i);
      if (c === OPEN) depth++;
      else if (c === CLOSE) {
        if (--depth === 0) return i;
      } else if (c === QUOTE || c === APOSTROPHE) {
        i = literalEnd(text, i);
        continue;
      } else if (c === SLASH) {
        const end = commentEnd(text, i);
        if (end > i) {
          i = end;
          continue;
        }
      }
      i++;
    }
    return -1;
  }

  private match(): Map<number, number> {
    const text = this.text;
    const n = text.length;
    const closes = new Map<number, number>();
    const stack: number[] = [];
    for (let i = 0; i < n;) {
      const c = text.charCodeAt(i);
      if (c === OPEN) stack.push(i);
      else if (c === CLOSE) {
        const open = stack.pop();
        if (open !== undefined) closes.set(open, i);
      } else if (c === QUOTE || c === APOSTROPHE) {
        i = literalEnd(text, i);
        continue;
      } else if (c === SLASH) {
        const end = commentEnd(text, i);
        if (end > i) {
          i = end;
          continue;
        }
      }
      i++;
    }
    return closes;
  }
}
