/** The census: how a tree asks for memory, counted by subsystem. */
import type { AuditResult, SiteRecord } from '../../engine.js';
import type { SubsystemOf } from '../../session/subsystems.js';
import { compareText } from '../../rules/order.js';

/** What is counted, in the order of the columns. */
export const COUNTED = {
  sites: 'allocation sites',
  nofs: 'GFP_NOFS',
  nofsInScope: 'of these in a nofs or noio scope on every known way',
  nofsPartly: 'of these in such a scope on some ways only',
  noio: 'GFP_NOIO',
  atomic: 'GFP_ATOMIC',
  nowait: 'GFP_NOWAIT',
  nofail: '__GFP_NOFAIL',
  scopesNofs: 'memalloc_nofs scopes',
  scopesNoio: 'memalloc_noio scopes',
  scopesOther: 'other memalloc scopes',
  retryLoops: 'open-coded retry loops',
  convertible: 'of these convertible to __GFP_NOFAIL',
  mempools: 'mempools made',
  mempoolAllocs: 'allocations from mempools',
  congestionWaits: 'congestion waits',
  retryWaits: 'memalloc_retry_wait',
} as const;
export type Counted = keyof typeof COUNTED;
export type Counts = Record<Counted, number>;

/** The masks that those ask for who want to be rid of them. */
export const MASKS = ['nofs', 'noio', 'atomic', 'nowait', 'nofail'] as const;
export type Mask = (typeof MASKS)[number];

/** One allocation; `masks` is empty where its mask is none that the census is about. */
export interface CensusSite {
  file: string;
  line: number;
  function: string;
  api: string;
  gfp: string;
  masks: Mask[];
  /** GFP_NOFS and GFP_NOIO only: whether an open scope says the same. */
  scope?: 'all' | 'some' | 'none';
  subsystem: string;
}

export interface Census {
  kernel: AuditResult['kernel'];
  stats: AuditResult['stats'];
  total: Counts;
  /** Those with anything but plain sites, most masks first. */
  subsystems: { name: string; counts: Counts }[];
  sites: CensusSite[];
}

const none = (): Counts => Object.fromEntries(Object.keys(COUNTED).map((key) => [key, 0])) as Counts;

export function takeCensus(result: AuditResult, subsystemOf: SubsystemOf): Census {
  const bySubsystem = new Map<string, Counts>();
  const total = none();
  const add = (file: string, ...what: Counted[]): void => {
    const name = subsystemOf(file);
    let counts = bySubsystem.get(name);
    if (!counts) bySubsystem.set(name, (counts = none()));
    for (const key of what) {
      counts[key]++;
      total[key]++;
    }
  };
  const sites: CensusSite[] = [];
  for (const site of result.sites) {
    const masks = masksOf(site);
    const scope = masks.includes('nofs') || masks.includes('noio') ? scopeOf(site) : undefined;
    add(site.file, 'sites', ...masks);
    if (masks.includes('nofs') && scope === 'all') add(site.file, 'nofsInScope');
    if (masks.includes('nofs') && scope === 'some') add(site.file, 'nofsPartly');
    if (site.class === 'mempool' && !/resize/.test(site.api))
      add(site.file, /_(?:create|init)/.test(site.api) ? 'mempools' : 'mempoolAllocs');
    const { file, line, api } = site;
    sites.push({
      file,
      line,
      function: site.function,
      api,
      gfp: site.gfp.text,
      masks,
      ...(scope && { scope }),
      subsystem: subsystemOf(file),
    });
  }
  for (const { file, kind } of result.scopes) add(file, kind === 'nofs' ? 'scopesNofs' : kind === 'noio' ? 'scopesNoio' : 'scopesOther');
  for (const { file, verdict } of result.retryLoops)
    add(file, 'retryLoops', ...(verdict === 'convertible' ? (['convertible'] as const) : []));
  for (const { file, api } of result.waits)
    if (/^(?:congestion_wait|wait_iff_congested)$/.test(api)) add(file, 'congestionWaits');
    else if (api === 'memalloc_retry_wait') add(file, 'retryWaits');
  const weight = ({ counts }: { counts: Counts }): number =>
    Object.entries(counts).reduce((n, [key, value]) => (key === 'sites' ? n : n + value), 0);
  return {
    kernel: result.kernel,
    stats: result.stats,
    total,
    subsystems: [...bySubsystem]
      .map(([name, counts]) => ({ name, counts }))
      .filter((entry) => weight(entry) > 0)
      .sort((a, b) => weight(b) - weight(a) || compareText(a.name, b.name)),
    sites,
  };
}

function masksOf({ gfp: { kind }, nofail }: SiteRecord): Mask[] {
  return [...(kind ? [kind] : []), ...(nofail === false ? [] : (['nofail'] as const))];
}

function scopeOf({ contexts }: SiteRecord): 'all' | 'some' | 'none' {
  const inside = contexts.filter(({ scopes }) => scopes.includes('nofs') || scopes.includes('noio')).length;
  return inside === 0 ? 'none' : inside === contexts.length ? 'all' : 'some';
}
