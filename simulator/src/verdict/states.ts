/** The standard states of memory a call site is run in. One zone whose min watermark is 1024 pages, so figures read as fractions. */
import { Machine, type Reclaimable } from '../machine/machine.js';
import { ZONE_NAMES, type ZoneName } from '../machine/watermarks.js';
import type { Profile } from '../profiles/types.js';
import type { OomPolicy } from '../run/alone.js';

/** min watermark of the model zone, pages. low and high are 1.25 and 1.5 times that. */
export const MODEL_MIN = 1024;
const NO_RESERVE = Object.fromEntries(ZONE_NAMES.map((n) => [n, 0])) as Record<ZoneName, number>;
const MANAGED = 1 << 20;

export interface MemoryState {
  id: string;
  /** Fits after "when": 'memory is plenty'. */
  words: string;
  free: number;
  scattered?: number;
  reclaimable?: Partial<Reclaimable>;
  oom: OomPolicy;
}

const LOTS = 100_000;

/** From plenty to nothing. Every state but the first two has nothing to reclaim unless it says so. */
export const STATES: readonly MemoryState[] = [
  { id: 'plenty', words: 'memory is plenty', free: 64 * MODEL_MIN, oom: 'frees' },
  {
    id: 'reclaimable',
    words: 'memory is at the min watermark and clean cache can be reclaimed',
    free: MODEL_MIN,
    reclaimable: { cleanFile: LOTS },
    oom: 'frees',
  },
  {
    id: 'fs-slab',
    words: 'only dentries and inodes are left to reclaim',
    free: MODEL_MIN,
    reclaimable: { slabFs: LOTS, stuck: 8 * MODEL_MIN },
    oom: 'frees',
  },
  { id: 'oom', words: 'nothing is left to reclaim and a process can be killed', free: MODEL_MIN, oom: 'frees' },
  { id: 'min', words: 'free memory is at the min watermark and nothing can be reclaimed', free: MODEL_MIN, oom: 'hangs' },
  { id: 'half', words: 'free memory is at half of the min watermark', free: MODEL_MIN / 2, oom: 'hangs' },
  { id: 'atomic-floor', words: 'free memory is at 3/8 of the min watermark', free: (MODEL_MIN * 3) / 8, oom: 'hangs' },
  { id: 'empty', words: 'no page is free', free: 0, oom: 'hangs' },
  {
    id: 'fragmented',
    words: 'memory is free but fragmented into single pages',
    free: 64 * MODEL_MIN,
    scattered: 64 * MODEL_MIN,
    oom: 'hangs',
  },
];

/** The model machine with `free` pages in its one zone; `name`: Normal, or the low zone that the mask is confined to. */
export function modelMachine(profile: Profile, name: ZoneName, s: Pick<MemoryState, 'free' | 'scattered' | 'reclaimable'>): Machine {
  const zone = {
    name,
    managed: MANAGED,
    free: s.free,
    min: MODEL_MIN,
    low: MODEL_MIN * 1.25,
    high: MODEL_MIN * 1.5,
    lowmemReserve: NO_RESERVE,
    scattered: s.scattered ?? 0,
  };
  return new Machine(
    profile,
    [zone],
    { perCpuLists: false, cpus: 1, boostFactor: 0, compactable: s.scattered === undefined },
    s.reclaimable ?? {},
  );
}
