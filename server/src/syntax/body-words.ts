import {
  CLASS,
  CLOSE,
  COMMA,
  DIGIT,
  DOT,
  IDENT_START,
  identifierEnd,
  LBRACKET,
  OPEN,
  RBRACKET,
  SEMICOLON,
  skipBlank,
  STAR,
} from './chars.js';
import type { Edits } from './edits.js';
import type { Forms } from './forms.js';
import type { MacroCalls } from './macro-calls.js';
import type { BlankedMark, Rewrite } from './model.js';
import type { Parens } from './parens.js';
import { BLOCK, CALL, CLOSED, GROUP, LITERAL, OTHER, type Place, WORD } from './place.js';
import { categoryOf, Word } from './words.js';

const BASE_TYPE = /^(?:void|char|int|long|short|unsigned|signed)$/;
const NUMBER = /^(?:0[xX][\da-fA-F]+|0[bB][01]+|[\d.]+(?:[eE]\d*)?)[uUlLfF]*$/;

/**
 * Words and numbers of a body: which of them the grammar would trip over, by what stands before and behind them. Methods return the offset
 * at which reading goes on.
 */
export class BodyWords {
  constructor(
    private readonly place: Place,
    private readonly forms: Forms,
    private readonly calls: MacroCalls,
    private readonly text: string,
    private readonly parens: Parens,
    private readonly edits: Edits,
    private readonly marks: BlankedMark[],
    private readonly rewrites: Rewrite[],
  ) {}

  number(at: number): number {
    const place = this.place;
    const text = this.text;
    let end = identifierEnd(text, at);
    // 1.5e-3 and the like
    while (text.charCodeAt(end) === DOT && CLASS[text.charCodeAt(end + 1)] === DIGIT) end = identifierEnd(text, end + 1);
    // `WLAN(4WAY_HANDSHAKE)`: half a name, to be pasted to the other half.
    if (place.top.kind === CALL && !NUMBER.test(text.slice(at, end))) this.edits.put(at, at + 1, '_');
    place.token(LITERAL, 48);
    return end;
  }

  identifier(at: number): number {
    const place = this.place;
    const text = this.text;
    const end = identifierEnd(text, at);
    const word = text.slice(at, end);
    let category = categoryOf(word);
    const member = place.lastChar === DOT || (place.lastChar === 62 && text.charCodeAt(at - 1) === 62 && text.charCodeAt(at - 2) === 45);
    if (member) category = Word.None;
    if (category !== Word.None) {
      const next = this.special(word, category, at, end);
      if (next > 0) return next;
    }
    if (place.afterDo && category === Word.None && text.charCodeAt(skipBlank(text, end)) === OPEN && end - at >= 5) {
      // `do { } while_each_thread(g, t);`
      const open = skipBlank(text, end);
      const close = this.parens.closeOf(open);
      this.edits.put(at, end, 'while');
      this.rewrites.push({ kind: 'iterator', at, end: close + 1, name: word, argsFrom: open + 1, argsTo: close });
      category = Word.Control;
    }
    if (place.statement && category === Word.None && this.forms.bareMacro(word, at, end)) return end;
    const inCall = place.top.kind === CALL;
    if (place.argumentBegins()) {
      if (category === Word.Control || category === Word.Jump || category === Word.ElseDo) {
        if (place.top.statement && place.lastChar === OPEN) this.calls.statementArgument();
        else this.calls.bracedArgument(at);
      } else if (category === Word.None && place.lastChar === COMMA && this.forms.declares(end)) this.calls.bracedArgument(at);
    }
    if (place.argumentBegins() && (category === Word.Type || category === Word.Aggregate)) {
      const next = this.forms.typeArgument(at);
      if (next > 0) {
        place.token(WORD, 97);
        place.names = 1;
        place.wordCategory = Word.Type;
        return next;
      }
    }
    const followsWord = place.last === WORD && !member;
    if (inCall && followsWord && category === Word.None && place.wordCategory === Word.None && /^[A-Z0-9_]+$/.test(place.word)) {
      // Two words in a row are no expression: the first is a macro that adds something to the second.
      this.edits.blank(place.wordAt, place.wordAt + place.word.length);
    }
    if (category === Word.Keyword && /lignof/.test(word)) this.edits.put(at, end, 'sizeof'); // the grammar's takes types only
    if (
      category === Word.None &&
      followsWord &&
      place.top.kind === GROUP &&
      BASE_TYPE.test(place.word) &&
      text.charCodeAt(this.forms.behindAttributes(end)) === STAR
    ) {
      // `(void __odd *)p`: an unknown attribute in a cast
      return this.forms.blankWord(word, at, end);
    }
    const behindBracket = place.last === CLOSED && place.lastChar === RBRACKET && !member;
    if (category === Word.None && place.top.kind !== CALL && (behindBracket || (followsWord && this.surplusWord(word, end)))) {
      return this.forms.blankWord(word, at, end);
    }
    if (category === Word.None && place.last === LITERAL && place.lastChar === 48) {
      // `(16 KB - n)`: a unit behind a number
      this.edits.blank(at, end);
      return end;
    }
    const begins = place.statement;
    const previous = followsWord ? place.wordAt : -1;
    // Behind a star or a declarator's comma the first word is the name already.
    const run = followsWord ? place.names : place.top.kind === BLOCK && (place.lastChar === COMMA || place.lastChar === STAR) ? 1 : 0;
    place.token(WORD, 97);
    place.names = category === Word.None ? run + 1 : category === Word.Type && BASE_TYPE.test(word) ? Math.max(run, 1) : run;
    place.previousAt = previous;
    place.word = word;
    place.wordAt = at;
    place.wordCategory = category;
    place.wordBegins = begins;
    if (category === Word.ElseDo) place.statement = true;
    else if (category === Word.Case) place.inCase = true;
    return end;
  }

  /** Deals with a word of the tables; 0 when it is to be read as any other. */
  private special(word: string, category: number, at: number, end: number): number {
    const place = this.place;
    const text = this.text;
    switch (category) {
      case Word.Attribute: {
        const next = text.charCodeAt(skipBlank(text, end));
        if (next === OPEN && text.charCodeAt(skipBlank(text, skipBlank(text, end) + 1)) !== STAR) return 0;
        if (next === DOT || next === 45 || next === LBRACKET) return 0;
        return this.forms.blankWord(word, at, end);
      }
      case Word.AttributeCall: {
        const open = skipBlank(text, end);
        if (text.charCodeAt(open) !== OPEN) return word === '__malloc' ? this.forms.blankWord(word, at, end) : 0;
        const close = this.parens.closeOf(open);
        if (close < 0) return 0;
        this.edits.blank(at, close + 1);
        this.marks.push({ at, name: word, args: text.slice(open + 1, close) });
        return close + 1;
      }
      case Word.Typeof: {
        const open = skipBlank(text, end);
        if (text.charCodeAt(open) !== OPEN) return 0;
        const close = this.parens.closeOf(open);
        if (close < 0) return 0;
        if (place.argumentBegins()) {
          this.edits.put(at, close + 1, 'typeof');
        } else this.edits.put(at, close + 1, 'struct _');
        place.token(WORD, 97);
        place.names = 1;
        place.wordCategory = Word.Type;
        return close + 1;
      }
      case Word.Asm:
        return this.forms.assembly(at, end);
      case Word.Type:
        return word === 'static' && place.statement ? this.forms.staticMacro(at, end) : 0;
      case Word.Jump:
        return this.jump(word, at, end);
      case Word.Keyword:
        if (word === 'auto') this.edits.put(at, end, 'Auto'); // C23: a type, to the grammar a storage class
        if (word === 'offsetof') this.forms.offsetof(end);
        return 0;
      default:
        return 0;
    }
  }

  /** A third name in a declaration, or one that looks like an attribute between a type and a name. */
  private surplusWord(word: string, end: number): boolean {
    const place = this.place;
    if (place.wordCategory >= Word.Control && place.wordCategory <= Word.Jump) return false;
    const text = this.text;
    const next = text.charCodeAt(skipBlank(text, end));
    if (place.names >= 2) return next === SEMICOLON || next === 61 || next === COMMA || CLASS[next] === IDENT_START;
    if (next === STAR && place.names === 1 && BASE_TYPE.test(place.word)) return true;
    return place.names === 1 && /^__[a-z]+_?[a-z]*$/.test(word) && (CLASS[next] === IDENT_START || next === STAR);
  }

  /** A jump as a macro's argument, and `goto *address`. */
  private jump(word: string, at: number, end: number): number {
    const place = this.place;
    const text = this.text;
    const next = skipBlank(text, end);
    const c = text.charCodeAt(next);
    if (place.top.kind === CALL && place.last === OTHER && place.lastChar === COMMA) {
      const empty = c === COMMA || c === CLOSE || c === SEMICOLON;
      this.edits.put(at, end, empty ? '0' : '');
      this.rewrites.push({ kind: 'jump', at, end, name: word, argsFrom: next, argsTo: next });
      place.token(empty ? LITERAL : OTHER, empty ? 48 : OPEN);
      return end;
    }
    if (word === 'goto' && c === STAR) {
      this.edits.blank(at, end);
      this.rewrites.push({ kind: 'jump', at, end, name: word, argsFrom: next, argsTo: next });
      return end;
    }
    return 0;
  }
}
