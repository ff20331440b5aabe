/**
 * Open-coded retry loops: a loop that repeats an allocation, or a call that passes on -ENOMEM, until it succeeds.
 *
 * For each call that can fail for want of memory the loop is walked with that failure as the call's result (walk.ts). A way back to the
 * call through the loop's back edge makes a retry; what stands on that way gives the verdict (judge.ts). A loop that goes on to
 * its next item after a failure is none: there the way back passes a step of the iteration, and success passes it too.
 */
import type { Body, LoopFacts } from '../../facts/model.js';
import { printExpr } from '../../facts/print.js';
import { reached } from '../../facts/reached.js';
import type { FlowCatalogue } from '../knowledge.js';
import type { Know } from '../know.js';
import type { CallPoint, FunctionRef, RetryLoop, Where } from '../model.js';
import { textOf } from '../text.js';
import { changesOn } from './changes.js';
import { Failures, textsIn, type CanFail, type Failure } from './failure.js';
import { Invariants } from './invariant.js';
import { callReasons, callsOn, decisionNames, reasonsOf, verdictOf, type WayBack } from './judge.js';
import { NULL_RESULT, OTHER_ERROR } from './values.js';
import { LoopWalker, type CallSpot, type Walk } from './walk.js';
import { isBackoff, isMemoryBackoff, isReaderRetry, namedLikeAllocator, waitsForEvent } from './words.js';

export type { CanFail } from './failure.js';

/**
 * Retry loops of one function, in source order, at most one per loop.
 *
 * @param calls every call of the function, as the flow analysis gives them (allocation sites with their order)
 */
export function findRetryLoops(ref: FunctionRef, calls: readonly CallPoint[], cat: FlowCatalogue, canFail: CanFail): RetryLoop[] {
  const body = ref.facts.body;
  if (!body || body.loops.length === 0) return [];
  const finder = new Finder(ref, body, cat, canFail);
  const found = new Map<string, RetryLoop>();
  for (const point of calls) {
    const loop = finder.examine(point);
    if (!loop) continue;
    const key = loop.parts!.loop.join();
    const old = found.get(key);
    found.set(key, old ? merge(old, loop) : loop);
  }
  return [...found.values()].sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column || b.at.endLine - a.at.endLine);
}

/**
 * Could the function hold a retry loop? True for any loop around a call that can fail for memory or whose failure is compared with
 * ENOMEM; costs one look at each call. False promises that `findRetryLoops` finds nothing.
 */
export function couldRetry(ref: FunctionRef, calls: readonly CallPoint[], cat: FlowCatalogue, canFail: CanFail): boolean {
  const body = ref.facts.body;
  if (!body || body.loops.length === 0) return false;
  const inside = new Set(body.loops.flatMap((l) => l.blocks));
  const failures = new Failures(ref, body, cat, canFail, localsOf(ref, body));
  return calls.some((c) => inside.has(c.block) && failures.of(c) !== undefined);
}

/** Classes of the catalogue that are nothing but a request: none has another source that a loop could hope for. */
const PLAIN_REQUEST = new Set(['slab', 'page', 'kvmalloc', 'vmalloc', 'string', 'skb', 'percpu']);

const localsOf = (ref: FunctionRef, body: Body): Map<string, string> =>
  new Map([...ref.facts.params.map((p) => [p.name, p.type] as const), ...Object.entries(body.vars)]);

/** Two calls of one loop: the loop does what both say. */
function merge(a: RetryLoop, b: RetryLoop): RetryLoop {
  const bound = ['bounded', 'time-limit'];
  const endless = [a, b].some((l) => !bound.some((r) => l.reasons.includes(r)));
  const reasons = [...new Set([...a.reasons, ...b.reasons])].filter((r) => !(endless && bound.includes(r))).sort();
  return { ...a, reasons, verdict: verdictOf(new Set(reasons)) };
}

class Finder {
  private readonly locals: ReadonlyMap<string, string>;
  private readonly failures: Failures;
  private readonly invariants: Invariants;

  constructor(
    private readonly ref: FunctionRef,
    private readonly body: Body,
    private readonly cat: FlowCatalogue,
    canFail: CanFail,
  ) {
    this.locals = localsOf(ref, body);
    this.failures = new Failures(ref, body, cat, canFail, this.locals);
    this.invariants = new Invariants(body, this.isLocal);
  }

  private isLocal = (name: string): boolean => this.locals.has(name);
  private isPointer = (name: string): boolean => this.locals.get(name)?.includes('*') ?? false;

  examine(point: CallPoint): RetryLoop | undefined {
    const loops = this.body.loops.filter((l) => l.blocks.includes(point.block)).sort((a, b) => a.blocks.length - b.blocks.length);
    if (!loops.length) return undefined;
    const failure = this.failures.of(point);
    if (!failure) return undefined;
    const block = this.body.blocks[point.block]!;
    const index = block.ev.findIndex((e) => e.k === 'call' && e.pos.join() === point.pos.join() && textOf(e.fn) === textOf(point.target));
    const ev = block.ev[index];
    if (ev?.k !== 'call') return undefined;
    const spot: CallSpot = { block: point.block, index, ev };
    for (const loop of loops) {
      const walker = new LoopWalker(
        this.body,
        loop,
        spot,
        failure.texts,
        this.isLocal,
        this.invariants.closedEdges(loop, spot),
        failure.outParameter,
      );
      const walk = walker.walk(failure.fail);
      if (walk === null) continue;
      if (walk === 'cut') return undefined;
      return this.judge(point, failure, walker, walk);
    }
    return this.rejecting(point, failure, loops, spot);
  }

  /** A loop that gives up when there is no memory, but asks again when what it got does not suit it. */
  private rejecting(point: CallPoint, failure: Failure, loops: readonly LoopFacts[], spot: CallSpot): RetryLoop | undefined {
    if (failure.by !== 'known' || !this.isPointer(point.to) || !this.failures.isDirect(point)) return undefined;
    const head = (l: LoopFacts) => {
      const { next } = this.body.blocks[l.head]!;
      return (
        l.head !== point.block &&
        next.some((e) => e.when !== undefined && textOf(e.when) === point.to) &&
        next.some((e) => !l.blocks.includes(e.to))
      );
    };
    const loop = loops.find((l) => l.kind === 'goto' || (l.kind === 'while' && head(l)));
    if (!loop) return undefined;
    const walker = new LoopWalker(this.body, loop, spot, failure.texts, this.isLocal, this.invariants.closedEdges(loop, spot));
    const walk = walker.walk(failure.good);
    if (walk === null || walk === 'cut') return undefined;
    const derived = new Set([point.to]);
    for (let size = -1; size !== derived.size;) {
      size = derived.size;
      for (const b of walk.blocks)
        for (const e of this.body.blocks[b]!.ev)
          if (e.k === 'set' && [...textsIn(e.value)].some((t) => derived.has(t))) derived.add(textOf(e.to));
    }
    if (!walk.decisions.some((d) => [...textsIn(d.when)].some((t) => derived.has(t)))) return undefined;
    const way = this.wayBack(point, walker, walk, new Set());
    const reasons = new Set([...reasonsOf(way), 'rejects-result']);
    // A buffer that is asked for again because it proved too small is another matter.
    const once = this.boundedByFlag(walker, failure.good, walk);
    if (once) reasons.add('bounded');
    if (loop.kind === 'goto' && !once && !this.changesMaskAfter(way, loop)) return undefined;
    return this.report(point, loop, way, reasons, 'null');
  }

  /** Is the mask set to something else after the call, on the way to the next try? */
  private changesMaskAfter(way: WayBack, loop: LoopFacts): boolean {
    const mask = way.spot.ev.args[way.gfpArg];
    if (mask === undefined) return false;
    const names = textsIn(mask);
    const back = new Set(loop.back);
    return way.walk.blocks.some((b) => {
      if (!this.body.blocks[b]!.ev.some((e) => e.k === 'set' && names.has(textOf(e.to)))) return false;
      const onwards = reached(this.body.blocks, (e, x) => loop.blocks.includes(e.to) && !(e.to === loop.head && back.has(x)), b);
      return !onwards.has(way.spot.block);
    });
  }

  /** Blocks that only the failure of the call reaches. */
  private failingBlocks(walk: Walk): Set<number> {
    const cut = new Set(walk.byResult.map((r) => r.edge));
    const otherwise = reached(this.body.blocks, (e) => !cut.has(e));
    return new Set(walk.blocks.filter((b) => !otherwise.has(b)));
  }

  private judge(point: CallPoint, failure: Failure, walker: LoopWalker, walk: Walk): RetryLoop | undefined {
    const { loop } = walker;
    if (loop.kind === 'iter') return undefined;
    if (walk.byResult.length === 0 && !walk.openTest) return undefined;
    if (walk.decisions.some((d) => decisionNames(d).some(isReaderRetry))) return undefined;
    const failing = this.failingBlocks(walk);
    const way = this.wayBack(point, walker, walk, failing);
    const { changes } = way;
    const names = [...callsOn(way)].map((c) => ({ name: typeof c.ev.fn === 'string' ? c.ev.fn : '', failing: c.failing }));
    const waits = names.some((c) => c.failing && (isBackoff(c.name) || waitsForEvent(c.name)));
    // Tested only in the next round, where any caller of the label passes: "drop the lock, allocate, look again" is no retry.
    const asksAtHead = loop.kind !== 'goto';
    if (!walk.openTest && walk.byResult.every((r) => r.wrapped && !(asksAtHead && r.block === loop.head))) return undefined;
    // The same way round after a success: an iteration, unless a failure alone waits before it asks again.
    const again = [...changes.stepped];
    const secondAttempt = walk.decisions.some((d) => d.origin === textOf(point.target));
    if (walker.walk(failure.good) !== null && !secondAttempt && (again.length > 0 || (!waits && walk.decisions.length))) return undefined;
    if (failure.by === 'backoff' && (walk.openTest || !names.some((c) => c.failing && isMemoryBackoff(c.name)))) return undefined;

    const reasons = reasonsOf(way);
    if (this.boundedByFlag(walker, failure.fail, walk)) reasons.add('bounded');
    const test = walk.namesEnomem ? 'enomem' : failure.fail === NULL_RESULT || failure.fail === undefined ? 'null' : 'error';
    if (walk.namesEnomem && walker.walk(OTHER_ERROR) !== null) reasons.add('other-errors');
    if (test === 'error') reasons.add('any-error');
    if (failure.outParameter) reasons.add('out-parameter');
    if (failure.by === 'named' || (failure.by === 'backoff' && test !== 'null')) reasons.add('unknown-callee');
    for (const r of callReasons(point, this.cat, way.gfpArg)) reasons.add(r);
    const verdict = verdictOf(reasons);
    if (!this.cat.allocator(point.name) && !walk.namesEnomem) {
      // Deep below a call there is nearly always some allocation: a search or a retried I/O is not about that.
      if (!this.failures.isDirect(point) && verdict !== 'convertible' && verdict !== 'needs-retry-wait' && !namedLikeAllocator(point.name))
        return undefined;
      if (test === 'error' && failure.good?.lo === 0 && (walk.decisions.length > 0 || walk.openTest || !waits)) return undefined;
    }
    return this.report(point, loop, way, reasons, test);
  }

  private wayBack(point: CallPoint, walker: LoopWalker, walk: Walk, failing: ReadonlySet<number>): WayBack {
    return {
      body: this.body,
      spot: walker.spot,
      head: walker.loop.head,
      walk,
      failing,
      gfpArg: this.failures.gfpArg(point),
      changes: changesOn(this.body, walk.blocks, failing, new Set(walker.resultTexts)),
      isPointer: this.isPointer,
      isInvariant: this.invariants.in(walker.loop),
      asksForMemory: (callee) => PLAIN_REQUEST.has(this.cat.allocator(callee)?.class ?? ''),
      definitions: (name) => this.body.blocks.flatMap((b) => b.ev.flatMap((e) => (e.k === 'set' && e.to === name ? [e.value] : []))),
    };
  }

  private report(point: CallPoint, loop: LoopFacts, way: WayBack, reasons: Set<string>, test: RetryLoop['test']): RetryLoop {
    const backoff = this.backoffs(way);
    const verdict = verdictOf(reasons);
    if (!backoff.length) reasons.add('no-backoff');
    return {
      at: this.where(loop.pos),
      callee: printExpr(point.target),
      site: point,
      backoff,
      verdict,
      reasons: [...reasons].sort(),
      test,
      parts: { loop: loop.pos, ...(loop.label === undefined ? {} : { label: loop.label }) },
    };
  }

  /** The loop's own flag or constant lets this result come back once or twice, never for ever. */
  private boundedByFlag(walker: LoopWalker, result: Know | undefined, first: Walk): boolean {
    let arrivals = first.arrivals;
    for (let round = 0; round < 3; round++) {
      if (arrivals.length > 8) return false;
      const walks = arrivals.map((env) => walker.walk(result, env));
      if (walks.includes('cut')) return false;
      const next = walks.flatMap((w) => (w === null || w === 'cut' ? [] : w.arrivals));
      if (!next.length) return true;
      arrivals = next;
    }
    return false;
  }

  private backoffs(way: WayBack): RetryLoop['backoff'] {
    const out: RetryLoop['backoff'] = [];
    for (const { ev } of callsOn(way)) {
      if (typeof ev.fn !== 'string' || !isBackoff(ev.fn)) continue;
      out.push({ api: ev.fn, at: this.where(ev.pos), arg: ev.args.map((a) => printExpr(a)).join(', ') });
    }
    return out.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  }

  private where(pos: readonly [number, number, number, number]): Where {
    const base = this.ref.facts.line;
    return { file: this.ref.file.path, line: base + pos[0], column: pos[1], endLine: base + pos[2], endColumn: pos[3] };
  }
}
