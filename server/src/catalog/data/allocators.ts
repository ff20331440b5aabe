/**
 * The allocators proper: slab, pages, vmalloc, pools, bio, per-cpu, id and tree structures, strings, skb, DMA.
 * Columns (see ../allocators.ts): gfp, size, count and order are argument indices from 0; @ gives the kernel lines.
 * Read in include/linux of 5.10, 5.15, 6.1, 6.5, 6.8, 6.12 and 7.x; between two lines that were read, a change is put
 * at the release that made it where that is known, else at the first line that has it. of-object: the mask is kept by the object that is
 * added to (INIT_RADIX_TREE(), lib/radix-tree.c: root_gfp_mask(), 5.10 to 6.12).
 */
export const ALLOCATORS = String.raw`
[slab nofail=honoured]
kmalloc gfp=1 size=0
kzalloc gfp=1 size=0
kmalloc_node gfp=1 size=0
kzalloc_node gfp=1 size=0
kmalloc_array gfp=2 size=1 count=0
kcalloc gfp=2 size=1 count=0
kmalloc_array_node gfp=2 size=1 count=0
kcalloc_node gfp=2 size=1 count=0
krealloc gfp=2 size=1
krealloc_array gfp=3 size=2 count=1 @5.11-
krealloc_node_align gfp=3 size=1 @6.17-
kmalloc_large gfp=1 size=0 @-6.11
kmalloc_large_node gfp=1 size=0 @6.0-6.11
kmalloc_order gfp=1 size=0 order=2 @-6.0
kmalloc_order_trace gfp=1 size=0 order=2 @-6.0
kmalloc_trace gfp=1 size=2 @6.0-6.11
kmalloc_node_trace gfp=1 size=3 @6.0-6.11
kmalloc_track_caller gfp=1 size=0
kmalloc_node_track_caller gfp=1 size=0
__kmalloc gfp=1 size=0
__kmalloc_node gfp=1 size=0
__kmalloc_track_caller gfp=1 size=0 @-6.0
__kmalloc_node_track_caller gfp=1 size=0
__kmalloc_cache gfp=1 size=2 @6.12-
__kmalloc_cache_node gfp=1 size=3 @6.12-
__kmalloc_large gfp=1 size=0 @6.12-
__kmalloc_large_node gfp=1 size=0 @6.12-
kmem_cache_alloc gfp=1
kmem_cache_zalloc gfp=1
kmem_cache_alloc_node gfp=1
kmem_cache_alloc_lru gfp=2 @5.18-
kmem_cache_alloc_trace gfp=1 size=2 @-6.0
kmem_cache_alloc_node_trace gfp=1 size=3 @-6.0
kmem_cache_alloc_bulk gfp=1 ret=count other-failure @-6.18
kmem_cache_alloc_bulk gfp=1 ret=bool other-failure @7.0-
kmem_cache_alloc_from_sheaf gfp=1 sleeps=never @6.18-
kmem_cache_prefill_sheaf gfp=1 @6.18-
kmem_cache_refill_sheaf gfp=1 ret=int @6.18-
kmem_cache_charge gfp=1 ret=bool @6.12-
kmem_buckets_alloc gfp=2 size=1 @6.11-
kmem_buckets_alloc_track_caller gfp=2 size=1 @6.11-
kmem_buckets_valloc gfp=2 size=1 @6.11-
# Typed forms; the mask may be left out and is then GFP_KERNEL. Upstream since 7.0, in 6.12 stable as a backport.
kmalloc_obj gfp=1 implied=GFP_KERNEL optional @6.12-
kzalloc_obj gfp=1 implied=GFP_KERNEL|__GFP_ZERO optional @6.12-
kmalloc_objs gfp=2 count=1 implied=GFP_KERNEL optional @6.12-
kzalloc_objs gfp=2 count=1 implied=GFP_KERNEL|__GFP_ZERO optional @6.12-
kmalloc_flex gfp=3 count=2 implied=GFP_KERNEL optional other-failure @6.12-
kzalloc_flex gfp=3 count=2 implied=GFP_KERNEL|__GFP_ZERO optional other-failure @6.12-
__alloc_objs gfp=1 count=3 @6.12-
__alloc_flex gfp=1 count=4 other-failure @6.12-
kmem_cache_create gfp=null implied=GFP_KERNEL sleeps=always other-failure
kmem_cache_create_usercopy gfp=null implied=GFP_KERNEL sleeps=always other-failure
KMEM_CACHE gfp=null implied=GFP_KERNEL sleeps=always other-failure

[kvmalloc]
kvmalloc gfp=1 size=0
kvzalloc gfp=1 size=0
kvmalloc_node gfp=1 size=0
kvzalloc_node gfp=1 size=0
kvmalloc_array gfp=2 size=1 count=0
kvcalloc gfp=2 size=1 count=0
kvmalloc_array_node gfp=2 size=1 count=0 @6.12-
kvcalloc_node gfp=2 size=1 count=0 @6.12-
kvmalloc_node_align gfp=2 size=0 @6.17-
kvrealloc gfp=3 size=2 @-6.11
kvrealloc gfp=2 size=1 @6.12-
kvrealloc_node_align gfp=3 size=1 @6.17-
kvmemdup gfp=2 size=1 @6.5-
kvmalloc_obj gfp=1 implied=GFP_KERNEL optional @6.12-
kvzalloc_obj gfp=1 implied=GFP_KERNEL|__GFP_ZERO optional @6.12-
kvmalloc_objs gfp=2 count=1 implied=GFP_KERNEL optional @6.12-
kvzalloc_objs gfp=2 count=1 implied=GFP_KERNEL|__GFP_ZERO optional @6.12-
kvmalloc_flex gfp=3 count=2 implied=GFP_KERNEL optional other-failure @6.12-
kvzalloc_flex gfp=3 count=2 implied=GFP_KERNEL|__GFP_ZERO optional other-failure @6.12-

[vmalloc]
__vmalloc gfp=1 size=0
__vmalloc_node gfp=2 size=0
__vmalloc_node_range gfp=4 size=0
__vmalloc_array gfp=2 size=1 count=0
__vcalloc gfp=2 size=1 count=0
vmalloc_huge gfp=1 size=0 @5.18-
vmalloc_huge_node gfp=1 size=0 @6.17-
vrealloc gfp=2 size=1 @6.12-
vrealloc_node_align gfp=3 size=1 @6.17-
vmalloc gfp=null size=0 implied=GFP_KERNEL
vzalloc gfp=null size=0 implied=GFP_KERNEL|__GFP_ZERO
vmalloc_user gfp=null size=0 implied=GFP_KERNEL|__GFP_ZERO
vmalloc_node gfp=null size=0 implied=GFP_KERNEL
vzalloc_node gfp=null size=0 implied=GFP_KERNEL|__GFP_ZERO
vmalloc_32 gfp=null size=0 implied=GFP_KERNEL
vmalloc_32_user gfp=null size=0 implied=GFP_KERNEL|__GFP_ZERO
vmalloc_array gfp=null size=1 count=0 implied=GFP_KERNEL
vcalloc gfp=null size=1 count=0 implied=GFP_KERNEL|__GFP_ZERO
vmap gfp=null implied=GFP_KERNEL other-failure

[page nofail=honoured]
alloc_pages gfp=0 order=1
alloc_page gfp=0
alloc_pages_node gfp=1 order=2
__alloc_pages gfp=0 order=1 @-7.2
__alloc_pages_node gfp=1 order=2 @-7.2
__alloc_pages_nodemask gfp=0 order=1 @-5.12
alloc_pages_current gfp=0 order=1 @-5.12
alloc_pages_vma gfp=0 order=1 @-5.18
alloc_page_vma gfp=0
alloc_hugepage_vma gfp=0 order=3 @-5.18
alloc_pages_mpol gfp=0 order=1 @6.7-6.18
__alloc_zeroed_user_highpage gfp=0 @-5.13
alloc_zeroed_user_highpage_movable gfp=null implied=GFP_HIGHUSER_MOVABLE @-6.4
vma_alloc_zeroed_movable_folio gfp=null implied=GFP_HIGHUSER_MOVABLE @6.3-
folio_alloc gfp=0 order=1 @5.16-
__folio_alloc gfp=0 order=1 @5.16-
__folio_alloc_node gfp=0 order=1 @5.18-
folio_alloc_mpol gfp=0 order=1 @6.10-
vma_alloc_folio gfp=0 order=1 @5.18-
filemap_alloc_folio gfp=0 order=1 @5.16-
__page_cache_alloc gfp=0
page_cache_alloc gfp=null implied=GFP_KERNEL @-6.11
__get_free_pages gfp=0 order=1
get_free_pages gfp=0 order=1 @6.10-
__get_free_page gfp=0
__get_dma_pages gfp=0 order=1
get_zeroed_page gfp=0
alloc_pages_exact gfp=1 size=0
alloc_pages_exact_nid gfp=2 size=1
pagetable_alloc gfp=0 order=1 @6.6-
[contig nofail=ignored sleeps=always other-failure]
alloc_contig_pages gfp=1 count=0
alloc_contig_range gfp=3 ret=int
alloc_contig_frozen_pages gfp=1 count=0 @7.0-
alloc_contig_frozen_range gfp=3 ret=int @7.0-
folio_alloc_gigantic gfp=1 order=0 @6.12-6.18
alloc_huge_page_nodemask gfp=3 @-6.4
alloc_hugetlb_folio_nodemask gfp=3 @6.3-
alloc_hugetlb_folio_reserve gfp=3 @6.12-
dma_alloc_contiguous gfp=2 size=1 sleeps=by-gfp
cma_alloc gfp=null count=1 implied=GFP_KERNEL
[bulk nofail=ignored ret=count]
__alloc_pages_bulk gfp=0 count=3 @5.13-6.13
alloc_pages_bulk gfp=0 count=1 @6.14-
alloc_pages_bulk_noprof gfp=0 count=3 @6.10-
alloc_pages_bulk_array gfp=0 count=1 @5.13-6.13
alloc_pages_bulk_array_mempolicy gfp=0 count=1 @5.16-6.13
alloc_pages_bulk_array_node gfp=0 count=2 @5.13-6.13
alloc_pages_bulk_list gfp=0 count=1 @5.13-6.13
alloc_pages_bulk_mempolicy gfp=0 count=1 @6.14-
alloc_pages_bulk_node gfp=0 count=2 @6.14-
[nolock nofail=ignored sleeps=never]
alloc_pages_nolock gfp=0 order=2 @6.18-
try_alloc_pages gfp=null order=1 implied=0 @6.15-6.15
kmalloc_nolock gfp=1 size=0 @6.18-
[page-frag nofail=honoured]
page_frag_alloc gfp=2 size=1
page_frag_alloc_align gfp=2 size=1 @5.11-
__page_frag_alloc_align gfp=2 size=1 @6.10-
skb_page_frag_refill gfp=2 size=0 ret=bool
netdev_alloc_frag gfp=null size=0 implied=GFP_ATOMIC
netdev_alloc_frag_align gfp=null size=0 implied=GFP_ATOMIC @5.11-
napi_alloc_frag gfp=null size=0 implied=GFP_ATOMIC
napi_alloc_frag_align gfp=null size=0 implied=GFP_ATOMIC @5.11-
[page-pool nofail=ignored]
page_pool_alloc_pages gfp=1
page_pool_alloc_frag gfp=3 @5.15-
page_pool_alloc gfp=3 @6.6-
page_pool_alloc_va gfp=2 @6.6-
page_pool_alloc_netmem gfp=3 ret=unknown @6.15-
page_pool_alloc_netmems gfp=1 ret=unknown @6.12-
page_pool_dev_alloc_pages gfp=null implied=GFP_ATOMIC|__GFP_NOWARN
page_pool_dev_alloc_frag gfp=null implied=GFP_ATOMIC|__GFP_NOWARN @5.15-
page_pool_dev_alloc_netmem gfp=null implied=GFP_ATOMIC|__GFP_NOWARN ret=unknown @6.13-
page_pool_create gfp=null implied=GFP_KERNEL sleeps=always ret=ERR_PTR
dev_alloc_page gfp=null implied=GFP_ATOMIC|__GFP_NOWARN
dev_alloc_pages gfp=null order=0 implied=GFP_ATOMIC|__GFP_NOWARN
__dev_alloc_page gfp=0
__dev_alloc_pages gfp=0 order=1

[mempool nofail=pointless]
mempool_alloc gfp=1 pool=0 waits
mempool_alloc_bulk gfp=null pool=0 implied=GFP_KERNEL ret=int waits sleeps=always @7.0-
mempool_alloc_preallocated gfp=null pool=0 implied=0 sleeps=never @6.8-
mempool_create gfp=null implied=GFP_KERNEL sleeps=always nofail=ignored
mempool_create_node gfp=4 sleeps=always nofail=ignored
mempool_init gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored
mempool_init_node gfp=5 ret=int sleeps=always nofail=ignored
mempool_create_kmalloc_pool gfp=null implied=GFP_KERNEL sleeps=always nofail=ignored
mempool_create_slab_pool gfp=null implied=GFP_KERNEL sleeps=always nofail=ignored
mempool_create_page_pool gfp=null implied=GFP_KERNEL sleeps=always nofail=ignored
mempool_init_kmalloc_pool gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored
mempool_init_slab_pool gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored
mempool_init_page_pool gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored
mempool_resize gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored
mempool_kmalloc gfp=0 nofail=honoured
mempool_alloc_slab gfp=0 nofail=honoured
mempool_alloc_pages gfp=0 nofail=honoured
[bio nofail=pointless]
bio_alloc gfp=0 count=1 waits @-5.17
bio_alloc gfp=3 count=1 waits @5.18-
bio_alloc_bioset gfp=0 count=1 pool=2 waits @-5.17
bio_alloc_bioset gfp=3 count=1 pool=4 waits @5.18-
bio_kmalloc gfp=0 count=1 nofail=honoured @-5.17
bio_kmalloc gfp=1 count=0 nofail=honoured @5.18-
bio_clone_fast gfp=1 pool=2 waits @-5.17
bio_alloc_clone gfp=2 pool=3 waits @5.18-
bio_init_clone gfp=3 ret=int other-failure @5.18-
bio_split gfp=2 pool=3 waits @-6.13
bio_split gfp=2 pool=3 ret=ERR_PTR other-failure @6.14-
bio_next_split gfp=2 pool=3 waits @-6.13
bio_next_split gfp=2 pool=3 ret=ERR_PTR other-failure @6.14-
blk_next_bio gfp=2 count=1 waits @5.15-5.17
blk_next_bio gfp=4 count=2 waits @5.18-
blk_alloc_discard_bio gfp=3 other-failure @6.12-
bioset_init gfp=null implied=GFP_KERNEL ret=int sleeps=always nofail=ignored

[percpu nofail=ignored]
__alloc_percpu_gfp gfp=2 size=0 only-with=GFP_KERNEL @-5.19
__alloc_percpu_gfp gfp=2 size=0 @6.0-
alloc_percpu_gfp gfp=1 only-with=GFP_KERNEL @-5.19
alloc_percpu_gfp gfp=1 @6.0-
alloc_percpu gfp=null implied=GFP_KERNEL
__alloc_percpu gfp=null size=0 implied=GFP_KERNEL
netdev_alloc_pcpu_stats gfp=null implied=GFP_KERNEL
__netdev_alloc_pcpu_stats gfp=1
devm_alloc_percpu gfp=null implied=GFP_KERNEL
percpu_counter_init gfp=2 ret=int
percpu_counter_init_many gfp=2 ret=int @6.6-
percpu_ref_init gfp=3 ret=int
init_srcu_struct gfp=null implied=GFP_KERNEL ret=int

[xarray nofail=honoured other-failure]
xa_store gfp=3 ret=unknown
xa_store_bh gfp=3 ret=unknown
xa_store_irq gfp=3 ret=unknown
xa_store_range gfp=4 ret=unknown
xa_cmpxchg gfp=4 ret=unknown
xa_cmpxchg_bh gfp=4 ret=unknown
xa_cmpxchg_irq gfp=4 ret=unknown
xa_insert gfp=3 ret=int
xa_insert_bh gfp=3 ret=int
xa_insert_irq gfp=3 ret=int
xa_alloc gfp=4 ret=int
xa_alloc_bh gfp=4 ret=int
xa_alloc_irq gfp=4 ret=int
xa_alloc_cyclic gfp=5 ret=int
xa_alloc_cyclic_bh gfp=5 ret=int
xa_alloc_cyclic_irq gfp=5 ret=int
xa_reserve gfp=2 ret=int
xa_reserve_bh gfp=2 ret=int
xa_reserve_irq gfp=2 ret=int
# Called with xa_lock held, which they let go of while a blocking mask allocates.
__xa_store gfp=3 ret=unknown drops=0
__xa_cmpxchg gfp=4 ret=unknown drops=0
__xa_insert gfp=3 ret=int drops=0
__xa_alloc gfp=4 ret=int drops=0
__xa_alloc_cyclic gfp=5 ret=int drops=0
xas_nomem gfp=1 ret=bool
xas_split_alloc gfp=3 order=2 ret=void
[idr nofail=honoured other-failure ret=int]
idr_alloc gfp=4
idr_alloc_u32 gfp=4
idr_alloc_cyclic gfp=4
ida_alloc gfp=1
ida_alloc_min gfp=2
ida_alloc_max gfp=2
ida_alloc_range gfp=3
ida_simple_get gfp=3 @-6.12
idr_preload gfp=0 ret=void
radix_tree_preload gfp=0
radix_tree_maybe_preload gfp=0
radix_tree_insert gfp=null implied=GFP_NOWAIT of-object
# A lock of the user's own (mt_set_external_lock()) is none that they know, and stays taken (lib/maple_tree.c, 6.12: mas_nomem()).
[maple nofail=honoured other-failure ret=int drops=0 lock=maple_tree.ma_lock]
mas_store_gfp gfp=2 @6.1-
mas_nomem gfp=1 ret=bool @6.1-
mas_preallocate gfp=2 @6.1-6.3
mas_preallocate gfp=1 @6.4-6.5
mas_preallocate gfp=2 @6.6-
mas_alloc_cyclic gfp=6 @6.7-
mtree_store gfp=3 @6.1-
mtree_store_range gfp=4 @6.1-
mtree_insert gfp=3 @6.1-
mtree_insert_range gfp=4 @6.1-
mtree_alloc_range gfp=6 @6.1-
mtree_alloc_rrange gfp=6 @6.1-
mtree_alloc_cyclic gfp=6 @6.7-
mtree_dup gfp=2 @6.8-
__mt_dup gfp=2 @6.8-
[radix nofail=honoured]
genradix_ptr_alloc gfp=2
__genradix_ptr_alloc gfp=2 @-6.11
__genradix_ptr_alloc gfp=3 @6.12-
genradix_prealloc gfp=2 ret=int
__genradix_prealloc gfp=2 ret=int
genradix_alloc_node gfp=0 @6.12-

[string nofail=honoured]
kstrdup gfp=1
kstrdup_const gfp=1
kstrdup_quotable gfp=1
kstrndup gfp=2 size=1
kmemdup gfp=2 size=1
kmemdup_nul gfp=2 size=1
kmemdup_array gfp=3 size=2 count=1 @6.10-
kasprintf gfp=0
kvasprintf gfp=0
kvasprintf_const gfp=0
argv_split gfp=0
memdup_user gfp=null size=1 implied=GFP_USER|__GFP_NOWARN ret=ERR_PTR sleeps=always other-failure
memdup_user_nul gfp=null size=1 implied=GFP_USER|__GFP_NOWARN ret=ERR_PTR sleeps=always other-failure
memdup_array_user gfp=null size=2 count=1 implied=GFP_USER|__GFP_NOWARN ret=ERR_PTR sleeps=always other-failure @6.7-
vmemdup_user gfp=null size=1 implied=GFP_USER ret=ERR_PTR sleeps=always other-failure
vmemdup_array_user gfp=null size=2 count=1 implied=GFP_USER ret=ERR_PTR sleeps=always other-failure @6.7-
strndup_user gfp=null implied=GFP_USER|__GFP_NOWARN ret=ERR_PTR sleeps=always other-failure
bitmap_alloc gfp=1 count=0
bitmap_zalloc gfp=1 count=0
bitmap_alloc_node gfp=1 count=0 @5.15-
bitmap_zalloc_node gfp=1 count=0 @5.15-
alloc_cpumask_var gfp=1 ret=bool
zalloc_cpumask_var gfp=1 ret=bool
alloc_cpumask_var_node gfp=1 ret=bool
zalloc_cpumask_var_node gfp=1 ret=bool
`;
