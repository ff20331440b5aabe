/** Completion of gfp masks and flags: those of this kernel, with those that the context forbids marked and put last. */
import {
  CompletionItemKind,
  CompletionItemTag,
  CompletionTriggerKind,
  MarkupKind,
  type CompletionContext,
  type CompletionItem,
  type Position,
} from 'vscode-languageserver';
import { flagHover } from '../explain/hover.js';
import { plainText } from '../explain/markdown.js';
import type { Known } from './session.js';
import type { Abilities } from './capabilities.js';
import { toPlace } from './positions.js';

/** Not for code: bits for debugging, and masks of masks. */
const INTERNAL = /MASK$|_BITS$|^__GFP_BITS|^___|_SHIFT$/;

export function completions(
  known: Known,
  position: Position,
  context: CompletionContext | undefined,
  abilities: Abilities,
): CompletionItem[] {
  const { document, name, inspection, project } = known;
  const line = document.getText({ start: { line: position.line, character: 0 }, end: position });
  const word = /\w*$/.exec(line)![0];
  const asked = context?.triggerKind === CompletionTriggerKind.Invoked && word === '' && /[(,|]\s*$/.test(line);
  if (!asked && (word.length < 2 || !('GFP_'.startsWith(word) || '__GFP_'.startsWith(word) || /^(?:__)?GFP_/.test(word)))) return [];
  // A mask among other code: only where one is wanted, for other servers complete the rest.
  if (asked && !/\b\w*alloc\w*\s*\([^;]*$|\bgfp\w*\s*[|&]?=\s*[^;]*$/.test(line)) return [];
  const { gfp } = project.live.cat;
  const { line: at, column } = toPlace(position);
  const atomic = inspection.atomicAt(name, at, column);
  const sleeps = gfp.flags.get('__GFP_DIRECT_RECLAIM') ?? 0;
  const range = { start: { line: position.line, character: position.character - word.length }, end: position };
  const all = [...gfp.composites, ...gfp.flags].filter(([flag]) => !INTERNAL.test(flag));
  return all.map(([flag, mask], i): CompletionItem => {
    const forbidden = atomic !== undefined && (mask & sleeps) !== 0;
    const words = [
      ...(forbidden ? [`**May sleep, which this place forbids:** ${atomic}.`] : []),
      ...[flagHover(flag, gfp, project.kernel.version)].filter((text) => text !== undefined),
    ].join('\n\n');
    return {
      label: flag,
      kind: CompletionItemKind.Constant,
      detail: forbidden ? `may sleep; ${atomic}` : `Linux ${project.kernel.version}`,
      documentation: abilities.completionMarkdown
        ? { kind: MarkupKind.Markdown, value: words }
        : { kind: MarkupKind.PlainText, value: plainText(words) },
      sortText: `${forbidden ? 1 : 0}${String(i).padStart(3, '0')}`,
      filterText: flag,
      textEdit: { range, newText: flag },
      ...(forbidden && abilities.completionTags ? { tags: [CompletionItemTag.Deprecated] } : {}),
    };
  });
}
