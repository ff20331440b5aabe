/** Which profile stands for a kernel version. */
import { PROFILES } from './table.js';
import type { Profile, ProfileId } from './types.js';

export type { Profile, ProfileId } from './types.js';
export { PROFILES } from './table.js';

/** All profile ids, oldest kernel first. */
export const PROFILE_IDS: readonly ProfileId[] = [
  '5.10-early',
  '5.10',
  '5.15-early',
  '5.15',
  '6.1-early',
  '6.1',
  '6.6',
  '6.12',
  'mainline',
];

/** An input that names something the simulator does not have. The message lists what it has. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';
}

/**
 * Stable releases from which a line counts as late. 5.10.223 and 5.10.262, 5.15.223 and 6.1.192 were read; the exact
 * releases in between that carried the backports were not, so the switch is put at the stable releases of late 2025
 * (reserve rework) and early 2026 (5.10's changes of the retry loop).
 */
const LATE_FROM: Readonly<Record<'5.10' | '5.15' | '6.1', number>> = { '5.10': 240, '5.15': 196, '6.1': 158 };

export interface ProfileChoice {
  profile: Profile;
  /** Set when no profile stands for that version exactly: what was taken and why. */
  note?: string;
}

/** The profile with this id. Throws UnknownNameError. */
export function profileById(id: string): Profile {
  const found = (PROFILES as Readonly<Record<string, Profile | undefined>>)[id];
  if (!Object.hasOwn(PROFILES, id) || found === undefined) {
    throw new UnknownNameError(`unknown kernel profile '${id}'; known: ${PROFILE_IDS.join(', ')}, or a version such as 6.1.192`);
  }
  return found;
}

/**
 * The profile that stands for a kernel release: 'VERSION.PATCHLEVEL[.SUBLEVEL]', with or without a suffix such as '-rc3' or
 * '-56-cloud-amd64'. Two numbers without a sublevel mean the newest stable release of that line. 'mainline' and every
 * other profile id are accepted too. Versions below 5.10 get the oldest profile and a note.
 * Throws UnknownNameError for text that is neither.
 */
export function chooseProfile(version: string): ProfileChoice {
  const text = version.trim();
  if (Object.hasOwn(PROFILES, text)) return { profile: profileById(text) };
  const m = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+~. ].*)?$/.exec(text);
  if (!m) return { profile: profileById(text) };
  const number = Number(m[1]) * 1000 + Number(m[2]);
  const sublevel = m[3] === undefined ? Infinity : Number(m[3]);
  if (number < 5010) {
    return { profile: PROFILES['5.10-early'], note: `${text} is older than every profile; 5.10-early is the closest` };
  }
  const line = (id: '5.10' | '5.15' | '6.1'): ProfileChoice => ({
    profile: sublevel >= LATE_FROM[id] ? PROFILES[id] : PROFILES[`${id}-early`],
  });
  if (number === 5010) return line('5.10');
  if (number < 5015) return between(text, '5.15-early');
  if (number === 5015) return line('5.15');
  if (number < 6001) return between(text, '6.1-early');
  if (number === 6001) return line('6.1');
  if (number === 6002) return between(text, '6.1-early');
  if (number === 6006) return { profile: PROFILES['6.6'] };
  if (number < 6012) return between(text, '6.6');
  if (number === 6012) return { profile: PROFILES['6.12'] };
  if (number < 6015) return between(text, '6.12');
  return number < 7002 ? between(text, 'mainline') : { profile: PROFILES.mainline };
}

function between(version: string, id: ProfileId): ProfileChoice {
  return { profile: PROFILES[id], note: `${version} has no profile of its own; ${id} (read in ${PROFILES[id].readIn}) is the closest` };
}

/** Like chooseProfile, without the note. */
export function profileFor(version: string): Profile {
  return chooseProfile(version).profile;
}
