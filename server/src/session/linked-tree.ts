/**
 * A whole tree held linked, for an editor: built once, then told which files have changed on disk. A change inside functions is taken in
 * at once, as a revision of what was linked; anything else, or too many files, needs the tree to be linked anew.
 */
import type { AuditOptions } from '../engine.js';
import { decodeFacts, encodeFacts } from '../facts/codec.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import { ReadError, type Host } from '../host/host.js';
import type { Program } from '../index/program.js';
import { Revision, TooWide } from '../index/revision.js';
import { findingsIn } from '../fix/trial.js';
import { decodeSource } from '../syntax/decode.js';
import { createParser } from '../syntax/parser.js';
import { auditTree, type AuditedTree } from './audit.js';
import { Mender, type Mends } from './fixes.js';
import { onlyBodies } from './only-bodies.js';
import { surroundingsOf, type OpenName, type Surroundings } from './surroundings.js';

/** More files than these are a change of branch, not of a few functions. */
export const MAX_REVISED = 64;

/**
 * same: the tree says what it said. revised: the change is taken in. stale: it takes linking anew; until then answers are of the
 * tree as it was.
 */
export type Taken = 'same' | 'revised' | 'stale';

/** A finding, by where it stands. */
export interface Wanted {
  file: string;
  /** Its function. */
  name: string;
  line: number;
  ruleId: string;
}

/** Files that are not what was linked: nothing is tried before they are. */
export interface Differing {
  differ: readonly string[];
}

export class LinkedTree {
  /** Files that differ from what was linked. */
  private readonly revised = new Map<string, FileFacts>();
  private current: Program;

  private readonly base: string;
  private readonly linked: Program;
  /** How many files the tree has. */
  readonly files: number;

  private constructor(
    private readonly host: Host,
    private readonly audited: AuditedTree,
  ) {
    const { program, result } = audited;
    this.base = result.root;
    this.linked = this.current = program;
    this.files = result.stats.files;
  }

  /** @throws as an audit of the tree does */
  static async build(host: Host, options: AuditOptions): Promise<LinkedTree> {
    return new LinkedTree(host, await auditTree(host, options));
  }

  /** What open files can notice of the rest; see surroundings.ts. */
  surroundings(open: readonly OpenName[], names: ReadonlySet<string>): Surroundings {
    return surroundingsOf(this.current, open, names);
  }

  /** Looks at files again, by absolute path. A file that is none of the tree's, and no C, changes nothing. */
  async update(paths: readonly string[]): Promise<Taken> {
    const changed = [...new Set(paths)].filter((path) => /\.[ch]$/.test(path));
    if (changed.length > MAX_REVISED) return 'stale';
    const known = new Map(this.revised);
    const parser = await createParser();
    try {
      for (const path of changed) {
        const name = this.host.relative(this.base, path);
        const was = this.linked.tree.file(name);
        const bytes = await this.read(path);
        if (!was) {
          // A file that came; one that went before it was ever seen is nothing.
          if (bytes) return 'stale';
          continue;
        }
        if (!bytes) return 'stale';
        const is = extractFile(name, bytes, parser);
        if (!onlyBodies(was, is)) return 'stale';
        if (textOf(was) === textOf(is)) this.revised.delete(name);
        else if (!known.has(name) || textOf(known.get(name)!) !== textOf(is)) this.revised.set(name, is);
      }
    } finally {
      parser.dispose();
    }
    if (this.revised.size === known.size && [...this.revised].every(([name, facts]) => known.get(name) === facts)) return 'same';
    return this.revise();
  }

  /**
   * Mends of a finding, sought and tried in the whole tree: they may reach through files that are not open. `texts` are the open files
   * by name. Where some of them, or files on disk, are not what was linked, which they are: a mend is of one state of all files.
   * Undefined where the tree has no such finding.
   */
  async mends({ file, name, line, ruleId }: Wanted, texts: ReadonlyMap<string, string>): Promise<Mends | Differing | undefined> {
    const onDisk = async (path: string): Promise<string | undefined> => {
      const bytes = await this.read(this.host.resolve(path, this.base));
      return bytes && decodeSource(bytes);
    };
    const unsaved: string[] = [];
    for (const [path, text] of texts) if ((await onDisk(path)) !== text) unsaved.push(path);
    if (unsaved.length > 0) return { differ: unsaved };
    if (this.revised.size > 0) return { differ: [...this.revised.keys()] };
    const { program, profile, rt, severities } = this.audited;
    const ref = program.functionsIn(new Set([file])).find(({ facts: f }) => f.name === name && f.line <= line && line <= f.endLine);
    if (!ref) return undefined;
    const options = { rt, severities };
    const finding = findingsIn(program, ref, { profile, options }).find((f) => f.ruleId === ruleId && f.at.line === line);
    if (!finding) return undefined;
    const parser = await createParser();
    try {
      return await new Mender({ program, profile, options, parser }, onDisk).fixesFor(finding);
    } finally {
      parser.dispose();
    }
  }

  private revise(): Taken {
    if (this.revised.size > MAX_REVISED) return 'stale';
    try {
      const revision = this.revised.size === 0 ? undefined : new Revision(this.linked, [...this.revised.values()], true);
      // What reclaim takes was collected when the tree was linked.
      if (revision?.affected().some((ref) => revision.contextsOf(ref).some(({ task }) => task === 'reclaim'))) return 'stale';
      this.current = revision ?? this.linked;
      return 'revised';
    } catch (error) {
      if (error instanceof TooWide) return 'stale';
      throw error;
    }
  }

  private async read(path: string): Promise<Uint8Array | undefined> {
    if ((await this.host.stat(path)).kind !== 'file') return undefined;
    try {
      return await this.host.readBytes(path);
    } catch (error) {
      // Locked or half written: whoever writes it says so again.
      if (error instanceof ReadError) return undefined;
      throw error;
    }
  }
}

/** Facts as text; those that were just made and those that were kept as text say the same alike. */
const textOf = (facts: FileFacts): string => encodeFacts(decodeFacts(encodeFacts({ ...facts, bytes: 0 }))!);
