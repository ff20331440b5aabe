/** Audits texts that change: the open files of an editor as one small tree, with headers from disk around them. */
import type { Catalogue } from '../catalog/lookup.js';
import type { KernelProfile } from '../catalog/model.js';
import type { RetryLoopRecord, ScopeRecord, SiteRecord } from '../engine.js';
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import type { FunctionFlow, RetryLoop, Site } from '../flow/model.js';
import { Program } from '../index/program.js';
import { Tree } from '../index/tree.js';
import type { Finding } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import { checkProgram, type CheckOptions } from './audit.js';
import type { Records } from './records.js';

/** An allocation with its record: masks by path, and the words that reports use. */
export interface LiveSite {
  site: Site;
  record: SiteRecord;
  flow: FunctionFlow;
}

export class LiveTree {
  private readonly texts = new Map<string, { text: string; facts: FileFacts }>();
  private headers: readonly FileFacts[] = [];
  private last: Inspection | undefined;

  /** The parser stays its owner's. */
  constructor(
    readonly cat: Catalogue,
    readonly profile: KernelProfile,
    readonly options: CheckOptions,
    private readonly parser: KernelParser,
  ) {}

  /** Takes over a file's text; `name` is relative to the tree's base. */
  set(name: string, text: string): void {
    if (this.texts.get(name)?.text === text) return;
    this.texts.set(name, { text, facts: extractFile(name, text, this.parser) });
    this.last = undefined;
  }

  /** Files that are open now. */
  names(): string[] {
    return [...this.texts.keys()];
  }

  delete(name: string): void {
    if (this.texts.delete(name)) this.last = undefined;
  }

  /** Headers around the open texts. */
  surround(headers: readonly FileFacts[]): void {
    if (headers.length === this.headers.length && headers.every((h, i) => h === this.headers[i])) return;
    this.headers = headers;
    this.last = undefined;
  }

  /** What is known of the texts as they are now. */
  inspect(): Inspection {
    return (this.last ??= this.inspection(new Map([...this.texts].map(([name, { facts }]) => [name, facts]))));
  }

  /** What would be known if `name` held `text`: nothing is kept of it. */
  supposing(name: string, text: string): Inspection {
    const facts = new Map([...this.texts].map(([other, entry]) => [other, entry.facts]));
    facts.set(name, extractFile(name, text, this.parser));
    return this.inspection(facts);
  }

  private inspection(open: ReadonlyMap<string, FileFacts>): Inspection {
    const around = this.headers.filter((h) => !open.has(h.path));
    // In the order of names, as a run over a folder has it: which file was opened first must not matter.
    const files = [...open.values(), ...around].sort((a, b) => (a.path < b.path ? -1 : 1));
    const program = new Program(new Tree(files), this.cat);
    program.link();
    return new Inspection(
      program,
      checkProgram(program, this.profile, this.options, (file) => open.has(file)),
    );
  }
}

/** Findings and inventory of one state of the texts. */
export class Inspection {
  readonly findings: readonly Finding[];
  readonly records: Records;

  constructor(
    private readonly program: Program,
    { findings, records }: { findings: Finding[]; records: Records },
  ) {
    this.findings = findings;
    this.records = records;
  }

  findingsIn(file: string): Finding[] {
    return this.findings.filter(({ at }) => at.file === file);
  }

  /** The innermost allocation call around a place; line and column count from 1. */
  siteAt(file: string, line: number, column: number): LiveSite | undefined {
    let best: LiveSite | undefined;
    for (const flow of this.flowsAt(file, line)) {
      for (const site of flow.sites) {
        const { at } = site;
        const within =
          (at.line < line || (at.line === line && at.column <= column)) &&
          (line < at.endLine || (line === at.endLine && column <= at.endColumn));
        if (!within || (best && best.site.at.line * 1e4 + best.site.at.column > at.line * 1e4 + at.column)) continue;
        const record = this.records.sites.find((r) => r.file === file && r.line === at.line && r.column === at.column);
        if (record) best = { site, record, flow };
      }
    }
    return best;
  }

  scopesAt(file: string, line: number): ScopeRecord[] {
    return this.records.scopes.filter((s) => s.file === file && s.line === line);
  }

  loopsAt(file: string, line: number): RetryLoopRecord[] {
    return this.records.retryLoops.filter((l) => l.file === file && l.line <= line && line <= l.endLine);
  }

  /** Retry loops as the flow analysis has them, with the function they stand in. */
  retriesAt(file: string, from: number, to: number): { loop: RetryLoop; flow: FunctionFlow }[] {
    return this.flowsAt(file, from, to).flatMap((flow) =>
      flow.loops.filter(({ at }) => at.line <= to && from <= at.endLine).map((loop) => ({ loop, flow })),
    );
  }

  private flowsAt(file: string, from: number, to = from): FunctionFlow[] {
    return this.program.tree.functions
      .filter((ref) => ref.file.path === file && ref.facts.body && ref.facts.line <= to && from <= ref.facts.endLine)
      .map((ref) => this.program.flow(ref));
  }
}
