/** Functions of the tree with their whole bodies and their text: what a change through several of them needs to know. */
import { extractConstruct } from '../../facts/extract.js';
import { hasBody } from '../../facts/codec.js';
import type { FunctionFacts } from '../../facts/model.js';
import { analyseFunction } from '../../flow/analyse.js';
import { fileKnowledge } from '../../flow/knowledge.js';
import type { FunctionFlow, FunctionRef } from '../../flow/model.js';
import type { FunctionSpan } from '../../syntax/model.js';
import { scanFile } from '../../syntax/scan.js';
import type { FixWorld } from '../model.js';

/** A change that cannot be made all the way, and why. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export class Sources {
  private readonly scans = new Map<string, { text: string; functions: FunctionSpan[] }>();
  private readonly flows = new Map<FunctionFacts, FunctionFlow>();

  constructor(readonly world: FixWorld) {}

  /** @throws {Refused} when the file is not what was audited. */
  async text(file: string): Promise<string> {
    const text = await this.world.text(file);
    if (text === undefined) throw new Refused(`${file} cannot be read as it was audited`);
    return text;
  }

  /**
   * The flow of a function, also of one that the index keeps by name only. A function that the audit analysed has its masks, locks and
   * callers' contexts; any other has the calls and where their results go.
   */
  async flow(ref: FunctionRef): Promise<FunctionFlow> {
    let flow = this.flows.get(ref.facts);
    if (!flow) this.flows.set(ref.facts, (flow = await this.analysed(ref)));
    return flow;
  }

  private async analysed(ref: FunctionRef): Promise<FunctionFlow> {
    if (hasBody(ref.facts)) return this.world.program.flow(ref);
    const { file } = ref;
    const { text, functions } = await this.scanned(file.path);
    const names = new Set(functions.map((span) => span.name));
    for (const span of functions) {
      if (span.name !== ref.facts.name) continue;
      const [facts] = extractConstruct(file.path, text, span, names, this.world.parser, { all: true }).functions;
      if (facts?.body && facts.line === ref.facts.line) return analyseFunction({ file, facts }, this.world.program.cat, fileKnowledge());
    }
    throw new Refused(`${ref.facts.name}() in ${file.path} cannot be read`);
  }

  private async scanned(path: string): Promise<{ text: string; functions: FunctionSpan[] }> {
    let scan = this.scans.get(path);
    if (!scan) {
      const text = await this.text(path);
      this.scans.set(path, (scan = { text, functions: scanFile(text).functions }));
    }
    return scan;
  }
}

/** 'fs/demo/tree.c:12' */
export const placeOf = (ref: FunctionRef): string => `${ref.file.path}:${ref.facts.line}`;
