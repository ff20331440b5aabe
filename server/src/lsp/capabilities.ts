/** What the client can show. Each is off unless the client says so: the plainest client gets plain diagnostics, hovers and edits. */
import { CodeActionKind, MarkupKind, type ClientCapabilities, type DiagnosticTag } from 'vscode-languageserver';

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
  createFiles: boolean;
  configuration: boolean;
  /** Wants to be told which settings are watched. */
  configurationRegistration: boolean;
  watchedFiles: boolean;
  /** The client asks for diagnostics and is sent none. */
  pull: boolean;
  pullRefresh: boolean;
  /** Edits of code actions may come when one is chosen. */
  resolveEdits: boolean;
  /** Actions that cannot be done are shown with their reason. */
  disabledActions: boolean;
  progress: boolean;
  completionMarkdown: boolean;
  completionTags: boolean;
  hints: boolean;
  lenses: boolean;
  hierarchy: boolean;
  hintRefresh: boolean;
  lensRefresh: boolean;
  folders: boolean;
}

/** @param diagnostics 'pull' where the client prefers to ask; a client that can only ask is served that way anyhow */
export function abilitiesOf(client: ClientCapabilities, diagnostics?: unknown): Abilities {
  const { publishDiagnostics, hover, codeAction, completion } = client.textDocument ?? {};
  const { workspaceEdit } = client.workspace ?? {};
  const kinds = codeAction?.codeActionLiteralSupport?.codeActionKind.valueSet;
  return {
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    codeDescription: publishDiagnostics?.codeDescriptionSupport === true,
    tags: publishDiagnostics?.tagSupport?.valueSet ?? [],
    version: publishDiagnostics?.versionSupport === true,
    data: publishDiagnostics?.dataSupport === true,
    markdown: hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    codeActions:
      kinds?.some(
        (kind) => kind === CodeActionKind.Empty || kind === CodeActionKind.QuickFix || CodeActionKind.RefactorRewrite.startsWith(kind),
      ) === true,
    documentChanges: workspaceEdit?.documentChanges === true,
    createFiles: workspaceEdit?.resourceOperations?.includes('create') === true,
    changeAnnotations: workspaceEdit?.changeAnnotationSupport !== undefined,
    configuration: client.workspace?.configuration === true,
    // Both at once would show every finding twice.
    pull: client.textDocument?.diagnostic !== undefined && (diagnostics === 'pull' || publishDiagnostics === undefined),
    pullRefresh: client.workspace?.diagnostics?.refreshSupport === true,
    resolveEdits: codeAction?.resolveSupport?.properties.includes('edit') === true && codeAction.dataSupport === true,
    disabledActions: codeAction?.disabledSupport === true,
    completionMarkdown: completion?.completionItem?.documentationFormat?.includes(MarkupKind.Markdown) === true,
    completionTags: completion?.completionItem?.tagSupport !== undefined,
    hints: client.textDocument?.inlayHint !== undefined,
    lenses: client.textDocument?.codeLens !== undefined,
    hierarchy: client.textDocument?.callHierarchy !== undefined,
    progress: client.window?.workDoneProgress === true,
    hintRefresh: client.workspace?.inlayHint?.refreshSupport === true,
    lensRefresh: client.workspace?.codeLens?.refreshSupport === true,
    folders: client.workspace?.workspaceFolders === true,
    configurationRegistration: client.workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchedFiles: client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}
