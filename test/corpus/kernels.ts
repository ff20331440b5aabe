/**
 * The corpus proof over every kernel at hand: for each tree in the folder that GFP_AUDIT_KERNELS names, the fixes of a few folders are held to
 * their laws (fixes.ts), and where the tree is configured (.config, `make modules_prepare`) what they wrote is compiled (compile.ts; the tree gets
 * its files back). Without the variable it says so and is content: the project needs no kernel.
 *
 *     GFP_AUDIT_KERNELS=DIR npm run test:kernels [-- FOLDER...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Small folders with fixes of many kinds, so that a run stays within minutes. */
const FOLDERS = ['fs/reiserfs', 'fs/jbd2', 'fs/ubifs', 'drivers/md'];

const home = process.env['GFP_AUDIT_KERNELS'];
if (home === undefined || !existsSync(home)) {
  console.log(`corpus proof skipped: ${home === undefined ? 'GFP_AUDIT_KERNELS is not set' : `there is no ${home}`}`);
  process.exit(0);
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
function run(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(process.execPath, [...process.execArgv, script(name), ...args], { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

const failed: string[] = [];
for (const name of readdirSync(home).sort()) {
  const tree = join(home, name);
  if (!existsSync(join(tree, 'Makefile')) || !existsSync(join(tree, 'Kconfig'))) continue;
  const asked = process.argv.length > 2 ? process.argv.slice(2) : FOLDERS;
  const folders = asked.filter((f) => existsSync(join(tree, f)));
  if (folders.length === 0) continue;
  const out = mkdtempSync(join(tmpdir(), 'gfp-audit-corpus-'));
  try {
    if (!run('fixes.ts', [tree, ...folders, '--sample', '20', '--out', out])) failed.push(`${name}: laws of fixes`);
    const touched = join(out, 'touched.txt');
    if (!existsSync(join(tree, '.config'))) console.log(`${name} is not configured: nothing of it is compiled`);
    else if (existsSync(touched) && readFileSync(touched, 'utf8') !== '' && !run('compile.ts', [tree, out]))
      failed.push(`${name}: compilation`);
  } finally {
    rmSync(out, { recursive: true });
  }
}
for (const what of failed) console.log(`FAILED ${what}`);
process.exitCode = failed.length > 0 ? 1 : 0;
