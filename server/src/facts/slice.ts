import { normaliseFunction } from '../syntax/normalise.js';
import type { FunctionSpan, Rewrite } from '../syntax/model.js';
import type { SideTable } from './cfg/statements.js';

/** A function body ready to parse, with what the normaliser changed in it. */
export interface Slice {
  /** The body, as long as the original. */
  text: string;
  side: SideTable;
}

/** The body of a function of `file`, normalised. Offsets of the side table are the file's. */
export function prepareBody(file: string, span: FunctionSpan): Slice {
  const { text, base, marks, rewrites } = normaliseFunction(file, span);
  const byOffset = new Map<number, Rewrite>();
  for (const rewrite of rewrites) byOffset.set(rewrite.at + base, rewrite);
  const frees = marks.filter((mark) => mark.name === '__free');
  return {
    text: text.slice(span.open - base),
    side: {
      rewriteAt: (offset) => byOffset.get(offset),
      rewriteIn: (kind, start, end) =>
        rewrites.find((rewrite) => rewrite.kind === kind && rewrite.at + base >= start && rewrite.at + base < end),
      freeIn: (start, end) => frees.find((mark) => mark.at + base >= start && mark.at + base < end)?.args,
      original: (start, end) => file.slice(start, end),
      argumentsOf: (rewrite) => file.slice(rewrite.argsFrom + base, rewrite.argsTo + base),
    },
  };
}
