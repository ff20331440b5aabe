/** Places where an edit is not offered, whatever it says: text that one reading of the file does not stand for. */
import type { TextEdit } from '../rules/model.js';
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
      if (arm) return 'it stands in an #if arm that does not hold whole statements, or is never compiled';
    }
  }
  return undefined;
}

/** The directives of a text, one a line. */
const directives = (text: string): string => (text.match(/^[ \t]*#.*$/gm) ?? []).join('\n');
