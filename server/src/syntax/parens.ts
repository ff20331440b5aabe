import { APOSTROPHE, CLOSE, commentEnd, literalEnd, OPEN, QUOTE, SLASH } from './chars.js';

/** The matching parentheses of a text, found in one pass when first asked for. */
export class Parens {
  private readonly text: string;
  private closes: Map<number, number> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Offset of the `)` that closes the `(` at `open`, or -1; comments and literals hold no parentheses. */
  closeOf(open: number): number {
    this.closes ??= this.match();
    return this.closes.get(open) ?? -1;
  }

  private match(): Map<number, number> {
    const text = this.text;
    const n = text.length;
    const closes = new Map<number, number>();
    const stack: number[] = [];
    for (let i = 0; i < n; ) {
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
