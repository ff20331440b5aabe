/** One call site against the standard states of memory: what would happen. For hovers, findings and inventories. */
import { allocate, apiClass, type ApiClass } from '../api/index.js';
import { contextIsAtomic, effectiveMask, highestZone, makeTask, type TaskContext } from '../alloc/alloc-flags.js';
import type { PageResult } from '../alloc/env.js';
import { allowsBlocking, allowsFs, allowsIo, describeGfp, isNofail, type Scope } from '../gfp.js';
import { makeMempool } from '../api/mempool.js';
import { zoneIndex, ZONE_NAMES, type ZoneName } from '../machine/watermarks.js';
import type { Profile } from '../profiles/types.js';
import { AloneDriver, LoopStopped, round3, type OomPolicy } from '../run/alone.js';
import { MODEL_MIN, modelMachine, STATES, type MemoryState } from './states.js';
import { failurePhrases } from './failures.js';
import { verdictText } from './text.js';

export interface VerdictRequest {
  profile: Profile;
  gfp: number;
  /** Order of the request; taken from `size` for byte-sized interfaces when that is given. Default 0. */
  order?: number;
  /** Bytes. */
  size?: number;
  /** Function name; unknown names count as slab allocations. Default alloc_pages. */
  api?: string;
  context?: TaskContext;
  scopes?: readonly Scope[];
  /** Locks held at the site that reclaim takes too: through file systems, through block I/O, or always (notifiers). */
  reclaimLocks?: readonly { name: string; needs: 'fs' | 'io' | 'any' }[];
}

export type StateResult = 'page' | 'reclaimed' | 'reserve' | 'null' | 'loops' | 'panic';

export interface SiteVerdict {
  /** May enter direct reclaim or wait, so must not run in atomic context. */
  maySleep: boolean;
  mayFail: boolean;
  /** When it returns NULL, in words; empty when it never does. */
  failsWhen: string[];
  /** Free memory at which it stops getting pages, as a fraction of the min watermark: 1 = no reserve, 0.375 = GFP_ATOMIC, 0 = everything. */
  reserveFloor: number;
  /** Fewest free pages in a zone with min = 1024 that still serve it. */
  floorPages: number;
  oomKill: boolean;
  /** May go round without bound when memory does not come back. */
  loops: boolean;
  /** Share (0 to 1) of the reserve that GFP_ATOMIC lives on (from min down to 3/8 of it) that this request may eat. */
  takesFromAtomic: number;
  /** Goes below the level at which GFP_ATOMIC itself fails. */
  starvesAtomic: boolean;
  /** Warning ids the kernel would print in some state. */
  warns: string[];
  /** Locks in the order of the wait when a lock held here is also taken by the reclaim this request enters. */
  deadlock?: string[];
  states: { state: string; words: string; result: StateResult; milliseconds: number; oomKills: number }[];
  /** Mask and order that reach the page allocator last, after scopes and interface. */
  effective: { gfp: number; flags: string[]; order: number };
  /** A few plain sentences. */
  text: string;
}

/** Cached answers; the oldest go when there are more. */
const MEMO_LIMIT = 4096;
const memo = new Map<string, SiteVerdict>();

/**
 * Verdict of one site. Pure: the same input gives the same answer; answers are kept, so sites with equal inputs share one
 * run. Never throws for any mask or order from 0 on.
 */
export function siteVerdict(r: VerdictRequest): SiteVerdict {
  const key = JSON.stringify([
    r.profile.id,
    r.gfp,
    r.order ?? 0,
    r.size ?? -1,
    apiClass(r.api ?? 'alloc_pages') ?? 'slab',
    r.context ?? 'task',
    r.scopes ?? [],
    r.reclaimLocks ?? [],
  ]);
  const known = memo.get(key);
  if (known) return known;
  const fresh = compute(r);
  if (memo.size >= MEMO_LIMIT) memo.delete(memo.keys().next().value as string);
  memo.set(key, fresh);
  return fresh;
}

interface Run {
  result: StateResult;
  milliseconds: number;
  oomKills: number;
  warned: readonly string[];
  last: PageResult | undefined;
  /** Pages the zone lost. */
  taken: number;
  gfp: number;
  order: number;
}

function compute(r: VerdictRequest): SiteVerdict {
  const { profile } = r;
  const cls: ApiClass = apiClass(r.api ?? 'alloc_pages') ?? 'slab';
  const task = makeTask(r.context ?? 'task', r.scopes ?? []);
  const gfp = effectiveMask(profile, r.gfp, task);
  const order = r.order ?? 0;
  const runs = STATES.filter((s) => s.id !== 'fragmented' || order > 0 || (r.size ?? 0) > 4096).map((s) => ({
    state: s,
    run: runIn(r, cls, s),
  }));
  const floorPages = findFloor(r, cls);
  const taken = floorPages === undefined ? 0 : runIn(r, cls, { free: floorPages, oom: 'hangs' }).taken;
  const floorLevel = floorPages === undefined ? MODEL_MIN : floorPages - taken;
  const results = new Map(runs.map((x) => [x.state.id, x.run.result]));
  const floorOfMin = floorPages === undefined ? undefined : round3(floorLevel / MODEL_MIN);
  const warns = new Set(runs.flatMap((x) => x.run.warned));
  const blocking = allowsBlocking(gfp) || (cls === 'vmalloc' && !profile.vmallocNonBlocking);
  const maySleep = cls !== 'nolock' && blocking && !task.memalloc;
  if (contextIsAtomic(task) && cls !== 'nolock' && blocking) warns.add('sleep-in-atomic');
  const takes = (MODEL_MIN - floorLevel) / ((MODEL_MIN * 5) / 8);
  const failsWhen = failurePhrases({ results, floor: floorOfMin, blocking: maySleep, asVictim: failsAsVictim(r, cls) });
  // The states are about data pages; page tables and address space fail on their own before 5.17, whatever the flag says.
  if (cls === 'vmalloc' && isNofail(gfp) && !profile.vmallocHonoursNofail)
    failsWhen.push('it gets no page tables or no address space, for which this kernel ignores __GFP_NOFAIL');
  const deadlock = lockCycle(r, gfp, maySleep);
  const lastRun = runs[runs.length - 1]?.run;
  const base = {
    maySleep,
    mayFail: failsWhen.length > 0,
    failsWhen,
    reserveFloor: floorOfMin ?? 1,
    floorPages: floorPages ?? 0,
    oomKill: runs.some((x) => x.run.oomKills > 0),
    loops: runs.some((x) => x.run.result === 'loops'),
    takesFromAtomic: round3(Math.min(1, Math.max(0, takes))),
    starvesAtomic: floorLevel < (MODEL_MIN * 3) / 8,
    warns: [...warns].sort(),
    ...(deadlock && { deadlock }),
    states: runs.map((x) => ({
      state: x.state.id,
      words: x.state.words,
      result: x.run.result,
      milliseconds: x.run.milliseconds,
      oomKills: x.run.oomKills,
    })),
    effective: { gfp: lastRun?.gfp ?? gfp, flags: describeGfp(profile, lastRun?.gfp ?? gfp), order: lastRun?.order ?? order },
  };
  return { ...base, text: verdictText(base, cls, gfp) };
}

/** Whether a user task's request ends in NULL after the OOM killer chose that very task. */
function failsAsVictim(r: VerdictRequest, cls: ApiClass): boolean {
  if (r.context !== undefined && r.context !== 'task' && r.context !== 'rt') return false;
  return runIn({ ...r, context: 'oom-victim' }, cls, { free: 0, oom: 'hangs' }).result === 'null';
}

/** One run in one state. An endless loop is a result, not an error. */
function runIn(r: VerdictRequest, cls: ApiClass, s: Pick<MemoryState, 'free' | 'scattered' | 'reclaimable'> & { oom: OomPolicy }): Run {
  const zone = highestZone(r.gfp, false);
  const machine = modelMachine(r.profile, zone < zoneIndex('Normal') ? (ZONE_NAMES[zone] as ZoneName) : 'Normal', s);
  const driver = new AloneDriver(machine, s.oom, 8 * MODEL_MIN, false);
  const order = r.order ?? 0;
  const task = makeTask(r.context ?? 'task', r.scopes ?? []);
  // A pool with elements would hide the page allocator: the site is judged with its pool empty.
  const pool = { ...makeMempool('pool', 4, order), elements: 0 };
  const nothing = { last: undefined, taken: 0, gfp: r.gfp, order };
  try {
    const last = driver.drive(
      allocate(driver, { cls, gfp: r.gfp, order, ...(r.size !== undefined && { size: r.size }), task, pool, vmallocPages: 1 }),
    );
    const a = last.attempt;
    const got = last.grant !== undefined || 'fromPool' in last;
    const result: StateResult = got
      ? a.lowestOverMin < 1
        ? 'reserve'
        : a.reclaimRounds > 0
          ? 'reclaimed'
          : 'page'
      : last.reason === 'panic'
        ? 'panic'
        : 'null';
    return {
      result,
      milliseconds: round3(driver.now()),
      oomKills: driver.kills,
      warned: a.warned,
      last,
      taken: s.free - machine.free,
      gfp: last.gfp,
      order: last.order,
    };
  } catch (e) {
    if (!(e instanceof LoopStopped)) throw e;
    return { ...nothing, result: 'loops', milliseconds: round3(driver.now()), oomKills: driver.kills, warned: driver.warned };
  }
}

/** Fewest free pages that still give a page, nothing reclaimable and OOM victims hanging; undefined when none do. */
function findFloor(r: VerdictRequest, cls: ApiClass): number | undefined {
  const serves = (free: number): boolean => {
    const { result } = runIn(r, cls, { free, oom: 'hangs' });
    return result === 'page' || result === 'reserve' || result === 'reclaimed';
  };
  let high = 2 * MODEL_MIN + 2 ** 11;
  if (!serves(high)) return undefined;
  let low = 0;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (serves(mid)) high = mid;
    else low = mid + 1;
  }
  return low;
}

/** The wait-for cycle when the request enters reclaim that takes a lock held at the site. */
function lockCycle(r: VerdictRequest, gfp: number, maySleep: boolean): string[] | undefined {
  if (!maySleep) return undefined;
  const lock = r.reclaimLocks?.find((l) => l.needs === 'any' || (l.needs === 'fs' ? allowsFs(gfp) : allowsIo(gfp)));
  if (!lock) return undefined;
  const way = lock.needs === 'any' ? 'reclaim' : lock.needs === 'fs' ? 'reclaim of file system memory' : 'reclaim that starts I/O';
  return [`this task holds ${lock.name}`, `its allocation enters ${way}`, `${way} waits for ${lock.name}`];
}
