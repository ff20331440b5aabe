/** The inventory that `sites` prints, from the flow of one function. */
import { describeGfp, GFP, type Profile } from '../../../simulator/src/index.js';
import type { FlagUseRecord, NonBlockRecord, RetryLoopRecord, ScopeRecord, SiteRecord, WaitRecord } from '../engine.js';
import { ALL_BITS, carriesMask, either } from '../flow/masks.js';
import type { FunctionFlow, MaskValue, Site, Where } from '../flow/model.js';
import { contextsOf } from '../rules/query.js';
import { simulationData, type Simulate } from './simulation.js';

export interface Records {
  sites: SiteRecord[];
  retryLoops: RetryLoopRecord[];
  scopes: ScopeRecord[];
  waits: WaitRecord[];
  nonBlock: NonBlockRecord[];
  flagUses: FlagUseRecord[];
}

export const emptyRecords = (): Records => ({ sites: [], retryLoops: [], scopes: [], waits: [], nonBlock: [], flagUses: [] });

/** Adds one function's inventory to `out`. */
export function addRecords(out: Records, flow: FunctionFlow, profile: Profile, simulate: Simulate): void {
  const file = flow.ref.file.path;
  const fn = flow.ref.facts.name;
  for (const site of flow.sites)
    if (carriesMask(site)) {
      const verdict = simulate(site);
      out.sites.push(
        verdict ? { ...siteRecord(flow, site, profile), simulation: simulationData(verdict) } : siteRecord(flow, site, profile),
      );
    }
  for (const l of flow.loops) {
    out.retryLoops.push({
      file,
      line: l.at.line,
      endLine: l.at.endLine,
      function: fn,
      callee: l.callee,
      backoff: l.backoff.map((b) => b.api),
      reasons: l.reasons,
      verdict: l.verdict,
    });
  }
  for (const s of flow.scopes) {
    if (/^(?:nofs|noio|noreclaim|pin|nocma|flags)$/.test(s.kind) && /save|PF_MEMALLOC/.test(s.by)) {
      out.scopes.push({ kind: s.kind, file, function: fn, line: s.at.line, restores: s.restores.map((r) => r.line), balanced: s.balanced });
    }
  }
  for (const w of flow.waits) out.waits.push({ api: w.api, file, line: w.at.line, function: fn });
  for (const n of flow.nonBlock) out.nonBlock.push({ file, function: fn, line: n.at.line, ends: n.ends.map((e) => e.line) });
  // A flag inside an allocator's call stands with its site; anywhere else it is listed here.
  const inSite = (at: Where) => flow.sites.some((site) => at.line >= site.at.line && at.line <= site.at.endLine);
  for (const f of flow.flagUses) {
    if (f.kind !== 'argument' || !inSite(f.at)) out.flagUses.push({ file, line: f.at.line, function: fn, flag: f.flag, kind: f.kind });
  }
}

function siteRecord(flow: FunctionFlow, site: Site, profile: Profile): SiteRecord {
  const requested = joined(site.requested);
  const effective = joined(site.effective);
  const kind = kindOf(requested);
  const nofail = site.effective.some((m) => m.must & GFP.__GFP_NOFAIL)
    ? site.effective.every((m) => m.must & GFP.__GFP_NOFAIL)
      ? 'must'
      : 'may'
    : site.effective.some((m) => !m.unknown && m.may & GFP.__GFP_NOFAIL) || /__GFP_NOFAIL/.test(site.gfpText)
      ? 'may'
      : false;
  return {
    file: flow.ref.file.path,
    line: site.at.line,
    column: site.at.column,
    function: flow.ref.facts.name,
    api: site.api,
    class: site.apiClass,
    gfp: {
      text: site.gfpText,
      must: names(profile, requested?.must ?? 0),
      may: requested && !requested.unknown ? names(profile, requested.may & ~requested.must) : [],
      params: [...new Set(site.requested.flatMap((m) => m.params.map((p) => flow.ref.facts.params[p.index]?.name ?? '')))].filter(
        (n) => n !== '',
      ),
      effective: names(profile, effective?.must ?? 0),
      ...(kind && { kind }),
    },
    order: site.order,
    nofail,
    nullChecked: site.nullChecked,
    contexts: contextsOf(flow, site.states),
  };
}

/** By the bits: `GFP_KERNEL & ~__GFP_FS` is GFP_NOFS, whatever it is called. Undefined where a bit that decides is not known. */
function kindOf(mask: MaskValue | undefined): SiteRecord['gfp']['kind'] {
  if (!mask) return undefined;
  const { must } = mask;
  const may = mask.params.reduce((bits, { cleared }) => bits | (ALL_BITS & ~cleared), mask.may);
  if (must & GFP.__GFP_DIRECT_RECLAIM) return may & GFP.__GFP_FS ? undefined : may & GFP.__GFP_IO ? 'nofs' : 'noio';
  if (may & GFP.__GFP_DIRECT_RECLAIM || !(must & GFP.__GFP_KSWAPD_RECLAIM)) return undefined;
  return must & GFP.__GFP_HIGH ? 'atomic' : may & GFP.__GFP_HIGH ? undefined : 'nowait';
}

function joined(masks: readonly MaskValue[]): MaskValue | undefined {
  return masks.length ? masks.reduce((a, b) => either(a, b)) : undefined;
}

const names = (profile: Profile, bits: number): string[] => (bits === 0 ? [] : describeGfp(profile, bits & ALL_BITS));
