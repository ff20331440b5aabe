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
import { matchBrace } from './brace.js';
import { atLineStart, readDirective } from './directive.js';
import type { Edits } from './edits.js';
import { Forms, type Span } from './forms.js';
import type { BlankedMark, Rewrite } from './model.js';
import type { Parens } from './parens.js';
import { BLOCK_MACROS, ITERATORS } from './tables.js';
import { categoryOf, Word } from './words.js';

// What an open bracket is.
const BLOCK = 0; // statements
const INITIALISER = 1; // braces of values or members
const CONTROL = 2; // parentheses of if, while, for, switch
const CALL = 3; // parentheses after an identifier
const GROUP = 4; // other parentheses, and []

interface Frame extends Span {
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

const BASE_TYPE = /^(?:void|char|int|long|short|unsigned|signed)$/;
const NUMBER = /^(?:0[xX][\da-fA-F]+|0[bB][01]+|[\d.]+(?:[eE]\d*)?)[uUlLfF]*$/;

// The last significant token, as far as the rules need it.
const OTHER = 0; // an operator, `,`, `=`, an opening bracket
const WORD = 1; // an identifier or keyword
const LITERAL = 2;
const CLOSED = 3; // `)` or `]`

/** A blank that is no newline. */
function isGap(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === 32 || c === 9;
}

/** True for a macro that iterates over what follows it. */
export function isIterator(name: string): boolean {
  return /for_?each|FOR_?EACH/.test(name) || ITERATORS.has(name);
}

/**
 * Makes statements parsable, see Normalised. Reads every token once; a macro is judged by where it stands (at the beginning of a
 * statement, before a block, among arguments), and names matter only for what the tables list.
 */
export class StatementNormaliser {
  private readonly text: string;
  private readonly edits: Edits;
  private readonly marks: BlankedMark[];
  private readonly rewrites: Rewrite[];
  private readonly parens: Parens;
  private readonly forms: Forms;
  private stack: Frame[] = [];
  private top: Frame = { kind: BLOCK, nameAt: -1, nameEnd: -1, statement: false };
  private statement = true; // the next token begins a statement
  private blockNext = false; // a macro was found whose block comes next
  private last = OTHER;
  private lastChar = 0;
  private lastAt = 0;
  private word = ''; // the last token, when it is a word
  private wordAt = -1;
  private wordCategory: number = Word.None;
  private wordBegins = false; // it began a statement
  private names = 0; // words in a row up to it that name a type or something of a type
  private previousAt = -1; // the word directly before that word, -1 when something else stood there
  private inCase = false;
  private afterDo = false; // the block of a do loop has just ended

  constructor(text: string, parens: Parens, edits: Edits, marks: BlankedMark[], rewrites: Rewrite[]) {
    this.text = text;
    this.parens = parens;
    this.edits = edits;
    this.marks = marks;
    this.rewrites = rewrites;
    this.forms = new Forms(text, parens, edits, marks, rewrites);
  }

  run(from: number, to: number): void {
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
        i = this.identifier(i);
        continue;
      }
      if (cls === DIGIT) {
        i = this.number(i);
        continue;
      }
      switch (c) {
        case QUOTE:
        case APOSTROPHE:
          if (c === QUOTE && this.last === WORD && this.previousAt >= 0 && this.top.kind >= CALL) {
            // `KERN_ERR PFX "text"`: the grammar knows one word before a literal.
            this.edits.blank(this.previousAt, identifierEnd(text, this.previousAt));
          }
          i = literalEnd(text, i);
          this.token(LITERAL, c);
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
          if (this.top.kind === CALL && this.last === OTHER && (this.lastChar === COMMA || this.lastChar === OPEN)) {
            // `[name] "r" (x)`: an operand of assembly as a macro's argument
            const end = text.slice(i, i + 80).indexOf(']');
            if (end > 0) {
              this.edits.blank(i, i + end + 1);
              i += end + 1;
              continue;
            }
          }
          this.push(GROUP);
          break;
        case RBRACKET:
          if (this.top.kind === GROUP) this.pop();
          this.token(CLOSED, RBRACKET);
          i++;
          continue;
        case LBRACE: {
          const round = this.listArgument(i);
          const block = !round && (this.statement || this.blockNext || this.lastChar === OPEN || this.top.kind === CALL);
          const loop = this.last === WORD && this.word === 'do';
          this.push(block ? BLOCK : INITIALISER);
          this.top.loop = loop;
          if (round) {
            this.top.round = true;
            this.edits.put(i, i + 1, '(');
            this.token(OTHER, OPEN);
            i++;
            continue;
          }
          this.token(OTHER, LBRACE);
          this.blockNext = false;
          this.statement = block;
          i++;
          continue;
        }
        case RBRACE: {
          // A parenthesis that a macro left open ends here.
          while (this.top.kind > INITIALISER && this.stack.length > 0) this.pop();
          const { kind, loop, round } = this.top;
          this.pop();
          if (round === true) {
            if (this.last === OTHER && this.lastChar === COMMA && this.lastAt > 0) this.edits.blank(this.lastAt, this.lastAt + 1);
            this.edits.put(i, i + 1, ')');
            this.token(CLOSED, CLOSE);
            i++;
            continue;
          }
          this.token(OTHER, RBRACE);
          this.afterDo = loop === true;
          this.statement = kind === BLOCK && this.top.kind === BLOCK;
          i++;
          continue;
        }
        case SEMICOLON:
          if (this.top.kind === CALL) {
            // Statements as an argument: `ASSERT(ok, dump(x);)`.
            const next = text.charCodeAt(skipBlank(text, i + 1));
            this.edits.put(i, i + 1, next === CLOSE || next === COMMA ? ' ' : ',');
          }
          this.token(OTHER, SEMICOLON);
          this.statement = this.top.kind === BLOCK;
          i++;
          continue;
        case COLON:
          this.token(OTHER, COLON);
          this.statement = this.top.kind === BLOCK;
          this.inCase = false;
          i++;
          continue;
        case DOT:
          if (
            this.last === OTHER &&
            (this.lastChar === OPEN || this.lastChar === COMMA) &&
            CLASS[text.charCodeAt(i + 1)] === IDENT_START &&
            (this.top.kind === CALL || this.top.round === true)
          ) {
            // `.field = value` as a macro's argument: an assignment.
            this.edits.blank(i, i + 1);
            i++;
            continue;
          }
          if (this.inCase && this.top.kind === BLOCK && text.startsWith('...', i)) {
            this.edits.put(i, i + 3, ' - ');
            this.rewrites.push({ kind: 'range', at: i, end: i + 3, name: '...', argsFrom: i, argsTo: i });
            this.token(OTHER, 45);
            i += 3;
            continue;
          }
          break;
        case STAR:
          if (this.top.kind === CALL && this.last === WORD) {
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
            if (this.last === OTHER && CLASS[text.charCodeAt(skipBlank(text, i + 2))] === IDENT_START) this.edits.put(i, i + 2, '& ');
            this.token(OTHER, 38);
            i += 2;
            continue;
          }
          break;
      }
      if (this.top.kind === CALL && this.last === OTHER && (this.lastChar === COMMA || this.lastChar === OPEN)) {
        if (c === COMMA) {
          // An empty argument.
          this.edits.blank(i, i + 1);
          i++;
          continue;
        }
        const end = this.forms.operatorArgument(i);
        if (end > 0) {
          this.token(LITERAL, 48);
          i = end;
          continue;
        }
      }
      this.token(OTHER, c, i);
      i++;
    }
  }

  // ---- state -----------------------------------------------------------------------------------------------------------

  private token(kind: number, char: number, at = 0): void {
    this.last = kind;
    this.lastAt = at;
    this.afterDo = false;
    this.lastChar = char;
    this.statement = false;
    this.previousAt = -1;
  }

  private push(kind: number): void {
    this.stack.push(this.top);
    this.top = { kind, nameAt: -1, nameEnd: -1, statement: false };
  }

  private pop(): void {
    const below = this.stack.pop();
    if (below !== undefined) this.top = below;
  }

  // ---- words -----------------------------------------------------------------------------------------------------------

  private number(at: number): number {
    const text = this.text;
    let end = identifierEnd(text, at);
    // 1.5e-3 and the like
    while (text.charCodeAt(end) === DOT && CLASS[text.charCodeAt(end + 1)] === DIGIT) end = identifierEnd(text, end + 1);
    // `WLAN(4WAY_HANDSHAKE)`: half a name, to be pasted to the other half.
    if (this.top.kind === CALL && !NUMBER.test(text.slice(at, end))) this.edits.put(at, at + 1, '_');
    this.token(LITERAL, 48);
    return end;
  }

  private identifier(at: number): number {
    const text = this.text;
    const end = identifierEnd(text, at);
    const word = text.slice(at, end);
    let category = categoryOf(word);
    const member = this.lastChar === DOT || (this.lastChar === 62 && text.charCodeAt(at - 1) === 62 && text.charCodeAt(at - 2) === 45);
    if (member) category = Word.None;
    if (category !== Word.None) {
      const next = this.special(word, category, at, end);
      if (next > 0) return next;
    }
    if (this.afterDo && category === Word.None && text.charCodeAt(skipBlank(text, end)) === OPEN && end - at >= 5) {
      // `do { } while_each_thread(g, t);`
      const open = skipBlank(text, end);
      const close = this.parens.closeOf(open);
      this.edits.put(at, end, 'while');
      this.rewrites.push({ kind: 'iterator', at, end: close + 1, name: word, argsFrom: open + 1, argsTo: close });
      category = Word.Control;
    }
    if (this.statement && category === Word.None && this.forms.bareMacro(word, at, end)) return end;
    const inCall = this.top.kind === CALL;
    if (inCall && this.last === OTHER && (this.lastChar === OPEN || this.lastChar === COMMA)) {
      if (category === Word.Control || category === Word.Jump || category === Word.ElseDo) {
        if (this.top.statement && this.lastChar === OPEN) this.statementArgument();
        else this.bracedArgument(at);
      } else if (category === Word.None && this.lastChar === COMMA && this.forms.declares(end)) this.bracedArgument(at);
    }
    if (
      inCall &&
      this.last === OTHER &&
      (this.lastChar === OPEN || this.lastChar === COMMA) &&
      (category === Word.Type || category === Word.Aggregate)
    ) {
      const next = this.forms.typeArgument(at);
      if (next > 0) {
        this.token(WORD, 97);
        this.names = 1;
        this.wordCategory = Word.Type;
        return next;
      }
    }
    const followsWord = this.last === WORD && !member;
    if (inCall && followsWord && category === Word.None && this.wordCategory === Word.None && /^[A-Z0-9_]+$/.test(this.word)) {
      // Two words in a row are no expression: the first is a macro that adds something to the second.
      this.edits.blank(this.wordAt, this.wordAt + this.word.length);
    }
    if (category === Word.Keyword && /lignof/.test(word)) this.edits.put(at, end, 'sizeof'); // the grammar's takes types only
    if (
      category === Word.None &&
      followsWord &&
      this.top.kind === GROUP &&
      BASE_TYPE.test(this.word) &&
      text.charCodeAt(this.forms.behindAttributes(end)) === STAR
    ) {
      // `(void __odd *)p`: an unknown attribute in a cast
      this.marks.push({ at, name: word, args: '' });
      this.edits.blank(at, end);
      return end;
    }
    const behindBracket = this.last === CLOSED && this.lastChar === RBRACKET && !member;
    if (category === Word.None && this.top.kind !== CALL && (behindBracket || (followsWord && this.surplusWord(word, end)))) {
      this.marks.push({ at, name: word, args: '' });
      this.edits.blank(at, end);
      return end;
    }
    if (category === Word.None && this.last === LITERAL && this.lastChar === 48) {
      // `(16 KB - n)`: a unit behind a number
      this.edits.blank(at, end);
      return end;
    }
    const begins = this.statement;
    const previous = followsWord ? this.wordAt : -1;
    // Behind a star or a declarator's comma the first word is the name already.
    const run = followsWord ? this.names : this.top.kind === BLOCK && (this.lastChar === COMMA || this.lastChar === STAR) ? 1 : 0;
    this.token(WORD, 97);
    this.names = category === Word.None ? run + 1 : category === Word.Type && BASE_TYPE.test(word) ? Math.max(run, 1) : run;
    this.previousAt = previous;
    this.word = word;
    this.wordAt = at;
    this.wordCategory = category;
    this.wordBegins = begins;
    if (category === Word.ElseDo) this.statement = true;
    else if (category === Word.Case) this.inCase = true;
    return end;
  }

  /** Deals with a word of the tables; 0 when it is to be read as any other. */
  private special(word: string, category: number, at: number, end: number): number {
    const text = this.text;
    switch (category) {
      case Word.Attribute: {
        const next = text.charCodeAt(skipBlank(text, end));
        if (next === OPEN && text.charCodeAt(skipBlank(text, skipBlank(text, end) + 1)) !== STAR) return 0;
        if (next === DOT || next === 45 || next === LBRACKET) return 0;
        this.edits.blank(at, end);
        this.marks.push({ at, name: word, args: '' });
        return end;
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
        if (this.top.kind === CALL && this.last === OTHER && (this.lastChar === OPEN || this.lastChar === COMMA)) {
          this.edits.put(at, close + 1, 'typeof');
        } else this.edits.put(at, close + 1, 'struct _');
        this.token(WORD, 97);
        this.names = 1;
        this.wordCategory = Word.Type;
        return close + 1;
      }
      case Word.Asm:
        return this.forms.assembly(at, end);
      case Word.Type:
        return word === 'static' && this.statement ? this.forms.staticMacro(at, end) : 0;
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
    if (this.wordCategory >= Word.Control && this.wordCategory <= Word.Jump) return false;
    const text = this.text;
    const next = text.charCodeAt(skipBlank(text, end));
    if (this.names >= 2) return next === SEMICOLON || next === 61 || next === COMMA || CLASS[next] === IDENT_START;
    if (next === STAR && this.names === 1 && BASE_TYPE.test(this.word)) return true;
    return this.names === 1 && /^__[a-z]+_?[a-z]*$/.test(word) && (CLASS[next] === IDENT_START || next === STAR);
  }

  /** A jump as a macro's argument, and `goto *address`. */
  private jump(word: string, at: number, end: number): number {
    const text = this.text;
    const next = skipBlank(text, end);
    const c = text.charCodeAt(next);
    if (this.top.kind === CALL && this.last === OTHER && this.lastChar === COMMA) {
      const empty = c === COMMA || c === CLOSE || c === SEMICOLON;
      this.edits.put(at, end, empty ? '0' : '');
      this.rewrites.push({ kind: 'jump', at, end, name: word, argsFrom: next, argsTo: next });
      this.token(empty ? LITERAL : OTHER, empty ? 48 : OPEN);
      return end;
    }
    if (word === 'goto' && c === STAR) {
      this.edits.blank(at, end);
      this.rewrites.push({ kind: 'jump', at, end, name: word, argsFrom: next, argsTo: next });
      return end;
    }
    return 0;
  }

  /** `D1(if (x) dump(x));`: a macro whose argument is a statement stands as a block. */
  private statementArgument(): void {
    const text = this.text;
    const open = skipBlank(text, this.top.nameEnd);
    const close = this.parens.closeOf(open);
    const semicolon = close < 0 ? -1 : skipBlank(text, close + 1);
    if (semicolon < 0) return;
    if (text.charCodeAt(semicolon) === SEMICOLON) {
      this.edits.put(close, close + 1, ';');
      this.edits.put(semicolon, semicolon + 1, '}');
    } else if (/[;}]\s*$/.test(text.slice(Math.max(open, close - 80), close))) this.edits.put(close, close + 1, '}');
    else return;
    this.edits.blank(this.top.nameAt, this.top.nameEnd);
    this.edits.put(open, open + 1, '{');
    this.rewrites.push({
      kind: 'block',
      at: open,
      end: close + 1,
      name: text.slice(this.top.nameAt, this.top.nameEnd),
      argsFrom: open + 1,
      argsTo: close,
    });
    this.top = { kind: BLOCK, nameAt: -1, nameEnd: -1, statement: false, made: true };
    this.statement = true;
  }

  /** `poll_until(dev, 2000, if (done(dev)) break; )`: statements as an argument stand in braces, where white space gives room for them. */
  private bracedArgument(at: number): void {
    const text = this.text;
    const close = this.parens.closeOf(skipBlank(text, this.top.nameEnd));
    if (close < 0 || !isGap(text, at - 1) || !isGap(text, close - 1)) return;
    this.edits.put(at - 1, at, '{');
    this.edits.put(close - 1, close, '}');
    this.push(BLOCK);
    this.top.made = true;
    this.top.inside = true;
    this.statement = true;
  }

  /** True for a `{` that begins a braced list of values among a macro's arguments: `M(a, { .x = 1 })`; statements hold a `;`. */
  private listArgument(at: number): boolean {
    if (this.top.round === true) return true;
    if (this.top.kind !== CALL || this.last !== OTHER || (this.lastChar !== COMMA && this.lastChar !== OPEN)) return false;
    const close = matchBrace(this.text, at);
    return (
      close > 0 &&
      close - at < 4000 &&
      close - at > 2 &&
      !this.text.slice(at, close).includes(';') &&
      skipBlank(this.text, at + 1) < close - 1
    );
  }

  // ---- parentheses -----------------------------------------------------------------------------------------------------

  private open(): void {
    const named = this.last === WORD;
    const kind = !named ? GROUP : this.wordCategory === Word.Control ? CONTROL : this.wordCategory === Word.None ? CALL : GROUP;
    const statement = this.wordBegins;
    this.push(kind);
    if (kind === CALL) {
      this.top.nameAt = this.wordAt;
      this.top.nameEnd = this.wordAt + this.word.length;
      this.top.statement = statement;
    }
    this.token(OTHER, OPEN);
  }

  private close(at: number): number {
    const text = this.text;
    if (this.top.inside === true) this.pop();
    const closed = this.top;
    if (closed.kind >= CONTROL || closed.made === true) this.pop();
    if (closed.kind === CALL && this.last === OTHER && this.lastChar === COMMA && this.lastAt > 0)
      this.edits.blank(this.lastAt, this.lastAt + 1);
    this.token(CLOSED, CLOSE);
    if (closed.kind === CONTROL) this.statement = true;
    else if (closed.kind === CALL) {
      if (this.top.kind === INITIALISER && text.charCodeAt(skipBlank(text, at + 1)) === SEMICOLON) {
        this.forms.madeType(closed, at + 1, 'int _'); // a member
        return at + 1;
      }
      if (closed.statement && this.top.kind === BLOCK) this.afterStatementCall(closed, at + 1);
      else if (this.top.kind === CALL || this.top.kind === GROUP || this.top.kind === INITIALISER) this.besideLiteral(closed, at + 1);
    }
    return at + 1;
  }

  /** A call that begins a statement has ended at `end`: is it one? */
  private afterStatementCall(call: Frame, end: number): void {
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
      this.statement = true;
      return;
    }
    if (word && this.forms.declares(end)) {
      this.forms.madeType(call, end, 'struct _');
      return;
    }
    if (c === RBRACE || (word && (newLine || text.charCodeAt(skipBlank(text, identifierEnd(text, next))) === OPEN))) {
      this.forms.missingSemicolon(name, call, end, next);
      this.statement = true;
    }
  }

  private loopLike(kind: 'iterator' | 'block', name: string, call: Frame, end: number): void {
    const text = this.text;
    if (name.length < 2) return;
    const open = skipBlank(text, call.nameEnd);
    // Without an argument the condition needs one; the name gives the room.
    if (skipBlank(text, open + 1) === end - 1 && name.length >= 8) this.edits.put(call.nameAt, end, 'while(1)');
    else this.edits.put(call.nameAt, call.nameEnd, name.length >= 5 ? 'while' : 'if');
    this.rewrites.push({ kind, at: call.nameAt, end, name, argsFrom: open + 1, argsTo: end - 1 });
    this.statement = true;
    this.blockNext = true;
  }

  /** A macro call beside a string literal is part of it; the grammar takes only plain words there. */
  private besideLiteral(call: Frame, end: number): void {
    const text = this.text;
    const next = skipBlank(text, end);
    let before = call.nameAt - 1;
    while (before >= 0 && CLASS[text.charCodeAt(before)] === SPACE) before--;
    const beside =
      text.charCodeAt(before) === QUOTE ||
      text.charCodeAt(next) === QUOTE ||
      (this.top.kind === INITIALISER && CLASS[text.charCodeAt(next)] === IDENT_START);
    if (!beside) return;
    const name = text.slice(call.nameAt, call.nameEnd);
    const open = skipBlank(text, call.nameEnd);
    this.edits.blank(call.nameAt, end);
    this.rewrites.push({ kind: 'string', at: call.nameAt, end, name, argsFrom: open + 1, argsTo: end - 1 });
    this.token(LITERAL, QUOTE);
  }
}
