/** Entry on the desktop and in remote windows. The rest lies in a bundle of its own that the first kernel file loads. */
import type * as vscode from 'vscode';
import { Gate } from './gate.js';

let gate: Gate | undefined;

export function activate(context: vscode.ExtensionContext): void {
  gate = new Gate(context, () => (require('./client.cjs') as typeof import('./client-node.js')).open(context));
}

export function deactivate(): Promise<void> | undefined {
  return gate?.stop();
}
