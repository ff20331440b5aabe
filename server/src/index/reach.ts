/** Which of a tree's definitions a name means where it is used: by folder, header, architecture, and program. */
import type { FunctionRef } from '../flow/model.js';

/** Parts of a kernel repository that are programs of their own: names do not cross between them and the kernel. */
const REALMS = /^(tools|scripts|samples|usr|Documentation)\//;
export const realmOf = (path: string): string => REALMS.exec(path)?.[1] ?? '';
const archOf = (path: string): string => /^arch\/(\w+)\//.exec(path)?.[1] ?? '';
const isHeader = (path: string): boolean => path.endsWith('.h');

/** Beyond this many equally near definitions of one name, a call of it is taken as unknown. */
const MAX_TARGETS = 6;

/** A function that is known by its place until somebody asks for more. */
export interface PlacedRef extends FunctionRef {
  readonly path: string;
  readonly isStatic: boolean;
  /** False: asking for `file` or `facts` reads them. */
  readonly loaded: boolean;
}

/** The path of a function's file, without reading it. */
export const pathOf = (ref: FunctionRef | PlacedRef): string => ('loaded' in ref ? ref.path : ref.file.path);
const isStatic = (ref: FunctionRef | PlacedRef): boolean => ('loaded' in ref ? ref.isStatic : ref.facts.static);

/** A function's facts where they are in memory: what was never read is in no set of facts. */
export const factsAtHand = (ref: FunctionRef | PlacedRef): FunctionRef['facts'] | undefined =>
  'loaded' in ref && !ref.loaded ? undefined : ref.facts;

export const NONE: readonly FunctionRef[] = [];

/** A file as one that uses names: what it can mean by them. */
export class User {
  readonly folder: string;
  readonly arch: string;
  private readonly realm: string;
  /** Definitions by name, of names that have several. */
  readonly chosen = new Map<string, readonly FunctionRef[]>();

  constructor(private readonly path: string) {
    this.folder = path.slice(0, path.lastIndexOf('/') + 1);
    this.arch = archOf(path);
    this.realm = realmOf(path);
  }

  owns(ref: FunctionRef): boolean {
    return pathOf(ref) === this.path;
  }

  sees(ref: FunctionRef): boolean {
    return this.mayName(ref) && this.reaches(ref);
  }

  /** Names do not cross between realms, nor does a file's own function leave it. */
  mayName(ref: FunctionRef): boolean {
    const path = pathOf(ref);
    return (isHeader(path) || !isStatic(ref)) && realmOf(path) === this.realm;
  }

  /** A private header reaches its own folder and those below it; a public one everywhere. */
  reaches(ref: FunctionRef): boolean {
    const path = pathOf(ref);
    return (
      !isHeader(path) ||
      path.startsWith('include/') ||
      /^arch\/\w+\/include\//.test(path) ||
      path.startsWith(this.folder) ||
      this.folder.startsWith(path.slice(0, path.lastIndexOf('/') + 1).replace(/\binclude\/$/, ''))
    );
  }
}

/** Of several definitions those that are meant, nearest kind first only; empty when too many are equally near. */
export function choose(all: readonly FunctionRef[], user: User): readonly FunctionRef[] {
  const own = all.filter((r) => user.owns(r));
  if (own.length) return own.length <= MAX_TARGETS ? own : NONE;
  let seen = all.filter((r) => user.mayName(r));
  if (user.arch) {
    const near = seen.filter((r) => archOf(pathOf(r)) === user.arch || archOf(pathOf(r)) === '');
    if (near.length) seen = near;
  }
  seen = seen.filter((r) => user.reaches(r));
  if (seen.length > 1) {
    const here = seen.filter((r) => pathOf(r).startsWith(user.folder));
    if (here.length) seen = here;
  }
  return seen.length <= MAX_TARGETS ? seen : NONE;
}
