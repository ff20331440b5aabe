/** Which subsystem a file belongs to, by the tree's MAINTAINERS; by its folder where there is none. */
import { ReadError, type Host } from '../host/host.js';

/** Name of the subsystem of a file, given relative to the tree's root. */
export type SubsystemOf = (file: string) => string;

/** Reads MAINTAINERS at a tree's root. A tree without one has its folders for subsystems. @throws {ReadError} when it is there and cannot be read */
export async function subsystemsOf(host: Host, root: string): Promise<SubsystemOf> {
  const path = host.resolve('MAINTAINERS', root);
  if ((await host.stat(path)).kind !== 'file') return folderOf;
  try {
    return parseMaintainers(new TextDecoder().decode(await host.readBytes(path)));
  } catch (error) {
    if (error instanceof ReadError && error.kind === 'skipped') return folderOf;
    throw error;
  }
}

interface Pattern {
  section: number;
  matches(file: string): boolean;
  /** Longer and with fewer wildcards: closer to the file. */
  rank: number;
}

interface Section {
  name: string;
  excluded: ((file: string) => boolean)[];
}

/**
 * The closest entry wins: a pattern that names more of the path beats a shorter one, as `drivers/net/wireless/ath/` beats
 * `drivers/net/`. Entries that claim everything (`F: *`) count only where no other does; regular expressions (`N:`) only
 * where no `F:` does. Format read in MAINTAINERS of 6.12.
 */
export function parseMaintainers(text: string): SubsystemOf {
  const sections: Section[] = [];
  const byFolder = new Map<string, Pattern[]>();
  const regexes: Pattern[] = [];
  let title = '';
  let open = -1;
  // The list begins below the description of the format, whose last line announces it.
  const start = /^Maintainers List\n-+\n/m.exec(text);
  for (const line of text.slice(start ? start.index : 0).split('\n')) {
    const entry = /^([A-Z]):\s*(\S.*?)\s*$/.exec(line);
    if (!entry) {
      if (line.trim() === '') open = -1;
      else if (open < 0) title = line.trim();
      continue;
    }
    if (open < 0) open = sections.push({ name: title, excluded: [] }) - 1;
    const [, kind, value] = entry as unknown as [string, string, string];
    if (kind === 'X') sections[open]!.excluded.push(matcher(value));
    else if (kind === 'F') addPattern(byFolder, value, open);
    else if (kind === 'N') addRegex(regexes, value, open);
  }
  const known = new Map<string, string>();
  return (file) => {
    let name = known.get(file);
    if (name === undefined) known.set(file, (name = closest(file, sections, byFolder, regexes)));
    return name;
  };
}

function closest(
  file: string,
  sections: readonly Section[],
  byFolder: ReadonlyMap<string, Pattern[]>,
  regexes: readonly Pattern[],
): string {
  let best: Pattern | undefined;
  const consider = (pattern: Pattern): void => {
    if ((best && best.rank >= pattern.rank) || !pattern.matches(file)) return;
    if (!sections[pattern.section]!.excluded.some((out) => out(file))) best = pattern;
  };
  for (let folder = file; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    for (const pattern of byFolder.get(folder) ?? []) consider(pattern);
    if (folder === '') break;
  }
  if (!best) regexes.forEach(consider);
  return best ? sections[best.section]!.name : folderOf(file);
}

function addPattern(byFolder: Map<string, Pattern[]>, glob: string, section: number): void {
  if (/^[*/]+$/.test(glob)) return;
  // Filed under the last folder before a wildcard, so that a file asks only the folders above it.
  const fixed = glob.split(/[*?[]/, 1)[0]!;
  const folder = fixed === glob ? glob.replace(/\/$/, '') : fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
  const pattern = { section, matches: matcher(glob), rank: glob.replace(/[*?[\]]/g, '').length };
  const list = byFolder.get(folder);
  if (list) list.push(pattern);
  else byFolder.set(folder, [pattern]);
}

function addRegex(regexes: Pattern[], source: string, section: number): void {
  try {
    const expression = new RegExp(source);
    regexes.push({ section, matches: (file) => expression.test(file), rank: 0 });
  } catch (error) {
    // A Perl expression that JavaScript does not have: its files fall to their folder.
    if (!(error instanceof SyntaxError)) throw error;
  }
}

/** A trailing slash means everything below; a wildcard does not cross a slash. */
function matcher(glob: string): (file: string) => boolean {
  if (!/[*?[]/.test(glob)) {
    const folder = glob.endsWith('/') ? glob : `${glob}/`;
    return (file) => file === glob || file.startsWith(folder);
  }
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  const expression = new RegExp(`^${source}${glob.endsWith('/') ? '' : '(?:/|$)'}`);
  const isFileGlob = glob.endsWith('/*');
  return (file) => expression.test(file) && !(isFileGlob && file.split('/').length > glob.split('/').length);
}

/** The first two folders: 'drivers/net', 'fs/ext4', 'mm'. */
function folderOf(file: string): string {
  const parts = file.split('/').slice(0, -1);
  return parts.length === 0 ? 'top level' : parts.slice(0, 2).join('/');
}
