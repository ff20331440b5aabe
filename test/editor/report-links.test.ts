/** Places in a text report that lead into the code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { reportLinks } from '../../client/src/report-links.js';
import { program } from '../lsp/client.js';

const sample = fileURLToPath(new URL('../sample', import.meta.url));

test('findings lead to their place, steps to their line, and nothing else leads anywhere', () => {
  const report = [
    'Audit of net, Linux 6.12',
    '     2  sleep-in-atomic',
    '',
    'net/ring.c',
    "  12:9 error 'kcalloc' may sleep [sleep-in-atomic, certain] in grow()",
    '    11 |         spin_lock(&l);',
    '    path:',
    "      net/main.c:7 grow(): takes 'l'",
    'not net/other.c',
  ].join('\n');
  assert.deepEqual(reportLinks(report), [
    { line: 4, from: 2, to: 6, file: 'net/ring.c', at: { line: 12, column: 9 } },
    { line: 7, from: 6, to: 18, file: 'net/main.c', at: { line: 7, column: 1 } },
  ]);
});

test('every finding of a real report is a link', () => {
  const { stdout } = spawnSync(process.execPath, [program, 'audit', sample, '--fail-on', 'never'], { encoding: 'utf8' });
  const findings = stdout.match(/^ {2}\d+:\d+ (error|warning|note) /gm) ?? [];
  assert.ok(findings.length > 10);
  const lines = stdout.split('\n');
  const links = reportLinks(stdout);
  assert.equal(links.filter(({ from }) => from === 2).length, findings.length);
  for (const { line, from, to } of links) assert.match(lines[line]!.slice(from, to), /^(\S+\.[ch]:)?\d+(:\d+)?$/);
});
