/** A parameter more in a definition or a prototype, with its line in the kernel-doc above. */
import type { TextEdit } from '../../rules/model.js';
import { Draft } from '../draft.js';
import { eolAt, lineStart } from '../edit-text.js';
import { appendToList } from '../mask.js';
import { Refused } from './sources.js';

export interface NewParameter {
  type: string;
  name: string;
  /** What kernel-doc says of it; '' where no comment is to be written. */
  doc: string;
}

/** `at` is the offset of the function's name; `bare` the text with comments and strings blanked. @throws {Refused} */
export function appendParameter(file: string, text: string, bare: string, at: number, name: string, parameter: NewParameter): TextEdit[] {
  const open = bare.indexOf('(', at + name.length);
  const close = open < 0 ? -1 : matching(bare, open);
  if (close < 0) throw new Refused(`the parameters of ${name}() cannot be found`);
  const inside = bare.slice(open + 1, close);
  if (/\.\.\.\s*$/.test(inside)) throw new Refused(`${name}() takes a variable number of arguments`);
  const draft = new Draft(file, text);
  // A prototype without names keeps that style.
  const named = parameter.doc !== '' || /\w\s+\**\w+\s*(,|$)|\*\s*\w+\s*(,|$)/.test(inside);
  const written = named ? `${parameter.type} ${parameter.name}` : parameter.type;
  if (/^\s*(void)?\s*$/.test(inside)) draft.replace(open + 1, close, written);
  else appendToList(draft, open, open + 1 + inside.trimEnd().length, close, written);
  if (parameter.doc !== '') describe(draft, text, at, parameter);
  return draft.edits();
}

function matching(bare: string, open: number): number {
  let depth = 0;
  for (let i = open; i < bare.length; i++) {
    if (bare[i] === '(') depth++;
    else if (bare[i] === ')' && --depth === 0) return i;
    else if (bare[i] === '{' || bare[i] === ';') return -1;
  }
  return -1;
}

/** A line below the last parameter of the comment that stands right above the definition. */
function describe(draft: Draft, text: string, at: number, { name, doc }: NewParameter): void {
  const head = text.slice(0, at);
  const end = head.lastIndexOf('*/');
  const start = head.lastIndexOf('/*', end);
  if (end < 0 || start < 0 || /[;{}#]/.test(head.slice(end + 2))) return;
  const comment = head.slice(start, end);
  const lines = [...comment.matchAll(/^[ \t]*\*[ \t]*@\w+([ \t]*[:-]).*$/gm)];
  const last = lines[lines.length - 1];
  if (!last) return;
  // What a parameter's description continues on the next lines goes with it.
  let from = start + last.index;
  for (let next = text.indexOf('\n', from) + 1; next > 0 && next < end; next = text.indexOf('\n', next) + 1) {
    const line = text.slice(next, text.indexOf('\n', next));
    if (!/^[ \t]*\*[ \t]{2,}\S/.test(line) || /@\w+/.test(line)) break;
    from = next;
  }
  const stop = text.indexOf('\n', from);
  const lead = /^[ \t]*\*[ \t]*/.exec(text.slice(lineStart(text, start + last.index)))![0];
  const eol = eolAt(text, from);
  const put = text[stop - 1] === '\r' ? stop - 1 : stop;
  draft.replace(put, put, `${eol}${lead}@${name}${last[1]!.startsWith(' ') ? ' ' : ''}${last[1]!.trim()} ${doc}`);
}
