/** Patches as data. Text is held as one character a byte, so that a file of any encoding comes out as it went in. */

export interface HunkLine {
  kind: ' ' | '+' | '-';
  /** Without the sign and the line end; a carriage return at the end is kept. */
  text: string;
  /** Line of the patch it stands on, from 1; of the mail that carries it, where it came in one. */
  line: number;
}

export interface Hunk {
  /** '@@ -10,7 +10,9 @@ static int grow(void)' */
  header: string;
  line: number;
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  lines: HunkLine[];
  /** The last line has no line end on the old, or on the new side. */
  oldOpen: boolean;
  newOpen: boolean;
}

export interface FilePatch {
  /** Relative to the root of the tree; null where the file is created. */
  from: string | null;
  /** null where the file is deleted. */
  to: string | null;
  copy: boolean;
  binary: boolean;
  /** Line of the patch where it begins. */
  line: number;
  hunks: Hunk[];
}

export interface Patch {
  /** For messages: the file's name, or 'patch 2/5' of it. */
  name: string;
  subject: string;
  /** 'Name <address>', '' outside of a mail. */
  author: string;
  messageId: string;
  files: FilePatch[];
  /** What of it was not used, in words. */
  notes: string[];
}

/** A patch that cannot be read or applied: one line that says which patch, file and hunk. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/** Bytes as text of one character each, and back. */
export function bytesToText(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 0x8000) out += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return out;
}

/** The contrary of `bytesToText`: a character is a byte, and above 255 loses what is above. */
export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The same text as a reader sees it: UTF-8, what is none of it replaced. */
export const readable = (text: string): string => new TextDecoder().decode(textToBytes(text));
