/** Why a function needs a tree (bits). */
export const Why = {
  Gfp: 1, // a gfp token or variable
  Alloc: 2, // an allocator, with or without a mask in sight
  Lock: 4, // takes, drops, tries or asserts a lock
  Context: 8, // irq, bh, preempt, rcu, memalloc or non_block switches, and questions about the context
  Wait: 16, // sleeps, waits, schedules, blind backoff
  Guard: 32, // cleanup.h forms
  Enomem: 64, // -ENOMEM in a function that can go round (a loop or a goto)
} as const;

const ALLOCATORS = new RegExp(
  `^(?:${[
    'k[vmz]?[mzc]?alloc\\w*',
    'devm_k\\w+',
    'kv[mzc]\\w*alloc\\w*',
    '[vz]\\w*alloc\\w*',
    'kmem_cache_alloc\\w*',
    'kmem_cache_zalloc',
    'kmemdup\\w*',
    'kstrn?dup\\w*',
    'kv?asprintf\\w*',
    'v?memdup_\\w+',
    'strndup_user',
    'mempool_\\w+',
    '\\w*alloc_pages?\\w*',
    '__?get_free_pages?\\w*',
    'get_zeroed_page\\w*',
    '\\w*_alloc_folio\\w*',
    '\\w*folio_alloc\\w*',
    'dma_(?:pool_)?z?alloc\\w*',
    'dma_alloc_\\w+',
    'bio_alloc\\w*',
    '\\w*alloc_skb\\w*',
    'skb_(?:clone|copy|expand)\\w*',
    'alloc_percpu\\w*',
    '__alloc_percpu\\w*',
    'radix_tree_preload\\w*',
    'idr_\\w*(?:alloc|preload)\\w*',
    'ida_\\w*alloc\\w*',
    'xa_(?:store|insert|alloc|cmpxchg)\\w*',
    'k[vmz]\\w*_(?:obj|objs|flex)',
    'genradix_ptr_alloc\\w*',
    '\\w+_nofail',
    '\\w+_noprof',
  ].join('|')})$`,
);
const LOCKS = new RegExp(
  `^(?:${[
    '(?:\\w*_)?(?:un|try)?lock(?:ed|s)?(?:_\\w*)?',
    '(?:\\w+_)?(?:spin|read|write|mutex|seq)\\w*_\\w*lock\\w*',
    'write_seq\\w*',
    'read_seq\\w*',
    'down(?:_\\w+)?',
    'up(?:_(?:read|write)\\w*)?',
    'lockdep_\\w+',
    'bit_spin\\w+',
    '\\w+_bl_(?:un)?lock',
    'percpu_(?:down|up)_\\w+',
    'atomic_dec_and_(?:mutex_)?lock\\w*',
    'refcount_dec_and_\\w*lock\\w*',
    '__acquire',
    '__release',
    'fs_reclaim_\\w+',
    'sb_(?:start|end)_\\w+',
    'inode_(?:un)?lock\\w*',
    'trylock_page',
    'lock_page\\w*',
    'unlock_page',
  ].join('|')})$`,
);
const CONTEXTS = new RegExp(
  `^(?:${[
    's?rcu_(?:read|dereference_protected|lock)\\w*',
    'rcu_read_\\w+',
    'local_irq_\\w+',
    'local_bh_\\w+',
    '\\w*preempt_(?:en|dis)able\\w*',
    '[gp][eu]t_cpu(?:_\\w+)?',
    'disable_irq\\w*',
    'enable_irq\\w*',
    'k(?:un)?map_atomic\\w*',
    'pagefault_\\w+',
    'dma_fence_(?:begin|end)_signalling',
    'migrate_(?:en|dis)able',
    'in_(?:atomic|interrupt|irq|hardirq|softirq|task|nmi|serving_softirq)',
    'irqs_disabled\\w*',
    'preemptible',
    'might_\\w+',
    'non_block_\\w+',
    'memalloc_\\w+',
    'current_gfp_context',
    'gfp\\w*',
    'cant_sleep\\w*',
    'set_current_state',
    '__set_current_state',
    'fault_in_\\w+',
    'kfree_rcu\\w*',
    'call_rcu\\w*',
    'xfs_trans_\\w+',
    'ext4_journal_st\\w+',
    'jbd2_journal_st\\w+',
  ].join('|')})$`,
);
const WAITS = new RegExp(
  `^(?:${[
    '__?wait_\\w+',
    'wait_\\w+',
    '\\w*_wait_event\\w*',
    'wait',
    'yield',
    '\\w+_schedule_timeout\\w*',
    '[mu]sleep\\w*',
    'usleep_range\\w*',
    'fsleep',
    'ssleep',
    'schedule(?:_\\w+)?',
    'io_schedule\\w*',
    'cond_resched\\w*',
    'congestion_wait\\w*',
    'synchronize_\\w+',
    'rcu_barrier\\w*',
    'flush_\\w*work\\w*',
    'cancel_\\w*work_sync',
    '(?:try_to_)?del_timer_sync',
    'timer_(?:delete|shutdown)_sync',
    'kthread_(?:stop|park)',
    'reclaim_throttle',
    '(?:__)?copy_(?:from|to)_user\\w*',
    '\\w*get_user_pages\\w*',
    'pin_user_pages\\w*',
    'shrink_\\w+',
    'prepare_to_wait\\w*',
    '\\w*_poll_timeout',
    'clk_(?:bulk_)?(?:(?:disable_)?un)?prepare(?:_enable)?',
    'free_irq',
  ].join('|')})$`,
);
const GUARDS =
  /^(?:guard|scoped_guard|scoped_cond_guard|ACQUIRE(?:_ERR)?|CLASS|DEFINE_\w*(?:SPINLOCK|MUTEX|WAIT)\w*|no_free_ptr|return_ptr)$/;

/** The bits of a called name. */
export function whyCall(name: string): number {
  return (
    (ALLOCATORS.test(name) ? Why.Alloc : 0) |
    (LOCKS.test(name) ? Why.Lock : 0) |
    (CONTEXTS.test(name) ? Why.Context : 0) |
    (WAITS.test(name) ? Why.Wait : 0) |
    (GUARDS.test(name) ? Why.Guard : 0)
  );
}

/** Operations that allocate in every implementation (catalog/runners): which one a call means, its graph tells. */
const ALLOCATING_MEMBERS = new Set(['quota_read', 'quota_write']);

/** The bits of a member that is called. */
export const whyMember = (name: string): number => (ALLOCATING_MEMBERS.has(name) ? Why.Alloc : 0);

/** Members that say whether an object is in use where nothing may wait: what a function does then, its graph tells. */
const MODES = /(?:->|\.)(?:\w+_)?(?:atomic|nowait|no_?sleep|no_?block|non_?block(?:ing)?|polling|async|in_syscall)\b(?!\s*[=(]\s*[^=])/;

/** The bits that need no parsing: words that tell wherever they stand, in a comment too. */
export function whyText(body: string): number {
  let why = 0;
  if (body.includes('GFP_') || body.includes('gfp')) why |= Why.Gfp;
  if (body.includes('__free(')) why |= Why.Guard;
  if (body.includes('PF_MEMALLOC') || /(?:can|may)_?(?:sleep|block)/.test(body) || MODES.test(body)) why |= Why.Context;
  if (body.includes('ENOMEM') && /\b(?:while|for|do|goto)\b/.test(body)) why |= Why.Enomem;
  return why;
}
