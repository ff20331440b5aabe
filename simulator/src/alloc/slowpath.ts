/**
 * __alloc_pages_slowpath() as it is up to 6.14 (5.10.223, 6.1.192, 6.12.117). State numbers in the comments are those of the
 * project's fact sheet.
 */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking, isNofail, isNoretry, isRetryMayfail } from '../gfp.js';
import { ALLOC, describeAllocFlags, reserveFlags, slowPathFlags } from './alloc-flags.js';
import { COMPACT, COSTLY_ORDER, canCompact, directCompact } from './compaction.js';
import { warn, type FailReason, type Step } from './env.js';
import type { Grant } from './freelist.js';
import {
  FREELIST_MS,
  getPage,
  lastChance,
  mayOom,
  reclaimAndGet,
  shouldCompactRetry,
  shouldReclaimRetry,
  type Retry,
  type Walk,
} from './steps.js';

export interface SlowResult {
  grant?: Grant;
  reason?: FailReason;
}

/** Whether the request compacts before it reclaims. */
export function compactsFirst(w: Walk): boolean {
  const { req } = w;
  return canCompact(req) && (req.order > COSTLY_ORDER || (req.order > 0 && !(req.gfp & GFP.__GFP_MOVABLE)));
}

/** __GFP_NOFAIL misuse that 6.12 and later report when the slow path is entered. */
export function warnNofailAtEntry(w: Walk): void {
  const { env, req, a } = w;
  if (!isNofail(req.gfp)) return;
  if (env.profile.nofailOrderWarn === 'slow-path' && req.order > 1) warn(env, a, 'nofail-order');
  if (env.profile.nofailNonBlockingWarn !== 'slow-path') return;
  if (!allowsBlocking(req.gfp)) warn(env, a, 'nofail-non-blocking');
  if (req.task.memalloc) warn(env, a, 'nofail-memalloc');
}

/** Notes the flags of the next attempts. */
export function traceFlags(w: Walk, event: string, flags: number): void {
  if (w.env.traced) w.env.event(event, { flags: describeAllocFlags(w.env.profile, flags) });
}

export function* classicSlowPath(w: Walk): Step<SlowResult> {
  const { env, req, a } = w;
  const p = env.profile;
  if (p.hasAtomicFlag && req.gfp & GFP.__GFP_ATOMIC && req.gfp & GFP.__GFP_DIRECT_RECLAIM) {
    warn(env, a, 'atomic-with-direct-reclaim');
    req.gfp &= ~GFP.__GFP_ATOMIC;
  }
  warnNofailAtEntry(w);
  const blocking = allowsBlocking(req.gfp);
  const costly = req.order > COSTLY_ORDER;
  // States 1 to 3.
  const r: Retry = {
    flags: slowPathFlags(p, req.gfp, req.order, req.task),
    noProgressLoops: 0,
    compactionRetries: 0,
    compactPriority: COMPACT.LIGHT,
    compactResult: 'skipped',
  };
  traceFlags(w, 'alloc-flags', r.flags);
  if (r.flags & ALLOC.KSWAPD) env.wakeKswapd();
  let grant = getPage(w, r.flags);
  if (grant) return { grant };
  // State 4: compaction before any reclaim.
  if (compactsFirst(w) && reserveFlags(req.gfp, req.task) === 0) {
    const c = yield* directCompact(env, req, r.flags, w.highest, a);
    if (c.grant) return { grant: c.grant };
    r.compactResult = c.result;
    if (costly && isNoretry(req.gfp)) {
      const leaves = c.result === 'skipped' || (p.costlyThisnodeExit && (req.gfp & GFP.__GFP_THISNODE) !== 0);
      if (leaves && !isNofail(req.gfp)) return failed(w, 'noretry');
      r.compactPriority = COMPACT.ASYNC;
    }
  }
  for (;;) {
    // State 5.
    if (r.flags & ALLOC.KSWAPD) env.wakeKswapd();
    const reserve = reserveFlags(req.gfp, req.task);
    if (reserve !== 0) {
      r.flags = reserve | (p.reserveRetryKeepsKswapd ? r.flags & ALLOC.KSWAPD : 0);
      traceFlags(w, 'reserve-flags', r.flags);
    }
    grant = getPage(w, r.flags);
    if (grant) return { grant };
    yield { do: 'run', ms: FREELIST_MS };
    const left = yield* tryHarder(w, r, blocking, costly);
    if (left.grant) return { grant: left.grant };
    if (left.retry) continue;
    const reason = left.reason ?? 'retries-exhausted';
    if (reason === 'panic' || !isNofail(req.gfp)) return failed(w, reason);
    // State 19.
    if (!blocking) {
      if (p.nofailNonBlockingWarn === 'nopage') nofailWarn(w, 'nofail-non-blocking');
      return failed(w, 'nofail-non-blocking');
    }
    if (p.nofailNonBlockingWarn === 'nopage' && req.task.memalloc) nofailWarn(w, 'nofail-memalloc');
    if (p.nofailCostlyWarn && costly) nofailWarn(w, 'nofail-costly');
    env.event('nofail-last-chance');
    grant = lastChance(w);
    if (grant) return { grant };
    yield { do: 'round', why: 'nofail' };
  }
}

/** States 6 to 17 of one round. */
function* tryHarder(w: Walk, r: Retry, blocking: boolean, costly: boolean): Step<{ grant?: Grant; retry?: boolean; reason?: FailReason }> {
  const { env, req } = w;
  if (!blocking) return { reason: 'non-blocking' };
  if (req.task.memalloc) return { reason: 'noreclaim' };
  const reclaimed = yield* reclaimAndGet(w, r.flags);
  if (reclaimed.grant) return { grant: reclaimed.grant };
  const compacted = yield* directCompact(env, req, r.flags, w.highest, w.a);
  if (compacted.grant) return { grant: compacted.grant };
  if (req.order > 0) r.compactResult = compacted.result;
  return yield* decideRetry(w, r, costly, reclaimed.progress);
}

/** States 10 to 17: give up, retry, or call the OOM killer. Shared with the unified path. */
export function* decideRetry(
  w: Walk,
  r: Retry,
  costly: boolean,
  progress: number,
): Step<{ grant?: Grant; retry?: boolean; reason?: FailReason }> {
  const { req } = w;
  if (isNoretry(req.gfp)) return { reason: 'noretry' };
  if (costly && !(isRetryMayfail(req.gfp) && canCompact(req))) return { reason: 'costly' };
  if (yield* shouldReclaimRetry(w, r, progress > 0)) return { retry: true };
  if (progress > 0 && canCompact(req) && shouldCompactRetry(w, r)) return { retry: true };
  const oom = yield* mayOom(w);
  if (oom.panic) return { reason: 'panic' };
  if (oom.grant) return { grant: oom.grant };
  if (req.task.oomVictim && (r.flags & ALLOC.OOM || req.gfp & GFP.__GFP_NOMEMALLOC)) return { reason: 'oom-victim' };
  if (oom.progress) {
    r.noProgressLoops = 0;
    yield { do: 'round', why: 'oom' };
    return { retry: true };
  }
  return { reason: isRetryMayfail(req.gfp) ? 'retries-exhausted' : 'oom-not-allowed' };
}

function nofailWarn(w: Walk, id: string): void {
  if (w.env.profile.nowarnSilencesNofailWarn && w.req.gfp & GFP.__GFP_NOWARN) return;
  warn(w.env, w.a, id);
}

/** The end without a page: the allocation failure report unless __GFP_NOWARN. */
export function failed(w: Walk, reason: FailReason): SlowResult {
  w.env.event('null', { reason });
  if (reason !== 'panic' && !(w.req.gfp & GFP.__GFP_NOWARN)) warn(w.env, w.a, 'allocation-failure');
  return { reason };
}
