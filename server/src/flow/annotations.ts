/** Reads the small lock expressions that annotations carry: `&foo->lock`, `foo->lock`, `&foo`, `RCU`. */
import type { Expr } from '../facts/model.js';

/** The expression, or undefined when the text is anything else than names, members and an address-of. */
export function parseLockText(text: string): Expr | undefined {
  const m = /^\s*(&?)\s*\(?\s*([A-Za-z_]\w*)((?:\s*(?:->|\.)\s*[A-Za-z_]\w*)*)\s*\)?\s*$/.exec(text);
  if (!m) return undefined;
  let e: Expr = m[2]!;
  for (const [, op, field] of m[3]!.matchAll(/(->|\.)\s*([A-Za-z_]\w*)/g)) e = op === '->' ? ['->', e, field!] : ['.', e, field!];
  return m[1] ? ['u', '&', e] : e;
}
