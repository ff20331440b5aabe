/** Masks as they are written: which argument is one, and what is joined in it. */
import type { Expr } from '../facts/model.js';
import type { Site } from '../flow/model.js';
import { bare, holdsGfpToken } from './expr.js';

/** The argument of a site that is its mask; undefined where it is implied. */
export function maskArgument(site: Site): Expr | undefined {
  const indices = Object.keys(site.masks)
    .map(Number)
    .sort((a, b) => a - b);
  const index = indices.find((i) => site.args[i] !== undefined && holdsGfpToken(site.args[i]!)) ?? indices[0];
  return index === undefined ? undefined : site.args[index];
}

/** Parts of a mask joined by `|`, casts and parentheses gone; a part that is no name is left out. */
export function joined(mask: Expr): string[] {
  const e = bare(mask);
  if (typeof e === 'string') return [e];
  if (Array.isArray(e) && e[0] === 'b' && e[1] === '|') return [...joined(e[2]), ...joined(e[3])];
  return [];
}

/** Whether a mask is a plain union of names: nothing cleared, chosen or computed. */
export function isUnion(mask: Expr): boolean {
  const e = bare(mask);
  if (typeof e === 'string') return /^(__)?GFP_[A-Z0-9_]+$/.test(e);
  return Array.isArray(e) && e[0] === 'b' && e[1] === '|' && isUnion(e[2]) && isUnion(e[3]);
}
