/** Edits made on a file's bytes, so that whatever they do not touch stays byte for byte: a byte order mark, bytes that are no UTF-8. */
import { decodeSource, sequenceLength } from './decode.js';

/** An edit of the decoded text: [start, end) in UTF-16 units. Edits of one call must not overlap. */
interface UnitEdit {
  start: number;
  end: number;
  text: string;
}

/** The bytes cannot be edited so that they decode to the edited text. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** The file's bytes with edits of its decoded text made. @throws {EncodeError | RangeError} */
export function editBytes(bytes: Uint8Array, edits: readonly UnitEdit[]): Uint8Array {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const offsets = byteOffsets(
    bytes,
    sorted.flatMap((e) => [e.start, e.end]),
  );
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let done = 0;
  sorted.forEach((edit, i) => {
    const [from, to] = [offsets[2 * i]!, offsets[2 * i + 1]!];
    if (from < done || to < from) throw new RangeError(`edit ${edit.start}..${edit.end} overlaps another`);
    parts.push(bytes.subarray(done, from), encoder.encode(edit.text));
    done = to;
  });
  parts.push(bytes.subarray(done));
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  if (decodeSource(out) !== editText(decodeSource(bytes), sorted)) throw new EncodeError('the edit moves bytes that are no UTF-8 text');
  return out;
}

function editText(text: string, sorted: readonly UnitEdit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, text: put } of sorted) {
    parts.push(text.slice(done, start), put);
    done = end;
  }
  return [...parts, text.slice(done)].join('');
}

/** Byte offsets of UTF-16 offsets in ascending order. @throws {RangeError} for one behind the end, or inside a character */
function byteOffsets(bytes: Uint8Array, units: readonly number[]): number[] {
  const found: number[] = [];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let unit = 0;
  for (const wanted of units) {
    while (unit < wanted && at < bytes.length) {
      const length = sequenceLength(bytes, at);
      at += Math.max(1, length);
      unit += length === 4 ? 2 : 1;
    }
    if (unit !== wanted) throw new RangeError(`no character begins at offset ${wanted}`);
    found.push(at);
  }
  return found;
}
