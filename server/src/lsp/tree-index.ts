/**
 * The index of one tree, in a thread of its own: built in the background from the facts that earlier runs have kept, with progress and
 * cancel. Until it is there, and when it fails, the open files alone count, and the state says so.
 */
import type { WorkDoneProgressReporter } from 'vscode-languageserver';
import type { AuditOptions } from '../engine.js';
import type { Host, HostWorker } from '../host/host.js';
import { identifiersOf, type Surroundings } from '../session/surroundings.js';
import { percentOf, words } from './audit.js';
import type { IndexReply, IndexRequest } from './index-protocol.js';
import type { IndexState } from './requests.js';

/** An answer that takes longer is done without: the next look asks again. Milliseconds. */
const PATIENCE_MS = 5000;

export class TreeIndex {
  private worker: HostWorker | undefined;
  private next = 1;
  private readonly waiting = new Map<number, (around: Surroundings | null | undefined) => void>();
  private known: Surroundings | undefined;
  private asked = '';
  private readonly identifiers = new Map<string, { text: string; names: ReadonlySet<string> }>();
  state: IndexState = { state: 'waiting' };

  constructor(
    private readonly host: Host,
    private readonly options: Omit<AuditOptions, 'onProgress' | 'signal'>,
    private readonly heapMiB: number,
    private readonly changed: (index: TreeIndex) => void,
  ) {}

  /** Builds it anew. `progress` is begun and ended here. */
  build(progress: WorkDoneProgressReporter): void {
    this.end();
    this.become({ state: 'building' });
    progress.begin('GFP Audit: index', 0, '', true);
    const finish = (state: IndexState): void => {
      progress.done();
      this.become(state);
    };
    let worker: HostWorker;
    try {
      worker = this.host.spawnWorker('lsp/index-worker', { heapMiB: this.heapMiB });
    } catch (error) {
      finish({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    this.worker = worker;
    worker.onFailure((error) => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.forget();
      finish({ state: 'failed', message: error.message });
    });
    worker.onMessage((message) => {
      const reply = message as IndexReply;
      if (this.worker !== worker) return;
      if (reply.kind === 'progress') {
        const { phase, done, total } = reply.progress;
        progress.report(percentOf(reply.progress), words(reply.progress));
        this.become({ state: 'building', phase, done, total });
      } else if (reply.kind === 'ready') {
        finish({ state: 'ready', files: reply.files, megabytes: reply.megabytes });
      } else if (reply.kind === 'around') {
        this.waiting.get(reply.id)?.(reply.around);
      } else {
        this.end();
        finish({ state: 'failed', message: reply.message });
      }
    });
    this.post({ kind: 'build', cwd: this.host.resolve('.'), options: this.options });
  }

  /** Gives up its thread and all that it knew. */
  stop(state: IndexState = { state: 'none' }): void {
    this.end();
    this.become(state);
  }

  /** Files of the tree have changed on disk: what it says may be old. */
  outdated(): void {
    if (this.state.state === 'ready') this.become({ ...this.state, message: 'files have changed since it was built' });
  }

  /** What the tree says of open files, `texts` by name; undefined while there is no index. */
  async around(texts: ReadonlyMap<string, string>): Promise<Surroundings | undefined> {
    if (this.state.state !== 'ready') return undefined;
    const names = new Set<string>();
    for (const [file, text] of texts) for (const name of this.namesOf(file, text)) names.add(name);
    for (const file of this.identifiers.keys()) if (!texts.has(file)) this.identifiers.delete(file);
    const list = [...names].sort();
    const open = [...texts.keys()].sort().map((path) => ({ path }));
    const question = JSON.stringify([open, list]);
    if (question === this.asked) return this.known;
    const id = this.next++;
    const answer = await new Promise<Surroundings | null | undefined>((resolve) => {
      this.waiting.set(id, resolve);
      setTimeout(() => resolve(undefined), PATIENCE_MS);
      this.post({ kind: 'ask', id, open, names: list });
    });
    this.waiting.delete(id);
    if (answer === undefined) return this.known;
    this.asked = question;
    if (answer) this.known = answer;
    return this.known;
  }

  private namesOf(file: string, text: string): ReadonlySet<string> {
    const known = this.identifiers.get(file);
    if (known?.text === text) return known.names;
    const names = identifiersOf(text);
    this.identifiers.set(file, { text, names });
    return names;
  }

  private post(request: IndexRequest): void {
    this.worker?.post(request);
  }

  private end(): void {
    const { worker } = this;
    this.worker = undefined;
    this.forget();
    void worker?.terminate();
  }

  private forget(): void {
    this.known = undefined;
    this.asked = '';
    for (const resolve of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
  }

  private become(state: IndexState): void {
    this.state = state;
    this.changed(this);
  }
}
