import { blankComments } from './fields.js';
import type { OpsEntry } from '../model.js';

/** One value put into a field of an initialised structure. */
type Entry = Omit<OpsEntry, 'line' | 'variable'> & { at: number };

const WORD = /[A-Za-z_]\w*/y;
/** Words of an initialiser that are no functions. */
const NOT_A_FUNCTION = /^(?:NULL|true|false|THIS_MODULE|sizeof|struct|union|const|unsigned|int|long|char|void|defined|[A-Z][A-Z0-9_]*)$/;

/**
 * Functions put into an initialised structure: `body` is the text from its `{` on. A nested designated structure's type is not
 * known here, so its entries have no struct; a function of this file that stands without a field's name has field '', one that is given to a
 * macro in a field's place (`SYSTEM_SLEEP_PM_OPS(suspend, resume)`) the macro's name.
 */
export function readInitialiser(body: string, tag: string, isArray: boolean, functions: ReadonlySet<string>): Entry[] {
  const text = blankComments(body);
  const out: Entry[] = [];
  /** Struct of every open brace, and whether it is an array of the variable's own type. */
  const open: string[] = [];
  let field = '';
  let parens = 0;
  let fresh = false; // the next word may be the field's value
  let macro = ''; // stands in a field's place, its arguments are being read
  let i = 0;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 0x7b) {
      const outer = open.length === 0 || (isArray && open.length === 1);
      open.push(outer && (field === '' || open.length === 0) ? tag : '');
      field = '';
      fresh = false;
      i++;
    } else if (c === 0x7d) {
      open.pop();
      field = '';
      i++;
      if (open.length === 0) break;
    } else if (c === 0x22 || c === 0x27) {
      for (i++; i < text.length && text.charCodeAt(i) !== c; i++) if (text.charCodeAt(i) === 0x5c) i++;
      i++;
      fresh = false;
    } else if (c === 0x2e && parens === 0) {
      WORD.lastIndex = i + 1;
      const word = WORD.exec(text);
      if (!word) {
        i++;
        continue;
      }
      i = WORD.lastIndex;
      // `.a.b = x` sets b of an inner structure.
      let name = word[0];
      let inner = false;
      while (text.charCodeAt(i) === 0x2e) {
        WORD.lastIndex = i + 1;
        const next = WORD.exec(text);
        if (!next) break;
        inner = true;
        name = next[0];
        i = WORD.lastIndex;
      }
      const equals = /^\s*(?:\[[^\]]*\])?\s*=\s*/.exec(text.slice(i, i + 80));
      if (!equals) continue;
      i += equals[0].length;
      field = inner ? `.${name}` : name;
      fresh = true;
    } else if (c === 0x2c && parens === 0) {
      field = '';
      fresh = false;
      i++;
    } else if (c === 0x28) {
      parens++;
      i++;
    } else if (c === 0x29) {
      parens = Math.max(0, parens - 1);
      if (parens === 0) macro = '';
      i++;
    } else if ((c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f) {
      WORD.lastIndex = i;
      const word = WORD.exec(text)![0];
      const end = i + word.length;
      const follows = /^\s*([(,})])/.exec(text.slice(end, end + 120))?.[1] ?? '';
      const plain = fresh && field !== '' && follows !== '(' && follows !== '' && !NOT_A_FUNCTION.test(word);
      if (plain || (functions.has(word) && follows !== '(')) {
        const inner = field.startsWith('.');
        out.push({ struct: inner ? '' : (open[open.length - 1] ?? ''), field: inner ? field.slice(1) : field || macro, fn: word, at: i });
      } else if (parens === 0 && field === '' && follows === '(' && /^[A-Z][A-Z0-9_]*$/.test(word)) macro = word;
      if (parens === 0) fresh = false;
      i = end;
    } else {
      // `&fn` and `(type)fn` still are the field's value.
      if (c > 0x20 && c !== 0x26) fresh = fresh && parens > 0;
      i++;
    }
  }
  return out;
}
