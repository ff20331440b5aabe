/** Which files a run can speak about: what was not looked at is neither mended nor stale. */
import type { AuditResult } from '../engine.js';
import type { Confidence } from '../rules/model.js';
import { inShard } from './shard.js';

export interface RunScope {
  /** What the run reported on, relative to its root ('.' for all of it). */
  paths: readonly string[];
  minConfidence: Confidence;
  /** Whether a rule of this name was on. */
  looksFor(rule: string): boolean;
  /** Whether the configuration leaves a file out. */
  excluded(file: string): boolean;
}

/** Whether the absence of a finding in a file means that there is none. */
export function looksAt(
  result: Pick<AuditResult, 'problems' | 'shard'>,
  { paths, excluded }: Pick<RunScope, 'paths' | 'excluded'>,
): (file: string) => boolean {
  const unread = new Set(result.problems.map(({ file }) => file));
  const below = paths.map((path) => path.replace(/\/+$/, ''));
  return (file) =>
    !unread.has(file) &&
    !excluded(file) &&
    (!result.shard || inShard(file, result.shard)) &&
    below.some((path) => path === '.' || path === file || file.startsWith(`${path}/`));
}
