import { surveyFunction } from '../syntax/callees.js';
import { decodeSource } from '../syntax/decode.js';
import { KIND } from '../syntax/kinds.js';
import { scanFile } from '../syntax/scan.js';
import type { FunctionSpan, KernelParser, Piece } from '../syntax/model.js';
import { buildBody } from './body.js';
import { FACTS_SCHEMA, type Body, type FileFacts, type FunctionFacts } from './model.js';
import { addPlainArguments } from './plain.js';
import { closingParen, contextOfDoc, readHead, readMarks, readPairs, readParams } from './signature.js';
import { prepareBody } from './slice.js';
import { resolveStandIns } from './standins.js';
import { macroParams, readableMacro } from './toplevel/macros.js';
import { TopLevel } from './toplevel/pieces.js';
import { Lines, Tree } from './tree.js';
import { casesIn } from './cases.js';
import { armedIn, declaredIn, putOffIn, selectsByParameter, usesOf } from './uses.js';

export interface ExtractOptions {
  /** Parse every function, not only those that can matter: for the count of damaged bodies. */
  all?: boolean;
}

/** Stands in front of a body so that it can be parsed without its signature. */
const PREFIX = 'void f()';

/**
 * Facts of one file. `bytes` is decoded as the syntax layer does; a string is taken as already decoded. Never throws on bad C.
 * `path` is relative to the tree root, with '/' separators.
 */
export function extractFile(path: string, bytes: Uint8Array | string, parser: KernelParser, options: ExtractOptions = {}): FileFacts {
  return new FileExtractor(path, bytes, parser, options.all === true).run();
}

/**
 * Facts of one construct of a file alone: a function, or a piece of file scope, as `scanFile` found it in `text`. What they hold stands in
 * the order in which `extractFile` would write it; lines count in `text`. `names` are the functions of the whole file.
 */
export function extractConstruct(
  path: string,
  text: string,
  construct: FunctionSpan | Piece,
  names: ReadonlySet<string>,
  parser: KernelParser,
  options: ExtractOptions = {},
): FileFacts {
  return new FileExtractor(path, text, parser, options.all === true).construct(construct, names);
}

/** In a file's facts the functions that macros define come after the others. */
export const isFunction = (construct: FunctionSpan | Piece): construct is FunctionSpan => !('kind' in construct);

class FileExtractor {
  private readonly text: string;
  private readonly lines: Lines;
  private readonly facts: FileFacts;
  /** The tree of the body just built had no error. */
  private readable = true;

  constructor(
    path: string,
    bytes: Uint8Array | string,
    private readonly parser: KernelParser,
    private readonly all: boolean,
  ) {
    this.text = typeof bytes === 'string' ? bytes : decodeSource(bytes);
    this.lines = new Lines(this.text);
    this.facts = {
      schema: FACTS_SCHEMA,
      path,
      bytes: bytes.length,
      functions: [],
      ops: [],
      structs: [],
      prototypes: [],
      constants: [],
      globals: [],
      parse: { functions: 0, parsed: 0, damaged: 0 },
    };
  }

  run(): FileFacts {
    const { functions, pieces } = scanFile(this.text);
    const names = new Set(functions.map((span) => span.name));
    for (const span of functions) this.function(span, names);
    const top = new TopLevel(this.text, this.lines, this.parser, names, this.facts);
    for (const piece of pieces) this.piece(piece, top);
    return this.facts;
  }

  construct(construct: FunctionSpan | Piece, names: ReadonlySet<string>): FileFacts {
    if (isFunction(construct)) this.function(construct, names);
    else this.piece(construct, new TopLevel(this.text, this.lines, this.parser, names, this.facts));
    return this.facts;
  }

  private piece(piece: Piece, top: TopLevel): void {
    if (piece.kind === 'define' && piece.params >= 0) this.macro(piece);
    else top.read(piece);
  }

  private function(span: FunctionSpan, names: ReadonlySet<string>): void {
    const { text, facts } = this;
    const fn = functionHead(text, this.lines, span);
    facts.parse.functions++;
    const typeOf = (variable: string): string =>
      fn.params.find((param) => param.name === variable)?.type ?? declaredIn(text, span, variable);
    const survey = surveyFunction(text, span.open, span.close);
    const uses = usesOf(survey.uses, text, span, this.lines, names, fn.params, typeOf);
    const relevant = this.all || survey.why !== 0 || uses.registers || text.slice(span.start, span.open).includes('gfp');
    const body = relevant ? this.body(text, span, this.lines.lineOf(span.start)) : undefined;
    // What a graph hands to calls stands in its events.
    for (const entry of uses.ops) if (!body || entry.field !== '') facts.ops.push(entry);
    if (body) {
      resolveStandIns(body, fn.params);
      facts.parse.parsed++;
      if (!this.readable) facts.parse.damaged++;
      fn.body = body;
    } else {
      fn.callees = uses.callees;
      addPlainArguments(fn, text, span, survey.uses);
      if (selectsByParameter(text.slice(span.open, span.close), fn.params)) fn.selects = true;
      const armed = [...armedIn(text, span, survey.uses), ...putOffIn(text.slice(span.open, span.close))];
      if (armed.length > 0) fn.armed = armed;
      const cases = casesIn(text, span, survey.uses, fn.params);
      if (cases) fn.cases = cases;
    }
    facts.functions.push(fn);
  }

  /** `file` is the text that `span` counts in; `shift` leads from there to the real file. */
  private body(file: string, span: FunctionSpan, line: number, shift = 0): Body {
    const slice = prepareBody(file, span, shift);
    const ast = this.parser.parse(PREFIX + slice.text, span.open - PREFIX.length + shift);
    const tree = new Tree(ast, this.lines, line);
    const root = rootOf(tree);
    this.readable = !ast.damaged(root);
    return buildBody(tree, root, slice.side, file.slice(span.open, span.close));
  }

  /** A function-like macro as a function: positions are those of its own lines. */
  private macro(piece: Piece): void {
    const replacement = this.text.slice(piece.open, piece.close);
    if (!replacement.includes('(')) return;
    const params = macroParams(this.text.slice(piece.params + 1, Math.max(piece.params + 1, piece.open - 1)));
    const survey = surveyFunction(replacement, 0, replacement.length);
    const uses = survey.uses.filter(
      ({ how, name, at }) =>
        how === 'call' && name !== piece.name && !params.includes(name) && !/##\s*$/.test(replacement.slice(Math.max(0, at - 8), at)),
    );
    if (uses.length === 0 && !replacement.includes('GFP_')) return;
    const line = this.lines.lineOf(piece.start);
    const fn: FunctionFacts = {
      name: piece.name,
      line: line + 1,
      column: this.lines.columnOf(piece.nameAt),
      endLine: this.lines.lineOf(Math.max(piece.start, piece.close - 1)) + 1,
      static: true,
      inline: true,
      macro: true,
      returns: '',
      params: params.map((name) => ({ name, type: '' })),
      marks: [],
    };
    if (piece.arms.length > 0) fn.arms = piece.arms;
    const readable = survey.why !== 0 ? readableMacro(replacement) : undefined;
    if (readable) {
      const head = `${PREFIX}{${readable.expression ? 'return ' : ''}`;
      const file = `${head}${readable.text};}`;
      const span: FunctionSpan = { name: 'f', start: 0, nameAt: 5, open: PREFIX.length, close: file.length, arms: [], doc: '' };
      fn.body = this.body(file, span, line, piece.open - head.length);
    } else {
      const seen = new Set<string>();
      fn.callees = [];
      for (const { name, at } of uses) {
        if (seen.has(name)) continue;
        seen.add(name);
        fn.callees.push([name, this.lines.lineOf(piece.open + at) - line]);
      }
    }
    this.facts.functions.push(fn);
  }
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
    endLine: lines.lineOf(Math.max(span.start, span.close - 1)) + 1,
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

/** The body's compound statement; the whole tree where damage hides it. */
function rootOf(tree: Tree): number {
  for (let at = 0; at < Math.min(tree.ast.count, 64); at++) {
    if (tree.kind[at] === KIND.compound_statement && tree.start[at] === PREFIX.length) return at;
  }
  return 0;
}
