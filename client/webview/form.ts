/// <reference lib="dom" />
/** The form: native controls with labels, so that the keyboard and a screen reader find their way without help. */
import { APIS, CONTEXTS, PROFILES, SCENARIOS, type Profile } from '../../simulator/src/index.js';
import { html } from './dom.js';
import {
  FREE_LEVELS,
  MEMORY_SIZES,
  OFFERED,
  OWN_REQUEST,
  RECLAIM,
  type FreeLevel,
  type PanelState,
  type Reclaim,
  type Side,
} from './state.js';

const SCOPES = ['nofs', 'noio', 'noreclaim', 'pin'];
const MASKS_ID = 'masks';
/** Masks worth offering; every other expression can be typed. */
const MASKS = [
  'GFP_KERNEL',
  'GFP_NOFS',
  'GFP_NOIO',
  'GFP_NOWAIT',
  'GFP_ATOMIC',
  'GFP_KERNEL|__GFP_NOFAIL',
  'GFP_NOFS|__GFP_NOFAIL',
  'GFP_KERNEL|__GFP_NORETRY',
  'GFP_KERNEL|__GFP_RETRY_MAYFAIL',
  'GFP_KERNEL|__GFP_HIGH',
  'GFP_KERNEL|__GFP_MEMALLOC',
  'GFP_DMA|GFP_KERNEL',
];

type Option = string | { value: string; label: string };

/** A change to what the panel shows by then; `redraw`: controls come or go with it. */
export type Change = (update: (now: PanelState) => PanelState, redraw: boolean) => void;

/** The controls for a state. */
export function form(state: PanelState, cases: readonly string[], change: Change): HTMLElement {
  const set: Set = (part, redraw = false) => change((now) => ({ ...now, ...part }), redraw);
  const own = OWN_REQUEST.includes(state.scenario);
  const kernels = [...new Set([...Object.values(PROFILES as Record<string, Profile>).map(({ id }) => id), state.kernel])].map(String);
  const machine = own
    ? [
        choice('Memory', 'memory', [...new Set([...MEMORY_SIZES, state.memory])], state.memory, (memory) => set({ memory })),
        choice('Free at the start', 'free', options(FREE_LEVELS), state.free, (free) => set({ free: free as FreeLevel })),
        // A requester that takes everything is judged with nothing to reclaim.
        ...(state.scenario === 'exhaust'
          ? []
          : [choice('Reclaim finds', 'reclaim', options(RECLAIM), state.reclaim, (reclaim) => set({ reclaim: reclaim as Reclaim }))]),
      ]
    : [];
  return html(
    'form',
    { class: 'form', 'aria-label': 'What is simulated' },
    html(
      'div',
      { class: 'row' },
      choice(
        'Scenario',
        'scenario',
        OFFERED.map((value) => ({ value, label: scenarioLabel(value) })),
        state.scenario,
        (scenario) => set({ scenario, cases: startCases(scenario) }, true),
      ),
      choice('Kernel', 'kernel', kernels, state.kernel, (kernel) => set({ kernel })),
      ...machine,
    ),
    html('p', { class: 'soft words' }, scenarioWords(state.scenario)),
    html('div', { class: 'sides' }, ...(own ? requests(state, change) : caseChoices(state, cases, change))),
    html('datalist', { id: MASKS_ID }, ...MASKS.map((value) => html('option', { value }))),
  );
}

/** Two cases that are worth a look side by side. */
function startCases(scenario: string): number[] {
  return scenario === 'nofail-vs-atomic' ? [2, 0] : [0, 1];
}

type Set = (part: Partial<PanelState>, redraw?: boolean) => void;

function requests({ sides }: PanelState, change: Change): HTMLElement[] {
  const boxes = sides.map((side, i) =>
    request(side, i, (part) =>
      change((now) => ({ ...now, sides: now.sides.map((other, k) => (k === i ? { ...other, ...part(other) } : other)) }), false),
    ),
  );
  const second = sides.length > 1;
  const button = html(
    'button',
    { type: 'button', class: 'secondary', id: 'compare' },
    second ? 'Remove B' : 'Compare with another request',
  );
  button.addEventListener('click', () =>
    change((now) => {
      const first = now.sides[0]!;
      return { ...now, sides: second ? [first] : [first, { ...first, gfp: `${first.gfp}|__GFP_NOFAIL` }] };
    }, true),
  );
  return [...boxes, html('div', { class: 'actions' }, button)];
}

function request(side: Side, index: number, update: (part: (now: Side) => Partial<Side>) => void): HTMLElement {
  const set = (part: Partial<Side>): void => update(() => part);
  const letter = 'AB'[index]!;
  const id = (name: string): string => `${name}-${letter}`;
  const gfp = html('input', { id: id('gfp'), list: MASKS_ID, value: side.gfp, spellcheck: 'false', autocomplete: 'off', class: 'mask' });
  gfp.addEventListener('input', () => set({ gfp: gfp.value }));
  const order = html('input', { id: id('order'), type: 'number', min: 0, max: 10, step: 1, value: side.order });
  order.addEventListener('input', () => {
    if (order.value !== '') set({ order: Number(order.value) });
  });
  const scopes = SCOPES.map((name) => {
    const box = html('input', { type: 'checkbox', id: id(name), checked: side.scope.includes(name) });
    box.addEventListener('change', () =>
      update((now) => ({ scope: SCOPES.filter((scope) => (scope === name ? box.checked : now.scope.includes(scope))) })),
    );
    return html('label', { class: 'check', for: id(name) }, box, name);
  });
  return html(
    'fieldset',
    { class: `side ${letter.toLowerCase()}` },
    html('legend', {}, `Request ${letter}`),
    html('label', { class: 'field wide', for: id('gfp') }, 'gfp mask', gfp),
    html('label', { class: 'field narrow', for: id('order') }, 'Order', order),
    choice('Interface', id('api'), [...new Set([...Object.values(APIS).map((names) => names[0]!), side.api])], side.api, (api) =>
      set({ api }),
    ),
    choice('Context', id('context'), CONTEXTS, side.context, (context) => set({ context })),
    html(
      'div',
      { class: 'field', role: 'group', 'aria-label': `Memory scopes of request ${letter}` },
      'Inside scope',
      html('div', {}, ...scopes),
    ),
  );
}

function caseChoices(state: PanelState, cases: readonly string[], change: Change): HTMLElement[] {
  const names = cases.map((label, value) => ({ value: String(value), label }));
  return [0, 1].map((i) => {
    const letter = 'AB'[i]!;
    const none = i === 0 ? [] : [{ value: '', label: 'nothing' }];
    const now = state.cases[i];
    return html(
      'fieldset',
      { class: `side ${letter.toLowerCase()}` },
      html('legend', {}, `Case ${letter}`),
      choice(i === 0 ? 'Show' : 'Beside', `case-${letter}`, [...none, ...names], now === undefined ? '' : String(now), (value) =>
        change((now) => {
          const first = now.cases[0] ?? 0;
          if (i === 0) return { ...now, cases: [Number(value), ...now.cases.slice(1)] };
          return { ...now, cases: value === '' ? [first] : [first, Number(value)] };
        }, false),
      ),
    );
  });
}

function choice(label: string, id: string, given: readonly Option[], value: string, set: (value: string) => void): HTMLElement {
  const select = html(
    'select',
    { id },
    ...given.map((option) => {
      const { value: own, label: shown } = typeof option === 'string' ? { value: option, label: option } : option;
      return html('option', { value: own, selected: own === value }, shown);
    }),
  );
  select.addEventListener('change', () => set(select.value));
  return html('label', { class: 'field', for: id }, label, select);
}

const options = (words: Readonly<Record<string, string>>): Option[] => Object.entries(words).map(([value, label]) => ({ value, label }));

function scenarioLabel(name: string): string {
  if (name === 'exhaust') return 'How far down it digs';
  if (name === 'request') return 'One request, step by step';
  return name.replaceAll('-', ' ');
}

function scenarioWords(name: string): string {
  const words = SCENARIOS[name] ?? '';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(' (default)', '');
}
