/** Files for a server without a disk: read through the editor, so that every file system of the editor will do. */
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { FILES, type FileListAnswer, type FileParams, type FileReadAnswer, type FileStatAnswer } from '../../server/src/lsp/requests.js';

/** Larger files are no source. Bytes. */
const MAX_BYTES = 64 << 20;
/** Arguments that one call of a function takes without trouble. */
const CHUNK = 8192;

export function serveFiles(client: BaseLanguageClient): void {
  client.onRequest(FILES.stat, ({ uri }: FileParams) => stat(vscode.Uri.parse(uri)));
  client.onRequest(FILES.read, ({ uri }: FileParams) => read(vscode.Uri.parse(uri)));
  client.onRequest(FILES.list, ({ uri }: FileParams) => list(vscode.Uri.parse(uri)));
}

async function stat(uri: vscode.Uri): Promise<FileStatAnswer> {
  try {
    const { type, size, mtime } = await vscode.workspace.fs.stat(uri);
    const kind = (type & vscode.FileType.Directory) !== 0 ? 'directory' : (type & vscode.FileType.File) !== 0 ? 'file' : 'unreadable';
    return { kind, size: kind === 'file' ? size : 0, mtimeMs: kind === 'file' ? mtime : 0 };
  } catch (error) {
    return { kind: isMissing(error) ? 'missing' : 'unreadable', size: 0, mtimeMs: 0 };
  }
}

async function read(uri: vscode.Uri): Promise<FileReadAnswer> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) return { error: `larger than ${MAX_BYTES >> 20} MiB` };
    return { base64: base64(await vscode.workspace.fs.readFile(uri)) };
  } catch (error) {
    return { error: isMissing(error) ? 'no such file' : error instanceof Error ? error.message : String(error) };
  }
}

async function list(uri: vscode.Uri): Promise<FileListAnswer> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(uri);
    return entries.map(([name, type]) => ({
      name,
      kind: type === vscode.FileType.Directory ? 'directory' : type === vscode.FileType.File ? 'file' : 'other',
    }));
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof vscode.FileSystemError && error.code === 'FileNotFound';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(text);
}
