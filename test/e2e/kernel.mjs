/** The extension over a subsystem of a real kernel: what GFP_AUDIT_KERNELS names, or nothing. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inEditor } from './editor.mjs';
import { Steps } from './steps.mjs';

/** Of the tree, enough to be one. */
const PARTS = ['Makefile', 'Kconfig', 'include/linux', 'fs/ext4', 'fs/jbd2'];
const FILE = 'fs/ext4/extents.c';

/** The first tree of the folder that has the subsystem, '6.12' before others. */
function treeIn(folder) {
  if (folder === undefined) return undefined;
  const names = readdirSync(folder).sort((a, b) => Number(b === '6.12') - Number(a === '6.12') || (a < b ? -1 : 1));
  return names.map((name) => join(folder, name)).find((tree) => existsSync(join(tree, FILE)));
}

export async function kernel(given) {
  const tree = treeIn(process.env.GFP_AUDIT_KERNELS);
  if (tree === undefined) {
    process.stdout.write('kernel: GFP_AUDIT_KERNELS names no folder with a kernel tree, left out\n');
    return new Steps('kernel', undefined);
  }
  const folder = join(given.scratch, 'linux');
  for (const part of PARTS) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    cpSync(join(tree, part), join(folder, part), { recursive: true });
  }
  return inEditor('kernel', given, folder, walk);
}

async function walk(steps) {
  const { page } = steps.workbench;
  let line = 0;

  await steps.step('a retry loop of ext4 has its squiggle and its row', async (wb) => {
    await wb.open(FILE);
    await page.keyboard.press('Control+Shift+M');
    const row = wb.problems().filter({ hasText: 'open-coded-retry' }).first();
    await row.waitFor();
    line = Number(/Ln (\d+)/.exec(await row.innerText())[1]);
    await wb.goTo(line);
    await page.locator('.squiggly-warning').first().waitFor();
    await wb.shot('kernel-problems');
  });

  await steps.step('an allocation with __GFP_NOFAIL: hover with its picture, and the simulator from there', async (wb) => {
    await page.keyboard.press('Control+J');
    const row = page.locator('.editor-instance .view-line').filter({ hasText: '__GFP_NOFAIL' }).first();
    await wb.find('GFP_NOFS | __GFP_NOFAIL');
    await row.waitFor();
    const hover = await wb.hover(wb.token('__GFP_NOFAIL'));
    await hover.locator('img').first().waitFor();
    await wb.shot('kernel-hover');
    await page.keyboard.press('Escape');
    await wb.command('GFP Audit: Open Allocator Simulator');
    await wb.webview().frame.locator('#results svg.chart').first().waitFor();
    await wb.shot('kernel-simulator');
  });

  await steps.step('contexts, callers and allocations of the function around it', async (wb) => {
    await wb.closeAll();
    await wb.open(FILE);
    await wb.find('GFP_NOFS | __GFP_NOFAIL');
    await wb.command('GFP Audit: Show Contexts of This Function');
    const rows = page.locator('.pane').filter({ hasText: 'GFP Contexts' }).locator('.monaco-list-row');
    await rows
      .filter({ hasText: /may (not )?sleep|allocation/ })
      .first()
      .waitFor();
    await wb.shot('kernel-contexts');
  });

  await steps.step('an audit of the workspace, with progress, and what it found', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Audit Workspace');
    await page.locator('.notification-toast').filter({ hasText: 'GFP Audit of linux' }).waitFor();
    await wb.shot('kernel-progress');
    await page.locator('.tab.active').filter({ hasText: 'Audit of linux' }).waitFor({ timeout: 300_000 });
    await page.keyboard.press('Control+Shift+M');
    await wb.problems().first().waitFor();
    assert.ok((await wb.problems().count()) > 2);
    await wb.shot('kernel-audit');
  });
}
