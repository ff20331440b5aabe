/** `npm run bench:editing -- FILE`: types into a file over the protocol; milliseconds, median and 95th percentile. */
import { editing } from './editing.js';

const file = process.argv[2];
if (file === undefined) throw new Error('name a file of kernel C');
const { opened, key, parse, hover, lines, peakMiB } = await editing(file);
const at = (values: readonly number[], share: number): string =>
  [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!.toFixed(1);
const row = (name: string, values: readonly number[]): string => `${name.padEnd(8)} median ${at(values, 0.5)}  p95 ${at(values, 0.95)}`;
process.stdout.write(
  [
    `${lines} lines, opened in ${opened.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB`,
    row('key', key),
    row('parse', parse),
    row(
      'ratio',
      key.map((k, i) => k / parse[i]!),
    ),
    row('hover', hover),
    '',
  ].join('\n'),
);
