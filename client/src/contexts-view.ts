/** The view "GFP Contexts": why the function at the cursor runs in the context it does, level by level. */
import * as vscode from 'vscode';
import { CONTEXTS, type ContextItem, type ContextsParams, type ContextsResult, type IndexState } from '../../server/src/lsp/requests.js';
import { opens } from './places.js';
import type { Server } from './server.js';

const VIEW = 'gfpAudit.contexts';
/** The cursor rests this long before the view follows it, milliseconds. */
const FOLLOW_MS = 350;

interface Shown {
  uri: vscode.Uri;
  result: ContextsResult;
}

export class ContextsView implements vscode.TreeDataProvider<ContextItem>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<ContextItem>;
  private readonly own: vscode.Disposable[];
  private shown: Shown | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the newest question: older answers are not shown. */
  private asked = 0;

  constructor(private readonly server: Server) {
    this.view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.own = [
      this.changed,
      this.view,
      vscode.window.onDidChangeTextEditorSelection(() => this.follow()),
      vscode.window.onDidChangeActiveTextEditor(() => this.follow()),
      this.view.onDidChangeVisibility(() => this.follow()),
    ];
  }

  /** Shows the contexts of the function at a place, and the view. */
  async show(uri: vscode.Uri, position: vscode.Position): Promise<void> {
    await this.load(uri, position);
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    const first = this.shown?.result.items[0];
    if (first) await this.view.reveal(first, { select: true, focus: true, expand: 2 });
  }

  getTreeItem(item: ContextItem): vscode.TreeItem {
    const state = !item.hasChildren
      ? vscode.TreeItemCollapsibleState.None
      : item.kind === 'context'
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
    const shown = new vscode.TreeItem(item.label, state);
    shown.id = `${this.asked}/${item.id}`;
    if (item.description !== undefined) shown.description = item.description;
    shown.tooltip = item.tooltip === undefined ? item.label : new vscode.MarkdownString(item.tooltip);
    shown.iconPath = iconOf(item);
    if (item.location) shown.command = opens(item.location);
    shown.accessibilityInformation = { label: [item.kind, item.label, item.description].filter((part) => part !== undefined).join(', ') };
    return shown;
  }

  async getChildren(item?: ContextItem): Promise<ContextItem[]> {
    if (!this.shown) return [];
    if (!item) return this.shown.result.items;
    const params: ContextsParams = { textDocument: { uri: this.shown.uri.toString() }, item: item.id };
    return (await this.server.request<ContextsResult | null>(CONTEXTS, params))?.items ?? [];
  }

  /** Only the roots are ever revealed. */
  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const own of this.own) own.dispose();
  }

  private follow(): void {
    clearTimeout(this.timer);
    const editor = vscode.window.activeTextEditor;
    if (!this.view.visible || !editor || vscode.languages.match(this.server.selector, editor.document) === 0) return;
    const { document, selection } = editor;
    this.timer = setTimeout(() => {
      this.load(document.uri, selection.active).catch((error: unknown) => this.server.log.error(String(error)));
    }, FOLLOW_MS);
  }

  private async load(uri: vscode.Uri, position: vscode.Position): Promise<void> {
    const asked = ++this.asked;
    const result = await this.server.at<ContextsResult>(CONTEXTS, uri, position);
    if (asked !== this.asked) return;
    // Between two functions the view keeps the last one.
    if (result === null && this.shown?.uri.toString() === uri.toString()) return;
    this.shown = result === null ? undefined : { uri, result };
    this.view.description = result?.title ?? '';
    this.view.message = result === null ? 'The cursor is not in a function of kernel code.' : basisWords(result.basis, result.items.length);
    this.changed.fire();
  }
}

function basisWords({ state }: IndexState, items: number): string {
  if (items === 0) return 'Nothing is known that would keep this function from sleeping.';
  if (state === 'ready') return '';
  return state === 'building' ? 'From open files; the index is being built.' : 'From open files only.';
}

function iconOf({ kind, atomic }: ContextItem): vscode.ThemeIcon {
  const colour =
    atomic === 'must'
      ? new vscode.ThemeColor('list.errorForeground')
      : atomic === 'may'
        ? new vscode.ThemeColor('list.warningForeground')
        : undefined;
  const icons: Record<ContextItem['kind'], string> = {
    context: atomic === 'no' ? 'debug-pause' : 'zap',
    step: 'arrow-small-right',
    caller: 'call-incoming',
    held: 'lock',
    scope: 'shield',
    allocation: 'database',
    note: 'info',
  };
  return new vscode.ThemeIcon(icons[kind], colour);
}
