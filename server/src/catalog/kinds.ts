/** What being held means, by kind of lock, switch or context. */
import type { LockEntry } from './model.js';

/**
 * 'sleeps': taking it may sleep, and so may its holder. 'atomic': the holder must not sleep, except on PREEMPT_RT, where it is a lock that sleeps or
 * leaves preemption on; 'rt-atomic': not there either. 'free': says nothing of sleeping.
 */
type Nature = 'sleeps' | 'atomic' | 'rt-atomic' | 'free';

const NATURE = {
  spin: 'atomic',
  raw_spin: 'rt-atomic',
  read_lock: 'atomic',
  write_lock: 'atomic',
  bit_spin: 'rt-atomic',
  seq_write: 'atomic',
  local_lock: 'atomic',
  irq_off: 'rt-atomic',
  bh_off: 'atomic',
  preempt_off: 'rt-atomic',
  rcu: 'atomic',
  srcu: 'free',
  kmap_atomic: 'atomic',
  pagefault_off: 'free',
  signalling: 'free',
  nmi: 'rt-atomic',
  hardirq: 'rt-atomic',
  softirq: 'atomic',
  mutex: 'sleeps',
  rwsem_read: 'sleeps',
  rwsem_write: 'sleeps',
  semaphore: 'sleeps',
  page_lock: 'sleeps',
  sock_lock: 'sleeps',
  percpu_rwsem: 'sleeps',
  ww_mutex: 'sleeps',
  rt_mutex: 'sleeps',
  handle: 'free',
} as const satisfies Record<LockEntry['kind'], Nature>;

export const LOCK_KINDS = Object.keys(NATURE) as LockEntry['kind'][];

const kindsOf = (...natures: readonly Nature[]): ReadonlySet<LockEntry['kind']> =>
  new Set(LOCK_KINDS.filter((kind) => natures.includes(NATURE[kind])));
const SLEEPING = kindsOf('sleeps');
const ATOMIC = kindsOf('atomic', 'rt-atomic');
const RT_ATOMIC = kindsOf('rt-atomic');

/** Whether taking a lock of this kind may sleep. */
export const takingSleeps = (kind: LockEntry['kind']): boolean => SLEEPING.has(kind);
/** Sleeping is forbidden while a thing of this kind is held (kernels without PREEMPT_RT). */
export const isAtomicKind = (kind: LockEntry['kind']): boolean => ATOMIC.has(kind);
/** On PREEMPT_RT nothing may be allocated while a thing of this kind is held. */
export const isRtAtomicKind = (kind: LockEntry['kind']): boolean => RT_ATOMIC.has(kind);
