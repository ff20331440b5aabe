/**
 * Calls that may sleep, allocations and locks apart. `why` completes "it ..."; maybe: only in some set-ups; drops= the lock let go of meanwhile; fault: may page
 * in user memory; yields: a scheduling point and no more; gfp= / nonzero=: only when that argument is a blocking mask / not 0; mapped-in=: architectures where code of
 * theirs need not sleep for it.
 * Most carry might_sleep() or might_fault() themselves (read in 6.1 and 6.12); the rest wait, take a mutex or allocate with
 * GFP_KERNEL on every path.
 */
export const SLEEPERS = String.raw`
[schedule "why=gives up the processor"]
schedule
schedule_timeout
schedule_timeout_interruptible
schedule_timeout_killable
schedule_timeout_uninterruptible
schedule_timeout_idle
schedule_hrtimeout
schedule_hrtimeout_range
# Made for preemption that is off once: it is switched on meanwhile (kernel/sched/core.c).
schedule_preempt_disabled maybe
io_schedule
io_schedule_timeout
yield
yield_to
might_sleep "why=states that this code may sleep"
might_sleep_if nonzero=0 "why=states that this code may sleep"
might_alloc gfp=0 "why=is marked as allocating" @5.11-
might_fault "why=may fault in user memory" fault
[resched "why=may give up the processor" yields]
cond_resched
cond_resched_tasks_rcu_qs
_cond_resched @-5.11
[delay "why=sleeps"]
msleep
msleep_interruptible
ssleep
usleep_range
usleep_range_state @5.17-
usleep_range_idle @6.13-
fsleep maybe
read_poll_timeout nonzero=3 "why=sleeps between polls"
readx_poll_timeout nonzero=4 "why=sleeps between polls"
readl_poll_timeout nonzero=3 "why=sleeps between polls"
readb_poll_timeout nonzero=3 "why=sleeps between polls"
readw_poll_timeout nonzero=3 "why=sleeps between polls"
readq_poll_timeout nonzero=3 "why=sleeps between polls"
readl_relaxed_poll_timeout nonzero=3 "why=sleeps between polls"
regmap_read_poll_timeout nonzero=4 "why=sleeps between polls"
regmap_field_read_poll_timeout nonzero=3 "why=sleeps between polls"
phy_read_poll_timeout "why=sleeps between polls"
freezable_schedule @-5.19
freezable_schedule_timeout @-5.19
try_to_freeze
[backoff "why=sleeps before the next try"]
congestion_wait @-5.17
wait_iff_congested maybe @-5.15
memalloc_retry_wait @5.17-
[event "why=waits for an event"]
wait_event
wait_event_timeout
wait_event_interruptible
wait_event_interruptible_timeout
wait_event_interruptible_exclusive
wait_event_killable
wait_event_killable_exclusive
wait_event_killable_timeout
wait_event_freezable
wait_event_freezable_timeout
wait_event_freezable_exclusive
wait_event_exclusive_cmd
wait_event_cmd
wait_event_idle
wait_event_idle_exclusive
wait_event_idle_timeout
wait_event_idle_exclusive_timeout
wait_event_hrtimeout
wait_event_interruptible_hrtimeout
wait_event_interruptible_locked maybe drops=0
wait_event_interruptible_locked_irq maybe drops=0
wait_event_interruptible_exclusive_locked maybe drops=0
wait_event_interruptible_exclusive_locked_irq maybe drops=0
wait_event_lock_irq maybe drops=2
wait_event_lock_irq_cmd maybe drops=2
wait_event_interruptible_lock_irq maybe drops=2
wait_event_interruptible_lock_irq_cmd maybe drops=2
wait_event_interruptible_lock_irq_timeout maybe drops=2
wait_event_lock_irq_timeout maybe drops=2
wait_event_state @6.2-
io_wait_event
wait_var_event
wait_var_event_timeout
wait_var_event_killable
wait_var_event_interruptible
wait_woken
swait_event_exclusive
swait_event_timeout_exclusive
swait_event_interruptible_exclusive
swait_event_interruptible_timeout_exclusive
swait_event_idle_exclusive
swait_event_idle_timeout_exclusive
rcuwait_wait_event
[completion "why=waits for a completion"]
wait_for_completion
wait_for_completion_timeout
wait_for_completion_io
wait_for_completion_io_timeout
wait_for_completion_interruptible
wait_for_completion_interruptible_timeout
wait_for_completion_killable
wait_for_completion_killable_timeout
wait_for_completion_state @6.2-
[bit "why=waits for a bit"]
wait_on_bit
wait_on_bit_io
wait_on_bit_timeout
wait_on_bit_action
wait_on_bit_lock
wait_on_bit_lock_io
wait_on_bit_lock_action
out_of_line_wait_on_bit
out_of_line_wait_on_bit_lock
out_of_line_wait_on_bit_timeout
[page "why=waits for a page"]
wait_on_page_locked @-6.18
wait_on_page_locked_killable @-6.11
wait_on_page_writeback
wait_on_page_writeback_killable @5.12-5.15
wait_for_stable_page maybe @-6.18
wait_on_page_bit @-5.19
wait_on_page_bit_killable @-5.19
folio_wait_locked @5.16-
folio_wait_locked_killable @5.16-
folio_wait_writeback @5.16-
folio_wait_writeback_killable @5.16-
folio_wait_stable maybe @5.16-
folio_wait_bit @5.16-
folio_wait_bit_killable @5.16-
folio_wait_private_2 @5.16-
__folio_lock @5.16-
__folio_lock_killable @5.16-
wait_on_page_private_2 @5.13-5.15
migration_entry_wait
lock_page_or_retry @-5.19
folio_lock_or_retry @6.1-
read_cache_page
read_mapping_page
read_cache_folio @5.16-
read_mapping_folio @5.16-
generic_error_remove_page @-6.7
truncate_inode_pages "why=waits for pages to be written or read"
truncate_inode_pages_range "why=waits for pages to be written or read"
truncate_inode_pages_final "why=waits for pages to be written or read"
truncate_pagecache "why=waits for pages to be written or read"
truncate_setsize "why=waits for pages to be written or read"
invalidate_inode_pages2 "why=waits for pages to be written or read"
invalidate_inode_pages2_range "why=waits for pages to be written or read"
invalidate_mapping_pages "why=takes page locks"
unmap_mapping_range "why=takes i_mmap_rwsem"
unmap_mapping_pages "why=takes i_mmap_rwsem"
filemap_write_and_wait "why=waits for writeback"
filemap_write_and_wait_range "why=waits for writeback"
filemap_fdatawrite "why=starts writeback"
filemap_fdatawrite_range "why=starts writeback"
filemap_fdatawait "why=waits for writeback"
filemap_fdatawait_range "why=waits for writeback"
filemap_fdatawait_keep_errors "why=waits for writeback"
filemap_flush "why=starts writeback"
file_write_and_wait_range "why=waits for writeback"
sync_filesystem "why=waits for writeback"
sync_inode_metadata "why=waits for writeback"
sync_inodes_sb "why=waits for writeback"
write_inode_now "why=waits for writeback"
writeback_inodes_sb "why=waits for writeback"
try_to_writeback_inodes_sb "why=waits for writeback"
write_one_page "why=waits for writeback" @-6.2
balance_dirty_pages_ratelimited "why=is throttled by dirty pages"
get_user_pages "why=faults in user pages"
get_user_pages_fast "why=faults in user pages"
get_user_pages_remote "why=faults in user pages"
get_user_pages_unlocked "why=faults in user pages"
pin_user_pages "why=faults in user pages"
pin_user_pages_fast "why=faults in user pages"
pin_user_pages_remote "why=faults in user pages"
pin_user_pages_unlocked "why=faults in user pages"
fixup_user_fault "why=faults in user pages"
handle_mm_fault "why=faults in user pages" maybe
fault_in_readable "why=faults in user pages" @5.16-
fault_in_writeable "why=faults in user pages" @5.16-
fault_in_safe_writeable "why=faults in user pages" @5.16-
fault_in_iov_iter_readable "why=faults in user pages" @5.16-
fault_in_iov_iter_writeable "why=faults in user pages" @5.16-
iov_iter_fault_in_readable "why=faults in user pages" @-5.15
iov_iter_get_pages "why=faults in user pages" maybe @-5.19
iov_iter_get_pages2 "why=faults in user pages" maybe @6.0-
iov_iter_get_pages_alloc2 "why=faults in user pages" maybe @6.0-
iov_iter_extract_pages "why=faults in user pages" maybe @6.3-
mm_populate "why=faults in user pages"
vm_mmap "why=takes mmap_lock"
vm_munmap "why=takes mmap_lock"
do_mmap "why=allocates"
do_munmap "why=allocates"
vm_insert_page "why=allocates page tables"
vm_insert_pages "why=allocates page tables"
vm_map_pages "why=allocates page tables"
vm_iomap_memory "why=allocates page tables"
remap_pfn_range "why=allocates page tables"
io_remap_pfn_range "why=allocates page tables"
apply_to_page_range "why=allocates page tables"
mmput "why=may tear down an address space"
mmput_async maybe "why=may tear down an address space"
[buffer "why=waits for a buffer"]
wait_on_buffer
__wait_on_buffer
sync_dirty_buffer
__sync_dirty_buffer
write_dirty_buffer
bh_submit_read @-5.18
bh_read @6.1-
bh_read_batch maybe @6.1-
sb_bread "why=reads a block"
sb_bread_unmovable "why=reads a block"
__bread "why=reads a block"
sb_getblk "why=may allocate a buffer page"
__getblk "why=may allocate a buffer page"
sb_breadahead "why=may allocate a buffer page"
block_write_full_page "why=starts I/O" @-6.8
block_write_begin "why=reads blocks"
block_read_full_page "why=starts I/O" @-5.18
sync_blockdev "why=waits for writeback"
sync_mapping_buffers "why=waits for writeback" @-6.18
ll_rw_block "why=starts I/O" @-6.0
[user "why=may fault in user memory" fault]
copy_from_user
copy_to_user
__copy_from_user
__copy_to_user
copy_in_user @-5.15
get_user
put_user
# With preemption off the fault is not served and the access fails (faulthandler_disabled(), include/linux/uaccess.h).
__get_user maybe
__put_user maybe
clear_user
__clear_user
strncpy_from_user
strnlen_user
copy_from_iter maybe
copy_to_iter maybe
copy_from_iter_full maybe
copy_to_iter_full maybe @6.16-
copy_page_from_iter maybe
copy_page_to_iter maybe
_copy_from_iter maybe
_copy_to_iter maybe
copy_from_iter_nocache maybe
copy_struct_from_user
copy_struct_to_user @6.13-
copy_from_sockptr maybe
copy_to_sockptr maybe @5.16-
copy_safe_from_sockptr maybe @6.9-
get_timespec64
put_timespec64
get_itimerspec64
put_itimerspec64
copy_siginfo_to_user
simple_read_from_buffer
simple_write_to_buffer
kstrtoint_from_user
kstrtouint_from_user
kstrtoul_from_user
kstrtol_from_user
kstrtoull_from_user
kstrtobool_from_user
kstrtou8_from_user
kstrtou16_from_user
skb_copy_datagram_iter maybe
skb_copy_datagram_msg maybe
skb_copy_datagram_from_iter maybe
memcpy_from_msg maybe
memcpy_to_msg maybe
access_process_vm
access_remote_vm
seq_read "why=takes a mutex and copies to user memory"
[rcu "why=waits for a grace period"]
synchronize_rcu
synchronize_rcu_expedited
synchronize_rcu_tasks
synchronize_rcu_tasks_rude
synchronize_rcu_tasks_trace
synchronize_rcu_mult
synchronize_srcu
synchronize_srcu_expedited
synchronize_net
synchronize_irq "why=waits for an interrupt handler"
cond_synchronize_rcu
cond_synchronize_rcu_expedited @6.0-
cond_synchronize_rcu_full @6.1-
rcu_barrier
rcu_barrier_tasks
rcu_barrier_tasks_trace
srcu_barrier
kfree_rcu_mightsleep @5.18-
kvfree_rcu_mightsleep @5.18-
kvfree_rcu_barrier @6.12-
cleanup_srcu_struct
[work "why=waits for work to finish"]
flush_work
flush_delayed_work
flush_workqueue
flush_scheduled_work
drain_workqueue
flush_rcu_work
cancel_work_sync
cancel_delayed_work_sync
disable_work_sync @6.10-
disable_delayed_work_sync @6.10-
destroy_workqueue
work_on_cpu
work_on_cpu_safe @-6.5
schedule_on_each_cpu
kthread_flush_work
kthread_flush_worker
kthread_cancel_work_sync
kthread_cancel_delayed_work_sync
kthread_destroy_worker
irq_work_sync
task_work_run
flush_delayed_fput
tasklet_kill "why=waits for a tasklet"
tasklet_disable "why=waits for a tasklet"
tasklet_unlock_wait "why=waits for a tasklet"
hrtimer_cancel "why=waits for a timer callback" maybe
napi_disable "why=waits for a poll to finish"
napi_synchronize "why=waits for a poll to finish"
[thread "why=creates or waits for a thread"]
kthread_stop
kthread_stop_put @6.6-
# A thread that parks itself does not wait (kernel/kthread.c, 5.10 to 7.2).
kthread_park maybe
kthread_create
kthread_create_on_node
kthread_create_on_cpu
kthread_create_worker
kthread_create_worker_on_cpu
kthread_run
kthread_run_worker @6.14-
kthread_run_on_cpu @5.17-
kernel_thread
kernel_wait4
call_usermodehelper nonzero=3
call_usermodehelper_exec maybe
request_module
request_module_nowait maybe
stop_machine
stop_one_cpu
stop_cpus
smp_call_on_cpu
async_synchronize_full
async_synchronize_full_domain
async_synchronize_cookie
[irq "why=waits for an interrupt handler"]
request_irq "why=allocates with GFP_KERNEL"
request_threaded_irq "why=allocates with GFP_KERNEL"
request_any_context_irq "why=allocates with GFP_KERNEL"
request_percpu_irq "why=allocates with GFP_KERNEL"
devm_request_irq "why=allocates with GFP_KERNEL"
devm_request_threaded_irq "why=allocates with GFP_KERNEL"
devm_request_any_context_irq "why=allocates with GFP_KERNEL"
free_irq
devm_free_irq
free_percpu_irq
disable_irq "why=waits for the interrupt's handlers, threaded ones included"
disable_hardirq maybe
irq_set_affinity_notifier "why=allocates with GFP_KERNEL"
irq_alloc_desc "why=allocates with GFP_KERNEL"
irq_alloc_desc_at "why=allocates with GFP_KERNEL"
irq_alloc_desc_from "why=allocates with GFP_KERNEL"
irq_alloc_descs "why=allocates with GFP_KERNEL"
irq_alloc_descs_from "why=allocates with GFP_KERNEL"
__irq_alloc_descs "why=allocates with GFP_KERNEL"
irq_free_desc "why=takes a mutex"
irq_free_descs "why=takes a mutex"
irq_domain_add_linear "why=allocates with GFP_KERNEL"
irq_domain_create_linear "why=allocates with GFP_KERNEL"
irq_domain_remove "why=takes a mutex"
irq_create_mapping "why=allocates with GFP_KERNEL"
irq_dispose_mapping "why=takes a mutex"
irq_domain_alloc_irqs "why=allocates with GFP_KERNEL"
irq_domain_free_irqs "why=takes a mutex"
pci_alloc_irq_vectors "why=allocates with GFP_KERNEL"
pci_alloc_irq_vectors_affinity "why=allocates with GFP_KERNEL"
pci_free_irq_vectors "why=takes a mutex"
pci_enable_msix_range "why=allocates with GFP_KERNEL"
pci_enable_msi "why=allocates with GFP_KERNEL"
pci_disable_msi "why=takes a mutex"
pci_disable_msix "why=takes a mutex"
devm_add_action "why=allocates with GFP_KERNEL"
devm_add_action_or_reset "why=allocates with GFP_KERNEL"
[free "why=may wait while it frees"]
vfree
kvfree maybe
kvfree_sensitive maybe
vunmap
vm_unmap_ram
iounmap
devm_iounmap
memunmap
# MIPS maps the low 512 MB and what a machine says through segments of its own, SuperH likewise, sparc64 and Alpha everything (arch/*/mm/ioremap.c,
# arch/*/include/asm/io.h, 5.10 to 7.2); sparc32 allocates with GFP_ATOMIC.
ioremap "why=allocates page tables" mapped-in=mips,sh,sparc,alpha
ioremap_wc "why=allocates page tables" mapped-in=mips,sh,sparc,alpha
ioremap_cache "why=allocates page tables" mapped-in=mips,sh,sparc,alpha
ioremap_np "why=allocates page tables" @5.13-
devm_ioremap "why=allocates page tables"
devm_ioremap_wc "why=allocates page tables"
devm_ioremap_resource "why=allocates page tables"
devm_platform_ioremap_resource "why=allocates page tables"
devm_platform_get_and_ioremap_resource "why=allocates page tables"
pci_iomap "why=allocates page tables"
pcim_iomap "why=allocates page tables"
pci_ioremap_bar "why=allocates page tables"
memremap "why=allocates page tables"
devm_memremap "why=allocates page tables"
of_iomap "why=allocates page tables"
vm_map_ram "why=allocates page tables"
free_contig_range maybe
kmem_cache_destroy "why=waits and takes slab_mutex"
kmem_cache_shrink "why=takes slab_mutex"
mempool_destroy maybe
dma_pool_destroy "why=takes a mutex"
dma_free_coherent maybe "why=may unmap pages"
free_percpu maybe
kmap "why=may wait for a mapping slot"
kunmap "why=may wait for a mapping slot"
percpu_ref_exit maybe
percpu_ref_kill_and_confirm maybe
percpu_ref_switch_to_atomic_sync "why=waits for a grace period"
bioset_exit maybe
[fs "why=works on a file system"]
filp_open
filp_close
file_open_root
dentry_open
kernel_read
kernel_write
kernel_read_file
kernel_read_file_from_path
vfs_read
vfs_write
vfs_iter_read
vfs_iter_write
vfs_fsync
vfs_fsync_range
vfs_create
vfs_mkdir
vfs_rmdir
vfs_unlink
vfs_rename
vfs_link
vfs_symlink
vfs_mknod
vfs_getattr
vfs_getxattr
vfs_setxattr
vfs_listxattr
vfs_removexattr
vfs_truncate
vfs_fallocate
vfs_statfs
vfs_get_tree
notify_change
do_truncate
kern_path
kern_path_create @-6.18
user_path_at
user_path_create @-6.18
lookup_one_len @-6.16
lookup_one @5.15-
lookup_one_unlocked @5.15-
getname
getname_kernel
iterate_dir
simple_pin_fs
kern_mount
kern_unmount
deactivate_super
deactivate_locked_super
freeze_super
thaw_super
generic_shutdown_super
generic_file_read_iter
generic_file_write_iter
__generic_file_write_iter
generic_perform_write
generic_file_llseek
splice_direct_to_actor
iput maybe "why=may evict an inode"
dput "why=may free a dentry and its inode"
d_delete "why=may free a dentry and its inode"
d_invalidate
shrink_dcache_parent
shrink_dcache_sb
path_put maybe "why=may free a dentry and its inode"
mntput maybe
evict_inodes
invalidate_inodes @-6.18
ilookup "why=waits for an inode"
ilookup5 "why=waits for an inode"
ilookup5_nowait maybe
iget5_locked "why=waits for an inode and allocates"
igrab maybe
inode_dio_wait "why=waits for direct I/O"
dquot_initialize "why=reads a quota entry"
dquot_alloc_block maybe
dquot_free_block maybe
dquot_transfer "why=reads quota entries"
posix_acl_create maybe
security_inode_init_security maybe
fsnotify maybe
file_update_time maybe
touch_atime maybe
mark_inode_dirty maybe
jbd2_journal_get_write_access "why=waits for the journal"
jbd2_journal_get_create_access "why=waits for the journal"
jbd2_journal_get_undo_access "why=waits for the journal"
jbd2_journal_dirty_metadata maybe
jbd2_journal_force_commit "why=waits for the journal"
jbd2_journal_force_commit_nested "why=waits for the journal"
jbd2_journal_flush "why=waits for the journal"
jbd2_journal_lock_updates "why=waits for the journal"
jbd2_journal_start "why=waits for room in the journal"
jbd2__journal_start "why=waits for room in the journal"
jbd2_journal_extend maybe
jbd2_journal_restart "why=waits for the journal"
jbd2_journal_revoke "why=waits for the journal"
jbd2_journal_forget "why=waits for the journal"
jbd2_log_wait_commit "why=waits for the journal"
jbd2_complete_transaction "why=waits for the journal"
[block "why=waits for or submits I/O"]
submit_bio
submit_bio_noacct
submit_bio_wait
submit_bh @-6.18
blkdev_issue_flush @5.13-
blk_execute_rq
blk_mq_freeze_queue
blk_mq_freeze_queue_wait
blk_mq_freeze_queue_wait_timeout
blk_freeze_queue_start maybe
blk_mq_quiesce_queue
blk_mq_wait_quiesce_done @5.16-
blk_mq_quiesce_tagset @6.2-
blk_mq_alloc_request maybe
blk_mq_run_hw_queue maybe
blk_mq_run_hw_queues maybe
blk_mq_init_queue @-6.8
blk_mq_alloc_queue @6.9-
blk_mq_destroy_queue @6.0-
blk_cleanup_queue @-5.19
blk_mq_free_tag_set
blk_sync_queue
blk_queue_enter maybe
del_gendisk
add_disk
device_add_disk
put_disk maybe
blkdev_get_by_path @-6.8
blkdev_get_by_dev @-6.8
bdev_open_by_path @6.7-6.8
bdev_open_by_dev @6.7-6.8
bdev_file_open_by_path @6.9-
bdev_file_open_by_dev @6.9-
blkdev_put @-6.8
bdev_release @6.7-6.8
bdev_fput @6.9-
bdev_freeze @6.7-
bdev_thaw @6.7-
freeze_bdev @-6.6
thaw_bdev @-6.6
invalidate_bdev
set_blocksize
blkdev_report_zones
blkdev_zone_mgmt @6.9-
bd_prepare_to_claim
dm_suspend maybe
dm_io maybe
scsi_execute @-6.2
scsi_execute_req @-6.2
scsi_execute_cmd @6.3-
scsi_test_unit_ready
scsi_mode_sense
scsi_block_requests maybe
scsi_device_quiesce
scsi_target_block @-6.11
scsi_remove_device
scsi_remove_host
scsi_add_host
scsi_scan_host
scsi_host_alloc
scsi_flush_work
[net "why=takes a mutex or waits"]
register_netdev "why=takes or needs rtnl_mutex"
unregister_netdev "why=takes or needs rtnl_mutex"
register_netdevice "why=takes or needs rtnl_mutex"
unregister_netdevice "why=takes or needs rtnl_mutex"
unregister_netdevice_many "why=takes or needs rtnl_mutex"
unregister_netdevice_queue maybe
free_netdev "why=takes or needs rtnl_mutex"
dev_open "why=takes or needs rtnl_mutex"
dev_close "why=takes or needs rtnl_mutex"
dev_change_flags "why=takes or needs rtnl_mutex"
dev_set_mtu "why=takes or needs rtnl_mutex"
dev_set_mac_address "why=takes or needs rtnl_mutex"
dev_ethtool "why=takes or needs rtnl_mutex"
netif_set_real_num_tx_queues
netdev_run_todo "why=takes or needs rtnl_mutex"
register_pernet_subsys "why=takes or needs rtnl_mutex"
unregister_pernet_subsys "why=takes or needs rtnl_mutex"
register_pernet_device "why=takes or needs rtnl_mutex"
unregister_pernet_device "why=takes or needs rtnl_mutex"
sock_create "why=allocates with GFP_KERNEL"
sock_create_kern "why=allocates with GFP_KERNEL"
sock_create_lite "why=allocates with GFP_KERNEL"
sock_release
sock_sendmsg "why=takes the socket lock"
sock_recvmsg "why=takes the socket lock"
kernel_sendmsg "why=takes the socket lock"
kernel_recvmsg "why=takes the socket lock"
kernel_connect
kernel_accept
kernel_bind
kernel_listen
kernel_sock_shutdown "why=takes the socket lock"
kernel_sendpage @-6.4
tcp_sendmsg "why=takes the socket lock"
tcp_recvmsg "why=takes the socket lock"
tcp_close "why=takes the socket lock"
sk_stream_wait_memory
sk_stream_wait_connect
sk_stream_wait_close
sk_wait_data
skb_recv_datagram maybe
__skb_wait_for_more_packets maybe
datagram_poll maybe
netlink_kernel_create "why=allocates with GFP_KERNEL"
netlink_kernel_release
genl_register_family
genl_unregister_family
rtnl_link_register "why=takes or needs rtnl_mutex"
rtnl_link_unregister "why=takes or needs rtnl_mutex"
nf_register_net_hook
nf_unregister_net_hook
nf_register_net_hooks
nf_unregister_net_hooks
xt_register_table
tc_setup_cb_call maybe
cfg80211_scan_done maybe
wiphy_register "why=takes or needs rtnl_mutex"
wiphy_unregister "why=takes or needs rtnl_mutex"
ieee80211_register_hw
ieee80211_unregister_hw
rfkill_register
rfkill_unregister
rpc_call_sync
rpc_shutdown_client
[mm "why=reclaims or drains memory"]
lru_add_drain_all
drain_all_pages
try_to_free_pages
try_to_free_mem_cgroup_pages
shrink_all_memory
reclaim_throttle @5.16-
migrate_pages
compact_nodes
drop_slab
drop_caches_sysctl_handler
mem_cgroup_handle_over_high
offline_pages
add_memory
remove_memory
out_of_memory
console_flush_all maybe @5.19-
`;
