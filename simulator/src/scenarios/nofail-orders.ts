/** __GFP_NOFAIL by order and state of memory, and together with GFP_ATOMIC. */
import { makeTask } from '../alloc/alloc-flags.js';
import { allocPages } from '../alloc/alloc-pages.js';
import { newAttempt, type PageResult } from '../alloc/env.js';
import { GFP } from '../gfp-bits.js';
import { AloneDriver, LoopStopped, round3 } from '../run/alone.js';
import { Series } from '../run/series.js';
import { warnWords } from '../verdict/text.js';
import { mask, smallMachine, type Scenario, type ScenarioContext, type Variant } from './kit.js';

const STATES = [
  { name: 'plenty free', free: 20_000, scattered: 0 },
  { name: '10% of min free', free: 51, scattered: 0 },
  { name: '12000 single pages free', free: 12_000, scattered: 12_000 },
];
const MASKS = [
  { name: 'GFP_NOFS|__GFP_NOFAIL', base: 'GFP_NOFS', orders: [0, 1, 2, 4] },
  { name: 'GFP_KERNEL|__GFP_NOFAIL', base: 'GFP_KERNEL', orders: [0, 2] },
  { name: 'GFP_ATOMIC|__GFP_NOFAIL', base: 'GFP_ATOMIC', orders: [0, 2] },
];

function runOne(c: ScenarioContext, m: (typeof MASKS)[number], order: number, s: (typeof STATES)[number]): Variant {
  const machine = smallMachine(c.profile, s.scattered > 0 ? s : { free: s.free });
  const driver = new AloneDriver(machine, 'hangs');
  const series = new Series(machine);
  const task = makeTask(m.base === 'GFP_ATOMIC' ? 'bh-off' : 'task', []);
  const a = newAttempt();
  series.sample(0);
  let last: PageResult | undefined;
  try {
    last = driver.drive(allocPages(driver, { gfp: mask(c.profile, m.base) | GFP.__GFP_NOFAIL, order, task }, a));
  } catch (e) {
    if (!(e instanceof LoopStopped)) throw e;
  }
  series.sample(driver.now());
  const result = !last ? 'loops' : last.grant ? (a.lowestOverMin < 1 ? 'reserve' : 'page') : 'null';
  return {
    name: `${s.name}: ${m.name} order ${order}`,
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
    metrics: { result, 'OOM kills': driver.kills, 'OOM passes': a.oomPasses, warnings: driver.warned.map(warnWords).join('; ') },
  };
}

export const nofailOrders: Scenario = {
  name: 'nofail-orders',
  run: (c) => STATES.flatMap((s) => MASKS.flatMap((m) => m.orders.map((o) => runOne(c, m, o, s)))),
};
