/** Locks whose taking may sleep. Words as in locks.ts. */
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
rtnl_lock_interruptible open zero bare class=rtnl_mutex @6.13-
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
cgroup_lock open bare class=cgroup_mutex @5.12-
cgroup_unlock close bare class=cgroup_mutex @5.12-
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
page_unlock_anon_vma_read close class=anon_vma.rwsem @-5.19
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
lock_page_killable open zero class=page @-6.11
trylock_page try nonzero class=page
unlock_page close class=page
folio_lock open class=page @5.16-
folio_lock_killable open zero class=page @5.16-
folio_trylock try nonzero class=page @5.16-
folio_unlock close class=page @5.16-
find_lock_page open nonzero bare class=page
grab_cache_page open nonzero bare class=page @-6.18
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
