/** Puts the catalogue's tables into the form the flow analysis and the index ask for. */
import { profileFor, type Profile } from '../../../simulator/src/index.js';
import { allocatorsAt } from '../catalog/allocators.js';
import { guardTable, lockTable } from '../catalog/locks.js';
import type { LockEntry, ScopeEntry, SleeperEntry } from '../catalog/model.js';
import { parseVersion } from '../catalog/version.js';
import type { ProgramCatalogue } from '../index/program.js';

export function catalogueFor(version: string): ProgramCatalogue & { version: string } {
  const gfp: Profile = profileFor(version);
  const number = parseVersion(version)!;
  const allocators = allocatorsAt(number, gfp);
  const locks = lockTable().at(number);
  for (const [name, entry] of guardTable().at(number)) {
    locks.set(`guard:${name}`, entry);
    const close: LockEntry = { ...entry, name: `unguard:${name}`, op: 'close', sleeps: false };
    delete close.heldIf;
    locks.set(`unguard:${name}`, close);
  }
  const scopes = new Map<string, ScopeEntry>();
  for (const kind of ['nofs', 'noio', 'noreclaim', 'pin'] as const) {
    scopes.set(`memalloc_${kind}_save`, { name: `memalloc_${kind}_save`, kind, op: 'open' });
    scopes.set(`memalloc_${kind}_restore`, { name: `memalloc_${kind}_restore`, kind, op: 'close', cookie: 0 });
  }
  const sleepers = new Map<string, SleeperEntry>();
  for (const name of ['msleep', 'schedule', 'synchronize_rcu', 'wait_for_completion', 'might_sleep', 'flush_work', 'copy_from_user', 'copy_to_user', 'schedule_timeout_uninterruptible', 'cond_resched']) {
    sleepers.set(name, { name, why: 'sleeps', sure: true });
  }
  return {
    gfp, version,
    allocator: (name) => allocators.get(name),
    lock: (name) => locks.get(name),
    scope: (name) => scopes.get(name),
    sleeper: (name) => sleepers.get(name),
    maskHelper: () => undefined,
    callbackByField: () => undefined,
    callbacksByRegister: () => [],
  };
}
