/**
 * Both sides of a fix in numbers: what this kernel's allocator does with each request that the edits change, before and after.
 * Time, reserve and failures are those of the model's standard states of memory (docs/simulator.md).
 */
import { simulate, type Profile, type SiteVerdict } from '../../../simulator/src/index.js';
import type { FunctionFlow, MaskValue, Site } from '../flow/model.js';
import type { Program } from '../index/program.js';
import type { Revision } from '../index/revision.js';
import type { FixEffect } from '../rules/model.js';
import { verdictOf } from './simulation.js';

/** Effects listed for one fix; a refactor over many files repeats itself. */
const MAX_EFFECTS = 8;

/** The allocations whose request or context is another after the edits, function by function. */
export function effectsOf(program: Program, revision: Revision): FixEffect[] {
  const found: FixEffect[] = [];
  for (const ref of revision.affected()) {
    const was = revision.twin(ref);
    if (!was?.facts.body || !ref.facts.body || found.length >= MAX_EFFECTS) continue;
    found.push(...functionEffects(program.flow(was), revision.flow(ref), program));
  }
  return found.slice(0, MAX_EFFECTS);
}

function functionEffects(before: FunctionFlow, after: FunctionFlow, program: Program): FixEffect[] {
  return paired(before.sites, after.sites).flatMap(([site, now]) => {
    if (same(site, now)) return [];
    const profile = program.cat.gfp;
    const takes = (lockClass: string): ReturnType<Program['reclaimTakes']> => program.reclaimTakes(lockClass);
    // A fixed mask is asked about as it is; of one chosen at run time the branch that the edits change is not known.
    const [a, b] = [verdictOf(before, site, profile, takes), verdictOf(after, now, profile, takes)];
    if (!a || !b) return [];
    const looped = before.loops.some((l) => within(site, l.at)) && !after.loops.some((l) => within(now, l.at));
    const summary = summaryOf(a, b, looped);
    const at = { file: before.ref.file.path, line: site.at.line, function: before.ref.facts.name, api: site.api };
    return [{ ...at, summary, lines: linesOf(a, b, looped, profile) }];
  });
}

const within = (site: Site, at: Site['at']): boolean => at.line <= site.at.line && site.at.line <= at.endLine;

/** Sites of two versions of one function, by interface and order in the text. */
function paired(before: readonly Site[], after: readonly Site[]): [Site, Site][] {
  const left = [...after];
  return before.flatMap((site): [Site, Site][] => {
    const i = left.findIndex((s) => s.api === site.api);
    const [found] = i < 0 ? [] : left.splice(i, 1);
    return found ? [[site, found]] : [];
  });
}

function same(a: Site, b: Site): boolean {
  const masks = (list: readonly MaskValue[]): string => JSON.stringify(list.map((m) => [m.must, m.may, m.params.length]));
  const held = (s: Site): string => JSON.stringify(s.states.map((x) => [x.held.map((h) => h.kind + h.class), x.scopes.map((o) => o.kind)]));
  return masks(a.requested) === masks(b.requested) && masks(a.effective) === masks(b.effective) && held(a) === held(b);
}

const percent = (part: number): string => `${Math.round(part * 1000) / 10}%`;
const floor = (v: SiteVerdict): string => (v.reserveFloor === 0 ? 'the last free page' : `${percent(v.reserveFloor)} of the min watermark`);

/** 'gets pages down to 37.5% of the min watermark (before: 100%), may fail (before: never)' */
function summaryOf(a: SiteVerdict, b: SiteVerdict, looped: boolean): string {
  const parts: string[] = [];
  if (a.reserveFloor !== b.reserveFloor) parts.push(`gets pages down to ${floor(b)} (before: ${floor(a)})`);
  if (a.maySleep !== b.maySleep) parts.push(b.maySleep ? 'may wait for reclaim (before: never)' : 'never waits (before: for reclaim)');
  if (a.mayFail !== b.mayFail)
    parts.push(
      b.mayFail
        ? `returns NULL when ${b.failsWhen[0]!} (before: never)`
        : `never returns NULL${looped ? '; before, the loop asked again' : ''}`,
    );
  if (a.oomKill !== b.oomKill) parts.push(b.oomKill ? 'may have a process killed' : 'has no process killed any more');
  if (!!a.deadlock !== !!b.deadlock) parts.push(b.deadlock ? 'can deadlock with reclaim' : 'no longer waits for a lock that is held here');
  return parts.length ? parts.join('; ') : 'the allocator does the same';
}

function linesOf(a: SiteVerdict, b: SiteVerdict, looped: boolean, profile: Profile): string[] {
  // Alike on both sides goes without saying; the mask is named all the same.
  const row = (name: string, x: string, y: string): string[] =>
    x === y && name !== 'mask' ? [] : [`${name.padEnd(NAME)} ${x.padEnd(VALUE)} ${y}`];
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const lines = [
    ...row('', 'before', 'after'),
    ...row('mask', a.effective.flags.join('|') || '0', b.effective.flags.join('|') || '0'),
    ...row('may wait', yes(a.maySleep), yes(b.maySleep)),
    ...row('may return NULL', looped ? 'yes, and is asked again' : yes(a.mayFail), yes(b.mayFail)),
    ...row('gets pages down to', floor(a), floor(b)),
    ...row("takes of GFP_ATOMIC's reserve", percent(a.takesFromAtomic), percent(b.takesFromAtomic)),
    ...row('may have a process killed', yes(a.oomKill), yes(b.oomKill)),
    ...row('goes round without bound', yes(a.loops || looped), yes(b.loops)),
    ...row('deadlock with reclaim', a.deadlock ? a.deadlock.join(' -> ') : 'no', b.deadlock ? b.deadlock.join(' -> ') : 'no'),
    ...a.states.flatMap((s) => {
      const other = b.states.find((o) => o.state === s.state);
      return other ? row(s.words, outcome(s), outcome(other)) : [];
    }),
  ];
  return looped && !b.mayFail ? [...lines, ...crowd(profile)] : lines;
}

const RESULTS: Readonly<Record<SiteVerdict['states'][number]['result'], string>> = {
  page: 'a page at once',
  reclaimed: 'a page after reclaim',
  reserve: 'a page from the reserve',
  null: 'NULL',
  loops: 'keeps trying',
  panic: 'panic',
};

const outcome = ({ result, milliseconds, oomKills }: SiteVerdict['states'][number]): string =>
  `${RESULTS[result]}${milliseconds >= 1 && result !== 'loops' ? `, ${Math.round(milliseconds)} ms` : ''}${oomKills > 0 ? ', kills' : ''}`;

/** Columns of the table. */
const NAME = 64;
const VALUE = 28;

const crowds = new Map<string, string[]>();

/** Several such requests at once under depletion, beside GFP_ATOMIC bursts: what the debate about __GFP_NOFAIL is about. */
function crowd(profile: Profile): string[] {
  let lines = crowds.get(profile.id);
  if (!lines) {
    const { variants = [] } = simulate({ kernel: profile.readIn, scenario: 'nofail-vs-atomic' });
    lines = variants.map(
      ({ name, outcome: o }) =>
        `many at once, ${name}: ${o.atomicFailuresCaused ?? 0} GFP_ATOMIC requests fail, free memory down to ${percent(o.reserve?.floorOfMin ?? 1)} of min, ${Math.round(o.milliseconds)} ms until the first is served`,
    );
    crowds.set(profile.id, lines);
  }
  return lines;
}
