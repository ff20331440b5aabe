/** An audit before a file is looked into: what is asked, of which files, by which settings, and what earlier runs may have kept of it. */
import { preemptRt } from './kconfig.js';
import { loadConfig, type Configuration } from './config.js';
import { kernelOf } from './kernel.js';
import { findRoot } from './root.js';
import { RunCache } from './run-cache.js';
import { inShard } from './shard.js';
import { statAll } from '../index/extract-all.js';
import { FactsCache, type Stamp } from '../index/facts-cache.js';
import { KeptStore } from '../index/kept/store.js';
import { InputError, type AuditOptions, type AuditResult, type Problem } from '../engine.js';
import type { TreeProfile } from '../catalog/profile.js';
import type { FileStat, Host } from '../host/host.js';

/** What makes the facts: bumped with the extractor's and the grammar's versions. */
const MAKER = 'tree-sitter-c 0.23.6';

/** Code that facts are made by, and code that results are made by. */
const FACTS_CODE = ['server/src/facts', 'server/src/syntax'];
const ALL_CODE = ['server/src', 'simulator/src'];

/** What is known before a file is looked into. */
export interface Plan {
  host: Host;
  options: AuditOptions;
  /** Host.now() when the run began. */
  started: number;
  paths: string[];
  base: string;
  files: { path: string; name: string }[];
  /** Names of the files that are reported on. */
  wanted: ReadonlySet<string>;
  /** Files that the request names, all shards of it together. */
  asked: number;
  config: Configuration;
  tree: TreeProfile;
  rt: boolean;
  problems: Problem[];
  cache: Caches | undefined;
}

/** What is kept of a tree between runs, and what its files are now. */
export interface Caches {
  facts: FactsCache;
  linked: KeptStore<TreeStats> | undefined;
  runs: RunCache | undefined;
  stats: FileStat[];
  /** What is the same as in the last run; null where too much is not; undefined before it was looked up. */
  since: Since | null | undefined;
}

/** The files as the last run read them, and the few that have another content now. */
export interface Since {
  stamps: Map<string, Stamp>;
  changed: { path: string; name: string }[];
}

/** What is counted of a tree as a whole. */
export type TreeStats = Omit<AuditResult['stats'], 'reported' | 'sites'>;

/** @throws {InputError} when there is nothing to audit, or a setting is wrong */
export async function prepare(host: Host, options: AuditOptions): Promise<Plan> {
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
  let found = listing.files;
  if (root && !paths.includes(root)) {
    const whole = await host.listC([root], options.signal);
    const inside = new Set(whole.files);
    found = [...whole.files, ...listing.files.filter((f) => !inside.has(f))].sort();
  }
  const files = found.map((path) => ({ path, name: host.relative(base, path) }));
  const tree = await kernelOf(host, root, options.kernel, config.file.kernel);
  const rt = options.rt ?? config.file.rt ?? (root !== null && (await preemptRt(host, root, problems)));
  const plan: Plan = {
    host,
    options,
    started,
    paths,
    base,
    files,
    asked: listing.files.length,
    wanted,
    config,
    tree,
    rt,
    problems,
    cache: undefined,
  };
  if (options.cacheDir !== null) {
    const maker = `${MAKER} ${host.buildDigest?.(FACTS_CODE) ?? ''}`;
    const facts = new FactsCache(host, options.cacheDir, base, maker);
    plan.cache = {
      facts,
      linked: host.buildDigest ? new KeptStore(host, options.cacheDir, base, linkSettingsOf(plan), facts) : undefined,
      runs: host.buildDigest ? new RunCache(host, options.cacheDir, base, settingsOf(plan)) : undefined,
      stats: await statAll(host, found),
      since: undefined,
    };
  }
  return plan;
}

/** Everything but the C files that decides a result, as one text. */
function settingsOf({ host, options, paths, base, wanted, config, tree, rt, problems }: Plan): string {
  // Whatever option is added counts, unless it is known to change nothing.
  const {
    paths: _paths,
    root: _root,
    jobs: _jobs,
    cacheDir: _dir,
    configFile: _file,
    onProgress: _tell,
    signal: _signal,
    ...asked
  } = options;
  const names = host.hash(new TextEncoder().encode([...wanted].join('\n')));
  const profile = { ...tree, gfp: undefined, positions: [...(tree.positions ?? [])] };
  return JSON.stringify([MAKER, host.buildDigest?.(ALL_CODE), base, names, { ...asked, paths }, config.file, profile, rt, problems]);
}

/** The same for what linking finds, which no rule and no confidence changes. */
function linkSettingsOf({ host, base, config, tree }: Plan): string {
  const profile = { ...tree, gfp: undefined, mismatches: undefined, positions: [...(tree.positions ?? [])] };
  return JSON.stringify([MAKER, host.buildDigest?.(ALL_CODE), base, config.file, profile]);
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
