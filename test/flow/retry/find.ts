/** Runs the retry analysis over a snippet of kernel-style C. */
import { extractFile } from '../../../server/src/facts/extract.js';
import type { FileFacts } from '../../../server/src/facts/model.js';
import { analyseFunction } from '../../../server/src/flow/analyse.js';
import { fileKnowledge } from '../../../server/src/flow/knowledge.js';
import type { CallPoint, RetryLoop, WaitUse } from '../../../server/src/flow/model.js';
import { couldRetry, findRetryLoops } from '../../../server/src/flow/retry/index.js';
import { createCatalogue } from '../../../server/src/catalog/lookup.js';
import { kernelProfile } from '../../../server/src/catalog/profile.js';
import { createParser } from '../../../server/src/syntax/parser.js';

const parser = await createParser();

export interface Found {
  loops: RetryLoop[];
  waits: WaitUse[];
  file: FileFacts;
}

/**
 * Loops and waits of all functions of a snippet. `chains`: names of callees that are known to pass on a failed allocation, as the
 * index would tell.
 */
export function find(code: string, options: { kernel?: string; chains?: string[] } = {}): Found {
  const { kernel, gfp } = kernelProfile(options.kernel ?? '6.12');
  const cat = createCatalogue(kernel, gfp);
  const file = extractFile('fs/demo/loop.c', code, parser, { all: true });
  const chains = new Set(options.chains ?? []);
  const canFail = (call: CallPoint) =>
    chains.has(call.name) ? { chain: [{ file: 'fs/demo/loop.c', line: 1, function: call.name, what: 'kmalloc' }] } : undefined;
  const out: Found = { loops: [], waits: [], file };
  for (const facts of file.functions) {
    if (!facts.body) continue;
    const flow = analyseFunction({ file, facts }, cat, fileKnowledge());
    const sites = new Map(flow.sites.map((s) => [s.pos.join(), s]));
    const loops = findRetryLoops(
      { file, facts },
      flow.calls.map((c) => sites.get(c.pos.join()) ?? c),
      cat,
      canFail,
    );
    if (loops.length > 0 && !couldRetry({ file, facts }, flow.calls, cat, canFail))
      throw new Error(`${facts.name}: has a retry loop that couldRetry() ruled out`);
    out.loops.push(...loops);
    out.waits.push(...flow.waits);
  }
  return out;
}

/** The one loop of a snippet, as 'callee verdict'; 'none' when there is none. */
export function verdict(code: string, options: { kernel?: string; chains?: string[] } = {}): string {
  const { loops } = find(code, options);
  return loops.length === 0 ? 'none' : loops.map((l) => `${l.callee} ${l.verdict}`).join(', ');
}
export const reasons = (code: string, options: { kernel?: string; chains?: string[] } = {}): string[] =>
  find(code, options).loops.flatMap((l) => l.reasons);
