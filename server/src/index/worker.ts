/** Worker thread of the extraction: reads files, writes facts. */
import { parentPort } from 'node:worker_threads';
import { extractFile } from '../facts/extract.js';
import { ReadError } from '../host/host.js';
import { NodeHost } from '../host/node.js';
import { createParser } from '../syntax/parser.js';
import type { WorkerReply, WorkerRequest } from './worker-protocol.js';

const port = parentPort;
if (!port) throw new Error('index/worker runs as a worker thread only');
const host = new NodeHost();
const parser = createParser();

async function answer({ first, files, all }: WorkerRequest): Promise<WorkerReply> {
  const reply: WorkerReply = { first, facts: [], problems: [] };
  const ready = await parser;
  for (const { path, name } of files) {
    try {
      reply.facts.push(JSON.stringify(extractFile(name, await host.readBytes(path), ready, { all })));
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      reply.facts.push(null);
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
