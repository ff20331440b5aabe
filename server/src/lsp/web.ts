/** Entry of the server as a web worker: the editor is its disk, and gives it the two .wasm files. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { audit } from '../engine.js';
import { editorPath, EditorHost, uriOf } from '../host/editor-host.js';
import { createWasmParser, type WasmAssets } from '../syntax/wasm.js';
import { FILES, type FileListAnswer, type FileReadAnswer, type FileStatAnswer, type InitializationOptions } from './requests.js';
import { startServer } from './server.js';

/** Put in by the bundler. */
declare const GFP_AUDIT_VERSION: string;

const worker = self as unknown as DedicatedWorkerGlobalScope;
const connection = createConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker));
const host = new EditorHost({
  stat: (uri) => connection.sendRequest<FileStatAnswer>(FILES.stat, { uri }),
  read: (uri) => connection.sendRequest<FileReadAnswer>(FILES.read, { uri }),
  list: (uri) => connection.sendRequest<FileListAnswer>(FILES.list, { uri }),
});

let giveAssets: (assets: Promise<WasmAssets>) => void = () => undefined;
const assets = new Promise<WasmAssets>((resolve) => (giveAssets = resolve));
// Said in the log, and again by every question.
assets.catch((error: unknown) => connection.console.error(error instanceof Error ? error.message : String(error)));

startServer(connection, {
  host,
  places: { pathOf: editorPath, uriOf: (path) => uriOf(path) ?? '' },
  parser: async () => createWasmParser(await assets),
  audit,
  cacheDir: null,
  indexMiB: 0,
  version: GFP_AUDIT_VERSION,
  rulePages: ({ assets }) => new URL('../../docs/rules/', `${assets ?? 'file:///'}/`).href,
  onInitialized: (options) => giveAssets(load(options)),
});

async function load({ assets }: InitializationOptions): Promise<WasmAssets> {
  if (assets === undefined) throw new Error('initializationOptions.assets must name the folder of the .wasm files');
  const folder = editorPath(assets) ?? '';
  const [runtime, grammar] = await Promise.all(
    ['web-tree-sitter.wasm', 'tree-sitter-c.wasm'].map((name) => host.readBytes(host.resolve(name, folder))),
  );
  return { runtime: runtime!, grammar: grammar! };
}
