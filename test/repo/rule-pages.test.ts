import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../server/src/rules/index.js';
import { pagesFolder, rulePages } from '../tools/rule-pages.js';

test('docs/rules is what the metadata says (npm run docs writes it)', () => {
  const pages = rulePages();
  assert.deepEqual(readdirSync(pagesFolder).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assert.equal(readFileSync(join(pagesFolder, name), 'utf8'), text, name);
});

test("a rule's id is the name of its file", () => {
  for (const { meta } of RULES)
    assert.ok(existsSync(fileURLToPath(new URL(`../../server/src/rules/${meta.id}.ts`, import.meta.url))), meta.id);
});
