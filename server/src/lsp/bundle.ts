/** Entry of the bundled server that the extension starts: over IPC, or --stdio. The wasm files lie beside it. */
import { fileURLToPath } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { auditInThread } from './engine-thread.js';
import { NodeHost } from '../host/node.js';
import { createWasmParser } from '../syntax/wasm.js';
import { cacheFolder, indexMiB, installationAt } from './package.js';
import { filePlaces } from './positions.js';
import { startServer } from './server.js';

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

startServer(createConnection(ProposedFeatures.all), {
  host: new NodeHost(),
  places: filePlaces,
  audit: auditInThread,
  cacheDir: cacheFolder(),
  indexMiB,
  parser: () => createWasmParser({ runtime: beside('web-tree-sitter.wasm'), grammar: beside('tree-sitter-c.wasm') }),
  ...installationAt(import.meta.url),
});
