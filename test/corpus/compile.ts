/**
 * Compiles what the fixes wrote: `test/corpus/fixes.ts --out DIR` leaves changed files, this builds their objects in a configured tree, once
 * as the tree is, once with all fixes made, and once with each fix alone that there is. The tree gets its files back.
 *
 *     node --import tsx test/corpus/compile.ts BUILD-TREE DIR [--jobs N]
 *
 * BUILD-TREE is a copy of the kernel the fixes were made for, with `make modules_prepare` done for some configuration; nothing else is
 * needed of it. Objects that this configuration does not build are counted apart, for they cannot be judged. Fixes alone are compiled by
 * the command that make kept of the object. The exit status is 1 when an object that compiled no longer does, or has a warning more.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const arguments_ = process.argv.slice(2);
const at = arguments_.indexOf('--jobs');
const jobs = at < 0 ? '2' : arguments_.splice(at, 2)[1]!;
const [tree, changed] = arguments_.map((p) => resolve(p));
if (tree === undefined || changed === undefined || !existsSync(join(changed, 'all/touched.txt')) || !existsSync(join(tree, '.config'))) {
  console.error('usage: compile.ts BUILD-TREE DIR [--jobs N]: a configured tree (.config), and a folder that fixes.ts --out wrote');
  process.exit(2);
}

/** Folder of a state of the sources, and the files that are not the tree's there. */
interface State {
  home: string;
  files: string[];
}

const stateOf = (name: string): State => ({
  home: join(changed, name),
  files: readFileSync(join(changed, name, 'touched.txt'), 'utf8')
    .split('\n')
    .filter(Boolean),
});
const together = stateOf('all');
const alone = readdirSync(changed)
  .filter((name) => /^\d+$/.test(name))
  .sort((a, b) => Number(a) - Number(b))
  .map(stateOf);
const objects = [...new Set([together, ...alone].flatMap(({ files }) => files.flatMap(objectsOf)))].sort();

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
  /** Warnings and errors about the source, without their lines. */
  messages: string[];
}

/** Of a compiler's or make's words those about one object's source. */
function about(object: string, text: string): string[] {
  const source = object.replace(/o$/, 'c');
  return text.split('\n').filter((l) => l.includes(`${source}:`) && /\b(error|warning):/.test(l));
}

/** One run of make for all, and one each for those that it did not leave behind. */
function build(list: readonly string[]): Map<string, Built> {
  for (const object of list) rmSync(join(tree!, object), { force: true });
  const all = make(list, ['-k', `-j${jobs}`]);
  const out = new Map<string, Built>();
  for (const object of list) {
    if (existsSync(join(tree!, object))) out.set(object, { ok: true, configured: true, messages: about(object, all) });
    else {
      const one = make([object], []);
      const configured = !/No rule to make target|Nothing to be done/.test(one);
      out.set(object, { ok: existsSync(join(tree!, object)), configured, messages: about(object, one) });
    }
  }
  return out;
}

function make(targets: readonly string[], flags: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync('make', ['-C', tree!, '-s', ...flags, ...targets], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return stdout + stderr;
}

const kept = mkdtempSync(join(tmpdir(), 'gfp-audit-compile-'));

/** One object by the command that make kept of it, into a file of no use. */
function compile(object: string): Built {
  const saved = readFileSync(join(tree!, dirname(object), `.${basename(object)}.cmd`), 'utf8');
  const command = /^(?:saved)?cmd_\S+ := (.*)$/m.exec(saved)![1]!;
  const line = command
    .replace(/ ; .*$/, '')
    .replace(/ -Wp,-MMD,\S+/, '')
    .replace(` -o ${object} `, ` -o ${join(kept, 'object.o')} `)
    .replaceAll('$(pound)', '#')
    .replaceAll('\\#', '#')
    .replaceAll('$$', '$');
  const { status, stdout, stderr, error } = spawnSync('sh', ['-c', line], { cwd: tree!, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return { ok: status === 0, configured: true, messages: about(object, stdout + stderr) };
}

/** Runs with the tree's files as a state has them; the tree gets its own back. */
function within<T>({ home, files }: State, run: () => T): T {
  const put = (from: string, file: string): void => {
    copyFileSync(from, join(tree!, file));
    const now = new Date();
    utimesSync(join(tree!, file), now, now);
  };
  files.forEach((file, i) => copyFileSync(join(tree!, file), join(kept, String(i))));
  try {
    for (const file of files) put(join(home, file), file);
    return run();
  } finally {
    files.forEach((file, i) => put(join(kept, String(i)), file));
  }
}

const text = (line: string): string => line.replace(/:\d+:\d+:/, ':');
let bad = 0;
/** Says what no longer compiles or has a warning more; counts it. */
function compared(what: string, object: string, was: Built, is: Built): boolean {
  const had = was.messages.map(text);
  const louder = is.messages.filter((m) => !had.includes(text(m)));
  if (is.ok && louder.length === 0) return true;
  for (const m of is.ok ? louder : is.messages) console.log(`  ${is.ok ? 'WARNS' : 'BROKEN'} ${what}: ${m}`);
  if (!is.ok && is.messages.length === 0) console.log(`  BROKEN ${what}: ${object}`);
  bad++;
  return false;
}

const started = Date.now();
const before = build(objects);
const buildable = objects.filter((o) => before.get(o)!.ok);
const unconfigured = objects.filter((o) => !before.get(o)!.ok);
try {
  const asOne = buildable.filter((o) => together.files.some((file) => objectsOf(file).includes(o)));
  const after = within(together, () => build(asOne));
  const fine = asOne.filter((o) => compared('all together', o, before.get(o)!, after.get(o)!));
  console.log(
    `all together: ${together.files.length} files touched; ${asOne.length} of their objects are built by this configuration, of which ${fine.length} compile with the fixes`,
  );
  const plain = new Map<string, Built>();
  const asIs = (object: string): Built => {
    if (!plain.has(object)) plain.set(object, compile(object));
    return plain.get(object)!;
  };
  let [judged, good] = [0, 0];
  for (const state of alone) {
    const mine = [...new Set(state.files.flatMap(objectsOf))].filter((o) => buildable.includes(o));
    if (mine.length === 0) continue;
    judged++;
    const were = mine.map(asIs);
    const are = within(state, () => mine.map(compile));
    if (mine.filter((o, i) => !compared(`fix ${basename(state.home)}`, o, were[i]!, are[i]!)).length === 0) good++;
  }
  console.log(
    `one at a time: ${alone.length} fixes, ${judged} of them in objects that this configuration builds, of which ${good} compile`,
  );
} finally {
  rmSync(kept, { recursive: true });
}
console.log(
  `${buildable.length} objects built, ${unconfigured.length} not by this configuration; ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
for (const o of unconfigured) console.log(`  not built here: ${o}${before.get(o)!.configured ? ' (fails without the fixes too)' : ''}`);
process.exitCode = bad > 0 ? 1 : 0;
