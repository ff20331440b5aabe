/** What the flow analysis of one function may ask about the rest of the world. */
import type { Expr, FileFacts, FunctionFacts, GlobalFacts } from '../facts/model.js';
import type { Catalogue } from '../catalog/lookup.js';
import type { CallEffects, LockKind, ScopeKind } from './model.js';

/**
 * A lock as a callee sees it, with the callee's parameters as `$0`, `$1`, ... so that a caller can put its own
 * arguments in. `class` is the lock class where the callee could tell it.
 */
export interface LockTemplate {
  text: string;
  class: string;
  kind: LockKind;
  atomic: boolean;
  rtAtomic: boolean;
  irq?: 'irq' | 'bh';
  tried?: boolean;
}

/** Net effect of one way out of a function. `value` as in ExitState. */
export interface NetEffect {
  acquires: LockTemplate[];
  releases: LockTemplate[];
  scopes: { kind: ScopeKind; by: string; implied?: boolean }[];
  /** Restores a scope that the caller opened. */
  closes: ScopeKind[];
  nonBlock: number;
  value: 'zero' | 'nonzero' | 'negative' | 'any';
}

export interface Knowledge {
  /** Value of an object-like macro or enumerator seen from a file. */
  constant(name: string, file: FileFacts): Expr | undefined;
  /** Type text of a structure's field. */
  fieldType(struct: string, field: string): string | undefined;
  /** Return type text of a function seen from a file. */
  returns(fn: string, file: FileFacts): string | undefined;
  global(name: string, file: FileFacts): GlobalFacts | undefined;
  /** Index of the gfp_t parameter of a function of the tree; undefined when it has none or is unknown. */
  gfpParameter(fn: string, file: FileFacts): number | undefined;
  /** How many parameters a function of the tree has; undefined when it is unknown, or takes any number of arguments. */
  parameters(fn: string, file: FileFacts): number | undefined;
  /** Net effects of a call of a function of the tree; undefined or empty: it leaves everything as it was. */
  net(fn: string, file: FileFacts): readonly NetEffect[] | undefined;
  /** What a call does inside; undefined when unknown. */
  effects(fn: Expr, file: FileFacts, caller: FunctionFacts): CallEffects | undefined;
}

/** Knows only the file at hand: its own constants, structures and globals. */
export function fileKnowledge(): Knowledge {
  return {
    constant: (name, file) => file.constants.find((c) => c.name === name)?.value,
    fieldType: () => undefined,
    returns: (fn, file) => file.functions.find((f) => f.name === fn)?.returns,
    global: (name, file) => file.globals.find((g) => g.name === name),
    gfpParameter: () => undefined,
    parameters: () => undefined,
    net: () => undefined,
    effects: () => undefined,
  };
}

/** What the flow analysis asks of the catalogue. */
export type FlowCatalogue = Pick<
  Catalogue,
  | 'gfp'
  | 'allocator'
  | 'lock'
  | 'scope'
  | 'scopeOfHandle'
  | 'sleeper'
  | 'neverSleeps'
  | 'neverReturns'
  | 'runs'
  | 'allocatingOperation'
  | 'maskField'
  | 'maskHelper'
>;
