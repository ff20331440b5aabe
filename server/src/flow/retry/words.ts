/**
 * Vocabulary of retry loops: what core kernel functions mean when they stand between a failed allocation and its repetition.
 * Names are core API; the token lists catch the wrappers that every subsystem puts around it (f2fs_io_schedule_timeout).
 */
import { BACKOFFS } from '../../catalog/failure.js';

const tokensOf = (name: string): string[] => name.toLowerCase().split(/[_:]+/);

/** Waits that look at nothing: they only let time pass before the next try. */
const BACKOFF = new Map(BACKOFFS.map(({ name, kind }) => [name, kind]));
const BACKOFF_WRAPPER = /(^|_)(io_schedule_timeout|schedule_timeout\w*|congestion_wait|msleep|cond_resched)$/;

/** Plain schedule(): a yield, unless the task put itself on a wait queue or set its state before. */
export const isPlainSchedule = (name: string): boolean => name === 'schedule' || name === 'io_schedule';
export const isBackoff = (name: string): boolean => BACKOFF.has(name) || BACKOFF_WRAPPER.test(name);

/** Backoff that exists for failed allocations alone: its presence says that memory is what the loop waits for. */
export const isMemoryBackoff = (name: string): boolean => BACKOFF.get(name) === 'memory' || /_congestion_wait$/.test(name);

/** Puts the task on a wait queue or marks it as not runnable: a schedule() after it waits to be woken. */
export const preparesToWait = (name: string): boolean =>
  /^(prepare_to_wait\w*|add_wait_queue\w*|prepare_to_swait\w*|set_current_state|__set_current_state|closure_wait)$/.test(name);

/** Waits for an event that somebody else brings about. */
export function waitsForEvent(name: string): boolean {
  if (isBackoff(name) || /^(init_wait|finish_wait)/.test(name)) return false;
  return (
    /^(wait_event|wait_for_|wait_on_|swait_event|prepare_to_wait|prepare_to_swait|add_wait_queue|closure_sync|down_interruptible)/.test(
      name,
    ) || tokensOf(name).includes('wait')
  );
}

const SHRINK = new Set([
  'reclaim',
  'shrink',
  'shrinker',
  'evict',
  'prune',
  'purge',
  'drain',
  'trim',
  'gc',
  'flush',
  'squeeze',
  'relax',
  'scavenge',
  'oom',
  'compact',
  'recycle',
  'expire',
  'swapout',
  'writeback',
  'balance',
]);
const NOT_SHRINK = /^flush_(dcache|icache|cache|tlb|kernel)|_(icache|dcache|tlb)_/;
/** Frees memory of its own: a cache, a pool, a backlog. */
export const shrinksCache = (name: string): boolean => !NOT_SHRINK.test(name) && tokensOf(name).some((t) => SHRINK.has(t));

const SUBMIT = new Set([
  'submit',
  'push',
  'kick',
  'unplug',
  'commit',
  'checkpoint',
  'sync',
  'writepages',
  'writepage',
  'replenish',
  'refill',
]);
/** Sends off work that holds memory. */
export const submitsWork = (name: string): boolean => !/^(set|mark)_|_dirty/.test(name) && tokensOf(name).some((t) => SUBMIT.has(t));

/** Predicates that let a task be stopped. */
export const checksSignal = (name: string): boolean =>
  /(^|_)(signal_pending|fatal_signal_pending|signal_pending_state|signalled|sunrpc_signalled|rpc_signalled|\w*_should_(stop|park)|freezing|try_to_freeze|need_resched_or_signal|task_is_dying|tsk_is_oom_victim)$/.test(
    name,
  ) || /_(fatal|pending)_signals?$/.test(name);

export const readsClock = (name: string): boolean =>
  /^(time_(before|after)(_eq)?(64)?|time_is_(before|after)\w*|jiffies(_64)?|get_jiffies_64|ktime_\w+|local_clock|sched_clock|get_cycles|time_in_range\w*|\w*timed_out)$/.test(
    name,
  );

/** A reader's retry after a concurrent change (cpuset cookie, sequence counter): the loop is not about memory. */
export const isReaderRetry = (name: string): boolean =>
  /^(read_mems_allowed_retry|read_seqretry\w*|read_seqcount_(retry|latch_retry)|need_seqretry|u64_stats_fetch_retry\w*|\w*seqcount\w*retry\w*)$/.test(
    name,
  );

/** Releases a lock, a handle or a read section. */
export const releases = (name: string): boolean => {
  if (/^(up|up_read|up_write|release_sock|unlock_\w+|local_irq_(enable|restore)|preempt_enable|local_bh_enable)$/.test(name)) return true;
  const t = tokensOf(name);
  return (
    t[0] === 'unguard' ||
    t.includes('unlock') ||
    /_up_(read|write)$/.test(name) ||
    /(journal_stop|trans_cancel|trans_commit|end_transaction|abort_transaction|transaction_(commit|abort|end)|trans_end)$/.test(name)
  );
};
/** Takes what `releases` gives back. */
export const acquires = (name: string): boolean => {
  if (/^(down|down_read|down_write|down_killable|lock_\w+|local_irq_(disable|save)|preempt_disable|local_bh_disable)$/.test(name))
    return true;
  const t = tokensOf(name);
  return (
    t[0] === 'guard' ||
    ((t.includes('lock') || t.includes('trylock')) && !t.includes('unlock')) ||
    /_down_(read|write)$/.test(name) ||
    /(journal_start\w*|trans_alloc|start_transaction|transaction_begin|join_transaction)$/.test(name)
  );
};

/** Named like an allocator: the fallback where neither catalogue nor index knows the callee. */
export const namedLikeAllocator = (name: string): boolean => {
  const t = tokensOf(name);
  return (
    t.some((w) => /^(k|v|kv|kz|kvz|z)?[mzc]?alloc(ate)?$/.test(w)) &&
    !t.some((w) => /^(free|dealloc|prealloc|put|release|init)$/.test(w)) &&
    !/^(get|count|size|len|limit|nr|used|max|bytes)$/.test(t[t.length - 1]!)
  );
};

/**
 * Allocates what an earlier attempt asked for and says whether to try that again (xas_nomem of lib/xarray.c, mas_nomem of
 * lib/maple_tree.c): success goes round, failure leaves.
 */
export const answersRequest = (name: string): boolean => /_nomem$/.test(name) || /^(xas|mas)_(error|is_err)$/.test(name);

/** Calls that neither fail nor mean anything here. */
export const isTransparent = (name: string): boolean =>
  /^(IS_ERR|IS_ERR_OR_NULL|IS_ERR_VALUE|PTR_ERR|PTR_ERR_OR_ZERO|ERR_PTR|ERR_CAST|likely|unlikely|WARN\w*|BUG\w*|BUILD_BUG\w*|printk\w*|pr_\w+|trace_\w+|min|max|min_t|max_t|sizeof|READ_ONCE|WRITE_ONCE|IS_ENABLED|memset|memcpy)$/.test(
    name,
  );
