/** Shards of the sample tree against the whole: the same bytes for any number of parts, and no merge of what does not fit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audit, type AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { renderJson } from '../../server/src/report/json.js';
import { jsonText } from '../../server/src/report/json-lines.js';
import { mergeReports, MergeError } from '../../server/src/report/merge.js';
import type { Finding } from '../../server/src/rules/model.js';
import { parseShard, type Shard } from '../../server/src/session/shard.js';
import { finding, result } from '../cli/stub.js';

const sample = fileURLToPath(new URL('../sample', import.meta.url));
const run = (shard?: Shard): Promise<AuditResult> =>
  audit(new NodeHost(), {
    paths: [sample],
    kernel: 'auto',
    jobs: 1,
    cacheDir: null,
    minConfidence: 'possible',
    rules: { 'rt-atomic': 'warning' },
    ...(shard && { shard }),
  });
const json = (command: 'audit' | 'sites', answer: AuditResult): string =>
  [...renderJson(command, answer, { version: '1', stable: true })].join('');

test('1 to 7 shards, handed over in any order, merge to the bytes of the whole', async () => {
  const whole = await run();
  assert.ok(whole.findings.length > 20 && whole.sites.length > 20);
  for (let count = 1; count <= 7; count++) {
    const parts = [];
    for (let index = 1; index <= count; index++) parts.push(await run({ index, count }));
    for (const command of ['audit', 'sites'] as const) {
      const reports = parts.map((part, i) => ({ name: `part-${i}`, text: json(command, part) })).reverse();
      const { doc } = mergeReports(reports);
      assert.equal(jsonText(Object.entries(doc)), json(command, whole), `${command}, ${count} shards`);
    }
    if (count > 1) assert.ok(parts.every((part) => part.sites.length < whole.sites.length));
  }
});

const part = (
  index: number,
  count: number,
  findings: Finding[] = [],
  change: Partial<AuditResult> = {},
): { name: string; text: string } => ({
  name: `part-${index}.json`,
  text: json('audit', result({ findings, echoes: [], shard: { index, count, options: {} }, ...change })),
});

test('a finding that only the other shard knows as an echo is taken out in the merge', () => {
  const path = [
    { file: 'fs/a.c', line: 2, function: 'grow', what: 'takes a spin lock' },
    { file: 'fs/a.c', line: 3, function: 'grow', what: 'calls refill' },
    { file: 'fs/b.c', line: 9, function: 'refill', what: 'allocates' },
  ];
  const outer = finding({ file: 'fs/a.c', line: 3, path });
  const deeper = finding({ file: 'fs/b.c', line: 9, path });
  const { findings } = mergeReports([part(1, 2, [outer]), part(2, 2, [deeper])]);
  assert.deepEqual(
    findings.map(({ at }) => at.file),
    ['fs/a.c'],
  );
});

const refused: [string, { name: string; text: string }[], RegExp][] = [
  ['a missing shard', [part(1, 3), part(3, 3)], /shard 2\/3 missing/],
  ['a shard given twice', [part(1, 2), part(1, 2)], /part-1\.json and part-1\.json are both shard 1\/2/],
  ['shards of different counts', [part(1, 2), part(2, 3)], /differ in the number of shards/],
  [
    'another kernel',
    [part(1, 2), part(2, 2, [], { kernel: { version: '6.1.0', profile: '6.1', from: 'Makefile', mismatches: [] } })],
    /part-2\.json and part-1\.json differ in the kernel/,
  ],
  ['other options', [part(1, 2), part(2, 2, [], { shard: { index: 2, count: 2, options: { rt: true } } })], /differ in the options/],
  [
    'a tree that changed between the shards',
    [
      part(1, 1),
      part(1, 1, [], { stats: { files: 2, bytes: 100, functions: 4, functionsParsed: 2, functionsWithErrors: 0, reported: 1, sites: 1 } }),
    ],
    /differ in the files read/,
  ],
  ['a report cut short', [{ name: 'p.json', text: part(1, 1).text.slice(0, 200) }], /p\.json: is no JSON, cut short perhaps/],
  ['the report of a whole run', [{ name: 'p.json', text: json('audit', result()) }], /p\.json: is the report of a whole run/],
  ['something else', [{ name: 'p.json', text: '[1]' }], /p\.json: is no report of gfp-audit/],
  ['an edited list', [{ name: 'p.json', text: part(1, 1).text.replace('"findings": []', '"findings": 7') }], /'findings' is no list/],
];
for (const [what, reports, message] of refused) {
  test(`${what} is refused with its name`, () => {
    assert.throws(
      () => mergeReports(reports),
      (error) => error instanceof MergeError && message.test(error.message),
    );
  });
}

test('a shard is I/N with I from 1 to N', () => {
  assert.deepEqual(parseShard('2/7'), { index: 2, count: 7 });
  for (const text of ['0/3', '4/3', '1', '1/0', 'a/b', '1/2/3', '-1/2', '1/99999']) assert.equal(parseShard(text), undefined, text);
});
