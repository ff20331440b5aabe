import { matchBrace } from './brace.js';
import { CLASS, IDENT_START, identifierEnd, LBRACE, OPEN, QUOTE, RBRACE, SEMICOLON, skipBlank, SPACE, STAR } from './chars.js';
import type { Edits } from './edits.js';
import type { Forms } from './forms.js';
import type { BlankedMark, Rewrite } from './model.js';
import type { Parens } from './parens.js';
import { BLOCK, type Frame, INITIALISER, LITERAL, type Place } from './place.js';
import { BLOCK_MACROS, ITERATORS } from './tables.js';

/** A blank that is no newline. */
function isGap(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === 32 || c === 9;
}

/** True for a macro that iterates over what follows it. */
function isIterator(name: string): boolean {
  return /for_?each|FOR_?EACH/.test(name) || ITERATORS.has(name);
}

/**
 * Calls of macros that are no calls to the grammar: those that stand for a loop or a block by what follows them, those that are given
 * statements or braced lists, those that are half of a string.
 */
export class MacroCalls {
  constructor(
    private readonly place: Place,
    private readonly forms: Forms,
    private readonly text: string,
    private readonly parens: Parens,
    private readonly edits: Edits,
    private readonly marks: BlankedMark[],
    private readonly rewrites: Rewrite[],
  ) {}

  /** `D1(if (x) dump(x));`: a macro whose argument is a statement stands as a block. */
  statementArgument(): void {
    const place = this.place;
    const text = this.text;
    const open = skipBlank(text, place.top.nameEnd);
    const close = this.parens.closeOf(open);
    const semicolon = close < 0 ? -1 : skipBlank(text, close + 1);
    if (semicolon < 0) return;
    if (text.charCodeAt(semicolon) === SEMICOLON) {
      this.edits.put(close, close + 1, ';');
      this.edits.put(semicolon, semicolon + 1, '}');
    } else if (/[;}]\s*$/.test(text.slice(Math.max(open, close - 80), close))) this.edits.put(close, close + 1, '}');
    else return;
    this.edits.blank(place.top.nameAt, place.top.nameEnd);
    this.edits.put(open, open + 1, '{');
    this.rewrites.push({
      kind: 'block',
      at: open,
      end: close + 1,
      name: text.slice(place.top.nameAt, place.top.nameEnd),
      argsFrom: open + 1,
      argsTo: close,
    });
    place.top = { kind: BLOCK, nameAt: -1, nameEnd: -1, statement: false, made: true };
    place.statement = true;
  }

  /** `poll_until(dev, 2000, if (done(dev)) break; )`: statements as an argument stand in braces, where white space gives room for them. */
  bracedArgument(at: number): void {
    const place = this.place;
    const text = this.text;
    const close = this.parens.closeOf(skipBlank(text, place.top.nameEnd));
    if (close < 0 || !isGap(text, at - 1) || !isGap(text, close - 1)) return;
    this.edits.put(at - 1, at, '{');
    this.edits.put(close - 1, close, '}');
    place.push(BLOCK);
    place.top.made = true;
    place.top.inside = true;
    place.statement = true;
  }

  /** True for a `{` that begins a braced list of values among a macro's arguments: `M(a, { .x = 1 })`; statements hold a `;`. */
  listArgument(at: number): boolean {
    const place = this.place;
    if (place.top.round === true) return true;
    if (!place.argumentBegins()) return false;
    const close = matchBrace(this.text, at);
    return (
      close > 0 &&
      close - at < 4000 &&
      close - at > 2 &&
      !this.text.slice(at, close).includes(';') &&
      skipBlank(this.text, at + 1) < close - 1
    );
  }

  /** A call that begins a statement has ended at `end`: is it one? */
  afterStatementCall(call: Frame, end: number): void {
    const place = this.place;
    const text = this.text;
    const name = text.slice(call.nameAt, call.nameEnd);
    const next = skipBlank(text, end);
    const c = text.charCodeAt(next);
    if (c === LBRACE) {
      this.loopLike(isIterator(name) && !BLOCK_MACROS.has(name) ? 'iterator' : 'block', name, call, end);
      return;
    }
    if (c === SEMICOLON) return;
    const word = CLASS[c] === IDENT_START;
    const newLine = text.slice(end, next).includes('\n');
    if (isIterator(name) && (word || c === STAR || c === 43 || c === 45 || (c === OPEN && newLine))) {
      this.loopLike('iterator', name, call, end);
      return;
    }
    if (BLOCK_MACROS.has(name)) {
      this.loopLike('block', name, call, end);
      return;
    }
    if (c === 61 && text.charCodeAt(next + 1) !== 61) {
      this.forms.initialisedMacro(call, end, next);
      return;
    }
    if (word && !newLine && this.forms.decorates(next)) {
      this.marks.push({ at: call.nameAt, name, args: text.slice(skipBlank(text, call.nameEnd) + 1, end - 1) });
      this.edits.blank(call.nameAt, end);
      place.statement = true;
      return;
    }
    if (word && this.forms.declares(end)) {
      this.forms.madeType(call, end, 'struct _');
      return;
    }
    if (c === RBRACE || (word && (newLine || text.charCodeAt(skipBlank(text, identifierEnd(text, next))) === OPEN))) {
      this.forms.missingSemicolon(name, call, end, next);
      place.statement = true;
    }
  }

  private loopLike(kind: 'iterator' | 'block', name: string, call: Frame, end: number): void {
    const place = this.place;
    const text = this.text;
    if (name.length < 2) return;
    const open = skipBlank(text, call.nameEnd);
    // Without an argument the condition needs one; the name gives the room.
    if (skipBlank(text, open + 1) === end - 1 && name.length >= 8) this.edits.put(call.nameAt, end, 'while(1)');
    else this.edits.put(call.nameAt, call.nameEnd, name.length >= 5 ? 'while' : 'if');
    this.rewrites.push({ kind, at: call.nameAt, end, name, argsFrom: open + 1, argsTo: end - 1 });
    place.statement = true;
    place.blockNext = true;
  }

  /** A macro call beside a string literal is part of it; the grammar takes only plain words there. */
  besideLiteral(call: Frame, end: number): void {
    const place = this.place;
    const text = this.text;
    const next = skipBlank(text, end);
    let before = call.nameAt - 1;
    while (before >= 0 && CLASS[text.charCodeAt(before)] === SPACE) before--;
    const beside =
      text.charCodeAt(before) === QUOTE ||
      text.charCodeAt(next) === QUOTE ||
      (place.top.kind === INITIALISER && CLASS[text.charCodeAt(next)] === IDENT_START);
    if (!beside) return;
    const name = text.slice(call.nameAt, call.nameEnd);
    const open = skipBlank(text, call.nameEnd);
    this.edits.blank(call.nameAt, end);
    this.rewrites.push({ kind: 'string', at: call.nameAt, end, name, argsFrom: open + 1, argsTo: end - 1 });
    place.token(LITERAL, QUOTE);
  }
}
