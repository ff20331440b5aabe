/** The extension in an editor that has no server at all: a static workbench, the extension and its server in web workers, files in memory. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, openBrowser, Workbench } from './editor.mjs';
import { Steps } from './steps.mjs';

const RING = 'drivers/net/wren/ring.c';

export async function web({ tools, vsix, tree, scratch, pictures }) {
  const [folder, unpacked] = [join(scratch, 'workspace'), join(scratch, 'unpacked')];
  mkdirSync(unpacked, { recursive: true });
  cpSync(tree, folder, { recursive: true });
  // The package as it is shipped, nothing beside it.
  execFileSync('python3', ['-m', 'zipfile', '-e', vsix, unpacked]);
  const { runServer } = tools.require('@vscode/test-web/out/server/main.js');
  const port = await freePort();
  const server = await runServer('localhost', port, {
    extensionDevelopmentPath: join(unpacked, 'extension'),
    folderMountPath: folder,
    coi: false,
    printServerLog: false,
    build: { type: 'static', location: tools.workbench, quality: 'stable', version: 'local' },
  });
  const { chromium } = tools.require('playwright-core');
  const { context, page, blocked } = await openBrowser({ chromium, executable: tools.chromium, scratch });
  const log = [];
  page.on('console', (message) => log.push(`[${message.type()}] ${message.text()}`));
  const steps = new Steps('web', new Workbench(page, pictures));
  try {
    await page.goto(`http://localhost:${port}`, { waitUntil: 'domcontentloaded' });
    await steps.workbench.ready();
    await walk(steps);
    await steps.step('nothing was asked of another machine', () => assert.deepEqual([...blocked], []));
  } finally {
    writeFileSync(join(pictures, 'web-console.log'), log.join('\n'));
    await context.close();
    server.close();
  }
  return steps;
}

async function walk(steps) {
  const { page } = steps.workbench;
  await steps.step('findings show, from a server in a worker that reads files in memory', async (wb) => {
    await wb.openInExplorer(RING);
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Shift+M');
    await wb.problems().filter({ hasText: "'kcalloc' with GFP_KERNEL may sleep" }).first().waitFor();
    await wb.shot('web-light');
  });

  await steps.step('the hover has its picture and leads to the simulator with that request', async (wb) => {
    await page.keyboard.press('Control+J');
    const hover = await wb.pictured(wb.token('kcalloc'));
    await wb.shot('web-hover-light');
    await wb.simulateFrom(hover);
  });

  await steps.step('contexts of a function, of files in memory', async (wb) => {
    await wb.closeAll();
    await wb.openInExplorer('drivers/net/wren/main.c');
    await wb.goTo(41);
    await wb.command('GFP Audit: Show Contexts of This Function');
    const rows = page.locator('.pane').filter({ hasText: 'GFP Contexts' }).locator('.monaco-list-row');
    await rows.filter({ hasText: 'binds or unbinds a device' }).first().waitFor();
    await wb.shot('web-contexts-light');
  });

  await steps.step('a fix, made in memory', async (wb) => {
    await wb.goTo('41:10');
    const action = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'GFP_KERNEL' }).first();
    await wb.actions(action);
    await wb.choose(action);
    const preview = page.locator('.bulk-edit-panel');
    await preview.locator('.monaco-list-row input[type=checkbox]').first().check();
    await preview.locator('.monaco-button').filter({ hasText: 'Apply' }).click();
    await wb.lines('kzalloc(sizeof(*wren), GFP_KERNEL)').first().waitFor();
    await wb.command('File: Revert File');
    await page.keyboard.press('Control+J');
  });

  await steps.step('an audit of a workspace in memory', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Audit Workspace');
    await page.locator('.tab.active').filter({ hasText: 'Audit of' }).waitFor();
    await wb.lines('Linux 6.12').first().waitFor();
    await wb.command('Problems: Focus on Problems View');
    await wb.problems().filter({ hasText: 'main.c' }).first().waitFor();
    assert.ok(Number(await page.locator('.panel .badge-content').first().innerText()) > 20);
    await wb.shot('web-audit-light');
    await page.keyboard.press('Control+J');
  });

  await steps.step('the simulator runs in the page', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Open Allocator Simulator');
    const { frame } = wb.webview();
    await frame.locator('#results svg.chart').nth(1).waitFor();
    await wb.shot('web-simulator-light');
  });
}
