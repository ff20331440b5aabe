/**
 * `npm run bench:editing -- FILE [MS]`: types into a file over the protocol; milliseconds, median and 95th percentile. MS: from the
 * diagnostics of one keystroke to the next, 90 where it is not said.
 */
import { editing, PAUSE } from './editing.js';

const [file, between = String(PAUSE)] = process.argv.slice(2);
if (file === undefined) throw new Error('name a file of kernel C');
const { opened, key, parse, hover, menu, menuAgain, lines, peakMiB } = await editing(file, Number(between));
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
    row('menu', menu),
    row('again', menuAgain),
    '',
  ].join('\n'),
);
