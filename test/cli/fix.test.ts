/** --fix on real files: what is written, what is refused, and that a refusal leaves the sources untouched. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../server/src/cli/run.js';
import type { Engine, Io } from '../../server/src/cli/io.js';
import { audit, auditAndMend } from '../../server/src/engine.js';
import { ReplaceError } from '../../server/src/host/host.js';
import { NodeHost } from '../../server/src/host/node.js';
import { unifiedDiff } from '../../server/src/report/diff.js';
import { RULES } from '../../server/src/rules/index.js';

const home = mkdtempSync(join(tmpdir(), 'gfp-fix-'));
after(() => rmSync(home, { recursive: true, force: true }));

let folders = 0;
/** A folder with files, by name. */
function folder(files: Record<string, string | Uint8Array>): string {
  const at = join(home, `f${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(at, name, '..'), { recursive: true });
    writeFileSync(join(at, name), content);
  }
  return at;
}

interface Outcome {
  status: number;
  out: Buffer;
  err: string;
}

/** The command line with the engine in this thread; `between` runs when the audit is over and nothing is written yet. */
async function gfp(cwd: string, argv: string[], between?: () => void): Promise<Outcome> {
  const out: Buffer[] = [];
  let err = '';
  const io: Io = {
    out: { write: (text) => out.push(Buffer.from(text as string)) },
    err: { write: (text) => (err += String(text)) },
    env: {},
    host: new NodeHost(cwd),
    stdin: () => Promise.resolve(new Uint8Array()),
    signal: new AbortController().signal,
  };
  const engine: Engine = {
    version: '0',
    rules: RULES.map((r) => r.meta),
    audit,
    mend: async (host, options, choose) => {
      const mended = await auditAndMend(host, options, choose);
      between?.();
      return mended;
    },
  };
  const absent = (): Promise<number> => Promise.reject(new Error('not in this test'));
  const status = await run([...argv, '--no-cache', '--jobs', '1', '--kernel', '6.12'], io, engine, { simulate: absent, lsp: absent });
  return { status, out: Buffer.concat(out), err };
}

const conflicting = 'void *load(size_t n)\n{\n\treturn kmalloc(n, GFP_KERNEL | GFP_NOFS);\n}\n';
const swapped = 'void *load(size_t n)\n{\n\treturn kmalloc(GFP_KERNEL, sizeof(int));\n}\n';
const good = swapped.replace('GFP_KERNEL, sizeof(int)', 'sizeof(int), GFP_KERNEL');

test('safe fixes are made, others only when asked for; a second run finds nothing to do', async () => {
  const at = folder({ 'a.c': conflicting, 'b.c': swapped });
  const first = await gfp(at, ['audit', '--fix', '.']);
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), conflicting);
  assert.equal(readFileSync(join(at, 'b.c'), 'utf8'), good);
  assert.match(first.err, /fixed: b\.c:3: .*\[swapped-arguments\]/);
  assert.match(String(first.out), /contradictory-mask/);
  assert.doesNotMatch(String(first.out), /swapped-arguments/);
  const second = await gfp(at, ['audit', '--fix=review', '.']);
  assert.match(readFileSync(join(at, 'a.c'), 'utf8'), /kmalloc\(n, GFP_NOFS\)/);
  assert.equal(second.status, 0);
  const before = readFileSync(join(at, 'a.c'));
  const third = await gfp(at, ['audit', '--fix=review', '.']);
  assert.deepEqual(readFileSync(join(at, 'a.c')), before);
  assert.doesNotMatch(third.err, /fixed/);
  assert.deepEqual(readdirSync(at).sort(), ['a.c', 'b.c'], 'nothing is left beside them');
});

test('a dry run prints what git apply makes, byte for byte what --fix makes, and changes nothing', async () => {
  const odd = Buffer.concat([
    Buffer.from([0xef, 0xbb, 0xbf]),
    Buffer.from('/* '),
    Buffer.from([0xe9, 0xff]),
    Buffer.from(' 🦦 */\r\n'),
    Buffer.from(swapped.replaceAll('\n', '\r\n').trimEnd()),
  ]);
  const at = folder({ 'drivers/odd name.c': odd, 'drivers/plain.c': swapped });
  const dry = await gfp(at, ['audit', '--fix-dry-run', '.']);
  assert.deepEqual(readFileSync(join(at, 'drivers/odd name.c')), odd);
  execFileSync('git', ['init', '-q'], { cwd: at });
  execFileSync('git', ['apply', '-'], { cwd: at, input: dry.out });
  const patched = readFileSync(join(at, 'drivers/odd name.c'));
  writeFileSync(join(at, 'drivers/odd name.c'), odd);
  writeFileSync(join(at, 'drivers/plain.c'), swapped);
  const made = await gfp(at, ['audit', '--fix', '.']);
  assert.equal(made.status, 0);
  assert.deepEqual(readFileSync(join(at, 'drivers/odd name.c')), patched);
  assert.equal(readFileSync(join(at, 'drivers/plain.c'), 'utf8'), good);
  const wrong = Buffer.from('kmalloc(GFP_KERNEL, sizeof(int))');
  const right = Buffer.from('kmalloc(sizeof(int), GFP_KERNEL)');
  const place = odd.indexOf(wrong);
  assert.deepEqual(patched, Buffer.concat([odd.subarray(0, place), right, odd.subarray(place + wrong.length)]));
});

test('files of several folders outside of a tree are named from the folder that has them all', async () => {
  const at = folder({ 'net/a.c': swapped, 'fs/deep/b.c': swapped });
  const { out } = await gfp(at, ['audit', '--fix-dry-run', 'net', 'fs/deep']);
  execFileSync('git', ['init', '-q'], { cwd: at });
  execFileSync('git', ['apply', '-'], { cwd: at, input: out });
  for (const name of ['net/a.c', 'fs/deep/b.c']) assert.equal(readFileSync(join(at, name), 'utf8'), good);
});

test('a file that changed since the audit is left as it is now', async () => {
  const at = folder({ 'a.c': swapped, 'b.c': swapped });
  const mine = `/* mine */\n${swapped}`;
  const { status, err } = await gfp(at, ['audit', '--fix', '.'], () => writeFileSync(join(at, 'a.c'), mine));
  assert.equal(status, 2);
  assert.match(err, /a\.c: has changed since it was audited: not replaced/);
  assert.match(err, /not done: a\.c:3/);
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), mine);
  assert.equal(readFileSync(join(at, 'b.c'), 'utf8'), good, 'other files are mended all the same');
});

test('a read-only file stays', async () => {
  const at = folder({ 'a.c': swapped });
  chmodSync(join(at, 'a.c'), 0o444);
  const { status, err } = await gfp(at, ['audit', '--fix', '.']);
  assert.equal(status, 2);
  assert.match(err, /a\.c: is read-only/);
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), swapped);
});

test('mode is kept and a link followed', async () => {
  const at = folder({ 'real/a.c': swapped, 'tree/.keep': '' });
  chmodSync(join(at, 'real/a.c'), 0o640);
  symlinkSync('../real/a.c', join(at, 'tree/link.c'));
  assert.equal((await gfp(at, ['audit', '--fix', 'tree/link.c'])).status, 0);
  assert.ok(lstatSync(join(at, 'tree/link.c')).isSymbolicLink());
  assert.equal(readFileSync(join(at, 'real/a.c'), 'utf8'), good);
  assert.equal(statSync(join(at, 'real/a.c')).mode & 0o777, 0o640);
});

test('two fixes of one text: the second is made of what the first leaves, and a dry run shows both', async () => {
  const text = `struct box { spinlock_t lock; };

int fill(struct box *b, int n)
{
	void *p;

	spin_lock(&b->lock);
	p = kmalloc(n, GFP_KERNEL | GFP_NOFS);
	spin_unlock(&b->lock);
	return p ? 0 : -ENOMEM;
}
`;
  const at = folder({ 'a.c': text });
  const dry = await gfp(at, ['audit', '--fix-dry-run=review', '.']);
  assert.equal(dry.status, 0);
  assert.match(String(dry.out), /-\tp = kmalloc\(n, GFP_KERNEL \| GFP_NOFS\);\n\+\tp = kmalloc\(n, GFP_ATOMIC\);/);
  assert.match(
    dry.err,
    /would fix: a\.c:8: Ask for the memory with GFP_ATOMIC \[sleep-in-atomic\]\ngfp-audit: .* In this kernel the request .*37\.5%/,
  );
  const { err, out, status } = await gfp(at, ['audit', '--fix=review', '--format', 'json', '.']);
  assert.equal(status, 0);
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), text.replace('GFP_KERNEL | GFP_NOFS', 'GFP_ATOMIC'));
  assert.equal(err.match(/fixed: a\.c:8: /g)?.length, 2);
  const report = JSON.parse(String(out)) as { findings: unknown[]; fixed: { ruleId: string; line: number; safety: string }[] };
  assert.deepEqual(report.findings, []);
  assert.deepEqual(
    report.fixed.map(({ ruleId, line, safety }) => [ruleId, line, safety]),
    [
      ['contradictory-mask', 8, 'review'],
      ['sleep-in-atomic', 8, 'review'],
    ],
  );
});

test('the report after fixes is that of the tree as it is now: lines, code, status', async () => {
  const at = folder({
    'a.c': `void *load(size_t n)
{
	void *p;

again:
	p = kmalloc(n, GFP_NOFS);
	if (!p)
		goto again;
	return p;
}

${swapped.replace('load', 'save')}
${conflicting.replace('load', 'keep')}`,
  });
  const made = await gfp(at, ['audit', '--fix', '.']);
  const plain = await gfp(at, ['audit', '.']);
  assert.equal(made.status, plain.status);
  assert.equal(String(made.out).replace('1 fix made\n', ''), String(plain.out));
  assert.match(String(made.out), /1 fix made/);
});

test('macro bodies and arms that do not stand alone are refused', async () => {
  const arm = `void *load(size_t n, int big)
{
	void *p;

#ifdef CONFIG_OTTER
	if (big) {
		p = kmalloc(n, GFP_KERNEL | GFP_NOFS);
#else
	{
		p = kmalloc(n, GFP_KERNEL | GFP_NOIO);
#endif
	}
	return p;
}
`;
  const macro =
    '#define LOAD(n) ({ void *_p = kmalloc(n, GFP_KERNEL | GFP_NOFS); _p; })\n\nvoid *load(size_t n)\n{\n\treturn LOAD(n);\n}\n';
  const at = folder({ 'arm.c': arm, 'macro.c': macro });
  const { err } = await gfp(at, ['audit', '--fix=review', '--min-confidence', 'possible', '.']);
  assert.equal(readFileSync(join(at, 'macro.c'), 'utf8'), macro);
  assert.equal(readFileSync(join(at, 'arm.c'), 'utf8'), arm);
  assert.match(err, /not done: arm\.c:\d+: Write 'GFP_NO(FS|IO)': .*#if arm that does not hold whole statements/);
  assert.match(err, /not done: macro\.c:1: .*macro/);
});

test('files are replaced together or not at all, and nothing is left beside them', async () => {
  const host = new NodeHost();
  const long = `${'x'.repeat(250)}.c`;
  const at = folder({ 'a.c': 'one\n', [long]: 'two\n' });
  const change = (name: string, text: string): { path: string; expected: string; bytes: Uint8Array } => ({
    path: join(at, name),
    expected: host.hash(readFileSync(join(at, name))),
    bytes: Buffer.from(text),
  });
  // No room for the name of a file beside the second one.
  await assert.rejects(host.replace([change('a.c', 'ONE\n'), change(long, 'TWO\n')]), (error) => {
    assert.ok(error instanceof ReplaceError);
    assert.equal(error.file, join(at, long));
    return true;
  });
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), 'one\n');
  assert.deepEqual(readdirSync(at).sort(), ['a.c', long].sort());
});

test('no room on the device: said, and the file untouched', async () => {
  const at = folder({ 'a.c': 'one\n' });
  const script = `
    import { replaceFiles } from ${JSON.stringify(new URL('../../server/src/host/node-replace.js', import.meta.url).href)};
    await replaceFiles([{ path: 'a.c', expected: 'x', bytes: new Uint8Array(1 << 20) }], () => 'x').then(
      () => console.log('written'),
      (error) => console.log(error.name + ': ' + error.message));`;
  const source = import.meta.url.endsWith('.ts');
  const node = [...(source ? ['--import', import.meta.resolve('tsx')] : []), '--input-type=module', '-e', script];
  // A limit on the size of files stands in for the full device: the write fails half-way.
  const told = execFileSync('sh', ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, ...node], {
    cwd: at,
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  assert.match(told, /^ReplaceError: larger than this file system or limit allows/);
  assert.equal(readFileSync(join(at, 'a.c'), 'utf8'), 'one\n');
  assert.deepEqual(readdirSync(at), ['a.c']);
  assert.ok(existsSync(at));
});

test('a diff of files without their last line end, in order', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const diff = new TextDecoder().decode(unifiedDiff([{ path: 'fs/é.c', before: bytes('a\nb'), after: bytes('a\nc') }]));
  assert.equal(
    diff,
    'diff --git "a/fs/\\303\\251.c" "b/fs/\\303\\251.c"\n--- "a/fs/\\303\\251.c"\n+++ "b/fs/\\303\\251.c"\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n',
  );
});
