/** `audit --since` and `audit --patch` on a small git tree, through the command line and the real engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { audit, type CauseRecord } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { command, type Outcome } from './stub.js';

const scratch = mkdtempSync(join(tmpdir(), 'gfp-change-'));
after(() => rmSync(scratch, { recursive: true }));
const tree = join(scratch, 'tree');

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@kernel.example', '-c', 'init.defaultBranch=main', ...args], {
    cwd: tree,
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}
const edit = (file: string, ...changes: [from: string, to: string][]): void => {
  let text = readFileSync(join(tree, file), 'utf8');
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} has no '${from}'`);
    text = text.replace(from, to);
  }
  write(file, text);
};

const pool = `#include "pool.h"

void *pool_grow(struct pool *pool)
{
	return kmalloc(pool->size, POOL_GFP);
}

void *pool_spare(struct pool *pool)
{
	return kmalloc(pool->size, GFP_ATOMIC);
}
`;
const user = `#include "pool.h"

int user_add(struct pool *pool)
{
	void *p;

	spin_lock(&pool->lock);
	p = pool_grow(pool);
	spin_unlock(&pool->lock);
	return p ? 0 : -ENOMEM;
}

int user_spare(struct pool *pool)
{
	void *p;

	spin_lock(&pool->lock);
	p = pool_spare(pool);
	spin_unlock(&pool->lock);
	return p ? 0 : -ENOMEM;
}
`;
const old = `#include "pool.h"

int old_bug(struct pool *pool)
{
	void *p;

	spin_lock(&pool->lock);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&pool->lock);
	return p ? 0 : -ENOMEM;
}
`;

beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree);
  write('Makefile', 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n');
  write('Kconfig', 'mainmenu "x"\n');
  write(
    'lib/pool.h',
    'struct pool {\n\tspinlock_t lock;\n\tsize_t size;\n};\n#define POOL_GFP GFP_ATOMIC\nvoid *pool_grow(struct pool *pool);\nvoid *pool_spare(struct pool *pool);\n',
  );
  write('lib/pool.c', pool);
  write('lib/user.c', user);
  write('lib/old.c', old);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'start');
});

interface Report {
  findings: { ruleId: string; file: string; line: number; function: string; message: string; data: { cause: CauseRecord } }[];
  change: {
    mended: { file: string; function: string; data: { cause: CauseRecord } }[];
    unchanged: number;
    patches: { subject: string; files: string[] }[];
    touched: {
      files: string[];
      functions: { function: string }[];
      sites: Record<'added' | 'removed' | 'changed', unknown[]>;
      scopes: Record<'added' | 'removed', { function: string; kind: string }[]>;
      retryLoops: Record<'added' | 'removed', { function: string; callee: string }[]>;
      known: unknown[];
    };
  };
  problems: { message: string }[];
}

const run = (argv: string[], more: { stdin?: string; cwd?: string } = {}): Promise<Outcome> =>
  command(['audit', '--no-cache', ...argv], { cwd: tree, ...more, answer: (options) => audit(new NodeHost(more.cwd ?? tree), options) });
const report = async (argv: string[], more: { stdin?: string; cwd?: string } = {}): Promise<Report> => {
  const done = await run([...argv, '--format', 'json'], more);
  assert.notEqual(done.status, 2, done.err);
  return JSON.parse(done.out) as Report;
};
const found = ({ findings }: Report): string[] => findings.map(({ file, function: name, ruleId }) => `${file} ${name} ${ruleId}`);
const mended = ({ change }: Report): string[] => change.mended.map(({ file, function: name }) => `${file} ${name}`);

/** The change of the working tree as a patch; the tree is put back. */
function asPatch(...options: string[]): string {
  git('add', '-A');
  const text = git('diff', '--cached', ...options);
  git('reset', '-q', '--hard');
  writeFileSync(join(scratch, 'a.patch'), text);
  return text;
}
const patchFile = join(scratch, 'a.patch');

test('the cause is in the change, the damage elsewhere: --since and --patch say the same, old findings are silent', async () => {
  edit('lib/pool.c', ['kmalloc(pool->size, GFP_ATOMIC)', 'kmalloc(pool->size, GFP_KERNEL)']);
  const since = await report(['--since', 'HEAD']);
  assert.deepEqual(found(since), ['lib/user.c user_spare sleep-in-atomic']);
  assert.match(since.findings[0]!.message, /, because of lib\/pool\.c:10, changed since HEAD\.$/);
  const text = asPatch();
  const patch = await report(['--patch', patchFile]);
  assert.deepEqual(found(patch), found(since));
  const { cause } = patch.findings[0]!.data;
  assert.deepEqual([cause.patch, cause.file, cause.fileLine, cause.how], [1, 'lib/pool.c', 10, 'path']);
  assert.equal(text.split('\n')[cause.line - 1], '+\treturn kmalloc(pool->size, GFP_KERNEL);');
  assert.match(patch.findings[0]!.message, new RegExp(`, because of line ${cause.line} of the patch\\.$`));
  assert.deepEqual([patch.change.touched.files, patch.change.touched.sites.changed.length], [['lib/pool.c'], 1]);
  assert.equal(git('status', '--porcelain'), '', 'the tree is as it was');
});

test('a lock that is added, an unlock that goes, a macro that changes: each is named as the cause', async () => {
  const causes = async (): Promise<string[]> => {
    asPatch();
    return (await report(['--patch', patchFile])).findings.map(
      ({ function: name, data: { cause } }) => `${name}: ${cause.how} ${cause.text}`,
    );
  };
  edit('lib/old.c', [
    'int old_bug',
    'int fresh(struct pool *pool)\n{\n\tvoid *p = kmalloc(8, GFP_KERNEL);\n\n\treturn !p;\n}\n\nint old_bug',
  ]);
  git('commit', '-qam', 'more');
  edit('lib/old.c', [
    '\tvoid *p = kmalloc(8, GFP_KERNEL);\n',
    '\tvoid *p;\n\n\tspin_lock(&pool->lock);\n\tp = kmalloc(8, GFP_KERNEL);\n\tspin_unlock(&pool->lock);\n',
  ]);
  assert.deepEqual(await causes(), ['fresh: here p = kmalloc(8, GFP_KERNEL);']);
  edit(
    'lib/user.c',
    ['\tspin_unlock(&pool->lock);\n', ''],
    ['return p ? 0 : -ENOMEM;', 'p = kmalloc(8, GFP_KERNEL);\n\tspin_unlock(&pool->lock);\n\treturn p ? 0 : -ENOMEM;'],
  );
  assert.deepEqual(await causes(), ['user_add: here p = kmalloc(8, GFP_KERNEL);']);
  edit('lib/pool.h', ['GFP_ATOMIC', 'GFP_KERNEL']);
  assert.deepEqual(await causes(), ['user_add: name #define POOL_GFP GFP_KERNEL']);
});

test('what is touched: a mask on another line than its call, a renamed file, scopes and loops that come and go', async () => {
  write(
    'lib/wide.c',
    `#include "pool.h"

void *wide(struct pool *pool)
{
	return kmalloc_node(pool->size,
			    GFP_NOFS, 0);
}

void *again(struct pool *pool)
{
	void *p;

	do {
		p = kmalloc(pool->size, GFP_NOFS);
	} while (!p);
	return p;
}
`,
  );
  git('add', '-A');
  git('commit', '-qm', 'wide');
  git('mv', 'lib/wide.c', 'lib/narrow.c');
  edit(
    'lib/narrow.c',
    ['GFP_NOFS, 0', 'GFP_KERNEL, 0'],
    [
      '\tdo {\n\t\tp = kmalloc(pool->size, GFP_NOFS);\n\t} while (!p);\n',
      '\tunsigned int flags = memalloc_nofs_save();\n\n\tp = pool_grow(pool);\n\tmemalloc_nofs_restore(flags);\n',
    ],
  );
  asPatch('-M');
  const { sites, scopes, retryLoops } = (await report(['--patch', patchFile])).change.touched;
  assert.deepEqual(
    (sites.changed as { after: { file: string; function: string } }[]).map(({ after: { file, function: name } }) => `${file} ${name}`),
    ['lib/narrow.c wide'],
  );
  assert.deepEqual(
    scopes.added.map(({ function: name, kind }) => `${name} ${kind}`),
    ['again nofs'],
  );
  assert.deepEqual(
    retryLoops.removed.map(({ function: name, callee }) => `${name} ${callee}`),
    ['again kmalloc'],
  );
  assert.deepEqual([scopes.removed, retryLoops.added], [[], []]);
  assert.match(
    (await run(['--patch', patchFile])).out,
    /scopes and retry loops\n {2}added {4}lib\/narrow\.c:\d+ again\(\): opens a nofs scope\n {2}removed {2}lib\/wide\.c again\(\): repeats kmalloc\(\)/,
  );
});

test('what a patch mends is told with the line that mends it, and its reverse introduces it', async () => {
  edit('lib/old.c', ['GFP_KERNEL', 'GFP_ATOMIC']);
  asPatch();
  const there = await report(['--patch', patchFile]);
  assert.deepEqual([found(there), mended(there), there.change.unchanged], [[], ['lib/old.c old_bug'], 0]);
  assert.equal(there.change.mended[0]!.data.cause.text, 'p = kmalloc(64, GFP_KERNEL);');
  git('apply', patchFile);
  git('commit', '-qam', 'mended');
  writeFileSync(patchFile, git('diff', 'HEAD', 'HEAD~'));
  const back = await report(['--patch', patchFile]);
  assert.deepEqual([found(back), mended(back)], [['lib/old.c old_bug sleep-in-atomic'], []]);
  assert.deepEqual(mended(await report(['--since', 'HEAD~'])), ['lib/old.c old_bug']);
});

test('code that only moves is silent: lines above, files renamed, functions in another file', async () => {
  edit('lib/old.c', ['#include "pool.h"\n', `#include "pool.h"\n${'/* words */\n'.repeat(50)}`]);
  assert.deepEqual(found(await report(['--since', 'HEAD'])), []);
  git('mv', 'lib/old.c', 'lib/older.c');
  const renamed = await report(['--since', 'HEAD']);
  assert.deepEqual([found(renamed), mended(renamed), renamed.change.unchanged], [[], [], 1]);
  asPatch('-M');
  assert.deepEqual(found(await report(['--patch', patchFile])), []);
  write('lib/old.c', '#include "pool.h"\n');
  write('lib/user.c', user + old.slice(old.indexOf('int old_bug')));
  const moved = await report(['--since', 'HEAD']);
  assert.deepEqual([found(moved), mended(moved)], [[], []]);
});

test('files that come and go, tracked or not', async () => {
  write('lib/new.c', old.replace('old_bug', 'new_bug'));
  rmSync(join(tree, 'lib/old.c'));
  const since = await report(['--since', 'HEAD']);
  assert.deepEqual([found(since), mended(since)], [['lib/new.c new_bug sleep-in-atomic'], ['lib/old.c old_bug']]);
  asPatch('--no-renames');
  const patch = await report(['--patch', patchFile]);
  assert.deepEqual([found(patch), mended(patch)], [found(since), mended(since)]);
  assert.deepEqual(patch.change.touched.files, ['lib/new.c', 'lib/old.c']);
});

test('a patch from standard input, packed, from a folder inside the tree, for some paths only', async () => {
  edit('lib/pool.c', ['GFP_ATOMIC', 'GFP_KERNEL']);
  edit('lib/old.c', ['\tspin_unlock(&pool->lock);\n', '\tkfree(kmalloc(8, GFP_KERNEL));\n\tspin_unlock(&pool->lock);\n']);
  const text = asPatch();
  const all = ['lib/old.c old_bug sleep-in-atomic', 'lib/user.c user_spare sleep-in-atomic'];
  assert.deepEqual(found(await report(['--patch', '-'], { stdin: text })), all);
  writeFileSync(patchFile, gzipSync(text));
  assert.deepEqual(found(await report(['--patch', patchFile], { cwd: join(tree, 'lib') })), all);
  assert.deepEqual(found(await report(['lib/user.c', '--patch', patchFile])), all.slice(1));
  writeFileSync(
    patchFile,
    text
      .replaceAll(' a/', ' linux-6.12/')
      .replaceAll(' b/', ' linux-6.12-mine/')
      .replace(/^diff.*\n|^index.*\n/gm, ''),
  );
  assert.deepEqual(found(await report(['--patch', patchFile])), all, 'a diff between two folders');
});

test('a series as a whole, and each patch of it by itself; replies go under the quoted line', async () => {
  edit('lib/pool.c', ['GFP_ATOMIC', 'GFP_KERNEL']);
  git('commit', '-qam', 'pool: wait for memory');
  edit('lib/pool.c', ['GFP_KERNEL', 'GFP_NOWAIT']);
  edit('lib/old.c', ['\tspin_unlock(&pool->lock);\n', '\tkfree(kmalloc(8, GFP_NOFS));\n\tspin_unlock(&pool->lock);\n']);
  git('commit', '-qam', 'pool: do not wait, after all');
  const mbox = git('format-patch', '--stdout', '--thread', 'HEAD~2');
  git('reset', '-q', '--hard', 'HEAD~2');
  writeFileSync(patchFile, mbox);
  const whole = await report(['--patch', patchFile]);
  assert.deepEqual(found(whole), ['lib/old.c old_bug sleep-in-atomic']);
  assert.equal(whole.findings[0]!.data.cause.patch, 2);
  const each = await report(['--patch', patchFile, '--each']);
  assert.deepEqual(
    each.findings.map(({ function: name, data: { cause } }) => `${cause.patch} ${name}`),
    ['2 old_bug', '1 user_spare'],
  );
  assert.deepEqual(mended(each), ['lib/user.c user_spare']);
  const replies = (await run(['--patch', patchFile, '--each', '--format', 'markdown'])).out;
  const mails = replies.split(/^From gfp-audit .*\n/m).slice(1);
  assert.equal(mails.length, 2);
  assert.match(
    mails[0]!,
    /^To: Dev <dev@kernel\.example>\nSubject: Re: \[PATCH 1\/2\] pool: wait for memory\nIn-Reply-To: <.*>\nReferences: <.*>\n/,
  );
  assert.match(mails[0]!, /^> \+\treturn kmalloc\(pool->size, GFP_KERNEL\);$[^]*^lib\/user\.c:\d+ user_spare\(\): 'pool_spare'/m);
  assert.match(mails[1]!, /^This mends 1 finding:$/m);
  for (const line of replies.split('\n')) if (!line.startsWith('>') && !/^[A-Z][\w-]+: /.test(line)) assert.ok(line.length <= 72, line);
});

test('what cannot be answered is said in a line, with status 2 and no word of all being clean', async () => {
  edit('lib/old.c', ['GFP_KERNEL', 'GFP_ATOMIC']);
  const text = asPatch();
  const outside = join(scratch, 'outside');
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'x.c'), 'int x;\n');
  writeFileSync(join(scratch, 'cut.patch'), text.slice(0, -30));
  writeFileSync(join(scratch, 'other.patch'), text.replace('p = kmalloc(64', 'p = kmalloc(65'));
  writeFileSync(join(scratch, 'cut.gz'), gzipSync(text).subarray(0, 60));
  writeFileSync(join(scratch, 'words'), 'no patch\n');
  const at = (name: string): string => join(scratch, name);
  const refused: [argv: string[], why: RegExp, cwd?: string][] = [
    [['--since', 'v9.9'], /--since v9\.9: 'v9\.9' is no revision of this git tree/],
    [['--since', '--output=x'], /--since needs a value/],
    [['--since=--output=x'], /'--output=x' is no revision/],
    [['--since', 'HEAD'], /--since HEAD: .*outside is in no git tree/, outside],
    [['--patch', at('absent')], /--patch .*absent: no such file or folder/],
    [['--patch', at('words')], /words: no patch in it/],
    [['--patch', at('cut.patch')], /cut\.patch: lib\/old\.c: hunk 1 .* ends early/],
    [['--patch', at('cut.gz')], /cut\.gz: damaged or cut off/],
    [
      ['--patch', at('other.patch')],
      /lib\/old\.c: hunk 1 \(@@ -5,7 \+5,7 @@, line 5 of the patch\) does not apply: the file has no line 'p = kmalloc\(65, GFP_KERNEL\);'/,
    ],
    [['--patch', patchFile], /lib\/old\.c: not in the tree/, outside],
    [['--patch', patchFile, '--since', 'HEAD'], /--since and --patch exclude each other/],
    [['--patch', patchFile, '--baseline', 'b'], /--baseline and --patch exclude each other/],
    [['--each'], /--each needs --patch/],
    [[], /audit needs PATH/],
  ];
  for (const [argv, why, cwd = tree] of refused) {
    const done = await run(argv, { cwd });
    assert.equal(done.status, 2, `${argv.join(' ')}: ${done.out}`);
    assert.equal(done.out, '');
    assert.match(done.err, why);
  }
  git('apply', patchFile);
  assert.match((await run(['--patch', patchFile])).err, /the tree has the patch already/);
});

test('parts that are missing make status 2 although the rest is answered; what is not C is only said', async () => {
  edit('lib/old.c', ['GFP_KERNEL', 'GFP_ATOMIC']);
  const text = asPatch();
  const mail = (n: number, body: string): string =>
    `From x@y Mon Sep 17 00:00:00 2001\nSubject: [PATCH ${n}/3] x\nMessage-Id: <${n}@x>\n\n${body}\n`;
  const other = '--- a/README\n+++ b/README\n@@ -0,0 +1 @@\n+words\n';
  const half = await run(['--patch', '-'], { stdin: mail(1, text) + mail(3, other) });
  assert.deepEqual([half.status, /of 3 patches 2 is not there/.test(half.err)], [2, true]);
  const noC = await run(['--patch', '-'], { stdin: `${other}diff --git a/l.png b/l.png\nBinary files a/l.png and b/l.png differ\n` });
  assert.equal(noC.status, 0);
  assert.match(noC.err, /standard input: l\.png: a binary change, not looked at/);
  assert.match(noC.out, /No new findings\.\nagainst the tree: 0 new, 0 mended, 0 as before in what it touches: 0 functions in 1 file/);
});

test('nothing that the tree names is run, and nothing in it is written', async () => {
  const marker = join(scratch, 'ran');
  const program = join(scratch, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat\n`);
  chmodSync(program, 0o755);
  write('.gitattributes', '*.c filter=evil diff=evil\n');
  git('add', '-A');
  git('commit', '-qm', 'attributes');
  for (const key of [
    'filter.evil.clean',
    'filter.evil.smudge',
    'diff.evil.textconv',
    'diff.evil.command',
    'diff.external',
    'core.fsmonitor',
    'core.pager',
    'core.sshCommand',
  ])
    git('config', key, program);
  edit('lib/pool.c', ['GFP_ATOMIC', 'GFP_KERNEL']);
  const seen = (): string[] =>
    readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .map((file) => `${file} ${statSync(join(tree, file)).mtimeMs}`)
      .sort();
  const before = seen();
  assert.deepEqual(found(await report(['--since', 'HEAD'])), ['lib/user.c user_spare sleep-in-atomic']);
  assert.deepEqual(seen(), before);
  assert.equal(existsSync(marker) ? readFileSync(marker, 'utf8') : '', '');
});

test('a cache folder is not misled: the tree after a patch was judged is judged as it is', async () => {
  edit('lib/pool.c', ['GFP_ATOMIC', 'GFP_KERNEL']);
  asPatch();
  const cached = async (...argv: string[]): Promise<string[]> =>
    found(
      JSON.parse(
        (
          await command(['audit', '--cache-dir', join(scratch, 'cache'), '--format', 'json', ...argv], {
            cwd: tree,
            answer: (options) => audit(new NodeHost(tree), options),
          })
        ).out,
      ) as Report,
    );
  const clean = await cached('.');
  assert.deepEqual(await cached('--patch', patchFile), ['lib/user.c user_spare sleep-in-atomic']);
  assert.deepEqual(await cached('.'), clean);
  assert.deepEqual(await cached('--patch', patchFile), ['lib/user.c user_spare sleep-in-atomic']);
});
