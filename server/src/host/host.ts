/**
 * The world as the engine sees it: files, hashes, worker threads, a store. Command line, editor server and
 * web worker each bring one, so nothing below the fronts imports a Node module.
 */

/** What stands at a path, links followed. 'special' is a FIFO, socket or device: never opened. */
export type FileKind = 'file' | 'directory' | 'special' | 'missing' | 'unreadable' | 'link-loop';

export interface FileStat {
  kind: FileKind;
  /** Bytes; 0 for anything but a regular file. */
  size: number;
  /** Milliseconds since 1970; 0 for anything but a regular file. */
  mtimeMs: number;
}

/** A path left out of a listing or a file that could not be read, in words for the user. */
export interface HostProblem {
  file: string;
  message: string;
  kind: 'unreadable' | 'skipped';
}

export interface Listing {
  /** Absolute paths of .c and .h files, sorted by code unit, each once. */
  files: string[];
  problems: HostProblem[];
}

/** Thrown by readBytes: `message` is for the user and does not repeat the path. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  constructor(
    readonly file: string,
    message: string,
    readonly kind: 'unreadable' | 'skipped',
  ) {
    super(message);
  }
}

/** One file's new content. */
export interface Replacement {
  path: string;
  /** hash() of the content that the new one was made from. */
  expected: string;
  bytes: Uint8Array;
}

/** Thrown by replace: nothing was written. `message` is for the user and does not repeat the path. */
export class ReplaceError extends Error {
  override readonly name = 'ReplaceError';
  constructor(
    readonly file: string,
    message: string,
  ) {
    super(message);
  }
}

/** A running worker thread. Messages are structured clones. */
export interface HostWorker {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Called for each message the worker posts. */
  onMessage(handler: (message: unknown) => void): void;
  /** Called once when the worker throws, cannot start or ends by itself; not after terminate(). */
  onFailure(handler: (error: Error) => void): void;
  terminate(): Promise<void>;
}

/** What a worker may use; the platform's own limit where absent. */
export interface WorkerLimits {
  /** Heap of long-lived objects, MiB. */
  heapMiB?: number;
  /** Heap of objects just made, MiB: more of it lets more of them die there, where that costs least. */
  youngMiB?: number;
}

/** A store of byte strings under short keys ([a-z0-9-], a '/' between parts). Losing an entry is never an error. */
export interface Store {
  /** The entry, or null when there is none or it cannot be read. */
  read(key: string): Promise<Uint8Array | null>;
  /** The same without waiting for others; absent where the platform cannot. */
  readNow?(key: string): Uint8Array | null;
  /** Replaces the entry as a whole; a reader sees the old or the new one. False when it could not be written. */
  write(key: string, bytes: Uint8Array): Promise<boolean>;
}

export interface Host {
  /** Threads worth starting on this machine, at least 1. */
  readonly cpus: number;
  /** Absolute form of a path given by the user, with '/' separators where the platform allows. */
  resolve(path: string, from?: string): string;
  /** `file` relative to `root` with '/' separators; `file` itself when it stands outside. */
  relative(root: string, file: string): string;
  stat(path: string): Promise<FileStat>;
  /** stat() of many paths, in their order; absent where it would be no faster. */
  statMany?(paths: readonly string[]): Promise<FileStat[]>;
  /** Bytes of a regular file. Never blocks on a FIFO. @throws {ReadError} */
  readBytes(path: string): Promise<Uint8Array>;
  /**
   * C sources and headers at or under the paths: what git tracks or would track where the path is in a git tree,
   * else a walk of the folders. Linked folders are not entered; a linked file counts when its target is not under
   * the paths itself.
   */
  listC(paths: readonly string[], signal?: AbortSignal): Promise<Listing>;
  /** Hex digest of the content, at least 128 bits; the same on every host. */
  hash(bytes: Uint8Array): string;
  /**
   * Gives files new content, all of them or none: each as a whole, only where it still holds what `expected` says, mode kept, a
   * link followed. Absent where the host only reads. @throws {ReplaceError} naming the first file that could not be replaced
   */
  replace?(files: readonly Replacement[]): Promise<void>;
  /** Monotonic clock, milliseconds. For `run` only: no result may depend on it. */
  now(): number;
  /** Starts a module of this program as a worker, named by its path under server/src without extension ('index/worker'). */
  spawnWorker(module: string, limits?: WorkerLimits): HostWorker;
  openStore(folder: string): Store;
  /** Much of what was made is not held any more: memory may be given back before more of it is taken. Absent where that cannot be asked for. */
  release?(): void;
  /** Digest of this program's own code in some of its folders; absent where the host cannot tell: whole results are not kept then. */
  buildDigest?(folders: readonly string[]): string;
}
