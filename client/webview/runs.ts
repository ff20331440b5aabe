/** From what the panel shows to what is drawn: runs the allocator model. Pure, so it runs in a worker and in tests alike. */
import { chooseProfile, RequestError, simulate, warnWords, type SimulateAnswer } from '../../simulator/src/index.js';
import { namedScenario } from '../../simulator/src/scenarios/index.js';
import { OWN_REQUEST, type PanelState, type Side } from './state.js';

type Event = SimulateAnswer['events'][number];

/** One curve with its figures. */
export interface Run {
  name: string;
  /** Result word of the model. */
  result: string;
  /** Rows of the comparison, in order. */
  figures: [label: string, value: string][];
  /** Where a sample stands: milliseconds, or pages taken so far where time says nothing; and pages free there. */
  along: number[];
  unit: 'time' | 'pages taken';
  free: number[];
  /** Watermarks of the zone drawn, pages. */
  marks: { min: number; low: number; high: number };
  events: Event[];
  /** Where each event stands, in the unit of `along`. */
  eventsAlong: number[];
  /** What is said of it in a heading, after the result. */
  tail: string;
  /** Events beyond those kept. */
  dropped: number;
  /** Who waits for whom, when nobody can go on. */
  cycle: string[];
}

export interface RunSet {
  runs: Run[];
  /** What to know about the kernel's profile. */
  note?: string;
  /** Names of all cases of a scenario with its own requests. */
  cases: string[];
}

/** Simulated time after which a run is stopped, milliseconds. */
const HORIZON_MS = 60_000;
const PAGE = 4096;
/** Share of memory that is free when it is plenty. */
const PLENTY = 1 / 4;

/** @throws RequestError when a field cannot be used; the message names it. */
export function runAll(state: PanelState): RunSet {
  return OWN_REQUEST.includes(state.scenario) ? ofRequests(state) : ofScenario(state);
}

function ofRequests(state: PanelState): RunSet {
  const answers = state.sides.map((side) => simulate(requestOf(state, side)));
  const note = answers.find((a) => a.profileNote !== undefined)?.profileNote;
  return { runs: answers.map(runOf), cases: [], ...(note !== undefined && { note }) };
}

/** One zone stands for the machine, so that one curve shows what matters: the one that the mask is confined to. */
export function requestOf(state: PanelState, side: Side): object {
  const managed = managedPages(state.memory);
  const name = /(?:^|[^A-Z0-9])GFP_DMA\b/.test(side.gfp) ? 'DMA' : /(?:^|[^A-Z0-9])GFP_DMA32\b/.test(side.gfp) ? 'DMA32' : 'Normal';
  const zone = { name, managed };
  const request = {
    kernel: state.kernel,
    gfp: side.gfp,
    order: side.order,
    api: side.api,
    context: side.context,
    scope: side.scope,
    scenario: state.scenario,
    horizonMs: HORIZON_MS,
    ...(side.size !== undefined && { size: side.size }),
  };
  // The model computes the watermarks; what is free is said in terms of them.
  const marks = simulate({ ...request, scenario: 'watermarks', machine: { zones: [zone] } }).machine.zones[0]!;
  const free = Math.min(managed, freePages(state.free, managed, marks));
  return { ...request, machine: { zones: [{ ...zone, free }], reclaimable: reclaimable(state.reclaim, managed) } };
}

function managedPages(memory: string): number {
  // The model reads sizes; its own complaint about a bad one is the one to show.
  const { zones } = simulate({ scenario: 'watermarks', machine: { memory } }).machine;
  return zones.reduce((sum, zone) => sum + zone.managed, 0);
}

function freePages(level: PanelState['free'], managed: number, { min, low, high }: { min: number; low: number; high: number }): number {
  switch (level) {
    case 'plenty':
      return Math.floor(managed * PLENTY);
    case 'high':
      return Math.ceil(high * 1.25);
    case 'low':
      return low;
    case 'min':
      return min;
    case 'half':
      return min >> 1;
    case 'none':
      return 0;
  }
}

function reclaimable(what: PanelState['reclaim'], managed: number): object {
  const pages = managed >> 3;
  switch (what) {
    case 'nothing':
      return {};
    case 'clean':
      return { cleanFile: pages };
    case 'dirty':
      return { dirtyFile: pages, writeRate: 1 };
    case 'slab':
      return { slabFs: pages };
  }
}

function runOf(a: SimulateAnswer): Run {
  const zone = a.machine.zones[a.machine.zones.length - 1]!;
  const { outcome: o, request: r } = a;
  // Samples are thinned: the state at the end is added.
  const atEnd = o.zones.find(({ name }) => name === zone.name)?.free ?? 0;
  const t = [...(a.series['t'] ?? []), Math.max(o.milliseconds, a.series['t']?.at(-1) ?? 0)];
  const free = [...(a.series[zone.name] ?? a.series['free'] ?? []), atEnd];
  // One requester that takes pages as fast as it can: what counts is how many, not when.
  const digs = a.scenario === 'exhaust';
  const start = free[0] ?? 0;
  const lowest = Math.max(0, Math.min(...free, o.reserve.floorPages));
  return {
    name: r.gfp + (r.order > 0 ? `, order ${r.order}` : ''),
    result: o.result,
    figures: [
      ['Effective flags', r.flags.join(' | ')],
      ['Fewest pages left', `${count(lowest)} (${share(lowest, zone.min)} of min)`],
      ['Time', time(o.milliseconds)],
      ['Asleep', time(o.slept)],
      ['OOM kills', String(o.oomKills)],
      ['GFP_ATOMIC afterwards', o.atomicFailuresCaused > 0 ? 'fails' : 'still served'],
      ['Warnings', o.warned.map(warnWords).join('; ') || 'none'],
      ...(o.reason === undefined ? [] : ([['Ended by', o.reason]] as [string, string][])),
    ],
    along: digs ? free.map((pages) => start - pages) : t,
    unit: digs ? 'pages taken' : 'time',
    free,
    marks: zone,
    events: a.events,
    eventsAlong: digs ? taken(a.events, start, zone.min) : a.events.map((e) => e.t),
    tail: digs ? `, ${count(lowest)} pages left` : o.milliseconds > 0 ? ` after ${time(o.milliseconds)}` : '',
    dropped: a.eventsDropped ?? 0,
    cycle: o.cycle,
  };
}

/** How many pages had been taken at each event: they tell what is free only when a page is given. The first comes at the min watermark. */
function taken(events: readonly Event[], start: number, min: number): number[] {
  let free = Math.min(start, min);
  return events.map((e) => start - (free = typeof e['free'] === 'number' ? e['free'] : free));
}

function ofScenario(state: PanelState): RunSet {
  const scenario = namedScenario(state.scenario);
  if (!scenario) throw new RequestError(`unknown scenario '${state.scenario}'`);
  const { profile, note } = chosen(state.kernel);
  const variants = scenario.run({ profile, seed: 1, horizonMs: HORIZON_MS });
  // The scenarios share one machine; a run of any tells its watermarks.
  const marks = simulate({
    kernel: state.kernel,
    scenario: 'watermarks',
    machine: { zones: [{ name: 'Normal', managed: (256 << 20) / PAGE }] },
  }).machine.zones[0]!;
  const picked = state.cases.map((n) => variants[Math.min(n, variants.length - 1)]!);
  return {
    cases: variants.map((v) => v.name),
    ...(note !== undefined && { note }),
    runs: picked.map((v) => ({
      name: v.name,
      result: v.result,
      figures: Object.entries(v.metrics)
        .filter(([name]) => name !== 'result' && name !== 'cycle')
        .map(([name, value]): [string, string] => [name.charAt(0).toUpperCase() + name.slice(1), value === '' ? '–' : String(value)]),
      along: v.series['t'] ?? [0],
      unit: 'time' as const,
      free: v.series['Normal'] ?? v.series['free'] ?? [0],
      marks,
      events: v.events,
      eventsAlong: v.events.map((e) => e.t),
      tail: v.milliseconds > 0 ? ` after ${time(v.milliseconds)}` : '',
      dropped: v.eventsDropped,
      cycle: v.cycle ?? [],
    })),
  };
}

function chosen(kernel: string): ReturnType<typeof chooseProfile> {
  try {
    return chooseProfile(kernel);
  } catch (error) {
    throw new RequestError(error instanceof Error ? error.message : String(error));
  }
}

const count = (n: number): string => Math.round(n).toLocaleString('en');
const share = (part: number, whole: number): string => (whole > 0 ? `${Math.round((100 * part) / whole)}%` : '0%');

/** Milliseconds in words that need no counting of zeros. */
export function time(ms: number): string {
  if (ms === 0) return 'none';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return ms < 10_000 ? `${Math.round(ms * 10) / 10} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** A result word as a short statement about the request. */
export function resultWords(result: string): string {
  const words: Record<string, string> = {
    page: 'gets its page',
    reclaimed: 'gets a page after reclaim',
    reserve: 'gets a page from the reserve',
    null: 'gets NULL',
    oom: 'calls the OOM killer',
    loops: 'keeps trying for ever',
    livelock: 'livelock: nobody finishes',
    deadlock: 'deadlock',
    panic: 'the kernel panics',
    invalid: 'is refused: order too large',
  };
  return words[result] ?? result;
}

/** An event of a run in words; its raw fields follow where they say more. */
export function eventWords(e: Event): string {
  const { t: _t, actor: _actor, event, ...rest } = e;
  const of = (name: string): string => String(rest[name] ?? '');
  switch (event) {
    case 'slow-path':
      return `enters the slow path with ${of('gfp')}, order ${of('order')}`;
    case 'alloc-flags':
      return `may use ${of('flags')}`;
    case 'page':
      return `gets a page of order ${of('order')} from ${of('zone')}, ${of('free')} left`;
    case 'null':
      return `gets NULL (${of('reason')})`;
    case 'reclaim':
      return `direct reclaim frees ${of('freed')} pages`;
    case 'kswapd':
      return `kswapd frees ${of('freed')} pages`;
    case 'kswapd-hopeless':
      return 'kswapd gives up';
    case 'compact':
      return `compaction for order ${of('order')}: ${rest['made'] === true ? 'a block' : 'no block'}`;
    case 'sleep':
      return `sleeps ${of('ms')} ms in ${of('why')}`;
    case 'throttled':
      return `is throttled (${of('why')})`;
    case 'retry':
      return `its caller retries (${of('backoff')})`;
    case 'oom':
      return `OOM: ${of('verdict')}`;
    case 'oom-refused':
      return `the OOM killer is not called: ${of('why')}`;
    case 'oom-lock-busy':
      return 'another task is in the OOM killer';
    case 'kills':
      return `the OOM killer kills ${of('victim')}`;
    case 'freed':
      return `${of('victim')} gives back ${of('pages')} pages`;
    case 'nofail-last-chance':
      return 'last try of __GFP_NOFAIL, below every watermark';
    case 'warn':
      return warnWords(of('id'));
    case 'stopped':
      return `stopped: ${of('why')}`;
    case 'end':
      return `ends: ${resultWords(of('result'))}`;
    case 'mempool-wait':
      return `waits for an element of ${of('pool')}`;
    case 'atomic-failed':
      return `${of('pages')} GFP_ATOMIC pages fail`;
    default: {
      const fields = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
      return [event.replaceAll('-', ' '), ...fields].join(', ');
    }
  }
}

/** What an event is to the eye. */
export function eventKind(e: Event): 'sleep' | 'work' | 'bad' | 'good' | 'note' {
  if (e.event === 'sleep' || e.event === 'throttled' || e.event === 'mempool-wait') return 'sleep';
  if (e.event === 'reclaim' || e.event === 'kswapd' || e.event === 'compact' || e.event === 'freed') return 'work';
  if (['null', 'oom', 'kills', 'warn', 'stopped', 'atomic-failed', 'kswapd-hopeless'].includes(e.event)) return 'bad';
  if (e.event === 'page' || e.event === 'mempool-element') return 'good';
  return 'note';
}
