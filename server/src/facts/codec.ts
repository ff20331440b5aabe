/**
 * Facts as text, for the way between threads and for the cache: a head with everything but the graphs, then each function's graph.
 * Reading the text back leaves the graphs as they are until somebody asks for one: a tree's graphs fill gigabytes as objects, and
 * each is looked at once or twice.
 */
import {
  FACTS_SCHEMA,
  type Body,
  type FileFacts,
  type FunctionFacts,
  type OpsEntry,
  type Param,
  type PlainArgument,
  type StructFacts,
} from './model.js';
import { packBody, unpackBody } from './pack.js';

/** Between the head and the graphs; JSON text never holds a raw control character. */
const SEPARATOR = '\x1e';

/** Text of a file's facts, without line breaks. The graphs follow the head, so that they can be kept without it. */
export function encodeFacts(facts: FileFacts): string {
  const bodies: string[] = [];
  const functions = facts.functions.map((f) => {
    const { body, callees, calls, ...rest } = f;
    if (!body) return { ...rest, callees: callees && packCallees(callees) };
    return { ...rest, calls: (calls ?? calledNames(body)).join('\t'), graph: bodies.push(packBody(body)) };
  });
  const structs = facts.structs.map(({ name, line, fields }): PackedStruct => [name, line, packFields(fields)]);
  return [JSON.stringify({ ...facts, structs, functions }), ...bodies].join(SEPARATOR);
}

/**
 * @param shared makes equal strings and parameters of many files one
 * @returns null when the text is not what encodeFacts of this version writes
 */
export function decodeFacts(text: string, shared = new SharedFacts()): FileFacts | null {
  const at = text.indexOf(SEPARATOR);
  const parts = [at < 0 ? text : text.slice(0, at), ...(at < 0 ? [] : ownCopy(text.slice(at + 1)).split(SEPARATOR))];
  let head: Omit<FileFacts, 'structs' | 'functions'> & { structs: PackedStruct[]; functions: PackedFunction[] };
  try {
    head = JSON.parse(parts[0]!) as typeof head;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (head.schema !== FACTS_SCHEMA) return null;
  const functions: FunctionFacts[] = [];
  for (const f of head.functions) {
    shared.function(f);
    const graph = f.graph === undefined ? undefined : parts[f.graph];
    if (f.graph === undefined) functions.push(new LightFunction(f));
    else if (graph === undefined) return null;
    else functions.push(new FrozenFunction(f, graph));
  }
  shared.operations(head.ops);
  return { ...head, functions, structs: head.structs.map((packed) => new FrozenStruct(...packed)) };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** A piece of a text that does not keep the whole of it in memory, as slices do. */
const ownCopy = (piece: string): string => decoder.decode(encoder.encode(piece));

/** Names and types of a tree come up again and again: each is kept once, for as long as files are being read. */
export class SharedFacts {
  private readonly texts = new Map<string, string>();
  private readonly params = new Map<string, Param>();
  private readonly lists = new Map<string, Param[]>();

  /** Replaces what a function shares with others. */
  function(f: PackedFunction): void {
    f.name = this.text(f.name);
    f.returns = this.text(f.returns);
    f.params = f.params.length ? this.list(f.params) : NO_PARAMS;
    if (!f.marks.length) f.marks = NO_MARKS;
    if (f.arms) f.arms = f.arms.map((arm) => this.text(arm));
  }

  operations(ops: readonly OpsEntry[]): void {
    for (const op of ops) {
      op.struct = this.text(op.struct);
      op.field = this.text(op.field);
      op.fn = this.text(op.fn);
      if (op.within) op.within = op.within.map((part) => this.text(part));
    }
  }

  private text(text: string): string {
    const known = this.texts.get(text);
    if (known === undefined) this.texts.set(text, text);
    return known ?? text;
  }

  private list(params: Param[]): Param[] {
    const key = params.map(({ type, name }) => `${type}\n${name}`).join();
    let known = this.lists.get(key);
    if (!known) this.lists.set(key, (known = params.map((p) => this.param(p))));
    return known;
  }

  private param(p: Param): Param {
    const key = `${p.type}\n${p.name}`;
    let known = this.params.get(key);
    if (!known) this.params.set(key, (known = { name: this.text(p.name), type: this.text(p.type) }));
    return known;
  }
}
const NO_PARAMS: FunctionFacts['params'] = [];
const NO_MARKS: FunctionFacts['marks'] = [];

type PackedStruct = [name: string, line: number, fields: string];

/** Names and types in turn; the types of facts hold single spaces only. */
const packFields = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, type]) => `${name}\t${type}`)
    .join('\t');

/** A structure as one text: of a tree's structures few are ever asked about, and as objects no two of them have one shape. */
class FrozenStruct implements StructFacts {
  constructor(
    readonly name: string,
    public line: number,
    private readonly packed: string,
  ) {}

  get fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    const parts = this.packed.split('\t');
    for (let i = 0; i + 1 < parts.length; i += 2) fields[parts[i]!] = parts[i + 1]!;
    return fields;
  }

  toJSON(): StructFacts {
    return { name: this.name, line: this.line, fields: this.fields };
  }
}

type Callee = NonNullable<FunctionFacts['callees']>[number];

/** A function as it stands in the head: what it calls is one text, its graph a number. */
type PackedFunction = Omit<FunctionFacts, 'body' | 'callees' | 'calls'> & { callees?: string; calls?: string; graph?: number };

/** Name, line and, where they are known, arguments as JSON; one space between, a tab between calls. */
const packCallees = (callees: readonly Callee[]): string =>
  callees.map(([name, line, args]) => `${name} ${line}${args ? ` ${JSON.stringify(args)}` : ''}`).join('\t');

function unpackCallee(text: string): Callee {
  const after = text.indexOf(' ');
  const args = text.indexOf(' ', after + 1);
  const name = text.slice(0, after);
  if (args < 0) return [name, Number(text.slice(after + 1))];
  return [name, Number(text.slice(after + 1, args)), JSON.parse(text.slice(args + 1)) as PlainArgument[]];
}

/** Does the function have a graph? Asking for `body` itself would thaw it. */
export const hasBody = (f: FunctionFacts): boolean => f instanceof FrozenFunction || f.body !== undefined;

/** Names that a graph calls directly, each once. */
export function calledNames(body: Body): string[] {
  const names = new Set<string>();
  for (const block of body.blocks) {
    for (const ev of block.ev) if (ev.k === 'call' && typeof ev.fn === 'string') names.add(ev.fn);
  }
  return [...names];
}

/** Graphs kept thawed: those of the functions at hand. */
const KEPT = 64;
const thawed = new Map<FrozenFunction, Body>();

/** Fails to compile where a fact of functions is written and not read back. */
type Forgotten<T extends never> = T;
export type NothingForgotten =
  | Forgotten<Exclude<keyof FunctionFacts, keyof LightFunction | 'body' | 'calls'>>
  | Forgotten<Exclude<keyof FunctionFacts, keyof FrozenFunction | 'callees' | 'selects' | 'armed' | 'cases'>>;

/** What every function is known by, with a graph or without. */
abstract class Head {
  readonly name: string;
  line: number;
  readonly column: number;
  endLine: number;
  readonly static: boolean;
  readonly inline: boolean;
  readonly macro?: boolean;
  readonly returns: string;
  readonly params: FunctionFacts['params'];
  readonly marks: FunctionFacts['marks'];
  readonly arms?: string[];

  constructor(f: PackedFunction) {
    this.name = f.name;
    this.line = f.line;
    this.column = f.column;
    this.endLine = f.endLine;
    this.static = f.static;
    this.inline = f.inline;
    if (f.macro) this.macro = true;
    this.returns = f.returns;
    this.params = f.params;
    this.marks = f.marks;
    if (f.arms) this.arms = f.arms;
  }
}

/** A function without a graph. Three of four are such, and of most nobody asks more than two times what they call. */
class LightFunction extends Head implements FunctionFacts {
  readonly selects?: boolean;
  readonly armed?: string[];
  readonly cases?: NonNullable<FunctionFacts['cases']>;
  readonly #callees: string;

  constructor(f: PackedFunction) {
    super(f);
    if (f.selects) this.selects = true;
    if (f.armed) this.armed = f.armed;
    if (f.cases) this.cases = f.cases;
    this.#callees = f.callees ?? '';
  }

  get callees(): Callee[] {
    return this.#callees === '' ? [] : this.#callees.split('\t').map(unpackCallee);
  }

  /** The names alone. */
  get calls(): string[] {
    return this.#callees === '' ? [] : this.#callees.split('\t').map((callee) => callee.slice(0, callee.indexOf(' ')));
  }
}

class FrozenFunction extends Head implements FunctionFacts {
  readonly #calls: string;
  readonly #graph: string;

  constructor(f: PackedFunction, graph: string) {
    super(f);
    this.#calls = f.calls ?? '';
    this.#graph = graph;
  }

  get calls(): string[] {
    return this.#calls === '' ? [] : this.#calls.split('\t');
  }

  get body(): Body {
    let body = thawed.get(this);
    if (!body) {
      body = unpackBody(this.#graph);
      if (thawed.size >= KEPT) thawed.delete(thawed.keys().next().value!);
      thawed.set(this, body);
    }
    return body;
  }
}
