/** Samples of a run, thinned so that a chart stays small. */
import type { Machine } from '../machine/machine.js';

const MAX_SAMPLES = 200;

export class Series {
  readonly t: number[] = [];
  readonly values = new Map<string, number[]>();
  private skip = 1;
  private seen = 0;

  constructor(private readonly machine: Machine) {}

  /** Notes the free pages of every zone, and any further values, at a time in milliseconds. */
  sample(t: number, more: Readonly<Record<string, number>> = {}): void {
    if (this.seen++ % this.skip !== 0) return;
    this.t.push(Math.round(t * 1000) / 1000);
    this.push('free', this.machine.free);
    for (const zone of this.machine.zones) this.push(zone.name, zone.buddy.free);
    for (const [name, value] of Object.entries(more)) this.push(name, value);
    if (this.t.length >= MAX_SAMPLES) this.thin();
  }

  private push(name: string, value: number): void {
    let list = this.values.get(name);
    if (!list) this.values.set(name, (list = []));
    while (list.length < this.t.length - 1) list.push(list[list.length - 1] ?? 0);
    list.push(value);
  }

  private thin(): void {
    const keep = <T>(list: T[]): void => {
      const kept = list.filter((_, i) => i % 2 === 0);
      list.length = 0;
      list.push(...kept);
    };
    keep(this.t);
    for (const list of this.values.values()) keep(list);
    this.skip *= 2;
  }

  toJSON(): Record<string, number[]> {
    return { t: this.t, ...Object.fromEntries(this.values) };
  }
}
