import { StatementNormaliser } from './body.js';
import { matchBrace } from './brace.js';
import { CLASS, CLOSE, COMMA, IDENT_START, identifierEnd, LBRACE, OPEN, skipBlank, STAR } from './chars.js';
import { resolveConditionals } from './conditional.js';
import { isAttribute } from './definers.js';
import { atLineStart } from './directive.js';
import { Edits } from './edits.js';
import type { BlankedMark, FunctionSpan, Normalised, Rewrite } from './model.js';
import { Parens } from './parens.js';
import { scanFunctions } from './scan.js';
import { ATTRIBUTE_CALLS, DEFINERS } from './tables.js';

/**
 * One function of a file as a text that tree-sitter-c reads without error, of the same length and with the same lines as
 * fileText.slice(span.start, span.close). Never throws.
 */
export function normaliseFunction(fileText: string, span: FunctionSpan): Normalised {
  const marks: BlankedMark[] = [];
  const rewrites: Rewrite[] = [];
  let text = fileText.slice(span.start, span.close);
  const open = span.open - span.start;
  if (hasDirective(text)) {
    const edits = new Edits(text);
    for (const [from, to] of resolveConditionals(text, open, rewrites)) edits.blank(from, to);
    text = edits.apply();
  }
  const edits = new Edits(text);
  const parens = new Parens(text);
  header(text, parens, span, open, edits, marks);
  new StatementNormaliser(text, parens, edits, marks, rewrites).run(open, text.length);
  marks.sort((a, b) => a.at - b.at);
  rewrites.sort((a, b) => a.at - b.at);
  return { text: edits.apply(), base: span.start, marks, rewrites };
}

/** A whole file: its functions normalised, what stands between them untouched. */
export function normalise(text: string): Normalised {
  const parts: string[] = [];
  const marks: BlankedMark[] = [];
  const rewrites: Rewrite[] = [];
  let done = 0;
  for (const span of scanFunctions(text).functions) {
    if (span.start < done) continue;
    const one = normaliseFunction(text, span);
    parts.push(text.slice(done, span.start), one.text);
    done = span.close;
    for (const mark of one.marks) marks.push({ ...mark, at: mark.at + span.start });
    for (const r of one.rewrites) {
      rewrites.push({
        ...r,
        at: r.at + span.start,
        end: r.end + span.start,
        argsFrom: r.argsFrom + span.start,
        argsTo: r.argsTo + span.start,
      });
    }
  }
  parts.push(text.slice(done));
  return { text: parts.join(''), base: 0, marks, rewrites };
}

function hasDirective(text: string): boolean {
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) if (atLineStart(text, at)) return true;
  return false;
}

/** Everything before the body: attributes and unknown macros blanked, definitions by macro turned into plain ones. */
function header(text: string, parens: Parens, span: FunctionSpan, open: number, edits: Edits, marks: BlankedMark[]): void {
  if (span.macro !== undefined) {
    macroHeader(text, parens, span.macro, open, edits);
    return;
  }
  const nameAt = span.nameAt - span.start;
  let params = -1; // where the parameter list ended
  let words: { at: number; end: number }[] = []; // type words before the name
  for (let i = 0; i < open;) {
    i = skipBlank(text, i);
    if (i >= open) break;
    const c = text.charCodeAt(i);
    if (CLASS[c] !== IDENT_START) {
      if (c === OPEN && i > nameAt && params < 0) {
        const close = parens.closeOf(i);
        parameters(text, parens, i, close < 0 || close > open ? open : close, edits, marks);
        params = close < 0 || close > open ? open : close + 1;
        // `int (*f(int a))(int b)`: the declarator's own parenthesis and the second list follow.
        while (text.charCodeAt(skipBlank(text, params)) === CLOSE || text.charCodeAt(skipBlank(text, params)) === OPEN) {
          const next = skipBlank(text, params);
          const end = text.charCodeAt(next) === CLOSE ? next : parens.closeOf(next);
          if (end < 0 || end > open) break;
          params = end + 1;
        }
        i = params;
        continue;
      }
      if (c === LBRACE) {
        // A type defined right here.
        const end = matchBrace(text, i);
        i = end < 0 || end > open ? open : end;
        continue;
      }
      if (c === STAR) {
        unknownWords(text, words, edits, marks);
        words = [];
      }
      i++;
      continue;
    }
    const end = identifierEnd(text, i);
    const word = text.slice(i, end);
    const next = skipBlank(text, end);
    if (params >= 0) {
      // Behind the parameters only annotations stand.
      const close = text.charCodeAt(next) === OPEN ? parens.closeOf(next) : -1;
      const to = close > 0 && close < open ? close + 1 : end;
      marks.push({ at: i, name: word, args: close > 0 && close < open ? text.slice(next + 1, close) : '' });
      edits.blank(i, to);
      i = to;
      continue;
    }
    if (isAttribute(word) && i !== nameAt) {
      const close = text.charCodeAt(next) === OPEN && ATTRIBUTE_CALLS.has(word) ? parens.closeOf(next) : -1;
      const to = close > 0 ? close + 1 : end;
      marks.push({ at: i, name: word, args: close > 0 ? text.slice(next + 1, close) : '' });
      edits.blank(i, to);
      i = to;
      continue;
    }
    if (i < nameAt) {
      const list = text.charCodeAt(next) === OPEN && next < nameAt && text.charCodeAt(skipBlank(text, next + 1)) !== STAR;
      // -1 too for a parenthesis inside a literal: while somebody types, a head may hold one.
      const close = list ? parens.closeOf(next) : -1;
      if (close >= 0 && close < nameAt) {
        // An unknown macro with arguments, or a type made by one.
        if (/^_*typeof/.test(word)) edits.put(i, close + 1, 'struct _');
        else {
          marks.push({ at: i, name: word, args: text.slice(next + 1, close) });
          edits.blank(i, close + 1);
        }
        i = close + 1;
        continue;
      }
      words.push({ at: i, end });
    } else if (i === nameAt) unknownWords(text, words, edits, marks);
    i = end;
  }
}

const QUALIFIER = /^(?:static|extern|inline|__inline|__inline__|const|volatile|register|__extension__|auto)$/;
const BASE_TYPE = /^(?:unsigned|signed|long|short|int|char|void|float|double|_Bool|bool)$/;
const AGGREGATE = /^(?:struct|union|enum)$/;

/** Of the words before a function's name one may be the type's name; any other that C does not know is an attribute. */
function unknownWords(text: string, list: readonly { at: number; end: number }[], edits: Edits, marks: BlankedMark[]): void {
  const words = list.map(({ at, end }) => text.slice(at, end));
  const unknown: number[] = [];
  let typed = false;
  words.forEach((word, k) => {
    if (QUALIFIER.test(word)) return;
    if (BASE_TYPE.test(word) || AGGREGATE.test(word)) typed = true;
    else if (k === 0 || !AGGREGATE.test(words[k - 1]!)) unknown.push(k);
  });
  if (!typed) {
    // The last one is the type, or the last that does not look like an attribute.
    const type = unknown.filter((k) => !/^__[a-z]+_?[a-z]*$/.test(words[k]!)).pop() ?? unknown[unknown.length - 1];
    if (type !== undefined) unknown.splice(unknown.indexOf(type), 1);
  }
  for (const k of unknown) {
    const { at, end } = list[k]!;
    marks.push({ at, name: words[k]!, args: '' });
    edits.blank(at, end);
  }
}

/** Attributes among the parameters, and unknown words between a pointer's star and its name. */
function parameters(text: string, parens: Parens, open: number, close: number, edits: Edits, marks: BlankedMark[]): void {
  let pointer = false; // behind a star and its qualifiers
  for (let i = open + 1; i < close;) {
    i = skipBlank(text, i);
    if (i >= close) return;
    const c = text.charCodeAt(i);
    if (CLASS[c] !== IDENT_START) {
      pointer = c === STAR;
      i++;
      continue;
    }
    let end = identifierEnd(text, i);
    const word = text.slice(i, end);
    const next = skipBlank(text, end);
    const known = isAttribute(word);
    if (known || (pointer && !QUALIFIER.test(word) && CLASS[text.charCodeAt(next)] === IDENT_START)) {
      let args = '';
      const last = known && ATTRIBUTE_CALLS.has(word) && text.charCodeAt(next) === OPEN ? parens.closeOf(next) : -1;
      if (last >= 0) {
        args = text.slice(next + 1, last);
        end = last + 1;
      }
      marks.push({ at: i, name: word, args });
      edits.blank(i, end);
    } else if (!QUALIFIER.test(word)) pointer = false;
    i = end;
  }
}

/** `SYSCALL_DEFINE2(name, int, fd, long, n)` as `long name(int fd, long n)` in the same place; any other macro as `int f()`. */
function macroHeader(text: string, parens: Parens, macro: string, open: number, edits: Edits): void {
  const at = text.indexOf(macro);
  const paren = skipBlank(text, at + macro.length);
  const close = parens.closeOf(paren);
  const definer = DEFINERS.find((d) => d.pattern.test(macro));
  if (close < 0 || close > open) return;
  edits.blank(0, at);
  if (definer?.pairs === true) {
    const commas = argumentCommas(text, parens, paren, close);
    if (commas.length > 0 && commas.length % 2 === 0) {
      edits.put(at, paren + 1, 'long');
      edits.put(commas[0]!, commas[0]! + 1, '(');
      const name = skipBlank(text, paren + 1);
      if (CLASS[text.charCodeAt(name)] !== IDENT_START) edits.put(name, name + 1, '_'); // `32_sigaction`
      for (let k = 1; k < commas.length; k += 2) edits.blank(commas[k]!, commas[k]! + 1);
      parameters(text, parens, commas[0]!, close, edits, []);
      edits.blank(close + 1, open);
      return;
    }
  }
  edits.put(at, close + 1, 'int f()');
  edits.blank(close + 1, open);
}

function argumentCommas(text: string, parens: Parens, open: number, close: number): number[] {
  const commas: number[] = [];
  for (let i = open + 1; i < close; i++) {
    const c = text.charCodeAt(i);
    if (c === COMMA) commas.push(i);
    else if (c === OPEN) {
      const end = parens.closeOf(i);
      if (end < 0) return [];
      i = end;
    }
  }
  return commas;
}
