/** The engine's own thread: one audit, then progress and one result. */
import { parentPort } from 'node:worker_threads';
import { audit, InputError } from '../engine.js';
import { NodeHost } from '../host/node.js';
import { paced } from '../session/paced.js';
import type { EngineReply, EngineRequest } from './engine-protocol.js';

const reportEveryMs = 50;

const port = parentPort;
if (!port) throw new Error('lsp/engine-worker runs as a worker thread only');
const send = (reply: EngineReply): void => port.postMessage(reply);

const interrupt = new AbortController();

async function answer({ cwd, options }: Extract<EngineRequest, { kind: 'audit' }>): Promise<EngineReply> {
  const onProgress = paced(reportEveryMs, (progress) => send({ kind: 'progress', progress }));
  try {
    return { kind: 'result', result: await audit(new NodeHost(cwd), { ...options, onProgress, signal: interrupt.signal }) };
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'error', input: error instanceof InputError, message, stack };
  }
}

port.on('message', (request: EngineRequest) => {
  if (request.kind === 'abort') interrupt.abort(new Error('interrupted'));
  else void answer(request).then(send);
});
