/** An audit followed by its fixes: every finding asked about, then those that somebody wants made put together. */
import type { AuditOptions, AuditResult } from '../engine.js';
import type { Host } from '../host/host.js';
import type { Fix, FixSafety, TextEdit } from '../rules/model.js';
import { auditTree } from './audit.js';
import type { Mender } from './fixes.js';
import { mendedAll, withMender } from './mended.js';
import { mergedEdits, planFixes, type Offer } from './plan.js';

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
  const { fixes: _later, ...plain } = options;
  const tree = await auditTree(host, plain);
  return withMender(host, { ...tree, base: tree.result.root }, async (mender, hashes) => {
    const result = { ...tree.result, findings: await mendedAll(mender, tree.result.findings, options) };
    const wanted = await choose(result);
    if (!wanted) return { result };
    const offers = await Promise.all(
      wanted.findings.map(async (i) => ({
        finding: result.findings[i]!,
        fixes: result.findings[i]!.fixes,
        late: (await mender.fixesFor(tree.result.findings[i]!)).late,
      })),
    );
    return { result, plan: await plan(mender, result, offers, wanted.safety, hashes) };
  });
}

async function plan(
  mender: Mender,
  result: AuditResult,
  offers: readonly Offer[],
  safety: FixSafety,
  hashes: ReadonlyMap<string, string>,
): Promise<MendPlan> {
  const { made, left } = await planFixes(mender.audited, offers, safety);
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
