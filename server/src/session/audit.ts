/** An audit from request to result: list, extract, link, check, report. */
import { preemptRt } from './kconfig.js';
import { loadConfig } from './config.js';
import { kernelOf } from './kernel.js';
import { findRoot } from './root.js';
import { checkProgram, compare } from './check.js';
import { inShard } from './shard.js';
import { createCatalogue } from '../catalog/lookup.js';
import { extractAll } from '../index/extract-all.js';
import { FactsCache } from '../index/facts-cache.js';
import { Program } from '../index/program.js';
import { Tree } from '../index/tree.js';
import { InputError, type AuditOptions, type AuditResult, type Problem } from '../engine.js';
import type { FileFacts } from '../facts/model.js';
import type { KernelProfile } from '../catalog/model.js';
import type { Severity } from '../rules/model.js';
import type { Host } from '../host/host.js';

export { checkProgram, type CheckOptions } from './check.js';

/** What makes the facts: bumped with the extractor's and the grammar's versions. */
const MAKER = 'tree-sitter-c 0.23.6';

/**
 * Audits files and folders of kernel C.
 * @throws {InputError} when the request cannot be answered; the abort signal's reason when it was aborted.
 */
export async function audit(host: Host, options: AuditOptions): Promise<AuditResult> {
  return (await auditTree(host, options)).result;
}

/** A finished audit with the linked tree that it was made from, for what comes after: fixes. */
export interface AuditedTree {
  result: AuditResult;
  program: Program;
  profile: KernelProfile;
  rt: boolean;
  severities: Record<string, Severity>;
}

/** Like audit(). */
export async function auditTree(host: Host, options: AuditOptions): Promise<AuditedTree> {
  const started = host.now();
  const paths = options.paths.map((p) => host.resolve(p));
  const first = await firstPresent(host, paths);
  const root = options.root ? host.resolve(options.root) : await findRoot(host, first);
  const base = root ?? (await folderOf(host, first));
  const config = await loadConfig(host, base, options.configFile);
  options.onProgress?.({ phase: 'list', done: 0, total: 0 });
  const listing = await host.listC(paths, options.signal);
  const problems: Problem[] = listing.problems.map((p) => ({ ...p, file: host.relative(base, p.file) }));
  if (listing.files.length === 0 && problems.length === 0) throw new InputError(`no C files (.c, .h) in ${options.paths.join(', ')}`);
  const { shard } = options;
  const wanted = new Set(
    listing.files.map((f) => host.relative(base, f)).filter((f) => !config.excluded(f) && (!shard || inShard(f, shard))),
  );
  let files = listing.files;
  if (root && !paths.includes(root)) {
    const whole = await host.listC([root], options.signal);
    const inside = new Set(whole.files);
    files = [...whole.files, ...listing.files.filter((f) => !inside.has(f))].sort();
  }
  const extracted = await extractAll({
    host,
    jobs: options.jobs,
    ...(options.cacheDir === null ? {} : { cache: new FactsCache(host, options.cacheDir, base, MAKER) }),
    files: files.map((path) => ({ path, name: host.relative(base, path) })),
    ...(options.signal ? { signal: options.signal } : {}),
    onProgress: (done, total, file) => options.onProgress?.({ phase: 'read', done, total, file }),
  });
  problems.push(...extracted.problems);
  const tree = await kernelOf(host, root, options.kernel, config.file.kernel);
  const rt = options.rt ?? config.file.rt ?? (root !== null && (await preemptRt(host, root, problems)));
  const program = new Program(new Tree(extracted.facts), createCatalogue(tree.kernel, tree.gfp, config.user, tree.positions));
  program.link((phase, done, total) => options.onProgress?.({ phase, done, total }));
  const profile = tree.kernel;
  const severities = { ...config.file.rules, ...options.rules };
  const { findings, echoes, records, sites } = checkProgram(
    program,
    profile,
    { rt, rules: severities, minConfidence: options.minConfidence, ...(options.want && { want: options.want }) },
    (f) => wanted.has(f),
    (done, total) => options.onProgress?.({ phase: 'check', done, total }),
  );
  const result: AuditResult = {
    root: base,
    kernel: {
      version: profile.version,
      profile: profile.id,
      from: tree.from,
      mismatches: profile.note ? [profile.note, ...tree.mismatches] : tree.mismatches,
    },
    run: { seconds: (host.now() - started) / 1000, cached: extracted.cached, jobs: options.jobs },
    stats: statsOf(extracted.facts, sites),
    findings,
    ...records,
    problems,
    ...(shard && { shard: { ...shard, options: shardOptions(host, base, paths, options, rt) }, echoes }),
  };
  return { result, program, profile, rt, severities };
}

/** What decides the findings beside the tree: shards that differ in it are no parts of one whole. */
function shardOptions(host: Host, base: string, paths: readonly string[], options: AuditOptions, rt: boolean): Record<string, unknown> {
  return { paths: paths.map((p) => host.relative(base, p)).sort(compare), minConfidence: options.minConfidence, rules: options.rules, rt };
}

function statsOf(facts: readonly FileFacts[], sites: number): AuditResult['stats'] {
  const sum = (pick: (f: FileFacts) => number) => facts.reduce((n, f) => n + pick(f), 0);
  return {
    files: facts.length,
    bytes: sum((f) => f.bytes),
    functions: sum((f) => f.parse.functions),
    functionsParsed: sum((f) => f.parse.parsed),
    functionsWithErrors: sum((f) => f.parse.damaged),
    sites,
  };
}

/** The first path that is there: a missing one beside it must not decide what the paths are relative to. */
async function firstPresent(host: Host, paths: readonly string[]): Promise<string> {
  for (const path of paths) if (['file', 'directory'].includes((await host.stat(path)).kind)) return path;
  return host.resolve('.');
}

async function folderOf(host: Host, path: string): Promise<string> {
  const at = host.resolve(path);
  return (await host.stat(at)).kind === 'file' ? host.resolve('..', at) : at;
}
