/**
 * A linked tree in the store: a head with the list of files, parts with what names mean, and the records of each shard of files. Every
 * entry carries the mark of the run that wrote it, the head is written last: what was cut off or mixed belongs to no head.
 */
import { decodeFacts, SharedFacts } from '../../facts/codec.js';
import type { FileFacts } from '../../facts/model.js';
import type { Host, Store } from '../../host/host.js';
import type { FactsCache, Stamp } from '../facts-cache.js';
import type { Program } from '../program.js';
import type { ReclaimLock } from '../reclaim.js';
import { Encoder } from './encode.js';
import type { Moves } from './moves.js';
import { NamesPart, namesOf, partOf, partsFor, type Meaning } from './names.js';
import type { ProgramSource } from './program.js';
import type { FileRecord } from './record.js';
import { KeptLost, type KeptFile } from './tree.js';

const HEADER = 'gfp-audit linked 1';

/** What is known of a linked tree as a whole. */
export interface KeptHead<S> {
  files: [path: string, first: number, hash: string][];
  functions: number;
  parts: number;
  reclaim: [string, ReclaimLock[]][];
  /** The caller's own. */
  stats: S;
}

export class KeptStore<S> {
  private readonly store: Store;
  private readonly prefix: string;

  /** @param what everything that decides what linking finds, but the C files: kernel profile, catalogue, this program */
  constructor(
    private readonly host: Host,
    folder: string,
    root: string,
    private readonly what: string,
    private readonly facts: FactsCache,
  ) {
    this.store = host.openStore(folder);
    this.prefix = `linked-${this.digest(root).slice(0, 16)}`;
  }

  private digest(text: string): string {
    return this.host.hash(new TextEncoder().encode(text));
  }

  private lineFor(mark: string): string {
    return `${HEADER} ${mark}\n`;
  }

  private markOf(files: string): string {
    return this.digest(`${this.what} ${files}`);
  }

  /** False when it could not be written. The facts of the files must be in the cache. */
  async save(program: Program, stamps: ReadonlyMap<string, Stamp>, stats: S): Promise<boolean> {
    const mark = this.markOf(this.facts.digest(stamps));
    const { functions, files } = program.tree;
    if (files.some(({ path }) => /[\t\n]/.test(path))) return false;
    const encoder = new Encoder(program);
    const head: KeptHead<S> = { files: [], functions: functions.length, parts: partsFor(functions.length), reclaim: [], stats };
    let first = 0;
    for (const { path, functions: own } of files) {
      head.files.push([path, first, stamps.get(path)!.hash]);
      first += own.length;
    }
    head.reclaim = [...program.reclaimed].map(([name, locks]) => [name, [...locks]]);
    // An older head must not find newer entries.
    if (!(await this.write('head', mark, []))) return false;
    const shards = new Map<string, number[]>();
    files.forEach(({ path }, i) => {
      const shard = this.facts.shardOf(path);
      const list = shards.get(shard);
      if (list) list.push(i);
      else shards.set(shard, [i]);
    });
    for (const [shard, list] of shards) {
      const lines = list.map(
        (i) => `${files[i]!.path}\t${JSON.stringify(encoder.file(files[i]!.path, program.tree.functionsIn(files[i]!.path)))}`,
      );
      if (!(await this.write(shard, mark, lines))) return false;
    }
    const fileAt = new Map(files.map(({ path }, i) => [path, i]));
    for (const [i, lines] of namesOf(program, head.parts, fileAt).entries())
      if (!(await this.write(`names-${i}`, mark, lines))) return false;
    return this.write('head', mark, [JSON.stringify(head)]);
  }

  private write(key: string, mark: string, lines: readonly string[]): Promise<boolean> {
    return this.store.write(`${this.prefix}/${key}`, new TextEncoder().encode(`${this.lineFor(mark)}${lines.join('\n')}\nend`));
  }

  /**
   * The tree that was linked last; null when that was another one, or the platform cannot read it as it is asked for.
   * @param of digest of the names and contents of its files (FactsCache.digest)
   */
  async open(of: string): Promise<KeptSource<S> | null> {
    if (!this.store.readNow) return null;
    const bytes = await this.store.read(`${this.prefix}/head`);
    const lines = bytes ? new TextDecoder().decode(bytes).split('\n') : [];
    if (lines.length !== 3 || lines[2] !== 'end' || lines[0] !== `${HEADER} ${this.markOf(of)}`) return null;
    const read = (key: string): string[] | null => {
      const found = this.store.readNow!(`${this.prefix}/${key}`);
      const text = found && new TextDecoder().decode(found).split('\n');
      return text && text.length > 1 && text[0] === lines[0] && text.at(-1) === 'end' ? text.slice(1, -1) : null;
    };
    return new KeptSource(JSON.parse(lines[1]!) as KeptHead<S>, this.facts, read);
  }
}

/** A kept tree as its parts are read. */
export class KeptSource<S> implements ProgramSource {
  readonly files: readonly (KeptFile & { hash: string })[];
  readonly functions: number;
  readonly stats: S;
  private readonly locks: [string, ReclaimLock[]][];
  private taken: ReadonlyMap<string, ReclaimLock[]> | undefined;
  private moves: Moves | undefined;
  private readonly parts: (NamesPart | undefined)[];
  private readonly records = new Map<string, Map<string, string>>();
  private readonly shared = new SharedFacts();

  /** @param read lines of an entry; null when it is not there or another run's */
  constructor(
    head: KeptHead<S>,
    private readonly cache: FactsCache,
    private readonly read: (key: string) => string[] | null,
  ) {
    this.files = head.files.map(([path, first, hash]) => ({ path, first, hash }));
    this.functions = head.functions;
    this.locks = head.reclaim;
    this.stats = head.stats;
    this.parts = new Array<NamesPart | undefined>(head.parts);
  }

  /** Says from now on where the code of a few files has moved to. Must be told before anything is read. */
  move(moves: Moves): void {
    this.moves = moves;
  }

  line(file: string, line: number): number {
    return this.moves ? this.moves.line(file, line) : line;
  }

  placed<T>(data: T): T {
    return this.moves ? this.moves.placed(data) : data;
  }

  get reclaim(): ReadonlyMap<string, ReclaimLock[]> {
    return (this.taken ??= new Map(this.placed(this.locks)));
  }

  meaning<K extends keyof Meaning>(kind: K, name: string): Meaning[K] | undefined {
    const at = partOf(name, this.parts.length);
    const part = (this.parts[at] ??= new NamesPart(this.linesOf(`names-${at}`)));
    return part.get(kind, name);
  }

  facts(file: number): FileFacts {
    const { path, hash } = this.files[file]!;
    const text = this.cache.factsNow(path, hash);
    const facts = text === null ? null : decodeFacts(text, this.shared);
    if (!facts) throw new KeptLost(`the facts of ${path} are not those that were linked`);
    this.moves?.apply(facts);
    return facts;
  }

  record(file: number): FileRecord {
    const { path } = this.files[file]!;
    const shard = this.cache.shardOf(path);
    let lines = this.records.get(shard);
    if (!lines) {
      lines = new Map(
        this.linesOf(shard).map((line) => {
          const tab = line.indexOf('\t');
          return [line.slice(0, tab), line.slice(tab + 1)];
        }),
      );
      this.records.set(shard, lines);
    }
    const text = lines.get(path);
    if (text === undefined) throw new KeptLost(`there is no record of ${path}`);
    lines.delete(path);
    return JSON.parse(text) as FileRecord;
  }

  private linesOf(key: string): string[] {
    const lines = this.read(key);
    if (!lines) throw new KeptLost(`the entry ${key} is not of the run that linked the tree`);
    return lines;
  }
}
