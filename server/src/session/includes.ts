/** Headers that open files include by a quoted name: types, macros and inline functions that their findings depend on. */
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import { ReadError, type Host } from '../host/host.js';
import { decodeSource } from '../syntax/decode.js';
import type { KernelParser } from '../syntax/model.js';

/** Beyond these a file draws in a whole subsystem, and a keystroke would wait for it. */
const MAX_FILES = 60;
const MAX_BYTES = 512 << 10;
const MAX_DEPTH = 3;

const QUOTED = /^[ \t]*#[ \t]*include[ \t]+"([^"\n]+\.h)"/gm;

interface Header {
  facts: FileFacts;
  includes: string[];
}

export class Includes {
  /** By name; null for a header that is not there or not read. */
  private readonly headers = new Map<string, Header | null>();

  constructor(
    private readonly host: Host,
    private readonly base: string,
    private readonly parser: KernelParser,
  ) {}

  /** Facts of the headers that `texts` (by name relative to the base) include, directly or through others; those in `texts` left out. */
  async around(texts: ReadonlyMap<string, string>): Promise<FileFacts[]> {
    const found = new Map<string, FileFacts>();
    let wave = [...texts].flatMap(([name, text]) => this.named(name, text));
    for (let depth = 0; depth < MAX_DEPTH && wave.length > 0; depth++) {
      const next: string[] = [];
      for (const name of wave) {
        if (found.has(name) || texts.has(name) || found.size >= MAX_FILES) continue;
        const header = await this.header(name);
        if (!header) continue;
        found.set(name, header.facts);
        next.push(...header.includes);
      }
      wave = next;
    }
    return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The header has changed on disk, appeared or gone. False when nobody had asked for it. */
  forget(name: string): boolean {
    return this.headers.delete(name);
  }

  private async header(name: string): Promise<Header | null> {
    const known = this.headers.get(name);
    if (known !== undefined) return known;
    const header = await this.read(name);
    this.headers.set(name, header);
    return header;
  }

  private async read(name: string): Promise<Header | null> {
    const path = this.host.resolve(name, this.base);
    const { kind, size } = await this.host.stat(path);
    if (kind !== 'file' || size > MAX_BYTES) return null;
    try {
      const text = decodeSource(await this.host.readBytes(path));
      return { facts: extractFile(name, text, this.parser), includes: this.named(name, text) };
    } catch (error) {
      // Gone or changed since the look at it: the file is read without this header.
      if (error instanceof ReadError) return null;
      throw error;
    }
  }

  /** Names of the quoted headers of a text that lie under the base. */
  private named(name: string, text: string): string[] {
    const folder = this.host.resolve('..', this.host.resolve(name, this.base));
    return [...text.matchAll(QUOTED)]
      .map(([, header = '']) => this.host.relative(this.base, this.host.resolve(header, folder)))
      .filter(inside);
  }
}

const inside = (name: string): boolean => !name.startsWith('/') && !/^[A-Za-z]:/.test(name);
