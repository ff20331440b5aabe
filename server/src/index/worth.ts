/** Which functions are worth looking at again once their contexts are known. */
import type { Analysis } from '../flow/analyse.js';
import type { CallPoint } from '../flow/model.js';

/** 'always': a rule or the inventory may have a word on the function; 'sleeps': only in a caller's context. */
export type Worth = 'always' | 'sleeps';

/** 'always': it allocates, opens scopes, waits, or sleeps under what it holds; 'sleeps': it does so only in a caller's context. */
export function worthOf(a: Analysis, operation: (c: CallPoint) => boolean): Worth | undefined {
  if (a.sites.length || a.scopes.length || a.waits.length || a.nonBlock.length || a.flagUses.length) return 'always';
  if (a.ref.facts.params.some((p) => /\bgfp_t\b/.test(p.type))) return 'always';
  // A notifier may be called where nothing may wait, and is told by its argument: what it calls may be given nothing to ask.
  let sleeps = a.ref.facts.params.some((p) => /\bmmu_notifier_range\b/.test(p.type));
  for (const c of a.calls) {
    const known = c.effects !== undefined && c.effects.sleeps.length > 0;
    // What an operation does may be known later only.
    if ((known || operation(c)) && underLock(c)) return 'always';
    if (c.effects?.sleeps.some((w) => !w.tail)) sleeps = true;
  }
  return sleeps ? 'sleeps' : undefined;
}

/** Whether something is held at a call that forbids sleeping. */
export const underLock = (c: CallPoint): boolean => c.states.some((s) => s.nonBlock > 0 || s.held.some((h) => h.atomic || h.rtAtomic));

/** Classes of the sleeping locks that are held at calls below which something is allocated: reclaim may take them too. */
export function locksOverAllocations(a: Analysis): string[] {
  const classes = new Set<string>();
  for (const c of a.calls) {
    if (!c.effects?.sleeps.some((w) => w.kind === 'alloc')) continue;
    for (const s of c.states) for (const h of s.held) if (!h.atomic && h.class !== '') classes.add(h.class);
  }
  return [...classes];
}
