/**
 * The syntax layer's contract: kernel C text in, small concrete trees out. Nothing above this layer imports tree-sitter.
 */

/** A function definition found by the scanner, as offsets into the file's text (UTF-16 units). */
export interface FunctionSpan {
  name: string;
  /** First character of the definition (storage class or return type), attributes and kernel-doc excluded. */
  start: number;
  nameAt: number;
  /** Offset of the body's `{` and one past its `}`; close equals text length when the file ends mid-function. */
  open: number;
  close: number;
  /** Conditions of the #if arms around the definition, outermost first. */
  arms: string[];
  /** Text of the kernel-doc comment directly above, '' when none. */
  doc: string;
}

/** What the normaliser blanked, kept as a fact. `at` is an offset into the text. */
export interface BlankedMark {
  at: number;
  name: string; // '__acquires', '__must_hold', '__init', ...
  args: string; // text inside the parentheses, '' when none
}

/** Kind ids are the grammar's own symbol ids, so `kindName` gives tree-sitter-c's node type names. */
export interface Ast {
  /** The text the tree was parsed from (normalised); all offsets point into it. */
  readonly text: string;
  /** Add to every offset to get the offset in the file. */
  readonly base: number;
  readonly count: number;
  /** Parallel arrays, one entry per node (anonymous tokens included), in preorder; node 0 is the root. */
  readonly kind: Uint16Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly parent: Int32Array; // -1 for the root
  readonly firstChild: Int32Array; // -1 for none
  readonly nextSibling: Int32Array; // -1 for none
  /** Field id in the parent, 0 for none; see `fieldName`. */
  readonly field: Uint16Array;
  /** 1 named, 2 ERROR, 4 MISSING (bits). */
  readonly flags: Uint8Array;
  kindName(kind: number): string;
  fieldName(field: number): string;
  /** True when a node at or below `node` is ERROR or MISSING. */
  damaged(node: number): boolean;
}

/** One parser of one thread. The Ast it returns is plain data: its arrays are reused by the next parse of the same parser. */
export interface KernelParser {
  readonly engine: 'native' | 'wasm';
  /** Why the native engine could not be loaded, when this is the wasm engine standing in for it. */
  fallback?: string;
  /** Parses already normalised text; never throws on bad C. */
  parse(text: string, base?: number): Ast;
  /** Frees what the engine holds. */
  dispose(): void;
}
