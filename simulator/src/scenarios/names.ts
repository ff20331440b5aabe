/** Scenarios that `simulate` runs, with one line each for --help and error messages. */
export const SCENARIOS: Readonly<Record<string, string>> = {
  request: 'one request in the given state of memory, step by step (default)',
  watermarks: "only the machine's table of zones and watermarks",
  exhaust: 'one requester keeps taking pages until refused, the OOM killer is called, or it loops; nothing can be reclaimed',
  'nofail-vs-atomic': '__GFP_NOFAIL users against GFP_ATOMIC bursts under depletion, compared with congestion_wait loops',
  throttling: 'waiting for congestion against waiting for reclaim progress',
  'small-allocations': 'when a small allocation that may reclaim fails: kernel thread, user task, OOM victim',
  'storage-stack': 'writeback through three storage levels with mempools, with ENOMEM, with global watermarks only',
  preallocation: 'per-task preallocation sized right, too small, and radix_tree_preload',
  'reclaim-deadlock': 'GFP_KERNEL under a lock that reclaim takes, against NOFS and scopes',
  'oom-reaper-notifier': 'blocking inside non_block_start in the oom_reaper path',
  'kvmalloc-nofs': 'kvmalloc(GFP_NOFS) with fragmented memory, before and after 5.18',
  'nofail-orders': '__GFP_NOFAIL of order 0, 1, 2 and 4, and with GFP_ATOMIC',
  nolock: 'lockless requests from per-cpu lists only, against a dedicated reserve',
};

export const SCENARIO_NAMES: readonly string[] = Object.keys(SCENARIOS);
