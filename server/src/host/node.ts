/** The host of the command line and of the desktop language server. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  ReadError,
  type FileStat,
  type Host,
  type HostWorker,
  type Listing,
  type Replacement,
  type Store,
  type WorkerLimits,
} from './host.js';
import { buildDigest } from './node-build.js';
import { explainError, listCFiles } from './node-list.js';
import { replaceFiles } from './node-replace.js';
import { FolderStore } from './node-store.js';

/** Larger files are no source code: the largest header of 6.12 has 23 MB (register tables). */
const maxFileBytes = 64 << 20;

export class NodeHost implements Host {
  readonly cpus = availableParallelism();

  /** @param cwd what relative paths start from. */
  constructor(private readonly cwd: string = process.cwd()) {}

  resolve(path: string, from: string = this.cwd): string {
    return resolve(this.cwd, from, path);
  }

  relative(root: string, file: string): string {
    const path = relative(root, file);
    if (path === '') return '.';
    return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? file : path.split(sep).join('/');
  }

  async stat(path: string): Promise<FileStat> {
    try {
      const info = await stat(path);
      if (info.isFile()) return { kind: 'file', size: info.size, mtimeMs: info.mtimeMs };
      return { kind: info.isDirectory() ? 'directory' : 'special', size: 0, mtimeMs: 0 };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code === 'ELOOP' ? 'link-loop' : 'unreadable';
      return { kind, size: 0, mtimeMs: 0 };
    }
  }

  async statMany(paths: readonly string[]): Promise<FileStat[]> {
    const out: FileStat[] = [];
    for (const [i, path] of paths.entries()) {
      // A call for each file costs a tenth of a promise for each; others have their turn in between.
      if (i % STATS_AT_A_TIME === STATS_AT_A_TIME - 1) await new Promise((next) => setImmediate(next));
      out.push(plainStat(path) ?? (await this.stat(path)));
    }
    return out;
  }

  async readBytes(path: string): Promise<Uint8Array> {
    await new Promise((next) => setImmediate(next));
    return this.readNow(path).bytes;
  }

  /**
   * The content of a regular file with its size in bytes and its time, at once: for a thread that has nothing else to do. Seven promises a file,
   * one for each call, would take the time of parsing it. @throws ReadError
   */
  readNow(path: string): ReadFile {
    // A second try, for a file that an editor or a checkout is just writing.
    const read = readUnchanged(path) ?? readUnchanged(path);
    if (!read) throw new ReadError(path, 'changed while it was read, twice', 'unreadable');
    return read;
  }

  listC(paths: readonly string[], signal?: AbortSignal): Promise<Listing> {
    return listCFiles(paths, signal);
  }

  hash(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('hex').slice(0, 40);
  }

  replace(files: readonly Replacement[]): Promise<void> {
    return replaceFiles(files, (bytes) => this.hash(bytes));
  }

  now(): number {
    return performance.now();
  }

  spawnWorker(module: string, limits: WorkerLimits = {}): HostWorker {
    return new ThreadWorker(workerUrl(module), limits);
  }

  release(): void {
    globalThis.gc?.();
  }

  buildDigest(folders: readonly string[]): string {
    return buildDigest(folders);
  }

  openStore(folder: string): Store {
    return new FolderStore(folder);
  }
}

const STATS_AT_A_TIME = 512;

/** Of a regular file; anything else is looked at with more care. */
function plainStat(path: string): FileStat | undefined {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    return info?.isFile() ? { kind: 'file', size: info.size, mtimeMs: info.mtimeMs } : undefined;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

/** A file as it was read. */
export interface ReadFile {
  bytes: Uint8Array;
  size: number;
  mtimeMs: number;
}

/** Content of a regular file, null when it changed meanwhile. O_NONBLOCK keeps a FIFO put in its place from blocking us. */
function readUnchanged(path: string): ReadFile | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new ReadError(path, explainError(error), 'unreadable');
  }
  try {
    const before = fstatSync(file);
    if (!before.isFile()) throw new ReadError(path, 'not a regular file: not read', 'skipped');
    if (before.size > maxFileBytes) throw new ReadError(path, `larger than ${maxFileBytes >> 20} MiB: not read`, 'skipped');
    const bytes = readFileSync(file);
    const { size, mtimeMs } = fstatSync(file);
    return mtimeMs === before.mtimeMs && size === before.size && bytes.length === size ? { bytes, size, mtimeMs } : null;
  } catch (error) {
    if (error instanceof ReadError) throw error;
    throw new ReadError(path, explainError(error), 'unreadable');
  } finally {
    closeSync(file);
  }
}

/**
 * Where a worker's module is. Run from source (tests under tsx, whose hooks worker threads of Node 20 do not inherit),
 * a line of JavaScript installs the hooks before it loads the source.
 */
function workerUrl(module: string): URL {
  const source = import.meta.url.endsWith('.ts');
  // A bundle's workers are bundles beside it.
  if (import.meta.url.endsWith('.cjs')) return new URL(`${module.replaceAll('/', '-')}.cjs`, import.meta.url);
  const url = new URL(`../${module}${source ? '.ts' : '.js'}`, import.meta.url);
  if (!source) return url;
  const hooks = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import { register } from ${hooks}; register(); await import(${JSON.stringify(url.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

class ThreadWorker implements HostWorker {
  private readonly thread: Worker;
  private stopped = false;

  constructor(url: URL, { heapMiB, youngMiB }: WorkerLimits) {
    const resourceLimits = {
      ...(heapMiB === undefined ? {} : { maxOldGenerationSizeMb: heapMiB }),
      ...(youngMiB === undefined ? {} : { maxYoungGenerationSizeMb: youngMiB }),
    };
    this.thread = new Worker(url, { execArgv: [], resourceLimits });
  }

  post(message: unknown, transfer: readonly ArrayBuffer[] = []): void {
    this.thread.postMessage(message, [...transfer]);
  }

  onMessage(handler: (message: unknown) => void): void {
    this.thread.on('message', handler);
  }

  onFailure(handler: (error: Error) => void): void {
    let told = false;
    const tell = (error: Error): void => {
      if (!told && !this.stopped) handler(error);
      told = true;
    };
    this.thread.on('error', tell);
    this.thread.on('messageerror', tell);
    this.thread.on('exit', (code) => tell(new Error(`a worker thread ended by itself (code ${code})`)));
  }

  async terminate(): Promise<void> {
    this.stopped = true;
    await this.thread.terminate();
  }
}
