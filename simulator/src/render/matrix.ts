/** A table of outcome words as SVG: rows are cases, columns kernels, colour says good, costly or bad. */
import { escapeXml } from './chart.js';

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
const CHARACTER = 6.2;

export function matrixSvg(
  title: string,
  rows: readonly string[],
  columns: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  const left = Math.min(470, Math.ceil(Math.max(...rows.map((r) => r.length)) * CHARACTER) + 20);
  const width = left + columns.length * COLUMN + 12;
  const height = 62 + rows.length * ROW;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="20" font-size="14" fill="#1a202c">${escapeXml(title)}</text>`,
  ];
  columns.forEach((c, i) =>
    out.push(`<text x="${left + i * COLUMN + COLUMN / 2}" y="44" text-anchor="middle" fill="#4a5568">${escapeXml(c)}</text>`),
  );
  rows.forEach((r, y) => {
    out.push(`<text x="12" y="${52 + y * ROW + 15}" fill="#1a202c">${escapeXml(r)}</text>`);
    columns.forEach((_, x) => {
      const word = cells[y]?.[x] ?? '';
      if (word === '') return;
      const dark = word === 'deadlock' || word === 'panic';
      out.push(
        `<rect x="${left + x * COLUMN + 2}" y="${52 + y * ROW + 1}" width="${COLUMN - 4}" height="${ROW - 3}" fill="${COLOURS[word] ?? '#e2e8f0'}"/>`,
      );
      out.push(
        `<text x="${left + x * COLUMN + COLUMN / 2}" y="${52 + y * ROW + 15}" text-anchor="middle" fill="${dark ? '#ffffff' : '#1a202c'}">${escapeXml(word)}</text>`,
      );
    });
  });
  out.push('</svg>');
  return out.join('\n') + '\n';
}
