/** 'Mute here': an entry in the tree's file of suppressions, which gfp-audit.json names. */
import { modify } from 'jsonc-parser';
import type { TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { CreateFile } from 'vscode-languageserver';
import { ReadError, type Host } from '../host/host.js';
import type { Finding } from '../rules/model.js';
import { CONFIG_NAME } from '../session/config.js';
import type { Project } from '../session/project.js';
import { suppressionFor, withSuppression } from '../session/suppressions.js';
import { decodeSource } from '../syntax/decode.js';
import type { Places } from './positions.js';

/** Where suppressions go in a tree that has none yet. */
const SUPPRESSIONS_NAME = 'gfp-audit.suppressions.json';
const REASON = 'muted in the editor; say why';

export async function muteEdit(
  finding: Finding,
  project: Project,
  { host, places }: { host: Host; places: Places },
): Promise<WorkspaceEdit> {
  const changes: (CreateFile | TextDocumentEdit)[] = [];
  const rewrite = async (name: string, make: (text: string) => string): Promise<void> => {
    const path = host.resolve(name, project.base);
    const uri = places.uriOf(path);
    const text = await textOf(host, path);
    if (text === undefined) changes.push(CreateFile.create(uri, { ignoreIfExists: true }));
    const lines = (text ?? '').split('\n');
    const end = { line: lines.length - 1, character: lines[lines.length - 1]!.length };
    changes.push({
      textDocument: { uri, version: null },
      edits: [{ range: { start: { line: 0, character: 0 }, end }, newText: make(text ?? '') }],
    });
  };
  await rewrite(project.suppressionsFile ?? SUPPRESSIONS_NAME, (text) => withSuppression(text, suppressionFor(finding, REASON)));
  if (project.suppressionsFile === undefined)
    await rewrite(CONFIG_NAME, (text) => {
      const base = text.trim() === '' ? '{}\n' : text;
      const [edit] = modify(base, ['suppressions'], SUPPRESSIONS_NAME, {
        formattingOptions: { tabSize: 2, insertSpaces: true, eol: '\n' },
      });
      return edit ? base.slice(0, edit.offset) + edit.content + base.slice(edit.offset + edit.length) : base;
    });
  return { documentChanges: changes };
}

async function textOf(host: Host, path: string): Promise<string | undefined> {
  try {
    return (await host.stat(path)).kind === 'file' ? decodeSource(await host.readBytes(path)) : undefined;
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}
