/** Rules of the repository itself, so that no reviewer has to look for them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files of the repository below the folders, relative to its root. */
function files(pattern: RegExp, ...folders: string[]): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  bin: Record<string, string>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;

test('every dependency is pinned to one version', () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(all)) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
});

test('the lock file names no host and every direct dependency', () => {
  const lock = read('package-lock.json');
  assert.ok(!lock.includes('"resolved"'));
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(all)) assert.equal(packages[`node_modules/${name}`]?.version, version, name);
});

test('the program that the manifest names starts with a node hashbang', () => {
  const source = manifest.bin['gfp-audit']!.replace(/^out\//, '').replace(/\.js$/, '.ts');
  assert.match(read(source), /^#!\/usr\/bin\/env node\n/);
});

test('links in the documents lead somewhere', () => {
  for (const file of [...files(/\.md$/, 'docs'), 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    for (const [, target = ''] of read(file).matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g))
      assert.ok(existsSync(join(root, dirname(file), target)), `${file}: ${target}`);
  }
});

test('no test is switched off or left focused', () => {
  for (const file of files(/\.test\.ts$/, 'test'))
    assert.ok(!/\b(test|it|describe|suite)\.(skip|only|todo)\b/.test(read(file).replace(/\/.*\/\.test\(/g, '')), file);
});

test('no path of a machine stands in code or documents', () => {
  const own = relative(root, fileURLToPath(import.meta.url));
  for (const file of [
    ...files(/\.(ts|mjs|md|c|h)$/, 'client', 'server', 'simulator', 'test', 'docs'),
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
  ])
    if (file !== own) assert.ok(!/(?<![\w.])\/(work|root|home|Users)\/\w/.test(read(file)), file);
});
