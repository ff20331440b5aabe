/** Masks as text: names exchanged without touching the rest of what the author wrote. */
import type { KernelProfile } from '../catalog/model.js';

const TOKEN = /\b(?:__)?GFP_[A-Z0-9_]+\b/g;

export const tokensOf = (mask: string): string[] => mask.match(TOKEN) ?? [];

/** Names that stand for a mask which may sleep, and what of them a mask that may not sleep keeps. */
const SLEEPING: Readonly<Record<string, readonly string[]>> = {
  GFP_KERNEL: [],
  GFP_NOFS: [],
  GFP_NOIO: [],
  GFP_USER: [],
  GFP_KERNEL_ACCOUNT: ['__GFP_ACCOUNT'],
};

/** Modifiers that only mean something to a request that reclaims: a request that may not sleep drops them. */
const FOR_RECLAIM = new Set([
  '__GFP_NORETRY',
  '__GFP_RETRY_MAYFAIL',
  '__GFP_DIRECT_RECLAIM',
  '__GFP_RECLAIM',
  '__GFP_IO',
  '__GFP_FS',
  '__GFP_HARDWALL',
]);

/** A sum of names, `A | B | C`; undefined for any other expression. */
export function summands(mask: string): string[] | undefined {
  const parts = mask
    .replace(/^\(([^()]*)\)$/, '$1')
    .split('|')
    .map((p) => p.trim());
  return parts.every((p) => /^[A-Za-z_]\w*$/.test(p)) ? parts : undefined;
}

const isGfp = (name: string): boolean => /^(?:__)?GFP_[A-Z0-9_]+$/.test(name);

/** The mask with a base that may not sleep; undefined where its parts do not tell what it should become. */
export function notSleeping(mask: string, base: 'GFP_ATOMIC' | 'GFP_NOWAIT'): string | undefined {
  const parts = summands(mask);
  if (!parts?.every(isGfp)) return undefined;
  const kept: string[] = [];
  let found = false;
  for (const part of parts) {
    const rest = SLEEPING[part];
    if (rest) {
      found = true;
      kept.push(...rest);
    } else if (part === '__GFP_NOFAIL') return undefined;
    else if (part.startsWith('GFP_')) return undefined;
    else if (!FOR_RECLAIM.has(part)) kept.push(part);
  }
  return found ? [base, ...kept].join(' | ') : undefined;
}

/** The mask with a base that may sleep, in place of GFP_ATOMIC or GFP_NOWAIT. */
export function sleeping(mask: string): string | undefined {
  const parts = summands(mask);
  if (!parts?.every(isGfp) || !parts.some((p) => p === 'GFP_ATOMIC' || p === 'GFP_NOWAIT')) return undefined;
  const rest = parts.filter(
    (p) => p !== 'GFP_ATOMIC' && p !== 'GFP_NOWAIT' && p !== '__GFP_HIGH' && p !== '__GFP_ATOMIC' && p !== '__GFP_KSWAPD_RECLAIM',
  );
  if (rest.some((p) => p.startsWith('GFP_'))) return undefined;
  return rest.length === 1 && rest[0] === '__GFP_ACCOUNT' ? 'GFP_KERNEL_ACCOUNT' : ['GFP_KERNEL', ...rest].join(' | ');
}

/** The mask without some names; undefined when nothing but names joined by `|` stands there, or nothing would be left. */
export function without(mask: string, names: readonly string[]): string | undefined {
  const parts = summands(mask);
  if (!parts) return undefined;
  const rest = parts.filter((p) => !names.includes(p));
  if (rest.length === parts.length || rest.length === 0) return undefined;
  const wrapped = mask.startsWith('(') && mask.endsWith(')');
  const text = rest.join(' | ');
  return wrapped && rest.length > 1 ? `(${text})` : text;
}

/** 'Linux 6.12' */
export const kernelOf = (profile: KernelProfile): string => `Linux ${profile.version.split('.').slice(0, 2).join('.')}`;
