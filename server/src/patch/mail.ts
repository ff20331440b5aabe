/** Takes a mail apart as far as a patch needs it: headers, the encoded body, the parts that can hold a patch. */
import { bytesToText, PatchError, textToBytes } from './model.js';

export interface Mail {
  subject: string;
  author: string;
  messageId: string;
  /** Headers and the decoded body, one line each, without line ends: an undecoded mail keeps its line numbers. */
  lines: string[];
  /** Index of the first line of the body. */
  body: number;
}

/** The line that begins a mail in an mbox: an address or a commit, and a date. */
const SEPARATOR = /^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d(?::\d\d)? .*\d{4}\s*$/;

/** Whether a text is a mail or an mbox, and not a bare diff. */
export function isMail(text: string): boolean {
  if (SEPARATOR.test(text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')))) return true;
  const head = text.split(/\r?\n\r?\n/, 1)[0]!;
  return /^[A-Za-z][A-Za-z-]*:/.test(head) && /^(?:subject|from|content-type|message-id):/im.test(head);
}

/** Mails of an mbox, in its order; one for a single mail. */
export function splitMbox(text: string): string[] {
  const lines = text.split('\n');
  if (!SEPARATOR.test(lines[0]!)) return [text];
  const starts = lines.flatMap((line, i) => (SEPARATOR.test(line) && (i === 0 || lines[i - 1]!.trim() === '') ? [i] : []));
  return starts.map((from, i) =>
    lines
      .slice(from, starts[i + 1])
      .map((line) => line.replace(/^>(>*From )/, '$1'))
      .join('\n'),
  );
}

/**
 * @param name for messages
 * @throws {PatchError} for a body that is cut off, or a mail without a text
 */
export function parseMail(text: string, name: string): Mail {
  const entity = splitEntity(text);
  const parts = textsOf(entity, name);
  const head = entity.head.map((line) => line.replace(/\r$/, ''));
  const lines = [...head, '', ...parts.flatMap((part) => part.split('\n').map((line) => line.replace(/\r$/, '')))];
  return {
    subject: words(entity.headers.get('subject') ?? ''),
    author: words(entity.headers.get('from') ?? ''),
    messageId: (entity.headers.get('message-id') ?? '').trim(),
    lines,
    body: head.length + 1,
  };
}

interface Entity {
  head: string[];
  headers: Map<string, string>;
  body: string;
}

function splitEntity(text: string): Entity {
  // A part of a mail may have no headers: it begins with the empty line then.
  const end = /^\r?\n/.exec(text) ?? /\r?\n\r?\n/.exec(text);
  const head = end?.index === 0 ? [] : (end ? text.slice(0, end.index) : text).split('\n');
  const headers = new Map<string, string>();
  let last = '';
  for (const line of head) {
    const field = /^([!-9;-~]+):\s?(.*?)\r?$/.exec(line);
    if (/^[ \t]/.test(line) && last !== '') headers.set(last, `${headers.get(last)!} ${line.trim()}`);
    else if (field) {
      last = field[1]!.toLowerCase();
      if (!headers.has(last)) headers.set(last, field[2]!);
    } else last = '';
  }
  return { head, headers, body: end ? text.slice(end.index + end[0].length) : '' };
}

/** Decoded texts that can hold a patch, in order. */
function textsOf({ headers, body }: Entity, name: string, depth = 0): string[] {
  const type = headers.get('content-type') ?? 'text/plain';
  const kind = /^\s*([^\s;]+)/.exec(type)?.[1]?.toLowerCase() ?? 'text/plain';
  const boundary = parameter(type, 'boundary');
  if (kind.startsWith('multipart/') && boundary !== '') {
    if (depth > 8) throw new PatchError(`${name}: parts nested deeper than a mail has them`);
    const { parts, closed } = splitParts(body, boundary);
    if (!closed) throw new PatchError(`${name}: the mail is cut off: its last part has no end`);
    return parts.flatMap((part) => textsOf(splitEntity(part), name, depth + 1));
  }
  const filename = parameter(headers.get('content-disposition') ?? '', 'filename') || parameter(type, 'name');
  const text = /^text\/(?!html)/.test(kind) || /^application\/(x-)?(patch|diff)$/.test(kind) || /\.(patch|diff)$/i.test(filename);
  if (!text) return [];
  return [inUtf8(decoded(body, (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase(), name), parameter(type, 'charset'))];
}

function parameter(field: string, key: string): string {
  const found = new RegExp(`;\\s*${key}\\*?=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(field);
  return found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2] ?? '';
}

function splitParts(body: string, boundary: string): { parts: string[]; closed: boolean } {
  const parts: string[][] = [];
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare === `--${boundary}--`) return { parts: parts.map((part) => part.join('\n')), closed: true };
    // A part without headers begins with its empty line.
    if (bare === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return { parts: parts.map((part) => part.join('\n')), closed: false };
}

function decoded(body: string, encoding: string, name: string): string {
  if (encoding === 'quoted-printable') {
    const whole = body.replace(/[ \t]+(?=\r?\n)/g, '').replace(/=\r?\n/g, '');
    if (/=[0-9A-Fa-f]?$/.test(whole)) throw new PatchError(`${name}: the mail is cut off in the middle of a line`);
    return unquoted(whole);
  }
  if (encoding !== 'base64') return body;
  const packed = body.replace(/\s+/g, '');
  if (/[^A-Za-z0-9+/=]/.test(packed) || packed.length % 4 !== 0) throw new PatchError(`${name}: its base64 body is damaged or cut off`);
  return atob(packed.replace(/=+$/, ''));
}

const unquoted = (text: string): string =>
  text.replace(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Bytes of one character set as bytes of UTF-8; those of an unknown one stay. */
function inUtf8(text: string, charset: string): string {
  if (charset === '' || /^(utf-?8|us-ascii|ascii)$/i.test(charset)) return text;
  try {
    return bytesToText(new TextEncoder().encode(new TextDecoder(charset).decode(textToBytes(text))));
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}

/** A header's text with its encoded words (RFC 2047) decoded, as a reader sees it. */
function words(field: string): string {
  const joined = field.replace(/\?=\s+=\?/g, '?==?');
  const plain = joined.replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (all, charset: string, how: string, text: string) => {
    try {
      const bytes = how.toLowerCase() === 'b' ? atob(text) : unquoted(text.replaceAll('_', ' '));
      return inUtf8(bytes, charset);
    } catch (error) {
      // Not base64 after all: the header is shown as it is.
      if (error instanceof DOMException) return all;
      throw error;
    }
  });
  return new TextDecoder().decode(textToBytes(plain)).replace(/\s+/g, ' ').trim();
}
