/**
 * The words the normaliser and the scanner know. Core kernel headers only (include/linux/compiler*.h, init.h, sparse and
 * context-analysis annotations, cleanup.h, linkage.h, as of 5.10 to 6.18); whatever follows the same shape is recognised by shape.
 */

const words = (list: string): string[] => list.trim().split(/\s+/);

/** Attribute macros that take no arguments. */
export const ATTRIBUTES: ReadonlySet<string> = new Set(words(`
  __init __exit __initdata __initconst __exitdata __exitconst __initrodata __devinit __devexit __cpuinit __cpuexit
  __meminit __memexit __meminitdata __meminitconst __net_init __net_exit __net_initdata __net_initconst
  __ref __refdata __refconst __head __sched __cpuidle __kprobes nokprobe_inline __lockfunc __irq_entry __softirq_entry
  __exception_irq_entry __init_or_module __initdata_or_module __initconst_or_module __init_memblock __initdata_memblock
  __init_refok __exit_call __initcall __paginginit __ro_after_init __read_mostly __lsm_ro_after_init
  __cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned ____cacheline_aligned_in_smp
  ____cacheline_internodealigned_in_smp __page_aligned_data __page_aligned_bss __nosavedata __percpu_page_aligned
  __weak __visible __used __maybe_unused __always_unused __unused __must_check __pure __attribute_const__
  __attribute_pure__ __attribute_malloc__ __const_func __deprecated __cold __hot __flatten __malloc __noreturn noinline
  noinline_for_stack noinline_for_tracing noinline_if_stackdepot __noinline __always_inline __no_inline __gnu_inline
  notrace __notrace __notrace_funcgraph noinstr noendbr __noendbr __nocfi __noscs __nostackprotector __no_stack_protector
  __no_sanitize_address __no_sanitize_memory __no_sanitize_thread __no_sanitize_undefined __no_sanitize_coverage
  __no_sanitize_or_inline __no_kasan_or_inline __no_kcsan __no_kcsan_or_inline __no_kmsan_checks __no_kstack_erase
  __no_profile __nocapture __no_fgcse __no_context_analysis __no_caller_saved_registers __nocov __no_latent_entropy
  __latent_entropy __noclone __optimized __naked __packed __mayalias __may_alias __nonstring __nonstring_array
  __designated_init __randomize_layout __no_randomize_layout __overloadable __signed_wrap __noauditdeprecated
  __user __kernel __iomem __percpu __rcu __force __safe __private __nocast __bitwise __bitwise__ __prerelease __guarded
  __kptr __kptr_untrusted __uptr __bpf_percpu __bpf_kfunc __ksym __arena __contended
  asmlinkage __asmlinkage linkage_regcall __visible_default fastcall regparm3 __efiapi __efi_entry
  __efi_runtime __efistub_global __initmem __xipram __tramp __xen __xen_initdata __hyp_text __entry_text __noirqentry
  __syscall_entry __vdso_data __vsyscall_fn __kcfi_salt __thread_init __function_aligned __attribute_fallthrough__ at_least
  __mustcheck __private_extern __ptr_auth __indirect_call __wur __retain __compat_ref
  __restrict __restrict__ __signed __signed__ __volatile __const __extension__ __builtin_unused
`));

/** Attribute macros that take arguments: blanked together with them. */
export const ATTRIBUTE_CALLS: ReadonlySet<string> = new Set(words(`
  __attribute__ __attribute __declspec __acquires __releases __must_hold __cond_acquires __cond_releases
  __acquires_shared __releases_shared __must_hold_shared __cond_acquires_shared __must_not_hold __excludes __acquires_ret
  __acquires_shared_ret __releases_generic __acquires_generic __releases_generic_shared __guarded_by __pt_guarded_by
  __guarded_by_shared __context_unsafe __assumes_ctx_lock
  __printf __scanf __strftime __gnu_printf __printf_like __nonnull __nonnull_params __returns_nonnull
  __alloc_size __realloc_size __alloc_align __assume_aligned __malloc __access __alias __aligned __section
  __section__ __mode __copy __cleanup __error __warning __compiletime_error __compiletime_warning __diagnose_as
  __pass_object_size __pass_dynamic_object_size __counted_by __counted_by_le __counted_by_be __counted_by_ptr
  __sized_by __no_sanitize __optimize __target __target_clones __attribute_section__ __deprecated_msg
  __vdso_section __bpf_ctx __bpf_fastcall __kernel_pure __ibt_noseal __init_section __exit_section __nocf_check
  __free __btf_type_tag __btf_decl_tag __tag __overflow_behavior __ob_trap __ob_wrap __ifunc __releases_cond
  __acquires_cond _Alignas
`));

/** Keywords of C that stand before a parenthesis without being called. */
export const KEYWORDS: ReadonlySet<string> = new Set(words(`
  if else for while do switch case default return goto break continue sizeof typeof __typeof__ __typeof typeof_unqual
  __typeof_unqual__ _Alignof __alignof__ __alignof alignof offsetof __builtin_offsetof _Generic _Static_assert static_assert
  asm __asm__ __asm volatile __volatile__ inline __inline __inline__ static extern const register auto unsigned signed
  int char long short void float double _Bool bool struct union enum typedef restrict defined __extension__
`));

/** Keywords that begin a statement. */
export const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set(words(`
  if for while do switch case default return goto break continue else
`));

/** The operators that yield a type from an expression. */
export const TYPEOF: ReadonlySet<string> = new Set(words(`
  typeof __typeof__ __typeof typeof_unqual __typeof_unqual__ typeof_member __unqual_scalar_typeof TYPEOF_UNQUAL
  __rseq_unqual_scalar_typeof typeof_unconst
`));

/** Words that begin inline assembly. */
export const ASM: ReadonlySet<string> = new Set(words(`asm __asm__ __asm asm_volatile_goto asm_inline asm_goto_output`));

/** Words a type may consist of besides its name. */
export const TYPE_WORDS: ReadonlySet<string> = new Set(words(`
  struct union enum const volatile unsigned signed long short int char void float double _Bool bool restrict __restrict register
  static extern
`));

/** Block macros that are no loops: what follows them in braces runs once (or not at all). */
export const BLOCK_MACROS: ReadonlySet<string> = new Set(words(`
  scoped_guard scoped_cond_guard scoped_guard_unsafe scoped_class scoped_user_read_access scoped_user_write_access
  scoped_user_rw_access scoped_with_kernel_fpu scoped_ksimd scoped_seqlock_read with_kernel_fpu_context
  alternative_if_else __with_intel_runtime_pm with_intel_runtime_pm with_intel_runtime_pm_if_in_use
  with_intel_runtime_pm_if_active with_intel_gt_pm with_intel_display_power with_intel_display_power_if_enabled
  __with_intel_gt_pm with_intel_gt_pm_if_awake with_intel_gt_pm_async with_i915_gem_ww_ctx scoped_irqsave
  in_kernel_fpu scoped_migrate_disable unsafe_scoped_guard
`));

/** Names that iterate although nothing in them says for_each. */
export const ITERATORS: ReadonlySet<string> = new Set(words(`
  for_each scoped_seqlock_read do_for_each while_each hlist_for nla_for rt_for
  for_ifa for_primary_ifa endfor_ifa do_each_thread do_each_pid_task do_each_pid_thread do_each_rcu
  drm_connector_for drm_exec_until_all_locked drm_modeset_lock_all_until xe_validation_guard i915_gem_ww_ctx_for
  for_i915_gem_ww for_intel_runtime_pm for_each_cpu for_range bio_for for_bio sctp_walk_params sctp_walk_errors
  sctp_walk_fwdtsn sctp_skb_for_each tcp_for_write_queue skb_walk_frags skb_queue_walk skb_queue_walk_safe
  skb_queue_walk_from skb_queue_walk_from_safe skb_queue_reverse_walk skb_queue_reverse_walk_safe skb_rbtree_walk
  skb_rbtree_walk_from skb_rbtree_walk_from_safe skb_walk_frags_safe
  shost_for_scsi starget_for_each list_for plist_for snd_soc_dapm_for pci_dev_for driver_for class_dev_iter
  while_for with_each rcu_list_for
`));

/**
 * Macros that define a function from their arguments. `prefix` goes before the first argument to make the name;
 * `pairs` says that the other arguments are `type, name` pairs, starting at argument `from`.
 */
export const DEFINERS: readonly { pattern: RegExp; prefix: string; pairs: boolean }[] = [
  { pattern: /^COMPAT_SYSCALL(?:32)?_DEFINE[0-6x]$/, prefix: 'compat_sys_', pairs: true },
  { pattern: /^(?:\w+_)?SYSCALL(?:32|32_|64)?_?DEFINE(?:[0-6x]|_MAYBE[0-6])$/, prefix: 'sys_', pairs: true },
  { pattern: /^(?:NO)?(?:TRACE_)?BPF_CALL_[0-5]$/, prefix: '', pairs: true },
];
