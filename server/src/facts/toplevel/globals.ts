/** Types of file-scope variables that rules ask for: locks, pools, caches, deferred work and what waits for it. */
export const GLOBAL_TYPE =
  /spinlock|rwlock|mutex|semaphore|\block\b|_lock_t|local_lock|seqlock|seqcount|mempool|kmem_cache|work_struct|workqueue|timer_list|hrtimer|tasklet|wait_queue|completion|bio_set|srcu|percpu_rw|shrinker|notifier_block|irq_work|kthread_worker|task_struct|dma_pool|gen_pool|xarray|\bidr\b|\bida\b|radix_tree|static_key|gfp_t/;

/** Macros that define or register something at file scope; what they make has a type of its own. */
const DEFINED: readonly [RegExp, string][] = [
  [/^(?:__)?DEFINE_(?:PER_CPU|PER_CPU_ALIGNED|PER_CPU_SHARED_ALIGNED)$/, ''],
  [/^DEFINE_SPINLOCK$/, 'spinlock_t'],
  [/^DEFINE_RAW_SPINLOCK$/, 'raw_spinlock_t'],
  [/^DEFINE_RWLOCK$/, 'rwlock_t'],
  [/^(?:DEFINE_MUTEX|DEFINE_STATIC_MUTEX)$/, 'struct mutex'],
  [/^DEFINE_RT_MUTEX$/, 'struct rt_mutex'],
  [/^DECLARE_RWSEM$/, 'struct rw_semaphore'],
  [/^DEFINE_(?:STATIC_)?PERCPU_RWSEM$/, 'struct percpu_rw_semaphore'],
  [/^DEFINE_SEMAPHORE$/, 'struct semaphore'],
  [/^DEFINE_SEQLOCK$/, 'seqlock_t'],
  [/^DEFINE_(?:STATIC_)?SRCU$/, 'struct srcu_struct'],
  [/^DEFINE_BIT_SPINLOCK$/, 'bit_spinlock'],
  [/^DECLARE_(?:DEFERRABLE_)?WORK$/, 'struct work_struct'],
  [/^DECLARE_(?:DELAYED|DEFERRABLE)_WORK$/, 'struct delayed_work'],
  [/^DEFINE_TIMER$/, 'struct timer_list'],
  [/^DECLARE_TASKLET(?:_DISABLED)?(?:_OLD)?$/, 'struct tasklet_struct'],
  [/^DECLARE_WAIT_QUEUE_HEAD$/, 'struct wait_queue_head'],
  [/^DECLARE_COMPLETION$/, 'struct completion'],
  [/^DEFINE_IRQ_WORK$/, 'struct irq_work'],
  [/^DEFINE_(?:IDR|IDA)$/, 'struct idr'],
  [/^DEFINE_XARRAY(?:_ALLOC1?|_FLAGS)?$/, 'struct xarray'],
  [/^(?:BLOCKING|ATOMIC|RAW|SRCU)_NOTIFIER_HEAD$/, 'notifier_head'],
  [/^RADIX_TREE$/, 'struct radix_tree_root'],
];

/** Type of what a file-scope macro defines; undefined when the macro is of no interest. For per-CPU variables the type is an argument. */
export function definedType(macro: string): string | undefined {
  for (const [pattern, type] of DEFINED) if (pattern.test(macro)) return type;
  return undefined;
}
