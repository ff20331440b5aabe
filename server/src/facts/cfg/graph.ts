import type { Block, Edge, Event, Expr } from '../model.js';

/** An edge that does not lead anywhere yet. */
export interface Loose {
  from: number;
  edge: Edge;
}

/** The two ways out of a condition. */
export interface Outcome {
  yes: Loose[];
  no: Loose[];
}

export const ENTRY = 0;
export const EXIT = 1;

/**
 * Blocks under construction. Control flow is at one place at a time: in an open block, or on loose edges that the next event
 * or label will tie to a new block, or nowhere (dead code). Blocks are only made when something stands in them.
 */
export class Graph {
  readonly blocks: Block[] = [
    { ev: [], next: [], line: 0 },
    { ev: [], next: [], line: 0 },
  ];
  /** Blocks that must stay apart: loop heads and targets of backward gotos. */
  readonly pinned = new Set<number>();
  private current = ENTRY;
  private pending: Loose[] = [];
  /** Locals whose first dereference in the open block is already written. */
  private derefs = new Set<string>();

  /** False in code that nothing reaches. */
  get reachable(): boolean {
    return this.current >= 0 || this.pending.length > 0;
  }

  /** The block that the next event goes to. */
  here(line: number): number {
    return this.current >= 0 ? this.current : this.open(line);
  }

  private open(line: number): number {
    const block = this.blocks.length;
    this.blocks.push({ ev: [], next: [], line });
    for (const { edge } of this.pending) edge.to = block;
    this.pending = [];
    this.current = block;
    if (this.derefs.size > 0) this.derefs = new Set();
    return block;
  }

  /** Starts a block of its own, for a label or a loop head. */
  label(line: number): number {
    const edges = this.suspend();
    this.pending = edges;
    const block = this.open(line);
    return block;
  }

  emit(event: Event): void {
    this.blocks[this.here(event.pos[0])]!.ev.push(event);
    if (event.k === 'set' && typeof event.to === 'string') this.derefs.delete(event.to);
  }

  /** True when this is the first dereference of `variable` in the open block since it was set. */
  firstDeref(variable: string, line: number): boolean {
    this.here(line);
    if (this.derefs.has(variable)) return false;
    this.derefs.add(variable);
    return true;
  }

  /** Takes the flow away from here: the loose edges that carry it. */
  suspend(): Loose[] {
    const edges = this.pending;
    this.pending = [];
    if (this.current >= 0) {
      const edge: Edge = { to: -1 };
      this.blocks[this.current]!.next.push(edge);
      edges.push({ from: this.current, edge });
      this.current = -1;
    }
    return edges;
  }

  /** Lets the flow of these edges go on here, beside what flows here already. */
  resume(edges: Loose[]): void {
    if (edges.length === 0) return;
    if (this.current >= 0) this.pending = this.suspend();
    if (this.pending.length === 0) this.pending = edges;
    else for (const edge of edges) this.pending.push(edge);
  }

  /** Ends the open block at a condition. In dead code there are no ways out. */
  branch(when: Expr, line: number): Outcome {
    if (!this.reachable) return { yes: [], no: [] };
    const from = this.here(line);
    const yes: Edge = { to: -1, when, is: true };
    const no: Edge = { to: -1, when, is: false };
    this.blocks[from]!.next.push(yes, no);
    this.current = -1;
    return { yes: [{ from, edge: yes }], no: [{ from, edge: no }] };
  }

  /** Ends the open block without knowing where it leads; edges are added by the caller. -1 in dead code. */
  seal(line: number): number {
    if (!this.reachable) return -1;
    const from = this.here(line);
    this.current = -1;
    return from;
  }

  /** Adds an edge out of a sealed block. */
  edgeFrom(from: number, when?: Expr): Loose {
    const edge: Edge = when === undefined ? { to: -1 } : { to: -1, when, is: true };
    this.blocks[from]!.next.push(edge);
    return { from, edge };
  }

  /** Leads loose edges to a block. */
  tie(edges: Loose[], to: number): void {
    for (const { edge } of edges) edge.to = to;
  }

  /** The flow ends here: nothing follows, not even the exit. */
  halt(line: number): void {
    if (this.reachable) this.here(line);
    this.current = -1;
    this.pending = [];
  }
}
