import { normaliseFunction } from '../syntax/normalise.js';
import type { FunctionSpan, Rewrite } from '../syntax/model.js';
import type { SideTable } from './cfg/statements.js';

/** Stands for the inferred type of `auto x = ...` in parsed text: as long as the keyword. */
export const INFERRED = 'auTo';
const AUTO = /\bauto\b(?=\s+\*?\s*\w+\s*=[^=])/g;

/** A function body ready to parse, with what the normaliser changed in it. */
export interface Slice {
  /** The body, as long as the original. */
  text: string;
  side: SideTable;
}

/**
 * The body of a function of `file`, normalised. `shift` is added to offsets in `file` to get the offsets of the side table: not 0 when
 * `file` is a text of our own around a piece of the real one.
 */
export function prepareBody(file: string, span: FunctionSpan, shift = 0): Slice {
  const { text, base, marks, rewrites } = normaliseFunction(file, span);
  const by = base + shift;
  const byOffset = new Map<number, Rewrite>();
  for (const rewrite of rewrites) byOffset.set(rewrite.at + by, rewrite);
  const frees = marks.filter((mark) => mark.name === '__free');
  return {
    // C23's `auto x = value` has no type that the grammar knows; any name will do in its place.
    text: text.slice(span.open - base).replace(AUTO, INFERRED),
    side: {
      rewriteAt: (offset) => byOffset.get(offset),
      rewriteIn: (kind, start, end) => rewrites.find((one) => one.kind === kind && one.at + by >= start && one.at + by < end),
      freeIn: (start, end) => frees.find((mark) => mark.at + by >= start && mark.at + by < end)?.args,
      original: (start, end) => file.slice(start - shift, end - shift),
      argumentsOf: (rewrite) => file.slice(rewrite.argsFrom + base, rewrite.argsTo + base),
    },
  };
}
