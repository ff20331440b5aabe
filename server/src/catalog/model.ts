/** The catalogue: what a name means, by kernel version. Data, no behaviour. */
import type { LockKind, ScopeKind } from '../flow/model.js';

/** Kernel lines the tool knows; stable trees drift, so some have an early and a late profile. */
export type ProfileId = '5.10-early' | '5.10' | '5.15-early' | '5.15' | '6.1-early' | '6.1' | '6.6' | '6.12' | 'mainline';

export interface AllocatorEntry {
  name: string;
  class: string;
  /** 0-based index of the gfp_t argument, null where the mask is implied. */
  gfp: number | null;
  /** Mask used when `gfp` is null or the trailing argument is left out: 'GFP_KERNEL', 'GFP_KERNEL|__GFP_ZERO', ... */
  implied?: string;
  /** The object it adds to keeps the mask: `implied` is what is sure of it. */
  ofObject?: boolean;
  /** Argument indices; absent where the call has none. */
  size?: number;
  count?: number;
  order?: number;
  returns: 'ptr-NULL' | 'ERR_PTR' | 'int' | 'bool' | 'count' | 'void' | 'unknown';
  /** 'by-gfp': sleeps iff __GFP_DIRECT_RECLAIM; 'always' whatever the mask says; 'never'. */
  sleeps: 'by-gfp' | 'always' | 'never';
  /** What __GFP_NOFAIL does here in this version. */
  nofail: 'honoured' | 'ignored' | 'pointless';
  /** Takes a gfp_t but does not allocate (a predicate, an accounting helper). */
  helper?: boolean;
  /** The gfp argument may be left out (kmalloc_obj() and its kin): then `implied` is the mask. */
  optional?: boolean;
  /** With __GFP_DIRECT_RECLAIM it waits until it has one: it never fails (mempool_alloc, bio_alloc). */
  waits?: boolean;
  /** Counts a reference; it allocates in builds that track who holds what, and nowhere else (include/linux/netdevice.h, net_namespace.h, 6.12). */
  tracks?: boolean;
  /** Argument index of the pool or bioset an element comes from. */
  pool?: number;
  /**
   * A failure for another reason than memory is possible (range, conflict, limit, I/O, an overflow it checks itself), so
   * a test of the result stays alive under __GFP_NOFAIL.
   */
  otherFailure?: boolean;
  /** Argument index of the object whose lock it lets go of while a blocking mask allocates (__xa_alloc() and its kin). */
  drops?: number;
  /** Class of that lock, where the object merely points to what has it: a maple state to its tree. */
  lock?: string;
  /** 'by-gfp' means here: sleeps only when the mask holds all of this composite (per-cpu allocations up to 5.19). */
  onlyWith?: string;
  /** From gfp-audit.json. */
  user?: boolean;
}

export interface LockEntry {
  name: string;
  kind: LockKind;
  op: 'open' | 'close' | 'try' | 'assert';
  /** Argument index of the lock object; null where there is none. */
  lock: number | null;
  irq?: 'irq' | 'bh';
  /** open: acquiring may sleep. */
  sleeps: boolean;
  /** open with a failure value: lock is held iff the result is ... ('zero' for mutex_lock_interruptible, 'nonzero' for trylock). */
  heldIf?: 'zero' | 'nonzero';
  /** assert: the kind follows from the object's type (lockdep_assert_held); `kind` then says nothing. */
  anyKind?: boolean;
  /** Lock class where the name alone fixes it ('rtnl_mutex', 'mm_struct.mmap_lock'). */
  class?: string;
  /** From gfp-audit.json. */
  user?: boolean;
}

export interface ScopeEntry {
  name: string;
  kind: ScopeKind;
  op: 'open' | 'close';
  /** open: the cookie is the result; close: index of the cookie argument. */
  cookie?: number;
  /** Side effect of something else (a journal handle). */
  implied?: boolean;
  /** open: the handle that makes the scope ('jbd2', 'xfs', ...); its holder also keeps other tasks of that log waiting. */
  handle?: string;
  /** open: argument index of an object that gets the handle instead of the result (xfs_trans_alloc's tpp). */
  out?: number;
  /** open: type of the handle, by which functions that are given one are known to run in the scope. */
  type?: string;
  /** open: opens only when the result is not an error. */
  fails?: 'ERR_PTR' | 'nonzero';
  /** 'flags': argument index of the PF_MEMALLOC_* bits. */
  bits?: number;
  /** From gfp-audit.json. */
  user?: boolean;
}

export interface SleeperEntry {
  name: string;
  /** Words for the message: 'waits for a mutex', 'copies from user space', ... */
  why: string;
  /** Sleeps only when this argument is a blocking mask / is not zero; absent: always. */
  when?: { gfp: number } | { nonzero: number };
  /** False when it sleeps in some set-ups only (pm_runtime_get_sync of an irq-safe device does not): never a certain finding. */
  sure: boolean;
  /** Argument index of a lock that it lets go of while it sleeps (wait_event_lock_irq). */
  drops?: number;
  /** Folders of architectures where it need not sleep: registers are mapped there already. */
  unsureIn?: readonly string[];
  /** May page in user memory: legal under pagefault_disable(), where it fails instead. */
  fault?: boolean;
  /** Only a scheduling point (cond_resched): forbidden in atomic context, harmless otherwise. */
  yields?: boolean;
  /** From gfp-audit.json. */
  user?: boolean;
}

export interface CallbackEntry {
  /** Registration function and the index of the callback argument, or struct and field of an operations table. */
  register?: string;
  arg?: number;
  struct?: string;
  field?: string;
  context: CallbackContext;
  why: string;
  /** False when some callers come with less: the context is then possible, not sure. */
  sure: boolean;
  /** On PREEMPT_RT the callback runs in a thread and may take sleeping locks (an ordinary interrupt handler). */
  rtThread?: boolean;
  /** What reclaim must be allowed to do to get here ('reclaim' only). */
  needs?: 'fs' | 'io' | 'any';
  /** Name of a lock that callers hold ('rtnl_mutex'), for messages; empty when none is sure. */
  holds?: string;
  /** The registered argument is a structure: the callback stands in this field of it ('notifier_call'). */
  via?: string;
  /** Argument index of the callback that says whether it may block, and the field of it (mmu notifier ranges). */
  blockable?: { arg: number; field: string };
  /** Files that give a value to this member of the object that the table is for have it called by tasks. */
  unless?: string;
  /** Tables that have this member too are of another kind, of which the context is not known. */
  without?: string;
  /** Interrupts are off on PREEMPT_RT as well ('irq_off' only): no spinlock switches them off, which leaves them on there. */
  rtOff?: boolean;
  /** Implementations below this folder of the tree ('crypto/') are the core's own: tasks call them, the context is that of others. */
  tasksIn?: string;
  /** From gfp-audit.json. */
  user?: boolean;
}

export type CallbackContext =
  | 'hardirq'
  | 'softirq'
  | 'bh_off'
  | 'irq_off'
  | 'rcu'
  | 'process'
  | 'workqueue'
  | 'kthread'
  | 'reclaim'
  | 'non_block'
  | 'signalling'
  | 'atomic'
  | 'nmi'
  | 'unknown';

/** A call whose value is a gfp mask. Names of flags and composites, as the kernel writes them, or '0'. */
export interface MaskHelperEntry {
  name: string;
  /** Bits surely set and bits possibly set, as expressions of names. */
  must: string;
  may: string;
  /** Argument index of a mask that passes through. */
  from?: number;
  /** Bits that the call may take out of that argument. */
  clears?: string;
  /** The value is what the argument and `must`/`may` have in common (a mapping's mask cut down by the argument). */
  meets?: boolean;
}

/** One kernel line: what exists and how it behaves. */
export interface KernelProfile {
  id: ProfileId;
  /** 'VERSION.PATCHLEVEL.SUBLEVEL' of the tree, or of the line. */
  version: string;
  /** Comparable number: VERSION * 1e6 + PATCHLEVEL * 1e3 + SUBLEVEL. */
  number: number;
  /** Why this profile and not one of its own, where there is none. */
  note?: string;
}
