/** The server as the features see it: started when first asked, one place for its requests. */
import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { STATUS, type At, type InitializationOptions, type Status } from '../../server/src/lsp/requests.js';
import { COMMANDS, SECTION } from './commands.js';
import { serveFiles } from './files.js';

export type MakeClient = (options: LanguageClientOptions) => BaseLanguageClient;

/** Commands that the server may put into hovers, lenses and actions. */
const OFFERED = [COMMANDS.explainAt, COMMANDS.simulateAt, COMMANDS.contextsAt];

export class Server implements vscode.Disposable {
  private client: BaseLanguageClient | undefined;
  private starting: Promise<BaseLanguageClient> | undefined;
  private readonly statusEmitter = new vscode.EventEmitter<Status>();
  /** What the server says of its projects, whenever that changes. */
  readonly onStatus = this.statusEmitter.event;
  readonly log = vscode.window.createOutputChannel('GFP Audit', { log: true });

  constructor(
    private readonly context: vscode.ExtensionContext,
    /** Schemes of documents that are read. */
    readonly schemes: readonly string[],
    private readonly make: MakeClient,
  ) {}

  get selector(): { scheme: string; language: string; pattern?: string }[] {
    return this.schemes.flatMap((scheme) => [
      { scheme, language: 'c' },
      { scheme, language: 'cpp', pattern: '**/*.h' },
    ]);
  }

  start(): Promise<BaseLanguageClient> {
    return (this.starting ??= this.startClient().catch((error: unknown) => {
      // Another try is allowed: a command can be given again.
      this.starting = undefined;
      throw error;
    }));
  }

  async request<R>(method: string, params: object, token?: vscode.CancellationToken): Promise<R> {
    const client = await this.start();
    return client.sendRequest<R>(method, params, token);
  }

  /** As `request`, of the allocation, function or line at a place. */
  at<R>(method: string, uri: vscode.Uri, { line, character }: vscode.Position): Promise<R | null> {
    const params: At = { textDocument: { uri: uri.toString() }, position: { line, character } };
    return this.request<R | null>(method, params);
  }

  async restart(): Promise<void> {
    // Not its own restart(): that is there on Node alone.
    if (this.client?.needsStop()) await this.client.stop();
    if (this.client) await this.client.start();
    else await this.start();
  }

  async stop(): Promise<void> {
    await this.client?.dispose();
  }

  dispose(): void {
    this.statusEmitter.dispose();
    this.log.dispose();
  }

  private async startClient(): Promise<BaseLanguageClient> {
    const { extensionUri } = this.context;
    const initial: InitializationOptions = {
      commands: OFFERED,
      pictures: pictures(),
      diagnosticsInHover: true,
      assets: vscode.Uri.joinPath(extensionUri, 'out', 'bundle').toString(true),
    };
    const client = this.make({
      documentSelector: this.selector,
      diagnosticCollectionName: 'gfp-audit',
      outputChannel: this.log,
      initializationOptions: initial,
      middleware: {
        workspace: {
          // The ground for pictures is no setting of the user's: it comes with the theme.
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            if (!Array.isArray(answers)) return answers;
            return params.items.map(({ section }, i) =>
              section === SECTION ? { ...(answers[i] as object), pictures: pictures() } : (answers[i] as object),
            );
          },
        },
      },
      markdown: { isTrusted: { enabledCommands: OFFERED }, supportHtml: false, supportThemeIcons: true },
    });
    this.client = client;
    serveFiles(client);
    this.context.subscriptions.push(
      vscode.window.onDidChangeActiveColorTheme(() => {
        if (client.isRunning()) void client.sendNotification('workspace/didChangeConfiguration', { settings: null });
      }),
    );
    client.onNotification(STATUS, (status: Status) => this.statusEmitter.fire(status));
    await client.start();
    return client;
  }
}

/** Pictures in hovers are made for a ground. */
function pictures(): 'light' | 'dark' {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight ? 'light' : 'dark';
}
