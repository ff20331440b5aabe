/** The rules as text, JSON and Markdown, from their metadata. */
import type { RuleExample, RuleMeta } from '../rules/model.js';
import { palette, severityWord } from './colour.js';

export interface RulesOptions {
  format: 'text' | 'json' | 'markdown';
  /** One rule was asked for by name: show all of it. */
  one: boolean;
  colour: boolean;
}

export function renderRules(rules: readonly RuleMeta[], { format, one, colour }: RulesOptions): string {
  const [first] = rules;
  if (format === 'json') {
    const records = rules.map(ruleRecord);
    return `${JSON.stringify(one ? records[0] : records, null, 2)}\n`;
  }
  if (format === 'markdown') return one && first ? rulePage(first) : ruleTable(rules);
  return one && first ? rulePage(first) : ruleList(rules, colour);
}

function ruleRecord(rule: RuleMeta): Record<string, unknown> {
  const { id, summary, severity, doc, noFix, examples } = rule;
  const tags = rule.tags ?? [];
  return {
    id,
    summary,
    severity,
    offByDefault: rule.offByDefault ?? false,
    tags,
    doc,
    ...(noFix === undefined ? {} : { noFix }),
    examples,
  };
}

function ruleList(rules: readonly RuleMeta[], colour: boolean): string {
  const colours = palette(colour);
  const width = Math.max(...rules.map((rule) => rule.id.length));
  const line = (rule: RuleMeta): string => {
    const pad = ' '.repeat(9 - rule.severity.length);
    return `${rule.id.padEnd(width + 2)}${severityWord(colours, rule.severity)}${pad}${rule.summary}${rule.offByDefault ? ' (off by default)' : ''}`;
  };
  return `${rules.map(line).join('\n')}\n`;
}

/** Table of all rules, linking to their pages. */
export function ruleTable(rules: readonly RuleMeta[]): string {
  const row = (rule: RuleMeta): string =>
    `| [\`${rule.id}\`](${rule.id}.md) | ${rule.severity}${rule.offByDefault ? ', off by default' : ''} | ${rule.summary.replaceAll('|', '\\|')} |`;
  return ['| rule | severity | finds |', '| --- | --- | --- |', ...rules.map(row), ''].join('\n');
}

/** The page of one rule: docs/rules/ID.md. */
export function rulePage(rule: RuleMeta): string {
  const off = rule.offByDefault ? ', off unless asked for' : '';
  const blocks = rule.examples.map(exampleBlock);
  return [
    `# ${rule.id}`,
    '',
    `${rule.summary}. Default severity: ${rule.severity}${off}.`,
    '',
    rule.doc.trim(),
    '',
    rule.noFix === undefined ? `**Fixes**: see [fixes](../fixes.md#${rule.id}).` : `**No fix is offered.** ${rule.noFix}`,
    '',
    ...(blocks.length > 0 ? ['## Examples', '', ...blocks] : []),
  ].join('\n');
}

function exampleBlock(example: RuleExample): string {
  const about = [example.kernel === undefined ? '' : `kernel ${example.kernel}`, example.rt ? 'with PREEMPT_RT' : ''].filter(
    (part) => part !== '',
  );
  const code = (title: string, text: string | undefined): string[] =>
    text === undefined ? [] : [title, '', '```c', text.trim(), '```', ''];
  return [
    `### ${example.title}${about.length > 0 ? ` (${about.join(', ')})` : ''}`,
    '',
    ...code('Found:', example.bad),
    ...code('Not found:', example.good),
  ].join('\n');
}
