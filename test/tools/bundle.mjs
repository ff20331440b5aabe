/**
 * Bundles the extension into out/bundle/: client, server, the two wasm files. Writes meta.json, what went into each, for the test of it.
 * Native tree-sitter never goes in: the server parses with wasm, so one .vsix serves every platform.
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** `bundle.mjs [FOLDER [NAME...]]`: elsewhere than out/bundle, and only the bundles named. */
const [folder = join(root, 'out', 'bundle'), ...wanted] = process.argv.slice(2);
const out = folder;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: true,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  // What Node would load of it asks for its parts by names that a bundler cannot follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};
/** Bundles that Node loads. */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // A bundle in the form that every editor version loads has no import.meta.
  define: { 'import.meta.url': 'ownUrl' },
  // The one other use starts worker threads from source, which a bundle never does.
  logOverride: { 'empty-import-meta': 'silent' },
  banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
};
/** Bundles that a browser runs: pages, workers, and the extension where there is no Node. */
const browser = { ...common, platform: 'browser', format: 'iife', target: 'es2022' };

/** By the name of what they make. The entry loads `client` when there is something to do. */
const bundles = {
  extension: { ...node, entryPoints: ['client/src/entry-node.ts'], outfile: 'extension.cjs', external: ['vscode', './client.cjs'] },
  client: { ...node, entryPoints: ['client/src/client-node.ts'], outfile: 'client.cjs', external: ['vscode'] },
  server: { ...node, entryPoints: ['server/src/lsp/bundle.ts'], outfile: 'server.cjs' },
  web: { ...browser, format: 'cjs', entryPoints: ['client/src/entry-web.ts'], outfile: 'extension.web.js', external: ['vscode'] },
  serverWeb: {
    ...browser,
    entryPoints: ['server/src/lsp/web.ts'],
    outfile: 'server.web.js',
    external: ['node:*', 'module', 'fs/promises'],
    define: { 'import.meta.url': '""', GFP_AUDIT_VERSION: JSON.stringify(version) },
  },
  engineWorker: { ...node, entryPoints: ['server/src/lsp/engine-worker.ts'], outfile: 'lsp-engine-worker.cjs' },
  indexWorker: { ...node, entryPoints: ['server/src/lsp/index-worker.ts'], outfile: 'lsp-index-worker.cjs' },
  factsWorker: { ...node, entryPoints: ['server/src/index/worker.ts'], outfile: 'index-worker.cjs' },
  page: { ...browser, entryPoints: ['client/webview/main.ts'], outfile: 'simulator.js' },
  model: { ...browser, entryPoints: ['client/webview/worker.ts'], outfile: 'simulator.worker.js' },
};
const built = {};
for (const [name, options] of Object.entries(bundles).filter(([name]) => wanted.length === 0 || wanted.includes(name)))
  built[name] = (await build({ ...options, outfile: join(out, options.outfile) })).metafile;
copyFileSync(join(root, 'client', 'webview', 'simulator.css'), join(out, 'simulator.css'));
const resolve = createRequire(import.meta.url).resolve;
for (const wasm of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-c/tree-sitter-c.wasm'])
  copyFileSync(resolve(wasm), join(out, wasm.slice(wasm.indexOf('/') + 1)));
writeFileSync(join(out, 'meta.json'), JSON.stringify(built));

// The licences of what is inside ask to be passed on.
const inputs = Object.values(built).flatMap(({ inputs }) => Object.keys(inputs));
const names = inputs.map((input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter((name) => name !== undefined);
const notices = [...new Set([...names, 'web-tree-sitter', 'tree-sitter-c'])].sort().map((name) => {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
});
writeFileSync(join(out, 'third-party.txt'), notices.join(`\n${'-'.repeat(78)}\n\n`));
