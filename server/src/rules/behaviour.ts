/** The kernel a rule decides for: its behaviour (the simulator's profile) and its name in messages. */
import { profileById, type Profile } from '../../../simulator/src/index.js';
import type { KernelProfile } from '../catalog/model.js';

/** Switches of the kernel line; see simulator/src/profiles/types.ts for what each was read in. */
export const behaviour = (profile: KernelProfile): Profile => profileById(profile.id);

/** 'Linux 6.12' */
export function kernelName(profile: KernelProfile): string {
  const [major, minor] = profile.version.split('.');
  return `Linux ${major}.${minor ?? '0'}`;
}
