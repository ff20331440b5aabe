import { normaliseFunction } from '../syntax/normalise.js';
import type { FunctionSpan, Rewrite } from '../syntax/model.js';
import type { SideTable } from './cfg/context.js';

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
    text: text.slice(span.open - base),
    side: {
      rewriteAt: (offset) => byOffset.get(offset),
      rewriteIn: (kind, start, end) => rewrites.find((one) => one.kind === kind && one.at + by >= start && one.at + by < end),
      freeIn: (start, end) => frees.find((mark) => mark.at + by >= start && mark.at + by < end)?.args,
      original: (start, end) => file.slice(start - shift, end - shift),
      argumentsOf: (rewrite) => file.slice(rewrite.argsFrom + base, rewrite.argsTo + base),
    },
  };
}
