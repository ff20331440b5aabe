/**
 * The syntax layer's contract: kernel C text in, small concrete trees out. Nothing above this layer imports tree-sitter.
 */

/** A function definition found by the scanner, as offsets into the file's text (UTF-16 units). */
export interface FunctionSpan {
  name: string;
  /** First character of the definition (storage class, return type or an attribute in front of them), kernel-doc excluded. */
  start: number;
  nameAt: number;
  /** Offset of the body's `{` and one past its `}`; close equals text length when the file ends mid-function. */
  open: number;
  close: number;
  /** Conditions of the #if arms around the definition, outermost first. */
  arms: string[];
  /** Text of the kernel-doc comment directly above, '' when none. */
  doc: string;
  /** The macro that defines it: 'SYSCALL_DEFINE3', 'DEFINE_IDTENTRY', ...; absent for a plain definition. */
  macro?: string;
}

export type PieceKind =
  | 'define' // a #define, continuation lines included, the newline excluded
  | 'struct'
  | 'union'
  | 'enum' // definitions with a body; `name` is the tag
  | 'typedef'
  | 'initialiser' // a file-scope variable with a braced initialiser
  | 'variable' // any other file-scope declaration
  | 'prototype' // only those that say something: a gfp_t, an annotation or an allocation attribute
  | 'invocation'; // a macro call at file scope: DEFINE_SPINLOCK(x); EXPORT_SYMBOL(y);

/** Something at file scope that is not a function definition: a span and its raw text, nothing interpreted. */
export interface Piece {
  kind: PieceKind;
  /** The whole construct; `end` is one past its `;` (or its last character). */
  start: number;
  end: number;
  /** Macro, tag, variable, function or invoked macro; '' when unnamed. */
  name: string;
  nameAt: number;
  /** Span of the braced body (one past `}`), of a #define's replacement text, or of an invocation's arguments; -1 when none. */
  open: number;
  close: number;
  /** Tag of the struct or union that types an initialiser, variable or prototype; '' when none. */
  tag: string;
  /** A #define with parameters: offset of its `(`; -1 for an object-like one. */
  params: number;
  /** Conditions of the #if arms around it, outermost first. */
  arms: string[];
}

/** A use of a name that needs no tree: `name(`, a bare argument `(name` or `, name`, or `.field = name` / `->field = name`. */
export interface NameUse {
  name: string;
  at: number;
  how: 'call' | 'argument' | 'assigned';
  /** The field assigned to, with how 'assigned'. */
  field?: string;
}

/** What the normaliser blanked, kept as a fact. `at` is an offset into the text. */
export interface BlankedMark {
  at: number;
  name: string; // '__acquires', '__must_hold', '__init', ...
  args: string; // text inside the parentheses, '' when none
}

/**
 * A construct that stands in the normalised text in another shape. `at` is the offset of the construct's first character
 * (and of the node the tree has for it), `name` the macro's name and args the span of what its parentheses hold, in
 * the original text.
 *
 * - iterator: `list_for_each_entry(p, h, m) body` stands as a while statement with the arguments as its condition.
 * - block: `scoped_guard(mutex, &m) { }` and other macros before a block that are no loops; stands as a while (or, for a name
 *   shorter than that word, an if) statement too.
 *   `D1(if (x) f();)`, a macro around statements, stands as a braced block.
 * - statement: a macro call that lacks its `;`: blanked, an empty statement stands in its place. The only form whose call is
 *   not in the tree.
 * - asm: inline assembly: blanked; the `;` stays.
 * - range: `case A ... B:` stands as `A - B`; `at` is the offset of the `-`'s neighbourhood (the first dot).
 * - jump: `CHECK(x, "text", return -1)`: a jump among a macro's arguments; its keyword is blanked (or stands as 0).
 * - arm: an #if arm that was blanked because its conditional does not hold whole statements (or is never compiled);
 *   `name` is the condition of the conditional's first arm, as written.
 * - type: a macro call that makes a type or a member (`DARRAY(struct a, 4) list;`, `struct { PADDED(k, 4); } x;`,
 *   `DECLARE_MASK(u64, m) = { f(x) };`): stands as `struct _` or `int _`.
 * - string: a macro call between string literals (`"a" __stringify(X) "b"`): blanked.
 */
export interface Rewrite {
  kind: 'iterator' | 'block' | 'statement' | 'jump' | 'arm' | 'asm' | 'range' | 'type' | 'string';
  at: number;
  end: number; // one past the closing parenthesis
  name: string;
  argsFrom: number;
  argsTo: number;
}

/** A text of the same length and the same lines that tree-sitter-c can read, and what was changed on the way. */
export interface Normalised {
  text: string;
  /** Offset of text[0] in the file. All other offsets here, as those of the Ast, count from it. */
  base: number;
  marks: BlankedMark[]; // by offset
  rewrites: Rewrite[]; // by offset
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
  /** wasm: the tree is read from the engine's memory (fast), not through its cursor. */
  direct?: boolean;
  /** Parses already normalised text; never throws on bad C. */
  parse(text: string, base?: number): Ast;
  /** Frees what the engine holds. */
  dispose(): void;
}
