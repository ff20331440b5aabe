/** Masks that say two things: to the one that is meant, or the one that the kernel hears already. */
import { behaviour } from '../rules/behaviour.js';
import type { FixSafety } from '../rules/model.js';
import type { Site } from '../flow/model.js';
import { maskSite, refusal, type MaskSite } from './mask-site.js';
import { summands, without } from './mask-text.js';
import type { Fixer, FixWorld, Proposal } from './model.js';

const TITLE = 'Say one thing with the mask';

export const contradictoryMaskFixer: Fixer = {
  rules: ['contradictory-mask'],
  async propose(finding, flow, world) {
    const place = await maskSite(finding, flow, world);
    if (typeof place === 'string') return [refusal(TITLE, place)];
    const meant = meaning(place, world);
    if (!meant) return [refusal(TITLE, `what '${place.written}' is meant to ask for cannot be told from here`)];
    const { mask, safety, detail } = meant;
    return [{ kind: 'edit', title: `Write '${mask}'`, safety, edits: place.edits(mask), detail } satisfies Proposal];
  },
};

interface Meaning {
  mask: string;
  safety: FixSafety;
  detail: string;
}

const WITH_FS = ['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT', 'GFP_USER', 'GFP_HIGHUSER', 'GFP_HIGHUSER_MOVABLE'];

function meaning({ site, written }: MaskSite, world: FixWorld): Meaning | undefined {
  const parts = summands(written);
  if (!parts) return undefined;
  const has = (...names: string[]): string | undefined => names.find((n) => parts.includes(n));
  const drop = (safety: FixSafety, detail: string, ...names: string[]): Meaning | undefined => {
    const mask = without(written, names);
    return mask === undefined ? undefined : { mask, safety, detail };
  };
  const kernel = behaviour(world.profile);
  if (!kernel.hasAtomicFlag && has('__GFP_ATOMIC')) {
    const implied = has('GFP_ATOMIC', '__GFP_HIGH');
    const detail = '__GFP_ATOMIC is not declared in this kernel; what it asked for follows from __GFP_HIGH.';
    return implied
      ? drop('safe', detail, '__GFP_ATOMIC')
      : { mask: written.replace(/\b__GFP_ATOMIC\b/, '__GFP_HIGH'), safety: 'safe', detail };
  }
  const strong = has(...WITH_FS);
  const weak = has('GFP_NOIO', 'GFP_NOFS');
  if (strong !== undefined && weak !== undefined) {
    const account = strong === 'GFP_KERNEL_ACCOUNT' ? ' | __GFP_ACCOUNT' : '';
    const mask = without(written, WITH_FS);
    return mask === undefined
      ? undefined
      : {
          mask: mask + account,
          safety: 'review',
          detail: `${weak} was to forbid what ${strong} allows: the request no longer enters ${weak === 'GFP_NOIO' ? 'I/O and file-system' : 'file-system'} reclaim. If nothing there needs that, ${strong} alone is the mask to write.`,
        };
  }
  if (parts.includes('GFP_NOFS') && parts.includes('GFP_NOIO'))
    return drop('review', 'GFP_NOIO is the stricter of the two: the request no longer starts I/O.', 'GFP_NOFS');
  const sleeps = strong ?? weak;
  if (sleeps !== undefined && has('GFP_ATOMIC')) return oneOf(site, written, sleeps);
  if (sleeps !== undefined && has('GFP_NOWAIT')) {
    const mask = without(written, ['GFP_NOWAIT']);
    const quiet = kernel.nowaitHasNowarn && !has('__GFP_NOWARN') ? ' | __GFP_NOWARN' : '';
    return mask === undefined
      ? undefined
      : { mask: mask + quiet, safety: 'safe', detail: 'The mask has the same bits: GFP_NOWAIT adds none to it.' };
  }
  if (has('GFP_ATOMIC') && has('GFP_NOWAIT')) {
    const mask = without(written, ['GFP_NOWAIT']);
    const quiet = kernel.nowaitHasNowarn && !has('__GFP_NOWARN') ? ' | __GFP_NOWARN' : '';
    return mask === undefined
      ? undefined
      : { mask: mask + quiet, safety: 'safe', detail: 'The mask has the same bits: GFP_NOWAIT adds none to it.' };
  }
  if (has('GFP_ATOMIC') && has('__GFP_DIRECT_RECLAIM', '__GFP_RECLAIM'))
    return drop('review', 'The request no longer sleeps, as GFP_ATOMIC says.', '__GFP_DIRECT_RECLAIM', '__GFP_RECLAIM');
  if (has('__GFP_NORETRY') && has('__GFP_RETRY_MAYFAIL'))
    return drop('safe', '__GFP_NORETRY is looked at first: the request gives up after one round as before.', '__GFP_RETRY_MAYFAIL');
  if (has('__GFP_MEMALLOC') && has('__GFP_NOMEMALLOC'))
    return drop('safe', '__GFP_NOMEMALLOC wins: the request has no access to the reserves, as before.', '__GFP_MEMALLOC');
  if (site.apiClass === 'slab' && has('__GFP_HIGHMEM'))
    return drop(
      'safe',
      'Slab has no memory without an address: the kernel drops the flag with a stack trace, and then does the same.',
      '__GFP_HIGHMEM',
    );
  if (has('__GFP_HIGHMEM') && /^(__get_free_pages?|get_zeroed_page|get_free_page)/.test(site.api))
    return drop('safe', 'The function masks the flag off: the request is the same.', '__GFP_HIGHMEM');
  const silent = kernel.nowaitHasNowarn && has('GFP_NOWAIT') && has('__GFP_NOWARN');
  const inert = has('__GFP_NORETRY', '__GFP_RETRY_MAYFAIL');
  if (inert !== undefined && has('GFP_ATOMIC', 'GFP_NOWAIT'))
    return drop('safe', 'The flag shortens direct reclaim, which the mask does not allow.', inert, ...(silent ? ['__GFP_NOWARN'] : []));
  if (silent) return drop('safe', 'GFP_NOWAIT has the bit already: the mask is the same.', '__GFP_NOWARN');
  if (parts.every((p) => p.startsWith('__GFP_'))) return withBase(site, written);
  return undefined;
}

/** A mask that may sleep joined with GFP_ATOMIC: what is held decides which of the two is meant. */
function oneOf(site: Site, written: string, sleeps: string): Meaning | undefined {
  const atomic = site.states.some((s) => s.held.some((h) => h.atomic));
  const mask = without(written, atomic ? [sleeps] : ['GFP_ATOMIC']);
  if (mask === undefined) return undefined;
  return {
    mask,
    safety: 'review',
    detail: atomic
      ? 'Sleeping is forbidden here: the request no longer enters direct reclaim.'
      : 'The request may sleep here: it no longer takes from the reserve that is kept for those who cannot. Under a lock of a caller GFP_ATOMIC alone would be right.',
  };
}

/** Modifiers alone: the base that the place allows. */
function withBase(site: Site, written: string): Meaning | undefined {
  if (site.apiClass === 'wrapper' || site.apiClass === 'dma') return undefined;
  const atomic = site.states.some((s) => s.held.some((h) => h.atomic));
  return {
    mask: `${atomic ? 'GFP_ATOMIC' : 'GFP_KERNEL'} | ${written}`,
    safety: 'review',
    detail: atomic
      ? 'The request wakes kswapd and may take from the reserve.'
      : 'The request may sleep and reclaim. Under a lock of a caller GFP_ATOMIC would be right.',
  };
}
