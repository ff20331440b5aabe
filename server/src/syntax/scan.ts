import { Arms } from './arms.js';
import { Bodies } from './bodies.js';
import { matchBrace } from './brace.js';
import {
  APOSTROPHE,
  CLASS,
  CLOSE,
  commentEnd,
  DOT,
  EQUALS,
  HASH,
  IDENT_START,
  identifierEnd,
  isBlank,
  LBRACE,
  LBRACKET,
  literalEnd,
  NL,
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
import { isAttribute, definitionName } from './definers.js';
import { definingGroup, emptyChunk, type Chunk, type Group } from './chunk.js';
import type { FunctionSpan, Piece } from './model.js';
import { Pieces } from './pieces.js';
import { STATEMENT_KEYWORDS } from './tables.js';

/** More parentheses before a body than any sane text has: what goes beyond is not remembered. */
const DEEPEST = 64;

export interface ScanResult {
  functions: FunctionSpan[];
  pieces: Piece[];
}

/** The function definitions of a file, in order. Linear time for any input. */
export function scanFunctions(text: string): { functions: FunctionSpan[] } {
  return { functions: new Scanner(text, false).run().functions };
}

/** What stands at file scope outside functions: spans and raw text, see Piece. */
export function scanTopLevel(text: string): { pieces: Piece[] } {
  return { pieces: new Scanner(text, true).run().pieces };
}

/** Both of the above in one pass. */
export function scanFile(text: string): ScanResult {
  return new Scanner(text, true).run();
}

/** Notes a word that says what kind of construct this is; false for any other word. */
function readsKeyword(text: string, chunk: Chunk, at: number, length: number): boolean {
  const c = text.charCodeAt(at);
  if (c === 115 && length === 6 && text.startsWith('struct', at)) chunk.keyword = 'struct';
  else if (c === 117 && length === 5 && text.startsWith('union', at)) chunk.keyword = 'union';
  else if (c === 101 && length === 4 && text.startsWith('enum', at)) chunk.keyword = 'enum';
  else if (c === 116 && length === 7 && text.startsWith('typedef', at)) chunk.typedef = true;
  else return false;
  return true;
}

/**
 * Reads file scope token by token and jumps over bodies: in kernel style a body that opens with `{` at the end of a line
 * closes with the next `}` in column 0. Where the text between says otherwise (an opening brace in column 0, #if arms that do not
 * balance, something odd after the brace, a stray `}` later), the braces are matched token by token instead.
 */
class Scanner {
  private readonly text: string;
  private readonly functions: FunctionSpan[] = [];
  private readonly pieces: Pieces | undefined;
  private chunk = emptyChunk();
  private readonly arms: Arms;
  private docStart = -1;
  private docEnd = -1;
  /** Braces inside parentheses that nothing closed: each costs a look at the whole rest. */
  private lostBraces = 0;
  private readonly bodies: Bodies;

  constructor(text: string, wantPieces: boolean) {
    this.text = text;
    this.bodies = new Bodies(text);
    this.arms = new Arms(text);
    if (wantPieces) this.pieces = new Pieces(text, this.arms);
  }

  run(): ScanResult {
    const text = this.text;
    const n = text.length;
    let i = 0;
    while (i < n) {
      const c = text.charCodeAt(i);
      const cls = CLASS[c];
      if (cls === SPACE) {
        i++;
        continue;
      }
      if (cls === IDENT_START) {
        i = this.word(i);
        continue;
      }
      const chunk = this.chunk;
      switch (c) {
        case SLASH: {
          const end = commentEnd(text, i);
          if (end > i) {
            if (text.charCodeAt(i + 1) === STAR && text.charCodeAt(i + 2) === STAR && chunk.start < 0) {
              this.docStart = i;
              this.docEnd = end;
            }
            i = end;
            continue;
          }
          break;
        }
        case HASH:
          if (atLineStart(text, i)) {
            i = this.directive(i);
            continue;
          }
          break;
        case QUOTE:
        case APOSTROPHE:
          this.begin(i);
          chunk.last = c;
          i = literalEnd(text, i);
          continue;
        case OPEN:
          this.begin(i);
          if (chunk.depth++ === 0) {
            const named = chunk.wordEnd >= 0 && isBlank(text, chunk.wordEnd, i);
            if (chunk.groups.length >= DEEPEST) chunk.groups.pop();
            chunk.groups.push({
              nameAt: named ? chunk.wordAt : -1,
              nameEnd: named ? chunk.wordEnd : -1,
              open: i,
              close: -1,
            });
          }
          break;
        case CLOSE:
          if (chunk.depth > 0 && --chunk.depth === 0) chunk.groups[chunk.groups.length - 1]!.close = i + 1;
          break;
        case LBRACKET:
          if (chunk.depth === 0) chunk.brackets++;
          break;
        case RBRACKET:
          if (chunk.depth === 0 && chunk.brackets > 0) chunk.brackets--;
          break;
        case EQUALS:
          if (chunk.depth === 0 && chunk.brackets === 0 && chunk.equals < 0) chunk.equals = i;
          break;
        case LBRACE:
          i = this.brace(i);
          continue;
        case RBRACE:
          i = this.strayBrace(i);
          continue;
        case SEMICOLON:
          if (chunk.depth === 0) {
            this.endOfDeclaration(i + 1);
            i++;
            continue;
          }
          break;
      }
      this.begin(i);
      this.chunk.last = c;
      i++;
    }
    return { functions: this.functions, pieces: this.pieces?.list ?? [] };
  }

  private begin(at: number): void {
    if (this.chunk.start < 0) this.chunk.start = at;
  }

  private reset(): void {
    this.chunk = emptyChunk();
    this.docStart = -1;
  }

  private word(at: number): number {
    const text = this.text;
    const end = identifierEnd(text, at);
    let chunk = this.chunk;
    if (chunk.depth > 0) {
      chunk.last = 97;
      return end;
    }
    if (chunk.start >= 0 && chunk.last === CLOSE && chunk.groups.length === 1) {
      // `MACRO(x)` on a line of its own, without a semicolon: what follows is another construct.
      const group = chunk.groups[0]!;
      const between = text.slice(group.close, at);
      const alone = group.nameAt === chunk.start || (/^static\s+$/.test(text.slice(chunk.start, group.nameAt)) && /\n\s*\n/.test(between));
      if (alone && between.includes('\n') && !isAttribute(text.slice(group.nameAt, group.nameEnd)) && !isAttribute(text.slice(at, end))) {
        this.pieces?.invocation(chunk, group, group.close);
        this.reset();
        chunk = this.chunk;
      }
    }
    if (
      chunk.start >= 0 &&
      chunk.start === chunk.wordAt &&
      chunk.groups.length === 0 &&
      chunk.equals < 0 &&
      /^[A-Z0-9_]+$/.test(text.slice(chunk.start, chunk.wordEnd)) &&
      /^\s*\n\s*(?:\n|\/\*)/.test(text.slice(chunk.wordEnd, at))
    ) {
      // A macro that stands alone before an empty line or a comment.
      this.reset();
      chunk = this.chunk;
    }
    if (chunk.start < 0) {
      if (this.bodies.jumped !== undefined && STATEMENT_KEYWORDS.has(text.slice(at, end))) return this.strayBrace(at);
      chunk.start = at;
    }
    if (chunk.equals < 0) {
      if (readsKeyword(text, chunk, at, end - at)) {
        if (!chunk.typedef) {
          chunk.tagAt = -1;
          chunk.tagEnd = end;
        }
      } else {
        if (chunk.keyword !== '' && chunk.tagAt < 0 && chunk.bodyOpen < 0 && isBlank(text, chunk.tagEnd, at)) {
          chunk.tagAt = at;
          chunk.tagEnd = end;
        }
        if (chunk.brackets === 0 && !isAttribute(text.slice(at, end))) {
          chunk.variableAt = at;
          chunk.variableEnd = end;
        }
      }
    }
    chunk.wordAt = at;
    chunk.wordEnd = end;
    chunk.last = 97;
    return end;
  }

  // ---- preprocessor ----------------------------------------------------------------------------------------------------

  private directive(at: number): number {
    const d = readDirective(this.text, at);
    const behindDead = this.arms.skipDead(d, this.chunk);
    if (behindDead >= 0) return behindDead;
    if (d.word === 'define') this.pieces?.define(at, d);
    else this.chunk = this.arms.follow(d, this.chunk);
    if (this.chunk.start < 0) this.docStart = -1;
    return d.end;
  }

  // ---- bodies ----------------------------------------------------------------------------------------------------------

  private brace(at: number): number {
    const text = this.text;
    const chunk = this.chunk;
    this.begin(at);
    if (chunk.depth > 0 && !(at > 0 && text.charCodeAt(at - 1) === NL)) {
      chunk.last = RBRACE;
      if (this.lostBraces >= 8) return at + 1;
      const close = matchBrace(text, at);
      if (close >= 0) return close;
      this.lostBraces++;
      return at + 1;
    }
    chunk.depth = 0;
    if (chunk.last === QUOTE && text.startsWith('extern', chunk.start)) {
      this.reset();
      return at + 1;
    }
    const group = chunk.equals < 0 && !chunk.typedef ? definingGroup(text, chunk) : undefined;
    if (group !== undefined) {
      // `define_machine(x) { .name = ... }` is an initialiser.
      const first = skipBlank(text, at + 1);
      if (text.charCodeAt(first) !== DOT) return this.functionBody(at, group);
      chunk.equals = at;
      chunk.variableAt = group.nameAt;
      chunk.variableEnd = group.nameEnd;
    }
    const close = this.bodies.end(at, false, (end) => {
      chunk.bodyClose = end;
    });
    if (chunk.bodyOpen < 0) {
      chunk.bodyOpen = at;
      chunk.bodyClose = close;
    }
    if (chunk.equals < 0) chunk.variableAt = -1;
    chunk.last = RBRACE;
    return close;
  }

  private functionBody(open: number, group: Group): number {
    const text = this.text;
    const chunk = this.chunk;
    const named = definitionName(text, chunk.start, group);
    const doc = this.docStart >= 0 && this.docEnd <= chunk.start ? text.slice(this.docStart, this.docEnd) : '';
    const span: FunctionSpan = {
      name: named.name,
      start: chunk.start,
      nameAt: named.at,
      open,
      close: open,
      arms: this.arms.texts,
      doc,
    };
    if (named.macro !== undefined) span.macro = named.macro;
    this.functions.push(span);
    const close = this.bodies.end(open, true, (end) => {
      span.close = end;
    });
    span.close = close;
    this.reset();
    return close;
  }

  /** A `}` or a statement at file scope: the last jump was wrong (a brace in column 0 inside the body), or the text is. */
  private strayBrace(at: number): number {
    const jumped = this.bodies.jumped;
    this.bodies.jumped = undefined;
    if (jumped !== undefined) {
      const close = matchBrace(this.text, jumped.open);
      if (close > jumped.close) {
        jumped.apply(close);
        this.reset();
        return Math.max(close, at + 1);
      }
    }
    this.reset();
    return this.text.charCodeAt(at) === RBRACE ? at + 1 : identifierEnd(this.text, at);
  }

  // ---- declarations ----------------------------------------------------------------------------------------------------

  private endOfDeclaration(end: number): void {
    const chunk = this.chunk;
    if (chunk.start >= 0) this.pieces?.declaration(chunk, end);
    this.reset();
  }
}
