/** Hands findings to the client: pushed with the version they are of, or kept until the client asks for them. */
import {
  DiagnosticRefreshRequest,
  DocumentDiagnosticReportKind,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Known } from './session.js';
import type { Abilities } from './capabilities.js';

interface Shown {
  version: number;
  /** The diagnostics as they were sent. */
  text: string;
}

export class Publisher {
  private readonly shown = new Map<string, Shown>();
  private refreshing = false;

  constructor(
    private readonly connection: Connection,
    private readonly abilities: () => Abilities,
    private readonly diagnosticsOf: (known: Known) => Diagnostic[],
  ) {}

  publish(known: Known): void {
    const { uri, version } = known.document;
    const diagnostics = this.diagnosticsOf(known);
    const text = JSON.stringify(diagnostics);
    const before = this.shown.get(uri);
    this.shown.set(uri, { version, text });
    if (before?.text === text && (before.version === version || !this.abilities().version)) return;
    if (this.abilities().pull) {
      // A client asks again after its own changes; what comes of changes elsewhere it must be told.
      if (before?.version === version) this.refresh();
      return;
    }
    void this.connection.sendDiagnostics({ uri, diagnostics, ...(this.abilities().version ? { version } : {}) });
  }

  /** Clearing what was never shown is no news. */
  clear(uri: string): void {
    if (!this.shown.delete(uri)) return;
    if (this.abilities().pull) this.refresh();
    else void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** The answer to a pull. `known`: as the document is now; undefined where nothing is known of it. */
  report(known: Known | undefined, previous: string | undefined): DocumentDiagnosticReport {
    const items = known ? this.diagnosticsOf(known) : [];
    const text = JSON.stringify(items);
    if (known) this.shown.set(known.document.uri, { version: known.document.version, text });
    const resultId = digest(text);
    return resultId === previous
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  private refresh(): void {
    if (this.refreshing || !this.abilities().pullRefresh) return;
    this.refreshing = true;
    setTimeout(() => {
      this.refreshing = false;
      void this.connection.sendRequest(DiagnosticRefreshRequest.type).catch(() => undefined);
    }, 50);
  }
}

/** Tells two results of one document apart: FNV-1a over two lanes, and the length. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b + c, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}-${text.length.toString(36)}`;
}
