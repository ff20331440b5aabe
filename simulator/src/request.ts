/** Reading a simulate request: every field checked, defaults filled in, the machine computed. */
import { apiClass, APIS, type ApiClass } from './api/index.js';
import { CONTEXTS, type TaskContext } from './alloc/alloc-flags.js';
import { describeGfp, GfpSyntaxError, parseGfp, type Scope } from './gfp.js';
import { layoutFor, parseSize } from './machine/layout.js';
import type { Reclaimable, ZoneInit } from './machine/machine.js';
import {
  autoMinFreeKbytes,
  lowmemReserves,
  marksFromMin,
  zoneWatermarks,
  ZONE_NAMES,
  type ZoneName,
  type ZoneSize,
} from './machine/watermarks.js';
import { chooseProfile, UnknownNameError, type Profile } from './profiles/index.js';
import { SCENARIO_NAMES } from './scenarios/names.js';

/** A request as it comes from a file or a command line. Only gfp is needed (not even that for some scenarios). */
export interface SimulateRequest {
  kernel?: string;
  gfp?: string;
  order?: number;
  /** Bytes, for interfaces that count in bytes. */
  size?: number;
  api?: string;
  context?: string;
  scope?: readonly string[];
  scenario?: string;
  seed?: number;
  /** Run time limit of scenarios, milliseconds of simulated time. */
  horizonMs?: number;
  machine?: MachineRequest;
}

export interface ZoneRequest {
  name: string;
  managed: number;
  free?: number;
  min?: number;
  low?: number;
  high?: number;
  lowmemReserve?: Partial<Record<string, number>>;
  /** Pages of watermark_boost. */
  boost?: number;
  /** Pages in the high-order atomic reserve, and how many of them are free. */
  reservedHighatomic?: number;
  freeHighatomic?: number;
  /** Of the free pages, how many are single pages that cannot merge. */
  scattered?: number;
}

export interface MachineRequest {
  memory?: string;
  zones?: readonly ZoneRequest[];
  minFreeKbytes?: number;
  watermarkScaleFactor?: number;
  thp?: boolean;
  perCpuLists?: boolean;
  /** Watermark boosting at work. */
  boost?: boolean;
  cpus?: number;
  /** Pages that reclaim could free, by kind. */
  reclaimable?: Partial<Reclaimable>;
  /** false: the OOM killer finds nobody to kill. */
  killable?: boolean;
  /** Compaction can move the pages in use. */
  compactable?: boolean;
}

/** A request that cannot be run; the message says which field and what is known. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export interface Normalised {
  profile: Profile;
  profileNote?: string;
  gfp: number;
  gfpText: string;
  gfpNames: string[];
  order: number;
  size?: number;
  api: string;
  cls: ApiClass;
  context: TaskContext;
  scopes: Scope[];
  scenario: string;
  seed: number;
  horizonMs: number;
  machine: NormalisedMachine;
}

export interface NormalisedMachine {
  zones: ZoneInit[];
  minFreeKbytes: number;
  watermarkScaleFactor: number;
  thp: boolean;
  perCpuLists: boolean;
  boost: boolean;
  cpus: number;
  reclaimable: Partial<Reclaimable>;
  killable: boolean;
  compactable: boolean;
}

const SCOPES: readonly Scope[] = ['nofs', 'noio', 'noreclaim', 'pin'];
const REQUEST_FIELDS = ['kernel', 'gfp', 'order', 'size', 'api', 'context', 'scope', 'scenario', 'seed', 'horizonMs', 'machine'];
const MACHINE_FIELDS = [
  'memory',
  'zones',
  'minFreeKbytes',
  'watermarkScaleFactor',
  'thp',
  'perCpuLists',
  'boost',
  'cpus',
  'reclaimable',
  'killable',
  'compactable',
];
const ZONE_FIELDS = [
  'name',
  'managed',
  'free',
  'min',
  'low',
  'high',
  'lowmemReserve',
  'boost',
  'reservedHighatomic',
  'freeHighatomic',
  'scattered',
];
const RECLAIM_FIELDS = ['cleanFile', 'dirtyFile', 'writeback', 'anon', 'swapFree', 'slabFs', 'slabAny', 'writeRate', 'stuck'];
/** Largest page count taken: 64 TiB of 4 KiB pages. */
const MAX_PAGES = 2 ** 34;

function unknown(what: string, got: string, known: readonly string[]): never {
  throw new RequestError(`unknown ${what} '${got}'; known: ${known.join(', ')}`);
}

function fields(where: string, o: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof o !== 'object' || o === null || Array.isArray(o)) throw new RequestError(`${where} must be an object`);
  for (const key of Object.keys(o)) if (!known.includes(key)) unknown(`field in ${where}`, key, known);
  return o as Record<string, unknown>;
}

function whole(where: string, v: unknown, low: number, high: number, fallback?: number): number {
  if (v === undefined && fallback !== undefined) return fallback;
  if (typeof v !== 'number' || !Number.isInteger(v) || v < low || v > high) {
    throw new RequestError(`${where} must be a whole number from ${low} to ${high}, not ${JSON.stringify(v)}`);
  }
  return v;
}

function flag(where: string, v: unknown, fallback: boolean): boolean {
  if (v === undefined) return fallback;
  if (typeof v !== 'boolean') throw new RequestError(`${where} must be true or false`);
  return v;
}

function text(where: string, v: unknown, fallback: string): string {
  if (v === undefined) return fallback;
  if (typeof v !== 'string') throw new RequestError(`${where} must be text`);
  return v;
}

/** Checks a request and fills it in. Throws RequestError with the field's name. */
export function normalise(input: unknown): Normalised {
  const r = fields('the request', input, REQUEST_FIELDS);
  const choice = pickProfile(text('kernel', r.kernel, 'mainline'));
  const profile = choice.profile;
  const api = text('api', r.api, 'alloc_pages');
  const cls = apiClass(api) ?? unknown('api', api, Object.values(APIS).flat());
  const context = text('context', r.context, 'task');
  if (!(CONTEXTS as readonly string[]).includes(context)) unknown('context', context, CONTEXTS);
  const scenario = text('scenario', r.scenario, 'request');
  if (!SCENARIO_NAMES.includes(scenario)) unknown('scenario', scenario, SCENARIO_NAMES);
  const gfpText = text('gfp', r.gfp, 'GFP_KERNEL');
  const gfp = readGfp(profile, gfpText);
  const order = whole('order', r.order, 0, profile.maxOrder, 0);
  const size = r.size === undefined ? undefined : whole('size', r.size, 1, 2 ** 40);
  return {
    profile,
    ...(choice.note !== undefined && { profileNote: choice.note }),
    gfp,
    gfpText,
    gfpNames: describeGfp(profile, gfp),
    order,
    ...(size !== undefined && { size }),
    api,
    cls,
    context: context as TaskContext,
    scopes: readScopes(r.scope),
    scenario,
    seed: whole('seed', r.seed, 0, 2 ** 31 - 1, 1),
    horizonMs: whole('horizonMs', r.horizonMs, 1, 3_600_000, 60_000),
    machine: normaliseMachine(profile, r.machine ?? {}),
  };
}

function pickProfile(version: string): ReturnType<typeof chooseProfile> {
  try {
    return chooseProfile(version);
  } catch (e) {
    if (e instanceof UnknownNameError) throw new RequestError(e.message);
    throw e;
  }
}

function readGfp(profile: Profile, expression: string): number {
  try {
    return parseGfp(profile, expression);
  } catch (e) {
    if (e instanceof GfpSyntaxError) throw new RequestError(e.message);
    throw e;
  }
}

function readScopes(v: unknown): Scope[] {
  if (v === undefined) return [];
  if (!Array.isArray(v)) throw new RequestError(`scope must be a list of ${SCOPES.join(', ')}`);
  return v.map((s) => ((SCOPES as readonly unknown[]).includes(s) ? (s as Scope) : unknown('scope', String(s), SCOPES)));
}

function normaliseMachine(profile: Profile, input: unknown): NormalisedMachine {
  const m = fields('machine', input, MACHINE_FIELDS);
  const scale = whole('machine.watermarkScaleFactor', m.watermarkScaleFactor, 1, 3000, 10);
  const thp = flag('machine.thp', m.thp, false);
  if (m.memory !== undefined && m.zones !== undefined) throw new RequestError('machine: give memory or zones, not both');
  const zones = m.zones === undefined ? undefined : readZones(m.zones);
  const layout = zones ? undefined : readLayout(m.memory);
  const sizes: ZoneSize[] = zones ? zones.map((z) => ({ name: z.name as ZoneName, managed: z.managed })) : (layout?.zones ?? []);
  const minFreeKbytes = whole(
    'machine.minFreeKbytes',
    m.minFreeKbytes,
    0,
    2 ** 32,
    autoMinFreeKbytes(profile, layout?.atInit ?? sizes, scale, thp),
  );
  const reclaimable = fields('machine.reclaimable', m.reclaimable ?? {}, RECLAIM_FIELDS);
  for (const [key, v] of Object.entries(reclaimable)) whole(`machine.reclaimable.${key}`, v, 0, MAX_PAGES);
  return {
    zones: buildZones(profile, layout?.atInit ?? sizes, sizes, zones, minFreeKbytes, scale),
    minFreeKbytes,
    watermarkScaleFactor: scale,
    thp,
    perCpuLists: flag('machine.perCpuLists', m.perCpuLists, false),
    boost: flag('machine.boost', m.boost, false),
    cpus: whole('machine.cpus', m.cpus, 1, 8192, 1),
    reclaimable: reclaimable as Partial<Reclaimable>,
    killable: flag('machine.killable', m.killable, true),
    compactable: flag('machine.compactable', m.compactable, true),
  };
}

function readLayout(memory: unknown): ReturnType<typeof layoutFor> {
  const spelled = text('machine.memory', memory, '1G');
  const bytes = parseSize(spelled);
  if (Number.isNaN(bytes)) throw new RequestError(`machine.memory must be a size such as 256M or 4G, not '${spelled}'`);
  try {
    return layoutFor(bytes);
  } catch (e) {
    if (e instanceof RangeError) throw new RequestError(`machine.memory: ${e.message}, not '${spelled}'`);
    throw e;
  }
}

function readZones(v: unknown): ZoneRequest[] {
  if (!Array.isArray(v) || v.length === 0) throw new RequestError('machine.zones must be a list of zones');
  const seen = new Set<string>();
  return v.map((entry: unknown, i) => {
    const where = `machine.zones[${i}]`;
    const z = fields(where, entry, ZONE_FIELDS);
    const name = text(`${where}.name`, z.name, '');
    if (!(ZONE_NAMES as readonly string[]).includes(name)) unknown(`zone in ${where}`, name, ZONE_NAMES);
    if (seen.has(name)) throw new RequestError(`${where}: zone ${name} is there twice`);
    seen.add(name);
    const managed = whole(`${where}.managed`, z.managed, 0, MAX_PAGES);
    for (const key of ['free', 'min', 'low', 'high', 'boost', 'reservedHighatomic', 'freeHighatomic', 'scattered'] as const) {
      if (z[key] !== undefined) whole(`${where}.${key}`, z[key], 0, key === 'free' ? managed : MAX_PAGES);
    }
    if (z.lowmemReserve !== undefined) {
      const reserve = fields(`${where}.lowmemReserve`, z.lowmemReserve, ZONE_NAMES);
      for (const [key, pages] of Object.entries(reserve)) whole(`${where}.lowmemReserve.${key}`, pages, 0, MAX_PAGES);
    }
    return z as unknown as ZoneRequest;
  });
}

/** Zones with every field: given ones kept, the rest by the kernel's formulas. `atInit` sizes count for what boot computed. */
function buildZones(
  profile: Profile,
  atInit: readonly ZoneSize[],
  now: readonly ZoneSize[],
  given: readonly ZoneRequest[] | undefined,
  minFree: number,
  scale: number,
): ZoneInit[] {
  const marks = zoneWatermarks(profile, atInit, minFree, scale);
  const reserves = lowmemReserves(atInit);
  return now.map((size, i) => {
    const z = given?.[i];
    const computed = marks[i] ?? { min: 0, low: 0, high: 0 };
    const m = z?.min === undefined ? computed : marksFromMin(z.min, size.managed, scale);
    return {
      name: size.name,
      managed: size.managed,
      free: z?.free ?? Math.floor(size.managed * 0.9),
      min: m.min,
      low: z?.low ?? m.low,
      high: z?.high ?? m.high,
      lowmemReserve: {
        ...(reserves[i] as Record<ZoneName, number>),
        ...(z?.lowmemReserve as Partial<Record<ZoneName, number>> | undefined),
      },
      ...(z?.boost !== undefined && { boost: z.boost }),
      ...(z?.reservedHighatomic !== undefined && { reservedHighatomic: z.reservedHighatomic }),
      ...(z?.freeHighatomic !== undefined && { freeHighatomic: z.freeHighatomic }),
      ...(z?.scattered !== undefined && { scattered: z.scattered }),
    };
  });
}
