/** The extension's entry: starts the server for the first kernel file that is opened, and stays out of the way of all others. */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';
import { isKernelFile } from './kernel-file.js';

/** Section of the settings; the client reads `gfpAudit.trace.server` by it. */
const SECTION = 'gfpAudit';
/** Kernel headers are C++ to an editor that was not told otherwise. */
const SELECTOR = [
  { scheme: 'file', language: 'c' },
  { scheme: 'file', language: 'cpp', pattern: '**/*.h' },
];

class Extension implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<void> | undefined;

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** Starts the server when a document is kernel code; once it runs, it judges further documents itself. */
  async look(document: vscode.TextDocument): Promise<void> {
    if (this.client || vscode.languages.match(SELECTOR, document) === 0) return;
    if (await isKernelFile(document)) await this.start();
  }

  start(): Promise<void> {
    return (this.starting ??= this.startClient());
  }

  async restart(): Promise<void> {
    if (this.client) await this.client.restart();
    else await this.start();
  }

  dispose(): Thenable<void> | undefined {
    return this.client?.dispose();
  }

  private async startClient(): Promise<void> {
    const module = this.context.asAbsolutePath('out/bundle/server.cjs');
    const server: ServerOptions = {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
    };
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      diagnosticCollectionName: 'gfp-audit',
      // Verdicts and paths are long; the client cuts nothing and trusts nothing: no command runs from a hover.
      markdown: { isTrusted: false, supportHtml: false },
    };
    this.client = new LanguageClient(SECTION, 'GFP Audit', server, options);
    await this.client.start();
  }
}

let extension: Extension | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const ours = new Extension(context);
  extension = ours;
  const report = (error: unknown): void => {
    void vscode.window.showErrorMessage(`GFP Audit could not start: ${error instanceof Error ? error.message : String(error)}`);
  };
  const look = (document: vscode.TextDocument): void => void ours.look(document).catch(report);
  context.subscriptions.push(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.commands.registerCommand('gfpAudit.restartServer', () => ours.restart().catch(report)),
  );
  for (const document of vscode.workspace.textDocuments) look(document);
}

export function deactivate(): Thenable<void> | undefined {
  return extension?.dispose();
}
