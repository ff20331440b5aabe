/** Applies patches to texts in memory and remembers, for every line, where it came from. */
import { describeHunk } from './diff.js';
import { PatchError, type FilePatch, type Hunk, type Patch } from './model.js';

/** Where a line was written: which patch of a series, from 0, and the line of it. */
export interface Origin {
  patch: number;
  line: number;
}

export interface TrackedLine {
  text: string;
  /** Line number before the first patch; absent where a patch added the line. */
  old?: number;
  from?: Origin;
}

export interface RemovedLine {
  /** Line number before the first patch; absent where an earlier patch of the series had added it. */
  old?: number;
  text: string;
  by: Origin;
  /** The line it stood before, as an index into the lines that are left; moves with later hunks. */
  before: TrackedLine | null;
}

export interface TrackedFile {
  /** Name before the first patch; null where it was not there. */
  origin: string | null;
  lines: TrackedLine[];
  removed: RemovedLine[];
  /** The last line has no line end. */
  open: boolean;
}

/** A text before the first patch; `origin`: its name, null where there was none. */
export function trackedFile(text: string, origin: string | null): TrackedFile {
  if (text === '') return { origin, lines: [], removed: [], open: false };
  const lines = text.split('\n');
  const open = lines.at(-1) !== '';
  if (!open) lines.pop();
  return { origin, lines: lines.map((line, i) => ({ text: line, old: i + 1 })), removed: [], open };
}

export const textOf = ({ lines, open }: TrackedFile): string =>
  lines.map(({ text }) => text).join('\n') + (open || lines.length === 0 ? '' : '\n');

/** Files that patches touched, by the name they have now; null: deleted. What is not in it is as the tree has it. */
export type Touched = Map<string, TrackedFile | null>;

/**
 * Applies one patch of a series on top of those before it. Context must match exactly, its place may have moved.
 * @param index of the patch in its series, from 0
 * @param read text of a file of the tree; null where there is none
 * @throws {PatchError} naming the hunk that does not apply
 */
export async function applyPatch(
  patch: Patch,
  index: number,
  touched: Touched,
  read: (path: string) => Promise<string | null>,
): Promise<void> {
  const current = async (path: string): Promise<TrackedFile | null> => {
    const known = touched.get(path);
    if (known !== undefined) return known;
    const text = await read(path);
    return text === null ? null : trackedFile(text, path);
  };
  // Names as they are before this patch: a rename may take another's place.
  const start = new Map<FilePatch, TrackedFile | null>();
  for (const file of patch.files) if (file.from !== null && file.from !== file.to) start.set(file, await current(file.from));
  for (const file of patch.files) {
    if (file.binary) continue;
    const old = file.from === null ? null : (start.get(file) ?? (await current(file.from)));
    if (file.from === null && file.to !== null && (await current(file.to)) !== null)
      throw new PatchError(`${patch.name}: ${file.to}: is to be created and is there already`);
    // A plain diff creates a file by a hunk that takes nothing.
    const creates = file.hunks.length === 1 && file.hunks[0]!.oldCount === 0 && file.hunks[0]!.oldStart === 0;
    if (file.from !== null && old === null && !creates) throw new PatchError(`${patch.name}: ${file.from}: not in the tree`);
    const base = old ? { ...old, lines: [...old.lines], removed: [...old.removed] } : trackedFile('', null);
    const next = applyHunks(file.copy ? copied(base, { patch: index, line: file.line }) : base, file, index, patch.name);
    if (file.to !== null) touched.set(file.to, next);
  }
  const made = new Set(patch.files.map(({ to }) => to));
  for (const { from, to, copy, binary } of patch.files)
    if (from !== null && from !== to && !copy && !binary && !made.has(from)) touched.set(from, null);
}

/** All lines of a copy are new where it stands. */
function copied({ lines, open }: TrackedFile, from: Origin): TrackedFile {
  return { origin: null, lines: lines.map(({ text }) => ({ text, from })), removed: [], open };
}

function applyHunks(base: TrackedFile, file: FilePatch, patch: number, name: string): TrackedFile {
  let drift = 0;
  let from = 0;
  file.hunks.forEach((hunk, i) => {
    const wanted = hunk.lines.filter(({ kind }) => kind !== '+').map(({ text }) => text);
    const expected = (hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1) + drift;
    const at = placeOf(base.lines, wanted, expected, from);
    if (at === undefined)
      throw new PatchError(`${name}: ${describeHunk(file, i)} does not apply${reason(base.lines, hunk, wanted, expected)}`);
    const carriage = usesCarriageReturns(base.lines);
    const next: TrackedLine[] = [];
    const taken: RemovedLine[] = [];
    let k = at;
    for (const line of hunk.lines) {
      if (line.kind === '+') next.push({ text: line.text.replace(/\r$/, '') + (carriage ? '\r' : ''), from: { patch, line: line.line } });
      else {
        const was = base.lines[k++]!;
        if (line.kind === ' ') next.push(was);
        else
          taken.push({ text: was.text, by: { patch, line: line.line }, before: null, ...(was.old === undefined ? {} : { old: was.old }) });
      }
    }
    base.lines.splice(at, wanted.length, ...next);
    // Deleted lines are remembered by the first line after the hunk's place that is still there.
    for (const line of taken) line.before = base.lines[at + leading(hunk)] ?? null;
    base.removed.push(...taken);
    from = at + next.length;
    drift = at - expected + drift + next.length - wanted.length;
    if (from === base.lines.length) base.open = hunk.newOpen;
  });
  return base;
}

/** Context lines before the first change of a hunk. */
function leading(hunk: Hunk): number {
  const first = hunk.lines.findIndex(({ kind }) => kind !== ' ');
  return first < 0 ? hunk.lines.length : first;
}

const bare = (text: string): string => text.replace(/\r$/, '');

/** Mails change line ends: a file keeps its own. An empty file takes those of the patch. */
function usesCarriageReturns(lines: readonly TrackedLine[]): boolean {
  return lines.length > 0 && lines.filter(({ text }) => text.endsWith('\r')).length * 2 > lines.length;
}

/** The nearest place at or after `from` where the wanted lines stand. */
function placeOf(lines: readonly TrackedLine[], wanted: readonly string[], expected: number, from: number): number | undefined {
  if (wanted.length === 0) return expected >= from && expected <= lines.length ? expected : undefined;
  const fits = (at: number): boolean =>
    at >= from && at + wanted.length <= lines.length && wanted.every((text, i) => bare(lines[at + i]!.text) === bare(text));
  for (let off = 0; off <= Math.max(expected - from, lines.length - expected, 0); off++) {
    if (fits(expected - off)) return expected - off;
    if (fits(expected + off)) return expected + off;
  }
  return undefined;
}

/** What a reader can do about it: the patch is in the tree already, or which line is another. */
function reason(lines: readonly TrackedLine[], hunk: Hunk, wanted: readonly string[], expected: number): string {
  const result = hunk.lines.filter(({ kind }) => kind !== '-').map(({ text }) => text);
  if (result.some((text) => bare(text).trim() !== '') && placeOf(lines, result, expected, 0) !== undefined)
    return ': its result stands in the file, the tree has the patch already (--since shows what it changed)';
  const missing = wanted.find((text) => !lines.some((line) => bare(line.text) === bare(text)));
  return missing === undefined ? '' : `: the file has no line '${bare(missing).trim().slice(0, 60)}'`;
}
