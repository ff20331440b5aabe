/// <reference lib="dom" />
/** The simulator panel's page: form above, results below. The model runs in a worker here; the extension only says what to show. */
import { html } from './dom.js';
import { form } from './form.js';
import { results } from './results.js';
import { readState, type FromPanel, type PanelState, type ToPanel } from './state.js';
import type { Answer, Job } from './worker.js';

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; getState(): unknown; setState(state: PanelState): void };

/** Typing pauses at least this long before the model runs, milliseconds. */
const QUIET_MS = 150;

const api = acquireVsCodeApi();
const place = { title: byId('title'), form: byId('form'), results: byId('results'), status: byId('status') };
let state = readState(api.getState());
/** Cases of the scenario shown, as the last answer named them. */
let cases: readonly string[] = [];
let job = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let worker: Promise<Worker> | undefined;

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no ${id}`);
  return element;
}

/** A worker must come from the page's own origin, and the script lies elsewhere: it is fetched and started from here. */
async function startWorker(): Promise<Worker> {
  const script = await (await fetch(document.body.dataset['worker']!)).blob();
  const started = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  started.onmessage = ({ data }: MessageEvent<Answer>) => show(data);
  started.onerror = (event) => fail(event.message);
  return started;
}

function run(delay = QUIET_MS): void {
  clearTimeout(timer);
  place.status.textContent = 'Running …';
  timer = setTimeout(() => {
    const next: Job = { id: ++job, state };
    (worker ??= startWorker()).then(
      (w) => w.postMessage(next),
      (error: unknown) => fail(String(error)),
    );
  }, delay);
}

function show(answer: Answer): void {
  if (answer.id !== job) return;
  if ('error' in answer) return fail(answer.error);
  place.results.removeAttribute('aria-busy');
  place.results.replaceChildren(...results(answer.set));
  place.status.textContent = '';
  if (answer.set.cases.join() !== cases.join()) {
    cases = answer.set.cases;
    draw();
  }
}

function fail(message: string): void {
  place.status.textContent = '';
  place.results.replaceChildren(html('p', { class: 'error', role: 'alert' }, message));
}

function change(update: (now: PanelState) => PanelState, redraw: boolean): void {
  state = update(state);
  api.setState(state);
  if (redraw) draw();
  run();
}

function draw(): void {
  const focused = document.activeElement?.id ?? '';
  place.title.textContent = state.title === '' ? 'Page allocator simulator' : state.title;
  byId('source').hidden = state.title === '';
  place.form.replaceChildren(form(state, cases, change));
  if (focused !== '') document.getElementById(focused)?.focus();
}

byId('source').addEventListener('click', () => api.postMessage({ type: 'reveal' }));
window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
  state = readState(data.state);
  api.setState(state);
  draw();
  run(0);
});
draw();
run(0);
api.postMessage({ type: 'ready' });
