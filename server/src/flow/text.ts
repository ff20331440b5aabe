/** Canonical text of expressions: the names by which locks, conditions and variables are compared. */
import type { Expr } from '../facts/model.js';

/**
 * Text of an expression with `->` written as `.`, no blanks, casts dropped and `(&x)->f`, `(*x).f` folded, so that two
 * ways of writing one object compare equal. Long texts are cut by the extractor, never here.
 */
export function textOf(e: Expr | undefined): string {
  if (e === undefined) return '';
  if (typeof e === 'string') return e;
  if (typeof e === 'number') return String(e);
  let text = texts.get(e);
  if (text === undefined) texts.set(e, (text = makeText(e)));
  return text;
}

/** Expressions never change once read; a function's are asked for their text at every visit of their block. */
let texts = new Map<object, string>();

/** Forgets the texts of the function analysed before: kept for a whole tree they would outweigh its facts. */
export function forgetTexts(): void {
  texts = new Map();
}

function makeText(e: Exclude<Expr, string | number>): string {
  switch (e[0]) {
    case 'call':
      // include/linux/compiler.h: a member that is marked as private to its owner.
      if (e[1] === 'ACCESS_PRIVATE' && e.length === 4) return `${objectText(e[2] as Expr)}.${textOf(e[3] as Expr)}`;
      return `${textOf(e[1])}(${(e.slice(2) as Expr[]).map(textOf).join(',')})`;
    case '->':
      return `${objectText(e[1])}.${e[2]}`;
    case '.':
      return `${textOf(e[1])}.${e[2]}`;
    case '[]':
      return `${textOf(e[1])}[${textOf(e[2])}]`;
    case 'u':
      if (e[1] === '*') return objectText(e[2], true);
      if (e[1] === 'post++' || e[1] === 'post--') return `${textOf(e[2])}${e[1].slice(4)}`;
      return `${e[1]}${textOf(e[2])}`;
    case 'b':
      return `(${textOf(e[2])}${e[1]}${textOf(e[3])})`;
    case '?':
      return `(${textOf(e[1])}?${textOf(e[2])}:${textOf(e[3])})`;
    case 'cast':
      return textOf(e[2]);
    case '=':
      return textOf(e[2]);
    case ',':
      return textOf(e[2]);
    case 'sizeof':
      return `sizeof(${e[1]})`;
    case 'str':
      return JSON.stringify(e[1]);
    case 'config':
      return `#${e[1]}`;
    case 'opaque':
      return `{${e[1]}}`;
  }
}

/** The object a pointer expression points to: `&x` gives `x`; anything else keeps its own text. */
function objectText(e: Expr, deref = false): string {
  if (Array.isArray(e) && e[0] === 'u' && e[1] === '&') return textOf(e[2]);
  if (Array.isArray(e) && e[0] === 'cast') return objectText(e[2], deref);
  return deref ? `*${textOf(e)}` : textOf(e);
}

/** Name of the object a lock call works on: `&x->lock` and `x->lock` give `x.lock`. */
export function lockText(e: Expr | undefined): string {
  if (e === undefined) return '';
  if (Array.isArray(e)) {
    if (e[0] === 'u' && e[1] === '&') return textOf(e[2]);
    if (e[0] === 'cast') return lockText(e[2]);
  }
  return textOf(e);
}

/** What an array's own lock locks: `&x->ids.xa_lock` is what xa_lock(&x->ids) takes (include/linux/xarray.h). */
export function ofArray<E extends Expr | undefined>(e: E): E | Expr {
  let inner: Expr | undefined = e;
  while (Array.isArray(inner) && ((inner[0] === 'u' && inner[1] === '&') || inner[0] === 'cast')) inner = inner[2];
  if (!Array.isArray(inner) || (inner[0] !== '->' && inner[0] !== '.') || inner[2] !== 'xa_lock') return e;
  return inner[0] === '->' ? inner[1] : ['u', '&', inner[1]];
}

/** Is the text one name and nothing else? */
export const isWord = (text: string): boolean => WORD.test(text);
const WORD = /^\w+$/;

const IDENT = /[A-Za-z_]\w*/g;
const identCache = new Map<string, string[]>();
/** Identifiers in a canonical text (field names included). */
export function identifiersOf(text: string): readonly string[] {
  let ids = identCache.get(text);
  if (!ids) {
    ids = [...new Set(text.match(IDENT) ?? [])];
    if (identCache.size > 50_000) identCache.clear();
    identCache.set(text, ids);
  }
  return ids;
}

/** Replaces whole identifiers in a canonical text. `&y` substituted before `.` becomes the object itself. */
export function substitute(text: string, map: ReadonlyMap<string, string>): string {
  return text
    .replace(/(^|[^.\w])([A-Za-z_$]\w*)/g, (whole, before: string, id: string) => {
      const to = map.get(id);
      return to === undefined ? whole : before + to;
    })
    .replace(/&([\w.[\]]+)\./g, '$1.');
}

/** Stands for the value of the call in the texts of what a callee leaves held. */
export const RESULT = '$r';

/** Replaces members that are named by a macro's parameter: `ptr.member` with member = $1 becomes `ptr.$1`. */
export const substituteFields = (text: string, map: ReadonlyMap<string, string>): string =>
  text.replace(/\.([A-Za-z_$]\w*)/g, (whole, id: string) => {
    const to = map.get(id);
    return to === undefined || !/^[$\w]+$/.test(to) ? whole : `.${to}`;
  });

/** Walks an expression, outermost first and in order; stops below a node for which `visit` returns false. */
export function walkExpr(e: Expr | undefined, visit: (e: Expr) => boolean | void): void {
  if (e === undefined || visit(e) === false || typeof e === 'string' || typeof e === 'number') return;
  switch (e[0]) {
    case 'call':
      for (let i = 1; i < e.length; i++) walkExpr(e[i] as Expr, visit);
      return;
    case '->':
    case '.':
      walkExpr(e[1], visit);
      return;
    case '[]':
    case ',':
      walkExpr(e[1], visit);
      walkExpr(e[2], visit);
      return;
    case 'u':
      walkExpr(e[2], visit);
      return;
    case 'b':
    case '=':
      walkExpr(e[2], visit);
      walkExpr(e[3], visit);
      return;
    case '?':
      walkExpr(e[1], visit);
      walkExpr(e[2], visit);
      walkExpr(e[3], visit);
      return;
    case 'cast':
      walkExpr(e[2], visit);
      return;
    default:
      return;
  }
}
