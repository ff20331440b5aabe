/** The census as a page: the table of all subsystems, sortable and searchable, and what changed between two trees. */
import { htmlPage, escape } from '../html/page.js';
import { counted } from '../order.js';
import { changeWords, censusRecord } from './text.js';
import type { Comparison } from './compare.js';
import { COUNTED, type Census, type Counted, type Counts } from './count.js';

const KEYS = Object.keys(COUNTED) as Counted[];
const HEADINGS: Readonly<Record<Counted, string>> = {
  sites: 'sites',
  nofs: 'NOFS',
  nofsInScope: 'in scope',
  nofsPartly: 'partly',
  noio: 'NOIO',
  atomic: 'ATOMIC',
  nowait: 'NOWAIT',
  nofail: 'NOFAIL',
  scopesNofs: 'nofs scopes',
  scopesNoio: 'noio scopes',
  scopesOther: 'other scopes',
  retryLoops: 'retry loops',
  convertible: 'convertible',
  mempools: 'mempools',
  mempoolAllocs: 'from mempools',
  congestionWaits: 'congestion waits',
  retryWaits: 'retry waits',
};
/** Changes listed in the page; JSON has them all. */
const CHANGES = 5000;

export function renderCensusHtml(census: Census, version: string, comparison?: Comparison): string {
  const title = comparison
    ? `GFP census, Linux ${comparison.from.kernel.version} to ${comparison.to.kernel.version}`
    : `GFP census of Linux ${census.kernel.version}`;
  const rows = comparison
    ? comparison.subsystems.map(({ name, difference }) => [name, ...KEYS.map((key) => difference[key])])
    : census.subsystems.map(({ name, counts }) => [name, ...KEYS.map((key) => counts[key])]);
  const changes = comparison?.changes.slice(0, CHANGES).map((change) => [change.kind, changeWords(change)]) ?? [];
  const { stats } = censusRecord(comparison?.to ?? census) as { stats: Census['stats'] };
  const body = `<header>
<h1>${escape(title)}</h1>
<p>How this code asks for memory, by subsystem (MAINTAINERS, closest entry). ${counted(stats.files, 'file')}.</p>
<p class="dim">gfp-audit ${escape(version)}</p>
</header>
${totals(census, comparison)}
<main>
<h2>${comparison ? 'Difference by subsystem' : 'Subsystems'}</h2>
<p><input id="search" type="search" placeholder="Search" aria-label="Search subsystems and changes" autocomplete="off"> <span id="count" role="status" aria-live="polite"></span></p>
<div class="scroll" tabindex="0"><table id="table"><thead><tr><th scope="col"><button type="button" data-column="0">subsystem</button></th>${KEYS.map((key, i) => `<th scope="col"><button type="button" data-column="${i + 1}" title="${escape(COUNTED[key])}">${HEADINGS[key]}</button></th>`).join('')}</tr></thead><tbody></tbody></table></div>
${comparison ? `<h2>Sites</h2><p class="dim">${counted(comparison.changes.length, 'site')} appeared, went or ask with another mask${comparison.changes.length > CHANGES ? `; the first ${CHANGES} are here, --format json has all` : ''}.</p><ul id="changes" class="mono"></ul>` : ''}
</main>`;
  return htmlPage({ title, body, data: { rows, changes, signed: comparison !== undefined }, script: SCRIPT, style: STYLE });
}

function totals(census: Census, comparison?: Comparison): string {
  const cell = (key: Counted): string => {
    if (!comparison) return `<td>${census.total[key]}</td>`;
    const d = comparison.difference[key];
    return `<td>${comparison.from.total[key]}</td><td>${comparison.to.total[key]}</td><td>${d > 0 ? '+' : ''}${d}</td>`;
  };
  const of = (counts: Counts | undefined, key: Counted): boolean => (counts?.[key] ?? 0) > 0;
  const shown = KEYS.filter((key) => of(census.total, key) || of(comparison?.to.total, key));
  const head = comparison
    ? `<th scope="col">${escape(comparison.from.kernel.version)}</th><th scope="col">${escape(comparison.to.kernel.version)}</th><th scope="col">difference</th>`
    : '<th scope="col">count</th>';
  return `<div class="cards"><section class="card"><table><thead><tr><th scope="col"></th>${head}</tr></thead><tbody>${shown.map((key) => `<tr><th scope="row"${COUNTED[key].startsWith('of these') ? ' class="part"' : ''}>${escape(COUNTED[key])}</th>${cell(key)}</tr>`).join('')}</tbody></table></section></div>`;
}

/** Runs in the browser; see html/app.ts on why it is text. */
const SCRIPT = String.raw`
const search = document.getElementById('search');
const tbody = document.querySelector('#table tbody');
const changes = document.getElementById('changes');
const show = (n) => (n === 0 ? '' : data.signed && n > 0 ? '+' + n : String(n));
let column = -1, down = true;
function draw() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => text.toLowerCase().includes(word));
  const rows = data.rows.filter(([name]) => has(name));
  if (column >= 0) rows.sort((a, b) => (down ? 1 : -1) * (column === 0 ? (a[0] < b[0] ? -1 : 1) : b[column] - a[column]));
  tbody.replaceChildren(...rows.map((row) => {
    const tr = document.createElement('tr');
    row.forEach((value, i) => { const cell = document.createElement(i === 0 ? 'th' : 'td'); cell.textContent = i === 0 ? value : show(value); if (i === 0) cell.scope = 'row'; tr.append(cell); });
    return tr;
  }));
  document.getElementById('count').textContent = rows.length + ' of ' + data.rows.length + ' subsystems';
  if (changes) changes.replaceChildren(...data.changes.filter(([kind, text]) => has(kind + ' ' + text)).slice(0, 1000).map(([kind, text]) => {
    const li = document.createElement('li');
    const word = document.createElement('span');
    word.className = kind; word.textContent = kind + ' ';
    li.append(word, text);
    return li;
  }));
}
for (const button of document.querySelectorAll('th button')) button.addEventListener('click', () => {
  const i = Number(button.dataset.column);
  down = column === i ? !down : true;
  column = i;
  for (const th of document.querySelectorAll('#table thead th')) th.removeAttribute('aria-sort');
  button.parentElement.setAttribute('aria-sort', (i === 0) === down ? 'ascending' : 'descending');
  draw();
});
let timer;
search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(draw, 80); });
document.addEventListener('keydown', (event) => { if (event.key === '/' && event.target !== search) { event.preventDefault(); search.focus(); } });
draw();
`;

const STYLE = `
body { max-width: 100rem; }
#table { font-size: .85rem; } #table th, #table td { padding: .25rem .2rem; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid var(--focus); }
th[aria-sort] button { text-decoration: underline; }
tbody th { font-weight: 400; text-align: left; } .part { padding-left: 2rem; }
#changes { list-style: none; padding: 0; } #changes li { padding: .1rem 0; }
.appeared { color: var(--error); } .gone { color: var(--page-ok); } .changed { color: var(--warning); }
`;
