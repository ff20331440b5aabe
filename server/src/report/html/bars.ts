/** A bar chart as a list: legible without scripts, by a screen reader too. */
import { escape } from './page.js';

export function barChart(rows: readonly (readonly [name: string, count: number])[]): string {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const bars = rows.map(
    ([name, count]) =>
      `<li><span class="row" title="${escape(name)}"><span class="name">${escape(name)}</span><span><span class="bar" style="width:${((100 * count) / most).toFixed(1)}%"></span></span><span class="count">${count}</span></span></li>`,
  );
  return `<ul class="bars">${bars.join('')}</ul>`;
}
