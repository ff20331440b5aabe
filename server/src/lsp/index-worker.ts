/** The thread that holds the index: links the whole tree once, then tells of the open files' surroundings. */
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { NodeHost } from '../host/node.js';
import type { Program } from '../index/program.js';
import { auditTree } from '../session/audit.js';
import { surroundingsOf } from '../session/surroundings.js';
import type { IndexReply, IndexRequest } from './index-protocol.js';
import { paced } from '../session/paced.js';

const reportEveryMs = 100;

const port = parentPort;
if (!port) throw new Error('lsp/index-worker runs as a worker thread only');
const send = (reply: IndexReply): void => port.postMessage(reply);

let program: Program | undefined;
/** The last answer, as text: telling it again would make the server look at everything again. */
let told = '';

async function build({ cwd, options }: Extract<IndexRequest, { kind: 'build' }>): Promise<IndexReply> {
  const onProgress = paced(reportEveryMs, (progress) => send({ kind: 'progress', progress }));
  ({ program } = await auditTree(new NodeHost(cwd), { ...options, onProgress }));
  return { kind: 'ready', files: program.tree.files.length, megabytes: getHeapStatistics().used_heap_size / (1 << 20) };
}

function ask({ id, open, names }: Extract<IndexRequest, { kind: 'ask' }>): IndexReply {
  if (!program) throw new Error('the index was asked before it was built');
  const around = surroundingsOf(program, open, new Set(names));
  const text = JSON.stringify(around);
  if (text === told) return { kind: 'around', id, around: null };
  told = text;
  return { kind: 'around', id, around };
}

port.on('message', (request: IndexRequest) => {
  const answer = request.kind === 'build' ? build(request) : new Promise<IndexReply>((resolve) => resolve(ask(request)));
  answer.then(send, (error: unknown) => send({ kind: 'error', message: error instanceof Error ? error.message : String(error) }));
});
