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
  /** It does not come back. */
  readonly ends: boolean;
}

/** Most names are none of the catalogue's. */
const UNKNOWN: Called = { lock: undefined, scope: undefined, allocator: undefined, sleeper: undefined, runs: [], ends: false };

const catalogues = new WeakMap<FlowCatalogue, Map<string, Called>>();

/** The lookup of one catalogue. A catalogue never changes once it is made. */
export function calledIn(cat: FlowCatalogue): (name: string) => Called {
  let names = catalogues.get(cat);
  if (!names) catalogues.set(cat, (names = new Map()));
  const known = names;
  return (name) => {
    let called = known.get(name);
    if (!called) {
      const [lock, scope, allocator, sleeper] = [cat.lock(name), cat.scope(name), cat.allocator(name), cat.sleeper(name)];
      const [runs, ends] = [cat.runs(name), cat.neverReturns(name)];
      const none = !lock && !scope && !allocator && !sleeper && runs.length === 0 && !ends;
      called = none ? UNKNOWN : { lock, scope, allocator, sleeper, runs, ends };
      known.set(name, called);
    }
    return called;
  };
}
