/** The extension in VS Code with a Node extension host: the packed .vsix, installed as a user would. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkColours } from './colours.mjs';
import { inEditor } from './editor.mjs';

const RING = 'drivers/net/wren/ring.c';

/** Files of a tree that takes a while to audit. */
const MANY = 1200;

export async function desktop(given) {
  const { tree, scratch } = given;
  const folder = join(scratch, 'workspace');
  mkdirSync(scratch, { recursive: true });
  cpSync(tree, folder, { recursive: true });
  cpSync(join(import.meta.dirname, 'colours.c'), join(folder, 'mm', 'colours.c'));
  return inEditor('desktop', given, folder, async (steps, show) => {
    await walk(steps);
    await cancel(steps, show, join(scratch, 'many'));
  });
}

async function walk(steps) {
  const { page } = steps.workbench;

  await steps.step('a finding has its squiggle and its row in Problems', async (wb) => {
    await wb.open(RING);
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Shift+M');
    await wb.problems().filter({ hasText: "'kcalloc' with GFP_KERNEL may sleep" }).first().waitFor();
    await wb.shot('problems-light');
  });

  await steps.step('the status bar names the kernel', async () => {
    await page.locator('.statusbar-item').filter({ hasText: 'Linux 6.12' }).first().waitFor();
  });

  await steps.step('the hover tells and draws what the allocation may do', async (wb) => {
    await page.keyboard.press('Control+J');
    await wb.pictured(wb.token('kcalloc'));
    await wb.shot('hover-light');
    await page.keyboard.press('Escape');
    // The picture follows the theme: dark ink on a dark ground could not be read.
    await wb.turn('dark');
    await wb.pictured(wb.token('kcalloc'));
    await wb.shot('hover-dark');
    await page.keyboard.press('Escape');
    await wb.turn('light');
  });

  await steps.step('the activation is over at once', async (wb) => {
    await wb.command('Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row').filter({ hasText: 'GFP Audit' }).first();
    await row.waitFor();
    const [, milliseconds] = /Activation: (\d+)\s*ms/.exec(await row.innerText());
    process.stdout.write(`        activated in ${milliseconds} ms\n`);
    await wb.closeAll();
    await wb.open(RING);
    await page.locator('.squiggly-error').first().waitFor();
  });

  await steps.step('a link in the hover opens the simulator with the request of that place', async (wb) => {
    const frame = await wb.simulateFrom(await wb.hover(wb.token('kcalloc')));
    assert.equal(await frame.locator('#gfp-A').inputValue(), 'GFP_KERNEL');
    await page.mouse.move(700, 800);
    await page.locator('.monaco-hover:not(.hidden)').waitFor({ state: 'hidden' });
    await wb.shot('simulator-site-light');
    await frame.locator('#source').click();
    await page.locator('.tab.active').filter({ hasText: 'ring.c' }).waitFor();
  });

  await steps.step('the contexts view says why the function may not sleep', async (wb) => {
    await wb.closeAll();
    await wb.open('drivers/net/wren/main.c', 41);
    await wb.command('GFP Audit: Show Contexts of This Function');
    const rows = page.locator('.pane').filter({ hasText: 'GFP Contexts' }).locator('.monaco-list-row');
    await rows.first().waitFor();
    process.stdout.write(`        ${(await rows.allInnerTexts()).map((text) => text.replaceAll('\n', ' ')).join(' | ')}\n`);
    await rows.filter({ hasText: 'binds or unbinds a device' }).first().waitFor();
    await wb.shot('contexts-light');
  });

  await steps.step('explained at length, as a page', async (wb) => {
    await wb.closeAll();
    await wb.open(RING);
    await wb.goTo('12:10');
    await wb.command('GFP Audit: Explain This Allocation');
    await wb.webview().frame.getByText('May sleep').first().waitFor();
    await wb.shot('explain-light');
  });

  await steps.step('a rule has its page', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Show Rule');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'reclaim-recursion' }).first().click();
    await wb.webview().frame.locator('h1').filter({ hasText: 'reclaim-recursion' }).waitFor();
    await wb.shot('rule-light');
  });

  await steps.step('a fix mends the finding, after a look at what it changes', async (wb) => {
    await wb.closeAll();
    await wb.open('fs/burrow/extents.c');
    await page.keyboard.press('Control+Shift+M');
    const row = wb.problems().filter({ hasText: 'open-coded-retry' }).first();
    await row.waitFor();
    await wb.goTo('16:3');
    const action = page.locator('.action-widget .monaco-list-row').filter({ hasText: '__GFP_NOFAIL' }).first();
    await wb.actions(action);
    await wb.shot('fix-menu-light');
    await wb.choose(action);
    // It alters behaviour: nothing is ticked before somebody has looked.
    const preview = page.locator('.bulk-edit-panel');
    await preview.locator('.monaco-list-row').filter({ hasText: '__GFP_NOFAIL' }).first().waitFor();
    await wb.shot('fix-preview-light');
    await preview.locator('.monaco-list-row input[type=checkbox]').first().check();
    await preview.locator('.monaco-button').filter({ hasText: 'Apply' }).click();
    await wb.lines('GFP_NOFS | __GFP_NOFAIL').first().waitFor();
    await row.waitFor({ state: 'detached' });
    await wb.shot('fix-applied-light');
    await page.keyboard.press('Control+Z');
    await row.waitFor();
  });

  await steps.step('an audit of the workspace: progress, Problems of files that are not open, a report with links', async (wb) => {
    await wb.closeAll();
    await wb.command('GFP Audit: Audit Workspace');
    await page.locator('.tab.active').filter({ hasText: 'Audit of workspace' }).waitFor();
    await page.keyboard.press('Control+Home');
    await wb.lines('sleep-in-atomic').first().waitFor();
    // None of them is open: the list holds them all, the badge counts them (the rows beyond the edge are not in the page).
    await wb.problems().filter({ hasText: 'main.c' }).first().waitFor();
    assert.ok(Number(await page.locator('.panel .badge-content').first().innerText()) > 20);
    await wb.shot('audit-light');
    // What is opened has its live findings and no second copy of each.
    await wb.open(RING);
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'kcalloc' }).first().waitFor();
    const copies = await wb.problems().filter({ hasText: "'kcalloc' with GFP_KERNEL may sleep while the spinlock 'ring.lock'" }).count();
    assert.ok(copies <= 1, `${copies} rows`);
    await wb.command('GFP Audit: Clear Audit Results');
  });

  await steps.step('masks are coloured by what they allow, and can be read', async (wb) => {
    await wb.closeAll();
    await wb.open('mm/colours.c');
    await wb.token('memalloc_noreclaim_save').waitFor();
    // The injection comes a moment after the file's own grammar.
    await page.waitForTimeout(1000);
    process.stdout.write(`        contrast, light: ${JSON.stringify(await checkColours(wb))}\n`);
    await wb.shot('colours-light');
    await wb.turn('dark');
    await page.waitForTimeout(1000);
    process.stdout.write(`        contrast, dark: ${JSON.stringify(await checkColours(wb))}\n`);
    await wb.shot('colours-dark');
    await wb.turn('light');
  });

  await steps.step('the simulator compares two requests, by keyboard too', async (wb) => {
    await wb.closeAll();
    await page.keyboard.press('Control+J');
    await page.keyboard.press('Control+B');
    await wb.command('GFP Audit: Open Allocator Simulator');
    const { frame } = wb.webview();
    await frame.locator('#results svg.chart').nth(1).waitFor();
    await wb.shot('simulator-light');
    // A mask that does not exist is said, and the form stays usable.
    const mask = frame.locator('#gfp-B');
    await mask.fill('GFP_KERNAL');
    await frame.locator('.error').filter({ hasText: 'GFP_KERNAL' }).waitFor();
    await mask.fill('GFP_ATOMIC');
    await frame.locator('h2').filter({ hasText: 'GFP_ATOMIC gets NULL' }).waitFor();
    // From the mask to the order with Tab alone, and up by one with a key.
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await frame.locator('h2').filter({ hasText: 'GFP_ATOMIC, order 1' }).waitFor();
    const events = frame.locator('ol.events').nth(1);
    await events.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await events.getAttribute('aria-activedescendant'), 'event-B-1');
    assert.equal(await frame.locator('svg.chart.b .cursor').getAttribute('visibility'), 'visible');
  });

  await steps.step('a retry loop beside __GFP_NOFAIL, with numbers', async (wb) => {
    const { frame } = wb.webview();
    await frame.locator('#scenario').selectOption('nofail-vs-atomic');
    await frame.locator('h2').filter({ hasText: 'loop with memalloc_retry_wait' }).waitFor();
    const row = frame.locator('table.figures tr').filter({ hasText: 'GFP_ATOMIC failed' });
    const [loop, nofail] = await row.locator('td').allInnerTexts();
    assert.equal(loop, '0%');
    assert.notEqual(nofail, '0%');
    await frame.locator('#title').scrollIntoViewIfNeeded();
    await wb.shot('simulator-loop-light');
    await frame.locator('table.figures').scrollIntoViewIfNeeded();
    await frame.locator('ol.events').first().scrollIntoViewIfNeeded();
    await wb.shot('simulator-events-light');
  });

  await steps.step('in a dark theme', async (wb) => {
    await wb.turn('dark');
    await wb.shot('simulator-events-dark');
    const { frame } = wb.webview();
    await frame.locator('#title').scrollIntoViewIfNeeded();
    await wb.shot('simulator-loop-dark');
    await frame.locator('#scenario').selectOption('exhaust');
    await frame.locator('h2').filter({ hasText: 'GFP_NOFS' }).first().waitFor();
    await wb.shot('simulator-dark');
  });
}

/** A tree of many files, whose audit is stopped in the middle. */
async function cancel(steps, show, folder) {
  const { page } = steps.workbench;
  const sample = (file) => readFileSync(join(folder, '..', 'workspace', file), 'utf8');
  mkdirSync(join(folder, 'drivers'), { recursive: true });
  for (const file of ['Makefile', 'Kconfig']) writeFileSync(join(folder, file), sample(file));
  for (let i = 0; i < MANY; i++) writeFileSync(join(folder, 'drivers', `d${i}.c`), sample(RING).replaceAll('wren', `wren${i}`).repeat(8));
  await steps.step('an audit can be stopped from its notification', async (wb) => {
    await show(folder);
    await wb.command('GFP Audit: Audit Workspace');
    const notice = page.locator('.notification-toast').filter({ hasText: 'GFP Audit of many' });
    // In the midst of it: some files are read, others are not.
    await notice.filter({ hasText: /\([1-9]\d* of \d+\)/ }).waitFor();
    await wb.shot('audit-progress');
    await notice.locator('.monaco-button').filter({ hasText: 'Cancel' }).click();
    await notice.waitFor({ state: 'detached' });
    assert.equal(await page.locator('.tab').filter({ hasText: 'Audit of' }).count(), 0);
    assert.equal(await page.locator('.notification-toast').filter({ hasText: 'GFP Audit' }).count(), 0);
  });
}
