/** Arguments that say by themselves what they are: enough to know a mode that a wrapper sets, without a tree. */
import type { FunctionSpan, NameUse } from '../syntax/model.js';
import type { FunctionFacts, Param, PlainArgument } from './model.js';
import { closingParen, splitArguments } from './signature.js';
import { isWord } from './uses.js';

/** Lists of arguments longer than this are left alone. */
const MAX_LENGTH = 200;

/** Adds to the callees of a function without a graph what their arguments tell. `uses`: the names found in its body. */
export function addPlainArguments(fn: FunctionFacts, text: string, span: FunctionSpan, uses: readonly NameUse[]): void {
  /** Where each is called; -1 for one that is called again. */
  const places = new Map<string, number>();
  for (const { how, name, at } of uses) if (how === 'call') places.set(name, places.has(name) ? -1 : at);
  let scalars: Map<string, number> | undefined;
  for (const callee of fn.callees ?? []) {
    const at = places.get(callee[0]) ?? -1;
    const list =
      at < 0 ? undefined : argumentsAt(text.slice(at, Math.min(span.close, at + callee[0].length + 2 * MAX_LENGTH)), callee[0].length);
    if (!list) continue;
    scalars ??= unchanged(text.slice(span.open, span.close), fn.params);
    const args = list.map((piece) => plain(piece, scalars!));
    while (args.length && args.at(-1) === null) args.pop();
    if (args.length) callee[2] = args;
  }
}

/** The arguments of the call whose parenthesis follows `from`; undefined when text alone cannot tell them apart. */
function argumentsAt(text: string, from: number): string[] | undefined {
  const open = text.indexOf('(', from);
  const close = open < 0 ? -1 : closingParen(text, open);
  if (close < 0 || close >= open + MAX_LENGTH) return undefined;
  const inside = text.slice(open + 1, close);
  return /["'#{]|\/[/*]/.test(inside) ? undefined : splitArguments(inside);
}

const FLAGS = /^[A-Z][A-Z0-9_]*(?:\s*\|\s*[A-Z][A-Z0-9_]*)+$/;
const NUMBER = /^-?(?:0[xX][\da-fA-F]+|[1-9]\d*|0)[uUlL]*$/;
const WORDS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['NULL', 0],
]);

function plain(piece: string, scalars: ReadonlyMap<string, number>): PlainArgument {
  const word = piece.trim();
  const known = WORDS.get(word);
  if (known !== undefined) return known;
  if (NUMBER.test(word)) return Number(word.replace(/[uUlL]+$/, ''));
  // A constant by its name, an enumerator such as `WaitNoSleep` included.
  if (/^[A-Z][A-Z0-9_]*$|^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+$/.test(word)) return word;
  // Bits of a flags word.
  if (FLAGS.test(word)) return word.replace(/\s+/g, '');
  const own = scalars.get(word);
  return own === undefined ? null : { own };
}

/** Parameters that are no pointers and keep their value all through the body, with their places. */
function unchanged(body: string, params: readonly Param[]): Map<string, number> {
  const out = new Map<string, number>();
  params.forEach(({ name, type }, i) => {
    if (name === '' || type === '' || /[*(]/.test(type)) return;
    if (!isWritten(name, body)) out.set(name, i);
  });
  return out;
}

/** Whether the body assigns to a variable, or takes its address. */
function isWritten(name: string, body: string): boolean {
  for (let at = body.indexOf(name); at >= 0; at = body.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (isWord(body.charCodeAt(end))) continue;
    if (WRITES_BEFORE.test(body.slice(Math.max(0, at - MOST_BLANKS), at))) return true;
    if (!isWord(body.charCodeAt(at - 1)) && WRITES_AFTER.test(body.slice(end, end + MOST_BLANKS))) return true;
  }
  return false;
}
/** What stands between a name and its operator is looked at so far. */
const MOST_BLANKS = 40;
const WRITES_BEFORE = /(?:\+\+|--|&)\s*$/;
const WRITES_AFTER = /^\s*(?:(?:[-+*/%|&^]|<<|>>)?=(?!=)|\+\+|--)/;
