/**
 * Keeps what is known of the open files up to date: which project each belongs to, when to look, and which state of the texts a result is
 * of. After a change the edited function is looked at first, in the turn of the event loop that took the change in; when typing
 * pauses, all that depends on it, in slices between which others have their turn. A result is handed on only while its texts are the
 * current ones.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FunctionFacts } from '../facts/model.js';
import type { Host } from '../host/host.js';
import type { Inspection } from '../session/live.js';
import { openProject, placeOf, type Project, type ProjectPlace, type ProjectSettings } from '../session/project.js';
import type { Surroundings } from '../session/surroundings.js';
import type { KernelParser } from '../syntax/model.js';
import type { Places } from './positions.js';

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
/** A question about a document that changes while it is looked at is answered at the latest after so many looks. */
const MAX_TRIES = 3;

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

export interface AnalystEvents {
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

interface OpenFile {
  document: TextDocument;
  name: string;
  session: Session;
}

interface Session {
  place: ProjectPlace;
  project: Promise<Project>;
  /** Once it is there. */
  opened: Project | undefined;
  files: Map<string, OpenFile>;
  /** Documents changed since the last first look. */
  pending: Set<string>;
  glancing: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes: work begun before one is dropped. */
  generation: number;
  /** When the oldest change that nobody has settled came; undefined when there is none. */
  waitingSince: number | undefined;
  /** Settling follows settling. */
  work: Promise<void>;
  last: { versions: Map<string, number>; inspection: Inspection; project: Project } | undefined;
}

export class Analyst {
  private readonly sessions = new Map<string, Session>();
  /** By URI; a file whose place is still being looked for is a promise. */
  private readonly files = new Map<string, Promise<OpenFile | undefined>>();
  private settings: Promise<ProjectSettings>;
  private stopped = false;

  constructor(
    private readonly host: Host,
    private readonly parser: Promise<KernelParser>,
    private readonly places: Places,
    settings: Promise<ProjectSettings>,
    private readonly events: AnalystEvents,
  ) {
    this.settings = settings;
  }

  open(document: TextDocument): void {
    const file = this.place(document).catch((error: unknown) => {
      this.events.failed(document.uri, error);
      return undefined;
    });
    this.files.set(document.uri, file);
  }

  /** A document has changed. */
  changed(document: TextDocument): void {
    this.withFile(document.uri, (file) => {
      file.document = document;
      const { session } = file;
      session.generation++;
      session.pending.add(document.uri);
      this.scheduleGlance(session, 0);
      this.schedule(session);
    });
  }

  /** A file was written, by the editor or by others: it may be a header of open ones. */
  saved(uri: string): void {
    const path = this.places.pathOf(uri);
    if (path === undefined) return;
    for (const session of this.sessions.values()) if (this.forgetHeader(session, path)) this.schedule(session);
  }

  close(uri: string): void {
    const path = this.places.pathOf(uri);
    this.withFile(uri, (file) => {
      const { session } = file;
      session.files.delete(uri);
      session.pending.delete(uri);
      session.generation++;
      if (session.files.size === 0) return this.end(session);
      // What was typed and not saved is gone, and the others lose a file.
      if (path !== undefined) this.forgetHeader(session, path);
      this.schedule(session);
    });
    this.files.delete(uri);
    this.events.silent(uri);
  }

  /** Settings or a configuration file have changed: every project is opened anew. */
  reset(settings: Promise<ProjectSettings> = this.settings): void {
    this.settings = settings;
    void Promise.all(this.files.values()).then((files) => {
      for (const session of [...this.sessions.values()]) this.end(session);
      for (const file of files) if (file && this.files.has(file.document.uri)) this.open(file.document);
    });
  }

  /** What is known of the tree around open files has changed: they are looked at again. */
  renew(project: Project): void {
    for (const session of this.sessions.values()) {
      if (session.opened !== project) continue;
      session.generation++;
      session.last = undefined;
      this.schedule(session, 0);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const session of [...this.sessions.values()]) this.end(session);
  }

  projects(): { project: Project; files: number; findings: number }[] {
    return [...this.sessions.values()].flatMap(({ opened, files, last }) =>
      opened ? [{ project: opened, files: files.size, findings: last?.inspection.findings.length ?? 0 }] : [],
    );
  }

  /** Texts of a project's open files, by name. */
  texts(project: Project): Map<string, string> {
    const session = [...this.sessions.values()].find(({ opened }) => opened === project);
    return new Map(session ? this.readable(session).map(({ name, document }) => [name, document.getText()]) : []);
  }

  /** What is known of a document as it is now, looked at first where it has changed. Undefined when it is none of ours. */
  async known(uri: string): Promise<Known | undefined> {
    const file = await this.files.get(uri);
    if (!file) return undefined;
    for (let tries = 0; tries < MAX_TRIES && this.isOpen(file); tries++) {
      const { last } = file.session;
      if (last?.versions.get(uri) === file.document.version) {
        const { project, inspection } = last;
        // The versions of the others count too: contexts come from there.
        if (this.isCurrent(file.session)) return { document: file.document, name: file.name, project, inspection, settled: true };
      }
      await this.settleNow(file.session, tries > 0);
    }
    return undefined;
  }

  /** What is known of a document, open or not, by an open one of its tree. */
  async around(uri: string): Promise<Known | undefined> {
    const path = this.places.pathOf(uri);
    for (const { place, files } of this.sessions.values()) {
      const [first] = files.keys();
      if (first !== undefined && (files.has(uri) || path?.startsWith(place.base))) return this.known(files.has(uri) ? uri : first);
    }
    return undefined;
  }

  private isCurrent({ last, files }: Session): boolean {
    return last !== undefined && [...files.values()].every(({ document }) => last.versions.get(document.uri) === document.version);
  }

  private withFile(uri: string, act: (file: OpenFile) => void): void {
    void this.files.get(uri)?.then((file) => file && act(file));
  }

  private isOpen(file: OpenFile): boolean {
    return file.session.files.get(file.document.uri) === file;
  }

  private end(session: Session): void {
    clearTimeout(session.timer);
    session.generation++;
    this.sessions.delete(session.place.base);
    if (session.opened) this.events.closed(session.opened);
  }

  private async place(document: TextDocument): Promise<OpenFile | undefined> {
    const path = this.places.pathOf(document.uri);
    if (path === undefined) return undefined;
    const place = await placeOf(this.host, path);
    // Closed, or opened anew, while its place was looked for.
    if (this.stopped || !this.files.has(document.uri)) return undefined;
    let session = this.sessions.get(place.base);
    if (!session) this.sessions.set(place.base, (session = this.begin(place)));
    const file: OpenFile = { document, name: this.host.relative(place.base, path), session };
    session.files.set(document.uri, file);
    session.generation++;
    this.schedule(session, 0);
    return file;
  }

  private begin(place: ProjectPlace): Session {
    const session: Session = {
      place,
      project: this.project(place),
      opened: undefined,
      files: new Map(),
      pending: new Set(),
      glancing: false,
      timer: undefined,
      generation: 0,
      waitingSince: undefined,
      work: Promise.resolve(),
      last: undefined,
    };
    session.project.then(
      (project) => {
        session.opened = project;
        if (this.sessions.get(place.base) === session) this.events.opened(project);
      },
      () => undefined,
    );
    return session;
  }

  private async project(place: ProjectPlace): Promise<Project> {
    return openProject(this.host, place, await this.settings, await this.parser);
  }

  private forgetHeader({ opened }: Session, path: string): boolean {
    return opened?.includes.forget(this.host.relative(opened.base, path)) === true;
  }

  // ---- first looks -----------------------------------------------------------------------------------------------------------

  /** Changes that came in together are looked at together: after the messages that have arrived. */
  private scheduleGlance(session: Session, delay: number): void {
    if (session.glancing || this.stopped) return;
    session.glancing = true;
    const look = (): void => {
      session.glancing = false;
      const started = this.host.now();
      try {
        this.glance(session);
      } catch (error) {
        this.fail(session, error);
      }
      const cost = this.host.now() - started;
      if (cost <= DEAR_MS) return;
      // Under a stream of changes half of the time is left to everybody else.
      session.glancing = true;
      setTimeout(() => {
        session.glancing = false;
        if (session.pending.size > 0) this.scheduleGlance(session, 0);
      }, cost);
    };
    if (delay === 0) setTimeout(look, 0);
    else setTimeout(look, delay);
  }

  private glance(session: Session): void {
    const project = session.opened;
    const pending = [...session.pending];
    session.pending.clear();
    if (!project || !session.last || this.sessions.get(session.place.base) !== session) return;
    const looked: { file: OpenFile; changed: FunctionFacts[] }[] = [];
    for (const uri of pending) {
      const file = session.files.get(uri);
      if (!file || !this.isReadable(file)) continue;
      looked.push({ file, changed: project.live.set(file.name, file.document.getText()) });
    }
    for (const { file, changed } of looked) {
      const { document, name } = file;
      const inspection = project.live.glance(name, changed);
      if (!inspection) this.schedule(session, 0);
      else if (!project.excluded(name)) this.events.inspected({ document, name, project, inspection, settled: false });
    }
  }

  // ---- everything that depends on a change -----------------------------------------------------------------------------------

  private schedule(session: Session, delay = QUIET_MS): void {
    if (this.stopped) return;
    session.waitingSince ??= this.host.now();
    clearTimeout(session.timer);
    session.timer = setTimeout(() => void this.settleNow(session, false), delay);
  }

  /** @param whole not to be interrupted by changes */
  private settleNow(session: Session, whole: boolean): Promise<void> {
    clearTimeout(session.timer);
    session.work = session.work.then(() => this.settle(session, whole)).catch((error: unknown) => this.fail(session, error));
    return session.work;
  }

  private async settle(session: Session, whole: boolean): Promise<void> {
    const project = await session.project;
    for (;;) {
      if (this.stopped || session.files.size === 0 || this.sessions.get(session.place.base) !== session) return;
      if (session.last && session.waitingSince === undefined && this.isCurrent(session)) return;
      const texts = new Map<string, string>();
      for (const file of this.readable(session)) texts.set(file.name, file.document.getText());
      const { generation } = session;
      const around = await this.events.surroundings(project, texts);
      const headers = around ? [] : await project.includes.around(texts);
      if (session.generation !== generation) {
        if (!whole && !this.isLate(session)) return;
        continue;
      }
      const files = this.readable(session);
      const open = new Set(files.map((file) => file.name));
      for (const name of project.live.names()) if (!open.has(name)) project.live.delete(name);
      for (const file of files) project.live.set(file.name, file.document.getText());
      project.live.place(around);
      project.live.surround(headers);
      const inspection = await this.inspect(session, project, generation, whole || this.isLate(session));
      // A change has come in meanwhile; it has seen to it that this is done again.
      if (!inspection) return;
      session.waitingSince = undefined;
      session.last = {
        inspection,
        project,
        versions: new Map([...session.files.values()].map(({ document }) => [document.uri, document.version])),
      };
      for (const { document, name } of session.files.values()) {
        if (open.has(name) && !project.excluded(name)) this.events.inspected({ document, name, project, inspection, settled: true });
        else this.events.silent(document.uri);
      }
      return;
    }
  }

  private isLate({ waitingSince }: Session): boolean {
    return waitingSince !== undefined && this.host.now() - waitingSince > LONGEST_MS;
  }

  /** In slices; undefined when a change came in between two of them. */
  private async inspect(session: Session, project: Project, generation: number, whole: boolean): Promise<Inspection | undefined> {
    const steps = project.live.inspecting();
    let until = this.host.now() + SLICE_MS;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (whole || this.host.now() < until) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (session.generation !== generation) return undefined;
      until = this.host.now() + SLICE_MS;
    }
  }

  /** Files that are kernel code: all in a kernel tree; elsewhere those that show it. */
  private readable(session: Session): OpenFile[] {
    return [...session.files.values()].filter((file) => this.isReadable(file));
  }

  private isReadable({ document, session }: OpenFile): boolean {
    const text = document.getText();
    if (text.length > MAX_LENGTH || text.includes('\0')) return false;
    return session.place.root !== null || isKernelCode(text);
  }

  /** Positions of older findings are wrong by now: better none. */
  private fail(session: Session, error: unknown): void {
    session.last = undefined;
    session.waitingSince = undefined;
    this.events.failed(session.place.base, error);
    for (const uri of session.files.keys()) this.events.silent(uri);
  }
}

/** A C file outside any kernel tree speaks of the kernel: it includes one of its headers, or uses a mask. */
export function isKernelCode(text: string): boolean {
  return /^[ \t]*#[ \t]*include[ \t]*<(?:linux|asm|net|scsi|drm)\//m.test(text) || /\bgfp_t\b|\b(?:__)?GFP_[A-Z]+\b/.test(text);
}
