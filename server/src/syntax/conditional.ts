import {
  APOSTROPHE,
  CLASS,
  CLOSE,
  COLON,
  commentEnd,
  DIGIT,
  HASH,
  IDENT_START,
  identifierEnd,
  LBRACE,
  literalEnd,
  OPEN,
  QUOTE,
  RBRACE,
  SEMICOLON,
  SLASH,
  SPACE,
  skipBlank,
} from './chars.js';
import { endOfConditional } from './brace.js';
import { atLineStart, conditionText, isElse, isIf, readDirective } from './directive.js';
import type { Rewrite } from './model.js';

/** How far the text has come: what a conditional must restore when its next arm begins. */
interface State {
  braces: number;
  parens: number;
  last: number; // last significant character, 0 at the start, ELSE after the word `else` or `do`, LABEL after a label's colon
  inCase: boolean; // between `case` or `default` and its colon
}

interface Arm {
  from: number; // after the directive's line
  to: number;
  end: State;
  first: number; // first significant character, 0 when empty, 1 when it begins with `else`
  tidy: boolean; // braces and parentheses never closed more than it opened, and ended even
}

interface Conditional {
  condition: string;
  odd: boolean; // a condition that the grammar cannot read
  at: number;
  before: State;
  arms: Arm[];
  directives: [from: number, to: number][];
}

const ODD_CONDITION = /[?"]|__has_include/;

const ELSE = 1;
const LABEL = 2;

/**
 * Spans to blank so that the preprocessor lines that are left stand where statements may. An #if whose arms are whole
 * statements stays; of any other one arm is kept, the first (of `#if 0` the other), and its directives and other arms go.
 * All other directives go. Offsets are relative to `text`; `bodyAt` is where the function's body opens: conditionals before it never stay.
 */
export function resolveConditionals(text: string, bodyAt: number, rewrites: Rewrite[]): [from: number, to: number][] {
  const blank: [number, number][] = [];
  const open: Conditional[] = [];
  const n = text.length;
  let state: State = { braces: 0, parens: 0, last: 0, inCase: false };
  let arm: Arm | undefined;
  let i = 0;

  const token = (what: number): void => {
    if (arm !== undefined && arm.first === 0) arm.first = what;
    state.last = what;
  };
  const closeArm = (at: number): void => {
    const c = open[open.length - 1]!;
    const current = c.arms[c.arms.length - 1]!;
    current.to = at;
    current.end = { ...state };
    if (state.braces !== c.before.braces || state.parens !== c.before.parens) current.tidy = false;
  };
  const openArm = (from: number): void => {
    const c = open[open.length - 1]!;
    arm = { from, to: n, end: state, first: 0, tidy: true };
    c.arms.push(arm);
  };

  while (i < n) {
    const c = text.charCodeAt(i);
    const cls = CLASS[c];
    if (cls === SPACE) {
      i++;
      continue;
    }
    if (cls === IDENT_START || cls === DIGIT) {
      const end = identifierEnd(text, i);
      const isElseWord = c === 101 && end - i === 4 && text.startsWith('else', i);
      if ((c === 99 && end - i === 4 && text.startsWith('case', i)) || (c === 100 && end - i === 7 && text.startsWith('default', i))) {
        state.inCase = true;
      }
      token(isElseWord || (c === 100 && end - i === 2 && text.startsWith('do', i)) ? ELSE : 97);
      i = end;
      continue;
    }
    if (c === HASH && atLineStart(text, i)) {
      const d = readDirective(text, i);
      if (isIf(d.word)) {
        const condition = conditionText(text, d.argsAt, d.end);
        open.push({
          condition,
          odd: ODD_CONDITION.test(condition),
          at: i,
          before: { ...state },
          arms: [],
          directives: [[i, d.end]],
        });
        openArm(d.end);
      } else if (isElse(d.word)) {
        const top = open[open.length - 1];
        if (top === undefined) {
          // The function began inside an arm: the other arms are not this function.
          const end = endOfConditional(text, d.end);
          blank.push([i, end]);
          rewrites.push({ kind: 'arm', at: i, end, name: '', argsFrom: i, argsTo: end });
          i = end;
          continue;
        }
        closeArm(i);
        if (ODD_CONDITION.test(conditionText(text, d.argsAt, d.end))) top.odd = true;
        top.directives.push([i, d.end]);
        state = { ...top.before };
        openArm(d.end);
      } else if (d.word === 'endif' && open.length > 0) {
        closeArm(i);
        const done = open.pop()!;
        done.directives.push([i, d.end]);
        settle(done, d.end);
        const above = open[open.length - 1];
        arm = above?.arms[above.arms.length - 1];
        if (arm !== undefined && arm.first === 0) arm.first = done.arms.find((a) => a.first !== 0)?.first ?? 0;
      } else blank.push([i, d.end]);
      i = d.end;
      continue;
    }
    switch (c) {
      case QUOTE:
      case APOSTROPHE:
        token(c);
        i = literalEnd(text, i);
        continue;
      case SLASH: {
        const end = commentEnd(text, i);
        if (end > i) {
          i = end;
          continue;
        }
        break;
      }
      case OPEN:
        state.parens++;
        break;
      case CLOSE:
        state.parens--;
        break;
      case LBRACE:
        state.braces++;
        break;
      case RBRACE:
        state.braces--;
        break;
    }
    // The grammar wants a statement behind a label; behind a case it takes anything.
    token(c === COLON && !state.inCase ? LABEL : c);
    if (c === COLON) state.inCase = false;
    if (arm !== undefined) {
      const before = open[open.length - 1]!.before;
      if (state.braces < before.braces || state.parens < before.parens) arm.tidy = false;
    }
    i++;
  }
  // Conditionals that nothing ends: the arm with the body stays, or the first.
  for (const c of open) {
    const keep = Math.max(
      0,
      c.arms.findIndex((a) => a.from <= bodyAt && bodyAt < a.to),
    );
    for (const span of c.directives) blank.push(span);
    c.arms.forEach((a, index) => {
      if (index !== keep) drop(c, a);
    });
  }
  return blank;

  function drop(c: Conditional, a: Arm): void {
    blank.push([a.from, a.to]);
    rewrites.push({ kind: 'arm', at: a.from, end: a.to, name: c.condition, argsFrom: a.from, argsTo: a.to });
  }

  function settle(c: Conditional, end: number): void {
    const dead = /^0\b/.test(c.condition);
    if (!dead && !c.odd && c.at > bodyAt && c.before.parens === 0 && endsStatement(c.before.last, true) && c.arms.every(wholeStatements)) {
      const next = skipBlank(text, end);
      if (!text.startsWith('else', next) || CLASS[text.charCodeAt(next + 4)] === IDENT_START) {
        state = c.arms[c.arms.length - 1]!.end;
        if (c.arms.some((a) => a.first !== 0)) state = { ...state, last: SEMICOLON };
        else state = { ...c.before };
        return;
      }
    }
    // Before the body the scanner went by the last arm.
    const keep = dead ? (c.arms.length > 1 ? 1 : -1) : c.at < bodyAt ? c.arms.length - 1 : 0;
    for (const span of c.directives) blank.push(span);
    c.arms.forEach((a, index) => {
      if (index !== keep) drop(c, a);
    });
    state = keep >= 0 ? { ...c.arms[keep]!.end } : { ...c.before };
    if (keep >= 0 && c.arms[keep]!.first === 0) state.last = c.before.last;
  }
}

function endsStatement(last: number, opening: boolean): boolean {
  return last === SEMICOLON || last === RBRACE || last === COLON || (opening && last === LBRACE);
}

function wholeStatements(arm: Arm): boolean {
  if (!arm.tidy || arm.first === ELSE) return false;
  return arm.first === 0 || endsStatement(arm.end.last, false);
}
