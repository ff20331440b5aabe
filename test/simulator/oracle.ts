/** Groups of runs on booted 6.1.192 kernels, and each as a request to the model. */
import { readFileSync } from 'node:fs';
import type { SimulateRequest } from '../../simulator/src/index.js';

export interface Group {
  boot: string;
  gfp: string;
  context: string;
  order: number;
  scope?: string[];
  /** Per-cpu lists as the kernel sets them; absent: switched off, every figure exact. */
  lists?: boolean;
  /** watermark_boost_factor at its default. */
  boost?: boolean;
  cpus?: number;
  outcome: 'null' | 'loops' | 'oom';
  zones: Record<
    string,
    {
      managed: number;
      min: number;
      low: number;
      high: number;
      reserve: number;
      before: number[];
      left: number[];
      /** The mask may not use the zone. */
      outside?: boolean;
      /** High-order atomic reserve that earlier runs of the boot left. */
      highatomic?: number;
    }
  >;
  /** Why the model may differ here, by zone, and by how many pages. Nothing else is tolerated. */
  difference?: { zone: string; pages: number; why: string }[];
}

export const groups = JSON.parse(readFileSync(new URL('data/oracle-6.1-exhaust.json', import.meta.url), 'utf8')) as Group[];
/** Every zone type a mask may have as its highest. */
const HIGHEST = ['DMA', 'DMA32', 'Normal', 'Movable'];

/** The exhaust request that stands for one repeat of a group. */
export function requestOf(g: Group, repeat: number): SimulateRequest {
  const zones = Object.entries(g.zones).map(([name, z]) => ({
    name,
    managed: z.managed,
    free: z.before[repeat] ?? z.before[0]!,
    min: z.min,
    low: z.low,
    high: z.high,
    lowmemReserve: Object.fromEntries(HIGHEST.slice(HIGHEST.indexOf(name)).map((n) => [n, n === name ? 0 : z.reserve])),
    ...(z.highatomic !== undefined && {
      reservedHighatomic: z.highatomic,
      freeHighatomic: Math.min(z.highatomic, z.before[repeat] ?? z.before[0]!),
    }),
  }));
  return {
    kernel: '6.1.192',
    gfp: g.gfp,
    order: g.order,
    context: g.context,
    scope: g.scope ?? [],
    scenario: 'exhaust',
    machine: { zones, perCpuLists: g.lists === true, boost: g.boost === true, cpus: g.cpus ?? 1 },
  };
}

export const label = (g: Group): string =>
  `${g.boot}: ${g.gfp} order ${g.order} ${g.context} ${g.scope?.join('+') ?? ''}${g.lists ? ' default lists' : ''}${g.boost ? ' boost' : ''}`;
