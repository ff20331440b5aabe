import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { helpUri, RULES } from '../../server/src/rules/index.js';
import { pagesFolder, rulePages } from '../tools/rule-pages.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the pages of the rules are what npm run docs writes', () => {
  const pages = rulePages();
  assert.deepEqual(readdirSync(pagesFolder).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assert.equal(readFileSync(join(pagesFolder, name), 'utf8'), text, `${name}: run npm run docs`);
});

test('one string names a rule, its file, its page and its link', () => {
  const ids = RULES.map((r) => r.meta.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(existsSync(join(root, 'server/src/rules', `${id}.ts`)), id);
    assert.ok(existsSync(join(root, helpUri(id))), id);
  }
});

test('pages link to rules that exist', () => {
  const ids = new Set(RULES.map((r) => r.meta.id));
  for (const { meta } of RULES) {
    for (const [, target = ''] of meta.doc.matchAll(/\]\(([a-z-]+)\.md\)/g)) assert.ok(ids.has(target), `${meta.id}: ${target}`);
    assert.ok(!meta.summary.endsWith('.'), meta.id);
  }
});
