/**
 * Draws how kernels ask for memory over the years: `node --import tsx test/tools/census-chart.ts CENSUS.json... > chart.svg`, each file made by
 * `gfp-audit census TREE --format json`, oldest first. A panel a kind, one bar a kernel.
 */
import { readFileSync } from 'node:fs';
import type { Counted, Counts } from '../../server/src/report/census/count.js';

const PANELS: readonly [string, readonly { key: Counted; name: string; fill: string }[]][] = [
  [
    'GFP_NOFS',
    [
      { key: 'nofs', name: 'sites', fill: '#4d7fb5' },
      { key: 'scopesNofs', name: 'nofs scopes', fill: '#c9822b' },
    ],
  ],
  [
    'GFP_NOIO',
    [
      { key: 'noio', name: 'sites', fill: '#4d7fb5' },
      { key: 'scopesNoio', name: 'noio scopes', fill: '#c9822b' },
    ],
  ],
  ['__GFP_NOFAIL', [{ key: 'nofail', name: 'sites', fill: '#4d7fb5' }]],
  [
    'retry loops',
    [
      { key: 'retryLoops', name: 'all', fill: '#4d7fb5' },
      { key: 'convertible', name: 'convertible', fill: '#c9822b' },
    ],
  ],
];
const [WIDTH, HEIGHT, GAP, TOP, BASE] = [200, 210, 20, 44, 160];

const censuses = process.argv
  .slice(2)
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { kernel: { version: string }; total: Counts });
if (censuses.length === 0) throw new Error('name the JSON of at least one census');

const text = (x: number, y: number, what: string | number, more = ''): string => `<text x="${x}" y="${y}" ${more}>${what}</text>`;

const panels = PANELS.map(([title, series], panel) => {
  const left = panel * (WIDTH + GAP);
  const most = Math.max(1, ...censuses.flatMap(({ total }) => series.map(({ key }) => total[key])));
  const step = WIDTH / censuses.length;
  const wide = Math.min(26, (step - 8) / series.length);
  const bars = censuses.flatMap(({ kernel, total }, i) => {
    const middle = left + step * (i + 0.5);
    return [
      text(middle, BASE + 16, kernel.version.split('.').slice(0, 2).join('.'), 'text-anchor="middle"'),
      ...series.flatMap(({ key, fill }, k) => {
        const x = middle + (k - series.length / 2) * wide;
        const height = ((BASE - TOP) * total[key]) / most;
        return [
          `<rect x="${x.toFixed(1)}" y="${(BASE - height).toFixed(1)}" width="${(wide - 2).toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`,
          text(
            Number((x + wide / 2 - 1).toFixed(1)),
            Number((BASE - height - 4).toFixed(1)),
            total[key],
            'text-anchor="middle" font-size="10"',
          ),
        ];
      }),
    ];
  });
  const legend = series.map(
    ({ name, fill }, k) =>
      `<rect x="${left + k * 90}" y="${BASE + 26}" width="9" height="9" fill="${fill}"/>${text(left + k * 90 + 13, BASE + 34, name)}`,
  );
  return [
    text(left, 20, title, 'font-weight="600" font-size="13"'),
    `<line x1="${left}" x2="${left + WIDTH}" y1="${BASE}" y2="${BASE}" stroke="#888"/>`,
    ...bars,
    ...legend,
  ].join('\n');
});
const width = PANELS.length * (WIDTH + GAP);
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" font-family="sans-serif" font-size="11" fill="#222">
<rect x="-10" y="0" width="${width}" height="${HEIGHT}" fill="#fff"/>
${panels.join('\n')}
</svg>
`);
