/**
 * Holds the fixes to real code: audits folders of a kernel tree, takes every fix that is offered, one at a time for a sample (some of them
 * with the whole tree linked anew) and all together, and looks at the result as somebody would who did not trust the first look: texts parsed
 * and audited again, and asked for fixes again.
 *
 *     npm run test:corpus -- TREE FOLDER... [--sample N] [--relink N] [--confidence C] [--out DIR] [--diff FILE]
 *
 * TREE (or $KERNEL_TREE) is only read. With --out DIR what a compiler is to look at is written: DIR/all has the files as they are with all fixes made,
 * DIR/1, DIR/2, ... as they are with one fix each of the sample; each has a list `touched.txt` of its C files. The exit status is 1 when a law is broken.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { profileForTree } from '../../server/src/catalog/profile.js';
import { createCatalogue } from '../../server/src/catalog/lookup.js';
import { extractFile } from '../../server/src/facts/extract.js';
import type { FileFacts } from '../../server/src/facts/model.js';
import { tryEdits } from '../../server/src/fix/trial.js';
import { applyEdits } from '../../server/src/fix/verified.js';
import { Program } from '../../server/src/index/program.js';
import { Tree } from '../../server/src/index/tree.js';
import { unifiedDiff } from '../../server/src/report/diff.js';
import type { Confidence, Finding, Fix, TextEdit } from '../../server/src/rules/model.js';
import { checkProgram } from '../../server/src/session/check.js';
import { Mender } from '../../server/src/session/fixes.js';
import { toFixedPoint, type Barred, type Seen } from '../../server/src/session/fixed-point.js';
import { mergedEdits, planFixes, type Chosen, type Offer, type Plan } from '../../server/src/session/plan.js';
import { decodeSource } from '../../server/src/syntax/decode.js';
import { createParser } from '../../server/src/syntax/parser.js';
import type { KernelParser } from '../../server/src/syntax/model.js';

const arguments_ = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const i = arguments_.indexOf(`--${name}`);
  return i < 0 ? undefined : arguments_.splice(i, 2)[1];
};
const [sample, relink] = [Number(option('sample') ?? 0), Number(option('relink') ?? 0)];
const [out, diffFile] = [option('out'), option('diff')];
const confidence = (option('confidence') ?? 'possible') as Confidence;
const tree = process.env['KERNEL_TREE'] ?? arguments_.shift();
const folders = arguments_;
if (tree === undefined || folders.length === 0) {
  console.error('usage: npm run test:corpus -- TREE FOLDER... [--sample N] [--relink N] [--confidence C] [--out DIR] [--diff FILE]');
  process.exit(2);
}

/** Read around the folders, so that locks, structures and helpers are known. */
const AROUND = ['include/linux', 'kernel/locking'];

const texts = new Map<string, string>();
for (const folder of [...AROUND, ...folders]) collect(join(tree, folder));
const inside = (file: string): boolean => folders.some((f) => file === f || file.startsWith(`${f}/`));

function collect(path: string): void {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isDirectory()) for (const name of readdirSync(path).sort()) collect(join(path, name));
  else if (info?.isFile() && /\.[ch]$/.test(path)) texts.set(relative(tree!, path), decodeSource(readFileSync(path)));
}

const parser: KernelParser = await createParser();
const kernel = await profileForTree((path) => Promise.resolve(text(join(tree, path))), 'auto');
const cat = createCatalogue(kernel.kernel, kernel.gfp);
function text(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : null;
}

interface Look {
  program: Program;
  findings: Finding[];
  mender: Mender;
  facts: ReadonlyMap<string, FileFacts>;
}

/** Audits texts as one tree, linked from nothing; facts of unchanged files are taken over. */
function look(now: ReadonlyMap<string, string>, known?: Look): Look {
  const facts = new Map<string, FileFacts>();
  for (const [path, content] of now) {
    const old = texts.get(path) === content ? known?.facts.get(path) : undefined;
    facts.set(path, old ?? extractFile(path, content, parser));
  }
  const files = [...facts.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const program = new Program(new Tree(files), cat);
  program.link();
  const { findings } = checkProgram(
    program,
    kernel.kernel,
    { rt: false, rules: {}, minConfidence: confidence },
    program.tree.files.map(({ path }) => path).filter(inside),
  );
  const mender = new Mender({ program, profile: kernel.kernel, options: { rt: false }, parser }, (f) => Promise.resolve(now.get(f)), true);
  return { program, findings, mender, facts };
}

function withEdits(edits: readonly TextEdit[], from: ReadonlyMap<string, string> = texts): Map<string, string> {
  const now = new Map(from);
  for (const file of new Set(edits.map((e) => e.file)))
    now.set(
      file,
      applyEdits(
        from.get(file)!,
        edits.filter((e) => e.file === file),
      ),
    );
  return now;
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
const broken: string[] = [];
let started = performance.now();
const first = look(texts);
console.log(
  `${folders.join(' ')} of ${kernel.kernel.version}: ${texts.size} files, ${first.findings.length} findings, linked in ${seconds(started)} s`,
);

started = performance.now();
const offers: { finding: Finding; fixes: Fix[] }[] = [];
const count = { safe: 0, review: 0, advice: 0, refused: 0, silent: 0 };
const byRule = new Map<string, { findings: number; fixed: number; advised: number }>();
const refusals = new Map<string, string[]>();
for (const finding of first.findings) {
  const { fixes, advice, refusals: refused } = await first.mender.fixesFor(finding);
  offers.push({ finding, fixes });
  const row = byRule.get(finding.ruleId) ?? { findings: 0, fixed: 0, advised: 0 };
  byRule.set(finding.ruleId, row);
  row.findings++;
  if (fixes.length > 0) row.fixed++;
  else if (advice.length > 0) row.advised++;
  for (const fix of fixes) count[fix.safety]++;
  if (fixes.length === 0) count[advice.length > 0 ? 'advice' : refused.length > 0 ? 'refused' : 'silent']++;
  for (const { title, reason } of refused) {
    const key = `${finding.ruleId}: ${title}: ${reason.replace(/'[^']*'/g, "'...'").slice(0, 110)}`;
    refusals.set(key, [...(refusals.get(key) ?? []), `${finding.at.file}:${finding.at.line}`]);
  }
}
console.log(
  `fixes: ${count.safe} safe, ${count.review} to review; findings with advice only: ${count.advice}, refused: ${count.refused}, nothing to say: ${count.silent}; verified in ${seconds(started)} s`,
);
const titles = new Map<string, string[]>();
for (const { finding, fixes } of offers) {
  const [fix] = fixes;
  if (!fix) continue;
  const key = `${finding.ruleId}: ${fix.title} (${fix.safety})`;
  titles.set(key, [...(titles.get(key) ?? []), `${finding.at.file}:${finding.at.line}`]);
}
for (const [title, places] of [...titles].sort((a, b) => b[1].length - a[1].length))
  console.log(`  offered ${places.length} x ${title} (${places.slice(0, 4).join(', ')})`);
for (const [rule, row] of [...byRule].sort((a, b) => b[1].findings - a[1].findings))
  console.log(`  ${rule.padEnd(26)} ${String(row.findings).padStart(5)} findings, ${row.fixed} with a fix, ${row.advised} with advice`);
for (const [reason, places] of [...refusals].sort((a, b) => b[1].length - a[1].length).slice(0, 25))
  console.log(`  refused ${places.length} x ${reason} (${places.slice(0, 3).join(', ')})`);

const key = (f: Finding): string => `${f.at.file} ${f.function} ${f.ruleId}`;
function tally(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const f of findings) counts.set(key(f), (counts.get(key(f)) ?? 0) + 1);
  return counts;
}

/** Holds a result to the laws, by a tree linked anew. */
function judge(made: readonly Chosen[], after: Look, what: string): void {
  const [had, has] = [tally(first.findings), tally(after.findings)];
  for (const [k, n] of has) if (n > (had.get(k) ?? 0)) broken.push(`${what}: new finding ${k}`);
  for (const { finding, fix } of made)
    if ((has.get(key(finding)) ?? 0) >= had.get(key(finding))!) broken.push(`${what}: not gone: ${key(finding)} by '${fix.title}'`);
  for (const file of new Set(made.flatMap((c) => c.fix.edits.map((e) => e.file)))) {
    const [a, b] = [first.facts.get(file)!.parse, after.facts.get(file)!.parse];
    if (b.damaged > a.damaged || b.functions !== a.functions) broken.push(`${what}: ${file} parses worse`);
  }
}

const all = offers.flatMap(({ finding, fixes }) => fixes.map((fix) => ({ finding, fix })));
if (sample > 0) {
  const drawn = spread(all, sample);
  started = performance.now();
  const again = await alone(drawn, (one) => revised(one));
  if (out !== undefined)
    for (const [i, { fix }] of drawn.entries()) keep(`${i + 1}`, withEdits(fix.edits), [...new Set(fix.edits.map((e) => e.file))].sort());
  console.log(`one at a time: ${drawn.length} fixes, ${again} offered again, ${seconds(started)} s`);
}
if (relink > 0) {
  const drawn = spread(all, relink);
  started = performance.now();
  const again = await alone(drawn, (one) => Promise.resolve(look(withEdits(one.fix.edits), first)));
  console.log(`one at a time, linked anew: ${drawn.length} fixes, ${again} offered again, ${seconds(started)} s`);
}

/** So many of a list, evenly spread: it is in the order of files. */
function spread<T>(list: readonly T[], wanted: number): T[] {
  const step = Math.max(1, list.length / wanted);
  return Array.from({ length: Math.min(wanted, list.length) }, (_, i) => list[Math.floor(i * step)]!);
}

async function alone(drawn: readonly Chosen[], after: (one: Chosen) => Promise<Look>): Promise<number> {
  let again = 0;
  for (const one of drawn) {
    const what = `alone, ${one.finding.at.file}:${one.finding.at.line}`;
    const result = await after(one);
    judge([one], result, what);
    again += await repeats([one], result, what);
  }
  return again;
}

/** The files that one fix changes in the tree as it was linked; findings of the others stand. */
async function revised(one: Chosen): Promise<Look> {
  const trial = await tryEdits(first.mender.audited, [one.finding], one.fix.edits);
  if (!trial.ok) throw new Error(`${one.finding.at.file}:${one.finding.at.line}: a verified fix is refused: ${trial.reason}`);
  const program = trial.revision;
  const facts = new Map([...first.facts, ...program.tree.files.map((f) => [f.path, f] as const)]);
  const { findings } = checkProgram(
    program,
    kernel.kernel,
    { rt: false, rules: {}, minConfidence: confidence },
    program.tree.files.map(({ path }) => path).filter(inside),
  );
  const others = first.findings.filter((f) => !trial.texts.has(f.at.file));
  const read = (file: string): Promise<string | undefined> => Promise.resolve(trial.texts.get(file) ?? texts.get(file));
  const mender = new Mender({ program, profile: kernel.kernel, options: { rt: false }, parser }, read, true);
  return { program, findings: [...others, ...findings], mender, facts };
}

/** Fixes that the result offers for the very findings that were mended. */
async function repeats(made: readonly Chosen[], after: Look, what: string): Promise<number> {
  const mine = new Set(made.map((c) => key(c.finding)));
  const gone = new Set(made.map((c) => `${key(c.finding)} ${c.fix.title}`));
  const [had, has] = [tally(first.findings), tally(after.findings)];
  let n = 0;
  for (const finding of after.findings) {
    if (!mine.has(key(finding)) || has.get(key(finding))! < had.get(key(finding))!) continue;
    for (const fix of (await after.mender.fixesFor(finding)).fixes) {
      if (!gone.has(`${key(finding)} ${fix.title}`)) continue;
      n++;
      broken.push(`${what}: offered again: ${fix.title}`);
    }
  }
  return n;
}

/** A round of `--fix=review` over texts. */
async function lookAt(now: ReadonlyMap<string, string>, barred: Barred): Promise<Seen<ReadonlyMap<string, string>>> {
  const seen = now === texts ? first : look(now, first);
  const left: Plan['left'] = [];
  const wanted: Offer[] = [];
  for (const finding of seen.findings) {
    const { fixes } = await seen.mender.fixesFor(finding);
    for (const fix of fixes) {
      const reason = barred(finding, fix);
      if (reason !== undefined) left.push({ finding, fix, reason });
    }
    wanted.push({ finding, fixes: fixes.filter((fix) => barred(finding, fix) === undefined) });
  }
  const plan = await planFixes(seen.mender.audited, wanted, 'review');
  const next = withEdits(mergedEdits(plan.made.map((c) => c.fix)), now);
  last = seen;
  rounds++;
  return { findings: seen.findings, plan: { made: plan.made, left: [...left, ...plan.left] }, next };
}

started = performance.now();
let rounds = 0;
let last = first;
const end = await toFixedPoint<ReadonlyMap<string, string>, Seen<ReadonlyMap<string, string>>>(
  texts,
  await lookAt(texts, () => undefined),
  lookAt,
);
const now = end.last.next;
const touched = [...now.keys()].filter((file) => now.get(file) !== texts.get(file)).sort();
judge(end.made, last, 'together');
// As somebody would who runs it again.
const second = await lookAt(new Map(now), () => undefined);
for (const { finding, fix } of second.plan.made)
  broken.push(`a second run: ${finding.at.file}:${finding.at.line} ${finding.ruleId} ${fix.title}`);
console.log(
  `together: ${end.made.length} fixes in ${touched.length} files by ${rounds - 1} rounds, ${end.left.length} left; a second run makes ${second.plan.made.length} more; ${seconds(started)} s`,
);
for (const { finding, fix, reason } of end.left) console.log(`  left ${finding.at.file}:${finding.at.line} ${fix.title}: ${reason}`);

const encode = (s: string): Uint8Array => new TextEncoder().encode(s);
if (diffFile !== undefined)
  writeFileSync(diffFile, unifiedDiff(touched.map((path) => ({ path, before: encode(texts.get(path)!), after: encode(now.get(path)!) }))));
if (out !== undefined) keep('all', now, touched);

/** Leaves changed files for a compiler. */
function keep(name: string, state: ReadonlyMap<string, string>, files: readonly string[]): void {
  const home = join(out!, name);
  for (const file of files) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), state.get(file)!);
  }
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'touched.txt'), files.map((f) => `${f}\n`).join(''));
}
parser.dispose();
for (const line of broken) console.log(`BROKEN ${line}`);
console.log(`fixes held to their laws: ${all.length} offered, ${end.made.length} made, ${broken.length} laws broken`);
process.exitCode = broken.length > 0 ? 1 : 0;
