/** What cannot change inside a loop, and the branches that this rules out. */
import type { Body, Edge, Expr, LoopFacts } from '../../facts/model.js';
import { stepsIn } from './changes.js';
import type { CallSpot } from './walk.js';

export class Invariants {
  private readonly tests = new Map<LoopFacts, (e: Expr) => boolean>();

  constructor(
    private readonly body: Body,
    private readonly isLocal: (name: string) => boolean,
  ) {}

  /** Conditions that cannot change inside the loop: locals and constants that nothing in it writes. */
  in(loop: LoopFacts): (e: Expr) => boolean {
    const known = this.tests.get(loop);
    if (known) return known;
    const written = new Set<string>();
    for (const b of loop.blocks) {
      for (const e of this.body.blocks[b]!.ev) {
        if (e.k === 'set') written.add(baseName(e.to));
        if (e.k === 'call') {
          if (e.to !== undefined) written.add(baseName(e.to));
          for (const a of e.args) if (Array.isArray(a) && a[0] === 'u' && a[1] === '&') written.add(baseName(a[2]));
        }
      }
      for (const edge of this.body.blocks[b]!.next) if (edge.when !== undefined) for (const t of stepsIn(edge.when)) written.add(t);
    }
    const test = (e: Expr): boolean => {
      if (typeof e === 'number') return true;
      if (typeof e === 'string') return this.isLocal(e) ? !written.has(e) : /^[A-Z_][A-Z0-9_]*$/.test(e);
      switch (e[0]) {
        case 'config':
        case 'sizeof':
          return true;
        case 'cast':
          return test(e[2]);
        case 'u':
          return e[1] === '&' ? test(rootOf(e[2])) : /^[!~\-+]$/.test(e[1]) && test(e[2]);
        case 'b':
          return test(e[2]) && test(e[3]);
        case '?':
          return test(e[1]) && test(e[2]) && test(e[3]);
        case '.':
          return test(e[1]);
        case 'call':
          return (
            typeof e[1] === 'string' &&
            /^(IS_ENABLED|gfpflags_allow_blocking|likely|unlikely|gfp_has_io_fs)$/.test(e[1]) &&
            (e.slice(2) as Expr[]).every(test)
          );
        default:
          return false;
      }
    };
    this.tests.set(loop, test);
    return test;
  }

  /** Edges that an invariant condition before the call rules out: the call was reached, so the other way was taken, and is again. */
  closedEdges(loop: LoopFacts, spot: CallSpot): Set<Edge> {
    const closed = new Set<Edge>();
    // A jump back into an enclosing loop's body goes on with that loop's next item when it passes the enclosing back edge.
    for (const outer of this.body.loops) {
      if (outer === loop || outer.head === loop.head || !outer.blocks.includes(loop.head)) continue;
      for (const b of outer.back) for (const e of this.body.blocks[b]!.next) if (e.to === outer.head) closed.add(e);
    }
    const inside = new Set(loop.blocks);
    const back = new Set(loop.back);
    const invariant = this.in(loop);
    const reaches = (from: number, without: number): boolean => {
      if (from === without || !inside.has(from)) return false;
      const seen = new Set([from]);
      for (const b of seen) {
        if (b === spot.block) return true;
        for (const e of this.body.blocks[b]!.next) {
          if (inside.has(e.to) && e.to !== without && !(e.to === loop.head && back.has(b))) seen.add(e.to);
        }
      }
      return false;
    };
    for (const b of loop.blocks) {
      const edges = this.body.blocks[b]!.next.filter((e) => e.when !== undefined);
      if (b === spot.block || edges.length < 2 || !edges.every((e) => invariant(e.when!))) continue;
      if (b !== loop.head && reaches(loop.head, b)) continue;
      const leading = edges.filter((e) => reaches(e.to, b));
      if (leading.length) for (const e of edges) if (!leading.includes(e)) closed.add(e);
    }
    return closed;
  }
}

const rootOf = (e: Expr): Expr => (Array.isArray(e) && (e[0] === '->' || e[0] === '.' || e[0] === '[]') ? rootOf(e[1]) : e);
const baseName = (e: Expr): string => {
  if (Array.isArray(e) && (e[0] === '->' || (e[0] === 'u' && e[1] === '*'))) return '';
  const r = Array.isArray(e) && (e[0] === '.' || e[0] === '[]') ? baseName(e[1]) : e;
  return typeof r === 'string' ? r : '';
};
