/** A place in the source in words: Markdown that reads well in a terminal editor too (lists, no tables, no HTML). */
import type { Profile } from '../../../simulator/src/index.js';
import type { RetryLoopRecord, ScopeRecord, SiteRecord } from '../engine.js';
import type { MaskValue } from '../flow/model.js';
import type { Context, Finding, Step } from '../rules/model.js';
import { flagWords, maskLines, partsOf, type FlagLine } from './flags.js';
import { code, prose } from './markdown.js';
import { scopeWords } from './scopes.js';

/** How a path step becomes a link; the plain words where nothing can be linked. */
export type StepLink = (step: Step) => string;

/** Masks of one site, one per family of paths. */
export interface SiteMasks {
  requested: readonly MaskValue[];
  effective: readonly MaskValue[];
}

/** What is known of an allocation (`basis`: 'the open files show', or what else it was concluded from): request, what the mask does, context, what the model of this kernel's allocator says. */
export function siteHover(site: SiteRecord, masks: SiteMasks, profile: Profile, kernel: string, link: StepLink, basis: string): string {
  const lines = [
    `**${site.api}** in \`${site.function}()\`${site.order !== null && site.order > 0 ? `, order ${site.order} (${2 ** site.order} pages)` : ''}`,
    '',
  ];
  // The box of an editor is small: the verdict first, what it rests on below.
  lines.push(maskLine(site), ...effectiveLine(site));
  if (site.simulation) {
    lines.push('', `**Linux ${kernel}:** ${prose(site.simulation.text)}`);
    lines.push(...site.simulation.warns.map((warn) => `- warns: ${prose(warn)}`));
    if (site.simulation.deadlock) lines.push(`- deadlock: ${site.simulation.deadlock.map(prose).join(' → ')}`);
  }
  lines.push(...contextSection(site.contexts, link, basis), ...flagSection(masks, profile));
  if (!site.nullChecked && site.nofail !== 'must' && site.simulation?.mayFail !== false)
    lines.push('', 'The result is not tested on every path.');
  return lines.join('\n');
}

function maskLine({ gfp }: SiteRecord): string {
  const requested = gfp.text === '' ? `${code(gfp.must.join(' | '))} (implied by the call)` : code(gfp.text);
  const caller = gfp.params.length > 0 ? `, with ${gfp.params.map(code).join(', ')} from the caller` : '';
  const sometimes = gfp.may.length > 0 ? `, on some paths ${code(gfp.may.join(' | '))}` : '';
  return `Mask ${requested}${caller}${sometimes}`;
}

function effectiveLine({ gfp }: SiteRecord): string[] {
  const [requested, effective] = [gfp.must.join(' | '), gfp.effective.join(' | ')];
  if (effective !== requested) return effective === '' ? [] : ['', `Effective here: ${code(effective)}`];
  return gfp.text !== '' && requested !== '' && requested !== gfp.text ? ['', `That is ${code(requested)}`] : [];
}

/** What each flag does, where all paths have one mask and it is known. */
function flagSection({ effective }: SiteMasks, profile: Profile): string[] {
  const [first] = effective;
  if (!first || !effective.every((m) => !m.unknown && m.params.length === 0 && m.must === m.may && m.must === first.must)) return [];
  return ['', '**What the mask says**', ...maskLines(profile, first.must).map(flagLine)];
}

const flagLine = ({ flag, set, words }: FlagLine): string => `- ${set ? '' : 'no '}${code(flag)}: ${words}`;

function contextSection(contexts: readonly Context[], link: StepLink, basis: string): string[] {
  const told = contexts.filter((c) => c.atomic !== 'no' || c.locks.length > 0 || c.scopes.length > 0 || !['unknown', ''].includes(c.task));
  if (told.length === 0) return ['', `Nothing here forbids sleeping, as far as ${basis}.`];
  const lines = ['', told.length > 1 ? '**Contexts**' : '**Context**'];
  for (const context of told.slice(0, 4)) {
    const words = [
      context.atomic === 'must'
        ? `may not sleep (${prose(context.why)})`
        : context.atomic === 'may'
          ? `may not sleep on some paths (${prose(context.why)})`
          : 'may sleep',
      ...(['unknown', 'process', ''].includes(context.task) ? [] : [`in ${context.task} context`]),
      ...context.scopes.map((scope) => `in a ${scope} scope`),
      ...context.locks.map(
        (lock) =>
          `${lock.kind} ${code(lock.class)} held since ${lock.file === undefined ? `line ${lock.line}` : code(`${lock.file}:${lock.line}`)}`,
      ),
    ];
    lines.push(`- ${words.join(', ')}`, ...context.path.slice(0, 8).map((step) => `  - ${link(step)}: ${prose(step.what)}`));
  }
  if (told.length > 4) lines.push(`- and ${told.length - 4} more`);
  return lines;
}

/** What a flag, or a mask made of several, does on this kernel; undefined for a name that the kernel lacks and nobody knows. */
export function flagHover(name: string, profile: Profile, kernel: string): string | undefined {
  const parts = partsOf(profile, name);
  if (parts) {
    const mask = parts.reduce((bits, part) => bits | (profile.flags.get(part) ?? 0), 0);
    const lines = maskLines(profile, mask).map(flagLine);
    return [`**${code(name)}** (Linux ${kernel})`, '', ...lines].join('\n');
  }
  const words = flagWords(name);
  if (words === undefined) return undefined;
  const here = profile.flags.has(name.replace(/^___/, '__'))
    ? `**${name}**: ${words}.`
    : `**${name}**: not a flag of Linux ${kernel}. Elsewhere: ${words}.`;
  return here;
}

/** What a scope call does, and where its scope ends. */
export function scopeHover(name: string, scopes: readonly ScopeRecord[]): string | undefined {
  const scope = scopeWords(name);
  if (!scope) return undefined;
  const lines = [`**${code(name)}**`, '', scope.words];
  const here = scopes.find((s) => s.kind === scope.kind);
  if (scope.opens && here) {
    const ends = here.restores.length > 0 ? `Restored on line ${here.restores.join(', ')}` : 'Not restored in this function';
    const state =
      here.balanced === 'elsewhere' ? '; the cookie leaves the function.' : here.balanced ? ', on every path.' : '; not on every path.';
    lines.push('', ends + state);
  }
  return lines.join('\n');
}

/** A retry loop in one line. */
export function loopHover(loop: RetryLoopRecord): string {
  const verdict = {
    convertible: '`__GFP_NOFAIL` would do the same (a change of behaviour, to be reviewed)',
    'needs-retry-wait': '`__GFP_NOFAIL` does not fit as it is',
    clever: 'does more than retry: leave it',
    bounded: 'ends after a number of rounds: leave it',
  }[loop.verdict];
  return `Lines ${loop.line} to ${loop.endLine} repeat \`${loop.callee}()\` until it succeeds${loop.backoff.length > 0 ? `, pausing with ${loop.backoff.map((b) => `\`${b}()\``).join(', ')}` : ''}: ${verdict}.`;
}

/** Findings on a line, as a list. */
export function findingsHover(findings: readonly Finding[]): string {
  return findings.map((f) => `- **${f.severity}** ${prose(f.message)} (${f.ruleId}, ${f.confidence})`).join('\n');
}
