/** How much memory a process or thread that links a whole tree may take, for the fronts that start one. */
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { WorkerLimits } from './host.js';

/** The facts of a whole kernel take 1 to 2 GiB; left to itself Node 20 stops at 4 GiB or a quarter of the memory. */
const heapMiB = Math.floor((totalmem() / (1 << 20)) * 0.7);

/** States and masks of a function live as long as its analysis. Half of it slows a run by 2%, twice as much by nothing (docs/measurements.md). */
const youngMiB = 48;

/**
 * The heap may outgrow what was found alive by so many percent before it is looked through again: left to itself V8 lets a heap with a limit
 * above 2 GiB grow to four times that, and a tree's run would take most of its memory for what is thrown away. The other is for Host.release().
 */
const FLAGS = ['--heap-growing-percent=10', '--expose-gc'];

/** Limits for Host.spawnWorker(); they go for the threads begun after this call. */
export function engineHeap(): WorkerLimits {
  for (const flag of FLAGS) setFlagsFromString(flag);
  return { heapMiB, youngMiB };
}

/** The same for a process. V8 counts a third of its young heap as one half space. */
export const engineFlags = (): string[] => [...FLAGS, `--max-old-space-size=${heapMiB}`, `--max-semi-space-size=${youngMiB / 3}`];
