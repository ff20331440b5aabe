/** Places of the server as the editor's, and the way to them. */
import * as vscode from 'vscode';
import type { Location, Span } from '../../server/src/lsp/requests.js';

export function rangeOf({ start, end }: Span): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

export function locationOf({ uri, range }: Location): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(uri), rangeOf(range));
}

/** A command that shows a place, for tree items. */
export function opens(location: Location): vscode.Command {
  const { uri, range } = locationOf(location);
  const selection = new vscode.Range(range.start, range.start);
  return {
    command: 'vscode.open',
    title: 'Open',
    arguments: [uri, { selection, preserveFocus: true } satisfies vscode.TextDocumentShowOptions],
  };
}

export async function reveal(location: Location): Promise<void> {
  const { uri, range } = locationOf(location);
  await vscode.window.showTextDocument(uri, { selection: range, viewColumn: vscode.ViewColumn.One });
}

/** Where a command was given: its own arguments (from a hover or a lens), or the cursor. Undefined when there is neither. */
export function placeOf(args: readonly unknown[]): { uri: vscode.Uri; position: vscode.Position } | undefined {
  const [uri, at] = args;
  if (typeof uri === 'string' && isPosition(at))
    return { uri: vscode.Uri.parse(uri), position: new vscode.Position(at.line, at.character) };
  const editor = vscode.window.activeTextEditor;
  return editor && { uri: editor.document.uri, position: editor.selection.active };
}

function isPosition(value: unknown): value is { line: number; character: number } {
  const { line, character } = (value ?? {}) as Record<string, unknown>;
  return typeof line === 'number' && typeof character === 'number' && line >= 0 && character >= 0;
}
