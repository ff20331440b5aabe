/**
 * What each named scenario puts to the test: the claim in our own words, who made it and where, what is run, and how the
 * result reads. The figures themselves are computed; only `reading` talks about them, and a test holds it to them.
 */

export interface Claim {
  scenario: string;
  title: string;
  claim: string;
  /** Who, when, where; what is not known exactly says so. */
  source: string;
  run: string;
  reading: string;
  /** Figure for the bar chart; 'result': a matrix of outcomes by profile. */
  chart: { metric: string; unit: string } | 'result' | { series: string; variants: readonly number[] };
}

export const CLAIMS: readonly Claim[] = [
  {
    scenario: 'nofail-vs-atomic',
    title: '__GFP_NOFAIL users against GFP_ATOMIC',
    claim:
      'Mel Gorman: when many callers may go below the watermarks because they must not fail, they only hit the same wall a little lower, and everybody who lives on the reserve (GFP_ATOMIC first) fails meanwhile; enough of them livelock. ' +
      'Dave Chinner: XFS has looped around failing requests for decades with plain backoff and never needed the reserves for it.',
    source:
      'Gorman on linux-mm, 10 December 2013 (reply to a patch giving __GFP_NOFAIL access below the watermarks), and again around "congestion_wait() and GFP_NOFAIL", NeilBrown, 17 September 2021; Chinner in that thread and on 30 August 2024.',
    run: 'A zone of 256 MiB at its low watermark. Kernel threads run transactions that hold 60 pages each before they can finish and give them back; a network burst takes 24 GFP_ATOMIC pages every 8 ms. Once on a slow disk (1 page per ms gets clean), once with nothing to reclaim at all.',
    reading:
      'Both are right, about different states. While the disk still cleans pages, __GFP_NOFAIL finishes first on kernels without the wait in the retry path (5.16 and later), at the price of GFP_ATOMIC failures; loops take longer and cost nobody else anything. ' +
      'Up to 5.15 the hundred-millisecond wait in should_reclaim_retry keeps __GFP_NOFAIL from reaching the reserve at all. With nothing to reclaim nobody finishes: the NOFAIL users empty the zone and stop every GFP_ATOMIC request, the loops stop at the min watermark and leave them alone.',
    chart: { series: 'Normal', variants: [4, 5, 7] },
  },
  {
    scenario: 'throttling',
    title: 'Waiting for congestion against waiting for reclaim progress',
    claim:
      'Mel Gorman: congestion signals have not worked for years, so every wait for congestion is a blind sleep; reclaim should wait for events that matter (writeback finished, pages isolated, progress made) with short limits.',
    source:
      'Gorman, "Remove dependency on congestion_wait in mm/", versions 1 to 5, September and October 2021; merged for 5.16. NeilBrown asked for the same from the callers\' side on 17 September 2021.',
    run: 'Six user tasks need 64 pages each while only dirty pages are left, on a disk of 0.5 and of 4 pages per ms. First with what the kernel does by itself, then with __GFP_NORETRY and a wait in the caller: 100 ms blind, or until reclaim made progress.',
    reading:
      'On a slow disk the disk decides and both engines end at the same time. On a faster one the engine up to 5.15 takes twice as long, because its wait of 100 ms outlasts the cleaning; the engine of 5.16 and later sleeps one jiffy at a time and pays with many more reclaim calls and wake-ups. A blind wait of 100 ms in the caller brings the old behaviour back on any kernel; waiting for progress is as good as the new engine.',
    chart: { metric: 'all served after ms', unit: 'ms' },
  },
  {
    scenario: 'small-allocations',
    title: 'When does a small allocation that may reclaim fail at all?',
    claim:
      "NeilBrown's question: if a small GFP_KERNEL request in a kernel thread never returns NULL, why must its callers carry error paths, and what exactly are the exceptions?",
    source:
      'NeilBrown and others on linux-mm and linux-fsdevel, first months of 2024; reported by LWN in March 2024 under the question whether "too small to fail" could become a rule.',
    run: 'One order-0 request with free memory just below min and nothing to reclaim, by who asks and what the OOM killer finds. Limit: 5 seconds.',
    reading:
      'A kernel thread never sees NULL: it waits for the victim to exit (some twenty milliseconds here) or, when the victim waits for a lock the thread holds, for the oom_reaper after two seconds. With GFP_NOFS it loops as long as nothing changes, because nobody is killed for it. NULL comes for a task that is itself the victim, for NORETRY and RETRY_MAYFAIL, inside PF_MEMALLOC with an empty zone, and at a memcg limit. With nobody to kill the kernel panics.',
    chart: 'result',
  },
  {
    scenario: 'storage-stack',
    title: 'Writeback through three storage levels',
    claim:
      "NeilBrown: every level that cleans pages needs a mempool of its own, so that it can always finish one request. Andrew Morton: pools lock memory away nearly always for nothing; the page allocator's own reserve for those that free memory should do.",
    source:
      'Brown and Morton on linux-mm and linux-kernel over the years (the exact messages were not found again); the commit that gave mempools back their __GFP_NOMEMALLOC in 2016 tells of swap-out through dm-crypt that emptied the reserve.',
    run: 'Twenty-four flusher threads clean 6000 dirty pages, 16 per I/O of 4 ms; each I/O needs a page at three levels. A consumer keeps memory short, a network burst needs GFP_ATOMIC. Free at start: 500 pages (just below min), or 40. No page is clean, so nothing can be reclaimed before an I/O is done.',
    reading:
      'With pools all pages get clean whatever is free. With plain requests every I/O fails, with looping ones none ever starts. The global reserve works as long as it is not shared by too many: from 500 pages __GFP_NOFAIL and PF_MEMALLOC get through, from 40 pages __GFP_NOFAIL stops for ever with every flusher holding a part, and PF_MEMALLOC returns errors.',
    chart: 'result',
  },
  {
    scenario: 'preallocation',
    title: 'Setting nodes aside before taking a lock',
    claim:
      'Preallocation per task removes failure under the lock only when it covers the worst case; radix_tree_preload gets by with one full set per cpu by holding off preemption until the set was used.',
    source:
      'The pattern of lib/radix-tree.c and of the preload functions of idr; discussed whenever __GFP_NOFAIL under locks comes up (among others in the thread of 17 September 2021).',
    run: 'Eight tasks insert into a tree under a spinlock while a slow disk keeps memory at the watermark: an operation needs 1 or 2 nodes, one in ten up to 7.',
    reading:
      'A stash of the worst case never fails, one of the average fails whenever an operation needs more; falling back to GFP_ATOMIC hides that as long as the reserve lasts. The per-cpu variant is as safe with an eighth of the pages. GFP_NOWAIT without a stash fails most of the time at the watermark.',
    chart: { metric: 'pages set aside at most', unit: 'pages' },
  },
  {
    scenario: 'reclaim-deadlock',
    title: 'GFP_KERNEL under a lock that reclaim takes',
    claim:
      "Jason Gunthorpe's picture of what lockdep's fs_reclaim map models: a lock taken inside reclaim must never be held over an allocation that may enter that reclaim; a mmu notifier is entered by every blocking request, so GFP_NOFS does not help there.",
    source:
      "Gunthorpe in reviews of notifier and RDMA code; Daniel Vetter's lockdep annotation of fs_reclaim for notifiers, 25 November 2020.",
    run: 'One task takes lock L and allocates one page with memory just below min; reclaim through file systems (or through notifiers, where said) takes L too. kswapd is behind.',
    reading:
      'GFP_KERNEL waits for itself, or for a task that waits for it in turn. GFP_NOFS and a NOFS scope do not enter that reclaim; GFP_KERNEL|GFP_NOFS does, for a union of masks restricts nothing. __GFP_NOFAIL changes nothing. Under a lock of a notifier only a mask without direct reclaim is safe. With plenty of memory the same code passes, which is why lockdep has to find it.',
    chart: 'result',
  },
  {
    scenario: 'oom-reaper-notifier',
    title: 'Blocking in the path of the oom_reaper',
    claim:
      'A notifier that blocks although the reaper told it not to can stop the reaper behind a lock whose holder waits for the very memory the reaper is to free; hence non_block_start() around it.',
    source:
      'Michal Hocko, "mm, oom: distinguish blockable mode for mmu notifiers", 2018; Daniel Vetter, non_block_start/end, merged for 5.4.',
    run: 'The OOM victim cannot exit (it waits for mn_lock); its address space has a notifier that needs mn_lock; a driver holds mn_lock and allocates a page. Limit: 10 seconds.',
    reading:
      'If the notifier blocks while the holder allocates with GFP_KERNEL there is a deadlock, with reaper, holder and victim in the cycle. If it returns -EAGAIN the reaper tries for a second, gives the victim up, and the next process is killed about three seconds after the first; without a next process the kernel panics. A holder that may fail (NORETRY, NOWAIT) dissolves the cycle at once.',
    chart: 'result',
  },
  {
    scenario: 'kvmalloc-nofs',
    title: 'kvmalloc(GFP_NOFS) in fragmented memory',
    claim:
      'Dave Chinner: a kvmalloc that cannot do NOFS is no use to file systems, and so they wrap single allocations in scopes (xfs, btrfs, ceph_kvmalloc), which is not what scopes are for. Michal Hocko then taught vmalloc and kvmalloc these masks.',
    source:
      'Chinner on 8 December 2016 (reply to the first kvmalloc patch); Hocko, "extend vmalloc support for constrained allocations", 18 October and 22 November 2021; in 5.17 and 5.18.',
    run: '12000 single pages are free and no block of a higher order can be built. One call, no other actor.',
    reading:
      'Up to 5.17 a mask without __GFP_FS never reaches vmalloc: 16 KiB loops, 64 KiB and more return NULL, and __GFP_NOFAIL loops. Inside a NOFS scope GFP_KERNEL is served, which is why the wrappers existed. __vmalloc(GFP_NOFS) works there but allocates its page tables with __GFP_FS. Since 5.18 every blocking mask is served; the newest kernels serve non-blocking ones too.',
    chart: 'result',
  },
  {
    scenario: 'nofail-orders',
    title: '__GFP_NOFAIL by order',
    claim:
      'Large __GFP_NOFAIL requests cannot be guaranteed whatever the flag says; how loudly the kernel says so has changed several times.',
    source: 'The warnings of mm/page_alloc.c in the trees named; the rework of late 2024 (6.12) and its later relaxation.',
    run: 'Single requests with plenty of memory, with a tenth of the min watermark, and with 12000 single pages free. OOM victims hang, so nothing comes back.',
    reading:
      'Order 0 is served down to the last page. Orders 1 and 2 are served from the reserve while blocks exist and loop in fragmented memory, full reserve access or not. Order 4 never reaches the OOM path and loops. GFP_ATOMIC|__GFP_NOFAIL returns NULL on every kernel. Warnings: up to 6.11 on any success of order 2 and more, in 6.12 only in the slow path, later none for the order.',
    chart: 'result',
  },
  {
    scenario: 'nolock',
    title: 'Allocating where no lock may be taken',
    claim:
      "The RFC of a GFP_NO_LOCK flag wanted pages from the per-cpu list without any lock, for kvfree_rcu; the answer was that such a request must be ready to fail nearly always and that a reserve of one's own is the honest way. (gfp_t)0 looks lockless and is not.",
    source:
      'Uladzislau Rezki and Paul McKenney, "__GFP_NO_LOCKS" and "__rcu_alloc_page_lockless", August and September 2020; Thomas Gleixner, Peter Zijlstra and Michal Hocko in reply; the *_nolock functions of 6.15 and later.',
    run: 'A tracer asks for bursts of pages from NMI context on a cpu whose ordinary requests share the list; one in four interrupts a holder of the zone lock. Once with plenty of memory, once while it runs down to the min watermark.',
    reading:
      "The list alone fails as often as it happens to be empty: a third of the time where batches are small and nearly always once memory is short; rarely where batches are large (6.7 and later), because the list then keeps hundreds of pages out of the zone's count. " +
      '(gfp_t)0 spins on the lock it interrupted. alloc_pages_nolock never does, but keeps to the min watermark and so fails when memory is short. Only the dedicated reserve serves everything, for as long as it is sized for the burst.',
    chart: { metric: 'requests failed', unit: '%' },
  },
];

export function claimOf(scenario: string): Claim | undefined {
  return CLAIMS.find((c) => c.scenario === scenario);
}
