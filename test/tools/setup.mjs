/** What every npm script starts with: dependencies in place, build up to date. Node built-ins only. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const buildStamp = join(root, 'out', '.built');
const sourceFolders = ['client', 'server', 'simulator', 'test'];

/** Runs a command in the repository's folder, its stdout sent to stderr so that a report alone stands on stdout. */
export function run(command, args) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (done.error) throw done.error;
  if (done.status !== 0) {
    process.stderr.write(`${command} ${args.join(' ')} ended with status ${done.status ?? done.signal}\n`);
    process.exit(2);
  }
}

/** True when node_modules holds each locked package at its locked version (packages for other platforms apart). */
export function installed() {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const have = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  return Object.entries(want).every(([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version);
}

/** Installs what the lock file names, without running any package's scripts, when something is missing. */
export function install() {
  if (installed()) return;
  process.stderr.write('installing the locked dependencies (npm ci) ...\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Path, size and time of every file that the build reads. */
function sourceState() {
  const hash = createHash('sha256');
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (/\.(ts|tsx|json)$/.test(entry.name)) note(child);
    }
  };
  const note = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  };
  for (const folder of sourceFolders) if (existsSync(join(root, folder))) visit(join(root, folder));
  for (const file of ['tsconfig.json', 'package.json', 'package-lock.json']) note(join(root, file));
  return hash.digest('hex');
}

/** Compiles to out/ unless nothing changed since the last successful build. */
export function build() {
  const state = sourceState();
  if (existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === state) return;
  process.stderr.write('building (tsc -b) ...\n');
  rmSync(buildStamp, { force: true });
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, state);
}
