/** Where functions declared in a header take their gfp_t. */

/** Words that stand before a parenthesis without being a function's name. */
const NO_NAME = new Set(['sizeof', 'typeof', '__typeof__', 'if', 'while', 'for', 'switch', 'return', 'defined', '__attribute__']);

/**
 * Name to argument index of every gfp_t parameter that a prototype, inline definition or function pointer of the text has.
 * The allocation profiling of 6.10 hides functions behind macros: kmalloc_noprof() counts as kmalloc().
 */
export function gfpPositions(text: string): Map<string, number> {
  const found = new Map<string, number>();
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
  for (const m of code.matchAll(/\bgfp_t\b/g)) {
    let depth = 0;
    let commas = 0;
    let at = m.index - 1;
    for (; at >= 0; at--) {
      const c = code[at];
      if (c === ')') depth++;
      else if (c === '(') {
        if (depth === 0) break;
        depth--;
      } else if (c === ',' && depth === 0) commas++;
      else if (c === ';' || c === '{' || c === '}' || c === '#') break;
    }
    if (code[at] !== '(') continue;
    const name = /(\w+)\s*$/.exec(code.slice(Math.max(0, at - 80), at))?.[1];
    if (name === undefined || NO_NAME.has(name) || /^\d/.test(name)) continue;
    const plain = name.replace(/_noprof$/, '');
    if (!found.has(plain)) found.set(plain, commas);
  }
  return found;
}
