/** Allocators of the driver model, networking and DMA. Columns as in allocators.ts. */
export const DRIVER_ALLOCATORS = String.raw`
[skb nofail=honoured]
alloc_skb gfp=1 size=0
__alloc_skb gfp=1 size=0
alloc_skb_fclone gfp=1 size=0
alloc_skb_with_frags gfp=4 size=0
__netdev_alloc_skb gfp=2 size=1
__netdev_alloc_skb_ip_align gfp=2 size=1
__dev_alloc_skb gfp=1 size=0
__napi_alloc_skb gfp=2 size=1 @-6.9
netdev_alloc_skb gfp=null size=1 implied=GFP_ATOMIC
netdev_alloc_skb_ip_align gfp=null size=1 implied=GFP_ATOMIC
napi_alloc_skb gfp=null size=1 implied=GFP_ATOMIC
dev_alloc_skb gfp=null size=0 implied=GFP_ATOMIC
build_skb gfp=null implied=GFP_ATOMIC
napi_build_skb gfp=null implied=GFP_ATOMIC @5.12-
skb_clone gfp=1
skb_copy gfp=1
skb_copy_expand gfp=3
skb_share_check gfp=1
skb_unshare gfp=1
pskb_copy gfp=1
pskb_copy_for_clone gfp=1
__pskb_copy gfp=2
__pskb_copy_fclone gfp=2
pskb_expand_head gfp=3 ret=int other-failure
pskb_extract gfp=3
skb_copy_ubufs gfp=1 ret=int
skb_orphan_frags gfp=1 ret=int
skb_orphan_frags_rx gfp=1 ret=int
skb_unclone gfp=1 ret=int
skb_unclone_keeptruesize gfp=1 ret=int @5.15-
skb_header_unclone gfp=1 ret=int
skb_splice_from_iter gfp=3 ret=int other-failure @6.5-6.14
__skb_ext_alloc gfp=0
skb_realloc_headroom gfp=null implied=GFP_ATOMIC
skb_cow gfp=null implied=GFP_ATOMIC ret=int
skb_cow_head gfp=null implied=GFP_ATOMIC ret=int
skb_cow_data gfp=null implied=GFP_ATOMIC ret=int
skb_linearize gfp=null implied=GFP_ATOMIC ret=int
skb_linearize_cow gfp=null implied=GFP_ATOMIC ret=int
skb_ensure_writable gfp=null implied=GFP_ATOMIC ret=int other-failure
skb_pad gfp=null implied=GFP_ATOMIC ret=int
skb_put_padto gfp=null implied=GFP_ATOMIC ret=int
sock_alloc_send_skb gfp=null size=1 implied=GFP_KERNEL other-failure
sock_alloc_send_pskb gfp=null size=1 implied=GFP_KERNEL other-failure
[net nofail=honoured]
sock_kmalloc gfp=2 size=1 other-failure
sock_kzalloc gfp=2 size=1 other-failure @7.3-
sock_kmemdup gfp=3 size=2 other-failure @6.1-
sock_wmalloc gfp=3 size=1 other-failure
sock_omalloc gfp=2 size=1 other-failure
sk_alloc gfp=2
sk_clone_lock gfp=1
sk_clone gfp=1 @7.0-
inet_csk_clone_lock gfp=2
sk_stream_alloc_skb gfp=2 size=1 @-5.18
tcp_stream_alloc_skb gfp=2 @5.18-6.4
tcp_stream_alloc_skb gfp=1 @6.5-
tcp_fragment gfp=5 ret=int other-failure
tcp_md5_do_add gfp=7 ret=int @-5.14
tcp_md5_do_add gfp=8 ret=int @5.15-6.1
alloc_netdev gfp=null size=0 implied=GFP_KERNEL sleeps=always
alloc_netdev_mq gfp=null size=0 implied=GFP_KERNEL sleeps=always
alloc_netdev_mqs gfp=null size=0 implied=GFP_KERNEL sleeps=always
alloc_netdev_dummy gfp=null implied=GFP_KERNEL sleeps=always @6.10-
alloc_etherdev gfp=null size=0 implied=GFP_KERNEL sleeps=always
alloc_etherdev_mq gfp=null size=0 implied=GFP_KERNEL sleeps=always
alloc_etherdev_mqs gfp=null size=0 implied=GFP_KERNEL sleeps=always
devm_alloc_etherdev gfp=null size=1 implied=GFP_KERNEL sleeps=always
devm_alloc_etherdev_mqs gfp=null size=1 implied=GFP_KERNEL sleeps=always
[netlink nofail=honoured]
nlmsg_new gfp=1
genlmsg_new gfp=1
netlink_broadcast gfp=4 ret=int other-failure
netlink_broadcast_filtered gfp=4 ret=int other-failure @-5.15
netlink_broadcast_filtered gfp=4 ret=int other-failure @6.2-
netlink_skb_clone gfp=1
nlmsg_multicast gfp=4 ret=int other-failure
nlmsg_multicast_filtered gfp=4 ret=int other-failure @6.7-
nlmsg_notify gfp=5 ret=int other-failure
genlmsg_multicast gfp=4 ret=int other-failure
genlmsg_multicast_netns gfp=5 ret=int other-failure
genlmsg_multicast_netns_filtered gfp=5 ret=int other-failure @6.7-
genlmsg_multicast_allns gfp=4 ret=int other-failure
genl_notify gfp=4 ret=void
nfnetlink_send gfp=5 ret=int other-failure
nfnetlink_broadcast gfp=4 ret=void @5.15-
nla_memdup gfp=1
nla_strdup gfp=1
rtnl_notify gfp=5 ret=void
rtmsg_ifinfo gfp=3 ret=void
rtmsg_ifinfo_newnet gfp=3 ret=void
rtmsg_ifinfo_build_skb gfp=4
rtmsg_ifinfo_send gfp=2 ret=void
rdma_nl_multicast gfp=3 ret=int other-failure

[dma nofail=ignored other-failure]
dma_alloc_coherent gfp=3 size=1
dma_alloc_attrs gfp=3 size=1
dma_alloc_wc gfp=3 size=1
dma_alloc_noncoherent gfp=4 size=1
dma_alloc_noncontiguous gfp=3 size=1 @5.13-
dma_alloc_pages gfp=4 size=1
dmam_alloc_coherent gfp=3 size=1
dmam_alloc_attrs gfp=3 size=1
dma_direct_alloc gfp=3 size=1
dma_direct_alloc_pages gfp=4 size=1
dma_common_alloc_pages gfp=4 size=1
dma_alloc_from_pool gfp=3 size=1 sleeps=never
arch_dma_alloc gfp=3 size=1
dma_pool_alloc gfp=1
dma_pool_zalloc gfp=1
dma_pool_create gfp=null implied=GFP_KERNEL sleeps=always
dmam_pool_create gfp=null implied=GFP_KERNEL sleeps=always
[sg nofail=honoured ret=int]
sg_alloc_table gfp=2 count=1
__sg_alloc_table gfp=5 count=1
sg_alloc_table_from_pages gfp=5
__sg_alloc_table_from_pages gfp=8 ret=ERR_PTR @-5.14
sg_alloc_table_from_pages_segment gfp=6 @5.15-
sg_alloc_append_table_from_pages gfp=7 @5.15-
sg_split gfp=7 other-failure
sgl_alloc gfp=1 ret=ptr-NULL
sgl_alloc_order gfp=3 order=1 ret=ptr-NULL
sg_alloc_table_chained gfp=null implied=GFP_ATOMIC

[devm nofail=honoured]
devm_kmalloc gfp=2 size=1
devm_kzalloc gfp=2 size=1
devm_kmalloc_array gfp=3 size=2 count=1
devm_kcalloc gfp=3 size=2 count=1
devm_krealloc gfp=3 size=2
devm_krealloc_array gfp=4 size=3 count=2 @6.5-
devm_kmemdup gfp=3 size=2
devm_kmemdup_array gfp=4 size=3 count=2 @6.12-
devm_kmemdup_const gfp=3 size=2 @6.16-
devm_kstrdup gfp=2
devm_kstrdup_const gfp=2
devm_kasprintf gfp=1
devm_kvasprintf gfp=1
devm_bitmap_alloc gfp=2
devm_bitmap_zalloc gfp=2
devm_get_free_pages gfp=1 order=2
devres_alloc gfp=2 size=1
devres_alloc_node gfp=2 size=1
__devres_alloc_node gfp=2 size=1
devres_open_group gfp=2
drmm_kmalloc gfp=2 size=1
drmm_kzalloc gfp=2 size=1
drmm_kmalloc_array gfp=3 size=2 count=1
drmm_kcalloc gfp=3 size=2 count=1
drmm_kstrdup gfp=2
devm_alloc_workqueue gfp=null implied=GFP_KERNEL sleeps=always @6.18-

[usb nofail=honoured]
usb_alloc_urb gfp=1 count=0
usb_submit_urb gfp=1 ret=int other-failure
usb_alloc_coherent gfp=2 size=1 other-failure
usb_alloc_noncoherent gfp=2 size=1 other-failure @6.18-
usb_alloc_streams gfp=4 ret=int other-failure
usb_sg_init gfp=7 ret=int other-failure
usb_control_msg_recv gfp=9 ret=int other-failure sleeps=always
usb_control_msg_send gfp=9 ret=int other-failure sleeps=always
usb_ep_alloc_request gfp=1
usb_ep_queue gfp=2 ret=int other-failure
usb_hcd_submit_urb gfp=1 ret=int other-failure
usb_hcd_map_urb_for_dma gfp=2 ret=int other-failure
usb_serial_generic_submit_read_urbs gfp=1 ret=int other-failure
usb_serial_generic_write_start gfp=1 ret=int other-failure
usbnet_status_start gfp=1 ret=int other-failure
hcd_buffer_alloc gfp=2 size=1
hcd_buffer_alloc_pages gfp=2 size=1

[block nofail=honoured other-failure ret=int]
blkdev_issue_discard gfp=3 sleeps=always
__blkdev_issue_discard gfp=3 sleeps=always
blkdev_issue_zeroout gfp=3 sleeps=always
__blkdev_issue_zeroout gfp=3 sleeps=always
blkdev_issue_secure_erase gfp=3 sleeps=always @5.19-
blkdev_issue_write_same gfp=3 sleeps=always @-5.17
blkdev_issue_flush gfp=1 sleeps=always @-5.12
blkdev_zone_mgmt gfp=4 sleeps=always @-6.8
blk_zone_issue_zeroout gfp=3 sleeps=always @6.10-
sb_issue_discard gfp=3 sleeps=always
sb_issue_zeroout gfp=3 sleeps=always
blk_rq_map_kern gfp=4 @-6.14
blk_rq_map_kern gfp=3 @6.15-
blk_rq_map_user gfp=5
blk_rq_map_user_io gfp=4 @6.1-
blk_rq_map_user_iov gfp=4
blk_rq_prep_clone gfp=3
bio_crypt_clone gfp=2
bio_crypt_set_ctx gfp=3 ret=void
bio_integrity_alloc gfp=1 ret=unknown
bio_integrity_clone gfp=2
blk_alloc_disk gfp=null implied=GFP_KERNEL ret=unknown sleeps=always @5.14-
alloc_disk gfp=null implied=GFP_KERNEL ret=ptr-NULL sleeps=always @-5.14
blk_mq_alloc_tag_set gfp=null implied=GFP_KERNEL sleeps=always
[pagecache nofail=honoured other-failure]
pagecache_get_page gfp=3
__filemap_get_folio gfp=3 @5.16-6.3
__filemap_get_folio gfp=3 ret=ERR_PTR @6.4-
__filemap_get_folio_mpol gfp=3 ret=ERR_PTR @7.0-
add_to_page_cache gfp=3 ret=int @-5.19
add_to_page_cache_locked gfp=3 ret=int @-5.19
add_to_page_cache_lru gfp=3 ret=int
filemap_add_folio gfp=3 ret=int @5.16-
__filemap_add_folio gfp=3 ret=int @5.16-
replace_page_cache_page gfp=2 ret=int @-5.13
read_cache_page_gfp gfp=2 ret=ERR_PTR sleeps=always
mapping_read_folio_gfp gfp=2 ret=ERR_PTR sleeps=always @6.4-
shmem_read_mapping_page_gfp gfp=2 ret=ERR_PTR sleeps=always
shmem_read_folio_gfp gfp=2 ret=ERR_PTR sleeps=always @6.5-
# Creates and waits: only memory is wanting (mm/filemap.c, 5.10 to 6.12).
[pagecache nofail=honoured]
find_or_create_page gfp=2
[wrapper nofail=honoured]
alloc_buffer_head gfp=0
alloc_inode_sb gfp=2 @5.18-
folio_alloc_buffers gfp=2 @6.8-
jbd2_alloc gfp=1 size=0 @-6.18
jbd2_alloc_handle gfp=0
jbd2_alloc_inode gfp=0
alloc_workqueue gfp=null implied=GFP_KERNEL sleeps=always other-failure
alloc_ordered_workqueue gfp=null implied=GFP_KERNEL sleeps=always other-failure
create_workqueue gfp=null implied=GFP_KERNEL sleeps=always other-failure
create_singlethread_workqueue gfp=null implied=GFP_KERNEL sleeps=always other-failure
shrinker_alloc gfp=null implied=GFP_KERNEL sleeps=always @6.7-
cdev_alloc gfp=null implied=GFP_KERNEL sleeps=always
input_allocate_device gfp=null implied=GFP_KERNEL sleeps=always
devm_input_allocate_device gfp=null implied=GFP_KERNEL sleeps=always
kobject_create_and_add gfp=null implied=GFP_KERNEL sleeps=always other-failure
d_alloc gfp=null implied=GFP_KERNEL
new_inode gfp=null implied=GFP_KERNEL
iget_locked gfp=null implied=GFP_KERNEL sleeps=always
__bread_gfp gfp=3 sleeps=always other-failure
__getblk_gfp gfp=3 sleeps=always other-failure @-6.5
bdev_getblk gfp=3 other-failure @6.7-
sb_getblk_gfp gfp=2 other-failure
vfs_getxattr_alloc gfp=4 ret=int other-failure sleeps=always @-5.11
vfs_getxattr_alloc gfp=5 ret=int other-failure sleeps=always @5.12-
call_usermodehelper_setup gfp=3
crypto_alloc_shash gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure
crypto_alloc_ahash gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure
crypto_alloc_skcipher gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure
crypto_alloc_aead gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure
crypto_alloc_akcipher gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure
crypto_alloc_comp gfp=null implied=GFP_KERNEL ret=ERR_PTR sleeps=always other-failure @-6.14
aead_request_alloc gfp=1
ahash_request_alloc gfp=1
akcipher_request_alloc gfp=1
skcipher_request_alloc gfp=1
kpp_request_alloc gfp=1
kfifo_alloc gfp=2 ret=int
__kfifo_alloc gfp=3 ret=int
kfifo_alloc_node gfp=2 ret=int @7.0-
mempool_kvmalloc gfp=0 @6.10-6.18
[bpf nofail=honoured]
bpf_map_kmalloc_node gfp=2 size=1 @5.11-
bpf_map_kzalloc gfp=2 size=1 @5.11-
bpf_map_kvcalloc gfp=3 size=2 count=1 @6.1-
bpf_map_alloc_percpu gfp=3 size=1 nofail=ignored @5.11-
bpf_map_kmalloc_nolock gfp=2 size=1 sleeps=never nofail=ignored @6.18-
bpf_mem_cache_alloc_flags gfp=1 @6.2-
bpf_prog_alloc gfp=1 sleeps=always
bpf_prog_alloc_no_stats gfp=1 sleeps=always
bpf_prog_realloc gfp=2 sleeps=always
bpf_prog_array_alloc gfp=1
`;
