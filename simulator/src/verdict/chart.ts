/** A verdict as a few lines of text: what happens in each state of memory, and how deep the request digs. */
import type { SiteVerdict, StateResult } from './verdict.js';

const BAR = 32;

const RESULT_WORDS: Readonly<Record<StateResult, string>> = {
  page: 'a page at once',
  reclaimed: 'a page after reclaim',
  reserve: 'a page from the reserve',
  null: 'NULL',
  loops: 'keeps trying',
  panic: 'panic',
};

/**
 * The bar shows free memory from the min watermark (left) to nothing (right): '#' what the request may take, '.' what it
 * leaves, '|' the level at which GFP_ATOMIC fails.
 */
export function verdictChart(v: SiteVerdict): string[] {
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
