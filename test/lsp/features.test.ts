/** What the server offers beside diagnostics and hovers, over stdio. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CodeAction,
  CodeLens,
  CompletionItem,
  DocumentDiagnosticReport,
  InitializeResult,
  InlayHint,
  TextDocumentEdit,
  TextEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type {
  AuditAnswer,
  RuleResult,
  SimulateResult,
  SimulatorChoices,
  SiteRequest,
  Status,
  ExplainResult,
} from '../../server/src/lsp/requests.js';
import { full, scratchTree, TestClient } from './client.js';

const scratch = scratchTree(12);
const tree = scratch.path;
const client = new TestClient();
const file = scratch.uri('fs/burrow.c');
const text = `#include <linux/slab.h>
#include <linux/sched/mm.h>

struct burrow { spinlock_t lock; };

static void *burrow_new(struct burrow *b)
{
	return kmalloc(8, GFP_KERNEL);
}

void *burrow_get(struct burrow *b)
{
	void *p;

	spin_lock(&b->lock);
	p = burrow_new(b);
	spin_unlock(&b->lock);
	return p;
}

void *burrow_scope(size_t size)
{
	unsigned int flags = memalloc_nofs_save();
	void *p = kmalloc(size, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return p;
}

void *burrow_wait(size_t size)
{
	void *p;

	do {
		p = kmalloc(size, GFP_NOFS);
	} while (!p);
	return p;
}
`;
const commands = ['gfpAudit.explainAt', 'gfpAudit.simulateAt', 'gfpAudit.contextsAt'];
let initialized: InitializeResult;
const lineOf = (what: string): number => text.slice(0, text.indexOf(what)).split('\n').length - 1;
const at = (line: number, character: number): object => ({ textDocument: { uri: file }, position: { line, character } });

before(async () => {
  writeFileSync(join(tree, 'fs/burrow.c'), text);
  const { textDocument, workspace } = full;
  client.settings = { inlayHints: { masks: true, atomic: true }, codeLens: { contexts: true, allocations: true }, callHierarchy: true };
  initialized = await client.start(
    {
      ...full,
      textDocument: {
        ...textDocument,
        codeAction: { ...textDocument!.codeAction, dataSupport: true, disabledSupport: true, resolveSupport: { properties: ['edit'] } },
        completion: { completionItem: { documentationFormat: ['markdown'], tagSupport: { valueSet: [1] } } },
        inlayHint: {},
        codeLens: {},
        callHierarchy: {},
      },
      workspace: { ...workspace, workspaceEdit: { ...workspace!.workspaceEdit, resourceOperations: ['create'] } },
    },
    { commands },
  );
  client.open(file, text);
  await client.diagnostics(file);
});
after(() => {
  client.kill();
  scratch.remove();
});

test('completion: masks of this kernel; where sleeping is forbidden those that sleep are marked, explained and last', async () => {
  const typed = text.replace('p = burrow_new(b);', 'p = kmalloc(8, GF);');
  client.change(file, 2, { text: typed });
  const line = lineOf('p = burrow_new');
  const items = await client.request<CompletionItem[]>('textDocument/completion', at(line, '\tp = kmalloc(8, GF'.length));
  const of = (label: string): CompletionItem => items.find((item) => item.label === label)!;
  assert.deepEqual(of('GFP_KERNEL').tags, [1]);
  assert.match(of('GFP_KERNEL').detail!, /may sleep; burrow\.lock is held/);
  assert.equal(of('GFP_ATOMIC').tags, undefined);
  assert.ok(of('GFP_ATOMIC').sortText! < of('GFP_KERNEL').sortText!);
  assert.equal((of('GFP_ATOMIC').textEdit as TextEdit).newText, 'GFP_ATOMIC');
  assert.ok(!items.some(({ label }) => /_MASK$|^___/.test(label)));
  client.change(file, 3, { text });
  const quiet = await client.request<CompletionItem[]>('textDocument/completion', at(lineOf('return kmalloc'), 7));
  assert.deepEqual(quiet, [], 'other words are left to other servers');
});

test('hints, lenses and callers, once switched on', async () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
  const hints = await client.request<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri: file }, range });
  assert.deepEqual(
    hints.map((hint) => [hint.position.line, hint.position.character, hint.label]),
    [
      [lineOf('static void *burrow_new'), 'static void *burrow_new(struct burrow *b)'.length, 'atomic'],
      [lineOf('void *p = kmalloc'), '\tvoid *p = kmalloc(size, GFP_KERNEL)'.length, '→ GFP_NOFS'],
    ],
  );
  const lenses = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: file } });
  const first = lenses.filter((lens) => lens.range.start.line === lineOf('static void *burrow_new')).map((lens) => lens.command!.title);
  assert.deepEqual(first, ['1 context, 1 atomic · 1 caller', '1 allocation']);
  const [item] = await client.request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', at(lineOf('static void *burrow_new'), 16));
  assert.equal(item!.name, 'burrow_new');
  const calls = await client.request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
  assert.deepEqual(
    calls.map(({ from, fromRanges }) => [from.name, from.detail, fromRanges[0]!.start.line]),
    [['burrow_get', 'with burrow.lock', lineOf('p = burrow_new')]],
  );
});

test('actions: fixes come with their edits when chosen, commands as the client has them, mute writes the files', async () => {
  const { diagnostics } = await client.diagnostics(file, (p) => p.version === 3);
  const line = diagnostics.find((d) => d.code === 'open-coded-retry')!.range.start.line;
  const actions = await client.actions(
    file,
    line,
    diagnostics.filter((d) => d.range.start.line === line),
  );
  const fix = actions.find((a) => a.kind === 'refactor.rewrite')!;
  assert.equal(fix.edit, undefined);
  const resolved = await client.request<CodeAction>('codeAction/resolve', fix);
  const [change] = resolved.edit!.documentChanges as TextDocumentEdit[];
  const result = TextDocument.applyEdits(TextDocument.create(file, 'c', 1, text), change!.edits as TextEdit[]);
  assert.match(result, /__GFP_NOFAIL/);
  assert.ok(Object.values(resolved.edit!.changeAnnotations!).every((a) => a.needsConfirmation));
  assert.ok(actions.some((a) => a.command?.command === 'gfpAudit.explainAt'));

  const mute = actions.find((a) => a.title === 'Mute open-coded-retry here')!;
  const { edit } = await client.request<CodeAction>('codeAction/resolve', mute);
  for (const one of edit!.documentChanges!) {
    if ('kind' in one) continue;
    writeFileSync(fileURLToPath((one as TextDocumentEdit).textDocument.uri), (one.edits[0] as TextEdit).newText);
  }
  assert.match(readFileSync(join(tree, 'gfp-audit.json'), 'utf8'), /gfp-audit\.suppressions\.json/);
  client.published.length = 0;
  client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToFileURL(join(tree, 'gfp-audit.json')).href, type: 1 }] });
  const muted = await client.diagnostics(file);
  assert.ok(!muted.diagnostics.some((d) => d.code === 'open-coded-retry'), JSON.stringify(muted.diagnostics.map((d) => d.code)));
  assert.deepEqual(client.warnings, []);
  // An action of another version does nothing.
  client.change(file, 4, { text: `\n${text}` });
  assert.equal((await client.request<CodeAction>('codeAction/resolve', fix)).edit, undefined);
  client.change(file, 5, { text });
});

test('what is not offered is said with its reason: a disabled action, a part of the explanation', async () => {
  const other = pathToFileURL(join(tree, 'fs/spin.c')).href;
  client.open(
    other,
    `#include <linux/slab.h>
struct burrow { spinlock_t lock; };
void *burrow_spin(struct burrow *b)
{
	void *p;

	spin_lock(&b->lock);
	do {
		p = kmalloc(8, GFP_ATOMIC);
	} while (!p);
	spin_unlock(&b->lock);
	return p;
}
`,
  );
  await client.diagnostics(other);
  const idle = (await client.actions(other, 7)).filter((action) => action.disabled);
  assert.deepEqual(
    idle.map(({ title, edit }) => [title, edit]),
    [
      ['Ask once, with __GFP_NOFAIL', undefined],
      ['Allocate before the lock is taken', undefined],
    ],
  );
  assert.match(idle[0]!.disabled!.reason, /^The loop runs where waiting is forbidden/);
  const { markdown } = await client.request<ExplainResult>('gfpAudit/explain', {
    textDocument: { uri: other },
    position: { line: 7, character: 2 },
  });
  assert.match(markdown, /\*\*What can be done\*\*[^]*Allocate before the lock is taken\*\* \(by hand\)[^]*not offered, the loop runs/);
  client.close(other);
});

test('the simulator, rules, status, an audit: the extension asks', async () => {
  const site = await client.request<SiteRequest>('gfpAudit/siteRequest', at(lineOf('void *p = kmalloc'), 14));
  assert.equal(site.request.gfp, 'GFP_KERNEL');
  assert.deepEqual(site.request.scope, ['nofs']);
  const { runs } = await client.request<SimulateResult>('gfpAudit/simulate', {
    runs: [site.request, { gfp: 'GFP_NONSENSE' }],
    picture: 'dark',
  });
  assert.ok('answer' in runs[0]! && runs[0].svg!.startsWith('<svg'));
  assert.ok('error' in runs[1]! && /GFP_NONSENSE/.test(runs[1].error));
  const choices = await client.request<SimulatorChoices>('gfpAudit/simulatorChoices', { textDocument: { uri: file } });
  assert.equal(choices.kernel, '6.12.0');
  assert.ok(choices.flags.includes('__GFP_NOFAIL') && choices.scenarios.length > 5);
  const rule = await client.request<RuleResult>('gfpAudit/rule', { id: 'sleep-in-atomic' });
  assert.match(rule.markdown, /^# sleep-in-atomic/m);
  assert.equal(await client.request('gfpAudit/rule', { id: 'no-such' }), null);
  const explained = await client.request<ExplainResult>('gfpAudit/explain', at(lineOf('void *p = kmalloc'), 14));
  assert.match(explained.markdown, /in a nofs scope/);
  const { projects } = await client.request<Status>('gfpAudit/status', {});
  assert.deepEqual(
    projects.map((p) => [p.kernel, p.openFiles, p.index.state]),
    [['6.12.0', 1, 'none']],
  );
  const audit = await client.request<AuditAnswer>('gfpAudit/audit', {
    uri: pathToFileURL(tree).href,
    scope: 'path',
    format: 'sarif',
    workDoneToken: 'a',
  });
  assert.equal(audit.counts.error, 1);
  assert.match(audit.report, /"version":\s*"2\.1\.0"/);
  const missing = await client.request<AuditAnswer>('gfpAudit/audit', {
    uri: `${pathToFileURL(tree).href}/none`,
    scope: 'path',
    format: 'none',
  });
  assert.match(missing.problems.join(), /none: /);
  await assert.rejects(client.request('gfpAudit/audit', { uri: 'untitled:a', scope: 'path', format: 'none' }), /no file or folder/);
});

test('a client that asks for diagnostics is sent none, and is told when nothing has changed', async () => {
  const asking = new TestClient();
  try {
    const { capabilities } = await asking.start(
      { ...full, textDocument: { ...full.textDocument, diagnostic: {} } },
      { diagnostics: 'pull' },
    );
    assert.ok(capabilities.diagnosticProvider);
    assert.equal(initialized.capabilities.diagnosticProvider, undefined);
    asking.open(file, text);
    const pull = (previousResultId?: string): Promise<DocumentDiagnosticReport> =>
      asking.request('textDocument/diagnostic', { textDocument: { uri: file }, ...(previousResultId ? { previousResultId } : {}) });
    const report = await pull();
    assert.ok(report.kind === 'full' && report.items.some((d) => d.code === 'sleep-in-atomic'));
    assert.equal((await pull(report.resultId)).kind, 'unchanged');
    asking.change(file, 2, { text: text.replace('GFP_KERNEL', 'GFP_ATOMIC') });
    const next = await pull(report.resultId);
    assert.ok(next.kind === 'full' && !next.items.some((d) => d.code === 'sleep-in-atomic'));
    assert.deepEqual(asking.published, []);
  } finally {
    asking.kill();
  }
});
