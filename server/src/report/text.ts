/** The report a person reads: findings by file, with code, the path that leads there, and a summary. */
import type { AuditResult } from '../engine.js';
import type { Finding, Step } from '../rules/model.js';
import { palette, printable, severityWord, type Palette } from './colour.js';
import { changeLines, changeSummary } from './change.js';
import { codeFrame } from './frame.js';
import { compareText } from '../rules/order.js';
import { byFile, counted, inOrder } from './order.js';

export interface TextOptions {
  colour: boolean;
  /** Only the findings: no code, no paths, no summary. */
  quiet: boolean;
  /** Lines of the files that findings stand in; a file left out gets no code frame. */
  source: ReadonlyMap<string, string[]>;
}

/** More steps than this say less: the ends of the path are kept. */
const maxSteps = 12;

export function renderText(result: AuditResult, options: TextOptions): string {
  const colours = palette(options.colour);
  const lines: string[] = [];
  for (const [file, findings] of byFile(inOrder(result.findings), (finding) => finding.at.file)) {
    lines.push(colours.bold(printable(file)));
    for (const finding of findings) lines.push(...renderFinding(finding, options, colours));
    lines.push('');
  }
  if (result.change && !options.quiet) lines.push(...changeLines(result.change, options.colour));
  if (!options.quiet) lines.push(...summary(result, colours));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** One finding: the headline, then (unless quiet) code, path and fixes. */
export function renderFinding(finding: Finding, options: TextOptions, colours: Palette): string[] {
  const { at, severity, confidence, ruleId, message } = finding;
  const where = finding.function === '' ? '' : colours.dim(` in ${printable(finding.function)}()`);
  const head = `  ${at.line}:${at.column} ${severityWord(colours, severity)} ${printable(message)} ${colours.dim(`[${ruleId}, ${confidence}]`)}${where}`;
  if (options.quiet) return [head];
  const fixes = finding.fixes.map((fix) => `    fix${fix.safety === 'review' ? ' (to review)' : ''}: ${printable(fix.title)}`);
  return [head, ...codeFrame(options.source.get(at.file), at, options.colour), ...renderSteps(finding.path, '    ', colours), ...fixes];
}

/** A witness path, one step a line; the middle of a very long one is left out. */
export function renderSteps(path: readonly Step[], indent: string, colours: Palette): string[] {
  if (path.length < 2) return [];
  const line = (step: Step): string => {
    const where = step.function === '' ? '' : ` ${printable(step.function)}()`;
    return `${indent}  ${colours.cyan(`${printable(step.file)}:${step.line}`)}${where}: ${printable(step.what)}`;
  };
  const head = path.length > maxSteps ? path.slice(0, maxSteps / 2) : path;
  const tail = path.length > maxSteps ? path.slice(-maxSteps / 2) : [];
  const gap = tail.length > 0 ? [`${indent}  ... ${counted(path.length - maxSteps, 'step')} left out ...`] : [];
  return [`${indent}${colours.dim('path:')}`, ...head.map(line), ...gap, ...tail.map(line)];
}

function summary(result: AuditResult, colours: Palette): string[] {
  const { findings, stats, kernel, baseline, suppressions, change, fixed } = result;
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  const rules = new Map<string, number>();
  for (const { ruleId } of findings) rules.set(ruleId, (rules.get(ruleId) ?? 0) + 1);
  const ranked = [...rules].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  const words = `${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('note'), 'note')}`;
  const broken = stats.functionsWithErrors > 0 ? `, ${counted(stats.functionsWithErrors, 'function')} not fully parsed` : '';
  return [
    findings.length === 0
      ? baseline || change
        ? 'No new findings.'
        : 'No findings.'
      : colours.bold(`${counted(findings.length, 'finding')}: ${words}`),
    ...ranked.map(([rule, n]) => `  ${String(n).padStart(5)}  ${rule}`),
    ...(fixed ? [`${counted(fixed.length, 'fix', 'fixes')} made`] : []),
    ...(change ? [changeSummary(result, change)] : []),
    ...(baseline ? [baselineWords(findings.length, baseline)] : []),
    ...(suppressions ? [`${counted(suppressions.suppressed.length, 'finding')} suppressed with a reason`] : []),
    ...(change
      ? []
      : [
          `${counted(stats.reported, 'file')}, ${counted(stats.sites, 'allocation site')}${stats.reported < stats.files ? ' reported on' : ''}`,
        ]),
    `${counted(stats.files, 'file')}, ${counted(stats.functions, 'function')} read${broken}`,
    `kernel ${kernel.version} (${kernel.from}), judged by profile ${kernel.profile}`,
    ...(findings.length === 0
      ? []
      : [colours.dim('gfp-audit rules ID tells what a rule finds and why; gfp-audit explain FILE:LINE what is known of a line')]),
  ];
}

function baselineWords(news: number, { unchanged, mended, unseen }: NonNullable<AuditResult['baseline']>): string {
  const beyond = unseen > 0 ? `; ${unseen} of files, rules or confidences that this run left out` : '';
  return `baseline: ${news} new, ${unchanged.length} unchanged, ${countOf(mended)} mended${beyond}`;
}

const countOf = (entries: readonly { count: number }[]): number => entries.reduce((n, { count }) => n + count, 0);
