/**
 * What runs at activation: next to nothing. The extension proper is loaded for the first file that is kernel code, or for a command,
 * so a window full of other C pays for one look at each file.
 */
import * as vscode from 'vscode';
import { COMMANDS, type CommandId } from './commands.js';
import { isKernelFile } from './kernel-file.js';

export interface Extension extends vscode.Disposable {
  /** Starts the server; once it runs, it judges further documents itself. */
  start(): Promise<void>;
  run(command: CommandId, args: readonly unknown[]): Promise<void>;
  restorePanel(panel: vscode.WebviewPanel, state: unknown): Promise<void>;
  /** As dispose, but ends the server in good order. */
  stop(): Promise<void>;
}

/** Kind of the simulator's panel: a window that is opened again finds it where it was. */
export const PANEL_KIND = 'gfpAudit.simulator';

export class Gate {
  private loaded: Extension | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly load: () => Extension,
  ) {
    context.subscriptions.push(
      vscode.workspace.onDidOpenTextDocument((document) => void this.look(document)),
      vscode.window.registerWebviewPanelSerializer(PANEL_KIND, {
        deserializeWebviewPanel: (panel, state: unknown) => this.extension().restorePanel(panel, state),
      }),
      ...Object.values(COMMANDS).map((id) => vscode.commands.registerCommand(id, (...args: unknown[]) => this.run(id, args))),
    );
    for (const document of vscode.workspace.textDocuments) void this.look(document);
  }

  stop(): Promise<void> | undefined {
    return this.loaded?.stop();
  }

  private extension(): Extension {
    if (!this.loaded) {
      this.loaded = this.load();
      this.context.subscriptions.push(this.loaded);
    }
    return this.loaded;
  }

  private async look(document: vscode.TextDocument): Promise<void> {
    if (this.loaded || !isC(document)) return;
    try {
      if (await isKernelFile(document)) await this.extension().start();
    } catch (error) {
      complain('could not start', error);
    }
  }

  private async run(id: CommandId, args: readonly unknown[]): Promise<void> {
    try {
      await this.extension().run(id, args);
    } catch (error) {
      // What the user stopped is no news to the user.
      if (!(error instanceof vscode.CancellationError)) complain(undefined, error);
    }
  }
}

/** Kernel headers are C++ to an editor that was not told otherwise. */
function isC({ uri, languageId }: vscode.TextDocument): boolean {
  if (uri.scheme === 'git' || uri.scheme === 'output') return false;
  return languageId === 'c' || (languageId === 'cpp' && uri.path.endsWith('.h'));
}

function complain(what: string | undefined, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const log = 'Show Log';
  void vscode.window.showErrorMessage(`GFP Audit${what === undefined ? '' : ` ${what}`}: ${message}`, log).then((choice) => {
    if (choice === log) void vscode.commands.executeCommand(COMMANDS.showLog);
  });
}
