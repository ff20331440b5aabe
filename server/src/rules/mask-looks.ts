/** Masks whose parts cancel, are ignored, or mean something else than they say: one look for each kind. */
import { badZoneModifiers } from '../../../simulator/src/index.js';
import type { FunctionFlow, Site } from '../flow/model.js';
import type { Confidence, Finding, RuleContext } from './model.js';
import { behaviour, kernelName } from './behaviour.js';
import {
  ACCOUNT,
  blocking,
  COMP,
  DIRECT_RECLAIM,
  DMA32,
  FS,
  HIGH,
  HIGHMEM,
  IO,
  isExact,
  MEMALLOC,
  MOVABLE,
  mustHave,
  names,
  NOFAIL,
  NOMEMALLOC,
  NORETRY,
  RECLAIM,
  RECLAIMABLE,
  RETRY_MAYFAIL,
  ZERO,
  ZONES,
} from './gfp.js';
import { isPutTogether, isUnion, joined, maskArgument, withZonesCleared } from './masks.js';
import { maskName } from './words.js';

/** What is wrong with a mask, and what this kernel makes of it. */
interface Verdict {
  fact: string;
  consequence: string;
  confidence: Confidence;
  severity?: Finding['severity'];
}
type Look = (site: Site, flow: FunctionFlow, rule: RuleContext) => Verdict | undefined;

const WITH_FS = ['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT', 'GFP_USER', 'GFP_HIGHUSER', 'GFP_HIGHUSER_MOVABLE'];
const BASE = [...WITH_FS, 'GFP_NOFS', 'GFP_NOIO', 'GFP_ATOMIC', 'GFP_NOWAIT'];

/** Two base masks joined by `|`. */
const twoBases: Look = (site, _flow, rule) => {
  const mask = maskArgument(site);
  if (mask === undefined) return undefined;
  const parts = joined(mask);
  const bases = [...new Set(parts.filter((p) => BASE.includes(p)))];
  const whole = bases.length >= 2 ? maskName(bases.join(' | ')) : '';
  const strong = bases.find((b) => WITH_FS.includes(b));
  const weak = bases.find((b) => b === 'GFP_NOFS' || b === 'GFP_NOIO');
  const kernel = kernelName(rule.profile);
  const wider = bases.filter((b) => WITH_FS.includes(b));
  if (wider.length >= 2 && !weak && bases.length === wider.length && wider.includes('GFP_KERNEL'))
    return {
      fact: `'${whole}' is ${wider.filter((b) => b !== 'GFP_KERNEL').join(' | ')}: GFP_KERNEL is part of it.`,
      consequence: `Naming both says nothing more in ${kernel}; one of them is not what was meant.`,
      confidence: 'certain',
      severity: 'note',
    };
  if (strong && weak)
    return {
      fact: `'${whole}' is ${strong}: joining masks adds bits and removes none.`,
      consequence: `In ${kernel} the request may enter ${weak === 'GFP_NOIO' ? 'file-system and I/O' : 'file-system'} reclaim, which ${weak} was to forbid.`,
      confidence: 'certain',
    };
  if (weak && bases.includes('GFP_NOFS') && bases.includes('GFP_NOIO'))
    return {
      fact: `'${whole}' is GFP_NOFS: joining masks adds bits and removes none.`,
      consequence: `In ${kernel} the request may start I/O, which GFP_NOIO was to forbid.`,
      confidence: 'certain',
    };
  const sleeping = strong ?? weak;
  if (sleeping && bases.includes('GFP_ATOMIC'))
    return {
      fact: `'${whole}' may sleep: joining masks adds the direct reclaim of ${sleeping} to GFP_ATOMIC.`,
      consequence: `In ${kernel} it enters direct reclaim and takes from the atomic reserves as well.`,
      confidence: 'certain',
    };
  if (sleeping && bases.includes('GFP_NOWAIT'))
    return {
      fact: `'${whole}' may sleep: joining masks adds the direct reclaim of ${sleeping} to GFP_NOWAIT.`,
      consequence: `GFP_NOWAIT adds nothing to it in ${kernel}${behaviour(rule.profile).nowaitHasNowarn ? ' but __GFP_NOWARN' : ''}.`,
      confidence: 'certain',
    };
  if (bases.includes('GFP_ATOMIC') && bases.includes('GFP_NOWAIT'))
    return {
      fact: `'${whole}' is GFP_ATOMIC${behaviour(rule.profile).nowaitHasNowarn ? ' with __GFP_NOWARN' : ''}.`,
      consequence: 'It takes from the atomic reserves, which GFP_NOWAIT alone does not.',
      confidence: 'certain',
      severity: 'note',
    };
  if (parts.includes('GFP_ATOMIC') && (parts.includes('__GFP_DIRECT_RECLAIM') || parts.includes('__GFP_RECLAIM'))) {
    return {
      fact: `'${maskName(site.gfpText)}' joins GFP_ATOMIC with direct reclaim: the request may sleep.`,
      consequence: behaviour(rule.profile).hasAtomicFlag
        ? `${kernel} warns once in the slow path and takes __GFP_ATOMIC back out.`
        : `${kernel} reclaims directly and takes from the reserves as well.`,
      confidence: 'certain',
    };
  }
  return undefined;
};

/** A mask of modifiers only: no base mask, so no reclaim at all. */
const noBase: Look = (site, flow, rule) => {
  const written = maskArgument(site);
  const mask = written === undefined ? undefined : withZonesCleared(written);
  if (mask === undefined || !isPutTogether(flow, mask)) return undefined;
  const bare = site.requested.filter((m) => isExact(m) && m.must !== 0 && (m.must & RECLAIM) === 0);
  const value = bare[0];
  if (value === undefined || (isUnion(mask) && bare.length < site.requested.length)) return undefined;
  const sometimes = bare.length < site.requested.length ? ' on some path' : '';
  // __GFP_HIGH says something alone: what GFP_ATOMIC may take, and nobody woken for it (memory profiling, BPF).
  const meant = site.apiClass === 'wrapper' || (value.must & HIGH) !== 0;
  const sure: Confidence = sometimes === '' ? 'certain' : 'likely';
  const kernel = kernelName(rule.profile);
  const reclaims = `In ${kernel} the request neither reclaims nor wakes kswapd, so it fails as soon as free memory is below the min watermark.`;
  // They say how reclaim is to be done: with a mask that has none they were taken for a base mask.
  if ((value.must & (RETRY_MAYFAIL | IO | FS)) !== 0 && (value.must & (NORETRY | NOMEMALLOC)) === 0) {
    const flag = (value.must & RETRY_MAYFAIL) !== 0 ? '__GFP_RETRY_MAYFAIL' : (value.must & FS) !== 0 ? '__GFP_FS' : '__GFP_IO';
    return {
      fact: `'${maskName(site.gfpText)}' has no reclaim bit${sometimes}: ${site.gfpText.trim() === flag ? 'it' : `'${flag}'`} only says how to reclaim.`,
      consequence: reclaims,
      confidence: meant ? 'possible' : sure,
    };
  }
  // NOWARN, THISNODE, NORETRY, NOMEMALLOC without reclaim are the mark of a deliberate opportunistic attempt.
  if ((value.must & ~(ZONES | MOVABLE | RECLAIMABLE | HIGH | ZERO | COMP | ACCOUNT)) !== 0) return undefined;
  // dma_alloc_attrs() takes the zone out and hands on what remains (kernel/dma/mapping.c); other maps of a device may have memory of their own.
  const confidence: Confidence = meant ? 'possible' : site.apiClass === 'dma' ? 'likely' : sure;
  return {
    fact: `'${maskName(site.gfpText)}' alone has no reclaim bit${sometimes}: it modifies a mask and is none.`,
    consequence: reclaims,
    confidence,
  };
};

/** File systems start I/O when they give memory back: one bit without the other is no mask that has a name. */
const fsWithoutIo: Look = (site, _flow, rule) => {
  const mask = maskArgument(site);
  if (mask === undefined || site.apiClass === 'wrapper' || !site.requested.every((m) => isExact(m))) return undefined;
  if (!everyMask(site, FS | DIRECT_RECLAIM) || site.requested.some((m) => (m.must & IO) !== 0)) return undefined;
  return {
    fact: `'${maskName(site.gfpText)}' has '__GFP_FS' and not '__GFP_IO'.`,
    consequence: `${kernelName(rule.profile)} lets file systems give back what they can without I/O and writes nothing out; GFP_KERNEL has both, GFP_NOFS and GFP_NOIO lack the other way round.`,
    confidence: 'certain',
    severity: 'note',
  };
};

/** Zone bits that slab cannot serve. */
const slabZones: Look = (site, _flow, rule) => {
  if (site.apiClass !== 'slab' && site.apiClass !== 'kvmalloc') return undefined;
  const bit = [HIGHMEM, DMA32].find((b) => site.requested.length > 0 && site.requested.every((m) => mustHave(m, b)));
  if (bit === undefined) return undefined;
  const flag = bit === HIGHMEM ? '__GFP_HIGHMEM' : '__GFP_DMA32';
  return {
    fact: `'${site.api}' cannot serve '${flag}'.`,
    consequence: `${kernelName(rule.profile)} prints "Unexpected gfp" with a stack trace whenever a new slab page is needed, drops the flag and goes on: the memory may lie anywhere.`,
    confidence: site.apiClass === 'slab' ? 'certain' : 'likely',
  };
};

const everyMask = (site: Site, bits: number): boolean => site.requested.length > 0 && site.requested.every((m) => mustHave(m, bits));

const pairs: Look = (site, _flow, rule) => {
  const kernel = kernelName(rule.profile);
  if (everyMask(site, NORETRY | RETRY_MAYFAIL) && !site.requested.some((m) => mustHave(m, NOFAIL))) {
    return {
      fact: `'${maskName(site.gfpText)}' has '__GFP_NORETRY' and '__GFP_RETRY_MAYFAIL'.`,
      consequence: `${kernel} looks at __GFP_NORETRY first: the request gives up after one round.`,
      confidence: 'certain',
    };
  }
  if (everyMask(site, MEMALLOC | NOMEMALLOC)) {
    return {
      fact: `'${maskName(site.gfpText)}' has '__GFP_MEMALLOC' and '__GFP_NOMEMALLOC'.`,
      consequence: `${kernel} lets __GFP_NOMEMALLOC win: the request has no access to the reserves.`,
      confidence: 'certain',
    };
  }
  if (everyMask(site, RECLAIMABLE | MOVABLE)) {
    return {
      fact: `'${maskName(site.gfpText)}' has '__GFP_RECLAIMABLE' and '__GFP_MOVABLE'.`,
      consequence: `In ${kernel} they select no migrate type together but one that is reserved for other uses; debug builds warn.`,
      confidence: 'certain',
    };
  }
  if (site.requested.length > 0 && site.requested.every((m) => badZoneModifiers(m.must))) {
    return {
      fact: `'${maskName(site.gfpText)}' names two zones.`,
      consequence: `${kernel} has no entry for the combination: a debug build stops with a BUG, any other takes whatever its table yields.`,
      confidence: 'certain',
    };
  }
  return undefined;
};

const mempoolZero: Look = (site, _flow, rule) => {
  if (site.apiClass !== 'mempool' || !everyMask(site, ZERO)) return undefined;
  return {
    fact: `'${site.api}' is asked for zeroed memory with '__GFP_ZERO'.`,
    consequence: `An element that comes from the pool's reserve keeps its old content; ${kernelName(rule.profile)} warns in debug builds.`,
    confidence: 'certain',
  };
};

const goneFlag: Look = (site, _flow, rule) => {
  if (behaviour(rule.profile).hasAtomicFlag || !names(site.gfpText, '__GFP_ATOMIC')) return undefined;
  return {
    fact: `'__GFP_ATOMIC' is not declared in ${kernelName(rule.profile)}.`,
    consequence: 'It went with 6.3; what it asked for follows from __GFP_HIGH without direct reclaim (GFP_ATOMIC).',
    confidence: 'certain',
  };
};

const freePagesHighmem: Look = (site, _flow, rule) => {
  if (!/^(__get_free_pages?|get_zeroed_page|get_free_page)(_noprof)?$/.test(site.api) || !everyMask(site, HIGHMEM)) return undefined;
  return {
    fact: `'${site.api}' returns an address and is asked for '__GFP_HIGHMEM'.`,
    consequence: `${kernelName(rule.profile)} masks the flag off: the page is never from high memory.`,
    confidence: 'certain',
    severity: 'note',
  };
};

/** Flags that say what the mask says already. */
const redundant: Look = (site, _flow, rule) => {
  const mask = maskArgument(site);
  const parts = mask === undefined ? [] : joined(mask);
  if (
    behaviour(rule.profile).nowaitHasNowarn &&
    parts.includes('GFP_NOWAIT') &&
    parts.includes('__GFP_NOWARN') &&
    !parts.some((p) => p !== 'GFP_NOWAIT' && BASE.includes(p))
  ) {
    return {
      fact: `GFP_NOWAIT includes '__GFP_NOWARN' in ${kernelName(rule.profile)}.`,
      consequence: 'The flag has been part of it since 6.7; older kernels need it spelled out.',
      confidence: 'certain',
      severity: 'note',
    };
  }
  const inert = [
    [NORETRY, '__GFP_NORETRY'],
    [RETRY_MAYFAIL, '__GFP_RETRY_MAYFAIL'],
  ] as const;
  for (const [bit, flag] of inert) {
    if (
      parts.includes(flag) &&
      (site.apiClass !== 'wrapper' || bit === RETRY_MAYFAIL) &&
      site.requested.every((m) => mustHave(m, bit) && blocking(m) === 'no' && isExact(m) && (m.must & RECLAIM) !== 0)
    ) {
      return {
        fact: `'${flag}' has no effect in '${maskName(site.gfpText)}'.`,
        consequence:
          bit === NORETRY
            ? 'It shortens direct reclaim, which the mask does not allow.'
            : 'It asks direct reclaim to try harder, which the mask does not allow.',
        // __GFP_NORETRY beside GFP_NOWAIT is a habit and shortens nothing that would be missed; what tries hard was meant to wait.
        confidence: bit === NORETRY ? 'possible' : site.apiClass === 'wrapper' ? 'likely' : 'certain',
        severity: 'note',
      };
    }
  }
  return undefined;
};

/** In order of weight: a mask is told of once. */
export const MASK_LOOKS: readonly Look[] = [
  goneFlag,
  twoBases,
  pairs,
  slabZones,
  mempoolZero,
  freePagesHighmem,
  noBase,
  fsWithoutIo,
  redundant,
];
