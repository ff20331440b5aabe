/** What changed between two censuses: sites that appeared, went, or ask with another mask. */
import { compareText } from '../../rules/order.js';
import { COUNTED, type Census, type CensusSite, type Counted, type Counts } from './count.js';

export interface Change {
  kind: 'appeared' | 'gone' | 'changed';
  before?: CensusSite;
  after?: CensusSite;
}

export interface Comparison {
  from: Census;
  to: Census;
  difference: Counts;
  /** By subsystem of the later tree, greatest change first; those without a change left out. */
  subsystems: { name: string; difference: Counts }[];
  changes: Change[];
}

export function compareCensus(from: Census, to: Census): Comparison {
  const names = new Set([...from.subsystems, ...to.subsystems].map(({ name }) => name));
  const find = (census: Census, name: string): Counts | undefined => census.subsystems.find((s) => s.name === name)?.counts;
  const weight = (counts: Counts): number =>
    Object.entries(counts).reduce((n, [key, value]) => (key === 'sites' ? n : n + Math.abs(value)), 0);
  return {
    from,
    to,
    difference: minus(to.total, from.total),
    subsystems: [...names]
      .map((name) => ({ name, difference: minus(find(to, name), find(from, name)) }))
      .filter(({ difference }) => weight(difference) > 0)
      .sort((a, b) => weight(b.difference) - weight(a.difference) || compareText(a.name, b.name)),
    changes: siteChanges(from.sites, to.sites),
  };
}

function minus(a: Counts | undefined, b: Counts | undefined): Counts {
  return Object.fromEntries((Object.keys(COUNTED) as Counted[]).map((key) => [key, (a?.[key] ?? 0) - (b?.[key] ?? 0)])) as Counts;
}

/**
 * Sites have no name: those of one function and interface are paired in the order of the text when there are as many as
 * before, else equal masks first. A site whose function moved to another file is the same site when no other function has its name.
 */
function siteChanges(before: readonly CensusSite[], after: readonly CensusSite[]): Change[] {
  const changes: Change[] = [];
  const here = (s: CensusSite): string => `${s.file}\0${s.function}\0${s.api}`;
  const left = pairUp(group(before, here), group(after, here), changes);
  const anywhere = (s: CensusSite): string => `${s.function}\0${s.api}`;
  const rest = pairUp(group(left.before, anywhere), group(left.after, anywhere), changes, ([a, b]) => oneFile(a) && oneFile(b));
  const counted = (site: CensusSite): boolean => site.masks.length > 0;
  changes.push(...rest.before.filter(counted).map((site): Change => ({ kind: 'gone', before: site })));
  changes.push(...rest.after.filter(counted).map((site): Change => ({ kind: 'appeared', after: site })));
  const at = (c: Change): CensusSite => (c.after ?? c.before)!;
  return changes.sort((a, b) => compareText(at(a).file, at(b).file) || at(a).line - at(b).line || compareText(a.kind, b.kind));
}

type Groups = Map<string, CensusSite[]>;

/** Takes pairs out; what has changed of them goes to `changes`, what has no partner is returned. */
function pairUp(
  before: Groups,
  after: Groups,
  changes: Change[],
  allowed: (pair: [CensusSite[], CensusSite[]]) => boolean = () => true,
): { before: CensusSite[]; after: CensusSite[] } {
  const left: { before: CensusSite[]; after: CensusSite[] } = { before: [], after: [] };
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const old = before.get(key) ?? [];
    const now = after.get(key) ?? [];
    if (!allowed([old, now])) {
      left.before.push(...old);
      left.after.push(...now);
      continue;
    }
    if (old.length === now.length && masks(old) !== masks(now)) {
      old.forEach((site, i) => {
        if (!same(site, now[i]!)) changes.push({ kind: 'changed', before: site, after: now[i]! });
      });
      continue;
    }
    const lone = old.filter((site) => {
      const i = now.findIndex((other) => same(site, other));
      if (i >= 0) now.splice(i, 1);
      return i < 0;
    });
    const both = Math.min(lone.length, now.length);
    for (let i = 0; i < both; i++) changes.push({ kind: 'changed', before: lone[i]!, after: now[i]! });
    left.before.push(...lone.slice(both));
    left.after.push(...now.slice(both));
  }
  return left;
}

function group(sites: readonly CensusSite[], keyOf: (site: CensusSite) => string): Groups {
  const groups: Groups = new Map();
  for (const site of sites) {
    const key = keyOf(site);
    const list = groups.get(key);
    if (list) list.push(site);
    else groups.set(key, [site]);
  }
  return groups;
}

const same = (a: CensusSite, b: CensusSite): boolean => a.masks.join() === b.masks.join();
const masks = (sites: readonly CensusSite[]): string =>
  sites
    .map((s) => s.masks.join())
    .sort()
    .join(';');
const oneFile = (sites: readonly CensusSite[]): boolean => new Set(sites.map((s) => s.file)).size <= 1;
