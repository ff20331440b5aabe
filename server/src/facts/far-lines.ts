/**
 * Line numbers that survive edits. Each construct of an open file gets a range of numbers of its own, far above any line of a file; where
 * it stands in the text is looked up when something is shown. So a line inserted above a function changes one number, and nothing of
 * what was concluded about it.
 */

import type { FileFacts } from './model.js';

/** Above masks, sizes and lines of any file; small enough that sums and products with a column stay exact. */
const FIRST = 2 ** 40;
const LAST = 2 ** 41;
/** A far line written out in a message. */
const WRITTEN = /\b[12]\d{12}\b/g;

export interface FarPlace {
  /** First of its numbers. */
  readonly from: number;
  /** Lines that it covers. */
  readonly height: number;
  /** Line of the text, from 1, that `from` stands for now; 0: the construct is gone. */
  line: number;
}

/** The numbers given out to the files of one project. */
export class FarLines {
  private places: FarPlace[] = [];
  private next = FIRST;

  /** A range of `height` numbers for a construct whose first line is `line`. */
  take(line: number, height: number): FarPlace {
    const place = { from: this.next, height, line };
    // One number more: what ends on the line after it.
    this.next += height + 1;
    this.places.push(place);
    return place;
  }

  /** The same numbers, for a text that goes its own way from here. Also the place that each place has become. */
  copy(): { far: FarLines; moved: ReadonlyMap<FarPlace, FarPlace> } {
    const far = new FarLines();
    const moved = new Map(this.places.map((place) => [place, { ...place }]));
    far.places = [...moved.values()];
    far.next = this.next;
    return { far, moved };
  }

  /** Forgets constructs that are gone. To be called when nothing is kept that was concluded from them. */
  sweep(): void {
    this.places = this.places.filter((place) => place.line > 0);
  }

  get size(): number {
    return this.places.length;
  }

  /** The line of the text that a number stands for; a number that is none of ours stands for itself. */
  near(line: number): number {
    if (!(line >= FIRST && line < LAST)) return line;
    const { places } = this;
    let low = 0;
    let high = places.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (places[mid]!.from <= line) low = mid;
      else high = mid - 1;
    }
    const place = places[low];
    return place ? place.line + (line - place.from) : 1;
  }

  /** A file's facts on lines of the text; what has no line of its own (graphs, structures) is shared. */
  settleFacts(facts: FileFacts): FileFacts {
    const moved = <T extends { line: number }>(list: readonly T[]): T[] => list.map((one) => ({ ...one, line: this.near(one.line) }));
    return {
      ...facts,
      functions: facts.functions.map((f) => ({ ...f, line: this.near(f.line), endLine: this.near(f.line) + f.endLine - f.line })),
      ops: moved(facts.ops),
      structs: moved(facts.structs),
      prototypes: moved(facts.prototypes),
      constants: moved(facts.constants),
      globals: moved(facts.globals),
    };
  }

  /** A copy of plain data with every far line, as a number or written in a text, replaced by where it stands now. */
  settle<T>(value: T): T {
    if (typeof value === 'number') return this.near(value) as T;
    if (typeof value === 'string')
      return (/\d{13}/.test(value) ? value.replace(WRITTEN, (digits) => String(this.near(Number(digits)))) : value) as T;
    if (Array.isArray(value)) return value.map((one: unknown) => this.settle(one)) as T;
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const key in value) copy[key] = this.settle(value[key]);
    return copy as T;
  }
}
