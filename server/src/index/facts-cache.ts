/**
 * Facts on disk between runs: shards of many files' facts in the host's store, each written as a whole. An entry is used when the
 * file's size and time are those it was made from, or else its content is. A shard that cannot be read is as good as none.
 */
import type { Host, Store } from '../host/host.js';
import { FACTS_SCHEMA } from '../facts/model.js';

export interface CachedFile {
  size: number;
  mtimeMs: number;
  /** Host.hash of the bytes. */
  hash: string;
  /** Facts as encodeFacts writes them. */
  text: string;
}

/** Shards a tree is spread over: a change of one file rewrites one of them. */
const SHARDS = 128;
const HEADER = `gfp-audit facts ${FACTS_SCHEMA}`;

export class FactsCache {
  private readonly store: Store;
  private readonly prefix: string;

  /** @param maker names what made the facts (version, grammar): another maker's are not read */
  constructor(
    private readonly host: Host,
    folder: string,
    root: string,
    private readonly maker: string,
  ) {
    this.store = host.openStore(folder);
    this.prefix = `facts-${host.hash(new TextEncoder().encode(`${root}\n${maker}`)).slice(0, 16)}`;
  }

  private shardOf(name: string): number {
    let h = 0;
    for (let i = 0; i < name.length; i++) h = (Math.imul(h, 31) + name.charCodeAt(i)) | 0;
    return (h >>> 0) % SHARDS;
  }

  private key(shard: number): string {
    return `${this.prefix}/${shard.toString(16).padStart(2, '0')}`;
  }

  /** Everything the cache has of the named files. */
  async load(names: readonly string[]): Promise<Map<string, CachedFile>> {
    const wanted = new Set(names);
    const shards = [...new Set(names.map((n) => this.shardOf(n)))];
    const out = new Map<string, CachedFile>();
    for (const shard of shards) {
      const bytes = await this.store.read(this.key(shard));
      if (bytes) parse(new TextDecoder().decode(bytes), `${HEADER} ${this.maker}`, wanted, out);
    }
    return out;
  }

  /** Writes the shards that hold any of `changed`. False when one of them could not be written. */
  async save(all: ReadonlyMap<string, CachedFile>, changed: Iterable<string>): Promise<boolean> {
    const shards = new Set<number>();
    for (const name of changed) shards.add(this.shardOf(name));
    const lines = new Map<number, string[]>([...shards].map((s) => [s, [`${HEADER} ${this.maker}`]]));
    for (const [name, f] of all) {
      lines.get(this.shardOf(name))?.push(`${name}\t${f.size}\t${f.mtimeMs}\t${f.hash}\t${f.text}`);
    }
    let written = true;
    for (const [shard, list] of lines) {
      list.push('end');
      if (!(await this.store.write(this.key(shard), new TextEncoder().encode(list.join('\n'))))) written = false;
    }
    return written;
  }

  /** Is a cached entry still right for the file? Reads the file only when its time has changed and its size has not. */
  async isCurrent(entry: CachedFile, path: string): Promise<boolean> {
    const now = await this.host.stat(path);
    if (now.kind !== 'file' || now.size !== entry.size) return false;
    if (now.mtimeMs === entry.mtimeMs) return true;
    return this.host.hash(await this.host.readBytes(path)) === entry.hash;
  }
}

function parse(text: string, header: string, wanted: ReadonlySet<string>, out: Map<string, CachedFile>): void {
  const lines = text.split('\n');
  if (lines[0] !== header || lines[lines.length - 1] !== 'end') return;
  for (let i = 1; i < lines.length - 1; i++) {
    const [name, size, mtimeMs, hash, facts] = lines[i]!.split('\t', 5);
    if (name === undefined || facts === undefined || hash === undefined || !wanted.has(name)) continue;
    out.set(name, { size: Number(size), mtimeMs: Number(mtimeMs), hash, text: facts });
  }
}
