/**
 * What linking found of one file's functions, as plain data for the disk. Functions go by number: all functions of a tree in its order.
 * What several functions of a file share (locks, conditions, texts, families of paths) is written once for the file and named by index.
 */
import type { EntryContext, FieldGuard, Held, OpenScope, ParamCondition } from '../../flow/model.js';
import type { NetEffect } from '../../flow/knowledge.js';

/** An edge's family of paths: indices of held, dropped, scopes; 1 in non_block_start(), 2 with a chosen mask; of assume, params; pairs of through. */
export type VariantRecord = [number[], number[], number[], number, number[], number[], number[]];

/** Bits of FunctionRecord[0]. */
export const FLAG = { addressTaken: 1, called: 2, fromUnknown: 4, always: 8, sleeps: 16 } as const;
/** Above the flags: how many requests a function of plain worth makes, 0 for any other. */
export const REQUESTS = 32;

/**
 * A way to sleep: kind, api, why, when, drops, fields, sure, depth, line, what (-1: none), next, and file and function where they are
 * not those of the function at hand. `next`: 0 for none, n+1 for way n%WAYS of function n/WAYS, -(n+1) for the file's own `chains[n]`.
 */
export type ChainRecord = [
  kind: number,
  api: number,
  why: number,
  when: number[],
  drops: number[],
  fields: readonly FieldGuard[] | 0,
  sure: 0 | 1,
  depth: number,
  line: number,
  what: number,
  next: number,
  file?: number,
  fn?: number,
];

/** Ways to sleep that one function can be named by; more than a summary keeps. */
export const WAYS = 8;

/** A step: file (-1: this file), line, function, what. */
export type StepRecord = [file: number, line: number, fn: number, what: number];

/** How an allocation's failure comes up: the first step, then what the callee of this number says; or all steps. */
export type FailureRecord = [step: StepRecord, callee: number] | [steps: StepRecord[]];

/**
 * flags; edges; callers' numbers less the own; contexts; ways to sleep; net effects; failure; sleeping locks held over allocations. Empty
 * parts are 0, at the end left out. Edges and contexts are tables written column by column. An edge: its target's number less the own, its
 * line less that of the edge before it, 2 * (0: nothing known, else the index of its list of variants + 1) + whether it is
 * one of several. A context: its caller's number less the own, the index among the caller's contexts or BEGUN, the index of the edge, the
 * 4 * the index of its variant + 2 if it is open + 1 if it is sure; or the index of the file's root, ROOT, 0, 0.
 */
export type FunctionRecord = [
  flags: number,
  edges?: number[] | 0,
  callers?: number[] | 0,
  contexts?: number[] | 0,
  sleeps?: ChainRecord[] | 0,
  net?: readonly NetEffect[] | 0,
  failure?: FailureRecord | 0,
  locks?: readonly string[] | 0,
];
export const BEGUN = -1;
export const ROOT = -2;

export interface FileRecord {
  texts: string[];
  held: Held[];
  scopes: OpenScope[];
  conditions: ParamCondition[];
  variants: VariantRecord[];
  /** Families of paths of one call, as indices of `variants`. */
  lists: number[][];
  roots: EntryContext[];
  chains: ChainRecord[];
  functions: FunctionRecord[];
}

export const KINDS = ['alloc', 'lock', 'wait'] as const;
