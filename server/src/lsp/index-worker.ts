/** The thread that holds the index: links the whole tree, takes in files that change, tells of the open files' surroundings. */
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { NodeHost } from '../host/node.js';
import { KeptLost } from '../index/kept/tree.js';
import { LinkedTree } from '../session/linked-tree.js';
import { paced } from '../session/paced.js';
import type { IndexReply, IndexRequest } from './index-protocol.js';

const reportEveryMs = 100;

const port = parentPort;
if (!port) throw new Error('lsp/index-worker runs as a worker thread only');
const send = (reply: IndexReply): void => port.postMessage(reply);

let tree: LinkedTree | undefined;
/** The last answer, as text: telling it again would make the server look at everything again. */
let told = '';

type BuildRequest = Extract<IndexRequest, { kind: 'build' }>;
let built: BuildRequest | undefined;

async function build(request: BuildRequest): Promise<IndexReply> {
  built = request;
  const { cwd, options } = request;
  // Built anew: the old one goes first, two of them would need twice the memory.
  tree = undefined;
  const onProgress = paced(reportEveryMs, (progress) => send({ kind: 'progress', progress }));
  tree = await LinkedTree.build(new NodeHost(cwd), { ...options, onProgress });
  return { kind: 'ready', files: tree.files, megabytes: getHeapStatistics().used_heap_size / (1 << 20) };
}

function ask({ id, open, names }: Extract<IndexRequest, { kind: 'ask' }>): IndexReply {
  if (!tree) throw new Error('the index was asked before it was built');
  const around = tree.surroundings(open, new Set(names));
  const text = JSON.stringify(around);
  if (text === told) return { kind: 'around', id, around: null };
  told = text;
  return { kind: 'around', id, around };
}

async function update({ paths }: Extract<IndexRequest, { kind: 'update' }>): Promise<IndexReply> {
  if (!tree) throw new Error('the index was told of changes before it was built');
  return { kind: 'updated', taken: await tree.update(paths) };
}

async function mend({ id, finding, texts }: Extract<IndexRequest, { kind: 'mend' }>): Promise<IndexReply> {
  return { kind: 'mends', id, mends: (await tree?.mends(finding, new Map(texts))) ?? null };
}

async function answer(request: IndexRequest): Promise<IndexReply> {
  switch (request.kind) {
    case 'build':
      return build(request);
    case 'update':
      return update(request);
    case 'mend':
      return mend(request);
    case 'ask':
      return ask(request);
  }
}

/** The tree is read from the cache as it is asked about; where another run has written over that, it is opened, or linked, again. */
async function answerSurely(request: IndexRequest): Promise<IndexReply> {
  try {
    return await answer(request);
  } catch (error) {
    if (!(error instanceof KeptLost) || !built) throw error;
    await build(built);
    return answer(request);
  }
}

/** One after another: an answer is of one state of the tree. */
let work = Promise.resolve();
port.on('message', (request: IndexRequest) => {
  work = work.then(() =>
    answerSurely(request).then(send, (error: unknown) =>
      send({ kind: 'error', message: error instanceof Error ? error.message : String(error) }),
    ),
  );
});
