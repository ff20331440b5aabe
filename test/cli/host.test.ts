import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ReadError } from '../../server/src/host/host.js';
import { NodeHost } from '../../server/src/host/node.js';

const base = mkdtempSync(join(tmpdir(), 'gfp-host-'));
after(() => rmSync(base, { recursive: true }));
let count = 0;

/** A folder with these files; their content is their name. */
function tree(...files: string[]): string {
  const root = join(base, `t${count++}`);
  mkdirSync(root);
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  return root;
}

/** Listing relative to the root: files and problems. */
async function listed(root: string, ...paths: string[]): Promise<{ files: string[]; problems: string[] }> {
  const host = new NodeHost(root);
  const { files, problems } = await host.listC((paths.length > 0 ? paths : ['.']).map((path) => host.resolve(path)));
  return {
    files: files.map((file) => host.relative(root, file)),
    problems: problems.map(({ file, message, kind }) => `${kind} ${host.relative(root, file)}: ${message}`),
  };
}

test('a walk takes .c and .h, sorted, each once however often it was named', async () => {
  const root = tree('b/z.c', 'b/a.h', 'a.c', 'b/notes.txt', 'b/c.cc', 'b/.git/hidden.c');
  assert.deepEqual((await listed(root)).files, ['a.c', 'b/a.h', 'b/z.c']);
  assert.deepEqual((await listed(root, 'b', 'b/z.c', '.')).files, ['a.c', 'b/a.h', 'b/z.c']);
});

test('a file named on the command line counts whatever its name is', async () => {
  assert.deepEqual((await listed(tree('x.inc', 'y.c'), 'x.inc')).files, ['x.inc']);
});

test('FIFOs and sockets are named and never opened; the rest is listed', async () => {
  const root = tree('fs/a.c');
  execFileSync('mkfifo', [join(root, 'fs/pipe.c')]);
  const server = createServer().listen(join(root, 'fs/socket.h'));
  await new Promise((done) => server.once('listening', done));
  const { files, problems } = await listed(root);
  assert.deepEqual(files, ['fs/a.c']);
  assert.deepEqual(
    problems.map((text) => text.split(':')[0]),
    ['skipped fs/pipe.c', 'skipped fs/socket.h'],
  );
  assert.match((await listed(root, 'fs/pipe.c')).problems[0]!, /^unreadable fs\/pipe\.c: not a regular file/);
  await new Promise((done) => server.close(done));
  const host = new NodeHost();
  assert.equal((await host.stat(join(root, 'fs/pipe.c'))).kind, 'special');
  await assert.rejects(host.readBytes(join(root, 'fs/pipe.c')), ReadError);
});

test('links: folders are not entered, loops are named, a file counts once', async () => {
  const root = tree('fs/a.c', 'other/b.c');
  symlinkSync('..', join(root, 'fs/up'));
  symlinkSync('loop.c', join(root, 'fs/loop.c'));
  symlinkSync('missing.c', join(root, 'fs/dangling.c'));
  symlinkSync('a.c', join(root, 'fs/same.c'));
  symlinkSync('../other/b.c', join(root, 'fs/far.c'));
  const { files, problems } = await listed(root, 'fs');
  assert.deepEqual(files, ['fs/a.c', 'fs/far.c']);
  assert.deepEqual(problems, [
    'skipped fs/dangling.c: symbolic link not followed: no such file or folder',
    'skipped fs/loop.c: symbolic link not followed: symbolic links lead in a circle',
  ]);
  assert.deepEqual((await listed(root)).files, ['fs/a.c', 'other/b.c']);
  assert.match((await listed(root, 'fs/loop.c')).problems[0]!, /^unreadable fs\/loop\.c: symbolic links lead in a circle/);
});

test('a missing path is named beside those that are there', async () => {
  const { files, problems } = await listed(tree('a.c'), 'nowhere', 'a.c');
  assert.deepEqual(files, ['a.c']);
  assert.deepEqual(problems, ['unreadable nowhere: no such file or folder']);
});

test('in a git tree the ignored are left out, the untracked and odd names are in, the deleted do not fail', async () => {
  const root = tree('fs/a.c', 'fs/new.c', 'fs/gone.c', 'fs/made.mod.c', 'fs/wéi rd.c', 'lib/l.c', '.gitignore');
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  writeFileSync(join(root, '.gitignore'), '*.mod.c\n');
  git('init', '-q');
  git('add', 'fs/a.c', 'fs/gone.c', '.gitignore');
  rmSync(join(root, 'fs/gone.c'));
  assert.deepEqual((await listed(root)).files, ['fs/a.c', 'fs/new.c', 'fs/wéi rd.c', 'lib/l.c']);
  assert.deepEqual((await listed(root, 'lib')).files, ['lib/l.c']);
});

test('listing runs no program that the tree names', async () => {
  const root = tree('a.c');
  execFileSync('git', ['init', '-q'], { cwd: root });
  const witness = join(root, 'ran');
  writeFileSync(join(root, 'hook'), `#!/bin/sh\ntouch ${witness}\n`, { mode: 0o755 });
  execFileSync('git', ['config', 'core.fsmonitor', join(root, 'hook')], { cwd: root });
  assert.deepEqual((await listed(root)).files, ['a.c']);
  assert.equal(existsSync(witness), false);
});

test('a folder that its git tree ignores is walked all the same when it is named', async () => {
  const root = tree('.gitignore', 'out/made.c');
  writeFileSync(join(root, '.gitignore'), 'out/\n');
  execFileSync('git', ['init', '-q'], { cwd: root });
  assert.deepEqual((await listed(root, 'out')).files, ['out/made.c']);
});

test('an abort stops a listing', async () => {
  const root = tree('a.c');
  await assert.rejects(new NodeHost().listC([root], AbortSignal.abort(new Error('stop'))), /stop/);
});

test('a file whose length is not what was read is refused', async () => {
  // Files of procfs say they are empty and are not: the same as a file that grows under the reader.
  await assert.rejects(
    new NodeHost().readBytes('/proc/self/status'),
    (error: unknown) => error instanceof ReadError && /changed while it was read/.test(error.message),
  );
});

test('reading names what is wrong, without the path', async () => {
  const host = new NodeHost();
  const message = (path: string): Promise<string> =>
    host.readBytes(path).then(
      () => 'read',
      (error: unknown) => (error instanceof ReadError ? `${error.kind}: ${error.message}` : 'other'),
    );
  assert.equal(await message(join(base, 'nowhere.c')), 'unreadable: no such file or folder');
  assert.match(await message(base), /^skipped: not a regular file/);
  const big = join(base, 'big.c');
  writeFileSync(big, '');
  truncateSync(big, (64 << 20) + 1);
  assert.equal(await message(big), 'skipped: larger than 64 MiB: not read');
});

test('paths are relative to the root with /, absolute outside of it', () => {
  const host = new NodeHost('/k');
  assert.equal(host.relative('/k', '/k/fs/a.c'), 'fs/a.c');
  assert.equal(host.relative('/k', '/k'), '.');
  assert.equal(host.relative('/k', '/kernel/a.c'), '/kernel/a.c');
  assert.equal(host.relative('/k', '/k/..a/b.c'), '..a/b.c');
  assert.equal(host.resolve('fs'), '/k/fs');
  assert.equal(host.resolve('a.c', '/x'), '/x/a.c');
});

test('a store gives back what was written, null otherwise, and leaves no scraps', async () => {
  const folder = join(base, 'store');
  const store = new NodeHost().openStore(folder);
  const bytes = new Uint8Array([1, 2, 3]);
  assert.equal(await store.read('facts/ab/cdef'), null);
  assert.equal(await store.write('facts/ab/cdef', bytes), true);
  await Promise.all(Array.from({ length: 20 }, (_, i) => store.write('facts/ab/cdef', new Uint8Array([i, i]))));
  const last = await store.read('facts/ab/cdef');
  assert.ok(last && last.length === 2 && last[0] === last[1]);
  assert.deepEqual(readdirSync(join(folder, 'facts/ab')), ['cdef']);
  await assert.rejects(store.read('../outside'), RangeError);
});

test('what a killed run left in a store goes with a later write, what another is writing stays', async () => {
  const folder = join(base, 'scraps');
  await new NodeHost().openStore(folder).write('facts/one', new Uint8Array([1]));
  const scraps = ['one.77-0123abcd.tmp', 'two.78-0123abcd.tmp'].map((name) => join(folder, 'facts', name));
  for (const scrap of scraps) writeFileSync(scrap, 'cut o');
  const before = (Date.now() - 2 * 3_600_000) / 1000;
  utimesSync(scraps[0]!, before, before);
  await new NodeHost().openStore(folder).write('facts/three', new Uint8Array([3]));
  assert.deepEqual(readdirSync(join(folder, 'facts')).sort(), ['one', 'three', 'two.78-0123abcd.tmp']);
});

test('a store that cannot write says so and harms nothing', async () => {
  writeFileSync(join(base, 'file'), '');
  const store = new NodeHost().openStore(join(base, 'file'));
  assert.equal(await store.write('a', new Uint8Array()), false);
  assert.equal(await store.read('a'), null);
});
