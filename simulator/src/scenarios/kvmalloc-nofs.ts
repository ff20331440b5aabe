/** kvmalloc and vmalloc with NOFS masks while memory is free but fragmented. */
import { makeTask } from '../alloc/alloc-flags.js';
import { newAttempt, type PageResult } from '../alloc/env.js';
import { kvmalloc, vmalloc } from '../api/vmalloc.js';
import { GFP } from '../gfp-bits.js';
import type { Scope } from '../gfp.js';
import { AloneDriver, LoopStopped, round3 } from '../run/alone.js';
import { Series } from '../run/series.js';
import { mask, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

interface Case {
  name: string;
  bytes: number;
  gfp: string;
  extra?: number;
  scopes?: Scope[];
  via?: 'vmalloc';
}

const CASES: readonly Case[] = [
  { name: 'kvmalloc(16 KiB, GFP_NOFS)', bytes: 16 << 10, gfp: 'GFP_NOFS' },
  { name: 'kvmalloc(64 KiB, GFP_NOFS)', bytes: 64 << 10, gfp: 'GFP_NOFS' },
  { name: 'kvmalloc(1 MiB, GFP_NOFS)', bytes: 1 << 20, gfp: 'GFP_NOFS' },
  { name: 'kvmalloc(64 KiB, GFP_KERNEL) inside memalloc_nofs_save', bytes: 64 << 10, gfp: 'GFP_KERNEL', scopes: ['nofs'] },
  { name: 'kvmalloc(64 KiB, GFP_KERNEL)', bytes: 64 << 10, gfp: 'GFP_KERNEL' },
  { name: 'kvmalloc(16 KiB, GFP_KERNEL|__GFP_NOFAIL)', bytes: 16 << 10, gfp: 'GFP_KERNEL', extra: GFP.__GFP_NOFAIL },
  { name: 'kvmalloc(64 KiB, GFP_NOFS|__GFP_NOFAIL)', bytes: 64 << 10, gfp: 'GFP_NOFS', extra: GFP.__GFP_NOFAIL },
  { name: 'kvmalloc(64 KiB, GFP_NOWAIT)', bytes: 64 << 10, gfp: 'GFP_NOWAIT' },
  { name: '__vmalloc(64 KiB, GFP_NOFS)', bytes: 64 << 10, gfp: 'GFP_NOFS', via: 'vmalloc' },
];

function runOne(c: ScenarioContext, k: Case): Variant {
  const free = 12_000;
  const machine = smallMachine(c.profile, { free, scattered: free });
  const driver = new AloneDriver(machine, 'hangs');
  const series = new Series(machine);
  const task = makeTask('task', k.scopes ?? []);
  const gfp = mask(c.profile, k.gfp) | (k.extra ?? 0) | GFP.__GFP_NOWARN;
  series.sample(0);
  let last: (PageResult & { via?: string }) | undefined;
  let looped: string | undefined;
  const a = newAttempt();
  try {
    last = driver.drive(k.via === 'vmalloc' ? vmalloc(driver, k.bytes, gfp, task, a) : kvmalloc(driver, k.bytes, gfp, task, a));
  } catch (e) {
    if (!(e instanceof LoopStopped)) throw e;
    looped = e.message;
  }
  series.sample(driver.now());
  const via = k.via ?? (last?.grant ? (last.via ?? '') : '');
  const result = looped !== undefined ? 'loops' : last?.grant ? 'page' : 'null';
  const recursion = !c.profile.vmallocHonoursScope && via === 'vmalloc' && k.gfp === 'GFP_NOFS' && !(k.scopes ?? []).includes('nofs');
  return {
    name: k.name,
    result,
    milliseconds: round3(driver.now()),
    slept: round3(a.sleptMs),
    oomKills: driver.kills,
    warned: [...driver.warned],
    atomicFailures: 0,
    lowestOverMin: round3(machine.free / machine.zones[0]!.min),
    events: driver.events,
    eventsDropped: driver.droppedEvents,
    series: series.toJSON(),
    metrics: {
      result,
      'served by': result === 'page' ? via : '',
      'reclaim calls': a.reclaimRounds,
      'page tables with __GFP_FS': recursion ? 'yes: may re-enter the file system' : 'no',
    },
  };
}

export const kvmallocNofs: Scenario = { name: 'kvmalloc-nofs', run: (c) => CASES.map((k) => runOne(c, k)) };
