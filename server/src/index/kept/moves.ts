/** Where the lines of a few files' linked versions are now, so that a linked tree can speak of code that has only moved. */
import type { FileFacts, FunctionFacts } from '../../facts/model.js';

interface Range {
  from: number;
  to: number;
  by: number;
  /** What stands there now, where it is a function. */
  now?: FunctionFacts;
}

const LISTS = ['ops', 'structs', 'prototypes', 'constants', 'globals'] as const;

export class Moves {
  private readonly files = new Map<string, { ranges: Range[]; now: FileFacts }>();

  /** @param pairs versions of files that define the same things in the same order, new functions aside */
  constructor(pairs: Iterable<readonly [was: FileFacts, is: FileFacts]>) {
    for (const [was, is] of pairs) {
      const ranges: Range[] = [];
      const note = (a: readonly { line: number }[], b: readonly { line: number }[]): void => {
        a.forEach(({ line }, i) => ranges.push({ from: line, to: line, by: b[i]!.line - line }));
      };
      for (const [old, now] of paired(was, is)) ranges.push({ from: old.line, to: old.endLine, by: now.line - old.line, now });
      for (const list of LISTS) note(was[list], is[list]);
      this.files.set(was.path, { ranges: ranges.sort((a, b) => a.from - b.from), now: is });
    }
  }

  has(file: string): boolean {
    return this.files.has(file);
  }

  /** The line now; inside a function that has changed, as if it had moved as a whole. */
  line(file: string, line: number): number {
    const ranges = this.files.get(file)?.ranges;
    if (!ranges) return line;
    let by = 0;
    for (const range of ranges) {
      if (range.from > line) break;
      // An operation inside a function is found by its own entry, which comes after the function's.
      by = range.by;
      if (range.to < line) continue;
      if (range.from === line) break;
    }
    return line + by;
  }

  /** The function, as it is now, that stood around a line of the linked version; undefined for none. */
  functionAt(file: string, line: number): FunctionFacts | undefined {
    return this.files.get(file)?.ranges.find(({ from, to, now }) => now !== undefined && from <= line && line <= to)?.now;
  }

  /** Whether something beside a function stood on a line of the linked version: an operation in a table, a structure, a constant. */
  isEntry(file: string, line: number): boolean {
    return this.files.get(file)?.ranges.some(({ from, now }) => now === undefined && from === line) ?? false;
  }

  /** Puts the functions of a linked version where they are now. */
  apply(was: FileFacts): void {
    const to = this.files.get(was.path);
    if (!to) return;
    for (const [old, now] of paired(was, to.now)) [old.line, old.column, old.endLine] = [now.line, now.column, now.endLine];
    for (const list of LISTS) was[list].forEach((entry, i) => (entry.line = to.now[list][i]!.line));
  }

  /** A copy of plain data in which every place in a moved file is where it is now. */
  placed<T>(data: T): T {
    if (typeof data !== 'object' || data === null) return data;
    if (Array.isArray(data)) return data.map((item: unknown) => this.placed(item)) as T;
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(data)) out[key] = this.placed(value);
    const { file, line, endLine } = out;
    if (typeof file === 'string' && typeof line === 'number' && this.has(file)) {
      out['line'] = this.line(file, line);
      if (typeof endLine === 'number') out['endLine'] = this.line(file, endLine);
    }
    return out as T;
  }
}

/** Functions of one name in one file are paired in their order. */
function paired(was: FileFacts, is: FileFacts): [FunctionFacts, FunctionFacts][] {
  const left = new Map<string, FunctionFacts[]>();
  for (const f of is.functions) {
    const list = left.get(f.name);
    if (list) list.push(f);
    else left.set(f.name, [f]);
  }
  return was.functions.flatMap((old) => {
    const now = left.get(old.name)?.shift();
    return now ? [[old, now] as [FunctionFacts, FunctionFacts]] : [];
  });
}
