import type { SideTable } from './cfg/statements.js';

/** A function's text ready to parse, with what was taken out of it. */
export interface Slice {
  /** As long as the original. */
  text: string;
  side: SideTable;
}

/** Text of [start, end) of a file for the parser. */
export function prepareSlice(file: string, start: number, end: number): Slice {
  return {
    text: file.slice(start, end),
    side: {
      iteratorAt: () => undefined,
      markIn: () => undefined,
      originalText: (from, to) => file.slice(from, to),
    },
  };
}
