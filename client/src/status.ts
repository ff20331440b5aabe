/** The status item: which kernel is assumed and how far the index is; there while a kernel file is in front. */
import * as vscode from 'vscode';
import type { ProjectStatus, Status } from '../../server/src/lsp/requests.js';
import { COMMANDS } from './commands.js';
import type { Server } from './server.js';

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('gfpAudit.status', vscode.StatusBarAlignment.Right, 95);
  private readonly own: vscode.Disposable[];
  private status: Status = { projects: [] };

  constructor(private readonly server: Server) {
    this.item.name = 'GFP Audit';
    this.item.command = COMMANDS.selectKernel;
    server.onStatus((status) => {
      this.status = status;
      this.draw();
    });
    this.own = [this.item, vscode.window.onDidChangeActiveTextEditor(() => this.draw())];
  }

  dispose(): void {
    for (const own of this.own) own.dispose();
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    const project = document && vscode.languages.match(this.server.selector, document) > 0 ? this.projectOf(document.uri) : undefined;
    if (!project) {
      this.item.hide();
      return;
    }
    const { index, warnings } = project;
    const trouble = warnings.length > 0 || index.state === 'failed';
    const icon = trouble ? '$(warning)' : index.state === 'building' ? '$(sync~spin)' : '$(circuit-board)';
    this.item.text = `${icon} Linux ${project.kernel}${progressWords(project)}`;
    this.item.tooltip = tooltip(project);
    this.item.accessibilityInformation = { label: `GFP Audit: Linux ${project.kernel}, ${indexWords(project)}` };
    this.item.backgroundColor = trouble ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  /** The innermost project around a document. */
  private projectOf(uri: vscode.Uri): ProjectStatus | undefined {
    const around = this.status.projects.filter(({ base }) => {
      const folder = vscode.Uri.parse(base);
      return folder.scheme === uri.scheme && uri.path.startsWith(folder.path.replace(/\/?$/, '/'));
    });
    return around.sort((a, b) => b.base.length - a.base.length)[0];
  }
}

function progressWords({ index: { state, done, total } }: ProjectStatus): string {
  if (state !== 'building' || done === undefined || !total) return '';
  return ` ${Math.floor((100 * done) / total)}%`;
}

function indexWords({ index, openFiles }: ProjectStatus): string {
  switch (index.state) {
    case 'ready':
      return `index ready${index.files === undefined ? '' : `: ${index.files.toLocaleString('en')} files`}${index.megabytes === undefined ? '' : `, ${Math.round(index.megabytes)} MB`}${index.outdated === true ? '; files have changed, it will be renewed' : ''}`;
    case 'building':
      return `index: ${index.phase ?? 'building'}${index.total ? ` ${index.done ?? 0} of ${index.total}` : ''}`;
    case 'waiting':
      return 'index waits; open files only';
    case 'failed':
      return `no index: ${index.message ?? 'it failed'}; open files only`;
    case 'none':
      return `no index; ${openFiles} open ${openFiles === 1 ? 'file counts' : 'files count'}`;
  }
}

function tooltip(project: ProjectStatus): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  const { selectKernel, buildIndex, stopIndex, auditWorkspace, showLog } = COMMANDS;
  text.isTrusted = { enabledCommands: [selectKernel, buildIndex, stopIndex, auditWorkspace, showLog] };
  const link = (title: string, command: string): string => `[${title}](command:${command})`;
  text.appendMarkdown(`**GFP Audit** — Linux `);
  text.appendText(`${project.kernel} (${project.from})`);
  text.appendMarkdown('\n\n');
  text.appendText(`Profile ${project.profile}${project.rt ? ', PREEMPT_RT' : ''}. ${project.tree ? '' : 'Outside a kernel tree. '}`);
  text.appendText(`${project.findings} ${project.findings === 1 ? 'finding' : 'findings'} in ${project.openFiles} open files.`);
  text.appendMarkdown('\n\n');
  text.appendText(indexWords(project));
  for (const warning of project.warnings) {
    text.appendMarkdown('\n\n$(warning) ');
    text.appendText(warning);
  }
  const index = project.index.state === 'building' ? link('Stop the index', stopIndex) : link('Renew the index', buildIndex);
  text.appendMarkdown(
    `\n\n${[link('Kernel version', selectKernel), index, link('Audit workspace', auditWorkspace), link('Log', showLog)].join(' · ')}`,
  );
  return text;
}
