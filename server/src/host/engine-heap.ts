/** How much memory a thread that links a whole tree may take, for the fronts that start one. */
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { WorkerLimits } from './host.js';

/** The facts of a whole kernel take 1 to 2 GiB; a main thread of Node 20 stops at 4 GiB or a quarter of the memory. */
const heapMiB = Math.floor((totalmem() / (1 << 20)) * 0.7);

/** States and masks of a function live as long as its analysis. */
const youngMiB = 64;

/**
 * Percent by which the heap may outgrow what was found alive before it is looked through again. Left to itself V8 lets a heap with a limit
 * above 2 GiB grow to four times that: a tree's run would take most of its memory for what is thrown away.
 */
const growthPercent = 10;

/** Limits for Host.spawnWorker(). Threads begun after this call let their heap grow no faster than the engine needs, and have Host.release(). */
export function engineHeap(): WorkerLimits {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  setFlagsFromString('--expose-gc');
  return { heapMiB, youngMiB };
}
