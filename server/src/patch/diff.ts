/** Reads unified diffs, git's extended headers included. */
import { PatchError, readable, type FilePatch, type Hunk } from './model.js';

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * All file patches of a text that may hold other things around them (a commit message, a signature).
 * @param lines without line ends
 * @param name for messages
 * @throws {PatchError} for a hunk that is cut off or damaged, a merge's combined diff, a path that leaves the tree
 */
export function parseDiff(lines: readonly string[], name: string): FilePatch[] {
  const files: FilePatch[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (/^diff --(cc|combined) /.test(line)) throw new PatchError(`${name}:${at + 1}: the combined diff of a merge cannot be applied`);
    if (line.startsWith('diff --git ')) {
      const { file, next } = gitFile(lines, at, name);
      files.push(file);
      at = next;
    } else if (beginsPlain(lines, at)) {
      const file: FilePatch = { ...plainNames(lines, at, name), copy: false, binary: false, line: at + 1, hunks: [] };
      at = hunks(lines, at + 2, file, name);
      files.push(file);
    } else if (/^(Binary files|Files) .* differ\r?$/.test(line)) {
      const [, from = '', to = ''] = /^\w+(?: files)? (.*) and (.*) differ\r?$/.exec(line) ?? [];
      files.push({ from: pathOf(from, name, at), to: pathOf(to, name, at), copy: false, binary: true, line: at + 1, hunks: [] });
      at++;
    } else if (line.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ') === true && nothingFollows(lines, at + 2)) {
      throw new PatchError(`${name}:${at + 1}: is cut off: the names of a file and no hunk`);
    } else if (HUNK.test(line)) {
      throw new PatchError(`${name}:${at + 1}: a hunk without the name of its file`);
    } else at++;
  }
  return files;
}

/** Both contents are empty, or absent: the only ones that need no hunk. */
const NOTHING = /^index (?:0+|e69de29[0-9a-f]*)\.\.(?:0+|e69de29[0-9a-f]*)(?: |$)/;

const nothingFollows = (lines: readonly string[], at: number): boolean => lines.slice(at).every((line) => line.trim() === '');

const beginsPlain = (lines: readonly string[], at: number): boolean =>
  lines[at]!.startsWith('--- ') && lines[at + 1]?.startsWith('+++ ') === true && HUNK.test(lines[at + 2] ?? '');

function gitFile(lines: readonly string[], start: number, name: string): { file: FilePatch; next: number } {
  const file: FilePatch = { ...headerNames(lines[start]!, name, start), copy: false, binary: false, line: start + 1, hunks: [] };
  let at = start + 1;
  let differs = false;
  for (; at < lines.length; at++) {
    const line = lines[at]!.replace(/\r$/, '');
    const named = (prefix: string): string => pathAsWritten(line.slice(prefix.length), name, at);
    if (line.startsWith('rename from ')) file.from = named('rename from ');
    else if (line.startsWith('rename to ')) file.to = named('rename to ');
    else if (line.startsWith('copy from ')) file.from = named('copy from ');
    else if (line.startsWith('copy to ')) [file.to, file.copy] = [named('copy to '), true];
    else if (line.startsWith('new file mode ')) file.from = null;
    else if (line.startsWith('deleted file mode ')) file.to = null;
    else if (/^Binary files .* differ$/.test(line)) file.binary = true;
    else if (line === 'GIT binary patch') {
      file.binary = true;
      return { file, next: at + 1 };
    } else if (beginsPlain(lines, at)) {
      return { file, next: hunks(lines, at + 2, file, name) };
    } else if (line.startsWith('index ')) differs = !NOTHING.test(line);
    else if (!/^(old mode|new mode|similarity index|dissimilarity index) /.test(line)) break;
  }
  // A mail that ends here would look like a change that changes nothing.
  if (at === start + 1 || (differs && !file.binary && file.to !== null))
    throw new PatchError(`${name}:${start + 1}: is cut off: ${file.to ?? file.from ?? ''} changes, and no hunk says how`);
  return { file, next: at };
}

/** 'diff --git a/x b/x': both names, told apart by their being equal where nothing is quoted. */
function headerNames(line: string, name: string, at: number): Pick<FilePatch, 'from' | 'to'> {
  const rest = line.slice('diff --git '.length).replace(/\r$/, '');
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted) return { from: pathOf(quoted[1]!, name, at), to: pathOf(quoted[2]!, name, at) };
  const half = rest.slice(0, (rest.length - 1) / 2);
  return { from: pathOf(half, name, at), to: pathOf(rest.slice(half.length + 1), name, at) };
}

function plainNames(lines: readonly string[], at: number, name: string): Pick<FilePatch, 'from' | 'to'> {
  const names = [lines[at]!, lines[at + 1]!].map((line) => line.slice(4).replace(/\r$/, '').replace(/\t.*$/, ''));
  const [from, to] = names.map((text) => (text === '/dev/null' ? null : pathOf(text, name, at)));
  return { from: from ?? null, to: to ?? null };
}

/** A name with git's prefix, 'a/fs/x.c', taken off. */
function pathOf(written: string, name: string, at: number): string {
  return pathAsWritten(written, name, at).replace(/^[abciow]\//, '');
}

/** A name as C's quotes write it, checked to stay below the tree. */
function pathAsWritten(written: string, name: string, at: number): string {
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const plain = written.startsWith('"')
    ? written
        .slice(1, -1)
        .replace(/\\([0-7]{3}|.)/g, (_all, e: string) => (e.length === 3 ? String.fromCharCode(parseInt(e, 8)) : (escapes[e] ?? e)))
    : written;
  const path = readable(plain).replace(/^(\.\/)+/, '');
  if (path.startsWith('/') || path.split(/[/\\]/).includes('..') || path === '' || path.includes('\0'))
    throw new PatchError(`${name}:${at + 1}: '${path}' is no path below the tree`);
  return path;
}

/** Reads the hunks of one file; where they end. */
function hunks(lines: readonly string[], start: number, file: FilePatch, name: string): number {
  let at = start;
  while (at < lines.length) {
    const found = HUNK.exec(lines[at]!);
    if (!found) break;
    const number = (i: number, absent: number): number => (found[i] === undefined ? absent : Number(found[i]));
    const hunk: Hunk = {
      header: lines[at]!.replace(/\r$/, ''),
      line: at + 1,
      oldStart: number(1, 0),
      oldCount: number(2, 1),
      newStart: number(3, 0),
      newCount: number(4, 1),
      lines: [],
      oldOpen: false,
      newOpen: false,
    };
    file.hunks.push(hunk);
    at = hunkLines(lines, at + 1, hunk, () => `${name}: ${describeHunk(file, file.hunks.length - 1)}`);
  }
  return at;
}

function hunkLines(lines: readonly string[], start: number, hunk: Hunk, where: () => string): number {
  let [left, right, at] = [hunk.oldCount, hunk.newCount, start];
  for (; left > 0 || right > 0; at++) {
    const line = lines[at];
    // What follows the last line end is no empty line of context.
    if (line === undefined || (line === '' && at === lines.length - 1))
      throw new PatchError(`${where()} ends early: ${left} old and ${right} new lines are missing; the patch is cut off`);
    // A mailer that strips blanks at line ends leaves nothing of an empty context line.
    const kind = line === '' || line === '\r' ? ' ' : line[0]!;
    if (kind === '\\') {
      openEnd(hunk);
      continue;
    }
    if (kind !== ' ' && kind !== '+' && kind !== '-')
      throw new PatchError(
        `${where()} is damaged at line ${at + 1} ('${readable(line.slice(0, 40))}'): a line broken by a mailer, or cut off`,
      );
    if (kind !== '+') left--;
    if (kind !== '-') right--;
    if (left < 0 || right < 0) throw new PatchError(`${where()} is damaged at line ${at + 1}: more lines than its header says`);
    hunk.lines.push({ kind, text: line.slice(1), line: at + 1 });
  }
  if (lines[at]?.startsWith('\\')) {
    openEnd(hunk);
    at++;
  }
  const more = lines[at];
  if (more !== undefined && /^(\+(?!\+\+ )|-(?!- ?\r?$|-- ))/.test(more))
    throw new PatchError(`${where()} has more lines than its header says, at line ${at + 1}`);
  return at;
}

/** '\ No newline at end of file' speaks of the line before it. */
function openEnd(hunk: Hunk): void {
  const kind = hunk.lines.at(-1)?.kind;
  if (kind !== '+') hunk.oldOpen = true;
  if (kind !== '-') hunk.newOpen = true;
}

/** 'fs/a.c: hunk 2 of 5 (@@ -1,2 +1,3 @@, line 40)' */
export function describeHunk(file: FilePatch, index: number): string {
  const hunk = file.hunks[index]!;
  const header = /^@@.*?@@/.exec(hunk.header)?.[0] ?? hunk.header;
  return `${file.to ?? file.from ?? ''}: hunk ${index + 1}${file.hunks.length > 1 ? ` of ${file.hunks.length}` : ''} (${header}, line ${hunk.line} of the patch)`;
}
