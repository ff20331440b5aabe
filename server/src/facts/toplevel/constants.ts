import { splitArguments } from '../signature.js';
import { blankComments } from './fields.js';

/** Names and values that orders, sizes and bounds of loops are made of. */
const MATTERS = /ORDER|SIZE|PAGES|SHIFT|RETR|TRIES|LIMIT|MAX|MIN|COUNT|GFP|NUM|LEN/i;
const SIZES = /ORDER|SIZE|PAGES|LIMIT/i;
const GFP = /GFP|gfp_t/;
/** A pause of nothing: polling that does not sleep. Of pauses only these are kept. */
const PAUSES = /POLL|SLEEP|DELAY|PERIOD|INTERVAL|USEC|TIMEOUT|_US$|_MS$/;
const ZERO = /^\s*\(?\s*0[uUlL]{0,3}\s*\)?\s*(?:\/[/*]|$)/;
/** A hexadecimal number alone, as registers have by the million. */
const HEX = /^\s*\(?\s*0[xX][\da-fA-F]+[uUlL]*\s*\)?\s*(?:\/[/*]|$)/;
const WORTH_HEX = /ORDER|SIZE|PAGES|LIMIT|GFP/i;
/** Beyond this a number is a register or a bit pattern. */
const LARGEST = 1 << 26;

/** True when an object-like macro can be worth reading: a quick look that spares register headers the rest. */
export function constantMayMatter(name: string, raw: string): boolean {
  if (raw.length > 2000) return false;
  const c = name.charCodeAt(0);
  // Another name of a function or variable: a lower-case word.
  if ((c >= 0x61 || c === 0x5f) && /^\s*[a-z_]\w*\s*(?:\/[/*]|$)/.test(raw)) return true;
  if (HEX.test(raw)) return WORTH_HEX.test(name);
  return MATTERS.test(name) || GFP.test(raw) || (ZERO.test(raw) && PAUSES.test(name));
}

/** True when the replacement text of an object-like macro is worth reading as an expression. */
export function constantMatters(name: string, value: string): boolean {
  const text = value.trim();
  if (text === '' || text.length > 600) return false;
  if (GFP.test(text) || GFP.test(name)) return !/^["{]/.test(text);
  if (PAUSES.test(name) && ZERO.test(text)) return true;
  if (text.length > 120 || !MATTERS.test(name)) return false;
  if (/["'{};=?]|->/.test(text)) return false;
  // Bit positions of registers are called SHIFT too, by the hundred thousand.
  if (/^\(?\s*0x[0-9a-fA-F]+[uUlL]*\s*\)?$/.test(text)) return SIZES.test(name) && Number(/0x[0-9a-fA-F]+/.exec(text)![0]) <= LARGEST;
  return /^[\w\s()+*/<>&|~-]+$/.test(text);
}

/** A decimal constant without anything around it: the usual case, which needs no parser. */
export function plainNumber(value: string): number | undefined {
  const match = /^\(?\s*(\d{1,9})[uUlL]{0,3}\s*\)?$/.exec(value.trim());
  if (!match || /^0\d/.test(match[1]!)) return undefined;
  return Number(match[1]);
}

/** An enumerator with the text of its value ('' when it follows the one before it). */
export interface Enumerator {
  name: string;
  at: number;
  value: string;
}

/** Enumerators of an enum body (text between its braces). */
export function readEnumerators(body: string): Enumerator[] {
  const text = blankComments(body);
  const out: Enumerator[] = [];
  let at = 0;
  for (const part of splitArguments(text)) {
    const match = /^\s*([A-Za-z_]\w*)\s*(?:=\s*([\s\S]*?))?\s*$/.exec(part);
    if (match) out.push({ name: match[1]!, at: at + part.indexOf(match[1]!), value: match[2] ?? '' });
    at += part.length + 1;
  }
  return out;
}

/** True for an enumerator of which the value matters. */
export function enumeratorMatters(name: string): boolean {
  return /GFP|ORDER|PAGES|RETR/.test(name);
}
