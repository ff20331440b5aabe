/** Progress for another thread: each phase's beginning, and within a phase no more often than somebody can see. */
import type { Progress } from '../engine.js';

/** @param everyMs least time between two messages of one phase, milliseconds */
export function paced(everyMs: number, tell: (progress: Progress) => void): (progress: Progress) => void {
  let phase = '';
  let toldAt = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (progress.phase === phase && now - toldAt < everyMs) return;
    ({ phase } = progress);
    toldAt = now;
    tell(progress);
  };
}
