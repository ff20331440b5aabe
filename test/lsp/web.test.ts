/** The server as a web worker: no disk, no network, no Node; files and wasm come from the editor. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Hover, MarkupContent, PublishDiagnosticsParams } from 'vscode-languageserver';
import { editorPath, EditorHost, uriOf } from '../../server/src/host/editor-host.js';
import { sha256 } from '../../server/src/host/sha256.js';
import type { AuditAnswer } from '../../server/src/lsp/requests.js';

const bundle = mkdtempSync(join(tmpdir(), 'gfp-web-'));

/** What a worker's global scope has of a browser's, and nothing of Node's. */
const PRELUDE = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.addEventListener = () => undefined;
globalThis.postMessage = (message) => parentPort.postMessage(message);
Object.defineProperty(globalThis, 'onmessage', { set: (handler) => parentPort.on('message', (data) => handler({ data })) });
for (const name of ['process', 'require', 'Buffer', 'module', 'exports', '__filename', '__dirname', 'setImmediate', 'fetch']) delete globalThis[name];
`;

const base = 'vscode-test-web://mount';
const files = new Map<string, string | Uint8Array>([
  [`${base}/Makefile`, 'VERSION = 6\nPATCHLEVEL = 12\n'],
  [`${base}/Kconfig`, ''],
  [
    `${base}/fs/nest/nest.h`,
    'struct nest { spinlock_t lock; };\nstatic inline void *nest_alloc(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n',
  ],
  [
    `${base}/fs/nest/a.c`,
    '#include "nest.h"\n\nvoid *nest_get(struct nest *n)\n{\n\tvoid *p;\n\n\tspin_lock(&n->lock);\n\tp = nest_alloc();\n\tspin_unlock(&n->lock);\n\treturn p;\n}\n',
  ],
]);

interface Message {
  id?: number;
  method?: string;
  params?: { uri?: string; items?: unknown[] };
  result?: unknown;
  error?: { message: string };
}

class WebClient {
  private readonly worker: Worker;
  private readonly answers = new Map<number, (message: Message) => void>();
  private readonly waiting: ((p: PublishDiagnosticsParams) => void)[] = [];
  private next = 1;

  constructor() {
    const script = readFileSync(join(bundle, 'server.web.js'), 'utf8');
    this.worker = new Worker(`${PRELUDE}\n(0, eval)(${JSON.stringify(script)});`, { eval: true });
    this.worker.on('error', (error) => {
      throw error;
    });
    this.worker.on('message', (message: Message) => this.receive(message));
  }

  async request<T>(method: string, params: object): Promise<T> {
    const id = this.next++;
    const answer = new Promise<Message>((resolve) => this.answers.set(id, resolve));
    this.worker.postMessage({ jsonrpc: '2.0', id, method, params });
    const { result, error } = await answer;
    if (error) throw new Error(error.message);
    return result as T;
  }

  notify(method: string, params: object): void {
    this.worker.postMessage({ jsonrpc: '2.0', method, params });
  }

  diagnostics(): Promise<PublishDiagnosticsParams> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stop(): Promise<number> {
    return this.worker.terminate();
  }

  private receive({ id, method, params, result, error }: Message): void {
    if (method === undefined) this.answers.get(id!)?.({ result, ...(error ? { error } : {}) });
    else if (method === 'textDocument/publishDiagnostics')
      for (const resolve of this.waiting.splice(0)) resolve(params as unknown as PublishDiagnosticsParams);
    else if (id !== undefined) this.worker.postMessage({ jsonrpc: '2.0', id, result: serve(method, params?.uri ?? '') });
  }
}

/** A file system that is a map. */
function serve(method: string, asked: string): unknown {
  const uri = asked.replace(/\/$/, '');
  const file = files.get(uri) ?? (uri.startsWith('ext:') ? readFileSync(join(bundle, uri.slice(uri.lastIndexOf('/') + 1))) : undefined);
  const below = [...files.keys()].filter((name) => name.startsWith(`${uri}/`));
  switch (method) {
    case 'gfpAudit/files/stat':
      return { kind: file !== undefined ? 'file' : below.length > 0 ? 'directory' : 'missing', size: file?.length ?? 0, mtimeMs: 1 };
    case 'gfpAudit/files/read':
      return file === undefined ? { error: 'no such file' } : { base64: Buffer.from(file).toString('base64') };
    case 'gfpAudit/files/list': {
      const names = new Map(below.map((name) => [name.slice(uri.length + 1).split('/')[0]!, name]));
      return [...names].map(([name, path]) => ({ name, kind: path === `${uri}/${name}` ? 'file' : 'directory' }));
    }
    default:
      return null;
  }
}

let client: WebClient;
before(async () => {
  const script = fileURLToPath(new URL('../tools/bundle.mjs', import.meta.url));
  const done = spawnSync(process.execPath, [script, bundle, 'serverWeb'], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  client = new WebClient();
  await client.request('initialize', {
    processId: null,
    rootUri: base,
    capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
    initializationOptions: { assets: 'ext://some/out/bundle' },
  });
  client.notify('initialized', {});
});
after(async () => {
  await client.stop();
  rmSync(bundle, { recursive: true });
});

test('a file of a virtual file system: diagnostics through its header, hover, audit of the folder', async () => {
  const uri = `${base}/fs/nest/a.c`;
  const published = client.diagnostics();
  client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text: files.get(uri) } });
  const { diagnostics } = await published;
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.range.start.line]),
    [['sleep-in-atomic', 7]],
  );
  assert.match(diagnostics[0]!.message as string, /fs\/nest\/nest\.h:4/);
  const header = `${base}/fs/nest/nest.h`;
  const shown = client.diagnostics();
  client.notify('textDocument/didOpen', { textDocument: { uri: header, languageId: 'c', version: 1, text: files.get(header) } });
  await shown;
  const hover = await client.request<Hover>('textDocument/hover', { textDocument: { uri: header }, position: { line: 3, character: 10 } });
  assert.match((hover.contents as MarkupContent).value, /Linux 6\.12/);
  const audit = await client.request<AuditAnswer>('gfpAudit/audit', { uri: base, scope: 'tree', format: 'text' });
  assert.deepEqual(
    audit.findings.map((f) => [f.rule, f.uri, f.range.start.line]),
    [['sleep-in-atomic', uri, 7]],
  );
  assert.match(audit.report, /sleep-in-atomic/);
});

test('paths of an editor: every URI has one, and leads back', () => {
  for (const uri of [
    'file:///a/b.c',
    'vscode-vfs://github/o/r/fs/a.c',
    'vscode-test-web://mount/a%20b/%C3%A9.c',
    'vscode-test-web://mount/',
  ])
    assert.equal(uriOf(editorPath(uri)!), uri);
  assert.equal(editorPath('untitled:Untitled-1'), undefined);
  assert.equal(uriOf('/'), undefined);
  const host = new EditorHost({ stat: () => assert.fail(), read: () => assert.fail(), list: () => assert.fail() });
  assert.equal(host.resolve('../x/./y.h', '/s/a/b'), '/s/a/x/y.h');
  assert.equal(host.relative('/s/a', '/s/a/b/c.c'), 'b/c.c');
  assert.equal(host.relative('/s/a', '/s/ab/c.c'), '/s/ab/c.c');
});

test('its hash is the one of other hosts', () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    assert.equal(sha256(bytes), createHash('sha256').update(bytes).digest('hex'));
  }
});
