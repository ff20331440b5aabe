/** Line and bar charts as SVG: deterministic text, readable on light and dark ground. */
import { COLOURS, escapeXml, svgDocument, textWidth } from './svg.js';

export interface ChartLine {
  name: string;
  values: readonly number[];
}

export interface Chart {
  title: string;
  /** Label of the horizontal axis. */
  x: string;
  y: string;
  t: readonly number[];
  lines: readonly ChartLine[];
  /** Horizontal marks, such as watermarks. */
  marks?: readonly { name: string; value: number }[];
}

const WIDTH = 860;
const PLOT_HEIGHT = 242;
const LEFT = 70;
const RIGHT = 90;
const TOP = 34;
const AXIS = 44;
const LEGEND_ROW = 18;

const n1 = (v: number): string => (Math.round(v * 10) / 10).toString();

/** Round figures that divide the range into about four steps. */
function ticks(max: number): number[] {
  if (max <= 0) return [0];
  const raw = max / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const out: number[] = [];
  for (let v = 0; v <= max * 1.0001; v += step) out.push(v);
  return out;
}

const short = (v: number): string => (v >= 1e6 ? `${n1(v / 1e6)}M` : v >= 1e4 ? `${n1(v / 1e3)}k` : `${Math.round(v * 100) / 100}`);

export function chartSvg(c: Chart): string {
  const maxT = Math.max(1e-9, ...c.t);
  const maxV = Math.max(1e-9, ...c.lines.flatMap((l) => [...l.values]), ...(c.marks ?? []).map((m) => m.value));
  const bottom = TOP + PLOT_HEIGHT;
  const px = (t: number): number => LEFT + (t / maxT) * (WIDTH - LEFT - RIGHT);
  const py = (v: number): number => bottom - (v / maxV) * PLOT_HEIGHT;
  const out: string[] = [];
  const across = (v: number, style: string): string =>
    `<line x1="${LEFT}" y1="${n1(py(v))}" x2="${WIDTH - RIGHT}" y2="${n1(py(v))}" ${style}/>`;
  for (const v of ticks(maxV)) {
    out.push(across(v, 'class="grid"'));
    out.push(`<text x="${LEFT - 6}" y="${n1(py(v) + 4)}" text-anchor="end" class="soft">${short(v)}</text>`);
  }
  for (const t of ticks(maxT)) out.push(`<text x="${n1(px(t))}" y="${bottom + 16}" text-anchor="middle" class="soft">${short(t)}</text>`);
  out.push(`<text x="${n1((LEFT + WIDTH - RIGHT) / 2)}" y="${bottom + 34}" text-anchor="middle" class="soft">${escapeXml(c.x)}</text>`);
  const middle = n1((TOP + bottom) / 2);
  out.push(`<text x="14" y="${middle}" text-anchor="middle" class="soft" transform="rotate(-90 14 ${middle})">${escapeXml(c.y)}</text>`);
  for (const m of c.marks ?? []) {
    out.push(across(m.value, 'class="mark" stroke-dasharray="4 3"'));
    out.push(`<text x="${WIDTH - RIGHT + 4}" y="${n1(py(m.value) + 4)}" class="soft">${escapeXml(m.name)}</text>`);
  }
  const legend = bottom + AXIS;
  c.lines.forEach((l, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const points = l.values.map((v, k) => `${n1(px(c.t[k] ?? 0))},${n1(py(v))}`).join(' ');
    out.push(`<polyline fill="none" stroke="${colour}" stroke-width="1.8" points="${points}"/>`);
    out.push(`<rect x="${LEFT}" y="${legend + i * LEGEND_ROW}" width="10" height="10" fill="${colour}"/>`);
    out.push(`<text x="${LEFT + 16}" y="${legend + i * LEGEND_ROW + 9}" class="ink">${escapeXml(l.name)}</text>`);
  });
  return svgDocument(WIDTH, legend + c.lines.length * LEGEND_ROW + 6, c.title, out);
}

export interface Bar {
  label: string;
  value: number;
  /** Text behind the bar; the value otherwise. */
  note?: string;
}

export interface BarGroup {
  title: string;
  bars: readonly Bar[];
}

const BAR_ROW = 24;
const GROUP_HEAD = 26;
const BAR_LENGTH = 430;

/** Horizontal bars in groups, one per row; the same place in each group has the same colour. */
export function barsSvg(title: string, unit: string, groups: readonly BarGroup[]): string {
  const all = groups.flatMap((g) => [...g.bars]);
  const noteOf = (b: Bar): string => b.note ?? `${short(b.value)} ${unit}`;
  const left = 24 + Math.max(...all.map((b) => textWidth(b.label, 12)));
  const max = Math.max(1e-9, ...all.map((b) => b.value));
  const out: string[] = [];
  let y = 34;
  for (const group of groups) {
    out.push(`<text x="12" y="${y + 16}" font-weight="bold" class="ink">${escapeXml(group.title)}</text>`);
    y += GROUP_HEAD;
    group.bars.forEach((b, i) => {
      const w = Math.max(1, (b.value / max) * BAR_LENGTH);
      out.push(`<text x="24" y="${y + 13}" class="ink">${escapeXml(b.label)}</text>`);
      out.push(`<rect x="${left}" y="${y}" width="${n1(w)}" height="16" fill="${COLOURS[i % COLOURS.length]}"/>`);
      out.push(`<text x="${n1(left + w + 6)}" y="${y + 13}" class="soft">${escapeXml(noteOf(b))}</text>`);
      y += BAR_ROW;
    });
  }
  const width = left + BAR_LENGTH + 18 + Math.max(...all.map((b) => textWidth(noteOf(b), 12)));
  return svgDocument(width, y + 8, title, out);
}
