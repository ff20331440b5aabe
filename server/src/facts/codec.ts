/**
 * Facts as text, for the way between threads and for the cache: a head with everything but the graphs, then each function's graph.
 * Reading the text back leaves the graphs as they are until somebody asks for one: a tree's graphs fill gigabytes as objects, and
 * each is looked at once or twice.
 */
import { FACTS_SCHEMA, type Body, type FileFacts, type FunctionFacts } from './model.js';
import { packBody, unpackBody } from './pack.js';

/** Between the head and the graphs; JSON text never holds a raw control character. */
const SEPARATOR = '\x1e';

/** Text of a file's facts, without line breaks. */
export function encodeFacts(facts: FileFacts): string {
  const bodies: string[] = [];
  const functions = facts.functions.map((f) => {
    if (!f.body) return f;
    const { body, ...rest } = f;
    return { ...rest, calls: f.calls ?? calledNames(body), graph: bodies.push(packBody(body)) };
  });
  return [JSON.stringify({ ...facts, functions }), ...bodies].join(SEPARATOR);
}

/** @returns null when the text is not what encodeFacts of this version writes */
export function decodeFacts(text: string): FileFacts | null {
  const parts = text.split(SEPARATOR);
  let head: FileFacts;
  try {
    head = JSON.parse(parts[0]!) as FileFacts;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (head.schema !== FACTS_SCHEMA) return null;
  for (const [i, f] of head.functions.entries()) {
    const at = (f as FunctionFacts & { graph?: number }).graph;
    if (at === undefined) continue;
    const graph = parts[at];
    if (graph === undefined) return null;
    head.functions[i] = new FrozenFunction(f, graph);
  }
  return head;
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

class FrozenFunction implements FunctionFacts {
  name: string;
  line: number;
  column: number;
  endLine: number;
  static: boolean;
  inline: boolean;
  macro?: boolean;
  returns: string;
  params: FunctionFacts['params'];
  marks: FunctionFacts['marks'];
  arms?: string[];
  calls: string[];

  constructor(
    f: FunctionFacts,
    private readonly graph: string,
  ) {
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
    this.calls = f.calls ?? [];
  }

  get body(): Body {
    let body = thawed.get(this);
    if (!body) {
      body = unpackBody(this.graph);
      if (thawed.size >= KEPT) thawed.delete(thawed.keys().next().value!);
      thawed.set(this, body);
    }
    return body;
  }
}
