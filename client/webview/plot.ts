/** Geometry of the chart: where curve, watermarks and events stand. Pure; the drawing is in chart.ts. */
import type { Run } from './runs.js';

export const WIDTH = 560;
export const HEIGHT = 232;
export const LEFT = 48;
export const RIGHT = 104;
export const TOP = 8;
/** Below the axis: the strip of events, then the labels of time. */
export const STRIP = 16;
const AXIS_LABELS = 20;
export const BOTTOM = HEIGHT - STRIP - AXIS_LABELS;

/** Free memory far above the high watermark says nothing: the chart ends at this many times of it. */
const TOP_OF_HIGH = 3;
/** Two labels closer than this run into each other. */
const LABEL_HEIGHT = 13;

export interface Scale {
  maxPages: number;
  /** Of what the runs are drawn along. */
  max: number;
}

/** One scale for all runs that are compared. */
export function scaleOf(runs: readonly Run[]): Scale {
  const high = Math.max(1, ...runs.map(({ marks }) => marks.high));
  const free = Math.max(0, ...runs.flatMap((run) => run.free));
  return {
    maxPages: Math.min(Math.max(free * 1.05, high * 1.3), high * TOP_OF_HIGH),
    max: Math.max(1e-3, ...runs.flatMap((run) => [...run.along, ...run.eventsAlong])),
  };
}

export const xOf = (at: number, { max }: Scale): number => round(LEFT + (Math.min(at, max) / max) * (WIDTH - LEFT - RIGHT));
export const yOf = (pages: number, { maxPages }: Scale): number => round(BOTTOM - (Math.min(pages, maxPages) / maxPages) * (BOTTOM - TOP));

/** Points of the curve; the last value holds to the last event. */
export function curve(run: Run, scale: Scale): [x: number, y: number][] {
  const points = run.along.map((at, i): [number, number] => [xOf(at, scale), yOf(run.free[i] ?? 0, scale)]);
  const end = Math.max(...run.eventsAlong, run.along[run.along.length - 1] ?? 0);
  points.push([xOf(end, scale), yOf(run.free[run.free.length - 1] ?? 0, scale)]);
  return points;
}

/** Level below which GFP_ATOMIC fails, as a share of the min watermark. mm/page_alloc.c __zone_watermark_ok(), 5.10 to 7.2. */
export const ATOMIC_FLOOR = 3 / 8;

/** Watermarks with the heights of their labels, lowest first, moved apart where they would overlap. */
export function levels({ marks }: Run, scale: Scale): { name: string; pages: number; y: number; labelY: number }[] {
  const all = [
    { name: 'atomic fails', pages: Math.round(marks.min * ATOMIC_FLOOR) },
    { name: 'min', pages: marks.min },
    { name: 'low', pages: marks.low },
    { name: 'high', pages: marks.high },
  ];
  let below = Infinity;
  return all.map((level) => {
    const y = yOf(level.pages, scale);
    below = Math.min(y + 4, below - LABEL_HEIGHT);
    return { ...level, y, labelY: round(below) };
  });
}

/** Round figures from 0 on that divide a range into two to five steps. */
export function ticks(max: number): number[] {
  const power = 10 ** Math.floor(Math.log10(max / 3));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => max / s <= 5) ?? max;
  const out: number[] = [];
  for (let n = 0; n * step <= max; n++) out.push(n * step);
  return out;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
