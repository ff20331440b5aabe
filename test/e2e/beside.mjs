/**
 * The extension beside another one that reads C: both hover, both find, neither takes the other's place or says the same twice. The other is
 * made here, and offers by the editor's own interfaces what a C extension does.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/setup.mjs';
import { inEditor } from './editor.mjs';

const RING = 'drivers/net/wren/ring.c';

/** Reads C as far as words go. */
const OTHER = `
const vscode = require('vscode');
const C = { language: 'c' };
exports.activate = (context) => {
  const found = vscode.languages.createDiagnosticCollection('reader');
  const look = (document) => {
    if (document.languageId !== 'c') return;
    const at = document.getText().indexOf('kcalloc');
    if (at < 0) return;
    const one = new vscode.Diagnostic(new vscode.Range(document.positionAt(at), document.positionAt(at + 7)), 'the reader warns', 1);
    one.source = 'reader';
    found.set(document.uri, [one]);
  };
  vscode.workspace.textDocuments.forEach(look);
  const declared = (document, position) => {
    const range = document.getWordRangeAtPosition(position);
    const at = range && document.getText().indexOf(document.getText(range));
    return range && { range, word: document.getText(range), place: new vscode.Location(document.uri, document.positionAt(at)) };
  };
  const { languages } = vscode;
  context.subscriptions.push(
    found,
    vscode.workspace.onDidOpenTextDocument(look),
    languages.registerHoverProvider(C, {
      provideHover(document, position) {
        const it = declared(document, position);
        return it && new vscode.Hover('the reader knows ' + it.word, it.range);
      },
    }),
    languages.registerDefinitionProvider(C, { provideDefinition: (document, position) => declared(document, position)?.place }),
    languages.registerCodeActionsProvider(C, {
      provideCodeActions: () => [new vscode.CodeAction('What the reader would do', vscode.CodeActionKind.QuickFix.append('reader'))],
    }),
  );
};
`;

/** Packs the other extension. @returns the package's path */
function packed(scratch) {
  const folder = join(scratch, 'reader');
  mkdirSync(folder, { recursive: true });
  const manifest = {
    ...{ name: 'reader', publisher: 'beside', version: '1.0.0', license: 'MIT', engines: { vscode: '^1.91.0' } },
    ...{ main: './extension.js', activationEvents: ['onLanguage:c'] },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.js'), OTHER);
  writeFileSync(join(folder, 'README.md'), 'Reads C.\n');
  const to = join(scratch, 'reader.vsix');
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  execFileSync(process.execPath, [vsce, 'package', ...flags, '--out', to], { cwd: folder, stdio: ['ignore', 2, 2] });
  return to;
}

export async function beside(given) {
  const { vsix, tree, scratch } = given;
  mkdirSync(scratch, { recursive: true });
  const folder = join(scratch, 'workspace');
  cpSync(tree, folder, { recursive: true });
  return inEditor('beside', { ...given, vsix: [packed(scratch), vsix] }, folder, walk);
}

async function walk(steps) {
  const { page } = steps.workbench;
  const times = (text, part) => text.split(part).length - 1;

  await steps.step('findings of both stand in Problems', async (wb) => {
    await wb.open(RING);
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Shift+M');
    await wb.problems().filter({ hasText: "'kcalloc' with GFP_KERNEL may sleep" }).first().waitFor();
    await wb.problems().filter({ hasText: 'the reader warns' }).first().waitFor();
    await page.keyboard.press('Control+J');
  });

  await steps.step('on an allocation both hover, each once', async (wb) => {
    const hover = await wb.pictured(wb.token('kcalloc'));
    await hover.filter({ hasText: 'the reader knows kcalloc' }).waitFor();
    const text = await hover.innerText();
    assert.equal(times(text, 'the reader knows kcalloc'), 1);
    assert.equal(times(text, 'kcalloc in wren_ring_grow()'), 1, text);
    assert.equal(times(text, "'kcalloc' with GFP_KERNEL may sleep"), 1, text);
    await hover.getByText('the reader knows kcalloc').scrollIntoViewIfNeeded();
    await wb.shot('beside-light');
    await page.keyboard.press('Escape');
  });

  await steps.step('other words are left to the other', async (wb) => {
    const hover = await wb.hover(wb.token('swap'));
    await hover.filter({ hasText: 'the reader knows swap' }).waitFor();
    assert.match(await hover.innerText(), /^\s*the reader knows swap\s*$/);
    await page.keyboard.press('Escape');
  });

  await steps.step('a definition is the one of the other, and the menu has the actions of both', async (wb) => {
    await wb.goTo('30:10');
    await page.keyboard.press('F12');
    await page.locator('.statusbar-item').filter({ hasText: 'Ln 12,' }).first().waitFor();
    const row = (text) => page.locator('.action-widget .monaco-list-row').filter({ hasText: text }).first();
    await wb.actions(row('What the reader would do'));
    await row('Allocate before the lock is taken').waitFor();
    await page.keyboard.press('Escape');
  });
}
