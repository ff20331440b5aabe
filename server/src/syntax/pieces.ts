import type { Arms } from './arms.js';
import { CLASS, IDENT_START, identifierEnd, OPEN, SPACE } from './chars.js';
import { definingGroup, type Chunk, type Group } from './chunk.js';
import type { Directive } from './directive.js';
import type { Piece, PieceKind } from './model.js';

/** Words for which a prototype is worth keeping: what its author states of gfp masks, locks and contexts. */
const SPEAKING = /gfp_t|__acquires|__releases|__must_hold|__cond_(?:acquires|lock)|__alloc_size|__malloc|__free|mempool|_context_/;

/** What stands at file scope outside functions: each construct that has ended is judged by what was seen of it. */
export class Pieces {
  readonly list: Piece[] = [];

  constructor(
    private readonly text: string,
    private readonly arms: Arms,
  ) {}

  /** The macro that the `#define` at `at` makes. */
  define(at: number, d: Directive): void {
    const { text } = this;
    let nameAt = d.argsAt;
    while (nameAt < d.end && CLASS[text.charCodeAt(nameAt)] === SPACE) nameAt++;
    if (CLASS[text.charCodeAt(nameAt)] !== IDENT_START) return;
    const nameEnd = identifierEnd(text, nameAt);
    let open = nameEnd;
    let params = -1;
    if (text.charCodeAt(nameEnd) === OPEN) {
      params = nameEnd;
      const close = text.indexOf(')', nameEnd);
      open = close < 0 || close > d.end ? d.end : close + 1;
    }
    this.list.push({
      kind: 'define',
      start: at,
      end: d.end,
      name: text.slice(nameAt, nameEnd),
      nameAt,
      open,
      close: d.end,
      tag: '',
      params,
      arms: this.arms.texts,
    });
  }

  /** `MACRO(x);` or `MACRO(x)` on a line of its own. */
  invocation(c: Chunk, group: Group, end: number): void {
    this.add(c, 'invocation', end, group.nameAt, group.nameEnd, group.open, group.close);
  }

  /** What a semicolon ended at `end`. */
  declaration(c: Chunk, end: number): void {
    const { text } = this;
    if (c.typedef) {
      this.add(c, 'typedef', end, c.variableAt, c.variableEnd, c.bodyOpen, c.bodyClose);
      return;
    }
    if (c.equals >= 0) {
      const braced = c.bodyOpen >= c.equals;
      this.add(
        c,
        braced ? 'initialiser' : 'variable',
        end,
        c.variableAt,
        c.variableEnd,
        braced ? c.bodyOpen : -1,
        braced ? c.bodyClose : -1,
      );
      return;
    }
    if (c.bodyOpen >= 0) {
      if (c.keyword !== '') this.add(c, c.keyword, end, c.tagAt, c.tagEnd, c.bodyOpen, c.bodyClose);
      if (c.variableAt > c.bodyClose) this.add(c, 'variable', end, c.variableAt, c.variableEnd, -1, -1);
      return;
    }
    const group = definingGroup(text, c);
    if (group !== undefined && group.nameAt >= 0) {
      const before = text.slice(c.start, group.nameAt);
      const invoked =
        /^(?:(?:static|extern|const)\s+)*$/.test(before) ||
        (/^[A-Z][A-Z0-9_]+$/.test(text.slice(group.nameAt, group.nameEnd)) && /^(?:\w+\s+)*$/.test(before));
      if (invoked) this.invocation(c, group, end);
      else if (end - c.start < 4000 && SPEAKING.test(text.slice(c.start, end))) {
        this.add(c, 'prototype', end, group.nameAt, group.nameEnd, group.open, group.close);
      }
      return;
    }
    if (c.groups.length > 0 && group === undefined && c.variableAt < 0) return;
    this.add(c, 'variable', end, c.variableAt, c.variableEnd, -1, -1);
  }

  private add(c: Chunk, kind: PieceKind, end: number, nameAt: number, nameEnd: number, open: number, close: number): void {
    const typed = c.keyword !== '' && kind !== 'enum' && c.tagAt >= 0;
    this.list.push({
      kind,
      start: c.start,
      end,
      name: nameAt < 0 ? '' : this.text.slice(nameAt, nameEnd),
      nameAt,
      open,
      close,
      tag: typed ? this.text.slice(c.tagAt, c.tagEnd) : '',
      params: -1,
      arms: this.arms.texts,
    });
  }
}
