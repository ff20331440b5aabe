/** As a compiler says it: `file:line:column: warning: message [rule]`, which editors, kbuild's logs and problem matchers read. */
import type { AuditResult } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { printable } from './colour.js';
import { inOrder } from './order.js';

export interface KernelOptions {
  /** How a file of the tree is written: compilers name it as seen from where they run. */
  shown(file: string): string;
  /** Leave out the steps of the path. */
  quiet: boolean;
}

/** Compilers know no lesser word that stands for itself: their notes belong to the warning above. */
const words: Record<Finding['severity'], string> = { error: 'error', warning: 'warning', note: 'warning' };

export function renderKernel(result: AuditResult, { shown, quiet }: KernelOptions): string {
  const lines = inOrder(result.findings).flatMap(({ at, ruleId, severity, message, path }) => {
    const head = `${printable(shown(at.file))}:${at.line}:${at.column}: ${words[severity]}: ${printable(message)} [${ruleId}]`;
    const steps = quiet || path.length < 2 ? [] : path;
    return [head, ...steps.map((step) => `${printable(shown(step.file))}:${step.line}:1: note: ${printable(inFunction(step))}`)];
  });
  return lines.map((line) => `${line}\n`).join('');
}

const inFunction = ({ function: name, what }: Finding['path'][number]): string => (name === '' ? what : `in ${name}(): ${what}`);
