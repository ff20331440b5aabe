/** How long the allocator model takes for one call site, in a process that is warm. */
import { parseGfp, profileById, PROFILE_IDS, siteVerdict, type TaskContext, type VerdictRequest } from '../../simulator/src/index.js';

const MASKS = [
  'GFP_KERNEL',
  'GFP_NOFS',
  'GFP_NOIO',
  'GFP_ATOMIC',
  'GFP_NOWAIT',
  'GFP_KERNEL|__GFP_NOFAIL',
  'GFP_NOFS|__GFP_NOFAIL',
  'GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN',
  'GFP_KERNEL|__GFP_RETRY_MAYFAIL',
  'GFP_ATOMIC|__GFP_NOMEMALLOC',
  'GFP_KERNEL|GFP_DMA32',
  'GFP_HIGHUSER_MOVABLE',
];
const APIS = ['alloc_pages', 'kmalloc', 'kvmalloc', 'vmalloc', 'mempool_alloc'];
const CONTEXTS: TaskContext[] = ['task', 'softirq', 'kthread'];

export interface Latency {
  count: number;
  median: number;
  p95: number;
  p99: number;
  most: number;
}

const REPEATS = 3;

/**
 * Milliseconds of every distinct request, after a round over other kernels has warmed the code. Each is computed three
 * times and its median counts, so that what else the machine does stays out; `known` is the same asked again.
 */
export function verdictLatency(): { fresh: Latency; known: Latency } {
  for (const id of PROFILE_IDS.slice(0, 3)) for (const r of requests(id)) siteVerdict(r);
  const list = PROFILE_IDS.slice(3).flatMap((id) => requests(id));
  const time = (): number[] =>
    list.map((r) => {
      const times = Array.from({ length: REPEATS }, (_, i) => {
        // A lock's name changes nothing in the work but makes the request a new one.
        const distinct = { ...r, reclaimLocks: [{ name: `lock ${i}`, needs: 'fs' as const }] };
        const start = performance.now();
        siteVerdict(distinct);
        return performance.now() - start;
      });
      return times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] ?? 0;
    });
  const fresh = summary(time());
  const last = list.slice(-100);
  const again = last.map((r) => {
    siteVerdict(r);
    const start = performance.now();
    siteVerdict(r);
    return performance.now() - start;
  });
  return { fresh, known: summary(again) };
}

function requests(kernel: string): VerdictRequest[] {
  const profile = profileById(kernel);
  return MASKS.flatMap((text) =>
    APIS.flatMap((api) =>
      CONTEXTS.flatMap((context) => [0, 2].map((order) => ({ profile, gfp: parseGfp(profile, text), api, context, order }))),
    ),
  );
}

function summary(times: number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}
