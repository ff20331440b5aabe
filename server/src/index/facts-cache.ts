/**
 * Facts on disk between runs: shards of many files' facts in the host's store, each written as a whole, and beside them a list of what
 * each file was when it was read. An entry is used when the file's size and time are those it was made from, or else its content is. A
 * shard that cannot be read is as good as none.
 */
import type { FileStat, Host, Store } from '../host/host.js';
import { FACTS_SCHEMA } from '../facts/model.js';

/** A file as it was when it was read. */
export interface Stamp {
  size: number;
  mtimeMs: number;
  /** Host.hash of the bytes. */
  hash: string;
}

export interface CachedFile extends Stamp {
  /** Facts as encodeFacts writes them. */
  text: string;
}

/** Folders of a path that name its shard. A change of one file rewrites one shard; a kernel tree has some hundreds. */
const FOLDERS = 4;
/** Shards kept in memory for those who ask for one file after another. */
const RECENT = 12;
const HEADER = `gfp-audit facts ${FACTS_SCHEMA}`;
const STAMPS = 'gfp-audit files 1';

export class FactsCache {
  private readonly store: Store;
  private readonly prefix: string;
  private readonly shards = new Map<string, string>();

  /** @param maker names what made the facts (version, grammar): another maker's are not read */
  constructor(
    private readonly host: Host,
    folder: string,
    root: string,
    private readonly maker: string,
  ) {
    this.store = host.openStore(folder);
    this.prefix = `facts-${this.digestText(root).slice(0, 16)}`;
  }

  private digestText(text: string): string {
    return this.host.hash(new TextEncoder().encode(text));
  }

  /** The shard that keeps a file: files of one folder stand together, so that a shard is done with as soon as its folders are read. */
  shardOf(name: string): string {
    const folder = name.split('/').slice(0, -1).slice(0, FOLDERS).join('/');
    let shard = this.shards.get(folder);
    if (shard === undefined) this.shards.set(folder, (shard = this.digestText(folder).slice(0, 12)));
    return shard;
  }

  private key(shard: string): string {
    return `${this.prefix}/${shard}`;
  }

  /** Everything the cache has of the named files, shard after shard, so that no more than one stands in memory as text. */
  async *load(names: readonly string[]): AsyncGenerator<Map<string, CachedFile>> {
    const wanted = new Set(names);
    const shards = [...new Set(names.map((n) => this.shardOf(n)))];
    let ahead = this.read(shards[0]);
    for (const [i] of shards.entries()) {
      const bytes = await ahead;
      // The next shard is fetched and inflated while this one is used.
      ahead = this.read(shards[i + 1]);
      if (!bytes) continue;
      const out = new Map<string, CachedFile>();
      parse(new TextDecoder().decode(bytes), `${HEADER} ${this.maker}`, wanted, out);
      yield out;
    }
  }

  private read(shard: string | undefined): Promise<Uint8Array | null> {
    return shard === undefined ? Promise.resolve(null) : this.store.read(this.key(shard));
  }

  /** Shards read last by `factsNow`. */
  private readonly recent = new Map<string, Map<string, CachedFile>>();

  /** Text of a file's facts as they were made from this content, read at once; null when the cache has no such facts (any more). */
  factsNow(name: string, hash: string): string | null {
    const shard = this.shardOf(name);
    let entries = this.recent.get(shard);
    if (!entries) {
      const bytes = this.store.readNow?.(this.key(shard));
      entries = new Map();
      if (bytes) parse(new TextDecoder().decode(bytes), `${HEADER} ${this.maker}`, undefined, entries);
      if (this.recent.size >= RECENT) this.recent.delete(this.recent.keys().next().value!);
      this.recent.set(shard, entries);
    }
    const entry = entries.get(name);
    return entry?.hash === hash ? entry.text : null;
  }

  /** Adds entries to the cache: the shards that hold them are read and written anew. False when one could not be written. */
  async save(fresh: ReadonlyMap<string, CachedFile>): Promise<boolean> {
    const byShard = new Map<string, Map<string, CachedFile>>();
    for (const [name, entry] of fresh) {
      const shard = this.shardOf(name);
      const list = byShard.get(shard);
      if (list) list.set(name, entry);
      else byShard.set(shard, new Map([[name, entry]]));
    }
    let written = true;
    for (const [shard, entries] of byShard) {
      const bytes = await this.read(shard);
      const head = `${HEADER} ${this.maker}`;
      const all = new Map<string, CachedFile>();
      if (bytes) parse(new TextDecoder().decode(bytes), head, undefined, all);
      for (const [name, entry] of entries) all.set(name, entry);
      const lines = [head];
      for (const [name, f] of all) lines.push(`${name}\t${f.size}\t${f.mtimeMs}\t${f.hash}\t${f.text}`);
      lines.push('end');
      if (!(await this.store.write(this.key(shard), new TextEncoder().encode(lines.join('\n'))))) written = false;
    }
    return written;
  }

  /** Is a cached entry still right for the file? Reads the file only when its time has changed and its size has not. */
  async isCurrent(entry: Stamp, path: string, now: FileStat): Promise<boolean> {
    if (now.kind !== 'file' || now.size !== entry.size) return false;
    if (now.mtimeMs === entry.mtimeMs) return true;
    return this.host.hash(await this.host.readBytes(path)) === entry.hash;
  }

  /** Every file as the last run found it. */
  async stamps(): Promise<Map<string, Stamp>> {
    const out = new Map<string, Stamp>();
    const bytes = await this.store.read(`${this.prefix}/files`);
    const lines = bytes ? new TextDecoder().decode(bytes).split('\n') : [];
    if (lines[0] !== STAMPS || lines[lines.length - 1] !== 'end') return out;
    for (let i = 1; i < lines.length - 1; i++) {
      const [name, size, mtimeMs, hash] = lines[i]!.split('\t');
      if (name !== undefined && hash !== undefined) out.set(name, { size: Number(size), mtimeMs: Number(mtimeMs), hash });
    }
    return out;
  }

  saveStamps(stamps: ReadonlyMap<string, Stamp>): Promise<boolean> {
    const lines = [STAMPS];
    for (const [name, s] of stamps) lines.push(`${name}\t${s.size}\t${s.mtimeMs}\t${s.hash}`);
    lines.push('end');
    return this.store.write(`${this.prefix}/files`, new TextEncoder().encode(lines.join('\n')));
  }

  /** One digest for the names and contents of files, in the order given. */
  digest(stamps: ReadonlyMap<string, Stamp>): string {
    return this.digestText([...stamps].map(([name, { hash }]) => `${name}\t${hash}`).join('\n'));
  }
}

function parse(text: string, header: string, wanted: ReadonlySet<string> | undefined, out: Map<string, CachedFile>): void {
  if (!text.startsWith(`${header}\n`) || !text.endsWith('\nend')) return;
  let at = header.length + 1;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return;
    const [name, size, mtimeMs, hash] = text.slice(at, Math.min(end, at + 1000)).split('\t', 4);
    if (name !== undefined && hash !== undefined && (!wanted || wanted.has(name))) {
      const facts = at + name.length + size!.length + mtimeMs!.length + hash.length + 4;
      out.set(name, { size: Number(size), mtimeMs: Number(mtimeMs), hash, text: text.slice(facts, end) });
    }
    at = end + 1;
  }
}
