/** Masks as they are written: which argument is one, and what is joined in it. */
import type { Expr } from '../facts/model.js';
import type { FunctionFlow, Site } from '../flow/model.js';
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

const ZONE_NAMES = /^(?:__GFP_(?:HIGHMEM|DMA|DMA32|MOVABLE)|GFP_(?:DMA|DMA32)|GFP_ZONEMASK)$/;

/** The mask without a `& ~zone` around it: that clears where memory comes from and says nothing of how it is got. */
export function withZonesCleared(mask: Expr): Expr {
  const e = bare(mask);
  if (!Array.isArray(e) || e[0] !== 'b' || e[1] !== '&') return mask;
  const cleared = bare(e[3]);
  if (!Array.isArray(cleared) || cleared[0] !== 'u' || cleared[1] !== '~') return mask;
  const parts = joined(cleared[2]);
  return parts.length > 0 && isUnion(cleared[2]) && parts.every((p) => ZONE_NAMES.test(p)) ? withZonesCleared(e[2]) : mask;
}

/**
 * Whether a mask is only ever put together: of names, of arms of a choice, and of locals that are given such masks and nothing else. Then nothing was
 * cleared from it on purpose.
 */
export function isPutTogether(flow: FunctionFlow, mask: Expr, depth = 0): boolean {
  const e = bare(mask);
  if (typeof e === 'number') return e === 0;
  if (typeof e === 'string') {
    if (/^(__)?GFP_[A-Z0-9_]+$/.test(e)) return true;
    const { body } = flow.ref.facts;
    // A macro of the tree: what it stands for was evaluated.
    if (body === undefined || body.vars[e] === undefined) return /^[A-Z][A-Z0-9_]*$/.test(e);
    if (depth > 3) return false;
    let given = 0;
    for (const block of body.blocks)
      for (const ev of block.ev) {
        if (ev.k === 'call' && (ev.to === e || ev.args.some((a) => Array.isArray(a) && a[0] === 'u' && a[1] === '&' && a[2] === e)))
          return false;
        if (ev.k !== 'set' || ev.to !== e) continue;
        if ((ev.op !== '=' && ev.op !== '|=') || !isPutTogether(flow, ev.value, depth + 1)) return false;
        given++;
      }
    return given > 0;
  }
  if (e[0] === 'b' && e[1] === '|') return isPutTogether(flow, e[2], depth) && isPutTogether(flow, e[3], depth);
  if (e[0] === '?') return isPutTogether(flow, e[2], depth) && isPutTogether(flow, e[3], depth);
  return false;
}
