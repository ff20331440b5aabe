/** Messages between the server and the thread that holds the index of a tree. */
import type { AuditOptions, Progress } from '../engine.js';
import type { Mends } from '../session/fixes.js';
import type { Differing, Taken, Wanted } from '../session/linked-tree.js';
import type { OpenName, Surroundings } from '../session/surroundings.js';

export type IndexRequest =
  | { kind: 'build'; cwd: string; options: Omit<AuditOptions, 'onProgress' | 'signal'> }
  /** Files that were written, by absolute path. */
  | { kind: 'update'; paths: string[] }
  /** Mends of a finding; the open files' texts by name. */
  | { kind: 'mend'; id: number; finding: Wanted; texts: [string, string][] }
  /** What the open files can notice of the rest of the tree. */
  | { kind: 'ask'; id: number; open: OpenName[]; names: string[] };

export type IndexReply =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'ready'; files: number; megabytes: number }
  /** What came of an update. */
  | { kind: 'updated'; taken: Taken }
  /** null: the tree has no such finding. */
  | { kind: 'mends'; id: number; mends: Mends | Differing | null }
  /** null: as in the answer before. */
  | { kind: 'around'; id: number; around: Surroundings | null }
  | { kind: 'error'; message: string };
