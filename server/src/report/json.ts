/** The JSON documents of `audit` and `sites` (docs/json.md): a contract, field order included. */
import type { AuditResult } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { inOrder } from './order.js';

export interface JsonOptions {
  version: string;
  /** Leave out `run`, so that two runs over the same input give the same bytes. */
  stable: boolean;
}

export function renderJson(command: 'audit' | 'sites', result: AuditResult, { version, stable }: JsonOptions): string {
  const { kernel, run, stats, problems } = result;
  const head = { tool: { name: 'gfp-audit', version }, kernel, ...(stable ? {} : { run }), stats };
  const { sites, retryLoops, scopes, waits, nonBlock, flagUses } = result;
  const body =
    command === 'audit'
      ? { findings: inOrder(result.findings).map(findingRecord) }
      : { sites, retryLoops, scopes, waits, nonBlock, flagUses };
  const { shard, echoes, baseline, suppressions } = result;
  const part = shard ? { shard, ...(command === 'audit' ? { echoes: (echoes ?? []).map(findingRecord) } : {}) } : {};
  const known =
    command === 'audit' ? { ...(baseline && { baseline: baselineRecord(result) }), ...(suppressions && suppressionRecords(result)) } : {};
  return `${JSON.stringify({ ...head, ...body, ...known, problems, ...part }, null, 2)}\n`;
}

function baselineRecord({ findings, baseline }: AuditResult): Record<string, unknown> {
  const { unchanged = [], mended = [], unseen = 0 } = baseline ?? {};
  return { new: findings.length, unchanged: unchanged.length, mended, unseen };
}

function suppressionRecords({ suppressions }: AuditResult): Record<string, unknown> {
  const { suppressed = [], stale = [] } = suppressions ?? {};
  return { suppressions: { suppressed: suppressed.map(({ finding, reason }) => ({ reason, ...findingRecord(finding) })), stale } };
}

/** A finding as the contract has it: position flat, the edits of a fix left out. */
export function findingRecord(finding: Finding): Record<string, unknown> {
  const { ruleId, severity, confidence, at, message, contexts, path, fixes, data } = finding;
  return {
    ruleId,
    severity,
    confidence,
    file: at.file,
    line: at.line,
    column: at.column,
    endLine: at.endLine,
    endColumn: at.endColumn,
    function: finding.function,
    message,
    contexts,
    path,
    fixes: fixes.map(({ title, safety }) => ({ title, safety })),
    data,
  };
}
