import { BodyWords } from './body-words.js';
import {
  APOSTROPHE,
  BACKSLASH,
  CLASS,
  CLOSE,
  COLON,
  COMMA,
  commentEnd,
  DIGIT,
  DOT,
  HASH,
  IDENT_START,
  identifierEnd,
  LBRACE,
  LBRACKET,
  literalEnd,
  OPEN,
  QUOTE,
  RBRACE,
  RBRACKET,
  SEMICOLON,
  skipBlank,
  SLASH,
  SPACE,
  STAR,
} from './chars.js';
import { atLineStart, readDirective } from './directive.js';
import type { Edits } from './edits.js';
import { Forms } from './forms.js';
import { MacroCalls } from './macro-calls.js';
import type { BlankedMark, Rewrite } from './model.js';
import type { Parens } from './parens.js';
import { BLOCK, CALL, CLOSED, CONTROL, GROUP, INITIALISER, LITERAL, OTHER, Place, WORD } from './place.js';
import { Word } from './words.js';

/**
 * Makes statements parsable, see Normalised. Reads every token once; a macro is judged by where it stands (at the beginning of a
 * statement, before a block, among arguments), and names matter only for what the tables list.
 */
export class StatementNormaliser {
  private readonly place = new Place();
  private readonly forms: Forms;
  private readonly calls: MacroCalls;
  private readonly words: BodyWords;

  constructor(
    private readonly text: string,
    parens: Parens,
    private readonly edits: Edits,
    marks: BlankedMark[],
    private readonly rewrites: Rewrite[],
  ) {
    this.forms = new Forms(text, parens, edits, marks, rewrites);
    this.calls = new MacroCalls(this.place, this.forms, text, parens, edits, marks, rewrites);
    this.words = new BodyWords(this.place, this.forms, this.calls, text, parens, edits, marks, rewrites);
  }

  run(from: number, to: number): void {
    const { place, words } = this;
    const text = this.text;
    let i = from;
    while (i < to) {
      const c = text.charCodeAt(i);
      const cls = CLASS[c];
      if (cls === SPACE) {
        i++;
        continue;
      }
      if (cls === IDENT_START) {
        i = words.identifier(i);
        continue;
      }
      if (cls === DIGIT) {
        i = words.number(i);
        continue;
      }
      switch (c) {
        case QUOTE:
        case APOSTROPHE:
          if (c === QUOTE && place.last === WORD && place.previousAt >= 0 && place.top.kind >= CALL) {
            // `KERN_ERR PFX "text"`: the grammar knows one word before a literal.
            this.edits.blank(place.previousAt, identifierEnd(text, place.previousAt));
          }
          i = literalEnd(text, i);
          place.token(LITERAL, c);
          continue;
        case SLASH: {
          const end = commentEnd(text, i);
          if (end > i) {
            i = end;
            continue;
          }
          break;
        }
        case HASH:
          if (atLineStart(text, i)) {
            i = readDirective(text, i).end;
            continue;
          }
          this.edits.blank(i, i + 1);
          i++;
          continue;
        case BACKSLASH:
          this.edits.blank(i, i + 1);
          i++;
          continue;
        case OPEN:
          this.open();
          i++;
          continue;
        case CLOSE:
          i = this.close(i);
          continue;
        case LBRACKET:
          if (place.argumentBegins()) {
            // `[name] "r" (x)`: an operand of assembly as a macro's argument
            const end = text.slice(i, i + 80).indexOf(']');
            if (end > 0) {
              this.edits.blank(i, i + end + 1);
              i += end + 1;
              continue;
            }
          }
          place.push(GROUP);
          break;
        case RBRACKET:
          if (place.top.kind === GROUP) place.pop();
          place.token(CLOSED, RBRACKET);
          i++;
          continue;
        case LBRACE: {
          const round = this.calls.listArgument(i);
          const block = !round && (place.statement || place.blockNext || place.lastChar === OPEN || place.top.kind === CALL);
          const loop = place.last === WORD && place.word === 'do';
          place.push(block ? BLOCK : INITIALISER);
          place.top.loop = loop;
          if (round) {
            place.top.round = true;
            this.edits.put(i, i + 1, '(');
            place.token(OTHER, OPEN);
            i++;
            continue;
          }
          place.token(OTHER, LBRACE);
          place.blockNext = false;
          place.statement = block;
          i++;
          continue;
        }
        case RBRACE: {
          // A parenthesis that a macro left open ends here.
          while (place.top.kind > INITIALISER && place.stack.length > 0) place.pop();
          const { kind, loop, round } = place.top;
          place.pop();
          if (round === true) {
            if (place.last === OTHER && place.lastChar === COMMA && place.lastAt > 0) this.edits.blank(place.lastAt, place.lastAt + 1);
            this.edits.put(i, i + 1, ')');
            place.token(CLOSED, CLOSE);
            i++;
            continue;
          }
          place.token(OTHER, RBRACE);
          place.afterDo = loop === true;
          place.statement = kind === BLOCK && place.top.kind === BLOCK;
          i++;
          continue;
        }
        case SEMICOLON:
          if (place.top.kind === CALL) {
            // Statements as an argument: `ASSERT(ok, dump(x);)`.
            const next = text.charCodeAt(skipBlank(text, i + 1));
            this.edits.put(i, i + 1, next === CLOSE || next === COMMA ? ' ' : ',');
          }
          place.token(OTHER, SEMICOLON);
          place.statement = place.top.kind === BLOCK;
          i++;
          continue;
        case COLON:
          place.token(OTHER, COLON);
          place.statement = place.top.kind === BLOCK;
          place.inCase = false;
          i++;
          continue;
        case DOT:
          if (
            place.last === OTHER &&
            (place.lastChar === OPEN || place.lastChar === COMMA) &&
            CLASS[text.charCodeAt(i + 1)] === IDENT_START &&
            (place.top.kind === CALL || place.top.round === true)
          ) {
            // `.field = value` as a macro's argument: an assignment.
            this.edits.blank(i, i + 1);
            i++;
            continue;
          }
          if (place.inCase && place.top.kind === BLOCK && text.startsWith('...', i)) {
            this.edits.put(i, i + 3, ' - ');
            this.rewrites.push({ kind: 'range', at: i, end: i + 3, name: '...', argsFrom: i, argsTo: i });
            place.token(OTHER, 45);
            i += 3;
            continue;
          }
          break;
        case STAR:
          if (place.top.kind === CALL && place.last === WORD) {
            const end = this.forms.starsBeforeEnd(i);
            if (end > 0) {
              i = end;
              continue;
            }
          }
          break;
        case 38: // &
          if (text.charCodeAt(i + 1) === 38) {
            // `&&label`, the address of a label
            if (place.last === OTHER && CLASS[text.charCodeAt(skipBlank(text, i + 2))] === IDENT_START) this.edits.put(i, i + 2, '& ');
            place.token(OTHER, 38);
            i += 2;
            continue;
          }
          break;
      }
      if (place.argumentBegins()) {
        if (c === COMMA) {
          // An empty argument.
          this.edits.blank(i, i + 1);
          i++;
          continue;
        }
        const end = this.forms.operatorArgument(i);
        if (end > 0) {
          place.token(LITERAL, 48);
          i = end;
          continue;
        }
      }
      place.token(OTHER, c, i);
      i++;
    }
  }

  private open(): void {
    const place = this.place;
    const named = place.last === WORD;
    const kind = !named ? GROUP : place.wordCategory === Word.Control ? CONTROL : place.wordCategory === Word.None ? CALL : GROUP;
    const statement = place.wordBegins;
    place.push(kind);
    if (kind === CALL) {
      place.top.nameAt = place.wordAt;
      place.top.nameEnd = place.wordAt + place.word.length;
      place.top.statement = statement;
    }
    place.token(OTHER, OPEN);
  }

  private close(at: number): number {
    const place = this.place;
    const text = this.text;
    if (place.top.inside === true) place.pop();
    const closed = place.top;
    if (closed.kind >= CONTROL || closed.made === true) place.pop();
    if (closed.kind === CALL && place.last === OTHER && place.lastChar === COMMA && place.lastAt > 0)
      this.edits.blank(place.lastAt, place.lastAt + 1);
    place.token(CLOSED, CLOSE);
    if (closed.kind === CONTROL) place.statement = true;
    else if (closed.kind === CALL) {
      if (place.top.kind === INITIALISER && text.charCodeAt(skipBlank(text, at + 1)) === SEMICOLON) {
        this.forms.madeType(closed, at + 1, 'int _'); // a member
        return at + 1;
      }
      if (closed.statement && place.top.kind === BLOCK) this.calls.afterStatementCall(closed, at + 1);
      else if (place.top.kind === CALL || place.top.kind === GROUP || place.top.kind === INITIALISER)
        this.calls.besideLiteral(closed, at + 1);
    }
    return at + 1;
  }
}
