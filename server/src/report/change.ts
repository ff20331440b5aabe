/** What a change mends and touches, as text. */
import type { AuditResult, ChangeReport, RetryLoopRecord, ScopeRecord } from '../engine.js';
import type { CameAndWent } from '../session/touched.js';
import { palette, printable } from './colour.js';
import { counted, inOrder } from './order.js';

/** Sites named one by one; beyond this their number says enough. */
const MAX_SITES = 20;

/** Lines under the findings of a change. */
export function changeLines(change: ChangeReport, colour: boolean): string[] {
  const colours = palette(colour);
  const { mended, touched } = change;
  const { added, removed, changed } = touched.sites;
  const sites = [
    ...changed.map(({ before, after }) => {
      const mask = before.gfp.text === after.gfp.text ? '' : ` (was ${before.gfp.text})`;
      return `changed  ${after.file}:${after.line} ${after.function}(): ${after.api}(${after.gfp.text})${mask}`;
    }),
    ...added.map((site) => `added    ${site.file}:${site.line} ${site.function}(): ${site.api}(${site.gfp.text})`),
    ...removed.map((site) => `removed  ${site.file} ${site.function}(): ${site.api}(${site.gfp.text})`),
  ];
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [colours.bold(title), ...lines.map((line) => `  ${printable(line)}`), ''];
  const more = sites.length > MAX_SITES ? [`... and ${sites.length - MAX_SITES} more`] : [];
  return [
    ...section(
      'mended',
      inOrder(mended).map((finding) => `${finding.at.file} ${finding.function}(): ${finding.message} [${finding.ruleId}]`),
    ),
    ...section('allocations on changed lines', [...sites.slice(0, MAX_SITES), ...more]),
    ...section('scopes and retry loops', [...cameAndWent(touched.scopes, scopeWords), ...cameAndWent(touched.retryLoops, loopWords)]),
  ];
}

const scopeWords = ({ kind }: ScopeRecord): string => `opens a ${kind} scope`;
const loopWords = ({ callee }: RetryLoopRecord): string => `repeats ${callee}() until it succeeds`;

function cameAndWent<T extends { file: string; line: number; function: string }>(of: CameAndWent<T>, words: (one: T) => string): string[] {
  return [
    ...of.added.map((one) => `added    ${one.file}:${one.line} ${one.function}(): ${words(one)}`),
    ...of.removed.map((one) => `removed  ${one.file} ${one.function}(): ${words(one)}`),
  ].slice(0, MAX_SITES);
}

/** One line for the summary. */
export function changeSummary({ findings }: AuditResult, { mended, unchanged, touched, against }: ChangeReport): string {
  const where = `${counted(touched.functions.length, 'function')} in ${counted(touched.files.length, 'file')}`;
  return `against ${against}: ${findings.length} new, ${mended.length} mended, ${unchanged} as before in what it touches: ${where}`;
}
