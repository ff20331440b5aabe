import { CLASS, HASH, IDENT_START, NL, SPACE, identifierEnd, logicalLineEnd } from './chars.js';

/** One preprocessor line. */
export interface Directive {
  word: string; // 'if', 'ifdef', 'else', 'define', ...; '' for a lone '#'
  argsAt: number; // offset of what follows the word
  end: number; // offset of the newline that ends it (continuations and comments that run over lines followed)
}

/** True when only blanks stand between the start of the line and `at`. */
export function atLineStart(text: string, at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    const c = text.charCodeAt(i);
    if (c === NL) return true;
    if (CLASS[c] !== SPACE) return false;
  }
  return true;
}

/** Reads the directive whose '#' is at `at`. */
export function readDirective(text: string, at: number): Directive {
  let i = at + (text.charCodeAt(at) === HASH ? 1 : 0);
  while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
  let word = '';
  if (CLASS[text.charCodeAt(i)] === IDENT_START) {
    const end = identifierEnd(text, i);
    word = text.slice(i, end);
    i = end;
  }
  let end = logicalLineEnd(text, i);
  // A block comment may begin on the directive's line and end lines later.
  for (let from = i; ;) {
    const comment = text.slice(from, end).indexOf('/*');
    if (comment < 0) break;
    const close = text.indexOf('*/', from + comment + 2);
    if (close < 0) {
      end = text.length;
      break;
    }
    if (close >= end) end = logicalLineEnd(text, close);
    from = close + 2;
  }
  return { word, argsAt: i, end };
}

/** The text of a condition: comments dropped, white space squeezed. */
export function conditionText(text: string, from: number, to: number): string {
  let out = text.slice(from, to);
  if (out.includes('/')) out = out.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' ');
  return out
    .replace(/\\\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Condition of the arm that a directive opens, in C: `defined(A)`, `!defined(A)`, the expression itself; for #elif and #else
 * the negation of the arms before is part of it.
 */
export function armCondition(text: string, d: Directive, before: readonly string[]): string {
  const given = conditionText(text, d.argsAt, d.end);
  const own =
    d.word === 'ifdef' || d.word === 'elifdef'
      ? `defined(${given})`
      : d.word === 'ifndef' || d.word === 'elifndef'
        ? `!defined(${given})`
        : d.word === 'else'
          ? ''
          : given;
  const parts = before.map(negate);
  if (own !== '') parts.push(parts.length > 0 && /[|?]/.test(own) ? `(${own})` : own);
  return parts.join(' && ');
}

/** `!c`, with the fewest parentheses. */
function negate(condition: string): string {
  if (/^!defined\(\w+\)$/.test(condition)) return condition.slice(1);
  return /^!*[\w]+(\(\w*\))?$/.test(condition) ? `!${condition}` : `!(${condition})`;
}

export function isIf(word: string): boolean {
  return word === 'if' || word === 'ifdef' || word === 'ifndef';
}

export function isElse(word: string): boolean {
  return word === 'else' || word === 'elif' || word === 'elifdef' || word === 'elifndef';
}
