/** The indexes of all projects that are open: one a kernel tree, where there are threads and the user wants it. */
import type { WorkDoneProgressReporter, WorkDoneProgressServerReporter } from 'vscode-languageserver';
import type { Host } from '../host/host.js';
import type { Mends } from '../session/fixes.js';
import type { Differing, Wanted } from '../session/linked-tree.js';
import type { Project } from '../session/project.js';
import type { Surroundings } from '../session/surroundings.js';
import type { IndexState } from './requests.js';
import type { ServerSettings } from './settings.js';
import { TreeIndex } from './tree-index.js';

/** After the first file is open the editor has better things to do for this long, milliseconds. */
const CALM_MS = 400;

export interface IndexesHost {
  host: Host;
  /** 0: no threads here. */
  heapMiB: number;
  cacheDir: string | null;
  settings(): ServerSettings;
  /** Undefined where the client shows no progress. */
  progress(): Promise<WorkDoneProgressServerReporter | undefined>;
}

const SILENT: WorkDoneProgressReporter = { begin: () => undefined, report: () => undefined, done: () => undefined };

export class Indexes {
  private readonly byProject = new Map<Project, { index: TreeIndex; timer: ReturnType<typeof setTimeout> | undefined }>();

  constructor(
    private readonly own: IndexesHost,
    private readonly changed: (project: Project, state: IndexState) => void,
  ) {}

  /** A project is open: its index begins soon, unless it has one. */
  open(project: Project): void {
    if (this.byProject.has(project) || project.root === null || this.own.heapMiB === 0 || this.own.settings().index === 'off') return;
    const entry = this.add(project);
    entry.timer = setTimeout(() => void this.start(project, entry.index), CALM_MS);
    this.changed(project, entry.index.state);
  }

  around(project: Project, texts: ReadonlyMap<string, string>): Promise<Surroundings | undefined> {
    return this.byProject.get(project)?.index.around(texts) ?? Promise.resolve(undefined);
  }

  async mends(project: Project, finding: Wanted, texts: ReadonlyMap<string, string>): Promise<Mends | Differing | undefined> {
    return this.byProject.get(project)?.index.mends(finding, texts);
  }

  build(project: Project): void {
    if (project.root === null || this.own.heapMiB === 0) return;
    const { index, timer } = this.byProject.get(project) ?? this.add(project);
    clearTimeout(timer);
    void this.start(project, index);
  }

  stop(project: Project): void {
    const entry = this.byProject.get(project);
    clearTimeout(entry?.timer);
    entry?.index.stop();
  }

  close(project: Project): void {
    const entry = this.byProject.get(project);
    this.byProject.delete(project);
    clearTimeout(entry?.timer);
    entry?.index.stop();
  }

  stopAll(): void {
    for (const project of [...this.byProject.keys()]) this.close(project);
  }

  /** Files were written, by the editor or by others. */
  update(paths: readonly (string | undefined)[]): void {
    for (const [{ base }, { index }] of this.byProject)
      index.update(paths.filter((path) => path?.startsWith(`${base}/`) === true) as string[]);
  }

  private add(project: Project): { index: TreeIndex; timer: ReturnType<typeof setTimeout> | undefined } {
    const { host, heapMiB, cacheDir } = this.own;
    const { kernel, live, root } = project;
    const index = new TreeIndex(
      host,
      {
        paths: [root!],
        linkOnly: true,
        kernel: kernel.version,
        jobs: Math.max(1, host.cpus - 1),
        cacheDir,
        rt: live.options.rt,
        minConfidence: 'certain',
        rules: {},
      },
      heapMiB,
      ({ state }) => {
        if (this.byProject.get(project)?.index === index) this.changed(project, state);
      },
      () => void this.start(project, index),
    );
    const entry = { index, timer: undefined };
    this.byProject.set(project, entry);
    return entry;
  }

  private async start(project: Project, index: TreeIndex): Promise<void> {
    const progress = await this.own.progress().catch(() => undefined);
    progress?.token.onCancellationRequested(() => index.stop({ state: 'none', message: 'stopped by the user' }));
    if (this.byProject.get(project)?.index === index) index.build(progress ?? SILENT);
    else progress?.done();
  }
}
