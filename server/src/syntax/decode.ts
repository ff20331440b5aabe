const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a source file. Valid UTF-8 is read as such (a byte order mark is dropped); each byte that is not part of
 * valid UTF-8 becomes one UTF-16 unit, the Latin-1 character of that byte, so that columns count an invalid byte as one.
 */
export function decodeSource(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return decodeLoose(bytes);
  }
}

function decodeLoose(bytes: Uint8Array): string {
  const n = bytes.length;
  const parts: string[] = [];
  let valid = 0; // start of the run of valid bytes being read
  let i = n >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  valid = i;
  while (i < n) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    if (i > valid) parts.push(strict.decode(bytes.subarray(valid, i)));
    parts.push(String.fromCharCode(bytes[i]!));
    valid = ++i;
  }
  if (n > valid) parts.push(strict.decode(bytes.subarray(valid, n)));
  return parts.join('');
}

/** Length of the well-formed UTF-8 sequence at `at` (Unicode table 3-7), 0 when there is none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const a = bytes[at]!;
  if (a < 0x80) return 1;
  const b = bytes[at + 1] ?? 0;
  if (a >= 0xc2 && a <= 0xdf) return tail(b) ? 2 : 0;
  const c = bytes[at + 2] ?? 0;
  if (a >= 0xe0 && a <= 0xef) {
    const low = a === 0xe0 ? 0xa0 : 0x80;
    const high = a === 0xed ? 0x9f : 0xbf;
    return b >= low && b <= high && tail(c) ? 3 : 0;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    const low = a === 0xf0 ? 0x90 : 0x80;
    const high = a === 0xf4 ? 0x8f : 0xbf;
    return b >= low && b <= high && tail(c) && tail(bytes[at + 3] ?? 0) ? 4 : 0;
  }
  return 0;
}

function tail(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
