import type { Block, Body, Edge, Event, Expr, LoopFacts, Pos, ResultUse } from './model.js';

/**
 * A body as compact text: every distinct name and expression once, the rest as small numbers. About a fifth of the plain JSON;
 * equal expressions come back as one object, so that a body also takes less memory than it would when parsed from JSON.
 */

/** Strings, numbers and composite expressions are told apart by the remainder. */
const STRING = 0;
const NUMBER = 1;
const COMPOSITE = 2;
const KINDS = 3;
const NONE = -1;

const USES: ResultUse[] = ['discarded', 'assigned', 'tested', 'returned', 'argument', 'other'];
const EVENTS = ['call', 'set', 'ret', 'deref'] as const;

/** What stands as JSON behind the digits of the expressions and those of the blocks. */
type Packed = [
  strings: string[],
  numbers: number[],
  /** Names and types in turn. */
  vars: string[],
  loops: LoopFacts[],
  flags: Body['flags'],
  damaged: 0 | 1,
];

/**
 * Small numbers as text: digits of five bits each in printable characters that no JSON needs to escape, low ones first, all but the last
 * marked. Read back in a loop over characters, which takes a third of the time that JSON takes for the same numbers, and half the space.
 */
const FIRST_DIGIT = 0x30;
const BITS = 5;
const MORE = 1 << BITS;
/** Between the two runs of digits and the JSON; no digit. */
const BETWEEN = ' ';

function digits(numbers: readonly number[]): string {
  let out = '';
  for (const n of numbers) {
    let rest = n < 0 ? -2 * n - 1 : 2 * n;
    for (; rest >= MORE; rest >>>= BITS) out += String.fromCharCode(FIRST_DIGIT + MORE + (rest & (MORE - 1)));
    out += String.fromCharCode(FIRST_DIGIT + rest);
  }
  return out;
}

/** Reads numbers out of a stretch of digits. */
class Digits {
  constructor(
    private readonly text: string,
    private at: number,
    private readonly end: number,
  ) {}

  get left(): boolean {
    return this.at < this.end;
  }

  next(): number {
    let value = 0;
    for (let shift = 0; ; shift += BITS) {
      if (this.at >= this.end) throw new SyntaxError('a packed body ends too early');
      const digit = this.text.charCodeAt(this.at++) - FIRST_DIGIT;
      if (digit < MORE) {
        value |= digit << shift;
        return value & 1 ? -((value + 1) >>> 1) : value >>> 1;
      }
      value |= (digit - MORE) << shift;
    }
  }
}

class Packer {
  readonly strings: string[] = [];
  readonly numbers: number[] = [];
  /** For each composite expression its length and the references of its elements. */
  readonly composites: number[] = [];
  readonly out: number[] = [];
  private readonly stringAt = new Map<string, number>();
  private readonly numberAt = new Map<number, number>();
  private readonly compositeAt = new Map<string, number>();
  private readonly objectAt = new Map<Expr, number>();
  private count = 0;
  private line = 0;

  string(text: string): number {
    let at = this.stringAt.get(text);
    if (at === undefined) this.stringAt.set(text, (at = this.strings.push(text) - 1));
    return at;
  }

  expr(expr: Expr): number {
    if (typeof expr === 'string') return this.string(expr) * KINDS + STRING;
    if (typeof expr === 'number') {
      let at = this.numberAt.get(expr);
      if (at === undefined) this.numberAt.set(expr, (at = this.numbers.push(expr) - 1));
      return at * KINDS + NUMBER;
    }
    const known = this.objectAt.get(expr);
    if (known !== undefined) return known;
    const refs = (expr as Expr[]).map((part) => this.expr(part));
    const key = refs.join();
    let at = this.compositeAt.get(key);
    if (at === undefined) {
      this.compositeAt.set(key, (at = this.count++));
      this.composites.push(refs.length, ...refs);
    }
    const ref = at * KINDS + COMPOSITE;
    this.objectAt.set(expr, ref);
    return ref;
  }

  private pos([line, column, endLine, endColumn]: Pos): void {
    this.out.push(line - this.line, column, endLine - line, endColumn);
    this.line = line;
  }

  private event(event: Event): void {
    this.out.push(EVENTS.indexOf(event.k));
    switch (event.k) {
      case 'call':
        this.out.push(this.expr(event.fn), event.to === undefined ? NONE : this.expr(event.to), USES.indexOf(event.use), event.args.length);
        for (const arg of event.args) this.out.push(this.expr(arg));
        break;
      case 'set':
        this.out.push(this.expr(event.to), this.string(event.op), this.expr(event.value));
        break;
      case 'ret':
        this.out.push(event.value === undefined ? NONE : this.expr(event.value));
        break;
      case 'deref':
        this.out.push(this.string(event.v));
    }
    this.pos(event.pos);
  }

  block(block: Block): void {
    this.out.push(block.line, block.ev.length, block.next.length);
    this.line = block.line;
    for (const event of block.ev) this.event(event);
    for (const { to, when, is } of block.next)
      this.out.push(to, when === undefined ? NONE : this.expr(when), is === undefined ? NONE : Number(is));
  }
}

/** Text of a body, without line breaks and control characters. */
export function packBody(body: Body): string {
  const packer = new Packer();
  for (const block of body.blocks) packer.block(block);
  const packed: Packed = [
    packer.strings,
    packer.numbers,
    Object.entries(body.vars).flat(),
    body.loops,
    body.flags,
    body.damaged === true ? 1 : 0,
  ];
  return [digits(packer.composites), digits(packer.out), JSON.stringify(packed)].join(BETWEEN);
}

class Unpacker {
  private readonly exprs: Expr[] = [];
  private line = 0;

  constructor(
    private readonly strings: string[],
    private readonly numbers: number[],
    composites: Digits,
    private readonly from: Digits,
  ) {
    while (composites.left) {
      const parts = new Array<Expr>(composites.next());
      for (let i = 0; i < parts.length; i++) parts[i] = this.expr(composites.next());
      this.exprs.push(parts as unknown as Expr);
    }
  }

  private next(): number {
    return this.from.next();
  }

  private expr(ref: number): Expr {
    const kind = ref % KINDS;
    const index = (ref - kind) / KINDS;
    switch (kind) {
      case STRING:
        return this.strings[index]!;
      case NUMBER:
        return this.numbers[index]!;
      default:
        return this.exprs[index]!;
    }
  }

  private pos(): Pos {
    const line = (this.line += this.next());
    const column = this.next();
    return [line, column, line + this.next(), this.next()];
  }

  private event(): Event {
    switch (EVENTS[this.next()]!) {
      case 'call': {
        const fn = this.expr(this.next());
        const to = this.next();
        const use = USES[this.next()]!;
        const args = new Array<Expr>(this.next());
        for (let i = 0; i < args.length; i++) args[i] = this.expr(this.next());
        const pos = this.pos();
        return to === NONE ? { k: 'call', fn, args, use, pos } : { k: 'call', fn, args, use, pos, to: this.expr(to) };
      }
      case 'set':
        return { k: 'set', to: this.expr(this.next()), op: this.strings[this.next()]!, value: this.expr(this.next()), pos: this.pos() };
      case 'ret': {
        const value = this.next();
        return value === NONE ? { k: 'ret', pos: this.pos() } : { k: 'ret', value: this.expr(value), pos: this.pos() };
      }
      case 'deref':
        return { k: 'deref', v: this.strings[this.next()]!, pos: this.pos() };
    }
  }

  private edge(): Edge {
    const edge: Edge = { to: this.next() };
    const when = this.next();
    const is = this.next();
    if (when !== NONE) edge.when = this.expr(when);
    if (is !== NONE) edge.is = is === 1;
    return edge;
  }

  blocks(): Block[] {
    const out: Block[] = [];
    while (this.from.left) {
      const line = this.next();
      const ev = new Array<Event>(this.next());
      const next = new Array<Edge>(this.next());
      this.line = line;
      for (let i = 0; i < ev.length; i++) ev[i] = this.event();
      for (let i = 0; i < next.length; i++) next[i] = this.edge();
      out.push({ ev, next, line });
    }
    return out;
  }
}

/** The body of packBody's text. Expressions may be shared: they must not be changed. Throws a SyntaxError on text that is no JSON. */
export function unpackBody(text: string): Body {
  const first = text.indexOf(BETWEEN);
  const second = text.indexOf(BETWEEN, first + 1);
  if (first < 0 || second < 0) throw new SyntaxError('no packed body');
  const [strings, numbers, vars, loops, flags, damaged] = JSON.parse(text.slice(second + 1)) as Packed;
  const unpacker = new Unpacker(strings, numbers, new Digits(text, 0, first), new Digits(text, first + 1, second));
  const body: Body = { vars: named(vars), blocks: unpacker.blocks(), loops, flags };
  if (damaged === 1) body.damaged = true;
  return body;
}

/** Without a prototype V8 keeps the names in a table: as members of an ordinary object every function's would make hidden classes of their own. */
function named(pairs: readonly string[]): Record<string, string> {
  const out = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < pairs.length; i += 2) out[pairs[i]!] = pairs[i + 1]!;
  return out;
}
