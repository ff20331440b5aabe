/** An audit from request to result: list, extract, link, check, report. */
import { preemptRt } from './kconfig.js';
import { loadConfig, type Configuration } from './config.js';
import { kernelOf } from './kernel.js';
import { findRoot } from './root.js';
import { RunCache } from './run-cache.js';
import { checkProgram, compare } from './check.js';
import { mendedAll, withMender } from './mended.js';
import { inShard } from './shard.js';
import { exactRevision, onlyBodies } from './only-bodies.js';
import { renewed } from './renew.js';
import { createCatalogue } from '../catalog/lookup.js';
import { extractAll, statAll } from '../index/extract-all.js';
import { FactsCache, type Stamp } from '../index/facts-cache.js';
import { Moves } from '../index/kept/moves.js';
import { KeptProgram } from '../index/kept/program.js';
import { KeptStore, type KeptSource } from '../index/kept/store.js';
import { KeptLost } from '../index/kept/tree.js';
import { Program } from '../index/program.js';
import type { Revision } from '../index/revision.js';
import { Tree } from '../index/tree.js';
import { InputError, type AuditOptions, type AuditResult, type Problem } from '../engine.js';
import type { FileFacts } from '../facts/model.js';
import type { Finding } from '../rules/model.js';
import type { KernelProfile } from '../catalog/model.js';
import type { TreeProfile } from '../catalog/profile.js';
import type { Severity } from '../rules/model.js';
import { ReadError, type FileStat, type Host } from '../host/host.js';
import { extractFile } from '../facts/extract.js';
import { createParser } from '../syntax/parser.js';

export { checkProgram, type CheckOptions } from './check.js';

/** What makes the facts: bumped with the extractor's and the grammar's versions. */
const MAKER = 'tree-sitter-c 0.23.6';

/** Code that facts are made by, and code that results are made by. */
const FACTS_CODE = ['server/src/facts', 'server/src/syntax'];
const ALL_CODE = ['server/src', 'simulator/src'];

/**
 * Audits files and folders of kernel C. Where nothing has changed since an audit with the same options, that one's result is given.
 * @throws {InputError} when the request cannot be answered; the abort signal's reason when it was aborted.
 */
export async function audit(host: Host, options: AuditOptions): Promise<AuditResult> {
  const plan = await prepare(host, options);
  const known = await kept(plan);
  if (known) return { ...known, run: { seconds: (host.now() - plan.started) / 1000, cached: known.stats.files, jobs: options.jobs } };
  return (await perform(plan)).result;
}

/** A finished audit with the linked tree that it was made from, for what comes after: fixes. */
export interface AuditedTree {
  result: AuditResult;
  /** Findings that `result` leaves out because another one says them. */
  echoes: Finding[];
  program: Program;
  profile: KernelProfile;
  rt: boolean;
  severities: Record<string, Severity>;
}

/** Like audit(), but always from the facts. */
export async function auditTree(host: Host, options: AuditOptions): Promise<AuditedTree> {
  return perform(await prepare(host, options));
}

/** What is known before a file is looked into. */
interface Plan {
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
interface Caches {
  facts: FactsCache;
  linked: KeptStore<TreeStats> | undefined;
  runs: RunCache | undefined;
  stats: FileStat[];
  /** What is the same as in the last run; null where too much is not; undefined before it was looked up. */
  since: Since | null | undefined;
}

/** The files as the last run read them, and the few that have another content now. */
interface Since {
  stamps: Map<string, Stamp>;
  changed: { path: string; name: string }[];
}

/** Files beyond these are another branch: they are linked anew. */
const MAX_CHANGED = 64;

type TreeStats = Omit<AuditResult['stats'], 'reported' | 'sites'>;

async function prepare(host: Host, options: AuditOptions): Promise<Plan> {
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

/** A fix is tried by auditing what it reaches, a second or so each: on more files than these only --fix and --fix-dry-run ask for them. */
const FILES_MENDED = 3000;

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

/** Compares the files with what the last run read; null where files came or went, or many have changed. */
async function sinceLast({ files, cache, options }: Plan): Promise<Since | null> {
  if (!cache) return null;
  if (cache.since !== undefined) return cache.since;
  options.onProgress?.({ phase: 'cache', done: 0, total: files.length });
  cache.since = null;
  const stamps = await cache.facts.stamps();
  const changed: Since['changed'] = [];
  if (stamps.size !== files.length) return null;
  for (const [i, file] of files.entries()) {
    const stamp = stamps.get(file.name);
    if (!stamp || cache.stats[i]!.kind !== 'file') return null;
    if (!(await cache.facts.isCurrent(stamp, file.path, cache.stats[i]!)) && changed.push(file) > MAX_CHANGED) return null;
  }
  options.signal?.throwIfAborted();
  return (cache.since = { stamps, changed });
}

/** The result of an earlier run over the very same files with the very same settings. */
async function kept(plan: Plan): Promise<Omit<AuditResult, 'run'> | null> {
  const { cache, options } = plan;
  if (!cache?.runs) return null;
  const since = await sinceLast(plan);
  const found = since && since.changed.length === 0 ? await cache.runs.load(cache.facts.digest(since.stamps)) : null;
  if (!found || options.shard) return found;
  const { echoes: _echoes, ...result } = found;
  return result;
}

interface LinkedFiles {
  program: Program;
  stats: TreeStats;
  /** Files that were not read again. */
  cached: number;
  /** What was read; absent for what an earlier run linked. */
  stamps?: Map<string, Stamp>;
  problems: readonly Problem[];
  /** The tree as an earlier run linked it, where a few files have changed since. */
  before?: { program: Program; since: Since };
}

/** The tree as an earlier run linked it, a few files changed; null where none did or what has changed takes linking anew. */
async function linkedBefore(plan: Plan): Promise<LinkedFiles | null> {
  const { cache, tree, config, files } = plan;
  const since = cache?.linked && (await sinceLast(plan));
  const source = since && (await cache!.linked!.open(cache!.facts.digest(since.stamps)));
  if (!source) return null;
  const cat = createCatalogue(tree.kernel, tree.gfp, config.user, tree.positions);
  if (since.changed.length === 0) return { program: new KeptProgram(source, cat), stats: source.stats, cached: files.length, problems: [] };
  const pairs = await changedFacts(plan, since, source);
  if (!pairs?.every(([was, is]) => onlyBodies(was, is))) return null;
  source.move(new Moves(pairs));
  const program = new KeptProgram(source, cat);
  const revision = exactRevision(
    program,
    pairs.map(([, is]) => is),
  );
  if (!revision) return null;
  const [was, is] = [statsOf(pairs.map(([facts]) => facts)), statsOf(pairs.map(([, facts]) => facts))];
  const stats = Object.fromEntries(
    Object.entries(source.stats).map(([key, n]) => [key, n - was[key as keyof TreeStats] + is[key as keyof TreeStats]]),
  );
  return {
    program: revision,
    stats: { ...(stats as unknown as TreeStats), files: source.stats.files },
    cached: files.length - pairs.length,
    problems: [],
    before: { program, since },
  };
}

/** The changed files' facts, as they were linked and as they are; null where one cannot be read. */
async function changedFacts(
  { host }: Plan,
  { changed, stamps }: Since,
  source: KeptSource<TreeStats>,
): Promise<[FileFacts, FileFacts][] | null> {
  const parser = await createParser();
  try {
    const numbers = new Map([...stamps.keys()].map((name, i) => [name, i]));
    const pairs: [FileFacts, FileFacts][] = [];
    for (const { path, name } of changed)
      pairs.push([source.facts(numbers.get(name)!), extractFile(name, await host.readBytes(path), parser)]);
    return pairs;
  } catch (error) {
    if (error instanceof KeptLost || error instanceof ReadError) return null;
    throw error;
  } finally {
    parser.dispose();
  }
}

async function linkNow({ host, options, files, wanted, config, tree, cache }: Plan): Promise<LinkedFiles> {
  // A part of a tree is judged by its callers and callees: the first time everything is read, and it should be seen why.
  const reading = files.length > wanted.size && !options.shard ? 'read whole tree' : 'read';
  const extracted = await extractAll({
    host,
    jobs: options.jobs,
    ...(cache ? { cache: cache.facts, stats: cache.stats } : {}),
    files,
    ...(options.signal ? { signal: options.signal } : {}),
    onProgress: (done, total, file) => options.onProgress?.({ phase: reading, done, total, file }),
  });
  const program = new Program(new Tree(extracted.facts), createCatalogue(tree.kernel, tree.gfp, config.user, tree.positions));
  program.link((phase, done, total) => options.onProgress?.({ phase, done, total }));
  return { program, stats: statsOf(extracted.facts), cached: extracted.cached, stamps: extracted.stamps, problems: extracted.problems };
}

async function perform(plan: Plan): Promise<AuditedTree> {
  let before: LinkedFiles | null = null;
  try {
    before = await linkedBefore(plan);
    if (before) return (await renewedResult(plan, before)) ?? (await judge(plan, before));
  } catch (error) {
    // Another run has written over what this one was reading.
    if (!(error instanceof KeptLost)) throw error;
  }
  return judge(plan, await linkNow(plan));
}

/** Findings and inventory of a linked tree; what may serve the next run is kept. */
async function judge(plan: Plan, linked: LinkedFiles): Promise<AuditedTree> {
  const { host, options, paths, base, asked, wanted, files, config, tree, rt, cache, started } = plan;
  const { shard } = options;
  const { program } = linked;
  const problems = [...plan.problems, ...linked.problems];
  const profile = tree.kernel;
  const severities = { ...config.file.rules, ...options.rules };
  const { findings, echoes, records, sites } = checkProgram(
    program,
    profile,
    { rt, rules: severities, minConfidence: options.minConfidence, ...(options.want && { want: options.want }) },
    options.linkOnly === true ? [] : files.map(({ name }) => name).filter((name) => wanted.has(name)),
    (done, total) => options.onProgress?.({ phase: 'check', done, total }),
  );
  // Decided by the request alone, so that every shard decides alike.
  const worthMending = (f: Finding): boolean => asked === 1 || f.confidence !== 'possible';
  const mended =
    options.fixes && asked <= FILES_MENDED
      ? await withMender(host, { program, profile, rt, severities, base }, async (mender) => ({
          findings: await mendedAll(mender, findings, options, worthMending),
          echoes: shard ? await mendedAll(mender, echoes, options, worthMending) : echoes,
        }))
      : { findings, echoes };
  const result: AuditResult = {
    root: base,
    kernel: {
      version: profile.version,
      profile: profile.id,
      from: tree.from,
      mismatches: profile.note ? [profile.note, ...tree.mismatches] : tree.mismatches,
    },
    run: { seconds: (host.now() - started) / 1000, cached: linked.cached, jobs: options.jobs },
    stats: { ...linked.stats, reported: plan.wanted.size, sites },
    findings: mended.findings,
    ...records,
    problems,
    ...(shard && { shard: { ...shard, options: shardOptions(host, base, paths, options, rt) }, echoes: mended.echoes }),
  };
  // What could not be read may be read the next time: such a run is not kept.
  if (cache?.runs && linked.problems.length === 0) {
    options.onProgress?.({ phase: 'keep', done: 0, total: 0 });
    const { stamps } = linked;
    if (stamps) {
      await cache.facts.saveStamps(stamps);
      // A shard of a run links what every other shard links: none of them is the one to write it.
      if (!shard) await cache.linked?.save(program, stamps, linked.stats);
    }
    const now = stamps ?? (cache.since?.changed.length === 0 ? cache.since.stamps : undefined);
    if (now) await cache.runs.save(cache.facts.digest(now), { ...result, echoes: mended.echoes });
  }
  return { result, echoes, program, profile, rt, severities };
}

/** The result of a tree of which a few files have changed, from the result before; null where that is not kept. */
async function renewedResult(plan: Plan, { program, before, stats, cached }: LinkedFiles): Promise<AuditedTree | null> {
  const { host, options, wanted, asked, files, config, tree, rt, cache, started } = plan;
  if (!before || !cache?.runs || options.shard || options.linkOnly || (options.fixes && asked <= FILES_MENDED)) return null;
  const old = await cache.runs.load(cache.facts.digest(before.since.stamps));
  if (!old?.echoes) return null;
  const severities = { ...config.file.rules, ...options.rules };
  const { echoes, findings, records, sites } = renewed({
    old: { ...old, echoes: old.echoes },
    sites: old.stats.sites,
    before: before.program,
    revision: program as Revision,
    changed: new Set(before.since.changed.map(({ name }) => name)),
    files: files.map(({ name }) => name).filter((name) => wanted.has(name)),
    judge: { profile: tree.kernel, gfp: program.cat.gfp, reclaimTakes: (lockClass) => program.reclaimTakes(lockClass) },
    options: { rt, rules: severities, minConfidence: options.minConfidence, ...(options.want && { want: options.want }) },
  });
  const result: AuditResult = {
    root: old.root,
    kernel: old.kernel,
    run: { seconds: (host.now() - started) / 1000, cached, jobs: options.jobs },
    stats: { ...stats, reported: wanted.size, sites },
    findings,
    ...records,
    problems: old.problems,
  };
  return { result, echoes, program, profile: tree.kernel, rt, severities };
}

/** What decides the findings beside the tree: shards that differ in it are no parts of one whole. */
function shardOptions(host: Host, base: string, paths: readonly string[], options: AuditOptions, rt: boolean): Record<string, unknown> {
  return { paths: paths.map((p) => host.relative(base, p)).sort(compare), minConfidence: options.minConfidence, rules: options.rules, rt };
}

function statsOf(facts: readonly FileFacts[]): TreeStats {
  const sum = (pick: (f: FileFacts) => number) => facts.reduce((n, f) => n + pick(f), 0);
  return {
    files: facts.length,
    bytes: sum((f) => f.bytes),
    functions: sum((f) => f.parse.functions),
    functionsParsed: sum((f) => f.parse.parsed),
    functionsWithErrors: sum((f) => f.parse.damaged),
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
