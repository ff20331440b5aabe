/** Findings that somebody decided to live with, each with a reason; kept in a file of its own, outside of the kernel's. */
import { modify, parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import * as v from 'valibot';
import { InputError, type AuditResult } from '../engine.js';
import type { Finding } from '../rules/model.js';
import { identitiesOf, identityOf } from './identity.js';
import { looksAt, type RunScope } from './scope-of-run.js';

const say = <T extends v.GenericSchema>(schema: T, text: string) => v.pipe(schema, v.description(text));
const filled = v.pipe(v.string(), v.minLength(1));

/** Published as docs/suppressions.schema.json. */
export const SUPPRESSIONS_SCHEMA = v.strictObject({
  $schema: v.optional(v.string()),
  suppressions: v.array(
    v.strictObject({
      rule: say(filled, 'id of the rule'),
      file: say(filled, 'file relative to the root of the tree'),
      function: say(v.string(), "function that the finding stands in; '' outside of one"),
      call: v.optional(say(filled, "only this call, such as 'kmalloc' or 'kmalloc(GFP_KERNEL)'; all of the function when left out")),
      reason: say(
        v.pipe(
          v.string(),
          v.check((text) => text.trim() !== '', 'must say why'),
        ),
        'why the finding may stay: required',
      ),
    }),
  ),
});
export type Suppression = v.InferOutput<typeof SUPPRESSIONS_SCHEMA>['suppressions'][number];

/**
 * Reads a file of suppressions: JSON, comments and trailing commas allowed.
 * @param file its name for messages
 * @param ruleIds the rules that exist
 * @throws {InputError} naming the entry that is wrong
 */
export function readSuppressions(text: string, file: string, ruleIds: readonly string[]): Suppression[] {
  const errors: ParseError[] = [];
  const plain = text.replace(/^\uFEFF/, '');
  const data: unknown = parse(plain, errors, { allowTrailingComma: true });
  const [broken] = errors;
  if (broken) {
    const line = plain.slice(0, broken.offset).split('\n').length;
    throw new InputError(`${file}:${line}: not JSON: ${printParseErrorCode(broken.error)}`);
  }
  const parsed = v.safeParse(SUPPRESSIONS_SCHEMA, data);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue) ?? 'the file';
    const missing = issue.received === 'undefined';
    throw new InputError(`${file}: ${where}: ${missing ? 'missing' : issue.message}`);
  }
  const { suppressions } = parsed.output;
  suppressions.forEach(({ rule }, i) => {
    if (!ruleIds.includes(rule)) throw new InputError(`${file}: suppressions.${i}.rule: no such rule '${rule}'`);
  });
  return suppressions;
}

export interface SuppressionCheck {
  kept: Finding[];
  suppressed: { finding: Finding; reason: string }[];
  /** Entries that nothing matched, although the run looked at their file. */
  stale: Suppression[];
}

/** @param scope of the run; without one no entry is stale */
export function applySuppressions(
  result: Pick<AuditResult, 'findings' | 'problems' | 'shard'>,
  list: readonly Suppression[],
  scope?: RunScope,
): SuppressionCheck {
  const used = new Set<Suppression>();
  const out: SuppressionCheck = { kept: [], suppressed: [], stale: [] };
  identitiesOf(result).forEach((id, i) => {
    const finding = result.findings[i]!;
    const hits = list.filter(
      (s) =>
        s.rule === id.rule &&
        s.file === id.file &&
        s.function === id.function &&
        (s.call === undefined || s.call.replace(/\s+/g, '') === id.call || s.call === id.call.replace(/\(.*$/s, '')),
    );
    for (const hit of hits) used.add(hit);
    if (hits[0]) out.suppressed.push({ finding, reason: hits[0].reason });
    else out.kept.push(finding);
  });
  if (!scope) return out;
  const looked = looksAt(result, scope);
  out.stale = list.filter((entry) => !used.has(entry) && looked(entry.file) && scope.looksFor(entry.rule));
  return out;
}

/** The entry that silences one finding, for an editor's 'mute here'. */
export function suppressionFor(finding: Finding, reason: string): Suppression {
  const { rule, file, function: name, call } = identityOf(finding);
  return { rule, file, function: name, ...(call === '' ? {} : { call: call.replace(/\(\)$/, '') }), reason };
}

const EMPTY = '{\n  "suppressions": []\n}\n';

/**
 * The file's text with one entry more; comments and layout of the others stay.
 * @param text what the file holds now, '' where there is none yet
 */
export function withSuppression(text: string, entry: Suppression): string {
  const base = text.trim() === '' ? EMPTY : text;
  const edits = modify(base, ['suppressions', -1], entry, {
    isArrayInsertion: true,
    formattingOptions: { tabSize: 2, insertSpaces: true, eol: '\n' },
  });
  return edits.reduceRight((now, { offset, length, content }) => now.slice(0, offset) + content + now.slice(offset + length), base);
}
