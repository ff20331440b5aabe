/**
 * The tables of data/ are text: one entry a line, so that they read, sort and diff like the lists they are.
 *
 *     [page nofail=honoured]          a section: its words hold for every row below it
 *     alloc_pages gfp=0 order=1       a name, then key=value pairs and bare words
 *     bio_alloc gfp=3 @5.18-          @ gives the versions that have it
 *     foo "why=waits for a page"      quotes keep blanks
 *     # a remark
 */
import { ALL_VERSIONS, inRange, parseRange, type VersionRange } from './version.js';

export interface Row {
  /** First word of the section heading the row stands under, '' above the first. */
  section: string;
  name: string;
  values: ReadonlyMap<string, string>;
  words: ReadonlySet<string>;
  /** Keys and words that stand on the row itself, not on its section's heading. */
  own: ReadonlySet<string>;
  range: VersionRange;
}

const TOKEN = /"([^"]*)"|(\S+)/g;

/** @throws {Error} naming the line that is not a row. */
export function parseTable(text: string): Row[] {
  const rows: Row[] = [];
  let section = '';
  let inherited: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (!line.endsWith(']')) throw new Error(`section heading without its end: ${line}`);
      const tokens = tokensOf(line.slice(1, -1));
      section = tokens.shift() ?? '';
      inherited = tokens;
      continue;
    }
    const tokens = tokensOf(line);
    rows.push(rowOf(section, tokens.shift()!, inherited, tokens));
  }
  return rows;
}

function tokensOf(line: string): string[] {
  if (!line.includes('"')) return line.split(/\s+/);
  return [...line.matchAll(TOKEN)].map((m) => m[1] ?? m[2] ?? '');
}

function rowOf(section: string, name: string, inherited: readonly string[], tokens: readonly string[]): Row {
  const values = new Map<string, string>();
  const words = new Set<string>();
  let range = ALL_VERSIONS;
  for (const token of [...inherited, ...tokens]) {
    const equals = token.indexOf('=');
    if (token.startsWith('@')) range = parseRange(token.slice(1));
    else if (equals > 0) values.set(token.slice(0, equals), token.slice(equals + 1));
    else words.add(token);
  }
  return { section, name, values, words, own: new Set(tokens.map((token) => token.replace(/=.*/s, ''))), range };
}

/** A non-negative integer of a row, or undefined where the key is missing. @throws {Error} naming row and key. */
export function index(row: Row, key: string): number | undefined {
  const text = row.values.get(key);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${row.name}: ${key}=${text} is not an argument index`);
  return Number(text);
}

/** A value that must be one of `choices`. @throws {Error} naming row and key. */
export function choice<T extends string>(row: Row, key: string, choices: readonly T[]): T | undefined {
  const text = row.values.get(key);
  if (text === undefined) return undefined;
  if (!(choices as readonly string[]).includes(text)) throw new Error(`${row.name}: ${key}=${text}, expected ${choices.join(', ')}`);
  return text as T;
}

/** @throws {Error} for a word or key that is none of `known`: a slip in a table must not pass in silence. */
export function checkWords(row: Row, known: readonly string[]): void {
  for (const word of [...row.words, ...row.values.keys()]) {
    if (!known.includes(word)) throw new Error(`${row.name}: unknown word '${word}'`);
  }
}

/** A table cut to one version: name to entry. Where several rows of a name fit, the last wins. */
export class VersionedTable<T> {
  private readonly byName = new Map<string, { range: VersionRange; entry: T }[]>();

  constructor(rows: Iterable<{ name: string; range: VersionRange; entry: T }>) {
    for (const { name, range, entry } of rows) {
      const list = this.byName.get(name);
      if (list) list.push({ range, entry });
      else this.byName.set(name, [{ range, entry }]);
    }
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  /** Every row of a name with its versions, for checks against trees. */
  rowsOf(name: string): readonly { range: VersionRange; entry: T }[] {
    return this.byName.get(name) ?? [];
  }

  at(version: number): Map<string, T> {
    const map = new Map<string, T>();
    for (const [name, rows] of this.byName) {
      for (const row of rows) if (inRange(row.range, version)) map.set(name, row.entry);
    }
    return map;
  }
}
