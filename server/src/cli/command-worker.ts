/** A command's own thread: what it writes goes to the process, whose interrupt and standard input come from there. */
import { parentPort } from 'node:worker_threads';
import { audit, auditAndMend } from '../engine.js';
import { NodeHost } from '../host/node.js';
import { RULES } from '../rules/index.js';
import type { FromCommand, StreamTraits, ToCommand } from './command-protocol.js';
import { fronts } from './fronts.js';
import type { Engine, Io, TextStream } from './io.js';
import { run } from './run.js';

const port = parentPort;
if (!port) throw new Error('cli/command-worker runs as a worker thread only');
const send = (message: FromCommand): void => port.postMessage(message);

const interrupt = new AbortController();
let columns: number | undefined;
let take: ((bytes: Uint8Array) => void) | undefined;

function stream(to: 'out' | 'err', known: StreamTraits): TextStream {
  return {
    write: (text) => send({ kind: 'write', to, text }),
    ...(known.isTTY !== undefined && { isTTY: known.isTTY }),
    get columns() {
      return columns ?? known.columns ?? 80;
    },
  };
}

async function answer({ argv, cwd, version, out, err }: Extract<ToCommand, { kind: 'run' }>): Promise<void> {
  const io: Io = {
    out: stream('out', out),
    err: stream('err', err),
    env: process.env,
    host: new NodeHost(cwd),
    stdin: () =>
      new Promise((done) => {
        take = done;
        send({ kind: 'stdin' });
      }),
    signal: interrupt.signal,
  };
  const engine: Engine = { version, rules: RULES.map((rule) => rule.meta), audit, mend: auditAndMend };
  send({ kind: 'end', status: await run(argv, io, engine, fronts) });
}

port.on('message', (message: ToCommand) => {
  if (message.kind === 'abort') interrupt.abort(new Error('interrupted'));
  else if (message.kind === 'resize') ({ columns } = message);
  else if (message.kind === 'stdin') take?.(message.bytes);
  else void answer(message);
});
