/** Would a GFP_ATOMIC page be served right now? Looks, takes nothing. */
import { highestZone, makeTask, slowPathFlags } from '../alloc/alloc-flags.js';
import { watermarkFast } from '../alloc/watermark-check.js';
import type { Machine } from '../machine/machine.js';

const SOFTIRQ = makeTask('softirq', []);

export function atomicServed(m: Machine): boolean {
  const atomic = m.profile.composites.get('GFP_ATOMIC') ?? 0;
  const flags = slowPathFlags(m.profile, atomic, 0, SOFTIRQ);
  const highest = highestZone(atomic, m.zone('HighMem') !== undefined);
  return m.zonelist(highest).some((z) => watermarkFast(m.profile, z, 0, highest, flags, atomic));
}
