/** Which files a run can speak about: what was not looked at is neither mended nor stale. */
import type { AuditResult } from '../engine.js';

/**
 * @param paths what the run reported on, relative to its root ('.' for all of it)
 * @returns whether the absence of a finding in a file means that there is none
 */
export function looksAt(result: Pick<AuditResult, 'problems'>, paths: readonly string[]): (file: string) => boolean {
  const unread = new Set(result.problems.map(({ file }) => file));
  const below = paths.map((path) => path.replace(/\/+$/, ''));
  return (file) => !unread.has(file) && below.some((path) => path === '.' || path === file || file.startsWith(`${path}/`));
}
