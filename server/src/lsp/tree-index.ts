/**
 * The index of one tree, in a thread of its own: built in the background from the facts that earlier runs have kept, with progress and
 * cancel. Until it is there, and when it fails, the open files alone count, and the state says so. Files that are written are told to
 * the thread; what it cannot take in is linked anew once the tree is quiet. A thread that dies is started again, a few times.
 */
import type { WorkDoneProgressReporter } from 'vscode-languageserver';
import type { AuditOptions } from '../engine.js';
import type { Host, HostWorker } from '../host/host.js';
import type { Mends } from '../session/fixes.js';
import type { Differing, Wanted } from '../session/linked-tree.js';
import { identifiersOf, type Surroundings } from '../session/surroundings.js';
import { percentOf, words } from './audit.js';
import type { IndexReply, IndexRequest } from './index-protocol.js';
import type { IndexState } from './requests.js';

/** How long it waits, milliseconds. */
export interface IndexPatience {
  /** After the last of many changes, before the tree is linked anew. At most: where linking takes less, so long. */
  quiet: { atLeast: number; atMost: number };
  /** Before a thread that died is started again; twice as long each time. */
  restart: number;
}

const PATIENCE: IndexPatience = { quiet: { atLeast: 2000, atMost: 60_000 }, restart: 2000 };
/** A thread that dies more often is left dead until the user asks for it. */
const MAX_RESTARTS = 3;
/** An answer that takes longer is done without: the next look asks again. Milliseconds. */
const PATIENCE_MS = 5000;
/** Trying a change through many files takes its time, and nobody types on it. */
const MENDS_PATIENCE_MS = 30_000;

export class TreeIndex {
  private worker: HostWorker | undefined;
  private next = 1;
  private readonly waiting = new Map<number, (answer: unknown) => void>();
  private known: Surroundings | undefined;
  private asked = '';
  private readonly identifiers = new Map<string, { text: string; names: ReadonlySet<string> }>();
  state: IndexState = { state: 'waiting' };
  private progress: WorkDoneProgressReporter | undefined;
  private begun = 0;
  /** How long the last build took, milliseconds. */
  private took = 0;
  private restarts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Files written while the tree was being read: they may have been read before. */
  private readonly missed = new Set<string>();

  /** @param again asks for `build` with a progress to show */
  constructor(
    private readonly host: Host,
    private readonly options: Omit<AuditOptions, 'onProgress' | 'signal'>,
    private readonly heapMiB: number,
    private readonly changed: (index: TreeIndex) => void,
    private readonly again: (index: TreeIndex) => void,
    private readonly patience = PATIENCE,
  ) {}

  /** Builds it, or builds it anew: what it told before stands until then. `progress` is begun and ended here. */
  build(progress: WorkDoneProgressReporter): void {
    clearTimeout(this.timer);
    if (this.state.state === 'building') this.end();
    this.progress?.done();
    this.progress = progress;
    progress.begin('GFP Audit: index', 0, '', true);
    this.begun = this.host.now();
    try {
      this.worker ??= this.spawn();
    } catch (error) {
      this.become({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    this.become({ state: 'building' });
    this.missed.clear();
    this.post({ kind: 'build', cwd: this.host.resolve('.'), options: this.options });
  }

  private spawn(): HostWorker {
    const worker = this.host.spawnWorker('lsp/index-worker', { heapMiB: this.heapMiB });
    worker.onFailure((error) => {
      if (this.worker === worker) this.died(error);
    });
    worker.onMessage((message) => {
      if (this.worker === worker) this.hear(message as IndexReply);
    });
    return worker;
  }

  private died(error: Error): void {
    this.worker = undefined;
    this.forget();
    if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.become({ state: 'failed', message: `the tree does not fit into ${this.heapMiB} MiB` });
      return;
    }
    const last = this.restarts >= MAX_RESTARTS;
    this.become({ state: 'failed', message: last ? error.message : `${error.message}; it is started again` });
    if (!last) this.later(this.patience.restart * 2 ** this.restarts++);
  }

  private hear(reply: IndexReply): void {
    switch (reply.kind) {
      case 'progress': {
        const { phase, done, total } = reply.progress;
        this.progress?.report(percentOf(reply.progress), words(reply.progress));
        this.become({ state: 'building', phase, done, total });
        return;
      }
      case 'ready':
        this.took = this.host.now() - this.begun;
        this.asked = '';
        this.become({ state: 'ready', files: reply.files, megabytes: reply.megabytes });
        this.update([...this.missed]);
        return;
      case 'updated':
        if (reply.taken === 'same') return;
        this.asked = '';
        if (reply.taken === 'stale') this.stale();
        else this.changed(this);
        return;
      case 'around':
        this.waiting.get(reply.id)?.(reply.around);
        return;
      case 'mends':
        this.waiting.get(reply.id)?.(reply.mends ?? undefined);
        return;
      case 'error':
        this.end();
        this.become({ state: 'failed', message: reply.message });
    }
  }

  /** Files of the tree were written, by absolute path. */
  update(paths: readonly string[]): void {
    if (paths.length === 0) return;
    // More of a change that is waited out anyway.
    if (this.state.outdated === true) this.stale();
    else if (this.state.state === 'ready') this.post({ kind: 'update', paths: [...paths] });
    else if (this.state.state === 'building') for (const path of paths) this.missed.add(path);
  }

  /** What it says is of the tree as it was, until it is linked anew. */
  private stale(): void {
    if (this.state.state !== 'ready') return;
    if (this.state.outdated !== true) this.become({ ...this.state, outdated: true });
    const { atLeast, atMost } = this.patience.quiet;
    this.later(Math.min(atMost, Math.max(atLeast, this.took)));
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(this), milliseconds);
  }

  /** Gives up its thread and all that it knew. */
  stop(state: IndexState = { state: 'none' }): void {
    this.restarts = 0;
    this.end();
    this.become(state);
  }

  /** What the tree says of open files, `texts` by name; undefined while there is no index. */
  async around(texts: ReadonlyMap<string, string>): Promise<Surroundings | undefined> {
    // Built anew it cannot be asked, and what it told stands.
    if (this.state.state !== 'ready') return this.state.state === 'building' ? this.known : undefined;
    const names = new Set<string>();
    for (const [file, text] of texts) for (const name of this.namesOf(file, text)) names.add(name);
    for (const file of this.identifiers.keys()) if (!texts.has(file)) this.identifiers.delete(file);
    const list = [...names].sort();
    const open = [...texts.keys()].sort().map((path) => ({ path }));
    const question = JSON.stringify([open, list]);
    if (question === this.asked) return this.known;
    const answer = await this.answered<Surroundings | null>(PATIENCE_MS, (id) => ({ kind: 'ask', id, open, names: list }));
    if (answer === undefined) return this.known;
    this.asked = question;
    if (answer) this.known = answer;
    return this.known;
  }

  /** Mends of a finding, tried in the whole tree; else which files it waits for, or for the index (none is named). Undefined without one. */
  async mends(finding: Wanted, texts: ReadonlyMap<string, string>): Promise<Mends | Differing | undefined> {
    if (this.state.state === 'building' || this.state.state === 'waiting' || this.state.outdated === true) return { differ: [] };
    if (this.state.state !== 'ready') return undefined;
    return this.answered<Mends | Differing>(MENDS_PATIENCE_MS, (id) => ({ kind: 'mend', id, finding, texts: [...texts] }));
  }

  /** Undefined where no answer came in time. */
  private async answered<T>(patience: number, request: (id: number) => IndexRequest): Promise<T | undefined> {
    const id = this.next++;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = await new Promise<unknown>((resolve) => {
      this.waiting.set(id, resolve);
      timer = setTimeout(() => resolve(undefined), patience);
      this.post(request(id));
    });
    clearTimeout(timer);
    this.waiting.delete(id);
    return answer as T | undefined;
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
    clearTimeout(this.timer);
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
    if (state.state !== 'building') {
      this.progress?.done();
      this.progress = undefined;
    }
    this.changed(this);
  }
}
