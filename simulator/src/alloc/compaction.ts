/** Direct compaction in brief. Read in mm/compaction.c and __alloc_pages_direct_compact of mm/page_alloc.c. */
import { allowsBlocking, allowsIo } from '../gfp.js';
import { getPageFromFreelist, type Grant } from './freelist.js';
import { watermarkOk } from './watermark-check.js';
import type { Attempt, Env, PageRequest, Step } from './env.js';

export const COSTLY_ORDER = 3;
/** skipped: not enough free pages to work with; complete: worked and found no block; success: a block was made. */
export type CompactResult = 'skipped' | 'complete' | 'success';
/** SYNC_FULL, SYNC_LIGHT, ASYNC of enum compact_priority. */
export const COMPACT = { FULL: 0, LIGHT: 1, ASYNC: 2 } as const;
const COMPACT_MS = 0.2;

/** gfp_compaction_allowed(), and order 0 never compacts. */
export function canCompact(req: PageRequest): boolean {
  return allowsBlocking(req.gfp) && allowsIo(req.gfp);
}

/** compaction_suitable(): free pages above the mark plus twice the block, order ignored. */
export function compactionSuitable(env: Env, req: PageRequest, highest: number): boolean {
  const gap = 2 << req.order;
  return env.machine.zonelist(highest).some((zone) => {
    const mark = (req.order > COSTLY_ORDER ? zone.low : zone.min) + gap;
    return watermarkOk(env.profile, zone, 0, mark, highest, 0, zone.buddy.free);
  });
}

/** Compacts, then tries the lists once with the caller's flags. */
export function* directCompact(
  env: Env,
  req: PageRequest,
  flags: number,
  highest: number,
  a: Attempt,
): Step<{ grant: Grant | undefined; result: CompactResult }> {
  if (req.order === 0 || !canCompact(req)) return { grant: undefined, result: 'skipped' };
  a.compactRounds++;
  if (!compactionSuitable(env, req, highest)) return { grant: undefined, result: 'skipped' };
  let made = false;
  if (env.machine.compactable) {
    for (const zone of env.machine.zonelist(highest)) {
      made = zone.buddy.compact(req.order);
      if (made) break;
    }
  }
  yield { do: 'run', ms: COMPACT_MS };
  env.event('compact', { order: req.order, made });
  const grant = getPageFromFreelist(env.machine, req.gfp, req.order, flags, highest);
  return { grant, result: made ? 'success' : 'complete' };
}
