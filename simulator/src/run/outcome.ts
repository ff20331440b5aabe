/** The outcome of a run in the words of the command line's contract. */
import type { PageResult } from '../alloc/env.js';
import { highestZone } from '../alloc/alloc-flags.js';
import { countedFree, type Machine, type Zone } from '../machine/machine.js';
import { ZONE_NAMES, type ZoneName } from '../machine/watermarks.js';
import type { Normalised } from '../request.js';
import { round3, type AloneDriver } from './alone.js';

export type ResultWord = 'page' | 'reclaimed' | 'reserve' | 'null' | 'oom' | 'loops' | 'livelock' | 'deadlock' | 'panic' | 'invalid';

export interface Outcome {
  result: ResultWord;
  /** Why there is no page, or which loop. */
  reason?: string;
  milliseconds: number;
  /** Milliseconds asleep. */
  slept: number;
  oomKills: number;
  warned: string[];
  /** Free pages left in the zone tried first, less its lowmem reserve, and as a fraction of its min watermark. */
  reserve: { floorPages: number; floorOfMin: number; zone: string };
  zones: { name: string; free: number; onCpuList: number }[];
  /** GFP_ATOMIC requests of others that failed; for one requester 1 when GFP_ATOMIC was served before and is not afterwards. */
  atomicFailuresCaused: number;
  cycle: string[];
}

/** Outcome of a run of one requester. `ended`: forced result word; otherwise it follows from the last answer. */
export function requestOutcome(n: Normalised, driver: AloneDriver, m: Machine, last: PageResult | undefined, ended?: ResultWord): Outcome {
  const a = last?.attempt;
  const highest = highestZone(n.gfp, m.zone('HighMem') !== undefined);
  const reason = last?.reason;
  return {
    result: ended ?? resultWord(last),
    ...(reason !== undefined && { reason }),
    milliseconds: round3(driver.now()),
    slept: round3(a?.sleptMs ?? 0),
    oomKills: driver.policy === 'stop' ? 0 : (a?.oomKills ?? 0),
    warned: [...(a?.warned ?? [])],
    reserve: reserveLeft(m, highest),
    zones: m.zones.map((z) => ({ name: z.name, free: countedFree(z), onCpuList: z.pcp?.count ?? 0 })),
    atomicFailuresCaused: 0,
    cycle: [],
  };
}

/** The result word of a single answer; undefined: there was none. */
export function resultWord(last: PageResult | undefined): ResultWord {
  if (!last) return 'loops';
  if (last.reason === 'panic') return 'panic';
  if (last.grant && last.attempt.lowestOverMin < 1) return 'reserve';
  if (last.grant) return last.attempt.reclaimRounds > 0 ? 'reclaimed' : 'page';
  if ('fromPool' in last) return 'page';
  return last.reason === 'order-too-large' ? 'invalid' : 'null';
}

/** What is left of the reserve in the zone a request tries first. */
export function reserveLeft(m: Machine, highest: number): Outcome['reserve'] {
  const zone: Zone | undefined = m.zonelist(highest)[0];
  if (!zone) return { floorPages: 0, floorOfMin: 0, zone: '' };
  const left = countedFree(zone) - zone.lowmemReserve[ZONE_NAMES[highest] as ZoneName];
  return { floorPages: left, floorOfMin: zone.min > 0 ? round3(left / zone.min) : 0, zone: zone.name };
}
