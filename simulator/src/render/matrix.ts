/** A table of outcome words as SVG: rows are cases, columns kernels, colour says good, costly or bad. */
import { escapeXml, svgDocument, textWidth } from './svg.js';

const COLOURS: Readonly<Record<string, string>> = {
  page: '#9ae6b4',
  reclaimed: '#c6f6d5',
  reserve: '#fefcbf',
  null: '#fbd38d',
  oom: '#feb2b2',
  loops: '#fc8181',
  livelock: '#fc8181',
  deadlock: '#e53e3e',
  panic: '#9b2c2c',
  invalid: '#cbd5e0',
};
const ROW = 24;
const COLUMN = 84;

export function matrixSvg(
  title: string,
  rows: readonly string[],
  columns: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  const left = 20 + Math.max(...rows.map((r) => textWidth(r, 12)));
  const width = left + columns.length * COLUMN + 12;
  const height = 62 + rows.length * ROW;
  const out: string[] = [];
  columns.forEach((c, i) =>
    out.push(`<text x="${left + i * COLUMN + COLUMN / 2}" y="44" text-anchor="middle" class="soft">${escapeXml(c)}</text>`),
  );
  rows.forEach((r, y) => {
    out.push(`<text x="12" y="${52 + y * ROW + 15}" class="ink">${escapeXml(r)}</text>`);
    columns.forEach((_, x) => {
      const word = cells[y]?.[x] ?? '';
      if (word === '') return;
      const dark = word === 'deadlock' || word === 'panic';
      out.push(
        `<rect x="${left + x * COLUMN + 2}" y="${52 + y * ROW + 1}" width="${COLUMN - 4}" height="${ROW - 3}" rx="3" fill="${COLOURS[word] ?? '#e2e8f0'}"/>`,
      );
      out.push(
        `<text x="${left + x * COLUMN + COLUMN / 2}" y="${52 + y * ROW + 15}" text-anchor="middle" fill="${dark ? '#ffffff' : '#1a202c'}">${escapeXml(word)}</text>`,
      );
    });
  });
  return svgDocument(width, height, title, out);
}
