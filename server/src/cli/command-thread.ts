/**
 * Runs a command in a thread of its own: linking a whole tree keeps a thread busy for minutes, reading and writing its report for a second, and an
 * interrupt must be obeyed all the while. The thread's heap may also grow beyond a main thread's default.
 */
import { engineHeap } from '../host/engine-heap.js';
import type { FromCommand, StreamTraits, ToCommand } from './command-protocol.js';
import { exitStatus, type Io, type TextStream } from './io.js';
import { sayFailure } from './run.js';

/** How long an interrupted command may take to put its things away; busy with a long computation it does not hear us. */
const graceMs = 50;

/** How long its threads may take to end. One that collects garbage does not stop before it is done, and gives back gigabytes in its own time. */
const endMs = 60;

const traits = ({ isTTY, columns }: TextStream): StreamTraits => ({
  ...(isTTY !== undefined && { isTTY }),
  ...(columns !== undefined && { columns }),
});

/**
 * Like run(), whose `io` the thread's output goes to.
 * @param die ends this process at once, threads and all: called where an interrupted thread does not end in time
 * @param onResize calls back when the terminal has another width
 */
export function runInThread(
  argv: readonly string[],
  io: Io,
  version: string,
  die: () => void,
  onResize: (changed: () => void) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const worker = io.host.spawnWorker('cli/command-worker', engineHeap());
    const post = (message: ToCommand): void => worker.post(message);
    const timers: NodeJS.Timeout[] = [];
    let ended = false;
    const end = (status: number): void => {
      if (ended) return;
      ended = true;
      io.signal.removeEventListener('abort', abort);
      void worker.terminate().finally(() => {
        for (const timer of timers) clearTimeout(timer);
        resolve(status);
      });
    };
    const abort = (): void => {
      post({ kind: 'abort' });
      const give = (): void => {
        if (ended) return;
        sayFailure(io, io.signal.reason);
        end(exitStatus.interrupted);
      };
      timers.push(setTimeout(give, graceMs), setTimeout(die, graceMs + endMs));
    };
    io.signal.addEventListener('abort', abort);
    worker.onFailure((error) => {
      if (!ended) end(sayFailure(io, error));
    });
    worker.onMessage((message) => {
      const said = message as FromCommand;
      if (ended) return;
      if (said.kind === 'write') io[said.to].write(said.text);
      else if (said.kind === 'end') end(said.status);
      else
        io.stdin().then(
          (bytes) => post({ kind: 'stdin', bytes }),
          (error: unknown) => end(sayFailure(io, error)),
        );
    });
    onResize(() => post({ kind: 'resize', columns: io.err.columns ?? 80 }));
    post({ kind: 'run', argv, cwd: io.host.resolve('.'), version, out: traits(io.out), err: traits(io.err) });
    if (io.signal.aborted) abort();
  });
}
