import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../server/src/rules/index.js';
import { writeRulePages } from '../tools/rule-pages.js';

test('docs/rules is what the metadata says; what is not is written anew, to be committed', () => {
  assert.deepEqual(writeRulePages(), []);
});

test("a rule's id is the name of its file", () => {
  for (const { meta } of RULES)
    assert.ok(existsSync(fileURLToPath(new URL(`../../server/src/rules/${meta.id}.ts`, import.meta.url))), meta.id);
});
