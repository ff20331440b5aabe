/**
 * Open-coded retry loops: a loop that repeats an allocation, or a call that passes on -ENOMEM, until it succeeds.
 *
 * For each call that can fail for want of memory the loop is walked with that failure as the call's result (walk.ts). A way back to the
 * call through the loop's back edge makes a retry; what stands on that way gives the verdict (judge.ts). A loop that goes on to
 * its next item after a failure is none: there the way back passes a step of the iteration, and success passes it too.
 */
import type { Body, Edge, Expr, LoopFacts } from '../../facts/model.js';
import type { FlowCatalogue } from '../knowledge.js';
import type { Know } from '../know.js';
import type { CallPoint, ChainStep, FunctionRef, RetryLoop, WaitUse, Where } from '../model.js';
import { textOf, walkExpr } from '../text.js';
import { changesOn, stepsIn } from './changes.js';
import { callReasons, callsOn, decisionNames, reasonsOf, verdictOf, type WayBack } from './judge.js';
import { shown } from './shown.js';
import { ENOMEM_RESULT, GOOD_POINTER, NULL_RESULT, OTHER_ERROR, exactly } from './values.js';
import { LoopWalker, mentionsEnomem, type CallSpot, type Walk } from './walk.js';
import { answersRequest, isBackoff, isMemoryBackoff, isReaderRetry, isTransparent, namedLikeAllocator, waitsForEvent } from './words.js';

/** What the index knows of a call's failure; undefined when it cannot fail for memory, or nothing is known. */
export type CanFail = (call: CallPoint) => { chain: ChainStep[] } | undefined;

/** How a call says that there is no memory. */
interface Failure {
  fail: Know | undefined;
  good: Know | undefined;
  /** Lvalues that receive the result. */
  texts: string[];
  /** 'known': catalogue, index or a mask argument; 'enomem': by a test in the function; 'named': by its name alone. */
  by: 'known' | 'enomem' | 'named' | 'backoff';
  chain: boolean;
  outParameter?: boolean;
}

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

/** Two calls of one loop: the loop does what both say. */
function merge(a: RetryLoop, b: RetryLoop): RetryLoop {
  const bound = ['bounded', 'time-limit'];
  const endless = [a, b].some((l) => !bound.some((r) => l.reasons.includes(r)));
  const reasons = [...new Set([...a.reasons, ...b.reasons])].filter((r) => !(endless && bound.includes(r))).sort();
  return { ...a, reasons, verdict: verdictOf(new Set(reasons)) };
}

/** Waits of the inventory: those of the memory core wherever they stand, other blind backoff where a retry loop has it. */
export function waitsOf(ref: FunctionRef, calls: readonly CallPoint[], loops: readonly RetryLoop[]): WaitUse[] {
  const body = ref.facts.body;
  if (!body) return [];
  const looped = new Set(body.loops.flatMap((l) => l.blocks));
  const backoff = new Set(loops.flatMap((l) => l.backoff.map((b) => `${b.at.line}:${b.at.column}`)));
  return calls
    .filter((c) => isInventoried(c.name) || backoff.has(`${c.at.line}:${c.at.column}`))
    .map((c) => ({ api: c.name, at: c.at, args: c.args, states: c.states, inLoop: looped.has(c.block) }));
}
const isInventoried = (name: string): boolean => name === 'reclaim_throttle' || name === 'memalloc_retry_wait' || name === 'congestion_wait' || name === 'wait_iff_congested';

class Finder {
  private readonly locals: ReadonlyMap<string, string>;
  private readonly conditions: readonly Expr[];
  private readonly namesEnomem: boolean;
  private readonly memoryBackoff: boolean;
  private readonly invariants = new Map<LoopFacts, (e: Expr) => boolean>();

  constructor(
    private readonly ref: FunctionRef,
    private readonly body: Body,
    private readonly cat: FlowCatalogue,
    private readonly canFail: CanFail,
  ) {
    this.locals = new Map([...ref.facts.params.map((p) => [p.name, p.type] as const), ...Object.entries(body.vars)]);
    this.conditions = body.blocks.flatMap((b) => b.next.flatMap((e) => (e.when === undefined ? [] : [e.when])));
    this.namesEnomem = this.conditions.some(mentionsEnomem);
    this.memoryBackoff = body.blocks.some((b) => b.ev.some((e) => e.k === 'call' && typeof e.fn === 'string' && isMemoryBackoff(e.fn)));
  }

  private isLocal = (name: string): boolean => this.locals.has(name);
  private isPointer = (name: string): boolean => this.locals.get(name)?.includes('*') ?? false;

  examine(point: CallPoint): RetryLoop | undefined {
    const loops = this.body.loops.filter((l) => l.blocks.includes(point.block)).sort((a, b) => a.blocks.length - b.blocks.length);
    if (!loops.length) return undefined;
    const failure = this.failureOf(point);
    if (!failure) return undefined;
    const block = this.body.blocks[point.block]!;
    const index = block.ev.findIndex((e) => e.k === 'call' && e.pos.join() === point.pos.join() && textOf(e.fn) === textOf(point.target));
    const ev = block.ev[index];
    if (ev?.k !== 'call') return undefined;
    const spot: CallSpot = { block: point.block, index, ev };
    for (const loop of loops) {
      const walker = new LoopWalker(this.body, loop, spot, failure.texts, this.isLocal, this.closedEdges(loop, spot), failure.outParameter);
      const walk = walker.walk(failure.fail);
      if (walk === null) continue;
      if (walk === 'cut') return undefined;
      return this.judge(point, failure, walker, walk);
    }
    return this.rejecting(point, failure, loops, spot);
  }

  /** A loop that gives up when there is no memory, but asks again when what it got does not suit it. */
  private rejecting(point: CallPoint, failure: Failure, loops: readonly LoopFacts[], spot: CallSpot): RetryLoop | undefined {
    if (failure.by !== 'known' || !this.isPointer(point.to) || !this.isDirect(point)) return undefined;
    const head = (l: LoopFacts) => {
      const { next } = this.body.blocks[l.head]!;
      return l.head !== point.block && next.some((e) => e.when !== undefined && textOf(e.when) === point.to) && next.some((e) => !l.blocks.includes(e.to));
    };
    const loop = loops.find((l) => l.kind === 'goto' || (l.kind === 'while' && head(l)));
    if (!loop) return undefined;
    const walker = new LoopWalker(this.body, loop, spot, failure.texts, this.isLocal, this.closedEdges(loop, spot));
    const walk = walker.walk(failure.good);
    if (walk === null || walk === 'cut') return undefined;
    const derived = new Set([point.to]);
    for (let size = -1; size !== derived.size; ) {
      size = derived.size;
      for (const b of walk.blocks) for (const e of this.body.blocks[b]!.ev) if (e.k === 'set' && [...identifiersIn(e.value)].some((t) => derived.has(t))) derived.add(textOf(e.to));
    }
    if (!walk.decisions.some((d) => [...identifiersIn(d.when)].some((t) => derived.has(t)))) return undefined;
    const way = this.wayBack(point, walker, walk, new Set());
    const reasons = new Set([...reasonsOf(way), 'rejects-result']);
    // A buffer that is asked for again because it proved too small is another matter.
    if (loop.kind === 'goto' && !this.changesMaskAfter(way, loop)) return undefined;
    return this.report(point, loop, way, reasons, 'null');
  }

  /** Is the mask set to something else after the call, on the way to the next try? */
  private changesMaskAfter(way: WayBack, loop: LoopFacts): boolean {
    const mask = way.spot.ev.args[way.gfpArg];
    if (mask === undefined) return false;
    const names = identifiersIn(mask);
    const back = new Set(loop.back);
    return way.walk.blocks.some((b) => {
      if (!this.body.blocks[b]!.ev.some((e) => e.k === 'set' && names.has(textOf(e.to)))) return false;
      const seen = new Set([b]);
      for (const x of seen) for (const e of this.body.blocks[x]!.next) if (loop.blocks.includes(e.to) && !(e.to === loop.head && back.has(x))) seen.add(e.to);
      return !seen.has(way.spot.block);
    });
  }

  private isDirect(point: CallPoint): boolean {
    return this.cat.allocator(point.name) !== undefined || Object.keys(point.masks).length > 0;
  }

  /** How the call fails, or undefined when it is none that a retry loop repeats. */
  private failureOf(point: CallPoint): Failure | undefined {
    const name = point.name;
    if (name && (isBackoff(name) || isTransparent(name) || answersRequest(name) || waitsForEvent(name))) return undefined;
    const entry = name ? this.cat.allocator(name) : undefined;
    if (entry?.helper || entry?.returns === 'void') return undefined;
    const gfp = this.gfpArg(point);
    const masks = gfp >= 0 ? (point.masks[gfp] ?? []) : [];
    const NOFAIL = 0x8000;
    const DIRECT_RECLAIM = 0x400;
    if (masks.length && masks.every((m) => (m.must & NOFAIL) !== 0)) return undefined;
    // A pool with a waiting mask never gives up.
    if (entry && (entry.class === 'mempool' || entry.class === 'bio') && (gfp < 0 || (masks.length && masks.every((m) => (m.must & DIRECT_RECLAIM) !== 0)))) return undefined;
    const chain = this.canFail(point);
    const target = point.to;
    const direct = target === '' && point.use === 'tested';
    const enomemTest = this.namesEnomem && (this.conditions.some((c) => mentionsEnomem(c) && this.concerns(c, point)));
    // A mask is also given to what only passes or weighs it (a release, a flush): then the name or the result must say that it allocates.
    const masked = Object.keys(point.masks).length > 0 && (name === '' || namedLikeAllocator(name) || this.isPointer(target) || /[.[]/.test(target));
    const by = entry || chain || masked ? 'known' : enomemTest ? 'enomem' : this.memoryBackoff ? 'backoff' : name && namedLikeAllocator(name) ? 'named' : undefined;
    if (!by) return this.outParameter(point);
    if (target === '' && !direct) return this.outParameter(point);
    // A name alone says that it allocates, not how it fails: pointers only.
    if (by === 'named' && !(this.isPointer(target) || /[.[]/.test(target))) return undefined;
    const texts = target ? [target] : [];
    const made = (fail: Know | undefined, good: Know | undefined): Failure => ({ fail, good, texts, by, chain: chain !== undefined });
    const errorPointer = this.firstTest(point) === 'error-pointer';
    switch (entry?.returns) {
      case 'ptr-NULL': return made(errorPointer ? ENOMEM_RESULT : NULL_RESULT, GOOD_POINTER);
      case 'ERR_PTR': return made(ENOMEM_RESULT, GOOD_POINTER);
      case 'int': return made(ENOMEM_RESULT, exactly(0));
      case 'bool': return made(NULL_RESULT, exactly(1));
      // How many of a batch came: anything between none and all. An address as a number is 0 or good.
      case 'count': return this.isPointer(target) || entry.count === undefined && !/bulk/.test(name) ? made(NULL_RESULT, GOOD_POINTER) : made(undefined, undefined);
    }
    if (enomemTest && direct) return made(ENOMEM_RESULT, exactly(0));
    if (direct) return entry || namedLikeAllocator(name) ? this.directlyTested(point, made) : undefined;
    if (errorPointer) return made(ENOMEM_RESULT, GOOD_POINTER);
    const type = this.locals.get(target);
    if (type !== undefined) {
      if (type.includes('*')) return made(NULL_RESULT, GOOD_POINTER);
      if (/\bbool\b/.test(type)) return made(NULL_RESULT, exactly(1));
      return /\b(int|long|ssize_t|s32|s64|vm_fault_t|blk_status_t)\b/.test(type) && !/unsigned/.test(type) ? made(ENOMEM_RESULT, exactly(0)) : made(undefined, undefined);
    }
    if (enomemTest) return made(ENOMEM_RESULT, exactly(0));
    return made(NULL_RESULT, GOOD_POINTER);
  }

  /** `while (f()) wait();`: which way fails shows in what the callee returns, else in where the loop waits. */
  private directlyTested(point: CallPoint, made: (fail: Know, good: Know) => Failure): Failure | undefined {
    const returns = this.ref.file.functions.find((f) => f.name === point.name)?.returns ?? '';
    if (returns.includes('*')) return made(NULL_RESULT, GOOD_POINTER);
    const edges = this.body.blocks[point.block]!.next.filter((e) => e.when !== undefined && e.is !== undefined);
    const waits = (from: number): boolean => {
      const { ev, next } = this.body.blocks[from]!;
      return ev.some((e) => e.k === 'call' && typeof e.fn === 'string' && isBackoff(e.fn)) && next.length === 1;
    };
    const waiting = edges.find((e) => waits(e.to));
    if (!waiting) return undefined;
    const truthy = Array.isArray(waiting.when) && waiting.when[0] === 'u' && waiting.when[1] === '!' ? !waiting.is : waiting.is;
    return truthy ? made(ENOMEM_RESULT, exactly(0)) : made(NULL_RESULT, exactly(1));
  }

  /** What the first test of the result after the call asks: for an error pointer, or plainly. */
  private firstTest(point: CallPoint): 'error-pointer' | 'plain' | undefined {
    if (point.to === '') return undefined;
    const seen = new Set([point.block]);
    for (const b of seen) {
      const block = this.body.blocks[b]!;
      for (const e of block.ev) {
        if (e.k === 'set' && /^(PTR_ERR|PTR_ERR_OR_ZERO)\(/.test(textOf(e.value)) && identifiersIn(e.value).has(point.to)) return 'error-pointer';
      }
      for (const edge of block.next) {
        if (edge.when !== undefined && identifiersIn(edge.when).has(point.to)) {
          return /\b(IS_ERR|IS_ERR_OR_NULL|PTR_ERR|PTR_ERR_OR_ZERO)\(/.test(textOf(edge.when)) ? 'error-pointer' : 'plain';
        }
        seen.add(edge.to);
      }
    }
    return undefined;
  }

  /** Does a condition that names ENOMEM look at this call's result? */
  private concerns(condition: Expr, point: CallPoint): boolean {
    const texts = identifiersIn(condition);
    if (point.to === '') return texts.has(textOf(['call', point.target, ...point.args]));
    if (texts.has(point.to)) return true;
    // Through one copy: err = PTR_ERR(page).
    return this.body.blocks.some((b) => b.ev.some((e) => e.k === 'set' && texts.has(textOf(e.to)) && identifiersIn(e.value).has(point.to)));
  }

  /** A call that reports -ENOMEM through an argument `&status`. */
  private outParameter(point: CallPoint): Failure | undefined {
    if (!this.namesEnomem) return undefined;
    for (const arg of point.args) {
      if (!Array.isArray(arg) || arg[0] !== 'u' || arg[1] !== '&' || typeof arg[2] !== 'string') continue;
      const name = arg[2];
      if (this.isPointer(name) || !this.conditions.some((c) => mentionsEnomem(c) && identifiersIn(c).has(name))) continue;
      if (this.body.blocks.some((b) => b.ev.some((e) => e.k === 'call' && e.to === name))) continue;
      return { fail: ENOMEM_RESULT, good: exactly(0), texts: [name], by: 'enomem', chain: false, outParameter: true };
    }
    return undefined;
  }

  private gfpArg(point: CallPoint): number {
    const listed = point.name ? this.cat.allocator(point.name)?.gfp : undefined;
    if (typeof listed === 'number') return listed;
    const first = Object.keys(point.masks)[0];
    return first === undefined ? -1 : Number(first);
  }

  /** Conditions that cannot change inside the loop: locals and constants that nothing in it writes. */
  private invariantIn(loop: LoopFacts): (e: Expr) => boolean {
    const known = this.invariants.get(loop);
    if (known) return known;
    const written = new Set<string>();
    for (const b of loop.blocks) {
      for (const e of this.body.blocks[b]!.ev) {
        if (e.k === 'set') written.add(baseName(e.to));
        if (e.k === 'call') {
          if (e.to !== undefined) written.add(baseName(e.to));
          for (const a of e.args) if (Array.isArray(a) && a[0] === 'u' && a[1] === '&') written.add(baseName(a[2]));
        }
      }
      for (const edge of this.body.blocks[b]!.next) if (edge.when !== undefined) for (const t of stepsIn(edge.when)) written.add(t);
    }
    const test = (e: Expr): boolean => {
      if (typeof e === 'number') return true;
      if (typeof e === 'string') return this.isLocal(e) ? !written.has(e) : /^[A-Z_][A-Z0-9_]*$/.test(e);
      switch (e[0]) {
        case 'config': case 'sizeof': return true;
        case 'cast': return test(e[2]);
        case 'u': return e[1] === '&' ? test(rootOf(e[2])) : /^[!~\-+]$/.test(e[1]) && test(e[2]);
        case 'b': return test(e[2]) && test(e[3]);
        case '?': return test(e[1]) && test(e[2]) && test(e[3]);
        case '.': return test(e[1]);
        case 'call': return typeof e[1] === 'string' && /^(IS_ENABLED|gfpflags_allow_blocking|likely|unlikely|gfp_has_io_fs)$/.test(e[1]) && (e.slice(2) as Expr[]).every(test);
        default: return false;
      }
    };
    this.invariants.set(loop, test);
    return test;
  }

  /** Edges that an invariant condition before the call rules out: the call was reached, so the other way was taken, and is again. */
  private closedEdges(loop: LoopFacts, spot: CallSpot): Set<Edge> {
    const closed = new Set<Edge>();
    // A jump back into an enclosing loop's body goes on with that loop's next item when it passes the enclosing back edge.
    for (const outer of this.body.loops) {
      if (outer === loop || outer.head === loop.head || !outer.blocks.includes(loop.head)) continue;
      for (const b of outer.back) for (const e of this.body.blocks[b]!.next) if (e.to === outer.head) closed.add(e);
    }
    const inside = new Set(loop.blocks);
    const back = new Set(loop.back);
    const invariant = this.invariantIn(loop);
    const reaches = (from: number, without: number): boolean => {
      if (from === without || !inside.has(from)) return false;
      const seen = new Set([from]);
      for (const b of seen) {
        if (b === spot.block) return true;
        for (const e of this.body.blocks[b]!.next) {
          if (inside.has(e.to) && e.to !== without && !(e.to === loop.head && back.has(b))) seen.add(e.to);
        }
      }
      return false;
    };
    for (const b of loop.blocks) {
      const edges = this.body.blocks[b]!.next.filter((e) => e.when !== undefined);
      if (b === spot.block || edges.length < 2 || !edges.every((e) => invariant(e.when!))) continue;
      if (b !== loop.head && reaches(loop.head, b)) continue;
      const leading = edges.filter((e) => reaches(e.to, b));
      if (leading.length) for (const e of edges) if (!leading.includes(e)) closed.add(e);
    }
    return closed;
  }

  /** Blocks that only the failure of the call reaches. */
  private failingBlocks(walk: Walk): Set<number> {
    const cut = new Set(walk.byResult.map((r) => r.edge));
    const seen = new Set([0]);
    for (const b of seen) for (const e of this.body.blocks[b]!.next) if (!cut.has(e)) seen.add(e.to);
    return new Set(walk.blocks.filter((b) => !seen.has(b)));
  }

  private judge(point: CallPoint, failure: Failure, walker: LoopWalker, walk: Walk): RetryLoop | undefined {
    const { loop, spot } = walker;
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
    if (this.boundedByFlag(walker, failure, walk)) reasons.add('bounded');
    const test = walk.namesEnomem ? 'enomem' : failure.fail === NULL_RESULT || failure.fail === undefined ? 'null' : 'error';
    if (walk.namesEnomem && walker.walk(OTHER_ERROR) !== null) reasons.add('other-errors');
    if (test === 'error') reasons.add('any-error');
    if (failure.outParameter) reasons.add('out-parameter');
    if (failure.by === 'named' || (failure.by === 'backoff' && test !== 'null')) reasons.add('unknown-callee');
    for (const r of callReasons(point, this.cat, way.gfpArg)) reasons.add(r);
    const verdict = verdictOf(reasons);
    if (!this.cat.allocator(point.name) && !walk.namesEnomem) {
      // Deep below a call there is nearly always some allocation: a search or a retried I/O is not about that.
      if (!this.isDirect(point) && verdict !== 'convertible' && verdict !== 'needs-retry-wait' && !namedLikeAllocator(point.name)) return undefined;
      if (test === 'error' && failure.good?.lo === 0 && (walk.decisions.length > 0 || walk.openTest || !waits)) return undefined;
    }
    return this.report(point, loop, way, reasons, test);
  }

  private wayBack(point: CallPoint, walker: LoopWalker, walk: Walk, failing: ReadonlySet<number>): WayBack {
    return {
      body: this.body, spot: walker.spot, head: walker.loop.head, walk, failing, gfpArg: this.gfpArg(point),
      changes: changesOn(this.body, walk.blocks, failing, new Set(walker.resultTexts)),
      isPointer: this.isPointer, isInvariant: this.invariantIn(walker.loop),
      definitions: (name) => this.body.blocks.flatMap((b) => b.ev.flatMap((e) => (e.k === 'set' && e.to === name ? [e.value] : []))),
    };
  }

  private report(point: CallPoint, loop: LoopFacts, way: WayBack, reasons: Set<string>, test: RetryLoop['test']): RetryLoop {
    const backoff = this.backoffs(way);
    const verdict = verdictOf(reasons);
    if (!backoff.length) reasons.add('no-backoff');
    return {
      at: this.where(loop.pos), callee: shown(point.target), site: point, backoff, verdict, reasons: [...reasons].sort(), test,
      parts: { loop: loop.pos, ...(loop.label === undefined ? {} : { label: loop.label }) },
    };
  }

  /** The loop's own flag or constant lets the failure come back once or twice, never for ever. */
  private boundedByFlag(walker: LoopWalker, failure: Failure, first: Walk): boolean {
    let arrivals = first.arrivals;
    for (let round = 0; round < 3; round++) {
      if (arrivals.length > 8) return false;
      const walks = arrivals.map((env) => walker.walk(failure.fail, env));
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
      out.push({ api: ev.fn, at: this.where(ev.pos), arg: ev.args.map(shown).join(', ') });
    }
    return out.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  }

  private where(pos: readonly [number, number, number, number]): Where {
    const base = this.ref.facts.line;
    return { file: this.ref.file.path, line: base + pos[0], column: pos[1], endLine: base + pos[2], endColumn: pos[3] };
  }
}

const rootOf = (e: Expr): Expr => (Array.isArray(e) && (e[0] === '->' || e[0] === '.' || e[0] === '[]') ? rootOf(e[1]) : e);
const baseName = (e: Expr): string => {
  if (Array.isArray(e) && (e[0] === '->' || (e[0] === 'u' && e[1] === '*'))) return '';
  const r = Array.isArray(e) && (e[0] === '.' || e[0] === '[]') ? baseName(e[1]) : e;
  return typeof r === 'string' ? r : '';
};
function identifiersIn(e: Expr): Set<string> {
  const out = new Set<string>();
  walkExpr(e, (x) => {
    if (typeof x !== 'number') out.add(textOf(x));
  });
  return out;
}
