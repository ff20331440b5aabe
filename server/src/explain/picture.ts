/** A verdict as a small picture for hovers: how far the request digs into the reserve, and what becomes of it in each state of memory. */
import type { StateResult } from '../../../simulator/src/index.js';

/** Of a verdict, what is drawn. */
export interface Drawn {
  /** Free memory at which it stops getting pages, as a fraction of the min watermark. */
  reserveFloor: number;
  /** Result in each standard state of memory, by its id. */
  states: Readonly<Record<string, StateResult>>;
  /** Those of the states in which a process is killed. */
  killsIn: readonly string[];
}

export type Ground = 'light' | 'dark';

/** Beside a text is half the room that a hover has: there the states are one list. */
export type Room = 'hover' | 'beside';

const ROOMS = {
  hover: { width: 620, columns: [10, 318] },
  beside: { width: 340, columns: [10] },
} as const;
const BAR = { x: 34, y: 20, height: 12 };
/** Right of the bar, for its end. */
const BAR_RIGHT = 26;
const ROW = 17;
const FIRST_ROW = 64;
/** From the start of a row to its result. */
const RESULT_AT = 152;

/** Share of the way from min to nothing at which GFP_ATOMIC fails itself: it may leave 3/8 of min. */
const ATOMIC_FAILS = 5 / 8;

/** States of the model in order, short enough for half a line. */
const STATES: Readonly<Record<string, string>> = {
  plenty: 'plenty free',
  reclaimable: 'clean cache to reclaim',
  'fs-slab': 'only inodes to reclaim',
  oom: 'a process to kill',
  min: 'at the min watermark',
  half: 'at half of min',
  'atomic-floor': 'at 3/8 of min',
  empty: 'no page free',
  fragmented: 'fragmented',
};
const RESULTS: Readonly<Record<StateResult, { words: string; light: string; dark: string }>> = {
  page: { words: 'page', light: '#1a7f37', dark: '#57ab5a' },
  reclaimed: { words: 'page, reclaims', light: '#1a7f37', dark: '#57ab5a' },
  reserve: { words: 'page, of the reserve', light: '#9a6700', dark: '#d4a72c' },
  null: { words: 'NULL', light: '#cf222e', dark: '#f47067' },
  loops: { words: 'keeps trying', light: '#8250df', dark: '#b083f0' },
  panic: { words: 'panic', light: '#cf222e', dark: '#f47067' },
};
const GROUNDS = {
  light: { ink: '#1f2328', soft: '#59636e', track: '#d1d9e0', taken: '#bc4c00' },
  dark: { ink: '#dfe3e8', soft: '#9198a1', track: '#3d444d', taken: '#e0823d' },
} as const;

/** Markdown of the picture, as an image that holds all of itself. */
export function pictureOf(drawn: Drawn, ground: Ground, room: Room = 'hover'): string {
  const svg = reserveSvg(drawn, ground, room);
  return `![${describe(drawn)}](data:image/svg+xml;base64,${btoa(svg)})`;
}

/** What the picture says, for who cannot see it. */
function describe({ reserveFloor }: Drawn): string {
  return `free memory may sink to ${percent(reserveFloor)} of the min watermark`;
}

/** ASCII only, so that it can be encoded as it is. */
export function reserveSvg({ reserveFloor, states, killsIn }: Drawn, ground: Ground, room: Room = 'hover'): string {
  const { width, columns } = ROOMS[room];
  const length = width - BAR.x - BAR_RIGHT;
  const { ink, soft, track, taken } = GROUNDS[ground];
  const share = 1 - Math.min(1, Math.max(0, reserveFloor));
  const known = Object.entries(states).filter(([state]) => state in STATES);
  const rows = Math.ceil(known.length / columns.length);
  const mark = BAR.x + length * ATOMIC_FAILS;
  const text = (x: number, y: number, fill: string, words: string, anchor = 'start'): string =>
    `<text x="${x}" y="${y}" fill="${fill}" text-anchor="${anchor}">${words}</text>`;
  const out = [
    text(BAR.x - 8, BAR.y + 10, soft, 'min', 'end'),
    text(BAR.x, BAR.y - 7, ink, share === 0 ? 'leaves the reserve alone' : `takes ${percent(share)} of the reserve below min`),
    text(BAR.x + length + 4, BAR.y + 10, soft, '0'),
    `<rect x="${BAR.x}" y="${BAR.y}" width="${length}" height="${BAR.height}" rx="2" fill="${track}"/>`,
    `<rect x="${BAR.x}" y="${BAR.y}" width="${Math.round(length * share)}" height="${BAR.height}" rx="2" fill="${taken}"/>`,
    `<path d="M${mark} ${BAR.y - 3}v${BAR.height + 6}" stroke="${ink}" stroke-width="1.5"/>`,
    text(mark, BAR.y + BAR.height + 14, soft, 'GFP_ATOMIC fails', 'middle'),
    ...known.map(([state, result], i) => {
      const [x, y] = [columns[Math.floor(i / rows)]!, FIRST_ROW + (i % rows) * ROW];
      const { words, [ground]: colour } = RESULTS[result];
      const kills = killsIn.includes(state) ? ', kills' : '';
      return `<circle cx="${x + 4}" cy="${y - 4}" r="4" fill="${colour}"/>${text(x + 14, y, soft, `${STATES[state]}:`)}${text(x + RESULT_AT, y, ink, words + kills)}`;
    }),
  ];
  const height = FIRST_ROW + rows * ROW - 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">${out.join('')}</svg>`;
}

const percent = (share: number): string => `${Math.round(100 * share)}%`;
