/** The catalogue: what a name means, by kernel version. Data, no behaviour. */
import type { LockKind, ScopeKind } from '../flow/model.js';

/** Kernel lines the tool knows; stable trees drift, so some have an early and a late profile. */
export type ProfileId =
  | '5.10-early' | '5.10' | '5.15-early' | '5.15' | '6.1-early' | '6.1' | '6.6' | '6.12' | 'mainline';

export interface AllocatorEntry {
  name: string;
  class: string;
  /** 0-based index of the gfp_t argument, null where the mask is implied. */
  gfp: number | null;
  /** Mask used when `gfp` is null or the trailing argument is left out: 'GFP_KERNEL', 'GFP_KERNEL|__GFP_ZERO', ... */
  implied?: string;
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
}

export interface ScopeEntry {
  name: string;
  kind: ScopeKind;
  op: 'open' | 'close';
  /** open: the cookie is the result; close: index of the cookie argument. */
  cookie?: number;
  /** Side effect of something else (a journal handle). */
  implied?: boolean;
}

export interface SleeperEntry {
  name: string;
  /** Words for the message: 'waits for a mutex', 'copies from user space', ... */
  why: string;
  /** Sleeps only when this argument is a blocking mask / is not zero; absent: always. */
  when?: { gfp: number } | { nonzero: number };
}

export interface CallbackEntry {
  /** Registration function and the index of the callback argument, or struct and field of an operations table. */
  register?: string;
  arg?: number;
  struct?: string;
  field?: string;
  context: 'hardirq' | 'softirq' | 'bh_off' | 'irq_off' | 'rcu' | 'process' | 'workqueue' | 'kthread' | 'reclaim' | 'non_block' | 'atomic' | 'nmi' | 'unknown';
  why: string;
}

/** One kernel line: what exists and how it behaves. */
export interface KernelProfile {
  id: ProfileId;
  /** 'VERSION.PATCHLEVEL.SUBLEVEL' of the tree, or of the line. */
  version: string;
  /** Comparable number: VERSION * 1e6 + PATCHLEVEL * 1e3 + SUBLEVEL. */
  number: number;
}
