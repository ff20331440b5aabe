/**
 * What the flow analysis knows of one function: every point that matters with the states that can hold there.
 * Rules, the index and `explain` read this; nobody above it looks at a control-flow graph.
 */
import type { Expr, FunctionFacts, FileFacts, Pos, ResultUse } from '../facts/model.js';

/** A function as the whole tree knows it. */
export interface FunctionRef {
  file: FileFacts;
  facts: FunctionFacts;
}

/** Absolute position in a file of the tree: lines and columns from 1, end column exclusive. */
export interface Where {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export type LockKind =
  | 'spin'
  | 'raw_spin'
  | 'read_lock'
  | 'write_lock'
  | 'bit_spin'
  | 'seq_write'
  | 'local_lock'
  | 'irq_off'
  | 'bh_off'
  | 'preempt_off'
  | 'rcu'
  | 'srcu'
  | 'kmap_atomic'
  | 'pagefault_off'
  | 'signalling' // before a fence that others wait for is signalled: it may sleep, and must not enter direct reclaim (drivers/dma-buf/dma-fence.c, 6.12)
  | 'nmi'
  | 'hardirq'
  | 'softirq'
  | 'mutex'
  | 'rwsem_read'
  | 'rwsem_write'
  | 'semaphore'
  | 'page_lock'
  | 'sock_lock'
  | 'percpu_rwsem'
  | 'ww_mutex'
  | 'rt_mutex'
  | 'handle'; // a journal or transaction handle: held like a lock, makes a NOFS scope

/** Something held: a lock, a switched-off interrupt, a read section, a handle. */
export interface Held {
  kind: LockKind;
  /** The lock as written, normalised (`&ei->i_data_sem`), '' for things without an object. */
  text: string;
  /** Lock class by type and field ('ext4_inode_info.i_data_sem'), by global name, or the text when neither is known. */
  class: string;
  /** Sleeping is forbidden while it is held on a kernel without PREEMPT_RT. */
  atomic: boolean;
  /** Sleeping and every allocation are forbidden while it is held on PREEMPT_RT. */
  rtAtomic: boolean;
  /** Also switches interrupts or softirqs off. */
  irq?: 'irq' | 'bh';
  at: Where;
  /** Got by a trylock: nobody waited for it. */
  tried?: boolean;
  /** The caller's, let go of and taken again: held from here on, and no more than was held when the function was entered. */
  again?: boolean;
  /** 'local': taken in this function; 'entry': stated by the author or brought by a caller. */
  origin: 'local' | 'entry';
}

export type ScopeKind = 'nofs' | 'noio' | 'noreclaim' | 'pin' | 'nocma' | 'flags';
export interface OpenScope {
  kind: ScopeKind;
  /** Variable that keeps the cookie, '' when discarded or not a plain lvalue. */
  cookie: string;
  at: Where;
  origin: 'local' | 'entry';
  /** 'memalloc_nofs_save', 'jbd2_journal_start', 'PF_MEMALLOC' ... */
  by: string;
  /** A side effect of something else, such as a journal handle. */
  implied?: boolean;
}

export interface MaskParameter {
  index: number;
  /** Bits that were taken out on the way. */
  cleared: number;
  /** The parameter flows in on some paths only. */
  maybe?: true;
}
/**
 * A gfp mask with unknowns. `must`: bits surely set; `may`: bits possibly set (superset of must); `params`: indices of the
 * function's own gfp parameters that flow in: their bits come on top of `may`, less `cleared`.
 * Bits are named ('__GFP_DIRECT_RECLAIM'); composites are taken apart by the profile.
 * `unknown` is true when something that could not be evaluated flows in (a struct field, an unlisted call).
 */
export interface MaskValue {
  must: number; // bits as in simulator/src/gfp
  may: number;
  params: MaskParameter[];
  unknown: boolean;
}

/** One abstract state at one point: what is held on one family of paths, with the branch outcomes that lead there. */
export interface PathState {
  held: Held[]; // in order of acquisition
  /** Locks of the caller that this function released on these paths. */
  dropped: Held[];
  scopes: OpenScope[];
  /** Scopes of the caller that this function closed on these paths. */
  closed?: ScopeKind[];
  /** Depth of non_block_start. */
  nonBlock: number;
  /** Branch outcomes assumed on these paths: normalised condition text to truth value. */
  assume: ReadonlyMap<string, boolean>;
  /** Conditions among `assume` that only test parameters (or fields of them never assigned here). */
  paramAssume: ParamCondition[];
}

/** A condition on a parameter: `param OP constant`, '!=' 0 standing for plain truth; `bit` for `param & CONST`. */
export interface ParamCondition {
  index: number;
  op: '==' | '!=' | '<' | '>' | '<=' | '>=' | 'bit' | 'nobit' | 'blocking' | 'nonblocking';
  value: number | string; // a number or a constant's name
}

/** A test of a parameter (field '') or of a field of it (`if (param->field)`) and the outcome that a path takes. */
export interface FieldGuard {
  index: number;
  field: string;
  is: boolean;
}

/** One step of a chain through functions. */
export interface ChainStep {
  file: string;
  line: number;
  function: string;
  what: string;
}

/** Why a call may sleep: the chain ends at the statement that sleeps. Filled by the index, or by the catalogue for the call itself. */
export interface SleepWitness {
  /** 'alloc': an allocation with direct reclaim; 'lock': a sleeping lock; 'wait': everything else. */
  kind: 'alloc' | 'lock' | 'wait';
  /** The primitive at the end: 'kmalloc', 'mutex_lock', 'msleep'. */
  api: string;
  why: string; // words: 'allocates with GFP_KERNEL', 'takes a mutex'
  /** From the callee's own first step down to the primitive; empty when the call is itself the primitive. */
  path: ChainStep[];
  /** The sleep happens only when these conditions on the called function's parameters hold; already tested against constants. */
  when: ParamCondition[];
  /** The callee releases what the caller holds before it sleeps (locks by class). */
  drops: Held[];
  /** May page in user memory: allowed where page faults are switched off, since it fails there instead. */
  faults?: boolean;
  /** The primitive, called here, is a scheduling point and no more. */
  yields?: boolean;
  /** The callee's own chain; absent when the call is itself the primitive. */
  tail?: SleepChain | undefined;
  /** Indices into CallPoint.states in which this witness applies; absent: in all. */
  inStates?: number[];
  /** False when the primitive sleeps only in some set-ups, or a function pointer with several targets lies on the way. */
  sure: boolean;
}

/** A way to sleep as the callee's summary keeps it: a linked chain, so that thousands of callers share one tail. */
export interface SleepChain {
  kind: SleepWitness['kind'];
  api: string;
  why: string;
  /** Conditions on the parameters of `function`. */
  when: ParamCondition[];
  /** Modes in structures that its parameters point to, on every way there; absent when there are none. */
  fields?: readonly FieldGuard[] | undefined;
  /** What is released on the way, in the words of `function`: its parameters are $0, $1, ... */
  drops: Held[];
  sure: boolean;
  /** Calls between this function and the primitive. */
  depth: number;
  file: string;
  line: number;
  function: string;
  /** What the last function does; calls in between name themselves. */
  what?: string | undefined;
  next?: SleepChain | undefined;
  /** Of a call through an operation that many implement: how many of them sleep for certain, and some of their names. */
  readonly among?: { readonly sleeping: number; readonly of: number; readonly names: readonly string[] };
}

/** What the whole tree (or the catalogue) knows of a call. */
export interface CallEffects {
  sleeps: SleepWitness[];
  /** Chain to an allocation whose failure the callee passes on as -ENOMEM/NULL; absent when it cannot fail that way. */
  enomem?: ChainStep[];
}

/** How a function is entered, as callers, registrations or the author say. Contexts that disagree are kept apart. */
export interface EntryContext {
  held: Held[];
  scopes: OpenScope[];
  nonBlock: boolean;
  task: 'process' | 'softirq' | 'hardirq' | 'nmi' | 'kthread' | 'workqueue' | 'reclaim' | 'unknown';
  /** Where the context begins, first, down to the call of this function. */
  path: ChainStep[];
  /** 'author': annotation or lockdep assertion; 'callback': registered as such; 'caller': a call path. */
  from: 'author' | 'callback' | 'caller';
  /** What the path begins with: a function that opened the context itself reports what happens under it, a callback does not. */
  begins?: 'lock' | 'callback' | 'author';
  why: string;
  /** Parameter values known on this path (constant arguments). */
  params: ParamCondition[];
  /** The path is taken, as far as is known: no condition on it is open, and no call of it may mean another function. */
  sure: boolean;
  /** A call on the path may mean another function, or the callback run otherwise; what is merely conditional is not open. */
  open?: boolean;
}

/** A call at a point, with the states that reach it. `states` empty means dead code. */
export interface CallPoint {
  name: string; // '' for an indirect call
  target: Expr; // as in the event
  args: Expr[];
  to: string; // text of the lvalue, ''
  use: ResultUse;
  at: Where;
  pos: Pos;
  states: PathState[];
  /** Masks of those arguments that look like gfp masks, by argument index, one entry per state in `states`. */
  masks: Record<number, MaskValue[]>;
  /** Block of the function's graph. */
  block: number;
  /** What the call does beyond its own name; absent when nothing is known. */
  effects?: CallEffects;
}

/** What the catalogue says of an allocator (see catalog/model AllocatorEntry, which fits here). */
export interface AllocatorTraits {
  gfp: number | null;
  size?: number;
  count?: number;
  order?: number;
  pool?: number;
  drops?: number;
  lock?: string;
  ofObject?: boolean;
  returns: string;
  sleeps: 'by-gfp' | 'always' | 'never';
  nofail: 'honoured' | 'ignored' | 'pointless';
  otherFailure?: boolean;
  waits?: boolean;
  onlyWith?: string;
  tracks?: boolean;
}

/** An allocation site: a call of an allocator. */
export interface Site extends CallPoint {
  api: string;
  /** Absent for functions of the tree that take a mask. */
  traits?: AllocatorTraits;
  /** 'slab', 'page', 'vmalloc', 'kvmalloc', 'mempool', 'bio', 'skb', 'percpu', 'xarray', 'wrapper', ... */
  apiClass: string;
  /** The mask as written; '' where implied. */
  gfpText: string;
  /** Mask as requested, one per state, then with the open scopes applied, one per state. */
  requested: MaskValue[];
  effective: MaskValue[];
  /** Order of the page request where it can be known, from a constant order or size. */
  order: number | null;
  /** Every path from the site tests the result against NULL/0/error before use or return (true), none does (false). */
  nullChecked: boolean;
  /** Line of that test, relative positions as in Pos; absent when nullChecked is false. */
  nullCheck?: Where;
  /** First dereference of the result with no test in between, on some path. */
  uncheckedDeref?: Where;
  /** The failure branch ends in BUG/panic: where. */
  fatalOnFailure?: Where;
}

export interface ScopeUse {
  kind: ScopeKind;
  by: string;
  at: Where;
  cookie: string;
  restores: Where[];
  /** 'elsewhere': the cookie leaves the function (returned, stored in a structure) or comes from outside. */
  balanced: boolean | 'elsewhere';
  /** Exits (returns, end) reached with the scope still open although other paths restore it, with the states. */
  leaks: Where[];
  /** A restore given another scope's cookie, or out of order. */
  wrong: { at: Where; why: 'other-cookie' | 'order' | 'other-kind' | 'unopened' }[];
  /** Calls made inside on some path (names), for one-off and redundancy questions. */
  inside: CallPoint[];
}

export type RetryVerdict = 'convertible' | 'needs-retry-wait' | 'clever' | 'bounded';
export interface RetryLoop {
  at: Where; // of the whole loop
  callee: string; // the allocation or the call that fails with -ENOMEM
  site: CallPoint;
  backoff: { api: string; at: Where; arg: string }[];
  verdict: RetryVerdict;
  /** Machine words, e.g. 'drops-lock', 'checks-signal', 'bounded', 'shrinks-cache', 'changes-request', 'other-errors', 'no-backoff'. */
  reasons: string[];
  /** How the failure is seen: result NULL, or a variable compared to -ENOMEM. */
  test: 'null' | 'enomem' | 'error';
  /** Source positions that a conversion would touch. */
  parts?: { loop: Pos; label?: string; test?: Pos };
}

export interface WaitUse {
  api: string;
  at: Where;
  args: Expr[];
  states: PathState[];
  inLoop: boolean;
}
export interface NonBlockUse {
  at: Where;
  ends: Where[];
  inside: CallPoint[];
}
export interface FlagUse {
  flag: string;
  kind: 'assign' | 'clear' | 'test' | 'argument' | 'other';
  at: Where;
}

/** State at an exit of the function: what callers need to know of its net effect. */
export interface ExitState {
  at: Where;
  state: PathState;
  /** Class of the returned value on these paths. */
  value: 'zero' | 'nonzero' | 'null' | 'errptr' | 'negative' | 'enomem' | 'param' | 'unknown' | 'void' | 'true' | 'false';
  /** When the value is what a call returned: that call. */
  from?: string;
}

export interface FunctionFlow {
  ref: FunctionRef;
  calls: CallPoint[]; // all, allocation sites included, in source order
  sites: Site[];
  scopes: ScopeUse[];
  loops: RetryLoop[];
  waits: WaitUse[];
  nonBlock: NonBlockUse[];
  flagUses: FlagUse[];
  exits: ExitState[];
  /** How callers enter this function; empty when nothing is known (then process context is likely but not proven). */
  contexts: EntryContext[];
  /** True when every caller is known (static, address never taken; or exported with all callers in the tree). */
  callersComplete: boolean;
  /** Entry states used: empty held and scopes unless the author states otherwise. */
  entry: PathState[];
  /** The state set was cut or the CST was damaged: nothing here may be `certain`. */
  imprecise: boolean;
}
