/** The extension as it is shipped: what is in the .vsix, what is in its bundles, and that its server runs from the unpacked package alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { TestClient } from '../lsp/client.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'gfp-vsix-'));
let entries: Map<string, Buffer>;

before(() => {
  const done = spawnSync(process.execPath, [join(root, 'test', 'tools', 'package.mjs')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  entries = unzip(readFileSync(join(root, 'out', 'gfp-audit.vsix')));
});
after(() => rmSync(scratch, { recursive: true }));

/** Entries of a zip file by name, folders left out. */
function unzip(zip: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, nameLength] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(from, from + size);
    if (!name.endsWith('/')) found.set(name, method === 0 ? data : inflateRawSync(data));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found;
}

test('the package holds what the extension needs and nothing else', () => {
  const names = [...entries.keys()].filter((name) => !/^extension\/(docs\/rules|client\/media)\/[a-z/-]+\.md$/i.test(name)).sort();
  assert.deepEqual(names, [
    '[Content_Types].xml',
    'extension.vsixmanifest',
    'extension/LICENSE.txt',
    'extension/changelog.md',
    'extension/docs/gfp-audit.schema.json',
    'extension/out/bundle/client.cjs',
    'extension/out/bundle/extension.cjs',
    'extension/out/bundle/extension.web.js',
    'extension/out/bundle/index-worker.cjs',
    'extension/out/bundle/lsp-engine-worker.cjs',
    'extension/out/bundle/lsp-index-worker.cjs',
    'extension/out/bundle/server.cjs',
    'extension/out/bundle/server.web.js',
    'extension/out/bundle/simulator.css',
    'extension/out/bundle/simulator.js',
    'extension/out/bundle/simulator.worker.js',
    'extension/out/bundle/third-party.txt',
    'extension/out/bundle/tree-sitter-c.wasm',
    'extension/out/bundle/web-tree-sitter.wasm',
    'extension/package.json',
    'extension/readme.md',
    'extension/syntaxes/gfp.injection.json',
  ]);
  assert.ok(entries.has('extension/docs/rules/sleep-in-atomic.md'));
  assert.ok(![...entries.keys()].some((name) => /\.node$|node_modules/.test(name)));
  const bytes = [...entries.values()].reduce((sum, data) => sum + data.length, 0);
  assert.ok(bytes < 8_000_000, `${bytes} bytes unpacked`);
});

interface Manifest {
  main: string;
  browser: string;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { supported: boolean } };
  contributes: {
    grammars: { path: string }[];
    jsonValidation: { url: string }[];
    commands: { command: string }[];
    menus: Record<string, { command?: string }[]>;
    configuration: { properties: Record<string, { default: unknown; markdownDescription: string }> };
    walkthroughs: { steps: { description: string; media: { markdown: string } }[] }[];
  };
}
const manifestOf = (): Manifest => JSON.parse(entries.get('extension/package.json')!.toString()) as Manifest;

test('what the manifest names is in the package', () => {
  const { main, browser, contributes } = manifestOf();
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const named = [main, browser, ...contributes.grammars.map((g) => g.path), ...contributes.jsonValidation.map((v) => v.url)];
  for (const path of [...named, ...steps.map(({ media }) => media.markdown)])
    assert.ok(entries.has(`extension/${path.replace('./', '')}`), path);
});

test('every command that a menu, a walkthrough or the palette offers is registered at activation, on Node and in a browser', () => {
  const { activationEvents, contributes } = manifestOf();
  assert.deepEqual(activationEvents, ['onLanguage:c']);
  const declared = contributes.commands.map(({ command }) => command);
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.flatMap(({ command }) => command ?? []));
  const inSteps = contributes.walkthroughs.flatMap(({ steps }) =>
    steps.flatMap(({ description }) => [...description.matchAll(/command:(gfpAudit\.\w+)/g)].map(([, command]) => command!)),
  );
  for (const command of [...inMenus, ...inSteps]) assert.ok(declared.includes(command), command);
  for (const entry of ['extension.cjs', 'extension.web.js']) {
    const code = entries.get(`extension/out/bundle/${entry}`)!.toString();
    for (const command of declared) assert.ok(code.includes(`"${command}"`), `${entry}: ${command}`);
  }
});

test('quiet by default, in an untrusted workspace too', () => {
  const { capabilities, contributes } = manifestOf();
  assert.equal(capabilities.untrustedWorkspaces.supported, true);
  const { properties } = contributes.configuration;
  const on = Object.keys(properties).filter((name) => properties[name]!.default === true);
  assert.deepEqual(on, ['gfpAudit.completion']);
  for (const [name, { markdownDescription }] of Object.entries(properties)) assert.ok(markdownDescription.length > 20, name);
});

test('the entry is small: the rest is loaded when there is kernel code', () => {
  const bytes = entries.get('extension/out/bundle/extension.cjs')!.length;
  assert.ok(bytes < 8_000, `${bytes} bytes`);
});

test('no native parser, and no code of another side, is in a bundle', () => {
  const meta = JSON.parse(readFileSync(join(root, 'out', 'bundle', 'meta.json'), 'utf8')) as Record<
    string,
    { outputs: Record<string, { inputs: Record<string, unknown>; imports: { path: string; external?: boolean }[] }> }
  >;
  const contents = (bundle: string): string[] =>
    Object.values(meta[bundle]!.outputs).flatMap(({ inputs, imports }) => [...Object.keys(inputs), ...imports.map(({ path }) => path)]);
  const server = contents('server');
  assert.ok(server.includes('server/src/syntax/wasm.ts'));
  for (const name of server)
    assert.doesNotMatch(
      name,
      /node_modules\/(tree-sitter|tree-sitter-c|node-gyp-build|vscode-languageclient)\/|\.node$|^tree-sitter$|^vscode$|src\/syntax\/native/,
    );
  for (const bundle of ['extension', 'client', 'web'])
    for (const name of contents(bundle))
      assert.doesNotMatch(name, /^server\/(?!src\/lsp\/requests\.ts)|^simulator\/(?!src\/scenarios\/names\.ts)|tree-sitter/, bundle);
  for (const bundle of ['page', 'model'])
    for (const name of contents(bundle)) assert.match(name, /^(client\/webview|simulator\/src)\//, bundle);
});

test('the licence of everything inside is passed on', () => {
  const text = entries.get('extension/out/bundle/third-party.txt')!.toString();
  for (const name of ['tree-sitter-c', 'web-tree-sitter', 'vscode-languageclient', 'vscode-languageserver', 'valibot'])
    assert.match(text, new RegExp(`^${name} \\d[^]*?(Permission is hereby granted|MIT)`, 'm'), name);
});

test('the server of the unpacked package serves, without node_modules beside it', async () => {
  for (const [name, data] of entries) {
    const file = join(scratch, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
  }
  const client = new TestClient([join(scratch, 'extension', 'out', 'bundle', 'server.cjs'), '--stdio']);
  try {
    const { serverInfo } = await client.start();
    assert.equal(serverInfo?.name, 'gfp-audit');
    const uri = pathToFileURL(join(scratch, 'module.c')).href;
    client.open(
      uri,
      '#include <linux/slab.h>\nstruct s { spinlock_t l; };\nvoid f(struct s *s)\n{\n\tspin_lock(&s->l);\n\tkfree(kmalloc(8, GFP_KERNEL));\n\tspin_unlock(&s->l);\n}\n',
    );
    const [found] = (await client.diagnostics(uri)).diagnostics;
    assert.equal(found?.code, 'sleep-in-atomic');
    assert.equal(fileURLToPath(found!.codeDescription!.href), join(scratch, 'extension', 'docs', 'rules', 'sleep-in-atomic.md'));
    assert.equal(await client.stop(), 0);
    assert.equal(client.stderr, '');
  } finally {
    client.kill();
  }
});
