/** A small client for tests: starts the built server over stdio, speaks the protocol byte by byte, waits for what it asks for. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  Hover,
  InitializeResult,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';

export const program = fileURLToPath(new URL('../../out/server/src/cli/main.js', import.meta.url));

/** A tree of its own: a Makefile that says Linux 6.`patchlevel`, and an empty `fs`. */
export interface ScratchTree {
  readonly path: string;
  uri(name: string): string;
  remove(): void;
}

export function scratchTree(patchlevel: number): ScratchTree {
  const path = mkdtempSync(join(tmpdir(), 'gfp-lsp-'));
  mkdirSync(join(path, 'fs'));
  writeFileSync(join(path, 'Makefile'), `VERSION = 6\nPATCHLEVEL = ${patchlevel}\nSUBLEVEL = 0\n`);
  writeFileSync(join(path, 'Kconfig'), '');
  return { path, uri: (name) => pathToFileURL(join(path, name)).href, remove: () => rmSync(path, { recursive: true }) };
}

interface Message {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

/** Everything that a modern client can do, as far as the server asks. */
export const full: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: {
      relatedInformation: true,
      versionSupport: true,
      codeDescriptionSupport: true,
      dataSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'refactor'] } } },
  },
  workspace: { configuration: true, workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} } },
};

export class TestClient {
  readonly process: ChildProcessWithoutNullStreams;
  /** All diagnostics published, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  readonly log: string[] = [];
  readonly warnings: string[] = [];
  stderr = '';
  /** What workspace/configuration answers. */
  settings: unknown = {};
  /** Documents that are open. */
  readonly opened = new Set<string>();
  private buffer = Buffer.alloc(0);
  private next = 1;
  private readonly answers = new Map<number, (message: Message) => void>();
  private readonly waiting: { done: (p: PublishDiagnosticsParams) => boolean; resolve: (p: PublishDiagnosticsParams) => void }[] = [];

  constructor(command: readonly string[] = [program, 'lsp', '--stdio']) {
    this.process = spawn(process.execPath, [...command], { stdio: 'pipe' });
    this.process.stdout.on('data', (chunk: Buffer) => this.read(chunk));
    this.process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  async start(capabilities: ClientCapabilities = full, initializationOptions?: unknown): Promise<InitializeResult> {
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      initializationOptions: { index: 'off', ...(initializationOptions as object | undefined) },
    });
    this.notify('initialized', {});
    return result;
  }

  raw(bytes: string): void {
    this.process.stdin.write(bytes);
  }

  send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.raw(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  /** @throws {Error} with the server's words when it answers with an error. */
  async request<T>(method: string, params: unknown): Promise<T> {
    const id = this.next++;
    const answer = new Promise<Message>((resolve) => this.answers.set(id, resolve));
    this.send({ id, method, params });
    const message = await answer;
    if (message.error) throw new Error(message.error.message);
    return message.result as T;
  }

  open(uri: string, text: string, version = 1): void {
    this.opened.add(uri);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version, text } });
  }

  change(uri: string, version: number, ...contentChanges: object[]): void {
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  close(uri: string): void {
    this.opened.delete(uri);
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** The next diagnostics of a document that satisfy `done`, those already published included. */
  diagnostics(uri: string, done: (p: PublishDiagnosticsParams) => boolean = () => true): Promise<PublishDiagnosticsParams> {
    const match = (p: PublishDiagnosticsParams): boolean => p.uri === uri && done(p);
    const found = this.published.findLast(match);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => this.waiting.push({ done: match, resolve }));
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.request('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  }

  actions(uri: string, line: number, diagnostics: Diagnostic[] = [], only?: string[]): Promise<CodeAction[]> {
    const at = { line, character: 0 };
    return this.request('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: at, end: at },
      context: { diagnostics, ...(only ? { only } : {}) },
    });
  }

  /** Says goodbye and gives the exit status. */
  async stop(): Promise<number> {
    await this.request('shutdown', null);
    const gone = once(this.process, 'exit');
    this.notify('exit', null);
    const [code] = (await gone) as [number];
    return code;
  }

  /** Ends what a failed test left running. */
  kill(): void {
    this.process.kill('SIGKILL');
  }

  private read(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /Content-Length: (\d+)/.exec(this.buffer.subarray(0, head).toString())?.[1];
      assert.ok(length, `not the protocol: ${this.buffer.subarray(0, 80).toString()}`);
      const end = head + 4 + Number(length);
      if (this.buffer.length < end) return;
      const message = JSON.parse(this.buffer.subarray(head + 4, end).toString()) as Message;
      this.buffer = this.buffer.subarray(end);
      this.receive(message);
    }
  }

  private receive(message: Message): void {
    if (message.method === undefined) {
      this.answers.get(message.id as number)?.(message);
      return;
    }
    if (message.method === 'textDocument/publishDiagnostics') {
      const params = message.params as PublishDiagnosticsParams;
      this.published.push(params);
      for (const waiter of this.waiting.filter((w) => w.done(params))) {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        waiter.resolve(params);
      }
    }
    if (message.method === 'window/logMessage') this.log.push((message.params as { message: string }).message);
    if (message.method === 'window/showMessage') this.warnings.push((message.params as { message: string }).message);
    if (message.method === 'workspace/configuration') this.send({ id: message.id, result: [withoutIndex(this.settings)] });
    else if (message.id !== undefined) this.send({ id: message.id, result: null });
  }
}

/** A test that wants the index says so: it looks again at everything when it is there. */
const withoutIndex = (settings: unknown): unknown =>
  typeof settings === 'object' && settings !== null ? { index: 'off', ...settings } : settings;
