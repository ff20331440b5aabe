/**
 * Findings of an audit in the Problems list, for files that are not open. What is open has live findings of the server, which follow
 * every change: an audit's own step back while a file is open, and are gone for good once it was changed.
 */
import * as vscode from 'vscode';
import type { AuditFinding } from '../../server/src/lsp/requests.js';
import { locationOf, rangeOf } from './places.js';

const SEVERITY = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
} as const;

export class AuditProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('gfp-audit-report');
  private readonly found = new Map<string, vscode.Diagnostic[]>();
  private readonly own: vscode.Disposable[];

  constructor(private readonly selector: vscode.DocumentSelector) {
    this.own = [
      this.collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.show(document.uri)),
      vscode.workspace.onDidCloseTextDocument((document) => this.show(document.uri)),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.forget(uri)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => this.forget(uri))),
      vscode.workspace.onDidRenameFiles(({ files }) => files.forEach(({ oldUri }) => this.forget(oldUri))),
    ];
  }

  /** Replaces what earlier audits found under `within`. */
  set(within: vscode.Uri, findings: readonly AuditFinding[]): void {
    for (const key of [...this.found.keys()]) if (isUnder(vscode.Uri.parse(key), within)) this.forget(vscode.Uri.parse(key));
    for (const finding of findings) {
      const key = vscode.Uri.parse(finding.uri).toString();
      const list = this.found.get(key) ?? [];
      list.push(diagnosticOf(finding));
      this.found.set(key, list);
    }
    for (const key of this.found.keys()) this.show(vscode.Uri.parse(key));
  }

  clear(): void {
    this.found.clear();
    this.collection.clear();
  }

  dispose(): void {
    for (const own of this.own) own.dispose();
  }

  private show(uri: vscode.Uri): void {
    const list = this.found.get(uri.toString());
    if (!list) return;
    const live = vscode.workspace.textDocuments.some(
      (document) => !document.isClosed && document.uri.toString() === uri.toString() && vscode.languages.match(this.selector, document) > 0,
    );
    this.collection.set(uri, live ? undefined : list);
  }

  private forget(uri: vscode.Uri): void {
    if (!this.found.delete(uri.toString())) return;
    this.collection.delete(uri);
  }
}

function isUnder(uri: vscode.Uri, folder: vscode.Uri): boolean {
  const base = folder.path.replace(/\/$/, '');
  return uri.scheme === folder.scheme && uri.authority === folder.authority && (uri.path === base || uri.path.startsWith(`${base}/`));
}

function diagnosticOf({ range, rule, severity, message, href, related }: AuditFinding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(range), message, SEVERITY[severity]);
  diagnostic.source = 'gfp-audit';
  diagnostic.code = { value: rule, target: vscode.Uri.parse(href) };
  diagnostic.relatedInformation = related.map(
    ({ location, message: said }) => new vscode.DiagnosticRelatedInformation(locationOf(location), said),
  );
  return diagnostic;
}
