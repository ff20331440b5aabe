/** The engine's own thread: one audit, then progress and one result. */
import { parentPort } from 'node:worker_threads';
import { audit, auditAndMend, InputError, type MendRequest } from '../engine.js';
import { NodeHost } from '../host/node.js';
import type { EngineReply, EngineRequest } from './engine-protocol.js';
import { paced } from '../session/paced.js';

const reportEveryMs = 50;

const port = parentPort;
if (!port) throw new Error('cli/engine-worker runs as a worker thread only');
const send = (reply: EngineReply): void => port.postMessage(reply);

const interrupt = new AbortController();

/** Called with what the other thread wants mended. */
let choose: ((wanted: MendRequest | undefined) => void) | undefined;

async function answer({ cwd, options, mend }: Extract<EngineRequest, { kind: 'audit' }>): Promise<EngineReply> {
  const onProgress = paced(reportEveryMs, (progress) => send({ kind: 'progress', progress }));
  try {
    const host = new NodeHost(cwd);
    const watched = { ...options, onProgress, signal: interrupt.signal };
    if (!mend) return { kind: 'result', result: await audit(host, watched) };
    const { plan } = await auditAndMend(host, watched, (result) => {
      const chosen = new Promise<MendRequest | undefined>((done) => (choose = done));
      send({ kind: 'result', result });
      return chosen;
    });
    return { kind: 'plan', plan };
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'error', input: error instanceof InputError, message, stack };
  }
}

port.on('message', (request: EngineRequest) => {
  if (request.kind === 'abort') interrupt.abort(new Error('interrupted'));
  else if (request.kind === 'choice') choose?.(request.wanted);
  else void answer(request).then(send);
});
