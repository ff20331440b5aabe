/** What becomes of a call's result: tested, dereferenced untested, or fatal when it fails. */
import { FATAL_TESTS } from '../catalog/failure.js';
import type { Body, CallEvent, Edge, Expr, Pos } from '../facts/model.js';
import { dominates } from './dominators.js';
import { atomOf } from './know.js';
import { textOf, walkExpr } from './text.js';

export interface ResultFate {
  tested?: Pos;
  /** The test can only be reached from the call: it tests this result and nothing else. */
  testIsOwn: boolean;
  deref?: Pos;
  fatal?: Pos;
}

const ERROR_TEST = /^(?:IS_ERR|IS_ERR_OR_NULL|PTR_ERR_OR_ZERO|IS_ERR_VALUE|ZERO_OR_NULL_PTR|WARN_ON|WARN_ON_ONCE|unlikely|likely)$/;

/** Does the condition test the object named `v` (its truth, NULL, an error pointer, a comparison with a constant)? */
function tests(when: Expr, v: string): boolean {
  const atom = atomOf(when, true);
  if (!atom) return false;
  if (atom.subject === v) return true;
  const call = /^(\w+)\((.*)\)$/.exec(atom.subject);
  return call !== null && ERROR_TEST.test(call[1]!) && call[2] === v;
}

/** Follows the result of `call` (event `index` of block `block`) through the graph until it is tested, used or overwritten. */
export function fateOf(body: Body, block: number, index: number, call: CallEvent): ResultFate {
  const own: ResultFate = { testIsOwn: true };
  const v = call.to === undefined ? '' : textOf(call.to);
  if (!v) {
    if (call.use === 'tested') {
      own.tested = call.pos;
      const text = textOf(['call', call.fn, ...call.args]);
      const edge = body.blocks[block]!.next.find((e) => e.when !== undefined && textOf(e.when).includes(text) && failing(e, text));
      if (edge) own.fatal = fatalAt(body, edge.to) as Pos;
      if (own.fatal === undefined) delete own.fatal;
    }
    return own;
  }
  const seen = new Set<number>();
  const work: [number, number][] = [[block, index + 1]];
  let testBlock = -1;
  while (work.length) {
    const [b, from] = work.pop()!;
    const { ev, next } = body.blocks[b]!;
    let over = false;
    for (let i = from; i < ev.length && !over; i++) {
      const e = ev[i]!;
      if (e.k === 'set') {
        const to = textOf(e.to);
        if (to === v && textOf(e.value) !== textOf(['call', call.fn, ...call.args])) over = !isSameResult(e.value, call);
      } else if (e.k === 'deref') {
        if (e.v === v) {
          own.deref ??= e.pos;
          over = true;
        }
      } else if (e.k === 'call') {
        if (e.to !== undefined && textOf(e.to) === v) over = true;
        else if (typeof e.fn === 'string' && e.args.some((a) => mentionsTest(a, v))) {
          if (FATAL_TESTS.has(e.fn)) {
            own.fatal ??= e.pos;
            own.tested ??= e.pos;
            if (testBlock < 0) testBlock = b;
            over = true;
          } else if (ERROR_TEST.test(e.fn)) {
            own.tested ??= e.pos;
            if (testBlock < 0) testBlock = b;
          }
        }
      } else if (e.k === 'ret') {
        over = true;
      }
    }
    if (over) continue;
    const tested = next.filter((e) => e.when !== undefined && tests(e.when, v));
    if (tested.length) {
      const last = ev[ev.length - 1];
      const line = body.blocks[b]!.line;
      own.tested ??= last && last.k !== 'deref' && i0(last.pos[0], line) ? last.pos : [line, 1, line, 1];
      if (testBlock < 0) testBlock = b;
      const failure = tested.find((e) => failing(e, v));
      const fatal = failure && fatalAt(body, failure.to);
      if (fatal) own.fatal ??= fatal;
      continue;
    }
    for (const e of next) {
      if (!seen.has(e.to)) {
        seen.add(e.to);
        work.push([e.to, 0]);
      }
    }
  }
  if (testBlock >= 0 && testBlock !== block) own.testIsOwn = dominates(body, block, testBlock);
  return own;
}

const i0 = (posLine: number, line: number): boolean => posLine === line;

function isSameResult(value: Expr, call: CallEvent): boolean {
  let same = false;
  walkExpr(value, (e) => {
    if (Array.isArray(e) && e[0] === 'call' && textOf(e) === textOf(['call', call.fn, ...call.args])) same = true;
  });
  return same;
}

function mentionsTest(arg: Expr, v: string): boolean {
  if (textOf(arg) === v) return true;
  let hit = false;
  walkExpr(arg, (e) => {
    if (!Array.isArray(e)) return;
    if (e[0] === 'u' && e[1] === '!' && textOf(e[2]) === v) hit = true;
    if (e[0] === 'b' && (e[1] === '==' || e[1] === '!=') && (textOf(e[2]) === v || textOf(e[3]) === v)) hit = true;
  });
  return hit;
}

/** Is this the edge taken when the tested result means failure (NULL, zero pointer, error pointer)? */
function failing(e: Edge, v: string): boolean {
  const atom = atomOf(e.when!, e.is !== false);
  if (!atom) return false;
  if (/^IS_ERR/.test(atom.subject)) return atom.rel === '!=';
  return atom.subject === v && atom.rel === '==' && atom.value === 0;
}

/** Position of a BUG() or panic() that the block does before anything else that matters. */
function fatalAt(body: Body, block: number): Pos | undefined {
  for (const e of body.blocks[block]!.ev) {
    if (e.k === 'call' && typeof e.fn === 'string') {
      if (/^(?:BUG|panic|machine_halt)$/.test(e.fn)) return e.pos;
      // The branch of a BUG_ON() that does not return.
      if (FATAL_TESTS.has(e.fn) && body.blocks[block]!.next.length === 0) return e.pos;
      if (!/^(?:pr_\w+|printk|_printk|dev_\w+|WARN|WARN_ON)$/.test(e.fn)) return undefined;
    }
  }
  return undefined;
}
