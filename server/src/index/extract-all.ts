/** Facts of many files, by several worker threads; the same facts in the same order for any number of them. */
import { extractFile } from '../facts/extract.js';
import type { FileFacts } from '../facts/model.js';
import { ReadError, type Host, type HostProblem } from '../host/host.js';
import { createParser } from '../syntax/parser.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

export interface ExtractRequest {
  host: Host;
  /** Absolute paths and the names they go by in reports. */
  files: readonly { path: string; name: string }[];
  jobs: number;
  /** Parse every function, not only those that can matter. */
  all?: boolean;
  signal?: AbortSignal;
  onProgress?(done: number, total: number, file: string): void;
}

export interface Extracted {
  facts: FileFacts[];
  problems: HostProblem[];
}

/** Below this many files a thread costs more than it brings. */
const MIN_FILES_PER_WORKER = 40;
const BATCH = 24;

/** @throws the signal's reason when aborted. */
export async function extractAll(request: ExtractRequest): Promise<Extracted> {
  const workers = Math.min(request.jobs, Math.floor(request.files.length / MIN_FILES_PER_WORKER));
  const slots: (FileFacts | undefined)[] = new Array<FileFacts | undefined>(request.files.length);
  const problems: HostProblem[] = [];
  if (workers < 2) await here(request, slots, problems);
  else await inThreads(request, workers, slots, problems);
  return { facts: slots.filter((f) => f !== undefined), problems: problems.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

async function here(request: ExtractRequest, slots: (FileFacts | undefined)[], problems: HostProblem[]): Promise<void> {
  const parser = await createParser();
  try {
    let done = 0;
    for (const [i, { path, name }] of request.files.entries()) {
      request.signal?.throwIfAborted();
      try {
        slots[i] = extractFile(name, await request.host.readBytes(path), parser, { all: request.all === true });
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        problems.push({ file: name, message: error.message, kind: error.kind });
      }
      request.onProgress?.(++done, request.files.length, name);
    }
  } finally {
    parser.dispose();
  }
}

function inThreads(request: ExtractRequest, workers: number, slots: (FileFacts | undefined)[], problems: HostProblem[]): Promise<void> {
  const { host, files, signal } = request;
  return new Promise((resolve, reject) => {
    const threads = Array.from({ length: workers }, () => host.spawnWorker('index/worker'));
    let next = 0;
    let done = 0;
    let failed = false;
    const stop = (then: () => void) => {
      if (failed) return;
      failed = true;
      signal?.removeEventListener('abort', abort);
      void Promise.all(threads.map((t) => t.terminate())).then(then, reject);
    };
    const abort = () => stop(() => reject(signal!.reason as Error));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) return abort();
    const give = (thread: (typeof threads)[number]) => {
      if (next >= files.length) {
        if (done === files.length) stop(resolve);
        return;
      }
      const batch: WorkerRequest = { first: next, files: files.slice(next, next + BATCH), all: request.all === true };
      next += batch.files.length;
      thread.post(batch);
    };
    for (const thread of threads) {
      thread.onFailure((error) => stop(() => reject(error)));
      thread.onMessage((message) => {
        const reply = message as WorkerReply;
        reply.facts.forEach((text, i) => {
          if (text !== null) slots[reply.first + i] = JSON.parse(text) as FileFacts;
        });
        problems.push(...reply.problems);
        done += reply.facts.length;
        request.onProgress?.(done, files.length, files[reply.first]!.name);
        give(thread);
      });
      // Two batches under way keep a thread busy while its last reply is read.
      give(thread);
      give(thread);
    }
  });
}
