/** From a checked request to a machine. */
import { Machine } from '../machine/machine.js';
import type { Normalised, NormalisedMachine } from '../request.js';

/** sysctl vm.watermark_boost_factor when boosting is on. */
const BOOST_FACTOR = 15000;

export function machineFor(n: Normalised, m: NormalisedMachine = n.machine): Machine {
  return new Machine(
    n.profile,
    m.zones,
    { perCpuLists: m.perCpuLists, cpus: m.cpus, boostFactor: m.boost ? BOOST_FACTOR : 0, compactable: m.compactable },
    m.reclaimable,
  );
}
