/** Kernel versions as comparable numbers, and the ranges of versions that table rows carry. */

/** VERSION * 1e6 + PATCHLEVEL * 1e3 + SUBLEVEL, as in KernelProfile.number. */
export function versionNumber(major: number, minor: number, sublevel = 0): number {
  return major * 1_000_000 + minor * 1_000 + sublevel;
}

/** Number of 'MAJOR.MINOR[.SUBLEVEL]', with or without a suffix ('6.12.117-rt'); null for anything else. */
export function parseVersion(text: string): number | null {
  const m = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[-+~. ].*)?$/.exec(text.trim());
  return m ? versionNumber(Number(m[1]), Number(m[2]), Number(m[3] ?? 0)) : null;
}

/** Releases that have something: first and last, both inclusive; a stable release counts with its line. */
export interface VersionRange {
  since: number;
  until: number;
}

export const ALL_VERSIONS: VersionRange = { since: 0, until: Number.MAX_SAFE_INTEGER };

/** '5.16-6.11', '5.16-' or '-6.11'. @throws {Error} for anything else: a mistake in a table. */
export function parseRange(text: string): VersionRange {
  const m = /^(\d+\.\d+)?-(\d+\.\d+)?$/.exec(text);
  if (!m || text === '-') throw new Error(`not a version range: '${text}'`);
  const since = m[1] ? parseVersion(m[1])! : 0;
  const until = m[2] ? parseVersion(m[2])! + 999 : Number.MAX_SAFE_INTEGER;
  if (since > until) throw new Error(`empty version range: '${text}'`);
  return { since, until };
}

/** Whether a version (VERSION * 1e6 + PATCHLEVEL * 1e3 + SUBLEVEL) lies in the range, both ends included. */
export function inRange(range: VersionRange, version: number): boolean {
  return version >= range.since && version <= range.until;
}
