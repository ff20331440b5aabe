/** The injection grammar, with a small grammar of ours in the place of an editor's C. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every gfp token has its scope, and comments, strings and other names have none', () => {
  const tester = createRequire(import.meta.url).resolve('vscode-tmgrammar-test/dist/unit.js');
  // The manifest says which grammar is injected where.
  const done = spawnSync(
    process.execPath,
    [tester, '--config', 'package.json', '--grammar', 'test/syntaxes/source.c.tmLanguage.json', 'test/syntaxes/gfp.test.c'],
    { cwd: root, encoding: 'utf8' },
  );
  assert.equal(done.status, 0, done.stdout + done.stderr);
});

test('the scopes begin with names that the default themes colour', () => {
  const grammar = readFileSync(join(root, 'syntaxes', 'gfp.injection.json'), 'utf8');
  const names = [...grammar.matchAll(/"name": "([^"]+)"/g)].map(([, name]) => name!);
  assert.ok(names.length >= 10);
  for (const name of names)
    assert.match(
      name,
      /^(keyword\.control|constant\.numeric|markup\.deleted|variable\.other\.constant|support\.class|support\.type)\.gfp\b/,
    );
});
