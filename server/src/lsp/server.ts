/** Wires the protocol to the engine. A handler a feature; what is true is decided below. */
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  MessageType,
  ShowMessageNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../host/host.js';
import { CONFIG_NAME } from '../session/config.js';
import type { ProjectSettings } from '../session/project.js';
import type { Finding } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';
import { Analyst, type Known } from './analyst.js';
import { abilitiesOf, type Abilities } from './capabilities.js';
import { codeActions } from './code-actions.js';
import { toDiagnostic } from './diagnostics.js';
import { hover } from './hover.js';
import { pathOf, uriOf } from './positions.js';
import { DEFAULTS, readSettings, SECTION } from './settings.js';

export interface ServerEnvironment {
  host: Host;
  parser: Promise<KernelParser>;
  version: string;
  /** URI of the folder of rule pages, with a '/' at its end. */
  rulePages: string;
}

export function startServer(connection: Connection, { host, parser, version, rulePages }: ServerEnvironment): void {
  let abilities: Abilities = abilitiesOf({});
  let initial: ProjectSettings = DEFAULTS;
  let announce = (): void => undefined;
  const ready = new Promise<void>((resolve) => (announce = resolve));
  const documents = new TextDocuments(TextDocument);
  const warned = new Set<string>();

  const settings = async (): Promise<ProjectSettings> => {
    await ready;
    if (!abilities.configuration) return initial;
    try {
      const given: unknown = await connection.workspace.getConfiguration(SECTION);
      return given === null || given === undefined ? initial : readSettings(given);
    } catch (error) {
      connection.console.warn(`the client gave no settings: ${error instanceof Error ? error.message : String(error)}`);
      return initial;
    }
  };
  const analyst = new Analyst(host, parser, settings(), {
    inspected: publish,
    silent: (uri) => send(uri, []),
    opened: ({ base, root, kernel, warnings, notes }) => {
      connection.console.info(
        `${root === null ? 'no kernel tree around ' : 'kernel tree '}${base}: Linux ${kernel.version} (${kernel.from})`,
      );
      for (const note of notes) connection.console.info(`  ${note}`);
      for (const warning of warnings) warn(warning);
    },
    failed: (what, error) =>
      connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });

  function warn(text: string): void {
    connection.console.warn(text);
    // A notification: connection.window would ask a question and wait for its answer.
    if (!warned.has(text))
      void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message: `GFP Audit: ${text}` });
    warned.add(text);
  }

  function publish({ document, name, project, inspection }: Known): void {
    const uris = (file: string): string => uriOf(host.resolve(file, project.base));
    const lineOf = (file: string, line: number): string | undefined => {
      const open = file === name ? document : documents.get(uris(file));
      if (!open || line > open.lineCount) return undefined;
      return open.getText({ start: { line: line - 1, character: 0 }, end: { line, character: 0 } });
    };
    const allocatesAt = ({ at }: Finding): boolean => inspection.siteAt(name, at.line, at.column) !== undefined;
    send(
      document.uri,
      inspection.findingsIn(name).map((finding) => toDiagnostic(finding, { abilities, rulePages, uriOf: uris, lineOf, allocatesAt })),
      document.version,
    );
  }

  /** Clearing what was never shown is no news. */
  const shown = new Set<string>();
  function send(uri: string, diagnostics: ReturnType<typeof toDiagnostic>[], of?: number): void {
    if (of === undefined && !shown.delete(uri)) return;
    if (of !== undefined) shown.add(uri);
    void connection.sendDiagnostics({ uri, diagnostics, ...(abilities.version && of !== undefined ? { version: of } : {}) });
  }

  connection.onInitialize((params): InitializeResult => {
    abilities = abilitiesOf(params.capabilities);
    initial = readSettings(params.initializationOptions);
    return {
      serverInfo: { name: 'gfp-audit', version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
        hoverProvider: true,
        ...(abilities.codeActions ? { codeActionProvider: { codeActionKinds: [CodeActionKind.RefactorRewrite] } } : {}),
      },
    };
  });
  connection.onInitialized(() => {
    if (abilities.watchedFiles)
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: `**/${CONFIG_NAME}` }] });
    if (abilities.configuration) void connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION });
    announce();
  });
  connection.onDidChangeConfiguration(({ settings: given }) => {
    if (!abilities.configuration) initial = readSettings(given);
    analyst.reset(settings());
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => pathOf(uri)?.endsWith(CONFIG_NAME))) analyst.reset();
  });
  connection.onHover(async ({ textDocument, position }) => {
    const known = await analyst.known(textDocument.uri);
    return known ? hover(known, position, { abilities, resolve: (name, base) => host.resolve(name, base) }) : null;
  });
  connection.onCodeAction(async (params) => {
    const known = abilities.codeActions ? await analyst.known(params.textDocument.uri) : undefined;
    return known ? codeActions(known, params, await parser, abilities) : [];
  });
  connection.onShutdown(() => analyst.stop());

  documents.onDidOpen(({ document }) => analyst.open(document));
  documents.onDidChangeContent(({ document }) => analyst.changed(document));
  documents.onDidSave(({ document }) => analyst.saved(document.uri));
  documents.onDidClose(({ document }) => analyst.close(document.uri));
  documents.listen(connection);
  connection.listen();
}
