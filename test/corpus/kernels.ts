/**
 * The corpus proof over every kernel at hand: for each tree in the folder that GFP_AUDIT_KERNELS names, the fixes of a few folders are held to
 * their laws (fixes.ts), and where the tree is configured (.config, `make modules_prepare`) what they wrote is compiled (compile.ts; the tree gets
 * its files back). `.ci/kernel FOLDER` makes such a folder of a Debian package. Ends with a line that says how many parts passed.
 *
 *     GFP_AUDIT_KERNELS=DIR npm run test:kernels [-- FOLDER...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Small folders with fixes of many kinds, so that a run stays within minutes. */
const FOLDERS = ['fs/ext4', 'fs/f2fs', 'fs/jbd2', 'fs/nilfs2', 'fs/reiserfs', 'fs/ubifs', 'drivers/md'];
/** Fixes tried and compiled by themselves. */
const SAMPLE = '20';

const home = process.env['GFP_AUDIT_KERNELS'];
if (home === undefined || !existsSync(home)) {
  console.log(
    `no corpus proof: ${home === undefined ? 'GFP_AUDIT_KERNELS is not set (`.ci/kernel FOLDER` makes one)' : `there is no ${home}`}`,
  );
  process.exit(2);
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
function run(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(process.execPath, [...process.execArgv, script(name), ...args], { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

let [passed, failed] = [0, 0];
function part(what: string, ok: boolean): void {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok' : 'FAILED'}: ${what}`);
}

for (const name of readdirSync(home).sort()) {
  const tree = join(home, name);
  if (!existsSync(join(tree, 'Makefile')) || !existsSync(join(tree, 'Kconfig'))) continue;
  const asked = process.argv.length > 2 ? process.argv.slice(2) : FOLDERS;
  const folders = asked.filter((f) => existsSync(join(tree, f)));
  if (folders.length === 0) continue;
  const out = mkdtempSync(join(tmpdir(), 'gfp-audit-corpus-'));
  try {
    part(`${name}: the laws of fixes`, run('fixes.ts', [tree, ...folders, '--sample', SAMPLE, '--out', out]));
    if (existsSync(join(tree, '.config'))) part(`${name}: what fixes write compiles`, run('compile.ts', [tree, out]));
    else console.log(`${name} is not configured: nothing of it is compiled`);
  } finally {
    rmSync(out, { recursive: true });
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
