/** How a call says that there is no memory, and which calls a retry loop can be about. */
import type { Body, Expr } from '../../facts/model.js';
import type { FlowCatalogue } from '../knowledge.js';
import type { Know } from '../know.js';
import type { CallPoint, ChainStep, FunctionRef } from '../model.js';
import { textOf, walkExpr } from '../text.js';
import { ENOMEM_RESULT, GOOD_POINTER, NULL_RESULT, exactly } from './values.js';
import { mentionsEnomem } from './walk.js';
import { answersRequest, isBackoff, isMemoryBackoff, isTransparent, namedLikeAllocator, waitsForEvent } from './words.js';

/** What the index knows of a call's failure; undefined when it cannot fail for memory, or nothing is known. */
export type CanFail = (call: CallPoint) => { chain: ChainStep[] } | undefined;

/** How a call says that there is no memory. */
export interface Failure {
  fail: Know | undefined;
  good: Know | undefined;
  /** Lvalues that receive the result. */
  texts: string[];
  /** 'known': catalogue, index or a mask argument; 'enomem': by a test in the function; 'named': by its name alone. */
  by: 'known' | 'enomem' | 'named' | 'backoff';
  chain: boolean;
  outParameter?: boolean;
}

const NOFAIL = 0x8000;
const DIRECT_RECLAIM = 0x400;

/** Answers for the calls of one function. */
export class Failures {
  private readonly conditions: readonly Expr[];
  private readonly namesEnomem: boolean;
  private readonly memoryBackoff: boolean;

  constructor(
    private readonly ref: FunctionRef,
    private readonly body: Body,
    private readonly cat: FlowCatalogue,
    private readonly canFail: CanFail,
    /** Locals and parameters with their types. */
    private readonly locals: ReadonlyMap<string, string>,
  ) {
    this.conditions = body.blocks.flatMap((b) => b.next.flatMap((e) => (e.when === undefined ? [] : [e.when])));
    this.namesEnomem = this.conditions.some(mentionsEnomem);
    this.memoryBackoff = body.blocks.some((b) => b.ev.some((e) => e.k === 'call' && typeof e.fn === 'string' && isMemoryBackoff(e.fn)));
  }

  private isPointer = (name: string): boolean => this.locals.get(name)?.includes('*') ?? false;

  /** How the call fails, or undefined when it is none that a retry loop repeats. */
  of(point: CallPoint): Failure | undefined {
    const name = point.name;
    if (name && (isBackoff(name) || isTransparent(name) || answersRequest(name) || waitsForEvent(name))) return undefined;
    const entry = name ? this.cat.allocator(name) : undefined;
    if (entry?.helper || entry?.returns === 'void') return undefined;
    const gfp = this.gfpArg(point);
    const masks = gfp >= 0 ? (point.masks[gfp] ?? []) : [];
    if (masks.length && masks.every((m) => (m.must & NOFAIL) !== 0)) return undefined;
    // A pool with a waiting mask never gives up.
    if (entry?.waits && (gfp < 0 || (masks.length && masks.every((m) => (m.must & DIRECT_RECLAIM) !== 0)))) return undefined;
    const chain = this.canFail(point);
    const target = point.to;
    const direct = target === '' && point.use === 'tested';
    const enomemTest = this.namesEnomem && this.conditions.some((c) => mentionsEnomem(c) && this.concerns(c, point));
    // A mask is also given to what only passes or weighs it (a release, a flush): then the name or the result must say that it allocates.
    const masked =
      Object.keys(point.masks).length > 0 && (name === '' || namedLikeAllocator(name) || this.isPointer(target) || /[.[]/.test(target));
    const by =
      entry || chain || masked
        ? 'known'
        : enomemTest
          ? 'enomem'
          : this.memoryBackoff
            ? 'backoff'
            : name && namedLikeAllocator(name)
              ? 'named'
              : undefined;
    if (!by) return this.outParameter(point);
    if (target === '' && !direct) return this.outParameter(point);
    // A name alone says that it allocates, not how it fails: pointers only.
    if (by === 'named' && !(this.isPointer(target) || /[.[]/.test(target))) return undefined;
    const texts = target ? [target] : [];
    const made = (fail: Know | undefined, good: Know | undefined): Failure => ({ fail, good, texts, by, chain: chain !== undefined });
    const errorPointer = this.firstTest(point) === 'error-pointer';
    switch (entry?.returns) {
      case 'ptr-NULL':
        return made(errorPointer ? ENOMEM_RESULT : NULL_RESULT, GOOD_POINTER);
      case 'ERR_PTR':
        return made(ENOMEM_RESULT, GOOD_POINTER);
      case 'int':
        return made(ENOMEM_RESULT, exactly(0));
      case 'bool':
        return made(NULL_RESULT, exactly(1));
      // How many of a batch came: anything between none and all. An address as a number is 0 or good.
      case 'count':
        return this.isPointer(target) || (entry.count === undefined && !/bulk/.test(name))
          ? made(NULL_RESULT, GOOD_POINTER)
          : made(undefined, undefined);
      default:
        break;
    }
    if (enomemTest && direct) return made(ENOMEM_RESULT, exactly(0));
    if (direct) return entry || namedLikeAllocator(name) ? this.directlyTested(point, made) : undefined;
    if (errorPointer) return made(ENOMEM_RESULT, GOOD_POINTER);
    const type = this.locals.get(target);
    if (type !== undefined) {
      if (type.includes('*')) return made(NULL_RESULT, GOOD_POINTER);
      if (/\bbool\b/.test(type)) return made(NULL_RESULT, exactly(1));
      const signed = /\b(int|long|ssize_t|s32|s64|vm_fault_t|blk_status_t)\b/.test(type) && !/unsigned/.test(type);
      return signed || this.isErrorCode(target) ? made(ENOMEM_RESULT, exactly(0)) : made(undefined, undefined);
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
        if (e.k === 'set' && /^(PTR_ERR|PTR_ERR_OR_ZERO)\(/.test(textOf(e.value)) && textsIn(e.value).has(point.to)) return 'error-pointer';
      }
      for (const edge of block.next) {
        if (edge.when !== undefined && textsIn(edge.when).has(point.to)) {
          return /\b(IS_ERR|IS_ERR_OR_NULL|PTR_ERR|PTR_ERR_OR_ZERO)\(/.test(textOf(edge.when)) ? 'error-pointer' : 'plain';
        }
        seen.add(edge.to);
      }
    }
    return undefined;
  }

  /** Whether a variable is compared with an error code: `enum status s; ... if (s != -EAGAIN)`. */
  private isErrorCode(name: string): boolean {
    const isCode = (e: Expr): boolean =>
      Array.isArray(e) && e[0] === 'u' && e[1] === '-' && typeof e[2] === 'string' && /^E[A-Z0-9]+$/.test(e[2]);
    return this.conditions.some(
      (c) => Array.isArray(c) && c[0] === 'b' && ((c[2] === name && isCode(c[3])) || (c[3] === name && isCode(c[2]))),
    );
  }

  /** Does a condition that names ENOMEM look at this call's result? */
  private concerns(condition: Expr, point: CallPoint): boolean {
    const texts = textsIn(condition);
    if (point.to === '') return texts.has(textOf(['call', point.target, ...point.args]));
    if (texts.has(point.to)) return true;
    // Through one copy: err = PTR_ERR(page).
    return this.body.blocks.some((b) => b.ev.some((e) => e.k === 'set' && texts.has(textOf(e.to)) && textsIn(e.value).has(point.to)));
  }

  /** A call that reports -ENOMEM through an argument `&status`. */
  private outParameter(point: CallPoint): Failure | undefined {
    if (!this.namesEnomem) return undefined;
    for (const arg of point.args) {
      if (!Array.isArray(arg) || arg[0] !== 'u' || arg[1] !== '&' || typeof arg[2] !== 'string') continue;
      const name = arg[2];
      if (this.isPointer(name) || !this.conditions.some((c) => mentionsEnomem(c) && textsIn(c).has(name))) continue;
      if (this.body.blocks.some((b) => b.ev.some((e) => e.k === 'call' && e.to === name))) continue;
      return { fail: ENOMEM_RESULT, good: exactly(0), texts: [name], by: 'enomem', chain: false, outParameter: true };
    }
    return undefined;
  }

  /** Index of the argument that holds the mask, -1 where there is none. */
  gfpArg(point: CallPoint): number {
    const listed = point.name ? this.cat.allocator(point.name)?.gfp : undefined;
    if (typeof listed === 'number') return listed;
    const first = Object.keys(point.masks)[0];
    return first === undefined ? -1 : Number(first);
  }

  /** The call is itself an allocation, or takes a mask. */
  isDirect(point: CallPoint): boolean {
    return this.cat.allocator(point.name) !== undefined || Object.keys(point.masks).length > 0;
  }
}

/** Canonical texts of an expression and of everything inside it. */
export function textsIn(e: Expr): Set<string> {
  const out = new Set<string>();
  walkExpr(e, (x) => {
    if (typeof x !== 'number') out.add(textOf(x));
  });
  return out;
}
