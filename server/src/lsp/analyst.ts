/**
 * Which open document belongs to which session, from its opening to its end, and what is known of it when somebody asks. When to look, and at
 * what, is the session's own business.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host } from '../host/host.js';
import { openProject, placeOf, type Project, type ProjectPlace, type ProjectSettings } from '../session/project.js';
import type { KernelParser } from '../syntax/model.js';
import type { Places } from './positions.js';
import { type Known, type OpenFile, Session, type SessionEvents } from './session.js';

/** A question about a document that changes while it is looked at is answered at the latest after so many looks. */
const MAX_TRIES = 3;

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
    private readonly events: SessionEvents,
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
    this.withFile(document.uri, (file) => file.session.changed(file, document));
  }

  /** A file was written, by the editor or by others: it may be a header of open ones. */
  saved(uri: string): void {
    const path = this.places.pathOf(uri);
    if (path !== undefined) for (const session of this.sessions.values()) session.written(path);
  }

  close(uri: string): void {
    const path = this.places.pathOf(uri);
    this.withFile(uri, ({ session }) => {
      session.remove(uri, path);
      if (session.files.size === 0) this.end(session);
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
    for (const session of this.sessions.values()) if (session.opened === project) session.renew();
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
    return new Map(session ? session.readable().map(({ name, document }) => [name, document.getText()]) : []);
  }

  /** What is known of a document as it is now, looked at first where it has changed. Undefined when it is none of ours. */
  async known(uri: string): Promise<Known | undefined> {
    const file = await this.files.get(uri);
    if (!file) return undefined;
    for (let tries = 0; tries < MAX_TRIES && this.isOpen(file); tries++) {
      const { last } = file.session;
      if (last?.versions.get(uri) === file.document.version) {
        const { project, inspection } = last;
        if (file.session.isCurrent()) return { document: file.document, name: file.name, project, inspection, settled: true };
      }
      await file.session.settleNow(tries > 0);
    }
    return undefined;
  }

  /** What is known of a document, open or not, by an open one of its tree. */
  async around(uri: string): Promise<Known | undefined> {
    const path = this.places.pathOf(uri);
    for (const { place, files } of this.sessions.values()) {
      const [first] = files.keys();
      if (files.has(uri)) return this.known(uri);
      // A path that stands outside stays as it is.
      if (first !== undefined && path !== undefined && this.host.relative(place.base, path) !== path) return this.known(first);
    }
    return undefined;
  }

  private withFile(uri: string, act: (file: OpenFile) => void): void {
    void this.files.get(uri)?.then((file) => file && act(file));
  }

  private isOpen(file: OpenFile): boolean {
    return file.session.files.get(file.document.uri) === file;
  }

  private end(session: Session): void {
    this.sessions.delete(session.place.base);
    session.end();
  }

  private async place(document: TextDocument): Promise<OpenFile | undefined> {
    const path = this.places.pathOf(document.uri);
    if (path === undefined) return undefined;
    const place = await placeOf(this.host, path);
    // Closed, or opened anew, while its place was looked for.
    if (this.stopped || !this.files.has(document.uri)) return undefined;
    let session = this.sessions.get(place.base);
    if (!session) this.sessions.set(place.base, (session = new Session(this.host, place, this.project(place), this.events)));
    const file: OpenFile = { document, name: this.host.relative(place.base, path), session };
    session.add(file);
    return file;
  }

  private async project(place: ProjectPlace): Promise<Project> {
    return openProject(this.host, place, await this.settings, await this.parser);
  }
}
