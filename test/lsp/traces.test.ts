/** Edit traces over stdio: after every pause the diagnostics are those of a fresh server; questions may be cancelled and come in any order. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, before, test } from 'node:test';
import type { Diagnostic } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { scratchTree, TestClient } from './client.js';

const scratch = scratchTree(1);
const { path: tree, uri } = scratch;
const client = new TestClient();
/** Opens the same text under another name, as if nothing had been known of it. */
const fresh = new TestClient();
before(async () => {
  await Promise.all([client.start(), fresh.start()]);
});
after(() => {
  client.kill();
  fresh.kill();
  scratch.remove();
});

const text = `#include <linux/slab.h>
struct sett { spinlock_t lock; };

static void *sett_new(struct sett *s)
{
	return kmalloc(8, GFP_KERNEL);
}

void *sett_get(struct sett *s)
{
	void *p;

	spin_lock(&s->lock);
	p = sett_new(s);
	spin_unlock(&s->lock);
	return p;
}

void *sett_wait(size_t size)
{
	void *p;

	do {
		p = kmalloc(size, GFP_NOFS);
	} while (!p);
	return p;
}
`;
const seen = (list: readonly Diagnostic[]): unknown[] => list.map((d) => [d.code, d.range.start, d.range.end, d.message]);

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  onLine: fc.boolean(),
  removed: fc.integer({ min: 0, max: 6 }),
  typed: fc.constantFrom(
    '\n',
    'x',
    ';',
    '}',
    '{',
    '/*',
    '*/',
    ' ',
    'GFP_ATOMIC',
    'msleep(1);\n',
    '\r\n',
    '\u{1F333}',
    'spin_lock(&s->lock);\n',
    '#if 0\n',
  ),
});

test('incremental equals fresh after every pause of a trace', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 6 }), async (edits) => {
      const file = uri(`fs/t${++run}.c`);
      let document = TextDocument.create(file, 'c', 1, text);
      client.open(file, text);
      for (const { at, onLine, removed, typed } of edits) {
        const whole = document.getText();
        let from = Math.floor(at * whole.length);
        if (onLine) from = whole.lastIndexOf('\n', from) + 1;
        const range = { start: document.positionAt(from), end: document.positionAt(Math.min(whole.length, from + removed)) };
        document = TextDocument.update(document, [{ range, text: typed }], document.version + 1);
        client.change(file, document.version, { range, text: typed });
      }
      // The answer to a question about the last version comes when all is settled.
      await client.hover(file, 0, 0);
      const got = client.published.findLast((p) => p.uri === file)!;
      fresh.open(file, document.getText());
      await fresh.hover(file, 0, 0);
      const want = fresh.published.findLast((p) => p.uri === file)!;
      client.close(file);
      fresh.close(file);
      assert.deepEqual(seen(got.diagnostics), seen(want.diagnostics));
      assert.equal(got.version, document.version);
    }),
    { numRuns: 12 },
  );
});

test('questions that are cancelled or come in any order do no harm', async () => {
  const file = uri('fs/asked.c');
  client.open(file, text);
  const asked = Array.from({ length: 30 }, (_, i) => {
    if (i % 3 === 0) client.change(file, i + 2, { text: `${'\n'.repeat(i)}${text}` });
    return client.hover(file, 5 + (i - (i % 3)), 9).catch(() => null);
  });
  for (let id = 5; id < 40; id += 4) client.notify('$/cancelRequest', { id });
  await Promise.all(asked);
  await client.hover(file, 0, 0);
  const last = client.published.findLast((p) => p.uri === file)!;
  assert.equal(last.version, 29);
  assert.deepEqual(
    last.diagnostics.map((d) => d.range.start.line),
    [13 + 27, 22 + 27],
  );
  client.close(file);
});

test('a thousand changes in a second: the last version is judged, and no line is wrong on the way', async () => {
  const file = uri('fs/fast.c');
  client.open(file, text);
  await client.hover(file, 0, 0);
  client.published.length = 0;
  for (let version = 2; version <= 1001; version++)
    client.change(file, version, { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, text: '\n' });
  await client.diagnostics(file, (p) => p.version === 1001);
  for (const { version, diagnostics, uri: of } of client.published)
    if (of === file)
      assert.deepEqual(
        diagnostics.map((d) => d.range.start.line),
        [13 + version! - 1, 22 + version! - 1],
      );
  client.close(file);
});

test('files deleted, folders renamed, a binary, a file that was never saved: no crash, no stale findings', async () => {
  writeFileSync(join(tree, 'fs', 'gone.c'), text);
  client.open(uri('fs/gone.c'), text);
  assert.equal((await client.diagnostics(uri('fs/gone.c'))).diagnostics.length, 2);
  rmSync(join(tree, 'fs', 'gone.c'));
  client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri('fs/gone.c'), type: 3 }] });
  client.change(uri('fs/gone.c'), 2, { text: `\n${text}` });
  assert.equal((await client.diagnostics(uri('fs/gone.c'), (p) => p.version === 2)).diagnostics.length, 2);
  renameSync(join(tree, 'fs'), join(tree, 'moved'));
  client.close(uri('fs/gone.c'));
  client.open(uri('moved/gone.c'), text);
  assert.equal((await client.diagnostics(uri('moved/gone.c'))).diagnostics.length, 2);
  assert.deepEqual(client.published.findLast((p) => p.uri === uri('fs/gone.c'))!.diagnostics, []);
  // A folder renamed under an open file, by somebody who tells the editor nothing: its header is gone, its text is the editor's.
  const caller = `#include "sett.h"\n${text.replace('struct sett { spinlock_t lock; };\n', '')}`;
  mkdirSync(join(tree, 'den'));
  writeFileSync(join(tree, 'den', 'sett.h'), 'struct sett { spinlock_t lock; };\n');
  writeFileSync(join(tree, 'den', 'user.c'), caller);
  client.open(uri('den/user.c'), caller);
  const lines = (list: readonly Diagnostic[]): number[] => list.map((d) => d.range.start.line);
  const was = lines((await client.diagnostics(uri('den/user.c'))).diagnostics);
  assert.equal(was.length, 2);
  renameSync(join(tree, 'den'), join(tree, 'lair'));
  client.change(uri('den/user.c'), 2, { text: `\n${caller}` });
  const now = await client.diagnostics(uri('den/user.c'), (p) => p.version === 2);
  assert.deepEqual(
    lines(now.diagnostics),
    was.map((line) => line + 1),
  );
  client.notify('workspace/didChangeWatchedFiles', {
    changes: [
      { uri: uri('den'), type: 3 },
      { uri: uri('lair'), type: 1 },
    ],
  });
  assert.notEqual(await client.hover(uri('den/user.c'), 14, 6), undefined);
  client.open(uri('moved/binary.c'), '\u007fELF\0\0\0'.repeat(5000));
  assert.equal(await client.hover(uri('moved/binary.c'), 0, 0), null);
  client.open('untitled:new.c', text);
  client.open('file:///', text);
  assert.equal(await client.hover('untitled:new.c', 5, 9), null);
  assert.equal(await client.stop(), 0);
  assert.equal(client.stderr, '');
});
