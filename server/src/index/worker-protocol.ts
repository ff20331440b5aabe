/** Messages between the extraction's main thread and its workers. */
import type { HostProblem } from '../host/host.js';

export interface WorkerRequest {
  /** Index of the batch's first file. */
  first: number;
  files: readonly { path: string; name: string }[];
  all: boolean;
}

export interface WorkerReply {
  first: number;
  /** FileFacts as JSON text, null for a file that could not be read. */
  facts: (string | null)[];
  problems: HostProblem[];
}
