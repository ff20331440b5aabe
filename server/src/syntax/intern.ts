import { identifierEnd } from './chars.js';

/**
 * Identifiers of a text as shared strings with a number of the user's each. A plain slice of a file's text would keep the whole text
 * in memory for as long as the name lives, and cost an allocation per use.
 */
export class Names {
  private slots = new Int32Array(1 << 14); // index + 1 into names, 0 for free
  private readonly hashes: number[] = [];
  private readonly names: string[] = [];
  private readonly values: number[] = [];
  private readonly classify: (name: string) => number;

  /** `classify` is asked once for every distinct name. */
  constructor(classify: (name: string) => number) {
    this.classify = classify;
  }

  /** Index of the identifier text[at, end). */
  indexOf(text: string, at: number, end: number = identifierEnd(text, at)): number {
    let hash = 0x811c9dc5;
    for (let i = at; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const index = this.slots[slot]! - 1;
      if (index < 0) return this.add(text, at, end, hash, slot);
      if (this.hashes[index] === hash) {
        const name = this.names[index]!;
        if (name.length === end - at && text.startsWith(name, at)) return index;
      }
    }
  }

  name(index: number): string {
    return this.names[index]!;
  }

  value(index: number): number {
    return this.values[index]!;
  }

  private add(text: string, at: number, end: number, hash: number, slot: number): number {
    const index = this.names.length;
    const name = copyOf(text.slice(at, end));
    this.names.push(name);
    this.hashes.push(hash);
    this.values.push(this.classify(name));
    this.slots[slot] = index + 1;
    if (index * 2 > this.slots.length) this.grow();
    return index;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.names.length; index++) {
      const hash = this.hashes[index]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.slots = slots;
  }
}

/** A string of its own, no view into a longer one. */
function copyOf(slice: string): string {
  return String.fromCharCode(...Array.from(slice, (c) => c.charCodeAt(0)));
}
