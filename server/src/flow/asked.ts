/**
 * Calls that stand behind a question. Two kinds of question matter to whoever asks "may this sleep": "am I allowed to sleep?"
 * (in_atomic(), a may_sleep flag, a blockable range), and "was this the last reference?", which a caller that still holds one answers
 * with no. The states of the analysis do not keep such conditions unless they are asked twice; the graph does.
 */
import type { Body, Edge, Expr } from '../facts/model.js';
import { identifiersOf, textOf } from './text.js';

export type Question = 'may-sleep' | 'last-reference';

/** Predicates and flags by which code asks whether it may sleep, with the answer that says it may. */
const MAY_SLEEP: readonly [RegExp, boolean][] = [
  [
    /^(in_atomic|in_interrupt|irqs_disabled|in_irq|in_hardirq|in_softirq|in_serving_softirq|in_nmi|in_dbg_master|in_atomic_preempt_off|rcu_preempt_depth|irq_count|oops_in_progress|panic_in_progress|kdb_active)$/,
    false,
  ],
  [/^(in_task|preemptible|drm_can_sleep|gfpflags_allow_blocking|mmu_notifier_range_blockable)$/, true],
  [/(^|_)(may_?sleep|can_?sleep|may_?block|can_?block|sleepable|blockable|nonatomic)$/i, true],
  [/(^|_)(atomic|nowait|no_?sleep|non_?block(ing)?|no_?block|noblock|irq_context|from_irq)$/i, false],
];
const LAST_REFERENCE =
  /(_dec_and_test|_sub_and_test|_dec_and_(mutex_)?lock(_irqsave)?|_put_testzero|_dec_return|_sub_return)$|^(kref_put(_mutex|_lock)?|atomic_dec_and_test)$/;

/** True means that somebody else still holds one. */
const STILL_REFERENCED = /^lockref_put_(or_lock|not_zero)$/;

/** Whether calling this function is such a question: for functions of which only the calls are known. */
export const isQuestion = (name: string): boolean =>
  LAST_REFERENCE.test(name) || STILL_REFERENCED.test(name) || MAY_SLEEP.slice(0, 2).some(([test]) => test.test(name));

/** The question that taking this edge answers. */
function questionOf(edge: Edge): Question | undefined {
  if (edge.when === undefined || edge.is === undefined) return undefined;
  let { when, is }: { when: Expr; is: boolean } = { when: edge.when, is: edge.is };
  if (Array.isArray(when) && when[0] === 'b' && (when[1] === '==' || when[1] === '!=') && when[3] === 0) {
    if (when[1] === '==') is = !is;
    when = when[2];
  }
  if (Array.isArray(when) && when[0] === 'call' && typeof when[1] === 'string' && STILL_REFERENCED.test(when[1]))
    return is ? undefined : 'last-reference';
  if (Array.isArray(when) && when[0] === 'call' && typeof when[1] === 'string' && LAST_REFERENCE.test(when[1])) {
    // *_and_test() says so with true; *_return() with 0.
    return /_return$/.test(when[1]) ? (is ? undefined : 'last-reference') : is ? 'last-reference' : undefined;
  }
  for (const name of identifiersOf(textOf(when))) {
    if (answerThatMaySleep(name) === is) return 'may-sleep';
  }
  return undefined;
}

const known = new WeakMap<Body, Partial<Record<Question, ReadonlySet<number>>>>();

/** Whether every way from the entry to the block takes a branch that answers the question. */
export function behind(body: Body, block: number, question: Question): boolean {
  let sets = known.get(body);
  if (!sets) known.set(body, (sets = {}));
  let open = sets[question];
  if (!open) sets[question] = open = reachedWithout(body, question);
  return !open.has(block);
}

/** Blocks that can be reached without such a branch. */
function reachedWithout(body: Body, question: Question): ReadonlySet<number> {
  const seen = new Set<number>([0]);
  const work = [0];
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    for (const edge of body.blocks[b]!.next) {
      if (seen.has(edge.to) || questionOf(edge) === question) continue;
      seen.add(edge.to);
      work.push(edge.to);
    }
  }
  return seen;
}

/** The answer of a predicate or flag that says the code may sleep; undefined when the name is none. */
function answerThatMaySleep(name: string): boolean | undefined {
  const known = answers.get(name);
  if (known !== undefined) return known ?? undefined;
  const answer = MAY_SLEEP.find(([test]) => test.test(name))?.[1];
  if (answers.size >= MOST_NAMES) answers.clear();
  answers.set(name, answer ?? null);
  return answer;
}
const MOST_NAMES = 50_000;
const answers = new Map<string, boolean | null>();
