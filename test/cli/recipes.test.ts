/** Recipes of docs/recipes that need a patch or a compiler's flags, with real processes; and that every command in the documents parses. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseArguments } from '../../server/src/cli/arguments.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recipes = join(root, 'docs', 'recipes');
const scratch = mkdtempSync(join(tmpdir(), 'gfp-recipe-'));
after(() => rmSync(scratch, { recursive: true }));
const tree = join(scratch, 'tree');
cpSync(join(root, 'test', 'sample'), tree, { recursive: true });

/** The program as the recipes call it: from source where the tests run from source. */
const here = import.meta.url.endsWith('.ts');
const main = fileURLToPath(new URL(`../../server/src/cli/main.${here ? 'ts' : 'js'}`, import.meta.url));
const program = join(scratch, 'gfp-audit');
const loader = here ? `--import ${JSON.stringify(import.meta.resolve('tsx'))}` : '';
writeFileSync(program, `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${loader} ${JSON.stringify(main)} "$@"\n`, { mode: 0o755 });
const env = { ...process.env, GFP_AUDIT: program, GFP_AUDIT_FLAGS: '--no-cache', XDG_CACHE_HOME: join(scratch, 'cache') };
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@kernel.example', ...args], { cwd: tree, encoding: 'utf8' });

test('the robot replies to the patches of a series that bring or mend something, and to no other', () => {
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'start');
  const ring = join(tree, 'drivers/net/wren/ring.c');
  const commit = (from: string, to: string, words: string): void => {
    const text = readFileSync(ring, 'utf8');
    assert.ok(text.includes(from));
    writeFileSync(ring, text.replace(from, to));
    git('commit', '-qam', words);
  };
  commit('note = kmalloc(sizeof(*note), GFP_ATOMIC)', 'note = kmalloc(sizeof(*note), GFP_KERNEL)', 'wren: wait for memory');
  commit('/* ', '/*  ', 'wren: words only');
  commit('note = kmalloc(sizeof(*note), GFP_KERNEL)', 'note = kmalloc(sizeof(*note), GFP_ATOMIC)', 'wren: do not wait');
  writeFileSync(join(scratch, 'series.mbox'), git('format-patch', '--stdout', 'HEAD~3'));
  git('reset', '-q', '--hard', 'HEAD~3');
  const out = join(scratch, 'replies');
  const robot = (series: string): ReturnType<typeof spawnSync> =>
    spawnSync('bash', [join(recipes, 'reply-robot.sh'), tree, series, out], { env, encoding: 'utf8' });
  const done = robot(join(scratch, 'series.mbox'));
  assert.equal(done.status, 1, String(done.stderr));
  const mails = readdirSync(out).filter((name) => /^0/.test(name));
  assert.deepEqual(mails, ['0001', '0002']);
  const [first = '', second = ''] = mails.map((name) => readFileSync(join(out, name), 'utf8'));
  assert.match(
    first,
    /^Subject: Re: \[PATCH 1\/3\] wren: wait for memory$[^]*^> \+\tnote = kmalloc\(sizeof\(\*note\), GFP_KERNEL\);$[^]*may sleep while the raw spinlock/m,
  );
  assert.match(second, /^Subject: Re: \[PATCH 3\/3\] wren: do not wait$[^]*^This mends 1 finding:$/m);
  writeFileSync(join(scratch, 'cut.mbox'), readFileSync(join(scratch, 'series.mbox'), 'utf8').slice(0, -120));
  const cut = robot(join(scratch, 'cut.mbox'));
  assert.deepEqual([cut.status, readdirSync(out)], [2, ['why']]);
  assert.match(readFileSync(join(out, 'why'), 'utf8'), /mail 3 of 3: .*ends early/);
});

test('a kernel build that names the check script gets lines as of a compiler, and is never stopped', () => {
  const check = (...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync('sh', [join(recipes, 'kbuild-check.sh'), ...args], { cwd: tree, env: { ...env, KERNELVERSION: '6.12.0' }, encoding: 'utf8' });
  // As kbuild calls it: CHECKFLAGS and the compiler's flags, with values of their own, then the file.
  const flags = [
    '-D__linux__',
    '-Dlinux',
    '-Wbitwise',
    '-Wp,-MMD,drivers/net/wren/.ring.o.d',
    '-nostdinc',
    '-I./include',
    '-include',
    './include/linux/kconfig.h',
  ];
  flags.push('-D__KERNEL__', '-fno-strict-aliasing', '-DKBUILD_BASENAME="ring"', '-DKBUILD_MODNAME="wren"', "-DX='a b'");
  const found = check(...flags, 'drivers/net/wren/ring.c');
  assert.equal(found.status, 0);
  assert.equal(found.stdout, '');
  assert.match(
    String(found.stderr),
    /^drivers\/net\/wren\/ring\.c:12:9: error: 'kcalloc' with GFP_KERNEL may sleep .* \[sleep-in-atomic\]$/m,
  );
  assert.doesNotMatch(String(found.stderr), /main\.c/);
  assert.deepEqual([check('--version').status, check('-x', 'assembler', 'arch/entry.S').stderr], [0, '']);
});

test('every command of the program that a document or a recipe names is one that it takes', () => {
  const texts = [
    'README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((n) => n.endsWith('.md'))
      .map((n) => `docs/${n}`),
    ...readdirSync(recipes).map((n) => `docs/recipes/${n}`),
  ];
  let count = 0;
  for (const file of texts) {
    const text = readFileSync(join(root, file), 'utf8').replace(/\\\n\s*/g, ' ');
    for (const [line, words = ''] of text.matchAll(
      /^(?: {4}|\s*run: |\s*)(?:\$\{?GFP_AUDIT[^ ]*|\$audit|gfp-audit) +((?:audit|baseline|merge|sites|census) .*)$/gm,
    )) {
      const argv = words
        .replace(/\s+(?:#|2?>|\||&&).*$/, '')
        .split(/\s+/)
        .filter((word) => !/^(\$\{GFP_AUDIT_FLAGS|\\?$|\[|\.\.\.$)/.test(word))
        .map((word) => word.replace(/^["']|["']$/g, ''));
      assert.doesNotThrow(() => parseArguments(argv), `${file}: ${line}`);
      count++;
    }
  }
  assert.ok(count >= 10, `only ${count} commands found`);
});
