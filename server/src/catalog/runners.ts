/**
 * Functions that run what they are given before they return, in the context of their caller: argument indices of the functions. Those that
 * enter an RCU read section for it are registrations (data/callback-registrations.ts).
 * Read in the headers and sources of 6.1 and 6.12 named in each group.
 */
const RUNNERS: Readonly<Record<string, readonly number[]>> = {
  // include/linux/netdevice.h, net/core/dev_addr_lists.c
  __dev_uc_sync: [1, 2],
  __dev_mc_sync: [1, 2],
  __dev_uc_unsync: [1],
  __dev_mc_unsync: [1],
  __hw_addr_sync_dev: [2, 3],
  __hw_addr_unsync_dev: [2],
  __hw_addr_ref_sync_dev: [2, 3],
  __hw_addr_ref_unsync_dev: [2],
  // net/core/dev.c, net/8021q/vlan_core.c
  netdev_walk_all_upper_dev_rcu: [1],
  netdev_walk_all_lower_dev: [1],
  netdev_walk_all_lower_dev_rcu: [1],
  vlan_for_each: [1],
  // net/mac80211/util.c, net/wireless/util.c
  ieee80211_iterate_interfaces: [2],
  ieee80211_iterate_active_interfaces: [2],
  ieee80211_iterate_active_interfaces_mtx: [2],
  ieee80211_iterate_stations: [1],
  ieee80211_iter_keys: [2],
  ieee80211_iter_keys_rcu: [2],
  // drivers/base/{core,bus,class,driver}.c, drivers/pci/bus.c, drivers/usb/core/usb.c
  device_for_each_child: [2],
  device_for_each_child_reverse: [2],
  device_find_child: [2],
  bus_for_each_dev: [3],
  bus_for_each_drv: [3],
  bus_find_device: [3],
  class_for_each_device: [3],
  class_find_device: [3],
  driver_for_each_device: [3],
  driver_find_device: [3],
  pci_walk_bus: [1],
  usb_for_each_dev: [1],
  // lib/idr.c, lib/list_sort.c, lib/sort.c, fs/file.c
  idr_for_each: [1],
  iterate_fd: [2],
  // block/blk-mq-tag.c, drivers/scsi/scsi.c
  blk_mq_tagset_busy_iter: [1],
  blk_mq_queue_tag_busy_iter: [1],
  starget_for_each_device: [2],
  __starget_for_each_device: [2],
};
const NONE: readonly number[] = [];

/** Argument indices of functions that a call of `name` runs before it returns; empty for most. */
export const runnersOf = (name: string): readonly number[] => runners.get(name) ?? NONE;
const runners: ReadonlyMap<string, readonly number[]> = new Map(Object.entries(RUNNERS));

/**
 * Operations that every implementation allocates in: 'struct.field' to the words for it. Read in 6.1: quota_read and quota_write of ext2, ext4, f2fs,
 * jfs, ocfs2 and reiserfs read and write pages of a file.
 */
const ALLOCATING_OPERATIONS: Readonly<Record<string, string>> = {
  'super_operations.quota_read': 'works on a file, which allocates with GFP_KERNEL unless a scope forbids it',
  'super_operations.quota_write': 'works on a file, which allocates with GFP_KERNEL unless a scope forbids it',
};

/** Why a call through this field allocates whatever the file system; undefined for most. */
export const allocatingOperation = (struct: string, field: string): string | undefined => ALLOCATING_OPERATIONS[`${struct}.${field}`];
