/** Wires the protocol to the engine. A handler a feature; what is true is decided below. */
import {
  CodeLensRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  MessageType,
  ShowMessageNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type Diagnostic,
  type InitializeResult,
  type WorkDoneProgressServerReporter,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../host/host.js';
import { rulePage, ruleTable } from '../report/rules.js';
import type { Finding } from '../rules/model.js';
import { RULES } from '../rules/index.js';
import type { KernelParser } from '../syntax/model.js';
import { Analyst } from './analyst.js';
import type { Known } from './session.js';
import { runAudit, type RunAudit } from './audit.js';
import { abilitiesOf, type Abilities } from './capabilities.js';
import { CodeActions, KINDS } from './code-actions.js';
import { completions } from './completion.js';
import { contextsOf } from './contexts.js';
import { toDiagnostic } from './diagnostics.js';
import { explain, hover } from './hover.js';
import { Indexes } from './indexes.js';
import { codeLenses, incoming, inlayHints, outgoing, prepareCalls } from './lenses.js';
import type { Places } from './positions.js';
import { Publisher } from './publisher.js';
import {
  AUDIT,
  CONTEXTS,
  EXPLAIN,
  INDEX,
  RULE,
  SIMULATE,
  SIMULATOR_CHOICES,
  SITE_REQUEST,
  STATUS,
  type At,
  type AuditAnswer,
  type AuditParams,
  type ContextsParams,
  type ContextsResult,
  type ExplainResult,
  type IndexParams,
  type IndexState,
  type InitializationOptions,
  type RuleParams,
  type RuleResult,
  type SimulateParams,
  type SimulatorChoicesParams,
  type SiteRequest,
} from './requests.js';
import { DEFAULTS, readSettings, SECTION, type ServerSettings } from './settings.js';
import { runSimulations, simulatorChoices, siteRequest } from './simulate.js';
import { Statuses } from './status.js';

export interface ServerEnvironment {
  host: Host;
  places: Places;
  /** Makes a parser: one reads what is typed, another one tries mends. */
  parser: () => Promise<KernelParser>;
  version: string;
  /** URI of the folder of rule pages, with a '/' at its end. */
  rulePages: string | ((options: InitializationOptions) => string);
  /** How audits are run, and where they keep facts between runs. */
  audit: RunAudit;
  cacheDir: string | null;
  /** Heap that an index may take, MiB; 0 where there are no threads for one. */
  indexMiB: number;
  /** The client can be asked from now on. */
  onInitialized?(options: InitializationOptions): void;
}

export function startServer(connection: Connection, environment: ServerEnvironment): void {
  const { host, places, parser, version } = environment;
  let rulePages = '';
  let abilities: Abilities = abilitiesOf({});
  let initial: ServerSettings = DEFAULTS;
  let current: ServerSettings = DEFAULTS;
  let options: InitializationOptions = {};
  let announce = (): void => undefined;
  const ready = new Promise<void>((resolve) => (announce = resolve));
  const documents = new TextDocuments(TextDocument);
  const warned = new Set<string>();

  const settings = async (): Promise<ServerSettings> => (current = await askSettings());
  const askSettings = async (): Promise<ServerSettings> => {
    await ready;
    if (!abilities.configuration) return initial;
    try {
      const given: unknown = await connection.workspace.getConfiguration(SECTION);
      return given === null || given === undefined ? initial : readSettings(given, initial.pictures);
    } catch (error) {
      connection.console.warn(`the client gave no settings: ${error instanceof Error ? error.message : String(error)}`);
      return initial;
    }
  };
  const uriOf = (name: string, base: string): string => places.uriOf(host.resolve(name, base));
  const publisher = new Publisher(connection, () => abilities, diagnosticsOf);
  const analyst = new Analyst(host, parser(), places, settings(), {
    inspected: (known) => {
      publisher.publish(known);
      if (known.settled) statuses.changed();
    },
    silent: (uri) => publisher.clear(uri),
    opened: ({ base, root, kernel, warnings, notes }) => {
      connection.console.info(
        `${root === null ? 'no kernel tree around ' : 'kernel tree '}${base}: Linux ${kernel.version} (${kernel.from})`,
      );
      for (const note of notes) connection.console.info(`  ${note}`);
      for (const warning of warnings) warn(warning);
      statuses.changed();
    },
    closed: (project) => indexes.close(project),
    surroundings: (project, texts) => {
      // The first look at a project comes before its index: nobody waits for that.
      indexes.open(project);
      return indexes.around(project, texts);
    },
    failed: (what, error) =>
      connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  const statuses = new Statuses(analyst, places, (status) => void connection.sendNotification(STATUS, status));

  const indexes = new Indexes(
    { host, heapMiB: environment.indexMiB, cacheDir: environment.cacheDir, settings: () => current, progress: beginProgress },
    (project, state) => {
      statuses.setIndex(project, state);
      if (state.state === 'failed') connection.console.error(`${project.base}: no index: ${state.message ?? ''}`);
      if (state.state === 'ready' || state.state === 'failed' || state.state === 'none') analyst.renew(project);
    },
  );

  async function beginProgress(): Promise<WorkDoneProgressServerReporter | undefined> {
    return abilities.progress ? connection.window.createWorkDoneProgress() : undefined;
  }

  let makesActions: CodeActions | undefined;
  const actions = (): CodeActions =>
    (makesActions ??= new CodeActions({
      host,
      places,
      abilities,
      inTree: (project, finding) => indexes.mends(project, finding, analyst.texts(project)),
      document: (uri) => documents.get(uri),
      commands: options.commands ?? [],
      newParser: parser,
    }));

  function warn(text: string): void {
    connection.console.warn(text);
    // A notification: connection.window would ask a question and wait for its answer.
    if (!warned.has(text))
      void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message: `GFP Audit: ${text}` });
    warned.add(text);
  }

  function diagnosticsOf({ document, name, project, inspection }: Known): Diagnostic[] {
    const uris = (file: string): string => uriOf(file, project.base);
    const lineOf = (file: string, line: number): string | undefined => {
      const open = file === name ? document : documents.get(uris(file));
      if (!open || line > open.lineCount) return undefined;
      return open.getText({ start: { line: line - 1, character: 0 }, end: { line, character: 0 } });
    };
    const allocatesAt = ({ at }: Finding): boolean => inspection.siteAt(name, at.line, at.column) !== undefined;
    return project
      .shown(inspection.findingsIn(name))
      .map((finding) => toDiagnostic(finding, { abilities, rulePages, uriOf: uris, lineOf, allocatesAt }));
  }

  connection.onInitialize((params): InitializeResult => {
    const given: unknown = params.initializationOptions;
    options = typeof given === 'object' && given !== null ? given : {};
    abilities = abilitiesOf(params.capabilities, options.diagnostics);
    initial = current = readSettings(given, options.pictures);
    rulePages = typeof environment.rulePages === 'string' ? environment.rulePages : environment.rulePages(options);
    return {
      serverInfo: { name: 'gfp-audit', version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
        hoverProvider: true,
        ...(abilities.codeActions ? { codeActionProvider: { codeActionKinds: KINDS, resolveProvider: abilities.resolveEdits } } : {}),
        completionProvider: { triggerCharacters: ['_', '|'] },
        // Answered with nothing while they are switched off: switches are turned while the server runs.
        ...(abilities.hints ? { inlayHintProvider: true } : {}),
        ...(abilities.lenses ? { codeLensProvider: {} } : {}),
        ...(abilities.hierarchy ? { callHierarchyProvider: true } : {}),
        ...(abilities.pull ? { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false } } : {}),
      },
    };
  });
  connection.onInitialized(() => {
    if (abilities.watchedFiles)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/gfp-audit*.json' }, { globPattern: '**/*.[ch]' }],
      });
    if (abilities.configurationRegistration) void connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION });
    environment.onInitialized?.(options);
    announce();
  });
  connection.onDidChangeConfiguration(({ settings: given }) => {
    if (!abilities.configuration) initial = readSettings(given, initial.pictures);
    const before = current;
    void settings().then((now) => {
      const same = (of: ServerSettings): string => JSON.stringify([of.kernel, of.rt, of.minConfidence, of.index]);
      if (same(now) !== same(before)) analyst.reset(Promise.resolve(now));
      if (abilities.hintRefresh) void connection.languages.inlayHint.refresh();
      if (abilities.lensRefresh) void connection.sendRequest(CodeLensRefreshRequest.type);
    });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => /gfp-audit[^/\\]*\.json$/.test(uri))) analyst.reset();
    else {
      for (const { uri } of changes) analyst.saved(uri);
      indexes.update(changes.map(({ uri }) => places.pathOf(uri)));
    }
  });
  connection.onHover(async ({ textDocument, position }) => {
    const known = await analyst.known(textDocument.uri);
    const { commands, diagnosticsInHover: showsFindings = false } = options;
    return known ? hover(known, position, { abilities, uriOf, pictures: current.pictures, commands, showsFindings }) : null;
  });
  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    const known = abilities.codeActions ? await analyst.known(textDocument.uri) : undefined;
    return known ? actions().offer(known, range, context, token) : [];
  });
  connection.onCodeActionResolve(async (action) => {
    const { uri } = (action.data ?? {}) as { uri?: string };
    return actions().resolve(action, uri === undefined ? undefined : await analyst.known(uri));
  });
  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }) =>
    publisher.report(await analyst.known(textDocument.uri), previousResultId),
  );
  connection.onCompletion(async ({ textDocument, position, context }) => {
    const known = current.completion ? await analyst.known(textDocument.uri) : undefined;
    return known ? completions(known, position, context, abilities) : [];
  });
  connection.languages.inlayHint.on(async ({ textDocument, range }) => {
    const known = current.hints.masks || current.hints.atomic ? await analyst.known(textDocument.uri) : undefined;
    return known ? inlayHints(known, range, current) : [];
  });
  connection.onCodeLens(async ({ textDocument }) => {
    const known = current.lenses.contexts || current.lenses.allocations ? await analyst.known(textDocument.uri) : undefined;
    return known ? codeLenses(known, current, options.commands ?? []) : [];
  });
  connection.languages.callHierarchy.onPrepare(async ({ textDocument, position }) => {
    const known = current.callHierarchy ? await analyst.known(textDocument.uri) : undefined;
    return known ? prepareCalls(known, position, uriOf) : null;
  });
  connection.languages.callHierarchy.onIncomingCalls(async ({ item }) => {
    const known = await analyst.around(item.uri);
    return known ? incoming(known, item, uriOf) : [];
  });
  connection.languages.callHierarchy.onOutgoingCalls(async ({ item }) => {
    const known = await analyst.around(item.uri);
    return known ? outgoing(known, item, uriOf) : [];
  });
  connection.onRequest(SIMULATE, (params: SimulateParams) => runSimulations(params));
  connection.onRequest(SIMULATOR_CHOICES, async ({ textDocument }: SimulatorChoicesParams) =>
    simulatorChoices(textDocument && (await analyst.known(textDocument.uri))),
  );
  connection.onRequest(SITE_REQUEST, async ({ textDocument, position }: At): Promise<SiteRequest | null> => {
    const known = await analyst.known(textDocument.uri);
    return known ? siteRequest(known, position) : null;
  });
  connection.onRequest(EXPLAIN, async ({ textDocument, position }: At): Promise<ExplainResult | null> => {
    const known = await analyst.known(textDocument.uri);
    const page =
      known && explain(known, position, { abilities, uriOf, pictures: current.pictures, commands: undefined, showsFindings: false });
    if (!page) return null;
    const mends = await actions().told(known, position.line + 1);
    return mends === '' ? page : { ...page, markdown: `${page.markdown}\n\n---\n\n${mends}` };
  });
  connection.onRequest(CONTEXTS, async (params: ContextsParams): Promise<ContextsResult | null> => {
    const known = await analyst.known(params.textDocument.uri);
    return known ? contextsOf(known, params, { uriOf, basis: statuses.indexOf(known.project) }) : null;
  });
  connection.onRequest(RULE, ({ id }: RuleParams): RuleResult | null => {
    if (id === undefined) return { id: '', title: 'Rules', markdown: `# Rules\n\n${ruleTable(RULES.map(({ meta }) => meta))}` };
    const meta = RULES.find((rule) => rule.meta.id === id)?.meta;
    return meta ? { id, title: meta.summary, markdown: rulePage(meta) } : null;
  });
  connection.onRequest(STATUS, () => statuses.now());
  connection.onRequest(AUDIT, (params: AuditParams, token): Promise<AuditAnswer> => {
    const interrupt = new AbortController();
    token.onCancellationRequested(() => interrupt.abort(new Error('cancelled')));
    const progress = connection.window.attachWorkDoneProgress(params.workDoneToken);
    return runAudit(
      params,
      { host, places, version, rulePages, settings: current, cacheDir: environment.cacheDir, run: environment.audit },
      progress,
      interrupt.signal,
    );
  });
  connection.onRequest(INDEX, async ({ textDocument, do: what }: IndexParams): Promise<IndexState | null> => {
    const known = await analyst.known(textDocument.uri);
    if (!known) return null;
    if (what === 'stop') indexes.stop(known.project);
    else indexes.build(known.project);
    return statuses.indexOf(known.project);
  });
  connection.onShutdown(() => {
    analyst.stop();
    indexes.stopAll();
  });

  documents.onDidOpen(({ document }) => analyst.open(document));
  documents.onDidChangeContent(({ document }) => analyst.changed(document));
  documents.onDidSave(({ document }) => {
    analyst.saved(document.uri);
    indexes.update([places.pathOf(document.uri)]);
  });
  documents.onDidClose(({ document }) => analyst.close(document.uri));
  documents.listen(connection);
  connection.listen();
}
