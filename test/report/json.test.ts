import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson } from '../../server/src/report/json.js';
import { finding, result } from '../cli/stub.js';
import { site } from './site.js';

type Document = Record<string, unknown> & { findings: Record<string, unknown>[] };
const parse = (pieces: Iterable<string>): Document => JSON.parse([...pieces].join('')) as Document;

test('audit has the fields of the contract, in its order', () => {
  const fixes = [{ title: 'move it', safety: 'review' as const, edits: [{ file: 'fs/a.c', start: 1, end: 2, text: 'x' }] }];
  const document = parse(renderJson('audit', result({ findings: [finding({ fixes })] }), { version: '1.2.3', stable: false }));
  assert.deepEqual(Object.keys(document), ['tool', 'kernel', 'run', 'stats', 'findings', 'problems']);
  assert.deepEqual(document['tool'], { name: 'gfp-audit', version: '1.2.3' });
  const [one] = document.findings;
  const fields = 'ruleId severity confidence file line column endLine endColumn function message contexts path fixes data';
  assert.deepEqual(Object.keys(one!), fields.split(' '));
  assert.deepEqual([one!['file'], one!['line'], one!['column'], one!['endColumn']], ['fs/a.c', 3, 2, 9]);
  assert.deepEqual(one!['fixes'], [{ title: 'move it', safety: 'review' }]);
});

test('sites has its six lists and no findings', () => {
  const document = parse(renderJson('sites', result({ sites: [site()] }), { version: '1', stable: false }));
  assert.deepEqual(Object.keys(document).slice(4), ['sites', 'retryLoops', 'scopes', 'waits', 'nonBlock', 'flagUses', 'problems']);
});

test('--stable leaves out run, and only run; findings come in one order', () => {
  const two = [finding({ line: 9 }), finding({ line: 3 })];
  const stable = (seconds: number, findings = two): string =>
    [...renderJson('audit', result({ findings, run: { seconds, cached: 0, jobs: 2 } }), { version: '1', stable: true })].join('');
  assert.equal(stable(1), stable(2, [...two].reverse()));
  assert.ok(!('run' in parse([stable(1)])));
  assert.deepEqual(
    parse([stable(1)]).findings.map((one) => one['line']),
    [3, 9],
  );
});

test('a list has a line an entry, in pieces that are whole only together', () => {
  const many = Array.from({ length: 500 }, (_, i) => finding({ line: i + 1 }));
  const pieces = [...renderJson('audit', result({ findings: many }), { version: '1', stable: true })];
  assert.ok(pieces.length > 1);
  const text = pieces.join('');
  assert.equal(parse([text]).findings.length, 500);
  assert.equal(text.split('\n').filter((line) => line.startsWith('{"ruleId"')).length, 500);
});
