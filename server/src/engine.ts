/**
 * The engine's one door: what command line, language server and tests ask, and what they get back.
 * Plain data only; a front renders it and never looks below this file.
 */
import type { Confidence, Context, Finding, FixSafety, Severity } from './rules/model.js';
import type { BaselineEntry } from './session/baseline.js';
import type { ChangeRequest } from './session/change.js';
import type { ChangeReport } from './session/review.js';
import type { Shard } from './session/shard.js';
import type { Simulation } from './session/simulation.js';
import type { Suppression } from './session/suppressions.js';
import type { FlagUse, RetryVerdict, ScopeKind } from './flow/model.js';

/** Where a phase of a run stands; `total` is 0 while it is not known. */
export interface Progress {
  phase: string;
  done: number;
  total: number;
  file?: string;
}

export interface AuditOptions {
  /** Files and folders to report on, absolute or relative to the host's working folder. */
  paths: string[];
  /** Root of the kernel tree; found by Makefile and Kconfig when absent. */
  root?: string;
  /** 'auto' (from the tree's Makefile) or a version such as '6.12'. */
  kernel: string;
  /** Worker threads, at least 1. */
  jobs: number;
  /** Folder of the facts cache; null for none. */
  cacheDir: string | null;
  /** PREEMPT_RT: true or false as asked for, absent to ask the tree's .config. */
  rt?: boolean;
  /** Findings below this confidence are left out. */
  minConfidence: Confidence;
  /** Severities that replace a rule's own; 'off' silences it. */
  rules: Record<string, Severity>;
  /** Judge a change in place of the tree: `paths` may be empty then, for all of it. */
  change?: ChangeRequest;
  /** Findings or inventory only: the lists of the other stay empty, `stats` is the same. Both when absent. */
  want?: 'findings' | 'inventory';
  /** Link only: nothing is reported on. */
  linkOnly?: boolean;
  /** Report on one part of the files only; the context stays that of the whole tree. */
  shard?: Shard;
  /** Seek fixes for every finding, each tried before it is listed. */
  fixes?: boolean;
  /** A gfp-audit.json to use in place of the one at the tree root. */
  configFile?: string;
  onProgress?(progress: Progress): void;
  /** Aborting makes the run reject with the signal's reason as soon as every worker has stopped. */
  signal?: AbortSignal;
}

/** Something of the input that was not read, or not used, and why. The rest of the run is unharmed. */
export interface Problem {
  file: string;
  message: string;
  /** 'unreadable' makes the run end with status 2; 'skipped' is said but harmless (a FIFO, a link that leads nowhere). */
  kind: 'unreadable' | 'skipped';
}

/** A run that cannot go on because of what was asked: an unknown path or kernel version, a broken config. One clear line. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** One allocation site as `sites` prints it. Lines and columns count from 1. */
export interface SiteRecord {
  file: string;
  line: number;
  column: number;
  function: string;
  api: string;
  class: string;
  gfp: {
    text: string;
    must: string[];
    may: string[];
    params: string[];
    effective: string[];
    /** What the request surely keeps out of: file systems, block devices, or any waiting with or without the reserve. */
    kind?: 'nofs' | 'noio' | 'atomic' | 'nowait';
  };
  /** Order of the page request, null where it cannot be known. */
  order: number | null;
  nofail: 'must' | 'may' | false;
  nullChecked: boolean;
  contexts: Context[];
  /** What this kernel's page allocator would do; absent where the mask is not known here. */
  simulation?: Simulation;
}
export interface RetryLoopRecord {
  file: string;
  line: number;
  endLine: number;
  function: string;
  callee: string;
  backoff: string[];
  reasons: string[];
  verdict: RetryVerdict;
}
export interface ScopeRecord {
  kind: ScopeKind;
  file: string;
  function: string;
  line: number;
  restores: number[];
  balanced: boolean | 'elsewhere';
}
export interface WaitRecord {
  api: string;
  file: string;
  line: number;
  function: string;
}
export interface NonBlockRecord {
  file: string;
  function: string;
  line: number;
  ends: number[];
}
export interface FlagUseRecord {
  file: string;
  line: number;
  function: string;
  flag: string;
  kind: FlagUse['kind'];
}

/** All of what was read, the tree around the request included; `reported` and `sites` are of what was asked for alone. */
export interface AuditStats {
  files: number;
  bytes: number;
  functions: number;
  functionsParsed: number;
  functionsWithErrors: number;
  /** Files that the run reports on; of a change, those that it touches. */
  reported: number;
  /** Allocations in them; of a change, on the lines that it changes. */
  sites: number;
}

/** Everything but `run` depends on the input alone: not on jobs, cache or machine. */
export interface AuditResult {
  /** Absolute path of the tree's root, or of the folder named when it stands outside a tree. */
  root: string;
  kernel: {
    version: string;
    profile: string;
    /** Where the version was taken from: 'Makefile', '--kernel', 'assumed: ...'. */
    from: string;
    /** Where the tree does not fit the profile, one sentence each. */
    mismatches: string[];
  };
  run: { seconds: number; cached: number; jobs: number };
  stats: AuditStats;
  findings: Finding[];
  sites: SiteRecord[];
  retryLoops: RetryLoopRecord[];
  scopes: ScopeRecord[];
  waits: WaitRecord[];
  nonBlock: NonBlockRecord[];
  flagUses: FlagUseRecord[];
  problems: Problem[];
  /** A change was judged: `findings` are those that it introduces. */
  change?: ChangeReport;
  /** Fixes were made: each with the finding that it took away, as that stood before; `findings` are those of the tree with all of them. */
  fixed?: { ruleId: string; file: string; line: number; function: string; title: string; safety: FixSafety }[];
  /** Held against a baseline: `findings` are those that it does not have. */
  baseline?: {
    /** Findings that it has. */
    unchanged: Finding[];
    /** Its entries whose finding is gone. */
    mended: BaselineEntry[];
    /** Its findings in files or rules that this run did not look at. */
    unseen: number;
  };
  /** Suppressions were given: what they took out of `findings`, and the entries that match nothing any more. */
  suppressions?: { suppressed: { finding: Finding; reason: string }[]; stale: Suppression[] };
  /** Of one shard's run: which part it is, and what beside the tree decides the findings. */
  shard?: Shard & { options: Record<string, unknown> };
  /** Of one shard's run: what `findings` leaves out because another finding says it; merging needs them. */
  echoes?: Finding[];
}

export type { Simulation };
export { auditOrReview as audit } from './session/review.js';
export type { CauseRecord, ChangeReport } from './session/review.js';
export type { ChangeRequest } from './session/change.js';
export { auditAndMend, type MendPlan, type MendRequest } from './session/mending.js';
export { auditText, type TextAuditOptions } from './session/audit-text.js';
