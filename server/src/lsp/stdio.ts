/** `gfp-audit lsp --stdio`: the language server over this process's standard streams. */
import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { auditInThread } from './engine-thread.js';
import { NodeHost } from '../host/node.js';
import { createWasmParser } from '../syntax/wasm.js';
import { cacheFolder, indexMiB, installationAt } from './package.js';
import { filePlaces } from './positions.js';
import { startServer } from './server.js';

/** Serves until the client says exit or closes the stream; the protocol's library then ends the process. */
export function serveStdio(): Promise<never> {
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  startServer(connection, {
    host: new NodeHost(),
    places: filePlaces,
    audit: auditInThread,
    cacheDir: cacheFolder(),
    indexMiB,
    parser: () => createWasmParser(),
    ...installationAt(import.meta.url),
  });
  return new Promise(() => undefined);
}
