/** Words that messages share. Facts first, names quoted, no advice in the first sentence. */
import type { Held, LockKind, OpenScope } from '../flow/model.js';

const LOCK: Record<LockKind, string> = {
  spin: 'spinlock',
  raw_spin: 'raw spinlock',
  read_lock: 'rwlock (read)',
  write_lock: 'rwlock (write)',
  bit_spin: 'bit spinlock',
  seq_write: 'seqlock (write side)',
  local_lock: 'local lock',
  irq_off: 'interrupts off',
  bh_off: 'softirqs off',
  preempt_off: 'preemption off',
  rcu: 'RCU read section',
  srcu: 'SRCU read section',
  kmap_atomic: 'kmap_atomic() mapping',
  pagefault_off: 'page faults off',
  signalling: 'fence signalling section',
  nmi: 'NMI',
  hardirq: 'hard interrupt',
  softirq: 'softirq',
  mutex: 'mutex',
  rwsem_read: 'rw semaphore (read)',
  rwsem_write: 'rw semaphore (write)',
  semaphore: 'semaphore',
  page_lock: 'page lock',
  sock_lock: 'socket lock',
  percpu_rwsem: 'per-cpu rw semaphore',
  ww_mutex: 'ww mutex',
  rt_mutex: 'rt mutex',
  handle: 'journal handle',
};

/** 'the spinlock 'x.lock'', 'interrupts off', ... */
export function lockName(held: Held): string {
  // What is taken by a function of its own (rtnl_lock()) has no text here, and a name all the same.
  const name = held.text || held.class.replace(/^\?\./, '');
  const named =
    name !== '' &&
    !['irq_off', 'bh_off', 'preempt_off', 'rcu', 'hardirq', 'softirq', 'nmi', 'kmap_atomic', 'pagefault_off', 'signalling'].includes(
      held.kind,
    );
  return named ? `${LOCK[held.kind]} '${name}'` : LOCK[held.kind];
}

/** Completes 'may sleep ...': 'while the spinlock 'x' is held', 'with interrupts off', 'in a softirq'. */
export function whileHeld(held: Held): string {
  switch (held.kind) {
    case 'irq_off':
    case 'bh_off':
    case 'preempt_off':
    case 'pagefault_off':
      return `with ${LOCK[held.kind]}`;
    case 'rcu':
      return 'inside an RCU read section';
    case 'srcu':
      return 'inside an SRCU read section';
    case 'signalling':
      return 'inside a fence signalling section';
    case 'kmap_atomic':
      return 'under a kmap_atomic() mapping';
    case 'hardirq':
      return 'in hard interrupt context';
    case 'softirq':
      return 'in softirq context';
    case 'nmi':
      return 'in NMI context';
    case 'handle':
      return `inside the journal handle${held.text ? ` '${held.text}'` : ''}`;
    default:
      return `while the ${lockName(held)} is held`;
  }
}

/** The step of a path at which something begins to be held. */
export function beginStep(held: Held): string {
  switch (held.kind) {
    case 'irq_off':
      return 'switches interrupts off';
    case 'bh_off':
      return 'switches softirqs off';
    case 'preempt_off':
      return 'switches preemption off';
    case 'pagefault_off':
      return 'switches page faults off';
    case 'rcu':
      return 'enters an RCU read section';
    case 'srcu':
      return 'enters an SRCU read section';
    case 'signalling':
      return 'enters a fence signalling section';
    case 'kmap_atomic':
      return 'maps with kmap_atomic()';
    case 'hardirq':
    case 'softirq':
    case 'nmi':
      return `runs in ${LOCK[held.kind]} context`;
    default:
      return held.origin === 'entry' ? `is entered with the ${lockName(held)} held` : `takes the ${lockName(held)}`;
  }
}

const SCOPE: Record<OpenScope['kind'], string> = {
  nofs: 'NOFS',
  noio: 'NOIO',
  noreclaim: 'PF_MEMALLOC',
  pin: 'pin',
  nocma: 'no-CMA',
  flags: 'flags',
};
export const scopeName = (kind: OpenScope['kind']): string => `${SCOPE[kind]} scope`;

/** 'GFP_KERNEL', or what stands for a mask that is not written out. */
export const maskName = (text: string): string => (text === '' ? 'its implied mask' : text.replace(/\s+/g, ' ').trim());
