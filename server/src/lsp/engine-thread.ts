/** Runs an audit in a thread of its own: linking a whole tree keeps a thread busy for a minute, and the editor must be answered all the while. */
import { InputError, type AuditOptions, type AuditResult } from '../engine.js';
import { engineHeap } from '../host/engine-heap.js';
import type { Host } from '../host/host.js';
import type { EngineReply, EngineRequest } from './engine-protocol.js';

/** How long an interrupted engine may take to put its things away; busy with a long computation it does not hear us. */
const graceMs = 50;

/** Like the engine's audit. Aborting ends the thread, and those it started, within graceMs. */
export function auditInThread(host: Host, { onProgress, signal, ...options }: AuditOptions): Promise<AuditResult> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = host.spawnWorker('lsp/engine-worker', engineHeap());
    const post = (request: EngineRequest): void => worker.post(request);
    let grace: NodeJS.Timeout | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      void worker.terminate().then(settle, reject);
    };
    const interrupted = (): void => end(() => reject(signal?.reason as Error));
    const abort = (): void => {
      post({ kind: 'abort' });
      grace = setTimeout(interrupted, graceMs);
    };
    const take = (reply: EngineReply): void => {
      if (reply.kind === 'progress') onProgress?.(reply.progress);
      else if (signal?.aborted) interrupted();
      else if (reply.kind === 'error') end(() => reject(errorOf(reply)));
      else end(() => resolve(reply.result));
    };
    signal?.addEventListener('abort', abort);
    worker.onFailure((error) => end(() => reject(error)));
    worker.onMessage((message) => take(message as EngineReply));
    post({ kind: 'audit', cwd: host.resolve('.'), options });
  });
}

function errorOf(reply: Extract<EngineReply, { kind: 'error' }>): Error {
  if (reply.input) return new InputError(reply.message);
  return Object.assign(new Error(reply.message), { stack: reply.stack });
}
