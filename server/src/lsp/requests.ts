/**
 * What client and server say to each other beyond the protocol: names of the methods and their data, plain JSON.
 * The extension imports this file, so it imports nothing but types. Every request may be answered by null where the document is
 * none of ours (no kernel code, closed, outside what the server reads); places are the protocol's (lines and characters from 0).
 */
import type { SimulateAnswer, SimulateRequest } from '../../../simulator/src/index.js';

export interface Place {
  line: number;
  character: number;
}
export interface Span {
  start: Place;
  end: Place;
}
export interface At {
  textDocument: { uri: string };
  position: Place;
}
export interface Location {
  uri: string;
  range: Span;
}

/** `gfpAudit/simulate`: runs one request or several side by side, each for itself; the same request gives the same answer. */
export const SIMULATE = 'gfpAudit/simulate';
export interface SimulateParams {
  /** At most 4. */
  runs: SimulateRequest[];
  /** Also render each answer as SVG in these colours; absent: no picture. */
  picture?: 'light' | 'dark';
}
export interface SimulateResult {
  /** In the order of `runs`. */
  runs: SimulateRun[];
}
export type SimulateRun =
  | { answer: SimulateAnswer; /** As the command line prints it. */ text: string; svg?: string }
  /** What of the request cannot be run, in words that name the field. */
  | { error: string };

/** `gfpAudit/simulatorChoices`: what a form can offer. No parameters beyond an optional document whose kernel comes first. */
export const SIMULATOR_CHOICES = 'gfpAudit/simulatorChoices';
export interface SimulatorChoicesParams {
  textDocument?: { uri: string };
}
export interface SimulatorChoices {
  /** Versions that have a profile, oldest first. */
  kernels: string[];
  /** The kernel of the document's tree; 'mainline' without one. */
  kernel: string;
  scenarios: { name: string; words: string }[];
  apis: string[];
  contexts: string[];
  scopes: string[];
  /** Masks and flags of this kernel: 'GFP_KERNEL', '__GFP_NOFAIL', ... */
  flags: string[];
}

/** `gfpAudit/siteRequest` (At): the simulator request of the allocation at a place, in its own context; null when there is none. */
export const SITE_REQUEST = 'gfpAudit/siteRequest';
export interface SiteRequest {
  /** 'kmalloc(GFP_NOFS) in foo_write()' */
  title: string;
  request: SimulateRequest;
  /** A comparison worth a look: __GFP_NOFAIL beside a retry loop, GFP_NOFS beside GFP_KERNEL under a lock that reclaim takes. */
  against?: { title: string; request: SimulateRequest };
  location: Location;
  findings: string[];
}

/** `gfpAudit/contexts` (ContextsParams): why a function runs in the context it does, as a tree that is asked for level by level. */
export const CONTEXTS = 'gfpAudit/contexts';
export type ContextsParams =
  | At
  /** Children of an item of an earlier answer. */
  | { textDocument: { uri: string }; item: string };
export interface ContextsResult {
  /** Function (or, for children, item) that the items are about. */
  title: string;
  location?: Location;
  items: ContextItem[];
  /** What the answer rests on: the open files, or the whole tree. */
  basis: IndexState;
}
export interface ContextItem {
  /** To ask for its children with; good until the document changes. An unknown one is answered by no items. */
  id: string;
  kind: 'context' | 'step' | 'caller' | 'held' | 'scope' | 'allocation' | 'note';
  /** 'may not sleep: holds foo.lock' */
  label: string;
  /** Short, beside the label: 'ext4_foo() file.c:12'. */
  description?: string;
  /** Why, in a sentence or two, Markdown. */
  tooltip?: string;
  /** 'must': sleeping is forbidden; for the icon. */
  atomic?: 'must' | 'may' | 'no';
  location?: Location;
  hasChildren: boolean;
}

/**
 * `gfpAudit/audit`: audits a file, a folder or the whole tree around it as saved on disk (open documents are audited anyway).
 * Cancelled by $/cancelRequest; progress goes to `workDoneToken`. Errors (no kernel code there, a broken configuration) are
 * answered as errors of the protocol with one clear line.
 */
export const AUDIT = 'gfpAudit/audit';
export interface AuditParams {
  /** File or folder; the whole tree around it with `scope: 'tree'`. */
  uri: string;
  scope: 'path' | 'tree';
  /** How the report is written. 'none': counts and findings only. */
  format: 'text' | 'json' | 'sarif' | 'none';
  workDoneToken?: string | number;
}
export interface AuditAnswer {
  /** Root of the tree, or the folder audited outside one. */
  root: string;
  kernel: string;
  files: number;
  functions: number;
  sites: number;
  seconds: number;
  counts: { error: number; warning: number; note: number };
  byRule: Record<string, number>;
  /** The report in the format asked for; '' for 'none'. */
  report: string;
  /** For a Problems list: most serious first, at most MAX_LISTED. */
  findings: AuditFinding[];
  /** Files that could not be read, one sentence each. */
  problems: string[];
}
export interface AuditFinding {
  uri: string;
  range: Span;
  rule: string;
  severity: 'error' | 'warning' | 'note';
  message: string;
  href: string;
  /** Steps of its path. */
  related: { location: Location; message: string }[];
}
export const MAX_LISTED = 5000;

/** `gfpAudit/status`: a notification to the client when anything in it changed, and a request without parameters for it. */
export const STATUS = 'gfpAudit/status';
export interface Status {
  projects: ProjectStatus[];
}
export interface ProjectStatus {
  /** URI of the tree's root, or of a folder outside one. */
  base: string;
  /** False for a folder outside any kernel tree. */
  tree: boolean;
  /** '6.12.5', and where that is from: 'Makefile', 'gfp-audit.json', 'setting', 'assumed: ...'. */
  kernel: string;
  from: string;
  profile: string;
  rt: boolean;
  openFiles: number;
  findings: number;
  index: IndexState;
  /** What of settings or configuration could not be used. */
  warnings: string[];
}
/**
 * none: no index wanted or possible, the open files alone count. waiting: not begun. building: see `done` of `total`. ready: the rest
 * of the tree serves the open files. failed: `message` says why (a worker that crashed); the open files alone count.
 */
export interface IndexState {
  state: 'none' | 'waiting' | 'building' | 'ready' | 'failed';
  phase?: string;
  done?: number;
  total?: number;
  /** Files in the index, and megabytes that its thread holds. */
  files?: number;
  megabytes?: number;
  /** Of 'ready': files have changed in a way that takes linking anew, which will begin when they are quiet. */
  outdated?: boolean;
  message?: string;
}

/** `gfpAudit/index`: begin, stop or renew the index of the tree around a document. Answered by its state. */
export const INDEX = 'gfpAudit/index';
export interface IndexParams {
  textDocument: { uri: string };
  do: 'build' | 'stop';
}

/** `gfpAudit/rule`: the page of a rule; null for an unknown one. Without an id: of all rules, their ids and titles as Markdown. */
export const RULE = 'gfpAudit/rule';
export interface RuleParams {
  id?: string;
}
export interface RuleResult {
  id: string;
  title: string;
  markdown: string;
}

/**
 * Commands that code actions and code lenses carry. The client registers those that it can show under these names and says so
 * in initializationOptions (`commands: ['gfpAudit.simulateAt', ...]`); those it leaves out are not offered.
 */
export const COMMANDS = {
  /** Arguments: [uri, position]. Shows the hover's words as a page. */
  explain: 'gfpAudit.explainAt',
  /** Arguments: [uri, position]. Opens the simulator panel with SITE_REQUEST's answer. */
  simulate: 'gfpAudit.simulateAt',
  /** Arguments: [uri, position]. Opens the contexts view. */
  contexts: 'gfpAudit.contextsAt',
} as const;

/** `gfpAudit/explain` (At): what the hover says, at length, as a page of Markdown; null when there is nothing to say. */
export const EXPLAIN = 'gfpAudit/explain';
export interface ExplainResult {
  title: string;
  markdown: string;
}

/** initializationOptions, next to the settings of section gfpAudit (which count when the client has no workspace/configuration). */
export interface InitializationOptions {
  /** Of COMMANDS. */
  commands?: string[];
  /** The client shows pictures (data: URIs) in hovers, on a background of this kind. */
  pictures?: 'light' | 'dark';
  /** The client itself shows what diagnostics say in the hover of the words they stand on: hovers need not say it again. */
  diagnosticsInHover?: boolean;
  /** URI of the folder with the two .wasm files, for the web worker. */
  assets?: string;
  /** 'pull': the client asks for diagnostics and is sent none. */
  diagnostics?: 'push' | 'pull';
}

/**
 * For a server without a disk (the web worker): it asks, and the client reads through the editor's file systems. Each takes
 * FileParams; URIs are the editor's own, of any scheme (the client also tells the worker of no others than workspace folders and open files).
 */
export const FILES = {
  /** Answered by FileStatAnswer; never fails. */
  stat: 'gfpAudit/files/stat',
  /** Answered by FileReadAnswer. */
  read: 'gfpAudit/files/read',
  /** Entries of one folder, FileListAnswer; null when it cannot be read. */
  list: 'gfpAudit/files/list',
} as const;
export interface FileParams {
  uri: string;
}
export interface FileStatAnswer {
  kind: 'file' | 'directory' | 'missing' | 'unreadable';
  /** Bytes. */
  size: number;
  mtimeMs: number;
}
export type FileReadAnswer = { base64: string } | { error: string };
export type FileListAnswer = { name: string; kind: 'file' | 'directory' | 'other' }[] | null;
