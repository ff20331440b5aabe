import { splitArguments } from '../signature.js';

/** The replacement text of a function-like macro as something a parser can read. */
export interface MacroBody {
  /** As long as the replacement text: continuation lines joined by blanks, `#` and `##` gone. */
  text: string;
  /** True when the replacement is an expression (or a statement expression). */
  expression: boolean;
}

const MAX_MACRO = 20_000;

/**
 * Makes a replacement text readable, keeping every offset; undefined for one that is not a whole statement or expression (unbalanced
 * brackets, pieces of declarations) or is empty.
 */
export function readableMacro(replacement: string): MacroBody | undefined {
  if (replacement.length > MAX_MACRO) return undefined;
  const text = replacement
    .replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/\\(\r?\n)/g, ' $1')
    // Pasted names become one identifier of the same length, a stringised parameter becomes the parameter.
    .replace(
      /(\w)(\s*)##(\s*)(?=\w)/g,
      (_all, before: string, left: string, right: string) => `${before}${'_'.repeat(left.length + 2 + right.length)}`,
    )
    .replace(/##/g, '  ')
    .replace(/#(?=\s*\w)/g, ' ');
  const trimmed = text.trim();
  if (trimmed === '' || !balanced(text)) return undefined;
  if (/^(?:struct|union|enum|typedef|static|extern|const|__attribute__|asm)\b/.test(trimmed)) return undefined;
  const statement = /^(?:do|if|for|while|switch|return|goto|break|continue)\b|^\{/.test(trimmed) || topLevelSemicolon(text);
  return { text, expression: !statement };
}

function balanced(text: string): boolean {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x28 || c === 0x7b || c === 0x5b) open.push(c);
    else if (c === 0x29 || c === 0x7d || c === 0x5d) {
      const wanted = c === 0x29 ? 0x28 : c === 0x7d ? 0x7b : 0x5b;
      if (open.pop() !== wanted) return false;
    } else if (c === 0x22 || c === 0x27) {
      for (at++; at < text.length && text.charCodeAt(at) !== c; at++) if (text.charCodeAt(at) === 0x5c) at++;
      if (at >= text.length) return false;
    }
  }
  return open.length === 0;
}

function topLevelSemicolon(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x28 || c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x29 || c === 0x7d || c === 0x5d) depth--;
    else if (c === 0x3b && depth === 0) return true;
  }
  return false;
}

/** Parameter names of a function-like macro, from the text between its parentheses. */
export function macroParams(inside: string): string[] {
  return splitArguments(inside.replace(/\\\r?\n/g, ' '))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
