/**
 * Locks and switches of include/linux, include/net and the core that every subsystem uses. A section names the kind.
 *   open    takes it            close   gives it back          try     takes it or says that it could not
 *   assert  states that it is held; `any` where the kind follows from the object
 * lock= index of the lock object (0 unless said), `bare` where there is none; zero/nonzero: held iff the result is that;
 * irq/bh: interrupts or softirqs go off with it; class= the lock class where the name alone fixes it.
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
lockdep_assert_task_sighand_held assert class=sighand_struct.siglock

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
atomic_dec_and_raw_lock try nonzero lock=1 @6.0-
atomic_dec_and_raw_lock_irqsave try nonzero irq lock=1 @6.0-
_raw_spin_lock open
_raw_spin_lock_bh open bh
_raw_spin_lock_irq open irq
_raw_spin_lock_irqsave open irq
_raw_spin_trylock try nonzero
_raw_spin_unlock close
_raw_spin_unlock_bh close bh
_raw_spin_unlock_irq close irq
_raw_spin_unlock_irqrestore close irq
arch_spin_lock open
arch_spin_trylock try nonzero
arch_spin_unlock close
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
irq_gc_lock open class=irq_chip_generic.lock
irq_gc_unlock close class=irq_chip_generic.lock

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
raw_write_seqcount_begin open
raw_write_seqcount_end close

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
lockdep_assert_in_softirq assert @5.10-
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
srcu_down_read open @6.1-
srcu_read_unlock close
srcu_read_unlock_notrace close
srcu_read_unlock_nmisafe close @6.2-
srcu_read_unlock_fast close @6.15-
srcu_up_read close @6.1-
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
[hardirq bare]
irq_enter open
irq_exit close
lockdep_assert_in_irq assert
[nmi bare]
nmi_enter open
nmi_exit close
`;

/** Locks whose taking may sleep. Words as above. */
export const SLEEPING_LOCKS = String.raw`
[mutex]
mutex_lock open
mutex_lock_nested open
mutex_lock_nest_lock open
mutex_lock_io open
mutex_lock_io_nested open
mutex_lock_interruptible open zero
mutex_lock_interruptible_nested open zero
mutex_lock_killable open zero
mutex_lock_killable_nested open zero
mutex_trylock try nonzero
mutex_trylock_recursive try nonzero @-5.11
mutex_unlock close
atomic_dec_and_mutex_lock open nonzero lock=1
refcount_dec_and_mutex_lock open nonzero lock=1
rtnl_lock open bare class=rtnl_mutex
rtnl_lock_killable open zero bare class=rtnl_mutex
rtnl_lock_interruptible open zero bare class=rtnl_mutex @6.11-
rtnl_trylock try nonzero bare class=rtnl_mutex
rtnl_unlock close bare class=rtnl_mutex
__rtnl_unlock close bare class=rtnl_mutex
rtnl_net_lock open bare class=rtnl_mutex @6.12-
rtnl_net_unlock close bare class=rtnl_mutex @6.12-
ASSERT_RTNL assert bare class=rtnl_mutex
netdev_lock open class=net_device.lock @6.14-
netdev_unlock close class=net_device.lock @6.14-
netdev_lock_ops open class=net_device.lock @6.15-
netdev_unlock_ops close class=net_device.lock @6.15-
devl_lock open class=devlink.lock @5.18-
devl_trylock try nonzero class=devlink.lock @5.19-
devl_unlock close class=devlink.lock @5.18-
devl_assert_locked assert class=devlink.lock @5.18-
wiphy_lock open class=wiphy.mtx @5.12-
wiphy_unlock close class=wiphy.mtx @5.12-
lockdep_assert_wiphy assert class=wiphy.mtx @5.12-
genl_lock open bare class=genl_mutex
genl_unlock close bare class=genl_mutex
nfnl_lock open bare class=nfnl_mutex
nfnl_unlock close bare class=nfnl_mutex
device_lock open class=device.mutex
device_lock_interruptible open zero class=device.mutex
device_trylock try nonzero class=device.mutex
device_unlock close class=device.mutex
device_lock_assert assert class=device.mutex
usb_lock_device open class=device.mutex
usb_trylock_device try nonzero class=device.mutex
usb_lock_device_for_reset open zero class=device.mutex
usb_unlock_device close class=device.mutex
pci_dev_lock open class=device.mutex
pci_dev_trylock try nonzero class=device.mutex
pci_dev_unlock close class=device.mutex
pci_lock_rescan_remove open bare class=pci_rescan_remove_lock
pci_unlock_rescan_remove close bare class=pci_rescan_remove_lock
lock_device_hotplug open bare class=device_hotplug_lock
unlock_device_hotplug close bare class=device_hotplug_lock
console_list_lock open bare class=console_mutex @6.2-
console_list_unlock close bare class=console_mutex @6.2-
lockdep_assert_console_list_lock_held assert bare class=console_mutex @6.2-
jump_label_lock open bare class=jump_label_mutex
jump_label_unlock close bare class=jump_label_mutex
cgroup_lock open bare class=cgroup_mutex
cgroup_unlock close bare class=cgroup_mutex
cpuset_lock open bare class=cpuset_mutex @6.6-6.18
cpuset_unlock close bare class=cpuset_mutex @6.6-6.18
kernel_param_lock open bare class=param_lock
kernel_param_unlock close bare class=param_lock
irq_lock_sparse open bare class=sparse_irq_lock
irq_unlock_sparse close bare class=sparse_irq_lock
msi_lock_descs open class=msi_device_data.mutex @5.17-6.14
msi_unlock_descs close class=msi_device_data.mutex @5.17-6.14
pipe_lock open class=pipe_inode_info.mutex
pipe_unlock close class=pipe_inode_info.mutex
pipe_double_lock open class=pipe_inode_info.mutex
tty_lock open class=tty_struct.legacy_mutex
tty_lock_interruptible open zero class=tty_struct.legacy_mutex
tty_unlock close class=tty_struct.legacy_mutex
phy_lock_mdio_bus open class=mii_bus.mdio_lock
phy_unlock_mdio_bus close class=mii_bus.mdio_lock
fsnotify_group_lock open class=fsnotify_group.mark_mutex @5.19-6.18
fsnotify_group_unlock close class=fsnotify_group.mark_mutex @5.19-6.18
spi_bus_lock open zero class=spi_controller.bus_lock_mutex
spi_bus_unlock close class=spi_controller.bus_lock_mutex
drm_modeset_lock_all open class=drm_mode_config.mutex
drm_modeset_unlock_all close class=drm_mode_config.mutex
hwmon_lock open @6.18-
hwmon_unlock close @6.18-

[rwsem_read]
down_read open
down_read_nested open
down_read_non_owner open
down_read_interruptible open zero
down_read_killable open zero
down_read_killable_nested open zero
down_read_trylock try nonzero
up_read close
up_read_non_owner close
inode_lock_shared open class=inode.i_rwsem
inode_lock_shared_nested open class=inode.i_rwsem
inode_lock_shared_killable open zero class=inode.i_rwsem @6.10-
inode_trylock_shared try nonzero class=inode.i_rwsem
inode_unlock_shared close class=inode.i_rwsem
mmap_read_lock open class=mm_struct.mmap_lock
mmap_read_lock_killable open zero class=mm_struct.mmap_lock
mmap_read_trylock try nonzero class=mm_struct.mmap_lock
mmap_read_trylock_non_owner try nonzero class=mm_struct.mmap_lock @-5.14
mmap_read_unlock close class=mm_struct.mmap_lock
mmap_read_unlock_non_owner close class=mm_struct.mmap_lock
mmap_assert_locked assert class=mm_struct.mmap_lock
vma_start_read try nonzero class=vm_area_struct.vm_lock @6.4-
vma_end_read close class=vm_area_struct.vm_lock @6.4-
lock_vma_under_rcu try nonzero bare class=vm_area_struct.vm_lock @6.4-
i_mmap_lock_read open class=address_space.i_mmap_rwsem
i_mmap_trylock_read try nonzero class=address_space.i_mmap_rwsem @5.19-
i_mmap_unlock_read close class=address_space.i_mmap_rwsem
i_mmap_assert_locked assert class=address_space.i_mmap_rwsem
anon_vma_lock_read open class=anon_vma.rwsem
anon_vma_trylock_read try nonzero class=anon_vma.rwsem @5.19-
anon_vma_unlock_read close class=anon_vma.rwsem
folio_lock_anon_vma_read open nonzero bare class=anon_vma.rwsem @5.18-
page_unlock_anon_vma_read close class=anon_vma.rwsem @-6.4
filemap_invalidate_lock_shared open class=address_space.invalidate_lock @5.15-
filemap_invalidate_trylock_shared try nonzero class=address_space.invalidate_lock @5.15-
filemap_invalidate_unlock_shared close class=address_space.invalidate_lock @5.15-
hugetlb_vma_lock_read open class=hugetlb_vma_lock.rw_sema @6.1-
hugetlb_vma_unlock_read close class=hugetlb_vma_lock.rw_sema @6.1-
rwsem_assert_held assert @6.9-
[rwsem_write]
down_write open
down_write_nested open
down_write_nest_lock open
down_write_killable open zero
down_write_killable_nested open zero
down_write_trylock try nonzero
up_write close
inode_lock open class=inode.i_rwsem
inode_lock_nested open class=inode.i_rwsem
inode_lock_killable open zero class=inode.i_rwsem @6.10-
inode_trylock try nonzero class=inode.i_rwsem
inode_unlock close class=inode.i_rwsem
lock_two_nondirectories open class=inode.i_rwsem
unlock_two_nondirectories close class=inode.i_rwsem
lock_rename open class=inode.i_rwsem
unlock_rename close class=inode.i_rwsem
mmap_write_lock open class=mm_struct.mmap_lock
mmap_write_lock_nested open class=mm_struct.mmap_lock
mmap_write_lock_killable open zero class=mm_struct.mmap_lock
mmap_write_trylock try nonzero class=mm_struct.mmap_lock @-6.6
mmap_write_unlock close class=mm_struct.mmap_lock
mmap_assert_write_locked assert class=mm_struct.mmap_lock
i_mmap_lock_write open class=address_space.i_mmap_rwsem
i_mmap_trylock_write try nonzero class=address_space.i_mmap_rwsem
i_mmap_unlock_write close class=address_space.i_mmap_rwsem
i_mmap_assert_write_locked assert class=address_space.i_mmap_rwsem
anon_vma_lock_write open class=anon_vma.rwsem
anon_vma_unlock_write close class=anon_vma.rwsem
filemap_invalidate_lock open class=address_space.invalidate_lock @5.15-
filemap_invalidate_unlock close class=address_space.invalidate_lock @5.15-
filemap_invalidate_lock_two open class=address_space.invalidate_lock @5.15-
filemap_invalidate_unlock_two close class=address_space.invalidate_lock @5.15-
hugetlb_vma_lock_write open class=hugetlb_vma_lock.rw_sema @6.1-
hugetlb_vma_trylock_write try nonzero class=hugetlb_vma_lock.rw_sema @6.1-
hugetlb_vma_unlock_write close class=hugetlb_vma_lock.rw_sema @6.1-
rwsem_assert_held_write assert @6.9-

[semaphore]
down open
down_interruptible open zero
down_killable open zero
down_timeout open zero
down_trylock try zero
up close
console_lock open bare class=console_sem
console_trylock try nonzero bare class=console_sem
console_unlock close bare class=console_sem
[percpu_rwsem]
percpu_down_read open
percpu_down_read_trylock try nonzero
percpu_up_read close
percpu_down_write open
percpu_up_write close
percpu_rwsem_assert_held assert
cpus_read_lock open bare class=cpu_hotplug_lock
cpus_read_trylock try nonzero bare class=cpu_hotplug_lock
cpus_read_unlock close bare class=cpu_hotplug_lock
cpus_write_lock open bare class=cpu_hotplug_lock
cpus_write_unlock close bare class=cpu_hotplug_lock
get_online_cpus open bare class=cpu_hotplug_lock @-5.15
put_online_cpus close bare class=cpu_hotplug_lock @-5.15
lockdep_assert_cpus_held assert bare class=cpu_hotplug_lock
get_online_mems open bare class=mem_hotplug_lock
put_online_mems close bare class=mem_hotplug_lock
mem_hotplug_begin open bare class=mem_hotplug_lock
mem_hotplug_done close bare class=mem_hotplug_lock
cgroup_threadgroup_change_begin open class=cgroup_threadgroup_rwsem
cgroup_threadgroup_change_end close class=cgroup_threadgroup_rwsem
sb_start_write open class=super_block.s_writers.write
sb_start_write_trylock try nonzero class=super_block.s_writers.write
sb_end_write close class=super_block.s_writers.write
sb_start_pagefault open class=super_block.s_writers.fault
sb_end_pagefault close class=super_block.s_writers.fault
sb_start_intwrite open class=super_block.s_writers.internal
sb_start_intwrite_trylock try nonzero class=super_block.s_writers.internal
sb_end_intwrite close class=super_block.s_writers.internal
file_start_write open class=super_block.s_writers.write
file_end_write close class=super_block.s_writers.write
mnt_want_write open zero class=super_block.s_writers.write
mnt_want_write_file open zero class=super_block.s_writers.write
mnt_drop_write close class=super_block.s_writers.write
mnt_drop_write_file close class=super_block.s_writers.write

[ww_mutex]
ww_mutex_lock open zero
ww_mutex_lock_interruptible open zero
ww_mutex_lock_slow open
ww_mutex_lock_slow_interruptible open zero
ww_mutex_trylock try nonzero
ww_mutex_unlock close
dma_resv_lock open class=dma_resv.lock
dma_resv_lock_interruptible open zero class=dma_resv.lock
dma_resv_lock_slow open class=dma_resv.lock
dma_resv_trylock try nonzero class=dma_resv.lock
dma_resv_unlock close class=dma_resv.lock
dma_resv_assert_held assert class=dma_resv.lock
drm_modeset_lock open zero
drm_modeset_lock_single_interruptible open zero
drm_modeset_unlock close
[rt_mutex]
rt_mutex_lock open
rt_mutex_lock_nested open
rt_mutex_lock_interruptible open zero
rt_mutex_lock_killable open zero @5.16-
rt_mutex_trylock try nonzero
rt_mutex_unlock close
i2c_lock_bus open class=i2c_adapter.bus_lock
i2c_trylock_bus try nonzero class=i2c_adapter.bus_lock
i2c_unlock_bus close class=i2c_adapter.bus_lock
mux_control_select open zero
mux_control_deselect close
[page_lock]
lock_page open class=page
lock_page_killable open zero class=page
trylock_page try nonzero class=page
unlock_page close class=page
folio_lock open class=page @5.16-
folio_lock_killable open zero class=page @5.16-
folio_trylock try nonzero class=page @5.16-
folio_unlock close class=page @5.16-
find_lock_page open nonzero bare class=page
grab_cache_page open nonzero bare class=page
lock_buffer open class=buffer_head
trylock_buffer try nonzero class=buffer_head
unlock_buffer close class=buffer_head
[sock_lock]
lock_sock open class=sock.sk_lock
lock_sock_nested open class=sock.sk_lock
release_sock close class=sock.sk_lock

sockopt_lock_sock open class=sock.sk_lock @6.1-
sockopt_release_sock close class=sock.sk_lock @6.1-
sock_owned_by_me assert class=sock.sk_lock
`;

/**
 * cleanup.h classes: guard(NAME), scoped_guard(NAME, ...), scoped_cond_guard(NAME, ...), ACQUIRE(NAME, ...). A class whose
 * name ends in _try, _intr or _kill is held iff its branch is taken. Upstream since 6.5; the longterm trees carry a part of
 * them as backports.
 */
export const GUARDS = String.raw`
[spin]
spinlock
spinlock_bh bh
spinlock_irq irq
spinlock_irqsave irq
spinlock_try
spinlock_bh_try bh
spinlock_irq_try irq
spinlock_irqsave_try irq
task_lock class=task_struct.alloc_lock
uart_port_lock class=uart_port.lock
uart_port_lock_irq irq class=uart_port.lock
uart_port_lock_irqsave irq class=uart_port.lock
uart_port_lock_try class=uart_port.lock
uart_port_lock_irqsave_try irq class=uart_port.lock
uart_port_lock_check_sysrq_irqsave irq class=uart_port.lock
serio_pause_rx irq
[raw_spin]
raw_spinlock
raw_spinlock_nested
raw_spinlock_bh bh
raw_spinlock_irq irq
raw_spinlock_irqsave irq
raw_spinlock_try
raw_spinlock_bh_try bh
raw_spinlock_irq_try irq
raw_spinlock_irqsave_try irq
rq_lock class=rq.__lock
rq_lock_irq irq class=rq.__lock
rq_lock_irqsave irq class=rq.__lock
task_rq_lock irq class=rq.__lock
__task_rq_lock class=rq.__lock
gpio_generic_lock
gpio_generic_lock_irqsave irq
[read_lock]
read_lock
read_lock_irq irq
read_lock_irqsave irq
[write_lock]
write_lock
write_lock_irq irq
write_lock_irqsave irq
[seq_write bare]
mount_writer class=mount_lock
mount_locked_reader class=mount_lock
[local_lock]
local_lock
local_lock_irq irq
local_lock_irqsave irq
local_lock_nested_bh
[irq_off bare]
irq
irqsave
[preempt_off bare]
preempt
preempt_notrace
rcu_sched_notrace
[rcu bare]
rcu
[srcu]
srcu
srcu_fast
srcu_fast_notrace
rcu_tasks_trace bare
[pagefault_off bare]
pagefault
[mutex]
mutex
mutex_try
mutex_intr
mutex_kill
device class=device.mutex
device_intr class=device.mutex
pci_dev class=device.mutex
rtnl bare class=rtnl_mutex
devl class=devlink.lock
wiphy class=wiphy.mtx
jump_label_lock bare class=jump_label_mutex
msi_descs_lock class=msi_device_data.mutex
hwmon_lock
cooling_dev class=thermal_cooling_device.lock
namespace_excl bare class=namespace_sem
[semaphore]
console_lock bare class=console_sem
[rwsem_read]
rwsem_read
rwsem_read_try
rwsem_read_intr
mmap_read_lock class=mm_struct.mmap_lock
mmap_read_lock_try class=mm_struct.mmap_lock
cpufreq_policy_read class=cpufreq_policy.rwsem
namespace_shared bare class=namespace_sem
[rwsem_write]
rwsem_write
rwsem_write_try
rwsem_write_kill
mmap_write_lock class=mm_struct.mmap_lock
cpufreq_policy_write class=cpufreq_policy.rwsem
[percpu_rwsem]
percpu_read
percpu_read_try
percpu_write
cpus_read_lock bare class=cpu_hotplug_lock
super_write class=super_block.s_writers.write
`;
