/**
 * Draws how kernels ask for memory over the years: `node --import tsx test/tools/census-chart.ts CENSUS.json... > chart.svg`, each file made by
 * `gfp-audit census TREE --format json`, oldest first. A panel a kind, a group of bars a kernel. The picture has no ground of its own and
 * follows the reader's light or dark scheme.
 */
import { readFileSync } from 'node:fs';
import type { Counted, Counts } from '../../server/src/report/census/count.js';

interface Series {
  key: Counted;
  name: string;
}

const PANELS: readonly [title: string, series: readonly Series[]][] = [
  ['GFP_NOFS', [{ key: 'nofs', name: 'sites' }]],
  ['GFP_NOIO', [{ key: 'noio', name: 'sites' }]],
  [
    'scopes in their place',
    [
      { key: 'scopesNofs', name: 'nofs' },
      { key: 'scopesNoio', name: 'noio' },
    ],
  ],
  ['GFP_ATOMIC', [{ key: 'atomic', name: 'sites' }]],
  ['__GFP_NOFAIL', [{ key: 'nofail', name: 'sites' }]],
  [
    'retry loops',
    [
      { key: 'retryLoops', name: 'all' },
      { key: 'convertible', name: 'convertible' },
    ],
  ],
  [
    'waits for memory',
    [
      { key: 'congestionWaits', name: 'congestion' },
      { key: 'retryWaits', name: 'retry wait' },
    ],
  ],
  [
    'mempools',
    [
      { key: 'mempools', name: 'made' },
      { key: 'mempoolAllocs', name: 'taken from' },
    ],
  ],
];
const COLUMNS = 4;
const [WIDTH, HEIGHT, GAP, TOP, BASE] = [210, 220, 30, 52, 165];

const censuses = process.argv
  .slice(2)
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { kernel: { version: string }; total: Counts });
if (censuses.length === 0) throw new Error('name the JSON of at least one census');

const text = (x: number, y: number, what: string | number, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${what}</text>`;

function drawPanel([title, series]: (typeof PANELS)[number], index: number): string {
  const left = (index % COLUMNS) * (WIDTH + GAP);
  const top = Math.floor(index / COLUMNS) * HEIGHT;
  const most = Math.max(1, ...censuses.flatMap(({ total }) => series.map(({ key }) => total[key])));
  const step = WIDTH / censuses.length;
  const wide = Math.min(30, (step - 8) / series.length);
  const bars = censuses.flatMap(({ kernel, total }, i) => {
    const middle = left + step * (i + 0.5);
    return [
      text(middle, top + BASE + 16, kernel.version.split('.').slice(0, 2).join('.'), 'text-anchor="middle"'),
      ...series.flatMap(({ key }, k) => {
        const x = middle + (k - series.length / 2) * wide;
        const height = ((BASE - TOP) * total[key]) / most;
        const y = top + BASE - height;
        return [
          `<rect class="s${k}" x="${(x + 1).toFixed(1)}" y="${y.toFixed(1)}" width="${(wide - 2).toFixed(1)}" height="${height.toFixed(1)}"/>`,
          text(x + wide / 2, y - 4, total[key], 'text-anchor="middle" font-size="10"'),
        ];
      }),
    ];
  });
  const legend = series.length === 1 ? [] : series.map(({ name }, k) => legendOf(name, k, left + k * 100, top + BASE + 26));
  return [
    text(left, top + 20, title, 'font-weight="600" font-size="13"'),
    `<line x1="${left}" x2="${left + WIDTH}" y1="${top + BASE}" y2="${top + BASE}"/>`,
    ...bars,
    ...legend,
  ].join('\n');
}

const legendOf = (name: string, k: number, x: number, y: number): string =>
  `<rect class="s${k}" x="${x}" y="${y}" width="9" height="9"/>${text(x + 13, y + 8, name)}`;

const width = COLUMNS * (WIDTH + GAP);
const height = Math.ceil(PANELS.length / COLUMNS) * HEIGHT;
const names = censuses.map(({ kernel }) => kernel.version).join(', ');
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-15 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" role="img">
<title>How Linux ${names} ask for memory: ${PANELS.map(([title]) => title).join(', ')}</title>
<style>
text { fill: #1f2328; } line { stroke: #8a929c; } .s0 { fill: #3f74ad; } .s1 { fill: #b8701a; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } line { stroke: #7d8590; } .s0 { fill: #6ca0d8; } .s1 { fill: #e0a04f; } }
</style>
${PANELS.map(drawPanel).join('\n')}
</svg>
`);
