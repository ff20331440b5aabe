/** Findings of an earlier result, put where their code stands now that it has moved. */
import type { FunctionFacts } from '../facts/model.js';
import type { Where } from '../flow/model.js';
import type { Moves } from '../index/kept/moves.js';
import type { Context, Finding, Step } from '../rules/model.js';

/** Something in it may be otherwise than before: it must be judged anew. */
export const stale = Symbol('stale');
type Moved<T> = T | typeof stale;

export class MovedFindings {
  private readonly known = new Map<object, Moved<object>>();
  private readonly paths: readonly string[];

  /**
   * @param files that changed
   * @param same whether a function of one of them, as it is now, is what it was but for its place
   */
  constructor(
    private readonly moves: Moves,
    private readonly files: ReadonlySet<string>,
    private readonly same: (facts: FunctionFacts) => boolean,
  ) {
    this.paths = [...files];
  }

  /** The finding itself where nothing that it names has moved. */
  finding(f: Finding): Moved<Finding> {
    const own = this.files.has(f.at.file);
    const path = this.path(f.path);
    const contexts = this.contexts(f.contexts, f.at.file);
    if (path === stale || contexts === stale || this.namesFile(f.message) || Object.values(f.data).some((v) => this.mentions(v)))
      return stale;
    if (!own) return path === f.path && contexts === f.contexts ? f : { ...f, path, contexts };
    // Lines of the same file may also be told as plain numbers.
    if (f.fixes.length > 0 || Object.values(f.data).some(holdsNumbers)) return stale;
    const at = this.where(f.at);
    const message = this.words(f.message, f.at.file);
    return at === stale || message === stale ? stale : { ...f, at, message, path, contexts };
  }

  private where(at: Where): Moved<Where> {
    const line = this.line(at.file, at.line);
    return line === stale ? stale : { ...at, line, endLine: at.endLine + line - at.line };
  }

  /** A line without the name of its file is one of the finding's own. */
  private words(message: string, file: string): Moved<string> {
    let known = !/\blines \d/.test(message);
    const moved = message.replace(/\bline (\d+)/g, (text, number: string) => {
      const line = this.line(file, Number(number));
      if (line !== stale) return `line ${line}`;
      known = false;
      return text;
    });
    return known ? moved : stale;
  }

  /** Inside a function that has changed, what stands where is not known. */
  private line(file: string, line: number): Moved<number> {
    const facts = this.moves.functionAt(file, line);
    return (facts ? this.same(facts) : this.moves.isEntry(file, line)) ? this.moves.line(file, line) : stale;
  }

  private path(path: readonly Step[]): Moved<Step[]> {
    return this.once(path as Step[], () => this.list(path as Step[], (s) => this.step(s)));
  }

  private step(step: Step): Moved<Step> {
    if (this.namesFile(step.what)) return stale;
    if (!this.files.has(step.file)) return step;
    return this.once(step, () => {
      const line = this.line(step.file, step.line);
      return line === stale ? stale : line === step.line ? step : { ...step, line };
    });
  }

  /** Contexts are shared by findings of several files, and their locks may be of the finding's own. */
  private contexts(list: Context[], file: string): Moved<Context[]> {
    if (this.files.has(file)) return this.list(list, (c) => this.context(c, file));
    return this.once(list, () => this.list(list, (c) => this.context(c, file)));
  }

  private context(c: Context, file: string): Moved<Context> {
    if (this.namesFile(c.why)) return stale;
    const path = this.path(c.path);
    const locks = this.list(c.locks, (lock) => {
      const at = lock.file ?? file;
      if (!this.files.has(at)) return lock;
      const line = this.line(at, lock.line);
      return line === stale ? stale : line === lock.line ? lock : { ...lock, line };
    });
    if (path === stale || locks === stale) return stale;
    return path === c.path && locks === c.locks ? c : { ...c, path, locks };
  }

  /** The list itself where nothing in it moves. */
  private list<T>(list: T[], each: (item: T) => Moved<T>): Moved<T[]> {
    let out = list;
    for (const [i, item] of list.entries()) {
      const moved = each(item);
      if (moved === stale) return stale;
      if (moved === item) continue;
      if (out === list) out = [...list];
      out[i] = moved;
    }
    return out;
  }

  /** What findings share is looked at once. */
  private once<T extends object>(value: T, find: () => Moved<T>): Moved<T> {
    let found = this.known.get(value) as Moved<T> | undefined;
    if (found === undefined) this.known.set(value, (found = find()));
    return found;
  }

  private namesFile(text: string): boolean {
    return this.paths.some((path) => text.includes(path));
  }

  private mentions(value: unknown): boolean {
    if (typeof value === 'string') return this.namesFile(value);
    if (typeof value !== 'object' || value === null) return false;
    return this.once(value, () => (Object.values(value).some((v) => this.mentions(v)) ? stale : value)) === stale;
  }
}

/** Numbers on their own, and lists of them, may be lines; those inside of what the allocator model says are none. */
const holdsNumbers = (value: unknown): boolean => typeof value === 'number' || (Array.isArray(value) && value.some(holdsNumbers));
