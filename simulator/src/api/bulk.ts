/** alloc_pages_bulk: many single pages at once, or at least one. Read in mm/page_alloc.c of 6.1 to 7.2 (added in 5.13). */
import { highestZone, type Task } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt, type Attempt, type Env, type Step } from '../alloc/env.js';
import { watermarkOk } from '../alloc/watermark-check.js';

/** Returns how many pages were obtained: all, when one zone stays above its low mark without them; else one or none. */
export function* allocPagesBulk(env: Env, gfp: number, count: number, task: Task, a: Attempt = newAttempt()): Step<number> {
  const highest = highestZone(gfp, env.machine.zone('HighMem') !== undefined);
  for (const zone of env.machine.zonelist(highest)) {
    const mark = zone.low + zone.boost + count;
    if (!watermarkOk(env.profile, zone, 0, mark, highest, 0, zone.buddy.free)) continue;
    return zone.buddy.takeMany(0, count);
  }
  const one = yield* allocPages(env, { gfp, order: 0, task }, a);
  return one.grant ? 1 : 0;
}
