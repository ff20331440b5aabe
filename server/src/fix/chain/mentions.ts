/** Every place where the tree names a function: its definition, prototypes, calls, and what else there may be. */
import type { FunctionRef } from '../../flow/model.js';
import { calleesOf } from '../../index/link.js';
import { scanFile, type ScanResult } from '../../syntax/scan.js';
import { bareCode, lineOf } from '../edit-text.js';
import { placeOf, Refused, type Sources } from './sources.js';

/** Offsets into a file's text. */
export interface Mention {
  file: string;
  at: number;
  /** 'call': inside a function's body, where a call may stand. */
  kind: 'definition' | 'prototype' | 'call';
}

/** What a file's text holds; kept, since a chain names several functions of one file. */
export interface Scanned {
  text: string;
  /** The text with comments and strings blanked. */
  bare: string;
  scan: ScanResult;
}

export class Mentions {
  private readonly files = new Map<string, Scanned>();

  /** `home`: folder of the loop; a function that others use too is not theirs to change. */
  constructor(
    private readonly sources: Sources,
    private readonly home: string,
  ) {}

  async scanned(file: string): Promise<Scanned> {
    let hit = this.files.get(file);
    if (!hit) {
      const text = await this.sources.text(file);
      this.files.set(file, (hit = { text, bare: bareCode(text), scan: scanFile(text) }));
    }
    return hit;
  }

  /**
   * All mentions of a function whose parameters are to change.
   * @throws {Refused} when one of them cannot follow: its address is taken, a macro names it, a module may call it.
   */
  async of(ref: FunctionRef): Promise<Mention[]> {
    const { name } = ref.facts;
    const out: Mention[] = [];
    const foreign = [ref.file.path, ...this.callers(ref)].find((path) => !path.startsWith(this.home));
    if (foreign !== undefined)
      throw new Refused(
        foreign === ref.file.path
          ? `${name}() belongs to ${foreign}, outside ${this.home}`
          : `${name}() is used outside ${this.home}, by ${foreign}`,
      );
    for (const file of this.candidates(ref)) {
      const { bare, scan } = await this.scanned(file);
      for (const match of bare.matchAll(new RegExp(`\\b${name}\\b`, 'g'))) {
        const at = match.index;
        const mention = this.classify(ref, file, at, bare, scan);
        if (mention) out.push(mention);
      }
    }
    if (!out.some((m) => m.kind === 'definition'))
      throw new Refused(`the definition of ${name}() at ${placeOf(ref)} cannot be found in the text`);
    return out;
  }

  private classify(ref: FunctionRef, file: string, at: number, bare: string, scan: ScanResult): Mention | undefined {
    const { name } = ref.facts;
    const where = `${file}:${lineOf(bare, at)}`;
    const called = /^\s*\(/.test(bare.slice(at + name.length, at + name.length + 80));
    // A member or a label of the same name is another thing.
    if (/(->|\.)\s*$/.test(bare.slice(Math.max(0, at - 8), at))) return undefined;
    const span = scan.functions.find((f) => f.start <= at && at < f.close);
    if (span) {
      if (span.nameAt === at) {
        if (file !== ref.file.path || lineOf(bare, span.start) > ref.facts.endLine)
          throw new Refused(`${name}() is defined at ${where} too`);
        return { file, at, kind: 'definition' };
      }
      if (at < span.open) return undefined;
      if (!called) throw new Refused(`the address of ${name}() is taken at ${where}: its type has other users`);
      return { file, at, kind: 'call' };
    }
    const piece = scan.pieces.find((p) => p.start <= at && at < p.end);
    if (piece?.kind === 'define') throw new Refused(`the macro ${piece.name} at ${where} calls ${name}(), and its other users share that`);
    const line = bare.slice(bare.lastIndexOf('\n', at) + 1, at);
    if (/\bEXPORT_\w*SYMBOL\w*\s*\($/.test(line.trimEnd())) {
      this.exported(ref, where);
      return undefined;
    }
    if (piece?.kind === 'invocation' || piece?.kind === 'initialiser' || piece?.kind === 'variable') {
      if (!called) throw new Refused(`the address of ${name}() is taken at ${where}: a callback's type has other users`);
    }
    if (!called) throw new Refused(`${where} names ${name} in a way that is not understood`);
    return { file, at, kind: 'prototype' };
  }

  /** An exported function may be called by modules that are not here. */
  private exported(ref: FunctionRef, where: string): void {
    const { tree } = this.sources.world.program;
    const whole = tree.file('include/linux/gfp.h') !== undefined;
    if (!whole) throw new Refused(`${ref.facts.name}() is exported at ${where}, and not all of its users may be among the sources read`);
  }

  private callers(ref: FunctionRef): string[] {
    const { name } = ref.facts;
    const { tree } = this.sources.world.program;
    const found = new Set<string>();
    for (const other of tree.functions)
      if (
        !found.has(other.file.path) &&
        calleesOf(other).includes(name) &&
        tree.resolve(name, other.file).some((t) => t.facts === ref.facts)
      )
        found.add(other.file.path);
    return [...found].sort();
  }

  /** Files that may name the function: its own; for one that others can see, those that call it and the headers around them. */
  private candidates(ref: FunctionRef): string[] {
    const own = ref.file.path;
    const { tree } = this.sources.world.program;
    if (ref.facts.static && !own.endsWith('.h')) return [own];
    const callers = this.callers(ref);
    const folders = new Set([own, ...callers].map(folderOf));
    const { name } = ref.facts;
    const found = new Set([own, ...callers]);
    for (const f of tree.files) {
      if (f.path.endsWith('.h') && (folders.has(folderOf(f.path)) || f.prototypes.some((p) => p.name === name))) found.add(f.path);
      if (f.ops.some((op) => op.fn === name)) found.add(f.path);
    }
    return [...found].sort();
  }
}

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
