/** When a site returns NULL, condensed from its runs in the standard states. */
import type { StateResult } from './verdict.js';

export interface FailureInput {
  results: ReadonlyMap<string, StateResult>;
  /** Level at which it stops getting pages, fraction of min; undefined when it never got one. */
  floor: number | undefined;
  blocking: boolean;
  /** Returns NULL once its own process is the OOM killer's victim. */
  asVictim: boolean;
}

const percent = (f: number): string => `${Math.round(f * 1000) / 10}%`;

/** Phrases that fit after "returns NULL when". Empty when it never does. */
export function failurePhrases(f: FailureInput): string[] {
  const isNull = (state: string): boolean => f.results.get(state) === 'null';
  if (f.floor === undefined && [...f.results.values()].every((r) => r === 'null')) return ['it is called at all'];
  const out: string[] = [];
  const level =
    f.floor === undefined || f.floor >= 1
      ? 'free memory is down to the min watermark'
      : f.floor === 0
        ? 'no page is free'
        : `free memory is down to ${percent(f.floor)} of the min watermark`;
  if (isNull('empty') || isNull('min')) {
    if (!f.blocking || isNull('reclaimable')) out.push(level);
    else if (isNull('fs-slab')) out.push(`${level} and reclaim without __GFP_FS finds nothing`);
    else out.push(`${level} and reclaim finds nothing`);
  }
  if (isNull('fragmented')) out.push('memory is too fragmented for a block of that order');
  if (f.asVictim && out.length === 0) out.push('its own process has been chosen by the OOM killer');
  return out;
}
