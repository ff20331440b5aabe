/**
 * Compiles what the fixes wrote: `test/corpus/fixes.ts --out DIR` leaves changed files, this builds their objects in a configured tree, once
 * as the tree is and once with the changes, and compares. The tree gets its files back.
 *
 *     node --import tsx test/corpus/compile.ts BUILD-TREE DIR [--jobs N]
 *
 * BUILD-TREE is a copy of the kernel the fixes were made for, with `make modules_prepare` done for some configuration; nothing else is
 * needed of it. Objects that this configuration does not build are counted apart, for they cannot be judged. The exit status is 1 when an
 * object that compiled no longer does, or has a warning more.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const arguments_ = process.argv.slice(2);
const at = arguments_.indexOf('--jobs');
const jobs = at < 0 ? '2' : arguments_.splice(at, 2)[1]!;
const [tree, changed] = arguments_.map((p) => resolve(p));
if (tree === undefined || changed === undefined || !existsSync(join(changed, 'touched.txt')) || !existsSync(join(tree, '.config'))) {
  console.error(
    'usage: compile.ts BUILD-TREE DIR [--jobs N]: a configured tree (.config), and a folder with touched.txt that fixes.ts --out wrote',
  );
  process.exit(2);
}

const touched = readFileSync(join(changed, 'touched.txt'), 'utf8').split('\n').filter(Boolean);
const objects = [...new Set(touched.flatMap(objectsOf))].sort();

/** The object of a source; of a header the objects of the sources beside it that include it. */
function objectsOf(file: string): string[] {
  if (file.endsWith('.c')) return [file.replace(/c$/, 'o')];
  const folder = dirname(file);
  const name = basename(file);
  return readdirSync(join(tree!, folder))
    .filter((f) => f.endsWith('.c') && readFileSync(join(tree!, folder, f), 'utf8').includes(`${name}"`))
    .map((f) => join(folder, f.replace(/c$/, 'o')));
}

interface Built {
  ok: boolean;
  /** False when no rule of this configuration makes the object. */
  configured: boolean;
  messages: string[];
}

/** One run of make for all, and one each for those that it did not leave behind. */
function build(list: readonly string[]): Map<string, Built> {
  for (const object of list) rmSync(join(tree!, object), { force: true });
  const all = make(list, ['-k', `-j${jobs}`]);
  const out = new Map<string, Built>();
  for (const object of list) {
    const source = object.replace(/o$/, 'c');
    const about = (text: string): string[] => text.split('\n').filter((l) => l.includes(`${source}:`) && /\b(error|warning):/.test(l));
    if (existsSync(join(tree!, object))) out.set(object, { ok: true, configured: true, messages: about(all) });
    else {
      const alone = make([object], []);
      const configured = !/No rule to make target|Nothing to be done/.test(alone);
      out.set(object, { ok: existsSync(join(tree!, object)), configured, messages: about(alone) });
    }
  }
  return out;
}

function make(targets: readonly string[], flags: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync('make', ['-C', tree!, '-s', ...flags, ...targets], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return stdout + stderr;
}

const started = Date.now();
const before = build(objects);
const kept = mkdtempSync(join(tmpdir(), 'gfp-audit-compile-'));
let after: Map<string, Built>;
const buildable = objects.filter((o) => before.get(o)!.ok);
try {
  touched.forEach((file, i) => {
    copyFileSync(join(tree, file), join(kept, String(i)));
    copyFileSync(join(changed, file), join(tree, file));
    const now = new Date();
    utimesSync(join(tree, file), now, now);
  });
  after = build(buildable);
} finally {
  touched.forEach((file, i) => {
    if (existsSync(join(kept, String(i)))) copyFileSync(join(kept, String(i)), join(tree, file));
  });
  rmSync(kept, { recursive: true });
}

const text = (line: string): string => line.replace(/:\d+:\d+:/, ':');
const broken = buildable.filter((o) => !after.get(o)!.ok);
const louder = buildable.filter((o) => {
  const had = before.get(o)!.messages.map(text);
  return after.get(o)!.ok && after.get(o)!.messages.some((m) => !had.includes(text(m)));
});
const unconfigured = objects.filter((o) => !before.get(o)!.ok);
console.log(
  `${touched.length} files touched, ${objects.length} objects; ${buildable.length} are built by this configuration, of which ${buildable.length - broken.length} compile with the fixes; ` +
    `${unconfigured.length} are not built; ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
for (const o of unconfigured) console.log(`  not built here: ${o}${before.get(o)!.configured ? ' (fails without the fixes too)' : ''}`);
for (const o of [...broken, ...louder])
  for (const m of after.get(o)!.messages) console.log(`  ${broken.includes(o) ? 'BROKEN' : 'WARNS'} ${m}`);
process.exitCode = broken.length + louder.length > 0 ? 1 : 0;
