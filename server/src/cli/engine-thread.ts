/**
 * Runs the engine in a thread of its own: linking a whole tree keeps a thread busy for a minute, and an interrupt must be
 * obeyed and the progress line drawn all the while. The thread's heap may also grow beyond a main thread's default.
 */
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { InputError, type AuditOptions, type AuditResult, type MendPlan, type MendRequest } from '../engine.js';
import type { Host } from '../host/host.js';
import type { EngineReply, EngineRequest } from './engine-protocol.js';

/** The facts of a whole kernel take 1 to 2 GiB; a main thread of Node 20 stops at 4 GiB or a quarter of the memory. */
const heapMiB = Math.floor((totalmem() / (1 << 20)) * 0.7);

/** States and masks of a function live as long as its analysis. */
const youngMiB = 64;

/**
 * Percent by which the heap may outgrow what was found alive before it is looked through again. Left to itself V8 lets a heap with a limit
 * above 2 GiB grow to four times that: a tree's run would take most of its memory for what is thrown away.
 */
const growthPercent = 10;

/** How long an interrupted engine may take to put its things away; busy with a long computation it does not hear us. */
const graceMs = 50;

/** Like the engine's audit. Aborting ends the thread, and those it started, within graceMs. */
export async function auditInThread(host: Host, options: AuditOptions): Promise<AuditResult> {
  return (await inThread(host, options, undefined)).result;
}

type Choose = (result: AuditResult) => Promise<MendRequest | undefined>;

/** Like the engine's auditAndMend. */
export const mendInThread = (host: Host, options: AuditOptions, choose: Choose): Promise<{ result: AuditResult; plan?: MendPlan }> =>
  inThread(host, options, choose);

function inThread(
  host: Host,
  { onProgress, signal, ...options }: AuditOptions,
  choose: Choose | undefined,
): Promise<{ result: AuditResult; plan?: MendPlan }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
    // For host.release(); a thread begun from here on has it.
    setFlagsFromString('--expose-gc');
    const worker = host.spawnWorker('cli/engine-worker', { heapMiB, youngMiB });
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
    let audited: AuditResult | undefined;
    const take = (reply: EngineReply): void => {
      if (reply.kind === 'progress') onProgress?.(reply.progress);
      else if (signal?.aborted) interrupted();
      else if (reply.kind === 'error') end(() => reject(errorOf(reply)));
      else if (reply.kind === 'result') {
        const { result } = reply;
        audited ??= result;
        if (!choose) end(() => resolve({ result }));
        else
          choose(result).then(
            (wanted) => post({ kind: 'choice', wanted }),
            (error: unknown) => end(() => reject(error as Error)),
          );
      } else end(() => resolve({ result: audited!, ...(reply.plan ? { plan: reply.plan } : {}) }));
    };
    signal?.addEventListener('abort', abort);
    worker.onFailure((error) => end(() => reject(error)));
    worker.onMessage((message) => take(message as EngineReply));
    post({ kind: 'audit', cwd: host.resolve('.'), options, mend: choose !== undefined });
  });
}

function errorOf(reply: Extract<EngineReply, { kind: 'error' }>): Error {
  if (reply.input) return new InputError(reply.message);
  return Object.assign(new Error(reply.message), { stack: reply.stack });
}
