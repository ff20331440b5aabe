/** C text of an expression for reports: arrows and arguments as written, casts dropped. */
import type { Expr } from '../../facts/model.js';

export function shown(e: Expr): string {
  if (typeof e === 'string') return e;
  if (typeof e === 'number') return String(e);
  switch (e[0]) {
    case 'call': return `${shown(e[1])}(${(e.slice(2) as Expr[]).map(shown).join(', ')})`;
    case '->': return `${shown(e[1])}->${e[2]}`;
    case '.': return `${shown(e[1])}.${e[2]}`;
    case '[]': return `${shown(e[1])}[${shown(e[2])}]`;
    case 'u': return e[1].startsWith('post') ? `${shown(e[2])}${e[1].slice(4)}` : `${e[1]}${shown(e[2])}`;
    case 'b': return `${shown(e[2])} ${e[1]} ${shown(e[3])}`;
    case '?': return `${shown(e[1])} ? ${shown(e[2])} : ${shown(e[3])}`;
    case 'cast': return shown(e[2]);
    case '=': return `${shown(e[2])} ${e[1]} ${shown(e[3])}`;
    case ',': return `${shown(e[1])}, ${shown(e[2])}`;
    case 'sizeof': return `sizeof(${e[1]})`;
    case 'str': return JSON.stringify(e[1]);
    default: return e[1];
  }
}
