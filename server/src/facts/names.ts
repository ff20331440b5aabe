/**
 * The few kernel names whose meaning the extractor itself needs: they shape control flow or are wrappers that an expression
 * is seen through. What any other name means is the catalogue's business.
 */

/** Hints around a condition that do nothing else (linux/compiler.h). */
export const HINTS: ReadonlySet<string> = new Set(['likely', 'unlikely', '__builtin_expect', 'data_race']);

/**
 * Report and hand back the truth of their first argument (asm-generic/bug.h, linux/mmdebug.h, and the file systems' own).
 * Their call event stays; as a condition they mean their argument.
 */
export const WARNINGS: ReadonlySet<string> = new Set([
  'WARN_ON', 'WARN_ON_ONCE', 'WARN', 'WARN_ONCE', 'WARN_TAINT', 'WARN_TAINT_ONCE', 'WARN_ON_SMP', 'WARN_RATELIMIT',
  'VM_WARN_ON', 'VM_WARN_ON_ONCE', 'DEBUG_LOCKS_WARN_ON', 'RCU_LOCKDEP_WARN', 'WARN_ON_FUNCTION_MISMATCH', 'WARN_ON_IN_IRQ',
  'VFS_WARN_ON', 'VFS_WARN_ON_ONCE', 'lockdep_assert', 'CHECK_DATA_CORRUPTION', 'IS_ERR_VALUE_CHECK', 'XFS_IS_CORRUPT',
  'KVM_BUG_ON', 'drm_WARN_ON', 'drm_WARN_ON_ONCE',
]);
/** Those of WARNINGS whose condition is not the first argument. */
export const WARNING_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ['XFS_IS_CORRUPT', 1], ['drm_WARN_ON', 1], ['drm_WARN_ON_ONCE', 1],
]);
/** Warnings whose value is not the truth of their argument, or that are statements only. */
export const WARNING_STATEMENTS: ReadonlySet<string> = new Set(['lockdep_assert', 'RCU_LOCKDEP_WARN', 'VM_WARN_ON', 'VFS_WARN_ON']);

/** Go on only when their argument is false (asm-generic/bug.h). */
export const FATAL_TESTS: ReadonlySet<string> = new Set(['BUG_ON']);

/** End the kernel, or the processor's part in it (the `__noreturn` functions of linux/kernel.h, panic.h and compiler.h): what they still do is nobody's sleep. */
export const STOPS: ReadonlySet<string> = new Set([
  'BUG', 'panic', 'nmi_panic', 'unreachable', '__builtin_unreachable', 'annotate_unreachable_end', 'usercopy_abort',
  'fortify_panic', '__fortify_panic', 'BUILD_BUG_UNREACHABLE', 'machine_halt_forever',
  'nmi_panic_self_stop', 'cpu_startup_entry', 'rest_init', 'stop_this_cpu', 'x86_64_start_kernel',
]);

/** Never return: those, and what ends a task (sched/task.h, kthread.h). */
export const NORETURN: ReadonlySet<string> = new Set([
  ...STOPS, 'do_exit', 'do_group_exit', 'make_task_dead', 'rewind_stack_and_make_dead', 'kthread_exit', 'kthread_complete_and_exit',
  'complete_and_exit', 'module_put_and_exit', 'module_put_and_kthread_exit', '__module_put_and_kthread_exit',
]);

/** Build-time questions about a configuration symbol (linux/kconfig.h): the plain ones share one condition. */
export const CONFIG_TESTS: ReadonlySet<string> = new Set(['IS_ENABLED', 'IS_REACHABLE', 'IS_BUILTIN', 'IS_MODULE']);

/** Hand a `__free` variable's value out and disarm its cleanup (linux/cleanup.h). */
export const DISARMS: ReadonlySet<string> = new Set(['no_free_ptr', 'return_ptr', 'retain_and_null_ptr', 'take_fd', '__get_and_null_ptr', '__get_and_null']);

/**
 * Macros that run commands of the caller around their sleep (linux/wait.h): argument index of what runs before the
 * sleep and after it. `dropped`: runs while the macro has its own lock released, so it is not seen in order.
 */
export const COMMAND_ARGUMENTS: ReadonlyMap<string, { after?: number; dropped?: number }> = new Map([
  ['wait_event_cmd', { after: 3 }],
  ['wait_event_exclusive_cmd', { after: 3 }],
  ['wait_event_lock_irq_cmd', { dropped: 3 }],
  ['wait_event_interruptible_lock_irq_cmd', { dropped: 3 }],
]);

/** Members by which a driver says in which context its callbacks run: what is put there is kept (include/scsi/scsi_host.h, since 6.2). */
export const CONTEXT_MEMBERS: ReadonlySet<string> = new Set(['queuecommand_may_block']);

/**
 * Macros that store: index of the target and of the value (-1: not known). `through`: the target is given by address. (asm-generic/rwonce.h,
 * asm-generic/barrier.h, linux/rcupdate.h, linux/minmax.h)
 */
export const STORES: ReadonlyMap<string, { target: number; value: number; through?: boolean }[]> = new Map([
  ['WRITE_ONCE', [{ target: 0, value: 1 }]],
  ['smp_store_mb', [{ target: 0, value: 1 }]],
  ['smp_store_release', [{ target: 0, value: 1, through: true }]],
  ['rcu_assign_pointer', [{ target: 0, value: 1 }]],
  ['RCU_INIT_POINTER', [{ target: 0, value: 1 }]],
  ['rcu_replace_pointer', [{ target: 0, value: 1 }]],
  ['swap', [{ target: 0, value: -1 }, { target: 1, value: -1 }]],
  ['do_div', [{ target: 0, value: -1 }]],
]);

/** Macros that declare a local: type of what their first argument names. */
export const LOCAL_DECLARERS: ReadonlyMap<string, string> = new Map([
  ['LIST_HEAD', 'struct list_head'], ['HLIST_HEAD', 'struct hlist_head'], ['LLIST_HEAD', 'struct llist_head'],
  ['DEFINE_WAIT', 'struct wait_queue_entry'], ['DEFINE_WAIT_FUNC', 'struct wait_queue_entry'],
  ['DECLARE_WAITQUEUE', 'struct wait_queue_entry'], ['DEFINE_WAIT_BIT', 'struct wait_bit_queue_entry'],
  ['DECLARE_WAIT_QUEUE_HEAD', 'struct wait_queue_head'], ['DECLARE_WAIT_QUEUE_HEAD_ONSTACK', 'struct wait_queue_head'],
  ['DECLARE_COMPLETION_ONSTACK', 'struct completion'], ['DECLARE_COMPLETION', 'struct completion'],
  ['DEFINE_SPINLOCK', 'spinlock_t'], ['DEFINE_RAW_SPINLOCK', 'raw_spinlock_t'], ['DEFINE_MUTEX', 'struct mutex'],
  ['DEFINE_XARRAY', 'struct xarray'], ['SKCIPHER_REQUEST_ON_STACK', 'struct skcipher_request *'],
  ['SYNC_SKCIPHER_REQUEST_ON_STACK', 'struct skcipher_request *'], ['AHASH_REQUEST_ON_STACK', 'struct ahash_request *'],
  ['SHASH_DESC_ON_STACK', 'struct shash_desc *'], ['DEFINE_WAKE_Q', 'struct wake_q_head'],
]);

/**
 * Pure macros and message printers: no call event is written for them (calls in their arguments are kept, and they stay in
 * expressions). They neither sleep, allocate, lock nor take a callback in any kernel the tool knows.
 */
const SILENT: ReadonlySet<string> = new Set([
  'likely', 'unlikely', '__builtin_expect', 'data_race', 'READ_ONCE', 'WRITE_ONCE', 'ACCESS_ONCE', 'IS_ERR', 'IS_ERR_OR_NULL', 'PTR_ERR',
  'ERR_PTR', 'ERR_CAST', 'PTR_ERR_OR_ZERO', 'IS_ERR_VALUE', 'ARRAY_SIZE', 'container_of', 'container_of_const', 'list_entry', 'list_first_entry',
  'list_first_entry_or_null', 'list_last_entry', 'list_next_entry', 'list_prev_entry', 'hlist_entry', 'rb_entry', 'rb_entry_safe',
  'min', 'max', 'min_t', 'max_t', 'min3', 'max3', 'clamp', 'clamp_t', 'clamp_val', 'umin', 'umax', 'abs', 'swap', 'BIT', 'BIT_ULL',
  'GENMASK', 'GENMASK_ULL', 'FIELD_GET', 'FIELD_PREP', 'ALIGN', 'ALIGN_DOWN', 'IS_ALIGNED', 'PAGE_ALIGN', 'PTR_ALIGN', 'round_up',
  'round_down', 'roundup', 'rounddown', 'DIV_ROUND_UP', 'DIV_ROUND_UP_ULL', 'DIV_ROUND_CLOSEST', 'offsetof', 'offsetofend',
  'sizeof_field', 'struct_size', 'struct_size_t', 'array_size', 'array3_size', 'flex_array_size', 'size_add', 'size_mul', 'size_sub',
  'lower_32_bits', 'upper_32_bits', 'fallthrough', 'barrier', 'smp_mb', 'smp_rmb', 'smp_wmb', 'mb', 'rmb', 'wmb', 'ilog2', 'order_base_2',
  'fls', 'ffs', '__ffs', '__fls', 'ffz', 'fls64', 'hweight32', 'memcmp', 'strlen', 'strcmp', 'strncmp',
  'strscpy', 'strlcpy', 'strcpy', 'strncpy', 'snprintf', 'scnprintf', 'sprintf', 'INIT_LIST_HEAD', 'INIT_HLIST_HEAD', 'INIT_HLIST_NODE',
  'list_empty', 'list_add', 'list_add_tail', 'list_del', 'list_del_init', 'list_move', 'list_move_tail', 'list_splice',
  'list_splice_init', 'list_splice_tail', 'list_splice_tail_init', 'hlist_add_head', 'hlist_del', 'hlist_del_init', 'hlist_unhashed',
  'RB_EMPTY_NODE', 'RB_EMPTY_ROOT', 'RB_CLEAR_NODE', 'rb_next', 'rb_prev', 'rb_first', 'rb_last', 'ktime_get', 'va_start', 'va_end', 'va_arg', 'va_copy',
  'LIST_HEAD', 'HLIST_HEAD', 'printk', 'pr_cont', 'printk_once', 'printk_ratelimited', 'trace_printk', 'no_printk', 'static_assert', 'BUILD_BUG_ON', 'BUILD_BUG_ON_MSG',
  'BUILD_BUG_ON_ZERO', 'BUILD_BUG_ON_NOT_POWER_OF_2', 'BUILD_BUG', 'prefetch', 'prefetchw', 'time_after', 'time_before', 'time_after_eq',
  'time_before_eq', 'msecs_to_jiffies', 'jiffies_to_msecs', 'usecs_to_jiffies', 'nsecs_to_jiffies', '__builtin_constant_p', 'uninitialized_var', 'ARRAY_END',
  'smp_store_release', 'smp_load_acquire', 'rcu_assign_pointer', 'RCU_INIT_POINTER', 'virt_to_page', 'page_to_pfn', 'pfn_to_page',
  'page_address', 'test_bit', '__test_bit', 'bitmap_zero',
  'atomic_read', 'atomic_set', 'atomic_inc', 'atomic_dec', 'atomic_add', 'atomic_sub', 'atomic64_read', 'atomic64_set', 'atomic64_inc',
  'atomic_long_read', 'atomic_long_inc', 'atomic_long_dec', 'refcount_set', 'refcount_read', 'refcount_inc',
  'u64_to_user_ptr', 'is_power_of_2', 'do_div', 'div_u64', 'div64_u64', 'typecheck', '__typecheck', 'S_ISDIR', 'S_ISREG', 'S_ISLNK',
]);
const SILENT_SHAPE = new RegExp(
  '^(?:(?:dev|pr|netdev|netif|wiphy|pci|vdev|xfs|btrfs|nfs|drm)_(?:emerg|alert|crit|err|warn|notice|info|dbg|debug|vdbg)(?:_once|_ratelimited|_rl)?' +
    '|(?:__)?(?:cpu|le|be|get_unaligned|put_unaligned)_?(?:to_)?(?:le|be|cpu)?(?:16|24|32|64)(?:_to_cpup?|s|p|_to_cpus)?' +
    '|(?:hton|ntoh)[sl])$',
);
const silent = new Map<string, boolean>();

/** True for a name of which no call event is written. */
export function isSilent(name: string): boolean {
  let known = silent.get(name);
  if (known === undefined) {
    known = SILENT.has(name) || SILENT_SHAPE.test(name);
    if (silent.size > 50_000) silent.clear();
    silent.set(name, known);
  }
  return known;
}
