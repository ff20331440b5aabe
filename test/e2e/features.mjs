/** What is switched on, chosen or asked for by a command, in a window of two roots: two kernel trees of two versions. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inEditor, startEditor } from './editor.mjs';

const RING = 'drivers/net/wren/ring.c';
const PEER = 'drivers/net/wren/peer.c';
const peer = (mask) => `#include "wren.h"\n\nvoid *wren_peer(void)\n{\n\treturn kmalloc(8, ${mask});\n}\n`;
/** Judged by what a function of another file does; the unused test shows that it has been looked at. */
const USER = `#include "wren.h"

void *wren_user(struct wren_ring *ring)
{
	void *p;

	spin_lock(&ring->lock);
	p = wren_peer();
	spin_unlock(&ring->lock);
	if (!p)
		p = kmalloc(8, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);
	return p;
}
`;
const EXTENTS = 'fs/burrow/extents.c';

export async function features(given) {
  const { tree, scratch } = given;
  const [folder, marl] = [join(scratch, 'workspace'), join(scratch, 'marl')];
  cpSync(tree, folder, { recursive: true });
  // A loop whose allocation lies below functions of other files, in a tree of its own.
  mkdirSync(join(marl, 'fs'), { recursive: true });
  cpSync(join(import.meta.dirname, '..', 'fix', 'ext4-truncate'), join(marl, 'fs', 'marl'), { recursive: true });
  writeFileSync(join(marl, 'Makefile'), 'VERSION = 5\nPATCHLEVEL = 10\nSUBLEVEL = 0\n');
  writeFileSync(join(marl, 'Kconfig'), 'mainmenu "marl"\n');
  writeFileSync(join(folder, PEER), peer('GFP_ATOMIC'));
  writeFileSync(join(folder, 'drivers/net/wren/user.c'), USER);
  const roots = join(scratch, 'two.code-workspace');
  writeFileSync(roots, JSON.stringify({ folders: [{ path: folder }, { path: marl }] }));
  return inEditor('features', given, roots, async (steps, show) => {
    await twoRoots(steps, folder);
    await show(folder);
    await chosen(steps, folder);
    await untrusted(steps, given, folder);
  });
}

const status = (page, text) => page.locator('.statusbar-item').filter({ hasText: text }).first();

async function twoRoots(steps, folder) {
  const { page } = steps.workbench;

  await steps.step('each of two roots has the kernel of its own tree', async (wb) => {
    await wb.open(RING);
    await status(page, 'Linux 6.12').waitFor();
    await wb.open('fs/marl/space.c');
    await status(page, 'Linux 5.10').waitFor();
    await wb.shot('two-roots-light');
  });

  await steps.step('a change through several files is reviewed file by file, then made in all of them', async (wb) => {
    await wb.goTo('48:1');
    const action = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'through 4 files' }).first();
    // The callees stand in files that are not open: the index must be there.
    await page.locator('[aria-label*="index ready"]').first().waitFor();
    await wb.actions(action);
    await wb.shot('refactor-menu-light');
    await wb.choose(action);
    const preview = page.locator('.bulk-edit-panel');
    const files = preview.locator('.monaco-list-row').filter({ hasText: /\.[ch]\s*marl • fs\/marl/ });
    await files.nth(3).waitFor();
    assert.equal(await files.count(), 4);
    await wb.shot('refactor-preview-light');
    for (const box of await files.locator('input[type=checkbox]').all()) await box.check();
    await wb.shot('refactor-checked-light');
    await preview.locator('.monaco-button').filter({ hasText: 'Apply' }).click();
    await wb.lines('GFP_NOFS | __GFP_NOFAIL').first().waitFor();
    await wb.command('File: Save All');
    await page.locator('.tab.dirty').first().waitFor({ state: 'detached' });
  });

  await steps.step('an audit of one of two roots, chosen', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Audit Workspace');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'marl' }).first().click();
    await page.locator('.tab.active').filter({ hasText: 'Audit of marl' }).waitFor();
    await wb.lines('Linux 5.10').first().waitFor();
    await wb.closeAll();
  });

  await steps.step('the other root is as it was', () =>
    assert.equal(readFileSync(join(folder, RING), 'utf8'), readFileSync(join(import.meta.dirname, '..', 'sample', RING), 'utf8')),
  );
}

/** A folder that nobody has said to trust: findings and hovers as elsewhere, since nothing of it is run. */
async function untrusted(steps, { tools, vsix, scratch }, folder) {
  const editor = await startEditor({
    entry: tools.codeServer,
    vsix,
    scratch: join(scratch, 'untrusted'),
    trust: true,
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  });
  const { page } = steps.workbench;
  try {
    await steps.workbench.show(editor, folder);
    await steps.step('in a folder that is not trusted findings show all the same', async (wb) => {
      await page.getByText('Restricted Mode').first().waitFor();
      await wb.open(RING);
      await page.locator('.squiggly-error').first().waitFor();
      const hover = await wb.hover(wb.token('kcalloc'));
      await hover.filter({ hasText: 'May sleep' }).waitFor();
      await wb.shot('untrusted-light');
    });
  } finally {
    await editor.stop();
  }
}

async function chosen(steps, folder) {
  const { page } = steps.workbench;
  const configure = (settings) => {
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
  };
  const finding = (wb) => wb.problems().filter({ hasText: "'kcalloc' with GFP_KERNEL may sleep" }).first();

  await steps.step('a lock tells what happens under it', async (wb) => {
    await wb.open(RING);
    await page.locator('.squiggly-error').first().waitFor();
    const hover = await wb.hover(wb.token('spin_lock_irqsave'));
    await hover.filter({ hasText: 'Under it, in this function' }).waitFor();
    await wb.shot('hover-lock-light');
    await page.keyboard.press('Escape');
  });

  await steps.step('quiet until switched on: hints, lenses', async (wb) => {
    await wb.closeAll();
    await wb.open(EXTENTS, 70);
    await page.locator('.squiggly-error').first().waitFor();
    assert.equal(await page.locator('.codelens-decoration').count(), 0);
    configure({
      ...{ 'gfpAudit.inlayHints.masks': true, 'gfpAudit.inlayHints.atomic': true },
      ...{ 'gfpAudit.codeLens.contexts': true, 'gfpAudit.codeLens.allocations': true, 'gfpAudit.callHierarchy': true },
    });
    await wb.lines('→ GFP_NOFS').first().waitFor();
    await page.locator('.codelens-decoration:visible').filter({ hasText: 'allocation' }).first().waitFor();
    await wb.shot('hints-light');
    await wb.turn('dark');
    await wb.shot('hints-dark');
    await wb.turn('light');
  });

  await steps.step('a call hierarchy with what is held', async (wb) => {
    await wb.closeAll();
    await wb.open('drivers/net/wren/main.c', '32:22');
    await wb.command('Peek Call Hierarchy');
    const tree = page.locator('.call-hierarchy .monaco-list-row');
    await tree.filter({ hasText: 'wren_start' }).first().waitFor();
    await wb.shot('calls-light');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  await steps.step('masks are completed, those that do not fit are marked and explained', async (wb) => {
    await wb.closeAll();
    const line = readFileSync(join(folder, RING), 'utf8').split('\n')[11];
    await wb.open(RING, `12:${line.indexOf(')', line.indexOf('GFP_')) + 1}`);
    for (let i = 0; i < 6; i++) await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+Space');
    const row = page.locator('.suggest-widget .monaco-list-row');
    await row.filter({ hasText: 'GFP_ATOMIC' }).first().waitFor();
    assert.ok((await row.locator('.label-name, .monaco-icon-label.deprecated').count()) > 0);
    await row.filter({ hasText: 'GFP_KERNEL' }).first().scrollIntoViewIfNeeded();
    await wb.shot('completion-light');
    await page.keyboard.press('Escape');
    for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Z');
    await wb.command('File: Revert File');
    configure({});
    await page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
  });

  await steps.step('another kernel is chosen, and taken back', async (wb) => {
    await wb.command('GFP Audit: Select Kernel Version');
    const choice = (text) => page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
    await choice('5.10').waitFor();
    await wb.shot('kernels-light');
    await choice('5.10').click();
    await status(page, 'Linux 5.10').waitFor();
    const hover = await wb.hover(wb.token('kcalloc'));
    await hover.filter({ hasText: 'Linux 5.10' }).waitFor();
    await page.keyboard.press('Escape');
    await wb.command('GFP Audit: Select Kernel Version');
    await choice('auto').click();
    await status(page, 'Linux 6.12').waitFor();
  });

  await steps.step('gfp-audit.json counts as soon as it is written', async (wb) => {
    await page.keyboard.press('Control+Shift+M');
    await finding(wb).waitFor();
    writeFileSync(join(folder, 'gfp-audit.json'), '{ "rules": { "sleep-in-atomic": "off" } }\n');
    await finding(wb).waitFor({ state: 'detached' });
    writeFileSync(join(folder, 'gfp-audit.json'), '{}\n');
    await finding(wb).waitFor();
  });

  await steps.step('what another program writes into a closed file counts in an open one', async (wb) => {
    await wb.closeAll();
    await wb.open('drivers/net/wren/user.c');
    await page.locator('.squiggly-info, .squiggly-warning').first().waitFor();
    const row = wb.problems().filter({ hasText: "'wren_peer' may sleep" }).first();
    assert.equal(await row.count(), 0);
    writeFileSync(join(folder, PEER), peer('GFP_KERNEL'));
    await row.waitFor();
    writeFileSync(join(folder, PEER), peer('GFP_ATOMIC'));
    await row.waitFor({ state: 'detached' });
  });

  await steps.step('the audit is exported as SARIF', async (wb) => {
    await wb.command('GFP Audit: Export Audit as SARIF');
    const input = page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await page.locator('.quick-input-widget').filter({ hasText: 'Export the audit as SARIF' }).waitFor();
    await page.keyboard.press('Enter');
    const notice = page.locator('.notification-toast').filter({ hasText: 'written to gfp-audit.sarif' });
    await notice.waitFor();
    await wb.shot('sarif-light');
    const { version, runs } = JSON.parse(readFileSync(join(folder, 'gfp-audit.sarif'), 'utf8'));
    assert.equal(version, '2.1.0');
    assert.ok(runs[0].results.length > 20);
    await notice.locator('.monaco-button').filter({ hasText: 'Open' }).click();
    await page.locator('.tab.active').filter({ hasText: 'gfp-audit.sarif' }).waitFor();
    await wb.command('GFP Audit: Clear Audit Results');
  });

  await steps.step('the server is started again, and what it said comes back', async (wb) => {
    await wb.closeAll();
    await wb.open(RING);
    await finding(wb).waitFor();
    await wb.command('GFP Audit: Restart Server');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await page.locator('.squiggly-error').first().waitFor();
    await finding(wb).waitFor();
  });

  await steps.step('the walkthrough opens and leads on', async (wb) => {
    await wb.closeAll();
    await page.keyboard.press('Control+J');
    await wb.command('Welcome: Open Walkthrough');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Start with GFP Audit' }).first().click();
    const step = page.locator('.getting-started-step').filter({ hasText: 'See why it may not sleep' });
    await step.waitFor();
    await step.click();
    await page.locator('.gettingStartedContainer').getByText('Who calls it, with which locks held').first().waitFor();
    await wb.shot('walkthrough-light');
  });
}
