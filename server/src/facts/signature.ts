import { typeText } from './expr.js';
import type { Mark, Param } from './model.js';

/** Attribute and annotation macros by their shape: reserved names, with or without arguments. */
const ATTRIBUTE =
  /\b(?:__attribute__|__attribute)\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)|\b__(?!typeof|u8|u16|u32|u64|s8|s16|s32|s64|le16|le32|le64|be16|be32|be64|sum16|wsum|poll_t|kernel_)\w+(?:\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?|\b(?:asmlinkage|noinline|noinline_for_stack|notrace|nokprobe_inline|inline|static|extern|register|EXPORT_SYMBOL\w*|noinstr|forceinline|INLINE|STATIC)\b/g;

/** Comments and directive lines blanked: signatures have both inside. */
export function withoutComments(text: string): string {
  if (!/[/#]/.test(text)) return text;
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ').replace(/^[ \t]*#[^\n]*$/gm, ' ');
}

/** Offset of the parenthesis that closes the one at `open`, -1 when there is none. */
export function closingParen(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x28 || c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x29 || c === 0x5d || c === 0x7d) {
      if (--depth === 0) return at;
    } else if (c === 0x22 || c === 0x27) {
      for (at++; at < text.length && text.charCodeAt(at) !== c; at++) if (text.charCodeAt(at) === 0x5c) at++;
    }
  }
  return -1;
}

/** Splits at commas outside parentheses, brackets, braces and strings. */
export function splitArguments(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x28 || c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x29 || c === 0x5d || c === 0x7d) depth--;
    else if (c === 0x22 || c === 0x27) {
      for (at++; at < text.length && text.charCodeAt(at) !== c; at++) if (text.charCodeAt(at) === 0x5c) at++;
    } else if (c === 0x2c && depth === 0) {
      out.push(text.slice(from, at));
      from = at + 1;
    }
  }
  const rest = text.slice(from);
  if (out.length > 0 || rest.trim() !== '') out.push(rest);
  return out;
}

const TYPE_WORD = /^(?:struct|union|enum|unsigned|signed|int|long|short|char|void|bool|_Bool|float|double|const|volatile)$/;

/** The usual parameter: `struct inode *inode`, `unsigned int n`, `gfp_t gfp`. */
const USUAL = /^\s*(?:const\s+)?((?:struct|union|enum|unsigned|signed)\s+\w+|\w+)\s+(\**)\s*(\w+)\s*$/;

/** Type and name of one parameter as written; the name is '' when there is none. */
export function readParam(raw: string): Param {
  const usual = USUAL.exec(raw);
  if (usual && !raw.includes('__') && !TYPE_WORD.test(usual[3]!)) {
    const base = usual[1]!.replace(/\s+/g, ' ');
    if (base === 'int' || base === 'long' || base === 'bool' || base === 'char' || base === 'void' || !TYPE_WORD.test(base)) {
      if (!/^(?:static|inline|extern|register|restrict)$/.test(base))
        return { name: usual[3]!, type: usual[2] === '' ? base : `${base} ${usual[2]}` };
    }
  }
  const text = typeText(withoutComments(raw).replace(ATTRIBUTE, ' '));
  if (text === '...') return { name: '', type: '...' };
  const pointer = /\(\s*\*+\s*(\w*)\s*(?:\[[^\]]*\])?\s*\)\s*\(/.exec(text);
  if (pointer) return { name: pointer[1]!, type: typeText(text.replace(/\(\s*(\*+)\s*\w*/, '($1')) };
  const array = /((?:\s*\[[^\]]*\])+)$/.exec(text);
  const plain = array ? text.slice(0, array.index) : text;
  const last = /(\w+)$/.exec(plain);
  const suffix = array ? ' []' : '';
  if (!last) return { name: '', type: plain + suffix };
  const before = plain.slice(0, last.index).trim();
  const name = last[1]!;
  // `gfp_t`, `struct inode`, `unsigned long`: a type alone.
  if (before === '' || TYPE_WORD.test(name) || /(?:^|\s)(?:struct|union|enum)$/.test(before)) return { name: '', type: plain + suffix };
  return { name, type: before + suffix };
}

/** Parameters between a signature's parentheses. */
export function readParams(inside: string): Param[] {
  const parts = splitArguments(withoutComments(inside));
  if (parts.length === 1 && parts[0]!.trim() === 'void') return [];
  return parts.map(readParam);
}

/** `type, name` pairs of a SYSCALL_DEFINE-like macro, after `skip` leading arguments. */
export function readPairs(inside: string, skip: number): Param[] {
  const parts = splitArguments(withoutComments(inside)).slice(skip);
  const out: Param[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) out.push({ name: parts[at + 1]!.trim(), type: typeText(parts[at]!) });
  return out;
}

const STORAGE = /\b(?:static|inline|__inline|__inline__|__always_inline|extern)\b/g;

export interface Head {
  static: boolean;
  inline: boolean;
  returns: string;
}

/** What stands before a function's name. */
export function readHead(raw: string): Head {
  const text = withoutComments(raw);
  return {
    static: /\b(?:static|STATIC)\b/.test(text),
    inline: /\b(?:inline|__inline|__inline__|__always_inline|nokprobe_inline)\b/.test(text),
    // A word in capitals before the type is an attribute that a configuration may make `static`.
    returns: typeText(text.replace(STORAGE, ' ').replace(ATTRIBUTE, ' ')).replace(/^[A-Z][A-Z0-9_]{3,} (?=\w)/, ''),
  };
}

const ANNOTATION = /\b(__\w+)\b(?:\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?/g;
const ANNOTATIONS = new Map<string, Mark['kind']>([
  ['__acquires', 'acquires'],
  ['__acquires_shared', 'acquires'],
  ['__releases', 'releases'],
  ['__releases_shared', 'releases'],
  ['__must_hold', 'must_hold'],
  ['__must_hold_shared', 'must_hold'],
  ['__cond_acquires', 'cond_acquires'],
  ['__cond_acquires_shared', 'cond_acquires'],
  ['__init', 'init'],
  ['__meminit', 'init'],
  ['__net_init', 'init'],
  ['__exit', 'exit'],
  ['__net_exit', 'exit'],
  ['__ref', 'ref'],
]);
/** Other attributes worth keeping: they say something about the result or how the function runs. */
const SPEAKING = new Set([
  '__must_check',
  '__malloc',
  '__alloc_size',
  '__cold',
  '__noreturn',
  '__sched',
  '__must_not_hold',
  '__printf',
  '__pure',
  '__context_unsafe',
  '__kprobes',
  '__releases_generic',
]);

/** Sparse annotations and attributes of a signature, as marks. */
export function readMarks(raw: string): Mark[] {
  const out: Mark[] = [];
  if (!raw.includes('__')) return out;
  for (const [, name, args] of withoutComments(raw).matchAll(ANNOTATION)) {
    const kind = ANNOTATIONS.get(name!);
    const text = (args ?? '').replace(/\s+/g, ' ').trim();
    if (kind) out.push({ kind, text });
    else if (SPEAKING.has(name!)) out.push({ kind: 'other', text: text === '' ? name! : `${name}(${text})` });
  }
  return out;
}

/** The `Context:` section of a kernel-doc comment; '' when it has none. */
export function contextOfDoc(doc: string): string {
  const at = /^[ \t]*\*?[ \t]*Contexts?[ \t]*:[ \t]*(.*)$/im.exec(doc);
  if (!at) return '';
  const lines = [at[1]!];
  for (const line of doc
    .slice(at.index + at[0].length)
    .split('\n')
    .slice(1)) {
    const text = line.replace(/^[ \t]*\*?\/?/, '').trim();
    // The section ends at an empty line, at the next section, or with the comment.
    if (text === '' || /^(?:@|[A-Z][\w ]{0,20}:(?:\s|$))/.test(text)) break;
    lines.push(text);
  }
  return lines
    .join(' ')
    .replace(/\*\/.*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}
