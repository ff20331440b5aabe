/**
 * A JSON document written piece by piece, a line an entry: the report of a whole kernel may be longer than a string can be, and a
 * line an entry is what `grep` and `diff` work on.
 */

/** Pieces are gathered up to this many characters, so that a file is not written entry by entry. */
const PIECE = 1 << 16;

/**
 * @param fields top-level fields in order; a list is written a line an entry, and may be any iterable, asked for its entries as they
 * are written; a field that is undefined is left out
 */
export function* jsonPieces(fields: readonly (readonly [name: string, value: unknown])[]): Generator<string> {
  let piece = '{\n';
  let first = true;
  for (const [name, value] of fields) {
    if (value === undefined) continue;
    piece += `${first ? '' : ',\n'}${JSON.stringify(name)}: `;
    first = false;
    if (!isList(value)) {
      piece += JSON.stringify(value);
      continue;
    }
    let empty = true;
    piece += '[';
    for (const entry of value) {
      piece += `${empty ? '\n' : ',\n'}${JSON.stringify(entry)}`;
      empty = false;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    piece += empty ? ']' : '\n]';
  }
  yield `${piece}\n}\n`;
}

const isList = (value: unknown): value is Iterable<unknown> => typeof value === 'object' && value !== null && Symbol.iterator in value;

/** The same as one string; for documents that are known to be short. */
export function jsonText(fields: readonly (readonly [string, unknown])[]): string {
  return [...jsonPieces(fields)].join('');
}
