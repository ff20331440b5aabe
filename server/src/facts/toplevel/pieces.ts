import { KIND } from '../../syntax/kinds.js';
import type { KernelParser, Piece } from '../../syntax/model.js';
import { toExpr, typeText } from '../expr.js';
import type { Expr, FileFacts, GlobalFacts, OpsEntry } from '../model.js';
import { readHead, readMarks, readParams, splitArguments } from '../signature.js';
import { Lines, squeeze, Tree } from '../tree.js';
import { constantMatters, constantMayMatter, enumeratorMatters, plainNumber, readEnumerators } from './constants.js';
import { blankComments, readFields } from './fields.js';
import { definedType, GLOBAL_TYPE } from './globals.js';
import { readInitialiser } from './initialisers.js';

/** A header with more is generated from a hardware description: only its masks are kept from there on. */
export const MAX_CONSTANTS = 5000;

/** Writes the facts of a file's top level; function-like macros are left to the caller. */
export class TopLevel {
  constructor(
    private readonly text: string,
    private readonly lines: Lines,
    private readonly parser: KernelParser,
    private readonly functions: ReadonlySet<string>,
    private readonly facts: FileFacts,
  ) {}

  read(piece: Piece): void {
    switch (piece.kind) {
      case 'define':
        if (piece.params < 0) this.constant(piece);
        return;
      case 'struct':
      case 'union':
        return this.struct(piece, piece.name, piece.open + 1, piece.close - 1);
      case 'typedef':
        // `typedef struct { ... } name;`
        if (piece.open >= 0) this.typedef(piece);
        return;
      case 'enum':
        return this.enumeration(piece);
      case 'prototype':
        return this.prototype(piece);
      case 'initialiser':
        return this.initialiser(piece);
      case 'variable':
        return this.variable(piece);
      case 'invocation':
        return this.invocation(piece);
    }
  }

  private line(at: number): number {
    return this.lines.lineOf(at) + 1;
  }

  private struct(piece: Piece, name: string, from: number, to: number): void {
    if (name === '' || to <= from) return;
    this.fields(name, this.text.slice(from, to), from, piece.start);
  }

  /** `typedef struct tag { ... } name;`: found by either name. */
  private typedef(piece: Piece): void {
    const head = blankComments(this.text.slice(piece.start, piece.open));
    const tag = /\b(?:struct|union)\b(?:\s+__\w+(?:\([^)]*\))?)*\s*(\w*)\s*$/.exec(head)?.[1];
    if (tag === undefined) return;
    if (tag !== '') this.struct(piece, tag, piece.open + 1, piece.close - 1);
    if (piece.name !== tag) this.struct(piece, piece.name, piece.open + 1, piece.close - 1);
  }

  private fields(name: string, body: string, from: number, at: number): void {
    const fields: Record<string, string> = Object.create(null) as Record<string, string>;
    readFields(body, fields, (tag, inside, offset) => this.fields(tag, inside, from + offset, from + offset));
    if (Object.keys(fields).length > 0) this.facts.structs.push({ name, line: this.line(at), fields: { ...fields } });
  }

  private enumeration(piece: Piece): void {
    if (piece.open < 0) return;
    const body = this.text.slice(piece.open + 1, piece.close - 1);
    if (!/GFP|ORDER|PAGES|RETR/.test(body)) return;
    let last: number | undefined = -1;
    for (const { name, at, value } of readEnumerators(body)) {
      const plain: number | undefined = value === '' ? (last === undefined ? undefined : last + 1) : plainNumber(value);
      last = plain;
      if (!enumeratorMatters(name)) continue;
      const expr = plain ?? (value === '' ? undefined : this.expression(value));
      if (expr !== undefined) this.facts.constants.push({ name, line: this.line(piece.open + 1 + at), value: expr });
    }
  }

  private constant(piece: Piece): void {
    const raw = this.text.slice(piece.open, piece.close);
    if (!constantMayMatter(piece.name, raw)) return;
    const value = blankComments(raw.replace(/\\(\r?\n)/g, ' $1'));
    const trimmed = value.trim();
    const push = (expr: Expr): void => {
      if (this.facts.constants.length >= MAX_CONSTANTS && !/GFP/.test(trimmed)) return;
      this.facts.constants.push({ name: piece.name, line: this.line(piece.start), value: expr });
    };
    // Another name of a function or variable.
    if (/^[a-z_]\w*$/.test(trimmed) && /^[a-z_]/.test(piece.name)) {
      if (
        trimmed !== piece.name &&
        !/^(?:__attribute\w*|inline|__inline\w*|extern|static|const|struct|int|long|unsigned|void|char|volatile|do|while|for)$/.test(
          trimmed,
        )
      )
        push(trimmed);
      return;
    }
    if (!constantMatters(piece.name, value)) return;
    const number = plainNumber(value);
    const expr = number ?? this.expression(trimmed);
    if (expr !== undefined && !(typeof expr === 'object' && expr[0] === 'opaque')) push(expr);
  }

  /** A value written as text, reduced; undefined when it is no expression. */
  private expression(value: string): Expr | undefined {
    const prefix = 'void f(){return ';
    const ast = this.parser.parse(`${prefix}${value};}`);
    const tree = new Tree(ast, new Lines(''), 0);
    if (ast.damaged(0)) return undefined;
    for (let at = 0; at < ast.count; at++) {
      if (tree.kind[at] !== KIND.return_statement) continue;
      const inside = tree.inner(at);
      return inside < 0 ? undefined : toExpr(tree, inside, true);
    }
    return undefined;
  }

  private prototype(piece: Piece): void {
    const head = readHead(this.text.slice(piece.start, piece.nameAt));
    const marks = readMarks(this.text.slice(piece.start, piece.nameAt) + this.text.slice(piece.close, piece.end));
    const params = readParams(this.text.slice(piece.open + 1, piece.close - 1));
    this.facts.prototypes.push({ name: piece.name, line: this.line(piece.start), returns: head.returns, params, marks });
  }

  private initialiser(piece: Piece): void {
    const head = blankComments(this.text.slice(piece.start, piece.open));
    const isArray = /\[[^\]]*\]\s*(?:__\w+(?:\([^)]*\))?\s*)*=\s*$/.test(head);
    // `int (*const steps[])(void) = { one, two };`
    const table = /\(\s*\*\s*(?:const\s+)?(\w+)\s*\[[^\]]*\]\s*\)\s*\(/.exec(head)?.[1];
    for (const { struct, field, fn, at } of readInitialiser(this.text.slice(piece.open, piece.close), piece.tag, isArray, this.functions)) {
      const entry: OpsEntry = { struct, field, fn, line: this.line(piece.open + at) };
      if (table !== undefined) entry.variable = table;
      else if (piece.name !== '') entry.variable = piece.name;
      this.facts.ops.push(entry);
    }
    this.variable(piece);
  }

  private variable(piece: Piece): void {
    if (piece.name === '' || piece.nameAt < 0) return;
    const raw = this.text.slice(piece.start, piece.nameAt);
    if (raw.length > 200 || !GLOBAL_TYPE.test(raw)) return;
    const head = readHead(raw);
    if (!GLOBAL_TYPE.test(head.returns)) return;
    const after = /^\s*\[/.test(this.text.slice(piece.nameAt + piece.name.length, piece.nameAt + piece.name.length + 40));
    this.facts.globals.push({
      name: piece.name,
      line: this.line(piece.start),
      type: head.returns + (after ? ' []' : ''),
      static: head.static,
    });
  }

  /** A macro at file scope: what it defines, and the functions of this file that it is given. */
  private invocation(piece: Piece): void {
    const macro = piece.name;
    if (/^(?:EXPORT_|MODULE_|module_param|MODULE|__setup$|early_param$|core_param)/.test(macro) && !/param_cb/.test(macro)) return;
    const args = splitArguments(blankComments(this.text.slice(piece.open + 1, piece.close - 1))).map((arg) => arg.trim());
    const first = args[0] ?? '';
    const type = definedType(macro);
    const perCpu = /PER_CPU/.test(macro);
    if (type !== undefined && (perCpu ? GLOBAL_TYPE.test(first) : true)) {
      const name = perCpu ? (args[1] ?? '') : first;
      if (/^\w+$/.test(name)) {
        const global: GlobalFacts = {
          name,
          line: this.line(piece.start),
          type: perCpu ? typeText(first) : type,
          static: /\bstatic\b/.test(this.text.slice(piece.start, piece.nameAt)),
        };
        if (!perCpu)
          global.init = [
            'call',
            macro,
            ...args.map((arg): Expr => (/^[A-Za-z_]\w*$/.test(arg) ? arg : (plainNumber(arg) ?? ['opaque', squeeze(arg)]))),
          ];
        this.facts.globals.push(global);
      }
    }
    for (const arg of args) {
      const name = /^&?\s*(\w+)$/.exec(arg)?.[1];
      if (name !== undefined && this.functions.has(name)) {
        const entry: OpsEntry = { struct: '', field: macro, fn: name, line: this.line(piece.start) };
        if (/^\w+$/.test(first) && first !== name) entry.variable = first;
        this.facts.ops.push(entry);
      }
    }
  }
}
