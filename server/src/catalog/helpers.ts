/**
 * Calls that say something about masks, contexts or results: what gives a mask, what passes time between two tries, what
 * asks for the context, what tests a result, what never returns.
 */
import type { BackoffEntry, ErrorTestEntry, MaskHelperEntry, PredicateEntry } from './model.js';

const ANY_BLOCKING = 'GFP_HIGHUSER_MOVABLE|__GFP_ACCOUNT|__GFP_NOWARN|__GFP_NORETRY|__GFP_RETRY_MAYFAIL';

/**
 * Calls whose value is a mask. mapping_gfp_mask() and its kin (include/linux/pagemap.h) give what the file system set: a mask that
 * may block, often without __GFP_FS. gfp_any() (include/net/sock.h) is GFP_ATOMIC in softirq context and GFP_KERNEL elsewhere.
 */
export const MASK_HELPERS: readonly MaskHelperEntry[] = [
  { name: 'mapping_gfp_mask', must: '__GFP_RECLAIM', may: ANY_BLOCKING },
  { name: 'mapping_gfp_constraint', must: '__GFP_RECLAIM', may: ANY_BLOCKING, from: 1, meets: true },
  { name: 'readahead_gfp_mask', must: '__GFP_RECLAIM|__GFP_NORETRY|__GFP_NOWARN', may: ANY_BLOCKING },
  { name: 'gfp_any', must: '__GFP_KSWAPD_RECLAIM', may: 'GFP_KERNEL|GFP_ATOMIC' },
  { name: 'gfp_memcg_charge', must: '__GFP_KSWAPD_RECLAIM', may: 'GFP_KERNEL|GFP_NOWAIT' },
  { name: 'sk_gfp_mask', must: '0', may: '__GFP_MEMALLOC', from: 1 },
  { name: 'current_gfp_context', must: '0', may: '0', from: 0, clears: '__GFP_IO|__GFP_FS|__GFP_MOVABLE' },
  { name: 'htlb_alloc_mask', must: '__GFP_RECLAIM|__GFP_IO|__GFP_FS', may: 'GFP_HIGHUSER_MOVABLE' },
  { name: 'vma_thp_gfp_mask', must: '__GFP_IO|__GFP_FS', may: 'GFP_TRANSHUGE|__GFP_KSWAPD_RECLAIM|__GFP_NORETRY' },
  { name: 'alloc_hugepage_direct_gfpmask', must: '__GFP_IO|__GFP_FS', may: 'GFP_TRANSHUGE|__GFP_KSWAPD_RECLAIM|__GFP_NORETRY' },
  { name: 'limit_gfp_mask', must: '__GFP_IO|__GFP_FS', may: 'GFP_HIGHUSER_MOVABLE|GFP_TRANSHUGE' },
  { name: 'gfp_nested_mask', must: '__GFP_NOWARN|__GFP_NOMEMALLOC', may: 'GFP_KERNEL|GFP_ATOMIC|__GFP_NOLOCKDEP|__GFP_NOFAIL' },
  { name: 'bpf_memcg_flags', must: '0', may: '__GFP_ACCOUNT', from: 0 },
  { name: 'default_gfp', must: 'GFP_KERNEL', may: 'GFP_KERNEL', from: 0 },
  { name: '__default_gfp', must: 'GFP_KERNEL', may: 'GFP_KERNEL', from: 0 },
  { name: 'rpc_task_gfp_mask', must: '__GFP_RECLAIM|__GFP_IO', may: 'GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN' },
  { name: 'nfs_io_gfp_mask', must: '__GFP_RECLAIM|__GFP_IO', may: 'GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN' },
  {
    name: 'xfs_kmem_flags_convert',
    must: '__GFP_RECLAIM|__GFP_IO',
    may: 'GFP_KERNEL|__GFP_NOWARN|__GFP_NOFAIL|__GFP_RETRY_MAYFAIL|__GFP_ZERO',
  },
  {
    name: 'kmem_flags_convert',
    must: '__GFP_RECLAIM|__GFP_IO|__GFP_NOWARN',
    may: 'GFP_KERNEL|__GFP_NOWARN|__GFP_NOFAIL|__GFP_RETRY_MAYFAIL|__GFP_ZERO',
  },
];

/**
 * Structure fields that hold a mask: what may be in them. `struct.field` as the facts name a lock class.
 * sk_allocation starts as GFP_KERNEL (net/core/sock.c) and is set to GFP_ATOMIC, GFP_NOFS or GFP_NOIO by kernel users.
 */
export const MASK_FIELDS: readonly { struct: string; field: string; must: string; may: string }[] = [
  {
    struct: 'sock',
    field: 'sk_allocation',
    must: '__GFP_KSWAPD_RECLAIM',
    may: 'GFP_KERNEL|GFP_ATOMIC|__GFP_ACCOUNT|__GFP_MEMALLOC|__GFP_NOWARN',
  },
  { struct: 'address_space', field: 'gfp_mask', must: '__GFP_RECLAIM', may: ANY_BLOCKING },
  { struct: 'shrink_control', field: 'gfp_mask', must: '__GFP_DIRECT_RECLAIM', may: 'GFP_KERNEL|GFP_HIGHUSER_MOVABLE' },
  { struct: 'vm_fault', field: 'gfp_mask', must: '__GFP_RECLAIM', may: 'GFP_KERNEL|GFP_HIGHUSER_MOVABLE' },
  { struct: 'oom_control', field: 'gfp_mask', must: '__GFP_DIRECT_RECLAIM', may: 'GFP_KERNEL|GFP_HIGHUSER_MOVABLE|__GFP_NOFAIL' },
  { struct: 'readahead_control', field: 'gfp_mask', must: '__GFP_RECLAIM', may: ANY_BLOCKING },
];

/** Calls that pass time between two tries of an allocation. */
export const BACKOFFS: readonly BackoffEntry[] = [
  { name: 'congestion_wait', kind: 'congestion' },
  { name: 'wait_iff_congested', kind: 'congestion' },
  { name: 'blk_congestion_wait', kind: 'congestion' },
  { name: 'memalloc_retry_wait', kind: 'retry' },
  { name: 'reclaim_throttle', kind: 'retry' },
  { name: 'schedule_timeout', kind: 'sleep' },
  { name: 'schedule_timeout_interruptible', kind: 'sleep' },
  { name: 'schedule_timeout_killable', kind: 'sleep' },
  { name: 'schedule_timeout_uninterruptible', kind: 'sleep' },
  { name: 'schedule_timeout_idle', kind: 'sleep' },
  { name: 'io_schedule_timeout', kind: 'sleep' },
  { name: 'io_schedule', kind: 'sleep' },
  { name: 'f2fs_io_schedule_timeout', kind: 'sleep' },
  { name: 'msleep', kind: 'sleep' },
  { name: 'msleep_interruptible', kind: 'sleep' },
  { name: 'ssleep', kind: 'sleep' },
  { name: 'usleep_range', kind: 'sleep' },
  { name: 'fsleep', kind: 'sleep' },
  { name: 'schedule', kind: 'yield' },
  { name: 'cond_resched', kind: 'yield' },
  { name: 'yield', kind: 'yield' },
  { name: 'cpu_relax', kind: 'spin' },
  { name: 'udelay', kind: 'spin' },
  { name: 'ndelay', kind: 'spin' },
  { name: 'mdelay', kind: 'spin' },
];

/** Calls that ask for the context they run in. None of them is a full answer: in_atomic() cannot see a spinlock without CONFIG_PREEMPT_COUNT. */
export const PREDICATES: readonly PredicateEntry[] = [
  { name: 'in_atomic', asks: 'atomic' },
  { name: 'in_atomic_preempt_off', asks: 'atomic' },
  { name: 'in_interrupt', asks: 'atomic' },
  { name: 'in_irq', asks: 'atomic' },
  { name: 'in_hardirq', asks: 'atomic' },
  { name: 'in_softirq', asks: 'atomic' },
  { name: 'in_serving_softirq', asks: 'atomic' },
  { name: 'in_nmi', asks: 'atomic' },
  { name: 'in_dbg_master', asks: 'atomic' },
  { name: 'irqs_disabled', asks: 'atomic' },
  { name: 'irqs_disabled_flags', asks: 'atomic' },
  { name: 'raw_irqs_disabled', asks: 'atomic' },
  { name: 'softirq_count', asks: 'atomic' },
  { name: 'hardirq_count', asks: 'atomic' },
  { name: 'irq_count', asks: 'atomic' },
  { name: 'preempt_count', asks: 'atomic' },
  { name: 'rcu_read_lock_held', asks: 'atomic' },
  { name: 'rcu_preempt_depth', asks: 'atomic' },
  { name: 'oops_in_progress', asks: 'atomic' },
  { name: 'drm_can_sleep', asks: 'process' },
  { name: 'in_task', asks: 'process' },
  { name: 'preemptible', asks: 'process' },
  { name: 'gfpflags_allow_blocking', asks: 'blocking-mask' },
  { name: 'gfpflags_normal_context', asks: 'blocking-mask' },
  { name: 'mmu_notifier_range_blockable', asks: 'blockable-range' },
  { name: 'current_is_kswapd', asks: 'reclaim' },
  { name: 'current_is_async', asks: 'process' },
];

/** Calls that test a result. 'same': hands its argument through and tests it (unlikely, WARN_ON). */
export const ERROR_TESTS: readonly ErrorTestEntry[] = [
  { name: 'IS_ERR', arg: 0, truth: 'error' },
  { name: 'IS_ERR_VALUE', arg: 0, truth: 'error' },
  { name: 'IS_ERR_OR_NULL', arg: 0, truth: 'null-or-error' },
  { name: 'ZERO_OR_NULL_PTR', arg: 0, truth: 'null' },
  { name: 'PTR_ERR_OR_ZERO', arg: 0, truth: 'error' },
  { name: 'xa_is_err', arg: 0, truth: 'error-entry' },
  { name: 'xa_err', arg: 0, truth: 'error-entry' },
  { name: 'dma_mapping_error', arg: 1, truth: 'error' },
  { name: 'unlikely', arg: 0, truth: 'same' },
  { name: 'likely', arg: 0, truth: 'same' },
  { name: 'WARN_ON', arg: 0, truth: 'same' },
  { name: 'WARN_ON_ONCE', arg: 0, truth: 'same' },
  { name: 'WARN', arg: 0, truth: 'same' },
  { name: 'WARN_ONCE', arg: 0, truth: 'same' },
  { name: 'VM_WARN_ON', arg: 0, truth: 'same' },
  { name: 'VM_WARN_ON_ONCE', arg: 0, truth: 'same' },
];

/** Calls that do not come back. */
export const NEVER_RETURNS: readonly string[] = [
  'BUG',
  'panic',
  'nmi_panic',
  'do_exit',
  'make_task_dead',
  'complete_and_exit',
  'kthread_complete_and_exit',
  'kthread_exit',
  'module_put_and_exit',
  'module_put_and_kthread_exit',
  '__module_put_and_exit',
  '__module_put_and_kthread_exit',
  'do_group_exit',
  'do_task_dead',
  'die',
  'unreachable',
  '__builtin_unreachable',
  'BUILD_BUG',
  'fortify_panic',
  '__fortify_panic',
  'usercopy_abort',
  '__stack_chk_fail',
  'stop_this_cpu',
  'cpu_startup_entry',
  'vpanic',
];

/** Calls that stop the machine when their argument is true: a failed allocation that ends there is fatal. */
export const FATAL_TESTS: readonly string[] = [
  'BUG_ON',
  'VM_BUG_ON',
  'VM_BUG_ON_PAGE',
  'VM_BUG_ON_FOLIO',
  'PANIC_ON',
  'J_ASSERT',
  'J_ASSERT_BH',
  'J_ASSERT_JH',
];

/** Calls that tell a task has been asked to end: a retry loop that asks has a way out. */
export const SIGNAL_TESTS: readonly string[] = [
  'signal_pending',
  'fatal_signal_pending',
  'signal_pending_state',
  '__fatal_signal_pending',
  'kthread_should_stop',
  'kthread_should_park',
  'task_is_dying',
  'tsk_is_oom_victim',
  'freezing',
  'kthread_freezable_should_stop',
];

/**
 * Core functions that any context may call, by their documentation and by who calls them: a chain that seems to lead from one of
 * them to a sleep runs through a case that its callers never meet.
 */
export const NEVER_SLEEPS: readonly string[] = [
  'kfree', 'kfree_sensitive', 'kmem_cache_free', 'kmem_cache_free_bulk', 'mempool_free', 'kfree_rcu', 'call_rcu', 'call_rcu_hurry', 'call_srcu',
  'printk', '_printk', 'vprintk', 'printk_deferred', '_printk_deferred', 'dump_stack', 'dump_stack_lvl', 'show_stack', '__warn_printk', 'dev_printk', '_dev_printk',
  'wake_up_process', 'wake_up_state', 'try_to_wake_up', '__wake_up', '__wake_up_sync', '__wake_up_locked', '__wake_up_sync_key', 'wake_up_bit', 'wake_up_var',
  'complete', 'complete_all', 'swake_up_one', 'swake_up_all', 'queue_work_on', 'queue_work', 'schedule_work', 'schedule_work_on', 'queue_delayed_work_on',
  'mod_delayed_work_on', 'schedule_delayed_work', 'queue_delayed_work', 'mod_delayed_work', 'kthread_queue_work', 'kthread_queue_delayed_work', 'irq_work_queue',
  'tasklet_schedule', 'tasklet_hi_schedule', 'raise_softirq', 'raise_softirq_irqoff', '__raise_softirq_irqoff', 'add_timer', 'mod_timer', 'del_timer', 'timer_delete',
  'mod_timer_pending', 'timer_reduce', 'hrtimer_start_range_ns', 'hrtimer_try_to_cancel', 'migrate_enable', 'migrate_disable', 'put_page', 'folio_put', '__folio_put',
  'free_pages', '__free_pages', '__free_page', 'free_page', 'vfree_atomic', 'kill_fasync', 'send_sig', 'send_sig_info', 'group_send_sig_info', 'force_sig',
  'put_task_struct', '__put_task_struct', 'netif_rx', '__netif_rx', 'netif_receive_skb', 'netif_receive_skb_core', 'netif_receive_skb_list', 'napi_schedule',
  '__napi_schedule', '__napi_schedule_irqoff', 'napi_gro_receive', 'napi_complete_done', 'dev_queue_xmit', '__dev_queue_xmit', 'dev_kfree_skb_any_reason',
  'dev_kfree_skb_irq_reason', '__dev_kfree_skb_any', '__dev_kfree_skb_irq', 'dev_kfree_skb_any', 'dev_kfree_skb_irq', 'kfree_skb', 'kfree_skb_reason', 'consume_skb',
  '__kfree_skb', 'bio_endio', 'bio_put', 'disable_irq_nosync', 'enable_irq', 'generic_handle_irq', 'handle_irq_event', 'smp_call_function_single_async',
  'dma_map_page_attrs', 'dma_unmap_page_attrs', 'dma_map_sg_attrs', 'dma_unmap_sg_attrs', 'wbinvd_on_all_cpus', 'percpu_ref_put', 'percpu_ref_get', 'perf_event_update_userpage',
  'rcu_read_unlock_special', 'preempt_schedule', 'preempt_schedule_notrace', 'sched_clock', 'ktime_get', 'add_interrupt_randomness',
  'get_random_bytes', 'get_random_u32', 'get_random_u64', 'pm_wakeup_ws_event', 'pm_wakeup_dev_event', '__pm_stay_awake', '__pm_relax',
];
