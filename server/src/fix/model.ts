/** The contract of fixes: one fixer a mend, asked with a finding, answering with edits, advice or a refusal. */
import type { KernelProfile } from '../catalog/model.js';
import type { Program } from '../index/program.js';
import type { FunctionFlow } from '../flow/model.js';
import type { Finding, FixSafety, TextEdit } from '../rules/model.js';
import type { KernelParser } from '../syntax/model.js';

/** What a fixer may look at. Nothing here changes while fixes are sought. */
export interface FixWorld {
  /** The linked tree: callees, callers, definitions by name. */
  readonly program: Program;
  readonly profile: KernelProfile;
  readonly parser: KernelParser;
  /** The text that the facts were made from; undefined when the file cannot be read or has changed since. */
  text(file: string): Promise<string | undefined>;
}

/** An edit, not yet verified: the framework audits its result before anybody sees it. */
export interface ProposedEdit {
  kind: 'edit';
  /** Imperative, no full stop: 'Ask for the memory with GFP_ATOMIC'. */
  title: string;
  /** 'safe': behaviour provably the same or only better. 'review': behaviour changes as `detail` states. */
  safety: FixSafety;
  /** Of one file or several; they do not overlap. */
  edits: TextEdit[];
  /** What changes, in words, and what the reader must make sure of. */
  detail: string;
}

/** A mend that only its author can make, with the place named. */
export interface Advice {
  kind: 'advice';
  title: string;
  detail: string;
}

/** Why the mend that one would expect is not offered. */
export interface Refusal {
  kind: 'refusal';
  title: string;
  reason: string;
}

export type Proposal = ProposedEdit | Advice | Refusal;

export interface Fixer {
  /** Rules whose findings it can mend. */
  readonly rules: readonly string[];
  propose(finding: Finding, flow: FunctionFlow, world: FixWorld): Promise<Proposal[]>;
}
