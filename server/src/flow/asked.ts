/**
 * Calls that stand behind a question. Five kinds of question matter to whoever asks "may this sleep": "am I allowed to sleep?"
 * (in_atomic(), a may_sleep flag, a blockable range), "was this the last reference?" (or: is there none yet?), which a caller that
 * holds one answers with no, "is it another task?", which the task itself answers with no, and "is this a debugging build?" by a macro that is no
 * configuration symbol and mostly nobody defines (or: "is something broken?", by a warning); and "is it set up already?", which is answered with no before the first use only.
 * The states of the analysis do not keep such conditions unless they are asked twice; the graph does.
 */
import { CONTEXT_QUESTIONS, TASK_QUESTIONS } from '../catalog/questions.js';
import type { Block, Body, CallEvent, Edge, Event, Expr, FunctionFacts } from '../facts/model.js';
import { WARNING_ARGUMENT, WARNINGS } from '../facts/names.js';
import { reached } from '../facts/reached.js';
import { atomOf, constantOf } from './know.js';
import { identifiersOf, textOf } from './text.js';
import { ofBody } from './of-body.js';

export type Question = 'may-sleep' | 'last-reference' | 'debugging' | 'other-task' | 'first-use';

/** The core's predicates, with the answer that says that the code may sleep; and how everybody names predicates and flags of his own. */
const CORE = new Map(CONTEXT_QUESTIONS.map(({ name, maySleep }) => [name, maySleep]));
const MAY_SLEEP: readonly [RegExp, boolean][] = [
  [/^\w+_in_atomic(_\w+)?$/, false],
  [/_(ATOMIC_(CONTEXT|CTX|MODE)|NO_?SLEEP|NON_?BLOCK(ING)?)(_[A-Z]+)*$/, false],
  [/(^|_)(may_?sleep|can_?sleep|may_?block|can_?block|sleepable|blockable|nonatomic)$/i, true],
  [/^atomic_(mapped|context|mode|ctx)$|(^|_)(atomic|nowait|no_?sleep|non_?block(ing)?|no_?block|noblock|irq_context|from_irq)$/i, false],
];
const LAST_REFERENCE =
  /(_dec_and_test|_sub_and_test|_dec_and_(mutex_)?lock(_irqsave)?|_put_testzero|_dec_return|_sub_return)$|^(kref_put(_mutex|_lock)?|atomic_dec_and_test)$/;

/** True means that somebody still holds one: the put was not the last, or the count that is raised was not zero. */
const STILL_REFERENCED = /(^|_)put_or_lock$|^lockref_put_not_zero$|_inc_not_zero$|^kref_get_unless_zero$/;
/** Fields that count references: `if (--x->refs > 0)`. */
const COUNTS = /(count|refs?|refcnt|hold|users|pins?)$/i;
/** Fields and predicates that say whether something has been set up: what is done while they do not is done once, mostly by a task. */
const SET_UP = /(^|_)(initiali[sz]ed|inited|configured|populated|is_init|init_done|setup_done)(_\w+)?$/i;
const LOOKS_UP = /(^|_)(lookup|find)(_|$)/;
const MAPS = /(^|_)(io|mem)?(re)?map(_|$)/;
/** Fields of a request or a device by which it is told apart whether anybody waits: `cmd->async`, `req->waiting`. */
const WAITS: readonly [RegExp, boolean][] = [
  [/^(is_)?(async|atomic_xfer|in_atomic|poll_mode|use_polling)$/, false],
  [/^(is_)?(wait|waiting|blocking|tx_block|may_wait)$/, true],
];
/** What a call asks by its name, or `READ_ONCE()` of the variable that it reads. */
function readOnce([, fn, arg]: readonly unknown[]): string | undefined {
  if (fn === 'READ_ONCE' || fn === 'smp_load_acquire') return typeof arg === 'string' ? arg : undefined;
  return typeof fn === 'string' ? fn : undefined;
}
/** Bits of a flags word that say the same: `cmd->flags & CMD_ASYNC`. */
const ASYNC_BIT = /_(ASYNC|NOWAIT|DONTWAIT|NONBLOCK)$/;

/** Macros that only a developer defines, in the file or on the command line. */
const DEBUGGING = /^(?!CONFIG_)\w*DEBUG\w*$/;

/** Whether calling this function is such a question: for functions of which only the calls are known. */
export function isQuestion(name: string): boolean {
  let is = questions.get(name);
  if (is === undefined) {
    is = LAST_REFERENCE.test(name) || STILL_REFERENCED.test(name) || CORE.has(name);
    if (questions.size >= MOST_NAMES) questions.clear();
    questions.set(name, is);
  }
  return is;
}
const questions = new Map<string, boolean>();

/** Locals that stand for the answer of a question, with the truth value that answers it. */
type Flags = ReadonlyMap<string, { question: Question; is: boolean }>;

/** The question that taking this edge answers. `flags`: locals that are set only once a question has been answered. */
function questionOf(edge: Edge, flags: Flags): Question | undefined {
  if (edge.when === undefined || edge.is === undefined) return undefined;
  let { when, is }: { when: Expr; is: boolean } = { when: edge.when, is: edge.is };
  if (Array.isArray(when) && when[0] === 'config') return is && DEBUGGING.test(when[1]) ? 'debugging' : undefined;
  // `while (x->owner != current) wait`: whoever is the owner does not wait.
  if (Array.isArray(when) && when[0] === 'b' && (when[2] === 'current' || when[3] === 'current'))
    return (when[1] === '!=' && is) || (when[1] === '==' && !is) ? 'other-task' : undefined;
  // Who is inside of something runs it himself.
  if (Array.isArray(when) && when[0] === 'call' && typeof when[1] === 'string' && TASK_QUESTIONS.has(when[1]))
    return is ? undefined : 'other-task';
  if (Array.isArray(when) && when[0] === 'b' && when[3] === 0 && ['==', '!=', '>'].includes(when[1])) {
    if (when[1] === '==') is = !is;
    when = when[2];
  }
  if (typeof when === 'string') {
    const flag = flags.get(when);
    if (flag?.is === is) return flag.question;
  }
  if (Array.isArray(when) && when[0] === 'u' && when[1] === '--' && COUNTS.test(textOf(when[2]))) return is ? undefined : 'last-reference';
  if (Array.isArray(when) && when[0] === 'call' && typeof when[1] === 'string') {
    const last = saysLast(when[1]);
    if (last !== undefined) return is === last ? 'last-reference' : undefined;
  }
  const field = Array.isArray(when) && (when[0] === '->' || when[0] === '.') ? when[2] : undefined;
  if (field !== undefined && WAITS.some(([test, may]) => may === is && test.test(field))) return 'may-sleep';
  const bit = Array.isArray(when) && when[0] === 'b' && when[1] === '&' && Array.isArray(when[2]) ? when[3] : undefined;
  if (typeof bit === 'string' && !is && ASYNC_BIT.test(bit)) return 'may-sleep';
  const asked = field ?? (typeof when === 'string' ? when : Array.isArray(when) && when[0] === 'call' ? readOnce(when) : undefined);
  if (asked !== undefined && !is && SET_UP.test(asked)) return 'first-use';
  for (const name of identifiersOf(textOf(when))) {
    if (answerThatMaySleep(name) === is) return 'may-sleep';
  }
  return undefined;
}

/** What a reference function returns for the last reference: *_and_test() true, *_return() 0; undefined for all others. */
function saysLast(fn: string): boolean | undefined {
  if (STILL_REFERENCED.test(fn)) return false;
  return LAST_REFERENCE.test(fn) ? !/_return$/.test(fn) : undefined;
}

/**
 * Locals that stand for an answer: `last = atomic_dec_and_test(..)`, `may = !in_atomic() && !irqs_disabled()`, and flags that start as
 * false and are set where the question is already answered (`if (last) free = true; ... if (free)`).
 */
function flagsOf(body: Body): Flags {
  const flags = new Map<string, { question: Question; is: boolean }>();
  const sets = new Map<string, { block: number; value: Expr }[]>();
  body.blocks.forEach((block, b) => {
    for (const ev of block.ev) {
      if (ev.k === 'ret' || ev.k === 'deref' || typeof ev.to !== 'string') continue;
      const value: Expr = ev.k === 'set' ? ev.value : ['call', ev.fn, ...ev.args];
      // A call's result is put down by the call and by the assignment.
      sets.set(ev.to, [...(sets.get(ev.to) ?? []), { block: b, value }]);
    }
  });
  for (const [name, list] of sets) {
    if (
      list.every(({ value }) => Array.isArray(value) && value[0] === 'call' && typeof value[1] === 'string' && saysLast(value[1]) === true)
    )
      flags.set(name, { question: 'last-reference', is: true });
    // A mapping that is looked up first: where it is needed at once, it was made before.
    const called = list.flatMap(({ value }) => (Array.isArray(value) && value[0] === 'call' ? [String(value[1])] : []));
    if (called.some((fn) => LOOKS_UP.test(fn)) && called.some((fn) => MAPS.test(fn))) flags.set(name, { question: 'first-use', is: false });
    const may = [true, false].find((is) => list.every(({ value }) => saysMaySleep(value, is)));
    if (may !== undefined) flags.set(name, { question: 'may-sleep', is: may });
  }
  const open = new Map<Question, ReadonlySet<number>>();
  for (const [name, list] of sets) {
    if (flags.has(name) || list.length < 2 || list.length > 4 || list.some(({ value }) => constantOf(value) === undefined)) continue;
    const on = list.filter(({ value }) => constantOf(value) !== 0);
    if (on.length === 0 || on.length === list.length) continue;
    for (const question of ['last-reference', 'may-sleep', 'first-use'] as const) {
      let without = open.get(question);
      if (!without) open.set(question, (without = reachedWithout(body.blocks, question, answersOf(body.blocks, flags))));
      if (on.every(({ block }) => !without.has(block))) flags.set(name, { question, is: true });
    }
  }
  return flags;
}

/** Whether a value that `is` true (or false) says that the code may sleep, by the predicates that it is made of. */
function saysMaySleep(value: Expr, is: boolean): boolean {
  if (!Array.isArray(value)) return false;
  if (value[0] === 'u' && value[1] === '!') return saysMaySleep(value[2], !is);
  if (value[0] === 'b' && value[1] === (is ? '&&' : '||')) return saysMaySleep(value[2], is) || saysMaySleep(value[3], is);
  return value[0] === 'call' && typeof value[1] === 'string' && answerThatMaySleep(value[1]) === is;
}

/** What the edges of each block answer. */
type Answers = readonly (readonly (Question | undefined)[])[];
const answersOf = (blocks: readonly Block[], flags: Flags): Answers =>
  blocks.map((block) => block.next.map((edge) => questionOf(edge, flags) ?? (isWarned(block, edge) ? 'debugging' : undefined)));

/** Whether the edge is taken where a warning is printed: what follows is for a kernel that is broken already. */
function isWarned({ ev }: Block, { when, is }: Edge): boolean {
  const last = ev[ev.length - 1];
  if (when === undefined || is === undefined || last?.k !== 'call' || typeof last.fn !== 'string' || !WARNINGS.has(last.fn)) return false;
  const warned = last.args[WARNING_ARGUMENT.get(last.fn) ?? 0];
  const [said, asked] = [warned === undefined ? null : atomOf(warned, true), atomOf(when, is)];
  return said !== null && asked !== null && said.subject === asked.subject && said.rel === asked.rel && said.value === asked.value;
}

interface Answered {
  answers: Answers;
  /** Blocks that can be reached without an answer. */
  open: Partial<Record<Question, ReadonlySet<number>>>;
}
const answered = ofBody((body): Answered => ({ answers: answersOf(body.blocks, flagsOf(body)), open: {} }));

/** Whether every way from the entry to the block takes a branch that answers the question. */
export function behind(body: Body, block: number, question: Question): boolean {
  const sets = answered(body);
  let open = sets.open[question];
  if (!open) sets.open[question] = open = reachedWithout(body.blocks, question, sets.answers);
  return !open.has(block);
}

/** Blocks that can be reached without such a branch. */
const reachedWithout = (blocks: readonly Block[], question: Question, answers: Answers): ReadonlySet<number> =>
  reached(blocks, (_, b, at) => answers[b]![at] !== question);

/** The answer of a predicate or flag that says the code may sleep; undefined when the name is none. */
function answerThatMaySleep(name: string): boolean | undefined {
  const known = answers.get(name);
  if (known !== undefined) return known ?? undefined;
  const contrary = /^(?:is_)?not_/.exec(name)?.[0];
  const bare = name.slice(contrary?.length ?? 0);
  const found = CORE.get(bare) ?? MAY_SLEEP.find(([test]) => test.test(bare))?.[1];
  const answer = contrary && found !== undefined ? !found : found;
  if (answers.size >= MOST_NAMES) answers.clear();
  answers.set(name, answer ?? null);
  return answer;
}
const MOST_NAMES = 50_000;
const answers = new Map<string, boolean | null>();

/**
 * Whether the block stands between two rounds of a loop, behind a test in its middle that leaves it: `for (;;) { work(); if (last) break;
 * cond_resched(); }` does not get there when there is one thing to do only.
 */
export function betweenRounds(body: Body, block: number): boolean {
  return body.loops.some((loop) => {
    if (!loop.blocks.includes(block)) return false;
    const inside = new Set(loop.blocks);
    // The head of a loop without a condition of its own may hold the first part of the work.
    const works = (b: number) => b !== loop.head || (loop.kind !== 'while' && body.blocks[b]!.ev.some((ev) => ev.k === 'call'));
    const leaves = (b: number) => b !== block && works(b) && body.blocks[b]!.next.some((e) => e.when !== undefined && !inside.has(e.to));
    const around = (avoid: number) => reached(body.blocks, ({ to }) => inside.has(to) && to !== avoid, loop.head);
    return loop.blocks.some((b) => leaves(b) && (b === loop.head || !around(b).has(block)));
  });
}

/**
 * Whether the block holds one call alone, behind the plain truth of a member or a pointer that the function was given: `if (worker->task)
 * cond_resched();`. Such a test tells kinds of callers apart, and which of them is this one nobody says. A count (`if (x->users)`) and what the
 * function itself sets tell of its work instead.
 */
export function forSomeCallers({ params, body }: FunctionFacts, block: number): boolean {
  const { blocks } = body!;
  const own = blocks[block]!;
  const [after] = own.next;
  if (own.ev.length !== 1 || own.ev[0]!.k !== 'call' || own.next.length !== 1) return false;
  const kind = ({ when, is }: Edge): boolean => {
    const atom = when === undefined || is === undefined ? null : atomOf(when, is);
    if (!atom || atom.value !== 0 || (atom.rel !== '==' && atom.rel !== '!=')) return false;
    const name = /^([\w.[\]]+\.)?([A-Za-z_]\w*)$/.exec(atom.subject);
    if (!name || COUNTS.test(name[2]!)) return false;
    if (name[1] === undefined && !params.some((p) => p.name === name[2] && p.type.includes('*'))) return false;
    return !blocks.some(({ ev }) => ev.some((e) => e.k === 'set' && textOf(e.to) === atom.subject));
  };
  const ways = blocks.flatMap(({ next }) => (next.some((e) => e.to === block) ? [next] : []));
  return ways.length === 1 && ways[0]!.some((e) => e.to === after!.to) && ways[0]!.every((e) => e.to !== block || kind(e));
}

/** Whether every way to the block finds the object (its canonical text) to be 0 or NULL. */
export const behindAbsence = (body: Body, block: number, object: string): boolean => behindAnswer(body, block, object, '==');

/** Whether every way to the block finds the object to be there: `if (ops->trim) ops->trim(x);`. */
export const behindPresence = (body: Body, block: number, object: string): boolean => behindAnswer(body, block, object, '!=');

function behindAnswer(body: Body, block: number, object: string, rel: '==' | '!='): boolean {
  const answers = ({ when, is }: Edge): boolean => {
    const atom = when === undefined || is === undefined ? null : atomOf(when, is);
    return atom !== null && atom.subject === object && atom.rel === rel && atom.value === 0;
  };
  return !reached(body.blocks, (edge) => !answers(edge)).has(block);
}

/** Calls that hand something to a task: `queue_work(wq, &x->work)`, `target_queue_submission(x)`. */
const PUTS_OFF = /(^|_)(queue|enqueue|schedule|defer|in_task)(_|$)/;
const putsOff = (ev: Event): ev is CallEvent => ev.k === 'call' && typeof ev.fn === 'string' && PUTS_OFF.test(ev.fn);

/** Most functions have none; asked of every call, whether it has one is worth remembering. */
const blocksThatPutOff = ofBody(({ blocks }): ReadonlySet<number> => new Set(blocks.flatMap(({ ev }, b) => (ev.some(putsOff) ? [b] : []))));

/** What a build has is no choice of the context's. */
const isConfiguration = (when: Expr): boolean => Array.isArray(when) && when[0] === 'config';
/** Blocks of the other side that are looked at. */
const MAX_ASIDE = 3;

/**
 * Whether the call is made at once what is put off otherwise: `if (direct) return submit(x); queue_submission(x);`. Which of the two it is, is
 * mostly decided by what the context allows.
 */
export function isPutOffElse(body: Body, block: number, args: readonly Expr[]): boolean {
  const { blocks } = body;
  const those = blocksThatPutOff(body);
  if (those.size === 0 || args[0] === undefined) return false;
  const object = identifiersOf(textOf(args[0]))[0];
  if (object === undefined) return false;
  const puts = (b: number): boolean =>
    those.has(b) && blocks[b]!.ev.some((ev) => putsOff(ev) && ev.args.some((a) => identifiersOf(textOf(a)).includes(object)));
  // The block where the way was chosen: the nearest before the call.
  const ways = blocks.flatMap(({ next }) => (next.some((e) => e.to === block) ? [next] : []));
  const [way] = ways;
  if (ways.length !== 1 || way!.length !== 2 || way!.some((e) => e.when === undefined || isConfiguration(e.when)) || puts(block))
    return false;
  let aside = way!.find((e) => e.to !== block)?.to;
  for (let n = 0; aside !== undefined && aside !== 1 && n < MAX_ASIDE; n++) {
    if (puts(aside)) return true;
    const { next } = blocks[aside]!;
    aside = next.length === 1 ? next[0]!.to : undefined;
  }
  return false;
}
