/** `audit --format html`: one file with every finding, charts, filter and search. */
import type { AuditResult } from '../../engine.js';
import type { SubsystemOf } from '../../session/subsystems.js';
import { counted, inOrder } from '../order.js';
import { APP, APP_STYLE } from './app.js';
import { barChart } from './bars.js';
import { reportData } from './data.js';
import { escape, htmlPage } from './page.js';

export interface HtmlOptions {
  version: string;
  /** Lines of the files that findings stand in. */
  source: ReadonlyMap<string, readonly string[]>;
  subsystemOf: SubsystemOf;
}

/** Allocators in the chart; the rest is one line. */
const ALLOCATORS = 20;

export function renderHtml(result: AuditResult, { version, source, subsystemOf }: HtmlOptions): string {
  const { kernel, stats, problems } = result;
  const { json } = reportData(inOrder(result.findings), source, subsystemOf);
  const severities = ['error', 'warning', 'note'] as const;
  const counts = severities.map((severity) => counted(result.findings.filter((f) => f.severity === severity).length, severity)).join(', ');
  const notes = [...kernel.mismatches, ...problems.map(({ file, message }) => `${file}: ${message}`)];
  const body = `<header>
<h1>GFP Audit of Linux ${escape(kernel.version)}</h1>
<p>${counted(result.findings.length, 'finding')}: ${counts}; ${counted(stats.sites, 'allocation site')} in ${counted(stats.reported, 'file')}${stats.reported < stats.files ? `, of ${counted(stats.files, 'file')} read` : ''}</p>
<p class="dim">version from ${escape(kernel.from)}, judged by the allocator of ${escape(kernel.profile)}; gfp-audit ${escape(version)}</p>
${notes.length > 0 ? `<details><summary>${counted(notes.length, 'note')} on this run</summary><ul>${notes.map((note) => `<li>${escape(note)}</li>`).join('')}</ul></details>` : ''}
</header>
<div class="cards">
<section class="card"><h2>Findings by rule</h2><ul class="bars" id="by-rule"></ul></section>
<section class="card"><h2>Findings by subsystem</h2><ul class="bars" id="by-subsystem"></ul></section>
<section class="card"><h2>Allocation sites by allocator</h2>${allocators(result)}</section>
</div>
<main>
<div class="filter" role="search">
<input id="search" type="search" placeholder="Search rule, file, function, message" aria-label="Search findings" autocomplete="off">
<select id="severity" aria-label="Severity"><option value="">any severity</option>${options(severities)}</select>
<select id="confidence" aria-label="Confidence"><option value="">any confidence</option>${options(['certain', 'likely', 'possible'])}</select>
<button id="clear" type="button">Clear</button>
<span id="count" role="status" aria-live="polite"></span>
</div>
<p class="dim">Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> opens, <kbd>Esc</kbd> clears. Rule and subsystem bars filter too.</p>
<div id="list"></div>
<p><button id="more" type="button" hidden></button></p>
</main>`;
  return htmlPage({ title: `GFP Audit of Linux ${kernel.version}`, body, data: json, script: APP, style: APP_STYLE });
}

const options = (values: readonly string[]): string => values.map((value) => `<option>${value}</option>`).join('');

function allocators({ sites }: AuditResult): string {
  const tally = new Map<string, number>();
  for (const { api } of sites) tally.set(api, (tally.get(api) ?? 0) + 1);
  const sorted = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const rest = sorted.slice(ALLOCATORS).reduce((sum, [, n]) => sum + n, 0);
  const others =
    rest === 0 ? '' : `<p class="dim">and ${counted(rest, 'site')} of ${counted(sorted.length - ALLOCATORS, 'other allocator')}</p>`;
  return barChart(sorted.slice(0, ALLOCATORS)) + others;
}
