/// <reference lib="dom" />
/** What came out: the figures beside each other, a chart for each run on one scale, and its events. */
import { drawChart, type Chart } from './chart.js';
import { html } from './dom.js';
import { scaleOf } from './plot.js';
import { eventKind, eventWords, resultWords, time, type Run, type RunSet } from './runs.js';

/** Rows of events that are put into the page; the rest is counted. */
const MAX_ROWS = 300;
const LETTERS = 'AB';

export function results({ runs, note }: RunSet): HTMLElement[] {
  const scale = scaleOf(runs);
  const charts = runs.map((run, i) => drawChart(run, i === 0 ? 'a' : 'b', scale));
  return [
    ...(note === undefined ? [] : [html('p', { class: 'soft' }, `${note}.`)]),
    html(
      'div',
      { class: 'runs' },
      ...runs.map((run, i) =>
        html(
          'section',
          { class: `run ${LETTERS[i]!.toLowerCase()}`, 'aria-label': `${LETTERS[i]}: ${run.name}` },
          html(
            'h2',
            {},
            html('span', { class: 'letter' }, LETTERS[i]!),
            html('code', {}, run.name),
            ` ${resultWords(run.result)}${run.tail}`,
          ),
          html('div', {}, charts[i]!.element),
        ),
      ),
    ),
    legend(),
    ...runs.filter(({ cycle }) => cycle.length > 0).map((run) => html('p', { class: 'cycle' }, `${run.name}: ${run.cycle.join('; ')}.`)),
    figures(runs),
    html('div', { class: 'runs' }, ...runs.map((run, i) => events(run, LETTERS[i]!, charts[i]!))),
  ];
}

function legend(): HTMLElement {
  const kinds: [string, string][] = [
    ['sleep', 'asleep'],
    ['work', 'reclaim'],
    ['good', 'page'],
    ['bad', 'failure, OOM'],
    ['note', 'other'],
  ];
  return html(
    'p',
    { class: 'legend soft', 'aria-hidden': 'true' },
    ...kinds.map(([kind, words]) => html('span', {}, html('span', { class: `swatch ${kind}` }), words)),
  );
}

/** Rows of both runs by label; a figure that differs stands out. */
function figures(runs: readonly Run[]): HTMLElement {
  const labels = [...new Set(runs.flatMap((run) => run.figures.map(([label]) => label)))];
  const value = (run: Run, label: string): string => run.figures.find(([own]) => own === label)?.[1] ?? '–';
  const rows: [string, string[]][] = [
    ['Result', runs.map((run) => resultWords(run.result))],
    ...labels.map((label): [string, string[]] => [label, runs.map((run) => value(run, label))]),
  ];
  return html(
    'table',
    { class: 'figures' },
    html('caption', {}, runs.length > 1 ? 'Side by side' : 'Figures'),
    html(
      'thead',
      {},
      html(
        'tr',
        {},
        html('th', { scope: 'col' }, ''),
        ...runs.map((run, i) => html('th', { scope: 'col' }, `${LETTERS[i]} `, html('code', {}, run.name))),
      ),
    ),
    html(
      'tbody',
      {},
      ...rows.map(([label, values]) => {
        const differs = new Set(values).size > 1;
        return html(
          'tr',
          { class: differs ? 'differs' : '' },
          html('th', { scope: 'row' }, label),
          ...values.map((text) => html('td', {}, text)),
        );
      }),
    ),
  );
}

/** The timeline as a list that the arrow keys walk through; the chart marks the moment. */
function events(run: Run, letter: string, chart: Chart): HTMLElement {
  const shown = run.events.slice(0, MAX_ROWS);
  const rows = shown.map((e, i) =>
    html(
      'li',
      { class: eventKind(e), role: 'option', id: `event-${letter}-${i}`, 'aria-selected': 'false' },
      html('span', { class: 'time' }, time(e.t)),
      html('span', { class: 'actor' }, e.actor),
      html('span', { class: 'what' }, eventWords(e)),
    ),
  );
  const hidden = run.events.length - shown.length + run.dropped;
  const list = html('ol', { class: 'events', role: 'listbox', tabindex: 0, 'aria-label': `Events of ${letter}: ${run.name}` }, ...rows);
  let at = -1;
  const select = (next: number): void => {
    rows[at]?.setAttribute('aria-selected', 'false');
    at = next;
    const row = rows[at];
    row?.setAttribute('aria-selected', 'true');
    row?.scrollIntoView({ block: 'nearest' });
    if (row) list.setAttribute('aria-activedescendant', row.id);
    chart.point(run.eventsAlong[at]);
  };
  const keys: Record<string, () => number> = {
    ArrowDown: () => Math.min(at + 1, rows.length - 1),
    ArrowUp: () => Math.max(at - 1, 0),
    Home: () => 0,
    End: () => rows.length - 1,
  };
  list.addEventListener('keydown', (event) => {
    const next = keys[event.key];
    if (!next || rows.length === 0) return;
    event.preventDefault();
    select(next());
  });
  list.addEventListener('click', (event) => {
    const row = (event.target as Element).closest('li');
    if (row) select(rows.indexOf(row));
  });
  list.addEventListener('blur', () => chart.point(undefined));
  return html(
    'section',
    { 'aria-label': `Timeline of ${letter}` },
    html('h3', {}, `${letter}: ${(run.events.length + run.dropped).toLocaleString('en')} events`),
    list,
    ...(hidden > 0 ? [html('p', { class: 'soft' }, moreWords(run, hidden))] : []),
  );
}

/** The chart marks those that were kept: the first of a long run. */
function moreWords({ events, dropped }: Run, hidden: number): string {
  const more = `and ${hidden.toLocaleString('en')} more`;
  return dropped > 0 ? `${more}; the chart marks the first ${events.length.toLocaleString('en')}` : more;
}
