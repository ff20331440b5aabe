/** What is known of one line: its allocations with mask and context, what else stands there, and the findings. */
import { chartOfResults } from '../../../simulator/src/index.js';
import type { AuditResult, Simulation, SiteRecord } from '../engine.js';
import type { Context, Finding, RuleMeta } from '../rules/model.js';
import { palette, printable, severityWord, type Palette } from './colour.js';
import { codeFrame } from './frame.js';
import { inOrder } from './order.js';
import { contextWords } from './sites.js';
import { renderSteps } from './text.js';

export interface Explanation {
  file: string;
  line: number;
  sites: SiteRecord[];
  findings: Finding[];
  /** Retry loops, scopes, waits, non-blocking sections and flag uses on the line, in words. */
  others: string[];
  /** When nothing stands on the line: the sites next to it, at most three. */
  nearest: SiteRecord[];
}

/** Picks from a result what stands on a line; with a column, the site nearest to it and the findings that cover it. */
export function explainLine(result: AuditResult, place: { file: string; line: number; column?: number }): Explanation {
  const { file, line, column } = place;
  const here = (item: { file: string; line: number }): boolean => item.file === file && item.line === line;
  let sites = result.sites.filter(here);
  if (column !== undefined && sites.length > 1) {
    const distance = (site: SiteRecord): number => Math.abs(site.column - column);
    sites = [sites.reduce((best, site) => (distance(site) < distance(best) ? site : best))];
  }
  const covers = ({ at }: Finding): boolean =>
    at.file === file && (at.line === line || (at.line < line && line <= at.endLine && at.endLine - at.line < 40));
  const others = [
    ...result.retryLoops
      .filter((loop) => loop.file === file && loop.line <= line && line <= loop.endLine)
      .map(
        (loop) => `a loop (lines ${loop.line} to ${loop.endLine}) retries ${loop.callee}(): ${[loop.verdict, ...loop.reasons].join(', ')}`,
      ),
    ...result.scopes
      .filter(here)
      .map(
        (scope) =>
          `opens a ${scope.kind} scope, restored on ${scope.restores.length > 0 ? `line ${scope.restores.join(', ')}` : 'no line of this function'}`,
      ),
    ...result.waits.filter(here).map((wait) => `waits with ${wait.api}()`),
    ...result.nonBlock
      .filter(here)
      .map(
        (block) =>
          `starts a non-blocking section that ends on ${block.ends.length > 0 ? `line ${block.ends.join(', ')}` : 'no line of this function'}`,
      ),
    ...result.flagUses
      .filter((use) => here(use) && !sites.some(({ gfp }) => gfp.text.includes(use.flag)))
      .map((use) => `uses ${use.flag} outside a call (${use.kind})`),
  ];
  const nearest = result.sites
    .filter((site) => site.file === file)
    .sort((a, b) => Math.abs(a.line - line) - Math.abs(b.line - line) || a.line - b.line)
    .slice(0, 3);
  return { file, line, sites, findings: inOrder(result.findings.filter(covers)), others, nearest };
}

export interface ExplainOptions {
  colour: boolean;
  source: ReadonlyMap<string, string[]>;
  rules: readonly RuleMeta[];
}

export function renderExplanation(result: AuditResult, what: Explanation, options: ExplainOptions): string {
  const colours = palette(options.colour);
  const source = options.source.get(what.file);
  const lines = [`${colours.bold(`${printable(what.file)}:${what.line}`)}  kernel ${result.kernel.version} (${result.kernel.from})`];
  for (const site of what.sites) {
    const length = site.api.length;
    const at = {
      file: site.file,
      line: site.line,
      column: site.column,
      endLine: site.line,
      endColumn: site.column + length,
    };
    lines.push('', ...codeFrame(source, at, options.colour), ...siteLines(site, colours));
  }
  if (what.others.length > 0) lines.push('', ...what.others.map((text) => `  ${printable(text)}`));
  for (const finding of what.findings) {
    const rule = options.rules.find((meta) => meta.id === finding.ruleId);
    lines.push(
      '',
      `  ${severityWord(colours, finding.severity)} ${printable(finding.message)} ${colours.dim(`[${finding.ruleId}, ${finding.confidence}]`)}`,
      ...(rule ? [`    the rule: ${rule.summary}`] : []),
      ...renderSteps(finding.path, '    ', colours),
      ...mendLines(finding),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Fixes with both sides of what they do, advice, and what is not offered. */
function mendLines({ fixes, data }: Finding): string[] {
  const said = (key: string, words: string): string[] =>
    (Array.isArray(data[key]) ? (data[key] as Record<string, string>[]) : []).flatMap((one) => [
      `    ${words}: ${printable(one['title'] ?? '')}`,
      `      ${printable(one['detail'] ?? one['reason'] ?? '')}`,
    ]);
  return [
    ...fixes.flatMap((fix) => [
      `    fix${fix.safety === 'review' ? ' (to review)' : ''}: ${printable(fix.title)}`,
      ...(fix.detail === undefined ? [] : [`      ${printable(fix.detail)}`]),
      ...(fix.effects ?? []).flatMap((effect) => [
        `      ${printable(`${effect.api}() in ${effect.function}(), ${effect.file}:${effect.line}`)}`,
        ...effect.lines.map((line) => `        ${printable(line.trimEnd())}`),
      ]),
    ]),
    ...said('fixAdvice', 'advice'),
    ...said('fixRefused', 'no fix'),
  ];
}

function siteLines(site: SiteRecord, colours: Palette): string[] {
  const { gfp } = site;
  const sometimes = gfp.may.filter((flag) => !gfp.must.includes(flag));
  const row = (label: string, text: string): string[] => (text === '' ? [] : [`    ${colours.dim(label.padEnd(11))}${printable(text)}`]);
  return [
    ...row('call', `${site.api}() in ${site.function}(), class ${site.class}`),
    ...row('mask', gfp.text === '' ? '(implied by the call)' : gfp.text),
    ...row('flags', gfp.must.join(' | ')),
    ...row('sometimes', sometimes.join(' | ')),
    ...row('from caller', gfp.params.join(', ')),
    ...row('effective', gfp.effective.join(' | ')),
    ...row('order', site.order === null ? '' : `${site.order} (${site.order === 0 ? '1 page' : `${2 ** site.order} pages`})`),
    ...row('can fail', failureWords(site)),
    ...row('result', site.nullChecked ? 'tested on every path' : 'not tested on every path'),
    ...site.contexts.flatMap((context, i) => contextLines(context, i, site.contexts.length, colours)),
    ...(site.simulation ? simulationLines(site.simulation, colours) : []),
  ];
}

/** What the flag promises, unless the model of this kernel knows better. */
function failureWords({ nofail, simulation }: SiteRecord): string {
  if (nofail === 'may') return 'on the paths without __GFP_NOFAIL';
  if (nofail === 'must') return simulation?.mayFail === true ? 'yes, in spite of __GFP_NOFAIL' : 'no: __GFP_NOFAIL';
  return simulation?.mayFail === false ? 'not in any standard state of memory' : 'yes';
}

function contextLines(context: Context, index: number, count: number, colours: Palette): string[] {
  const label = count > 1 ? `context ${index + 1}` : 'context';
  const words = contextWords(context);
  const task = context.task === 'unknown' || context.task === '' ? '' : `${context.task}: `;
  return [
    `    ${colours.dim(label.padEnd(11))}${task}${words === '' ? 'may sleep as far as is known' : words}`,
    ...renderSteps(context.path, '      ', colours),
  ];
}

/** The model's verdict: its sentences, and what comes of the request as memory runs out. */
function simulationLines(simulation: Simulation, colours: Palette): string[] {
  const sentences = simulation.text.split(/(?<=\.) (?=[A-Z_])/);
  const chart = chartOfResults(simulation.reserveFloor, simulation.states, simulation.killsIn);
  return [
    ...sentences.map((text, i) => `    ${colours.dim((i === 0 ? 'allocator' : '').padEnd(11))}${printable(text)}`),
    ...chart.map((line) => `      ${colours.cyan(line)}`),
  ];
}
