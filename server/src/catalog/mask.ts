/** Mask expressions of the tables ('GFP_KERNEL|__GFP_ZERO', '0') as bits of a profile. */
import type { Profile } from '../../../simulator/src/index.js';

/** Names a profile does not have are worth no bits: a table serves every version. */
export function maskBits(text: string, profile: Profile): number {
  let bits = 0;
  for (const part of text.split('|')) {
    const name = part.trim();
    bits |= profile.flags.get(name) ?? profile.composites.get(name) ?? 0;
  }
  return bits;
}
