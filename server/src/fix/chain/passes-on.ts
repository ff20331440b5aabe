/** Which calls of a function can make it fail for want of memory: their failure reaches what it returns. */
import { ERROR_CARRIERS } from '../../catalog/failure.js';
import type { Body, Edge, Expr } from '../../facts/model.js';
import type { CallPoint, FunctionFlow } from '../../flow/model.js';
import { textOf, walkExpr } from '../../flow/text.js';

/** A call whose failure the function passes on. */
export interface Passed {
  point: CallPoint;
  /** What it returns is what the call returned, not made from a test of it. */
  asIs: boolean;
}

/**
 * Calls whose failure the function passes on by its return value: it returns their result, or returns -ENOMEM or NULL where the result
 * says that there is no memory. What it does not look at, or makes up for, is left out.
 */
export function passedOn(flow: FunctionFlow): Passed[] {
  const body = flow.ref.facts.body;
  if (!body || flow.ref.facts.returns === 'void') return [];
  const results = returnedLvalues(body, carried);
  const told = returnedLvalues(body, deciding);
  return flow.calls.flatMap((point): Passed[] => {
    if (point.states.length === 0 || point.use === 'discarded') return [];
    if (point.use === 'returned' || (point.to !== '' && results.has(point.to))) return [{ point, asIs: true }];
    // What goes into another call, or decides what is returned, may come back as a failure: left out only where that is plain.
    const decides = point.use === 'argument' || point.use === 'other' || (point.to !== '' && told.has(point.to));
    return decides || failsWith(body, point, results) ? [{ point, asIs: false }] : [];
  });
}

/** Lvalues whose value may be returned, by what `from` takes from an expression. */
function returnedLvalues(body: Body, from: (e: Expr) => string[]): Set<string> {
  const out = new Set<string>();
  for (const b of body.blocks)
    for (const ev of b.ev) if (ev.k === 'ret' && ev.value !== undefined) for (const t of from(ev.value)) out.add(t);
  for (let size = -1; size !== out.size;) {
    size = out.size;
    for (const b of body.blocks)
      for (const ev of b.ev) if (ev.k === 'set' && ev.op === '=' && out.has(textOf(ev.to))) for (const t of from(ev.value)) out.add(t);
  }
  return out;
}

/** What an expression's value may come from unchanged. */
function carried(e: Expr): string[] {
  if (typeof e === 'string') return [e];
  if (!Array.isArray(e)) return [];
  switch (e[0]) {
    case 'cast':
      return carried(e[2]);
    case '?':
      return [...carried(e[2]), ...carried(e[3])];
    case '->':
    case '.':
      return [textOf(e)];
    case '=':
      return [textOf(e[2]), ...carried(e[3])];
    case ',':
      return carried(e[2]);
    case 'call':
      return typeof e[1] === 'string' && ERROR_CARRIERS.has(e[1]) ? (e.slice(2) as Expr[]).flatMap(carried) : [];
    default:
      return [];
  }
}

/** What an expression's value depends on as a truth value or a copy; what a pointer leads to is another matter. */
function deciding(e: Expr): string[] {
  if (!Array.isArray(e)) return carried(e);
  switch (e[0]) {
    case 'u':
      return e[1] === '!' || e[1] === '-' ? deciding(e[2]) : [];
    case 'b':
      return [...deciding(e[2]), ...deciding(e[3])];
    case '?':
      return [...deciding(e[1]), ...deciding(e[2]), ...deciding(e[3])];
    case 'cast':
      return deciding(e[2]);
    default:
      return carried(e);
  }
}

/** Does a test of the call's result lead to a return of -ENOMEM or NULL? */
function failsWith(body: Body, point: CallPoint, results: ReadonlySet<string>): boolean {
  const call = textOf(['call', point.target, ...point.args]);
  const subject = (e: Expr): boolean => {
    const text = textOf(e);
    if (text === point.to || text === call) return true;
    let found = false;
    walkExpr(e, (x) => {
      if (typeof x !== 'number' && (textOf(x) === call || (point.to !== '' && textOf(x) === point.to))) found = true;
    });
    return found;
  };
  const tests = reachable(body, [point.block]).filter((b) => body.blocks[b]!.next.some((e) => e.when !== undefined && subject(e.when)));
  return tests.some((b) => {
    const { next } = body.blocks[b]!;
    return next.some((edge) => {
      const others = next.filter((e) => e !== edge).map((e) => e.to);
      const good = new Set(reachable(body, others));
      return endsInFailure(body, edge, good, results);
    });
  });
}

/** Blocks reached from some, themselves included. */
function reachable(body: Body, from: readonly number[]): number[] {
  const seen = new Set(from);
  for (const b of seen) for (const e of body.blocks[b]!.next) seen.add(e.to);
  return [...seen];
}

/** On the way of one edge that the other ones do not share: is -ENOMEM or NULL returned, or left in what is returned? */
function endsInFailure(body: Body, edge: Edge, good: ReadonlySet<number>, results: ReadonlySet<string>): boolean {
  const seen = new Set<number>([edge.to]);
  let shared = false;
  for (const b of seen) {
    if (good.has(b)) {
      shared = true;
      continue;
    }
    for (const ev of body.blocks[b]!.ev) {
      if (ev.k === 'ret' && ev.value !== undefined && isFailure(ev.value)) return true;
      if (ev.k === 'set' && results.has(textOf(ev.to)) && isFailure(ev.value)) return true;
    }
    for (const e of body.blocks[b]!.next) seen.add(e.to);
  }
  // err = -ENOMEM; p = alloc(); if (!p) goto out;
  return shared && body.blocks.some((b) => b.ev.some((ev) => ev.k === 'set' && results.has(textOf(ev.to)) && namesEnomem(ev.value)));
}

const isFailure = (e: Expr): boolean => e === 'NULL' || namesEnomem(e);

function namesEnomem(e: Expr): boolean {
  let found = false;
  walkExpr(e, (x) => {
    if (x === 'ENOMEM') found = true;
  });
  return found;
}
