/** From the bytes of a diff, a mail or an mbox to the patches of a series, in the order in which they apply. */
import { parseDiff } from './diff.js';
import { isMail, parseMail, splitMbox, type Mail } from './mail.js';
import { bytesToText, PatchError, type FilePatch, type Patch } from './model.js';

export interface Series {
  patches: Patch[];
  /** Lines of each patch, for quoting. */
  lines: string[][];
  /** What of the input was not used and does not matter: replies, older versions. */
  notes: string[];
  /** What is missing: the answer is not about all of the series. */
  missing: string[];
}

interface Numbered {
  patch: Patch;
  lines: string[];
  n: number | null;
  of: number;
  version: number;
  reply: boolean;
}

/**
 * @param name of the file, for messages
 * @throws {PatchError} for input that holds no patch, or one that is cut off or damaged
 */
export function readSeries(bytes: Uint8Array, name: string): Series {
  if (bytes.length === 0) throw new PatchError(`${name}: is empty`);
  const text = bytesToText(bytes).replace(/^\xef\xbb\xbf/, '');
  if (text.includes('\0')) throw new PatchError(`${name}: not a text: no patch can be read`);
  if (!isMail(text)) {
    const lines = withoutCarriageReturns(text.split('\n'));
    const files = parseDiff(lines, name);
    if (files.length === 0) throw new PatchError(`${name}: no patch in it (a unified diff, a mail or an mbox is read)`);
    return { patches: [patchOf(name, files)], lines: [lines], notes: [], missing: unreadOf(files) };
  }
  const mails = splitMbox(text);
  const all = mails.map((mail, i) => numbered(parseMail(mail, mailName(name, i, mails.length)), mailName(name, i, mails.length)));
  return inOrder(all, name);
}

const mailName = (name: string, i: number, count: number): string => (count === 1 ? name : `${name}, mail ${i + 1} of ${count}`);

const patchOf = (name: string, files: FilePatch[], mail?: Mail): Patch => ({
  name,
  subject: mail?.subject ?? '',
  author: mail?.author ?? '',
  messageId: mail?.messageId ?? '',
  files,
  notes: binaries(files)
    .filter((file) => !SOURCE.test(file))
    .map((file) => `${file}: a binary change, not looked at`),
});

const SOURCE = /\.[ch]$/;
const binaries = (files: readonly FilePatch[]): string[] => files.filter(({ binary }) => binary).map(({ from, to }) => to ?? from ?? '');
/** Source text that a patch gives as bytes: it is not judged, and that must not read as clean. */
const unreadOf = (files: readonly FilePatch[]): string[] =>
  binaries(files)
    .filter((file) => SOURCE.test(file))
    .map((file) => `${file}: a binary change of source text cannot be read: make the patch with git diff --text`);

function numbered(mail: Mail, name: string): Numbered {
  const tag = /\[[^\]]*\bPATCH\b[^\]]*\]/i.exec(mail.subject)?.[0] ?? '';
  const [, n, of] = /\b(\d+)\/(\d+)\b/.exec(tag) ?? [];
  const lines = withoutCarriageReturns(mail.lines);
  const reply = /^re:/i.test(mail.subject);
  const files = reply ? [] : parseDiff(lines, name);
  checkDiffstat(lines, mail.body, files, name);
  return {
    patch: patchOf(name, files, mail),
    lines,
    n: n === undefined ? null : Number(n),
    of: Number(of ?? 0),
    version: Number(/\bv(\d+)\b/i.exec(tag)?.[1] ?? 1),
    reply,
  };
}

/** A mail that ends between two files looks whole; the diffstat above them tells. */
function checkDiffstat(lines: readonly string[], body: number, files: readonly FilePatch[], name: string): void {
  if (files.length === 0) return;
  const stat = lines.slice(body, files[0]!.line).find((line) => /^ \d+ files? changed/.test(line));
  const promised = Number(/\d+/.exec(stat ?? '')?.[0] ?? 0);
  if (files.length < promised) throw new PatchError(`${name}: is cut off: its diffstat names ${promised} files, ${files.length} are there`);
}

function inOrder(all: readonly Numbered[], name: string): Series {
  const notes: string[] = [];
  const missing: string[] = [];
  const replies = all.filter(({ reply }) => reply).length;
  if (replies > 0) notes.push(`${replies} ${replies === 1 ? 'reply' : 'replies'} left out`);
  const originals = all.filter(({ reply }) => !reply);
  const newest = Math.max(1, ...originals.filter(({ patch }) => patch.files.length > 0).map(({ version }) => version));
  const current = originals.filter(({ version }) => version === newest);
  if (current.length < originals.length) notes.push(`only version ${newest} of the series is looked at`);
  for (const { patch, n, of } of current)
    if (patch.files.length === 0 && n !== null && n > 0) missing.push(`'${patch.subject}' (${n}/${of}) holds no patch`);
  const found = current.filter(({ patch }) => patch.files.length > 0);
  if (found.length === 0) throw new PatchError(`${name}: no patch in it${replies > 0 ? ', only replies' : ''}`);
  missing.push(...found.flatMap(({ patch }) => unreadOf(patch.files)));
  const counted = found.every(({ n }) => n !== null) && new Set(found.map(({ of }) => of)).size === 1;
  if (counted) {
    found.sort((a, b) => a.n! - b.n!);
    const twice = found.find(({ n }, i) => i > 0 && found[i - 1]!.n === n);
    if (twice) throw new PatchError(`${name}: patch ${twice.n}/${twice.of} is there twice`);
    const there = new Set(found.map(({ n }) => n));
    const absent = Array.from({ length: found[0]!.of }, (_, i) => i + 1).filter((n) => !there.has(n));
    // One mail alone is somebody's choice; of several, the cover letter among them, one that is missing was lost.
    const said = `of ${found[0]!.of} patches ${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there`;
    if (absent.length > 0) (current.length > 1 ? missing : notes).push(said);
  }
  if (found.length > 1)
    found.forEach(({ patch, n, of }, i) => {
      patch.name = counted ? `patch ${n}/${of}` : `patch ${i + 1} of ${found.length}`;
    });
  return { patches: found.map(({ patch }) => patch), lines: found.map(({ lines }) => lines), notes, missing };
}

/** A patch whose own headers end in a carriage return was given them on its way. */
function withoutCarriageReturns(lines: string[]): string[] {
  return lines.some((line) => /^(@@ |--- |\+\+\+ ).*\r$/.test(line)) ? lines.map((line) => line.replace(/\r$/, '')) : lines;
}
