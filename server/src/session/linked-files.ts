/** From files to a linked tree: as an earlier run kept it, with the few files that have changed since taken in, or from the facts. */
import type { Plan, Since, TreeStats } from './prepare.js';
import { exactRevision, onlyBodies } from './only-bodies.js';
import { createCatalogue } from '../catalog/lookup.js';
import type { Problem } from '../engine.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import { ReadError } from '../host/host.js';
import { extractAll } from '../index/extract-all.js';
import type { Stamp } from '../index/facts-cache.js';
import { Moves } from '../index/kept/moves.js';
import { KeptProgram } from '../index/kept/program.js';
import type { KeptSource } from '../index/kept/store.js';
import { KeptLost } from '../index/kept/tree.js';
import { Program } from '../index/program.js';
import type { Revision } from '../index/revision.js';
import { Tree } from '../index/tree.js';
import { createParser } from '../syntax/parser.js';

/** Files beyond these are another branch: they are linked anew. */
const MAX_CHANGED = 64;

/** Compares the files with what the last run read; null where files came or went, or many have changed. */
export async function sinceLast({ files, cache, options }: Plan): Promise<Since | null> {
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

export interface LinkedFiles {
  program: Program;
  stats: TreeStats;
  /** Files that were not read again. */
  cached: number;
  /** What was read; absent for what an earlier run linked. */
  stamps?: Map<string, Stamp>;
  problems: readonly Problem[];
  /** The tree as an earlier run linked it, where a few files have changed since. */
  before?: { program: Program; revision: Revision; since: Since; moves: Moves };
}

/** The tree as an earlier run linked it, a few files changed; null where none did or what has changed takes linking anew. */
export async function linkedBefore(plan: Plan): Promise<LinkedFiles | null> {
  const { cache, tree, config, files } = plan;
  const since = cache?.linked && (await sinceLast(plan));
  const source = since && (await cache!.linked!.open(cache!.facts.digest(since.stamps)));
  if (!source) return null;
  const cat = createCatalogue(tree.kernel, tree.gfp, config.user, tree.positions);
  if (since.changed.length === 0) return { program: new KeptProgram(source, cat), stats: source.stats, cached: files.length, problems: [] };
  const pairs = await changedFacts(plan, since, source);
  if (!pairs?.every(([was, is]) => onlyBodies(was, is))) return null;
  const moves = new Moves(pairs);
  source.move(moves);
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
    before: { program, revision, since, moves },
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

export async function linkNow({ host, options, files, wanted, config, tree, cache }: Plan): Promise<LinkedFiles> {
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
