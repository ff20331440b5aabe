import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { InputError } from '../../server/src/engine.js';
import { command, finding, result } from './stub.js';

const folder = mkdtempSync(join(tmpdir(), 'gfp-cli-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'fs'));
writeFileSync(join(folder, 'fs', 'a.c'), 'int grow(void)\n{\tspin_lock(&ring->lock);\n\tp = kmalloc(n, GFP_KERNEL);\n');
const here = { cwd: folder };

test('the exit status follows --fail-on', async () => {
  const warning = { findings: [finding({ severity: 'warning' })] };
  const status = async (...more: string[]): Promise<number> =>
    (await command(['audit', 'fs', ...more], { ...here, answer: warning })).status;
  assert.equal(await status(), 0);
  assert.equal(await status('--fail-on', 'warning'), 1);
  assert.equal(await status('--fail-on', 'note'), 1);
  assert.equal(await status('--fail-on', 'never'), 0);
  assert.equal((await command(['audit', 'fs'], { ...here, answer: { findings: [finding()] } })).status, 1);
});

test('an unreadable file is named, the findings stand, and the status is 2; a skipped one is only named', async () => {
  const unreadable = { file: 'fs/b.c', message: 'permission denied', kind: 'unreadable' } as const;
  const done = await command(['audit', 'fs'], { ...here, answer: { findings: [finding()], problems: [unreadable] } });
  assert.equal(done.status, 2);
  assert.equal(done.err, 'gfp-audit: fs/b.c: permission denied\n');
  assert.match(done.out, /sleep-in-atomic/);
  const fifo = { file: 'fs/p.c', message: 'not a regular file', kind: 'skipped' } as const;
  const skipped = await command(['audit', 'fs'], { ...here, answer: { problems: [fifo] } });
  assert.equal(skipped.status, 0);
  assert.match(skipped.err, /fs\/p\.c: not a regular file/);
});

test('a path that is not there ends the run with 2 before the engine starts; one of several does not', async () => {
  const none = await command(['audit', 'no-such'], here);
  assert.equal(none.status, 2);
  assert.match(none.err, /no-such: no such file or folder/);
  assert.equal(none.asked.length, 0);
  const some = await command(['audit', 'no-such', 'fs'], here);
  assert.deepEqual(some.asked[0]?.paths, ['no-such', 'fs']);
});

test('options reach the engine checked and in its own form', async () => {
  const args = [
    '--kernel',
    'v6.1.90',
    '--jobs',
    '3',
    '--cache-dir',
    'c',
    '--rt',
    '--rule',
    'rt-atomic=error',
    '--min-confidence',
    'possible',
    '--tree',
    '.',
  ];
  const { asked } = await command(['audit', 'fs', ...args], here);
  const { signal, onProgress, ...options } = asked[0]!;
  assert.ok(signal && onProgress);
  assert.deepEqual(options, {
    paths: ['fs'],
    kernel: '6.1.90',
    jobs: 3,
    cacheDir: join(folder, 'c'),
    minConfidence: 'possible',
    rules: { 'rt-atomic': 'error' },
    rt: true,
    root: '.',
    want: 'findings',
    fixes: true,
  });
  const plain = (await command(['audit', 'fs'], { ...here, env: { XDG_CACHE_HOME: '/caches' } })).asked[0]!;
  assert.equal(plain.kernel, 'auto');
  assert.equal(plain.cacheDir, join('/caches', 'gfp-audit'));
  assert.ok(!('rt' in plain) && plain.jobs >= 1 && plain.jobs <= 4 && plain.minConfidence === 'likely');
  assert.equal((await command(['audit', 'fs', '--no-cache'], here)).asked[0]!.cacheDir, null);
});

test('wrong values are refused with what to write instead', async () => {
  const refused: [string[], RegExp][] = [
    [['--kernel', '4.19'], /4\.19 is not known\n  kernels from 5\.10 on are/],
    [['--kernel', '6'], /'6' is no kernel version/],
    [['--kernel', 'six'], /'six' is no kernel version/],
    [['--jobs', '0'], /'0' is no number of threads/],
    [['--jobs', '2.5'], /no number of threads/],
    [['--rule', 'sleep-in-atomc=off'], /did you mean sleep-in-atomic\?/],
    [['--rule', 'sleep-in-atomic'], /no such level ''/],
    [['--rule', 'sleep-in-atomic=fatal'], /no such level 'fatal'/],
    [['--no-cache', '--cache-dir', 'c'], /exclude each other/],
    [['--tree', 'nowhere'], /--tree nowhere: no such folder/],
    [['--config', 'fs'], /--config fs: no such file/],
    [['--output', 'missing/report.txt'], /--output missing\/report\.txt: no such file or folder/],
    [['--output', 'fs'], /--output fs: is a folder/],
  ];
  for (const [args, expected] of refused) {
    const done = await command(['audit', 'fs', ...args], here);
    assert.equal(done.status, 2, args.join(' '));
    assert.match(done.err, expected);
    assert.equal(done.asked.length, 0, args.join(' '));
  }
});

test('what the engine refuses is one clear line; a bug in it keeps its trace', async () => {
  const broken = await command(['audit', 'fs'], {
    ...here,
    answer: () => Promise.reject(new InputError('unknown kernel 4.4')),
  });
  assert.deepEqual([broken.status, broken.err], [2, 'gfp-audit: unknown kernel 4.4\n']);
  const bug = await command(['audit', 'fs'], {
    ...here,
    answer: () => Promise.reject(new TypeError('x is undefined')),
  });
  assert.equal(bug.status, 2);
  assert.match(bug.err, /internal error.*\nTypeError: x is undefined\n\s+at /);
});

test('an interrupt ends with 130 and leaves no output file', async () => {
  const stop = new AbortController();
  const done = await command(['audit', 'fs', '--output', 'report.json'], {
    ...here,
    signal: stop.signal,
    answer: (options) =>
      new Promise((_resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(new Error('interrupted')));
        stop.abort();
      }),
  });
  assert.deepEqual([done.status, done.err, done.out], [130, '', '']);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('report')),
    [],
  );
});

test('--output replaces a file as a whole and writes nothing else beside it', async () => {
  writeFileSync(join(folder, 'out.txt'), 'old');
  const done = await command(['audit', 'fs', '--output', 'out.txt'], {
    ...here,
    tty: true,
    answer: { findings: [finding()], root: folder },
  });
  assert.equal(done.out, '');
  const text = readFileSync(join(folder, 'out.txt'), 'utf8');
  assert.match(text, /kmalloc/);
  assert.ok(!text.includes('\x1b['), 'no colours in a file');
  assert.deepEqual(readdirSync(folder).sort(), ['fs', 'out.txt']);
});

test('--output to a device writes to it and leaves it a device', async () => {
  const done = await command(['audit', 'fs', '--output', '/dev/null'], here);
  assert.equal(done.status, 0);
  assert.equal(readFileSync('/dev/null').length, 0);
});

test('colours only on a terminal; NO_COLOR and FORCE_COLOR are honoured', async () => {
  const coloured = async (tty: boolean, env: Record<string, string> = {}): Promise<boolean> =>
    (await command(['audit', 'fs'], { ...here, tty, env, answer: { findings: [finding()] } })).out.includes('\x1b[');
  assert.equal(await coloured(true), true);
  assert.equal(await coloured(false), false);
  assert.equal(await coloured(true, { NO_COLOR: '1' }), false);
  assert.equal(await coloured(true, { TERM: 'dumb' }), false);
  assert.equal(await coloured(false, { FORCE_COLOR: '1' }), true);
});

test('progress is drawn on a terminal only, and wiped before anything else is said', async () => {
  const withProgress = (tty: boolean, ...more: string[]): ReturnType<typeof command> =>
    command(['audit', 'fs', ...more], {
      ...here,
      tty,
      answer: (options) => {
        options.onProgress?.({ phase: 'parsing', done: 5, total: 10, file: 'fs/a.c' });
        return Promise.resolve(result({ problems: [{ file: 'fs/b.c', message: 'gone', kind: 'skipped' }] }));
      },
    });
  const drawn = await withProgress(true);
  assert.match(drawn.err, /\r\x1b\[2Kparsing \[#+\.+\] 50% 5\/10 fs\/a\.c\r\x1b\[2Kgfp-audit: fs\/b\.c/);
  assert.match(drawn.err, /1 files in 1\.5 s/);
  assert.equal((await withProgress(false)).err, 'gfp-audit: fs/b.c: gone\n');
  assert.ok(!(await withProgress(true, '--no-progress')).err.includes('parsing'));
});

test('notes on a tree that does not fit are said once on stderr, unless quiet', async () => {
  const kernel = { ...result().kernel, mismatches: ['__GFP_NOLOCKDEP has another bit'] };
  assert.equal((await command(['audit', 'fs'], { ...here, answer: { kernel } })).err, 'gfp-audit: note: __GFP_NOLOCKDEP has another bit\n');
  assert.equal((await command(['audit', 'fs', '--quiet'], { ...here, answer: { kernel } })).err, '');
});

test('help and version go to stdout with status 0, no command is help', async () => {
  for (const argv of [[], ['--help'], ['help'], ['audit', '--help'], ['help', 'audit'], ['audit', 'nowhere', '-h']]) {
    const done = await command(argv, here);
    assert.equal(done.status, 0, argv.join(' '));
    assert.match(done.out, /Usage: gfp-audit/);
    assert.equal(done.err, '');
  }
  assert.equal((await command(['--version'])).out, 'gfp-audit 1.2.3\n');
});

test('rules: list, one, json, markdown; an unknown one names the nearest', async () => {
  assert.match((await command(['rules'])).out, /^sleep-in-atomic {2}error +an allocation/);
  assert.match((await command(['rules', 'sleep-in-atomic'])).out, /# sleep-in-atomic[\s\S]*```c\nspin_lock/);
  const listed = JSON.parse((await command(['rules', '--format', 'json'])).out) as {
    id: string;
    offByDefault: boolean;
  }[];
  assert.deepEqual(
    listed.map(({ id, offByDefault }) => [id, offByDefault]),
    [
      ['sleep-in-atomic', false],
      ['rt-atomic', true],
    ],
  );
  assert.equal((JSON.parse((await command(['rules', 'rt-atomic', '-f', 'json'])).out) as { id: string }).id, 'rt-atomic');
  assert.match(
    (await command(['rules', '--format', 'markdown'])).out,
    /\| \[`rt-atomic`\]\(rt-atomic\.md\) \| warning, off by default \| .* forbids \\\| here \|/,
  );
  const unknown = await command(['rules', 'rt-atomc']);
  assert.deepEqual([unknown.status, unknown.err], [2, "gfp-audit: rules: unknown rule 'rt-atomc'\n  did you mean rt-atomic?\n"]);
});

test('simulate and lsp hand over their arguments and pass the status on', async () => {
  const seen: string[] = [];
  const done = await command(['simulate', '--gfp', 'GFP_ATOMIC', '--scope', 'nofs', '--scope', 'pin'], {
    fronts: {
      simulate: (_io, args) => {
        seen.push(...(args.strings.get('gfp') ?? []), ...(args.strings.get('scope') ?? []));
        return Promise.resolve(7);
      },
    },
  });
  assert.deepEqual([done.status, seen], [7, ['GFP_ATOMIC', 'nofs', 'pin']]);
});
