/**
 * Walks one loop from the repeated call with a chosen result ("it failed with -ENOMEM") and records how, if at all, the walk comes
 * back to the call through the loop's own back edge. Branches that the result decides are not walked.
 */
import type { Body, CallEvent, Edge, Event, Expr, LoopFacts } from '../../facts/model.js';
import { type Know } from '../know.js';
import { textOf, walkExpr } from '../text.js';
import { RESULT, branch, envKey, forget, originOf, truth, valueOf, type Env, type Value } from './values.js';

/** A call inside a loop: block and index of its event. */
export interface CallSpot {
  block: number;
  index: number;
  ev: CallEvent;
}

/** One stop of the walk: a block (from `first` on) with the environment on entry. */
interface Stop {
  block: number;
  first: number;
  env: Env;
  wrapped: boolean;
  next: { to: number | 'out'; edge: Edge; env: Env }[];
  /** The walk meets the call again here, after the loop's back edge. */
  arrival?: Env;
}

/** A branch on the way back whose other side leaves for good. */
export interface Decision {
  block: number;
  when: Expr;
  /** Truth value that leaves. */
  leavesIf: boolean;
  /** What the condition's value came from; RESULT for the repeated call. */
  origin: string;
}

export interface Walk {
  /** Blocks passed on the way back, in numeric order. */
  blocks: number[];
  decisions: Decision[];
  /** Edges on the way that the result itself chose: they are taken by a failure alone. */
  byResult: { block: number; edge: Edge; wrapped: boolean }[];
  /** Environments with which the call is reached again. */
  arrivals: Env[];
  /** Conditions on the result that name ENOMEM. */
  namesEnomem: boolean;
  /** The result was tested, but its value left both ways open (counts, values returned through pointers). */
  openTest: boolean;
}

const MAX_STOPS = 1500;

export class LoopWalker {
  private readonly inside: ReadonlySet<number>;
  private readonly back: ReadonlySet<number>;
  private readonly relevant: ReadonlySet<string>;

  constructor(
    private readonly body: Body,
    readonly loop: LoopFacts,
    readonly spot: CallSpot,
    /** Lvalues that receive the result besides the call's own (an argument `&status`). */
    readonly resultTexts: readonly string[],
    private readonly isLocal: (name: string) => boolean,
    /** Edges that cannot be taken because a loop-invariant condition already let the call be reached. */
    private readonly closed: ReadonlySet<Edge>,
    /** The failure comes through an argument: the call's own value is another one, and its tests are not looked at. */
    private readonly throughArgument = false,
  ) {
    this.inside = new Set(loop.blocks);
    this.back = new Set(loop.back);
    this.relevant = this.relevantTexts();
  }

  /** Lvalues that conditions of the loop test, and what they are computed from. */
  private relevantTexts(): Set<string> {
    const out = new Set<string>(this.resultTexts);
    const add = (e: Expr) =>
      walkExpr(e, (x) => {
        if (typeof x === 'string' || (Array.isArray(x) && ['->', '.', '[]'].includes(x[0]))) out.add(textOf(x));
      });
    for (const b of this.loop.blocks) for (const edge of this.body.blocks[b]!.next) if (edge.when !== undefined) add(edge.when);
    for (let grown = -1; grown !== out.size;) {
      grown = out.size;
      for (const b of this.loop.blocks) {
        for (const ev of this.body.blocks[b]!.ev) if (ev.k === 'set' && out.has(textOf(ev.to))) add(ev.value);
      }
    }
    return out;
  }

  /**
   * The way from the call back to itself when it returns `result`; null when there is none, 'cut' when there are too many ways to
   * tell. `from` continues an earlier round.
   */
  walk(result: Know | undefined, from: Env = new Map()): Walk | null | 'cut' {
    const start = this.withResult(from, result);
    const stops: Stop[] = [];
    const seen = new Map<string, number>();
    const add = (block: number, first: number, env: Env, wrapped: boolean): number => {
      const key = `${block}:${first}:${wrapped ? 1 : 0}:${envKey(env)}`;
      const old = seen.get(key);
      if (old !== undefined) return old;
      const id = stops.push({ block, first, env, wrapped, next: [] }) - 1;
      seen.set(key, id);
      return id;
    };
    add(this.spot.block, this.spot.index + 1, start, false);
    for (let id = 0; id < stops.length; id++) {
      if (stops.length > MAX_STOPS) return 'cut';
      this.leave(stops[id]!, add);
    }
    return this.record(stops, result === undefined || this.throughArgument);
  }

  private withResult(env: Env, result: Know | undefined): Env {
    const value: Value = { know: result, from: RESULT };
    let out = env;
    for (const t of this.resultTexts) out = forget(out, t);
    const next = new Map(out);
    for (const t of this.resultTexts) next.set(t, value);
    if (!this.throughArgument) next.set(this.callText, value);
    return next;
  }

  private get callText(): string {
    return textOf(['call', this.spot.ev.fn, ...this.spot.ev.args]);
  }

  /** Runs the rest of a block and follows its edges. */
  private leave(stop: Stop, add: (block: number, first: number, env: Env, wrapped: boolean) => number): void {
    const block = this.body.blocks[stop.block]!;
    let env = stop.env;
    for (let i = stop.first; i < block.ev.length; i++) {
      if (stop.block === this.spot.block && i === this.spot.index && stop.first <= this.spot.index) {
        if (stop.wrapped) stop.arrival = env;
        return;
      }
      env = this.apply(env, block.ev[i]!);
    }
    const onward = (env: Env): Env => {
      // A call's own value is only good for the condition of its block.
      const calls = [...env.keys()].filter((k) => k.includes('('));
      if (!calls.length) return env;
      const out = new Map(env);
      for (const k of calls) if (!this.resultTexts.includes(k)) out.delete(k);
      return out;
    };
    for (const edge of block.next) {
      if (this.closed.has(edge)) continue;
      let after: Env | null = env;
      if (edge.when !== undefined && edge.is !== undefined)
        after = branch(env, edge.when, edge.is, (n) => this.isLocal(n) && this.relevant.has(n));
      if (!after) continue;
      if (!this.inside.has(edge.to)) {
        stop.next.push({ to: 'out', edge, env });
        continue;
      }
      const wraps = edge.to === this.loop.head && this.back.has(stop.block);
      stop.next.push({ to: add(edge.to, 0, onward(after), stop.wrapped || wraps), edge, env });
    }
  }

  private apply(env: Env, ev: Event): Env {
    if (ev.k === 'call') {
      let out = env;
      for (const arg of ev.args) if (Array.isArray(arg) && arg[0] === 'u' && arg[1] === '&') out = forget(out, textOf(arg[2]));
      return out;
    }
    if (ev.k !== 'set') return env;
    const target = textOf(ev.to);
    const value: Value | null = ev.op === '=' ? { know: valueOf(ev.value, env), from: originOf(ev.value, env) } : null;
    // The repeated call's own assignment only says again what is known.
    if (value?.from === RESULT && this.resultTexts.includes(target) && value.know === undefined) return env;
    const out = forget(env, target);
    if (!value || (!value.know && !value.from) || !this.relevant.has(target)) return out;
    if (!this.isLocal(target) && value.from !== RESULT) return out;
    return new Map(out).set(target, value);
  }

  private record(stops: Stop[], open: boolean): Walk | null {
    const onWay = new Set<number>();
    const before: number[][] = stops.map(() => []);
    stops.forEach((s, id) =>
      s.next.forEach((n) => {
        if (n.to !== 'out') before[n.to]!.push(id);
      }),
    );
    const work = stops.flatMap((s, id) => (s.arrival ? [id] : []));
    for (const id of work) {
      if (onWay.has(id)) continue;
      onWay.add(id);
      work.push(...before[id]!);
    }
    if (!onWay.has(0)) return null;
    const walk: Walk = { blocks: [], decisions: [], byResult: [], arrivals: [], namesEnomem: false, openTest: false };
    const blocks = new Set<number>();
    const decided = new Map<string, Decision>();
    for (const id of [...onWay].sort((a, b) => a - b)) {
      const stop = stops[id]!;
      blocks.add(stop.block);
      if (stop.arrival) {
        walk.arrivals.push(stop.arrival);
        continue;
      }
      const stays = stop.next.filter((n) => n.to !== 'out' && onWay.has(n.to));
      for (const n of stop.next) {
        const { when, is } = n.edge;
        if (when === undefined) continue;
        const origin = originOf(when, n.env);
        if (origin === RESULT) {
          if (mentionsEnomem(when)) walk.namesEnomem = true;
          if (open && truth(when, n.env) === undefined) walk.openTest = true;
          if (stays.includes(n)) walk.byResult.push({ block: stop.block, edge: n.edge, wrapped: stop.wrapped });
        }
        if (stays.includes(n) || !stays.length || is === undefined) continue;
        if (origin === RESULT && truth(when, n.env) !== undefined) continue;
        if (this.throughArgument && origin === textOf(this.spot.ev.fn)) continue;
        decided.set(`${stop.block}:${textOf(when)}:${is}`, { block: stop.block, when, leavesIf: is, origin });
      }
    }
    walk.blocks = [...blocks].sort((a, b) => a - b);
    walk.decisions = [...decided.values()];
    return walk;
  }
}

export function mentionsEnomem(e: Expr): boolean {
  let found = false;
  walkExpr(e, (x) => {
    if (x === 'ENOMEM') found = true;
  });
  return found;
}
