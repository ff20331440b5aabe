/** Which values the flow analysis of a function remembers: those that a later branch, a mask or a caller can ask about. */
import type { Expr, FunctionFacts } from '../facts/model.js';
import { atomOf } from './know.js';
import { textOf, walkExpr } from './text.js';

/** Longer texts are conditions that nobody writes twice. */
const MAX_SUBJECT = 120;

/** Names by which code asks or says whether it may sleep: rules read the answers even where they are asked once. */
const ABOUT_CONTEXT = /atomic|sleep|block|wait|irq|preempt|interrupt|in_task|oops|panic|system_state|may_throttle/i;

/**
 * What changes without an event that tells it: lists are emptied by helpers that are no calls in the graph. Remembered, a loop that runs
 * until a list is empty would never end.
 */
const FLEETING = /(?:^|[^\w])\w*(?:empty|singular)\w*\(/;

/** What the words of a subject say, by its text: a tree asks the same few questions everywhere. */
function wordsOf(subject: string): Words {
  let known = words.get(subject);
  if (!known) {
    known = { fleeting: FLEETING.test(subject), context: ABOUT_CONTEXT.test(subject) };
    if (words.size >= MOST_WORDS) words.clear();
    words.set(subject, known);
  }
  return known;
}
interface Words {
  fleeting: boolean;
  context: boolean;
}
const MOST_WORDS = 20_000;
const words = new Map<string, Words>();

export function subjectsOf(facts: FunctionFacts, isMaskName: (name: string) => boolean): ReadonlySet<string> {
  const asked = new Map<string, number>();
  const given = new Set<string>();
  const out = new Set<string>();
  const ask = (e: Expr) => {
    const atom = atomOf(e, true);
    if (atom && atom.subject.length <= MAX_SUBJECT) asked.set(atom.subject, (asked.get(atom.subject) ?? 0) + 1);
  };
  for (const block of facts.body?.blocks ?? []) {
    for (const ev of block.ev) {
      if (ev.k === 'set') {
        given.add(textOf(ev.to));
        if (typeof ev.to === 'string' && isMaskName(ev.to)) conditionsIn(ev.value, ask);
      } else if (ev.k === 'ret') {
        if (ev.value !== undefined) out.add(textOf(ev.value));
      } else if (ev.k === 'call') {
        for (const arg of ev.args) conditionsIn(arg, ask);
      }
    }
    // The two sides of one branch are one question.
    const questions = new Set<string>();
    for (const edge of block.next) {
      const atom = edge.when === undefined ? null : atomOf(edge.when, true);
      if (atom && atom.subject.length <= MAX_SUBJECT) questions.add(atom.subject);
    }
    for (const q of questions) asked.set(q, (asked.get(q) ?? 0) + 1);
  }
  const params = new Set(facts.params.map((p) => p.name));
  for (const [subject, times] of asked) {
    const { fleeting, context } = wordsOf(subject);
    if (!fleeting && (times > 1 || given.has(subject) || context || aboutParameter(subject, params))) out.add(subject);
  }
  return out;
}

function conditionsIn(e: Expr, ask: (condition: Expr) => void): void {
  walkExpr(e, (x) => {
    if (Array.isArray(x) && x[0] === '?') ask(x[1]);
  });
}

/** The shapes of conditions that callers can answer by their arguments (see conditions.ts). */
function aboutParameter(subject: string, params: ReadonlySet<string>): boolean {
  if (params.has(subject)) return true;
  const bit = /^\((\w+)&(\w+)\)$/.exec(subject) ?? /^gfpflags_allow_blocking\((\w+)\)$/.exec(subject);
  return bit !== null && bit.slice(1).some((name) => params.has(name));
}
