import { COMMA, OPEN } from './chars.js';
import type { Span } from './forms.js';
import { Word } from './words.js';

/** What an open bracket is. */
export const BLOCK = 0; // statements
export const INITIALISER = 1; // braces of values or members
export const CONTROL = 2; // parentheses of if, while, for, switch
export const CALL = 3; // parentheses after an identifier
export const GROUP = 4; // other parentheses, and []

/** What the last significant token was, as far as the rules need it. */
export const OTHER = 0; // an operator, `,`, `=`, an opening bracket
export const WORD = 1; // an identifier or keyword
export const LITERAL = 2;
export const CLOSED = 3; // `)` or `]`

export interface Frame extends Span {
  kind: number;
  /** CALL: the identifier before it (the span) began a statement. */
  statement: boolean;
  /** BLOCK: the body of a do loop; braces made of a macro's parentheses. */
  loop?: boolean;
  made?: boolean;
  /** Made, and still inside those parentheses. */
  inside?: boolean;
  /** INITIALISER: a braced list as a macro's argument, which stands in parentheses. */
  round?: boolean;
}

/** Where the reading of statements has got to: the brackets that are open, and what stood directly before the next token. */
export class Place {
  readonly stack: Frame[] = [];
  top: Frame = { kind: BLOCK, nameAt: -1, nameEnd: -1, statement: false };
  statement = true; // the next token begins a statement
  blockNext = false; // a macro was found whose block comes next
  last = OTHER;
  lastChar = 0;
  lastAt = 0;
  word = ''; // the last token, when it is a word
  wordAt = -1;
  wordCategory: number = Word.None;
  wordBegins = false; // it began a statement
  names = 0; // words in a row up to it that name a type or something of a type
  previousAt = -1; // the word directly before that word, -1 when something else stood there
  inCase = false;
  afterDo = false; // the block of a do loop has just ended

  /** Notes the token that was read: its kind, its first character and, where a later one may undo it, its offset. */
  token(kind: number, char: number, at = 0): void {
    this.last = kind;
    this.lastAt = at;
    this.afterDo = false;
    this.lastChar = char;
    this.statement = false;
    this.previousAt = -1;
  }

  /** Whether the next token is the first of an argument of a call. */
  argumentBegins(): boolean {
    return this.top.kind === CALL && this.last === OTHER && (this.lastChar === COMMA || this.lastChar === OPEN);
  }

  push(kind: number): void {
    this.stack.push(this.top);
    this.top = { kind, nameAt: -1, nameEnd: -1, statement: false };
  }

  pop(): void {
    const below = this.stack.pop();
    if (below !== undefined) this.top = below;
  }
}
