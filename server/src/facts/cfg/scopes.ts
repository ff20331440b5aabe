import type { Expr } from '../model.js';
import type { Loose } from './graph.js';

/** What runs when a variable's scope ends: a guard's closing, a CLASS destructor, a __free function. */
export interface Cleanup {
  fn: string;
  args: Expr[];
  /** The variable that a no_free_ptr() would disarm, '' for a guard. */
  variable: string;
  /** Offset of the declaration: a jump to before it ends the variable's life. */
  at: number;
}

interface Scope {
  start: number;
  end: number;
  cleanups: Cleanup[];
  /** Cleanups, of this or an outer scope, that are disarmed until this scope ends. */
  disarmed: Cleanup[];
}

/** Where break and continue lead. */
export interface Target {
  breaks: Loose[];
  /** Absent for a switch. */
  continues?: Loose[];
  depth: number;
}

/** The scopes open at the point that the builder has reached, innermost last. */
export class Scopes {
  private readonly stack: Scope[] = [];
  /** Number of armed cleanups in all open scopes, to make the usual case free. */
  private count = 0;

  get depth(): number {
    return this.stack.length;
  }

  push(start: number, end: number): void {
    this.stack.push({ start, end, cleanups: [], disarmed: [] });
  }

  pop(): void {
    this.count -= this.stack.pop()!.cleanups.length;
  }

  add(cleanup: Cleanup): void {
    this.stack[this.stack.length - 1]?.cleanups.push(cleanup);
    this.count++;
  }

  /** Disarms the innermost cleanup of `variable` until the present scope ends. */
  disarm(variable: string): void {
    if (this.count === 0) return;
    for (let at = this.stack.length - 1; at >= 0; at--) {
      const found = this.stack[at]!.cleanups.findLast((cleanup) => cleanup.variable === variable);
      if (found) {
        this.stack[this.stack.length - 1]!.disarmed.push(found);
        return;
      }
    }
  }

  /** What runs, in order, when the scopes above `depth` are left. */
  leaving(depth: number): Cleanup[] {
    if (this.count === 0) return [];
    const out: Cleanup[] = [];
    for (let at = this.stack.length - 1; at >= depth; at--) this.collect(at, out, () => true);
    return out;
  }

  /** What runs, in order, on a jump to the offset `target`. */
  jumpingTo(target: number): Cleanup[] {
    if (this.count === 0) return [];
    const out: Cleanup[] = [];
    for (let at = this.stack.length - 1; at >= 0; at--) {
      const scope = this.stack[at]!;
      const inside = target >= scope.start && target < scope.end;
      this.collect(at, out, (cleanup) => !inside || target < cleanup.at);
    }
    return out;
  }

  private collect(index: number, out: Cleanup[], wanted: (cleanup: Cleanup) => boolean): void {
    const cleanups = this.stack[index]!.cleanups;
    for (let at = cleanups.length - 1; at >= 0; at--) {
      const cleanup = cleanups[at]!;
      if (wanted(cleanup) && !this.stack.some((scope) => scope.disarmed.includes(cleanup))) out.push(cleanup);
    }
  }
}
