/** A change before it is judged: patches read and applied in memory, and the states of the tree that it leads from and to. */
import { structuredPatch } from 'diff';
import { InputError, type Problem } from '../engine.js';
import { ReadError, type Host } from '../host/host.js';
import type { Overlay } from '../host/overlay.js';
import { applyPatch, textOf, type Touched } from '../patch/apply.js';
import { bytesToText, PatchError, textToBytes, type FilePatch, type Hunk, type Patch } from '../patch/model.js';
import { readSeries } from '../patch/series.js';

/** What a run is asked to judge in place of a whole tree. */
export type ChangeRequest =
  /** Patches on top of the tree as it stands on disk. */
  | { kind: 'patch'; sources: { name: string; bytes: Uint8Array }[]; each: boolean }
  /** The tree as it stands on disk against a revision: what each file that differs held there, null for nothing. */
  | { kind: 'since'; revision: string; files: { path: string; before: Uint8Array | null }[] };

export interface Step {
  /** Indices into `states`. */
  before: number;
  after: number;
  touched: Touched;
  /** Text of a file in the state before; null where there is none. */
  textBefore(path: string): Promise<string | null>;
}

export interface PreparedChange {
  /** What it is held against, in words. */
  against: string;
  patches: Patch[];
  /** Lines of each patch, for quoting; none for a difference to a revision. */
  lines: string[][];
  /** States of the tree, oldest first, as differences to the disk. */
  states: Overlay[];
  /** The state that is the disk itself. */
  disk: number;
  steps: Step[];
  problems: Problem[];
}

/** @throws {InputError} for a patch that cannot be read or applied */
export async function prepareChange(host: Host, base: string, request: ChangeRequest): Promise<PreparedChange> {
  try {
    return request.kind === 'patch' ? await fromPatches(host, base, request) : await fromRevision(host, base, request);
  } catch (error) {
    if (error instanceof PatchError) throw new InputError(error.message);
    throw error;
  }
}

async function textAt(host: Host, path: string): Promise<string | null> {
  const { kind } = await host.stat(path);
  if (kind === 'missing') return null;
  try {
    return bytesToText(await host.readBytes(path));
  } catch (error) {
    if (error instanceof ReadError) throw new PatchError(`${path}: ${error.message}`);
    throw error;
  }
}

async function fromPatches(host: Host, base: string, request: Extract<ChangeRequest, { kind: 'patch' }>): Promise<PreparedChange> {
  const series = request.sources.map(({ name, bytes }) => readSeries(bytes, name));
  const patches = series.flatMap((one) => one.patches);
  const problems: Problem[] = series.flatMap((one, i): Problem[] => {
    const file = request.sources[i]!.name;
    const said = [...one.notes, ...one.patches.flatMap((patch) => patch.notes)];
    return [
      ...said.map((message) => ({ file, message, kind: 'skipped' as const })),
      ...one.missing.map((message) => ({ file, message, kind: 'unreadable' as const })),
    ];
  });
  const states: Overlay[] = [new Map()];
  const steps: Step[] = [];
  const groups = request.each ? patches.map((patch) => [patch]) : [patches];
  let index = 0;
  for (const group of groups) {
    const state = states.at(-1)!;
    const read = async (path: string): Promise<string | null> => {
      const at = host.resolve(path, base);
      const bytes = state.get(at);
      return bytes === undefined ? textAt(host, at) : bytes === null ? null : bytesToText(bytes);
    };
    const touched: Touched = new Map();
    for (const patch of group) {
      await locate(patch, async (path) => (touched.has(path) ? touched.get(path) !== null : (await read(path)) !== null), host, base);
      await applyPatch(patch, index++, touched, read);
    }
    const next = new Map(state);
    for (const [path, file] of touched) next.set(host.resolve(path, base), file && textToBytes(textOf(file)));
    states.push(next);
    steps.push({ before: states.length - 2, after: states.length - 1, touched, textBefore: read });
  }
  const lines = series.flatMap((one) => one.lines);
  return { against: 'the tree', patches, lines, states, disk: 0, steps, problems };
}

/** Names of a diff that was made between two folders carry their names: what is not in the tree is tried without its first part. */
async function locate(patch: Patch, isThere: (path: string) => Promise<boolean>, host: Host, base: string): Promise<void> {
  const shorter = (path: string | null): string | null => (path === null ? null : path.slice(path.indexOf('/') + 1));
  for (const file of patch.files) {
    const name = file.from ?? file.to;
    if (name === null || !name.includes('/')) continue;
    const fits = async (path: string): Promise<boolean> =>
      file.from !== null ? isThere(path) : (await host.stat(host.resolve('..', host.resolve(path, base)))).kind === 'directory';
    if ((await fits(name)) || !(await fits(shorter(name)!))) continue;
    file.from = shorter(file.from);
    file.to = shorter(file.to);
  }
}

async function fromRevision(host: Host, base: string, request: Extract<ChangeRequest, { kind: 'since' }>): Promise<PreparedChange> {
  const old = new Map(request.files.map(({ path, before }) => [path, before]));
  const files: FilePatch[] = [];
  const touched: Touched = new Map();
  const name = `since ${request.revision}`;
  const before = new Map<string, string | null>();
  for (const [path, bytes] of old) {
    const now = await textAt(host, path);
    const was = bytes === null ? null : bytesToText(bytes);
    if (now === was) continue;
    const file = host.relative(base, path);
    before.set(file, was);
    files.push(difference(file, was, now));
  }
  pairRenames(files, (file) => before.get(file) ?? '');
  const patch: Patch = { name, subject: '', author: '', messageId: '', files, notes: [] };
  const read = async (file: string): Promise<string | null> =>
    before.has(file) ? before.get(file)! : textAt(host, host.resolve(file, base));
  await applyPatch(patch, 0, touched, read);
  const overlay = new Map([...before.keys()].map((file) => [host.resolve(file, base), old.get(host.resolve(file, base)) ?? null]));
  return {
    against: request.revision,
    patches: [patch],
    lines: [],
    states: [overlay, new Map()],
    disk: 1,
    steps: [{ before: 0, after: 1, touched, textBefore: read }],
    problems: [],
  };
}

/** Milliseconds after which two versions of a file count as having nothing in common. */
const DIFF_TIMEOUT = 5000;

/** Two versions of a file as a patch whose line numbers are those of the new version. */
function difference(file: string, was: string | null, now: string | null): FilePatch {
  const patch = structuredPatch(file, file, was ?? '', now ?? '', '', '', { context: 3, timeout: DIFF_TIMEOUT });
  const whole = [...linesOf(was).map((text) => `-${text}`), ...linesOf(now).map((text) => `+${text}`)];
  const raw = patch?.hunks ?? [{ oldStart: 1, oldLines: linesOf(was).length, newStart: 1, newLines: linesOf(now).length, lines: whole }];
  const hunks = raw.map((hunk): Hunk => {
    let line = hunk.newStart - 1;
    const lines = hunk.lines
      .filter((text) => !text.startsWith('\\'))
      .map((text) => {
        const kind = text[0] as ' ' | '+' | '-';
        if (kind !== '-') line++;
        return { kind, text: text.slice(1), line: Math.max(1, line) };
      });
    const open = (text: string | null): boolean => text !== null && text !== '' && !text.endsWith('\n');
    return {
      header: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
      line: hunk.newStart,
      oldStart: hunk.oldLines === 0 ? 0 : hunk.oldStart,
      oldCount: hunk.oldLines,
      newStart: hunk.newStart,
      newCount: hunk.newLines,
      lines,
      oldOpen: open(was),
      newOpen: open(now),
    };
  });
  return { from: was === null ? null : file, to: now === null ? null : file, copy: false, binary: false, line: 1, hunks };
}

function linesOf(text: string | null): string[] {
  const lines = (text ?? '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Share of equal lines above which a file that went and one that came are one that moved, as git has it. */
const SIMILAR = 0.5;
/** Pairs beyond this are not compared: a change of this size is not read file by file. */
const MAX_PAIRS = 10_000;

/** Makes one rename of a deletion and a creation that share most of their lines. */
function pairRenames(files: FilePatch[], before: (file: string) => string): void {
  const gone = files.filter(({ to }) => to === null);
  const made = files.filter(({ from }) => from === null);
  if (gone.length * made.length > MAX_PAIRS) return;
  for (const file of made) {
    const lines = file.hunks.flatMap((hunk) => hunk.lines.map(({ text }) => text));
    let best: { of: FilePatch; share: number } | undefined;
    for (const of of gone) {
      const old = new Set(linesOf(before(of.from!)));
      const share = lines.filter((text) => old.has(text)).length / Math.max(lines.length, old.size, 1);
      if (share > SIMILAR && share > (best?.share ?? 0)) best = { of, share };
    }
    if (!best) continue;
    const { from } = best.of;
    const text = lines.map((line) => `${line}\n`).join('');
    Object.assign(file, difference(file.to!, before(from!), text), { from });
    gone.splice(gone.indexOf(best.of), 1);
    files.splice(files.indexOf(best.of), 1);
  }
}
