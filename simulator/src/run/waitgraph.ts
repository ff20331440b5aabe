/** Who waits for what: finds the cycle that an actor's next wait closes. */

export interface WaitFor {
  /** What is waited for, in words: a lock, memory, a process's exit. */
  what: string;
  /** Actors that could end the wait. */
  holders: readonly string[];
}

export class WaitGraph {
  private readonly waits = new Map<string, WaitFor>();

  set(actor: string, wait: WaitFor): void {
    this.waits.set(actor, wait);
  }

  clear(actor: string): void {
    this.waits.delete(actor);
  }

  /**
   * The cycle through `start`, as sentences in waiting order, or undefined. A wait with several holders is hopeless only when
   * all of them are, so every branch has to lead back.
   */
  cycle(start: string): string[] | undefined {
    const path: string[] = [];
    const seen = new Set<string>();
    const stuck = (actor: string): boolean => {
      if (seen.has(actor)) return true;
      const wait = this.waits.get(actor);
      if (!wait || wait.holders.length === 0) return false;
      seen.add(actor);
      path.push(`${actor} waits for ${wait.what}, held by ${wait.holders.join(', ')}`);
      return wait.holders.every(stuck);
    };
    return stuck(start) ? path : undefined;
  }
}
