import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { simulateCommand } from '../../server/src/cli/commands/simulate.js';
import { command, type Outcome } from './stub.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-simulate-'));
after(() => rmSync(folder, { recursive: true }));

const simulate = (...args: string[]): Promise<Outcome> =>
  command(['simulate', ...args], { cwd: folder, fronts: { simulate: simulateCommand } });

interface Answer {
  profile: string;
  error?: string;
  request: { gfp: string; order: number; context: string; scope: string[] };
  machine: { zones: { name: string; managed: number }[] };
  outcome: { result: string };
}
const answer = async (...args: string[]): Promise<Answer> => JSON.parse((await simulate('--format', 'json', ...args)).out) as Answer;

test('options make the request', async () => {
  const { profile, request, outcome } = await answer(
    '--kernel',
    '6.1',
    '--gfp',
    'GFP_ATOMIC',
    '--order',
    '0x2',
    '--context',
    'softirq',
    '--scope',
    'nofs',
    '--scope',
    'pin',
  );
  assert.match(profile, /^6\.1/);
  assert.deepEqual([request.gfp, request.order, request.context, request.scope], ['GFP_ATOMIC', 2, 'softirq', ['nofs', 'pin']]);
  assert.equal(outcome.result, 'page');
});

test("--tree takes the kernel from the tree's Makefile, --kernel wins over it", async () => {
  writeFileSync(join(folder, 'Makefile'), 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 3\n');
  assert.match((await answer('--tree', '.', '--gfp', 'GFP_KERNEL')).profile, /^5\.10/);
  assert.match((await answer('--tree', '.', '--kernel', '6.12', '--gfp', 'GFP_KERNEL')).profile, /^6\.12/);
});

test('--machine describes the zones, --memory is added to it', async () => {
  writeFileSync(join(folder, 'machine.json'), '{"zones":[{"name":"Normal","managed":4096}]}');
  const { machine } = await answer('--machine', 'machine.json', '--gfp', 'GFP_KERNEL');
  assert.deepEqual(
    machine.zones.map(({ name, managed }) => [name, managed]),
    [['Normal', 4096]],
  );
});

test('a batch is answered in order; a request that cannot be run is answered with its error and the status is 2', async () => {
  writeFileSync(join(folder, 'batch.json'), '[{"gfp":"GFP_KERNEL"},{"gfp":"GFP_TYPO"},{"gfp":"GFP_ATOMIC","order":1}]');
  const done = await simulate('--batch', 'batch.json', '--kernel', '6.12', '--format', 'json');
  const answers = JSON.parse(done.out) as Answer[];
  assert.deepEqual(
    answers.map(({ error, outcome }) => (error === undefined ? outcome.result : 'error')),
    ['page', 'error', 'page'],
  );
  assert.match(answers[0]!.profile, /^6\.12/);
  assert.equal(done.status, 2);
  assert.match(done.err, /request 1: .*GFP_TYPO/);
});

test('text and SVG go to --output as a whole', async () => {
  assert.match((await simulate('--gfp', 'GFP_KERNEL')).out, /GFP_KERNEL/);
  await simulate('--gfp', 'GFP_KERNEL', '--scenario', 'exhaust', '--memory', '64M', '--format', 'svg', '--output', 'chart.svg');
  assert.match(readFileSync(join(folder, 'chart.svg'), 'utf8'), /^<svg[\s\S]*<\/svg>\s*$/);
});

test('what cannot be a request is refused in one line with status 2', async () => {
  const refused: [string[], RegExp][] = [
    [['--gfp', 'GFP_TYPO'], /unknown flag 'GFP_TYPO'/],
    [['--gfp', '0', '--order', 'two'], /--order: 'two' is no whole number/],
    [['--gfp', '0', '--scenario', 'exhuast'], /did you mean exhaust\?/],
    [['--machine', 'none.json', '--gfp', '0'], /--machine none\.json: no such file/],
    [['--batch', 'Makefile'], /--batch Makefile: not JSON/],
    [['--batch', 'machine.json'], /must hold a JSON array/],
    [['--batch', 'batch.json', '--format', 'svg'], /--format svg draws one request/],
    [['--tree', 'nowhere', '--gfp', '0'], /--tree .*no such file/],
  ];
  for (const [args, expected] of refused) {
    const done = await simulate(...args);
    assert.deepEqual([done.status, done.out], [2, ''], args.join(' '));
    assert.match(done.err, expected);
  }
});
