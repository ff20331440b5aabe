/// <reference lib="dom" />
/** Draws a run: free pages against the watermarks, and below the axis what happened when. Colours come from the style sheet. */
import { svg } from './dom.js';
import { BOTTOM, curve, HEIGHT, LEFT, levels, RIGHT, scaleOf, STRIP, ticks, TOP, WIDTH, xOf, yOf, type Scale } from './plot.js';
import { eventKind, eventWords, resultWords, time, type Run } from './runs.js';

/** More ticks than pixels would be one block of colour. */
const MAX_TICKS = 400;

export interface Chart {
  element: SVGSVGElement;
  /** Marks a place along the run; undefined takes the mark away. */
  point(at: number | undefined): void;
}

export function drawChart(run: Run, side: 'a' | 'b', scale: Scale = scaleOf([run])): Chart {
  const right = WIDTH - RIGHT;
  const digs = run.unit === 'pages taken';
  const points = curve(run, scale);
  const cursor = svg('line', { class: 'cursor', y1: TOP, y2: BOTTOM + STRIP, visibility: 'hidden' });
  const [first, last] = [points[0]!, points[points.length - 1]!];
  const line = points.map(([x, y]) => `${x},${y}`).join(' ');
  const element = svg(
    'svg',
    { class: `chart ${side}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' },
    svg('title', {}, `Free pages over ${run.unit}: ${run.name} ${resultWords(run.result)}, ${lowest(run)} pages at the lowest`),
    svg('rect', {
      class: 'reserve',
      x: LEFT,
      y: yOf(run.marks.min, scale),
      width: right - LEFT,
      height: BOTTOM - yOf(run.marks.min, scale),
    }),
    ...ticks(scale.maxPages).flatMap((pages) => [
      svg('line', { class: 'grid', x1: LEFT, x2: right, y1: yOf(pages, scale), y2: yOf(pages, scale) }),
      svg('text', { class: 'soft end', x: LEFT - 5, y: yOf(pages, scale) + 3.5 }, short(pages)),
    ]),
    ...ticks(scale.max).map((at) =>
      svg('text', { class: 'soft middle', x: xOf(at, scale), y: HEIGHT - 4 }, at === 0 || digs ? short(at) : time(at)),
    ),
    ...(digs ? [svg('text', { class: 'soft', x: right + 5, y: HEIGHT - 4 }, 'pages taken')] : []),
    ...levels(run, scale).flatMap(({ name, pages, y, labelY }) => [
      svg('line', { class: `mark ${name.replace(' ', '-')}`, x1: LEFT, x2: right, y1: y, y2: y }),
      svg('text', { class: 'soft', x: right + 5, y: labelY }, `${name} ${short(pages)}`),
    ]),
    svg('polygon', { class: 'area', points: `${first[0]},${BOTTOM} ${line} ${last[0]},${BOTTOM}` }),
    svg('polyline', { class: 'curve', points: line }),
    svg('circle', { class: 'point', cx: last[0], cy: last[1], r: 3 }),
    svg('rect', { class: 'strip', x: LEFT, y: BOTTOM + 2, width: right - LEFT, height: STRIP - 4 }),
    ...strip(run, scale),
    cursor,
  );
  return {
    element,
    point(at) {
      cursor.setAttribute('visibility', at === undefined ? 'hidden' : 'visible');
      if (at === undefined) return;
      cursor.setAttribute('x1', String(xOf(at, scale)));
      cursor.setAttribute('x2', String(xOf(at, scale)));
    },
  };
}

/** Events as ticks, a sleep as long as it lasts. */
function strip(run: Run, scale: Scale): SVGElement[] {
  const every = Math.max(1, Math.ceil(run.events.length / MAX_TICKS));
  return run.events
    .map((e, i) => ({ e, i, at: run.eventsAlong[i]! }))
    .filter(({ e, i }) => i % every === 0 || eventKind(e) === 'bad')
    .map(({ e, at }) => {
      const lasts = run.unit === 'time' && e.event === 'sleep' && typeof e['ms'] === 'number' ? e['ms'] : 0;
      const from = xOf(Math.max(0, at - lasts), scale);
      return svg(
        'rect',
        { class: `tick ${eventKind(e)}`, x: from, y: BOTTOM + 2, width: Math.max(1.6, xOf(at, scale) - from), height: STRIP - 4 },
        svg('title', {}, `${time(e.t)}: ${e.actor} ${eventWords(e)}`),
      );
    });
}

const lowest = (run: Run): number => Math.min(...run.free);
const short = (n: number): string => (n >= 1e6 ? `${trim(n / 1e6)}M` : n >= 1e4 ? `${trim(n / 1e3)}k` : String(Math.round(n)));
const trim = (n: number): string => String(Math.round(n * 10) / 10);
