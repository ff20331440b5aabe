/** An audit followed by its fixes: every finding asked about, then those that somebody wants made put together. */
import type { AuditOptions, AuditResult } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';
import type { Finding, Fix, FixSafety, TextEdit } from '../rules/model.js';
import { decodeSource } from '../syntax/decode.js';
import { createParser } from '../syntax/parser.js';
import { auditTree, type AuditedTree } from './audit.js';
import { Mender } from './fixes.js';
import { mergedEdits, planFixes } from './plan.js';

/** Fixes to make together. Plain data; findings by their index in the result. */
export interface MendPlan {
  made: { finding: number; fix: Fix }[];
  /** Fixes that cannot be made beside these, and why. */
  left: { finding: number; title: string; reason: string }[];
  /** By file: what it must still hold (Host.hash of its bytes), and all edits. */
  files: { file: string; hash: string; edits: TextEdit[] }[];
}

/** Which findings to mend (indices into the result's list), by fixes of which class; undefined for none. */
export interface MendRequest {
  findings: number[];
  safety: FixSafety;
}

/** Audits, attaches to every finding its verified fixes, and plans those that `choose` asks for. */
export async function auditAndMend(
  host: Host,
  options: AuditOptions,
  choose: (result: AuditResult) => Promise<MendRequest | undefined>,
): Promise<{ result: AuditResult; plan?: MendPlan }> {
  const tree = await auditTree(host, options);
  const parser = await createParser();
  try {
    const hashes = new Map<string, string>();
    const mender = menderOf(host, tree, parser, hashes);
    const findings: Finding[] = [];
    for (const [i, finding] of tree.result.findings.entries()) {
      options.signal?.throwIfAborted();
      options.onProgress?.({ phase: 'fixes', done: i, total: tree.result.findings.length, file: finding.at.file });
      findings.push(await mender.mended(finding));
    }
    const result = { ...tree.result, findings };
    const wanted = await choose(result);
    if (!wanted) return { result };
    return { result, plan: await plan(mender, result, wanted, hashes) };
  } finally {
    parser.dispose();
  }
}

function menderOf(host: Host, tree: AuditedTree, parser: Awaited<ReturnType<typeof createParser>>, hashes: Map<string, string>): Mender {
  const { program, profile, rt, severities, result } = tree;
  return new Mender({ program, profile, options: { rt, severities }, parser }, async (file) => {
    try {
      const bytes = await host.readBytes(host.resolve(file, result.root));
      hashes.set(file, host.hash(bytes));
      return decodeSource(bytes);
    } catch (error) {
      if (error instanceof ReadError) return undefined;
      throw error;
    }
  });
}

async function plan(mender: Mender, result: AuditResult, wanted: MendRequest, hashes: ReadonlyMap<string, string>): Promise<MendPlan> {
  const offers = wanted.findings.flatMap((i) => result.findings[i] ?? []);
  const { made, left } = await planFixes(
    mender.audited,
    offers.map((finding) => ({ finding, fixes: finding.fixes })),
    wanted.safety,
  );
  const edits = mergedEdits(made.map((c) => c.fix));
  const files = [...new Set(edits.map((e) => e.file))].map((file) => ({
    file,
    hash: hashes.get(file) ?? '',
    edits: edits.filter((e) => e.file === file),
  }));
  const index = new Map(result.findings.map((finding, i) => [finding, i]));
  return {
    made: made.map(({ finding, fix }) => ({ finding: index.get(finding)!, fix })),
    left: left.map(({ finding, fix, reason }) => ({ finding: index.get(finding)!, title: fix.title, reason })),
    files,
  };
}
