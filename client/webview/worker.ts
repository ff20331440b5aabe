/** Runs the allocator model beside the panel's thread: the larger scenarios take a second, and the form stays alive. */
import { RequestError } from '../../simulator/src/index.js';
import { runAll, type RunSet } from './runs.js';
import type { PanelState } from './state.js';

export interface Job {
  id: number;
  state: PanelState;
}
/** `error`: what of the request cannot be run. */
export type Answer = { id: number; set: RunSet } | { id: number; error: string };

const scope = self as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = ({ data: { id, state } }: MessageEvent<Job>) => {
  scope.postMessage(answer(id, state));
};

function answer(id: number, state: PanelState): Answer {
  try {
    return { id, set: runAll(state) };
  } catch (error) {
    if (error instanceof RequestError) return { id, error: error.message };
    return { id, error: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}
