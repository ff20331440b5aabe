/** What the server's thread and that of an audit say to each other: plain data. */
import type { AuditOptions, AuditResult, Progress } from '../engine.js';

export type EngineRequest =
  /** `cwd`: what relative paths start from. */
  { kind: 'audit'; cwd: string; options: Omit<AuditOptions, 'onProgress' | 'signal'> } | { kind: 'abort' };

export type EngineReply =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'result'; result: AuditResult }
  /** `input`: an InputError, one line for the user; otherwise a bug, with its trace. */
  | { kind: 'error'; input: boolean; message: string; stack: string };
