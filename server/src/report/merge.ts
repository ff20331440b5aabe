/** Puts the JSON reports of all shards together again: the bytes that one run over everything would have written. */
import { byPlace, compareText } from '../rules/order.js';
import { findingRecord } from './json.js';
import { foundOf, withoutEchoes } from '../rules/merge.js';
import type { Finding } from '../rules/model.js';

/** A report that cannot be merged: `message` names it and the mend. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

type Json = Record<string, unknown>;
interface Report {
  name: string;
  doc: Json;
  shard: { index: number; count: number };
}

/** Lists whose entries stand in the order of files. */
const LISTS = ['sites', 'retryLoops', 'scopes', 'waits', 'nonBlock', 'flagUses'] as const;

export interface Merged {
  doc: Json;
  findings: Finding[];
}

/**
 * @param reports name (for messages) and text of each shard's report, in any order; all of one audit and complete
 * @throws {MergeError} for a text that is no report of a shard, and for shards that do not make one whole
 */
export function mergeReports(reports: readonly { name: string; text: string }[]): Merged {
  const parts = reports.map(({ name, text }) => readReport(name, text)).sort((a, b) => a.shard.index - b.shard.index);
  const [first] = parts;
  if (!first) throw new MergeError('merge: no report given');
  for (const part of parts) checkFits(first, part);
  checkComplete(parts);
  const { shard: _shard, echoes: _echoes, run: _run, ...rest } = first.doc;
  const doc: Json = {};
  const findings = 'findings' in rest ? allFindings(parts) : [];
  for (const [key, value] of Object.entries(rest)) {
    if (key === 'findings') doc[key] = findings.map(findingRecord);
    else if (key === 'stats') doc[key] = { ...(value as Json), ...ownStats(parts) };
    else if (LISTS.some((list) => list === key)) doc[key] = byFileOrder(parts.flatMap((p) => listOf(p, key)));
    else doc[key] = value;
    // Where the unsharded report has it: behind the kernel.
    if (key === 'kernel' && parts.every((p) => 'run' in p.doc)) doc['run'] = mergedRun(parts);
  }
  return { doc, findings };
}

function readReport(name: string, text: string): Report {
  let doc: unknown;
  try {
    doc = JSON.parse(text);
  } catch (error) {
    throw new MergeError(
      `${name}: is no JSON, cut short perhaps (${error instanceof Error ? error.message : String(error)}): run that shard again`,
    );
  }
  if (!isObject(doc) || !isObject(doc['tool']) || doc['tool']['name'] !== 'gfp-audit')
    throw new MergeError(`${name}: is no report of gfp-audit`);
  const { shard } = doc;
  if (!isObject(shard) || typeof shard['index'] !== 'number' || typeof shard['count'] !== 'number')
    throw new MergeError(`${name}: is the report of a whole run, not of a shard: make it with --shard I/N --format json`);
  for (const key of ['kernel', 'stats']) if (!isObject(doc[key])) throw new MergeError(`${name}: has no '${key}': run that shard again`);
  for (const key of ['findings', 'echoes', 'problems', ...LISTS])
    if (key in doc && !(Array.isArray(doc[key]) && doc[key].every(isObject)))
      throw new MergeError(`${name}: '${key}' is no list of entries: run that shard again`);
  if (!('findings' in doc) && !('sites' in doc)) throw new MergeError(`${name}: has neither findings nor sites: run that shard again`);
  return { name, doc, shard: { index: shard['index'], count: shard['count'] } };
}

/** The shards read the same tree with the same tool, or the sum of them means nothing. */
function checkFits(first: Report, part: Report): void {
  const same = (what: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) !== JSON.stringify(b))
      throw new MergeError(`${part.name} and ${first.name} differ in ${what}: shards must come from the same tree, tool and options`);
  };
  same('the number of shards', first.shard.count, part.shard.count);
  same('the version of the tool', first.doc['tool'], part.doc['tool']);
  same('the kernel', first.doc['kernel'], part.doc['kernel']);
  same('the options', (first.doc['shard'] as Json)['options'], (part.doc['shard'] as Json)['options']);
  same(
    'the kind of report',
    Object.keys(first.doc).filter((k) => k !== 'run'),
    Object.keys(part.doc).filter((k) => k !== 'run'),
  );
  const { sites: _a, reported: _c, ...a } = first.doc['stats'] as Json;
  const { sites: _b, reported: _d, ...b } = part.doc['stats'] as Json;
  same('the files read (`stats`)', a, b);
  same('what could not be read (`problems`)', first.doc['problems'], part.doc['problems']);
}

function checkComplete(parts: readonly Report[]): void {
  const { count } = parts[0]!.shard;
  for (let i = 1; i < parts.length; i++) {
    if (parts[i]!.shard.index === parts[i - 1]!.shard.index)
      throw new MergeError(`${parts[i - 1]!.name} and ${parts[i]!.name} are both shard ${parts[i]!.shard.index}/${count}: leave one out`);
  }
  const have = new Set(parts.map((p) => p.shard.index));
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((i) => !have.has(i));
  if (missing.length > 0) throw new MergeError(`shard ${missing.map((i) => `${i}/${count}`).join(', ')} missing: nothing was merged`);
}

/** What each part counts of its own files; the rest is of the whole tree and the same in all. */
function ownStats(parts: readonly Report[]): Json {
  return Object.fromEntries(['reported', 'sites'].map((key) => [key, sum(parts, (p) => numberIn(p, 'stats', key))]));
}

/** Everything found anywhere; what only one shard can see as an echo of another's finding is taken out here. */
function allFindings(parts: readonly Report[]): Finding[] {
  const every = (key: string): Finding[] => parts.flatMap((p) => listOf(p, key)).map(findingOf);
  const { minConfidence } = (parts[0]!.doc['shard'] as Json)['options'] as { minConfidence?: Finding['confidence'] };
  return withoutEchoes(foundOf(every('findings'), every('echoes')).sort(byPlace), minConfidence);
}

function findingOf(record: Json): Finding {
  const { file, line, column, endLine, endColumn, ...rest } = record;
  return { ...rest, at: { file, line, column, endLine, endColumn } } as unknown as Finding;
}

const listOf = ({ doc }: Report, key: string): Json[] => (doc[key] ?? []) as Json[];

function byFileOrder(items: Json[]): Json[] {
  return items.sort((a, b) => compareText(String(a['file']), String(b['file'])));
}

function mergedRun(parts: readonly Report[]): Json {
  return {
    seconds: sum(parts, (p) => numberIn(p, 'run', 'seconds')),
    cached: sum(parts, (p) => numberIn(p, 'run', 'cached')),
    jobs: sum(parts, (p) => numberIn(p, 'run', 'jobs')),
  };
}

const sum = (parts: readonly Report[], pick: (part: Report) => number): number => parts.reduce((n, p) => n + pick(p), 0);

function numberIn({ doc, name }: Report, group: string, key: string): number {
  const value = isObject(doc[group]) ? doc[group][key] : undefined;
  if (typeof value !== 'number') throw new MergeError(`${name}: has no ${group}.${key}: run that shard again`);
  return value;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
