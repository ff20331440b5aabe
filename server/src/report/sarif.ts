/** SARIF 2.1.0 (OASIS standard, errata 01), within the limits that code-scanning services state. */
import type { CodeFlow, Invocation, Location, Log, PhysicalLocation, ReportingDescriptor, Result, ThreadFlowLocation } from 'sarif';
import type { AuditResult, Problem } from '../engine.js';
import type { Confidence, Finding, RuleMeta, Step } from '../rules/model.js';
import type { BaselineEntry } from '../session/baseline.js';
import { digest, exactKey, identityOf } from '../session/identity.js';
import { inOrder } from './order.js';

export interface SarifOptions {
  version: string;
  rules: readonly RuleMeta[];
}

const schemaUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Longer code flows are cut in the middle: services show 1,000 steps and keep 10,000. */
const maxSteps = 1000;
/** SARIF's rank runs from 0 to 100. */
const rank: Record<Confidence, number> = { certain: 95, likely: 75, possible: 40 };
const precision: Record<Confidence, string> = { certain: 'very-high', likely: 'high', possible: 'medium' };

export function renderSarif(result: AuditResult, { version, rules }: SarifOptions): string {
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]));
  const fingerprints = new Map<string, number>();
  const { baseline, suppressions, change } = result;
  const accepted = new Map<Finding, Partial<Result>>([
    ...(baseline || change ? result.findings.map((f) => [f, { baselineState: 'new' }] as const) : []),
    ...(baseline?.unchanged ?? []).map((f) => [f, { baselineState: 'unchanged' }] as const),
    ...(change?.mended ?? []).map((f) => [f, { baselineState: 'absent' }] as const),
    ...(suppressions?.suppressed ?? []).map(({ finding, reason }) => [finding, suppression(reason)] as const),
  ]);
  const findings = inOrder([...new Set([...result.findings, ...accepted.keys()])]);
  const log: Log = {
    $schema: schemaUri,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gfp-audit', version, semanticVersion: version, rules: rules.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          TREE: { description: { text: 'root of the kernel tree, or the folder that was audited' } },
        },
        invocations: [invocation(result)],
        properties: { kernel: result.kernel },
        results: [
          ...findings.map((finding) => ({ ...resultOf(finding, indexOf.get(finding.ruleId), fingerprints), ...accepted.get(finding) })),
          ...(baseline?.mended ?? []).map((entry) => absent(entry, indexOf.get(entry.rule))),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function suppression(justification: string): Partial<Result> {
  return { suppressions: [{ kind: 'external', status: 'accepted', justification }] };
}

/** A finding of the baseline that is gone: its line is not known any more. */
function absent({ rule, file, call, function: name }: BaselineEntry, ruleIndex: number | undefined): Result {
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    message: { text: `${call === '' ? 'The finding' : `The finding on ${call}`} is gone.` },
    locations: [locationOf({ artifactLocation: artifact(file) }, name)],
    baselineState: 'absent',
  };
}

function descriptor(rule: RuleMeta): ReportingDescriptor {
  return {
    id: rule.id,
    name: rule.id.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${rule.summary}.` },
    fullDescription: { text: firstParagraph(rule) },
    help: { text: rule.doc.trim() || rule.summary, markdown: rule.doc.trim() || rule.summary },
    defaultConfiguration: { level: rule.severity, enabled: !(rule.offByDefault ?? false) },
    properties: {
      tags: ['kernel', 'memory', 'gfp'],
      'problem.severity': rule.severity === 'note' ? 'recommendation' : rule.severity,
    },
  };
}

function firstParagraph(rule: RuleMeta): string {
  const text = rule.doc
    .trim()
    .split(/\n\s*\n/)
    .find((part) => !part.startsWith('#') && part.trim() !== '');
  return text?.replace(/\s+/g, ' ').trim() ?? `${rule.summary}.`;
}

function resultOf(finding: Finding, ruleIndex: number | undefined, fingerprints: Map<string, number>): Result {
  const { at, ruleId, severity, confidence, message, path } = finding;
  const location = locationOf(physical(at.file, at.line, at), finding.function);
  // The baseline's identity, so that a finding keeps it when code above it moves; a count tells twins apart.
  const identity = exactKey(identityOf(finding));
  const twin = fingerprints.get(identity) ?? 0;
  fingerprints.set(identity, twin + 1);
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: severity,
    rank: rank[confidence],
    message: { text: message },
    locations: [location],
    ...(path.length > 1 ? { codeFlows: [codeFlow(path)] } : {}),
    partialFingerprints: { 'gfpAudit/v2': `${digest(identity)}:${twin}` },
    properties: {
      confidence,
      precision: precision[confidence],
      ...(finding.contexts.length > 0 ? { contexts: finding.contexts } : {}),
    },
  };
}

function codeFlow(path: readonly Step[]): CodeFlow {
  const kept = path.length > maxSteps ? [...path.slice(0, maxSteps / 2), ...path.slice(-maxSteps / 2)] : path;
  const locations = kept.map((step, index): ThreadFlowLocation => ({
    location: { ...locationOf(physical(step.file, step.line), step.function), message: { text: step.what } },
    importance: index === 0 || index === kept.length - 1 ? 'essential' : 'important',
  }));
  return { threadFlows: [{ locations }] };
}

function locationOf(physicalLocation: PhysicalLocation, functionName: string): Location {
  return {
    physicalLocation,
    ...(functionName === '' ? {} : { logicalLocations: [{ name: functionName, kind: 'function' }] }),
  };
}

function physical(file: string, line: number, at?: Finding['at']): PhysicalLocation {
  const columns = at && { startColumn: at.column, endLine: at.endLine, endColumn: at.endColumn };
  return { artifactLocation: artifact(file), region: { startLine: line, ...columns } };
}

/** Relative to the tree; a file outside of it keeps its absolute path as a file URI. */
function artifact(file: string): PhysicalLocation['artifactLocation'] & object {
  const uri = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (file.startsWith('/')) return { uri: `file://${uri}` };
  return /^[A-Za-z]:[\\/]/.test(file) ? { uri: `file:///${uri.replace('%3A', ':')}` } : { uri, uriBaseId: 'TREE' };
}

function invocation({ problems, kernel }: AuditResult): Invocation {
  const notice = (problem: Problem): NonNullable<Invocation['toolExecutionNotifications']>[number] => ({
    level: problem.kind === 'unreadable' ? 'error' : 'note',
    message: { text: problem.message },
    locations: [{ physicalLocation: { artifactLocation: artifact(problem.file) } }],
  });
  return {
    executionSuccessful: !problems.some((problem) => problem.kind === 'unreadable'),
    toolExecutionNotifications: problems.map(notice),
    toolConfigurationNotifications: kernel.mismatches.map((text) => ({ level: 'note', message: { text } })),
  };
}
