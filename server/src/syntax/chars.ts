/** Character classes of C, by UTF-16 unit: 0 other, IDENT_START, DIGIT, SPACE (newline included). Non-ASCII is 0. */
export const IDENT_START = 1;
export const DIGIT = 2;
export const SPACE = 3;

export const CLASS = new Uint8Array(65536);
for (let c = 65; c <= 90; c++) CLASS[c] = CLASS[c + 32] = IDENT_START;
CLASS[95] = IDENT_START;
CLASS[36] = IDENT_START;
for (let c = 48; c <= 57; c++) CLASS[c] = DIGIT;
for (const c of [9, 10, 11, 12, 13, 32]) CLASS[c] = SPACE;

export const NL = 10;
export const CR = 13;
export const QUOTE = 34;
export const HASH = 35;
export const APOSTROPHE = 39;
export const OPEN = 40;
export const CLOSE = 41;
export const STAR = 42;
export const COMMA = 44;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const LBRACKET = 91;
export const RBRACKET = 93;
export const LBRACE = 123;
export const RBRACE = 125;

/** Offset one past the identifier that starts at `at`. */
export function identifierEnd(text: string, at: number): number {
  const n = text.length;
  let i = at + 1;
  while (i < n) {
    const c = CLASS[text.charCodeAt(i)]!;
    if (c !== IDENT_START && c !== DIGIT) break;
    i++;
  }
  return i;
}

/**
 * Offset one past the string or character literal that starts at `at`. A literal that its line does not close ends at the
 * line's end, so that one stray quote (assembler, prose under #if 0) spoils one line only.
 */
export function literalEnd(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  const n = text.length;
  for (let i = at + 1; i < n; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === BACKSLASH) {
      if (text.charCodeAt(i + 1) === CR && text.charCodeAt(i + 2) === NL) i++;
      i++;
    } else if (c === NL) return i;
  }
  return n;
}

/** Offset one past the comment that starts at `at`, or `at` when no comment starts there. */
export function commentEnd(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (next === STAR) {
    const close = text.indexOf('*/', at + 2);
    return close < 0 ? text.length : close + 2;
  }
  if (next === SLASH) return logicalLineEnd(text, at);
  return at;
}

/** Offset of the newline (or the end of the text) that ends the logical line around `at`, backslash continuations followed. */
export function logicalLineEnd(text: string, at: number): number {
  let from = at;
  for (;;) {
    const nl = text.indexOf('\n', from);
    if (nl < 0) return text.length;
    let before = nl - 1;
    if (text.charCodeAt(before) === CR) before--;
    if (before < at || text.charCodeAt(before) !== BACKSLASH) return nl;
    from = nl + 1;
  }
}

/** First offset at or after `at` that is neither white space nor comment. */
export function skipBlank(text: string, at: number): number {
  const n = text.length;
  let i = at;
  while (i < n) {
    const c = text.charCodeAt(i);
    if (CLASS[c] === SPACE) i++;
    else if (c === SLASH) {
      const end = commentEnd(text, i);
      if (end === i) return i;
      i = end;
    } else if (c === BACKSLASH && (text.charCodeAt(i + 1) === NL || text.charCodeAt(i + 1) === CR)) i++;
    else return i;
  }
  return n;
}

/** Whether nothing but white space stands between the offsets. */
export function isBlank(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (CLASS[text.charCodeAt(i)] !== SPACE) return false;
  return true;
}
