import { APOSTROPHE, CLASS, commentEnd, HASH, LBRACE, literalEnd, NL, QUOTE, RBRACE, SLASH, SPACE } from './chars.js';
import { atLineStart, isElse, isIf, readDirective } from './directive.js';

/**
 * Offset one past the `}` that closes the `{` at `open`, by reading every token; -1 when the text ends first.
 * Comments, literals and preprocessor lines hold no braces. Where #if arms hold different numbers of braces the first arm
 * counts. When the last brace stands inside an arm, the result is the end of that #endif line; an #else that belongs to an #if before `open`
 * hides everything up to its #endif.
 */
export function matchBrace(text: string, open: number): number {
  const n = text.length;
  const arms: { before: number; first: number }[] = [];
  let depth = 0;
  let i = open;
  while (i < n) {
    const c = text.charCodeAt(i);
    switch (c) {
      case LBRACE:
        depth++;
        i++;
        break;
      case RBRACE:
        depth--;
        i++;
        if (depth <= 0 && arms.length === 0) return i;
        break;
      case QUOTE:
      case APOSTROPHE:
        i = literalEnd(text, i);
        break;
      case SLASH: {
        const end = commentEnd(text, i);
        i = end === i ? i + 1 : end;
        break;
      }
      case HASH: {
        if (!atLineStart(text, i)) {
          i++;
          break;
        }
        const d = readDirective(text, i);
        i = d.end;
        if (isIf(d.word)) arms.push({ before: depth, first: NaN });
        else if (isElse(d.word)) {
          const arm = arms[arms.length - 1];
          if (arm === undefined) i = endOfConditional(text, i);
          else {
            if (Number.isNaN(arm.first)) arm.first = depth;
            depth = arm.before;
          }
        } else if (d.word === 'endif') {
          const arm = arms.pop();
          if (arm !== undefined) {
            if (!Number.isNaN(arm.first)) depth = arm.first;
            if (depth <= 0 && arms.length === 0) return i;
          }
        }
        break;
      }
      default:
        i++;
    }
  }
  return -1;
}

/** Offset of the end of the #endif line that closes the conditional we are in at `at`, or the text's end. */
export function endOfConditional(text: string, at: number): number {
  let depth = 0;
  for (let i = nextDirective(text, at); i >= 0;) {
    const d = readDirective(text, i);
    if (isIf(d.word)) depth++;
    else if (d.word === 'endif' && depth-- === 0) return d.end;
    i = nextDirective(text, d.end);
  }
  return text.length;
}

/** Offset of the next '#' that begins a line at or after the line end `at`, or -1. Comments are not looked into. */
export function nextDirective(text: string, at: number): number {
  let nl = text.charCodeAt(at) === NL ? at : text.indexOf('\n', at);
  while (nl >= 0) {
    let i = nl + 1;
    while (CLASS[text.charCodeAt(i)] === SPACE && text.charCodeAt(i) !== NL) i++;
    if (text.charCodeAt(i) === HASH) return i;
    nl = text.indexOf('\n', nl + 1);
  }
  return -1;
}
