import { CLASS, DIGIT, IDENT_START, identifierEnd, skipBlank } from './chars.js';
import { ATTRIBUTE_CALLS, ATTRIBUTES, DEFINERS } from './tables.js';

export function isAttribute(name: string): boolean {
  return ATTRIBUTES.has(name) || ATTRIBUTE_CALLS.has(name);
}

/**
 * Name of the function that a header defines. System calls become `sys_name` and `compat_sys_name` (the architecture's wrapper
 * prefixes are left out); any other macro in upper case that stands alone defines what its first argument says, as
 * DEFINE_IDTENTRY(exc_nmi) does.
 */
export function definitionName(
  text: string,
  start: number,
  group: { nameAt: number; nameEnd: number; open: number; close: number },
): { name: string; at: number; macro?: string } {
  const inner = /^\(\s*\*+\s*(\w+)\s*\(|^\(\s*(\w+)\s*\)$/.exec(text.slice(group.open, Math.min(group.close, group.open + 200)));
  const own = group.nameAt < 0 ? '' : text.slice(group.nameAt, group.nameEnd);
  if (inner !== null && (own === '' || isTypeLike(own))) {
    const name = inner[1] ?? inner[2]!;
    return { name, at: group.open + inner[0].indexOf(name) };
  }
  const definer = DEFINERS.find((d) => d.pattern.test(own));
  const alone = definer !== undefined || (/^[A-Z][A-Z0-9_]*$/.test(own) && onlyStorage(text.slice(start, group.nameAt)));
  if (alone) {
    const at = skipBlank(text, group.open + 1);
    const c = CLASS[text.charCodeAt(at)];
    if (c === IDENT_START || (c === DIGIT && definer !== undefined)) {
      const name = text.slice(at, identifierEnd(text, at));
      return { name: (definer?.prefix ?? '') + name, at, macro: own };
    }
    return { name: own, at: group.nameAt, macro: own };
  }
  return { name: own, at: group.nameAt };
}

function onlyStorage(before: string): boolean {
  return before
    .trim()
    .split(/\s+/)
    .every((word) => word === '' || word === 'static' || word === 'inline' || isAttribute(word));
}

function isTypeLike(word: string): boolean {
  return /^(?:void|int|char|long|short|unsigned|signed|bool|static|[us](?:8|16|32|64)|\w+_t|ssize_t)$/.test(word);
}
