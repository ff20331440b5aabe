/** Audits of a file, a folder or the workspace: progress that can be cancelled, then Problems and a report. */
import * as vscode from 'vscode';
import { WorkDoneProgress, type WorkDoneProgressBegin, type WorkDoneProgressEnd, type WorkDoneProgressReport } from 'vscode-languageclient';
import { AUDIT, MAX_LISTED, type AuditAnswer, type AuditParams } from '../../server/src/lsp/requests.js';
import { AuditProblems } from './audit-problems.js';
import type { PageLink, Pages } from './pages.js';
import { reportLinks } from './report-links.js';
import type { Server } from './server.js';

type Format = AuditParams['format'];

export class Audits implements vscode.Disposable {
  readonly problems: AuditProblems;
  private next = 1;

  constructor(
    private readonly server: Server,
    private readonly pages: Pages,
  ) {
    this.problems = new AuditProblems(server.selector);
  }

  async workspace(): Promise<void> {
    const folder = await chooseFolder();
    if (folder) await this.show(folder.uri, folder.name);
  }

  /** @param given the folder of the explorer's menu; chosen in a dialog when absent. */
  async folder(given: unknown): Promise<void> {
    const uri = given instanceof vscode.Uri ? given : await askForFolder();
    if (uri) await this.show(uri, vscode.workspace.asRelativePath(uri, false));
  }

  async file(given: unknown): Promise<void> {
    const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
    if (!uri) throw new Error('open a file of kernel code first');
    await vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())?.save();
    await this.show(uri, vscode.workspace.asRelativePath(uri, false));
  }

  async exportSarif(): Promise<void> {
    const folder = await chooseFolder();
    if (!folder) return;
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(folder.uri, 'gfp-audit.sarif'),
      filters: { SARIF: ['sarif', 'sarif.json'] },
      title: 'Export the audit as SARIF',
    });
    if (!target) return;
    const answer = await this.run(folder.uri, folder.name, 'sarif');
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(answer.report));
    this.problems.set(folder.uri, answer.findings);
    const open = 'Open';
    const choice = await vscode.window.showInformationMessage(
      `${countWords(answer)} written to ${vscode.workspace.asRelativePath(target)}.`,
      open,
    );
    if (choice === open) await vscode.window.showTextDocument(target);
  }

  dispose(): void {
    this.problems.dispose();
  }

  private async show(uri: vscode.Uri, name: string): Promise<void> {
    const answer = await this.run(uri, name, 'text');
    this.problems.set(uri, answer.findings);
    const text = reportOf(name, answer);
    await this.pages.showText(`Audit of ${name}.gfp-report`, text, linksOf(text, answer.root, uri));
  }

  private run(uri: vscode.Uri, name: string, format: Format): Promise<AuditAnswer> {
    const options = { location: vscode.ProgressLocation.Notification, title: `GFP Audit of ${name}`, cancellable: true };
    return Promise.resolve(
      vscode.window.withProgress(options, async (progress, token) => {
        const client = await this.server.start();
        const workDoneToken = `gfp-audit-${this.next++}`;
        let percent = 0;
        const listening = client.onProgress(
          WorkDoneProgress.type,
          workDoneToken,
          (step: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd) => {
            if (step.kind === 'end') return;
            const now = step.percentage ?? percent;
            progress.report({ ...(step.message !== undefined && { message: step.message }), increment: Math.max(0, now - percent) });
            percent = Math.max(percent, now);
          },
        );
        try {
          const params: AuditParams = { uri: uri.toString(), scope: 'path', format, workDoneToken };
          return await this.server.request<AuditAnswer>(AUDIT, params, token);
        } catch (error) {
          if (token.isCancellationRequested) throw new vscode.CancellationError();
          throw error;
        } finally {
          listening.dispose();
        }
      }),
    );
  }
}

/** The workspace's folder; asks when there are several. */
async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new Error('open a folder first');
  return folders.length === 1 ? folders[0] : vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder to audit' });
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const start = vscode.window.activeTextEditor ? vscode.Uri.joinPath(vscode.window.activeTextEditor.document.uri, '..') : undefined;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: 'Audit',
    ...(start && { defaultUri: start }),
  });
  return chosen?.[0];
}

function countWords({ counts: { error, warning, note } }: AuditAnswer): string {
  const part = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return [part(error, 'error'), part(warning, 'warning'), part(note, 'note')].join(', ');
}

/** The report with what a reader wants first: how many of what, and in how much code. */
function reportOf(name: string, answer: AuditAnswer): string {
  const total = answer.counts.error + answer.counts.warning + answer.counts.note;
  const rules = Object.entries(answer.byRule)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([rule, n]) => `${String(n).padStart(6)}  ${rule}`);
  return [
    `Audit of ${name}, Linux ${answer.kernel}`,
    `${answer.files} files, ${answer.functions} functions, ${answer.sites} allocations: ${countWords(answer)} (${answer.seconds.toFixed(1)} s)`,
    ...(total > answer.findings.length ? [`The Problems list shows the first ${MAX_LISTED}.`] : []),
    ...answer.problems.map((problem) => `not read: ${problem}`),
    '',
    ...rules,
    '',
    answer.report.trimEnd(),
    '',
  ].join('\n');
}

/** @param root as the server names it: a path on its disk, or a URI. */
function linksOf(report: string, root: string, audited: vscode.Uri): PageLink[] {
  const base = root.includes('://') ? vscode.Uri.parse(root) : audited.with({ path: root.startsWith('/') ? root : `/${root}` });
  return reportLinks(report).map(({ line, from, to, file, at }) => ({
    range: new vscode.Range(line, from, line, to),
    target: vscode.Uri.joinPath(base, file).with({ fragment: `L${at.line},${at.column}` }),
  }));
}
