/** What the client can show. Each is off unless the client says so: the plainest client gets plain diagnostics, hovers and edits. */
import { CodeActionKind, MarkupKind, type ClientCapabilities, type DiagnosticTag } from 'vscode-languageserver/node';

export interface Abilities {
  relatedInformation: boolean;
  codeDescription: boolean;
  tags: readonly DiagnosticTag[];
  /** Published diagnostics may name the document's version. */
  version: boolean;
  data: boolean;
  markdown: boolean;
  /** Code actions as such; a client that only knows commands gets none. */
  codeActions: boolean;
  documentChanges: boolean;
  changeAnnotations: boolean;
  configuration: boolean;
  watchedFiles: boolean;
}

export function abilitiesOf(client: ClientCapabilities): Abilities {
  const { publishDiagnostics, hover, codeAction } = client.textDocument ?? {};
  const { workspaceEdit } = client.workspace ?? {};
  const kinds = codeAction?.codeActionLiteralSupport?.codeActionKind.valueSet;
  return {
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    codeDescription: publishDiagnostics?.codeDescriptionSupport === true,
    tags: publishDiagnostics?.tagSupport?.valueSet ?? [],
    version: publishDiagnostics?.versionSupport === true,
    data: publishDiagnostics?.dataSupport === true,
    markdown: hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    codeActions: kinds?.some((kind) => kind === CodeActionKind.Empty || CodeActionKind.RefactorRewrite.startsWith(kind)) === true,
    documentChanges: workspaceEdit?.documentChanges === true,
    changeAnnotations: workspaceEdit?.changeAnnotationSupport !== undefined,
    configuration: client.workspace?.configuration === true,
    watchedFiles: client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}
