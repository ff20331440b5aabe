import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import { test } from 'node:test';
import AjvModule, { type ValidateFunction } from 'ajv';
import type { Log } from 'sarif';
import { renderSarif } from '../../server/src/report/sarif.js';
import type { AuditResult } from '../../server/src/engine.js';
import { finding, result, rules } from '../cli/stub.js';

/**
 * The official schema as an npm package ships it: JSON Schema draft 4, of whose differences to draft 7 it uses none,
 * with one pattern that only a regular expression without the u flag takes.
 */
function officialSchema(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve('@microsoft/jest-sarif')), 'schemas', 'sarif-2.1.0-rtm.5.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete schema['id'];
  delete schema['$schema'];
  const Ajv = AjvModule.default;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    unicodeRegExp: false,
    formats: { uri: isUri, 'uri-reference': isUriReference, 'date-time': true },
  });
  return ajv.compile(schema);
}

function isUri(text: string): boolean {
  return URL.canParse(text);
}
function isUriReference(text: string): boolean {
  return URL.canParse(text, 'file:///base/') && !/[\s\\^`{}|<>"]/.test(text);
}

const valid = officialSchema();

/** The log of a result, after the official schema has passed it. */
function log(change: Partial<AuditResult>): Log {
  const parsed: unknown = JSON.parse(renderSarif(result(change), { version: '1.2.3', rules }));
  assert.ok(valid(parsed), JSON.stringify(valid.errors?.slice(0, 5), null, 1));
  return parsed as Log;
}

const run = (change: Partial<AuditResult>): Log['runs'][number] => log(change).runs[0]!;

test('the schema refuses what is not SARIF, so that passing it says something', () => {
  const good = log({ findings: [finding()] });
  const spoiled = structuredClone(good) as unknown as { runs: [{ results: [Record<string, unknown>] }] };
  spoiled.runs[0].results[0]['level'] = 'fatal';
  assert.equal(valid(spoiled), false);
  assert.equal(valid({ ...good, version: '2.0.0' }), false);
  const spaced = structuredClone(good);
  spaced.runs[0]!.results![0]!.locations![0]!.physicalLocation!.artifactLocation!.uri = 'a b.c';
  assert.equal(valid(spaced), false);
});

test('an empty result is a valid log with all rules', () => {
  const { tool, results, invocations } = run({});
  assert.deepEqual(results, []);
  assert.deepEqual(
    tool.driver.rules?.map((rule) => rule.id),
    ['sleep-in-atomic', 'rt-atomic'],
  );
  assert.equal(tool.driver.rules?.[1]?.defaultConfiguration?.enabled, false);
  assert.equal(invocations?.[0]?.executionSuccessful, true);
});

test('a finding carries rule, place, path and identity', () => {
  const [one] = run({ findings: [finding({ ruleId: 'rt-atomic', severity: 'warning', line: 7 })] }).results!;
  assert.equal(one!.ruleIndex, 1);
  assert.equal(one!.level, 'warning');
  assert.deepEqual(one!.locations?.[0]?.physicalLocation?.region, {
    startLine: 7,
    startColumn: 2,
    endLine: 7,
    endColumn: 9,
  });
  const steps = one!.codeFlows?.[0]?.threadFlows[0]?.locations;
  assert.deepEqual(
    steps?.map((step) => step.location?.physicalLocation?.region?.startLine),
    [6, 7],
  );
});

test('the fingerprint survives code moving and tells twins apart', () => {
  const prints = (...lines: number[]): string[] =>
    run({ findings: lines.map((line) => finding({ line })) }).results!.map((one) => Object.values(one.partialFingerprints!)[0]!);
  const [first, second] = prints(3, 9);
  assert.notEqual(first, second);
  assert.deepEqual(prints(103, 109), [first, second]);
});

test('odd file names become valid URIs, absolute ones file URIs', () => {
  const uri = (file: string): string | undefined =>
    run({ findings: [finding({ file })] }).results![0]!.locations![0]!.physicalLocation!.artifactLocation!.uri;
  assert.equal(uri('fs/a b#1%.c'), 'fs/a%20b%231%25.c');
  assert.equal(uri('fs/wéi.c'), 'fs/w%C3%A9i.c');
  assert.equal(uri('/mod/a.c'), 'file:///mod/a.c');
});

test('a very long path is cut in the middle, its ends kept', () => {
  const path = Array.from({ length: 2500 }, (_, i) => ({ file: 'a.c', line: i + 1, function: 'f', what: `step ${i}` }));
  const steps = run({ findings: [finding({ path })] }).results![0]!.codeFlows![0]!.threadFlows[0]!.locations;
  assert.equal(steps.length, 1000);
  assert.equal(steps[0]!.location!.message!.text, 'step 0');
  assert.equal(steps.at(-1)!.location!.message!.text, 'step 2499');
});

test('what could not be read makes the run unsuccessful, what was skipped does not', () => {
  const problem = (kind: 'unreadable' | 'skipped'): boolean | undefined =>
    run({ problems: [{ file: 'fs/x.c', message: 'gone', kind }] }).invocations?.[0]?.executionSuccessful;
  assert.equal(problem('unreadable'), false);
  assert.equal(problem('skipped'), true);
});
