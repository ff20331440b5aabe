/** The HTML reports in a real browser: no console error, the filter by keyboard, light and dark. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../tools/setup.mjs';
import { Steps } from './steps.mjs';

export async function pages({ tools, tree, scratch, pictures }) {
  mkdirSync(scratch, { recursive: true });
  const { chromium } = tools.require('playwright-core');
  const browser = await chromium.launch({ executablePath: tools.chromium, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1100 } });
  const said = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on(
    'request',
    (request) => request.url().startsWith('file:') || request.url().startsWith('data:') || said.push(`asks ${request.url()}`),
  );
  const steps = new Steps('pages', { page, pictures });
  try {
    await report(steps, page, write(scratch, 'report.html', ['audit', tree, '--fail-on', 'never']), pictures);
    const later = join(scratch, 'later');
    cpSync(tree, later, { recursive: true });
    const file = join(later, 'drivers/net/wren/ring.c');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('GFP_ATOMIC', 'GFP_KERNEL'));
    await census(steps, page, write(scratch, 'census.html', ['census', tree, '--compare', later]), pictures);
    await steps.step('nothing was said on the console, nothing asked of anybody', () => assert.deepEqual(said, []));
  } finally {
    await browser.close();
  }
  return steps;
}

function write(scratch, name, args) {
  const output = join(scratch, name);
  const command = [
    join(root, 'out/server/src/cli/main.js'),
    ...args,
    '--format',
    'html',
    '--no-cache',
    '--no-progress',
    '--output',
    output,
  ];
  execFileSync(process.execPath, command, { stdio: ['ignore', 2, 2] });
  return pathToFileURL(output).href;
}

async function report(steps, page, url, pictures) {
  const count = () => page.locator('#count').textContent();
  let all = 0;
  await steps.step('every finding is listed, with a bar a rule', async () => {
    await page.goto(url);
    all = Number(/^(\d+) findings$/.exec(await count())[1]);
    assert.ok(all > 20);
    assert.equal(await page.locator('.finding').count(), all);
    assert.ok((await page.locator('#by-rule button').count()) > 20);
  });
  await steps.step('the keyboard alone searches, goes through the findings and opens one', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('nofail');
    await page.waitForFunction((n) => !document.getElementById('count').textContent.startsWith(`${n} findings`), all);
    const found = Number(/^(\d+) of/.exec(await count())[1]);
    assert.ok(found > 0 && found < all);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const open = page.locator('details[open]');
    assert.equal(await open.count(), 1);
    assert.match(await open.locator('.code .at').textContent(), /\S/);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('details[open]').count(), 2);
    await page.keyboard.press('Escape');
    assert.equal(await count(), `${all} findings`);
  });
  await steps.step('a bar filters and says so; the address keeps the choice', async () => {
    const bar = page.locator('#by-rule button', { hasText: 'sleep-in-atomic' }).first();
    await bar.focus();
    await page.keyboard.press('Space');
    assert.equal(await page.locator('#by-rule button[aria-pressed=true]').count(), 1);
    const some = await count();
    await page.reload();
    assert.equal(await count(), some);
    await page.locator('.finding summary').first().click();
    await page.locator('details[open] svg.reserve').waitFor();
  });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(pictures, `report-${scheme}.png`) });
  }
}

async function census(steps, page, url, pictures) {
  await steps.step('the census sorts by a column, searches, and lists the changed sites', async () => {
    await page.goto(url);
    const head = page.locator('#table th', { hasText: 'NOFS' }).first();
    await head.locator('button').click();
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    assert.ok((await page.locator('#changes li .changed').count()) > 0);
    await page.keyboard.press('/');
    await page.keyboard.type('no such thing');
    await page.locator('#table tbody:empty').waitFor({ state: 'attached' });
    await page.locator('#search').fill('');
    await page.locator('#table tbody tr').first().waitFor();
  });
  await page.screenshot({ path: join(pictures, 'census-dark.png') });
}
