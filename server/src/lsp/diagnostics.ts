/** Findings as diagnostics. */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic, type DiagnosticRelatedInformation } from 'vscode-languageserver';
import type { Finding, Step } from '../rules/model.js';
import { ruleById } from '../rules/index.js';
import type { Abilities } from './capabilities.js';
import { toRange } from './positions.js';

/** More steps than this make a message too long; related places are listed apart, all of them. */
const MAX_STEPS = 8;

const SEVERITY = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, note: DiagnosticSeverity.Information } as const;
const TAG = { deprecated: DiagnosticTag.Deprecated, unnecessary: DiagnosticTag.Unnecessary } as const;

export interface DiagnosticSurroundings {
  abilities: Abilities;
  /** URI of the folder of rule pages, with a '/' at its end. */
  rulePages: string;
  /** URI of a file of the project by its name. */
  uriOf(name: string): string;
  /** Whether an allocation stands at a place: it is needed, whatever around it is not. */
  allocatesAt(finding: Finding): boolean;
  /** Text of a line of an open file, counted from 1; undefined where the file is not open. */
  lineOf(name: string, line: number): string | undefined;
}

export function toDiagnostic(finding: Finding, around: DiagnosticSurroundings): Diagnostic {
  const { abilities } = around;
  const tags = (ruleById(finding.ruleId)?.meta.tags ?? [])
    .filter((tag) => tag !== 'unnecessary' || !around.allocatesAt(finding))
    .map((tag) => TAG[tag])
    .filter((tag) => abilities.tags.includes(tag));
  const steps = finding.path;
  const range = toRange(finding.at);
  const line = around.lineOf(finding.at.file, finding.at.line);
  if (line !== undefined) range.end.character = Math.min(range.end.character, line.trimEnd().length);
  return {
    range,
    severity: SEVERITY[finding.severity],
    source: 'gfp-audit',
    code: finding.ruleId,
    message: abilities.relatedInformation ? finding.message : withSteps(finding),
    ...(abilities.codeDescription ? { codeDescription: { href: `${around.rulePages}${finding.ruleId}.md` } } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(abilities.relatedInformation && steps.length > 0 ? { relatedInformation: steps.map((step) => related(step, around)) } : {}),
    ...(abilities.data ? { data: { rule: finding.ruleId, function: finding.function, confidence: finding.confidence } } : {}),
  };
}

/** The first steps and the last: where the context begins and where it ends are what must be seen. */
function shortened(path: readonly Step[]): readonly Step[] {
  if (path.length <= MAX_STEPS) return path;
  const ends = Math.floor(MAX_STEPS / 2);
  return [...path.slice(0, MAX_STEPS - ends), ...path.slice(-ends)];
}

function related(step: Step, around: DiagnosticSurroundings): DiagnosticRelatedInformation {
  const text = around.lineOf(step.file, step.line) ?? '';
  const line = Math.max(0, step.line - 1);
  const indent = text.length - text.trimStart().length;
  return {
    location: {
      uri: around.uriOf(step.file),
      range: { start: { line, character: indent }, end: { line, character: Math.max(indent, text.trimEnd().length) } },
    },
    message: `${step.function}(): ${step.what}`,
  };
}

function withSteps(finding: Finding): string {
  const steps = shortened(finding.path);
  if (steps.length < 2) return finding.message;
  return [finding.message, ...steps.map((step) => `  ${step.file}:${step.line} ${step.function}(): ${step.what}`)].join('\n');
}
