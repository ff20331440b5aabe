/** What the simulator panel shows, as plain data: it travels between extension and panel and is kept when the panel is hidden. */
import type { SimulateRequest } from '../../simulator/src/index.js';
import { SCENARIO_NAMES } from '../../simulator/src/scenarios/names.js';

/** How much memory is free when a request comes, in terms of its zone's watermarks. */
export const FREE_LEVELS = {
  plenty: 'plenty: a quarter of memory',
  high: 'just above the high watermark',
  low: 'at the low watermark',
  min: 'at the min watermark',
  half: 'half of the min watermark',
  none: 'no page at all',
} as const;
export type FreeLevel = keyof typeof FREE_LEVELS;

/** What reclaim finds. */
export const RECLAIM = {
  nothing: 'nothing',
  clean: 'clean page cache',
  dirty: 'dirty page cache, slow disk',
  slab: 'only inodes and dentries',
} as const;
export type Reclaim = keyof typeof RECLAIM;

export const MEMORY_SIZES = ['128M', '256M', '512M', '1G', '4G', '16G', '64G'] as const;

/** One request of a comparison. */
export interface Side {
  gfp: string;
  order: number;
  api: string;
  context: string;
  scope: string[];
  /** Bytes, for interfaces that count in bytes; absent: a whole block of the order. */
  size?: number;
}

export interface PanelState {
  /** What is shown, such as the site that it was opened from; '' for none. */
  title: string;
  scenario: string;
  kernel: string;
  memory: string;
  free: FreeLevel;
  reclaim: Reclaim;
  /** One request, or two beside each other. */
  sides: Side[];
  /** Cases of a scenario that has its own requests: one, or two beside each other. */
  cases: number[];
}

/** Scenarios whose requests are those of the form; the others bring their own. */
export const OWN_REQUEST: readonly string[] = ['exhaust', 'request'];
/** Scenarios that the panel offers: all that draw something. */
export const OFFERED: readonly string[] = [
  'exhaust',
  'request',
  ...SCENARIO_NAMES.filter((s) => ![...OWN_REQUEST, 'watermarks'].includes(s)),
];

export const PLAIN_SIDE: Side = { gfp: 'GFP_KERNEL', order: 0, api: 'alloc_pages', context: 'task', scope: [] };

export const START: PanelState = {
  title: '',
  scenario: 'exhaust',
  kernel: 'mainline',
  memory: '1G',
  free: 'high',
  reclaim: 'nothing',
  sides: [
    { ...PLAIN_SIDE, gfp: 'GFP_NOFS' },
    { ...PLAIN_SIDE, gfp: 'GFP_NOFS|__GFP_NOFAIL' },
  ],
  cases: [2, 0],
};

/** A request of the simulator as one side of the panel. */
export function sideOf(request: SimulateRequest): Side {
  return {
    gfp: request.gfp ?? PLAIN_SIDE.gfp,
    order: request.order ?? 0,
    api: request.api ?? PLAIN_SIDE.api,
    context: request.context ?? PLAIN_SIDE.context,
    scope: [...(request.scope ?? [])],
    ...(request.size !== undefined && { size: request.size }),
  };
}

/** The state in data that an older version, or anybody, may have written; what is missing or wrong becomes the default. */
export function readState(given: unknown): PanelState {
  const from = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const text = (value: unknown, other: string): string => (typeof value === 'string' ? value : other);
  const sides = Array.isArray(from['sides']) ? from['sides'].slice(0, 2).map(readSide) : [];
  const cases = Array.isArray(from['cases']) ? from['cases'].slice(0, 2).filter((n) => Number.isInteger(n) && (n as number) >= 0) : [];
  const [scenario, free, reclaim] = [text(from['scenario'], ''), text(from['free'], ''), text(from['reclaim'], '')];
  return {
    title: text(from['title'], START.title),
    scenario: OFFERED.includes(scenario) ? scenario : START.scenario,
    kernel: text(from['kernel'], START.kernel),
    memory: text(from['memory'], START.memory),
    free: Object.hasOwn(FREE_LEVELS, free) ? (free as FreeLevel) : START.free,
    reclaim: Object.hasOwn(RECLAIM, reclaim) ? (reclaim as Reclaim) : START.reclaim,
    sides: sides.length > 0 ? sides : START.sides,
    cases: cases.length > 0 ? (cases as number[]) : START.cases,
  };
}

function readSide(given: unknown): Side {
  const from = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const { gfp, order, api, context, scope, size } = from;
  return {
    gfp: typeof gfp === 'string' ? gfp : PLAIN_SIDE.gfp,
    order: typeof order === 'number' && Number.isInteger(order) ? order : 0,
    api: typeof api === 'string' ? api : PLAIN_SIDE.api,
    context: typeof context === 'string' ? context : PLAIN_SIDE.context,
    scope: Array.isArray(scope) ? scope.filter((s) => typeof s === 'string') : [],
    ...(typeof size === 'number' && { size }),
  };
}

/** What the extension tells the panel, and the panel the extension. */
export type ToPanel = { type: 'show'; state: PanelState };
export type FromPanel = { type: 'ready' } | { type: 'reveal' };
