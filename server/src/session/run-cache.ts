/**
 * Whole results between runs: where every file, every option and this program are what they were, the result is what it was.
 * One entry for each folder and set of options, written in pieces that all carry the whole key, the head last: two runs at once or a run
 * that is cut off leave pieces of different keys, and those are nobody's result.
 */
import type { AuditResult } from '../engine.js';
import type { Host, Store } from '../host/host.js';
import { readResult, resultTexts } from './result-text.js';

const HEADER = 'gfp-audit run 1';

export class RunCache {
  private readonly store: Store;
  private readonly slot: string;

  /**
   * @param what everything but the tree's C files that decides the result: options, configuration, profile, this program
   */
  constructor(
    private readonly host: Host,
    folder: string,
    base: string,
    private readonly what: string,
  ) {
    this.store = host.openStore(folder);
    this.slot = `runs-${this.digest(base).slice(0, 16)}/${this.digest(what).slice(0, 16)}`;
  }

  private digest(text: string): string {
    return this.host.hash(new TextEncoder().encode(text));
  }

  /** @param files digest of the names and contents of the files that the run read (FactsCache.digest) */
  async load(files: string): Promise<Omit<AuditResult, 'run'> | null> {
    const expected = this.head(files);
    return readResult(async (index) => {
      const bytes = await this.store.read(this.key(index));
      if (!bytes) return null;
      const text = new TextDecoder().decode(bytes);
      return text.startsWith(expected) ? text.slice(expected.length) : null;
    });
  }

  /** False when it could not be written. */
  async save(files: string, { run: _run, ...result }: AuditResult): Promise<boolean> {
    const head = this.head(files);
    let first: string | undefined;
    let index = 0;
    for (const text of resultTexts(result)) {
      if (first === undefined) first = text;
      else if (!(await this.put(++index, head + text))) return false;
    }
    return this.put(0, head + first!);
  }

  private put(index: number, text: string): Promise<boolean> {
    return this.store.write(this.key(index), new TextEncoder().encode(text));
  }

  private head(files: string): string {
    return `${HEADER} ${this.digest(this.what)} ${files}\n`;
  }

  private key(index: number): string {
    return `${this.slot}-${index}`;
  }
}
