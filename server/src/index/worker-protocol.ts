/** Messages between the extraction's main thread and its workers. */
import type { HostProblem } from '../host/host.js';
import type { CachedFile } from './facts-cache.js';

export interface WorkerRequest {
  /** Index of the batch's first file. */
  first: number;
  files: readonly { path: string; name: string }[];
  all: boolean;
  /** The facts go to the cache: say what they were made from. */
  keep: boolean;
}

export interface WorkerReply {
  first: number;
  /** In the order asked for, null for a file that could not be read. */
  files: (CachedFile | null)[];
  problems: HostProblem[];
}
