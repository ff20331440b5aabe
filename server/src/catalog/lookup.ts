/** The catalogue of one kernel: every question by name, answered in one step. */
import type { Profile } from '../../../simulator/src/index.js';
import { allocatorsAt } from './allocators.js';
import { callbacksAt, ofDriver } from './callbacks.js';
import { MASK_FIELDS, MASK_HELPERS, NEVER_SLEEPS } from './helpers.js';
import { handleTable } from './handles.js';
import { guardTable, lockTable } from './locks.js';
import { maskBits } from './mask.js';
import type { AllocatorEntry, CallbackEntry, KernelProfile, LockEntry, ScopeEntry, SleeperEntry } from './model.js';
import { allocatingOperation, runnersOf } from './runners.js';
import { scopeTable } from './scopes.js';
import { sleeperTable } from './sleepers.js';
import type { UserCatalogue } from './config.js';

/** A mask given by a call or a field, in the profile's bits. `from`: an argument passes through, less `mayClear`. */
export interface KnownMask {
  must: number;
  may: number;
  from?: number;
  mayClear?: number;
  /** The argument and this mask, and-ed. */
  meets?: boolean;
}

export interface Catalogue {
  /** The simulator's profile of the kernel: flags, composites, behaviour. */
  readonly gfp: Profile;
  readonly kernel: KernelProfile;
  allocator(name: string): AllocatorEntry | undefined;
  /** Locks by function name; guard classes as 'guard:NAME' and 'unguard:NAME' ('class:' and 'unclass:' mean the same). */
  lock(name: string): LockEntry | undefined;
  scope(name: string): ScopeEntry | undefined;
  /** The scope that everybody is in who is given an open handle of this type. */
  scopeOfHandle(type: string): ScopeEntry | undefined;
  sleeper(name: string): SleeperEntry | undefined;
  /** Every callback argument of a registration function. */
  callbacksByRegister(name: string): readonly CallbackEntry[];
  /** A field of an operations structure; with '' as struct: by field alone, when every structure that has it agrees. */
  callbackByField(struct: string, field: string): CallbackEntry | undefined;
  /** Mask given by a call such as mapping_gfp_mask(). */
  maskHelper(name: string): KnownMask | undefined;
  maskField(struct: string, field: string): KnownMask | undefined;
  /** A function that does not come back, by gfp-audit.json; the core's own end a path already in the facts. */
  neverReturns(name: string): boolean;
  /** A core function that any context may call. */
  neverSleeps(name: string): boolean;
  /** Argument indices of functions that a call runs, in its own context, before it returns. */
  runs(name: string): readonly number[];
  /** Why a call through this field of an operations structure allocates, whoever implements it. */
  allocatingOperation(struct: string, field: string): string | undefined;
}

/**
 * The catalogue of one kernel. `user`: additions of gfp-audit.json, each replacing the built-in entry of that name.
 * `positions`: mask arguments where the tree's own prototypes differ (see profileForTree): the tree is right.
 */
export function createCatalogue(
  kernel: KernelProfile,
  gfp: Profile,
  user?: UserCatalogue,
  positions?: ReadonlyMap<string, number>,
): Catalogue {
  const version = kernel.number;
  const allocators = allocatorsAt(version, gfp);
  for (const [name, at] of positions ?? []) {
    const entry = allocators.get(name);
    if (entry) allocators.set(name, { ...entry, gfp: at });
  }
  const locks = new Map([...handleTable().at(version), ...lockTable().at(version)]);
  const guards = guardTable().at(version);
  const scopes = scopeTable().at(version);
  const sleepers = sleeperTable().at(version);
  for (const entry of user?.allocators ?? []) allocators.set(entry.name, entry);
  for (const entry of user?.locks ?? []) locks.set(entry.name, entry);
  for (const entry of user?.guards ?? []) guards.set(entry.name, entry);
  for (const entry of user?.scopes ?? []) scopes.set(entry.name, entry);
  for (const entry of user?.sleepers ?? []) sleepers.set(entry.name, entry);
  for (const name of user?.notSleepers ?? []) sleepers.delete(name);
  const ofHandles = new Map([...scopes.values()].flatMap((entry) => (entry.type === undefined ? [] : [[entry.type, entry] as const])));
  addGuardCalls(locks, guards);
  const callbacks = callbacksAt(version, user?.callbacks ?? []);
  const masks = new Map(
    MASK_HELPERS.map((h) => [
      h.name,
      {
        must: maskBits(h.must, gfp),
        may: maskBits(h.may, gfp),
        ...(h.from === undefined ? {} : { from: h.from }),
        ...(h.meets ? { meets: true } : {}),
        ...(h.clears === undefined ? {} : { mayClear: maskBits(h.clears, gfp) }),
      } satisfies KnownMask,
    ]),
  );
  const fields = new Map(
    MASK_FIELDS.map((f) => [`${f.struct}.${f.field}`, { must: maskBits(f.must, gfp), may: maskBits(f.may, gfp) } satisfies KnownMask]),
  );
  const never = new Set(user?.neverReturns);
  const anyContext = new Set(NEVER_SLEEPS);
  return {
    gfp,
    kernel,
    allocator: (name) => allocators.get(name),
    lock: (name) => locks.get(name),
    scope: (name) => scopes.get(name),
    scopeOfHandle: (type) => ofHandles.get(type),
    sleeper: (name) => sleepers.get(name),
    callbacksByRegister: (name) => callbacks.byRegister.get(name) ?? [],
    callbackByField: (struct, field) =>
      struct === '' ? callbacks.byFieldAlone.get(field) : (callbacks.byField.get(`${struct}.${field}`) ?? ofDriver(struct, field)),
    maskHelper: (name) => masks.get(name),
    maskField: (struct, field) => fields.get(`${struct}.${field}`),
    neverReturns: (name) => never.has(name),
    neverSleeps: (name) => anyContext.has(name),
    runs: runnersOf,
    allocatingOperation,
  };
}

/** guard(mutex)(&m) reaches the flow analysis as the calls 'guard:mutex' and 'unguard:mutex'. */
function addGuardCalls(locks: Map<string, LockEntry>, guards: ReadonlyMap<string, LockEntry>): void {
  for (const [name, entry] of guards) {
    const { heldIf: _heldIf, ...plain } = entry;
    const close: LockEntry = { ...plain, op: 'close', sleeps: false };
    for (const prefix of ['guard', 'class'] as const) {
      locks.set(`${prefix}:${name}`, { ...entry, name: `${prefix}:${name}` });
      locks.set(`un${prefix}:${name}`, { ...close, name: `un${prefix}:${name}` });
    }
  }
}
