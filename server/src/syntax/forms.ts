import { matchBrace } from './brace.js';
import {
  CLASS,
  CLOSE,
  COLON,
  COMMA,
  DOT,
  IDENT_START,
  identifierEnd,
  LBRACE,
  LBRACKET,
  OPEN,
  RBRACE,
  SEMICOLON,
  skipBlank,
  SPACE,
  STAR,
} from './chars.js';
import type { Edits } from './edits.js';
import type { BlankedMark, Rewrite } from './model.js';
import type { Parens } from './parens.js';
import { categoryOf, Word } from './words.js';

/** A word of the text. */
export interface Span {
  nameAt: number;
  nameEnd: number;
}

const OPERATOR: ReadonlySet<number> = new Set(Array.from('=!<>&|+-*/%^~', (c) => c.charCodeAt(0)));

/**
 * Single constructs and the shape each is given. These look at the text around an offset only; what stands where is the
 * StatementNormaliser's business. Methods that return an offset return 0 when the construct is not what it looked like.
 */
export class Forms {
  private readonly text: string;
  private readonly parens: Parens;
  private readonly edits: Edits;
  private readonly marks: BlankedMark[];
  private readonly rewrites: Rewrite[];

  constructor(text: string, parens: Parens, edits: Edits, marks: BlankedMark[], rewrites: Rewrite[]) {
    this.text = text;
    this.parens = parens;
    this.edits = edits;
    this.marks = marks;
    this.rewrites = rewrites;
  }

  /** The next significant offset, plain attributes skipped. */
  behindAttributes(at: number): number {
    let i = skipBlank(this.text, at);
    while (CLASS[this.text.charCodeAt(i)] === IDENT_START) {
      const end = identifierEnd(this.text, i);
      if (categoryOf(this.text.slice(i, end)) !== Word.Attribute) break;
      i = skipBlank(this.text, end);
    }
    return i;
  }

  /** A word that goes and leaves a mark: an attribute, or what stands where one would. */
  blankWord(word: string, at: number, end: number): number {
    this.edits.blank(at, end);
    this.marks.push({ at, name: word, args: '' });
    return end;
  }

  /** `static DEFINE_RATELIMIT_STATE(x, 1, 2);`: the macro is a call to the grammar, and a call is not static. */
  staticMacro(at: number, end: number): number {
    const text = this.text;
    let next = skipBlank(text, end);
    if (text.startsWith('const', next) && CLASS[text.charCodeAt(next + 5)] === SPACE) {
      end = next + 5;
      next = skipBlank(text, end);
    }
    if (CLASS[text.charCodeAt(next)] !== IDENT_START) return 0;
    const nameEnd = identifierEnd(text, next);
    if (text.charCodeAt(skipBlank(text, nameEnd)) !== OPEN || categoryOf(text.slice(next, nameEnd)) !== Word.None) return 0;
    this.edits.blank(at, end);
    this.marks.push({ at, name: 'static', args: '' });
    return end;
  }

  /** The grammar's offsetof takes one plain member: of `a.b[2]` only `a` stays. */
  offsetof(end: number): void {
    const text = this.text;
    const open = skipBlank(text, end);
    if (text.charCodeAt(open) !== OPEN) return;
    const close = this.parens.closeOf(open);
    if (close < 0) return;
    const comma = text.slice(open, close).indexOf(',');
    if (comma < 0) return;
    const member = skipBlank(text, open + comma + 1);
    const memberEnd = identifierEnd(text, member);
    if (memberEnd >= close) return;
    this.edits.blank(memberEnd, close);
    this.marks.push({ at: memberEnd, name: 'offsetof', args: text.slice(memberEnd, close) });
  }

  assembly(at: number, end: number): number {
    const text = this.text;
    let open = skipBlank(text, end);
    while (CLASS[text.charCodeAt(open)] === IDENT_START) open = skipBlank(text, identifierEnd(text, open));
    if (text.charCodeAt(open) !== OPEN) return 0;
    const close = this.parens.closeOf(open);
    if (close < 0) return 0;
    this.edits.blank(at, close + 1);
    this.rewrites.push({ kind: 'asm', at, end: close + 1, name: 'asm', argsFrom: open + 1, argsTo: close });
    return close + 1;
  }

  /**
   * A type as a macro's argument, at its first word. What is left of it is one identifier: the tag or the type's name, or for
   * `unsigned long *` a word made of the keywords. Where a name follows the type, the name is what is left.
   */
  typeArgument(at: number): number {
    const text = this.text;
    let i = at;
    let nameAt = -1;
    let nameEnd = -1;
    let firstEnd = -1;
    let plainEnd = -1; // end of the last keyword
    for (;;) {
      const c = text.charCodeAt(i);
      if (CLASS[c] === IDENT_START) {
        const end = identifierEnd(text, i);
        if (firstEnd < 0) firstEnd = end;
        const word = text.slice(i, end);
        const category = categoryOf(word);
        if (category === Word.None) {
          nameAt = i;
          nameEnd = end;
        } else if (category === Word.Type) plainEnd = end;
        else if (category !== Word.Aggregate && category !== Word.Attribute) return 0;
        i = skipBlank(text, end);
      } else if (c === STAR) i = skipBlank(text, i + 1);
      else if (c === LBRACKET) {
        const close = text.slice(i, i + 200).indexOf(']');
        if (close < 0) return 0;
        i = skipBlank(text, i + close + 1);
      } else break;
    }
    const c = text.charCodeAt(i);
    if (c !== COMMA && c !== CLOSE) return 0;
    if (nameAt >= 0) {
      this.edits.blank(at, nameAt);
      this.edits.blank(nameEnd, i);
    } else {
      if (plainEnd < 0) return 0;
      const name = text.slice(at, plainEnd).replace(/\W/g, '_');
      this.edits.put(at, i, name.charAt(0).toUpperCase() + name.slice(1));
    }
    return i;
  }

  /** `type *` at the end of an argument: blanks the stars and returns the offset behind, else 0. */
  starsBeforeEnd(at: number): number {
    const text = this.text;
    let end = skipBlank(text, at + 1);
    for (;;) {
      const c = text.charCodeAt(end);
      if (c === STAR) end = skipBlank(text, end + 1);
      else if (CLASS[c] === IDENT_START) {
        const next = identifierEnd(text, end);
        const category = categoryOf(text.slice(end, next));
        if (category !== Word.Attribute && category !== Word.Type) return 0;
        end = skipBlank(text, next);
      } else break;
    }
    const c = text.charCodeAt(end);
    if (c !== CLOSE && c !== COMMA) return 0;
    this.edits.blank(at, end);
    return end;
  }

  /** A macro in upper case alone on its line, without a semicolon; true when it was one. */
  bareMacro(word: string, at: number, end: number): boolean {
    const text = this.text;
    const next = skipBlank(text, end);
    const c = text.charCodeAt(next);
    if ((c !== RBRACE && CLASS[c] !== IDENT_START) || !text.slice(end, next).includes('\n')) return false;
    if (/^[A-Z_][A-Z0-9_]{2}\w*$/.test(word)) {
      if (c !== RBRACE && !this.beginsStatement(next)) return false;
    } else {
      // In lower case only before what cannot be a declarator.
      const category = c === RBRACE ? Word.None : categoryOf(text.slice(next, identifierEnd(text, next)));
      if (category !== Word.Control && category !== Word.Jump && category !== Word.Case) return false;
    }
    this.edits.put(at, end, ';');
    this.rewrites.push({ kind: 'statement', at, end, name: word, argsFrom: end, argsTo: end });
    return true;
  }

  /** True when the word at `at` does not declare: a keyword, a label, a call, a member's owner, or another macro alone on its line. */
  beginsStatement(at: number): boolean {
    const text = this.text;
    if (CLASS[text.charCodeAt(at)] !== IDENT_START) return false;
    const end = identifierEnd(text, at);
    const word = text.slice(at, end);
    if (categoryOf(word) !== Word.None) return true;
    const next = skipBlank(text, end);
    const c = text.charCodeAt(next);
    return (
      c === COLON ||
      c === OPEN ||
      c === DOT ||
      c === 45 ||
      c === 43 ||
      (CLASS[c] === IDENT_START && /^[A-Z_][A-Z0-9_]+$/.test(word) && text.slice(end, next).includes('\n'))
    );
  }

  /** `u32 tmp = ...;` as a macro's argument. */
  declares(end: number): boolean {
    const text = this.text;
    const next = skipBlank(text, end);
    if (CLASS[text.charCodeAt(next)] !== IDENT_START || text.slice(end, next).includes('\n')) return false;
    const nameEnd = identifierEnd(text, next);
    if (categoryOf(text.slice(next, nameEnd)) !== Word.None) return false;
    const c = text.charCodeAt(skipBlank(text, nameEnd));
    return c === 61 || c === SEMICOLON || c === COMMA || c === LBRACKET;
  }

  /** `ALIGNED(32) u32 tmp[8];`: the word at `at` is a type, another follows. */
  decorates(at: number): boolean {
    const text = this.text;
    const end = identifierEnd(text, at);
    const category = categoryOf(text.slice(at, end));
    if (category === Word.Type || category === Word.Aggregate) return true;
    return category === Word.None && CLASS[text.charCodeAt(skipBlank(text, end))] === IDENT_START;
  }

  /** A macro call that stands for a type. */
  madeType(call: Span, end: number, as: string): void {
    const text = this.text;
    this.edits.put(call.nameAt, end, as);
    const open = skipBlank(text, call.nameEnd);
    this.rewrites.push({
      kind: 'type',
      at: call.nameAt,
      end,
      name: text.slice(call.nameAt, call.nameEnd),
      argsFrom: open + 1,
      argsTo: end - 1,
    });
  }

  /** An operator alone as an argument, `ASSERTCMP(a, ==, b)`, stands as a number. */
  operatorArgument(at: number): number {
    const text = this.text;
    let end = at;
    while (end < at + 3 && OPERATOR.has(text.charCodeAt(end))) end++;
    if (end === at) return 0;
    const next = text.charCodeAt(skipBlank(text, end));
    if (next !== COMMA && next !== CLOSE) return 0;
    this.edits.put(at, end, '0');
    return end;
  }

  /** `DECLARE_BITMAP(map, N) = { 0 };`: the initialiser goes, or where it calls something, the macro stands for a declaration. */
  initialisedMacro(call: Span, end: number, at: number): void {
    const text = this.text;
    const brace = skipBlank(text, at + 1);
    if (text.charCodeAt(brace) !== LBRACE) return;
    const close = matchBrace(text, brace);
    if (close < 0) return;
    if (/\w\s*\(/.test(text.slice(brace, close))) this.madeType(call, end, 'struct _ _');
    else this.edits.blank(at, close);
  }

  missingSemicolon(name: string, call: Span, end: number, next: number): void {
    const text = this.text;
    const after = text.charCodeAt(end);
    if (after === 32 || after === 9) this.edits.put(end, end + 1, ';');
    else if (next === end) return;
    else {
      this.edits.put(call.nameAt, end, ';');
      const open = skipBlank(text, call.nameEnd);
      this.rewrites.push({ kind: 'statement', at: call.nameAt, end, name, argsFrom: open + 1, argsTo: end - 1 });
    }
  }
}
