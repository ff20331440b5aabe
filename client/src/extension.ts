/** The extension once it is loaded: its parts, and which command does what. */
import * as vscode from 'vscode';
import {
  EXPLAIN,
  INDEX,
  SIMULATOR_CHOICES,
  SITE_REQUEST,
  type ExplainResult,
  type IndexParams,
  type SimulatorChoices,
  type SiteRequest,
} from '../../server/src/lsp/requests.js';
import { sideOf, START, type PanelState } from '../webview/state.js';
import { Audits } from './audit.js';
import { COMMANDS, SECTION, type CommandId } from './commands.js';
import { ContextsView } from './contexts-view.js';
import type { Extension } from './gate.js';
import { chooseKernel } from './kernel-choice.js';
import { Pages } from './pages.js';
import { placeOf } from './places.js';
import { showRule } from './rule-page.js';
import { Server, type MakeClient } from './server.js';
import { SimulatorPanel } from './simulator-panel.js';
import { StatusItem } from './status.js';

/** Set once the server runs: the view is there then, and not before. */
const RUNNING = `${SECTION}.running`;

export class GfpAudit implements Extension {
  private readonly server: Server;
  private readonly pages = new Pages();
  private readonly audits: Audits;
  private readonly status: StatusItem;
  private readonly contexts: ContextsView;
  private readonly panel: SimulatorPanel;

  constructor(context: vscode.ExtensionContext, schemes: readonly string[], make: MakeClient) {
    this.server = new Server(context, schemes, make);
    this.audits = new Audits(this.server, this.pages);
    this.status = new StatusItem(this.server);
    this.contexts = new ContextsView(this.server);
    this.panel = new SimulatorPanel(context.extensionUri);
  }

  async start(): Promise<void> {
    await this.server.start();
    await vscode.commands.executeCommand('setContext', RUNNING, true);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  dispose(): void {
    for (const part of [this.panel, this.contexts, this.status, this.audits, this.pages, this.server]) part.dispose();
  }

  async restorePanel(panel: vscode.WebviewPanel): Promise<void> {
    this.panel.restore(panel);
    return Promise.resolve();
  }

  async run(command: CommandId, args: readonly unknown[]): Promise<void> {
    if (command === COMMANDS.showLog) return this.server.log.show();
    // The model needs no server: it runs in the panel.
    if (command !== COMMANDS.simulate || placeOf(args)) await this.start();
    switch (command) {
      case COMMANDS.auditWorkspace:
        return this.audits.workspace();
      case COMMANDS.auditFolder:
        return this.audits.folder(args[0]);
      case COMMANDS.auditFile:
        return this.audits.file(args[0]);
      case COMMANDS.exportSarif:
        return this.audits.exportSarif();
      case COMMANDS.clearAudit:
        return this.audits.problems.clear();
      case COMMANDS.simulate:
      case COMMANDS.simulateAt:
        return this.simulate(args);
      case COMMANDS.showContexts:
      case COMMANDS.contextsAt:
        return this.withPlace(args, ({ uri, position }) => this.contexts.show(uri, position));
      case COMMANDS.explain:
      case COMMANDS.explainAt:
        return this.explain(args);
      case COMMANDS.selectKernel:
        return chooseKernel(this.server);
      case COMMANDS.showRule:
        return showRule(this.server, this.pages, args[0]);
      case COMMANDS.buildIndex:
        return this.index('build');
      case COMMANDS.stopIndex:
        return this.index('stop');
      case COMMANDS.restartServer:
        return this.server.restart();
    }
  }

  private withPlace<R>(args: readonly unknown[], act: (place: NonNullable<ReturnType<typeof placeOf>>) => R): R {
    const place = placeOf(args);
    if (!place) throw new Error('open a file of kernel code first');
    return act(place);
  }

  private async simulate(args: readonly unknown[]): Promise<void> {
    const place = placeOf(args);
    const site = place && (await this.server.at<SiteRequest>(SITE_REQUEST, place.uri, place.position));
    if (site) return this.panel.show(stateOf(site), site.location);
    if (!place) return this.panel.show(START);
    const choices = await this.server.request<SimulatorChoices>(SIMULATOR_CHOICES, { textDocument: { uri: place.uri.toString() } });
    this.panel.show({ ...START, kernel: choices.kernel });
  }

  private async explain(args: readonly unknown[]): Promise<void> {
    await this.withPlace(args, async ({ uri, position }) => {
      const answer = await this.server.at<ExplainResult>(EXPLAIN, uri, position);
      if (!answer) throw new Error('nothing is known of this place: put the cursor on an allocation, a gfp flag or a scope call');
      await this.pages.showMarkdown(answer.title, answer.markdown);
    });
  }

  private async index(what: IndexParams['do']): Promise<void> {
    await this.withPlace([], ({ uri }) =>
      this.server.request(INDEX, { textDocument: { uri: uri.toString() }, do: what } satisfies IndexParams),
    );
  }
}

/** An allocation of the code as the panel's first request, and what it is worth comparing with as the second. */
function stateOf({ title, request, against }: SiteRequest): PanelState {
  return {
    ...START,
    title,
    kernel: request.kernel ?? START.kernel,
    sides: [sideOf(request), ...(against ? [sideOf(against.request)] : [])],
  };
}
