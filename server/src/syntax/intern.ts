/** What hashOf-style rolling starts from; identifiers are hashed while they are read (FNV-1a over UTF-16 units). */
export const HASH_START = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

/**
 * Identifiers as shared strings, each with a value of the user's. A plain slice of a file's text would keep the whole text in
 * memory for as long as the name lives, and cost an allocation for every use.
 */
export class Names {
  private slots = new Int32Array(1 << 15); // index + 1, 0 for free
  private hashes = new Int32Array(1 << 14);
  private values = new Int32Array(1 << 14);
  private readonly names: string[] = [];
  private readonly classify: (name: string) => number;

  /** `classify` is asked once for every distinct name. */
  constructor(classify: (name: string) => number) {
    this.classify = classify;
  }

  /** Index of the identifier text[at, end), whose hash is `hash`. */
  indexOf(text: string, at: number, end: number, hash: number): number {
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const index = this.slots[slot]! - 1;
      if (index < 0) return this.add(text.slice(at, end), hash, slot);
      if (this.hashes[index] === hash && same(this.names[index]!, text, at, end)) return index;
      slot = (slot + 1) & mask;
    }
  }

  name(index: number): string {
    return this.names[index]!;
  }

  value(index: number): number {
    return this.values[index]!;
  }

  private add(slice: string, hash: number, slot: number): number {
    const index = this.names.length;
    if (index === this.hashes.length) {
      this.hashes = doubled(this.hashes);
      this.values = doubled(this.values);
    }
    const name = String.fromCharCode(...Array.from(slice, (c) => c.charCodeAt(0)));
    this.names.push(name);
    this.hashes[index] = hash;
    this.values[index] = this.classify(name);
    this.slots[slot] = index + 1;
    if (index * 2 > this.slots.length) this.rehash();
    return index;
  }

  private rehash(): void {
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

function same(name: string, text: string, at: number, end: number): boolean {
  if (name.length !== end - at) return false;
  for (let i = 0; at < end; i++, at++) if (name.charCodeAt(i) !== text.charCodeAt(at)) return false;
  return true;
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(array.length * 2);
  longer.set(array);
  return longer;
}
