/** A real editor for tests: code-server with the packed extension in it, a browser, and the hands to use both. */
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Steps } from './steps.mjs';

/** Everything that would ask, advertise or call home is off. */
const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'files.autoSave': 'off',
  'window.commandCenter': false,
  'chat.commandCenter.enabled': false,
  'workbench.layoutControl.enabled': false,
  'editor.wordWrap': 'off',
};
export const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern' };
const LOOPBACK = ['127.0.0.1', 'localhost'];
/** Nothing here takes longer on a slow machine, milliseconds. */
export const WAIT = Number(process.env.GFP_AUDIT_E2E_WAIT ?? 60_000);

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts code-server in a folder of its own. `vsix`: one packed extension or several; `trust`: folders are asked about, as in an editor of
 * one's own. @returns its port, a way to change settings, and `stop`.
 */
export async function startEditor({ entry, vsix, scratch, settings = {}, trust = false }) {
  const [user, extensions] = [join(scratch, 'user'), join(scratch, 'extensions')];
  mkdirSync(join(user, 'User'), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  const configure = (more) =>
    writeFileSync(join(user, 'User', 'settings.json'), JSON.stringify({ ...SETTINGS, ...settings, ...more }, null, 2));
  configure({ 'workbench.colorTheme': THEMES.light });
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(VSCODE_|CODE_SERVER|ELECTRON_)/.test(name)) delete env[name];
  Object.assign(env, {
    EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":""}',
    HOME: scratch,
    XDG_CONFIG_HOME: join(scratch, 'xdg', 'config'),
    XDG_DATA_HOME: join(scratch, 'xdg', 'data'),
    XDG_CACHE_HOME: join(scratch, 'xdg', 'cache'),
  });
  const folders = ['--user-data-dir', user, '--extensions-dir', extensions];
  const packages = [vsix].flat().flatMap((path) => ['--install-extension', path]);
  execFileSync(process.execPath, [entry, ...folders, ...packages, '--force'], { env, stdio: ['ignore', 2, 2] });
  const port = await freePort();
  const logFile = join(scratch, 'code-server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [
      entry,
      ...folders,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'],
      ...['--disable-getting-started-override', '--disable-proxy', ...(trust ? [] : ['--disable-workspace-trust'])],
    ],
    { env, stdio: ['ignore', log, log], detached: true },
  );
  const stop = async () => {
    if (child.exitCode !== null) return;
    const gone = once(child, 'exit');
    // The group is ours alone: server, extension host, file watcher, language server.
    process.kill(-child.pid, 'SIGTERM');
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 5000);
    await gone;
    clearTimeout(timer);
  };
  for (const begun = Date.now(); !(await answers(`http://127.0.0.1:${port}/healthz`));) {
    if (child.exitCode !== null || Date.now() - begun > WAIT) {
      await stop();
      throw new Error(`code-server did not start:\n${readFileSync(logFile, 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, configure, stop, user };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    if (error instanceof TypeError) return false; // nobody listens yet
    throw error;
  }
}

/** A browser that reaches this machine alone, and notes whatever else was asked for. */
export async function openBrowser({ chromium, executable, scratch, size = { width: 1360, height: 900 } }) {
  const profile = mkdtempSync(join(scratch, 'chromium-'));
  // Webviews of a static workbench live on <hash>.localhost, a third party to localhost: their service worker must be let in.
  mkdirSync(join(profile, 'Default'));
  writeFileSync(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } }),
  );
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    viewport: size,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    ],
  });
  const blocked = new Set();
  await context.route('**/*', (route) => {
    const { protocol, hostname, origin } = new URL(route.request().url());
    if (!/^https?:$/.test(protocol) || LOOPBACK.includes(hostname) || hostname.endsWith('.localhost')) return route.continue();
    blocked.add(origin);
    return route.abort('blockedbyclient');
  });
  context.setDefaultTimeout(WAIT);
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, blocked };
}

/**
 * A walk through an editor of its own, with `first` (a folder, or a file that names several) open. `walk` gets the steps and `show`, which
 * opens another one in the same window.
 */
export async function inEditor(name, { tools, vsix, scratch, pictures }, first, walk) {
  const editor = await startEditor({ entry: tools.codeServer, vsix, scratch });
  const { chromium } = tools.require('playwright-core');
  const { context, page, blocked } = await openBrowser({ chromium, executable: tools.chromium, scratch });
  const steps = new Steps(name, new Workbench(page, pictures));
  try {
    const show = (path) => steps.workbench.show(editor, path);
    await show(first);
    await walk(steps, show);
    await steps.step('nothing was asked of another machine', () => assert.deepEqual([...blocked], []));
  } finally {
    await context.close();
    await editor.stop();
  }
  return steps;
}

/** The workbench by what a user sees of it. */
export class Workbench {
  constructor(page, pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  /** Opens a folder, or a workspace file, in this window. */
  async show({ port }, path) {
    const what = path.endsWith('.code-workspace') ? 'workspace' : 'folder';
    await this.page.goto(`http://127.0.0.1:${port}/?${what}=${encodeURIComponent(path)}`, { waitUntil: 'domcontentloaded' });
    await this.ready();
  }

  async ready() {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.explorer-folders-view, .editor-group-container').first().waitFor();
  }

  /** Runs a command by its title in the palette. */
  async command(title) {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
    const input = this.page.locator('.quick-input-widget input.input');
    await this.patiently(row, async () => {
      await this.page.keyboard.press('F1');
      // It goes away again when something else takes the focus meanwhile.
      await input.fill(`>${title}`, { timeout: 5000 });
    });
    await row.click();
  }

  /** Does something until what is wanted shows: lists are made once, and what they list may come later. */
  async patiently(wanted, act) {
    for (const until = Date.now() + WAIT; ;) {
      try {
        await act();
        return await wanted.waitFor({ timeout: 5000 });
      } catch (error) {
        if (Date.now() > until) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Opens a file by its path; `line` counts from 1. */
  async open(path, line) {
    const name = path.split('/').at(-1);
    await this.page.keyboard.press('Control+P');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(path);
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click();
    await this.page.locator('.tab.active').filter({ hasText: name }).waitFor();
    await this.page.locator('.editor-instance .view-lines .view-line').first().waitFor();
    if (line !== undefined) await this.goTo(line);
  }

  /** Opens a file through the explorer, for a workbench that cannot search. */
  async openInExplorer(path) {
    const row = (name) => this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
    const named = (part) => row(new RegExp(`(^|/)${part.replace('.', '\\.')}$`)).first();
    const all = path.split('/');
    // Folders that are open already may be one row together.
    const parts = (await named(all.at(-1)).count()) > 0 ? all.slice(-1) : all;
    for (const [i, part] of parts.entries()) {
      const found = named(part);
      await found.waitFor();
      // A chain of single folders is one row, open with the first click.
      if (i === parts.length - 1 || (await found.getAttribute('aria-expanded')) === 'false') await found.click();
    }
    await this.page
      .locator('.tab.active')
      .filter({ hasText: parts.at(-1) })
      .waitFor();
    await this.page.locator('.editor-instance .view-lines .view-line').first().waitFor();
  }

  /** @param place LINE or LINE:COLUMN, from 1. */
  async goTo(place) {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${place}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Puts the cursor on the first place of a text. */
  async find(text) {
    await this.page.keyboard.press('Control+Home');
    await this.page.keyboard.press('Control+F');
    await this.page.locator('.find-widget.visible textarea, .find-widget.visible .input').first().fill(text);
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.press('Escape');
  }

  lines(text) {
    return this.page.locator('.editor-instance .view-line').filter({ hasText: text });
  }

  /** The token of exactly this text, the first on the screen. */
  token(text, on) {
    const within = on === undefined ? this.page.locator('.editor-instance .view-line') : this.lines(on);
    return within
      .locator('span span')
      .filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) })
      .first();
  }

  problems() {
    return this.page.locator('.markers-panel .monaco-list-row');
  }

  async hover(token) {
    await token.hover();
    const row = this.page.locator('.monaco-hover:not(.hidden) .hover-row').first();
    await row.waitFor();
    return this.page.locator('.monaco-hover:not(.hidden)').first();
  }

  /** The hover of the sample's allocation, its picture in sight. */
  async pictured(token) {
    const hover = await this.hover(token);
    await hover.filter({ hasText: 'May sleep' }).waitFor();
    const picture = hover.locator('img').first();
    await picture.scrollIntoViewIfNeeded();
    assert.ok((await picture.evaluate((img) => img.naturalWidth)) > 100);
    return hover;
  }

  /** Follows a hover's link to the simulator. @returns the panel, with its charts drawn */
  async simulateFrom(hover) {
    const link = hover
      .locator('a')
      .filter({ hasText: /simulat/i })
      .first();
    await link.scrollIntoViewIfNeeded();
    await link.click();
    const { frame } = this.webview();
    await frame.locator('#title').filter({ hasText: 'kcalloc' }).waitFor();
    await frame.locator('#results svg.chart').first().waitFor();
    return frame;
  }

  /** @param theme 'light' or 'dark', the one that is not there now */
  async turn(theme) {
    await this.command('Preferences: Toggle between Light/Dark Themes');
    await this.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs').waitFor();
  }

  /** Opens the menu of actions at the cursor. The first question tries fixes, and the editor may have lost patience with it. */
  actions(wanted) {
    return this.patiently(wanted, async () => {
      // The same key, given to a menu that is still there, takes what is selected in it.
      await this.page.locator('.action-widget').waitFor({ state: 'hidden' });
      await this.page.keyboard.press('Control+.');
    });
  }

  /** Takes one of a menu's actions, by the keyboard. */
  async choose(action) {
    for (let i = 0; i < 12 && !/focused/.test(await action.getAttribute('class')); i++) await this.page.keyboard.press('ArrowDown');
    await this.page.keyboard.press('Enter');
  }

  webview() {
    return { frame: this.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame') };
  }

  async closeAll() {
    await this.command('View: Close All Editors');
    await this.page.locator('.tab').first().waitFor({ state: 'detached' });
  }

  async shot(name) {
    await this.page.waitForTimeout(400);
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }
}
