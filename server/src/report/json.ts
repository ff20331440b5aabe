/** The JSON documents of `audit` and `sites` (docs/json.md): a contract, field order included. */
import type { AuditResult, ChangeReport } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { jsonPieces } from './json-lines.js';
import { inOrder } from './order.js';

export interface JsonOptions {
  version: string;
  /** Leave out `run`, so that two runs over the same input give the same bytes. */
  stable: boolean;
}

export function* renderJson(command: 'audit' | 'sites', result: AuditResult, { version, stable }: JsonOptions): Generator<string> {
  const { kernel, run, stats, problems, shard, echoes = [], baseline, suppressions, change, fixed } = result;
  const audit = command === 'audit';
  const lists = ['sites', 'retryLoops', 'scopes', 'waits', 'nonBlock', 'flagUses'] as const;
  yield* jsonPieces([
    ['tool', { name: 'gfp-audit', version }],
    ['kernel', kernel],
    ['run', stable ? undefined : run],
    ['stats', stats],
    ...(audit ? [['findings', records(inOrder(result.findings))] as const] : lists.map((list) => [list, result[list]] as const)),
    ['fixed', audit ? fixed : undefined],
    ['change', audit && change ? changeRecord(change) : undefined],
    ['baseline', audit && baseline ? baselineRecord(result) : undefined],
    ['suppressions', audit && suppressions ? suppressionRecords(result) : undefined],
    ['problems', problems],
    ['shard', shard],
    ['echoes', audit && shard ? records(echoes) : undefined],
  ]);
}

function* records(findings: readonly Finding[]): Generator<Record<string, unknown>> {
  for (const finding of findings) yield findingRecord(finding);
}

function baselineRecord({ findings, baseline }: AuditResult): Record<string, unknown> {
  const { unchanged = [], mended = [], unseen = 0 } = baseline ?? {};
  return { new: findings.length, unchanged: unchanged.length, mended, unseen };
}

function suppressionRecords({ suppressions }: AuditResult): Record<string, unknown> {
  const { suppressed = [], stale = [] } = suppressions ?? {};
  return { suppressed: suppressed.map(({ finding, reason }) => ({ reason, ...findingRecord(finding) })), stale };
}

function changeRecord({ against, patches, mended, unchanged, touched }: ChangeReport): Record<string, unknown> {
  const all = (list: readonly Finding[]) => inOrder(list).map(findingRecord);
  return {
    against,
    patches: patches.map(({ name, subject, author, messageId, files }) => ({ name, subject, author, messageId, files })),
    mended: all(mended),
    unchanged,
    touched: {
      files: touched.files,
      functions: touched.functions,
      sites: touched.sites,
      scopes: touched.scopes,
      retryLoops: touched.retryLoops,
      known: all(touched.known),
    },
  };
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
    fixes: fixes.map(({ title, safety, detail, effects }) => ({ title, safety, ...(detail && { detail }), ...(effects && { effects }) })),
    data,
  };
}
