/**
 * A host in which a few files hold other bytes than on disk, so that a tree can be audited as it was or as it would be.
 * Nothing is written.
 */
import { ReadError, type FileStat, type Host, type HostWorker, type Listing, type Store, type WorkerLimits } from './host.js';

/** Contents by absolute path; null where there is no file. */
export type Overlay = ReadonlyMap<string, Uint8Array | null>;

export class OverlayHost implements Host {
  readonly cpus: number;
  private readonly stores = new Map<string, Store>();

  constructor(
    private readonly base: Host,
    private readonly overlay: Overlay,
    /** Keep what is stored in memory, and look into no store below. */
    private readonly alone = false,
  ) {
    this.cpus = base.cpus;
  }

  resolve(path: string, from?: string): string {
    return this.base.resolve(path, from);
  }

  relative(root: string, file: string): string {
    return this.base.relative(root, file);
  }

  async stat(path: string): Promise<FileStat> {
    const bytes = this.overlay.get(path);
    if (bytes === undefined) return this.base.stat(path);
    if (bytes === null) return { kind: 'missing', size: 0, mtimeMs: 0 };
    // A time that no file has, another one for other bytes: facts in the cache are never taken for those of this text.
    return { kind: 'file', size: bytes.length, mtimeMs: -1 - parseInt(this.base.hash(bytes).slice(0, 12), 16) };
  }

  async statMany(paths: readonly string[]): Promise<FileStat[]> {
    const stats = (await this.base.statMany?.(paths)) ?? (await Promise.all(paths.map((path) => this.base.stat(path))));
    for (const [i, path] of paths.entries()) if (this.overlay.has(path)) stats[i] = await this.stat(path);
    return stats;
  }

  async readBytes(path: string): Promise<Uint8Array> {
    const bytes = this.overlay.get(path);
    if (bytes === null) throw new ReadError(path, 'no such file or folder', 'unreadable');
    return bytes ?? this.base.readBytes(path);
  }

  async listC(paths: readonly string[], signal?: AbortSignal): Promise<Listing> {
    // A named file that the overlay brings, or takes away, is none that the disk could be asked about.
    const asked = paths.filter((path) => !this.overlay.has(path));
    const { files, problems } = await this.base.listC(asked, signal);
    const listed = new Set(files);
    for (const [path, bytes] of this.overlay) {
      if (bytes === null) listed.delete(path);
      else if (/\.[ch]$/.test(path) && paths.some((p) => p === path || path.startsWith(p.endsWith('/') ? p : `${p}/`))) listed.add(path);
    }
    return { files: [...listed].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), problems };
  }

  hash(bytes: Uint8Array): string {
    return this.base.hash(bytes);
  }

  now(): number {
    return this.base.now();
  }

  spawnWorker(module: string, limits?: WorkerLimits): HostWorker {
    return this.base.spawnWorker(module, limits);
  }

  release(): void {
    this.base.release?.();
  }

  buildDigest(folders: readonly string[]): string {
    return this.base.buildDigest?.(folders) ?? '';
  }

  openStore(folder: string): Store {
    let store = this.stores.get(folder);
    if (!store) this.stores.set(folder, (store = this.alone ? new MemoryStore() : new ReadingStore(this.base.openStore(folder))));
    return store;
  }
}

/** Reads a store and forgets what is written: an audit of a state that is not on disk is nobody's next one. */
class ReadingStore implements Store {
  constructor(private readonly base: Store) {}

  read(key: string): Promise<Uint8Array | null> {
    return this.base.read(key);
  }

  readNow(key: string): Uint8Array | null {
    return this.base.readNow?.(key) ?? null;
  }

  write(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

class MemoryStore implements Store {
  private readonly written = new Map<string, Uint8Array>();

  read(key: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.readNow(key));
  }

  readNow(key: string): Uint8Array | null {
    return this.written.get(key) ?? null;
  }

  write(key: string, bytes: Uint8Array): Promise<boolean> {
    this.written.set(key, bytes);
    return Promise.resolve(true);
  }
}
