/** What is kept between runs never changes what comes out, whatever happened to it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { audit, type AuditOptions, type AuditResult } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-cache-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const tree = join(folder, 'tree');
let fresh: string;

/** Enough files that threads are started, calling each other across files: the sample and some of our own. */
before(async () => {
  cpSync(fileURLToPath(new URL('../sample', import.meta.url)), tree, { recursive: true });
  mkdirSync(join(tree, 'drivers/many'));
  for (let i = 0; i < 130; i++) {
    writeFileSync(
      join(tree, `drivers/many/unit${i}.c`),
      `int unit${i}_refill(struct unit *u, gfp_t gfp)
{
	u->buf = kmalloc(u->size, ${i % 3 ? 'gfp' : 'GFP_KERNEL'});
	return u->buf ? 0 : unit${(i * 7 + 1) % 130}_refill(u->next, gfp);
}

void unit${i}_kick(struct unit *u)
{
	spin_lock(&u->lock);
	unit${(i * 3 + 2) % 130}_refill(u, GFP_KERNEL);
	spin_unlock(&u->lock);
}
`,
    );
  }
  const result = await run({ jobs: 1, cacheDir: null });
  assert.ok(result.findings.length > 100);
  fresh = text(result);
});

function run(change: Partial<AuditOptions>): Promise<AuditResult> {
  const options = { paths: [tree], kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'possible' as const, rules: {} };
  return audit(new NodeHost(), { ...options, ...change });
}

/** Everything but `run`, top-level fields in one order. */
function text({ run: _run, ...result }: AuditResult): string {
  return JSON.stringify(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function entries(cache: string): string[] {
  return (readdirSync(cache, { recursive: true, encoding: 'utf8' }) as string[])
    .map((name) => join(cache, name))
    .filter((path) => statSync(path).isFile());
}

test('any number of threads, cold or warm, gives the same', async () => {
  const cache = join(folder, 'threads');
  assert.equal(text(await run({ jobs: 3 })), fresh);
  for (const jobs of [2, 1, 3]) {
    const result = await run({ jobs, cacheDir: cache });
    assert.equal(text(result), fresh);
    assert.equal(result.run.cached, jobs === 2 ? 0 : result.stats.files);
  }
});

test('a changed file counts, one that was only touched or put back does not', async () => {
  const cache = join(folder, 'changed');
  const file = join(tree, 'drivers/many/unit5.c');
  const old = readFileSync(file);
  await run({ cacheDir: cache });
  utimesSync(file, 1, 1);
  assert.equal(text(await run({ cacheDir: cache })), fresh);
  // As long as before: only the content tells.
  writeFileSync(file, old.toString().replace('spin_lock(&u->lock)', 'mutex_lock(&u->lok)'));
  const changed = await run({ cacheDir: cache });
  assert.equal(text(changed), text(await run({})));
  assert.notEqual(text(changed), fresh);
  assert.equal(changed.run.cached, changed.stats.files - 1);
  writeFileSync(file, old);
  assert.equal(text(await run({ cacheDir: cache })), fresh);
  const added = join(tree, 'drivers/many/more.c');
  writeFileSync(added, 'int more(struct unit *u)\n{\n\treturn unit1_refill(u, GFP_ATOMIC);\n}\n');
  assert.equal((await run({ cacheDir: cache })).stats.files, changed.stats.files + 1);
  rmSync(added);
  assert.equal(text(await run({ cacheDir: cache })), fresh);
});

test('other options are other results', async () => {
  const cache = join(folder, 'options');
  await run({ cacheDir: cache });
  for (const change of [{ minConfidence: 'certain' }, { kernel: '5.10' }, { rules: { 'sleep-in-atomic': 'off' } }, { rt: true }] as const)
    assert.equal(text(await run({ cacheDir: cache, ...change })), text(await run(change)));
  const part = { paths: [join(tree, 'drivers/many/unit3.c')] };
  assert.equal(text(await run({ cacheDir: cache, ...part })), text(await run(part)));
  assert.equal(text(await run({ cacheDir: cache })), fresh);
});

test('a cache that is cut short, emptied, mixed up or of another make is as good as none', async () => {
  const cache = join(folder, 'damaged');
  const harm: ((bytes: Buffer, i: number) => Buffer | string)[] = [
    (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
    () => '',
    (bytes, i) => (i % 2 ? 'gfp-audit' : bytes),
    (bytes) => Buffer.from(bytes).fill(0, 20, 40),
    (bytes) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte))),
  ];
  for (const change of harm) {
    await run({ cacheDir: cache });
    entries(cache).forEach((path, i) => writeFileSync(path, change(readFileSync(path), i)));
    assert.equal(text(await run({ cacheDir: cache })), fresh);
  }
  await run({ cacheDir: cache });
  const [one, two] = entries(cache).filter((path) => path.includes('facts-'));
  writeFileSync(one!, readFileSync(two!));
  assert.equal(text(await run({ cacheDir: cache })), fresh);
});

test('a cache that cannot be written is said, and nothing else is lost', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const result = await run({ cacheDir: join(file, 'cache') });
  assert.deepEqual(
    result.problems.map((p) => [p.file, p.kind]),
    [['cache', 'skipped']],
  );
  assert.equal(text({ ...result, problems: [] }), fresh);
});

test('two runs at once share a cache', async () => {
  const cache = join(folder, 'shared');
  const both = await Promise.all([run({ cacheDir: cache, jobs: 2 }), run({ cacheDir: cache })]);
  for (const result of both) assert.equal(text(result), fresh);
  assert.equal(text(await run({ cacheDir: cache })), fresh);
});

test('a run that is killed at any moment leaves a cache that serves the next', async () => {
  const cache = join(folder, 'killed');
  const engine = JSON.stringify(new URL('../../server/src/engine.ts', import.meta.url).href);
  const host = JSON.stringify(new URL('../../server/src/host/node.ts', import.meta.url).href);
  const code = `const { audit } = await import(${engine}); const { NodeHost } = await import(${host});
    for (let i = 0; ; i++) await audit(new NodeHost(), { paths: [${JSON.stringify(tree)}], kernel: 'auto', jobs: 1,
      cacheDir: ${JSON.stringify(cache)}, minConfidence: i % 2 ? 'possible' : 'likely', rules: {}, onProgress: ({ phase, file }) => console.log(file === 'cache' ? file : phase) });`;
  // In the middle of reading, while facts are written, while a result is, and while the second one is.
  for (const [phase, times] of [
    ['read', 100],
    ['cache', 2],
    ['keep', 1],
    ['keep', 2],
  ] as const) {
    rmSync(cache, { recursive: true, force: true });
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    let seen = 0;
    child.stdout.on('data', (data: Buffer) => {
      seen += data.toString().split(`${phase}\n`).length - 1;
      if (seen >= times) child.kill('SIGKILL');
    });
    await new Promise((done) => child.once('exit', done));
    assert.ok(seen >= times);
    assert.equal(text(await run({ cacheDir: cache })), fresh);
  }
});
