/** What the server is about: kernel, index, findings of each project, told to the client when anything of it changes. */
import type { Project } from '../session/project.js';
import type { Analyst } from './analyst.js';
import type { Places } from './positions.js';
import type { IndexState, ProjectStatus, Status } from './requests.js';

/** Changes that come close together are told together, milliseconds. */
const TOGETHER_MS = 100;

export class Statuses {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = '';
  private readonly indexes = new Map<Project, IndexState>();

  constructor(
    private readonly analyst: Analyst,
    private readonly places: Places,
    private readonly tell: (status: Status) => void,
  ) {}

  /** Something may have changed. */
  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const status = this.now();
      const text = JSON.stringify(status);
      if (text === this.told) return;
      this.told = text;
      this.tell(status);
    }, TOGETHER_MS);
  }

  setIndex(project: Project, state: IndexState): void {
    this.indexes.set(project, state);
    this.changed();
  }

  forget(project: Project): void {
    this.indexes.delete(project);
    this.changed();
  }

  indexOf(project: Project): IndexState {
    return this.indexes.get(project) ?? { state: 'none' };
  }

  now(): Status {
    return {
      projects: this.analyst.projects().map(({ project, files, findings }): ProjectStatus => ({
        base: this.places.uriOf(project.base),
        tree: project.root !== null,
        kernel: project.kernel.version,
        from: project.kernel.from,
        profile: project.live.profile.id,
        rt: project.live.options.rt,
        openFiles: files,
        findings,
        index: this.indexOf(project),
        warnings: project.warnings,
      })),
    };
  }
}
