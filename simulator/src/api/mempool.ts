/** mempool_alloc: elements kept aside, and waiting for one to come back. Read in mm/mempool.c of 5.10 to 7.2. */
import { GFP } from '../gfp-bits.js';
import { allowsBlocking } from '../gfp.js';
import type { Task } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt, warn, type Attempt, type Env, type PageResult, type Step, type WaitQueue } from '../alloc/env.js';

/** mempool_alloc sleeps at most this long before it looks again, milliseconds. */
export const MEMPOOL_NAP_MS = 5000;

export interface Mempool {
  readonly name: string;
  /** Elements the pool guarantees. */
  readonly minNr: number;
  /** Elements in the pool now. */
  elements: number;
  /** Elements handed out from the pool or the page allocator and not given back. */
  out: number;
  readonly order: number;
  readonly wait: WaitQueue;
}

export function makeMempool(name: string, minNr: number, order = 0): Mempool {
  return { name, minNr, elements: minNr, out: 0, order, wait: { name: `mempool ${name}` } };
}

export interface MempoolResult extends PageResult {
  /** Served from the pool's own elements. */
  fromPool?: boolean;
}

/**
 * One element. First without reclaim and IO, then from the pool, then with the full mask, then asleep until an element comes
 * back or five seconds pass; never NULL when the mask may block.
 */
export function* mempoolAlloc(env: Env, pool: Mempool, gfp: number, task: Task, a: Attempt = newAttempt()): Step<MempoolResult> {
  if (gfp & GFP.__GFP_ZERO) warn(env, a, 'mempool-zero');
  const full = gfp | GFP.__GFP_NOMEMALLOC | GFP.__GFP_NORETRY | GFP.__GFP_NOWARN;
  const blocking = allowsBlocking(gfp);
  let mask = full & ~(GFP.__GFP_DIRECT_RECLAIM | GFP.__GFP_IO);
  for (;;) {
    const r = yield* allocPages(env, { gfp: mask, order: pool.order, task }, a);
    if (r.grant) {
      pool.out++;
      return r;
    }
    if (pool.elements > 0) {
      pool.elements--;
      pool.out++;
      env.event('mempool-element', { pool: pool.name, left: pool.elements });
      return { attempt: a, gfp: mask, order: pool.order, fromPool: true };
    }
    if (mask !== full && blocking) {
      mask = full;
      continue;
    }
    if (!blocking) return { reason: 'no-element', attempt: a, gfp: mask, order: pool.order };
    const began = env.now();
    env.event('mempool-wait', { pool: pool.name });
    yield { do: 'wait', on: pool.wait, ms: MEMPOOL_NAP_MS, why: `mempool ${pool.name}: no element` };
    a.sleeps++;
    a.sleptMs += env.now() - began;
    yield { do: 'round', why: 'mempool' };
  }
}

/** mempool_free: refills the pool first; true when the element stayed in the pool, false when its page is to be freed. */
export function mempoolFree(pool: Mempool): boolean {
  pool.out--;
  if (pool.elements < pool.minNr) {
    pool.elements++;
    return true;
  }
  return false;
}
