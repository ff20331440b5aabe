/** Workflow commands of GitHub Actions: a run's annotations. One run shows ten of each level; SARIF has no such limit. */
import type { AuditResult } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { printable } from './colour.js';
import { counted, inOrder } from './order.js';

const levels: Record<Finding['severity'], string> = { error: 'error', warning: 'warning', note: 'notice' };

/** @param shown how a file of the tree is written: relative to the repository's root */
export function renderGithub(result: AuditResult, shown: (file: string) => string): string {
  const lines = inOrder(result.findings).map(({ at, ruleId, severity, message, path }) => {
    // Columns are taken only where the place is on one line.
    const columns = at.endLine === at.line ? [`col=${at.column}`, `endColumn=${at.endColumn}`] : [];
    const place = [`file=${property(shown(at.file))}`, `line=${at.line}`, `endLine=${at.endLine}`, ...columns, `title=${property(ruleId)}`];
    const steps = path.length < 2 ? [] : path.map((step) => `${shown(step.file)}:${step.line} ${step.function}(): ${step.what}`);
    return `::${levels[severity]} ${place.join(',')}::${data([message, ...steps].map(printable).join('\n'))}\n`;
  });
  const mended = result.change?.mended.length ?? 0;
  const news = result.change || result.baseline ? 'new finding' : 'finding';
  return `${lines.join('')}gfp-audit: ${counted(result.findings.length, news)}${mended > 0 ? `, ${mended} mended` : ''}\n`;
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
