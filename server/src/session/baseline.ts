/** A baseline: the findings that a tree is known to have, so that a run reports what is new, and says what was mended. */
import * as v from 'valibot';
import { InputError, type AuditResult } from '../engine.js';
import { compareText } from '../rules/order.js';
import type { Confidence } from '../rules/model.js';
import { digest, exactKey, identitiesOf, matchIdentities, type Identity } from './identity.js';
import { looksAt, type RunScope } from './scope-of-run.js';

/** Raised whenever what makes an identity changes: entries of another format cannot be compared. */
const FORMAT = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const entrySchema = v.strictObject({
  rule: v.string(),
  file: v.string(),
  function: v.string(),
  call: v.string(),
  about: v.string(),
  path: v.array(v.string()),
  folded: v.optional(v.array(v.string())),
  confidence: v.picklist(['certain', 'likely', 'possible']),
  count,
});
export type BaselineEntry = v.InferOutput<typeof entrySchema>;

const fileSchema = v.strictObject({
  tool: v.literal('gfp-audit'),
  baseline: v.literal(FORMAT),
  kernel: v.string(),
  /** Over the entries: tells a file that somebody changed from one that was written. */
  digest: v.string(),
  entries: v.array(entrySchema),
});
export interface Baseline {
  kernel: string;
  entries: BaselineEntry[];
}

/** The baseline of a result: one entry for findings of equal identity, in an order of its own. */
export function baselineOf(result: AuditResult): Baseline {
  const entries = new Map<string, BaselineEntry>();
  identitiesOf(result).forEach((id, i) => {
    const { confidence } = result.findings[i]!;
    const key = exactKey(id);
    const entry = entries.get(key);
    if (entry) entry.count++;
    else entries.set(key, { ...id, confidence, count: 1 });
  });
  return { kernel: result.kernel.version, entries: [...entries].sort((a, b) => compareText(a[0], b[0])).map(([, entry]) => entry) };
}

/** The file's text: JSON with one entry a line, so that a version control's diff of it can be read. */
export function writeBaseline({ kernel, entries }: Baseline): string {
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`);
  const head = { tool: 'gfp-audit', baseline: FORMAT, kernel, digest: digest(lines.join('\n')) };
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return ['{', ...fields, `  "entries": [${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}]`, '}', ''].join('\n');
}

/**
 * @param file its name for messages
 * @throws {InputError} for what is no baseline, is one of another format, or was changed since it was written: a baseline
 * that is misread would call a tree clean that is not.
 */
export function readBaseline(text: string, file: string): Baseline {
  const again = 'write it anew: gfp-audit baseline write';
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new InputError(`${file}: not a baseline, or cut off (${error instanceof Error ? error.message : String(error)}): ${again}`);
  }
  const { tool, baseline } = (data ?? {}) as { tool?: unknown; baseline?: unknown };
  if (tool !== 'gfp-audit' || baseline === undefined) throw new InputError(`${file}: not a baseline of gfp-audit: ${again}`);
  if (baseline !== FORMAT)
    throw new InputError(`${file}: a baseline of format ${String(baseline)}; this gfp-audit reads format ${FORMAT}: ${again}`);
  const parsed = v.safeParse(fileSchema, data);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new InputError(`${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}; it was edited: ${again}`);
  }
  const { kernel, entries } = parsed.output;
  if (digest(entries.map((entry) => `    ${JSON.stringify(entry)}`).join('\n')) !== parsed.output.digest)
    throw new InputError(`${file}: its entries were changed since it was written; exceptions go into --suppressions, else ${again}`);
  return { kernel, entries };
}

export interface BaselineCheck {
  /** Findings that the baseline does not have, as in the result's own order. */
  fresh: AuditResult['findings'];
  /** Findings that it has. */
  unchanged: AuditResult['findings'];
  /** Entries, or the part of an entry's count, whose finding is gone. */
  mended: BaselineEntry[];
  /** Findings of the baseline in files or rules that this run did not look at. */
  unseen: number;
}

const RANK: Record<Confidence, number> = { possible: 0, likely: 1, certain: 2 };

/** Holds a result against a baseline. */
export function checkBaseline(result: AuditResult, baseline: Baseline, scope: RunScope): BaselineCheck {
  const old: BaselineEntry[] = baseline.entries.flatMap((entry) => Array.from({ length: entry.count }, () => entry));
  const identities: Identity[] = identitiesOf(result);
  const { pairs, fresh, gone, unfolded } = matchIdentities(old, identities);
  const looked = looksAt(result, scope);
  const seen = gone.filter((i) => {
    const { file, rule, confidence } = old[i]!;
    return looked(file) && scope.looksFor(rule) && RANK[confidence] >= RANK[scope.minConfidence];
  });
  const mended = new Map<BaselineEntry, number>();
  for (const i of seen) mended.set(old[i]!, (mended.get(old[i]!) ?? 0) + 1);
  const at = (indices: readonly number[]) => [...indices].sort((a, b) => a - b).map((i) => result.findings[i]!);
  return {
    fresh: at(fresh),
    unchanged: at([...pairs.map(([, now]) => now), ...unfolded]),
    mended: [...mended].map(([entry, n]) => ({ ...entry, count: n })),
    unseen: gone.length - seen.length,
  };
}

/** The baseline without what is mended. */
export function pruned(baseline: Baseline, mended: readonly BaselineEntry[]): Baseline {
  const less = new Map(mended.map((entry) => [exactKey(entry), entry.count]));
  const entries = baseline.entries.map((entry) => ({ ...entry, count: entry.count - (less.get(exactKey(entry)) ?? 0) }));
  return { ...baseline, entries: entries.filter((entry) => entry.count > 0) };
}
