/**
 * Keeps what is known of the open files up to date: which project each belongs to, when to look again, and which state of the
 * texts a result is of. A result is handed on only in the very turn of the event loop in which its texts were read, so none is stale.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../host/host.js';
import type { Inspection } from '../session/live.js';
import { openProject, placeOf, type Project, type ProjectPlace, type ProjectSettings } from '../session/project.js';
import type { KernelParser } from '../syntax/model.js';
import { pathOf } from './positions.js';

/** After a change the next look waits this long for another, milliseconds: less than a pause in typing. */
const QUIET_MS = 120;
/** And at most this long under a stream of changes. */
const LONGEST_MS = 1500;
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
}

export interface AnalystEvents {
  /** New findings for a document, at its current version. */
  inspected(known: Known): void;
  /** Nothing (more) is known of a document. */
  silent(uri: string): void;
  opened(project: Project): void;
  failed(what: string, error: unknown): void;
}

interface OpenFile {
  document: TextDocument;
  name: string;
  session: Session;
}

interface Session {
  place: ProjectPlace;
  project: Promise<Project>;
  files: Map<string, OpenFile>;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** When the oldest change that nobody has looked at came; undefined when there is none. */
  waitingSince: number | undefined;
  /** Milliseconds that the last look took. */
  cost: number;
  /** Looks at one project follow each other. */
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

  /** A document has changed or was saved; saved ones may be headers of others. */
  changed(document: TextDocument): void {
    this.withFile(document.uri, (file) => {
      file.document = document;
      this.schedule(file.session);
    });
  }

  saved(uri: string): void {
    const path = pathOf(uri);
    if (path === undefined) return;
    for (const session of this.sessions.values()) this.forgetHeader(session, path);
  }

  close(uri: string): void {
    const path = pathOf(uri);
    this.withFile(uri, (file) => {
      const { session } = file;
      session.files.delete(uri);
      if (session.files.size === 0) {
        clearTimeout(session.timer);
        this.sessions.delete(session.place.base);
        return;
      }
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
      for (const session of this.sessions.values()) clearTimeout(session.timer);
      this.sessions.clear();
      for (const file of files) if (file && this.files.has(file.document.uri)) this.open(file.document);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const session of this.sessions.values()) clearTimeout(session.timer);
  }

  /** What is known of a document as it is now, looked at first where it has changed. Undefined when it is none of ours. */
  async known(uri: string): Promise<Known | undefined> {
    const file = await this.files.get(uri);
    if (!file) return undefined;
    for (let tries = 0; tries < MAX_TRIES && this.isOpen(file); tries++) {
      const { last } = file.session;
      if (last?.versions.get(uri) === file.document.version)
        return { document: file.document, name: file.name, project: last.project, inspection: last.inspection };
      await this.look(file.session);
    }
    return undefined;
  }

  private withFile(uri: string, act: (file: OpenFile) => void): void {
    void this.files.get(uri)?.then((file) => file && act(file));
  }

  private isOpen(file: OpenFile): boolean {
    return file.session.files.get(file.document.uri) === file;
  }

  private async place(document: TextDocument): Promise<OpenFile | undefined> {
    const path = pathOf(document.uri);
    if (path === undefined) return undefined;
    const place = await placeOf(this.host, path);
    // Closed, or opened anew, while its place was looked for.
    if (this.stopped || !this.files.has(document.uri)) return undefined;
    let session = this.sessions.get(place.base);
    if (!session) {
      session = {
        place,
        project: this.project(place),
        files: new Map(),
        timer: undefined,
        waitingSince: undefined,
        cost: 0,
        work: Promise.resolve(),
        last: undefined,
      };
      this.sessions.set(place.base, session);
    }
    const file: OpenFile = { document, name: this.host.relative(place.base, path), session };
    session.files.set(document.uri, file);
    this.schedule(session, 0);
    return file;
  }

  private async project(place: ProjectPlace): Promise<Project> {
    const project = await openProject(this.host, place, await this.settings, await this.parser);
    this.events.opened(project);
    return project;
  }

  private forgetHeader(session: Session, path: string): void {
    const forget = (project: Project): void => project.includes.forget(this.host.relative(project.base, path));
    session.project.then(forget, () => undefined);
  }

  private schedule(session: Session, delay = Math.max(QUIET_MS, session.cost / 2)): void {
    if (this.stopped) return;
    const now = this.host.now();
    session.waitingSince ??= now;
    clearTimeout(session.timer);
    const left = Math.max(0, session.waitingSince + LONGEST_MS - now);
    session.timer = setTimeout(() => void this.look(session), Math.min(delay, left));
  }

  private look(session: Session): Promise<void> {
    clearTimeout(session.timer);
    session.work = session.work.then(() => this.inspect(session)).catch((error: unknown) => this.fail(session, error));
    return session.work;
  }

  private async inspect(session: Session): Promise<void> {
    const project = await session.project;
    const texts = new Map<string, string>();
    for (const file of this.readable(session)) texts.set(file.name, file.document.getText());
    const headers = await project.includes.around(texts);
    if (this.stopped || session.files.size === 0) return;
    // From here to the events nothing is awaited: texts, versions and results belong together.
    session.waitingSince = undefined;
    const started = this.host.now();
    const files = this.readable(session);
    const open = new Set(files.map((file) => file.name));
    for (const name of project.live.names()) if (!open.has(name)) project.live.delete(name);
    for (const file of files) project.live.set(file.name, file.document.getText());
    project.live.surround(headers);
    const inspection = project.live.inspect();
    session.cost = this.host.now() - started;
    session.last = {
      inspection,
      project,
      versions: new Map([...session.files.values()].map(({ document }) => [document.uri, document.version])),
    };
    for (const { document, name } of session.files.values()) {
      if (open.has(name) && !project.excluded(name)) this.events.inspected({ document, name, project, inspection });
      else this.events.silent(document.uri);
    }
  }

  /** Files that are kernel code: all in a kernel tree; elsewhere those that show it. */
  private readable(session: Session): OpenFile[] {
    return [...session.files.values()].filter(({ document }) => {
      const text = document.getText();
      if (text.length > MAX_LENGTH || text.includes('\0')) return false;
      return session.place.root !== null || isKernelCode(text);
    });
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
