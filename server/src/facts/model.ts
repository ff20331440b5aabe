/**
 * The serialisable facts of one source file: what the extractor writes, what the cache keeps,
 * and all that the later stages (flow, index, rules) ever see of the C text.
 *
 * Facts are independent of kernel version and catalogue: they say "calls `spin_lock` with `&x->lock`",
 * never "takes a spinlock". What a name means is decided when the facts are read.
 * Everything here is plain JSON (numbers, strings, arrays, objects without prototype).
 */

/** Bumped whenever the extractor writes something else for the same text: it is part of every cache key. */
export const FACTS_SCHEMA = 25;

/**
 * Position of a construct, relative to the function it stands in.
 * [line, column, endLine, endColumn]; lines are 0-based offsets from FunctionFacts.line, columns 1-based in
 * UTF-16 units, the end column exclusive. Relative lines keep a function's facts valid when text above it changes.
 */
export type Pos = [line: number, column: number, endLine: number, endColumn: number];

/**
 * A C expression, reduced. Identifiers are strings, integer literals numbers, all else a tagged tuple.
 * Parentheses are dropped. Macros are not expanded: `FOO(x)` is a call of FOO.
 * `['opaque', text]` is anything the extractor does not model (statement expressions, initialiser lists, ...);
 * text is cut at 80 characters.
 */
export type Expr =
  | string
  | number
  | ['call', Expr, ...Expr[]] // callee (identifier string, or an expression for an indirect call), arguments
  | ['->', Expr, string]
  | ['.', Expr, string]
  | ['[]', Expr, Expr]
  | ['u', UnaryOp, Expr]
  | ['b', BinaryOp, Expr, Expr]
  | ['?', Expr, Expr, Expr] // condition, then, else; GNU `a ?: b` repeats a
  | ['cast', string, Expr] // type text, operand
  | ['=', string, Expr, Expr] // assignment used as a value: operator ('=', '|=', ...), target, value
  | [',', Expr, Expr]
  | ['sizeof', string]
  | ['str', string]
  | ['config', string] // condition of an #if arm inside a function: 'CONFIG_FOO' or the directive's text
  | ['opaque', string];
export type UnaryOp = '!' | '~' | '-' | '+' | '*' | '&' | '++' | '--' | 'post++' | 'post--';
export type BinaryOp = '|' | '&' | '^' | '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '&&' | '||';

/** What a call's result is put to, as far as the enclosing expression shows. */
export type ResultUse = 'discarded' | 'assigned' | 'tested' | 'returned' | 'argument' | 'other';

/**
 * A call, in evaluation order. Cleanup forms appear as calls too:
 * `guard(mutex)(&m)` opens with fn 'guard:mutex' and closes, on every way out of its scope, with 'unguard:mutex';
 * `scoped_guard(spinlock, &l) { }` likewise, `scoped_cond_guard(mutex_try, fail, &m)` with 'guard:mutex_try' guarded
 * by a branch; `CLASS(name, v)(args)` is 'class:name' / 'unclass:name'; a variable declared with `__free(f)` yields
 * 'free:f' with the variable as its argument where its scope ends (not after no_free_ptr/return_ptr of it).
 * `ACQUIRE(name, v)(args)` is 'guard:name' with `to` v; whether it was taken shows in a later ACQUIRE_ERR() of v.
 * A scoped guard whose class may fail (..._try, _intr, _kill) is followed by a branch on the call itself.
 *
 * No event is written for pure helpers and message printers (facts/names.ts: IS_ERR, min, list_add, pr_err, ...), for
 * accessor macros (`FOO_SB(sb)->x`), and for code under `#if 0`; they stay in expressions.
 * `BUG_ON(x)` is a branch on x: the call stands in the block where x holds, which has no way on. Nor has a block that ends
 * in BUG(), panic() and the like.
 */
export interface CallEvent {
  k: 'call';
  fn: Expr; // string: direct call or macro by name; otherwise the expression called through
  args: Expr[];
  to?: Expr; // lvalue that receives the result (through casts), when use is 'assigned'
  use: ResultUse;
  pos: Pos;
}

/**
 * An assignment or an initialised declaration. Calls inside `value` have their own CallEvent just before. `++` and `--` have value 1.
 * `x = c ? f() : g()` is a branch with one assignment per way; without calls in the arms it stays one value.
 * A structure's initialiser gives one event per designated field, then one for the whole with an opaque value. An iterating macro
 * gives one for every local among its arguments, with an opaque value, each round.
 * WRITE_ONCE(), rcu_assign_pointer() and their like (facts/names.ts, STORES) are assignments too.
 * Assignments whose target nothing in the function reads are left out, unless they hold a call, a mask or a store through a pointer.
 */
export interface SetEvent {
  k: 'set';
  to: Expr; // lvalue
  op: string; // '=', '|=', '&=', '+=', '++', ...
  value: Expr;
  pos: Pos;
}

/** `return value;`. A block that ends in one has the exit block as its only successor. */
export interface ReturnEvent {
  k: 'ret';
  value?: Expr;
  pos: Pos;
}

/** First dereference in a block since its last assignment (`v->f`, `*v`, `v[i]`; not `&v->f`) of a variable that was assigned from a call. */
export interface DerefEvent {
  k: 'deref';
  v: string;
  pos: Pos;
}

/** A gfp flag or mask token that stands outside every call and assignment seen above (tests, returns, initialisers). */
export type Event = CallEvent | SetEvent | ReturnEvent | DerefEvent;

/**
 * An edge of the control-flow graph. Short-circuit operators are taken apart: every `when` is free of top-level
 * `&&`, `||` and `!`, likely()/unlikely()/WARN_ON()-like wrappers stripped (WARN_ON's own call event stays).
 * `is` says which truth value takes this edge. Switch edges: when = ['b','==',subject,caseLabel]; the default edge
 * of a switch carries no condition. An edge without `when` is unconditional or unknown (an iterating macro's two ways, a
 * macro that is given a label and may jump there). A local that stands for a question about a parameter is replaced by it (facts/standins.ts).
 */
export interface Edge {
  to: number;
  when?: Expr;
  is?: boolean;
}

export interface Block {
  ev: Event[];
  next: Edge[];
  line: number; // relative, of the first construct in the block; for reports
}

/** A source loop: a loop statement or a backward goto. Block numbers refer to Body.blocks. */
export interface LoopFacts {
  kind: 'while' | 'do' | 'for' | 'iter' | 'goto'; // 'iter' = a for_each-style macro
  pos: Pos; // of the whole statement; for 'goto' from the label to the goto statement
  head: number; // block that a new round begins with
  blocks: number[]; // all blocks of the loop, head included, sorted
  back: number[]; // blocks whose edge closes the loop
  label?: string;
  macro?: string; // the iterating macro of an 'iter' loop
}

export interface Body {
  /** Locals: name to type text ('struct foo *', 'gfp_t', 'unsigned int'). Static locals included. */
  vars: Record<string, string>;
  blocks: Block[]; // blocks[0] is the entry, blocks[1] the single exit
  loops: LoopFacts[];
  /** gfp tokens (GFP_*, __GFP_*) used outside call arguments: the truth for `flagUses`. */
  flags: { flag: string; kind: 'assign' | 'clear' | 'test' | 'argument' | 'other'; pos: Pos }[];
  /**
   * true when the CST of the body still had an ERROR or MISSING node, or control flow was lost (a computed goto, a label that only a macro
   * can lead to): nothing may be `certain` then.
   */
  damaged?: boolean;
}

/**
 * What the author states about a function.
 * acquires/releases/must_hold: sparse annotations with their argument; `context`: the kernel-doc `Context:` text;
 * init/exit/cold/...: section attributes; `callconv`: asmlinkage and the like.
 */
export interface Mark {
  kind: 'acquires' | 'releases' | 'must_hold' | 'cond_acquires' | 'context' | 'init' | 'exit' | 'ref' | 'other';
  text: string;
}

export interface Param {
  name: string; // '' when unnamed
  type: string; // 'struct inode *', 'gfp_t', 'void (*)(struct work_struct *)'
}

/** An argument that says itself what it is: a number, a constant by its name, flags by theirs (`A|B`), the caller's own parameter (by its place) unchanged; null for any other. */
export type PlainArgument = number | string | { own: number } | null;

/** One function definition, or a function-like macro whose body is a statement or expression (`macro` set). */
export interface FunctionFacts {
  name: string;
  line: number; // absolute, 1-based, of the first line of the definition (return type or name)
  column: number; // of the name, 1-based
  endLine: number;
  static: boolean;
  inline: boolean;
  macro?: boolean;
  returns: string; // type text, '' when not known
  params: Param[];
  marks: Mark[];
  /** Conditions of the #if arms around the whole definition, innermost last. */
  arms?: string[];
  /**
   * Names called, with the relative line of the first use; only when there is no body. A name passed as a value is an OpsEntry instead.
   * Arguments, up to the last that is plain, of a function that is called once.
   */
  callees?: [name: string, line: number, args?: PlainArgument[]][];
  /** Once written as text: the names it calls directly, so that the call graph needs neither graphs nor arguments. */
  calls?: string[];
  /** Without a body: a parameter decides what the function does: a call of it may do less than its callees can. */
  selects?: boolean;
  /** Without a body: names that are called only where a macro says so that is no configuration symbol, or at once what is put off otherwise. */
  armed?: string[];
  /** Without a body: the one `switch` by a member of what it is given, and the constants under which it calls what it calls in such arms only. */
  cases?: { index: number; field: string; calls: [name: string, labels: string[]][] };
  /** Present for functions that can matter (see syntax/why), and for those that hand a function of their file to a call. */
  body?: Body;
}

/**
 * A function's name put where it may be called from: a field of an initialised structure, one assignment `x->op = fn` / `x.op = fn` inside a
 * function, an argument of a macro at file scope (`module_init(fn)`, `DECLARE_WORK(w, fn)`), or (no struct, no field) what seems to be a
 * function of another file among a call's arguments.
 */
export interface OpsEntry {
  struct: string; // 'net_device_ops', '' when not known
  field: string; // '' for a position without name; the macro's name for a file-scope macro
  fn: string;
  line: number; // absolute, 1-based
  variable?: string;
  /** Where `struct` is not known: the structure that the assignment begins with and the members that lead from it (`led->cdev.set = fn`: led's, cdev). */
  within?: string[];
}

/**
 * A struct or union definition: the fields that matter to lock classes and to types of expressions (scalars and pointers to them are left
 * out, but for those that say whether it may sleep). `typedef struct a { } b;` is found under both names.
 */
export interface StructFacts {
  name: string;
  line: number;
  fields: Record<string, string>; // field to type text; anonymous inner structs and unions are flattened
}

/** A prototype that carries something: a gfp_t parameter, an annotation, or an attribute. */
export interface PrototypeFacts {
  name: string;
  line: number;
  returns: string;
  params: Param[];
  marks: Mark[];
}

/** An object-like macro or enumerator whose value can matter (gfp tokens, sizes, orders, counts), or that is another name of a function. */
export interface ConstantFacts {
  name: string;
  line: number;
  value: Expr;
}

/** A file-scope variable that matters: a lock, a pool, a cache, a work item, a timer (`DEFINE_SPINLOCK(x)`, `static struct mutex y`). */
export interface GlobalFacts {
  name: string;
  line: number;
  type: string; // 'spinlock_t', 'struct mutex', 'mempool_t *'
  static: boolean;
  init?: Expr; // ['call', 'DECLARE_WORK', 'name', 'fn'] and the like
}

export interface FileFacts {
  schema: typeof FACTS_SCHEMA;
  path: string; // relative to the tree root, '/' separators
  bytes: number;
  functions: FunctionFacts[];
  ops: OpsEntry[];
  structs: StructFacts[];
  prototypes: PrototypeFacts[];
  constants: ConstantFacts[];
  globals: GlobalFacts[];
  /** functions: bodies the scanner found; parsed: those with a CST; damaged: those whose CST has an error. */
  parse: { functions: number; parsed: number; damaged: number };
}
