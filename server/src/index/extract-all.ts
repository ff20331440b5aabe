/** Facts of many files, by several worker threads; the same facts in the same order for any number of them. */
import { decodeFacts, encodeFacts, SharedFacts } from '../facts/codec.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import { ReadError, type FileStat, type Host, type HostProblem } from '../host/host.js';
import { createParser } from '../syntax/parser.js';
import type { CachedFile, FactsCache, Stamp } from './facts-cache.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

export interface ExtractRequest {
  host: Host;
  /** Absolute paths and the names they go by in reports. */
  files: readonly { path: string; name: string }[];
  jobs: number;
  /** Parse every function, not only those that can matter. */
  all?: boolean;
  /** Where facts are kept between runs. */
  cache?: FactsCache;
  /** What the files are now, where somebody has looked already. */
  stats?: readonly FileStat[];
  signal?: AbortSignal;
  onProgress?(done: number, total: number, file: string): void;
}

export interface Extracted {
  facts: FileFacts[];
  problems: HostProblem[];
  /** Files whose facts came from the cache. */
  cached: number;
  /** With a cache: what was read, by name, in the order of the request. A file that could not be read is missing. */
  stamps: Map<string, Stamp>;
}

/** Below this many files a thread costs more than it brings. */
const MIN_FILES_PER_WORKER = 40;
const BATCH = 24;

/** @throws the signal's reason when aborted. */
export async function extractAll(request: ExtractRequest): Promise<Extracted> {
  const slots: (FileFacts | undefined)[] = new Array<FileFacts | undefined>(request.files.length);
  const problems: HostProblem[] = [];
  const { cache } = request;
  const stamps = new Map<string, Stamp>();
  const todo = cache ? await missing(request, cache, slots, stamps) : request.files.map((_, i) => i);
  const cached = request.files.length - todo.length;
  const keeper =
    cache &&
    new Keeper(
      cache,
      todo.map((i) => request.files[i]!.name),
    );
  const take = (i: number, facts: FileFacts, entry: CachedFile) => {
    slots[i] = facts;
    const { name } = request.files[i]!;
    if (cache) stamps.set(name, { size: entry.size, mtimeMs: entry.mtimeMs, hash: entry.hash });
    keeper?.add(name, entry);
  };
  const workers = Math.min(request.jobs, Math.floor(todo.length / MIN_FILES_PER_WORKER));
  if (workers < 2) await here(request, todo, take, problems);
  else await inThreads(request, workers, todo, take, problems);
  const out: Extracted = {
    facts: slots.filter((f) => f !== undefined),
    problems: problems.sort((a, b) => (a.file < b.file ? -1 : 1)),
    cached,
    stamps: new Map(),
  };
  request.onProgress?.(0, 0, 'cache');
  if (keeper && !(await keeper.finish())) out.problems.push(NOT_WRITTEN);
  for (const { name } of request.files) {
    const stamp = stamps.get(name);
    if (stamp) out.stamps.set(name, stamp);
  }
  return out;
}

/** Writes facts while others are still being made: each shard as soon as its last file is there, and what is written is let go. */
class Keeper {
  private readonly shards = new Map<string, { left: number; fresh: Map<string, CachedFile> }>();
  private saving: Promise<boolean> = Promise.resolve(true);

  /** @param names of the files to come */
  constructor(
    private readonly cache: FactsCache,
    names: readonly string[],
  ) {
    for (const name of names) this.shardOf(name).left++;
  }

  add(name: string, entry: CachedFile): void {
    const shard = this.shardOf(name);
    shard.fresh.set(name, entry);
    if (--shard.left === 0) this.save(shard);
  }

  /** Writes the shards of which a file never came. False when anything could not be written. */
  finish(): Promise<boolean> {
    for (const shard of this.shards.values()) this.save(shard);
    return this.saving;
  }

  private shardOf(name: string): { left: number; fresh: Map<string, CachedFile> } {
    const key = this.cache.shardOf(name);
    let shard = this.shards.get(key);
    if (!shard) this.shards.set(key, (shard = { left: 0, fresh: new Map() }));
    return shard;
  }

  private save(shard: { fresh: Map<string, CachedFile> }): void {
    const { fresh } = shard;
    if (fresh.size === 0) return;
    shard.fresh = new Map();
    this.saving = this.saving.then(async (well) => (await this.cache.save(fresh)) && well);
  }
}

const NOT_WRITTEN: HostProblem = {
  file: 'cache',
  message: 'the cache folder could not be written: the next run starts anew',
  kind: 'skipped',
};

type Take = (i: number, facts: FileFacts, entry: CachedFile) => void;

/** What every file is now. */
export async function statAll(host: Host, paths: readonly string[]): Promise<FileStat[]> {
  return host.statMany ? host.statMany(paths) : Promise.all(paths.map((path) => host.stat(path)));
}

/** Indices of the files whose facts must be made; the others' go to their slots. */
async function missing(
  request: ExtractRequest,
  cache: FactsCache,
  slots: (FileFacts | undefined)[],
  stamps: Map<string, Stamp>,
): Promise<number[]> {
  const { host, files, signal } = request;
  const stats =
    request.stats ??
    (await statAll(
      host,
      files.map((f) => f.path),
    ));
  const indexOf = new Map(files.map((f, i) => [f.name, i]));
  const shared = new SharedFacts();
  let done = 0;
  for await (const shard of cache.load(files.map((f) => f.name))) {
    signal?.throwIfAborted();
    for (const [name, entry] of shard) {
      const i = indexOf.get(name)!;
      const facts = (await cache.isCurrent(entry, files[i]!.path, stats[i]!)) ? decodeFacts(entry.text, shared) : null;
      if (!facts) continue;
      slots[i] = facts;
      stamps.set(name, { size: stats[i]!.size, mtimeMs: stats[i]!.mtimeMs, hash: entry.hash });
      done++;
    }
    request.onProgress?.(done, files.length, 'cache');
  }
  return files.flatMap((_, i) => (slots[i] ? [] : [i]));
}

async function here(request: ExtractRequest, todo: readonly number[], take: Take, problems: HostProblem[]): Promise<void> {
  const parser = await createParser();
  // A tree's graphs fill gigabytes as objects: many files' facts are held as text here too (see facts/codec.ts).
  const shared = todo.length < MIN_FILES_PER_WORKER ? undefined : new SharedFacts();
  try {
    let done = 0;
    for (const i of todo) {
      const { path, name } = request.files[i]!;
      request.signal?.throwIfAborted();
      try {
        const { size, mtimeMs } = await request.host.stat(path);
        const bytes = await request.host.readBytes(path);
        const facts = extractFile(name, bytes, parser, { all: request.all === true });
        const text = request.cache || shared ? encodeFacts(facts) : '';
        const held = shared ? decodeFacts(text, shared)! : facts;
        take(i, held, request.cache ? { size, mtimeMs, hash: request.host.hash(bytes), text } : NO_ENTRY);
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        problems.push({ file: name, message: error.message, kind: error.kind });
      }
      request.onProgress?.(++done, todo.length, name);
    }
  } finally {
    parser.dispose();
  }
}
const NO_ENTRY: CachedFile = { size: 0, mtimeMs: 0, hash: '', text: '' };

function inThreads(request: ExtractRequest, workers: number, todo: readonly number[], take: Take, problems: HostProblem[]): Promise<void> {
  const { host, files, signal } = request;
  return new Promise((resolve, reject) => {
    const threads = Array.from({ length: workers }, () => host.spawnWorker('index/worker', { youngMiB: 64 }));
    const shared = new SharedFacts();
    let next = 0;
    let done = 0;
    let failed = false;
    const stop = (then: () => void) => {
      if (failed) return;
      failed = true;
      signal?.removeEventListener('abort', abort);
      void Promise.all(threads.map((t) => t.terminate())).then(then, reject);
    };
    const abort = () => stop(() => reject(signal!.reason as Error));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) return abort();
    const give = (thread: (typeof threads)[number]) => {
      if (next >= todo.length) {
        if (done === todo.length) stop(resolve);
        return;
      }
      const batch: WorkerRequest = {
        first: next,
        files: todo.slice(next, next + BATCH).map((i) => files[i]!),
        all: request.all === true,
        keep: request.cache !== undefined,
      };
      next += batch.files.length;
      thread.post(batch);
    };
    for (const thread of threads) {
      thread.onFailure((error) => stop(() => reject(error)));
      thread.onMessage((message) => {
        const reply = message as WorkerReply;
        reply.files.forEach((file, k) => {
          const facts = file && decodeFacts(file.text, shared);
          if (file && facts) take(todo[reply.first + k]!, facts, file);
        });
        problems.push(...reply.problems);
        done += reply.files.length;
        request.onProgress?.(done, todo.length, files[todo[reply.first]!]!.name);
        give(thread);
      });
      // Two batches under way keep a thread busy while its last reply is read.
      give(thread);
      give(thread);
    }
  });
}
