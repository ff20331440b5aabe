/** __alloc_pages_slowpath() as rewritten after 6.14; read in 7.2.13. */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking, isNofail, isNoretry } from '../gfp.js';
import { ALLOC, reserveFlags, slowPathFlags } from './alloc-flags.js';
import { COMPACT, COSTLY_ORDER, directCompact } from './compaction.js';
import { warn, type FailReason, type Step } from './env.js';
import type { Grant } from './freelist.js';
import { FREELIST_MS, getPage, lastChance, reclaimAndGet, type Retry, type Walk } from './steps.js';
import { compactsFirst, decideRetry, failed, traceFlags, warnNofailAtEntry, type SlowResult } from './slowpath.js';

/** A loop longer than this prints a stall message, milliseconds. */
const STALL_MS = 10_000;

export function* unifiedSlowPath(w: Walk): Step<SlowResult> {
  const { env, req, a } = w;
  warnNofailAtEntry(w);
  const began = env.now();
  const blocking = allowsBlocking(req.gfp);
  const costly = req.order > COSTLY_ORDER;
  let compactFirst = compactsFirst(w);
  let canRetryReserves = true;
  const r: Retry = {
    flags: slowPathFlags(env.profile, req.gfp, req.order, req.task),
    noProgressLoops: 0,
    compactionRetries: 0,
    compactPriority: compactFirst ? COMPACT.ASYNC : COMPACT.LIGHT,
    compactResult: 'skipped',
  };
  traceFlags(w, 'alloc-flags', r.flags);
  for (;;) {
    if (r.flags & ALLOC.KSWAPD) env.wakeKswapd();
    const grant = getPage(w, r.flags);
    if (grant) return { grant };
    yield { do: 'run', ms: FREELIST_MS };
    const reserve = reserveFlags(req.gfp, req.task);
    if (reserve !== 0) {
      r.flags = reserve | (r.flags & ALLOC.KSWAPD);
      traceFlags(w, 'reserve-flags', r.flags);
    }
    if ((!(r.flags & ALLOC.CPUSET) || reserve !== 0) && canRetryReserves) {
      canRetryReserves = false;
      continue;
    }
    let reason: FailReason;
    if (!blocking) {
      reason = 'non-blocking';
    } else if (req.task.memalloc) {
      reason = 'noreclaim';
    } else {
      if (env.now() - began > STALL_MS && !(req.gfp & GFP.__GFP_NOWARN)) warn(env, a, 'allocation-stall');
      let progress = 0;
      if (!compactFirst) {
        const reclaimed = yield* reclaimAndGet(w, r.flags);
        if (reclaimed.grant) return { grant: reclaimed.grant };
        progress = reclaimed.progress;
      }
      const compacted = yield* directCompact(env, req, r.flags, w.highest, a);
      if (compacted.grant) return { grant: compacted.grant };
      if (req.order > 0) r.compactResult = compacted.result;
      if (compactFirst && !(isNoretry(req.gfp) && req.gfp & GFP.__GFP_THISNODE)) {
        if (!isNoretry(req.gfp)) r.compactPriority = COMPACT.LIGHT;
        compactFirst = false;
        continue;
      }
      const next: { grant?: Grant; retry?: boolean; reason?: FailReason } = compactFirst
        ? { reason: 'noretry' }
        : yield* decideRetry(w, r, costly, progress);
      if (next.grant) return { grant: next.grant };
      if (next.retry) continue;
      reason = next.reason ?? 'retries-exhausted';
    }
    if (reason === 'panic' || !isNofail(req.gfp)) return failed(w, reason);
    if (!blocking) return failed(w, 'nofail-non-blocking');
    env.event('nofail-last-chance');
    const last = lastChance(w);
    if (last) return { grant: last };
    yield { do: 'round', why: 'nofail' };
  }
}
