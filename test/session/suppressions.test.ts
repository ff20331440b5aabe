import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import AjvModule from 'ajv';
import { InputError } from '../../server/src/engine.js';
import { applySuppressions, readSuppressions, suppressionFor, withSuppression } from '../../server/src/session/suppressions.js';
import { finding, result, rules } from '../cli/stub.js';
import { suppressionsFile, suppressionsText } from '../tools/config-schema.js';

const ids = rules.map((rule) => rule.id);
const entry = { rule: 'sleep-in-atomic', file: 'fs/a.c', function: 'grow', reason: 'the lock is never taken on this machine' };
const list = (...entries: object[]) => readSuppressions(JSON.stringify({ suppressions: entries }), 's.json', ids);

test('an entry takes out the findings of its function, one with a call only those of the call', () => {
  const two = [finding({ data: { api: 'kmalloc' } }), finding({ line: 9, data: { api: 'kcalloc' } })];
  const kept = (...entries: object[]) => applySuppressions(result({ findings: two }), list(...entries)).kept.map(({ at }) => at.line);
  assert.deepEqual(kept(entry), []);
  assert.deepEqual(kept({ ...entry, call: 'kcalloc' }), [3]);
  assert.deepEqual(kept({ ...entry, call: 'kcalloc(GFP_KERNEL)' }), [3, 9], 'the mask is not known here');
  assert.deepEqual(kept({ ...entry, function: 'shrink' }), [3, 9]);
  assert.deepEqual(kept({ ...entry, file: 'fs/b.c' }), [3, 9]);
  assert.deepEqual(kept({ ...entry, rule: 'rt-atomic' }), [3, 9]);
});

test('the reason goes with what it suppresses; an entry that matches nothing is stale, one not looked at is not', () => {
  const other = { ...entry, file: 'mm/b.c' };
  const check = (paths: string[], on = true) => {
    const scope = { paths, minConfidence: 'possible', looksFor: () => on, excluded: () => false } as const;
    return applySuppressions(result({ findings: [finding()] }), list(entry, other), scope);
  };
  assert.deepEqual(
    check(['.']).suppressed.map(({ reason }) => reason),
    [entry.reason],
  );
  assert.deepEqual(
    check(['.']).stale.map(({ file }) => file),
    ['mm/b.c'],
  );
  assert.deepEqual(check(['fs']).stale, []);
  assert.deepEqual(check(['.'], false).stale, [], 'its rule was off');
});

test('a wrong file is one clear line that names the entry', () => {
  const refused: [text: string, why: RegExp][] = [
    ['{', /^s\.json:1: not JSON/],
    ['{"suppressions": [\n{"rule": oops}]}', /^s\.json:2: not JSON/],
    ['[]', /^s\.json: /],
    [JSON.stringify({ suppressions: [{ ...entry, reason: undefined }] }), /suppressions\.0\.reason: missing/],
    [JSON.stringify({ suppressions: [{ ...entry, reason: '  ' }] }), /suppressions\.0\.reason: must say why/],
    [
      JSON.stringify({ suppressions: [entry, { ...entry, rule: 'sleep-in-atomc' }] }),
      /suppressions\.1\.rule: no such rule 'sleep-in-atomc'/,
    ],
    [JSON.stringify({ suppressions: [{ ...entry, line: 4 }] }), /suppressions\.0\.line/],
  ];
  for (const [text, why] of refused)
    assert.throws(
      () => readSuppressions(text, 's.json', ids),
      (error) => error instanceof InputError && why.test(error.message),
      text,
    );
});

test('an editor can add an entry to an empty file, or to one with comments, and it suppresses what it was made from', () => {
  const found = finding({ data: { api: 'kmalloc', gfp: 'GFP_KERNEL | __GFP_ZERO' } });
  const made = suppressionFor(found, 'it is');
  assert.equal(made.call, 'kmalloc(GFP_KERNEL|__GFP_ZERO)');
  const first = withSuppression('', made);
  assert.deepEqual(readSuppressions(first, 's.json', ids), [made]);
  const commented = first.replace('[', '[\n    // reviewed with the driver\n');
  const second = withSuppression(commented, { ...made, function: 'other' });
  assert.match(second, /\/\/ reviewed with the driver/);
  assert.deepEqual(
    readSuppressions(second, 's.json', ids).map((one) => one.function),
    ['grow', 'other'],
  );
  assert.deepEqual(applySuppressions(result({ findings: [found] }), readSuppressions(first, 's.json', ids)).kept, []);
});

test('the published schema is the one that is checked', () => {
  assert.equal(readFileSync(suppressionsFile, 'utf8'), suppressionsText(), 'run npm run docs');
  const valid = new AjvModule.default({ strict: false }).compile(JSON.parse(suppressionsText()) as object);
  assert.equal(valid({ suppressions: [entry] }), true);
  assert.equal(valid({ suppressions: [{ ...entry, reason: undefined }] }), false);
  assert.equal(valid({ suppressions: [{ ...entry, extra: 1 }] }), false);
});
