/** alloc_pages_nolock: one pass at the min watermark, no lock waited for. Read in mm/page_alloc.c of 7.2.13. */
import { GFP } from '../gfp-bits.js';
import { ALLOC, highestZone, type Task } from '../alloc/alloc-flags.js';
import { newAttempt, warn, type Attempt, type Env, type PageResult } from '../alloc/env.js';
import { takeFromPcp, getPageFromFreelist } from '../alloc/freelist.js';
import { PAGEBLOCK_ORDER } from '../machine/watermarks.js';
import { watermarkFast } from '../alloc/watermark-check.js';

export interface NolockOptions {
  /** The zone lock is held by the code that was interrupted: only the cpu's own list can serve. */
  zoneLockHeld?: boolean;
  preemptRt?: boolean;
}

/** One request; order up to 3 or a huge page. The mask may only hold __GFP_ACCOUNT. */
export function allocPagesNolock(
  env: Env,
  gfp: number,
  order: number,
  task: Task,
  o: NolockOptions = {},
  a: Attempt = newAttempt(),
): PageResult {
  const mask = (gfp & GFP.__GFP_ACCOUNT) | GFP.__GFP_NOWARN | GFP.__GFP_ZERO | GFP.__GFP_NOMEMALLOC | GFP.__GFP_COMP;
  const none = (reason: PageResult['reason']): PageResult => ({ ...(reason && { reason }), attempt: a, gfp: mask, order });
  if (!env.profile.hasNolock) return none('unsupported');
  if (gfp & ~GFP.__GFP_ACCOUNT) warn(env, a, 'nolock-mask');
  if (o.preemptRt && (task.context === 'hardirq' || task.context === 'nmi')) return none('nolock');
  if (order > env.profile.pcpMaxOrder && order !== PAGEBLOCK_ORDER) return none('nolock');
  const highest = highestZone(mask, env.machine.zone('HighMem') !== undefined);
  const flags = ALLOC.WMARK_MIN | ALLOC.NOLOCK;
  if (!o.zoneLockHeld) {
    const grant = getPageFromFreelist(env.machine, mask, order, flags, highest);
    return grant ? { grant, attempt: a, gfp: mask, order } : none('nolock');
  }
  for (const zone of env.machine.zonelist(highest)) {
    if (!watermarkFast(env.profile, zone, order, highest, flags, mask)) continue;
    if ((zone.pcp?.blocks[order] ?? 0) > 0 && takeFromPcp(env.machine, zone, order)) {
      return { grant: { zone, order, flags }, attempt: a, gfp: mask, order };
    }
  }
  return none('nolock');
}
