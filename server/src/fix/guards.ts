/** Places where an edit is not offered, whatever it says: text that one reading of the file does not stand for. */
import type { TextEdit } from '../rules/model.js';
import { bareCode } from './edit-text.js';
import { normaliseFunction } from '../syntax/normalise.js';
import { scanFile } from '../syntax/scan.js';

/** Why the edits of one file may not be made; undefined when they may. */
export function objection(text: string, edits: readonly TextEdit[]): string | undefined {
  const { functions, pieces } = scanFile(text);
  for (const edit of edits) {
    if (edit.start < 0 || edit.end < edit.start || edit.end > text.length) return 'the edit lies outside the text';
    const touches = (from: number, to: number): boolean =>
      edit.start === edit.end ? from < edit.start && edit.start < to : edit.start < to && from < edit.end;
    const macro = pieces.find((p) => p.kind === 'define' && touches(p.start, p.end));
    if (macro) return `it stands in the body of the macro ${macro.name}, which its other users share`;
    if (directives(text.slice(edit.start, edit.end)) !== directives(edit.text) && directives(text.slice(edit.start, edit.end)) !== '')
      return 'preprocessor conditionals stand in the text that would change';
    for (const span of functions) {
      if (!touches(span.start, span.close)) continue;
      const arm = normaliseFunction(text, span).rewrites.find((r) => r.kind === 'arm' && touches(span.start + r.at, span.start + r.end));
      if (arm || looseArm(text.slice(span.start, span.close), edit.start - span.start, edit.end - span.start))
        return 'it stands in an #if arm that does not hold whole statements, or is never compiled';
    }
  }
  return undefined;
}

/** The directives of a text, one a line. */
const directives = (text: string): string => (text.match(/^[ \t]*#.*$/gm) ?? []).join('\n');

const DIRECTIVE = /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(?:[^\n]*\\\r?\n)*[^\n]*(?:\n|$)/gm;

/** Whether one of the #if arms of a function that a range touches is not made of whole statements: another arm has the rest of them. */
function looseArm(source: string, start: number, end: number): boolean {
  if (!source.includes('#')) return false;
  const text = bareCode(source);
  const open: { from: number; loose: boolean }[] = [];
  for (const { 0: line, 1: word, index } of text.matchAll(DIRECTIVE)) {
    const behind = index + line.length;
    if (word!.startsWith('if')) {
      open.push({ from: behind, loose: false });
      continue;
    }
    const top = open[open.length - 1];
    // The conditional began before the function.
    if (!top) continue;
    if (top.from <= end && start <= index) top.loose ||= !wholeStatements(text.slice(top.from, index));
    top.from = behind;
    if (word !== 'endif') continue;
    open.pop();
    if (top.loose) return true;
  }
  return false;
}

function wholeStatements(arm: string): boolean {
  const code = arm.replace(DIRECTIVE, '').trim();
  if (code === '') return true;
  if (/^(?:else\b|[)\]}|&?:=<>.,+*/%-])/.test(code) || !/[;}:]$/.test(code)) return false;
  const closing: string[] = [];
  for (const c of code) {
    const i = '([{'.indexOf(c);
    if (i >= 0) closing.push(')]}'[i]!);
    else if (')]}'.includes(c) && closing.pop() !== c) return false;
  }
  return closing.length === 0;
}
