/**
 * `npm run editors`: real Neovim and Emacs with the very configuration files that docs/editors.md shows, on a file with a finding; and Neovim with
 * clangd beside. All are installed from Debian where they are missing and can be had.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';

const here = join(root, 'test', 'editors');
const scratch = mkdtempSync(join(tmpdir(), 'gfp-editors-'));
const LIMIT_MS = 180_000;

const has = (program) => spawnSync(program, ['--version']).status === 0;
function installed(program, ...packages) {
  if (has(program)) return true;
  spawnSync('apt-get', ['update'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore' });
  return has(program);
}

mkdirSync(join(scratch, 'bin'));
mkdirSync(join(scratch, 'tree', 'fs'), { recursive: true });
writeFileSync(join(scratch, 'tree', 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\n');
writeFileSync(join(scratch, 'tree', 'Kconfig'), '');
// What clangd needs to understand the file: a header, and where it stands.
mkdirSync(join(scratch, 'tree', 'include', 'linux'), { recursive: true });
writeFileSync(
  join(scratch, 'tree', 'include', 'linux', 'slab.h'),
  'typedef unsigned long size_t;\ntypedef unsigned int gfp_t;\n#define GFP_NOFS ((gfp_t)0xc40)\nvoid *kmalloc(size_t size, gfp_t flags);\n',
);
writeFileSync(join(scratch, 'tree', 'compile_flags.txt'), '-Iinclude\n-Wall\n');
const file = join(scratch, 'tree', 'fs', 'burrow.c');
const program = join(scratch, 'bin', 'gfp-audit');
writeFileSync(program, `#!/bin/sh\nexec node ${join(root, 'out/server/src/cli/main.js')} "$@"\n`);
chmodSync(program, 0o755);

function check(name, command, config) {
  writeFileSync(
    file,
    '#include <linux/slab.h>\n\nvoid *burrow_wait(size_t size)\n{\n\tvoid *p;\n\n\tdo {\n\t\tp = kmalloc(size, GFP_NOFS);\n\t} while (!p);\n\treturn p;\n}\n\nstatic void burrow_idle(void)\n{\n}\n',
  );
  const env = {
    ...process.env,
    PATH: `${join(scratch, 'bin')}:${process.env.PATH}`,
    HOME: scratch,
    XDG_CACHE_HOME: join(scratch, 'cache'),
    CONFIG: join(here, config),
    CHECK: join(here, 'check.lua'),
    FILE: file,
  };
  const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), {
    env,
    cwd: join(scratch, 'tree'),
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  const said = `${stdout}${stderr}`;
  const passed = status === 0 && said.includes('PASS');
  console.log(`${passed ? 'ok' : 'not ok'} - ${name}\n${said.trim().replace(/^/gm, '  ')}`);
  return passed;
}

let failed = 0;
const page = readFileSync(join(root, 'docs', 'editors.md'), 'utf8');
for (const config of ['nvim.lua', 'eglot.el']) {
  if (page.includes(readFileSync(join(here, config), 'utf8').trim())) continue;
  console.log(`not ok - docs/editors.md does not show test/editors/${config} as it is`);
  failed++;
}
if (!installed('nvim', 'neovim') || !installed('emacs', 'emacs-nox', 'elpa-eglot'))
  console.log('Neovim and Emacs can not be had here (apt-get): the configurations were held to the page only');
else {
  const nvim = ['nvim', '--headless', '--clean', '-n', '-i', 'NONE', '-c', `luafile ${join(here, 'check-nvim.lua')}`];
  if (!check('Neovim', nvim, 'nvim.lua')) failed++;
  if (!check('Emacs with eglot', ['emacs', '-Q', '--batch', '-l', join(here, 'check-eglot.el')], 'eglot.el')) failed++;
}
if (!has('nvim') || !installed('clangd', 'clangd'))
  console.log('clangd can not be had here (apt-get): two servers beside each other were not tried');
else if (
  !check(
    'Neovim with clangd beside',
    ['nvim', '--headless', '--clean', '-n', '-i', 'NONE', '-c', `luafile ${join(here, 'check-clangd.lua')}`],
    'nvim.lua',
  )
)
  failed++;
rmSync(scratch, { recursive: true });
process.exitCode = failed === 0 ? 0 : 1;
