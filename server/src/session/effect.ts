/**
 * Both sides of a fix in numbers: what this kernel's allocator does with each request that the edits change, before and after.
 * Time, reserve and failures are those of the model's standard states of memory (docs/simulator.md).
 */
import { GFP, simulate, type Profile, type SiteVerdict } from '../../../simulator/src/index.js';
import type { FunctionFlow, MaskValue, Site } from '../flow/model.js';
import type { Program } from '../index/program.js';
import type { Revision } from '../index/revision.js';
import type { FixEffect } from '../rules/model.js';
import { verdictOf } from './simulation.js';

/** Effects listed for one fix; a refactor over many files repeats itself. */
const MAX_EFFECTS = 8;

/** The allocations whose request or context is another after the edits, function by function. */
export function effectsOf(program: Program, revision: Revision): FixEffect[] {
  const pairs = revision.affected().flatMap((ref): [FunctionFlow, FunctionFlow][] => {
    const was = revision.twin(ref);
    return was?.facts.body && ref.facts.body ? [[program.flow(was), revision.flow(ref)]] : [];
  });
  const unlooped = pairs.some(([before, after]) => before.loops.length > after.loops.length);
  const found = pairs.flatMap(([before, after]) => functionEffects(before, after, program, unlooped)).slice(0, MAX_EFFECTS);
  // Once for all of them: it is about their number.
  found.find((e) => e.debated)?.effect.lines.push(...crowd(program.cat.gfp));
  return found.map((e) => e.effect);
}

/** `unlooped`: a retry loop goes by the same edits, here or above. */
function functionEffects(
  before: FunctionFlow,
  after: FunctionFlow,
  program: Program,
  unlooped: boolean,
): { effect: FixEffect; debated: boolean }[] {
  return paired(before.sites, after.sites).flatMap(([site, now]) => {
    if (same(site, now)) return [];
    const profile = program.cat.gfp;
    const takes = (lockClass: string): ReturnType<Program['reclaimTakes']> => program.reclaimTakes(lockClass);
    // A fixed mask is asked about as it is; of one chosen at run time the branch that the edits change is known only for a loop's request,
    // which is told not to fail.
    const a = verdictOf(before, site, profile, takes);
    const told = unlooped && now.requested.some((m) => m.params.length > 0 || (m.may & ~m.must & GFP.__GFP_NOFAIL) !== 0);
    const b = verdictOf(after, now, profile, takes) ?? (told ? verdictOf(before, site, profile, takes, NEVER_FAILS) : undefined);
    if (!a || !b) return [];
    const looped = told || (before.loops.some((l) => within(site, l.at)) && !after.loops.some((l) => within(now, l.at)));
    const summary = summaryOf(a, b, looped, profile);
    const at = { file: before.ref.file.path, line: site.at.line, function: before.ref.facts.name, api: site.api };
    return [{ effect: { ...at, summary, lines: linesOf(a, b, looped, [site, now]) }, debated: looped && !b.mayFail }];
  });
}

const NEVER_FAILS = { gfp: (mask: MaskValue): number => mask.must | GFP.__GFP_NOFAIL };

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
function summaryOf(a: SiteVerdict, b: SiteVerdict, looped: boolean, profile: Profile): string {
  const parts: string[] = [];
  if (a.reserveFloor !== b.reserveFloor) parts.push(`gets pages down to ${floor(b)} (before: ${floor(a)})`);
  if (a.maySleep !== b.maySleep) parts.push(b.maySleep ? 'may wait for reclaim (before: never)' : 'never waits (before: for reclaim)');
  if (a.mayFail !== b.mayFail)
    parts.push(
      b.mayFail
        ? `returns NULL when ${b.failsWhen[0]!} (before: never)`
        : `never returns NULL${looped ? '; before, the loop asked again' : ''}`,
    );
  else if (b.mayFail && a.failsWhen.join() !== b.failsWhen.join())
    parts.push(`returns NULL when ${b.failsWhen[0]!} (before: when ${a.failsWhen[0]!})`);
  if (a.oomKill !== b.oomKill) parts.push(b.oomKill ? 'may have a process killed' : 'has no process killed any more');
  if (!!a.deadlock !== !!b.deadlock) parts.push(b.deadlock ? 'can deadlock with reclaim' : 'no longer waits for a lock that is held here');
  if (looped && !b.mayFail) parts.push(...debate(profile));
  return parts.length ? parts.join('; ') : 'the allocator does the same';
}

/** The request with the scopes that are open around it on every path. */
function maskOf(v: SiteVerdict, { states }: Site): string {
  const [first, ...others] = states.map((s) => [...new Set(s.scopes.map((o) => o.kind))]);
  const open = (first ?? []).filter((kind) => others.every((kinds) => kinds.includes(kind)));
  return [v.effective.flags.join('|') || '0', ...open.map((kind) => `${kind} scope`)].join(', ');
}

function linesOf(a: SiteVerdict, b: SiteVerdict, looped: boolean, [site, now]: [Site, Site]): string[] {
  // Alike on both sides goes without saying; the mask is named all the same.
  const row = (name: string, x: string, y: string): string[] =>
    x === y && name !== 'mask' ? [] : [`${name.padEnd(NAME)} ${x.padEnd(VALUE)} ${y}`];
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  return [
    ...row('', 'before', 'after'),
    ...row('mask', maskOf(a, site), maskOf(b, now)),
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

/** Several such requests at once under depletion, beside GFP_ATOMIC bursts: what the debate about __GFP_NOFAIL is about. */
function crowd(profile: Profile): string[] {
  return crowdOf(profile).map(
    (v) =>
      `many at once, ${v.name}: ${v.failures} GFP_ATOMIC requests fail, free memory down to ${percent(v.floor)} of min, ${v.milliseconds} ms until the first is served`,
  );
}

/** Both sides in one clause: the flag, and the loop inside the allocator that it takes the place of. */
function debate(profile: Profile): string[] {
  const slow = crowdOf(profile).filter((v) => v.name.startsWith('slow disk'));
  const flag = slow.find((v) => v.name.includes('__GFP_NOFAIL'));
  const loop = slow.find((v) => v.name.includes('loop with')) ?? slow.find((v) => v.name.includes('allocator loops'));
  if (!flag || !loop) return [];
  const words = (v: Crowd): string => `${v.failures} GFP_ATOMIC requests fail and the first is served after ${v.milliseconds} ms`;
  return [`with many such requests at once on a slow disk ${words(flag)} (in a loop: ${loop.failures}, ${loop.milliseconds} ms)`];
}

interface Crowd {
  name: string;
  /** GFP_ATOMIC requests that fail beside them. */
  failures: number;
  /** Free memory at the lowest, as a fraction of the min watermark. */
  floor: number;
  milliseconds: number;
}

const crowds = new Map<string, readonly Crowd[]>();

function crowdOf(profile: Profile): readonly Crowd[] {
  let found = crowds.get(profile.id);
  if (!found) {
    const { variants = [] } = simulate({ kernel: profile.readIn, scenario: 'nofail-vs-atomic' });
    found = variants.map(({ name, outcome: o }) => ({
      name,
      failures: o.atomicFailuresCaused ?? 0,
      floor: o.reserve?.floorOfMin ?? 1,
      milliseconds: Math.round(o.milliseconds),
    }));
    crowds.set(profile.id, found);
  }
  return found;
}
