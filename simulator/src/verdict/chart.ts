/** A verdict as a few lines of text: what happens in each state of memory, and how deep the request digs. */
import { STATES } from './states.js';
import type { SiteVerdict, StateResult } from './verdict.js';

const BAR = 32;

/** What a result means, in a few words. */
export const RESULT_WORDS: Readonly<Record<StateResult, string>> = {
  page: 'a page at once',
  reclaimed: 'a page after reclaim',
  reserve: 'a page from the reserve',
  null: 'NULL',
  loops: 'keeps trying',
  panic: 'panic',
};

export type ChartState = Pick<SiteVerdict['states'][number], 'words' | 'result' | 'oomKills'>;

/** The chart of a verdict that was kept as data: results by state, and the states in which a process is killed. */
export function chartOfResults(reserveFloor: number, results: Readonly<Record<string, StateResult>>, killsIn: readonly string[]): string[] {
  const states = STATES.flatMap(({ id, words }) => {
    const result = results[id];
    return result === undefined ? [] : [{ words, result, oomKills: killsIn.includes(id) ? 1 : 0 }];
  });
  return verdictChart({ reserveFloor, states });
}

/**
 * The bar shows free memory from the min watermark (left) to nothing (right): '#' what the request may take, '.' what it
 * leaves, '|' the level at which GFP_ATOMIC fails.
 */
export function verdictChart(v: Pick<SiteVerdict, 'reserveFloor'> & { states: readonly ChartState[] }): string[] {
  const taken = Math.round((1 - Math.min(1, v.reserveFloor)) * BAR);
  const mark = Math.round(BAR * (5 / 8));
  const cells: string[] = Array.from({ length: BAR }, (_, i) => (i < taken ? '#' : '.'));
  cells.splice(mark, 0, '|');
  const width = Math.max(...v.states.map((s) => s.words.length));
  return [
    `reserve  min ${cells.join('')} 0`,
    ...v.states.map((s) => `${s.words.padEnd(width)}  ${RESULT_WORDS[s.result]}${s.oomKills > 0 ? ', kills a process' : ''}`),
  ];
}
