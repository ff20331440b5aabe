/** Audits of files, folders and whole trees on the client's command: progress, cancel, and a report in the form that was asked for. */
import { LSPErrorCodes, ResponseError, type WorkDoneProgressReporter } from 'vscode-languageserver';
import type { AuditOptions, AuditResult, Progress } from '../engine.js';
import type { Host } from '../host/host.js';
import { renderJson } from '../report/json.js';
import { renderSarif } from '../report/sarif.js';
import { renderText } from '../report/text.js';
import { RULES } from '../rules/index.js';
import type { Finding } from '../rules/model.js';
import { findRoot } from '../session/root.js';
import { decodeSource } from '../syntax/decode.js';
import { toRange, type Places } from './positions.js';
import { MAX_LISTED, type AuditAnswer, type AuditFinding, type AuditParams } from './requests.js';
import type { ServerSettings } from './settings.js';

/** Runs an audit where it does not hold up the server: in a thread, where there are any. */
export type RunAudit = (host: Host, options: AuditOptions) => Promise<AuditResult>;

export interface AuditHost {
  host: Host;
  places: Places;
  version: string;
  rulePages: string;
  settings: ServerSettings;
  cacheDir: string | null;
  run: RunAudit;
}

const SEVERITIES = ['error', 'warning', 'note'] as const;
/** Code is shown for findings in so many files; a report of a whole tree has paths enough. */
const MAX_SOURCES = 500;
/** Processor cores that an audit leaves to the editor. */
const SPARED = 1;

/** @throws {ResponseError} in words for the user, or when it was cancelled */
export async function runAudit(
  params: AuditParams,
  { host, places, version, rulePages, settings, cacheDir, run }: AuditHost,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<AuditAnswer> {
  const path = places.pathOf(params.uri);
  if (path === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, `${params.uri} is no file or folder that can be read`);
  progress.begin('GFP Audit', 0, 'looking for files', true);
  try {
    const root = params.scope === 'tree' ? await findRoot(host, path) : null;
    const result = await run(host, {
      paths: [root ?? path],
      kernel: settings.kernel === '' ? 'auto' : settings.kernel,
      jobs: Math.max(1, host.cpus - SPARED),
      cacheDir,
      ...(settings.rt === 'auto' ? {} : { rt: settings.rt === 'on' }),
      minConfidence: settings.minConfidence,
      rules: {},
      signal,
      onProgress: (step) => progress.report(percentOf(step), words(step)),
    });
    return await answer(result);
  } catch (error) {
    if (signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'the audit was cancelled');
    if (error instanceof ResponseError) throw error;
    throw new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
  } finally {
    progress.done();
  }

  async function answer(result: AuditResult): Promise<AuditAnswer> {
    const { findings, stats, root } = result;
    const byRule: Record<string, number> = {};
    for (const { ruleId } of findings) byRule[ruleId] = (byRule[ruleId] ?? 0) + 1;
    const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
    const listed = [...findings].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_LISTED);
    const uriOf = (name: string): string => places.uriOf(host.resolve(name, root));
    return {
      root: places.uriOf(root),
      kernel: result.kernel.version,
      files: stats.files,
      functions: stats.functions,
      sites: stats.sites,
      seconds: result.run.seconds,
      counts: {
        error: findings.filter((f) => f.severity === 'error').length,
        warning: findings.filter((f) => f.severity === 'warning').length,
        note: findings.filter((f) => f.severity === 'note').length,
      },
      byRule,
      report: await report(result),
      findings: listed.map((finding) => listedFinding(finding, uriOf, rulePages)),
      problems: result.problems.map(({ file, message }) => `${file}: ${message}`),
    };
  }

  async function report(result: AuditResult): Promise<string> {
    if (params.format === 'sarif') return renderSarif(result, { version, rules: RULES.map(({ meta }) => meta) });
    if (params.format === 'json') return [...renderJson('audit', result, { version, stable: false })].join('');
    if (params.format !== 'text') return '';
    return renderText(result, { colour: false, quiet: false, source: await sources(result) });
  }

  async function sources({ findings, root }: AuditResult): Promise<Map<string, string[]>> {
    const lines = new Map<string, string[]>();
    for (const name of new Set(findings.map(({ at }) => at.file))) {
      if (lines.size >= MAX_SOURCES) break;
      // A file that has gone meanwhile is reported without its code.
      const bytes = await host.readBytes(host.resolve(name, root)).catch(() => undefined);
      if (bytes) lines.set(name, decodeSource(bytes).split('\n'));
    }
    return lines;
  }
}

function listedFinding(finding: Finding, uriOf: (name: string) => string, rulePages: string): AuditFinding {
  const { at, ruleId: rule, severity, message, path } = finding;
  return {
    uri: uriOf(at.file),
    range: toRange(at),
    rule,
    severity,
    message,
    href: `${rulePages}${rule}.md`,
    related: path.map((step) => {
      const place = { line: Math.max(0, step.line - 1), character: 0 };
      return { location: { uri: uriOf(step.file), range: { start: place, end: place } }, message: `${step.function}(): ${step.what}` };
    }),
  };
}

/** Where phases lie in the whole, per cent: reading takes most of a first run. */
const PHASES: Readonly<Record<string, readonly [from: number, to: number]>> = {
  list: [0, 2],
  read: [2, 60],
  link: [60, 80],
  contexts: [80, 82],
  check: [82, 99],
};

/** Share of the whole audit that is done, 0 to 99; how long a phase takes of it was measured on a whole tree. */
export function percentOf({ phase, done, total }: Progress): number {
  const [from, to] = PHASES[phase] ?? [0, 0];
  return Math.floor(from + (total > 0 ? ((to - from) * Math.min(done, total)) / total : 0));
}

const WORDS: Readonly<Record<string, string>> = {
  list: 'looking for files',
  read: 'reading',
  link: 'linking functions',
  contexts: 'spreading contexts',
  check: 'checking',
};

export function words({ phase, done, total }: Progress): string {
  return total > 0 ? `${WORDS[phase] ?? phase} (${done} of ${total})` : (WORDS[phase] ?? phase);
}
