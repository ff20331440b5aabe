import {
  APOSTROPHE,
  CLASS,
  CLOSE,
  COMMA,
  commentEnd,
  DIGIT,
  DOT,
  EQUALS,
  HASH,
  IDENT_START,
  identifierEnd,
  literalEnd,
  OPEN,
  QUOTE,
  SEMICOLON,
  SLASH,
  SPACE,
} from './chars.js';
import { atLineStart, readDirective } from './directive.js';
import { HASH_PRIME, HASH_START, Names } from './intern.js';
import type { NameUse } from './model.js';
import { ATTRIBUTE_CALLS, KEYWORDS, TYPEOF } from './tables.js';
import { whyCall, whyMember, whyText } from './why.js';

const GREATER = 62;
const AMPERSAND = 38;
const LBRACE = 123;

const NO_CALL = -1;
/** What a name called says about its caller. The names are shared by all texts that a thread reads. */
const names = new Names((name) => (KEYWORDS.has(name) || ATTRIBUTE_CALLS.has(name) || TYPEOF.has(name) ? NO_CALL : whyCall(name)));

/** A function without a tree: the names it uses, and why it needs a tree after all (bits of `Why`). */
export interface Survey {
  uses: NameUse[];
  why: number;
}

/**
 * Names that text[open, close) calls, passes as bare arguments (`f(x, fn)`, `f(&fn)`), or assigns to fields
 * (`x->op = fn`, `.op = fn`), in order of appearance, repeats included, without a tree. Calls are `name(`; keywords and attributes are left out.
 * Arguments are identifiers alone, but for a cast, between `(` or `,` and `,` or `)` of a call's parentheses.
 */
export function calleesOf(text: string, open: number, close: number): NameUse[] {
  return surveyFunction(text, open, close).uses;
}

/** calleesOf and relevance in one pass over text[open, close). */
export function surveyFunction(text: string, open: number, close: number): Survey {
  const uses: NameUse[] = [];
  let why = whyText(text.slice(open, close));
  // For every open parenthesis: 1 when it is a call's, 2 when an argument begins with it.
  const calls: number[] = [];
  let before = 0; // the last significant character
  let wordAt = -1; // the identifier just read, when it was the last token
  let wordEnd = -1;
  let hash = 0; // of that identifier
  let candidate = false; // that identifier began an argument
  let member = false; // it was a member's name
  let field = ''; // `field =` was just read
  let cast = false; // what may be a cast of an argument was just read
  let i = open;
  while (i < close) {
    const c = text.charCodeAt(i);
    const cls = CLASS[c]!;
    if (cls === SPACE) {
      i++;
      continue;
    }
    if (cls === IDENT_START) {
      let end = i;
      hash = HASH_START;
      let unit = c;
      do {
        hash = Math.imul(hash ^ unit, HASH_PRIME);
        unit = text.charCodeAt(++end);
      } while (end < close && (CLASS[unit] === IDENT_START || CLASS[unit] === DIGIT));
      const inCall = calls.length > 0 && calls[calls.length - 1] === 1;
      candidate = inCall && (before === OPEN || before === COMMA || cast);
      cast = false;
      member = before === DOT || (before === GREATER && text.charCodeAt(i - 1) === GREATER && text.charCodeAt(i - 2) === 45);
      if (field !== '' && before !== EQUALS && before !== AMPERSAND) field = '';
      wordAt = i;
      wordEnd = end;
      before = 97;
      i = end;
      continue;
    }
    if (cls === DIGIT) {
      i = identifierEnd(text, i);
      before = 48;
      wordAt = -1;
      continue;
    }
    if (c === QUOTE || c === APOSTROPHE) {
      i = literalEnd(text, i);
      before = c;
      wordAt = -1;
      continue;
    }
    if (c === SLASH) {
      const end = commentEnd(text, i);
      if (end > i) {
        i = end;
        continue;
      }
    } else if (c === HASH && atLineStart(text, i)) {
      i = readDirective(text, i).end;
      continue;
    } else if (c === OPEN) {
      // A pair of parentheses where an argument begins may be a cast.
      let call = before === OPEN || before === COMMA ? 2 : 0;
      if (wordAt >= 0 && before === 97) {
        const name = names.indexOf(text, wordAt, wordEnd, hash);
        const bits = names.value(name);
        if (bits !== NO_CALL) {
          call = 1;
          if (!member) {
            uses.push({ name: names.name(name), at: wordAt, how: 'call' });
            why |= bits;
          } else why |= whyMember(names.name(name));
        }
      }
      calls.push(call);
      field = '';
    } else if (c === CLOSE || c === COMMA || c === SEMICOLON || c === 125) {
      if (wordAt >= 0 && before === 97 && !member) {
        if (field !== '') uses.push({ name: names.name(names.indexOf(text, wordAt, wordEnd, hash)), at: wordAt, how: 'assigned', field });
        else if (candidate && (c === CLOSE || c === COMMA))
          uses.push({ name: names.name(names.indexOf(text, wordAt, wordEnd, hash)), at: wordAt, how: 'argument' });
      }
      field = '';
      cast = c === CLOSE && calls.pop() === 2;
      before = c;
      wordAt = -1;
      i++;
      continue;
    } else if (c === EQUALS && text.charCodeAt(i + 1) !== EQUALS) {
      field = member && wordAt >= 0 && before === 97 ? names.name(names.indexOf(text, wordAt, wordEnd, hash)) : '';
    } else if (c === AMPERSAND && (before === OPEN || before === COMMA || (before === EQUALS && field !== ''))) {
      // `&fn` is as good as `fn`: what stood before counts.
      i++;
      continue;
    } else if (c === LBRACE) field = '';
    cast = false;
    before = c;
    wordAt = -1;
    i++;
  }
  return { uses, why };
}
