/** What reclaim takes: locks on the way from a shrinker, a writeback or eviction callback, with the path for each lock class. */
import type { CallbackEntry } from '../catalog/model.js';
import type { ChainStep, FunctionRef, LockKind, ParamCondition } from '../flow/model.js';
import { conditionsKey, contradicts, implies } from '../flow/bind.js';
import { hand } from './brought.js';
import type { Analysis } from '../flow/analyse.js';
import { lockClass } from '../flow/types.js';
import type { CallEdge } from './edges.js';

export interface ReclaimLock {
  class: string;
  path: ChainStep[];
  needs: 'fs' | 'io' | 'any';
  mode: 'read' | 'write';
  by: string;
  sure: boolean;
  /** The author tells lockdep so. */
  told?: true;
}

/** A lock that a function takes itself. */
export interface TakenLock {
  class: string;
  kind: LockKind;
  line: number;
  /** By trylock: reclaim does not wait for it. */
  tries: boolean;
  /** What the paths there assume of parameters (a mask that must block), one list for each family of paths; one that is empty assumes nothing. */
  when: readonly (readonly ParamCondition[])[];
  /** The lock is one slot of a table. */
  slot: boolean;
}

const MAX_DEPTH = 6;
/** Sets of known parameters with which a function is followed on from one root. */
const MAX_WAYS = 4;
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
    const seen = new Map<FunctionRef['facts'], Set<string>>([[root.ref.facts, new Set([''])]]);
    let front: Way[] = [{ ref: root.ref, path: [root.at], sure: root.entry.sure, known: [] }];
    for (let depth = 0; depth <= MAX_DEPTH && front.length; depth++) {
      const next: Way[] = [];
      for (const way of front) {
        const { ref, path } = way;
        for (const lock of taken(ref)) {
          // A class that is only a text names no class: two functions' `lock` are not one lock.
          // Two pages are two locks of one class; the page that reclaim waits for is none that an allocating task has locked.
          if (lock.tries || lock.kind === 'page_lock' || !lock.class || lock.class.startsWith('?') || !/[.]|^[a-z]\w+$/.test(lock.class))
            continue;
          const reached = metBy(lock.when, way.known);
          if (reached === 'never') continue;
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
            sure: way.sure && depth <= SURE_DEPTH && !lock.slot && reached === 'surely' && !ownLock(root.entry, lock),
          });
          out.set(lock.class, list);
        }
        for (const edge of edges(ref)) {
          const step = { file: ref.file.path, line: edge.line, function: ref.facts.name, what: `calls ${edge.target.facts.name}` };
          for (const known of handedOn(way.known, edge)) {
            const key = conditionsKey(known);
            const ways = seen.get(edge.target.facts) ?? new Set();
            if (ways.has(key) || ways.size >= MAX_WAYS) continue;
            seen.set(edge.target.facts, ways.add(key));
            next.push({ ref: edge.target, path: [...path, step], sure: way.sure && !edge.several, known });
          }
        }
      }
      front = next;
    }
  }
  return out;
}

/** A function that a callback of reclaim gets to. */
interface Way {
  ref: FunctionRef;
  path: ChainStep[];
  sure: boolean;
  /** What the arguments of the calls there tell of its parameters. */
  known: readonly ParamCondition[];
}

/** What the families of paths to a call hand on; empty when none of them is taken with such parameters. */
const handedOn = (known: readonly ParamCondition[], edge: CallEdge): readonly ParamCondition[][] =>
  edge.variants.flatMap((v) => {
    const handed = hand(known, v);
    return handed ? [handed.params] : [];
  });

/** Whether a way with these parameters comes to a lock that is taken where one of `when` holds. */
function metBy(when: TakenLock['when'], known: readonly ParamCondition[]): 'surely' | 'perhaps' | 'never' {
  const about = (c: ParamCondition): ParamCondition[] => known.filter((k) => k.index === c.index);
  const open = when.filter((list) => !list.some((c) => about(c).some((k) => contradicts(k, c))));
  if (open.length === 0) return 'never';
  return open.some((list) => list.every((c) => about(c).some((k) => implies(k, c)))) ? 'surely' : 'perhaps';
}

const READS: ReadonlySet<LockKind> = new Set<LockKind>(['rwsem_read', 'read_lock', 'srcu']);

/** An inode that is evicted has no user left: its own locks are held by nobody who allocates. */
function ownLock(entry: CallbackEntry, lock: TakenLock): boolean {
  return /^(?:evict_inode|destroy_inode|free_inode|drop_inode)$/.test(entry.field ?? '') && /inode\w*\./.test(lock.class);
}

/** What takes a lock, or says so to lockdep. */
const TAKES = /^(might_lock(_read|_nested)?|(rt_)?mutex_lock(_nested)?|down_(read|write)(_nested)?)$/;

/**
 * Locks of which a function tells lockdep that reclaim takes them, so that it need not see reclaim do it: between fs_reclaim_acquire() and
 * fs_reclaim_release() (mm/page_alloc.c, 5.10 to 6.12).
 */
export function toldLocks(a: Analysis): ReclaimLock[] {
  const { facts, file } = a.ref;
  const out: ReclaimLock[] = [];
  let inside = false;
  for (const { name, args, at } of a.calls) {
    if (name === 'fs_reclaim_acquire' || name === 'fs_reclaim_release') inside = name === 'fs_reclaim_acquire';
    if (!inside || !TAKES.test(name)) continue;
    const lock = lockClass(args[0], facts, file, a.transfer.know);
    if (lock === '' || lock.startsWith('?')) continue;
    const what = `tells lockdep that reclaim takes ${lock}`;
    const path = [{ file: file.path, line: at.line, function: facts.name, what }];
    out.push({ class: lock, path, needs: 'any', mode: 'write', by: `'${facts.name}' (to lockdep)`, sure: true, told: true });
  }
  return out;
}

/** Locks that a function takes by catalogue names, on any path. */
export function takenLocks(a: Analysis): TakenLock[] {
  const out = new Map<string, TakenLock & { when: (readonly ParamCondition[])[] }>();
  for (const s of new Set([...a.calls.flatMap((c) => c.states), ...a.exits.map((e) => e.state)])) {
    for (const h of s.held) {
      if (h.origin !== 'local' || !h.class) continue;
      const key = `${h.class} ${h.at.line}`;
      const lock = out.get(key) ?? {
        class: h.class,
        kind: h.kind,
        line: h.at.line,
        tries: h.tried === true,
        when: [],
        slot: h.text.includes('['),
      };
      out.set(key, lock);
      if (s.paramAssume.length === 0) lock.when = [[]];
      else if (!lock.when.some((w) => w.length === 0 || conditionsKey(w) === conditionsKey(s.paramAssume))) lock.when.push(s.paramAssume);
    }
  }
  return [...out.values()];
}
