/** Read-only documents that the extension writes: reports, explanations, rules. */
import * as vscode from 'vscode';

const SCHEME = 'gfp-audit';
/** Pages kept; the oldest go when there are more. A preview asks again for a text whose document the editor has closed. */
const MAX_PAGES = 16;

/** A place named in a page, to be opened by a click: where it stands in the page, and where it leads. */
export interface PageLink {
  range: vscode.Range;
  target: vscode.Uri;
}

export class Pages implements vscode.Disposable {
  private readonly texts = new Map<string, { text: string; links: PageLink[] }>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly own: vscode.Disposable[];

  constructor() {
    this.own = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        onDidChange: this.changed.event,
        provideTextDocumentContent: (uri) => this.texts.get(uri.path)?.text ?? 'This page is gone: give the command again.\n',
      }),
      vscode.languages.registerDocumentLinkProvider(
        { scheme: SCHEME },
        {
          provideDocumentLinks: ({ uri }) =>
            this.texts.get(uri.path)?.links.map(({ range, target }) => new vscode.DocumentLink(range, target)),
        },
      ),
    ];
  }

  /** Shows text as a document named `name` (with its suffix); a page of that name is replaced. */
  async showText(name: string, text: string, links: PageLink[] = []): Promise<void> {
    const uri = this.set(name, text, links);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  /** Shows Markdown as the editor renders it, beside the code. */
  async showMarkdown(name: string, markdown: string): Promise<void> {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', this.set(`${name}.md`, markdown, []));
  }

  dispose(): void {
    for (const own of this.own) own.dispose();
  }

  private set(name: string, text: string, links: PageLink[]): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '∕')}` });
    this.texts.delete(uri.path);
    this.texts.set(uri.path, { text, links });
    if (this.texts.size > MAX_PAGES) this.texts.delete(this.texts.keys().next().value!);
    this.changed.fire(uri);
    return uri;
  }
}
