import { readParam, splitArguments } from '../signature.js';

/** Types that no lock class, no mask and no chain of members needs: a field of one is left out. */
const SCALAR =
  /^(?:(?:unsigned|signed|long|short|int|char|bool|_Bool|void|float|double|enum \w+|_?_?[us](?:8|16|32|64)|u?int(?:8|16|32|64)?_t|_?_?(?:le|be)(?:16|32|64)|s?size_t|loff_t|sector_t|blkcnt_t|dma_addr_t|phys_addr_t|resource_size_t|umode_t|dev_t|pid_t|[ug]id_t|k[ug]id_t|ino_t|pgoff_t|time64_t|ktime_t|atomic(?:64|_long)?_t|refcount_t|cycles_t|irqreturn_t|netdev_features_t|pgprot_t|blk_status_t|ulong|uint|ushort|uchar|u_char|u_int|u_long|ptrdiff_t|uintptr_t|fmode_t|vm_flags_t|nodemask_t|cpumask_t|wchar_t)(?: (?=\w)|$|(?= \[\]$)))+(?: \[\])?$/;

/** True for a field worth keeping: its type names a structure, a pointer, a lock or a mask. */
export function keepsType(type: string): boolean {
  if (type === '') return false;
  return !SCALAR.test(type.replace(/\s*\*+(?: \[\])?$/, ''));
}

/** Fields by which a structure says whether what it stands for may sleep: operations of such a one have users of both kinds. */
export const SAYS_WHETHER_IT_SLEEPS =
  /^(\w+_)?(can_?sleep|may_?sleep|nonatomic)$|^(fast_io|irq_?safe|(use_)?(raw_)?spinlock|(is_|in_|force_)?atomic)$/;

const kept = (name: string, type: string): boolean => name !== '' && (keepsType(type) || SAYS_WHETHER_IT_SLEEPS.test(name));

const GROUP = /^\s*(?:struct_group|struct_group_attr|struct_group_tagged|__struct_group)\s*\(/;

/**
 * Fields of a struct or union body (the text between its braces) with their types. Members of anonymous inner
 * structs and of struct_group() are the outer one's. Inner named structs are told to `inner`.
 */
export function readFields(
  body: string,
  into: Record<string, string>,
  inner?: (tag: string, body: string, at: number) => void,
  at = 0,
  depth = 0,
): void {
  if (depth > 6) return;
  const text = blankComments(body);
  /** Members of unnamed inner types that have a name: an own member of that name comes first. */
  const loose: Record<string, string> = {};
  let from = 0;
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x7b || c === 0x28 || c === 0x5b) level++;
    else if (c === 0x7d || c === 0x29 || c === 0x5d) level--;
    else if (c === 0x3b && level === 0) {
      member(text, from, i);
      from = i + 1;
    }
  }
  for (const [name, type] of Object.entries(loose)) into[name] ??= type;

  function member(whole: string, start: number, end: number): void {
    const one = whole.slice(start, end);
    if (/^\s*$/.test(one)) return;
    if (GROUP.test(one)) {
      const open = one.indexOf('(');
      const close = one.lastIndexOf(')');
      const parts = splitArguments(one.slice(open + 1, close));
      const members = parts.slice(/^\s*__struct_group/.test(one) ? 3 : /_(?:attr|tagged)/.test(one) ? 2 : 1).join(',');
      readFields(members, into, inner, at + start, depth + 1);
      return;
    }
    const open = one.indexOf('{');
    if (open >= 0) {
      const close = one.lastIndexOf('}');
      const head = one.slice(0, open);
      if (/\benum\b/.test(head)) return;
      const tag = /\b(?:struct|union)\s+(?:__\w+\s+)*(\w+)?\s*$/.exec(head.trimEnd())?.[1] ?? '';
      const inside = one.slice(open + 1, close < 0 ? one.length : close);
      if (tag !== '') inner?.(tag, inside, at + start + open + 1);
      const names = (close < 0 ? '' : one.slice(close + 1)).replace(/__\w+(?:\s*\([^)]*\))?/g, ' ').trim();
      if (names === '') {
        if (tag === '') readFields(inside, into, inner, at + start + open + 1, depth + 1);
        return;
      }
      for (const part of splitArguments(names)) {
        const name = /(\w+)/.exec(part)?.[1];
        if (name !== undefined) into[name] = tag === '' ? 'struct' : `struct ${tag}${part.includes('*') ? ' *' : ''}`;
      }
      // Members of an unnamed type are found by their own names too: `x->named.lock`.
      if (tag !== '') return;
      const members: Record<string, string> = {};
      readFields(inside, members, inner, at + start + open + 1, depth + 1);
      for (const [field, type] of Object.entries(members)) {
        loose[field] ??= type;
        if (!field.includes('.')) for (const part of splitArguments(names)) into[`${/(\w+)/.exec(part)?.[1] ?? ''}.${field}`] = type;
      }
      return;
    }
    declaration(one);
  }

  /** `type a, *b, c[4]`, `type (*fn)(...)`, a bit field. */
  function declaration(one: string): void {
    const parts = splitArguments(one.replace(/:\s*[^,]+(?=,|$)/g, ''));
    const first = readParam(parts[0] ?? '');
    if (first.name === '') return;
    if (kept(first.name, first.type)) into[first.name] = first.type;
    const base = first.type.replace(/[\s*]*(?:\[\])?$/, '');
    for (const part of parts.slice(1)) {
      const next = readParam(`${base} ${part}`);
      if (kept(next.name, next.type)) into[next.name] = next.type;
    }
  }
}

/** Comments, directive lines and their continuations become blanks of the same length. */
export function blankComments(text: string): string {
  if (!/[/#]/.test(text)) return text;
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^[ \t]*#(?:[^\n\\]|\\\n|\\.)*/gm, (line) => line.replace(/[^\n]/g, ' '));
}
