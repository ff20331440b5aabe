/** What reclaim takes: locks on the way from a shrinker, a writeback or eviction callback, with the path for each lock class. */
import type { CallbackEntry } from '../catalog/model.js';
import type { ChainStep, FunctionRef, LockKind } from '../flow/model.js';
import type { CallEdge } from './edges.js';

export interface ReclaimLock {
  class: string;
  path: ChainStep[];
  needs: 'fs' | 'io' | 'any';
  mode: 'read' | 'write';
  by: string;
  sure: boolean;
}

/** A lock that a function takes itself. */
export interface TakenLock {
  class: string;
  kind: LockKind;
  line: number;
  /** By trylock: reclaim does not wait for it. */
  tries: boolean;
  /** The path there assumes something of parameters (a mask that must block), or the lock is one slot of a table. */
  conditional: boolean;
}

const MAX_DEPTH = 6;
/** Ways into reclaim that are kept for a lock, in all and from one folder: each file system that shares a lock has its own. */
const MAX_PATHS = 12;
const MAX_OF_FOLDER = 3;
const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));
/** Calls below a reclaim callback within which a lock counts as surely taken. */
const SURE_DEPTH = 2;

export function reclaimLocks(
  roots: readonly { ref: FunctionRef; entry: CallbackEntry; at: ChainStep }[],
  edges: (ref: FunctionRef) => readonly CallEdge[],
  taken: (ref: FunctionRef) => readonly TakenLock[],
): Map<string, ReclaimLock[]> {
  const out = new Map<string, ReclaimLock[]>();
  for (const root of roots) {
    const seen = new Set<FunctionRef['facts']>([root.ref.facts]);
    let front: { ref: FunctionRef; path: ChainStep[]; sure: boolean }[] = [{ ref: root.ref, path: [root.at], sure: root.entry.sure }];
    for (let depth = 0; depth <= MAX_DEPTH && front.length; depth++) {
      const next: typeof front = [];
      for (const { ref, path, sure } of front) {
        for (const lock of taken(ref)) {
          // A class that is only a text names no class: two functions' `lock` are not one lock.
          // Two pages are two locks of one class; the page that reclaim waits for is none that an allocating task has locked.
          if (lock.tries || lock.kind === 'page_lock' || !lock.class || lock.class.startsWith('?') || !/[.]|^[a-z]\w+$/.test(lock.class))
            continue;
          const list = out.get(lock.class) ?? [];
          const folder = folderOf(path[0]!.file);
          if (
            list.length >= MAX_PATHS ||
            list.filter((l) => folderOf(l.path[0]!.file) === folder).length >= MAX_OF_FOLDER ||
            list.some((l) => l.path[0]!.function === path[0]!.function && l.path[0]!.file === path[0]!.file)
          )
            continue;
          list.push({
            class: lock.class,
            path: [...path, { file: ref.file.path, line: lock.line, function: ref.facts.name, what: `takes ${lock.class}` }],
            needs: root.entry.needs ?? 'fs',
            mode: READS.has(lock.kind) ? 'read' : 'write',
            by: root.entry.field ? `${root.entry.struct}.${root.entry.field} '${root.ref.facts.name}'` : `'${root.ref.facts.name}'`,
            // Further down a lock is mostly taken in a case (an error, a mode) that this reclaim never meets.
            sure: sure && depth <= SURE_DEPTH && !lock.conditional && !ownLock(root.entry, lock),
          });
          out.set(lock.class, list);
        }
        for (const edge of edges(ref)) {
          if (seen.has(edge.target.facts)) continue;
          seen.add(edge.target.facts);
          const step = { file: ref.file.path, line: edge.line, function: ref.facts.name, what: `calls ${edge.target.facts.name}` };
          next.push({ ref: edge.target, path: [...path, step], sure: sure && !edge.several });
        }
      }
      front = next;
    }
  }
  return out;
}

const READS: ReadonlySet<LockKind> = new Set<LockKind>(['rwsem_read', 'read_lock', 'srcu']);

/** An inode that is evicted has no user left: its own locks are held by nobody who allocates. */
function ownLock(entry: CallbackEntry, lock: TakenLock): boolean {
  return /^(?:evict_inode|destroy_inode|free_inode|drop_inode)$/.test(entry.field ?? '') && /inode\w*\./.test(lock.class);
}
