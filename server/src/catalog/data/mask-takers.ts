/** Functions that take a gfp_t without allocating: predicates, accounting, debugging. Columns as in allocators.ts. */
export const MASK_TAKERS = String.raw`
[helper nofail=pointless helper]
__cgroup_throttle_swaprate gfp=1 ret=void @5.11-6.4
__cpuset_node_allowed gfp=1 ret=bool @-6.4
__cpuset_zone_allowed gfp=1 ret=bool
__folio_throttle_swaprate gfp=1 ret=void @6.3-
__kasan_kmalloc gfp=3 @5.11-
__kasan_kmalloc_large gfp=2 @5.11-
__kasan_krealloc gfp=2 @5.11-
__kasan_populate_vmalloc gfp=2 ret=int @6.13-
__kasan_slab_alloc gfp=2 @5.11-
__kfence_alloc gfp=2 @5.11-
__mem_cgroup_handle_over_high gfp=0 ret=void @6.13-
__set_page_owner gfp=2 ret=void
__sk_charge gfp=1 ret=void @6.13-
bpf_memcg_flags gfp=0 ret=unknown @6.3-
bvec_alloc gfp=0 @-5.14
cgroup_throttle_swaprate gfp=1 ret=void @-6.4
compaction_zonelist_suitable gfp=3 ret=bool @6.13-
cpuset_current_node_allowed gfp=1 ret=bool @6.13-
cpuset_node_allowed gfp=1 ret=bool @-7.1
cpuset_zone_allowed gfp=1 ret=bool
current_gfp_context gfp=0 ret=unknown
default_gfp gfp=0 ret=unknown @6.6-
filemap_release_folio gfp=1 ret=bool @5.16-
folio_throttle_swaprate gfp=1 ret=void @5.16-
fs_reclaim_acquire gfp=0 ret=void
fs_reclaim_release gfp=0 ret=void
gfp_compaction_allowed gfp=0 ret=bool @-5.18
gfp_compaction_allowed gfp=0 ret=bool @6.0-6.1
gfp_compaction_allowed gfp=0 ret=bool @6.6-
gfp_has_flags gfp=0 ret=bool @6.13-
gfp_has_io_fs gfp=0 ret=bool @6.3-
gfp_migratetype gfp=0 ret=int @-7.2
gfp_nested_mask gfp=0 ret=unknown @6.9-
gfp_pfmemalloc_allowed gfp=0 ret=bool
gfp_zone gfp=0 ret=unknown
gfp_zonelist gfp=0 ret=int
gfpflags_allow_blocking gfp=0 ret=bool
gfpflags_allow_spinning gfp=0 ret=bool @6.13-
gfpflags_normal_context gfp=0 ret=bool @-6.0
htlb_modify_alloc_mask gfp=1 ret=unknown
huge_node gfp=2 ret=int
kasan_alloc_module_shadow gfp=2 ret=int @5.16-
kasan_alloc_pages gfp=2 ret=void @5.11-5.18
kasan_kmalloc gfp=3
kasan_kmalloc_large gfp=2
kasan_krealloc gfp=2
kasan_module_alloc gfp=2 ret=int @5.11-5.18
kasan_populate_vmalloc gfp=2 ret=int @6.0-6.1
kasan_populate_vmalloc gfp=2 ret=int @6.9-
kasan_slab_alloc gfp=2
kfence_alloc gfp=2 @5.11-
kmalloc_type gfp=0 ret=unknown
kmem_cache_return_sheaf gfp=1 ret=void @6.13-
kmemleak_alloc gfp=3 ret=void
kmemleak_alloc_percpu gfp=2 ret=void
kmemleak_alloc_phys gfp=2 ret=void @6.0-
kmemleak_alloc_phys gfp=3 ret=void @-5.19
kmemleak_alloc_recursive gfp=4 ret=void
kmemleak_scan_area gfp=2 ret=void
kmemleak_vmalloc gfp=2 ret=void
kmsan_alloc_page gfp=2 ret=void @6.0-
kmsan_kmalloc_large gfp=2 ret=void @6.0-
kmsan_poison_memory gfp=2 ret=void @6.0-
kmsan_slab_alloc gfp=2 ret=void @6.0-
kmsan_vmap_pages_range_noflush gfp=5 ret=int @6.13-
mapping_gfp_constraint gfp=1 ret=unknown
mapping_set_gfp_mask gfp=1 ret=void
mem_cgroup_charge gfp=2 ret=int
mem_cgroup_charge_hugetlb gfp=1 ret=int @6.13-
mem_cgroup_charge_skmem gfp=2 ret=bool @5.11-7.1
mem_cgroup_handle_over_high gfp=0 ret=void @6.0-6.1
mem_cgroup_handle_over_high gfp=0 ret=void @6.3-
mem_cgroup_hugetlb_try_charge gfp=1 ret=int @6.6-7.1
mem_cgroup_shrink_node gfp=1 ret=unknown @-7.2
mem_cgroup_sk_charge gfp=2 ret=bool @6.13-
mem_cgroup_soft_limit_reclaim gfp=2 ret=unknown @-6.11
mem_cgroup_swapin_charge_folio gfp=2 ret=int @6.0-6.12
mem_cgroup_swapin_charge_folio gfp=3 ret=int @6.13-
mem_cgroup_swapin_charge_page gfp=2 ret=int @5.11-6.0
memalloc_apply_gfp_scope gfp=0 ret=unknown @6.13-
memalloc_retry_wait gfp=0 ret=void @5.16-
memcg1_soft_limit_reclaim gfp=2 ret=unknown @6.9-
memcg_kmem_charge gfp=1 ret=int @-5.14
memcg_kmem_charge_page gfp=1 ret=int
memcg_list_lru_alloc gfp=2 ret=int @5.16-
might_alloc gfp=0 ret=void @5.11-
netfs_release_folio gfp=1 ret=bool @6.6-
node_zonelist gfp=1
obj_cgroup_charge gfp=1 ret=int
policy_nodemask gfp=0 @-6.5
policy_nodemask_current gfp=0 @-6.0
set_page_owner gfp=2 ret=void
should_fail_alloc_page gfp=0 ret=bool @5.16-
should_failslab gfp=1 ret=int
sk_gfp_mask gfp=1 ret=unknown
start_isolate_page_range gfp=4 ret=int @5.16-7.1
swap_cluster_readahead gfp=1 @-5.18
swapin_readahead gfp=1 @-5.18
thp_shmem_limit_gfp_mask gfp=0 ret=unknown @6.13-
try_to_compact_pages gfp=0 ret=unknown
try_to_free_mem_cgroup_pages gfp=2 ret=unknown @-7.2
try_to_free_pages gfp=2 ret=unknown @-7.2
try_to_release_page gfp=1 ret=int @-6.1
usb_free_streams gfp=3 ret=int
vmpressure gfp=0 ret=void
vmpressure_prio gfp=0 ret=void
wakeup_kswapd gfp=1 ret=void
want_init_on_alloc gfp=0 ret=bool
warn_alloc gfp=0 ret=void
warn_if_node_offline gfp=1 ret=void @6.0-
xa_init_flags gfp=1 ret=void
`;
