/**
 * The script of the audit's HTML report. It runs in a browser from a file, so it is text here: bundlers rename what they see. All that
 * comes from a tree is set as text, never as HTML.
 */
export const APP = String.raw`
const S = (i) => data.strings[i];
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== undefined));
  return node;
};
const svg = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const findings = data.findings.map(([rule, severity, confidence, file, line, column, fn, message, subsystem, path, code, simulation, fixes], index) => ({
  index, rule: S(rule), severity, confidence, file: S(file), line, column, fn: S(fn), message, subsystem: S(subsystem),
  path, code, simulation: simulation < 0 ? undefined : data.simulations[simulation], fixes,
}));
for (const f of findings) f.text = [f.rule, f.file, f.fn, f.message, f.subsystem, ...f.path.map(([, , , what]) => S(what))].join(' ').toLowerCase();

const search = document.getElementById('search');
const list = document.getElementById('list');
const count = document.getElementById('count');
const more = document.getElementById('more');
const selects = { severity: document.getElementById('severity'), confidence: document.getElementById('confidence') };
const chosen = { rule: undefined, subsystem: undefined };
const PAGE = 200;
let shown = [];
let limit = PAGE;

const passes = (f, words, skip) =>
  words.every((word) => f.text.includes(word)) &&
  Object.entries(selects).every(([key, select]) => select.value === '' || f[key] === select.value) &&
  Object.entries(chosen).every(([key, value]) => key === skip || value === undefined || f[key] === value);

function refresh() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = findings.filter((f) => passes(f, words));
  limit = PAGE;
  for (const key of ['rule', 'subsystem']) bars(key, findings.filter((f) => passes(f, words, key)));
  draw();
  const state = new URLSearchParams();
  if (search.value) state.set('q', search.value);
  for (const [key, select] of Object.entries(selects)) if (select.value) state.set(key, select.value);
  for (const [key, value] of Object.entries(chosen)) if (value !== undefined) state.set(key, value);
  const hash = state.toString();
  if (hash !== location.hash.slice(1)) history.replaceState(null, '', hash === '' ? location.pathname + location.search : '#' + hash);
}

function draw() {
  list.replaceChildren(...shown.slice(0, limit).map(item));
  count.textContent = shown.length === findings.length ? findings.length + ' findings' : shown.length + ' of ' + findings.length + ' findings';
  more.hidden = shown.length <= limit;
  more.textContent = 'Show ' + Math.min(PAGE, shown.length - limit) + ' more';
}

function item(f) {
  const summary = el('summary', {},
    el('span', { class: 'severity ' + f.severity }, f.severity), ' ',
    el('span', { class: 'rule' }, f.rule), ' ',
    el('span', { class: 'mono place' }, f.file + ':' + f.line), ' ',
    el('span', { class: 'mono dim' }, f.fn + '()'),
    el('span', { class: 'message' }, f.message));
  const details = el('details', { class: 'finding', id: 'finding-' + f.index }, summary);
  details.addEventListener('toggle', () => { if (details.open && details.childElementCount === 1) details.append(body(f)); });
  return details;
}

function body(f) {
  const out = el('div', { class: 'body' });
  out.append(el('p', { class: 'dim' }, f.confidence + ', ' + f.subsystem));
  if (f.code) {
    const [first, lines] = f.code;
    out.append(el('pre', { class: 'code', tabindex: 0, 'aria-label': 'code' }, ...lines.map((text, i) =>
      el('span', { class: first + i === f.line ? 'at' : undefined }, String(first + i).padStart(6) + '  ' + text + '\n'))));
  }
  if (f.path.length > 0) {
    out.append(el('h3', {}, 'Path'), el('ol', { class: 'path' }, ...f.path.map(([file, line, fn, what]) =>
      el('li', {}, el('span', { class: 'mono' }, S(file) + ':' + line), ' ', el('span', { class: 'dim mono' }, S(fn) + '()'), ' ', S(what)))));
  }
  if (f.fixes.length > 0) out.append(el('h3', {}, 'Fixes'), el('ul', {}, ...f.fixes.map(([title, safety]) => el('li', {}, title + (safety === 'review' ? ' (to review)' : '')))));
  if (f.simulation) out.append(el('h3', {}, 'In this kernel’s allocator'), picture(f.simulation));
  return out;
}

const GOOD = new Set(['page', 'reclaimed', 'reserve']);
/** The reserve below the min watermark: what the request may take of it, and where GFP_ATOMIC fails. */
function picture(sim) {
  const width = 520, left = 60, span = 400, top = 18;
  const floor = Math.max(0, Math.min(1, sim.floor));
  const label = 'May take free memory down to ' + Math.round(floor * 100) + '% of the min watermark';
  const chart = svg('svg', { viewBox: '0 0 ' + width + ' 62', width, height: 62, role: 'img', 'aria-label': label, class: 'reserve' },
    svg('rect', { x: left, y: top, width: span, height: 16, class: 'whole' }),
    svg('rect', { x: left, y: top, width: (1 - floor) * span, height: 16, class: 'taken' }),
    svg('line', { x1: left + span * 0.625, x2: left + span * 0.625, y1: top - 6, y2: top + 22, class: 'atomic' }));
  const say = (x, y, anchor, text) => { const t = svg('text', { x, y, 'text-anchor': anchor }); t.textContent = text; chart.append(t); };
  say(left - 8, top + 13, 'end', 'min');
  say(left + span + 8, top + 13, 'start', '0');
  say(left + span * 0.625, top + 38, 'middle', 'GFP_ATOMIC fails here');
  const figure = el('figure', {}, chart, el('figcaption', {}, sim.text));
  figure.append(el('ul', { class: 'states' }, ...sim.states.map(([words, result, kills]) =>
    el('li', {}, el('span', { class: 'dim' }, words + ': '), el('span', { class: GOOD.has(result) ? 'good' : 'bad' }, data.results[result] + (kills ? ', kills a process' : ''))))));
  return figure;
}

function bars(key, among) {
  const tally = new Map();
  for (const f of among) tally.set(f[key], (tally.get(f[key]) ?? 0) + 1);
  const sorted = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const most = sorted[0]?.[1] ?? 1;
  const rows = sorted.slice(0, 24);
  if (chosen[key] !== undefined && !rows.some(([name]) => name === chosen[key])) rows.push([chosen[key], tally.get(chosen[key]) ?? 0]);
  const box = document.getElementById('by-' + key);
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.name : undefined;
  box.replaceChildren(...rows.map(([name, n]) => {
    const bar = el('span', { class: 'bar' });
    bar.style.width = (100 * n) / most + '%';
    const button = el('button', { type: 'button', 'aria-pressed': chosen[key] === name, 'data-name': name, title: name },
      el('span', { class: 'name' }, name), el('span', {}, bar), el('span', { class: 'count' }, String(n)));
    button.addEventListener('click', () => { chosen[key] = chosen[key] === name ? undefined : name; refresh(); });
    return el('li', {}, button);
  }));
  if (sorted.length > rows.length) box.append(el('li', { class: 'dim' }, sorted.length - rows.length + ' more: use the search'));
  if (focused !== undefined) [...box.querySelectorAll('button')].find((b) => b.dataset.name === focused)?.focus();
}

function clear() {
  search.value = '';
  for (const select of Object.values(selects)) select.value = '';
  for (const key of Object.keys(chosen)) chosen[key] = undefined;
  refresh();
}

/** Moves to the next or previous finding; the summaries are what the keyboard goes through. */
function step(by) {
  const summaries = [...list.querySelectorAll('summary')];
  const at = summaries.indexOf(document.activeElement);
  summaries[Math.max(0, Math.min(summaries.length - 1, at < 0 ? 0 : at + by))]?.focus();
}

let timer;
search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(refresh, 80); });
for (const select of Object.values(selects)) select.addEventListener('change', refresh);
more.addEventListener('click', () => { limit += PAGE; draw(); });
document.getElementById('clear').addEventListener('click', clear);
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches('input, select');
  if (event.key === 'Escape') { clear(); search.blur(); }
  else if (typing) { if (event.key === 'ArrowDown' && event.target === search) { event.preventDefault(); step(0); } }
  else if (event.key === '/') { event.preventDefault(); search.focus(); }
  else if (event.key === 'j') step(1);
  else if (event.key === 'k') step(-1);
});

const state = new URLSearchParams(location.hash.slice(1));
search.value = state.get('q') ?? '';
for (const [key, select] of Object.entries(selects)) select.value = state.get(key) ?? '';
for (const key of Object.keys(chosen)) chosen[key] = state.get(key) ?? undefined;
refresh();
`;

export const APP_STYLE = `
.filter { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; position: sticky; top: 0; padding: .6rem 0; background: var(--page); border-bottom: 1px solid var(--line); z-index: 1; }
.filter input { flex: 1 1 16rem; }
.filter button, #more { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .7rem; cursor: pointer; }
.finding { border-bottom: 1px solid var(--line); }
.finding summary { padding: .5rem .25rem; cursor: pointer; }
.finding summary:hover { background: var(--card); }
.finding .message { display: block; margin-left: 1.1rem; }
.finding .rule { font-weight: 600; }
.severity { font-size: .8rem; text-transform: uppercase; letter-spacing: .03em; font-weight: 600; }
.severity.error { color: var(--error); } .severity.warning { color: var(--warning); } .severity.note { color: var(--note); }
.body { padding: 0 .25rem 1rem 1.1rem; }
.body h3 { font-size: .9rem; margin: .8rem 0 .2rem; }
.body ol, .body ul { margin: .2rem 0; padding-left: 1.4rem; }
.code { background: var(--card); border: 1px solid var(--line); border-radius: 4px; padding: .5rem 0; margin: .4rem 0; overflow-x: auto; tab-size: 8; }
.code span { display: block; padding: 0 .6rem; } .code .at { background: var(--mark); }
figure { margin: .4rem 0; } figure svg { max-width: 100%; } figcaption { max-width: 60rem; }
.reserve .whole { fill: none; stroke: var(--dim); } .reserve .taken { fill: var(--error); opacity: .75; } .reserve .atomic { stroke: var(--text); stroke-width: 2; }
.reserve text { fill: var(--text); font: 12px system-ui, sans-serif; }
.states { columns: 2 20rem; } .good { color: var(--page-ok); } .bad { color: var(--page-null); }
`;
