/** The built language server over stdio, as an editor speaks to it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, afterEach, test } from 'node:test';
import type { ClientCapabilities, CodeAction, MarkupContent, TextDocumentEdit, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { full, scratchTree, TestClient } from './client.js';

const scratch = scratchTree(1);
const tree = scratch.path;
const clients: TestClient[] = [];
let shared: Promise<TestClient> | undefined;
afterEach(async () => {
  for (const client of clients.splice(0)) client.kill();
  const client = await shared;
  for (const file of client?.opened ?? []) client!.close(file);
});
after(async () => {
  (await shared)?.kill();
  scratch.remove();
});

/** One server for all tests that need nothing special of it; a test takes file names of its own. */
function server(): Promise<TestClient> {
  return (shared ??= (async () => {
    const client = new TestClient();
    await client.start();
    return client;
  })());
}

async function start(capabilities?: ClientCapabilities, options?: unknown, settings: unknown = {}): Promise<TestClient> {
  const client = new TestClient();
  clients.push(client);
  client.settings = settings;
  await client.start(capabilities, options);
  return client;
}

const uri = (name: string, base = tree): string => pathToFileURL(join(base, name)).href;

const locked = `#include <linux/slab.h>

struct burrow { spinlock_t lock; };

int burrow_dig(struct burrow *b)
{
	void *p;

	spin_lock(&b->lock);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&b->lock);
	return p ? 0 : -ENOMEM;
}
`;
const looping = `#include <linux/slab.h>

void *burrow_wait(size_t size)
{
	void *p;

	do {
		p = kmalloc(size, GFP_NOFS);
	} while (!p);
	return p;
}
`;

const plain = (over: object): ClientCapabilities => over;

test('open, change, close: diagnostics appear with their version, go with their cause, and are cleared', async () => {
  const client = await start();
  const file = uri('fs/a0.c');
  client.open(file, locked, 7);
  const { version, diagnostics } = await client.diagnostics(file);
  assert.equal(version, 7);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.severity, d.range.start, d.range.end]),
    [['sleep-in-atomic', 1, { line: 9, character: 5 }, { line: 9, character: 28 }]],
  );
  const [found] = diagnostics;
  assert.equal(found!.source, 'gfp-audit');
  assert.match(found!.codeDescription!.href, /^file:.*\/docs\/rules\/sleep-in-atomic\.md$/);
  assert.deepEqual(
    found!.relatedInformation!.map((r) => [r.location.uri, r.location.range.start.line]),
    [
      [file, 8],
      [file, 9],
    ],
  );

  client.change(file, 8, { range: { start: { line: 9, character: 17 }, end: { line: 9, character: 27 } }, text: 'GFP_ATOMIC' });
  assert.deepEqual((await client.diagnostics(file, (p) => p.version === 8)).diagnostics, []);
  client.change(file, 9, { text: locked.replace('\n', '\n\n\n') });
  const moved = await client.diagnostics(file, (p) => p.version === 9);
  assert.deepEqual(
    moved.diagnostics.map((d) => d.range.start.line),
    [11],
  );

  const before = client.published.length;
  client.close(file);
  client.open(uri('fs/b.c'), 'int x;\n');
  await client.diagnostics(uri('fs/b.c'));
  assert.deepEqual(client.published[before], { uri: file, diagnostics: [] });
  assert.equal(await client.stop(), 0);
  assert.equal(client.stderr, '');
});

test('a stream of changes: only current versions are published, in order, and the last one comes', async () => {
  const client = await start();
  const file = uri('fs/a1.c');
  client.open(file, locked, 0);
  const last = 400;
  for (let version = 1; version <= last; version++) {
    // One line more or one less at the top, so that a stale result would be a wrong line.
    const range =
      version % 2 === 1
        ? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
        : { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    client.change(file, version, { range, text: version % 2 === 1 ? '\n' : '' });
  }
  await client.diagnostics(file, (p) => p.version === last);
  const versions = client.published.map((p) => p.version!);
  assert.deepEqual(
    versions,
    [...versions].sort((a, b) => a - b),
  );
  for (const { version, diagnostics } of client.published)
    assert.deepEqual(
      diagnostics.map((d) => d.range.start.line),
      [9 + (version! % 2)],
    );
  assert.ok(client.published.length < last / 4, `${client.published.length} results for ${last} changes`);
});

test('hover and action of a text just typed speak of that text', async () => {
  const client = await server();
  const file = uri('fs/a2.c');
  client.open(file, looping.replace('GFP_NOFS', 'GFP_NOIO'), 1);
  client.change(file, 2, { text: looping });
  const text = ((await client.hover(file, 7, 8))!.contents as MarkupContent).value;
  assert.match(text, /Mask `GFP_NOFS`/);
  assert.match(text, /no `__GFP_FS`: its reclaim stays out of file systems/);
  assert.match(text, /\*\*Linux 6\.1\.0:\*\* May sleep/);
  assert.match(text, /Lines 7 to 9 repeat `kmalloc\(\)`/);
});

test('hover: a flag with what it contains, a scope call with its end, nothing on other words', async () => {
  const client = await server();
  const file = uri('fs/a3.c');
  client.open(
    file,
    `#include <linux/sched/mm.h>
void *burrow_read(void)
{
	gfp_t gfp = GFP_ATOMIC;
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(8, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return p;
}
`,
  );
  const at = async (line: number, character: number): Promise<string | undefined> =>
    ((await client.hover(file, line, character))?.contents as MarkupContent | undefined)?.value;
  const mask = await at(3, 15);
  assert.match(mask!, /`GFP_ATOMIC`.*Linux 6\.1/);
  assert.match(mask!, /`__GFP_HIGH`: may dig into the reserve/);
  assert.match(mask!, /no `__GFP_DIRECT_RECLAIM`: never sleeps/);
  assert.match((await at(4, 25))!, /without `__GFP_FS`[^]*Restored on line 8, on every path/);
  const inScope = (await at(5, 24))!;
  assert.match(inScope, /Mask `GFP_KERNEL`[^]*Effective here: `GFP_NOFS`[^]*in a nofs scope/);
  assert.equal(await at(1, 3), undefined);
  assert.equal(await at(5, 19), undefined, 'a number in the call');
  assert.equal(await at(500, 3), undefined, 'a line that is not there');
});

test('a client that shows diagnostics in hovers is not told twice what stands on the word, and is told what does not', async () => {
  const clients = [await server(), await start(full, { diagnosticsInHover: true })];
  const said = async (client: TestClient, file: string, line: number, character: number): Promise<string> =>
    ((await client.hover(file, line, character))!.contents as MarkupContent).value;
  const [all, one] = clients.map(async (client) => {
    client.open(uri('fs/a15.c'), locked);
    client.open(uri('fs/a16.c'), looping);
    return [
      await said(client, uri('fs/a15.c'), 9, 6),
      await said(client, uri('fs/a16.c'), 6, 2),
      await said(client, uri('fs/a16.c'), 8, 4),
    ];
  });
  for (const value of await all!) assert.match(value, /\*\*(error|warning)\*\*/);
  const [allocation, begin, end] = await one!;
  assert.match(allocation!, /May sleep/);
  assert.doesNotMatch(allocation!, /\*\*error\*\*/);
  assert.doesNotMatch(begin!, /\*\*warning\*\*/);
  assert.match(end!, /\*\*warning\*\*/, 'its squiggle is lines above');
});

test('hover on a lock: what is allocated and what sleeps under it; on the ends of a retry loop: what it repeats', async () => {
  const client = await server();
  const file = uri('fs/a3b.c');
  const text = `#include <linux/slab.h>

struct burrow { spinlock_t lock; struct mutex m; };

static void burrow_sleeps(struct burrow *b)
{
	msleep(3);
}

void *burrow_both(struct burrow *b, bool wait)
{
	unsigned int flags;
	void *p;

	mutex_lock(&b->m);
	flags = memalloc_nofs_save();
again:
	p = kmalloc(8, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	mutex_unlock(&b->m);
	spin_lock(&b->lock);
	p = kmalloc(8, GFP_NOWAIT);
	if (wait)
		burrow_sleeps(b);
	spin_unlock(&b->lock);
	mutex_lock(&b->m);
	mutex_unlock(&b->m);
	while (!(p = kmalloc(16, GFP_NOIO)))
		;
	return p;
}
`;
  client.open(file, text);
  const at = async (what: string, nth = 0): Promise<string> => {
    const offset =
      text
        .split(what)
        .slice(0, nth + 1)
        .join(what).length + 2;
    const line = text.slice(0, offset).split('\n').length - 1;
    const hover = await client.hover(file, line, offset - text.lastIndexOf('\n', offset - 1) - 1);
    return hover ? (hover.contents as MarkupContent).value : '';
  };
  const mutex = await at('mutex_lock');
  assert.match(mutex, /Takes the mutex `b\.m`\*\*, class `burrow\.m`[^]*Sleeping is allowed/);
  assert.match(mutex, /- line 18: `kmalloc\(\)` with `GFP_KERNEL`, in effect `GFP_NOFS`, may sleep\n?$/);
  const spin = await at('spin_lock');
  assert.match(spin, /nothing may sleep/);
  assert.match(spin, /- line 22: `kmalloc\(\)` with `GFP_NOWAIT`,(?: in effect `GFP_NOWAIT[^`]*`,)? does not sleep/);
  assert.match(spin, /- line 24: `burrow_sleeps\(\)` \*\*may sleep\*\* \([^)]*\)\n {2}- \[fs\/a3b\.c:7\]\([^)]*#L7\) `burrow_sleeps\(\)`/);
  assert.match(await at('mutex_lock', 1), /Nothing in this function allocates or sleeps under it/);
  assert.equal(await at('mutex_unlock'), '');
  assert.equal(await at('b->m'), '', 'what is locked is left to other servers');
  assert.match(await at('while'), /Lines 28 to 29 repeat `kmalloc\(\)`/);
});

test('code action: the loop becomes one request, after a look; the document then has no finding', async () => {
  const client = await server();
  const file = uri('fs/a4.c');
  client.open(file, looping);
  const { diagnostics } = await client.diagnostics(file);
  const [action, ...more] = await client.actions(file, 6, diagnostics);
  assert.equal(more.length, 0);
  assert.equal(action!.kind, 'refactor.rewrite');
  assert.deepEqual(action!.diagnostics, diagnostics);
  const { changeAnnotations, documentChanges } = action!.edit!;
  const [change] = documentChanges as TextDocumentEdit[];
  assert.deepEqual(change!.textDocument, { uri: file, version: 1 });
  for (const edit of change!.edits)
    assert.equal(changeAnnotations![(edit as { annotationId: string }).annotationId]!.needsConfirmation, true);
  const result = TextDocument.applyEdits(TextDocument.create(file, 'c', 1, looping), change!.edits as TextEdit[]);
  assert.match(result, /\n\tp = kmalloc\(size, GFP_NOFS \| __GFP_NOFAIL\);\n\treturn p;/);
  client.change(file, 2, { text: result });
  assert.deepEqual((await client.diagnostics(file, (p) => p.version === 2)).diagnostics, []);

  assert.deepEqual(await client.actions(file, 6, [], ['quickfix']), []);
  assert.deepEqual(await client.actions(file, 0), []);
});

test('a client without any optional capability gets plain diagnostics with the path in words, text hovers and no actions', async () => {
  const client = await start(plain({}));
  const file = uri('fs/a5.c');
  client.open(file, locked);
  const published = await client.diagnostics(file);
  assert.deepEqual(Object.keys(published).sort(), ['diagnostics', 'uri']);
  const [found] = published.diagnostics;
  assert.deepEqual(Object.keys(found!).sort(), ['code', 'message', 'range', 'severity', 'source']);
  assert.match(found!.message as string, /\n {2}fs\/a\d+\.c:9 burrow_dig\(\): takes the spinlock[^]*\n {2}fs\/a\d+\.c:10 /);
  const { kind, value } = (await client.hover(file, 9, 6))!.contents as MarkupContent;
  assert.equal(kind, 'plaintext');
  assert.doesNotMatch(value, /[`*]/);
  assert.match(value, /may not sleep/);
  assert.deepEqual(await client.actions(file, 9), []);
  assert.equal(await client.stop(), 0);
});

test('what is unnecessary is faded, but never the allocation itself', async () => {
  const client = await server();
  const file = uri('fs/tags.c');
  client.open(
    file,
    `#include <linux/sched/mm.h>
int burrow_two(char **p)
{
	unsigned int flags;

	p[0] = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL);
	if (!p[0])
		return -ENOMEM;
	flags = memalloc_nofs_save();
	p[1] = kmalloc(8, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	return 0;
}
`,
  );
  const { diagnostics } = await client.diagnostics(file);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.tags]),
    [
      ['nofail-null-check', undefined],
      ['scope-one-off', [1]],
    ],
  );
});

test('an edit for a client without versioned edits is a plain list of changes', async () => {
  const client = await start(
    plain({ textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['refactor'] } } } } }),
  );
  const file = uri('fs/a6.c');
  client.open(file, looping);
  const [action] = await client.actions(file, 6);
  assert.deepEqual(Object.keys(action!.edit!), ['changes']);
  assert.ok(action!.edit!.changes![file]!.length > 0);
});

test('findings depend on other open files, and on headers that are included', async () => {
  writeFileSync(join(tree, 'fs', 'deep.h'), 'static inline void *deep_alloc(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n');
  const client = await server();
  const caller = `#include "deep.h"\nstruct d { spinlock_t lock; };\nvoid *deep_get(struct d *d)\n{\n\tvoid *p;\n\n\tspin_lock(&d->lock);\n\tp = CALL();\n\tspin_unlock(&d->lock);\n\treturn p;\n}\n`;
  client.open(uri('fs/through.c'), caller.replace('CALL', 'deep_alloc'));
  const header = await client.diagnostics(uri('fs/through.c'));
  assert.deepEqual(
    header.diagnostics.map((d) => d.code),
    ['sleep-in-atomic'],
  );
  assert.equal(header.diagnostics[0]!.relatedInformation!.at(-1)!.location.uri, uri('fs/deep.h'));

  client.open(uri('fs/user.c'), caller.replace('CALL', 'other_alloc').replace('deep_get', 'other_get'));
  assert.deepEqual((await client.diagnostics(uri('fs/user.c'))).diagnostics, []);
  client.open(uri('fs/other.c'), 'void *other_alloc(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n');
  await client.diagnostics(uri('fs/user.c'), (p) => p.diagnostics.length === 1);
  client.published.length = 0;
  client.close(uri('fs/other.c'));
  await client.diagnostics(uri('fs/user.c'), (p) => p.diagnostics.length === 0);
});

test('settings: the kernel that is asked for, and confidence; a wrong one is said once', async () => {
  const client = await start(full, undefined, { kernel: '5.10', minConfidence: 'possible' });
  const file = uri('fs/a8.c');
  client.open(file, looping);
  await client.diagnostics(file);
  const hovered = ((await client.hover(file, 7, 8))!.contents as MarkupContent).value;
  assert.match(hovered, /Linux 5\.10/);
  client.settings = { kernel: 'six' };
  client.published.length = 0;
  client.notify('workspace/didChangeConfiguration', { settings: null });
  await client.diagnostics(file);
  assert.match(((await client.hover(file, 7, 8))!.contents as MarkupContent).value, /Linux 6\.1\.0/);
  assert.equal(client.warnings.filter((w) => w.includes("'six' is no kernel version")).length, 1);
});

test('gfp-audit.json switches a rule off, and a broken one is said and changes nothing', async () => {
  const own = mkdtempSync(join(tmpdir(), 'gfp-lsp-config-'));
  try {
    writeFileSync(join(own, 'Makefile'), 'VERSION = 6\nPATCHLEVEL = 12\n');
    writeFileSync(join(own, 'Kconfig'), '');
    writeFileSync(join(own, 'gfp-audit.json'), '{ "rules": { "open-coded-retry": "off" } }');
    const client = await server();
    const file = uri('a.c', own);
    client.open(file, looping);
    assert.deepEqual((await client.diagnostics(file)).diagnostics, []);
    client.published.length = 0;
    writeFileSync(join(own, 'gfp-audit.json'), '{ "rules": { "open-coded-rety": "off" } }');
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri('gfp-audit.json', own), type: 2 }] });
    assert.equal((await client.diagnostics(file)).diagnostics.length, 1);
    assert.match(client.warnings.join(), /open-coded-rety: no such rule; did you mean/);
  } finally {
    rmSync(own, { recursive: true });
  }
});

test('outside a kernel tree: kernel code is read with the newest kernel, other C is left alone', async () => {
  const out = mkdtempSync(join(tmpdir(), 'gfp-lsp-module-'));
  try {
    const client = await server();
    client.open(uri('user.c', out), 'int spin_lock(int *);\nvoid f(int *l)\n{\n\tspin_lock(l);\n\tmalloc(3);\n\tmsleep(3);\n}\n');
    client.open(uri('module.c', out), locked);
    assert.equal((await client.diagnostics(uri('module.c', out))).diagnostics.length, 1);
    assert.equal(await client.hover(uri('user.c', out), 5, 2), null);
    assert.ok(!client.published.some((p) => p.uri === uri('user.c', out)));
    client.open('untitled:Untitled-1', locked);
    assert.equal(await client.hover('untitled:Untitled-1', 9, 6), null);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('bad texts: binary, cut off, huge lines, CRLF, not closed, reopened', async () => {
  const client = await start();
  const file = uri('fs/a11.c');
  client.open(file, '\0\x01\x02ELF'.repeat(1000), 0);
  assert.equal(await client.hover(file, 0, 1), null);
  client.change(file, 2, { text: locked.slice(0, locked.indexOf('GFP_KERNEL') + 4) });
  await client.diagnostics(file, (p) => p.version === 2);
  client.change(file, 3, { text: `${'(x'.repeat(20_000)}\n${locked}` });
  await client.diagnostics(file, (p) => p.version === 3);
  client.change(file, 4, { text: locked.replaceAll('\n', '\r\n') });
  const { diagnostics } = await client.diagnostics(file, (p) => p.version === 4);
  assert.deepEqual(
    diagnostics.map((d) => [d.range.start.line, d.range.start.character]),
    [[9, 5]],
  );
  client.close(file);
  client.close(file);
  client.open(file, locked, 1);
  assert.equal((await client.diagnostics(file, (p) => p.version === 1)).diagnostics.length, 1);
  assert.equal(await client.stop(), 0);
});

test('columns count UTF-16 units', async () => {
  const client = await server();
  const file = uri('fs/a12.c');
  client.open(file, locked.replace('p = kmalloc', 'p = /* \u{1F333}é */ kmalloc'));
  const { range } = (await client.diagnostics(file)).diagnostics[0]!;
  assert.equal(range.start.character, 5 + '/* \u{1F333}é */ '.length);
});

test('malformed messages do not end the server', async () => {
  const client = new TestClient();
  clients.push(client);
  client.raw('Content-Length: 9\r\n\r\n{"json": ');
  client.send({
    id: 'early',
    method: 'textDocument/hover',
    params: { textDocument: { uri: 'file:///x.c' }, position: { line: 0, character: 0 } },
  });
  await client.start();
  await assert.rejects(client.request('textDocument/hover', { textDocument: null }));
  await assert.rejects(client.request('no/such/method', {}), /Unhandled method/);
  client.notify('textDocument/didChange', { textDocument: { uri: uri('never-opened.c'), version: 3 }, contentChanges: [{ text: 'x' }] });
  client.notify('workspace/didChangeConfiguration', { settings: 17 });
  client.open('not a uri', locked);
  client.open(uri('fs/a13.c'), locked);
  assert.equal((await client.diagnostics(uri('fs/a13.c'))).diagnostics.length, 1);
  assert.equal(await client.stop(), 0);
});

test('places that are not there, ranges that run backwards, answers of another server: an answer, and the server goes on', async () => {
  const client = await server();
  const file = uri('fs/a14.c');
  client.open(file, locked, 1);
  const { diagnostics } = await client.diagnostics(file);
  const textDocument = { uri: file };
  const far = { line: 2 ** 31 - 1, character: 2 ** 31 - 1 };
  const before = { line: -1, character: -7 };
  for (const position of [far, before, { line: 9, character: 2 ** 31 - 1 }, { line: 1.5, character: 0.5 }]) {
    assert.equal(await client.hover(file, position.line, position.character), null);
    assert.deepEqual(await client.request('textDocument/completion', { textDocument, position, context: { triggerKind: 1 } }), []);
    const page = await client.request<{ title: string } | null>('gfpAudit/explain', { textDocument, position });
    // A place behind the end of a line means the line.
    assert.equal(page?.title, position.line === 9 ? 'kmalloc' : undefined);
  }
  const nowhere = [
    { start: far, end: far },
    { start: before, end: before },
  ];
  for (const range of nowhere)
    assert.deepEqual(await client.request('textDocument/codeAction', { textDocument, range, context: { diagnostics } }), []);
  // Backwards over the finding, with a diagnostic of somebody else's.
  const backwards = { start: { line: 11, character: 0 }, end: { line: 2, character: 0 } };
  const foreign = [{ range: backwards, message: 'unused', code: 17, source: 'cc' }];
  assert.ok(
    Array.isArray(await client.request('textDocument/codeAction', { textDocument, range: backwards, context: { diagnostics: foreign } })),
  );
  for (const data of [
    undefined,
    17,
    { uri: file },
    { uri: file, version: 1, finding: 99, fix: 0 },
    { uri: 'nowhere:', version: 1, finding: 0, fix: 'all' },
  ]) {
    const action = await client.request<CodeAction>('codeAction/resolve', {
      title: 'of another server',
      ...(data === undefined ? {} : { data }),
    });
    assert.equal(action.edit, undefined);
  }
  // An edit beyond the end appends; the one after it counts on the text that came of it.
  client.published.length = 0;
  client.change(file, 2, { range: { start: far, end: far }, text: '\n/* end */\n' });
  client.change(file, 3, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '\n' });
  const after = await client.diagnostics(file, (p) => p.version === 3);
  assert.deepEqual(
    after.diagnostics.map((d) => d.range.start.line),
    [10],
  );
});

test('exit without shutdown is status 1; a transport must be named', async () => {
  const client = await start();
  const gone = new Promise((resolve) => client.process.once('exit', resolve));
  client.notify('exit', null);
  assert.equal(await gone, 1);
  const { program } = await import('./client.js');
  const bare = new TestClient([program, 'lsp']);
  clients.push(bare);
  assert.equal(await new Promise((resolve) => bare.process.once('exit', resolve)), 2);
  assert.match(bare.stderr, /gfp-audit lsp --stdio/);
});
