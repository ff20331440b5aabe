/** The memory cgroup limit in brief. Read in mm/memcontrol.c, try_charge (5.10, 5.15) and try_charge_memcg (5.19 and later). */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking, isNofail, isNoretry, isRetryMayfail } from '../gfp.js';
import { COSTLY_ORDER } from './compaction.js';
import { warn, type Attempt, type Env, type PageRequest, type Step } from './env.js';

const RETRIES = 16;
const SHRINK_MS = 0.05;

export interface Memcg {
  /** Pages left below the limit; negative when charged beyond it. */
  room: number;
  /** Pages that reclaim within the group can still free. */
  reclaimable: number;
  /** Pages that killing inside the group frees, once. */
  killable: number;
}

/** Charges the request's pages. False: over the limit and not to be forced. */
export function* chargeMemcg(env: Env, req: PageRequest, a: Attempt): Step<boolean> {
  const cg = env.machine.memcg;
  if (!cg) return true;
  const pages = 1 << req.order;
  const force = (): true => {
    cg.room -= pages;
    env.event('memcg-forced', { pages });
    return true;
  };
  if (cg.room >= pages) {
    cg.room -= pages;
    return true;
  }
  if (req.task.memalloc) return force();
  if (env.profile.memcgForce === 'atomic-flag' && req.gfp & GFP.__GFP_ATOMIC) return force();
  const nomem = (): boolean => {
    const forced = isNofail(req.gfp) || (env.profile.memcgForce === 'high' && (req.gfp & GFP.__GFP_HIGH) !== 0);
    if (forced) return force();
    warn(env, a, 'memcg-limit');
    return false;
  };
  if (!allowsBlocking(req.gfp)) return nomem();
  for (let i = 0; ; i++) {
    const freed = Math.min(32, cg.reclaimable);
    cg.reclaimable -= freed;
    cg.room += freed;
    yield { do: 'run', ms: SHRINK_MS };
    if (cg.room >= pages) break;
    if (isNoretry(req.gfp)) return nomem();
    if (freed > 0 && pages <= 8) continue;
    if (i < RETRIES) continue;
    if (isRetryMayfail(req.gfp) || req.task.dying || req.order > COSTLY_ORDER || cg.killable === 0) return nomem();
    // The group's own OOM killer runs for requests without __GFP_FS too.
    env.event('memcg-oom-kill', { pages: cg.killable });
    a.oomKills++;
    cg.room += cg.killable;
    cg.killable = 0;
    if (cg.room >= pages) break;
  }
  cg.room -= pages;
  return true;
}
