/** What code does with an allocation that has failed, by core names: time that it lets pass, tests, errors that it hands on. */

export interface BackoffEntry {
  name: string;
  /** 'memory': made for a failed allocation; 'reclaim': reclaim's own throttle; others pass time whatever for. */
  kind: 'memory' | 'reclaim' | 'sleep' | 'yield' | 'spin';
}

/** Calls that pass time between two tries of an allocation and look at nothing (include/linux/{backing-dev,sched,delay}.h, mm/vmscan.c). */
export const BACKOFFS: readonly BackoffEntry[] = [
  { name: 'congestion_wait', kind: 'memory' },
  { name: 'wait_iff_congested', kind: 'memory' },
  { name: 'memalloc_retry_wait', kind: 'memory' },
  { name: 'reclaim_throttle', kind: 'reclaim' },
  { name: 'schedule_timeout', kind: 'sleep' },
  { name: 'schedule_timeout_interruptible', kind: 'sleep' },
  { name: 'schedule_timeout_killable', kind: 'sleep' },
  { name: 'schedule_timeout_uninterruptible', kind: 'sleep' },
  { name: 'schedule_timeout_idle', kind: 'sleep' },
  { name: 'io_schedule_timeout', kind: 'sleep' },
  { name: 'io_schedule', kind: 'sleep' },
  { name: 'msleep', kind: 'sleep' },
  { name: 'msleep_interruptible', kind: 'sleep' },
  { name: 'ssleep', kind: 'sleep' },
  { name: 'usleep_range', kind: 'sleep' },
  { name: 'usleep_idle_range', kind: 'sleep' },
  { name: 'fsleep', kind: 'sleep' },
  { name: 'schedule', kind: 'yield' },
  { name: 'cond_resched', kind: 'yield' },
  { name: '_cond_resched', kind: 'yield' },
  { name: 'yield', kind: 'yield' },
  { name: 'need_resched', kind: 'spin' },
  { name: 'cpu_relax', kind: 'spin' },
  { name: 'udelay', kind: 'spin' },
  { name: 'ndelay', kind: 'spin' },
  { name: 'mdelay', kind: 'spin' },
];

/** Calls that end the machine, or the code at hand, where their argument says so: a failed allocation that ends there is fatal. */
export const FATAL_TESTS: ReadonlySet<string> = new Set([
  'BUG',
  'BUG_ON',
  'panic',
  'ASSERT',
  'ASSERT_ALWAYS',
  'VM_BUG_ON',
  'RBUG_ON',
  'J_ASSERT',
]);

/** Hand an error on, as it is or in another type (include/linux/err.h, arch/x86/kvm). */
export const ERROR_CARRIERS: ReadonlySet<string> = new Set([
  'PTR_ERR',
  'PTR_ERR_OR_ZERO',
  'ERR_PTR',
  'ERR_CAST',
  'ERR_PTR_USR',
  'READ_ONCE',
]);

/** Compare an error, their first argument, with a code, their second: true for the code and for errors that are kinds of it (fs/bcachefs/errcode.h). */
export const ERROR_MATCHES: ReadonlySet<string> = new Set(['bch2_err_matches']);

/** Allocators of objects that are all zeros (include/linux/{slab,mm,device}.h, 5.10 to 7.2). */
export const makesZeros = (name: string): boolean => ZEROED.test(name);
const ZEROED = /^(devm_|kv|v|k)?k?(zalloc|calloc)(_node|_objs?)?$|^kmem_cache_zalloc$/;
