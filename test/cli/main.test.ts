/** The program as a process: streams, signals, status. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url));
const sample = fileURLToPath(new URL('../sample', import.meta.url));
const loader = import.meta.resolve('tsx');
const cache = mkdtempSync(join(tmpdir(), 'gfp-main-'));
after(() => rmSync(cache, { recursive: true, force: true }));

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--import', loader, main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
  });
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, out, err })));
}

test('a FIFO and a missing path beside good files: named, status 2, the good ones audited', async () => {
  const folder = join(cache, 'module');
  execFileSync('mkdir', ['-p', folder]);
  execFileSync('mkfifo', [join(folder, 'pipe.c')]);
  writeFileSync(join(folder, 'm.c'), 'static int m_init(void)\n{\n\treturn 0;\n}\n');
  const { code, out, err } = await ended(start(['audit', folder, join(folder, 'gone.c'), '--no-cache', '--jobs', '1']));
  assert.match(err, /pipe\.c: not a regular file/);
  assert.match(err, /gone\.c: no such file or folder/);
  assert.match(out, /1 file,/);
  assert.equal(code, 2);
});

test('a reader that leaves early is no failure', async () => {
  const child = start(['rules', '--format', 'json']);
  child.stdout?.destroy();
  const { code, err } = await ended(child);
  assert.deepEqual([code, err], [0, '']);
});

test('output through a pipe arrives whole', async () => {
  const { code, out } = await ended(start(['rules', '--format', 'json']));
  assert.equal(code, 0);
  assert.equal((JSON.parse(out) as unknown[]).length, 24);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} during an audit ends with 130, says so and writes no report`, async () => {
    const folder = mkdtempSync(join(cache, 'slow-'));
    const begun = join(folder, 'begun');
    const report = join(folder, 'report.json');
    // A git that never answers: the run is surely under way, and has something to wait for, when the signal comes.
    writeFileSync(join(folder, 'git'), `#!/bin/sh\n: > ${begun}\nexec sleep 60\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const child = start(['audit', sample, '--output', report, '--no-cache'], env);
    const end = ended(child);
    while (!existsSync(begun)) await new Promise((done) => setTimeout(done, 5));
    child.kill(signal);
    const { code, err } = await end;
    assert.deepEqual([code, err], [130, 'gfp-audit: interrupted\n']);
    assert.equal(existsSync(report), false);
  });
}

test('the process of a command ends when the program that started it is killed', async () => {
  const folder = mkdtempSync(join(cache, 'orphan-'));
  const begun = join(folder, 'begun');
  // A git that never answers, started by the command: it tells who did.
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho $PPID > ${begun}.new\nmv ${begun}.new ${begun}\nexec sleep 60\n`, { mode: 0o755 });
  const child = start(['audit', sample, '--no-cache'], { PATH: `${folder}:${process.env['PATH'] ?? ''}` });
  while (!existsSync(begun)) await new Promise((done) => setTimeout(done, 5));
  const command = Number(readFileSync(begun, 'utf8'));
  assert.notEqual(command, child.pid);
  child.kill('SIGKILL');
  while (isRunning(command)) await new Promise((done) => setTimeout(done, 20));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
    return false;
  }
}
