/** What the thread of the command line and that of the engine say to each other: plain data. */
import type { AuditOptions, AuditResult, MendPlan, MendRequest, Progress } from '../engine.js';

export type EngineRequest =
  /** `cwd`: what relative paths start from; `mend`: fixes are sought, and after the result of each round the engine waits for `choice`. */
  | { kind: 'audit'; cwd: string; options: Omit<AuditOptions, 'onProgress' | 'signal'>; mend: boolean }
  | { kind: 'choice'; wanted: MendRequest | undefined }
  | { kind: 'abort' };

export type EngineReply =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'result'; result: AuditResult }
  /** The answer to the last choice. */
  | { kind: 'plan'; plan: MendPlan | undefined }
  /** `input`: an InputError, one line for the user; otherwise a bug, with its trace. */
  | { kind: 'error'; input: boolean; message: string; stack: string };
