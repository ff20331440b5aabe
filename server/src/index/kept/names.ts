/**
 * What the names of a tree mean, as lines of text in a number of parts: a question about one name reads one part. Each line is a kind, the
 * name, a tab and the meaning as JSON.
 */
import type { ConstantFacts, GlobalFacts } from '../../facts/model.js';
import type { Program } from '../program.js';
import { isNamed, type Defined } from '../tree.js';

/**
 * Functions: numbers times two, plus one for a static one. Operations by 'struct.field': numbers; of those that sleep and that many implement
 * also how (see index/operation): the implementation that is told of, 1 if it is sure, how many sleep, and names.
 */
export type Meaning = {
  fn: number[];
  op: number[];
  way: [first: number, sure: 0 | 1, sleeping: number, ...names: string[]];
  struct: Record<string, string>;
  constant: [file: number, facts: ConstantFacts][];
  global: [file: number, facts: GlobalFacts][];
  returns: string;
  gfp: number;
};

const LETTER: Record<keyof Meaning, string> = {
  fn: 'f',
  op: 'o',
  way: 'w',
  struct: 's',
  constant: 'c',
  global: 'g',
  returns: 'r',
  gfp: 'p',
};

/** Names of functions in one part. */
const PER_PART = 4000;

/** Parts that the names of a tree of so many functions are kept in. */
export const partsFor = (functions: number): number => Math.min(256, Math.max(1, Math.ceil(functions / PER_PART)));

/** The part that a name is kept in. */
export function partOf(name: string, parts: number): number {
  let h = 0;
  for (let i = 0; i < name.length; i++) h = (Math.imul(h, 31) + name.charCodeAt(i)) | 0;
  return (h >>> 0) % parts;
}

/** The parts' lines. @param fileAt number of a file by its path */
export function namesOf(program: Program, parts: number, fileAt: ReadonlyMap<string, number>): string[][] {
  const { tree, operations } = program;
  const out: string[][] = Array.from({ length: parts }, () => []);
  const put = <K extends keyof Meaning>(kind: K, name: string, meaning: Meaning[K]): void => {
    out[partOf(name, parts)]!.push(`${LETTER[kind]}${name}\t${JSON.stringify(meaning)}`);
  };
  const byName = new Map<string, number[]>();
  const numbers = new Map<object, number>();
  tree.functions.forEach((ref, id) => {
    numbers.set(ref.facts, id);
    if (!isNamed(ref)) return;
    const list = byName.get(ref.facts.name);
    const number = id * 2 + Number(ref.facts.static);
    if (list) list.push(number);
    else byName.set(ref.facts.name, [number]);
  });
  for (const [name, list] of byName) put('fn', name, list);
  for (const [name, refs] of operations) {
    put(
      'op',
      name,
      refs.map((ref) => numbers.get(ref.facts)!),
    );
    const way = program.wayOf(name);
    if (way) put('way', name, [numbers.get(way.first.facts)!, way.sure ? 1 : 0, way.among.sleeping, ...way.among.names]);
  }
  const { structs, constants, globals, returns, gfp } = tree.tables();
  const placed = <T>(list: readonly Defined<T>[]): [number, T][] => list.map(({ file, facts }) => [fileAt.get(file.path)!, facts]);
  for (const [name, { fields }] of structs) put('struct', name, fields);
  for (const [name, list] of constants) put('constant', name, placed(list));
  for (const [name, list] of globals) put('global', name, placed(list));
  for (const [name, type] of returns) put('returns', name, type);
  for (const [name, index] of gfp) put('gfp', name, index);
  return out;
}

/** Meanings in one part, parsed when asked for. */
export class NamesPart {
  private readonly lines = new Map<string, string>();

  constructor(lines: readonly string[]) {
    for (const line of lines) {
      const tab = line.indexOf('\t');
      this.lines.set(line.slice(0, tab), line.slice(tab + 1));
    }
  }

  get<K extends keyof Meaning>(kind: K, name: string): Meaning[K] | undefined {
    const text = this.lines.get(LETTER[kind] + name);
    return text === undefined ? undefined : (JSON.parse(text) as Meaning[K]);
  }
}
