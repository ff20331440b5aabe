/** A unified diff of changed files that `git apply` and `patch -p1` take, byte for byte. */
import { structuredPatch } from 'diff';

export interface ChangedFile {
  /** Relative to the tree's root, with '/'. */
  path: string;
  before: Uint8Array;
  after: Uint8Array;
}

/** Bytes of the diff, files in the order given. A file without its last line end is marked as diff does. */
export function unifiedDiff(files: readonly ChangedFile[]): Uint8Array {
  return bytesOf(files.map(fileDiff).join(''));
}

function fileDiff({ path, before, after }: ChangedFile): string {
  // A byte a character: what is no UTF-8 goes through unharmed.
  const { hunks } = structuredPatch('', '', textOf(before), textOf(after), undefined, undefined, { context: 3 });
  if (hunks.length === 0) return '';
  const name = textOf(new TextEncoder().encode(path));
  const [a, b] = [quoted(`a/${name}`), quoted(`b/${name}`)];
  const lines = [`diff --git ${a} ${b}`, `--- ${a}`, `+++ ${b}`];
  for (const h of hunks) lines.push(`@@ -${range(h.oldStart, h.oldLines)} +${range(h.newStart, h.newLines)} @@`, ...h.lines);
  return `${lines.join('\n')}\n`;
}

const range = (start: number, lines: number): string => (lines === 1 ? `${start}` : `${start},${lines}`);

/** As git writes names that hold more than plain characters. */
function quoted(name: string): string {
  if (/^[\x20-\x7e]+$/.test(name) && !/["\\]/.test(name)) return name;
  const octal = (c: string): string => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${name.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, octal)}"`;
}

function textOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return parts.join('');
}
const CHUNK = 8192;

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
