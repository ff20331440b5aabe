/**
 * `npm run bench [-- FOLDER] [--jobs N] [--rounds N]`: a cold audit of a folder against native tree-sitter alone over the
 * same files, in turns and each in a process of its own, and the latency of the allocator model. Without FOLDER it takes
 * fs/ of the newest tree in GFP_AUDIT_KERNELS, or else the bundled sample. Reports ratios: nothing here passes or fails.
 */
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { audit } from '../../server/src/engine.js';
import { NodeHost } from '../../server/src/host/node.js';
import { verdictLatency, type Latency } from './latency.js';

interface Measured {
  seconds: number;
  /** Processor time of all threads, seconds. */
  processor: number;
  /** Peak resident set, MiB. */
  peak: number;
  files: number;
  bytes: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string' }, rounds: { type: 'string' }, child: { type: 'string' } },
});
const folder = resolve(positionals[0] ?? defaultFolder());
const jobs = Number(values.jobs ?? Math.min(2, availableParallelism()));
const rounds = Number(values.rounds ?? 3);
if (!existsSync(folder) || ![jobs, rounds].every((n) => Number.isInteger(n) && n > 0))
  throw new Error(`bench: ${existsSync(folder) ? '--jobs and --rounds take a whole number above 0' : `no folder ${folder}`}`);

if (values.child === undefined) await report();
else process.send?.(await (values.child === 'audit' ? auditOnce() : parseOnce()));

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

async function measure(run: () => Promise<{ files: number; bytes: number }>): Promise<Measured> {
  const start = performance.now();
  const before = process.cpuUsage();
  const { files, bytes } = await run();
  const used = process.cpuUsage(before);
  return {
    seconds: (performance.now() - start) / 1000,
    processor: (used.user + used.system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
    files,
    bytes,
  };
}

/** The folder as a tree of its own, so that both sides read the same files; no cache. */
function auditOnce(): Promise<Measured> {
  return measure(async () => {
    const options = {
      paths: [folder],
      root: folder,
      kernel: versionAround(folder),
      jobs,
      cacheDir: null,
      minConfidence: 'likely' as const,
      rules: {},
    };
    const { stats } = await audit(new NodeHost(), options);
    return { files: stats.files, bytes: stats.bytes };
  });
}

function parseOnce(): Promise<Measured> {
  return measure(async () => {
    const { files } = await new NodeHost().listC([folder]);
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

function child(kind: 'audit' | 'parse'): Promise<Measured> {
  return new Promise((done, fail) => {
    const process = fork(fileURLToPath(import.meta.url), [folder, '--jobs', String(jobs), '--child', kind]);
    process.once('message', (answer) => done(answer as Measured));
    process.once('error', fail);
    process.once('exit', (status) => {
      if (status !== 0) fail(new Error(`bench: ${kind} ended with ${status}`));
    });
  });
}

async function report(): Promise<void> {
  const { fresh, known } = verdictLatency();
  const ms = (l: Latency): string =>
    `median ${l.median.toFixed(3)}, p95 ${l.p95.toFixed(3)}, p99 ${l.p99.toFixed(3)}, longest ${l.most.toFixed(3)} ms (${l.count} requests)`;
  say(`siteVerdict, warm, computed:  ${ms(fresh)}`);
  say(`siteVerdict, asked again:     ${ms(known)}`);
  say(
    `folder ${folder}${statSync(folder).isDirectory() ? '' : ' (one file)'}, Linux ${versionAround(folder)}, ${jobs} worker threads each, ${cpus()[0]?.model ?? 'unknown processor'}`,
  );
  const audits: Measured[] = [];
  const parses: Measured[] = [];
  for (let round = 1; round <= rounds; round++) {
    // In turns, so that both meet the same noise of the machine.
    const order = round % 2 === 1 ? (['parse', 'audit'] as const) : (['audit', 'parse'] as const);
    for (const kind of order) {
      const one = await child(kind);
      (kind === 'audit' ? audits : parses).push(one);
      say(`round ${round} ${kind}: ${line(one)}`);
    }
  }
  const ratio = (pick: (m: Measured) => number): string => (middle(audits.map(pick)) / middle(parses.map(pick))).toFixed(2);
  say(
    `audit / parse alone, medians: ${ratio((m) => m.seconds)} in elapsed time, ${ratio((m) => m.processor)} in processor time, ${ratio((m) => m.peak)} in peak memory`,
  );
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
