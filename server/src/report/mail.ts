/** A reply by mail: plain text of 72 columns, each finding under the quoted line of the patch that it comes from. */
import type { AuditResult, CauseRecord, ChangeReport } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { printable } from './colour.js';
import { byFile, counted, inOrder } from './order.js';
import { wrapped } from './wrap.js';

type PatchRecord = ChangeReport['patches'][number];

/** Lines of a hunk quoted above the one that is spoken of; more is left to the reader's own copy. */
const ABOVE = 8;
/** Lines quoted below, so that the end of a statement is seen. */
const BELOW = 2;

/** Without a patch a plain list. With --each an mbox: one reply to each mail that brings or mends something. */
export function renderMail(result: AuditResult): string {
  const { change } = result;
  if (!change || change.patches.every(({ lines }) => lines.length === 0)) return text([...plainList(result), ...closing(result)]);
  const about = (n: number) => (finding: Finding) => causeOf(finding)?.patch === n;
  const parts = change.patches.flatMap((patch, i) => {
    const found = result.findings.filter(about(i + 1));
    const mended = change.mended.filter(about(i + 1));
    if (found.length + mended.length === 0) return [];
    return [{ patch, body: [...quoted(patch, found), ...mendedList(mended)] }];
  });
  const loose = result.findings.filter((finding) => !causeOf(finding));
  if (change.each)
    return parts.map(({ patch, body }) => text([...headers(patch), ...[...body, ...signature(result)].map(unlikeSeparator)])).join('\n');
  const bodies = parts.flatMap(({ patch, body }) => [
    ...(change.patches.length > 1 ? [`${patch.name}: ${patch.subject}`, ''] : []),
    ...body,
  ]);
  return text([...bodies, ...loose.flatMap((finding) => described(finding, true)), ...closing(result)]);
}

const text = (lines: readonly string[]): string =>
  `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;

const causeOf = ({ data }: Finding): CauseRecord | undefined => data.cause as CauseRecord | undefined;

/** The begin of a mail in an mbox; who sends it is the sender's own business. */
function headers({ subject, author, messageId }: PatchRecord): string[] {
  const field = (name: string, value: string): string[] => (value === '' ? [] : [`${name}: ${printable(value)}`]);
  return [
    'From gfp-audit Mon Sep 17 00:00:00 2001',
    ...field('To', author),
    ...field('Subject', `Re: ${subject.replace(/^re:\s*/i, '')}`),
    ...field('In-Reply-To', messageId),
    ...field('References', messageId),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...(author === '' ? [] : [`${author.replace(/\s*<.*$/, '')} wrote:`, '']),
  ];
}

/** A line that would begin the next mail of an mbox. */
const unlikeSeparator = (line: string): string => line.replace(/^(?=>*From )/, '>');

/** The patch's hunks that findings come from, with the findings in between. */
function quoted(patch: PatchRecord, findings: readonly Finding[]): string[] {
  const at = new Map<number, Finding[]>();
  for (const finding of inOrder(findings)) {
    const line = causeOf(finding)!.line;
    at.set(line, [...(at.get(line) ?? []), finding]);
  }
  const out: string[] = [];
  let file = -1;
  let hunk = -1;
  let done = -1;
  for (const line of [...at.keys()].sort((a, b) => a - b)) {
    const begins = above(patch.lines, line - 1, /^@@ /);
    const names = above(patch.lines, begins, /^(diff --git |--- )/);
    if (names !== file) out.push(...quote(headOf(patch.lines, names)));
    if (begins !== hunk) {
      out.push(...quote([patch.lines[begins] ?? '']));
      done = begins + 1;
    }
    [file, hunk] = [names, begins];
    const from = Math.max(done, line - 1 - ABOVE);
    if (from > done) out.push('> [...]');
    const to = Math.min(line + BELOW, endOfHunk(patch.lines, line), nextKey(at, line));
    out.push(...quote(patch.lines.slice(from, Math.max(to, from))), '', ...at.get(line)!.flatMap((finding) => described(finding, false)));
    done = Math.max(to, from);
  }
  return out;
}

/** Index of the nearest line at or above that matches. */
function above(lines: readonly string[], from: number, pattern: RegExp): number {
  let at = from;
  while (at > 0 && !pattern.test(lines[at] ?? '')) at--;
  return at;
}

function headOf(lines: readonly string[], at: number): string[] {
  const found = lines.slice(at, at + 12).findIndex((line) => line.startsWith('+++ '));
  return found < 0 ? [lines[at] ?? ''] : lines.slice(at, at + found + 1).filter((line) => /^(diff |--- |\+\+\+ )/.test(line));
}

function endOfHunk(lines: readonly string[], line: number): number {
  let at = line;
  while (/^[ +\\]|^-(?!- ?$)/.test(lines[at] ?? '')) at++;
  return at;
}

const nextKey = (at: ReadonlyMap<number, unknown>, line: number): number =>
  Math.min(...[...at.keys()].filter((key) => key > line), Infinity);

const quote = (lines: readonly string[]): string[] => lines.map((line) => `> ${printable(line)}`.trimEnd());

/** What is said of one finding. @param placed name its place, which a quoted line would show */
function described(finding: Finding, placed: boolean): string[] {
  const { at, message, ruleId, severity, confidence, path } = finding;
  const here = causeOf(finding)?.how === 'here' && !placed;
  const place = here ? '' : `${at.file}:${at.line}${finding.function === '' ? '' : ` ${finding.function}()`}: `;
  const steps = path.length < 2 ? [] : path;
  return [
    ...wrapped(printable(`${place}${message} [${ruleId}, ${severity}, ${confidence}]`)),
    '',
    ...steps.flatMap((step) =>
      wrapped(printable(`${step.file}:${step.line}${step.function === '' ? '' : ` ${step.function}()`}: ${step.what}`), '  ', '      '),
    ),
    '',
  ];
}

function plainList(result: AuditResult): string[] {
  const files = byFile(inOrder(result.findings), ({ at }) => at.file);
  return [...files].flatMap(([file, findings]) => [printable(file), '', ...findings.flatMap((finding) => described(finding, true))]);
}

function mendedList(mended: readonly Finding[]): string[] {
  if (mended.length === 0) return [];
  const lines = inOrder(mended).flatMap(({ at, function: name, message, ruleId }) =>
    wrapped(printable(`- ${at.file} ${name}(): ${message} [${ruleId}]`), '', '  '),
  );
  return [`This mends ${counted(mended.length, 'finding')}:`, '', ...lines, ''];
}

function closing(result: AuditResult): string[] {
  const { change, findings } = result;
  if (!change) return [`${counted(findings.length, 'finding')}.`, ...signature(result)];
  const { sites, functions } = change.touched;
  const said = [
    findings.length === 0 ? 'No new findings' : counted(findings.length, 'new finding'),
    `${change.mended.length} mended`,
    `${change.unchanged} as before in what it touches`,
  ];
  const touched = `That is ${counted(functions.length, 'function')} and ${counted(sites.added.length + sites.removed.length + sites.changed.length, 'allocation')}.`;
  const mended = change.patches.every(({ lines }) => lines.length === 0) ? mendedList(change.mended) : [];
  return [...mended, ...wrapped(`${said.join(', ')}. ${touched}`), ...signature(result)];
}

const signature = ({ kernel }: AuditResult): string[] => ['', ...wrapped(`Found by gfp-audit, judged by Linux ${kernel.version}.`)];
