/** A way to sleep as a summary keeps it. */
import type { SleepChain } from '../flow/model.js';

const NOTHING: never[] = [];
const some = <T>(list: T[]): T[] => (list.length ? list.slice() : NOTHING);

/**
 * All members in one order and empty lists shared: a tree has hundreds of thousands, and a copy of another object that gains a
 * member would cost V8 a hidden class of its own.
 */
export class Way implements SleepChain {
  readonly kind: SleepChain['kind'];
  readonly api: string;
  readonly why: string;
  readonly when: SleepChain['when'];
  readonly fields: SleepChain['fields'];
  readonly drops: SleepChain['drops'];
  readonly sure: boolean;
  readonly depth: number;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly what: SleepChain['what'];
  readonly next: SleepChain | undefined;

  constructor(of: SleepChain) {
    this.kind = of.kind;
    this.api = of.api;
    this.why = of.why;
    this.when = some(of.when);
    this.fields = of.fields;
    this.drops = some(of.drops);
    this.sure = of.sure;
    this.depth = of.depth;
    this.file = of.file;
    this.line = of.line;
    this.function = of.function;
    this.what = of.what;
    this.next = of.next;
  }
}
