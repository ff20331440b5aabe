/** A verdict in plain sentences. */
import type { ApiClass } from '../api/index.js';
import { isNofail } from '../gfp.js';
import type { SiteVerdict } from './verdict.js';

const WARN_WORDS: Readonly<Record<string, string>> = {
  'nofail-order': 'the kernel warns about __GFP_NOFAIL above order 1',
  'nofail-costly': 'the kernel warns about __GFP_NOFAIL above order 3',
  'nofail-non-blocking': 'the kernel warns that __GFP_NOFAIL needs direct reclaim',
  'nofail-memalloc': 'the kernel warns about __GFP_NOFAIL inside PF_MEMALLOC',
  'atomic-with-direct-reclaim': 'the kernel warns that __GFP_ATOMIC and direct reclaim exclude each other',
  'order-too-large': 'the order is beyond the largest the buddy allocator has',
  'allocation-failure': 'a failure prints the allocation report',
  'allocation-stall': 'a wait of ten seconds prints a stall message',
  'sleep-in-atomic': 'sleeping here is a bug',
  'slab-unexpected-zone': 'slab strips the zone flags with a warning',
  'vmalloc-in-atomic': 'vmalloc must not be called here',
  'nolock-mask': 'the lockless allocator accepts __GFP_ACCOUNT only',
};

export function warnWords(id: string): string {
  return WARN_WORDS[id] ?? id;
}

export function verdictText(v: Omit<SiteVerdict, 'text'>, cls: ApiClass, gfp: number): string {
  const s: string[] = [];
  s.push(v.maySleep ? 'May sleep.' : 'Does not sleep.');
  if (!v.mayFail)
    s.push(v.loops ? 'Never returns NULL: it keeps trying until memory comes back.' : 'Did not fail in any standard state of memory.');
  else if (v.states.every((x) => x.result === 'null')) s.push('Always returns NULL.');
  else if (v.loops && !v.states.some((x) => x.result === 'null'))
    s.push(`Keeps trying until memory comes back; returns NULL only when ${v.failsWhen.join(' or ')}.`);
  else s.push(`Returns NULL when ${v.failsWhen.join(', or when ')}.`);
  if (v.mayFail && v.loops && v.states.some((x) => x.result === 'null')) s.push('In other states it keeps trying until memory comes back.');
  if (v.mayFail && isNofail(gfp) && !v.maySleep) s.push('__GFP_NOFAIL has no effect without direct reclaim.');
  s.push(reserveWords(v));
  s.push(v.oomKill ? 'May call the OOM killer.' : 'Does not call the OOM killer.');
  if (cls === 'mempool' && v.loops) s.push('When its pool is empty it waits for an element to come back.');
  if (v.deadlock) s.push(`Deadlock: ${v.deadlock.join(', ')}.`);
  for (const id of v.warns) s.push(upper(warnWords(id)) + '.');
  return s.join(' ');
}

function reserveWords(v: Omit<SiteVerdict, 'text'>): string {
  if (v.floorPages === 0 && v.mayFail) return 'Finds no page in any state.';
  if (v.reserveFloor >= 1) return 'Leaves the reserve below the min watermark alone.';
  if (v.reserveFloor === 0) return 'May take every last free page, those that GFP_ATOMIC lives on included.';
  const part = `Digs into the reserve down to ${percent(v.reserveFloor)} of the min watermark`;
  return v.starvesAtomic
    ? `${part}, below the level where GFP_ATOMIC fails.`
    : `${part}, ${percent(v.takesFromAtomic)} of what GFP_ATOMIC lives on.`;
}

const percent = (f: number): string => `${Math.round(f * 1000) / 10}%`;
const upper = (t: string): string => t.charAt(0).toUpperCase() + t.slice(1);
