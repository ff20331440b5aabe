import { Bodies } from './bodies.js';
import { matchBrace, nextDirective } from './brace.js';
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
import { armCondition, atLineStart, isElse, isIf, readDirective, type Directive } from './directive.js';
import { isAttribute, definitionName } from './definers.js';
import { copyChunk, emptyChunk, type Chunk, type Group } from './chunk.js';
import type { FunctionSpan, Piece, PieceKind } from './model.js';
import { STATEMENT_KEYWORDS } from './tables.js';

interface Arm {
  conditions: string[]; // of this arm's predecessors and itself, own texts
  current: string; // '' for an include guard
  saved: Chunk;
  ended: boolean; // an arm ended the construct that was open when the conditional began
}

/** More nested conditionals, and more parentheses before a body, than any sane text has: what goes beyond is not remembered. */
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

const SPEAKING = /gfp_t|__acquires|__releases|__must_hold|__cond_(?:acquires|lock)|__alloc_size|__malloc|__free|mempool|_context_/;

/**
 * Reads file scope token by token and jumps over bodies: in kernel style a body that opens with `{` at the end of a line
 * closes with the next `}` in column 0. Where the text between says otherwise (an opening brace in column 0, #if arms that do not
 * balance, something odd after the brace, a stray `}` later), the braces are matched token by token instead.
 */
class Scanner {
  private readonly text: string;
  private readonly wantPieces: boolean;
  private readonly functions: FunctionSpan[] = [];
  private readonly pieces: Piece[] = [];
  private chunk = emptyChunk();
  private arms: Arm[] = [];
  private armTexts: string[] = [];
  private docStart = -1;
  private docEnd = -1;
  /** Braces inside parentheses that nothing closed: each costs a look at the whole rest. */
  private lostBraces = 0;
  private readonly bodies: Bodies;

  constructor(text: string, wantPieces: boolean) {
    this.text = text;
    this.bodies = new Bodies(text);
    this.wantPieces = wantPieces;
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
            const named = chunk.wordEnd >= 0 && this.onlyBlank(chunk.wordEnd, i);
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
    return { functions: this.functions, pieces: this.pieces };
  }

  private begin(at: number): void {
    if (this.chunk.start < 0) this.chunk.start = at;
  }

  private reset(): void {
    this.chunk = emptyChunk();
    this.docStart = -1;
  }

  private onlyBlank(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (CLASS[this.text.charCodeAt(i)] !== SPACE) return false;
    return true;
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
        this.piece('invocation', group.close, group.nameAt, group.nameEnd, group.open, group.close);
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
    const length = end - at;
    const c = text.charCodeAt(at);
    let keyword = false;
    if (chunk.equals < 0) {
      if (c === 115 && length === 6 && text.startsWith('struct', at)) chunk.keyword = 'struct';
      else if (c === 117 && length === 5 && text.startsWith('union', at)) chunk.keyword = 'union';
      else if (c === 101 && length === 4 && text.startsWith('enum', at)) chunk.keyword = 'enum';
      else if (c === 116 && length === 7 && text.startsWith('typedef', at)) chunk.typedef = true;
      else keyword = true;
      keyword = !keyword;
      if (keyword && !chunk.typedef) {
        chunk.tagAt = -1;
        chunk.tagEnd = end;
      } else if (!keyword) {
        if (chunk.keyword !== '' && chunk.tagAt < 0 && chunk.bodyOpen < 0 && this.onlyBlank(chunk.tagEnd, at)) {
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
    const text = this.text;
    const d = readDirective(text, at);
    if (isIf(d.word)) {
      if (d.word === 'if' && /^\s*0\s*(?:$|\/[*/])/.test(text.slice(d.argsAt, Math.min(d.end, d.argsAt + 40)))) {
        // Dead code is not read at all.
        const end = this.skipDead(d.end);
        if (end < 0) return text.length;
        const next = readDirective(text, end);
        if (next.word === 'endif') return next.end;
        this.arms.push({
          conditions: ['0'],
          current: next.word === 'else' ? '' : armCondition(text, next, []),
          saved: copyChunk(this.chunk),
          ended: false,
        });
        this.armTexts = this.currentArms();
        return next.end;
      }
      const own = armCondition(text, d, []);
      const guard = d.word === 'ifndef' && this.arms.length === 0 && this.isIncludeGuard(d);
      this.arms.push({ conditions: [own], current: guard ? '' : own, saved: copyChunk(this.chunk), ended: false });
      this.armTexts = this.currentArms();
    } else if (isElse(d.word)) {
      const arm = this.arms[this.arms.length - 1];
      if (arm !== undefined) {
        arm.current = armCondition(text, d, arm.conditions);
        arm.conditions.push(armCondition(text, d, []));
        if (this.chunk.start !== arm.saved.start) arm.ended = true;
        this.chunk = copyChunk(arm.saved);
        this.armTexts = this.currentArms();
      }
    } else if (d.word === 'endif') {
      const arm = this.arms.pop();
      // `x =` #if `A;` #else #error #endif: what one arm ended has ended.
      if (arm !== undefined && arm.ended && arm.saved.start >= 0 && this.chunk.start === arm.saved.start) this.reset();
      this.armTexts = this.currentArms();
    } else if (d.word === 'define' && this.wantPieces) this.define(at, d);
    if (this.chunk.start < 0) this.docStart = -1;
    return d.end;
  }

  /** Offset of the '#' that ends the dead arm whose text begins at `at`, -1 when none does. */
  private skipDead(at: number): number {
    let depth = 0;
    for (let i = nextDirective(this.text, at); i >= 0;) {
      const d = readDirective(this.text, i);
      if (isIf(d.word)) depth++;
      else if (depth === 0 && (isElse(d.word) || d.word === 'endif')) return i;
      else if (d.word === 'endif') depth--;
      i = nextDirective(this.text, d.end);
    }
    return -1;
  }

  private currentArms(): string[] {
    return this.arms
      .slice(0, DEEPEST)
      .map((arm) => arm.current)
      .filter((text) => text !== '');
  }

  private isIncludeGuard(d: Directive): boolean {
    const name = this.text.slice(d.argsAt, d.end).trim();
    const next = this.text.slice(d.end, d.end + name.length + 40);
    return (
      name !== '' &&
      new RegExp(`^\\s*#\\s*define\\s+${name.replace(/\W.*/s, '')}\\s*(?:1\\s*)?(?:/\\*[^\\n]*|//[^\\n]*)?\\r?\\n`).test(next)
    );
  }

  private define(at: number, d: Directive): void {
    const text = this.text;
    let nameAt = d.argsAt;
    while (nameAt < d.end && CLASS[text.charCodeAt(nameAt)] === SPACE) nameAt++;
    if (CLASS[text.charCodeAt(nameAt)] !== IDENT_START) return;
    const nameEnd = identifierEnd(text, nameAt);
    let open = nameEnd;
    let params = -1;
    if (text.charCodeAt(nameEnd) === OPEN) {
      params = nameEnd;
      const close = text.indexOf(')', nameEnd);
      open = close < 0 || close > d.end ? d.end : close + 1;
    }
    this.pieces.push({
      kind: 'define',
      start: at,
      end: d.end,
      name: text.slice(nameAt, nameEnd),
      nameAt,
      open,
      close: d.end,
      tag: '',
      params,
      arms: this.armTexts,
    });
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
    const group = chunk.equals < 0 && !chunk.typedef ? this.definingGroup() : undefined;
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

  /** The group whose name is the function's, when the construct read so far is a function's header. */
  private definingGroup(): Group | undefined {
    const text = this.text;
    const chunk = this.chunk;
    let found: Group | undefined;
    for (const group of chunk.groups) {
      if (group.close < 0) group.close = group.open + 1;
      if (group.nameAt < 0 || group.nameAt < chunk.bodyClose) continue;
      const name = text.slice(group.nameAt, group.nameEnd);
      if (isAttribute(name)) continue;
      if (found === undefined || (found.nameAt === chunk.start && chunk.start !== group.nameAt)) found = group;
    }
    if (found === undefined) {
      // A name in parentheses: `int (name)(void)`; its group follows another one.
      for (let k = 1; k < chunk.groups.length; k++) {
        if (chunk.groups[k]!.nameAt < 0 && this.onlyBlank(chunk.groups[k - 1]!.close, chunk.groups[k]!.open)) return chunk.groups[k - 1];
      }
      return undefined;
    }
    // `struct tag {` after an unknown macro with arguments is a type, not a function.
    if (chunk.keyword !== '' && (chunk.tagAt > found.close || chunk.tagAt === found.nameAt)) return undefined;
    return found;
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
      arms: this.armTexts,
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
    if (this.wantPieces && chunk.start >= 0) this.declaration(end);
    this.reset();
  }

  private declaration(end: number): void {
    const text = this.text;
    const c = this.chunk;
    if (c.typedef) {
      this.piece('typedef', end, c.variableAt, c.variableEnd, c.bodyOpen, c.bodyClose);
      return;
    }
    if (c.equals >= 0) {
      const braced = c.bodyOpen >= c.equals;
      this.piece(
        braced ? 'initialiser' : 'variable',
        end,
        c.variableAt,
        c.variableEnd,
        braced ? c.bodyOpen : -1,
        braced ? c.bodyClose : -1,
      );
      return;
    }
    if (c.bodyOpen >= 0) {
      if (c.keyword !== '') this.piece(c.keyword, end, c.tagAt, c.tagEnd, c.bodyOpen, c.bodyClose);
      if (c.variableAt > c.bodyClose) this.piece('variable', end, c.variableAt, c.variableEnd, -1, -1);
      return;
    }
    const group = this.definingGroup();
    if (group !== undefined && group.nameAt >= 0) {
      const before = text.slice(c.start, group.nameAt);
      const invoked =
        /^(?:(?:static|extern|const)\s+)*$/.test(before) ||
        (/^[A-Z][A-Z0-9_]+$/.test(text.slice(group.nameAt, group.nameEnd)) && /^(?:\w+\s+)*$/.test(before));
      if (invoked) this.piece('invocation', end, group.nameAt, group.nameEnd, group.open, group.close);
      else if (end - c.start < 4000 && SPEAKING.test(text.slice(c.start, end))) {
        this.piece('prototype', end, group.nameAt, group.nameEnd, group.open, group.close);
      }
      return;
    }
    if (c.groups.length > 0 && group === undefined && c.variableAt < 0) return;
    this.piece('variable', end, c.variableAt, c.variableEnd, -1, -1);
  }

  private piece(kind: PieceKind, end: number, nameAt: number, nameEnd: number, open: number, close: number): void {
    if (!this.wantPieces) return;
    const c = this.chunk;
    const typed = c.keyword !== '' && kind !== 'enum' && c.tagAt >= 0;
    this.pieces.push({
      kind,
      start: c.start,
      end,
      name: nameAt < 0 ? '' : this.text.slice(nameAt, nameEnd),
      nameAt,
      open,
      close,
      tag: typed ? this.text.slice(c.tagAt, c.tagEnd) : '',
      params: -1,
      arms: this.armTexts,
    });
  }
}
