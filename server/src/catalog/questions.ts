/** Names by which code asks for the context that it runs in (include/linux/{preempt,sched,interrupt,kdb,gfp}.h, 5.10 to 7.2). */

export interface ContextQuestion {
  name: string;
  /** The answer that says that the code may sleep. */
  maySleep: boolean;
  /** What is known to be held answers it: anything atomic, or interrupts that are off. */
  by?: 'atomic' | 'irq';
  /** A function that has asked it is not judged, for its callers, by what it does on a way where it may sleep. */
  ofCallers?: boolean;
}

/** Functions, and the few variables that are asked like them. None is a full answer: in_atomic() sees no spinlock without CONFIG_PREEMPT_COUNT. */
export const CONTEXT_QUESTIONS: readonly ContextQuestion[] = [
  { name: 'in_atomic', maySleep: false, by: 'atomic', ofCallers: true },
  { name: 'in_atomic_preempt_off', maySleep: false, by: 'atomic' },
  { name: 'irqs_disabled', maySleep: false, by: 'irq', ofCallers: true },
  { name: 'in_interrupt', maySleep: false, ofCallers: true },
  { name: 'in_irq', maySleep: false, ofCallers: true },
  { name: 'in_hardirq', maySleep: false, ofCallers: true },
  { name: 'in_softirq', maySleep: false, ofCallers: true },
  { name: 'in_serving_softirq', maySleep: false, ofCallers: true },
  { name: 'in_nmi', maySleep: false, ofCallers: true },
  { name: 'in_dbg_master', maySleep: false, ofCallers: true },
  { name: 'rcu_preempt_depth', maySleep: false },
  { name: 'irq_count', maySleep: false, ofCallers: true },
  { name: 'oops_in_progress', maySleep: false, ofCallers: true },
  { name: 'panic_in_progress', maySleep: false, ofCallers: true },
  { name: 'kdb_active', maySleep: false, ofCallers: true },
  { name: 'in_task', maySleep: true, ofCallers: true },
  { name: 'preemptible', maySleep: true, by: 'atomic', ofCallers: true },
  { name: 'in_syscall', maySleep: true },
  // include/drm/drm_util.h
  { name: 'drm_can_sleep', maySleep: true },
  { name: 'gfpflags_allow_blocking', maySleep: true },
  // include/linux/mmu_notifier.h
  { name: 'mmu_notifier_range_blockable', maySleep: true },
];

/** Asked mostly beside others, and of no weight where they stand alone: for callers only. */
export const BESIDE_QUESTIONS: readonly string[] = ['rcu_read_lock_held', 'preempt_count', 'early_boot_irqs_disabled'];

/**
 * Predicates that compare the running task with one that is known, as `x->owner == current` does: inside_selftest() (kernel/locking/lockdep.c,
 * 5.10 to 7.2).
 */
export const TASK_QUESTIONS: ReadonlySet<string> = new Set(['inside_selftest']);
