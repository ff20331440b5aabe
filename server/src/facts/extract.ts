import { decodeSource } from '../syntax/decode.js';
import { KIND } from '../syntax/kinds.js';
import { scanFile } from '../syntax/scan.js';
import type { FunctionSpan, KernelParser } from '../syntax/model.js';
import { buildBody } from './body.js';
import { FACTS_SCHEMA, type Body, type FileFacts, type FunctionFacts } from './model.js';
import { closingParen, contextOfDoc, readHead, readMarks, readPairs, readParams } from './signature.js';
import { prepareBody } from './slice.js';
import { Lines, Tree } from './tree.js';

export interface ExtractOptions {
  /** Parse every function, not only those that can matter: for the count of damaged bodies. */
  all?: boolean;
}

/** Stands in front of a body so that it can be parsed without its signature. */
const PREFIX = 'void f()';

/**
 * Facts of one file. `bytes` is decoded as UTF-8, an invalid byte becoming one U+FFFD. Never throws on bad C.
 * `path` is relative to the tree root, with '/' separators.
 */
export function extractFile(path: string, bytes: Uint8Array | string, parser: KernelParser, options: ExtractOptions = {}): FileFacts {
  const text = typeof bytes === 'string' ? bytes : decodeSource(bytes);
  const facts: FileFacts = {
    schema: FACTS_SCHEMA, path, bytes: bytes.length, functions: [], ops: [], structs: [], prototypes: [], constants: [], globals: [],
    parse: { functions: 0, parsed: 0, damaged: 0 },
  };
  const lines = new Lines(text);
  const { functions } = scanFile(text);
  for (const span of functions) {
    facts.parse.functions++;
    const fn = functionHead(text, lines, span);
    const body = bodyOf(text, lines, span, parser);
    facts.parse.parsed++;
    if (body.damaged) facts.parse.damaged++;
    fn.body = body;
    facts.functions.push(fn);
  }
  void options;
  return facts;
}

function functionHead(text: string, lines: Lines, span: FunctionSpan): FunctionFacts {
  const line = lines.lineOf(span.start);
  const nameEnd = span.nameAt + span.name.length;
  const open = text.indexOf('(', span.macro === undefined ? nameEnd : span.start);
  const close = open < 0 || open > span.open ? -1 : closingParen(text.slice(0, span.open), open);
  const inside = close < 0 ? '' : text.slice(open + 1, close);
  const head = readHead(text.slice(span.start, span.nameAt));
  const fn: FunctionFacts = {
    name: span.name,
    line: line + 1,
    column: lines.columnOf(span.nameAt),
    endLine: lines.lineOf(span.close) + 1,
    static: head.static,
    inline: head.inline,
    returns: span.macro === undefined ? head.returns : '',
    params: span.macro === undefined ? readParams(inside) : readPairs(inside, 1),
    marks: readMarks(text.slice(span.start, span.nameAt) + (close < 0 ? '' : text.slice(close + 1, span.open))),
  };
  if (span.doc !== '') {
    const context = contextOfDoc(span.doc);
    if (context !== '') fn.marks.push({ kind: 'context', text: context });
  }
  if (span.arms.length > 0) fn.arms = span.arms;
  return fn;
}

function bodyOf(text: string, lines: Lines, span: FunctionSpan, parser: KernelParser): Body {
  const slice = prepareBody(text, span);
  const ast = parser.parse(PREFIX + slice.text, span.open - PREFIX.length);
  const tree = new Tree(ast, lines, lines.lineOf(span.start));
  return buildBody(tree, rootOf(tree), slice.side, text.slice(span.open, span.close));
}

/** The body's compound statement; the whole tree where damage hides it. */
function rootOf(tree: Tree): number {
  for (let at = 0; at < Math.min(tree.ast.count, 64); at++) {
    if (tree.kind[at] === KIND.compound_statement && tree.start[at] === PREFIX.length) return at;
  }
  return 0;
}
