/**
 * Bundles the extension into out/bundle/: client, server, the two wasm files. Writes meta.json, what went into each, for the test of it.
 * Native tree-sitter never goes in: the server parses with wasm, so one .vsix serves every platform.
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './setup.mjs';

const out = join(root, 'out', 'bundle');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  // A bundle in the form that every editor version loads has no import.meta.
  define: { 'import.meta.url': 'ownUrl' },
  // The one other use starts worker threads from source, which a bundle never does.
  logOverride: { 'empty-import-meta': 'silent' },
  banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const client = await build({ ...common, entryPoints: ['client/src/extension.ts'], outfile: join(out, 'client.cjs'), external: ['vscode'] });
const server = await build({ ...common, entryPoints: ['server/src/lsp/bundle.ts'], outfile: join(out, 'server.cjs') });
const resolve = createRequire(import.meta.url).resolve;
for (const wasm of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-c/tree-sitter-c.wasm'])
  copyFileSync(resolve(wasm), join(out, wasm.slice(wasm.indexOf('/') + 1)));
writeFileSync(join(out, 'meta.json'), JSON.stringify({ client: client.metafile, server: server.metafile }));

// The licences of what is inside ask to be passed on.
const inputs = [client, server].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const names = inputs.map((input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter((name) => name !== undefined);
const notices = [...new Set([...names, 'web-tree-sitter', 'tree-sitter-c'])].sort().map((name) => {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
});
writeFileSync(join(out, 'third-party.txt'), notices.join(`\n${'-'.repeat(78)}\n\n`));
