/** The index of a tree behind the open files: what closed files do to them, and what happens when it fails. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, test } from 'node:test';
import type { ClientCapabilities, CodeAction, Diagnostic, TextDocumentEdit, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { audit } from '../../server/src/engine.js';
import type { HostWorker } from '../../server/src/host/host.js';
import { NodeHost } from '../../server/src/host/node.js';
import type { ContextsResult, ExplainResult, IndexState, Status } from '../../server/src/lsp/requests.js';
import type { IndexReply, IndexRequest } from '../../server/src/lsp/index-protocol.js';
import type { Known } from '../../server/src/lsp/session.js';
import { abilitiesOf } from '../../server/src/lsp/capabilities.js';
import { CodeActions } from '../../server/src/lsp/code-actions.js';
import { filePlaces } from '../../server/src/lsp/positions.js';
import { TreeIndex } from '../../server/src/lsp/tree-index.js';
import { LinkedTree, MAX_REVISED } from '../../server/src/session/linked-tree.js';
import type { Mends } from '../../server/src/session/fixes.js';
import { openProject, placeOf } from '../../server/src/session/project.js';
import { createWasmParser } from '../../server/src/syntax/wasm.js';
import { identifiersOf } from '../../server/src/session/surroundings.js';
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

async function start(capabilities: ClientCapabilities = full): Promise<TestClient> {
  process.env['XDG_CACHE_HOME'] = join(scratch, 'cache');
  const client = new TestClient();
  clients.push(client);
  client.settings = { index: 'auto' };
  await client.start(capabilities);
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

test('what is written on disk counts without a new index; what only linking tells comes when the tree is quiet', async () => {
  const client = await start();
  const file = uri('fs/warren/open.c');
  const closed = 'fs/warren/closed.c';
  const written = (...names: string[]): void =>
    client.notify('workspace/didChangeWatchedFiles', { changes: names.map((name) => ({ uri: uri(name), type: 2 })) });
  const lines = ({ diagnostics }: { diagnostics: Diagnostic[] }): number[] => diagnostics.map((d) => d.range.start.line);
  client.open(file, tree['fs/warren/open.c']!);
  await state(client, 'ready');
  const all = await client.diagnostics(file, (p) => p.diagnostics.length > 0);
  assert.deepEqual(lines(all), [11, 12]);
  // Two lines above: every line of that file that is told moves with it.
  const moved = `\n\n${tree[closed]!.replace('mutex_lock(&l->m)', 'spin_lock(&l->m)')}`;
  client.published.length = 0;
  writeFileSync(at(closed), moved);
  written(closed);
  const after = await client.diagnostics(file);
  assert.deepEqual(lines(after), [11]);
  const steps = after.diagnostics.flatMap((d) => d.relatedInformation!).filter((r) => r.location.uri === uri(closed));
  const sleeps = moved.split('\n').findIndex((line) => line.includes('kzalloc'));
  assert.ok(
    steps.some((r) => r.location.range.start.line === sleeps),
    JSON.stringify(steps),
  );
  assert.equal((await state(client, 'ready')).outdated, undefined);
  // A new file with a new callback: the tree is linked anew.
  client.published.length = 0;
  writeFileSync(
    at('fs/warren/more.c'),
    'void warren_more(struct warren *w)\n{\n\tspin_lock(&w->lock);\n\twarren_look(w);\n\tspin_unlock(&w->lock);\n}\n',
  );
  writeFileSync(at(closed), tree[closed]!);
  written('fs/warren/more.c', closed);
  const again = await client.diagnostics(file, (p) => p.diagnostics.length === 2);
  assert.deepEqual(lines(again), [11, 12]);
  assert.equal((await state(client, 'ready')).files, 5);
  rmSync(at('fs/warren/more.c'));
  assert.equal(await client.stop(), 0);
});

test('a revised tree tells of open files what a tree linked anew tells', async () => {
  const base = join(scratch, 'revised');
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), text);
  };
  for (const [name, text] of Object.entries(tree)) write(name, text);
  const options = { paths: [base], linkOnly: true, kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'certain', rules: {} } as const;
  const build = (): Promise<LinkedTree> => LinkedTree.build(new NodeHost(), { ...options, paths: [base] });
  const open = 'fs/warren/open.c';
  const names = identifiersOf(tree[open]!);
  const told = (of: LinkedTree): unknown => of.surroundings([{ path: open }], names);
  const held = await build();
  const closed = tree['fs/warren/closed.c']!;
  const path = join(base, 'fs/warren/closed.c');
  for (const text of [
    closed.replace('spin_lock(', 'mutex_lock(').replace('spin_unlock(', 'mutex_unlock('),
    closed.replace('\twarren_dig(w);\n', ''),
    `\n${closed.replace('GFP_NOFS', 'GFP_ATOMIC')}`,
    closed,
  ]) {
    write('fs/warren/closed.c', text);
    assert.equal(await held.update([path, join(base, 'README')]), 'revised');
    assert.deepEqual(told(held), told(await build()));
  }
  assert.equal(await held.update([path]), 'same');
  write(open, `${tree[open]!}\n`);
  assert.equal(await held.update([join(base, open)]), 'same', 'nothing but white space');
  write('fs/warren/closed.c', closed.replace('.fill', '.drain'));
  assert.equal(await held.update([path]), 'stale');
  rmSync(path);
  assert.equal(await held.update([path]), 'stale');
  assert.equal(await held.update([join(base, 'fs/warren/never.c')]), 'same');
  assert.equal(await held.update(Array.from({ length: MAX_REVISED + 1 }, (_, i) => join(base, `${i}.c`))), 'stale');
});

/** An index whose thread is played by the test. */
function played(): {
  index: TreeIndex;
  states: IndexState[];
  posted: IndexRequest[];
  begun: () => number;
  done: () => number;
  say: (m: IndexReply) => void;
  die: (e: Error) => void;
} {
  const handlers: { failure?: (error: Error) => void; message?: (message: unknown) => void } = {};
  const posted: IndexRequest[] = [];
  const states: IndexState[] = [];
  let [begun, done] = [0, 0];
  const worker: HostWorker = {
    post: (message) => posted.push(message as IndexRequest),
    onMessage: (handler) => (handlers.message = handler),
    onFailure: (handler) => (handlers.failure = handler),
    terminate: () => Promise.resolve(),
  };
  const host = Object.assign(new NodeHost(), { spawnWorker: () => worker });
  const progress = { begin: () => begun++, report: () => undefined, done: () => done++ };
  const options = { paths: ['/tree'], kernel: 'auto', jobs: 1, cacheDir: null, minConfidence: 'certain', rules: {} } as const;
  const index = new TreeIndex(
    host,
    { ...options, paths: ['/tree'] },
    100,
    ({ state: now }) => states.push(now),
    (it) => it.build(progress),
    { quiet: { atLeast: 1, atMost: 1 }, restart: 1 },
  );
  index.build(progress);
  return {
    index,
    states,
    posted,
    begun: () => begun,
    done: () => done,
    say: (message) => handlers.message!(message),
    die: (error) => handlers.failure!(error),
  };
}
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('a thread that dies is reported and started again, the open files go on alone meanwhile; one that always dies is left', async () => {
  const { index, states, begun, done, say, die } = played();
  say({ kind: 'progress', progress: { phase: 'read', done: 3, total: 9 } });
  assert.deepEqual(index.state, { state: 'building', phase: 'read', done: 3, total: 9 });
  say({ kind: 'ready', files: 9, megabytes: 5 });
  const asked = index.around(new Map([['a.c', 'int a;']]));
  die(new Error('a worker thread ended by itself (code 5)'));
  assert.equal(await asked, undefined);
  assert.deepEqual(index.state, { state: 'failed', message: 'a worker thread ended by itself (code 5); it is started again' });
  assert.equal(await index.around(new Map()), undefined);
  for (let life = 2; life <= 4; life++) {
    await until(() => begun() === life && index.state.state === 'building');
    die(new Error('again'));
  }
  assert.deepEqual(states.at(-1), { state: 'failed', message: 'again' });
  assert.equal(done(), 4, 'no progress is left standing');
  index.stop();
});

test('a tree that does not fit is not tried again', () => {
  const { index, die } = played();
  die(Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
  assert.deepEqual(index.state, { state: 'failed', message: 'the tree does not fit into 100 MiB' });
});

test('files written while the tree is read are told after it; a change of branch links it once, and answers stand until then', async () => {
  const { index, posted, begun, say } = played();
  index.update(['/tree/a.c']);
  say({ kind: 'ready', files: 9, megabytes: 5 });
  assert.deepEqual(posted.at(-1), { kind: 'update', paths: ['/tree/a.c'] });
  say({ kind: 'updated', taken: 'same' });
  const around = index.around(new Map([['b.c', 'int b;']]));
  const empty = { files: [], summaries: [], entries: [], uses: [], reclaim: [] };
  say({ kind: 'around', id: (posted.at(-1) as { id: number }).id, around: empty });
  assert.equal(await around, empty);
  for (let i = 0; i < 500; i++) index.update([`/tree/${i}.c`]);
  say({ kind: 'updated', taken: 'stale' });
  assert.equal(index.state.outdated, true);
  await until(() => begun() === 2);
  assert.equal(index.state.state, 'building');
  assert.equal(await index.around(new Map([['b.c', 'int b, c;']])), empty);
  say({ kind: 'ready', files: 9, megabytes: 5 });
  assert.equal(index.state.outdated, undefined);
  index.stop();
});

test('the worker of a built program is where it is looked for', () => {
  const built = fileURLToPath(new URL('../../out/server/src/lsp/index-worker.js', import.meta.url));
  assert.match(readFileSync(built, 'utf8'), /LinkedTree/);
});

/** A file of a copy of the tree in which a loop's mend lies below functions of other files. */
function marl(name: string): { file: string; text: string; line: number } {
  const base = join(scratch, name);
  const from = fileURLToPath(new URL('../fix/ext4-truncate/', import.meta.url).href.replace('/out/test/', '/test/'));
  mkdirSync(join(base, 'fs'), { recursive: true });
  cpSync(from, join(base, 'fs/marl'), { recursive: true });
  writeFileSync(join(base, 'Makefile'), 'VERSION = 5\nPATCHLEVEL = 10\n');
  writeFileSync(join(base, 'Kconfig'), '');
  const file = join(base, 'fs/marl/space.c');
  const text = readFileSync(file, 'utf8');
  return { file, text, line: text.split('\n').indexOf('retry:') };
}

test('a menu does not wait for the whole tree, and has what was found there when it is asked for again', async () => {
  const { file, text, line } = marl('slow');
  const host = new NodeHost();
  const uri = pathToFileURL(file).href;
  const project = await openProject(
    host,
    await placeOf(host, file),
    { kernel: 'auto', rt: 'auto', minConfidence: 'likely' },
    await createWasmParser(),
  );
  project.live.set('fs/marl/space.c', text);
  const document = TextDocument.create(uri, 'c', 1, text);
  const known: Known = { document, name: 'fs/marl/space.c', project, inspection: project.live.inspect(), settled: true };
  let asked = 0;
  let answer!: (mends: Mends) => void;
  const actions = new CodeActions({
    host,
    places: filePlaces,
    abilities: abilitiesOf({
      ...full,
      textDocument: { ...full.textDocument, codeAction: { ...full.textDocument!.codeAction!, disabledSupport: true } },
    }),
    document: () => undefined,
    inTree: () => {
      asked++;
      return new Promise((resolve) => (answer = resolve));
    },
    commands: [],
    newParser: createWasmParser,
  });
  const at = { line, character: 0 };
  const menu = (): Promise<CodeAction[]> => actions.offer(known, { start: at, end: at }, { diagnostics: [] });
  assert.ok((await menu()).some(({ disabled }) => disabled?.reason.includes('being sought')));
  const edits = [{ file: 'fs/marl/space.c', start: 0, end: 0, text: '\n' }];
  answer({ fixes: [{ title: 'Found at last', safety: 'review', edits, detail: '' }], advice: [], refusals: [] });
  const later = await menu();
  assert.ok(
    later.some(({ title }) => title === 'Found at last'),
    JSON.stringify(later),
  );
  assert.ok(!later.some(({ disabled }) => disabled));
  assert.equal(asked, 1);
});

test('a change through files that are not open is offered, and made of their texts on disk', async () => {
  const { file: path, text, line } = marl('marl');
  const client = await start({
    ...full,
    textDocument: { ...full.textDocument, codeAction: { ...full.textDocument!.codeAction!, disabledSupport: true } },
  });
  const file = pathToFileURL(path).href;
  client.open(file, text);
  await state(client, 'ready');
  await client.hover(file, 0, 0);
  /** A menu does not wait for what is sought in the whole tree for long; it is there when it is asked for again. */
  const offered = async (at: number, is: (action: CodeAction) => boolean): Promise<CodeAction> => {
    for (;;) {
      const actions = await client.actions(file, at);
      const found = actions.find(is);
      if (found) return found;
      assert.ok(
        actions.some(({ disabled }) => disabled?.reason.includes('being sought')),
        JSON.stringify(actions),
      );
    }
  };
  const through = ({ title }: CodeAction): boolean => title.includes('through 4 files');
  const action = await offered(line, through);
  const { documentChanges, changeAnnotations } = action.edit!;
  assert.equal(documentChanges!.length, 4);
  assert.ok(Object.values(changeAnnotations!).every((a) => a.needsConfirmation));
  for (const change of documentChanges as TextDocumentEdit[]) {
    const { uri: of, version } = change.textDocument;
    assert.equal(version, of === file ? 1 : null);
    const was = readFileSync(fileURLToPath(of), 'utf8');
    const is = TextDocument.applyEdits(TextDocument.create(of, 'c', 1, was), change.edits as TextEdit[]);
    assert.match(is, /gfp/i);
    assert.notEqual(is, was);
  }
  // While a text is not what was linked it is said why nothing of the kind is tried, and which file it is; of another open file too.
  client.change(file, 2, { text: `\n${text}` });
  const waits = ({ disabled }: CodeAction): boolean => disabled !== undefined && /marl\/space\.c is not: save/.test(disabled.reason);
  assert.match((await offered(line + 1, waits)).title, /files that are not open/);
  const told = await client.request<ExplainResult>('gfpAudit/explain', {
    textDocument: { uri: file },
    position: { line: line + 1, character: 0 },
  });
  assert.match(told.markdown, /marl\/space\.c is not: save/);
  client.change(file, 3, { text });
  await offered(line, through);
  const other = pathToFileURL(join(dirname(path), 'path.c')).href;
  client.open(other, '/* nothing left */\n');
  await client.diagnostics(other);
  await offered(line, ({ disabled }) => disabled !== undefined && /marl\/path\.c is not: save/.test(disabled.reason));
  assert.equal(await client.stop(), 0);
});
