/** The extension on Node: the server is a process of its own, spoken to over IPC. */
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind, type ServerOptions } from 'vscode-languageclient/node';
import { SECTION } from './commands.js';
import { GfpAudit } from './extension.js';
import type { Extension } from './gate.js';

export function open(context: vscode.ExtensionContext): Extension {
  const module = context.asAbsolutePath('out/bundle/server.cjs');
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
  };
  return new GfpAudit(context, ['file'], (options) => new LanguageClient(SECTION, 'GFP Audit', server, options));
}
