/**
 * Facts of a text that changes: every construct of a file (a function, a piece of file scope) keeps the facts that its own text gave, so
 * that an edit costs the construct it stands in. Lines stand in a space of their own, in which each construct keeps its place whatever
 * is inserted above it (see `FarLines`); facts, and all that is concluded from them, thus stay as they are.
 */
import type { FunctionSpan, KernelParser, Piece } from '../syntax/model.js';
import { scanFile } from '../syntax/scan.js';
import { extractConstruct, extractFile, isFunction } from './extract.js';
import type { FarLines, FarPlace } from './far-lines.js';
import { FACTS_SCHEMA, type FileFacts, type FunctionFacts } from './model.js';
import { MAX_CONSTANTS } from './toplevel/pieces.js';
import { Lines } from './tree.js';

type Construct = FunctionSpan | Piece;

interface Unit {
  /** From the beginning of its first line to its end. */
  text: string;
  /** What else of the scan its facts come from: positions within the text, kind, name, #if arms, kernel-doc. */
  shape: string;
  facts: FileFacts;
  place: FarPlace;
}

export interface Update {
  /** Functions whose facts are new: edited, added, or read anew since a name they use has come or gone. */
  changed: FunctionFacts[];
  /** Something besides graphs of functions is other than before: a head, a name, a structure, a constant. */
  surroundings: boolean;
  /** Facts are other objects than before, on other far lines, be they equal or not. */
  replaced: boolean;
  /** A construct stands on another line. */
  moved: boolean;
}

/** The facts of one open file. Its FileFacts object stays the same one for good and always holds the newest facts. */
export class LiveFacts {
  readonly facts: FileFacts;
  private text: string | undefined;
  private units: Unit[] = [];
  private names: ReadonlySet<string> = new Set();

  constructor(
    readonly path: string,
    private readonly parser: KernelParser,
    private readonly far: FarLines,
  ) {
    this.facts = emptyFacts(path);
  }

  /** Takes over a new text; what the scan finds unchanged keeps its facts. */
  update(text: string): Update {
    if (text === this.text) return { changed: [], surroundings: false, replaced: false, moved: false };
    const first = this.text === undefined;
    this.text = text;
    const { functions, pieces } = scanFile(text);
    const names = new Set(functions.map((span) => span.name));
    const moved = difference(names, this.names);
    const known = new Map<string, Unit[]>();
    for (const unit of this.units) {
      const list = known.get(unit.text);
      if (list) list.push(unit);
      else known.set(unit.text, [unit]);
    }
    const lines = new Lines(text);
    let shifted = false;
    const fresh: Unit[] = [];
    this.units = [...functions, ...pieces].map((construct) => {
      const start = text.lastIndexOf('\n', construct.start - 1) + 1;
      const end = isFunction(construct) ? construct.close : construct.end;
      // With its line's end: a macro's last token reaches there.
      const own = text.slice(start, text[end] === '\n' ? end + 1 : end);
      const shape = shapeOf(construct, start);
      const line = lines.lineOf(start) + 1;
      const list = known.get(own);
      const at = list?.findIndex((unit) => unit.shape === shape) ?? -1;
      const [old] = at < 0 ? [] : list!.splice(at, 1);
      if (old && !moved.some((name) => own.includes(name))) {
        if (old.place.line !== line) shifted = true;
        old.place.line = line;
        return old;
      }
      if (old) old.place.line = 0;
      const unit = this.read(own, shape, construct, start, line, names);
      fresh.push(unit);
      return unit;
    });
    const gone = [...known.values()].flat();
    for (const unit of gone) unit.place.line = 0;
    this.names = names;
    this.collect(text);
    const changed = fresh.flatMap((unit) => unit.facts.functions);
    const rest = (units: readonly Unit[]): string => units.map((unit) => surroundingsOf(unit.facts)).join('\n');
    return {
      changed,
      surroundings: first || moved.length > 0 || rest(fresh) !== rest(gone),
      replaced: first || fresh.length > 0 || gone.length > 0,
      moved: shifted,
    };
  }

  /** Facts that this file would have with another text, on that text's own lines; only what differs is read. */
  tried(text: string): FileFacts {
    const { far, moved } = this.far.copy();
    const fork = new LiveFacts(this.path, this.parser, far);
    fork.text = this.text;
    fork.names = this.names;
    fork.units = this.units.map((unit) => ({ ...unit, place: moved.get(unit.place)! }));
    fork.update(text);
    return far.settleFacts(fork.facts);
  }

  private read(text: string, shape: string, construct: Construct, start: number, line: number, names: ReadonlySet<string>): Unit {
    const facts = extractConstruct(this.path, text, moveTo(construct, -start), names, this.parser);
    let height = text.endsWith('\n') ? 0 : 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) height++;
    const place = this.far.take(line, height);
    // Lines in `text` count from 1.
    shiftLines(facts, place.from - 1);
    return { text, shape, facts, place };
  }

  /** Puts the units' facts together, in the order in which a reading of the whole file has them. */
  private collect(text: string): void {
    const { facts } = this;
    facts.bytes = text.length;
    for (const key of LISTS) facts[key] = this.units.flatMap((unit) => unit.facts[key] as never[]);
    if (facts.constants.length >= MAX_CONSTANTS) {
      // A generated header: the limit on what is kept of it counts over the whole file.
      const { constants } = extractFile(this.path, text, this.parser);
      const wanted = new Set(constants.map((c) => c.name));
      facts.constants = facts.constants.filter((c) => wanted.has(c.name));
    }
    facts.parse = { functions: 0, parsed: 0, damaged: 0 };
    for (const unit of this.units) {
      facts.parse.functions += unit.facts.parse.functions;
      facts.parse.parsed += unit.facts.parse.parsed;
      facts.parse.damaged += unit.facts.parse.damaged;
    }
  }

  /** The far line of a line of the text as it is now; 0 between constructs. */
  farLine(line: number): number {
    let best = 0;
    for (const { place } of this.units) {
      const at = line - place.line;
      // Of two constructs on one line the function: it comes first.
      if (best === 0 && at >= 0 && at < place.height) best = place.from + at;
    }
    return best;
  }

  /** Gives up the lines of all its constructs. */
  release(): void {
    for (const unit of this.units) unit.place.line = 0;
  }
}

const LISTS = ['functions', 'ops', 'structs', 'prototypes', 'constants', 'globals'] as const;

/** Facts of a file that holds nothing. */
export const emptyFacts = (path: string): FileFacts => ({
  schema: FACTS_SCHEMA,
  path,
  bytes: 0,
  functions: [],
  ops: [],
  structs: [],
  prototypes: [],
  constants: [],
  globals: [],
  parse: { functions: 0, parsed: 0, damaged: 0 },
});

/** Names that only one of two sets has. */
const difference = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [
  ...[...a].filter((name) => !b.has(name)),
  ...[...b].filter((name) => !a.has(name)),
];

/** Everything of a construct but its text. */
function shapeOf(construct: Construct, start: number): string {
  const at = (offset: number): number => (offset < 0 ? -1 : offset - start);
  if (isFunction(construct)) {
    const { name, nameAt, open, arms, doc, macro } = construct;
    return [at(construct.start), name, at(nameAt), at(open), macro, doc, ...arms].join('\0');
  }
  const { kind, name, nameAt, open, close, tag, params, arms } = construct;
  return [kind, at(construct.start), name, at(nameAt), at(open), at(close), tag, at(params), ...arms].join('\0');
}

function moveTo<T extends Construct>(construct: T, by: number): T {
  const moved = { ...construct } as Record<string, unknown>;
  for (const key of ['start', 'end', 'nameAt', 'open', 'close', 'params']) {
    const offset = moved[key];
    if (typeof offset === 'number' && offset >= 0) moved[key] = offset + by;
  }
  return moved as unknown as T;
}

function shiftLines(facts: FileFacts, by: number): void {
  for (const key of LISTS) for (const entry of facts[key]) entry.line += by;
  for (const fn of facts.functions) fn.endLine += by;
}

/** What others may know of a construct: all but graphs and lines. */
function surroundingsOf({ functions, ops, structs, prototypes, constants, globals }: FileFacts): string {
  const heads = functions.map(({ body: _body, line: _line, endLine: _endLine, callees: _callees, ...head }) => head);
  const rest = [ops, structs, prototypes, constants, globals].map((list) =>
    (list as readonly { line: number }[]).map(({ line: _line, ...entry }) => entry),
  );
  return JSON.stringify([heads, ...rest]);
}
