/**
 * Functions of include/ that take a gfp_t and hand it down, by prototype. In a kernel tree they would be found by their
 * prototypes anyway; an out-of-tree module has none, so it needs the list. Columns as in allocators.ts.
 * tracks: counts a reference, and allocates only in builds that track who holds what (CONFIG_NET_DEV_REFCNT_TRACKER).
 */
export const WRAPPERS = String.raw`
[wrapper nofail=honoured other-failure]
ACOMP_REQUEST_CLONE gfp=1 ret=unknown @6.13-
HASH_REQUEST_CLONE gfp=1 ret=unknown @6.13-
NODEMASK_ALLOC gfp=2 ret=unknown
__add_to_page_cache_locked gfp=3 ret=int @5.11-5.18
__alloc_bucket_spinlocks gfp=4 ret=int
__audit_log_nfcfg gfp=4 ret=void
__bio_crypt_clone gfp=2 ret=int
__breadahead_gfp gfp=3 ret=void @-6.0
__cfg80211_alloc_event_skb gfp=7
__cfg80211_radar_event gfp=3 ret=void @5.16-
__cfg80211_send_event_skb gfp=1 ret=void
__fscache_alloc_page gfp=2 ret=int @-5.18
__fscache_maybe_release_page gfp=2 ret=bool @-5.18
__fscache_read_or_alloc_page gfp=4 ret=int @-5.18
__fscache_read_or_alloc_pages gfp=6 ret=int @-5.18
__fscache_write_page gfp=3 ret=int @-5.18
__ip_mc_dec_group gfp=2 ret=void
__ip_mc_inc_group gfp=2 ret=void
__kfifo_alloc_node gfp=3 ret=int @6.13-
__kvmalloc_node gfp=1 @6.9-6.12
__kvmalloc_node gfp=2 @6.13-
__mem_cgroup_charge gfp=2 ret=int @5.11-
__memcg_kmem_charge gfp=1 ret=int @-5.14
__memcg_kmem_charge_page gfp=1 order=2 ret=int
__netdev_tracker_alloc gfp=2 ret=void tracks @5.16-
__netns_tracker_alloc gfp=3 ret=void tracks @6.2-
__nf_ct_try_assign_helper gfp=2 ret=int
__percpu_counter_init gfp=2 ret=int @-6.5
__percpu_counter_init_many gfp=2 ret=int @6.6-
__posix_acl_chmod gfp=1 ret=int
__posix_acl_create gfp=1 ret=int
__pte_alloc_one gfp=1 ret=unknown
__ptr_ring_init_queue_alloc gfp=1
__ptr_ring_swap_queue gfp=3
__read_swap_cache_async gfp=1 @-5.18
__real_kmemdup gfp=2
__skb_unclone_keeptruesize gfp=1 ret=int @5.11-
__stack_depot_save gfp=2 ret=unknown @5.16-5.19
__stack_depot_save gfp=2 ret=unknown @6.4-6.5
__stack_depot_save gfp=3 ret=unknown @6.0-6.3
__virtio_vsock_alloc_skb_with_frags gfp=2 @6.6-
_alloc_mISDN_skb gfp=4 @-7.1
_queue_data gfp=5 ret=void @-7.1
_snd_pcm_lib_alloc_vmalloc_buffer gfp=2 ret=int @-6.2
_uverbs_alloc gfp=2
acomp_request_clone gfp=2 @6.13-
add_swap_count_continuation gfp=1 ret=int @-7.1
add_to_swap_cache gfp=2 ret=int @-5.18
addrconf_f6i_alloc gfp=4
ahash_request_clone gfp=2 @6.13-
airoha_npu_wlan_get_msg gfp=5 ret=int @6.13-
airoha_npu_wlan_send_msg gfp=5 ret=int @6.13-
alloc_bucket_spinlocks gfp=4
alloc_cpu_rmap gfp=1
alloc_ts_config gfp=1
arch_kexec_post_alloc_pages gfp=2 ret=int
atm_alloc_charge gfp=2 @-7.2
audit_log gfp=1 ret=void
audit_log_nfcfg gfp=4 ret=void
audit_log_start gfp=1
bio_integrity_alloc_buf gfp=1 ret=void @6.13-
bpf_local_storage_alloc gfp=3 ret=int @5.16-7.1
bpf_local_storage_update gfp=4 @5.16-7.1
bpf_map_alloc_pages gfp=1 ret=int @6.9-7.1
bpf_selem_alloc gfp=4 @5.16-7.1
bt_skb_alloc gfp=1
bt_sock_alloc gfp=4
btree_alloc gfp=0
btree_insert gfp=4 ret=int
btree_insert128 gfp=4 ret=int
btree_merge gfp=3 ret=int
btree_merge128 gfp=2 ret=int
cdc_ncm_tx_fixup gfp=2
ceph_alloc_page_vector gfp=1
ceph_buffer_new gfp=1
ceph_create_snap_context gfp=1
ceph_extract_encoded_string gfp=3
ceph_kvmalloc gfp=1 @-5.18
ceph_msg_new gfp=2
ceph_msg_new2 gfp=3
ceph_osdc_alloc_messages gfp=1 ret=int
ceph_osdc_alloc_request gfp=4
ceph_pagelist_alloc gfp=0
cfg80211_background_radar_event gfp=2 ret=void @5.16-
cfg80211_bss_color_notify gfp=1 ret=int @5.11-6.4
cfg80211_cac_event gfp=3 ret=void
cfg80211_conn_failed gfp=3 ret=void
cfg80211_connect_bss gfp=8 ret=void
cfg80211_connect_done gfp=2 ret=void
cfg80211_connect_result gfp=7 ret=void
cfg80211_connect_timeout gfp=4 ret=void
cfg80211_control_port_tx_status gfp=5 ret=void
cfg80211_cqm_beacon_loss_notify gfp=1 ret=void
cfg80211_cqm_pktloss_notify gfp=3 ret=void
cfg80211_cqm_rssi_notify gfp=3 ret=void
cfg80211_cqm_txe_notify gfp=5 ret=void
cfg80211_crit_proto_stopped gfp=1 ret=void
cfg80211_del_sta gfp=2 ret=void
cfg80211_del_sta_sinfo gfp=3 ret=void
cfg80211_disconnected gfp=5 ret=void
cfg80211_external_auth_request gfp=2 ret=int
cfg80211_gtk_rekey_notify gfp=3 ret=void
cfg80211_ibss_joined gfp=3 ret=void
cfg80211_incumbent_signal_notify gfp=3 ret=void @6.13-
cfg80211_inform_bss gfp=10
cfg80211_inform_bss_data gfp=9
cfg80211_inform_bss_frame gfp=5
cfg80211_inform_bss_frame_data gfp=4
cfg80211_inform_bss_width gfp=11 @-6.5
cfg80211_inform_bss_width_frame gfp=6 @-6.5
cfg80211_link_sinfo_alloc_tid_stats gfp=1 ret=int @6.13-
cfg80211_mgmt_tx_status gfp=5 ret=void
cfg80211_mgmt_tx_status_ext gfp=2 ret=void @6.0-
cfg80211_michael_mic_failure gfp=5 ret=void
cfg80211_nan_channel_evac gfp=2 ret=void @6.13-
cfg80211_nan_cluster_joined gfp=3 ret=void @6.13-
cfg80211_nan_func_terminated gfp=4 ret=void
cfg80211_nan_match gfp=2 ret=void
cfg80211_nan_sched_update_done gfp=2 ret=void @6.13-
cfg80211_nan_ulw_update gfp=3 ret=void @6.13-
cfg80211_new_sta gfp=3 ret=void
cfg80211_next_nan_dw_notif gfp=2 ret=void @6.13-
cfg80211_notify_new_peer_candidate gfp=5 ret=void
cfg80211_obss_color_collision_notify gfp=2 ret=int @5.16-6.4
cfg80211_pmksa_candidate_notify gfp=4 ret=void
cfg80211_pmsr_complete gfp=2 ret=void
cfg80211_pmsr_report gfp=3 ret=void
cfg80211_port_authorized gfp=2 ret=void @-5.19
cfg80211_port_authorized gfp=4 ret=void @6.0-
cfg80211_probe_status gfp=6 ret=void @-7.2
cfg80211_probe_status gfp=7 ret=void @7.3-
cfg80211_radar_event gfp=2 ret=void
cfg80211_ready_on_channel gfp=4 ret=void
cfg80211_remain_on_channel_expired gfp=3 ret=void
cfg80211_report_wowlan_wakeup gfp=2 ret=void
cfg80211_roamed gfp=2 ret=void
cfg80211_rx_spurious_frame gfp=2 ret=bool @-6.12
cfg80211_rx_spurious_frame gfp=3 ret=bool @6.13-
cfg80211_rx_unexpected_4addr_frame gfp=2 ret=bool @-6.12
cfg80211_rx_unexpected_4addr_frame gfp=3 ret=bool @6.13-
cfg80211_sinfo_alloc_tid_stats gfp=1 ret=int
cfg80211_sta_opmode_change_notify gfp=3 ret=void
cfg80211_stop_iface gfp=2 ret=void
cfg80211_stop_link gfp=3 ret=void @6.13-
cfg80211_tdls_oper_request gfp=4 ret=void
cfg80211_testmode_alloc_event_skb gfp=2
cfg80211_testmode_event gfp=1 ret=void
cfg80211_tx_mgmt_expired gfp=3 ret=void
cfg80211_update_owe_info_event gfp=2 ret=void
cfg80211_vendor_event gfp=1 ret=void
cfg80211_vendor_event_alloc gfp=4
cfg80211_vendor_event_alloc_ucast gfp=5
cma_alloc_folio gfp=2 order=1 @6.9-7.1
cn_netlink_send gfp=3 ret=int
cn_netlink_send_mult gfp=4 ret=int
core_tmr_alloc_req gfp=3 ret=int
crypto_krb5_calc_PRFplus gfp=5 ret=int @6.13-
crypto_krb5_prepare_checksum gfp=3 @6.13-
crypto_krb5_prepare_encryption gfp=3 @6.13-
crypto_request_clone gfp=2 @6.13-
dev_coredumpm gfp=4 ret=void
dev_coredumpm_timeout gfp=4 ret=void @6.9-
dev_coredumpsg gfp=3 ret=void
dev_coredumpv gfp=3 ret=void
dev_hold_track gfp=2 ret=void tracks @5.16-6.0
dev_replace_track gfp=3 ret=void @5.16-6.0
dmaengine_get_unmap_data gfp=2
dn_alloc_skb gfp=2 @5.16-6.0
dn_nsp_queue_xmit gfp=2 ret=void @5.16-6.0
dn_nsp_send_disc gfp=3 ret=void @5.16-6.0
dn_send_conn_conf gfp=1 ret=void @5.16-6.0
drm_flip_work_allocate_task gfp=1 @-6.5
drm_format_conv_state_reserve gfp=2 @6.6-
drm_suballoc_alloc gfp=0 @6.13-
drm_suballoc_new gfp=2 @6.3-
dst_cache_init gfp=1 ret=int
dup_iter gfp=2
fb_alloc_cmap_gfp gfp=3 ret=int
fib6_info_alloc gfp=0
fib6_nh_init gfp=3 ret=int
fib_nh_common_init gfp=5 ret=int
firmware_request_nowait_nowarn gfp=3 ret=int @6.9-
flow_action_cookie_create gfp=2
folio_memcg_list_lru_alloc gfp=2 ret=int @6.13-
fprop_global_init gfp=1 ret=int
fprop_local_init_percpu gfp=1 ret=int
fscache_alloc_page gfp=2 ret=int @-5.18
fscache_maybe_release_page gfp=2 ret=bool @-5.18
fscache_read_or_alloc_page gfp=4 ret=int @-5.18
fscache_read_or_alloc_pages gfp=6 ret=int @-5.18
fscache_write_page gfp=3 ret=int @-5.18
fscrypt_encrypt_block_inplace gfp=5 ret=int @-7.1
fscrypt_encrypt_pagecache_blocks gfp=3
fscrypt_set_bio_crypt_ctx gfp=3 ret=void
fscrypt_set_bio_crypt_ctx_bh gfp=2 ret=void @-7.1
fserror_report gfp=6 ret=void @6.13-
fserror_report_data_lost gfp=3 ret=void @6.13-
fserror_report_file_metadata gfp=2 ret=void @6.13-
fserror_report_io gfp=5 ret=void @6.13-
fserror_report_metadata gfp=2 ret=void @6.13-
fserror_report_shutdown gfp=1 ret=void @6.13-
gb_operation_create gfp=4
gb_operation_create_core gfp=5
gb_operation_create_flags gfp=5
gb_operation_request_send gfp=3 ret=int
gb_operation_response_alloc gfp=2 ret=bool
genradix_ptr_alloc_inlined gfp=2 @6.9-
genradix_ptr_alloc_preallocated gfp=3 @6.9-
genradix_ptr_alloc_preallocated_inlined gfp=3 @6.9-
get_net_track gfp=2 tracks @5.16-
get_safe_page gfp=0 ret=unknown
get_task_io_context gfp=1 @-5.18
gss_import_sec_context gfp=5 ret=int
hid_alloc_report_buf gfp=1
hsi_alloc_controller gfp=1
hsi_alloc_msg gfp=1
hwbm_pool_refill gfp=1 ret=int
ib_create_send_mad gfp=6
ib_dma_alloc_coherent gfp=3 @-5.14
ib_sa_guid_info_rec_query gfp=7 ret=int
ib_sa_join_multicast gfp=5
ib_sa_path_rec_get gfp=6 ret=int
ib_sa_service_rec_get gfp=6 ret=int @6.13-
ib_sa_service_rec_query gfp=7 ret=int @-5.14
idr_get_free gfp=2
ieee80211_cqm_beacon_loss_notify gfp=1 ret=void
ieee80211_cqm_rssi_notify gfp=3 ret=void
ieee80211_gtk_rekey_notify gfp=3 ret=void
ieee80211_nan_cluster_joined gfp=3 ret=void @6.13-
ieee80211_nan_func_match gfp=2 ret=void
ieee80211_nan_func_terminated gfp=3 ret=void
ieee80211_obss_color_collision_notify gfp=2 ret=void @6.3-6.11
ieee80211_report_wowlan_wakeup gfp=2 ret=void
ieee80211_tdls_oper_request gfp=4 ret=void
ieeee80211_obss_color_collision_notify gfp=2 ret=void @5.16-6.4
ife_alloc_meta_u16 gfp=2 ret=int
ife_alloc_meta_u32 gfp=2 ret=int
ima_filter_rule_init gfp=5 ret=int @6.6-6.11
init_rs_gfp gfp=5
inode_init_always_gfp gfp=2 ret=int @6.9-
ioam6_event gfp=2 ret=void @6.9-
iomap_release_folio gfp=1 ret=bool @5.16-
iomap_releasepage gfp=1 ret=int @-5.18
iommu_alloc_resv_region gfp=4 @6.0-
iommu_dma_alloc gfp=3 @6.9-
iommu_dma_alloc_noncontiguous gfp=3 @6.9-
iommu_map gfp=5 ret=int @6.3-
iommu_map_nosync gfp=5 ret=int @6.13-
iommu_map_sg gfp=5 ret=int @6.3-
ip6_route_add gfp=1 ret=int
iptunnel_metadata_reply gfp=1
iucv_path_alloc gfp=2
jbd2__journal_restart gfp=3 ret=int
jbd2__journal_start gfp=4
kasprintf_strarray gfp=0 @5.16-
klp_shadow_alloc gfp=3
klp_shadow_get_or_alloc gfp=3
kmem_buckets_alloc_node_track_caller gfp=2 @6.13-
kobject_get_path gfp=1
krb5_derive_key gfp=4 ret=unknown @-6.4
kstrdup_and_replace gfp=3 @6.6-
kstrdup_quotable_cmdline gfp=1
kstrdup_quotable_file gfp=1
kunit_alloc_and_get_resource gfp=3
kunit_alloc_resource gfp=3
kunit_kcalloc gfp=3 @5.11-
kunit_kmalloc gfp=2
kunit_kmalloc_array gfp=3 @5.11-
kunit_kstrdup gfp=2 @6.9-
kunit_kstrdup_const gfp=2 @6.9-
kunit_kzalloc gfp=2
kunit_zalloc_skb gfp=2 @6.6-
llc_sk_alloc gfp=2
lsm_mnt_opts_alloc gfp=0 @6.6-6.11
mI_alloc_skb gfp=1 @-7.1
mb_cache_entry_create gfp=1 ret=int
mctp_usblib_rx_prepare gfp=4 ret=int @7.3-
mempool_alloc_noreserve gfp=1 @6.9-
memregion_alloc gfp=0 ret=int
metadata_dst_alloc gfp=2
metadata_dst_alloc_percpu gfp=2
mlx5_alloc_cmd_mailbox_chain gfp=1 @-6.5
nci_skb_alloc gfp=2
netdev_get_by_index gfp=3 tracks @6.3-
netdev_get_by_name gfp=3 tracks @6.3-
netdev_hold gfp=2 ret=void tracks @6.0-
netdev_ref_replace gfp=3 ret=void tracks @6.0-
netdev_tracker_alloc gfp=2 ret=void tracks @5.16-
netfs_alloc_folioq_buffer gfp=4 ret=int @6.13-
netfs_folioq_alloc gfp=1 @6.9-
netlbl_catmap_alloc gfp=0
netlbl_catmap_setbit gfp=2 ret=int
netlbl_catmap_setlong gfp=3 ret=int
netlbl_catmap_setrng gfp=3 ret=int
netlbl_secattr_alloc gfp=0
netlbl_secattr_cache_alloc gfp=0
netns_tracker_alloc gfp=2 ret=void tracks @5.16-
nf_conntrack_alloc gfp=4
nf_ct_acct_ext_add gfp=1
nf_ct_ecache_ext_add gfp=3 ret=bool
nf_ct_ext_add gfp=2
nf_ct_helper_ext_add gfp=1
nf_ct_timeout_ext_add gfp=2
nf_ct_tmpl_alloc gfp=2
nf_ct_tstamp_ext_add gfp=1
nfc_alloc_recv_skb gfp=1
nft_expr_clone gfp=2 ret=int @-5.18
nft_expr_clone gfp=2 ret=int @6.0-6.1
nft_expr_clone gfp=2 ret=int @6.6-
nft_obj_notify gfp=8 ret=void @-5.10
nft_obj_notify gfp=9 ret=void @5.11-
nft_set_elem_init gfp=7
nft_set_gc_batch_alloc gfp=1 @5.16-6.0
nft_set_gc_batch_check gfp=2 @5.16-6.0
nft_trans_gc_alloc gfp=2 @-5.18
nft_trans_gc_alloc gfp=2 @6.0-
nft_trans_gc_queue_async gfp=2 @-5.18
nft_trans_gc_queue_async gfp=2 @6.0-
nft_trans_gc_queue_sync gfp=1 @-5.18
nft_trans_gc_queue_sync gfp=1 @6.0-
nvm_dev_dma_alloc gfp=1 @-5.14
objpool_init gfp=3 ret=int @6.6-
page_pool_alloc_frag_netmem gfp=3 ret=unknown @6.9-
pcpu_alloc gfp=3 @6.9-
pcpu_get_vm_areas gfp=4 @6.13-
peernet2id_alloc gfp=2 ret=int
pidfs_register_pid_gfp gfp=1 ret=int @6.13-
posix_acl_alloc gfp=1
posix_acl_clone gfp=1 @6.0-
posix_acl_from_mode gfp=1
posix_acl_to_xattr gfp=3 @6.13-
ptr_ring_init gfp=2 ret=int
ptr_ring_resize gfp=2 ret=int
ptr_ring_resize_multiple gfp=3 ret=int @-6.5
ptr_ring_resize_multiple_bh gfp=3 ret=int @6.6-
qcom_tzmem_alloc gfp=2 @6.9-
qseecom_dma_alloc gfp=3 @6.6-6.11
rdma_lag_get_ah_roce_slave gfp=2
rdma_zalloc_drv_obj_gfp gfp=2
rdma_zalloc_obj gfp=2 @5.11-
read_swap_cache_async gfp=1 @-5.18
ref_tracker_alloc gfp=2 ret=int tracks @5.16-
request_firmware_nowait gfp=4 ret=int
rfcomm_dlc_alloc gfp=0
ring_buffer_read_prepare gfp=2 @-5.10
ring_buffer_read_start gfp=2 @-5.18
ring_buffer_read_start gfp=2 @6.0-6.1
ring_buffer_read_start gfp=2 @6.6-
rndis_tx_fixup gfp=2
rolling_buffer_append gfp=3 ret=int @6.9-
rolling_buffer_bulk_load_from_ra gfp=3 ret=int @6.13-
rolling_buffer_init gfp=3 ret=int @6.9-
rolling_buffer_make_space gfp=1 ret=int @6.9-
rpc_sockaddr2uaddr gfp=1
rpcauth_lookup_credcache gfp=3
rxrpc_kernel_begin_call gfp=5 @-6.1
rxrpc_kernel_begin_call gfp=6 @6.2-
rxrpc_kernel_charge_accept gfp=3 ret=int @6.6-
rxrpc_kernel_charge_accept gfp=4 ret=int @-6.5
rxrpc_kernel_lookup_peer gfp=2 @6.6-
sas_alloc_slow_task gfp=0 @-6.1
sas_alloc_task gfp=0 @-6.1
sas_notify_phy_event gfp=2 ret=void @5.11-
sas_notify_phy_event_gfp gfp=2 ret=int @-5.14
sas_notify_port_event gfp=2 ret=void @5.11-
sas_notify_port_event_gfp gfp=2 ret=int @-5.14
sbitmap_init_node gfp=3 ret=int
sbitmap_queue_init_node gfp=4 ret=int
scsi_dh_attached_handler_name gfp=1
sctp_add_bind_addr gfp=4 ret=int
sctp_assoc_add_peer gfp=2
sctp_assoc_set_bind_addr_from_cookie gfp=2 ret=int
sctp_assoc_set_bind_addr_from_ep gfp=2 ret=int
sctp_assoc_set_id gfp=1 ret=int
sctp_association_new gfp=3
sctp_auth_asoc_copy_shkeys gfp=2 ret=int
sctp_auth_asoc_init_active_key gfp=1 ret=int
sctp_auth_calculate_hmac gfp=4 ret=int
sctp_auth_init gfp=1 ret=int
sctp_auth_init_hmacs gfp=1 ret=int @-7.1
sctp_auth_shkey_create gfp=1
sctp_bind_addr_copy gfp=4 ret=int
sctp_bind_addr_dup gfp=2 ret=int
sctp_bind_addrs_to_raw gfp=2 ret=unknown
sctp_chunkify gfp=3
sctp_copy_local_addr_list gfp=3 ret=int
sctp_do_sm gfp=7 ret=int
sctp_endpoint_new gfp=1
sctp_make_datafrag_empty gfp=4
sctp_make_idata gfp=3
sctp_make_init gfp=2
sctp_make_init_ack gfp=2
sctp_make_temp_asoc gfp=2
sctp_outq_tail gfp=2 ret=void
sctp_outq_uncork gfp=1 ret=void
sctp_packet_transmit gfp=1 ret=int
sctp_packet_transmit_chunk gfp=3 ret=unknown
sctp_process_init gfp=4 ret=int
sctp_raw_to_bind_addrs gfp=4 ret=int
sctp_sched_init_sid gfp=2 ret=int
sctp_sched_set_value gfp=3 ret=int
sctp_stream_init gfp=3 ret=int
sctp_transport_new gfp=2
sctp_tsnmap_init gfp=3
sctp_ulpevent_make_adaptation_indication gfp=1
sctp_ulpevent_make_assoc_change gfp=7
sctp_ulpevent_make_assoc_reset_event gfp=4
sctp_ulpevent_make_authkey gfp=3
sctp_ulpevent_make_pdapi gfp=5
sctp_ulpevent_make_rcvmsg gfp=2
sctp_ulpevent_make_remote_error gfp=3
sctp_ulpevent_make_send_failed gfp=4
sctp_ulpevent_make_send_failed_event gfp=4
sctp_ulpevent_make_sender_dry_event gfp=1
sctp_ulpevent_make_shutdown_event gfp=2
sctp_ulpevent_make_stream_change_event gfp=4
sctp_ulpevent_make_stream_reset_event gfp=4
sctp_ulpq_abort_pd gfp=1 ret=void
sctp_ulpq_partial_delivery gfp=1 ret=void
sctp_ulpq_renege gfp=2 ret=void
sctp_ulpq_tail_data gfp=2 ret=int
sctp_unpack_cookie gfp=3
sdev_evt_alloc gfp=1
sdev_evt_send_simple gfp=2 ret=void
security_audit_rule_init gfp=4 ret=int @-5.18
security_audit_rule_init gfp=4 ret=int @6.0-6.1
security_audit_rule_init gfp=4 ret=int @6.6-
security_cred_alloc_blank gfp=1 ret=int
security_inode_alloc gfp=1 ret=int @6.9-
security_prepare_creds gfp=2 ret=int
security_sk_alloc gfp=2 ret=int
security_xfrm_policy_alloc gfp=2 ret=int
skb_array_init gfp=2 ret=int
skb_array_resize gfp=2 ret=int
skb_array_resize_multiple gfp=3 ret=int @-6.5
skb_array_resize_multiple_bh gfp=3 ret=int @6.6-
smbdirect_socket_set_kernel_settings gfp=2 ret=int @6.13-
snp_alloc_firmware_page gfp=0 @6.9-
spi_message_alloc gfp=1
spi_replace_transfers gfp=6 @-5.18
spi_res_alloc gfp=3 @-5.18
spi_split_transfers_maxsize gfp=3 ret=int @-6.11
spi_split_transfers_maxwords gfp=3 ret=int @6.3-6.11
ssam_request_sync_alloc gfp=1 ret=int @5.11-
stack_depot_save gfp=2 ret=unknown
stack_depot_save_flags gfp=2 ret=unknown @6.6-
swiotlb_init_late gfp=1 ret=int @5.16-
target_cmd_init_cdb gfp=2 ret=unknown @5.11-
target_submit_prep gfp=8 ret=int @5.11-
target_submit_tmr gfp=6 ret=int
tcp_send_active_reset gfp=1 ret=void @-6.5
textsearch_prepare gfp=3
tls_client_hello_anon gfp=1 ret=int @6.3-
tls_client_hello_psk gfp=1 ret=int @6.3-
tls_client_hello_x509 gfp=1 ret=int @6.3-
tls_server_hello_psk gfp=1 ret=int @6.3-
tls_server_hello_x509 gfp=1 ret=int @6.3-
ttm_backup_backup_folio gfp=5 order=2 ret=int @6.13-
ttm_backup_copy_page gfp=4 ret=int @6.13-
ttm_bo_swapout gfp=2 ret=int @5.11-6.8
ttm_bo_swapout gfp=3 ret=int @6.9-
ttm_device_swapout gfp=2 ret=int @5.11-
ttm_global_swapout gfp=1 ret=int @5.11-
ttm_tt_swapout gfp=2 ret=int @5.11-
virtio_vsock_alloc_linear_skb gfp=1 @6.6-
virtio_vsock_alloc_skb gfp=1 @6.0-6.1
virtio_vsock_alloc_skb gfp=1 @6.3-
virtqueue_add_inbuf gfp=4 ret=int
virtqueue_add_inbuf_cache_clean gfp=4 ret=int @6.13-
virtqueue_add_inbuf_ctx gfp=5 ret=int
virtqueue_add_inbuf_premapped gfp=5 ret=int @6.13-
virtqueue_add_outbuf gfp=4 ret=int
virtqueue_add_outbuf_premapped gfp=4 ret=int @6.13-
virtqueue_add_sgs gfp=5 ret=int
virtqueue_map_alloc_coherent gfp=4 @6.13-
vma_iter_clear_gfp gfp=3 ret=int @6.6-
vmemmap_remap_alloc gfp=3 ret=int @5.11-6.0
vrealloc_node gfp=2 @6.13-
vringh_getdesc_iotlb gfp=4 ret=int
vringh_getdesc_kern gfp=4 ret=int
wb_domain_init gfp=1 ret=int
wb_get_create gfp=2
wb_get_create_current gfp=1
wimax_msg gfp=4 ret=int @-5.14
wimax_msg_alloc gfp=4 @-5.14
xdp_alloc_skb_bulk gfp=2 ret=int @5.11-7.1
xdr_alloc_bvec gfp=1 ret=int
xdr_buf_to_sg_alloc gfp=6 ret=int @6.6-
xdr_netobj_dup gfp=2 ret=void
xdr_stream_decode_opaque_dup gfp=3 ret=int @-7.1
xdr_stream_decode_string_dup gfp=3 ret=int
xen_alloc_coherent_pages gfp=3 @-5.18
xenbus_setup_ring gfp=1 ret=int @5.16-
xfrm_policy_alloc gfp=1
xprt_switch_alloc gfp=1
zbud_alloc gfp=2 ret=int @-5.14
zbud_create_pool gfp=0 @-5.14
zpool_create_pool gfp=2 @-7.1
zpool_malloc gfp=2 ret=int @-7.1
zs_malloc gfp=2 ret=unknown
`;
