/** An #include that new code needs, in the order and place that the file's own includes have. */
import type { TextEdit } from '../rules/model.js';
import { eolAt, lineEnd } from './edit-text.js';

/** The edit that includes a header; none where the file does so already. `header` without brackets: 'linux/sched/mm.h'. */
export function includeEdit(file: string, text: string, header: string): TextEdit[] {
  const own = [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)];
  if (own.some((m) => m[2] === header)) return [];
  const depth = conditionalDepth(text);
  // Among the kernel's own, outside of conditionals: behind the last one that sorts before it, if they are sorted at all.
  const system = own.filter((m) => m[1] === '<' && /^linux\//.test(m[2]!) && depth(m.index) === 0);
  const before = system.filter((m) => m[2]! < header);
  const sorted = system.every((m, i) => i === 0 || system[i - 1]![2]! <= m[2]!);
  const anchor = sorted && before.length > 0 ? before[before.length - 1]! : system[system.length - 1];
  if (!anchor) return [];
  // All of them sort behind it: it comes first.
  const at = sorted && before.length === 0 ? system[0]!.index : lineEnd(text, anchor.index);
  return [{ file, start: at, end: at, text: `#include <${header}>${eolAt(text, anchor.index)}` }];
}

/** How many #if conditionals are open at an offset. */
function conditionalDepth(text: string): (offset: number) => number {
  const marks = [...text.matchAll(/^[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b/gm)].map((m) => ({
    at: m.index,
    step: m[1] === 'endif' ? -1 : 1,
  }));
  return (offset) => marks.reduce((depth, m) => (m.at < offset ? depth + m.step : depth), 0);
}
