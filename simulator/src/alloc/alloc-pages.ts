/** __alloc_pages(): entry checks, the fast path, the slow path of the profile, and the memcg charge. */
import { GFP } from '../gfp-bits.js';
import type { ZoneName } from '../machine/watermarks.js';
import { allowsBlocking, describeGfp } from '../gfp.js';
import { contextIsAtomic, effectiveMask, fastPathFlags, highestZone } from './alloc-flags.js';
import { chargeMemcg } from './memcg.js';
import { newAttempt, warn, type Attempt, type Env, type PageRequest, type PageResult, type Step } from './env.js';
import type { Grant } from './freelist.js';
import { classicSlowPath } from './slowpath.js';
import { unifiedSlowPath } from './slowpath-unified.js';
import { getPage, type Walk } from './steps.js';

const ENTRY_MS = 0.0005;

/** One request to the page allocator. `a` collects what it went through; pass one to add to an earlier attempt. */
export function* allocPages(env: Env, request: PageRequest, a: Attempt = newAttempt()): Step<PageResult> {
  const p = env.profile;
  const req: PageRequest = { ...request };
  const done = (r: Omit<PageResult, 'attempt' | 'gfp' | 'order'>): PageResult => ({ ...r, attempt: a, gfp: req.gfp, order: req.order });
  if (req.order > p.maxOrder) {
    if (!(req.gfp & GFP.__GFP_NOWARN)) warn(env, a, 'order-too-large');
    return done({ reason: 'order-too-large' });
  }
  if (p.scopeAtEntry) req.gfp = effectiveMask(p, req.gfp, req.task);
  if (allowsBlocking(req.gfp) && contextIsAtomic(req.task)) warn(env, a, 'sleep-in-atomic'); // might_alloc()
  const w: Walk = { env, req, a, highest: highestZone(req.gfp, env.machine.zone('HighMem' as ZoneName) !== undefined) };
  let grant = getPage(w, fastPathFlags(req.gfp));
  if (!grant) {
    if (!p.scopeAtEntry) req.gfp = effectiveMask(p, req.gfp, req.task);
    yield { do: 'run', ms: ENTRY_MS };
    if (env.traced) env.event('slow-path', { gfp: describeGfp(p, req.gfp).join('|'), order: req.order });
    const slow = yield* p.slowPath === 'unified' ? unifiedSlowPath(w) : classicSlowPath(w);
    if (!slow.grant) return done({ reason: slow.reason ?? 'retries-exhausted' });
    grant = slow.grant;
  }
  noteDepth(a, grant);
  if (env.traced) env.event('page', { zone: grant.zone.name, order: grant.order, free: grant.zone.buddy.free });
  if (req.gfp & GFP.__GFP_ACCOUNT && env.machine.memcg && !(yield* chargeMemcg(env, req, a))) {
    grant.zone.buddy.give(grant.order);
    return done({ reason: 'memcg' });
  }
  return done({ grant });
}

/** Records how far below its min watermark the page left the zone. */
function noteDepth(a: Attempt, grant: Grant): void {
  const { zone } = grant;
  const over = zone.min > 0 ? zone.buddy.free / zone.min : Infinity;
  a.lowestOverMin = Math.min(a.lowestOverMin, over);
}
