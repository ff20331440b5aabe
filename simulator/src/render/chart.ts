/** A line chart as SVG: fixed size, deterministic text, readable on light and dark ground. */

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
const HEIGHT = 320;
const LEFT = 70;
const RIGHT = 280;
const TOP = 34;
const BOTTOM = 44;
const COLOURS = ['#2b6cb0', '#c05621', '#2f855a', '#805ad5', '#b83280', '#718096', '#b7791f', '#0987a0'];

export const escapeXml = (s: string): string =>
  s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
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
  const px = (t: number): number => LEFT + (t / maxT) * (WIDTH - LEFT - RIGHT);
  const py = (v: number): number => HEIGHT - BOTTOM - (v / maxV) * (HEIGHT - TOP - BOTTOM);
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(c.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="20" font-size="14" fill="#1a202c">${escapeXml(c.title)}</text>`,
  ];
  for (const v of ticks(maxV)) {
    out.push(`<line x1="${LEFT}" y1="${n1(py(v))}" x2="${WIDTH - RIGHT}" y2="${n1(py(v))}" stroke="#e2e8f0"/>`);
    out.push(`<text x="${LEFT - 6}" y="${n1(py(v) + 4)}" text-anchor="end" fill="#4a5568">${short(v)}</text>`);
  }
  for (const t of ticks(maxT))
    out.push(`<text x="${n1(px(t))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#4a5568">${short(t)}</text>`);
  out.push(`<text x="${n1((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 8}" text-anchor="middle" fill="#4a5568">${escapeXml(c.x)}</text>`);
  out.push(
    `<text x="14" y="${n1((TOP + HEIGHT - BOTTOM) / 2)}" text-anchor="middle" fill="#4a5568" transform="rotate(-90 14 ${n1((TOP + HEIGHT - BOTTOM) / 2)})">${escapeXml(c.y)}</text>`,
  );
  for (const m of c.marks ?? []) {
    out.push(
      `<line x1="${LEFT}" y1="${n1(py(m.value))}" x2="${WIDTH - RIGHT}" y2="${n1(py(m.value))}" stroke="#a0aec0" stroke-dasharray="4 3"/>`,
    );
    out.push(`<text x="${WIDTH - RIGHT + 4}" y="${n1(py(m.value) + 4)}" fill="#718096">${escapeXml(m.name)}</text>`);
  }
  c.lines.forEach((l, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const points = l.values.map((v, k) => `${n1(px(c.t[k] ?? 0))},${n1(py(v))}`).join(' ');
    out.push(`<polyline fill="none" stroke="${colour}" stroke-width="1.6" points="${points}"/>`);
    out.push(`<rect x="${WIDTH - RIGHT + 40}" y="${TOP + i * 18}" width="10" height="10" fill="${colour}"/>`);
    out.push(`<text x="${WIDTH - RIGHT + 54}" y="${TOP + i * 18 + 9}" fill="#1a202c">${escapeXml(l.name)}</text>`);
  });
  out.push('</svg>');
  return out.join('\n') + '\n';
}

export interface Bar {
  label: string;
  value: number;
  /** Text behind the bar; the value otherwise. */
  note?: string;
}

/** Horizontal bars, one per row. */
export function barsSvg(title: string, unit: string, bars: readonly Bar[]): string {
  const row = 24;
  const left = 260;
  const height = 48 + bars.length * row;
  const max = Math.max(1e-9, ...bars.map((b) => b.value));
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="20" font-size="14" fill="#1a202c">${escapeXml(title)}</text>`,
  ];
  bars.forEach((b, i) => {
    const y = 36 + i * row;
    const w = Math.max(1, (b.value / max) * (WIDTH - left - 150));
    out.push(`<text x="${left - 8}" y="${y + 13}" text-anchor="end" fill="#1a202c">${escapeXml(b.label)}</text>`);
    out.push(`<rect x="${left}" y="${y}" width="${n1(w)}" height="16" fill="${COLOURS[i % COLOURS.length]}"/>`);
    out.push(`<text x="${n1(left + w + 6)}" y="${y + 13}" fill="#4a5568">${escapeXml(b.note ?? `${short(b.value)} ${unit}`)}</text>`);
  });
  out.push('</svg>');
  return out.join('\n') + '\n';
}
