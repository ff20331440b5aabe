/**
 * `npm run bench [-- FOLDER] [--jobs N] [--rounds N] [--no-latency]`: audits of a folder, cold, warm and with one file changed, against
 * native tree-sitter alone over the same .c files (and against Coccinelle's call_kern where it is installed), in turns and each in a
 * process of its own; then the latency of the allocator model. Without FOLDER it takes fs/ of the newest tree in GFP_AUDIT_KERNELS, or
 * else the bundled sample. Reports figures and ratios: nothing here passes or fails.
 */
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { audit } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { OverlayHost } from '../../server/src/host/overlay.js';
import { verdictLatency, type Latency } from './latency.js';

interface Measured {
  seconds: number;
  /** Processor time of all threads, seconds. */
  processor: number;
  /** Peak resident set, MiB. */
  peak: number;
  files: number;
  bytes: number;
  /** Elapsed and processor time by phase, seconds. */
  phases: Record<string, [seconds: number, processor: number]>;
}

/** parse: tree-sitter alone; cold: without a cache; warm: once more; changed: with a function of one file changed. */
const KINDS = ['parse', 'cold', 'warm', 'changed'] as const;
type Kind = (typeof KINDS)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string' },
    rounds: { type: 'string' },
    'no-latency': { type: 'boolean' },
    child: { type: 'string' },
    cache: { type: 'string' },
  },
});
const folder = resolve(positionals[0] ?? defaultFolder());
const jobs = Number(values.jobs ?? Math.min(2, availableParallelism()));
const rounds = Number(values.rounds ?? 3);
if (!existsSync(folder) || ![jobs, rounds].every((n) => Number.isInteger(n) && n > 0))
  throw new Error(`bench: ${existsSync(folder) ? '--jobs and --rounds take a whole number above 0' : `no folder ${folder}`}`);

function defaultFolder(): string {
  const kernels = process.env['GFP_AUDIT_KERNELS'];
  // From out/test/bench/ as from test/bench/: up to the repository.
  let repository = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(repository, 'package.json'))) repository = dirname(repository);
  if (kernels === undefined) return join(repository, 'test', 'sample');
  if (existsSync(join(kernels, 'Makefile'))) return join(kernels, 'fs');
  const trees = readdirSync(kernels)
    .filter((name) => existsSync(join(kernels, name, 'Makefile')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = trees.at(-1);
  if (newest === undefined) throw new Error('bench: GFP_AUDIT_KERNELS holds no kernel tree');
  return join(kernels, newest, 'fs');
}

/** Version that the tree around the folder states; the newest kernel where there is none. */
function versionAround(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    const makefile = join(at, 'Makefile');
    const text = existsSync(makefile) ? readFileSync(makefile, 'utf8') : '';
    const part = (name: string): string | undefined => new RegExp(`^${name} *= *(\\d+)`, 'm').exec(text)?.[1];
    if (part('VERSION') !== undefined) return `${part('VERSION')}.${part('PATCHLEVEL') ?? 0}.${part('SUBLEVEL') ?? 0}`;
    if (dirname(at) === at) return '7.2';
  }
}

type Enter = (phase: string) => void;

async function measure(run: (enter: Enter) => Promise<{ files: number; bytes: number }>): Promise<Measured> {
  const start = performance.now();
  const before = process.cpuUsage();
  const phases: Measured['phases'] = {};
  let phase = { name: 'start', at: start, used: before };
  const enter: Enter = (name) => {
    if (name === phase.name) return;
    const used = process.cpuUsage(phase.used);
    const old = phases[phase.name] ?? [0, 0];
    const now = performance.now();
    phases[phase.name] = [old[0] + (now - phase.at) / 1000, old[1] + (used.user + used.system) / 1e6];
    phase = { name, at: now, used: process.cpuUsage() };
  };
  const { files, bytes } = await run(enter);
  enter('end');
  const used = process.cpuUsage(before);
  return {
    seconds: (performance.now() - start) / 1000,
    processor: (used.user + used.system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
    files,
    bytes,
    phases,
  };
}

/** The folder as a tree of its own, so that both sides read the same files. */
function auditOnce(changed: boolean, cacheDir: string): Promise<Measured> {
  return measure(async (enter) => {
    const options = {
      paths: [folder],
      root: folder,
      kernel: versionAround(folder),
      jobs,
      cacheDir,
      minConfidence: 'likely' as const,
      rules: {},
      onProgress: ({ phase }: { phase: string }) => enter(phase),
    };
    const host = new NodeHost();
    const { stats } = await audit(changed ? new OverlayHost(host, await oneChange(host)) : host, options);
    return { files: stats.files, bytes: stats.bytes };
  });
}

/** The .c file in the middle of the list with one more line and statement in its last function. */
async function oneChange(host: NodeHost): Promise<Map<string, Uint8Array>> {
  const { files } = await host.listC([folder]);
  const sources = files.filter((file) => file.endsWith('.c'));
  const file = sources[Math.floor(sources.length / 2)]!;
  const text = readFileSync(file, 'utf8');
  const end = text.lastIndexOf('\n}');
  return new Map([[file, new TextEncoder().encode(`${text.slice(0, end)}\n\tmsleep(1);${text.slice(end)}`)]]);
}

function parseOnce(): Promise<Measured> {
  return measure(async () => {
    const listed = (await new NodeHost().listC([folder])).files;
    const files = listed.filter((file) => file.endsWith('.c'));
    const parts = Array.from({ length: jobs }, (_, i) => files.filter((_, at) => at % jobs === i));
    const bytes = await Promise.all(parts.map(parseInThread));
    return { files: files.length, bytes: bytes.reduce((a, b) => a + b, 0) };
  });
}

function parseInThread(files: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL('parse-alone.js', import.meta.url), { workerData: files });
    worker.once('message', done);
    worker.once('error', fail);
  });
}

/** The heap as the command line's engine thread has it. */
const HEAP = ['--max-semi-space-size=64', '--max-old-space-size=12000'];

function child(kind: Kind, cache: string): Promise<Measured> {
  return new Promise((done, fail) => {
    const args = [folder, '--jobs', String(jobs), '--child', kind, '--cache', cache];
    const process = fork(fileURLToPath(import.meta.url), args, { execArgv: HEAP });
    process.once('message', (answer) => done(answer as Measured));
    process.once('error', fail);
    process.once('exit', (status) => {
      if (status !== 0) fail(new Error(`bench: ${kind} ended with ${status}`));
    });
  });
}

async function report(): Promise<void> {
  say(
    `folder ${folder}${statSync(folder).isDirectory() ? '' : ' (one file)'}, Linux ${versionAround(folder)}, ${jobs} worker threads each, ${cpus()[0]?.model ?? 'unknown processor'}`,
  );
  const all: Record<Kind, Measured[]> = { parse: [], cold: [], warm: [], changed: [] };
  let kept = 0;
  for (let round = 1; round <= rounds; round++) {
    const cache = mkdtempSync(join(tmpdir(), 'gfp-bench-'));
    try {
      for (const kind of KINDS) {
        const one = await child(kind, cache);
        all[kind].push(one);
        say(`round ${round} ${kind}: ${line(one)}`);
        // The changed run writes nothing: its cache is that of the tree as it is.
        if (kind === 'cold') kept = sizeOf(cache);
      }
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  }
  const of = (kind: Kind, pick: (m: Measured) => number): number => middle(all[kind].map(pick));
  const ratio = (a: Kind, b: Kind, pick: (m: Measured) => number): string => (of(a, pick) / of(b, pick)).toFixed(2);
  const elapsed = (m: Measured): number => m.seconds;
  const processor = (m: Measured): number => m.processor;
  say(`medians of ${rounds}:`);
  say(`cold / parse alone: ${ratio('cold', 'parse', elapsed)} in elapsed time, ${ratio('cold', 'parse', processor)} in processor time`);
  say(`cold / warm: ${ratio('cold', 'warm', elapsed)} in elapsed time, ${ratio('cold', 'warm', processor)} in processor time`);
  say(
    `one file changed / warm: ${ratio('changed', 'warm', elapsed)} in elapsed time, ${ratio('changed', 'warm', processor)} in processor time`,
  );
  say(`peak memory: ${KINDS.map((kind) => `${kind} ${of(kind, (m) => m.peak).toFixed(0)} MiB`).join(', ')}`);
  say(`cache: ${((kept / of('cold', (m) => m.bytes)) * 100).toFixed(1)}% of the source`);
  for (const kind of ['cold', 'warm', 'changed'] as const) say(`${kind} by phase (elapsed, processor s): ${phasesOf(all[kind].at(-1)!)}`);
  coccinelle(of('cold', processor));
  if (values['no-latency'] === true) return;
  const { fresh, known } = verdictLatency();
  const ms = (l: Latency): string =>
    `median ${l.median.toFixed(3)}, p95 ${l.p95.toFixed(3)}, p99 ${l.p99.toFixed(3)}, longest ${l.most.toFixed(3)} ms (${l.count} requests)`;
  say(`siteVerdict, warm, computed:  ${ms(fresh)}`);
  say(`siteVerdict, asked again:     ${ms(known)}`);
}

const phasesOf = ({ phases }: Measured): string =>
  Object.entries(phases)
    .map(([name, [seconds, used]]) => `${name} ${seconds.toFixed(1)} ${used.toFixed(1)}`)
    .join(', ');

/** Bytes of all files below a folder. */
function sizeOf(path: string): number {
  return (readdirSync(path, { recursive: true, encoding: 'utf8' }) as string[]).reduce((n, name) => {
    const info = statSync(join(path, name));
    return n + (info.isFile() ? info.size : 0);
  }, 0);
}

/** Coccinelle's shipped rule for allocations under a lock, on the same folder: processor time by the shell's own count. */
function coccinelle(ours: number): void {
  let rule = folder;
  while (!existsSync(join(rule, 'scripts/coccinelle/locks/call_kern.cocci')) && dirname(rule) !== rule) rule = dirname(rule);
  rule = join(rule, 'scripts/coccinelle/locks/call_kern.cocci');
  if (!existsSync(rule)) return say('Coccinelle: the tree around the folder has no call_kern.cocci');
  try {
    const script = 'spatch -D report --no-show-diff --very-quiet --cocci-file "$1" --dir "$2" >/dev/null 2>&1; times';
    const times = execFileSync('sh', ['-c', script, 'sh', rule, folder], { encoding: 'utf8' });
    const used = [...times.split('\n')[1]!.matchAll(/(\d+)m([\d.]+)s/g)].reduce((n, [, m, s]) => n + Number(m) * 60 + Number(s), 0);
    if (used < 0.1) return say('Coccinelle: not installed');
    say(`Coccinelle call_kern: ${used.toFixed(1)} s processor; cold / Coccinelle: ${(ours / used).toFixed(2)}`);
  } catch (error) {
    say(`Coccinelle: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
function line(m: Measured): string {
  return `${m.files} files, ${(m.bytes / 2 ** 20).toFixed(1)} MiB, ${m.seconds.toFixed(2)} s elapsed, ${m.processor.toFixed(2)} s processor, peak ${m.peak.toFixed(0)} MiB`;
}
function middle(list: number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
}

if (values.child === undefined) await report();
else process.send?.(await (values.child === 'parse' ? parseOnce() : auditOnce(values.child === 'changed', values.cache!)));
