/** Rules and findings: the vocabulary that fronts, reports and fixes share. */
import type { FunctionFlow, Where, PathState } from '../flow/model.js';

export type Severity = 'off' | 'note' | 'warning' | 'error';
export type Confidence = 'certain' | 'likely' | 'possible';
export type FixSafety = 'safe' | 'review';

/** One step of a witness path: from where the context begins to the statement that sleeps or fails. */
export interface Step {
  file: string;
  line: number;
  function: string;
  what: string;
}

/** The command line's `Context` (see docs/json.md): contexts that disagree are kept apart. */
export interface Context {
  atomic: 'must' | 'may' | 'no';
  why: string;
  /** `file`: where the lock was taken, when it is not the file of the record that the context belongs to. */
  locks: { class: string; kind: string; line: number; file?: string }[];
  scopes: string[];
  task: string; // 'process' | 'softirq' | 'hardirq' | 'kthread' | 'workqueue' | 'reclaim' | 'unknown'
  path: Step[];
}

/** An edit that was tried: its result was audited, the finding is gone, nothing came. */
export interface Fix {
  title: string;
  safety: FixSafety;
  edits: TextEdit[];
  /** What changes and what the reader must make sure of; ends with the allocator model's word, short. */
  detail?: string;
  /** What this kernel's allocator does at each allocation whose request changes. */
  effects?: FixEffect[];
}

/** One allocation before and after a fix, in the model of this kernel's page allocator. */
export interface FixEffect {
  file: string;
  /** Where it stands before the edits, counted from 1. */
  line: number;
  function: string;
  api: string;
  /** One clause: what changes. */
  summary: string;
  /** Both sides in lines of text, for `explain` and previews. */
  lines: string[];
}
/** Replaces [start, end) (UTF-16 offsets into the file's text) by text. */
export interface TextEdit {
  file: string;
  start: number;
  end: number;
  text: string;
}

export interface Finding {
  ruleId: string;
  severity: Exclude<Severity, 'off'>;
  confidence: Confidence;
  at: Where;
  function: string;
  message: string;
  contexts: Context[];
  path: Step[];
  fixes: Fix[];
  data: Record<string, unknown>;
}

/** An example that is shown on the rule's page and run as a test: `bad` must be found at the marked line(s), `good` not. */
export interface RuleExample {
  title: string;
  /** Kernel C; in `bad`, a line with a finding ends in a comment `// finds`. */
  bad?: string;
  good?: string;
  /** Kernel version to audit with; the newest when absent. */
  kernel?: string;
  rt?: boolean;
}

export interface RuleMeta {
  id: string;
  /** One line, no full stop. */
  summary: string;
  severity: Exclude<Severity, 'off'>;
  /** Off unless asked for (rt-atomic). */
  offByDefault?: boolean;
  /** An off-by-default rule that PREEMPT_RT switches on. */
  onWithRt?: boolean;
  /** Markdown: what it finds, why it matters, what to do instead, when it stays silent. Facts with versions. */
  doc: string;
  tags?: ('deprecated' | 'unnecessary')[];
  /** Why no edit mends it; absent where fix/ has a fixer for the rule. */
  noFix?: string;
  examples: RuleExample[];
}

export interface Rule {
  meta: RuleMeta;
  check(flow: FunctionFlow, rule: RuleContext): void;
}

/** A lock class that reclaim takes: the other half of a reclaim recursion. */
export interface ReclaimTaking {
  /** From reclaim down to the statement that takes the lock. */
  path: Step[];
  /** What must be allowed for reclaim to get there: __GFP_FS, __GFP_IO, or any direct reclaim. */
  needs: 'fs' | 'io' | 'any';
  /** 'read' when only taken shared. */
  mode: 'read' | 'write';
  /** 'the shrinker 'foo_scan'' */
  by: string;
  sure: boolean;
  /** The author tells lockdep so. */
  told?: true;
}

/** What a rule may ask. The whole-tree index adds knowledge behind the same questions. */
export interface RuleContext {
  readonly profile: import('../catalog/model.js').KernelProfile;
  readonly rt: boolean;
  report(finding: Omit<Finding, 'ruleId' | 'severity' | 'function' | 'fixes' | 'contexts' | 'path' | 'data'> & Partial<Finding>): void;
  context(states: PathState[]): Context[];
  /** How reclaim takes a lock class; absent when no index knows. */
  reclaimTakes?(lockClass: string): readonly ReclaimTaking[];
}
