/**
 * Locks and switches of include/linux, include/net and the core that every subsystem uses. A section names the kind.
 *   open    takes it            close   gives it back          try     takes it or says that it could not
 *   assert  states that it is held; `any` where the kind follows from the object
 * lock= index of the lock object (0 unless said), `bare` where there is none; zero/nonzero: held iff the result is that;
 * irq/bh: interrupts or softirqs go off with it; class= the lock class where the name alone fixes it.
 * Not here: arch_spin_lock() and its kin, which leave preemption and interrupts as they are (include/asm-generic/qspinlock.h, 5.10 to 6.12).
 * What they guard is atomic by what the caller switched off before.
 */
export const LOCKS = String.raw`
[spin]
spin_lock open
spin_lock_nested open
spin_lock_nest_lock open
spin_lock_bh open bh
spin_lock_irq open irq
spin_lock_irqsave open irq
spin_lock_irqsave_nested open irq
spin_trylock try nonzero
spin_trylock_bh try nonzero bh
spin_trylock_irq try nonzero irq
spin_trylock_irqsave try nonzero irq
spin_unlock close
spin_unlock_bh close bh
spin_unlock_irq close irq
spin_unlock_irqrestore close irq
assert_spin_locked assert
atomic_dec_and_lock try nonzero lock=1
atomic_dec_and_lock_irqsave try nonzero irq lock=1
refcount_dec_and_lock try nonzero lock=1
refcount_dec_and_lock_irqsave try nonzero irq lock=1
lockref_put_or_lock try zero
xa_lock open
xa_lock_bh open bh
xa_lock_irq open irq
xa_lock_irqsave open irq
xa_lock_nested open
xa_lock_bh_nested open bh
xa_lock_irq_nested open irq
xa_lock_irqsave_nested open irq
xa_trylock try nonzero
xa_unlock close
xa_unlock_bh close bh
xa_unlock_irq close irq
xa_unlock_irqrestore close irq
xas_lock open
xas_lock_bh open bh
xas_lock_irq open irq
xas_lock_irqsave open irq
xas_trylock try nonzero
xas_unlock close
xas_unlock_bh close bh
xas_unlock_irq close irq
xas_unlock_irqrestore close irq
idr_lock open
idr_lock_bh open bh
idr_lock_irq open irq
idr_lock_irqsave open irq
idr_unlock close
idr_unlock_bh close bh
idr_unlock_irq close irq
idr_unlock_irqrestore close irq
mtree_lock open class=maple_tree.ma_lock @6.1-
mtree_unlock close class=maple_tree.ma_lock @6.1-
mas_lock open class=maple_tree.ma_lock @6.1-
mas_unlock close class=maple_tree.ma_lock @6.1-
bh_lock_sock open class=sock.sk_lock.slock
bh_lock_sock_nested open class=sock.sk_lock.slock
bh_unlock_sock close class=sock.sk_lock.slock
# The fast path leaves with the socket's spinlock held and softirqs off; taking it may sleep.
lock_sock_fast open bh sleeps class=sock.sk_lock.slock
lock_sock_fast_nested open bh sleeps class=sock.sk_lock.slock @5.14-
unlock_sock_fast close bh class=sock.sk_lock.slock
netif_tx_lock open class=netdev_queue._xmit_lock
netif_tx_lock_bh open bh class=netdev_queue._xmit_lock
netif_tx_unlock close class=netdev_queue._xmit_lock
netif_tx_unlock_bh close bh class=netdev_queue._xmit_lock
__netif_tx_lock open class=netdev_queue._xmit_lock
__netif_tx_lock_bh open bh class=netdev_queue._xmit_lock
__netif_tx_trylock try nonzero class=netdev_queue._xmit_lock
__netif_tx_unlock close class=netdev_queue._xmit_lock
__netif_tx_unlock_bh close bh class=netdev_queue._xmit_lock
netif_addr_lock open class=net_device.addr_list_lock
netif_addr_lock_bh open bh class=net_device.addr_list_lock
netif_addr_unlock close class=net_device.addr_list_lock
netif_addr_unlock_bh close bh class=net_device.addr_list_lock
sch_tree_lock open bh
sch_tree_unlock close bh
task_lock open class=task_struct.alloc_lock
task_unlock close class=task_struct.alloc_lock
lock_task_sighand try nonzero irq class=sighand_struct.siglock
unlock_task_sighand close irq class=sighand_struct.siglock
pte_offset_map_lock open lock=3 class=ptlock @-6.4
pte_offset_map_lock try nonzero lock=3 class=ptlock @6.5-
pte_alloc_map_lock try nonzero lock=3 class=ptlock
pte_unmap_unlock close lock=1 class=ptlock
get_locked_pte try nonzero lock=2 class=ptlock
pmd_lock open bare class=ptlock
pud_lock open bare class=ptlock
huge_pte_lock open bare class=ptlock
pmd_trans_huge_lock try nonzero bare class=ptlock
pud_trans_huge_lock try nonzero bare class=ptlock
lock_page_lruvec open class=lruvec.lru_lock @5.11-5.15
lock_page_lruvec_irq open irq class=lruvec.lru_lock @5.11-5.15
lock_page_lruvec_irqsave open irq class=lruvec.lru_lock @5.11-5.15
folio_lruvec_lock open class=lruvec.lru_lock @5.16-
folio_lruvec_lock_irq open irq class=lruvec.lru_lock @5.16-
folio_lruvec_lock_irqsave open irq class=lruvec.lru_lock @5.16-
unlock_page_lruvec close class=lruvec.lru_lock @5.11-6.18
unlock_page_lruvec_irq close irq class=lruvec.lru_lock @5.11-6.18
unlock_page_lruvec_irqrestore close irq class=lruvec.lru_lock @5.11-6.18
lruvec_unlock close class=lruvec.lru_lock @6.19-
lruvec_unlock_irq close irq class=lruvec.lru_lock @6.19-
lruvec_unlock_irqrestore close irq class=lruvec.lru_lock @6.19-
pgdat_resize_lock open irq class=pglist_data.node_size_lock
pgdat_resize_unlock close irq class=pglist_data.node_size_lock
uart_port_lock open class=uart_port.lock @6.6-
uart_port_lock_irq open irq class=uart_port.lock @6.6-
uart_port_lock_irqsave open irq class=uart_port.lock @6.6-
uart_port_trylock try nonzero class=uart_port.lock @6.6-
uart_port_trylock_irqsave try nonzero irq class=uart_port.lock @6.6-
uart_port_unlock close class=uart_port.lock @6.6-
uart_port_unlock_irq close irq class=uart_port.lock @6.6-
uart_port_unlock_irqrestore close irq class=uart_port.lock @6.6-
nf_conntrack_lock open
double_pt_lock open class=ptlock @6.4-6.8
double_pt_unlock close class=ptlock @6.4-6.8
i8042_lock_chip open irq bare
i8042_unlock_chip close irq bare
hwspin_trylock try zero
hwspin_trylock_irq try zero irq
hwspin_trylock_irqsave try zero irq
hwspin_lock_timeout try zero
hwspin_lock_timeout_irq try zero irq
hwspin_lock_timeout_irqsave try zero irq
hwspin_unlock close
hwspin_unlock_irq close irq
hwspin_unlock_irqrestore close irq
# lockdep's own statements: what is held follows from the object
lockdep_assert_held assert any
lockdep_assert_held_write assert any
lockdep_assert_held_read assert any
lockdep_assert_held_once assert any
lockdep_assert_task_sighand_held assert class=sighand_struct.siglock @5.11-

[raw_spin]
raw_spin_lock open
raw_spin_lock_nested open
raw_spin_lock_nest_lock open
raw_spin_lock_bh open bh
raw_spin_lock_irq open irq
raw_spin_lock_irqsave open irq
raw_spin_lock_irqsave_nested open irq
raw_spin_trylock try nonzero
raw_spin_trylock_bh try nonzero bh
raw_spin_trylock_irq try nonzero irq
raw_spin_trylock_irqsave try nonzero irq
raw_spin_unlock close
raw_spin_unlock_bh close bh
raw_spin_unlock_irq close irq
raw_spin_unlock_irqrestore close irq
assert_raw_spin_locked assert
atomic_dec_and_raw_lock try nonzero lock=1 @6.2-
atomic_dec_and_raw_lock_irqsave try nonzero irq lock=1 @6.2-
_raw_spin_lock open
_raw_spin_lock_bh open bh
_raw_spin_lock_irq open irq
_raw_spin_lock_irqsave open irq
_raw_spin_trylock try nonzero
_raw_spin_unlock close
_raw_spin_unlock_bh close bh
_raw_spin_unlock_irq close irq
_raw_spin_unlock_irqrestore close irq
do_raw_spin_lock open
do_raw_spin_unlock close
task_rq_lock open irq class=rq.__lock
task_rq_unlock close irq lock=1 class=rq.__lock
__task_rq_lock open class=rq.__lock
rq_lock open class=rq.__lock
rq_lock_irq open irq class=rq.__lock
rq_lock_irqsave open irq class=rq.__lock
rq_unlock close class=rq.__lock
rq_unlock_irq close irq class=rq.__lock
rq_unlock_irqrestore close irq class=rq.__lock
raw_spin_rq_lock open class=rq.__lock @5.13-
raw_spin_rq_lock_irq open irq class=rq.__lock @5.13-
raw_spin_rq_unlock close class=rq.__lock @5.13-
raw_spin_rq_unlock_irq close irq class=rq.__lock @5.13-
lockdep_assert_rq_held assert class=rq.__lock @5.13-
irq_gc_lock open class=irq_chip_generic.lock @-6.18
irq_gc_unlock close class=irq_chip_generic.lock @-6.18

[read_lock]
read_lock open
read_lock_bh open bh
read_lock_irq open irq
read_lock_irqsave open irq
read_trylock try nonzero
read_unlock close
read_unlock_bh close bh
read_unlock_irq close irq
read_unlock_irqrestore close irq
[write_lock]
write_lock open
write_lock_nested open @5.17-
write_lock_bh open bh
write_lock_irq open irq
write_lock_irqsave open irq
write_trylock try nonzero
write_trylock_irqsave try nonzero irq
write_unlock close
write_unlock_bh close bh
write_unlock_irq close irq
write_unlock_irqrestore close irq

[bit_spin]
bit_spin_lock open lock=1
bit_spin_trylock try nonzero lock=1
bit_spin_unlock close lock=1
__bit_spin_unlock close lock=1
hlist_bl_lock open
hlist_bl_unlock close
jbd_lock_bh_journal_head open
jbd_unlock_bh_journal_head close
rht_lock open bh lock=1
rht_lock_nested open bh lock=1
rht_unlock close bh lock=1
rht_assign_unlock close bh lock=1

[seq_write]
write_seqlock open
write_seqlock_bh open bh
write_seqlock_irq open irq
write_seqlock_irqsave open irq
write_sequnlock close
write_sequnlock_bh close bh
write_sequnlock_irq close irq
write_sequnlock_irqrestore close irq
read_seqlock_excl open
read_seqlock_excl_bh open bh
read_seqlock_excl_irq open irq
read_seqlock_excl_irqsave open irq
read_sequnlock_excl close
read_sequnlock_excl_bh close bh
read_sequnlock_excl_irq close irq
read_sequnlock_excl_irqrestore close irq
write_seqcount_begin open
write_seqcount_begin_nested open
write_seqcount_end close

[local_lock]
local_lock open
local_lock_irq open irq
local_lock_irqsave open irq
local_trylock try nonzero @6.15-
local_trylock_irqsave try nonzero irq @6.14-
local_unlock close
local_unlock_irq close irq
local_unlock_irqrestore close irq
local_lock_nested_bh open @6.11-
local_unlock_nested_bh close @6.11-
radix_tree_preload try zero bare class=radix_tree_preloads
radix_tree_maybe_preload try zero bare class=radix_tree_preloads
radix_tree_preload_end close bare class=radix_tree_preloads
idr_preload open bare class=radix_tree_preloads
idr_preload_end close bare class=radix_tree_preloads

[irq_off bare]
local_irq_disable open
local_irq_enable close
local_irq_save open
local_irq_restore close
raw_local_irq_disable open
raw_local_irq_enable close
raw_local_irq_save open
raw_local_irq_restore close
arch_local_irq_disable open
arch_local_irq_enable close
arch_local_irq_save open
arch_local_irq_restore close
lockdep_assert_irqs_disabled assert
[bh_off bare]
local_bh_disable open
local_bh_enable close
__local_bh_disable_ip open
__local_bh_enable_ip close
_local_bh_enable close
lockdep_assert_in_softirq assert @5.11-
[preempt_off bare]
preempt_disable open
preempt_disable_notrace open
preempt_enable close
preempt_enable_notrace close
preempt_enable_no_resched close
preempt_enable_no_resched_notrace close
sched_preempt_enable_no_resched close
get_cpu open
put_cpu close
get_cpu_ptr open
put_cpu_ptr close
get_cpu_var open
put_cpu_var close
rcu_read_lock_sched open
rcu_read_lock_sched_notrace open
rcu_read_unlock_sched close
rcu_read_unlock_sched_notrace close
cant_sleep assert
lockdep_assert_preemption_disabled assert
lockdep_assert_in_rcu_read_lock_sched assert @6.12-
[rcu bare]
rhashtable_walk_start open
rhashtable_walk_start_check open
rhashtable_walk_stop close
rcu_read_lock open
rcu_read_unlock close
rcu_read_lock_bh open bh
rcu_read_unlock_bh close bh
rcu_read_lock_dont_migrate open @6.18-
rcu_read_unlock_migrate close @6.18-
lock_page_memcg open @-6.4
unlock_page_memcg close @-6.4
folio_memcg_lock open @5.16-6.12
folio_memcg_unlock close @5.16-6.12
lockdep_assert_in_rcu_read_lock assert @6.12-
lockdep_assert_in_rcu_read_lock_bh assert bh @6.12-
[srcu]
srcu_read_lock open
srcu_read_lock_notrace open
srcu_read_lock_nmisafe open @6.2-
srcu_read_lock_fast open @6.15-
srcu_down_read open @6.2-
srcu_read_unlock close
srcu_read_unlock_notrace close
srcu_read_unlock_nmisafe close @6.2-
srcu_read_unlock_fast close @6.15-
srcu_up_read close @6.2-
rcu_read_lock_trace open bare
rcu_read_unlock_trace close bare
dax_read_lock open bare class=dax_srcu
dax_read_unlock close bare class=dax_srcu
console_srcu_read_lock open bare class=console_srcu @6.2-
console_srcu_read_unlock close bare class=console_srcu @6.2-
[kmap_atomic bare]
kmap_atomic open
kmap_atomic_prot open
kmap_atomic_pfn open
kunmap_atomic close
[pagefault_off bare]
pagefault_disable open
pagefault_enable close
[signalling bare]
dma_fence_begin_signalling open @5.9-
dma_fence_end_signalling close @5.9-
[hardirq bare]
irq_enter open
irq_exit close
lockdep_assert_in_irq assert
[nmi bare]
nmi_enter open
nmi_exit close
`;
