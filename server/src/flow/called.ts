/** What the catalogue says of a called name, looked up once: a tree calls the same few names a million times. */
import type { AllocatorEntry, LockEntry, ScopeEntry, SleeperEntry } from '../catalog/model.js';
import type { FlowCatalogue } from './knowledge.js';

export interface Called {
  readonly lock: LockEntry | undefined;
  readonly scope: ScopeEntry | undefined;
  readonly allocator: AllocatorEntry | undefined;
  readonly sleeper: SleeperEntry | undefined;
  /** Argument indices of functions that the call runs before it returns. */
  readonly runs: readonly number[];
}

const catalogues = new WeakMap<FlowCatalogue, Map<string, Called>>();

/** The lookup of one catalogue. A catalogue never changes once it is made. */
export function calledIn(cat: FlowCatalogue): (name: string) => Called {
  let names = catalogues.get(cat);
  if (!names) catalogues.set(cat, (names = new Map()));
  const known = names;
  return (name) => {
    let called = known.get(name);
    if (!called) {
      called = {
        lock: cat.lock(name),
        scope: cat.scope(name),
        allocator: cat.allocator(name),
        sleeper: cat.sleeper(name),
        runs: cat.runs(name),
      };
      known.set(name, called);
    }
    return called;
  };
}
