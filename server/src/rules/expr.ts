/** Questions about reduced C expressions (facts/model Expr). */
import type { Expr } from '../facts/model.js';
import { walkExpr } from '../flow/text.js';

const word = (name: string): RegExp => new RegExp(`\\b${name.replace(/[^A-Za-z0-9_]/g, '\\$&')}\\b`);

/** Whether the identifier `name` occurs (field names not counted; text of unmodelled parts searched by word). */
export function mentions(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (e) => {
    if (e === name) found = true;
    else if (Array.isArray(e) && (e[0] === 'opaque' || e[0] === 'sizeof') && word(name).test(e[1])) found = true;
    return !found;
  });
  return found;
}

/** Whether the expression holds a gfp token outside any call. */
export function holdsGfpToken(expr: Expr): boolean {
  let found = false;
  walkExpr(expr, (e) => {
    if (typeof e === 'string' && /^(__)?GFP_[A-Z0-9_]+$/.test(e)) found = true;
    else if (Array.isArray(e) && e[0] === 'opaque' && /\b(__)?GFP_[A-Z]/.test(e[1])) found = true;
    return !found && !(Array.isArray(e) && e[0] === 'call');
  });
  return found;
}

/** Drops casts. */
export function bare(expr: Expr): Expr {
  let e = expr;
  while (Array.isArray(e) && e[0] === 'cast') e = e[2];
  return e;
}

/** Whether the expression is a count of bytes by its shape: sizeof, struct_size() and their kin, or arithmetic with one. */
export function looksLikeSize(expr: Expr): boolean {
  let found = false;
  walkExpr(expr, (e) => {
    if (Array.isArray(e) && e[0] === 'sizeof') found = true;
    else if (
      Array.isArray(e) &&
      e[0] === 'call' &&
      typeof e[1] === 'string' &&
      /^(struct_size|flex_array_size|array_size|size_mul|size_add|strlen|sizeof|ALIGN|PAGE_ALIGN|round_up|roundup)$/.test(e[1])
    )
      found = true;
    else if (typeof e === 'string' && /^(PAGE_SIZE|ETH_ALEN|IFNAMSIZ|PATH_MAX)$/.test(e)) found = true;
    return !found;
  });
  return found;
}

/** Same expression, casts aside. */
export const same = (a: Expr, b: Expr): boolean => JSON.stringify(bare(a)) === JSON.stringify(bare(b));

/** C text of an expression, for messages. */
export function text(expr: Expr): string {
  if (typeof expr === 'string') return expr;
  if (typeof expr === 'number') return String(expr);
  switch (expr[0]) {
    case 'call':
      return `${text(expr[1])}(${(expr.slice(2) as Expr[]).map(text).join(', ')})`;
    case '->':
      return `${text(expr[1])}->${expr[2]}`;
    case '.':
      return `${text(expr[1])}.${expr[2]}`;
    case '[]':
      return `${text(expr[1])}[${text(expr[2])}]`;
    case 'u':
      return expr[1].startsWith('post') ? `${text(expr[2])}${expr[1].slice(4)}` : `${expr[1]}${text(expr[2])}`;
    case 'b':
      return `${text(expr[2])} ${expr[1]} ${text(expr[3])}`;
    case '?':
      return `${text(expr[1])} ? ${text(expr[2])} : ${text(expr[3])}`;
    case 'cast':
      return `(${expr[1]})${text(expr[2])}`;
    case '=':
      return `${text(expr[2])} ${expr[1]} ${text(expr[3])}`;
    case ',':
      return `${text(expr[1])}, ${text(expr[2])}`;
    case 'sizeof':
      return `sizeof(${expr[1]})`;
    case 'str':
      return expr[1];
    default:
      return expr[1];
  }
}
