/** Which functions are worth looking at again once their contexts are known. */
import type { Analysis } from '../flow/analyse.js';
import { blocking } from '../flow/masks.js';
import type { CallPoint } from '../flow/model.js';

/**
 * 'always': a rule may have a word on the function; 'plain': the inventory lists it, a rule looks at it only in a caller's context or for what it
 * holds; 'sleeps': only in a caller's context.
 */
export type Worth = 'always' | 'plain' | 'sleeps';

/** 'always': it allocates, opens scopes, waits, or sleeps under what it holds; 'sleeps': it does so only in a caller's context. */
export function worthOf(a: Analysis, operation: (c: CallPoint) => boolean): Worth | undefined {
  const plain = asksPlainly(a);
  if (a.scopes.length || a.waits.length || a.nonBlock.length || ((a.sites.length || a.flagUses.length) && !plain)) return 'always';
  if (a.ref.facts.params.some((p) => /\bgfp_t\b/.test(p.type))) return 'always';
  // A notifier may be called where nothing may wait, and is told by its argument: what it calls may be given nothing to ask.
  let sleeps = a.ref.facts.params.some((p) => /\bmmu_notifier_range\b/.test(p.type));
  for (const c of a.calls) {
    const known = c.effects !== undefined && c.effects.sleeps.length > 0;
    // What an operation does may be known later only.
    if ((known || operation(c)) && underLock(c)) return 'always';
    if (c.effects?.sleeps.some((w) => !w.tail)) sleeps = true;
  }
  return plain ? 'plain' : sleeps ? 'sleeps' : undefined;
}

/** Classes of allocators (catalog/data/allocators) of which rules ask more than the mask. */
const OF_THEIR_OWN = new Set(['mempool', 'bio', 'nolock']);
/** Flags that alone, or one after another, make a mask that nobody could object to. */
const ORDINARY = new Set(['GFP_KERNEL', 'GFP_KERNEL_ACCOUNT', 'GFP_USER', '__GFP_ZERO', '__GFP_NOWARN']);
const BASE = /^GFP_/;

/**
 * Whether a function allocates and all its requests are of the commonest kind: a mask that may do everything, written at the call or implied by it, with nothing
 * held that forbids sleeping. Most functions that allocate are such.
 */
function asksPlainly(a: Analysis): boolean {
  let flags = 0;
  for (const site of a.sites) {
    if (OF_THEIR_OWN.has(site.apiClass) || underLock(site)) return false;
    if (!site.requested.every((mask) => blocking(mask))) return false;
    const written = site.gfpText === '' ? [] : site.gfpText.split(' | ');
    if (!written.every((flag, i) => ORDINARY.has(flag) && BASE.test(flag) === (i === 0))) return false;
    flags += written.length;
  }
  // A flag in another place is in a variable or a test: what becomes of it, a rule may ask.
  return a.sites.length > 0 && a.flagUses.length === flags && a.flagUses.every(({ kind }) => kind === 'argument');
}

/** Whether something is held at a call that forbids sleeping. */
export const underLock = (c: CallPoint): boolean => c.states.some((s) => s.nonBlock > 0 || s.held.some((h) => h.atomic || h.rtAtomic));

/** Classes of the sleeping locks that are held at plain requests, or at calls below which something is allocated: reclaim may take them too. */
export function locksOverAllocations(a: Analysis, worth: Worth | undefined): string[] {
  const classes = new Set<string>();
  const add = (c: CallPoint): void => {
    for (const s of c.states) for (const h of s.held) if (!h.atomic && h.class !== '') classes.add(h.class);
  };
  for (const c of a.calls) if (c.effects?.sleeps.some((w) => w.kind === 'alloc')) add(c);
  if (worth === 'plain') a.sites.forEach(add);
  return [...classes];
}
