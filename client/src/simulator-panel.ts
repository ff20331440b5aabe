/** The panel of the allocator's model: a webview with one script of ours and no other power. What it shows is computed in it. */
import * as vscode from 'vscode';
import type { Location } from '../../server/src/lsp/requests.js';
import type { FromPanel, PanelState, ToPanel } from '../webview/state.js';
import { PANEL_KIND } from './gate.js';
import { reveal } from './places.js';

export class SimulatorPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  /** What is shown once the page says that it listens. */
  private pending: PanelState | undefined;
  private source: Location | undefined;

  constructor(private readonly extensionUri: vscode.Uri) {}

  /** Shows a state, beside the code. @param source where "Show in code" leads. */
  show(state: PanelState, source?: Location): void {
    this.source = source;
    if (this.panel) {
      this.panel.reveal(undefined, false);
      this.post(state);
      return;
    }
    this.pending = state;
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(vscode.window.createWebviewPanel(PANEL_KIND, 'Allocator Simulator', column, this.options()));
  }

  /** A panel of the last session: its page keeps its state by itself. */
  restore(panel: vscode.WebviewPanel): void {
    panel.webview.options = this.options();
    this.adopt(panel);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'out', 'bundle')] };
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.onDidDispose(() => (this.panel = undefined));
    panel.webview.onDidReceiveMessage((message: FromPanel) => this.receive(message));
    panel.webview.html = this.html(panel.webview);
  }

  private receive(message: FromPanel): void {
    if (message.type === 'ready') {
      if (this.pending) this.post(this.pending);
      this.pending = undefined;
    } else if (this.source) void reveal(this.source);
  }

  private post(state: PanelState): void {
    void this.panel?.webview.postMessage({ type: 'show', state } satisfies ToPanel);
  }

  private html(webview: vscode.Webview): string {
    const asset = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'out', 'bundle', name)).toString(true);
    const nonce = [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const policy = [
      "default-src 'none'",
      `style-src ${webview.cspSource}`,
      `script-src 'nonce-${nonce}'`,
      // The model's script is fetched from beside the page's and started as a worker of its own.
      `connect-src ${webview.cspSource}`,
      'worker-src blob:',
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allocator Simulator</title>
<link rel="stylesheet" href="${asset('simulator.css')}">
</head>
<body data-worker="${asset('simulator.worker.js')}">
<header><h1 id="title"></h1><button type="button" class="link" id="source" hidden>Show in code</button></header>
<div id="form"></div>
<p id="status" role="status" class="soft"></p>
<main id="results" aria-label="Results"></main>
<script nonce="${nonce}" src="${asset('simulator.js')}"></script>
</body>
</html>`;
  }
}
