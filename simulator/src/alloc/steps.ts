/** Steps that the classic and the unified slow path share. Read in mm/page_alloc.c of 5.10.223, 6.1.192, 6.12.117 and 7.2.13. */
import { GFP } from '../gfp-bits.js';
import { isNofail } from '../gfp.js';
import { zoneIndex } from '../machine/watermarks.js';
import { ALLOC } from './alloc-flags.js';
import { COMPACT, COSTLY_ORDER, compactionSuitable, type CompactResult } from './compaction.js';
import { JIFFY_MS, sleepFor, warn, type Attempt, type Env, type PageRequest, type Step } from './env.js';
import { getPageFromFreelist, unreserveHighatomic, type Grant } from './freelist.js';
import { availablePages, congestionWait, directReclaim } from './reclaim.js';
import { watermarkOk } from './watermark-check.js';

export const MAX_RECLAIM_RETRIES = 16;
const MAX_COMPACT_RETRIES = 16;
/** Nominal cpu time of one walk over the free lists, milliseconds. */
export const FREELIST_MS = 0.001;

/** State of one slow path that its retries carry along. */
export interface Retry {
  flags: number;
  noProgressLoops: number;
  compactionRetries: number;
  compactPriority: number;
  compactResult: CompactResult;
}

export interface Walk {
  env: Env;
  req: PageRequest;
  a: Attempt;
  highest: number;
}

/** One try of the free lists under the given ALLOC_* flags (get_page_from_freelist(), mm/page_alloc.c); undefined: no zone has a block above its watermark. */
export function getPage(w: Walk, flags: number): Grant | undefined {
  const grant = getPageFromFreelist(w.env.machine, w.req.gfp, w.req.order, flags, w.highest);
  if (grant && isNofail(w.req.gfp) && w.req.order > 1 && w.env.profile.nofailOrderWarn === 'rmqueue') warn(w.env, w.a, 'nofail-order');
  return grant;
}

/** __alloc_pages_direct_reclaim(): reclaim, then the lists, once more after draining when that brought no page. */
export function* reclaimAndGet(w: Walk, flags: number): Step<{ grant: Grant | undefined; progress: number }> {
  const progress = yield* directReclaim(w.env, w.req, w.a);
  if (progress === 0) return { grant: undefined, progress };
  let grant = getPage(w, flags);
  if (!grant) {
    unreserveHighatomic(w.env.machine, w.highest, false);
    w.env.machine.drainPcp();
    grant = getPage(w, flags);
  }
  return { grant, progress };
}

/** should_reclaim_retry(). */
export function* shouldReclaimRetry(w: Walk, r: Retry, progress: boolean): Step<boolean> {
  const { env, req, highest } = w;
  const p = env.profile;
  const m = env.machine;
  if (progress && req.order <= COSTLY_ORDER) r.noProgressLoops = 0;
  else r.noProgressLoops++;
  if (r.noProgressLoops > MAX_RECLAIM_RETRIES) return unreserveHighatomic(m, highest, true);
  let retry = false;
  for (const zone of m.zonelist(highest)) {
    const available = availablePages(m, zone);
    if (!watermarkOk(p, zone, req.order, zone.min + zone.boost, highest, r.flags, available)) continue;
    if (p.writebackWaitInRetry && !progress && 2 * m.zoneWritePending(zone) > m.zoneReclaimable(zone)) {
      yield* congestionWait(env, w.a, 1000 / 10);
      return true;
    }
    retry = true;
    break;
  }
  if (req.task.context === 'workqueue') yield* sleepFor(w.a, JIFFY_MS, 'workqueue pause in reclaim retry');
  else yield { do: 'run', ms: FREELIST_MS };
  if (!retry && p.unreserveHighatomicWhenNoZonePasses) return unreserveHighatomic(m, highest, true);
  return retry;
}

/** should_compact_retry(). */
export function shouldCompactRetry(w: Walk, r: Retry): boolean {
  const { req, env } = w;
  if (req.order === 0 || req.task.dying) return false;
  if (r.compactResult === 'skipped') return compactionSuitable(env, req, w.highest);
  const costly = req.order > COSTLY_ORDER;
  if (r.compactResult === 'success') {
    r.compactionRetries++;
    if (r.compactionRetries <= (costly ? MAX_COMPACT_RETRIES / 4 : MAX_COMPACT_RETRIES)) return true;
  }
  const least = costly ? COMPACT.LIGHT : COMPACT.FULL;
  if (r.compactPriority > least) {
    r.compactPriority--;
    r.compactionRetries = 0;
    return true;
  }
  return false;
}

/** __alloc_pages_may_oom() with the tests of out_of_memory(). `progress`: the caller should retry. */
export function* mayOom(w: Walk): Step<{ grant: Grant | undefined; progress: boolean; panic?: boolean }> {
  const { env, req, a, highest } = w;
  const none = { grant: undefined, progress: false };
  a.oomPasses++;
  if (env.oom.busy()) {
    env.event('oom-lock-busy');
    yield* sleepFor(a, JIFFY_MS, 'oom_lock is held');
    return { grant: undefined, progress: true };
  }
  const last = getPageFromFreelist(env.machine, req.gfp, req.order, ALLOC.WMARK_HIGH | ALLOC.CPUSET, highest);
  if (last) return { grant: last, progress: true };
  const refusal = oomRefusal(w);
  if (refusal !== undefined) {
    env.event('oom-refused', { why: refusal });
    return none;
  }
  const verdict = env.oom.call(req.gfp, req.task);
  env.event('oom', { verdict });
  yield { do: 'run', ms: FREELIST_MS };
  if (verdict === 'panic') return { ...none, panic: true };
  if (verdict === 'killed') a.oomKills++;
  if (verdict === 'self') req.task.oomVictim = true;
  if (verdict === 'disabled' && !isNofail(req.gfp)) return none;
  const grant = isNofail(req.gfp) ? getPage(w, ALLOC.NO_WATERMARKS) : undefined;
  return { grant, progress: true };
}

/** Why the OOM killer is not called for this request; undefined: it is. There is no exception for __GFP_NOFAIL. */
export function oomRefusal(w: Walk): string | undefined {
  const { req } = w;
  if (req.order > COSTLY_ORDER) return 'costly order';
  if (req.gfp & (GFP.__GFP_RETRY_MAYFAIL | GFP.__GFP_THISNODE))
    return req.gfp & GFP.__GFP_THISNODE ? '__GFP_THISNODE' : '__GFP_RETRY_MAYFAIL';
  if (w.highest < zoneIndex('Normal')) return 'low memory zone';
  return undefined;
}

/** The try before __GFP_NOFAIL starts over: some access to reserves, cpuset ignored the second time. */
export function lastChance(w: Walk): Grant | undefined {
  const right = w.env.profile.reserveModel === 'high-harder' ? ALLOC.HARDER : ALLOC.HIGH;
  return getPage(w, ALLOC.WMARK_MIN | right | ALLOC.CPUSET) ?? getPage(w, ALLOC.WMARK_MIN | right);
}
