import { ERROR_NODE, MISSING_NODE, NAMED, type AstStore } from './ast.js';
import { canonicalKind, KIND } from './kinds.js';

/** The parts of the engine's module that are read: views on its memory, renewed when it grows. */
export interface EngineMemory {
  HEAPU8: Uint8Array;
  HEAPU16: Uint16Array;
  HEAPU32: Uint32Array;
}

/*
 * Layout of tree-sitter's trees in the memory of its wasm build (lib/src/subtree.h and parser.h of tree-sitter 0.26, 32-bit
 * pointers, little endian). A cursor call costs more than reading a node; so the tree is read where it lies. Nothing is trusted: a parser compares this reading with the
 * cursor's on a probe text before it uses it (see wasm.ts).
 *
 * A subtree is 8 bytes: a small leaf inline (bit 0 set), or a pointer to heap data that its children precede.
 */
const SUBTREE_SIZE = 8;
const INLINE = 1;
const INLINE_VISIBLE = 2;
const INLINE_NAMED = 4;
const INLINE_EXTRA = 8;
const INLINE_MISSING = 32;
const INLINE_PADDING = 6;
const INLINE_LENGTH = 7;

const HEAP_PADDING = 4;
const HEAP_LENGTH = 16;
const HEAP_CHILD_COUNT = 36;
const HEAP_SYMBOL = 40;
const HEAP_BITS = 44;
const HEAP_VISIBLE = 1;
const HEAP_NAMED = 2;
const HEAP_EXTRA = 4;
const HEAP_MORE_BITS = 45;
const HEAP_MISSING = 2;
const HEAP_PRODUCTION = 66;

const LANGUAGE_MAX_ALIASES = 36;
const LANGUAGE_FIELD_SLICES = 64;
const LANGUAGE_FIELD_ENTRIES = 68;
const LANGUAGE_METADATA = 72;
const LANGUAGE_PUBLIC_SYMBOLS = 76;
const LANGUAGE_ALIASES = 84;

const ERROR_SYMBOL = 0xffff;

/** One level of the walk: the children of a subtree that are still to be read. */
const FRAME = 7;
const CHILD = 0; // address of the next child
const LEFT = 1; // children left
const INDEX = 2; // structural index of the next child: extras do not count
const POSITION = 3; // in bytes
const PRODUCTION = 4;
const PARENT = 5; // nearest visible node above
const FIELD = 6; // field of the hidden subtree whose children these are, 0 for a visible one

export class SubtreeReader {
  private readonly memory: EngineMemory;
  private frames = new Int32Array(FRAME * 64);
  private lastChild = new Int32Array(0);

  constructor(memory: EngineMemory) {
    this.memory = memory;
  }

  /** Fills the store with all visible nodes of the tree at an address; `language` is the address of its language. */
  fill(store: AstStore, tree: number, language: number): void {
    const u8 = this.memory.HEAPU8;
    const u16 = this.memory.HEAPU16;
    const u32 = this.memory.HEAPU32;
    const maxAliases = u16[(language + LANGUAGE_MAX_ALIASES) >> 1]!;
    const fieldSlices = u32[(language + LANGUAGE_FIELD_SLICES) >> 2]! >> 1;
    const fieldEntries = u32[(language + LANGUAGE_FIELD_ENTRIES) >> 2]!;
    const metadata = u32[(language + LANGUAGE_METADATA) >> 2]!;
    const publicSymbols = u32[(language + LANGUAGE_PUBLIC_SYMBOLS) >> 2]! >> 1;
    const aliases = u32[(language + LANGUAGE_ALIASES) >> 2]! >> 1;

    let { kind, start, end, parent, firstChild, nextSibling, field, flags } = store;
    let capacity = kind.length;
    if (this.lastChild.length < capacity) this.lastChild = new Int32Array(capacity);
    let lastChild = this.lastChild;
    let frames = this.frames;
    let count = 0;
    let top = -FRAME;

    // The root stands in a frame of its own: a parent without production, whose first child has its padding.
    let child = tree;
    let position = 0;
    let production = 0;
    let structural = 0;
    let above = -1;
    let inherited = 0;
    let left = 1;
    let first = false;
    for (;;) {
      while (left === 0) {
        if (top < 0) {
          store.count = count;
          return;
        }
        child = frames[top + CHILD]!;
        left = frames[top + LEFT]!;
        structural = frames[top + INDEX]!;
        position = frames[top + POSITION]!;
        production = frames[top + PRODUCTION]!;
        above = frames[top + PARENT]!;
        inherited = frames[top + FIELD]!;
        first = false;
        top -= FRAME;
      }
      const bits = u8[child]!;
      let symbol: number;
      let visible: boolean;
      let named: boolean;
      let extra: boolean;
      let missing: boolean;
      let padding: number;
      let length: number;
      let children = 0;
      let heap = 0;
      if ((bits & INLINE) !== 0) {
        symbol = u8[child + 1]!;
        visible = (bits & INLINE_VISIBLE) !== 0;
        named = (bits & INLINE_NAMED) !== 0;
        extra = (bits & INLINE_EXTRA) !== 0;
        missing = (bits & INLINE_MISSING) !== 0;
        padding = u8[child + INLINE_PADDING]!;
        length = u8[child + INLINE_LENGTH]!;
      } else {
        heap = u32[child >> 2]!;
        symbol = u16[(heap + HEAP_SYMBOL) >> 1]!;
        const more = u8[heap + HEAP_BITS]!;
        visible = (more & HEAP_VISIBLE) !== 0;
        named = (more & HEAP_NAMED) !== 0;
        extra = (more & HEAP_EXTRA) !== 0;
        missing = (u8[heap + HEAP_MORE_BITS]! & HEAP_MISSING) !== 0;
        padding = u32[(heap + HEAP_PADDING) >> 2]!;
        length = u32[(heap + HEAP_LENGTH) >> 2]!;
        children = u32[(heap + HEAP_CHILD_COUNT) >> 2]!;
      }
      let fieldId = 0;
      if (!extra) {
        if (production !== 0) {
          const alias = u16[aliases + production * maxAliases + structural]!;
          if (alias !== 0) {
            visible = true;
            symbol = alias;
            named = u8[metadata + alias * 3 + 1]! !== 0;
          }
        }
        fieldId = inherited;
        if (above >= 0) {
          const slice = fieldSlices + production * 2;
          let entry = fieldEntries + u16[slice]! * 4;
          for (let n = u16[slice + 1]!; n > 0; n--, entry += 4) {
            if (u8[entry + 2] === structural && u8[entry + 3] === 0) {
              fieldId = u16[entry >> 1]!;
              break;
            }
          }
        }
        structural++;
      }
      if (!first) position += padding;
      first = false;
      const at = position;
      position += length;
      left--;
      child += SUBTREE_SIZE;

      let node = above;
      if (visible) {
        node = count++;
        if (node >= capacity) {
          store.count = node;
          store.reserve(node + 1);
          ({ kind, start, end, parent, firstChild, nextSibling, field, flags } = store);
          capacity = kind.length;
          const longer = new Int32Array(capacity);
          longer.set(lastChild);
          this.lastChild = lastChild = longer;
        }
        const isError = symbol === ERROR_SYMBOL;
        kind[node] = isError ? KIND.ERROR : canonicalKind(u16[publicSymbols + symbol]!);
        start[node] = at >> 1;
        end[node] = (at + length) >> 1;
        parent[node] = above;
        firstChild[node] = -1;
        nextSibling[node] = -1;
        lastChild[node] = -1;
        field[node] = above < 0 ? 0 : fieldId;
        const mark = (named ? NAMED : 0) | (isError ? NAMED | ERROR_NODE : 0) | (missing ? MISSING_NODE : 0);
        flags[node] = mark;
        if (mark > NAMED) store.noteBroken(node);
        if (above >= 0) {
          const before = lastChild[above]!;
          if (before >= 0) nextSibling[before] = node;
          else firstChild[above] = node;
          lastChild[above] = node;
        }
      }
      if (children > 0) {
        top += FRAME;
        if (top + FRAME > frames.length) {
          const longer = new Int32Array(frames.length * 2);
          longer.set(frames);
          this.frames = frames = longer;
        }
        frames[top + CHILD] = child;
        frames[top + LEFT] = left;
        frames[top + INDEX] = structural;
        frames[top + POSITION] = position;
        frames[top + PRODUCTION] = production;
        frames[top + PARENT] = above;
        frames[top + FIELD] = inherited;
        child = heap - children * SUBTREE_SIZE;
        left = children;
        structural = 0;
        position = at;
        production = u16[(heap + HEAP_PRODUCTION) >> 1]!;
        inherited = visible || extra ? 0 : fieldId;
        above = node;
        first = true;
      }
    }
  }
}
