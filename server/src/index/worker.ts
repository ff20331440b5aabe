/** Worker thread of the extraction: reads files, writes facts. */
import { parentPort } from 'node:worker_threads';
import { encodeFacts } from '../facts/codec.js';
import { extractFile } from '../facts/extract.js';
import { ReadError } from '../host/host.js';
import { NodeHost } from '../host/node.js';
import { createParser } from '../syntax/parser.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

const port = parentPort;
if (!port) throw new Error('index/worker runs as a worker thread only');
const host = new NodeHost();
const parser = createParser();

async function answer({ first, files, all, keep }: WorkerRequest): Promise<WorkerReply> {
  const reply: WorkerReply = { first, files: [], problems: [] };
  const ready = await parser;
  for (const { path, name } of files) {
    try {
      const { bytes, size, mtimeMs } = host.readNow(path);
      reply.files.push({ size, mtimeMs, hash: keep ? host.hash(bytes) : '', text: encodeFacts(extractFile(name, bytes, ready, { all })) });
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      reply.files.push(null);
      reply.problems.push({ file: name, message: error.message, kind: error.kind });
    }
  }
  return reply;
}

// One batch after another: a parser serves one text at a time.
let queue: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  queue = queue.then(async () => port.postMessage(await answer(request)));
});
