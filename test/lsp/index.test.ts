/** The index of a tree behind the open files: what closed files do to them, and what happens when it fails. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, test } from 'node:test';
import { audit } from '../../server/src/engine.js';
import type { HostWorker } from '../../server/src/host/host.js';
import { NodeHost } from '../../server/src/host/node.js';
import type { ContextsResult, IndexState, Status } from '../../server/src/lsp/requests.js';
import { TreeIndex } from '../../server/src/lsp/tree-index.js';
import { full, TestClient } from './client.js';

const scratch = mkdtempSync(join(tmpdir(), 'gfp-index-'));
const clients: TestClient[] = [];
after(() => {
  for (const client of clients) client.kill();
  rmSync(scratch, { recursive: true });
});

/** A tree in which nothing can be judged by one file alone. */
const tree: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 6\nPATCHLEVEL = 12\n',
  Kconfig: '',
  'include/linux/warren.h': '#define WARREN_MASK GFP_KERNEL\nstruct warren { struct lair *lair; };\nvoid *warren_dig(struct warren *w);\n',
  'fs/warren/lair.h': 'struct lair { spinlock_t lock; struct warren_ops *ops; };\nstruct warren_ops { void (*fill)(struct lair *l); };\n',
  'fs/warren/open.c': `#include <linux/warren.h>
#include "lair.h"

void *warren_dig(struct warren *w)
{
	return kmalloc(8, WARREN_MASK);
}

int warren_look(struct warren *w)
{
	spin_lock(&w->lair->lock);
	warren_sleepy(w);
	w->lair->ops->fill(w->lair);
	spin_unlock(&w->lair->lock);
	return 0;
}
`,
  'fs/warren/closed.c': `#include <linux/warren.h>

void warren_sleepy(struct warren *w)
{
	w->lair = kzalloc(sizeof(*w->lair), GFP_NOFS);
}

static void warren_caller(struct warren *w)
{
	spin_lock(&w->lair->lock);
	warren_dig(w);
	spin_unlock(&w->lair->lock);
}

static void warren_fill(struct lair *l)
{
	mutex_lock(&l->m);
}

static const struct warren_ops warren_ops = {
	.fill = warren_fill,
};
`,
};
for (const [name, text] of Object.entries(tree)) {
  mkdirSync(dirname(join(scratch, 'tree', name)), { recursive: true });
  writeFileSync(join(scratch, 'tree', name), text);
}
const at = (name: string): string => join(scratch, 'tree', name);
const uri = (name: string): string => pathToFileURL(at(name)).href;

async function start(): Promise<TestClient> {
  process.env['XDG_CACHE_HOME'] = join(scratch, 'cache');
  const client = new TestClient();
  clients.push(client);
  client.settings = { index: 'auto' };
  await client.start(full);
  return client;
}

async function state(client: TestClient, wanted: IndexState['state']): Promise<IndexState> {
  for (;;) {
    const [project] = (await client.request<Status>('gfpAudit/status', {})).projects;
    if (project?.index.state === wanted) return project.index;
    assert.notEqual(project?.index.state, wanted === 'failed' ? 'ready' : 'failed', project?.index.message);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('with the index an open file is judged as an audit of the whole tree judges it; before, alone', async () => {
  const client = await start();
  const file = uri('fs/warren/open.c');
  client.open(file, tree['fs/warren/open.c']!);
  assert.deepEqual((await client.diagnostics(file)).diagnostics, []);
  const { files, megabytes } = await state(client, 'ready');
  assert.equal(files, 4);
  assert.ok(megabytes! > 1);
  const { diagnostics } = await client.diagnostics(file, (p) => p.diagnostics.length > 0);
  const { findings } = await audit(new NodeHost(), {
    paths: [at('fs/warren/open.c')],
    kernel: 'auto',
    jobs: 1,
    cacheDir: null,
    minConfidence: 'likely',
    rules: {},
  });
  assert.ok(findings.length >= 2, `${findings.length} findings`);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.range.start.line + 1, d.message]),
    findings.map((f) => [f.ruleId, f.at.line, f.message]),
  );
  assert.ok(diagnostics.some((d) => d.relatedInformation!.some((r) => r.location.uri === uri('fs/warren/closed.c'))));

  const contexts = await client.request<ContextsResult>('gfpAudit/contexts', {
    textDocument: { uri: file },
    position: { line: 5, character: 0 },
  });
  assert.equal(contexts.basis.state, 'ready');
  assert.match(contexts.items[0]!.label, /may not sleep: holds lair\.lock/);
  const steps = await client.request<ContextsResult>('gfpAudit/contexts', { textDocument: { uri: file }, item: contexts.items[0]!.id });
  assert.ok(steps.items.some((step) => step.location?.uri === uri('fs/warren/closed.c')));

  // What is typed counts at once, and with it what it names elsewhere.
  client.change(file, 2, { text: tree['fs/warren/open.c']!.replace('warren_sleepy(w)', 'warren_other(w)') });
  const mended = await client.diagnostics(file, (p) => p.version === 2);
  assert.deepEqual(
    mended.diagnostics.map((d) => d.range.start.line),
    [12],
  );

  await client.request('gfpAudit/index', { textDocument: { uri: file }, do: 'stop' });
  assert.equal((await state(client, 'none')).files, undefined);
  client.published.length = 0;
  client.change(file, 3, { text: tree['fs/warren/open.c']! });
  assert.deepEqual((await client.diagnostics(file, (p) => p.version === 3)).diagnostics, []);
  assert.equal(await client.stop(), 0);
});

test('a thread that dies is reported, and the open files go on alone', async () => {
  const handlers: { failure?: (error: Error) => void; message?: (message: unknown) => void } = {};
  const posted: unknown[] = [];
  const worker: HostWorker = {
    post: (message) => posted.push(message),
    onMessage: (handler) => (handlers.message = handler),
    onFailure: (handler) => (handlers.failure = handler),
    terminate: () => Promise.resolve(),
  };
  const host = Object.assign(new NodeHost(), { spawnWorker: () => worker });
  const states: IndexState[] = [];
  let done = 0;
  const progress = { begin: () => undefined, report: () => undefined, done: () => done++ };
  const options = { paths: ['/tree'], kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'certain', rules: {} } as const;
  const index = new TreeIndex(host, { ...options, paths: ['/tree'] }, 100, ({ state }) => states.push(state));
  index.build(progress);
  handlers.message!({ kind: 'progress', progress: { phase: 'read', done: 3, total: 9 } });
  assert.deepEqual(index.state, { state: 'building', phase: 'read', done: 3, total: 9 });
  handlers.message!({ kind: 'ready', files: 9, megabytes: 5 });
  const asked = index.around(new Map([['a.c', 'int a;']]));
  handlers.failure!(new Error('a worker thread ended by itself (code 5)'));
  assert.equal(await asked, undefined);
  assert.deepEqual(index.state, { state: 'failed', message: 'a worker thread ended by itself (code 5)' });
  assert.ok(done >= 1);
  assert.equal(await index.around(new Map()), undefined);
  // It can be built again.
  index.build(progress);
  assert.equal(index.state.state, 'building');
});

test('the worker of a built program is where it is looked for', () => {
  const built = fileURLToPath(new URL('../../out/server/src/lsp/index-worker.js', import.meta.url));
  assert.match(readFileSync(built, 'utf8'), /surroundingsOf/);
});
