/** Entry in a browser: one bundle, and the server is a web worker that reads files through the editor. */
import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient, type MessageTransports } from 'vscode-languageclient/browser';
import { SECTION } from './commands.js';
import { GfpAudit } from './extension.js';
import { Gate } from './gate.js';

let gate: Gate | undefined;

export function activate(context: vscode.ExtensionContext): void {
  gate = new Gate(context, () => {
    const start = (): Promise<MessageTransports> =>
      startServer(vscode.Uri.joinPath(context.extensionUri, 'out', 'bundle', 'server.web.js'));
    return new GfpAudit(context, schemes(), (options) => new LanguageClient(SECTION, 'GFP Audit', start, options));
  });
}

export function deactivate(): Promise<void> | undefined {
  return gate?.stop();
}

/** File systems of the window; without a folder those that a browser can have. */
function schemes(): string[] {
  const own = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme);
  return own.length > 0 ? [...new Set(own)] : ['file', 'vscode-vfs', 'vscode-remote'];
}

/** The streams, not the worker: the extension host's own kind of worker is not the one that the client looks for. */
async function startServer(script: vscode.Uri): Promise<MessageTransports> {
  const worker = await startWorker(script);
  return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker), detached: false };
}

/** No worker can be made of a script that a remote server holds: its text is read and started from here. */
async function startWorker(script: vscode.Uri): Promise<Worker> {
  if (script.scheme !== 'vscode-remote') return new Worker(script.toString(true));
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(script));
  return new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
}
