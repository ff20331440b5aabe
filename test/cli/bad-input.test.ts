/** What can be wrong with a tree or a request, through the real engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { audit, type AuditOptions } from '../../server/src/engine.js';
import { command, type Outcome } from './stub.js';
import { NodeHost } from '../../server/src/host/node.js';

const base = mkdtempSync(join(tmpdir(), 'gfp-bad-'));
after(() => rmSync(base, { recursive: true }));
let count = 0;

const sleeper = 'void grow(struct ring *r)\n{\n\tspin_lock(&r->lock);\n\tr->p = kmalloc(8, GFP_KERNEL);\n\tspin_unlock(&r->lock);\n}\n';
const kernel = { Makefile: 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n', Kconfig: '' };

/** A folder with these files. */
function tree(files: Record<string, string | Uint8Array>): string {
  const root = join(base, `t${count++}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

function run(cwd: string, ...argv: string[]): Promise<Outcome> {
  const answer = (options: AuditOptions): ReturnType<typeof audit> => audit(new NodeHost(cwd), options);
  return command([...argv, '--no-cache', '--jobs', '1', '--quiet'], { cwd, answer });
}

/** Rule and place of each finding. */
const found = ({ out }: Outcome): string[] => {
  let file = '';
  return out.split('\n').flatMap((line) => {
    if (/^\S/.test(line)) file = line;
    const [, at, rule] = /^ {2}(\d+:\d+) .*\[(\S+), /.exec(line) ?? [];
    return at === undefined ? [] : [`${file}:${at} ${rule}`];
  });
};

test('a folder without C is an error, inside a kernel tree too', async () => {
  const root = tree({ ...kernel, 'docs/a.txt': 'x', 'fs/a.c': sleeper });
  const done = await run(root, 'audit', 'docs');
  assert.deepEqual([done.status, done.err, done.out], [2, 'gfp-audit: no C files (.c, .h) in docs\n', '']);
});

test('a missing path beside a good one: named, status 2, the good one audited as if alone', async () => {
  const root = tree({ 'mod/a.c': sleeper });
  const done = await run(root, 'audit', 'gone', 'mod');
  assert.equal(done.status, 2);
  assert.match(done.err, /gone: no such file or folder/);
  assert.deepEqual(found(done), ['a.c:4:9 sleep-in-atomic']);
});

test('empty, cut off, unbalanced, CRLF, Latin-1, tabs: each is read, the rest unharmed', async () => {
  const root = tree({
    'empty.c': '',
    'cut.c': 'int f(void)\n{\n\tif (x) {\n\t\tp = kmalloc(1,',
    'arms.c': '#ifdef A\nint f(void) {\n#else\nint g(void) { {\n#endif\n}\n#if B\n}\n#endif\n',
    'crlf.c': sleeper.replaceAll('\n', '\r\n'),
    'latin.c': Buffer.concat([Buffer.from('/* '), Buffer.from([0xe9, 0xff]), Buffer.from(` */\n${sleeper}`)]),
    'nul.c': `/* \0 */\n${sleeper}`,
    'good.c': sleeper,
  });
  const done = await run(root, 'audit', '.');
  assert.deepEqual(
    found(done),
    ['crlf.c', 'good.c', 'latin.c', 'nul.c'].map((file) => `${file}:${/latin|nul/.test(file) ? 5 : 4}:9 sleep-in-atomic`),
  );
  assert.deepEqual([done.status, done.err], [1, '']);
});

test('columns count UTF-16 units, an invalid byte one', async () => {
  const call = 'r->p = kmalloc(8, GFP_KERNEL);';
  const body = (prefix: Buffer): Buffer =>
    Buffer.concat([Buffer.from('void grow(struct ring *r)\n{\n\tspin_lock(&r->lock);\n/* '), prefix, Buffer.from(` */ ${call}\n}\n`)]);
  const root = tree({ 'bird.c': body(Buffer.from('🐦')), 'bytes.c': body(Buffer.from([0xe2, 0x82])), 'e.c': body(Buffer.from('é')) });
  const columns = found(await run(root, 'audit', '.')).filter((text) => text.includes('sleep-in-atomic'));
  assert.deepEqual(columns, ['bird.c:4:17 sleep-in-atomic', 'bytes.c:4:17 sleep-in-atomic', 'e.c:4:16 sleep-in-atomic']);
});

test('a FIFO and a loop of links in the tree are named and harmless', async () => {
  const root = tree({ ...kernel, 'fs/a.c': sleeper });
  execFileSync('mkfifo', [join(root, 'fs/pipe.c')]);
  symlinkSync('loop.c', join(root, 'fs/loop.c'));
  symlinkSync('..', join(root, 'fs/up'));
  const done = await run(root, 'audit', 'fs');
  assert.deepEqual(found(done), ['fs/a.c:4:9 sleep-in-atomic']);
  assert.match(done.err, /^gfp-audit: fs\/loop\.c: .*circle\ngfp-audit: fs\/pipe\.c: not a regular file.*\n$/);
  assert.equal(done.status, 1);
});

test('a module outside any tree works alone, and says what it assumed', async () => {
  const root = tree({ 'ring.c': sleeper });
  const result = await audit(new NodeHost(root), {
    paths: ['.'],
    kernel: 'auto',
    jobs: 1,
    cacheDir: null,
    minConfidence: 'likely',
    rules: {},
  });
  assert.match(result.kernel.from, /^assumed/);
  assert.equal(result.findings.length, 1);
  assert.match((await run(root, 'audit', '.', '--kernel', '5.10')).out, /Linux 5\.10/);
});

test('a Makefile without a VERSION is no kernel root', async () => {
  const root = tree({ Makefile: 'all:\n', Kconfig: '', 'a.c': sleeper });
  assert.deepEqual(found(await run(root, 'audit', 'a.c')), ['a.c:4:9 sleep-in-atomic']);
});

test('a broken configuration ends the run with one line that names the key and the nearest right one', async () => {
  const refused: [string, RegExp][] = [
    ['{', /^gfp-audit: gfp-audit\.json: not JSON: /],
    ['{"ruels": {}}', /ruels: no such key; did you mean 'rules'\?/],
    ['{"rules": {"sleep-in-atomc": "off"}}', /rules\.sleep-in-atomc: no such rule; did you mean 'sleep-in-atomic'\?/],
    ['{"rules": {"sleep-in-atomic": "fatal"}}', /rules\.sleep-in-atomic: "fatal" is none of off, note, warning, error/],
    ['{"allocators": [{"name": "my_alloc", "gpf": 1}]}', /allocators\[0\]\.gpf: no such key; did you mean 'gfp'\?/],
  ];
  for (const [content, expected] of refused) {
    const done = await run(tree({ ...kernel, 'a.c': sleeper, 'gfp-audit.json': content }), 'audit', '.');
    assert.deepEqual([done.status, done.out], [2, ''], content);
    assert.match(done.err, expected);
    assert.equal(done.err.trimEnd().split('\n').length, 1);
  }
});

test('a configuration sets levels, kernel and what is left out; the command line wins over it', async () => {
  const settings = { kernel: '6.1', rules: { 'sleep-in-atomic': 'note' }, exclude: ['drivers/staging/'] };
  const root = tree({ ...kernel, 'a.c': sleeper, 'drivers/staging/b.c': sleeper, 'gfp-audit.json': JSON.stringify(settings) });
  const configured = await run(root, 'audit', '.');
  assert.deepEqual(found(configured), ['a.c:4:9 sleep-in-atomic']);
  assert.match(configured.out, /4:9 note .*Linux 6\.1 /);
  assert.equal(configured.status, 0);
  assert.match((await run(root, 'audit', '.', '--kernel', '5.10', '--rule', 'sleep-in-atomic=error')).out, /4:9 error .*Linux 5\.10 /);
  const elsewhere = tree({ 'other.json': '{"rules": {"sleep-in-atomic": "off"}}' });
  assert.deepEqual(found(await run(root, 'audit', '.', '--config', join(elsewhere, 'other.json'))), []);
});
