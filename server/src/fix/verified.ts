/** The law of fixes: an edit is offered only when the audit of its result finds less, and nothing new. */
import type { Finding, TextEdit } from '../rules/model.js';

/** The text after edits that do not overlap. @throws {RangeError} when they do, or lie outside the text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, text: put } of [...edits].sort((a, b) => a.start - b.start)) {
    if (start < done || end < start || end > text.length)
      throw new RangeError(`edit ${start}..${end} overlaps another or lies outside the text`);
    parts.push(text.slice(done, start), put);
    done = end;
  }
  return [...parts, text.slice(done)].join('');
}

/** Whether `after` has one finding of `ruleId` in `fn` less than `before`, and of no rule in no function more. */
export function mends(ruleId: string, fn: string, before: readonly Finding[], after: readonly Finding[]): boolean {
  const had = tally(before);
  const has = tally(after);
  const key = `${fn}\0${ruleId}`;
  if ((has.get(key) ?? 0) >= (had.get(key) ?? 0)) return false;
  return [...has].every(([k, n]) => n <= (had.get(k) ?? 0));
}

function tally(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { function: fn, ruleId } of findings) {
    const key = `${fn}\0${ruleId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
