/**
 * Looks at the open files of one project, and when. After a change the edited function is looked at first, in the turn of the event loop that
 * took the change in; when typing pauses, all that depends on it, in slices between which others have their turn. A result is handed on only
 * while its texts are the current ones.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FunctionFacts } from '../facts/model.js';
import type { Host } from '../host/host.js';
import type { Inspection } from '../session/inspection.js';
import type { Project, ProjectPlace } from '../session/project.js';
import type { Surroundings } from '../session/surroundings.js';

/** After a change everything else waits this long for another, milliseconds: less than a pause in typing. */
const QUIET_MS = 200;
/** And at most this long under a stream of changes. */
const LONGEST_MS = 2000;
/** Work between two looks at what else has come in, milliseconds. */
const SLICE_MS = 4;
/** First looks that take longer are spread out: a share of the time stays for others. */
const DEAR_MS = 40;
/** Larger texts are generated, or no source at all. UTF-16 units. */
const MAX_LENGTH = 8 << 20;

/** What is known of one document. */
export interface Known {
  document: TextDocument;
  /** Name relative to the project's base. */
  name: string;
  project: Project;
  inspection: Inspection;
  /** Everything that depends on the last change has been looked at, too. */
  settled: boolean;
}

/** What comes of looking. */
export interface SessionEvents {
  /** New findings for a document, at its current version. */
  inspected(known: Known): void;
  /** Nothing (more) is known of a document. */
  silent(uri: string): void;
  opened(project: Project): void;
  /** A project has no open file any more. */
  closed(project: Project): void;
  failed(what: string, error: unknown): void;
  /** What an index tells of the files around the open ones; undefined where there is none. */
  surroundings(project: Project, texts: ReadonlyMap<string, string>): Promise<Surroundings | undefined>;
}

/** An open document that has a place. */
export interface OpenFile {
  document: TextDocument;
  name: string;
  session: Session;
}

/** A result, with the versions of the documents that it is of. */
interface Result {
  versions: Map<string, number>;
  inspection: Inspection;
  project: Project;
}

export class Session {
  /** By URI. */
  readonly files = new Map<string, OpenFile>();
  /** Once it is there. */
  opened: Project | undefined;
  last: Result | undefined;
  /** Documents changed since the last first look. */
  private readonly pending = new Set<string>();
  private glancing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes: work begun before one is dropped. */
  private generation = 0;
  /** When the oldest change that nobody has settled came; undefined when there is none. */
  private waitingSince: number | undefined;
  /** Settling follows settling. */
  private work: Promise<void> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly host: Host,
    readonly place: ProjectPlace,
    private readonly project: Promise<Project>,
    private readonly events: SessionEvents,
  ) {
    project.then(
      (opened) => {
        this.opened = opened;
        if (!this.ended) events.opened(opened);
      },
      // Told when the project is first waited for.
      () => undefined,
    );
  }

  add(file: OpenFile): void {
    this.files.set(file.document.uri, file);
    this.generation++;
    this.schedule(0);
  }

  changed(file: OpenFile, document: TextDocument): void {
    file.document = document;
    this.generation++;
    this.pending.add(document.uri);
    this.scheduleGlance();
    this.schedule();
  }

  /** A document was closed; `path` is its file's. Without any other the session is to be ended. */
  remove(uri: string, path: string | undefined): void {
    this.files.delete(uri);
    this.pending.delete(uri);
    this.generation++;
    if (this.files.size === 0) return;
    // What was typed and not saved is gone, and the others lose a file.
    if (path !== undefined) this.forgetHeader(path);
    this.schedule();
  }

  /** A file was written that may be a header of open ones. */
  written(path: string): void {
    if (this.forgetHeader(path)) this.schedule();
  }

  /** What is known of the tree around has changed: all is looked at again. */
  renew(): void {
    this.generation++;
    this.last = undefined;
    this.schedule(0);
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.generation++;
    if (this.opened) this.events.closed(this.opened);
  }

  /** Whether the last result is of the texts as they are; the versions of all files count, for contexts come from the others. */
  isCurrent(): boolean {
    const { last } = this;
    return last !== undefined && [...this.files.values()].every(({ document }) => last.versions.get(document.uri) === document.version);
  }

  /** Files that are kernel code: all in a kernel tree; elsewhere those that show it. */
  readable(): OpenFile[] {
    return [...this.files.values()].filter(({ document }) => this.isReadable(document));
  }

  private isReadable(document: TextDocument): boolean {
    const text = document.getText();
    if (text.length > MAX_LENGTH || text.includes('\0')) return false;
    return this.place.root !== null || isKernelCode(text);
  }

  private forgetHeader(path: string): boolean {
    return this.opened?.includes.forget(this.host.relative(this.opened.base, path)) === true;
  }

  // ---- first looks -----------------------------------------------------------------------------------------------------------

  /** Changes that came in together are looked at together: after the messages that have arrived. */
  private scheduleGlance(): void {
    if (this.glancing || this.ended) return;
    this.glancing = true;
    setTimeout(() => {
      this.glancing = false;
      const started = this.host.now();
      try {
        this.glance();
      } catch (error) {
        this.fail(error);
      }
      const cost = this.host.now() - started;
      if (cost <= DEAR_MS) return;
      // Under a stream of changes half of the time is left to everybody else.
      this.glancing = true;
      setTimeout(() => {
        this.glancing = false;
        if (this.pending.size > 0) this.scheduleGlance();
      }, cost);
    }, 0);
  }

  private glance(): void {
    const project = this.opened;
    const pending = [...this.pending];
    this.pending.clear();
    if (!project || !this.last || this.ended) return;
    const looked: { file: OpenFile; changed: FunctionFacts[] }[] = [];
    for (const uri of pending) {
      const file = this.files.get(uri);
      if (!file || !this.isReadable(file.document)) continue;
      looked.push({ file, changed: project.live.set(file.name, file.document.getText()) });
    }
    for (const { file, changed } of looked) {
      const { document, name } = file;
      const inspection = project.live.glance(name, changed);
      if (!inspection) this.schedule(0);
      else if (!project.excluded(name)) this.events.inspected({ document, name, project, inspection, settled: false });
    }
  }

  // ---- everything that depends on a change -----------------------------------------------------------------------------------

  private schedule(delay = QUIET_MS): void {
    if (this.ended) return;
    this.waitingSince ??= this.host.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.settleNow(false), delay);
  }

  /** @param whole not to be interrupted by changes */
  settleNow(whole: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.work = this.work.then(() => this.settle(whole)).catch((error: unknown) => this.fail(error));
    return this.work;
  }

  private async settle(whole: boolean): Promise<void> {
    const project = await this.project;
    for (;;) {
      if (this.ended || this.files.size === 0) return;
      if (this.last && this.waitingSince === undefined && this.isCurrent()) return;
      const texts = new Map<string, string>();
      for (const file of this.readable()) texts.set(file.name, file.document.getText());
      const { generation } = this;
      const around = await this.events.surroundings(project, texts);
      const headers = around ? [] : await project.includes.around(texts);
      if (this.generation !== generation) {
        if (!whole && !this.isLate()) return;
        continue;
      }
      const files = this.readable();
      const open = new Set(files.map((file) => file.name));
      for (const name of project.live.names()) if (!open.has(name)) project.live.delete(name);
      for (const file of files) project.live.set(file.name, file.document.getText());
      project.live.place(around);
      project.live.surround(headers);
      const inspection = await this.inspect(project, generation, whole || this.isLate());
      // A change has come in meanwhile; it has seen to it that this is done again.
      if (!inspection) return;
      this.waitingSince = undefined;
      this.last = {
        inspection,
        project,
        versions: new Map([...this.files.values()].map(({ document }) => [document.uri, document.version])),
      };
      for (const { document, name } of this.files.values()) {
        if (open.has(name) && !project.excluded(name)) this.events.inspected({ document, name, project, inspection, settled: true });
        else this.events.silent(document.uri);
      }
      return;
    }
  }

  private isLate(): boolean {
    return this.waitingSince !== undefined && this.host.now() - this.waitingSince > LONGEST_MS;
  }

  /** In slices; undefined when a change came in between two of them. */
  private async inspect(project: Project, generation: number, whole: boolean): Promise<Inspection | undefined> {
    const steps = project.live.inspecting();
    let until = this.host.now() + SLICE_MS;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (whole || this.host.now() < until) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.generation !== generation) return undefined;
      until = this.host.now() + SLICE_MS;
    }
  }

  /** Positions of older findings are wrong by now: better none. */
  private fail(error: unknown): void {
    this.last = undefined;
    this.waitingSince = undefined;
    this.events.failed(this.place.base, error);
    for (const uri of this.files.keys()) this.events.silent(uri);
  }
}

/** A C file outside any kernel tree speaks of the kernel: it includes one of its headers, or uses a mask. */
function isKernelCode(text: string): boolean {
  return /^[ \t]*#[ \t]*include[ \t]*<(?:linux|asm|net|scsi|drm)\//m.test(text) || /\bgfp_t\b|\b(?:__)?GFP_[A-Z]+\b/.test(text);
}
