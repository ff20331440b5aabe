/** The oracle's groups as a user would ask: one file through `gfp-audit simulate --batch`, in a process of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { simulate, type SimulateAnswer } from '../../simulator/src/index.js';
import { groups, label, requestOf } from './oracle.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-oracle-'));
after(() => rmSync(folder, { recursive: true }));
const main = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));

test('a batch of every group answers in order what the library answers, outcome and zones', () => {
  const requests = groups.map((g) => requestOf(g, 0));
  const [batch, answersFile] = [join(folder, 'batch.json'), join(folder, 'answers.json')];
  writeFileSync(batch, JSON.stringify(requests));
  const ran = spawnSync(
    process.execPath,
    ['--import', 'tsx', main, 'simulate', '--batch', batch, '--format', 'json', '--output', answersFile],
    { encoding: 'utf8' },
  );
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.stderr, '');
  const answers = JSON.parse(readFileSync(answersFile, 'utf8')) as SimulateAnswer[];
  assert.equal(answers.length, groups.length);
  groups.forEach((g, i) => {
    assert.equal(answers[i]!.outcome.result, g.outcome, label(g));
    assert.deepEqual(answers[i]!.outcome.zones, JSON.parse(JSON.stringify(simulate(requests[i]!).outcome.zones)), label(g));
  });
});
