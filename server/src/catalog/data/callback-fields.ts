/**
 * Fields of operations structures: a section names the structure and its usual context, a row a field and what differs.
 * Read in Documentation/filesystems/{locking,vfs}.rst, Documentation/networking/netdevices.rst, the headers' own comments and
 * the callers in 6.1 and 6.12. holds= a lock class every caller has; under= the spinlock that makes a context atomic; needs= what reclaim must be allowed to get there;
 * rt-off: interrupts are off on PREEMPT_RT as well; tasks-in= the folder of the core's own implementations, which tasks alone ask for (crypto/{dh,ecdh,ecdsa}.c, 5.10 to 6.12).
 */
export const FIELDS = String.raw`
[file_operations process "why=is a file operation"]
open
release
read
write
read_iter
write_iter
llseek
iterate @-6.5
iterate_shared
poll
iopoll maybe
unlocked_ioctl
compat_ioctl
mmap
mmap_prepare @6.16-
flush
fsync
fasync
lock
sendpage @-6.4
splice_read
splice_write
splice_eof @6.5-
fallocate
copy_file_range
remap_file_range
fadvise
setlease
show_fdinfo
uring_cmd maybe @5.19-
[proc_ops process "why=serves a file in /proc"]
proc_open
proc_read
proc_read_iter
proc_write
proc_lseek
proc_release
proc_poll
proc_ioctl
proc_compat_ioctl
proc_mmap
[seq_operations process "why=serves a sequence file"]
start
next
stop
show
[vm_operations_struct process "why=works on a mapping" holds=mm_struct.mmap_lock]
open
close
fault
huge_fault
page_mkwrite
pfn_mkwrite
access
mremap
split @-5.10
may_split @5.11-
map_pages rcu "why=maps pages around a fault under rcu_read_lock()" @6.4-
[inode_operations process "why=is an inode operation"]
lookup
create
link
unlink
symlink
mkdir
rmdir
mknod
rename
readlink
setattr
getattr
listxattr
fiemap
tmpfile
atomic_open
set_acl
fileattr_get @5.13-
fileattr_set @5.13-
update_time maybe
permission maybe
get_link maybe
get_acl maybe
get_inode_acl maybe @6.2-
[dentry_operations process "why=is a dentry operation"]
d_hash rcu
d_compare rcu
d_delete atomic "why=is called with d_lock held" under=dentry.d_lock
d_prune atomic "why=is called with d_lock held" under=dentry.d_lock
d_dname atomic
d_revalidate maybe
d_weak_revalidate
d_init
d_release
d_iput
d_automount
d_manage maybe
d_real
[super_operations process "why=is a superblock operation"]
alloc_inode
destroy_inode reclaim needs=fs "why=frees an inode, in reclaim too"
free_inode softirq "why=frees an inode after a grace period"
evict_inode reclaim needs=fs "why=evicts an inode, in reclaim too"
drop_inode atomic "why=is called with i_lock held" under=inode.i_lock
dirty_inode maybe
write_inode
put_super
sync_fs
freeze_super
freeze_fs
thaw_super
unfreeze_fs
statfs
remount_fs @-6.18
umount_begin
show_options
quota_read
quota_write
nr_cached_objects reclaim needs=fs "why=is asked by reclaim"
free_cached_objects reclaim needs=fs "why=is asked by reclaim"
[address_space_operations process "why=works on the page cache"]
writepage reclaim needs=fs maybe "why=writes a page, for reclaim too" @-6.15
writepages reclaim needs=fs maybe "why=writes pages that reclaim waits for"
read_folio @5.19-
readpage @-5.18
readpages @-5.17
readahead
write_begin
write_end
bmap
invalidate_folio @5.18-
invalidatepage @-5.17
dirty_folio atomic "why=may be called with a page table lock held" @5.18-
set_page_dirty atomic "why=may be called with a page table lock held" @-5.17
release_folio reclaim needs=any "why=is asked by reclaim to let go of a page" @5.19-
releasepage reclaim needs=any "why=is asked by reclaim to let go of a page" @-5.18
migrate_folio reclaim needs=any "why=moves a page for compaction" @6.0-
migratepage reclaim needs=any "why=moves a page for compaction" @-5.19
direct_IO
launder_folio @5.18-
launder_page @-5.17
swap_activate
swap_deactivate
swap_rw reclaim needs=io "why=swaps pages" @5.19-6.18
error_remove_folio @6.8-
error_remove_page @-6.7
[movable_operations reclaim needs=any "why=moves a page for compaction" @6.0-]
isolate_page
migrate_page
putback_page
[shrinker reclaim needs=any "why=is a shrinker"]
count_objects
scan_objects
[dquot_operations process "why=is a quota operation"]
write_dquot
alloc_dquot
destroy_dquot reclaim needs=fs "why=frees a quota entry, in reclaim too"
acquire_dquot
# From 6.6 on a work item gives quota entries back (fs/quota/dquot.c, dqput()).
release_dquot reclaim needs=fs "why=gives back a quota entry, when reclaim evicts an inode too" @-6.5
release_dquot @6.6-
mark_dirty
write_info
[file_lock_operations atomic "why=is called with flc_lock held"]
fl_copy_lock
fl_release_private unknown
[lock_manager_operations atomic "why=is called with a file lock's spinlock held"]
lm_notify
lm_grant
lm_break @-6.8
lm_change @-6.8
[lease_manager_operations atomic "why=is called with a file lock's spinlock held" @6.9-]
lm_break
lm_change
lm_setup
[export_operations process "why=serves file handles"]
encode_fh maybe
fh_to_dentry
fh_to_parent
get_name
get_parent
commit_metadata
[xattr_handler process "why=serves extended attributes"]
get
set
[mmu_notifier_ops reclaim needs=any "why=is called when a mapping is torn down, by reclaim too"]
invalidate_range_start blockable=1.flags
invalidate_range_end blockable=1.flags
release process "why=is called when an address space ends"
alloc_notifier process
free_notifier softirq "why=runs after a grace period"
clear_flush_young atomic "why=is called with a page table lock held"
clear_young atomic "why=is called with a page table lock held"
test_young atomic "why=is called with a page table lock held"
change_pte atomic "why=is called with a page table lock held" @-6.8
invalidate_range atomic "why=is called with a page table lock held" @-6.5
arch_invalidate_secondary_tlbs atomic "why=is called with a page table lock held" @6.6-
[mmu_interval_notifier_ops reclaim needs=any "why=is called when a mapping is torn down, by reclaim too"]
invalidate blockable=1.flags
[frontswap_ops reclaim needs=io "why=swaps pages" @-6.5]
store
load
invalidate_page atomic
[zpool_driver reclaim needs=io maybe "why=stores swapped pages" @-6.17]
malloc
[dax_operations process "why=serves direct access"]
direct_access maybe
zero_page_range

[block_device_operations process "why=is a block device operation"]
open
release
ioctl
compat_ioctl
getgeo
revalidate_disk @-5.12
submit_bio reclaim needs=io "why=submits I/O, for reclaim too"
rw_page reclaim needs=io "why=does I/O, for reclaim too" @-6.2
swap_slot_free_notify atomic "why=is called with the swap lock held"
report_zones
free_disk @5.18-
[blk_mq_ops rcu maybe "why=queues a request, under rcu_read_lock() unless the driver said BLK_MQ_F_BLOCKING"]
queue_rq
queue_rqs @5.17-
commit_rqs
get_budget
put_budget atomic
complete softirq sure "why=completes a request"
timeout workqueue sure "why=handles a timed-out request"
poll softirq "why=polls for completions"
init_hctx process sure "why=sets up a queue"
exit_hctx process sure "why=tears down a queue"
init_request process sure "why=sets up a request"
exit_request process sure "why=tears down a request"
map_queues process sure "why=sets up a queue"
cleanup_rq unknown
busy unknown
[elevator_mq_ops atomic "why=schedules requests under a spinlock"]
insert_requests
dispatch_request
has_work
bio_merge
request_merged
requests_merged
finish_request
requeue_request
init_sched process
exit_sched process
init_hctx process
exit_hctx process
[target_type process "why=is a device-mapper target operation"]
ctr
dtr
map reclaim needs=io "why=maps I/O, for reclaim too"
clone_and_map_rq rcu maybe "why=maps a request"
end_io softirq "why=completes I/O"
rq_end_io softirq "why=completes I/O"
presuspend
postsuspend
preresume
resume
status
message
prepare_ioctl
report_zones
iterate_devices
io_hints
[md_personality process "why=is a RAID personality operation"]
make_request reclaim needs=io "why=maps I/O, for reclaim too"
run
free
status rcu
error_handler atomic "why=is called on completion of I/O"
hot_add_disk
hot_remove_disk
spare_active
sync_request kthread
resize
check_reshape
quiesce
[blkcg_policy irq_off "why=is called with the cgroup's lock held"]
pd_init_fn
pd_online_fn
pd_offline_fn
pd_alloc_fn unknown
cpd_alloc_fn unknown
pd_free_fn unknown
[bio softirq "why=completes I/O"]
bi_end_io maybe
[request softirq "why=completes a request"]
end_io
[buffer_head softirq "why=completes I/O"]
b_end_io @-6.18
[iomap_writeback_ops process "why=maps pages for writeback"]
map_blocks @-6.16
prepare_ioend @-6.13
writeback_range @6.17-
writeback_submit @6.17-
[scsi_host_template process "why=is a SCSI host operation"]
# Hosts that say so have it called by tasks (drivers/scsi/scsi_lib.c, BLK_MQ_F_BLOCKING, since 6.2).
queuecommand atomic "why=queues a command and may not sleep" unless=queuecommand_may_block
eh_abort_handler kthread
eh_device_reset_handler kthread
eh_target_reset_handler kthread
eh_bus_reset_handler kthread
eh_host_reset_handler kthread
eh_timed_out unknown
slave_alloc @-6.13
slave_configure @-6.13
slave_destroy @-6.13
device_configure @6.10-6.13
sdev_init @6.14-
sdev_configure @6.14-
sdev_destroy @6.14-
target_alloc
target_destroy
scan_finished
scan_start
change_queue_depth
map_queues
mq_poll softirq @5.12-
commit_rqs atomic "why=queues a command"
info
ioctl
bios_param
[ata_port_operations irq_off "why=is called with the port's lock held"]
qc_defer
qc_prep
qc_issue
qc_fill_rtf
check_atapi_dma
freeze
thaw
sff_dev_select
sff_exec_command
sff_tf_load
sff_tf_read
sff_data_xfer
bmdma_setup
bmdma_start
bmdma_stop
bmdma_status
prereset process @-6.16
softreset process @-6.16
hardreset process @-6.16
postreset process @-6.16
error_handler process
post_internal_cmd process
port_start process
port_stop process
host_stop process
set_piomode process
set_dmamode process
dev_config process
[ata_reset_operations process "why=resets a link" @6.17-]
prereset
softreset
hardreset
postreset
[mmc_host_ops process "why=drives an MMC host"]
request
request_atomic atomic @5.9-
set_ios
get_ro
get_cd
enable_sdio_irq
ack_sdio_irq
start_signal_voltage_switch
execute_tuning
card_busy

[net_device_ops process "why=is a network device operation" holds=rtnl_mutex]
ndo_init
ndo_uninit
ndo_open
ndo_stop
ndo_start_xmit softirq "why=transmits with softirqs off"
ndo_features_check softirq "why=transmits with softirqs off"
ndo_select_queue softirq "why=transmits with softirqs off"
ndo_xdp_xmit softirq "why=transmits with softirqs off"
ndo_xsk_wakeup rcu "why=is called under rcu_read_lock()"
ndo_change_rx_flags
ndo_set_rx_mode bh_off "why=is called with addr_list_lock held"
ndo_set_mac_address
ndo_validate_addr
ndo_do_ioctl
ndo_eth_ioctl @5.15-
ndo_siocbond @5.15-
ndo_siocdevprivate @5.15-
ndo_siocwandev @5.15-
ndo_set_config
ndo_change_mtu
ndo_neigh_setup
ndo_tx_timeout softirq "why=is called from the transmit watchdog"
ndo_get_stats64 rcu "why=may be called under rcu_read_lock()"
ndo_get_stats rcu "why=may be called under rcu_read_lock()"
ndo_vlan_rx_add_vid
ndo_vlan_rx_kill_vid
ndo_poll_controller irq_off rt-off "why=is called by netpoll with interrupts off"
ndo_set_vf_mac
ndo_set_vf_vlan
ndo_set_vf_rate
ndo_set_vf_spoofchk
ndo_set_vf_trust
ndo_get_vf_config
ndo_set_vf_link_state
ndo_setup_tc maybe
ndo_fix_features
ndo_set_features
ndo_add_slave
ndo_del_slave
ndo_fdb_add
ndo_fdb_del
ndo_bridge_setlink
ndo_bridge_getlink rcu
ndo_rx_flow_steer softirq
ndo_bpf
ndo_get_iflink rcu
ndo_fill_forward_path rcu @5.13-
ndo_hwtstamp_get @6.6-
ndo_hwtstamp_set @6.6-
[ethtool_ops process "why=serves ethtool" holds=rtnl_mutex]
get_drvinfo
get_regs
get_wol
set_wol
nway_reset
get_link
get_eeprom
set_eeprom
get_coalesce
set_coalesce
get_ringparam
set_ringparam
get_pauseparam
set_pauseparam
self_test
get_strings
get_ethtool_stats
get_rxnfc
set_rxnfc
flash_device
reset
get_rxfh
set_rxfh
get_channels
set_channels
get_ts_info
get_module_info
get_module_eeprom
get_eee
set_eee
get_link_ksettings
set_link_ksettings
get_fecparam
set_fecparam
[header_ops softirq "why=builds a packet"]
create
cache
cache_update
[napi_struct softirq "why=polls a network device"]
poll
[packet_type softirq "why=receives packets"]
func
[net_protocol softirq "why=receives packets"]
handler
err_handler
[inet6_protocol softirq "why=receives packets"]
handler
err_handler
[nf_hook_ops softirq "why=is a netfilter hook"]
hook
[xt_match softirq "why=matches packets"]
match
checkentry process
destroy process
[xt_target softirq "why=handles packets"]
target
checkentry process
destroy process
[nft_expr_ops softirq "why=handles packets"]
eval
init process
destroy process
dump process
[Qdisc_ops bh_off "why=queues packets"]
enqueue
dequeue
peek
reset
init process holds=rtnl_mutex
change process holds=rtnl_mutex
destroy process maybe
attach process
dump process
[tcf_proto_ops softirq "why=classifies packets"]
classify
init process
destroy process
change process
delete process
dump process
walk process
[tc_action_ops softirq "why=handles packets"]
act
init process
cleanup unknown
dump process
stats_update atomic
[tcp_congestion_ops softirq "why=drives TCP congestion control"]
ssthresh
cong_avoid
set_state
cwnd_event
in_ack_event
pkts_acked
min_tso_segs
cong_control
undo_cwnd
init maybe
release maybe
[proto process "why=is a protocol operation"]
close
connect
disconnect
accept
ioctl
init maybe
setsockopt
getsockopt
sendmsg
recvmsg
bind
destroy unknown
backlog_rcv unknown
hash unknown
unhash unknown
[proto_ops process "why=is a socket operation"]
release
bind
connect
socketpair
accept
getname
poll
ioctl
listen
shutdown
setsockopt
getsockopt
sendmsg
recvmsg
mmap
[sock softirq "why=is called when packets arrive"]
sk_data_ready
sk_write_space
sk_state_change
sk_error_report
sk_destruct maybe
[sk_buff softirq "why=frees a packet"]
destructor
[genl_ops process "why=serves generic netlink"]
doit
dumpit
start
done
[genl_small_ops process "why=serves generic netlink" @5.10-]
doit
dumpit
[rtnl_link_ops process "why=serves rtnetlink" holds=rtnl_mutex]
newlink
changelink
dellink
setup
validate
fill_info
[netlink_kernel_cfg process "why=serves netlink"]
input
bind
[pernet_operations process "why=sets up or tears down a network namespace"]
init
exit
exit_batch
pre_exit
[dst_ops unknown "why=is a route operation"]
gc softirq
check
[neigh_ops softirq "why=resolves neighbours"]
solicit
error_report
output
connected_output
[xfrm_type softirq "why=handles packets"]
input
output
init_state process
destructor process
[xfrmdev_ops process "why=serves IPsec offload"]
xdo_dev_state_add
xdo_dev_state_delete atomic "why=is called with the state's lock held"
xdo_dev_state_free
xdo_dev_offload_ok softirq
xdo_dev_state_advance_esn softirq
xdo_dev_state_update_stats atomic "why=is called with the state's lock held" @6.9-
xdo_dev_state_update_curlft atomic "why=is called with the state's lock held" @6.3-6.8
[cfg80211_ops process "why=serves cfg80211"]
scan
connect
disconnect
auth
assoc
deauth
disassoc
add_key
del_key
set_wiphy_params
add_virtual_intf
del_virtual_intf
change_virtual_intf
start_ap
stop_ap
add_station
del_station
change_station
get_station
mgmt_tx
remain_on_channel
set_tx_power
get_tx_power
[ieee80211_ops process "why=serves mac80211"]
tx softirq "why=transmits with softirqs off"
wake_tx_queue softirq "why=transmits with softirqs off"
prepare_multicast bh_off "why=is called with addr_list_lock held"
release_buffered_frames atomic
allow_buffered_frames atomic
set_tim atomic
sta_rc_update atomic @-6.12
link_sta_rc_update atomic @6.13-
update_tkip_key atomic
get_key_seq atomic
event_callback atomic
ipv6_addr_change atomic
sta_notify atomic
sta_rate_tbl_update atomic
start
stop
add_interface
change_interface
remove_interface
config
bss_info_changed
configure_filter
set_key
hw_scan
sta_add
sta_remove
sta_state
conf_tx
ampdu_action
flush
[devlink_ops process "why=serves devlink"]
reload_down
reload_up
info_get
flash_update
[dsa_switch_ops process "why=drives a switch"]
setup
port_enable
port_disable
port_fdb_add
port_fdb_del
port_rxtstamp softirq
port_txtstamp softirq
get_stats64 rcu @5.11-
[phy_driver process "why=drives a PHY"]
config_init
probe
remove
config_aneg
read_status
suspend
resume
handle_interrupt
link_change_notify
[mii_timestamper softirq "why=handles time stamps of packets"]
rxtstamp
txtstamp
hwtstamp process @-6.18
[ib_device_ops process "why=serves RDMA"]
post_send atomic
post_recv atomic
post_srq_recv atomic
poll_cq atomic
req_notify_cq atomic
create_qp
modify_qp
destroy_qp
create_cq
destroy_cq
reg_user_mr
dereg_mr
create_ah maybe
destroy_ah maybe

[device_driver process "why=binds or unbinds a device"]
probe
remove
shutdown
suspend
resume
[platform_driver process "why=binds or unbinds a device"]
probe
remove
remove_new @5.18-6.14
shutdown
suspend
resume
[pci_driver process "why=binds or unbinds a device"]
probe
remove
shutdown
suspend
resume
sriov_configure
[pci_error_handlers process "why=recovers a device"]
error_detected
mmio_enabled
slot_reset
reset_prepare
reset_done
resume
[i2c_driver process "why=binds or unbinds a device"]
probe
probe_new @-6.5
remove
shutdown
alert
[spi_driver process "why=binds or unbinds a device"]
probe
remove
shutdown
[usb_driver process "why=binds or unbinds a device"]
probe
disconnect
suspend
resume
reset_resume
pre_reset
post_reset
unlocked_ioctl
[usb_serial_driver process "why=drives a serial port"]
probe
disconnect
attach
release
port_probe
port_remove
open
close
set_termios
break_ctl
tiocmget
tiocmset
write atomic maybe "why=may be called in atomic context"
write_room atomic maybe "why=may be called in atomic context"
chars_in_buffer atomic maybe "why=may be called in atomic context"
read_int_callback softirq
write_int_callback softirq
read_bulk_callback softirq
write_bulk_callback softirq
process_read_urb softirq
[urb softirq "why=completes a USB request"]
complete
[usb_request irq_off "why=completes a USB gadget request"]
complete
[usb_gadget_driver process "why=drives a USB gadget"]
bind
unbind
setup irq_off "why=handles a control request"
disconnect irq_off rt-off
suspend irq_off rt-off
resume irq_off rt-off
reset irq_off rt-off
[usb_function process "why=drives a USB function"]
bind
unbind
set_alt irq_off "why=handles a control request"
disable irq_off rt-off
setup irq_off "why=handles a control request"
[usb_ep_ops atomic "why=is called from completion handlers"]
queue
dequeue
set_halt
enable maybe
disable maybe
[hc_driver process "why=drives a USB host"]
irq hardirq
urb_enqueue atomic "why=may be called from completion handlers"
urb_dequeue atomic "why=may be called from completion handlers"
get_frame_number atomic maybe
hub_status_data atomic
start
stop
reset
endpoint_disable
endpoint_reset
hub_control
[virtio_driver process "why=binds or unbinds a device"]
probe
remove
scan
config_changed maybe
freeze
restore
[sdio_driver process "why=binds or unbinds a device"]
probe
remove
[hid_driver process "why=binds or unbinds a device"]
probe
remove
input_configured
raw_event softirq "why=handles a report"
event softirq "why=handles a report"
report softirq "why=handles a report"
[serio_driver process "why=binds or unbinds a device"]
connect
disconnect
reconnect
interrupt irq_off rt-off "why=handles input with interrupts off"
write_wakeup atomic
[bus_type process "why=is a bus operation"]
probe
remove
shutdown
match
uevent
[dev_pm_ops process "why=suspends or resumes a device"]
prepare
complete
suspend
resume
freeze
thaw
poweroff
restore
suspend_late
resume_early
freeze_late
thaw_early
poweroff_late
restore_early
suspend_noirq
resume_noirq
freeze_noirq
thaw_noirq
poweroff_noirq
restore_noirq
runtime_suspend maybe
runtime_resume maybe
runtime_idle maybe
[syscore_ops irq_off rt-off "why=runs with one processor and interrupts off"]
suspend
resume
shutdown process
[platform_suspend_ops process "why=suspends the machine"]
begin
prepare
enter irq_off rt-off
wake
finish
end
[sysfs_ops process "why=serves an attribute file"]
show
store
[device_attribute process "why=serves an attribute file"]
show
store
[kobj_attribute process "why=serves an attribute file"]
show
store
[bin_attribute process "why=serves an attribute file"]
read
write
mmap
[kobj_type process "why=works on a kobject"]
release maybe
[kernel_param_ops process "why=serves a module parameter"]
set
get
[ctl_table process "why=serves a sysctl"]
proc_handler
[cftype process "why=serves a cgroup file"]
seq_show
write
read_u64
write_u64
write_s64
[cgroup_subsys process "why=works on a cgroup"]
css_alloc
css_online
css_offline
css_free
can_attach
attach
css_rstat_flush atomic
[tty_operations process "why=is a terminal operation"]
install
open
close
shutdown
cleanup
write atomic maybe "why=may not sleep by its contract: some line disciplines call it in atomic context"
put_char atomic maybe "why=may not sleep by its contract"
flush_chars atomic maybe "why=may not sleep by its contract"
write_room atomic maybe "why=may not sleep by its contract"
chars_in_buffer atomic maybe "why=may not sleep by its contract"
ioctl
set_termios
throttle
unthrottle
stop atomic "why=is called with flow.lock held"
start atomic "why=is called with flow.lock held"
hangup
break_ctl
flush_buffer maybe
wait_until_sent
tiocmget
tiocmset
[tty_ldisc_ops process "why=is a line discipline operation"]
open
close
read
write
ioctl
set_termios
hangup
receive_buf
receive_buf2
write_wakeup atomic "why=is called from interrupts"
dcd_change atomic
[tty_port_operations process "why=is a terminal port operation"]
activate
shutdown
dtr_rts
carrier_raised
[serdev_device_ops process "why=is a serial device operation"]
receive_buf
write_wakeup atomic "why=is called from interrupts"
[uart_ops process "why=drives a serial port"]
tx_empty
set_mctrl irq_off "why=is called with port->lock held"
get_mctrl irq_off "why=is called with port->lock held"
stop_tx irq_off "why=is called with port->lock held"
start_tx irq_off "why=is called with port->lock held"
throttle
unthrottle
stop_rx irq_off "why=is called with port->lock held"
start_rx irq_off "why=is called with port->lock held"
enable_ms irq_off "why=is called with port->lock held"
break_ctl
startup
shutdown
flush_buffer irq_off "why=is called with port->lock held"
set_termios
pm
request_port
release_port
config_port
[console atomic "why=prints from any context"]
write
write_atomic nmi @6.10-
[input_dev irq_off "why=is called with event_lock held"]
event
setkeycode
getkeycode
open process
close process
[input_handler irq_off "why=handles input with event_lock held"]
event
events
filter
connect process
disconnect process
[ff_device irq_off "why=is called with event_lock held"]
playback
set_gain
set_autocenter
upload process
erase process
[led_classdev atomic "why=may not sleep"]
brightness_set
brightness_set_blocking process
blink_set maybe
[clk_ops process "why=drives a clock under the prepare mutex"]
enable irq_off "why=is called with the clock enable lock held"
disable irq_off "why=is called with the clock enable lock held"
disable_unused irq_off "why=is called with the clock enable lock held"
is_enabled irq_off maybe "why=may be called with the clock enable lock held"
prepare
unprepare
is_prepared
recalc_rate
round_rate @-6.18
determine_rate
set_rate
set_parent
get_parent
set_rate_and_parent
[irq_chip hardirq "why=is called with the interrupt descriptor's raw lock held"]
irq_ack
irq_mask
irq_mask_ack
irq_unmask
irq_eoi
irq_enable
irq_disable
irq_startup
irq_shutdown
irq_set_affinity
irq_set_type
irq_set_wake
irq_retrigger
irq_compose_msi_msg
irq_write_msi_msg
irq_set_vcpu_affinity
irq_get_irqchip_state
irq_set_irqchip_state
irq_bus_lock process
irq_bus_sync_unlock process
irq_request_resources process
irq_release_resources process
[irq_domain_ops process "why=maps interrupts"]
map
unmap
alloc
free
activate irq_off rt-off
deactivate irq_off rt-off
[gpio_chip unknown "why=drives GPIO lines"]
request process
free process
get
set
direction_input
direction_output
[pwm_ops process "why=drives a PWM"]
apply
config @-5.19
enable @-5.19
disable @-5.19
request
free
[regulator_ops process "why=drives a regulator"]
enable
disable
is_enabled
set_voltage
set_voltage_sel
get_voltage_sel
[phy_ops process "why=drives a PHY"]
init
exit
power_on
power_off
set_mode
reset
[i2c_algorithm process "why=drives an I2C bus"]
master_xfer
xfer @6.11-
smbus_xfer
master_xfer_atomic atomic
xfer_atomic atomic @6.11-
smbus_xfer_atomic atomic
[spi_controller process "why=drives an SPI bus"]
setup
cleanup
transfer_one
transfer_one_message
prepare_message
unprepare_message
set_cs
transfer atomic
[spi_message atomic "why=completes a message"]
complete
[dma_device atomic "why=prepares a transfer and may be called from any context"]
device_prep_dma_memcpy
device_prep_dma_xor
device_prep_slave_sg
device_prep_dma_cyclic
device_prep_interleaved_dma
device_prep_dma_memset
device_prep_dma_pq
device_prep_dma_interrupt
device_prep_dma_imm_data
device_pause maybe
device_resume maybe
device_issue_pending
device_tx_status
device_terminate_all maybe
device_alloc_chan_resources process
device_free_chan_resources process
device_synchronize process
device_config maybe
[dma_async_tx_descriptor softirq "why=is called when a transfer is done"]
callback
callback_result
tx_submit atomic
[dma_map_ops atomic "why=maps memory and may be called from any context"]
map_page @-6.17
unmap_page @-6.17
map_phys @6.18-
unmap_phys @6.18-
map_sg
unmap_sg
sync_single_for_cpu
sync_single_for_device
sync_sg_for_cpu
sync_sg_for_device
alloc unknown
free unknown
mmap process
[iommu_ops process "why=drives an IOMMU"]
domain_alloc
probe_device
release_device
map unknown @-5.17
unmap unknown @-5.17
[iommu_domain_ops unknown "why=maps device memory" @5.18-]
attach_dev process
map_pages
unmap_pages
iotlb_sync
free process
[dma_fence_ops unknown "why=works on a fence"]
enable_signaling irq_off "why=is called with the fence's lock held"
signaled atomic maybe
wait process
release atomic maybe
[dma_buf_ops process "why=shares a buffer"]
attach
detach
map_dma_buf
unmap_dma_buf
release
begin_cpu_access
end_cpu_access
mmap
vmap
[mbox_chan_ops irq_off "why=is called with the channel's lock held"]
send_data
last_tx_done
startup process
shutdown process
[mbox_client atomic "why=is called from the mailbox interrupt"]
rx_callback
tx_done
[thermal_zone_device_ops process "why=drives a thermal zone"]
get_temp
set_trips
[cpufreq_driver process "why=drives the processor clock"]
init
exit
verify
target
target_index
fast_switch irq_off rt-off
adjust_perf irq_off rt-off @5.11-
[cpuidle_state irq_off rt-off "why=idles with interrupts off"]
enter
enter_s2idle
[clocksource irq_off rt-off "why=reads a clock"]
read
[clock_event_device irq_off rt-off "why=programs a clock"]
set_next_event
set_state_periodic
set_state_oneshot
set_state_shutdown
event_handler hardirq
[timer_list softirq "why=is a timer function"]
function
[hrtimer hardirq "why=is a high resolution timer function"]
function
[tasklet_struct softirq "why=is a tasklet"]
func
callback
[work_struct workqueue "why=is a work function"]
func
[irq_work hardirq "why=is irq work"]
func
[irqaction hardirq "why=is an interrupt handler" rt-thread]
handler
thread_fn process
[wait_queue_entry irq_off "why=wakes up under the wait queue's lock"]
func
[__call_single_data irq_off rt-off "why=is called on another processor with interrupts off"]
func
[smp_hotplug_thread kthread "why=is a per-cpu thread"]
thread_fn
setup
cleanup
park
unpark
[kprobe atomic "why=is a probe"]
pre_handler
post_handler
[kretprobe atomic "why=is a probe"]
handler
entry_handler
[uprobe_consumer process "why=is a user probe"]
handler
ret_handler
[ftrace_ops atomic "why=traces a function"]
func
[trace_event_functions atomic "why=prints a trace event"]
trace process
[pmu irq_off rt-off "why=counts events"]
add
del
start
stop
read
pmu_enable
pmu_disable
start_txn
commit_txn
cancel_txn
sched_task
setup_aux process
event_init process
[sysrq_key_op irq_off "why=handles a SysRq key"]
handler
[notifier_block unknown "why=is a notifier"]
notifier_call
[ptp_clock_info process "why=drives a clock"]
adjfine
adjtime
gettime64
gettimex64
settime64
enable
do_aux_work kthread
[snd_pcm_ops process "why=is a PCM operation"]
open
close
hw_params
hw_free
prepare
ioctl
trigger irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
pointer irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
ack irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
[snd_soc_dai_ops process "why=is a DAI operation"]
startup
shutdown
hw_params
hw_free
prepare
set_fmt
set_sysclk
trigger irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
[snd_timer_hardware irq_off "why=is called with the timer's lock held"]
start
stop
resolution
open process
close process
[snd_rawmidi_ops process "why=is a MIDI operation"]
open
close
trigger irq_off "why=is called with a spinlock held"
drain
[snd_kcontrol_new process "why=serves a mixer control"]
info
get
put
[v4l2_ioctl_ops process "why=serves video ioctls"]
vidioc_s_fmt_vid_cap
vidioc_streamon
vidioc_streamoff
[vb2_ops process "why=queues video buffers"]
queue_setup
buf_init
buf_prepare
buf_queue maybe
start_streaming
stop_streaming
[drm_crtc_funcs process "why=drives a display"]
enable_vblank irq_off "why=is called with the vblank lock held"
disable_vblank irq_off "why=is called with the vblank lock held"
get_vblank_counter irq_off rt-off
page_flip
set_config
# Until a job's fence is signalled others may wait for it, reclaim among them (drivers/dma-buf/dma-fence.c, drivers/gpu/drm/scheduler/sched_main.c, 6.12).
[drm_sched_backend_ops workqueue "why=runs GPU jobs"]
run_job signalling "why=runs a GPU job, for whose fence reclaim may wait"
prepare_job signalling "why=prepares a GPU job, for whose fence reclaim may wait"
dependency signalling "why=prepares a GPU job, for whose fence reclaim may wait"
timedout_job signalling "why=ends a GPU job, for whose fence reclaim may wait"
free_job
[fb_ops process "why=draws on a frame buffer"]
fb_open
fb_release
fb_check_var
fb_set_par
fb_imageblit atomic maybe "why=may be called by the console in atomic context"
fb_copyarea atomic maybe "why=may be called by the console in atomic context"
fb_fillrect atomic maybe "why=may be called by the console in atomic context"
[shash_alg unknown "why=hashes"]
setkey process
[skcipher_alg softirq "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
encrypt
decrypt
setkey process
init process
exit process
[aead_alg softirq "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
encrypt
decrypt
setkey process
init process
exit process
[kpp_alg softirq tasks-in=crypto/ "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
set_secret process
generate_public_key
compute_shared_secret
init process
exit process
[akcipher_alg softirq tasks-in=crypto/ "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
sign @-6.12
verify @-6.12
encrypt
decrypt
set_pub_key process
set_priv_key process
init process
exit process
[acomp_alg softirq "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
compress
decompress
init process
exit process
[ahash_alg softirq "why=may be called in softirq context, where the request has no CRYPTO_TFM_REQ_MAY_SLEEP"]
init
update
final
finup
digest
setkey process
[bpf_map_ops rcu "why=is called by BPF programs"]
map_lookup_elem
# What holds other objects by descriptors is changed by system calls (kernel/bpf/verifier.c, check_map_func_compatibility(), 5.10 to 7.2).
map_update_elem without=map_fd_get_ptr
map_delete_elem without=map_fd_get_ptr
map_alloc process
map_free process
[rate_control_ops softirq "why=controls rates of packets"]
get_rate
rate_init bh_off "why=is called with rate_ctrl_lock held"
rate_update bh_off "why=is called with rate_ctrl_lock held"
tx_status
tx_status_ext
alloc process
free process
alloc_sta unknown
[net_proto_family process "why=creates a socket"]
create
[nfc_protocol process "why=creates a socket"]
create
[lwtunnel_encap_ops process "why=sets up a tunnel's route"]
build_state
destroy_state unknown
input softirq "why=handles packets"
output softirq "why=handles packets"
xmit softirq "why=handles packets"
[driver_info process "why=drives a USB network device"]
bind
unbind
reset
stop
rx_fixup softirq "why=receives packets"
tx_fixup softirq "why=transmits with softirqs off"
[hdlc_proto process "why=drives a HDLC protocol"]
open
close
ioctl
netif_rx softirq "why=receives packets"
xmit softirq "why=transmits with softirqs off"
[iucv_handler softirq "why=runs from a tasklet"]
path_pending
path_complete
path_severed
message_pending
message_complete
[team_mode_ops unknown "why=is an operation of a team"]
receive softirq "why=receives packets"
transmit softirq "why=transmits with softirqs off"
[acpi_device_ops process "why=binds or unbinds a device"]
add
remove
[snd_soc_ops process "why=is an operation of a sound link"]
startup
shutdown
hw_params
hw_free
prepare
trigger irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
[snd_soc_component_driver process "why=is an operation of a sound component"]
probe
remove
suspend
resume
pcm_construct
pcm_destruct
set_sysclk
set_jack
open
close
ioctl
hw_params
hw_free
prepare
copy_user
mmap
trigger irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
pointer irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
ack irq_off maybe "why=is called with the stream's lock held, atomic unless the PCM is nonatomic"
[ppp_channel_ops process "why=drives a PPP channel"]
start_xmit bh_off "why=is called with the channel's lock held"
ioctl
[compressor process "why=compresses PPP frames"]
comp_alloc
decomp_alloc
comp_init bh_off "why=is called with the unit's lock held"
decomp_init bh_off "why=is called with the unit's lock held"
comp_reset bh_off "why=is called with the unit's lock held"
decomp_reset bh_off "why=is called with the unit's lock held"
compress bh_off "why=is called with the unit's lock held"
decompress bh_off "why=is called with the unit's lock held"
incomp bh_off "why=is called with the unit's lock held"
[atmdev_ops process "why=drives an ATM device"]
open
close
ioctl
send softirq maybe "why=transmits with softirqs off"
send_bh bh_off "why=transmits with softirqs off"
[ieee802154_ops process "why=serves mac802154"]
xmit_async softirq "why=transmits with softirqs off"
xmit_sync
start
stop
set_channel
[hwspinlock_ops atomic "why=is called with the lock's spinlock held"]
trylock
unlock
relax
[kmsg_dumper rcu "why=is called when the kernel dies"]
dump
[mtd_info process "why=serves a flash device"]
_panic_write atomic "why=is called in a panic"
[iommu_flush_ops atomic "why=is called with page table locks held"]
tlb_flush_all
tlb_flush_walk
tlb_add_page
[v4l2_m2m_ops unknown "why=is a memory-to-memory operation"]
job_ready irq_off "why=is called with job_spinlock held"
[v4l2_subdev_core_ops process "why=is a sub-device operation"]
interrupt_service_routine hardirq maybe "why=is called from an interrupt handler"
[nft_set_ops process "why=serves a set of rules"]
lookup softirq "why=handles packets"
update softirq "why=handles packets" @-6.14
insert
[preempt_ops atomic "why=is called when a task is switched"]
sched_in
sched_out irq_off "why=is called when a task is switched"
[virtqueue_info hardirq "why=is a virtqueue callback" @6.11-]
callback
[hsi_msg softirq "why=is called when a transfer is done"]
complete
[snd_timer_instance softirq "why=is called when a timer ticks"]
callback
ccallback
[pci_ops irq_off "why=is called with pci_lock held"]
read maybe
write maybe
[drm_crtc_helper_funcs process "why=drives a display"]
atomic_enable
atomic_disable
atomic_flush
atomic_begin
mode_set_nofb
get_scanout_position irq_off rt-off "why=is called with interrupts off"
[rpc_call_ops workqueue "why=runs from rpciod"]
rpc_call_prepare
rpc_call_done
rpc_release
[rpc_xprt_ops workqueue "why=runs from rpciod"]
send_request
connect
alloc_slot atomic
reserve_xprt atomic
release_xprt atomic
release_request atomic
timer atomic
[fsnotify_ops process "why=delivers file events"]
handle_event maybe
freeing_mark
free_mark
[rtc_class_ops process "why=drives a clock"]
read_time
set_time
read_alarm
set_alarm
alarm_irq_enable
[watchdog_ops process "why=drives a watchdog"]
start
stop
ping
set_timeout
[hwmon_ops process "why=drives a sensor"]
read
write
is_visible
[power_supply_desc process "why=drives a power supply"]
get_property
set_property
`;
